package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/app"
	"wardline/internal/automation"
	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/incident"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// outage is a hospital with an item for its one system, on a clock that stands still.
type outage struct {
	*hospital
	clock *clock.Manual
	his   string // the item
	agent string
	began int64
}

func outageOn(t *testing.T, engine db.Engine) *outage {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 11, 27, 9, 0, 0, 0, time.FixedZone("", 8*3600)).UnixMilli())
	h := buildOn(serve(t, house(t, engine, func(o *app.Options) { o.Clock = c })))
	x := &outage{hospital: h, clock: c}
	cat := must2(h.Catalog.SaveCategory(h.system(), catalog.Category{NameZh: "软件", NameEn: "Software", Active: true}))(t)
	d := must2(h.Catalog.Create(h.system(), "SW11", catalog.Content{CategoryID: cat.ID, NameZh: "HIS 瘫痪", NameEn: "HIS down", Priority: catalog.P1,
		Limits: catalog.DefaultLimits(catalog.P1), Calendar: catalog.RoundTheClock, Mode: catalog.Onsite, Public: true, TeamID: h.away, AutoPool: true}))(t)
	x.his = must2(h.Catalog.Publish(h.system(), d.ID, d.Version, ""))(t).ID
	x.agent = h.newcomer("agent", identity.GrantSpec{RoleID: "dispatcher", ScopeKind: identity.ScopeAll})
	for _, s := range must2(h.Incidents.Suggestions(h.system()))(t) { // what was reported before has nothing to do with it
		must(t, 0, h.Incidents.Dismiss(h.system(), s.ID, "演练"))
	}
	c.Advance(clock.Hour)
	x.began = h.Clock.Now()
	return x
}

// onOutages runs a test on both databases.
func onOutages(t *testing.T, f func(t *testing.T, x *outage)) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) { f(t, outageOn(t, engine)) })
	}
}

// call reports by telephone.
func (x *outage) call(place, words string) workorder.View {
	x.t.Helper()
	return must2(x.Orders.Create(x.as(x.agent), workorder.Report{ItemID: x.his, PlaceID: place, Words: words, Channel: workorder.ByPhone, ContactName: "来电人"}, workorder.Meta{}))(x.t)
}

// nine calls come in, twenty seconds after one another.
func (x *outage) nine() []workorder.View {
	x.t.Helper()
	var out []workorder.View
	places := []string{x.wardRoom, x.officeRoom, x.westRoom, x.openRoom}
	for i, w := range []string{"HIS打不开", "HIS系统卡死了", "医生站进不去", "HIS打不开了", "收费系统不动", "HIS白屏", "护士站HIS打不开", "HIS没反应", "全院HIS瘫痪"} {
		out = append(out, x.call(places[i%4], w))
		x.clock.Advance(20 * clock.Second)
	}
	return out
}

func (x *outage) order(id string) workorder.Order {
	x.t.Helper()
	return must2(x.Orders.Get(x.system(), id))(x.t).Order
}

// rebuilt checks that an order is the sum of its stored events.
func (x *outage) rebuilt(id string) {
	x.t.Helper()
	_, err := x.Orders.Replay(x.system(), x.began-clock.Hour, 100, func(after []workorder.Order, events []workorder.Event) error {
		if last := after[len(after)-1]; last.ID == id {
			now := x.order(id)
			if now.Status != last.Status || now.IncidentID != last.IncidentID || now.IncidentRole != last.IncidentRole || now.AcceptedAt != last.AcceptedAt || now.Remedy != last.Remedy || now.Version != last.Version {
				x.t.Errorf("%s is not the sum of its events: %+v, %+v", now.Number, now, last)
			}
		}
		return nil
	})
	must(x.t, 0, err)
}

func (x *outage) declare() (incident.View, []workorder.View) {
	x.t.Helper()
	calls := x.nine()
	must(x.t, 0, x.Incidents.Look(x.system()))
	sug := must2(x.Incidents.Suggestions(x.as(x.agent)))(x.t)
	if len(sug) != 1 || sug[0].Count != 9 || sug[0].Basis != incident.ByAll {
		x.t.Fatal(summary(sug))
	}
	var ids []string
	for _, c := range calls[1:] {
		ids = append(ids, c.ID)
	}
	v := must2(x.Incidents.Declare(x.as(x.agent), incident.Declaration{LeadID: calls[0].ID, OrderIDs: ids, SuggestionID: sug[0].ID, Title: "全院 HIS 瘫痪",
		Affected: incident.Affected{Everywhere: true}, Broadcast: true, Notice: "HIS 故障,正在抢修", ExpectedAt: x.Clock.Now() + clock.Hour}, "declare-1"))(x.t)
	return v, calls
}

func summary(list []incident.SuggestionView) string {
	out := fmt.Sprint(len(list), " suggestions")
	for _, s := range list {
		out += fmt.Sprintf("; %s: %d of %d departments by %s", s.ItemName, s.Count, s.Departments, s.Basis)
	}
	return out
}

// told are the moments of a timeline, in seconds since the first call.
func (x *outage) told(id string) []string {
	x.t.Helper()
	var out []string
	for _, e := range must2(x.Incidents.Timeline(x.system(), id))(x.t) {
		kind := string(e.Kind)
		if e.Event != "" {
			kind += ":" + e.Event
		}
		out = append(out, fmt.Sprintf("%d %s", (e.At-x.began)/1000, kind))
	}
	return out
}

func TestHISDownInTheWholeHospitalMergedFromNineCalls(t *testing.T) {
	onOutages(t, func(t *testing.T, x *outage) {
		v, calls := x.declare()
		ctx := x.as(x.agent)
		if v.Status != incident.Open || v.Reach.Orders != 9 || v.Reach.Departments != 3 || len(v.Steps) < 5 || v.PlanNameZh == "" || v.BeganAt != x.began {
			t.Fatalf("%+v", v)
		}
		if again := must2(x.Incidents.Suggestions(ctx))(t); len(again) != 0 {
			t.Error("still suggested: ", summary(again))
		}
		lead := x.order(calls[0].ID)
		if lead.IncidentRole != workorder.IncidentLead || lead.Status != workorder.Pooled {
			t.Errorf("the lead is %+v", lead)
		}
		for _, c := range calls[1:] { // out of the pool, and nobody is given it
			o := x.order(c.ID)
			if !o.Follows() || o.Status != workorder.Queued || o.AcceptedAt != v.DeclaredAt {
				t.Errorf("%s: %+v", o.Number, o)
			}
			_, err := x.Orders.Dispatch(ctx, c.ID, workorder.Assignment{TeamID: x.away, AssigneeID: x.id("worker")}, workorder.Meta{})
			if fault.CodeOf(err) != "order.in_incident" {
				t.Errorf("dispatched: %v", err)
			}
			if slices.Contains(must2(x.Orders.Get(ctx, c.ID))(t).Actions, workorder.KindDispatch) {
				t.Error("dispatching is offered")
			}
		}

		// Two steps are done, one not; a word of progress falls due.
		x.clock.Advance(clock.Minute)
		must2(x.Incidents.Tick(ctx, v.ID, v.Steps[0].ID, incident.Tick{Done: true, Note: "全院"}, ""))(t)
		x.clock.Advance(6 * clock.Minute) // 10:00 of 5 minutes for the second
		must(t, 0, x.Incidents.Look(x.system()))
		x.clock.Advance(3 * clock.Minute)
		must2(x.Incidents.Update(ctx, v.ID, incident.Update{Text: "已定位为数据库故障", ExpectedAt: x.Clock.Now() + 30*clock.Minute, Every: 10}, ""))(t)
		x.clock.Advance(11 * clock.Minute)
		must(t, 0, x.Incidents.Look(x.system()))
		must(t, 0, x.Incidents.Look(x.system()))

		// A tenth caller is told before sending, and joins.
		known := must2(x.Incidents.Known(x.as(x.id("stranger")), incident.Where{ItemID: x.his}))(t)
		if len(known) != 1 || known[0].Notice != "已定位为数据库故障" || known[0].Number != v.Number {
			t.Fatalf("%+v", known)
		}
		tenth := must2(x.Orders.Create(x.as(x.id("stranger")), workorder.Report{ItemID: x.his, PlaceID: x.westRoom, Words: "我也受影响", IncidentID: v.ID}, workorder.Meta{Key: "tenth"}))(t)
		if !tenth.Follows() || tenth.Status != workorder.Queued {
			t.Fatalf("%+v", tenth.Order)
		}
		if again := must2(x.Orders.Create(x.as(x.id("stranger")), workorder.Report{ItemID: x.his, PlaceID: x.westRoom, Words: "我也受影响", IncidentID: v.ID}, workorder.Meta{Key: "tenth"}))(t); again.ID != tenth.ID {
			t.Error("one tap made two orders")
		}
		seen := must2(x.Orders.Get(x.as(x.id("stranger")), tenth.ID))(t)
		if seen.Incident == nil || seen.Incident.Title != v.Title {
			t.Errorf("the reporter sees %+v", seen.Incident)
		}
		// A reporter's urge goes to the incident, once.
		x.clock.Advance(clock.Minute)
		must2(x.Orders.Urge(x.as(x.id("stranger")), tenth.ID, "", workorder.Meta{}))(t)
		must(t, 0, x.Incidents.Look(x.system()))
		// One of the nine was something else.
		must2(x.Incidents.Detach(ctx, v.ID, calls[4].ID, "收费打印机卡纸", ""))(t)
		if o := x.order(calls[4].ID); o.IncidentID != "" || o.Status != workorder.Queued {
			t.Errorf("taken out: %+v", o)
		}
		must2(x.Orders.Dispatch(ctx, calls[4].ID, workorder.Assignment{TeamID: x.away, AssigneeID: x.id("worker")}, workorder.Meta{}))(t)

		x.clock.Advance(clock.Minute)
		must2(x.Incidents.Turn(ctx, v.ID, incident.Turn{To: incident.Mitigated, Note: "切换备用库"}, ""))(t)
		x.clock.Advance(clock.Minute)
		if _, err := x.Incidents.Turn(ctx, v.ID, incident.Turn{To: incident.Resolved, Cause: "数据库宕机"}, ""); fault.CodeOf(err) == "" {
			t.Error("resolved without saying what was done")
		}
		must2(x.Incidents.Turn(ctx, v.ID, incident.Turn{To: incident.Resolved, Cause: "数据库宕机", Remedy: "切换到备用库"}, "resolve"))(t)
		if _, err := x.Orders.Create(x.as(x.id("stranger")), workorder.Report{ItemID: x.his, PlaceID: x.westRoom, IncidentID: v.ID}, workorder.Meta{}); err == nil {
			t.Error("joined what was over")
		}
		x.clock.Advance(2 * clock.Second)
		must(t, 0, x.Incidents.Settle(x.system(), v.ID))
		for _, c := range append(slices.Clone(calls[1:4]), tenth) {
			o := x.order(c.ID)
			if o.Status != workorder.Finished || o.Cause != "数据库宕机" || o.Remedy != "切换到备用库" || o.FinishedAt != x.Clock.Now() {
				t.Errorf("%+v", o)
			}
			x.rebuilt(c.ID)
		}
		x.rebuilt(calls[4].ID)
		// A member waits for its reporter's word like any finished order.
		must2(x.Orders.NotSolved(x.as(x.id("stranger")), tenth.ID, "还是不行", workorder.Meta{}))(t)
		if o := x.order(tenth.ID); o.Status != workorder.Queued || o.Follows() {
			t.Errorf("came back as %+v", o)
		}

		if _, err := x.Incidents.Close(ctx, v.ID, ""); fault.CodeOf(err) == "" {
			t.Error("closed without a report")
		}
		x.clock.Advance(clock.Minute)
		must2(x.Incidents.SaveReport(ctx, v.ID, incident.Report{Impact: "全院门诊停诊 30 分钟", Cause: "存储故障", Measures: "切换", Lessons: "演练不足",
			FollowUps: []incident.FollowUp{{Text: "每季度演练", Owner: "信息中心", DueAt: x.Clock.Now() + 30*clock.Day}}}, 0, ""))(t)
		done := must2(x.Incidents.Close(ctx, v.ID, ""))(t)
		if done.Status != incident.Closed || done.Report.Orders != 9 || done.Report.Minutes != 27 {
			t.Errorf("%+v", done.Report)
		}
		want := []string{"0 order:report", "0 order:pool"}
		for range 8 {
			want = append(want, "180 attached")
		}
		want = append(want, "180 declared", "180 order:incident_lead", "240 step_done", "480 step_overdue", "780 update", "1080 step_overdue", "1080 step_overdue",
			"1080 step_overdue", "1380 step_overdue", "1380 update_due", "1440 joined", "1500 urged", "1500 detached", "1560 status", "1620 status", "1622 order:incident_solve", "1622 all_solved", "1682 report", "1682 status")
		got := x.told(v.ID)
		slices.Sort(got)
		slices.Sort(want)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the timeline is\n%v\nnot\n%v", got, want)
		}
	})
}

func TestASuggestionIsTakenOnce(t *testing.T) {
	onOutages(t, func(t *testing.T, x *outage) {
		calls := x.nine()
		var wait sync.WaitGroup
		for range 3 { // replicas look at once
			wait.Go(func() {
				if err := x.Incidents.Look(x.system()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		sug := must2(x.Incidents.Suggestions(x.as(x.agent)))(t)
		if len(sug) != 1 || sug[0].Count != 9 {
			t.Fatal(summary(sug))
		}
		var ids []string
		for _, c := range calls[1:] {
			ids = append(ids, c.ID)
		}
		var mu sync.Mutex
		codes := map[string]int{}
		for range 4 {
			wait.Go(func() {
				_, err := x.Incidents.Declare(x.as(x.agent), incident.Declaration{LeadID: calls[0].ID, OrderIDs: ids, SuggestionID: sug[0].ID, Title: "HIS", Affected: incident.Affected{Everywhere: true}}, "")
				mu.Lock()
				codes[fault.CodeOf(err)]++
				mu.Unlock()
			})
		}
		wait.Wait()
		if codes[""] != 1 || codes["incident.suggestion_gone"] != 3 {
			t.Fatalf("%v", codes)
		}
		list, _ := must3(x.Incidents.List(x.as(x.agent), incident.Filter{}, 10, ""))(t)
		list = slices.DeleteFunc(list, func(i incident.Incident) bool { return i.Title != "HIS" })
		if len(list) != 1 {
			t.Fatalf("%d incidents", len(list))
		}
		if events := must2(x.Orders.Timeline(x.system(), calls[3].ID))(t); len(slices.DeleteFunc(events, func(e workorder.Event) bool { return e.Kind != workorder.KindAttach })) != 1 {
			t.Error("attached more than once")
		}
	})
}

func TestADismissedSuggestionStaysAway(t *testing.T) {
	onOutages(t, func(t *testing.T, x *outage) {
		x.nine()
		must(t, 0, x.Incidents.Look(x.system()))
		sug := must2(x.Incidents.Suggestions(x.as(x.agent)))(t)
		if err := x.Incidents.Dismiss(x.as(x.agent), sug[0].ID, " "); fault.CodeOf(err) == "" {
			t.Error("dismissed without a reason")
		}
		must(t, 0, x.Incidents.Dismiss(x.as(x.agent), sug[0].ID, "演练"))
		x.call(x.wardRoom, "HIS还是打不开")
		must(t, 0, x.Incidents.Look(x.system()))
		if again := must2(x.Incidents.Suggestions(x.as(x.agent)))(t); len(again) != 0 {
			t.Error(summary(again))
		}
	})
}

// The program ends after some members, and two replicas go on at once: each member is
// solved once, and the incident counts them once.
func TestMembersAreSolvedOnceWhateverEndsTheProgram(t *testing.T) {
	onOutages(t, func(t *testing.T, x *outage) {
		v, calls := x.declare()
		must2(x.Incidents.Turn(x.as(x.agent), v.ID, incident.Turn{To: incident.Resolved, Cause: "甲", Remedy: "乙"}, ""))(t)
		for _, c := range calls[1:4] { // three were solved when it died
			must(t, 0, x.DB.Write(x.system(), func(tx *db.Tx) error {
				_, solved, err := x.Orders.SolveIn(x.system(), tx, c.ID, v.ID, "甲", "乙")
				if !solved {
					t.Error("not solved")
				}
				return err
			}))
		}
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				if err := x.Incidents.Settle(x.system(), v.ID); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for _, c := range calls[1:] {
			n := 0
			for _, e := range must2(x.Orders.Timeline(x.system(), c.ID))(t) {
				if e.Kind == workorder.KindSolve {
					n++
				}
			}
			if o := x.order(c.ID); n != 1 || o.Status != workorder.Finished {
				t.Errorf("%s was solved %d times: %s", o.Number, n, o.Status)
			}
		}
		now := must2(x.Incidents.Get(x.system(), v.ID))(t)
		if now.Solved != 5 || now.Reach.Open != 0 || now.ToSolve != 8 {
			t.Errorf("%d of %d solved, %d open", now.Solved, now.ToSolve, now.Reach.Open)
		}
		if n := strings.Count(fmt.Sprint(x.told(v.ID)), "all_solved"); n != 1 {
			t.Errorf("%d times said that all are solved", n)
		}
	})
}

// Reports join while the incident is resolved: each is either refused or solved with it.
func TestNobodyJoinsPastTheResolution(t *testing.T) {
	onOutages(t, func(t *testing.T, x *outage) {
		v, _ := x.declare()
		var wait sync.WaitGroup
		var mu sync.Mutex
		var joined []string
		for i := range 6 {
			wait.Go(func() {
				o, err := x.Orders.Create(x.as(x.agent), workorder.Report{ItemID: x.his, PlaceID: x.wardRoom, Words: fmt.Sprint(i), Channel: workorder.ByPhone, IncidentID: v.ID}, workorder.Meta{})
				if err == nil {
					mu.Lock()
					joined = append(joined, o.ID)
					mu.Unlock()
				}
			})
		}
		wait.Go(func() {
			if _, err := x.Incidents.Turn(x.as(x.agent), v.ID, incident.Turn{To: incident.Resolved, Cause: "甲", Remedy: "乙"}, ""); err != nil {
				t.Error(err)
			}
		})
		wait.Wait()
		must(t, 0, x.Incidents.Settle(x.system(), v.ID))
		for _, id := range joined {
			if o := x.order(id); o.Status != workorder.Finished {
				t.Errorf("%s was left %s", o.Number, o.Status)
			}
		}
	})
}

// Only those affected are told; people elsewhere see, count and learn nothing.
func TestIncidentsAreToldWhereTheyAre(t *testing.T) {
	onOutages(t, func(t *testing.T, x *outage) {
		ctx := x.system()
		first := x.call(x.openRoom, "HIS打不开")
		v := must2(x.Incidents.Declare(ctx, incident.Declaration{LeadID: first.ID, Title: "门诊 HIS 故障", Affected: incident.Affected{DepartmentIDs: []string{x.office}}, Broadcast: true, Notice: "正在抢修"}, ""))(t)
		for name, want := range map[string]int{"clerk": 1, "nurse": 0, "stranger": 0} {
			if list := must2(x.Incidents.Notices(x.as(x.id(name))))(t); len(list) != want {
				t.Errorf("%s is told of %d", name, len(list))
			}
			if list := must2(x.Incidents.Known(x.as(x.id(name)), incident.Where{ItemID: x.his}))(t); len(list) != want {
				t.Errorf("%s knows of %d", name, len(list))
			}
		}
		if list := must2(x.Incidents.PublicNotices(t.Context(), x.openCode))(t); len(list) != 1 {
			t.Errorf("at the place: %+v", list)
		}
		if list := must2(x.Incidents.PublicNotices(t.Context(), "NOTACODE"))(t); len(list) != 0 {
			t.Errorf("at no place: %+v", list)
		}
		body := x.do(nobody, "GET", "/api/v1/public/notices/"+x.openCode, nil).String()
		if !strings.Contains(body, "正在抢修") || strings.Contains(body, "PERSON-") || strings.Contains(body, "来电人") {
			t.Errorf("the public is told %s", body)
		}
		if _, err := x.Orders.Create(x.as(x.id("stranger")), workorder.Report{ItemID: x.his, PlaceID: x.westRoom, IncidentID: v.ID}, workorder.Meta{}); fault.CodeOf(err) != "invalid" && fault.CodeOf(err) == "" {
			t.Errorf("joined from elsewhere: %v", err)
		}
		// Messages go to those affected, once, and the end is told too.
		must2(x.Incidents.Turn(ctx, v.ID, incident.Turn{To: incident.Resolved, Cause: "甲", Remedy: "乙"}, ""))(t)
		must(t, 0, x.Runner.Start(t.Context()))
		t.Cleanup(x.Runner.Stop)
		count := func(name string) (n int) {
			list, _ := must3(x.Notify.Messages(x.as(x.id(name)), "zh-CN", false, 50, ""))(t)
			for _, m := range list {
				if strings.HasPrefix(m.Template, "incident.") {
					n++
				}
			}
			return n
		}
		for until := time.Now().Add(20 * time.Second); count("clerk") < 2 && time.Now().Before(until); {
			time.Sleep(20 * time.Millisecond)
		}
		if count("clerk") != 2 || count("stranger") != 0 || count("nurse") != 0 {
			t.Errorf("told: clerk %d, stranger %d, nurse %d", count("clerk"), count("stranger"), count("nurse"))
		}
		if list := must2(x.Incidents.Notices(x.as(x.id("clerk"))))(t); len(list) != 0 {
			t.Errorf("the banner stays: %+v", list)
		}
		// A dispatcher of the west sees nothing of the east's.
		x.grant(x.id("stranger"), identity.GrantSpec{RoleID: "dispatcher", ScopeKind: identity.ScopeCampus})
		west := x.as(x.id("stranger"))
		if list, _ := must3(x.Incidents.List(west, incident.Filter{}, 10, ""))(t); slices.ContainsFunc(list, func(i incident.Incident) bool { return i.ID == v.ID }) {
			t.Error("the west sees it in its list")
		}
		if _, err := x.Incidents.Get(west, v.ID); !db.IsMissing(err) {
			t.Errorf("the west opens it: %v", err)
		}
		if _, err := x.Incidents.Declare(west, incident.Declaration{LeadID: first.ID, Title: "x"}, ""); fault.CodeOf(err) == "" {
			t.Error("the west declares with the east's order")
		}
	})
}

func TestRulesDeclareMajorIncidentsOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, r *ruled) {
		rule := r.rule(onReport("大面积故障", "瘫痪", automation.Action{Kind: automation.Major, Text: "系统瘫痪"}))
		list, _ := must3(r.Incidents.List(r.system(), incident.Filter{Status: []incident.Status{incident.Open}}, 10, ""))(t)
		for _, i := range list { // those of the hospital would be joined
			must2(r.Incidents.Turn(r.system(), i.ID, incident.Turn{To: incident.Resolved, Cause: "甲", Remedy: "乙"}, ""))(t)
		}
		first := r.report("系统瘫痪")
		r.firings(rule.ID, 1)
		second := r.report("又瘫痪了")
		for _, f := range r.firings(rule.ID, 2) {
			if f.State != automation.Done || f.Steps[0].Result != "done" || !strings.HasPrefix(f.Steps[0].Detail, "ZD-") {
				t.Fatalf("%+v", f)
			}
		}
		a, b := must2(r.Orders.Get(r.system(), first.ID))(t), must2(r.Orders.Get(r.system(), second.ID))(t)
		if a.IncidentRole != workorder.IncidentLead || !b.Follows() || a.IncidentID != b.IncidentID {
			t.Fatalf("%+v, %+v", a.Order, b.Order)
		}
		d := onReport("试", "瘫痪", automation.Action{Kind: automation.Major})
		d.NameEn = "x"
		if out := must2(r.Rules.Try(r.system(), "", &d, 7))(t); out.Total != 2 {
			t.Errorf("%+v", out)
		}
	})
}

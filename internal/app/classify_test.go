package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/app"
	"wardline/internal/catalog"
	"wardline/internal/classify"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// desk is a hospital with the starter catalogue, an agent and an engineer of the network
// team, on a clock that stands still until it is moved.
type desk struct {
	*site
	clock            *clock.Manual
	ward, hall, team string
	agent, engineer  context.Context
	man              string
	items            map[string]catalog.Item
}

var nine = time.Date(2026, 11, 24, 9, 0, 0, 0, time.FixedZone("", 8*3600)).UnixMilli()

func desks(t *testing.T, f func(t *testing.T, d *desk)) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) { f(t, newDesk(t, engine)) })
	}
}

func newDesk(t *testing.T, engine db.Engine) *desk {
	t.Helper()
	d := &desk{clock: clock.NewManual(nine), items: map[string]catalog.Item{}}
	d.site = serve(t, house(t, engine, func(o *app.Options) { o.Clock = d.clock }))
	ctx := d.system()
	campus := must2(d.Org.SaveCampus(ctx, "", org.CampusInput{Name: "本部"}))(t).ID
	dep := must2(d.Org.SaveDepartment(ctx, "", org.DepartmentInput{Name: "内科", CampusID: campus, Kind: "clinical"}))(t).ID
	place := func(name, class string) string {
		return must2(d.Org.SavePlace(ctx, "", org.PlaceInput{Kind: org.Room, Name: name, CampusID: campus, DepartmentID: dep, Class: class}))(t).ID
	}
	d.ward, d.hall = place("内科护士站", "ward"), place("门诊收费处", "outpatient")
	d.team = must2(d.Org.SaveTeam(ctx, "", org.TeamInput{Name: "信息-网络组", Kind: "it", CampusID: campus, Pool: true}))(t).ID
	var people []string
	must(t, 0, d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := d.Catalog.Seed(ctx, tx, map[string]string{"信息-网络组": d.team, "信息-硬件组": d.team}); err != nil {
			return err
		}
		for _, code := range []string{"NET01", "HW03", "SE03", "ML01", "SW06"} {
			it, err := d.Catalog.ByCode(ctx, tx, code)
			if err != nil {
				return err
			}
			d.items[code] = it
		}
		ids, err := d.People.Import(ctx, tx, []identity.NewPerson{
			{Facts: identity.Facts{Name: "客服甲", StaffNo: "A1", CampusID: campus}, Grants: []identity.GrantSpec{{RoleID: "agent", ScopeKind: identity.ScopeAll}}},
			{Facts: identity.Facts{Name: "网管乙", StaffNo: "E1", CampusID: campus}, Teams: []identity.Membership{{TeamID: d.team}}, Grants: []identity.GrantSpec{{RoleID: "engineer", ScopeKind: identity.ScopeTeam}}}})
		people = ids
		return err
	}))
	d.agent, d.engineer, d.man = d.as(people[0]), d.as(people[1]), people[1]
	return d
}

// report takes an order in at the desk.
func (d *desk) report(code, place, words string, more ...func(*workorder.Report)) workorder.View {
	d.t.Helper()
	r := workorder.Report{ItemID: d.items[code].ID, PlaceID: place, Words: words, Channel: workorder.ByPhone, ContactPhone: "6120", Form: map[string]any{}}
	for _, f := range d.items[code].Form {
		if !f.Required || f.ShowIf != nil {
			continue
		}
		switch f.Kind {
		case catalog.Choice:
			r.Form[f.Key] = f.Options[0].Value
		case catalog.Text:
			r.Form[f.Key] = "12"
		case catalog.Number:
			r.Form[f.Key] = 1.0
		}
	}
	for _, f := range more {
		f(&r)
	}
	return must2(d.Orders.Create(d.agent, r, workorder.Meta{}))(d.t)
}

func (d *desk) after(ms int64) { d.clock.Advance(ms) }

// timeline is the kinds of event of an order with the seconds since its report.
func (d *desk) timeline(orderID string) []string {
	d.t.Helper()
	list := must2(d.Orders.Timeline(d.system(), orderID))(d.t)
	var out []string
	for _, e := range list {
		out = append(out, fmt.Sprintf("%s %d", e.Kind, (e.At-list[0].At)/1000))
	}
	return out
}

func (d *desk) expect(orderID string, want ...string) {
	d.t.Helper()
	if got := d.timeline(orderID); !slices.Equal(got, want) {
		d.t.Errorf("timeline %q, want %q", got, want)
	}
}

func codeOf(err error) string {
	if f, ok := fault.Of(err); ok {
		if len(f.Fields) > 0 {
			return f.Fields[0].Field + ":" + f.Fields[0].Code
		}
		return f.Code
	}
	return fmt.Sprint(err)
}

// A red cross over the network is tried over the telephone, step by step, and solved.
func TestARedCrossIsSolvedRemotely(t *testing.T) {
	desks(t, func(t *testing.T, d *desk) {
		asked := must2(d.Sorter.Suggest(d.agent, classify.Question{Words: "护士站电脑网络红叉上不了网", PlaceID: d.ward}))(t)
		if !asked.Filled || asked.Candidates[0].Code != "NET01" || asked.Mode != workorder.Remote || !asked.Scripted || asked.Why == nil {
			t.Fatalf("%+v", asked)
		}
		o := d.report("NET01", d.ward, "护士站电脑网络红叉上不了网")
		if o.Mode != workorder.Remote || !slices.Contains(o.Actions, workorder.KindGuide) {
			t.Fatalf("%s, %v", o.Mode, o.Actions)
		}
		first := must2(d.Orders.Timeline(d.agent, o.ID))(t)[0]
		if first.Facts.Why == nil || first.Facts.Why.NameZh != asked.Why.NameZh {
			t.Errorf("the order does not say why it is remote: %+v", first.Facts.Why)
		}
		d.after(95 * clock.Second)
		g := must2(d.Sorter.GuideOf(d.agent, o.Number))(t)
		if !g.May || len(g.Steps) < 4 {
			t.Fatalf("%+v", g)
		}
		tried := classify.Attempt{Outcome: workorder.GuideSolved, Cause: "网线松动", Steps: []classify.Tried{
			{Key: "port", Outcome: workorder.StepFailed, At: o.ReportedAt + 30_000}, {Key: "replug", Outcome: workorder.StepDone, At: o.ReportedAt + 80_000}}}
		v := must2(d.Sorter.Try(d.agent, o.ID, tried, workorder.Meta{Key: "once-and-for-all"}))(t)
		if v.Status != workorder.Finished || !v.RemoteSolved || v.Visits != 0 || v.Remedy == "" || v.Cause != "网线松动" {
			t.Fatalf("%+v", v.Order)
		}
		again := must2(d.Sorter.Try(d.agent, o.ID, tried, workorder.Meta{Key: "once-and-for-all"}))(t)
		if again.Version != v.Version {
			t.Errorf("sent twice, done twice: %d, %d", v.Version, again.Version)
		}
		d.expect(o.ID, "report 0", "guide 95", "remote_solve 95")
		step := must2(d.Orders.Timeline(d.agent, o.ID))(t)[1].Facts.Guide
		if step == nil || step.Steps[1].At != o.ReportedAt+80_000 || step.Steps[1].TextZh != g.Steps[1].TextZh {
			t.Errorf("%+v", step)
		}
		d.rebuilt(o.ID)
	})
}

// The same not solved: the order becomes a visit, its clocks run on, and nobody can end
// it from afar any more.
func TestARedCrossThatStaysBecomesAVisit(t *testing.T) {
	desks(t, func(t *testing.T, d *desk) {
		o := d.report("NET01", d.ward, "网络红叉")
		finish, respond := o.Deadlines.Finish, o.Deadlines.Respond
		d.after(4 * clock.Minute)
		tried := classify.Attempt{Outcome: workorder.GuideFailed, Note: "换了网线还是红叉", Steps: []classify.Tried{
			{Key: "port", Outcome: workorder.StepFailed}, {Key: "replug", Outcome: workorder.StepFailed}, {Key: "cable", Outcome: workorder.StepSkipped}}}
		v := must2(d.Sorter.Try(d.agent, o.ID, tried, workorder.Meta{}))(t)
		if v.Mode != workorder.Onsite || !v.OnsiteOnly || v.Deadlines.Finish != finish || v.Deadlines.Respond != respond || v.ClockStart != o.ReportedAt {
			t.Fatalf("%+v", v.Order)
		}
		for _, k := range []workorder.Kind{workorder.KindGuide, workorder.KindRemote} {
			if slices.Contains(v.Actions, k) {
				t.Errorf("%s is still offered", k)
			}
		}
		if _, err := d.Sorter.Try(d.agent, o.ID, tried, workorder.Meta{}); codeOf(err) != "order.onsite_only" {
			t.Errorf("a second attempt: %v", err)
		}
		if _, err := d.Orders.SolveRemotely(d.agent, o.ID, workorder.Work{Remedy: "好了"}, workorder.Meta{}); codeOf(err) != "order.onsite_only" {
			t.Errorf("solving it from afar: %v", err)
		}
		d.after(clock.Minute)
		must2(d.Orders.Dispatch(d.system(), o.ID, workorder.Assignment{TeamID: d.team, AssigneeID: d.man}, workorder.Meta{}))(t)
		d.after(50 * clock.Second)
		must2(d.Orders.Accept(d.engineer, o.ID, workorder.Meta{}))(t)
		if _, err := d.Orders.Finish(d.engineer, o.ID, workorder.Work{Remedy: "换网线"}, workorder.Meta{}); codeOf(err) != "order.arrive_first" {
			t.Errorf("finished without a visit: %v", err)
		}
		d.after(10 * clock.Minute)
		must2(d.Orders.Arrive(d.engineer, o.ID, "", workorder.Meta{}))(t)
		d.after(7*clock.Minute + 3*clock.Second)
		done := must2(d.Orders.Finish(d.engineer, o.ID, workorder.Work{Remedy: "重做水晶头"}, workorder.Meta{}))(t)
		if done.RemoteSolved || done.Visits != 1 {
			t.Errorf("%+v", done.Order)
		}
		d.expect(o.ID, "report 0", "guide 240", "convert 240", "dispatch 300", "accept 350", "arrive 950", "finish 1373")
		why := must2(d.Orders.Timeline(d.agent, o.ID))(t)[2].Facts.Why
		if why == nil || !strings.Contains(why.NameZh, "远程指导失败") {
			t.Errorf("the visit does not say why: %+v", why)
		}
		d.rebuilt(o.ID)
	})
}

// rebuilt tells whether the row is the sum of its events.
func (d *desk) rebuilt(orderID string) {
	d.t.Helper()
	must2(d.Orders.Replay(d.system(), 0, 100, func(after []workorder.Order, _ []workorder.Event) error {
		last := after[len(after)-1]
		if last.ID == orderID {
			v := must2(d.Orders.Get(d.system(), orderID))(d.t)
			if v.OnsiteOnly != last.OnsiteOnly || v.Mode != last.Mode || v.Version != last.Version {
				d.t.Errorf("the row says %v %s %d, the events %v %s %d", v.OnsiteOnly, v.Mode, v.Version, last.OnsiteOnly, last.Mode, last.Version)
			}
		}
		return nil
	}))(d.t)
}

// The third report of the same within seven days is a visit and opens one problem, however
// many replicas look and how often; an eighth day begins anew.
func TestTheThirdFaultOfAWeekBecomesAVisitAndAProblem(t *testing.T) {
	desks(t, func(t *testing.T, d *desk) {
		var last workorder.View
		for range 3 {
			last = d.report("NET01", d.ward, "又断网了")
			d.after(clock.Day)
			for range 2 {
				must(t, 0, d.Sorter.Sweep(t.Context()))
			}
		}
		v := must2(d.Orders.Get(d.system(), last.ID))(t)
		if v.Mode != workorder.Onsite || !v.OnsiteOnly {
			t.Fatalf("%+v", v.Order)
		}
		fourth := d.report("NET01", d.ward, "还是断网")
		second := classify.New(d.Sorter.Deps)
		var wg sync.WaitGroup
		for _, s := range []*classify.Service{d.Sorter, second, d.Sorter, second} {
			wg.Go(func() {
				if err := s.Sweep(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		list, _, err := d.Sorter.Problems(d.agent, classify.ProblemFilter{Open: true}, 10, "")
		if err != nil || len(list) != 1 || list[0].Repeats != 4 {
			t.Fatalf("%+v, %v", list, err)
		}
		p := must2(d.Sorter.Problem(d.agent, list[0].ID))(t)
		if len(p.Reports) != 2 || p.Reports[1].Number != fourth.Number {
			t.Errorf("%+v", p.Reports)
		}
		if _, err := d.Sorter.Find(d.agent, p.ID, classify.Finding{Close: true, Cause: "交换机端口老化"}); codeOf(err) != "action:required" {
			t.Errorf("closed without an action: %v", err)
		}
		must2(d.Sorter.Find(d.agent, p.ID, classify.Finding{Version: p.Version, Close: true, Cause: "交换机端口老化", Action: "更换端口并加固"}))(t)
		kinds := map[string]int{}
		for _, e := range d.timeline(fourth.ID) {
			kinds[strings.Fields(e)[0]]++
		}
		if kinds["convert"] != 1 {
			t.Errorf("%v", kinds)
		}
		d.after(8 * clock.Day)
		fresh := d.report("NET01", d.ward, "断网")
		must(t, 0, d.Sorter.Sweep(t.Context()))
		if v := must2(d.Orders.Get(d.system(), fresh.ID))(t); v.Mode != workorder.Remote {
			t.Errorf("after a week it begins anew: %s", v.Mode)
		}
	})
}

// What was suggested is recorded beside what was chosen, once, and what it became counts.
func TestSuggestionsAreHeldAgainstWhatTheOrderBecame(t *testing.T) {
	desks(t, func(t *testing.T, d *desk) {
		d.report("NET01", d.ward, "护士站网络红叉上不了网")
		wrong := d.report("HW03", d.ward, "电脑右下角网络红叉")
		d.report("SW06", d.ward, "嗯嗯嗯")
		must(t, 0, d.Sorter.Sweep(t.Context()))
		net := d.items["NET01"].ID
		must2(d.Orders.Amend(d.agent, wrong.ID, workorder.Correction{ItemID: &net, Form: map[string]any{"replugged": "yes", "outletNo": "1"}}, workorder.Meta{}))
		admin := d.system()
		got := must2(d.Sorter.Live(admin, 30))(t)
		if got.Count != 3 || got.Agreed != 1 || got.Filled < 2 {
			t.Errorf("%+v", got)
		}
		must(t, 0, d.Sorter.Sweep(t.Context()))
		if again := must2(d.Sorter.Live(admin, 30))(t); again.Count != 3 {
			t.Errorf("counted twice: %+v", again)
		}
		if _, err := d.Sorter.Live(d.agent, 30); codeOf(err) != "forbidden" {
			t.Errorf("an agent: %v", err)
		}
	})
}

// Training makes a version that is measured and put in force; an administrator goes back
// to an older one, and then newer ones wait to be asked for.
func TestVersionsAreTrainedPutInForceAndTakenBack(t *testing.T) {
	desks(t, func(t *testing.T, d *desk) {
		admin := d.system()
		first := must2(d.Sorter.Learn(t.Context()))(t)
		second := must2(d.Sorter.Learn(t.Context()))(t)
		over := must2(d.Sorter.Overview(admin))(t)
		if len(over.Versions) != 2 || over.ActiveID != second.ID || over.Run.State != "done" || first.Kind != classify.Bayes || first.Top3 < 0.6 {
			t.Fatalf("%+v", over)
		}
		if r := must2(d.Sorter.Report(admin, ""))(t); r.Starter.Count < 100 || len(r.Starter.Curve) != 20 || len(r.Starter.Items) < 40 {
			t.Errorf("%+v", r.Starter)
		}
		back := must2(d.Sorter.Set(admin, classify.Settings{Stamp: over.Stamp, Threshold: 0.99, VersionID: first.ID}))(t)
		if back.ActiveID != first.ID {
			t.Fatalf("%+v", back)
		}
		if _, err := d.Sorter.Set(admin, classify.Settings{Stamp: over.Stamp, Threshold: 0.5}); codeOf(err) != "conflict" {
			t.Errorf("an old stamp: %v", err)
		}
		must2(d.Sorter.Learn(t.Context()))(t)
		if over := must2(d.Sorter.Overview(admin))(t); over.ActiveID != first.ID || len(over.Versions) != 3 {
			t.Errorf("%+v", over)
		}
		asked := must2(d.Sorter.Suggest(d.agent, classify.Question{Words: "不知道怎么回事东西坏了", PlaceID: d.ward}))(t)
		if asked.Filled || len(asked.Candidates) == 0 || len(asked.Candidates) > 3 || asked.VersionID != first.ID || asked.Priority != "" {
			t.Errorf("below the threshold a person decides: %+v", asked)
		}
		fire := must2(d.Sorter.Suggest(d.agent, classify.Question{Words: "打印机旁边着火了"}))(t)
		if !fire.Filled || fire.Candidates[0].Code != "SE03" || fire.Priority != "P1" || fire.Candidates[0].ByWord != "着火" {
			t.Errorf("%+v", fire)
		}
		calm := must2(d.Sorter.Suggest(d.agent, classify.Question{Words: "打印机没有着火就是卡纸"}))(t)
		if len(calm.Alarms) != 0 || calm.Candidates[0].Code != "HW03" {
			t.Errorf("%+v", calm)
		}
	})
}

// Where the policy, the words of danger and the scripts are changed, the next order
// follows, also in another program on the same database.
func TestThePolicyIsFollowedAtOnce(t *testing.T) {
	desks(t, func(t *testing.T, d *desk) {
		admin := d.system()
		if o := d.report("NET01", d.hall, "红叉"); o.Mode != workorder.Onsite {
			t.Fatalf("in the outpatient hall: %s", o.Mode)
		}
		if o := d.report("NET01", d.ward, "红叉", func(r *workorder.Report) { r.Anxious = true }); o.Mode != workorder.Onsite {
			t.Fatalf("anxious: %s", o.Mode)
		}
		if o := d.report("NET01", d.ward, "红叉", func(r *workorder.Report) { r.Mode = workorder.Onsite }); o.Mode != workorder.Onsite {
			t.Fatalf("said by the agent: %s", o.Mode)
		}
		rules, stamp, err := d.Sorter.PolicyRules(admin)
		must(t, 0, err)
		rules = append([]classify.PolicyRule{{NameZh: "收费处断网先远程", Mode: workorder.Remote, Active: true, When: classify.PolicyWhen{Items: []string{"NET"}}}}, rules...)
		must(t, 0, d.Sorter.SavePolicy(admin, rules, stamp))
		if codeOf(d.Sorter.SavePolicy(admin, rules, stamp)) != "conflict" {
			t.Error("an old stamp was taken")
		}
		if o := d.report("NET01", d.hall, "红叉"); o.Mode != workorder.Remote {
			t.Errorf("after the change: %s", o.Mode)
		}
		words, stamp, err := d.Sorter.Words(admin)
		must(t, 0, err)
		other := classify.New(d.Sorter.Deps)
		ask := func(s *classify.Service) bool {
			return len(must2(s.Suggest(d.agent, classify.Question{Words: "鱼缸漏了"}))(t).Alarms) > 0
		}
		if ask(other) {
			t.Fatal("nobody has said so yet")
		}
		must(t, 0, d.Sorter.SaveWords(admin, append(words, classify.Word{Word: "鱼缸漏了", ItemCode: "MW01", Priority: "P1", Active: true}), stamp))
		if !ask(d.Sorter) {
			t.Error("a new word is not heard")
		}
		d.after(3 * clock.Second)
		if !ask(other) {
			t.Error("another program does not hear it after three seconds")
		}
		if err := d.Sorter.SaveWords(admin, []classify.Word{{Word: "x", ItemCode: "NOPE", Priority: "P1"}}, 0); codeOf(err) != "items[0].itemCode:unknown_reference" {
			t.Errorf("%v", err)
		}
	})
}

// A report is recognised as one that has been made: also from the room around, in other words.
func TestWhatIsReportedAlreadyIsShown(t *testing.T) {
	d := newDesk(t, db.SQLite)
	bed := must2(d.Org.SavePlace(d.system(), "", org.PlaceInput{Kind: org.Room, Name: "里间", ParentID: d.ward}))(t).ID
	first := d.report("HW03", bed, "打印机卡纸了打不出来")
	d.report("SW06", d.ward, "密码忘了登不进去")
	got := must2(d.Orders.Similar(d.agent, workorder.Alike{PlaceID: d.ward, Words: "护士站打印机又卡纸"}))(t)
	if len(got) != 2 || got[0].ID != first.ID || !got[0].Repeats || got[1].Repeats {
		t.Errorf("%+v", got)
	}
}

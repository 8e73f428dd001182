package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wardline/internal/app"
	"wardline/internal/escalation"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// watched is a hospital on a clock of its own, in which time passes only by pass.
type watched struct {
	*hospital
	clock   *clock.Manual
	manager string
	lead    string // leads the west's team, and works in it
	follow  *escalation.Follower
}

// morning is a Tuesday at nine in the hospital's zone, after the database server's today.
func (w *watched) morning() int64 { return time.Date(2031, 3, 4, 9, 0, 0, 0, w.Zone).UnixMilli() }

// now is the moment that all parts of the hospital agree on.
func (w *watched) now() int64 { return w.Clock.Now() }

func (w *watched) set(at int64) { w.clock.Advance(at - w.now()) }

func watchedOn(t *testing.T, f func(t *testing.T, w *watched)) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c := clock.NewManual(time.Now().UnixMilli())
			h := buildOn(serve(t, house(t, engine, func(o *app.Options) { o.Clock = c })))
			w := &watched{hospital: h, clock: c, lead: h.id("worker")}
			w.manager = h.newcomer("chief", identity.GrantSpec{RoleID: "manager", ScopeKind: identity.ScopeCampus, ScopeID: h.west})
			w.grant(w.lead, identity.GrantSpec{RoleID: "engineer", ScopeKind: identity.ScopeTeam}, identity.GrantSpec{RoleID: "team_lead", ScopeKind: identity.ScopeTeam})
			must(t, 0, h.DB.Write(w.system(), func(tx *db.Tx) error {
				_, err := db.Exec(w.system(), tx, "UPDATE person_team SET lead = true WHERE person_id = $1", w.lead)
				return err
			}))
			// The orders that the hospital has already are none of the test's.
			for _, x := range h.things {
				if x.kind == "order" {
					must2(h.Orders.Cancel(w.system(), x.id, "不属测试", workorder.Meta{}))(t)
				}
			}
			w.follow = h.Escalation.NewFollower(h.Tail)
			must(t, 0, h.Escalation.Begin(w.system()))
			w.set(w.morning())
			f(t, w)
		})
	}
}

// settle lets everything that is due by now happen.
func (w *watched) settle() {
	w.t.Helper()
	for {
		more := must2(w.follow.Step(w.system()))(w.t)
		n := must2(w.Escalation.Tick(w.system(), 100))(w.t)
		m := must2(w.Orders.Tick(w.system(), 100))(w.t)
		if !more && n+m == 0 {
			return
		}
	}
}

// pass lets so much time pass, in steps.
func (w *watched) pass(span, step int64) {
	w.t.Helper()
	for end := w.now() + span; w.now() < end; {
		w.set(min(w.now()+step, end))
		w.settle()
	}
}

// report makes an order of the west's team, given to its lead and accepted.
func (w *watched) report(accepted bool) workorder.View {
	w.t.Helper()
	v := must2(w.Orders.Create(w.system(), workorder.Report{ItemID: w.item, PlaceID: w.westRoom, Words: "走廊灯不亮", Channel: workorder.ByDesk}, workorder.Meta{}))(w.t)
	v = must2(w.Orders.Route(w.system(), v.ID, w.away, "派给班组", workorder.Meta{}))(w.t)
	if accepted {
		must2(w.Orders.Dispatch(w.system(), v.ID, workorder.Assignment{TeamID: w.away, AssigneeID: w.lead}, workorder.Meta{}))(w.t)
		v = must2(w.Orders.Accept(w.as(w.lead), v.ID, workorder.Meta{}))(w.t)
	}
	w.settle()
	return v
}

// ladder switches the shipped ladders off and one with these steps on.
func (w *watched) ladder(steps ...escalation.Step) escalation.Ladder {
	w.t.Helper()
	for _, l := range must2(w.Escalation.Ladders(w.system()))(w.t) {
		must2(w.Escalation.Switch(w.system(), l.ID, false, ""))(w.t)
	}
	l := must2(w.Escalation.Save(w.system(), "", 0, escalation.Definition{NameZh: "测试阶梯", NameEn: "Test", Steps: steps}, "", ""))(w.t)
	return must2(w.Escalation.Switch(w.system(), l.ID, true, ""))(w.t)
}

// silence switches explanations off.
func (w *watched) silence() {
	w.t.Helper()
	row := must2(w.Escalation.Settings(w.system()))(w.t)
	row.Body.SameDay, row.Body.FirstHours, row.Body.SecondHours = false, 0, 0
	must2(w.Escalation.SaveSettings(w.system(), row.Body, row.Version))(w.t)
}

// told counts the messages of a template that somebody has.
func (w *watched) told(personID, template string) int {
	w.t.Helper()
	list, _ := must3(w.Notify.Messages(w.as(personID), "zh-CN", false, 200, ""))(w.t)
	n := 0
	for _, m := range list {
		if m.Template == template {
			n++
		}
	}
	return n
}

// line tells the timeline: each event with its distance from a moment.
func (w *watched) line(orderID string, from int64) []string {
	w.t.Helper()
	var out []string
	for _, e := range must2(w.Orders.Timeline(w.system(), orderID))(w.t) {
		out = append(out, fmt.Sprintf("%s %s", time.Duration(e.At-from)*time.Millisecond, e.Kind))
	}
	return out
}

func (w *watched) same(got, want []string) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	w.sum()
}

// sum holds every order's row against its events.
func (w *watched) sum() {
	w.t.Helper()
	_, err := w.Orders.Replay(w.system(), 0, 100, func(after []workorder.Order, _ []workorder.Event) error {
		told := after[len(after)-1]
		row := must2(w.Orders.Get(w.system(), told.ID))(w.t).Order
		row.NextCheckAt, told.NextCheckAt = 0, 0
		if diff := cmp.Diff(told, row, cmpopts.EquateEmpty()); diff != "" {
			w.t.Errorf("the row is not the sum of its events: %s", diff)
		}
		return nil
	})
	must(w.t, 0, err)
}

func TestAnOrderOpenForTwelveAndThenForTwentyFourHours(t *testing.T) {
	watchedOn(t, func(t *testing.T, w *watched) {
		w.ladder(escalation.Step{When: escalation.AtClock, Clock: "finish", Minutes: 30, To: []string{escalation.ToAssignee, escalation.ToLeads}, Text: "完成超时 30 分钟", Escalate: true, Every: 60, Times: 2})
		from := w.now()
		o := w.report(true)
		w.pass(25*clock.Hour, 5*clock.Minute)
		w.same(w.line(o.ID, from), []string{"0s report", "0s transfer", "0s dispatch", "0s accept", "48m0s due_soon", "1h0m0s overdue", "11h0m0s due_soon",
			"12h0m0s remind", "12h0m0s overdue", "12h30m0s remind", "12h30m0s escalate", "15h0m0s remind", "24h0m0s remind", "24h0m0s escalate"})
		list, _ := must3(w.Escalation.Reports(w.as(w.manager), escalation.ReportFilter{OrderID: o.ID}, 50, ""))(t)
		owners := map[escalation.ReportKind]string{}
		for _, r := range list {
			owners[r.Kind] = r.OwnerID
			if r.Kind != escalation.SameDay && r.DueAt-r.OpenedAt < 4*clock.Hour {
				t.Errorf("%s is due %d min after it was opened", r.Kind, (r.DueAt-r.OpenedAt)/clock.Minute)
			}
		}
		if len(list) != 3 || owners[escalation.FirstReport] != w.lead || owners[escalation.SameDay] != w.lead || owners[escalation.SecondReport] != w.manager {
			t.Fatalf("%+v", list)
		}
		if w.told(w.lead, "report.asked") != 2 || w.told(w.manager, "report.asked") != 1 {
			t.Errorf("asked: %d and %d", w.told(w.lead, "report.asked"), w.told(w.manager, "report.asked"))
		}
		// The first was due at one in the night, and was chased every hour, five times more;
		// the day's explanation at ten.
		if n := w.told(w.lead, "report.chased"); n != 7 {
			t.Errorf("chased %d times", n)
		}
		w.written(list, owners)
	})
}

// written goes the way of a report from its form to the last action.
func (w *watched) written(list []escalation.Report, owners map[escalation.ReportKind]string) {
	t := w.t
	first := list[slices.IndexFunc(list, func(r escalation.Report) bool { return r.Kind == escalation.FirstReport })]
	lead, chief := w.as(w.lead), w.as(w.manager)
	if _, err := w.Escalation.Submit(lead, first.ID, escalation.Form{What: "灯坏"}, ""); fault.CodeOf(err) != "invalid" {
		t.Fatalf("a report without a reason: %v", err)
	}
	form := escalation.Form{What: "走廊灯不亮", Why: "镇流器缺货", Impact: "夜间昏暗", Measures: "临时灯,明日更换"}
	r := must2(w.Escalation.Submit(lead, first.ID, form, "k1"))(t)
	again := must2(w.Escalation.Submit(lead, first.ID, form, "k1"))(t)
	if r.State != escalation.Submitted || !r.Late || again.Version != r.Version || w.told(w.manager, "report.submitted") != 1 {
		t.Fatalf("%+v, told %d", r, w.told(w.manager, "report.submitted"))
	}
	if _, err := w.Escalation.Review(lead, first.ID, escalation.Verdict{Accept: true, RootCause: "x"}, ""); fault.CodeOf(err) != "escalation.own_report" {
		t.Fatalf("reviewed by its writer: %v", err)
	}
	r = must2(w.Escalation.Review(chief, first.ID, escalation.Verdict{Note: "原因不清"}, ""))(t)
	if r.State != escalation.Returned || r.DueAt <= w.now() || w.told(w.lead, "report.returned") != 1 {
		t.Fatalf("%+v", r)
	}
	must2(w.Escalation.Submit(lead, first.ID, form, ""))(t)
	r = must2(w.Escalation.Review(chief, first.ID, escalation.Verdict{Accept: true, RootCause: "备件无库存"}, ""))(t)
	r = must2(w.Escalation.AddAction(chief, first.ID, escalation.ActionInput{What: "建立安全库存", OwnerID: w.lead, DueAt: w.now() + clock.Day}, ""))(t)
	if r.State != escalation.Closed || len(r.Actions) != 1 || w.told(w.lead, "action.given") != 1 {
		t.Fatalf("%+v", r)
	}
	w.pass(2*clock.Day+clock.Hour, 30*clock.Minute)
	if n := w.told(w.lead, "action.chased"); n != 2 {
		t.Errorf("the action was chased %d times in a day", n)
	}
	r = must2(w.Escalation.ActionDone(lead, first.ID, r.Actions[0].ID, "已设 10 只", ""))(t)
	if r.Actions[0].DoneAt == 0 {
		t.Fatalf("%+v", r.Actions)
	}
	if _, err := w.Escalation.Report(w.as(w.id("stranger")), first.ID); !db.IsMissing(err) {
		t.Errorf("a stranger sees the report: %v", err)
	}
	_, _, days, err := w.Escalation.Day(chief, w.morning())
	must(t, 0, err)
	if len(days) != 1 || days[0].Reported != 1 || days[0].Done != 0 || days[0].Asked != 1 || days[0].Explained != 0 {
		t.Errorf("%+v", days)
	}
	_ = owners
}

func TestUrgedThreeTimes(t *testing.T) {
	watchedOn(t, func(t *testing.T, w *watched) {
		from := w.now()
		other := w.report(false)
		w.clock.Advance(clock.Minute)
		o := w.report(false)
		queue := func() string {
			list, _ := must3(w.Orders.List(w.system(), workorder.Filter{Sort: "urgent"}, 1, ""))(t)
			return list[0].ID
		}
		if queue() != other.ID {
			t.Fatal("the elder does not stand first")
		}
		for range 3 {
			w.clock.Advance(10 * clock.Minute)
			must2(w.Orders.Urge(w.system(), o.ID, "快点", workorder.Meta{}))(t)
			w.settle()
			if queue() != o.ID {
				t.Fatal("an urge does not raise the place in the queue")
			}
		}
		want := []string{"1m0s report", "1m0s transfer", "11m0s urge", "21m0s urge", "31m0s urge", "31m0s remind", "31m0s escalate"}
		got := w.line(o.ID, from)
		got = slices.DeleteFunc(got, func(s string) bool { return strings.HasSuffix(s, "due_soon") || strings.HasSuffix(s, "overdue") })
		w.same(got, want)
		if n := w.told(w.lead, "order.reminder"); n != 2 { // of this one, urged and 30 minutes in the queue, in one; and of the other
			t.Errorf("the lead was told %d times", n)
		}
		// The fourth urge is told by nobody to the lead again.
		must2(w.Escalation.Acknowledge(w.as(w.lead), o.ID, "我来", ""))(t)
		w.clock.Advance(10 * clock.Minute)
		must2(w.Orders.Urge(w.system(), o.ID, "再催", workorder.Meta{}))(t)
		w.settle()
		list, _ := must3(w.Notify.Messages(w.as(w.lead), "zh-CN", false, 100, ""))(t)
		urged := 0
		for _, m := range list {
			if strings.Contains(m.Body, "催单") {
				urged++
			}
		}
		if urged != 1 {
			t.Errorf("the lead was told of the urges %d times", urged)
		}
	})
}

func TestRepetitionsStopWhenSomebodyTakesNotice(t *testing.T) {
	watchedOn(t, func(t *testing.T, w *watched) {
		w.silence()
		w.ladder(escalation.Step{When: escalation.Reported, Minutes: 10, To: []string{escalation.ToLeads}, Text: "看一下", Every: 5, Times: 10})
		from := w.now()
		o := w.report(true)
		if _, err := w.Escalation.Acknowledge(w.as(w.id("stranger")), o.ID, "", ""); !db.IsMissing(err) {
			t.Fatalf("a stranger takes notice: %v", err)
		}
		w.pass(21*clock.Minute, clock.Minute)
		if n := w.told(w.lead, "order.reminder"); n != 3 {
			t.Fatalf("%d reminders in 21 minutes", n)
		}
		r := must2(w.Escalation.Reminders(w.as(w.lead), o.ID))(t)
		if !r.Waiting || len(r.Fired) != 3 || len(r.Rungs) != 1 || r.Rungs[0].State != "fired" || r.Rungs[0].Next != from+25*clock.Minute {
			t.Fatalf("%+v", r)
		}
		r = must2(w.Escalation.Acknowledge(w.as(w.lead), o.ID, "马上到", "key"))(t)
		r = must2(w.Escalation.Acknowledge(w.as(w.lead), o.ID, "马上到", "key"))(t)
		if r.Waiting || r.Rungs[0].State != "acknowledged" {
			t.Fatalf("%+v", r)
		}
		w.pass(clock.Hour, clock.Minute)
		if n := w.told(w.lead, "order.reminder"); n != 3 {
			t.Errorf("%d reminders after somebody took notice", n)
		}
		line := w.line(o.ID, from)
		if n := count(line, "21m0s acknowledge"); n != 1 || count(line, "10m0s remind") != 1 {
			t.Errorf("%v", line)
		}
	})
}

func count(list []string, v string) (n int) {
	for _, s := range list {
		if s == v {
			n++
		}
	}
	return n
}

func TestMissedStepsFireOnceAndAreToldTogether(t *testing.T) {
	watchedOn(t, func(t *testing.T, w *watched) {
		w.silence()
		leads := []string{escalation.ToLeads}
		w.ladder(escalation.Step{When: escalation.Reported, Minutes: 10, To: leads, Text: "十分钟", Every: 1, Times: 50},
			escalation.Step{When: escalation.Reported, Minutes: 20, To: leads, Text: "二十分钟"}, escalation.Step{When: escalation.Reported, Minutes: 30, To: leads, Text: "三十分钟"})
		from := w.now()
		o := w.report(true)
		w.clock.Advance(25 * clock.Minute) // nothing runs
		w.settle()
		r := must2(w.Escalation.Reminders(w.as(w.lead), o.ID))(t)
		if len(r.Fired) != 2 || w.told(w.lead, "order.reminder") != 1 {
			t.Fatalf("%d steps, told %d times: %+v", len(r.Fired), w.told(w.lead, "order.reminder"), r.Fired)
		}
		list, _ := must3(w.Notify.Messages(w.as(w.lead), "zh-CN", false, 10, ""))(t)
		i := slices.IndexFunc(list, func(m notify.MessageView) bool { return m.Template == "order.reminder" })
		if body := list[i].Body; !strings.Contains(body, "十分钟") || !strings.Contains(body, "二十分钟") {
			t.Errorf("not summed up: %s", body)
		}
		if n := count(w.line(o.ID, from), "25m0s remind"); n != 1 {
			t.Errorf("%v", w.line(o.ID, from))
		}
	})
}

// Several replicas look at the same moment, and one dies in the midst of it, again and
// again: what a step does is done once and as a whole.
func TestReplicasRaceAndDieBetweenSteps(t *testing.T) {
	watchedOn(t, func(t *testing.T, w *watched) {
		w.silence()
		w.ladder(escalation.Step{When: escalation.Reported, Minutes: 10, To: []string{escalation.ToLeads}, Text: "一", Escalate: true},
			escalation.Step{When: escalation.Reported, Minutes: 12, To: []string{escalation.ToLeads}, Text: "二"})
		var ids []string
		for range 12 {
			ids = append(ids, w.report(true).ID)
		}
		for _, minutes := range []int64{10, 2} {
			w.clock.Advance(minutes * clock.Minute)
			for n := range 12 {
				ctx, die := context.WithTimeout(w.system(), time.Duration(n+1)*700*time.Microsecond)
				_, _ = w.Escalation.Tick(ctx, 100)
				die()
			}
			w.clock.Advance(31 * clock.Second) // what could not be acted on lets others go first
			var wait sync.WaitGroup
			for range 3 {
				wait.Go(func() {
					for range 3 {
						if _, err := w.Escalation.Tick(w.system(), 100); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wait.Wait()
			w.settle()
		}
		for _, orderID := range ids {
			r := must2(w.Escalation.Reminders(w.as(w.lead), orderID))(t)
			kinds := map[workorder.Kind]int{}
			for _, e := range must2(w.Orders.Timeline(w.system(), orderID))(t) {
				kinds[e.Kind]++
			}
			if len(r.Fired) != 2 || kinds[workorder.KindRemind] != 2 || kinds[workorder.KindEscalate] != 1 {
				t.Errorf("%d steps, %v", len(r.Fired), kinds)
			}
		}
		if n := w.told(w.lead, "order.reminder"); n != 24 {
			t.Errorf("%d messages for 12 orders of two steps", n)
		}
	})
}

func TestAMovedDeadlineMovesItsSteps(t *testing.T) {
	watchedOn(t, func(t *testing.T, w *watched) {
		w.silence()
		w.ladder(escalation.Step{When: escalation.AtClock, Clock: "finish", Minutes: -5, To: []string{escalation.ToLeads}, Text: "快到了"})
		o := w.report(true)
		w.set(o.Deadlines.Finish - 5*clock.Minute)
		w.settle()
		must2(w.Orders.Park(w.system(), o.ID, "parts", "", 0, workorder.Meta{}))(t)
		w.pass(2*clock.Hour, 10*clock.Minute)
		if n := w.told(w.lead, "order.reminder"); n != 1 {
			t.Fatalf("%d reminders while the clock stands still", n)
		}
		v := must2(w.Orders.Resume(w.system(), o.ID, workorder.Meta{}))(t)
		if v.Deadlines.Finish != o.Deadlines.Finish+2*clock.Hour {
			t.Fatalf("the deadline moved by %d min", (v.Deadlines.Finish-o.Deadlines.Finish)/clock.Minute)
		}
		w.settle()
		if n := w.told(w.lead, "order.reminder"); n != 2 {
			t.Errorf("%d reminders, one for each deadline wanted", n)
		}
		w.pass(clock.Hour, 10*clock.Minute)
		if n := w.told(w.lead, "order.reminder"); n != 2 {
			t.Errorf("%d reminders in the end", n)
		}
	})
}

func TestASupervisorsWatch(t *testing.T) {
	watchedOn(t, func(t *testing.T, w *watched) {
		w.silence()
		w.ladder(escalation.Step{When: escalation.Reported, Minutes: 6000, To: []string{escalation.ToLeads}})
		from := w.now()
		o := w.report(true)
		chief, lead := w.as(w.manager), w.as(w.lead)
		in := escalation.WatchInput{Reason: "院长关注", FollowerID: w.lead, DueAt: from + 5*clock.Hour, Every: 60}
		if _, err := w.Escalation.PutUnderWatch(w.as(w.id("stranger")), o.ID, in, ""); fault.CodeOf(err) == "" {
			t.Fatal("a stranger watches")
		}
		bad := in
		bad.FollowerID = w.id("stranger")
		if _, err := w.Escalation.PutUnderWatch(chief, o.ID, bad, ""); fault.CodeOf(err) != "invalid" {
			t.Fatalf("followed by somebody who does not see it: %v", err)
		}
		v := must2(w.Escalation.PutUnderWatch(chief, o.Number, in, "once"))(t)
		if again := must2(w.Escalation.PutUnderWatch(chief, o.Number, in, "once"))(t); again.ID != v.ID {
			t.Fatal("a second watch")
		}
		if _, err := w.Escalation.PutUnderWatch(chief, o.ID, in, ""); fault.CodeOf(err) != "order.watched" {
			t.Fatalf("watched twice: %v", err)
		}
		list, _ := must3(w.Orders.List(w.system(), workorder.Filter{Watched: true, Open: true}, 10, ""))(t)
		if len(list) != 1 || list[0].WatchID != v.ID || w.told(w.lead, "watch.given") != 1 {
			t.Fatalf("%+v", list)
		}
		w.pass(61*clock.Minute, clock.Minute)
		if a, b := w.told(w.lead, "watch.chased"), w.told(w.manager, "watch.chased"); a != 1 || b != 0 {
			t.Errorf("chased %d and %d times", a, b)
		}
		v = must2(w.Escalation.AddProgress(lead, v.ID, "等配件,14 点到", ""))(t)
		if v.Chased != 0 || len(v.Progress) != 1 || w.told(w.manager, "watch.progress") != 1 {
			t.Errorf("%+v", v)
		}
		w.pass(5*clock.Hour, 10*clock.Minute)
		if w.told(w.lead, "watch.late") != 1 || w.told(w.manager, "watch.late") != 1 {
			t.Errorf("late: %d and %d", w.told(w.lead, "watch.late"), w.told(w.manager, "watch.late"))
		}
		if _, err := w.Escalation.EndWatch(chief, v.ID, " ", ""); fault.CodeOf(err) != "invalid" {
			t.Fatalf("ended without a conclusion: %v", err)
		}
		v = must2(w.Escalation.EndWatch(chief, v.ID, "已更换", ""))(t)
		if v.EndedAt == 0 || w.told(w.lead, "watch.ended") != 1 || must2(w.Orders.Get(w.system(), o.ID))(t).WatchID != "" {
			t.Errorf("%+v", v)
		}
		line := w.line(o.ID, from)
		if count(line, "0s watch") != 1 || count(line, "1h1m0s note") != 1 || count(line, "6h1m0s unwatch") != 1 {
			t.Errorf("%v", line)
		}
	})
}

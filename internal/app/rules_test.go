package app_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/app"
	"wardline/internal/automation"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// ruled is a hospital whose rules run, on a clock of its own.
type ruled struct {
	*hospital
	clock *clock.Manual
}

func rulesRun(t *testing.T, engine db.Engine) *ruled {
	t.Helper()
	c := clock.NewManual(time.Now().UnixMilli())
	h := buildOn(serve(t, house(t, engine, func(o *app.Options) { o.Clock = c })))
	f := h.Rules.NewFollower(h.Tail)
	must(t, 0, h.Runner.Start(t.Context()))
	must(t, 0, f.Start(t.Context()))
	t.Cleanup(func() { f.Stop(); h.Runner.Stop() })
	return &ruled{h, c}
}

func (r *ruled) rule(d automation.Definition) automation.Rule {
	r.t.Helper()
	d.NameEn = d.NameZh
	v := must2(r.Rules.Save(r.system(), "", 0, d, "", ""))(r.t)
	return must2(r.Rules.Switch(r.system(), v.ID, true, ""))(r.t)
}

func (r *ruled) report(words string) workorder.View {
	r.t.Helper()
	return must2(r.Orders.Create(r.system(), workorder.Report{ItemID: r.item, PlaceID: r.westRoom, Words: words, Channel: workorder.ByDesk}, workorder.Meta{}))(r.t)
}

// firings waits until a rule has so many firings, all of them ended.
func (r *ruled) firings(ruleID string, n int) []automation.Firing {
	r.t.Helper()
	var list []automation.Firing
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		list, _ = must3(r.Rules.Firings(r.system(), ruleID, "", 100, ""))(r.t)
		if len(list) >= n && !slices.ContainsFunc(list, func(f automation.Firing) bool { return f.State == automation.Planned }) {
			return list
		}
	}
	r.t.Fatalf("%d firings, want %d: %+v", len(list), n, list)
	return nil
}

func must3[A, B any](a A, b B, err error) func(*testing.T) (A, B) {
	return func(t *testing.T) (A, B) { t.Helper(); return must(t, a, err), b }
}

func (r *ruled) sql(text string, args ...any) {
	r.t.Helper()
	must(r.t, 0, r.DB.Write(r.system(), func(tx *db.Tx) error { _, err := db.Exec(r.system(), tx, text, args...); return err }))
}

func onReport(name, words string, actions ...automation.Action) automation.Definition {
	return automation.Definition{NameZh: name, Trigger: automation.Trigger{Kind: automation.OnEvent, Events: []workorder.Kind{workorder.KindReport}},
		When: &automation.Cond{Field: "words", Op: "contains", Value: []byte(`"` + words + `"`)}, Actions: actions}
}

func onEngines(t *testing.T, f func(t *testing.T, r *ruled)) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) { f(t, rulesRun(t, engine)) })
	}
}

func TestRulesActOnceAndSayWhy(t *testing.T) {
	onEngines(t, func(t *testing.T, r *ruled) {
		rule := r.rule(onReport("漏水联动", "漏水", automation.Action{Kind: automation.SetTeam, TeamID: r.away, Text: "漏水"},
			automation.Action{Kind: automation.SetPriority, Priority: "P1"}, automation.Action{Kind: automation.AddTask, TeamID: r.other, Text: "断电"},
			automation.Action{Kind: automation.Tell, To: []string{automation.ToTeam}, Text: "漏水"}, automation.Action{Kind: automation.Dispatch}))
		dry := r.report("墙面开裂")
		o := r.report("天花板漏水")
		f := r.firings(rule.ID, 1)[0]
		if f.OrderID != o.ID || f.State != automation.Done || len(f.Steps) != 5 || slices.ContainsFunc(f.Steps, func(s automation.Step) bool { return s.Result != "done" }) {
			t.Fatalf("%+v", f)
		}
		now := must2(r.Orders.Get(r.system(), o.ID))(t)
		if now.TeamID != r.away || now.Priority != "P1" || len(now.Tasks) != 1 || now.AssigneeID != r.id("worker") || now.Status != workorder.Assigned {
			t.Fatalf("%+v", now.Order)
		}
		life := must2(r.Orders.Timeline(r.system(), o.ID))(t)
		noted := 0
		for _, e := range life[1:] {
			if e.Facts.Via != f.ID || e.ActorName != "automation" {
				t.Errorf("%s is not said to come from the rule: %+v", e.Kind, e)
			}
			if e.Kind == workorder.KindNote && strings.Contains(e.Facts.Note, "漏水联动") {
				noted++
			}
		}
		if noted != 1 {
			t.Errorf("the reason stands on the timeline %d times", noted)
		}
		inbox, _ := must3(r.Notify.Messages(r.as(r.id("worker")), "zh-CN", false, 50, ""))(t)
		told := 0
		for _, m := range inbox {
			if m.Template == "order.rule" {
				told++
			}
		}
		if told != 1 {
			t.Errorf("the lead was told %d times", told)
		}

		// A replica dies after the third action was done and before that was written down.
		r.sql("UPDATE automation_firing SET state = 'planned', next = 1, steps = '[]' WHERE id = $1", f.ID)
		must(t, 0, r.DB.Write(r.system(), func(tx *db.Tx) error {
			return r.Queue.Enqueue(r.system(), tx, jobs.Job{Kind: "automation.act", Args: map[string]any{"firings": []string{f.ID}}})
		}))
		r.firings(rule.ID, 1)
		again := must2(r.Orders.Get(r.system(), o.ID))(t)
		if again.Version != now.Version || len(again.Tasks) != 1 {
			t.Fatalf("actions were repeated: version %d, was %d", again.Version, now.Version)
		}

		// The whole log is looked at again, by two replicas at once.
		r.sql("UPDATE automation_cursor SET txid = 0, seq = 0, lease_end = 0 WHERE id = 'events'")
		var wait sync.WaitGroup
		for range 2 {
			wait.Add(1)
			go func() {
				defer wait.Done()
				f := r.Rules.NewFollower(r.Tail)
				for {
					if more, err := f.Step(r.system()); !more || err != nil {
						return
					}
				}
			}()
		}
		wait.Wait()
		if list := r.firings(rule.ID, 1); len(list) != 1 {
			t.Fatalf("%d firings", len(list))
		}
		if v := must2(r.Orders.Get(r.system(), dry.ID))(t); v.Version != dry.Version {
			t.Error("an order the condition leaves out was touched")
		}

		// Who may not see the order sees nothing of what rules did to it.
		if _, _, err := r.Rules.Firings(r.as(r.me), "", o.ID, 10, ""); !db.IsMissing(err) {
			t.Errorf("firings of a hidden order: %v", err)
		}
		if _, _, err := r.Rules.Firings(r.as(r.me), rule.ID, "", 10, ""); err == nil {
			t.Error("firings of a rule without the permission")
		}
	})
}

func TestRulesDoNotRunInCircles(t *testing.T) {
	onEngines(t, func(t *testing.T, r *ruled) {
		d := automation.Definition{NameZh: "圈", NameEn: "x", Trigger: automation.Trigger{Kind: automation.OnEvent, Events: []workorder.Kind{workorder.KindEscalate}},
			Actions: []automation.Action{{Kind: automation.Escalate, Text: "x"}}}
		if _, err := r.Rules.Save(r.system(), "", 0, d, "", ""); err == nil {
			t.Fatal("a rule that sets itself off was saved")
		}
		d.Actions = []automation.Action{{Kind: automation.Note, Text: "x"}}
		rule := r.rule(d)
		// What was not refused when saved is stopped when it runs.
		for _, table := range []string{"UPDATE automation_rule SET body = replace(body, '\"note\"', '\"escalate\"') WHERE id = $1", "UPDATE automation_version SET body = replace(body, '\"note\"', '\"escalate\"') WHERE rule_id = $1"} {
			r.sql(table, rule.ID)
		}
		o := r.report("普通")
		must2(r.Orders.Escalate(r.system(), o.ID, "起头", workorder.Meta{}))(t)
		list := r.firings(rule.ID, automation.MaxDepth+1)
		if last := list[0]; last.State != automation.Stopped || last.Reason != automation.TooDeep || len(list) != automation.MaxDepth+1 {
			t.Fatalf("%d firings, the last: %+v", len(list), last)
		}
		if v := must2(r.Orders.Get(r.system(), o.ID))(t); v.Level != automation.MaxDepth+1 {
			t.Errorf("level %d", v.Level)
		}
		must2(r.Orders.Escalate(r.system(), o.ID, "再来", workorder.Meta{}))(t)
		list = r.firings(rule.ID, automation.MaxDepth+3)
		if last := list[0]; last.State != automation.Stopped || last.Reason != automation.TooOften {
			t.Fatalf("%+v", last)
		}
	})
}

func TestRulesOfTime(t *testing.T) {
	onEngines(t, func(t *testing.T, r *ruled) {
		d := onReport("三十分钟未派", "等", automation.Action{Kind: automation.Escalate, Text: "等久了"})
		d.Trigger = automation.Trigger{Kind: automation.OnStatus, Status: workorder.Queued, Minutes: 30}
		rule := r.rule(d)
		must(t, 0, r.Rules.Sweep(r.system()))
		o := r.report("等")
		for range 4 { // every ten minutes, two replicas at once
			r.clock.Advance(10 * clock.Minute)
			var wait sync.WaitGroup
			for range 2 {
				wait.Add(1)
				go func() { defer wait.Done(); _ = r.Rules.Sweep(r.system()) }()
			}
			wait.Wait()
		}
		list := r.firings(rule.ID, 1)
		if len(list) != 1 || list[0].OrderID != o.ID || list[0].State != automation.Done {
			t.Fatalf("%+v", list)
		}
		if v := must2(r.Orders.Get(r.system(), o.ID))(t); v.Level != 1 {
			t.Errorf("level %d", v.Level)
		}
	})
}

func TestDryRunWritesNothing(t *testing.T) {
	onEngines(t, func(t *testing.T, r *ruled) {
		o := r.report("天花板漏水")
		d := onReport("试运行", "漏水", automation.Action{Kind: automation.SetPriority, Priority: "P1"}, automation.Action{Kind: automation.Note, Text: "x"})
		d.NameEn = "x"
		out := must2(r.Rules.Try(r.system(), "", &d, 7))(t)
		if out.Total != 1 || out.Hits[0].OrderID != o.ID || len(out.Hits[0].Would) != 2 || out.Hits[0].Event != "report" {
			t.Fatalf("%+v", out)
		}
		if v := must2(r.Orders.Get(r.system(), o.ID))(t); v.Version != o.Version {
			t.Error("the order was touched")
		}
		if _, err := r.Rules.Try(r.system(), "", &d, 32); err == nil {
			t.Error("32 days are too many")
		}
		for _, s := range must2(automation.ShippedRules())(t) {
			if out, err := r.Rules.Try(r.system(), "", &s.Rule, 31); err != nil || out.Failed > 0 || out.Orders == 0 {
				t.Errorf("%s: %+v, %v", s.Code, out, err)
			}
		}
	})
}

func TestRulesKeepTheirOrderAndVersions(t *testing.T) {
	onEngines(t, func(t *testing.T, r *ruled) {
		first := onReport("甲", "x", automation.Action{Kind: automation.Note, Text: "甲"})
		first.Stop = true
		a, b := r.rule(first), r.rule(onReport("乙", "x", automation.Action{Kind: automation.Note, Text: "乙"}))
		r.report("x")
		r.firings(a.ID, 1)
		must2(r.Rules.Move(r.system(), b.ID, 1, ""))(t)
		all := must2(r.Rules.Rules(r.system()))(t)
		if all[0].ID != b.ID || all[0].Position != 1 || all[len(all)-1].ID != a.ID || all[len(all)-1].Position != int64(len(all)) {
			t.Fatal("the order is not the one asked for")
		}
		r.report("x")
		r.firings(a.ID, 2)
		if n := len(r.firings(b.ID, 1)); n != 1 {
			t.Errorf("%d firings behind a rule that stops", n)
		}
		first.NameEn = "A"
		if _, err := r.Rules.Save(r.system(), a.ID, a.Version+7, first, "", ""); err == nil {
			t.Error("an old version was saved over a new one")
		}
		must2(r.Rules.Save(r.system(), a.ID, a.Version, first, "改名", ""))(t)
		vs := must2(r.Rules.Versions(r.system(), a.ID))(t)
		if len(vs) != 2 || vs[0].Note != "改名" || vs[1].Body.NameEn != "甲" {
			t.Fatalf("%+v", vs)
		}
		if err := identity.Of(r.as(r.me)).NeedAll(identity.RuleManage); err == nil {
			t.Fatal("the viewer may manage rules")
		}
		if _, err := r.Rules.Rules(r.as(r.me)); err == nil {
			t.Error("rules were shown to who may not see them")
		}
	})
}

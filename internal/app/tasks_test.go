package app_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wardline/internal/app"
	"wardline/internal/automation"
	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// joint is a hospital in which several teams work on one order, on a clock of its own.
type joint struct {
	*hospital
	clock *clock.Manual
	start int64
	teams map[string]string          // ids by name
	hands map[string]context.Context // one engineer of each team, by the team's name
	ids   map[string]string          // their ids
}

func together(t *testing.T, engine db.Engine, names ...string) *joint {
	t.Helper()
	c := clock.NewManual(time.Now().Truncate(time.Minute).UnixMilli())
	h := buildOn(serve(t, house(t, engine, func(o *app.Options) { o.Clock = c })))
	j := &joint{h, c, c.Now(), map[string]string{}, map[string]context.Context{}, map[string]string{}}
	ctx := h.system()
	for i, name := range names {
		j.teams[name] = must2(h.Org.SaveTeam(ctx, "", org.TeamInput{Name: name, Kind: "maintenance", Pool: true}))(t).ID
		var ids []string
		must(t, 0, h.DB.Write(ctx, func(tx *db.Tx) (err error) {
			ids, err = h.People.Import(ctx, tx, []identity.NewPerson{
				{Facts: identity.Facts{Name: name + "甲", StaffNo: fmt.Sprintf("J%d", i)}, Teams: []identity.Membership{{TeamID: j.teams[name]}}, Grants: []identity.GrantSpec{{RoleID: "engineer", ScopeKind: identity.ScopeTeam}, {RoleID: "reporter", ScopeKind: identity.ScopeOwn}}},
				{Facts: identity.Facts{Name: name + "乙", StaffNo: fmt.Sprintf("K%d", i)}, Teams: []identity.Membership{{TeamID: j.teams[name]}}, Grants: []identity.GrantSpec{{RoleID: "engineer", ScopeKind: identity.ScopeTeam}}}})
			return err
		}))
		for n, mark := range []string{"", "2"} {
			j.ids[name+mark] = ids[n]
			j.hands[name+mark] = h.as(ids[n])
		}
	}
	return j
}

// item publishes a service with a template of tasks.
func (j *joint) item(code, team string, p catalog.Priority, plan *catalog.TaskPlan, form ...catalog.Field) string {
	j.t.Helper()
	c := must2(j.Catalog.SaveCategory(j.system(), catalog.Category{NameZh: "联动" + code, NameEn: "Joint " + code, Active: true}))(j.t)
	d := must2(j.Catalog.Create(j.system(), code, catalog.Content{CategoryID: c.ID, NameZh: code, NameEn: code, Priority: p, Limits: catalog.DefaultLimits(p),
		Calendar: catalog.RoundTheClock, Mode: catalog.Onsite, TeamID: team, Tasks: plan, Form: form}))(j.t)
	return must2(j.Catalog.Publish(j.system(), d.ID, d.Version, ""))(j.t).ID
}

// begin makes this moment the one that the timeline is reckoned from.
func (j *joint) begin() { j.start = j.Orders.Clock.Now() } // the database's clock, where there is one

// at lets it become a moment after the report: time acts on the way.
func (j *joint) at(minute, second int64) workorder.Meta {
	j.t.Helper()
	moment := j.start + minute*clock.Minute + second*clock.Second
	for now := j.Orders.Clock.Now(); now < moment; now = j.Orders.Clock.Now() { // second by second, as the program looks
		j.clock.Advance(min(clock.Second, moment-now))
		must2(j.Orders.Tick(j.system(), 100))(j.t)
	}
	return workorder.Meta{}
}

// life is the order's timeline: when, what, of which team's task, by whom.
func (j *joint) life(id string) []string {
	j.t.Helper()
	o := must2(j.Orders.Get(j.system(), id))(j.t)
	teams := map[string]string{}
	for _, k := range o.Tasks {
		teams[k.ID] = k.TeamName
	}
	var out []string
	for _, e := range must2(j.Orders.Timeline(j.system(), id))(j.t) {
		at := (e.At - j.start) / clock.Second
		line := fmt.Sprintf("%02d:%02d %s", at/60, at%60, e.Kind)
		task := e.Facts.TaskID
		if e.Facts.Task != nil {
			task = e.Facts.Task.ID
		}
		if task != "" {
			line += " " + teams[task]
		}
		if e.Facts.Clock != "" {
			line += " " + e.Facts.Clock
		}
		out = append(out, line)
	}
	return out
}

// sound checks that the stored order is the sum of its events.
func (j *joint) sound(id string) {
	j.t.Helper()
	var sum workorder.Order
	must2(j.Orders.Replay(j.system(), j.start, 1000, func(after []workorder.Order, _ []workorder.Event) error {
		if last := after[len(after)-1]; last.ID == id {
			sum = last
		}
		return nil
	}))(j.t)
	row := must2(j.Orders.Get(j.system(), id))(j.t).Order
	row.NextCheckAt = 0
	if d := cmp.Diff(sum, row); d != "" {
		j.t.Errorf("the row is not the sum of its events:\n%s", d)
	}
}

func (j *joint) task(id, key string) workorder.Task {
	j.t.Helper()
	for _, k := range must2(j.Orders.Get(j.system(), id))(j.t).Tasks {
		if k.Key == key {
			return k
		}
	}
	j.t.Fatalf("no task %s", key)
	return workorder.Task{}
}

func leakPlan(j *joint) *catalog.TaskPlan {
	return &catalog.TaskPlan{Apply: catalog.AtReported, FinishWithLast: true, Steps: []catalog.TaskStep{
		{Key: "power", TeamID: j.teams["电工"], NoteZh: "断电", Limits: &catalog.Limits{Respond: 5, Arrive: 10, Finish: 30}, Proof: catalog.Proof{Labour: true}},
		{Key: "equipment", TeamID: j.teams["设备"], NoteZh: "监护仪", After: []string{"power"}, Limits: &catalog.Limits{Respond: 5, Arrive: 15, Finish: 60}, Proof: catalog.Proof{Check: true}},
	}}
}

// Water on a monitor: the plumbers have the order, the electricians cut the power, and
// only then the monitor is looked at; the order is finished when all three are done.
func TestWaterOnAMonitorWithThreeTeams(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			j := together(t, engine, "水工", "电工", "设备", "保洁")
			item := j.item("LEAK", j.teams["水工"], catalog.P1, leakPlan(j))
			j.begin()
			o := must2(j.Orders.Create(j.system(), workorder.Report{ItemID: item, PlaceID: j.westRoom, Words: "水滴到监护仪上", Channel: workorder.ByDesk}, workorder.Meta{}))(t)
			power, equipment := j.task(o.ID, "power").ID, j.task(o.ID, "equipment").ID

			// Each team sees the order by its task, others do not.
			for who, want := range map[string]string{"水工": "", "电工": "", "设备": "", "保洁": "not_found"} {
				if _, err := j.Orders.Get(j.hands[who], o.ID); fault.CodeOf(err) != want {
					t.Errorf("%s: %v", who, err)
				}
			}
			must2(j.Orders.Dispatch(j.system(), o.ID, workorder.Assignment{TeamID: j.teams["水工"], AssigneeID: j.ids["水工"]}, j.at(0, 30)))(t)
			must2(j.Orders.GrabTask(j.hands["电工"], o.ID, power, j.at(0, 45)))(t)
			must2(j.Orders.Accept(j.hands["水工"], o.ID, j.at(1, 10)))(t)
			must2(j.Orders.ArriveTask(j.hands["电工"], o.ID, power, "", j.at(5, 5)))(t)
			must2(j.Orders.Arrive(j.hands["水工"], o.ID, "", j.at(6, 0)))(t)
			if _, err := j.Orders.GrabTask(j.hands["设备"], o.ID, equipment, j.at(7, 0)); fault.CodeOf(err) != "order.task_state" {
				t.Errorf("the monitor before the power is cut: %v", err)
			}
			// The power was cut in a cellar without signal: the moment stays, and who waited for it is not late.
			cut := j.start + 11*clock.Minute + 20*clock.Second
			if _, err := j.Orders.FinishTask(j.hands["电工"], o.ID, power, workorder.Work{Remedy: "已断电"}, workorder.Meta{OccurredAt: cut, Key: "phone"}); fault.CodeOf(err) != "invalid" {
				t.Errorf("without the minutes of work: %v", err)
			}
			sent := j.at(18, 0)
			sent.OccurredAt, sent.Key = cut, "phone-2"
			for range 2 { // the phone sends it twice
				must2(j.Orders.FinishTask(j.hands["电工"], o.ID, power, workorder.Work{Remedy: "已断电", Labour: 12}, sent))(t)
			}
			if k := j.task(o.ID, "power"); k.DoneAt != cut || k.Overdue != "" {
				t.Errorf("%+v", k)
			}
			must2(j.Orders.Finish(j.hands["水工"], o.ID, workorder.Work{Remedy: "已换软管", Labour: 15}, j.at(20, 0)))(t)
			if now := must2(j.Orders.Get(j.system(), o.ID))(t); now.Status != workorder.Working || now.MainDoneAt == 0 || slices.Contains(now.Actions, workorder.KindFinish) {
				t.Errorf("%s %d %v", now.Status, now.MainDoneAt, now.Actions)
			}
			must2(j.Orders.GrabTask(j.hands["设备"], o.ID, equipment, j.at(24, 30)))(t)
			if _, err := j.Orders.GrabTask(j.hands["设备2"], o.ID, equipment, workorder.Meta{}); fault.CodeOf(err) != "order.taken" {
				t.Errorf("who comes second: %v", err)
			}
			must2(j.Orders.ArriveTask(j.hands["设备"], o.ID, equipment, "", j.at(29, 0)))(t)
			done := workorder.Work{Remedy: "已擦干,自检通过"}
			if _, err := j.Orders.FinishTask(j.hands["设备"], o.ID, equipment, done, j.at(40, 0)); fault.CodeOf(err) != "order.check_demanded" {
				t.Errorf("unchecked: %v", err)
			}
			if _, err := j.Orders.CheckTask(j.hands["设备"], o.ID, equipment, workorder.Meta{}); fault.CodeOf(err) != "order.own_check" {
				t.Errorf("the own check: %v", err)
			}
			if _, err := j.Orders.CheckTask(j.hands["电工"], o.ID, equipment, workorder.Meta{}); fault.CodeOf(err) != "forbidden" {
				t.Errorf("a check by another team: %v", err)
			}
			must2(j.Orders.CheckTask(j.hands["设备2"], o.ID, equipment, j.at(41, 15)))(t)
			end := must2(j.Orders.FinishTask(j.hands["设备"], o.ID, equipment, done, j.at(42, 0)))(t)
			if end.Status != workorder.Finished || end.FinishedAt != j.start+42*clock.Minute || end.Remedy != "已换软管" || end.Labour != 27 {
				t.Errorf("%s at %d: %q %d", end.Status, end.FinishedAt, end.Remedy, end.Labour)
			}
			want := []string{"00:00 report", "00:00 task_add 电工", "00:00 task_add 设备", "00:30 dispatch", "00:45 task_grab 电工", "01:10 accept",
				"05:05 task_arrive 电工", "06:00 arrive", "11:20 task_done 电工", "18:00 task_ready 设备", "20:00 main_done",
				"22:00 task_due_soon 设备 respond", "23:00 task_overdue 设备 respond", "24:30 task_grab 设备", "29:00 task_arrive 设备", "41:15 task_check 设备", "42:00 task_done 设备", "42:00 complete"}
			if d := cmp.Diff(want, j.life(o.ID)); d != "" {
				t.Error(d)
			}
			why := must2(j.Orders.Why(j.system(), o.ID))(t)
			if len(why.Teams) != 3 || why.Teams[2].Since != j.start+18*clock.Minute || why.Teams[2].Respond.Met != j.start+24*clock.Minute+30*clock.Second || why.Teams[2].Arrive.State != "met" {
				t.Errorf("%+v", why.Teams)
			}
			if end.Owner == nil || end.Owner.ID != j.ids["水工"] {
				t.Errorf("first owner %+v", end.Owner)
			}
			j.sound(o.ID)
		})
	}
}

// Lift entrapment: P1; the vendor and security are told at once, and the vendor's thirty
// minutes are tracked: kept once, and broken once however many replicas look.
func TestLiftEntrapment(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			j := together(t, engine, "电梯维保", "保卫", "总机")
			f := j.Notify.NewFollower(j.Tail)
			must(t, 0, f.Start(t.Context()))
			t.Cleanup(f.Stop)
			item := j.item("LIFT", j.teams["电梯维保"], catalog.P1, &catalog.TaskPlan{Apply: catalog.AtReported, TasksOnly: true, FinishWithLast: true, Steps: []catalog.TaskStep{
				{Key: "rescue", TeamID: j.teams["电梯维保"], NoteZh: "到场解救", Limits: &catalog.Limits{Respond: 5, Arrive: 30, Finish: 60}},
				{Key: "security", TeamID: j.teams["保卫"], NoteZh: "维持秩序", Limits: &catalog.Limits{Respond: 3, Arrive: 10, Finish: 60}},
				{Key: "medical", TeamID: j.teams["总机"], NoteZh: "通知急诊待命", Limits: &catalog.Limits{Respond: 3, Finish: 60}},
			}})
			trapped := func() string {
				j.begin()
				return must2(j.Orders.Create(j.system(), workorder.Report{ItemID: item, PlaceID: j.westRoom, Words: "电梯困人", Channel: workorder.ByDesk}, workorder.Meta{}))(t).ID
			}
			id := trapped()
			rescue, security, medical := j.task(id, "rescue").ID, j.task(id, "security").ID, j.task(id, "medical").ID
			for _, team := range []string{"电梯维保", "保卫"} {
				for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
					inbox, _ := must3(j.Notify.Messages(j.hands[team], "zh-CN", false, 50, ""))(t)
					if len(inbox) == 1 && inbox[0].Template == "order.task" {
						break
					}
					if time.Now().After(deadline) {
						t.Fatalf("%s was told %+v", team, inbox)
					}
				}
			}
			must2(j.Orders.GrabTask(j.hands["保卫"], id, security, j.at(0, 40)))(t)
			must2(j.Orders.GrabTask(j.hands["总机"], id, medical, j.at(1, 0)))(t)
			must2(j.Orders.GrabTask(j.hands["电梯维保"], id, rescue, j.at(2, 0)))(t)
			must2(j.Orders.FinishTask(j.hands["总机"], id, medical, workorder.Work{Remedy: "急诊已待命"}, j.at(3, 30)))(t)
			must2(j.Orders.ArriveTask(j.hands["保卫"], id, security, "", j.at(6, 0)))(t)
			must2(j.Orders.ArriveTask(j.hands["电梯维保"], id, rescue, "", j.at(27, 30)))(t)
			must2(j.Orders.FinishTask(j.hands["电梯维保"], id, rescue, workorder.Work{Remedy: "三人已救出"}, j.at(35, 0)))(t)
			end := must2(j.Orders.FinishTask(j.hands["保卫"], id, security, workorder.Work{Remedy: "已疏散"}, j.at(36, 0)))(t)
			if end.Status != workorder.Finished || end.Priority != "P1" || end.AcceptedAt != j.start+40*clock.Second || end.ArrivedAt != j.start+6*clock.Minute || end.Owner.ID != j.ids["保卫"] {
				t.Errorf("%+v", end.Order)
			}
			want := []string{"00:00 report", "00:00 task_add 电梯维保", "00:00 task_add 保卫", "00:00 task_add 总机", "00:40 task_grab 保卫", "01:00 task_grab 总机", "02:00 task_grab 电梯维保",
				"03:30 task_done 总机", "06:00 task_arrive 保卫", "24:00 task_due_soon 电梯维保 arrive", "27:30 task_arrive 电梯维保", "35:00 task_done 电梯维保", "36:00 task_done 保卫", "36:00 complete"}
			if d := cmp.Diff(want, j.life(id)); d != "" {
				t.Error(d)
			}
			j.sound(id)

			// Nobody comes: overdue to the second, once, though two replicas look at the same time.
			late := trapped()
			j.clock.Advance(30 * clock.Minute)
			var wg sync.WaitGroup
			for range 2 {
				wg.Go(func() {
					for range 3 {
						if _, err := j.Orders.Tick(j.system(), 100); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			var over []string
			for _, line := range j.life(late) {
				if line == "30:00 task_overdue 电梯维保 arrive" {
					over = append(over, line)
				}
			}
			if len(over) != 1 || j.task(late, "rescue").Overdue != "respond,arrive" {
				t.Errorf("%q, %+v", over, j.life(late))
			}
			j.sound(late)
		})
	}
}

// Who is called, sees; who is not called any more, does not; and to be called is no right
// to speak for the one who reported.
func TestTasksSquadAndOwnershipLetIn(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			j := together(t, engine, "水工", "电工", "设备", "保洁")
			item := j.item("OFFER", j.teams["水工"], catalog.P3, &catalog.TaskPlan{Apply: catalog.WhenAsked, Steps: []catalog.TaskStep{
				{Key: "power", TeamID: j.teams["电工"], NoteZh: "断电"}, {Key: "wet", TeamID: j.teams["设备"], NoteZh: "设备", After: []string{"power"}, IfField: "wet", IfValues: []string{"yes"}}}},
				catalog.Field{Key: "wet", Kind: catalog.Choice, Label: "进水", Options: []catalog.Option{{Value: "yes", Label: "是"}, {Value: "no", Label: "否"}}})
			id := must2(j.Orders.Create(j.system(), workorder.Report{ItemID: item, PlaceID: j.westRoom, Words: "漏", Channel: workorder.ByDesk, Form: map[string]any{"wet": "no"}}, workorder.Meta{}))(t).ID
			sees := func(who string) bool {
				t.Helper()
				_, err := j.Orders.Get(j.hands[who], id)
				list, _ := must3(j.Orders.List(j.hands[who], workorder.Filter{}, 50, ""))(t)
				if (err == nil) != slices.ContainsFunc(list, func(o workorder.Order) bool { return o.ID == id }) {
					t.Errorf("%s: list and page disagree: %v", who, err)
				}
				return err == nil
			}
			if sees("电工") {
				t.Error("the template is only offered")
			}
			v := must2(j.Orders.ApplyPlan(j.system(), id, workorder.Meta{}))(t)
			if len(v.Tasks) != 1 || !sees("电工") || sees("设备") {
				t.Fatalf("%+v", v.Tasks)
			}
			if again := must2(j.Orders.ApplyPlan(j.system(), id, workorder.Meta{}))(t); again.Version != v.Version {
				t.Error("the template was applied twice")
			}
			task := v.Tasks[0].ID
			// Reassigned: the former team is out, the new one in.
			must2(j.Orders.AssignTask(j.system(), id, task, workorder.Assignment{TeamID: j.teams["保洁"], AssigneeID: j.ids["保洁"]}, workorder.Meta{}))(t)
			if sees("电工") || !sees("保洁") {
				t.Error("the reassigned task")
			}
			if _, err := j.Orders.AssignTask(j.hands["保洁"], id, task, workorder.Assignment{TeamID: j.teams["电工"]}, workorder.Meta{}); fault.CodeOf(err) != "forbidden" {
				t.Errorf("an engineer reassigns: %v", err)
			}
			if _, err := j.Orders.Confirm(j.hands["保洁"], id, nil, workorder.Meta{}); fault.CodeOf(err) == "" {
				t.Error("who does a task confirms the order")
			}
			mine := func(f workorder.Filter) int { n := must2(j.Orders.Count(j.hands["保洁"], f))(t); return int(n) }
			if mine(workorder.Filter{TaskHolderID: j.ids["保洁"]}) != 1 || mine(workorder.Filter{TaskTeams: []string{j.teams["保洁"]}}) != 1 || mine(workorder.Filter{TaskTeams: []string{j.teams["电工"]}}) != 0 {
				t.Error("lists of tasks")
			}
			must2(j.Orders.RefuseTask(j.hands["保洁"], id, task, "不会", workorder.Meta{}))(t)
			must2(j.Orders.CancelTask(j.system(), id, task, "不需要", workorder.Meta{}))(t)
			if sees("保洁") || mine(workorder.Filter{TaskTeams: []string{j.teams["保洁"]}}) != 0 {
				t.Error("the cancelled task")
			}
			// A squad sees as long as it is one; its leader asks other teams, a member does not.
			must2(j.Orders.Gather(j.system(), id, workorder.SquadInput{Name: "漏水", LeaderID: j.ids["设备"], MemberIDs: []string{j.ids["电工"]}}, workorder.Meta{}))(t)
			if !sees("设备") || !sees("电工") || sees("设备2") {
				t.Error("the squad")
			}
			must2(j.Orders.Say(j.hands["电工"], id, "马上到", workorder.Meta{}))(t)
			if _, err := j.Orders.Say(j.hands["水工"], id, "我也去", workorder.Meta{}); fault.CodeOf(err) != "forbidden" {
				t.Errorf("who is not in the squad: %v", err)
			}
			if _, err := j.Orders.Confirm(j.hands["电工"], id, nil, workorder.Meta{}); fault.CodeOf(err) != "forbidden" {
				t.Errorf("who is in the squad confirms: %v", err)
			}
			asked := must2(j.Orders.AddTask(j.system(), id, workorder.Assignment{TeamID: j.teams["保洁"], Note: "清理"}, workorder.Meta{}))(t)
			wet := asked.Tasks[len(asked.Tasks)-1].ID
			if _, err := j.Orders.CancelTask(j.hands["电工"], id, wet, "x", workorder.Meta{}); fault.CodeOf(err) != "forbidden" {
				t.Errorf("a member coordinates: %v", err)
			}
			must2(j.Orders.AssignTask(j.hands["设备"], id, wet, workorder.Assignment{TeamID: j.teams["保洁"], AssigneeID: j.ids["保洁"]}, workorder.Meta{}))(t)
			must2(j.Orders.Own(j.system(), id, j.ids["水工"], "", workorder.Meta{}))(t)
			if _, err := j.Orders.Own(j.hands["电工"], id, j.ids["电工"], "我来", workorder.Meta{}); fault.CodeOf(err) != "forbidden" {
				t.Errorf("taking the ownership: %v", err)
			}
			must2(j.Orders.Dissolve(j.system(), id, "已解决", workorder.Meta{}))(t)
			if sees("设备") || sees("电工") || !sees("水工") {
				t.Error("the ended squad")
			}
			// An order that ends takes its open tasks along.
			end := must2(j.Orders.Cancel(j.system(), id, "误报", workorder.Meta{}))(t)
			if k := end.Tasks[len(end.Tasks)-1]; k.Status != workorder.TaskCancelled || mine(workorder.Filter{TaskHolderID: j.ids["保洁"]}) != 0 {
				t.Errorf("%+v", k)
			}
			j.sound(id)
		})
	}
}

// A rule that asks a team which the template has asked already changes nothing.
func TestRulesDoNotDoubleTheTemplate(t *testing.T) {
	onEngines(t, func(t *testing.T, r *ruled) {
		j := &joint{hospital: r.hospital, clock: r.clock, start: r.clock.Now(), teams: map[string]string{"电工": r.other, "设备": r.away}}
		item := j.item("LEAK", r.crew, catalog.P1, leakPlan(j))
		rule := r.rule(onReport("漏水联动", "漏水", automation.Action{Kind: automation.AddTask, TeamID: r.other, Text: "断电"},
			automation.Action{Kind: automation.AddTask, TeamID: r.crew, Text: "别的"}))
		o := must2(r.Orders.Create(r.system(), workorder.Report{ItemID: item, PlaceID: r.westRoom, Words: "漏水", Channel: workorder.ByDesk}, workorder.Meta{}))(t)
		f := r.firings(rule.ID, 1)[0]
		if f.Steps[0].Result != "unchanged" || f.Steps[1].Result != "done" {
			t.Errorf("%+v", f.Steps)
		}
		if now := must2(r.Orders.Get(r.system(), o.ID))(t); len(now.Tasks) != 3 {
			t.Errorf("%+v", now.Tasks)
		}
	})
}

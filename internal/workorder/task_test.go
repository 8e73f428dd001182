package workorder

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardline/internal/catalog"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

var power = Team{ID: "team-power", Name: "电工班"}

func codeOf(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return ""
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Field + ":" + f.Fields[0].Code
	}
	return f.Code
}

func (p *Past) must(t *testing.T, events []Event, err error) []Event {
	t.Helper()
	if err := p.add(events, err); err != nil {
		t.Fatal(err)
	}
	return events
}

// Orders of before tasks had statuses read as what they were, both the row and its events.
func TestTasksOfBeforeHadStatuses(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept")
	raw, err := json.Marshal(p.Events)
	if err != nil {
		t.Fatal(err)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for _, e := range []string{
		`{"seq":4,"kind":"task_add","at":1790000200000,"recordedAt":1790000200000,"actorId":"li","actorName":"李工","facts":{"task":{"id":"a","teamId":"team-water","teamName":"水工班","note":"关阀","done":false,"addedAt":1790000200000}}}`,
		`{"seq":5,"kind":"task_add","at":1790000200000,"recordedAt":1790000200000,"actorId":"li","actorName":"李工","facts":{"task":{"id":"b","teamId":"team-power","teamName":"电工班","note":"断电","done":false,"addedAt":1790000200000}}}`,
		`{"seq":6,"kind":"task_done","at":1790000300000,"recordedAt":1790000300000,"actorId":"zhao","actorName":"赵工","facts":{"taskId":"a","remedy":"已关阀"}}`,
	} {
		list = append(list, json.RawMessage(e))
	}
	if raw, err = json.Marshal(list); err != nil {
		t.Fatal(err)
	}
	var events []Event
	if err := json.Unmarshal(raw, &events); err != nil {
		t.Fatal(err)
	}
	o, err := Rebuild(events)
	if err != nil {
		t.Fatal(err)
	}
	var row []Task
	stored := `[{"id":"a","teamId":"team-water","teamName":"水工班","assigneeId":"zhao","assigneeName":"赵工","note":"关阀","done":true,"addedAt":1790000200000,"doneAt":1790000300000,"remedy":"已关阀"},
		{"id":"b","teamId":"team-power","teamName":"电工班","note":"断电","done":false,"addedAt":1790000200000}]`
	if err := json.Unmarshal([]byte(stored), &row); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(row, o.Tasks); d != "" {
		t.Fatalf("row and events differ:\n%s", d)
	}
	if row[0].Status != TaskDone || row[1].Status != TaskReady || row[1].ReadyAt != row[1].AddedAt {
		t.Fatalf("%+v", row)
	}
	// Its clock is told as it was, and one finishes it as before.
	if v := o.why(nil, events, o.UpdatedAt); len(v.Teams) != 3 || v.Teams[1].Until != 1790000300000 || v.Teams[2].Until != 0 {
		t.Fatalf("%+v", v.Teams)
	}
	if _, err := o.doneTask(env(o.UpdatedAt, Worker{"zhou", "周工"}), "b", Work{Remedy: "已断电"}); err != nil {
		t.Fatal(err)
	}
}

func leak(t *testing.T, finishWithLast, tasksOnly bool) *Past {
	t.Helper()
	p := fresh(t)
	run(t, p, "dispatch", "accept", "arrive")
	plan := &catalog.TaskPlan{FinishWithLast: finishWithLast, TasksOnly: tasksOnly, Steps: []catalog.TaskStep{
		{Key: "power", TeamID: power.ID, NoteZh: "断电", Limits: &catalog.Limits{Respond: 5, Arrive: 10, Finish: 30}, Proof: catalog.Proof{Photo: true}},
		{Key: "water", TeamID: water.ID, NoteZh: "清理", After: []string{"power"}, Limits: &catalog.Limits{Respond: 5, Finish: 60}}}}
	at := p.Order.UpdatedAt
	events, err := p.Order.planTasks(env(at, Worker{"system", ""}), plan, map[string]Team{power.ID: power, water.ID: water}, id.New)
	p.must(t, events, err)
	return p
}

func TestTaskIsReadyWhenWhatItWaitsForHasEnded(t *testing.T) {
	p := leak(t, false, false)
	at := p.Order.UpdatedAt
	first, second := p.Order.Tasks[0], p.Order.Tasks[1]
	if first.Status != TaskReady || first.Deadlines != (Deadlines{at + 5*minute, at + 10*minute, at + 30*minute}) {
		t.Fatalf("%+v", first)
	}
	if second.Status != TaskWaiting || second.ReadyAt != 0 || second.Deadlines != (Deadlines{}) {
		t.Fatalf("%+v", second)
	}
	zhao := Worker{"zhao", "赵工"}
	if _, err := p.Order.grabTask(env(at+minute, zhao), second.ID); codeOf(err) != "order.task_state" {
		t.Fatalf("grabbing one that waits: %v", err)
	}
	events, err := p.Order.grabTask(env(at+minute, zhao), first.ID)
	p.must(t, events, err)
	if _, err := p.Order.grabTask(env(at+minute, wang), first.ID); codeOf(err) != "order.taken" {
		t.Fatalf("grabbing one that is taken: %v", err)
	}
	if again, err := p.Order.grabTask(env(at+minute, zhao), first.ID); err != nil || len(again) != 0 {
		t.Fatalf("grabbing again what one has: %v %v", again, err)
	}
	if _, err := p.Order.arriveTask(env(at+2*minute, wang), first.ID, true); codeOf(err) != "order.task_not_yours" {
		t.Fatalf("arriving for another: %v", err)
	}
	if _, err := p.Order.doneTask(env(at+3*minute, zhao), first.ID, Work{Remedy: "已断电"}); codeOf(err) != "files:order.photo_demanded" {
		t.Fatalf("without the photo: %v", err)
	}
	events, err = p.Order.doneTask(env(at+3*minute, zhao), first.ID, Work{Remedy: "已断电", Files: []string{"f"}})
	p.must(t, events, err)
	if second = p.Order.Tasks[1]; second.Status != TaskReady || second.ReadyAt != at+3*minute || second.Deadlines.Finish != at+63*minute {
		t.Fatalf("%+v", second)
	}
	if p.Order.Status != Working {
		t.Fatalf("the order's own work is not done, and it is %s", p.Order.Status)
	}
}

func TestOrderFinishesWithTheLastOfAllWork(t *testing.T) {
	zhao := Worker{"zhao", "赵工"}
	// Its own work first: the order waits for the tasks.
	p := leak(t, true, false)
	at := p.Order.UpdatedAt
	if err := p.Finish(env(at+minute, wang), Work{Remedy: "已换软管", Labour: 30}); err != nil {
		t.Fatal(err)
	}
	if p.Order.Status != Working || p.Order.MainDoneAt != at+minute || p.Order.FinishedAt != 0 {
		t.Fatalf("%+v", p.Order)
	}
	if err := p.Finish(env(at+minute, wang), Work{Remedy: "再来"}); codeOf(err) != "order.tasks_open" {
		t.Fatalf("finishing twice: %v", err)
	}
	done := func(i int, at int64) {
		t.Helper()
		events, err := p.Order.doneTask(env(at, zhao), p.Order.Tasks[i].ID, Work{Remedy: "好了", Labour: 10, Files: []string{"f"}})
		p.must(t, events, err)
	}
	done(0, at+5*minute)
	done(1, at+9*minute)
	o := p.Order
	if o.Status != Finished || o.FinishedAt != at+9*minute || o.Remedy != "已换软管" || o.Labour != 50 || o.AssigneeID != wang.ID {
		t.Fatalf("%s at %d: %q, %d minutes", o.Status, o.FinishedAt, o.Remedy, o.Labour)
	}
	// The tasks first: the order's own finish is the last.
	p = leak(t, true, false)
	at = p.Order.UpdatedAt
	done(0, at+5*minute)
	done(1, at+9*minute)
	if p.Order.Status != Working {
		t.Fatalf("got %s", p.Order.Status)
	}
	if err := p.Finish(env(at+10*minute, wang), Work{Remedy: "已换软管"}); err != nil || p.Order.Status != Finished {
		t.Fatalf("%v %s", err, p.Order.Status)
	}
	// Nothing but tasks; one of them is not needed after all.
	p = leak(t, true, true)
	at = p.Order.UpdatedAt
	done(0, at+5*minute)
	events, err := p.Order.cancelTask(env(at+6*minute, wang), p.Order.Tasks[1].ID, "地面未湿")
	p.must(t, events, err)
	if p.Order.Status != Finished || p.Order.Remedy != "电工班:好了" {
		t.Fatalf("%s %q", p.Order.Status, p.Order.Remedy)
	}
	// All of them cancelled: whether that was all is for a person to say.
	p = leak(t, true, true)
	for i := range 2 {
		events, err := p.Order.cancelTask(env(at+6*minute, wang), p.Order.Tasks[i].ID, "误报")
		p.must(t, events, err)
	}
	if p.Order.Status != Working {
		t.Fatalf("nothing was done, and it is %s", p.Order.Status)
	}
}

func TestEachTaskIsWarnedAndOverdueOnce(t *testing.T) {
	p := leak(t, false, false)
	at, system := p.Order.UpdatedAt, Worker{"system", ""}
	if err := p.Pass(env(at+24*60*minute, system)); err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, e := range p.Events {
		if e.Kind == KindTaskDueSoon || e.Kind == KindTaskOverdue {
			name := string(e.Kind) + " " + e.Facts.Clock
			if got[name] != 0 || e.Facts.TaskID != p.Order.Tasks[0].ID {
				t.Fatalf("%s again, or of a task that waits: %+v", name, e)
			}
			got[name] = e.At - at
		}
	}
	want := map[string]int64{"task_due_soon respond": 4 * minute, "task_overdue respond": 5 * minute, "task_due_soon arrive": 8 * minute,
		"task_overdue arrive": 10 * minute, "task_due_soon finish": 24 * minute, "task_overdue finish": 30 * minute}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	if p.Order.nextCheck() != 0 {
		t.Fatalf("nothing is left to look at, and yet %d", p.Order.nextCheck())
	}
	// A hold says what the order's own work waits for; the tasks' clocks go on.
	p = leak(t, false, false)
	run(t, p, "hold")
	if err := p.Pass(env(at+20*minute, system)); err != nil {
		t.Fatal(err)
	}
	if k := p.Order.Tasks[0]; k.Overdue != "respond,arrive" {
		t.Fatalf("overdue %q", k.Overdue)
	}
}

func TestTeamsClockOfItsTask(t *testing.T) {
	p := leak(t, false, false)
	at, zhao := p.Order.UpdatedAt, Worker{"zhao", "赵工"}
	first := p.Order.Tasks[0].ID
	events, err := p.Order.assignTask(env(at+2*minute, wang), first, water, zhao, "就近")
	p.must(t, events, err)
	events, err = p.Order.acceptTask(env(at+3*minute, zhao), first)
	p.must(t, events, err)
	events, err = p.Order.arriveTask(env(at+7*minute, zhao), first, true)
	p.must(t, events, err)
	v := p.Order.why(nil, p.Events, at+8*minute)
	if len(v.Teams) != 3 { // the order's own, and the two that had the task
		t.Fatalf("%+v", v.Teams)
	}
	was, now := v.Teams[1], v.Teams[2]
	if was.TeamID != power.ID || was.Since != at || was.Until != at+2*minute || was.Respond.Met != 0 {
		t.Errorf("who had it first: %+v", was)
	}
	if now.TeamID != water.ID || now.Since != at+2*minute || now.Respond.Met != at+3*minute || now.Arrive.Met != at+7*minute || now.Arrive.Due != at+12*minute || now.Finish.Due != at+32*minute {
		t.Errorf("who has it now: %+v", now)
	}
	// The promise to the reporter did not move with the hand-over.
	if d := p.Order.Tasks[0].Deadlines; d.Arrive != at+10*minute {
		t.Errorf("due %+v", d)
	}
}

func TestNobodyChecksTheOwnWork(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept", "arrive", "task after")
	id, at := p.Order.Tasks[0].ID, p.Order.UpdatedAt
	events, err := p.Order.grabTask(env(at, wang), id)
	p.must(t, events, err)
	if _, err := p.Order.doneTask(env(at, wang), id, Work{Remedy: "好了"}); codeOf(err) != "order.check_demanded" {
		t.Fatalf("unchecked: %v", err)
	}
	if _, err := p.Order.checkTask(env(at, wang), id); codeOf(err) != "order.own_check" {
		t.Fatalf("by the same person: %v", err)
	}
	events, err = p.Order.checkTask(env(at, Worker{"li", "李工"}), id)
	p.must(t, events, err)
	events, err = p.Order.doneTask(env(at, wang), id, Work{Remedy: "好了"})
	p.must(t, events, err)
	if k := p.Order.Tasks[0]; k.CheckedBy != "李工" || k.Status != TaskDone {
		t.Fatalf("%+v", k)
	}
}

func TestFirstOwnerStaysUntilHandedOver(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept")
	if o := p.Order.Owner; o == nil || o.ID != wang.ID || o.Since != p.Order.AcceptedAt {
		t.Fatalf("%+v", o)
	}
	run(t, p, "transfer")
	if err := p.Dispatch(env(p.Order.UpdatedAt, wang), water, Worker{"zhao", "赵工"}); err != nil {
		t.Fatal(err)
	}
	if err := p.Accept(env(p.Order.UpdatedAt, Worker{"zhao", "赵工"})); err != nil {
		t.Fatal(err)
	}
	if p.Order.Owner.ID != wang.ID || p.Order.AssigneeID != "zhao" {
		t.Fatalf("owner %+v, with %s", p.Order.Owner, p.Order.AssigneeID)
	}
	if _, err := p.Order.own(env(p.Order.UpdatedAt, wang), Worker{"li", "李工"}, ""); codeOf(err) != "reason:required" {
		t.Fatalf("without a reason: %v", err)
	}
	run(t, p, "own")
	if p.Order.Owner.ID != "li" {
		t.Fatalf("%+v", p.Order.Owner)
	}
	// Where the item says so, it is who takes it in.
	q := fresh(t)
	q.Order.Owner = &Owner{By: OwnByIntake}
	if err := q.Dispatch(env(start+minute, Worker{"li", "李工"}), itTeam, wang); err != nil {
		t.Fatal(err)
	}
	if err := q.Accept(env(start+2*minute, wang)); err != nil {
		t.Fatal(err)
	}
	if o := q.Order.Owner; o.ID != "li" || o.By != OwnByIntake {
		t.Fatalf("%+v", o)
	}
}

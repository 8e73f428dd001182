package workorder

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wardline/internal/catalog"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

const start = int64(1_790_000_000_000)

var (
	itTeam = Team{ID: "team-it", Name: "信息-硬件组", Pool: true}
	water  = Team{ID: "team-water", Name: "水工班"}
	wang   = Worker{"wang", "王工"}
	outage = IncidentRef{"incident-1", "ZD-261122-01"}
)

func env(at int64, who Worker) Env {
	return Env{At: at, Now: at, ActorID: who.ID, ActorName: who.Name}
}

func fresh(t interface{ Fatal(...any) }) *Past {
	n := uint64(0)
	o := Order{Number: "261122-0001", Channel: ByScan, ItemID: "i", ItemVersion: 1, ItemName: "打印机", Priority: "P2", Mode: Onsite,
		DepartmentID: "d", PlaceID: "p", PlaceName: "3 楼护士站", ReporterID: "nurse", CreatorID: "nurse", Limits: PriorityLimits("P2"),
		TeamID: itTeam.ID, TeamName: itTeam.Name}
	p, err := NewPast(o, env(start, Worker{"nurse", "李护士"}), func() uint64 { n++; return n })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// step is one command with whatever arguments make it likely to be allowed.
type step func(p *Past, at int64) error

func steps() map[string]step {
	nurse, li := Worker{"nurse", "李护士"}, Worker{"li", "李工"}
	return map[string]step{
		"intake":   func(p *Past, at int64) error { return p.Intake(env(at, li), itTeam) },
		"dispatch": func(p *Past, at int64) error { return p.Dispatch(env(at, li), itTeam, wang) },
		"pool":     func(p *Past, at int64) error { return p.Pool(env(at, li), itTeam) },
		"grab":     func(p *Past, at int64) error { return p.Grab(env(at, wang)) },
		"accept":   func(p *Past, at int64) error { return p.Accept(env(at, wang)) },
		"refuse":   func(p *Past, at int64) error { return p.Refuse(env(at, wang), "不在岗") },
		"arrive":   func(p *Past, at int64) error { return p.Arrive(env(at, wang), true) },
		"hold":     func(p *Past, at int64) error { return p.Hold(env(at, wang), "parts", "等备件", at+3_600_000) },
		"resume":   func(p *Past, at int64) error { return p.Resume(env(at, wang)) },
		"finish": func(p *Past, at int64) error {
			return p.Finish(env(at, wang), Work{Remedy: "更换搓纸轮", Labour: 20})
		},
		"remote": func(p *Past, at int64) error {
			return p.SolveRemotely(env(at, wang), Work{Remedy: "电话指导重启"})
		},
		"settle":   func(p *Past, at int64) error { return p.Settle(env(at, li), "") },
		"confirm":  func(p *Past, at int64) error { return p.Confirm(env(at, nurse), &Scores{Overall: 5}) },
		"reopen":   func(p *Past, at int64) error { return p.NotSolved(env(at, nurse), "又卡纸了") },
		"urge":     func(p *Past, at int64) error { return p.Urge(env(at, nurse), "快点") },
		"call":     func(p *Past, at int64) error { return p.CallBack(env(at, li), CallSolved, &Scores{Overall: 4}, "") },
		"no call":  func(p *Past, at int64) error { return p.CallBack(env(at, li), CallFailed, nil, "") },
		"bad call": func(p *Past, at int64) error { return p.CallBack(env(at, li), CallNotSolved, nil, "没修好") },
		"cancel":   func(p *Past, at int64) error { return p.Cancel(env(at, li), "重复") },
		"time":     func(p *Past, at int64) error { return p.Pass(env(at, Worker{"system", "system"})) },
		"undo":     func(p *Past, at int64) error { return p.add(p.Order.undo(env(at, li), p.Events)) },
		"transfer": func(p *Past, at int64) error { return p.add(p.Order.transfer(env(at, li), water, "不属本组")) },
		"task": func(p *Past, at int64) error {
			return p.add(p.Order.addTask(env(at, li), fmt.Sprintf("task-%d", len(p.Order.Tasks)+1), water, TaskSpec{Note: "关水阀"}))
		},
		"lead":   func(p *Past, at int64) error { return p.Lead(env(at, li), outage) },
		"attach": func(p *Past, at int64) error { return p.Attach(env(at, li), outage) },
		"detach": func(p *Past, at int64) error { return p.Detach(env(at, li), outage, "另有原因") },
		"solve": func(p *Past, at int64) error {
			return p.Solve(env(at, li), outage, "核心交换机故障", "更换主控板")
		},
		"remind": func(p *Past, at int64) error {
			return p.add([]Event{env(at, Worker{"system", "system"}).event(KindRemind, Facts{Note: "看一下"})}, p.Order.can(KindRemind))
		},
		"watch": func(p *Past, at int64) error {
			return p.add([]Event{env(at, li).event(KindWatch, Facts{WatchID: "w", PersonID: wang.ID, PersonName: wang.Name, Until: at + 1})}, p.Order.can(KindWatch))
		},
		"unwatch": func(p *Past, at int64) error {
			return p.add([]Event{env(at, li).event(KindUnwatch, Facts{WatchID: "w", Note: "已办"})}, p.Order.can(KindUnwatch))
		},
		"check":   func(p *Past, at int64) error { return carried(p, env(at, wang), KindCheck) },
		"pick up": func(p *Past, at int64) error { return carried(p, env(at, wang), KindPickUp) },
		"deliver": func(p *Past, at int64) error { return carried(p, env(at, wang), KindDeliver) },
		"delay":   func(p *Past, at int64) error { return carried(p, env(at, wang), KindDelay) },
		"task done": func(p *Past, at int64) error {
			return p.add(p.Order.doneTask(env(at, wang), "task-1", Work{Remedy: "已关阀", Labour: 5, Parts: []Part{{Name: "阀芯", Quantity: 1}}}))
		},
		"task after": func(p *Past, at int64) error {
			spec := TaskSpec{Note: "清理积水", Limits: &Limits{Respond: 5, Finish: 30, Calendar: "24x7"}, Proof: catalog.Proof{Check: true}}
			for _, t := range p.Order.Tasks {
				spec.After = append(spec.After, t.ID)
			}
			return p.add(p.Order.addTask(env(at, li), fmt.Sprintf("task-%d", len(p.Order.Tasks)+1), itTeam, spec))
		},
		"plan": func(p *Past, at int64) error {
			plan := &catalog.TaskPlan{TasksOnly: at%2 == 0, FinishWithLast: true, Steps: []catalog.TaskStep{
				{Key: "a", TeamID: water.ID, NoteZh: "断电"}, {Key: "b", TeamID: itTeam.ID, NoteZh: "设备", After: []string{"a"}, Limits: &catalog.Limits{Finish: 30}}}}
			if err := p.Order.can(KindTaskAdd); err != nil {
				return err
			}
			return p.add(p.Order.planTasks(env(at, li), plan, map[string]Team{water.ID: water, itTeam.ID: itTeam}, id.New))
		},
		"task grab":   func(p *Past, at int64) error { return p.add(p.Order.grabTask(env(at, wang), last(p))) },
		"task accept": func(p *Past, at int64) error { return p.add(p.Order.acceptTask(env(at, wang), last(p))) },
		"task arrive": func(p *Past, at int64) error { return p.add(p.Order.arriveTask(env(at, wang), last(p), true)) },
		"task check":  func(p *Past, at int64) error { return p.add(p.Order.checkTask(env(at, li), last(p))) },
		"task refuse": func(p *Past, at int64) error { return p.add(p.Order.refuseTask(env(at, wang), last(p), "不在岗")) },
		"task cancel": func(p *Past, at int64) error { return p.add(p.Order.cancelTask(env(at, li), last(p), "不需要")) },
		"task assign": func(p *Past, at int64) error {
			return p.add(p.Order.assignTask(env(at, li), last(p), itTeam, wang, ""))
		},
		"task move": func(p *Past, at int64) error {
			return p.add(p.Order.assignTask(env(at, li), last(p), water, Worker{}, ""))
		},
		"task finish": func(p *Past, at int64) error {
			return p.add(p.Order.doneTask(env(at, wang), last(p), Work{Remedy: "好了"}))
		},
		"own": func(p *Past, at int64) error { return p.add(p.Order.own(env(at, li), li, "交接")) },
		"squad": func(p *Past, at int64) error {
			return p.add(p.Order.gather(env(at, li), &Squad{Name: "漏水小组", LeaderID: "li", LeaderName: "李工", Members: []Member{{ID: "li"}, {ID: "wang"}}}, ""))
		},
		"dissolve": func(p *Past, at int64) error { return p.add(p.Order.gather(env(at, li), nil, "结束")) },
		"say":      func(p *Past, at int64) error { return p.add(p.Order.say(env(at, li), "先断电")) },
		"merge": func(p *Past, at int64) error {
			return p.add(p.Order.merge(env(at, li), &Order{ID: "other", Number: "261122-0009", Open: true}))
		},
	}
}

// last returns the task that was added last.
func last(p *Past) string {
	if n := len(p.Order.Tasks); n > 0 {
		return p.Order.Tasks[n-1].ID
	}
	return "none"
}

// carried is a step of moving something, as Carry makes it.
func carried(p *Past, e Env, k Kind) error {
	if err := p.Order.can(k); err != nil {
		return err
	}
	if err := p.Order.mine(e); err != nil {
		return err
	}
	return p.add([]Event{e.event(k, Facts{Leg: &Leg{End: "pick_up", Units: 1, Arrived: k == KindPickUp && p.Order.Status == Accepted}})}, nil)
}

// Whatever happens, the stored row is the sum of the events as they come back from
// the database, and what a rule allows the table allows.
func TestOrderIsTheSumOfItsEvents(t *testing.T) {
	all := steps()
	names := make([]string, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		p := fresh(t)
		at := start
		for range rapid.IntRange(1, 40).Draw(t, "length") {
			at += rapid.Int64Range(0, 7_200_000).Draw(t, "gap")
			name := rapid.SampledFrom(names).Draw(t, "step")
			before, count := p.Order, len(p.Events)
			err := all[name](p, at)
			if err != nil {
				f, ok := fault.Of(err)
				if !ok || f.Kind == fault.Internal {
					t.Fatalf("%s in %s: %v", name, before.Status, err)
				}
				if len(p.Events) != count || cmp.Diff(before, p.Order) != "" {
					t.Fatalf("%s was refused (%v) and yet changed the order", name, err)
				}
			}
			consistent(t, &p.Order)
			if p.Order.Open != p.Order.Status.Open() || p.Order.Version != int64(len(p.Events)) {
				t.Fatalf("open %v version %d in %s after %d events", p.Order.Open, p.Order.Version, p.Order.Status, len(p.Events))
			}
		}
		raw, err := json.Marshal(p.Events)
		if err != nil {
			t.Fatal(err)
		}
		var stored []Event
		if err := json.Unmarshal(raw, &stored); err != nil {
			t.Fatal(err)
		}
		for i := range stored {
			stored[i].OrderID = p.Order.ID
		}
		again, err := Rebuild(stored)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(p.Order, again); d != "" {
			t.Fatalf("rebuilt order differs:\n%s", d)
		}
	})
}

// consistent checks what holds of tasks at every moment.
func consistent(t *rapid.T, o *Order) {
	for i := range o.Tasks {
		k := &o.Tasks[i]
		waits := slices.ContainsFunc(k.After, o.waitsFor)
		switch {
		case o.Open && k.Status == TaskWaiting && !waits, k.Status != TaskWaiting && k.Status != TaskCancelled && waits:
			t.Fatalf("task %s is %s, and waits: %v", k.ID, k.Status, waits)
		case k.Status != TaskWaiting && k.Status != TaskCancelled && k.ReadyAt == 0,
			k.Status == TaskReady && k.AssigneeID != "", k.Status == TaskAssigned && k.AssigneeID == "",
			k.Status == TaskDone && k.DoneAt == 0, k.Proof.Check && k.Status == TaskDone && k.CheckedAt == 0:
			t.Fatalf("%+v", k)
		case k.open() && slices.Contains([]Status{Finished, Confirmed, Closed, Cancelled, Merged}, o.Status):
			t.Fatalf("task %s is %s in an order that is %s", k.ID, k.Status, o.Status)
		}
	}
	if o.Open && o.MainDoneAt > 0 && o.FinishWithLast && o.openTask() == nil {
		t.Fatalf("everything is done and the order is %s", o.Status)
	}
}

func run(t *testing.T, p *Past, names ...string) {
	t.Helper()
	all := steps()
	at := p.Order.UpdatedAt
	for _, n := range names {
		at += 60_000
		if err := all[n](p, at); err != nil {
			t.Fatalf("%s in %s: %v", n, p.Order.Status, err)
		}
	}
}

func TestWholeLoop(t *testing.T) {
	p := fresh(t)
	p.Order.Priority = "P1" // always called back
	run(t, p, "intake", "dispatch", "accept", "arrive", "finish", "confirm")
	if p.Order.Status != Confirmed || p.Order.CallBack != "due" || p.Order.Rating.Overall != 5 {
		t.Fatalf("got %s %q %+v", p.Order.Status, p.Order.CallBack, p.Order.Rating)
	}
	run(t, p, "call")
	if p.Order.Status != Closed || p.Order.CallBack != "done" || p.Order.ClosedAt == 0 {
		t.Fatalf("got %+v", p.Order)
	}
}

// What another system tells of an order is that it was done, not by whom or how.
func TestSettledOrderHasNoWorkerAndNoResponse(t *testing.T) {
	p := fresh(t)
	if err := p.Settle(env(start+5*3_600_000, Worker{"system", "旧系统"}), "已更换"); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(env(start+5*3_600_000, Worker{"system", "旧系统"}), "import"); err != nil {
		t.Fatal(err)
	}
	o := p.Order
	if o.Status != Closed || o.FinishedAt != start+5*3_600_000 || o.ClosedAt != o.FinishedAt || o.Remedy != "已更换" {
		t.Fatalf("got %+v", o)
	}
	if o.AcceptedAt != 0 || o.ArrivedAt != 0 || o.AssigneeID != "" || o.RemoteSolved || o.Visits != 0 {
		t.Fatalf("invented what nobody told: %+v", o)
	}
	run(t, fresh(t), "intake", "settle")
	q := fresh(t)
	run(t, q, "dispatch")
	if err := q.Settle(env(start+60_000, wang), ""); err == nil {
		t.Fatal("an order that is in somebody's hands was settled")
	}
}

func TestReworkGoesBackToTheSameWorkerWithFreshClocks(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept", "arrive", "finish", "reopen")
	o := p.Order
	if o.Status != Assigned || o.AssigneeID != wang.ID || o.Reworks != 1 || o.FinishedAt != 0 {
		t.Fatalf("got %s %s reworks %d", o.Status, o.AssigneeID, o.Reworks)
	}
	if want := o.ClockStart + 240*60_000; o.Deadlines.Finish != want {
		t.Fatalf("finish due %d, want %d", o.Deadlines.Finish, want)
	}
}

func TestHoldMovesDeadlinesByItsLength(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept", "arrive")
	due := p.Order.Deadlines.Finish
	run(t, p, "hold")
	held := p.Order.UpdatedAt
	if err := p.Resume(env(held+30*60_000, wang)); err != nil {
		t.Fatal(err)
	}
	if got := p.Order.Deadlines.Finish - due; got != 30*60_000 {
		t.Fatalf("moved by %d ms", got)
	}
	if p.Order.Status != Working || p.Order.Pauses[0].To != held+30*60_000 {
		t.Fatalf("got %s %+v", p.Order.Status, p.Order.Pauses)
	}
}

func TestHoldEndsByItself(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept", "arrive", "hold")
	if err := p.Pass(env(p.Order.HoldUntil+5, Worker{"system", ""})); err != nil {
		t.Fatal(err)
	}
	if p.Order.Status != Working {
		t.Fatalf("got %s", p.Order.Status)
	}
}

func TestDueSoonThenOverdueOnceEach(t *testing.T) {
	p := fresh(t)
	if err := p.Pass(env(start+24*3_600_000, Worker{"system", ""})); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range p.Events {
		if e.Kind == KindDueSoon || e.Kind == KindOverdue {
			told = append(told, string(e.Kind)+" "+e.Facts.Clock)
		}
	}
	want := []string{"due_soon respond", "overdue respond", "due_soon arrive", "overdue arrive", "due_soon finish", "overdue finish"}
	slices.Sort(want)
	got := slices.Clone(told)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	if p.Order.nextCheck() != 0 {
		t.Fatal("nothing is left to look at")
	}
}

// A due moment that has moved away is warned of again when it comes near.
func TestMovedDeadlineIsWarnedOfAgain(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept", "arrive")
	system := Worker{"system", ""}
	pass := func(at int64) {
		t.Helper()
		if err := p.Pass(env(at, system)); err != nil {
			t.Fatal(err)
		}
	}
	warnings := func() (n int) {
		for _, e := range p.Events {
			if e.Kind == KindDueSoon && e.Facts.Clock == ClockFinish {
				n++
			}
		}
		return n
	}
	pass(p.Order.Deadlines.Finish - 20*60_000)
	if warnings() != 1 {
		t.Fatalf("warned %d times", warnings())
	}
	at := p.Order.Deadlines.Finish - 19*60_000
	if err := p.Hold(env(at, wang), "parts", "等备件", 0); err != nil {
		t.Fatal(err)
	}
	if err := p.Resume(env(at+5*60_000, wang)); err != nil { // moved by so little that it is near still
		t.Fatal(err)
	}
	pass(at + 6*60_000)
	if warnings() != 1 {
		t.Fatalf("warned %d times of what has been near all along", warnings())
	}
	if err := p.Hold(env(at+7*60_000, wang), "parts", "等备件", 0); err != nil {
		t.Fatal(err)
	}
	if err := p.Resume(env(at+7*60_000+10*3_600_000, wang)); err != nil {
		t.Fatal(err)
	}
	pass(p.Order.Deadlines.Finish - 1)
	if warnings() != 1 { // a pause lets as little time pass as before: it was near when it began
		t.Fatalf("warned %d times after a pause", warnings())
	}
	longer := p.Order.Limits
	longer.Finish += 600
	d := p.Order.Deadlines
	d.Finish += 600 * 60_000
	if err := p.add([]Event{env(at+12*3_600_000, system).event(KindAmend, Facts{Amend: &Amendment{Limits: &longer}, Deadlines: &d})}, nil); err != nil {
		t.Fatal(err)
	}
	pass(d.Finish - 30*60_000)
	if warnings() != 2 {
		t.Fatalf("warned %d times after it had moved away", warnings())
	}
}

func TestWhoComesSecondIsToldWhoWasFirst(t *testing.T) {
	p := fresh(t)
	run(t, p, "intake", "pool", "grab")
	_, err := p.Order.grab(env(p.Order.UpdatedAt, Worker{"li", "李工"}))
	f, _ := fault.Of(err)
	if f == nil || f.Code != "order.taken" || f.Params["name"] != "王工" {
		t.Fatalf("got %v", err)
	}
	if events, err := p.Order.grab(env(p.Order.UpdatedAt, wang)); err != nil || len(events) != 0 {
		t.Fatal("grabbing again what one has is no fault and no event")
	}
}

func TestFinishWantsArrivalTasksAndEvidence(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept")
	done := Work{Remedy: "好了"}
	check := func(code string, err error) {
		t.Helper()
		f, _ := fault.Of(err)
		if f == nil || f.Code != code && (len(f.Fields) == 0 || f.Fields[0].Code != code) {
			t.Fatalf("got %v, want %s", err, code)
		}
	}
	check("order.arrive_first", p.Finish(env(start+600_000, wang), done))
	run(t, p, "arrive", "task")
	check("order.tasks_open", p.Finish(env(start+900_000, wang), done))
	run(t, p, "task done")
	_, err := p.Order.finishWork(env(start+900_000, wang), done, Evidence{Photo: true})
	check("order.photo_demanded", err)
	_, err = p.Order.finishWork(env(start+900_000, Worker{"li", "李工"}), done, Evidence{})
	check("order.not_yours", err)
	_, err = p.Order.finishWork(env(start+900_000, wang), Work{}, Evidence{})
	check("required", err)
}

func TestCallBackGivesUpAfterThreeTries(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept", "arrive", "finish", "no call", "no call")
	if p.Order.CallBack != "due" || p.Order.Status != Finished {
		t.Fatalf("got %q %s", p.Order.CallBack, p.Order.Status)
	}
	run(t, p, "no call")
	if p.Order.CallBack != "failed" || p.Order.Status != Closed {
		t.Fatalf("got %q %s", p.Order.CallBack, p.Order.Status)
	}
}

func TestEveryStatusCanBeLeftOrIsAnEnd(t *testing.T) {
	for _, s := range Statuses() {
		leaves := slices.ContainsFunc(Allowed(s), func(k Kind) bool { return transitions[k].to != same || len(alternatives[k]) > 0 })
		if end := s == Cancelled || s == Merged; leaves == end {
			t.Errorf("%s: leaves %v", s, leaves)
		}
	}
}

package dispatch_test

import (
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/dispatch"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

var automatic = dispatch.ModeInput{Mode: dispatch.Automatic, AcceptWithin: 60}

func TestNothingIsAutomaticUnlessSaid(t *testing.T) {
	each(t, func(_ *testing.T, h *house) {
		o := h.order(0, "P3")
		h.look(o)
		h.has(o, "")
		off := automatic
		_, err := h.chooser.SaveMode(h.ctx("admin"), "", 0, off) // not active
		h.must(err)
		h.mode(dispatch.ModeInput{Mode: dispatch.Automatic, TeamID: h.other})
		h.look(o)
		h.has(o, "")
		h.must(h.chooser.Sweep(h.t.Context()))
		h.has(o, "")
	})
}

func TestTheBestOnDutyGetsItAndTheTimelineSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(automatic)
		h.visit(h.order(3, "P3"), "wang") // now in another building
		h.visit(h.order(1, "P3"), "li")   // now next door
		o := h.look(h.order(0, "P3"))
		if o.Status != workorder.Assigned {
			t.Fatalf("%s", o.Status)
		}
		h.has(o, "li")
		list := h.dispatches(o)
		if len(list) != 1 || list[0].ActorID != "system" {
			t.Fatalf("%+v", list)
		}
		for _, words := range []string{"自动派单（到单）", "在岗 +100", "路程1分钟", "今日已接1单"} {
			if !strings.Contains(list[0].Facts.Note, words) {
				t.Errorf("%q is not in %q", words, list[0].Facts.Note)
			}
		}
	})
}

// Nobody gets anything from the program who is off duty or may not work on it.
func TestNobodyWhoMayNot(t *testing.T) {
	each(t, func(_ *testing.T, h *house) {
		h.mode(automatic)
		h.onDuty("intern")
		o := h.look(h.order(0, "P1"))
		h.has(o, "")
		h.onDuty("intern", "zhao")
		h.must(h.chooser.Sweep(h.t.Context())) // a shift that begins sends no event
		h.has(o, "zhao")
	})
}

func TestRefusalAndSilenceGoToTheNextAndEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(automatic)
		o := h.look(h.order(0, "P3"))
		first := h.name(o.AssigneeID)
		_, err := h.orders.Refuse(h.ctx(first), o.ID, "忙", workorder.Meta{})
		h.must(err)
		o = h.look(o)
		second := h.name(o.AssigneeID)
		if second == first || second == "" {
			t.Fatalf("after %s it went to %q", first, second)
		}
		h.clock.Advance(59 * clock.Second)
		h.look(o)
		h.has(o, second)
		h.clock.Advance(2 * clock.Second)
		o = h.look(o)
		third := h.name(o.AssigneeID)
		if third == first || third == second || third == "" {
			t.Fatalf("after %s and %s it went to %q", first, second, third)
		}
		if note := h.dispatches(o)[2].Facts.Note; !strings.Contains(note, "超时未接单") {
			t.Errorf("%q", note)
		}
		h.clock.Advance(clock.Hour)
		h.look(o) // everybody had a chance: it stays
		h.has(o, third)
		if n := len(h.dispatches(o)); n != 3 {
			t.Errorf("given %d times", n)
		}
	})
}

// Whom a dispatcher chose, the program does not replace.
func TestAChoiceByHandStays(t *testing.T) {
	each(t, func(_ *testing.T, h *house) {
		h.mode(automatic)
		o := h.order(0, "P3")
		_, err := h.orders.Dispatch(h.ctx("agent"), o.ID, workorder.Assignment{TeamID: h.team, AssigneeID: h.ids["wang"]}, workorder.Meta{})
		h.must(err)
		h.clock.Advance(clock.Hour)
		h.look(o)
		h.has(o, "wang")
	})
}

func TestThePoolCountsDown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(dispatch.ModeInput{Mode: dispatch.ByPool, Countdown: 90})
		o, grabbed := h.look(h.order(0, "P3")), h.look(h.order(1, "P3"))
		if o.Status != workorder.Pooled || grabbed.Status != workorder.Pooled {
			t.Fatalf("%s and %s", o.Status, grabbed.Status)
		}
		_, err := h.orders.Grab(h.ctx("wang"), grabbed.ID, workorder.Meta{})
		h.must(err)
		h.clock.Advance(85 * clock.Second)
		h.look(o)
		h.has(o, "")
		h.clock.Advance(10 * clock.Second)
		h.look(o)
		h.look(grabbed)
		h.has(grabbed, "wang")
		if got := h.stored(o); got.Status != workorder.Assigned || h.name(got.AssigneeID) == "wang" { // who has nothing comes first
			t.Fatalf("%s with %s", got.Status, h.name(got.AssigneeID))
		}
	})
}

func TestComingFreeDrainsTheMostUrgentFirst(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(automatic)
		h.onDuty("wang")
		var had []workorder.Order
		for range 2 { // six points of eight
			had = append(had, h.look(h.order(0, "P3")))
		}
		older, pressing, last := h.look(h.order(0, "P3")), h.look(h.order(0, "P2")), h.look(h.order(0, "P3"))
		for _, o := range []workorder.Order{older, pressing, last} {
			h.has(o, "")
		}
		h.visit(had[0], "wang")
		h.must(h.chooser.Drain(h.t.Context(), h.ids["wang"]))
		h.has(pressing, "wang") // 3 + 5 points: full again
		h.has(older, "")
		h.visit(had[1], "wang")
		h.must(h.chooser.Drain(h.t.Context(), h.ids["wang"]))
		h.has(older, "wang")
		h.has(last, "")
		alarm := h.look(h.order(0, "P1")) // the highest priority waits for nobody
		h.has(alarm, "wang")
		if note := h.dispatches(older)[0].Facts.Note; !strings.Contains(note, "有人空闲") {
			t.Errorf("%q", note)
		}
	})
}

// Many replicas that look at once give an order out once.
func TestReplicasGiveOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(automatic)
		o := h.order(0, "P3")
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			r := replica(t, h.db, h.clock, h.duty)
			wg.Go(func() { errs[i] = r.chooser.Look(t.Context(), o.ID, dispatch.CauseArrival) })
		}
		wg.Wait()
		for _, err := range errs {
			h.must(err)
		}
		if n := len(h.dispatches(o)); n != 1 {
			t.Fatalf("given %d times", n)
		}
	})
}

// What a replica decided before it died is carried out by the next, with the same
// person; unless that one has gone home.
func TestADeadReplicasDecisionIsCarriedOut(t *testing.T) {
	each(t, func(_ *testing.T, h *house) {
		h.mode(automatic)
		a, b := h.order(0, "P3"), h.order(0, "P3")
		h.must(h.chooser.PlanOnly(h.system(), &a, h.ids["zhao"]))
		h.must(h.chooser.PlanOnly(h.system(), &b, h.ids["zhao"]))
		h.look(a)
		h.has(a, "zhao")
		h.onDuty("wang")
		h.look(b)
		h.has(b, "wang")
	})
}

func TestABookedOrderWaitsForItsHour(t *testing.T) {
	each(t, func(_ *testing.T, h *house) {
		h.mode(automatic)
		at := h.clock.Now() + 2*clock.Hour
		o := h.look(h.order(0, "P3", func(r *workorder.Report) { r.WantedAt = at }))
		h.has(o, "")
		h.clock.Set(at - 29*clock.Minute)
		h.look(o)
		h.has(h.stored(o), h.name(h.stored(o).AssigneeID))
		if h.stored(o).AssigneeID == "" {
			h.t.Fatal("nobody has it half an hour before")
		}
	})
}

// The whole way: an event of an order becomes a job, the job gives the order.
func TestEventsSetItOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(automatic)
		h.must(h.chooser.Begin(t.Context()))
		log := slog.New(slog.DiscardHandler)
		tail := event.NewTail(h.events, log)
		h.must(tail.Start(t.Context()))
		defer tail.Stop()
		runner := jobs.NewRunner(h.queue, log, jobs.Options{Poll: 50 * time.Millisecond})
		h.chooser.RegisterJobs(runner)
		h.must(runner.Start(t.Context()))
		defer runner.Stop()
		follower := h.chooser.NewFollower(tail)
		h.must(follower.Start(t.Context()))
		defer follower.Stop()
		o := h.order(0, "P3")
		if !dbtest.Wait(10*time.Second, func() bool {
			h.clock.Advance(100) // jobs are due by the clock
			return h.stored(o).Status == workorder.Assigned
		}) {
			t.Fatal("nobody got it")
		}
		if n := len(h.dispatches(o)); n != 1 {
			t.Errorf("given %d times", n)
		}
	})
}

func TestFollowPassesEachEntryOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.must(h.chooser.Begin(t.Context()))
		h.mode(automatic)
		h.order(0, "P3")
		for more := true; more; {
			var err error
			more, err = h.chooser.Follow(t.Context())
			h.must(err)
		}
		first := h.jobs()
		if first == 0 {
			t.Fatal("no job was made")
		}
		if _, err := h.chooser.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := h.jobs(); again != first {
			t.Errorf("%d jobs, then %d", first, again)
		}
	})
}

func (h *house) jobs() int {
	h.t.Helper()
	rows, _, err := h.queue.List(identity.With(h.t.Context(), identity.System("test")), jobs.Filter{Kind: "dispatch.look"}, 100, "")
	h.must(err)
	return len(rows)
}

package workorder_test

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/sla"
	"wardline/internal/workorder"
)

// past stores open orders that count working hours, reported now.
func (w *ward) past(n int) {
	w.t.Helper()
	ctx := w.as(identity.System("test"))
	book, err := w.orders.Book(ctx)
	w.must(err)
	seed := uint64(w.clock.Now())
	now := w.clock.Now()
	for done := 0; done < n; {
		var list []*workorder.Past
		for range min(500, n-done) {
			done++
			p, err := workorder.NewPast(workorder.Order{Number: fmt.Sprintf("p-%06d", done), Channel: workorder.ByDesk, ItemID: w.item, ItemVersion: 1, ItemName: "灯",
				Priority: "P4", Mode: workorder.Onsite, CampusID: w.campus, DepartmentID: w.dep, PlaceID: w.room, Limits: workorder.PriorityLimits("P4"), TeamID: w.team},
				workorder.Env{At: now, Now: now, ActorID: "system", Book: book}, func() uint64 { seed += 0x9e3779b97f4a7c15; return seed })
			w.must(err)
			list = append(list, p)
		}
		w.must(w.db.Write(ctx, func(tx *db.Tx) error { return w.orders.StorePast(ctx, tx, list) }))
	}
}

// longer lets the working day begin two hours earlier, so that everything is due sooner.
func (w *ward) longer() {
	w.t.Helper()
	ctx := w.as(identity.System("test"))
	v, err := w.clocks.Settings(ctx)
	w.must(err)
	n := v.Calendars[1]
	for day := 1; day <= 5; day++ {
		n.Spec.Week[day] = []sla.Interval{{From: 6 * 60, To: 20 * 60}}
	}
	_, err = w.clocks.SaveCalendar(ctx, v.Stamp, n)
	w.must(err)
}

func TestChangedCalendarMovesOpenOrdersOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		w.past(600)
		flat := w.report("nurse") // counts every hour
		before := w.stored("p-000001")
		w.longer()
		ctx := w.as(identity.System("test"))
		looked, moved, err := w.orders.Reclock(ctx)
		w.must(err)
		if looked != 601 || moved != 600 {
			t.Fatalf("looked at %d, moved %d", looked, moved)
		}
		after := w.stored("p-000001")
		if after.Deadlines.Finish >= before.Deadlines.Finish || after.Version != before.Version+1 || after.Marks.Finish.Floor == 0 {
			t.Fatalf("was %+v, is %+v", before.Deadlines, after.Deadlines)
		}
		if w.stored(flat.ID).Version != flat.Version {
			t.Fatal("an order that did not move has a new event")
		}
		for _, ref := range []string{after.ID, w.stored("p-000600").ID} {
			list, err := w.orders.Timeline(ctx, ref)
			w.must(err)
			if last := list[len(list)-1]; last.Kind != workorder.KindReclock {
				t.Fatalf("the last event is %s", last.Kind)
			}
		}
		w.rebuilds(after.ID)
		if _, moved, err := w.orders.Reclock(ctx); err != nil || moved != 0 {
			t.Fatalf("run again it moved %d: %v", moved, err)
		}
	})
}

// rebuilds checks that the row is the sum of the order's events.
func (w *ward) rebuilds(orderID string) {
	w.t.Helper()
	ctx := w.as(identity.System("test"))
	o := w.stored(orderID)
	var events []workorder.Event
	for seq := int64(1); seq <= o.Version; seq++ {
		_, e, err := w.orders.Told(ctx, orderID, seq)
		w.must(err)
		events = append(events, e)
	}
	again, err := workorder.Rebuild(events)
	w.must(err)
	again.NextCheckAt = o.NextCheckAt
	if d := cmp.Diff(o, again); d != "" {
		w.t.Fatalf("the rebuilt order differs:\n%s", d)
	}
}

func TestLimitsOfItemPriorityAndPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		ctx := w.as(identity.System("test"))
		v, err := w.clocks.SaveLimits(ctx, 0, []sla.Limit{{Priority: "P2", Respond: 3, Arrive: 6, Finish: 30, Calendar: catalog.WorkingHours}})
		w.must(err)
		o := w.report("nurse")
		p2 := "P2"
		was := o.Deadlines
		w.clock.Advance(20 * 60 * 1000)
		o, err = w.orders.Amend(w.ctx("agent"), o.ID, workorder.Correction{Priority: &p2}, workorder.Meta{})
		w.must(err)
		if o.Limits.Finish != 30 || o.Limits.Calendar != catalog.WorkingHours {
			t.Fatalf("limits %+v", o.Limits)
		}
		// The response was broken before the change: it stays judged by what was promised.
		if o.Deadlines.Respond != was.Respond || o.Marks.Respond.Kept != was.Respond || o.Marks.Finish.Floor == 0 {
			t.Fatalf("was %+v, is %+v with %+v", was, o.Deadlines, o.Marks)
		}
		w.rebuilds(o.ID)
		n := v.Calendars[1]
		n.ID, n.Name, n.CampusID = "here", "本部", w.campus
		_, err = w.clocks.SaveCalendar(ctx, v.Stamp, n)
		w.must(err)
		again, err := w.orders.Create(w.ctx("agent"), workorder.Report{ItemID: w.item, PlaceID: w.room, Priority: "P2", Channel: workorder.ByDesk}, workorder.Meta{})
		w.must(err)
		if again.Limits.Calendar != "here" {
			t.Fatalf("the campus's calendar does not count: %+v", again.Limits)
		}
		why, err := w.orders.Why(w.ctx("agent"), again.Number)
		w.must(err)
		if len(why.Clocks) != 3 || why.Calendar != "here" {
			t.Fatalf("got %+v", why)
		}
		if _, err := w.orders.Why(w.ctx("stranger"), again.ID); code(err) != "not_found" {
			t.Fatalf("who may not see it is told why: %v", err)
		}
	})
}

// TestReclockAtSize measures what a changed calendar costs, and that those who report
// meanwhile hardly wait. WARDLINE_OPEN sets how many orders are open.
func TestReclockAtSize(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("WARDLINE_OPEN"))
	n = max(n, 2000)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		w.past(n)
		w.longer()
		done := make(chan struct{})
		var wait sync.WaitGroup
		var worst time.Duration
		reports := 0
		wait.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(20 * time.Millisecond):
				}
				began := time.Now()
				w.report("nurse")
				worst, reports = max(worst, time.Since(began)), reports+1
			}
		})
		began := time.Now()
		_, moved, err := w.orders.Reclock(w.as(identity.System("test")))
		took := time.Since(began)
		close(done)
		wait.Wait()
		if err != nil || moved != n {
			t.Fatalf("moved %d of %d: %v", moved, n, err)
		}
		t.Logf("%d open orders moved in %v; %d reports meanwhile, the slowest %v", n, took, reports, worst)
		if worst > 3*time.Second {
			t.Errorf("a report waited %v", worst)
		}
	})
}

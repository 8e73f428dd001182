package workorder_test

import (
	"fmt"
	"slices"
	"testing"

	"wardline/internal/catalog"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/workorder"
)

// What the board counts is what there is, for everybody within the own scope only.
func TestBoardCountsWhatItsActorSees(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		none := workorder.Meta{}
		first, second, third, away := w.report("nurse"), w.report("nurse"), w.report("nurse"), w.report("stranger")
		_, err := w.orders.Dispatch(w.ctx("agent"), first.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id("wang")}, none)
		w.must(err)
		_, err = w.orders.Pool(w.ctx("agent"), second.ID, workorder.Assignment{TeamID: w.team}, none)
		w.must(err)
		_, err = w.orders.Dispatch(w.ctx("agent"), away.ID, workorder.Assignment{TeamID: w.team2, AssigneeID: w.id("zhao")}, none)
		w.must(err)
		_, err = w.orders.Urge(w.ctx("nurse"), third.ID, "", none)
		w.must(err)
		w.clock.Set(third.Deadlines.Respond - 5*clock.Minute)
		tell := func(who, by string, f workorder.Filter) (workorder.Figures, map[string]int64) {
			t.Helper()
			all, groups, err := w.orders.Figures(w.ctx(who), f, by)
			w.must(err)
			counts := map[string]int64{}
			for _, g := range groups {
				counts[g.Key] = g.Open
			}
			return all, counts
		}
		all, people := tell("agent", "person", workorder.Filter{})
		if all.Open != 4 || all.Waiting != 1 || all.Nobody != 2 || all.DueSoon != 4 || all.Urged != 1 || all.Overdue != 0 || all.Held != 0 {
			t.Fatalf("the agent counts %+v", all)
		}
		if people[w.id("wang")] != 1 || people[w.id("zhao")] != 1 || people[""] != 2 {
			t.Fatalf("by person: %v", people)
		}
		w.clock.Advance(6 * clock.Minute)
		_, err = w.orders.Tick(t.Context(), 10)
		w.must(err)
		if late, _ := tell("agent", "", workorder.Filter{}); late.Overdue != 4 || late.DueSoon != 0 {
			t.Fatalf("when the response is late: %+v", late)
		}
		for _, c := range []struct {
			who, by string
			f       workorder.Filter
			want    map[string]int64
		}{
			{"agent", "team", workorder.Filter{}, map[string]int64{w.team: 3, w.team2: 1}},
			{"wang", "team", workorder.Filter{}, map[string]int64{w.team: 3}},
			{"zhao", "place", workorder.Filter{}, map[string]int64{w.room: 1}},
			{"nurse", "status", workorder.Filter{}, map[string]int64{"assigned": 1, "pooled": 1, "reported": 1}},
			{"agent", "status", workorder.Filter{Nobody: true}, map[string]int64{"pooled": 1, "reported": 1}},
			{"agent", "status", workorder.Filter{Urged: true}, map[string]int64{"reported": 1}},
			{"wang", "person", workorder.Filter{Mine: true}, map[string]int64{w.id("wang"): 1, "": 2}},
			{"agent", "team", workorder.Filter{Mine: true}, map[string]int64{}},
			{"agent", "team", workorder.Filter{CategoryID: "unknown"}, map[string]int64{}},
			{"agent", "team", workorder.Filter{CategoryID: w.category()}, map[string]int64{w.team: 3, w.team2: 1}},
		} {
			if _, got := tell(c.who, c.by, c.f); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s by %s with %+v: %v, want %v", c.who, c.by, c.f, got, c.want)
			}
			cards, err := w.orders.Board(w.ctx(c.who), c.f, nil, 100)
			w.must(err)
			sum := 0
			for _, n := range c.want {
				sum += int(n)
			}
			if len(cards) != sum {
				t.Errorf("%s with %+v: %d cards, want %d", c.who, c.f, len(cards), sum)
			}
		}
	})
}

func (w *ward) category() (id string) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		var it catalog.Item
		it, err := w.orders.Catalog.Current(w.t.Context(), tx, w.item)
		id = it.CategoryID
		return err
	}))
	return id
}

// Of the orders that are named, only those that are open, seen and fit come.
func TestBoardOfNamedOrders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		first, second, away := w.report("nurse"), w.report("nurse"), w.report("stranger")
		_, err := w.orders.Dispatch(w.ctx("agent"), away.ID, workorder.Assignment{TeamID: w.team2, AssigneeID: w.id("zhao")}, workorder.Meta{})
		w.must(err)
		_, err = w.orders.Cancel(w.ctx("nurse"), second.ID, "重复", workorder.Meta{})
		w.must(err)
		all := []string{first.ID, second.ID, away.ID, "unknown"}
		for who, want := range map[string]int{"agent": 2, "wang": 1, "zhao": 1, "nurse": 1} {
			cards, err := w.orders.Board(w.ctx(who), workorder.Filter{}, all, 100)
			w.must(err)
			if len(cards) != want {
				t.Errorf("%s gets %d cards, want %d", who, len(cards), want)
			}
		}
		if cards, err := w.orders.Board(w.ctx("agent"), workorder.Filter{TeamID: w.team2}, all, 100); err != nil || len(cards) != 1 || cards[0].ID != away.ID {
			t.Errorf("filtered: %v %v", cards, err)
		}
	})
}

// What a card offers is what the order itself allows the person.
func TestCardsOfferWhatTheOrderAllows(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	w := newWard(t, d)
	first := w.report("nurse")
	w.report("stranger")
	_, err := w.orders.Dispatch(w.ctx("agent"), first.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id("wang")}, workorder.Meta{})
	w.must(err)
	for who := range w.people {
		cards, err := w.orders.Board(w.ctx(who), workorder.Filter{}, nil, 100)
		w.must(err)
		for _, c := range cards {
			v, err := w.orders.Get(w.ctx(who), c.ID)
			w.must(err)
			for _, k := range []workorder.Kind{workorder.KindIntake, workorder.KindDispatch, workorder.KindPool, workorder.KindTransfer} {
				if slices.Contains(c.Actions, k) != slices.Contains(v.Actions, k) {
					t.Errorf("%s on %s: the card says %v, the order %v", who, c.Number, c.Actions, v.Actions)
				}
			}
		}
	}
}

// Undoing puts an order where it stood, for who moved it, a moment ago, and only when
// nothing has happened since.
func TestUndoPutsBackWhatOneHasJustDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		none := workorder.Meta{}
		o := w.report("nurse")
		give := func(who string) {
			t.Helper()
			_, err := w.orders.Dispatch(w.ctx("agent"), o.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id(who)}, none)
			w.must(err)
		}
		undo := func(who string) error { _, err := w.orders.Undo(w.ctx(who), o.ID, none); return err }
		stands := func(status workorder.Status, who string) {
			t.Helper()
			if got := w.stored(o.ID); got.Status != status || got.AssigneeName != who {
				t.Fatalf("stands as %s with %q, want %s with %q", got.Status, got.AssigneeName, status, who)
			}
			w.rebuilds(o.ID)
		}
		if err := undo("agent"); code(err) != "order.state" {
			t.Fatalf("nothing was done yet: %v", err)
		}
		give("wang")
		if err := undo("wang"); code(err) != "forbidden" {
			t.Fatalf("an engineer undoes: %v", err)
		}
		w.must(undo("agent"))
		stands(workorder.Reported, "")
		if got := w.stored(o.ID); got.IntakeAt != 0 || got.DispatchedAt != 0 {
			t.Fatalf("it was never taken in: %+v", got)
		}
		if err := undo("agent"); code(err) != "order.state" {
			t.Fatalf("twice: %v", err)
		}
		give("wang")
		_, err := w.orders.Accept(w.ctx("wang"), o.ID, none)
		w.must(err)
		give("li")
		w.must(undo("agent"))
		stands(workorder.Accepted, "wang")
		give("li")
		_, err = w.orders.Accept(w.ctx("li"), o.ID, none)
		w.must(err)
		if err := undo("agent"); code(err) != "order.state" {
			t.Fatalf("when the other has accepted: %v", err)
		}
		give("wang")
		w.clock.Advance(3 * clock.Minute)
		if err := undo("agent"); code(err) != "order.undo_late" {
			t.Fatalf("too late: %v", err)
		}
		give("li")
		_, err = w.orders.Remark(w.ctx("nurse"), o.ID, "快一点", nil, none)
		w.must(err)
		if err := undo("agent"); code(err) != "order.undo_late" {
			t.Fatalf("after a note: %v", err)
		}
	})
}

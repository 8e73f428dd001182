package workorder_test

import (
	"testing"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/workorder"
)

func TestScreenShowsTheDayAndWhatIsLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		w.person("admin", "", "", "admin", identity.ScopeAll)
		_, secret, err := w.orders.AddScreen(w.ctx("admin"), "大厅", "", 30)
		w.must(err)
		done, waiting := w.report("nurse"), w.report("nurse")
		_, err = w.orders.Dispatch(w.ctx("agent"), done.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id("wang")}, workorder.Meta{})
		w.must(err)
		w.clock.Advance(2 * clock.Day)
		_, err = w.orders.Tick(t.Context(), 100)
		w.must(err)
		for _, step := range []func() (workorder.View, error){
			func() (workorder.View, error) { return w.orders.Accept(w.ctx("wang"), done.ID, workorder.Meta{}) },
			func() (workorder.View, error) { return w.orders.Convert(w.ctx("wang"), done.ID, "", workorder.Meta{}) },
			func() (workorder.View, error) {
				return w.orders.Arrive(w.ctx("wang"), done.ID, "code-1", workorder.Meta{})
			},
			func() (workorder.View, error) {
				return w.orders.Finish(w.ctx("wang"), done.ID, workorder.Work{Remedy: "换线", Files: []string{"photo"}, Labour: 12}, workorder.Meta{})
			},
		} {
			_, err := step()
			w.must(err)
		}
		fresh := w.report("nurse")
		got, err := w.orders.ShowScreen(t.Context(), secret)
		w.must(err)
		if len(got.Late) != 1 || got.Late[0].Number != waiting.Number {
			t.Errorf("late %+v, want only the order that waits for its work", got.Late)
		}
		if len(got.Latest) != 3 || got.Latest[0].Number != fresh.Number {
			t.Errorf("latest %+v", got.Latest)
		}
		if got.Today.Reported != 1 || got.Name != "大厅" {
			t.Errorf("today %+v on %s", got.Today, got.Name)
		}
		w.clock.Advance(31 * clock.Day)
		if _, err := w.orders.ShowScreen(t.Context(), secret); code(err) != "not_found" {
			t.Errorf("an ended link: %v", err)
		}
	})
}

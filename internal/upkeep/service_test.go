package upkeep_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"wardline/internal/audit"
	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/sla"
	"wardline/internal/upkeep"
	"wardline/internal/workorder"
)

// ward is a small hospital with one room, two teams and the starter catalogue.
type ward struct {
	t       *testing.T
	db      *db.DB
	clock   *clock.Manual
	people  *identity.Service
	org     *org.Service
	items   *catalog.Service
	orders  *workorder.Service
	plans   *upkeep.Service
	dep     string
	room    org.Place
	team    string
	other   string
	item    string
	workday func(time.Time) bool
}

type noAssets struct{}

func (noAssets) Thing(context.Context, *db.Tx, string) (workorder.Thing, error) {
	return workorder.Thing{}, sql.ErrNoRows
}
func (noAssets) Resolve(context.Context, *db.Tx, string) (workorder.Found, error) {
	return workorder.Found{}, sql.ErrNoRows
}
func (noAssets) Link(context.Context, *db.Tx, []string, string, string, string) error { return nil }

var begin = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC).UnixMilli() // a Monday

func each(t *testing.T, f func(t *testing.T, w *ward)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := replica(t, d, clock.NewManual(begin))
		ctx := w.system()
		must(t, w.people.EnsureBuiltin(ctx))
		campus := got(w.org.SaveCampus(ctx, "", org.CampusInput{Name: "本部"}))(t)
		w.dep = got(w.org.SaveDepartment(ctx, "", org.DepartmentInput{Name: "内科", CampusID: campus.ID, Kind: "clinical"}))(t).ID
		w.room = got(w.org.SavePlace(ctx, "", org.PlaceInput{Name: "机房", CampusID: campus.ID, Kind: org.Building, DepartmentID: w.dep}))(t)
		w.team = got(w.org.SaveTeam(ctx, "", org.TeamInput{Name: "硬件组", Kind: "it", Pool: true}))(t).ID
		w.other = got(w.org.SaveTeam(ctx, "", org.TeamInput{Name: "电工组", Kind: "it"}))(t).ID
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			if err := w.items.Seed(ctx, tx, map[string]string{"信息-硬件组": w.team}); err != nil {
				return err
			}
			it, err := w.items.ByCode(ctx, tx, "HW02")
			w.item = it.ID
			return err
		}))
		f(t, w)
	})
}

// replica is one more program on the database.
func replica(t *testing.T, d *db.DB, c *clock.Manual) *ward {
	t.Helper()
	w := &ward{t: t, db: d, clock: c, workday: func(at time.Time) bool { return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday }}
	trail, log := audit.New(d, c), slog.New(slog.DiscardHandler)
	w.people = identity.New(identity.Deps{DB: d, Clock: c, Trail: trail, Logger: log})
	w.org = org.New(org.Deps{DB: d, Clock: c, Trail: trail})
	w.items = catalog.New(catalog.Deps{DB: d, Trail: trail, Clock: c})
	w.orders = workorder.New(workorder.Deps{DB: d, Clock: c, Zone: time.UTC, Trail: trail, Events: event.New(d, db.NewBell(d, log), c), Org: w.org,
		Catalog: w.items, Assets: noAssets{}, Files: noAssets{}, People: w.people, Clocks: sla.NewService(sla.Deps{DB: d, Clock: c, Zone: time.UTC, Trail: trail}), LinkKey: []byte("0123456789abcdef0123456789abcdef"), Logger: log})
	w.plans = upkeep.New(upkeep.Deps{DB: d, Clock: c, Trail: trail, Zone: time.UTC, Orders: w.orders, Workdays: func(context.Context, *db.Tx, string) (func(time.Time) bool, error) { return w.workday, nil }})
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func got[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func (w *ward) system() context.Context {
	return identity.With(w.t.Context(), identity.System("test"))
}

// as is someone with both permissions on plans and that to see orders in a scope.
func (w *ward) as(kind identity.ScopeKind, ids ...string) context.Context {
	return identity.With(w.t.Context(), identity.NewActor(identity.Actor{PersonID: "lead", Name: "组长"},
		[]identity.Grant{{Permissions: []identity.Permission{identity.PlanRead, identity.PlanWrite, identity.OrderRead}, Kind: kind, IDs: ids}}, nil))
}

func (w *ward) input(more ...func(*upkeep.PlanInput)) upkeep.PlanInput {
	in := upkeep.PlanInput{Name: "机房巡检", Active: true, Work: upkeep.Work{ItemID: w.item, PlaceID: w.room.ID, Words: "检查温度"},
		Recurrence: upkeep.Recurrence{Rule: "FREQ=DAILY", StartAt: begin + 30*clock.Minute, OffDay: upkeep.OffKeep}}
	for _, f := range more {
		f(&in)
	}
	return in
}

// pass lets time pass and settles what is due.
func (w *ward) pass(d int64) {
	w.t.Helper()
	w.clock.Set(w.clock.Now() + d)
	must(w.t, w.plans.Raise(w.t.Context()))
}

func (w *ward) outcomes(p upkeep.Plan) string {
	w.t.Helper()
	runs, _, err := w.plans.Runs(w.system(), p.ID, 100, "")
	must(w.t, err)
	out := ""
	for i := len(runs) - 1; i >= 0; i-- {
		out += runs[i].Outcome + " "
	}
	return out
}

func (w *ward) count() int64 {
	w.t.Helper()
	return got(w.orders.Count(w.system(), workorder.Filter{}))(w.t)
}

func TestPlansMakeTheirOrders(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		p := got(w.plans.Create(w.system(), w.input(func(in *upkeep.PlanInput) { in.Lead = 20; in.Except = []string{"2026-11-04"} })))(t)
		if p.NextAt != begin+30*clock.Minute || p.TeamID != w.team || p.PlaceName != "本部/机房" && p.PlaceName != "机房" {
			t.Fatalf("%+v", p)
		}
		w.pass(9 * clock.Minute)
		if n := w.count(); n != 0 {
			t.Fatalf("%d orders before their time", n)
		}
		w.pass(clock.Minute) // 20 minutes before
		list, _, err := w.orders.List(w.system(), workorder.Filter{}, 10, "")
		must(t, err)
		if len(list) != 1 || list[0].Channel != workorder.ByPlan || list[0].Words != "检查温度" || list[0].PlaceID != w.room.ID ||
			list[0].TeamID != w.team || list[0].Status == workorder.Reported || list[0].ReporterID != "" {
			t.Fatalf("%+v", list)
		}
		w.pass(clock.Day)
		w.pass(clock.Day)
		w.pass(clock.Day)
		if got := w.outcomes(p); got != "made made date made " {
			t.Errorf("outcomes: %s", got)
		}
		p = got(w.plans.Get(w.system(), p.ID))(t)
		if p.Made != 3 || p.LastOutcome != "made" || p.NextAt != begin+30*clock.Minute+4*clock.Day || w.count() != 3 {
			t.Errorf("%+v", p)
		}
	})
}

func TestDaysThatAreNotWorkedAndOpenOrders(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		skip := got(w.plans.Create(w.system(), w.input(func(in *upkeep.PlanInput) { in.OffDay = upkeep.OffSkip })))(t)
		open := got(w.plans.Create(w.system(), w.input(func(in *upkeep.PlanInput) { in.SkipOpen = true })))(t)
		for range 7 {
			w.pass(clock.Day)
		}
		if got := w.outcomes(skip); got != "made made made made made offday offday " {
			t.Errorf("off days: %s", got)
		}
		if got := w.outcomes(open); got != "made open open open open open open " {
			t.Errorf("open: %s", got)
		}
		p := got(w.plans.Get(w.system(), open.ID))(t)
		got(w.orders.Cancel(w.system(), p.LastOrderID, "已处理", workorder.Meta{}))(t)
		w.pass(clock.Day)
		if got := w.outcomes(open); got != "made open open open open open open made " {
			t.Errorf("after it was ended: %s", got)
		}
	})
}

// A day that is declared off after the plan has set its next occurrence moves it.
func TestTheCalendarChangesInBetween(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		p := got(w.plans.Create(w.system(), w.input(func(in *upkeep.PlanInput) { in.OffDay = upkeep.OffAfter })))(t)
		was := w.workday
		w.workday = func(at time.Time) bool { return was(at) && at.Day() != 2 }
		w.pass(clock.Hour)
		if n := w.count(); n != 0 {
			t.Fatalf("%d orders on a day off", n)
		}
		if p = got(w.plans.Get(w.system(), p.ID))(t); p.NextAt != begin+30*clock.Minute+clock.Day {
			t.Errorf("next at %d", p.NextAt)
		}
		w.pass(clock.Day)
		if got := w.outcomes(p); got != "missed made " { // two at one moment: the later stands for both
			t.Errorf("after it: %s", got)
		}
	})
}

func TestWhatWasMissed(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		last := got(w.plans.Create(w.system(), w.input()))(t)
		all := got(w.plans.Create(w.system(), w.input(func(in *upkeep.PlanInput) { in.CatchUp = true })))(t)
		w.pass(3*clock.Day + clock.Hour) // nothing ran for three days
		if got := w.outcomes(last); got != "missed missed missed made " {
			t.Errorf("only the last: %s", got)
		}
		if got := w.outcomes(all); got != "made made made made " {
			t.Errorf("all: %s", got)
		}
	})
}

// Replicas that look at the same moment, and a program that ended between making the
// order and noting it, make one order for each occurrence.
func TestEachOccurrenceMakesOneOrder(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		const plans, days = 5, 4
		first := got(w.plans.Create(w.system(), w.input()))(t)
		for range plans - 1 {
			got(w.plans.Create(w.system(), w.input()))(t)
		}
		got(w.orders.CreatePlanned(t.Context(), workorder.Report{ItemID: w.item, PlaceID: w.room.ID, Words: "检查温度"},
			fmt.Sprintf("plan:%s:%d", first.ID, first.NextAt)))(t)
		replicas := []*ward{w, replica(t, w.db, w.clock), replica(t, w.db, w.clock)}
		for range days {
			w.clock.Set(w.clock.Now() + clock.Day)
			var all sync.WaitGroup
			for _, r := range replicas {
				all.Go(func() {
					if err := r.plans.Raise(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		if n := w.count(); n != plans*days {
			t.Errorf("%d orders, want %d", n, plans*days)
		}
		if p := got(w.plans.Get(w.system(), first.ID))(t); p.Made != days {
			t.Errorf("%d made, want %d", p.Made, days)
		}
	})
}

func TestPlansThatCannotBeMetSayWhy(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := w.system()
		p := got(w.plans.Create(ctx, w.input()))(t)
		var other catalog.Item
		must(t, w.db.Read(ctx, func(tx *db.Tx) (err error) { other, err = w.items.ByCode(ctx, tx, "HW03"); return err }))
		q := got(w.plans.Create(ctx, w.input(func(in *upkeep.PlanInput) { in.ItemID = other.ID })))(t)
		draft := got(w.items.Draft(ctx, w.item))(t)
		got(w.items.SetActive(ctx, w.item, draft.Version, false))(t)
		w.pass(clock.Hour)
		runs, _, err := w.plans.Runs(ctx, p.ID, 10, "")
		must(t, err)
		if len(runs) != 1 || runs[0].Outcome != "failed" || runs[0].Reason != "invalid itemId:catalog.not_offered" {
			t.Errorf("%+v", runs)
		}
		if got := w.outcomes(q); got != "made " {
			t.Errorf("the other plan: %s", got)
		}
	})
}

func TestEditsOfPlans(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := w.system()
		for field, f := range map[string]func(*upkeep.PlanInput){
			"name":    func(in *upkeep.PlanInput) { in.Name = "  " },
			"rule":    func(in *upkeep.PlanInput) { in.Rule = "FREQ=DAILY;UNTIL=20200101T000000Z" },
			"itemId":  func(in *upkeep.PlanInput) { in.ItemID = "nothing" },
			"placeId": func(in *upkeep.PlanInput) { in.PlaceID = "" },
		} {
			_, err := w.plans.Create(ctx, w.input(f))
			if ft, ok := fault.Of(err); !ok || len(ft.Fields) == 0 || ft.Fields[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		p := got(w.plans.Create(ctx, w.input()))(t)
		w.pass(clock.Hour)
		stale := w.input()
		if _, err := w.plans.Save(ctx, p.ID, stale); fault.CodeOf(err) != "conflict" {
			t.Errorf("an edit of another version: %v", err)
		}
		// Made earlier on the same day: today's occurrence is over and is not made again.
		p = got(w.plans.Save(ctx, p.ID, w.input(func(in *upkeep.PlanInput) { in.Version = p.Version; in.StartAt = begin + 90*clock.Minute })))(t)
		w.pass(clock.Hour)
		w.pass(clock.Minute)
		if n := w.count(); n != 2 { // moved behind now, so it comes once more
			t.Errorf("%d orders after the edit", n)
		}
		p = got(w.plans.Save(ctx, p.ID, w.input(func(in *upkeep.PlanInput) { in.Version = p.Version; in.Active = false })))(t)
		w.pass(5 * clock.Day)
		if n := w.count(); n != 2 {
			t.Errorf("%d orders after it was switched off", n)
		}
		got(w.plans.Save(ctx, p.ID, w.input(func(in *upkeep.PlanInput) { in.Version = p.Version })))(t)
		w.pass(clock.Minute)
		if n := w.count(); n != 2 {
			t.Errorf("%d orders: what passed while it was off was made up for", n)
		}
		must(t, w.plans.Delete(ctx, p.ID))
		if _, err := w.plans.Get(ctx, p.ID); fault.CodeOf(err) != "not_found" {
			t.Errorf("a removed plan: %v", err)
		}
		if n := w.count(); n != 2 {
			t.Errorf("%d orders stayed", n)
		}
	})
}

func TestPlansAreSeenWhereTheirOrdersWouldBe(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ours, theirs := w.as(identity.ScopeTeam, w.team), w.as(identity.ScopeTeam, w.other)
		p := got(w.plans.Create(ours, w.input()))(t)
		if _, err := w.plans.Create(theirs, w.input()); fault.CodeOf(err) != "forbidden" {
			t.Errorf("a plan for another team: %v", err)
		}
		for name, ask := range map[string]func(context.Context) error{
			"get":    func(ctx context.Context) error { _, err := w.plans.Get(ctx, p.ID); return err },
			"runs":   func(ctx context.Context) error { _, _, err := w.plans.Runs(ctx, p.ID, 10, ""); return err },
			"save":   func(ctx context.Context) error { _, err := w.plans.Save(ctx, p.ID, w.input()); return err },
			"delete": func(ctx context.Context) error { return w.plans.Delete(ctx, p.ID) },
		} {
			if err := ask(theirs); fault.CodeOf(err) != "not_found" {
				t.Errorf("%s by another team: %v", name, err)
			}
		}
		for ctx, want := range map[context.Context]int{ours: 1, theirs: 0, w.as(identity.ScopeDepartment, w.dep): 1, w.as(identity.ScopeOwn): 0} {
			list, _, err := w.plans.List(ctx, upkeep.Filter{}, 10, "")
			if err != nil || len(list) != want {
				t.Errorf("%d plans in the list, want %d: %v", len(list), want, err)
			}
		}
	})
}

func TestPagesOfPlans(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		for i := range 5 {
			got(w.plans.Create(w.system(), w.input(func(in *upkeep.PlanInput) {
				in.StartAt += int64(5-i) * clock.Hour
				in.Active = i != 2
			})))(t)
		}
		seen, cursor, last := 0, "", int64(0)
		for {
			list, next, err := w.plans.List(w.system(), upkeep.Filter{}, 2, cursor)
			must(t, err)
			for _, p := range list {
				if p.Active && p.NextAt < last {
					t.Errorf("%d after %d", p.NextAt, last)
				}
				last = p.NextAt
			}
			if seen += len(list); next == "" {
				break
			}
			cursor = next
		}
		if seen != 5 {
			t.Errorf("%d plans on the pages", seen)
		}
		if on, _, err := w.plans.List(w.system(), upkeep.Filter{Active: new(true)}, 50, ""); err != nil || len(on) != 4 {
			t.Errorf("%d active: %v", len(on), err)
		}
	})
}

package dispatch_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"wardline/internal/audit"
	"wardline/internal/catalog"
	"wardline/internal/dispatch"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
	"wardline/internal/sla"
	"wardline/internal/workorder"
)

var begin = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC).UnixMilli() // a Monday

// house is a hospital of two buildings, two teams and the starter catalogue. Who is on
// duty is what duty says.
type house struct {
	t       *testing.T
	db      *db.DB
	clock   *clock.Manual
	people  *identity.Service
	org     *org.Service
	items   *catalog.Service
	orders  *workorder.Service
	events  *event.Log
	queue   *jobs.Queue
	chooser *dispatch.Service
	duty    *[]string
	ids     map[string]string
	rooms   []string // two on one floor, one three floors up, one in another building
	dep     string
	team    string
	other   string
	item    string
	vendor  string
}

type assets struct{}

func (assets) Thing(context.Context, *db.Tx, string) (workorder.Thing, error) {
	return workorder.Thing{}, sql.ErrNoRows
}
func (assets) Resolve(context.Context, *db.Tx, string) (workorder.Found, error) {
	return workorder.Found{}, sql.ErrNoRows
}
func (assets) Link(context.Context, *db.Tx, []string, string, string, string) error { return nil }

// replica is one more program on the database.
func replica(t *testing.T, d *db.DB, c *clock.Manual, duty *[]string) *house {
	t.Helper()
	h := &house{t: t, db: d, clock: c, duty: duty, ids: map[string]string{}}
	log := slog.New(slog.DiscardHandler)
	trail := audit.New(d, c)
	h.people = identity.New(identity.Deps{DB: d, Clock: c, Trail: trail, Logger: log})
	h.org = org.New(org.Deps{DB: d, Clock: c, Trail: trail, Members: func(context.Context, *db.Tx, string) ([]string, error) { return slices.Clone(*duty), nil }})
	h.items = catalog.New(catalog.Deps{DB: d, Trail: trail, Clock: c})
	bell := db.NewBell(d, log)
	h.events, h.queue = event.New(d, bell, c), jobs.New(d, bell, c)
	h.orders = workorder.New(workorder.Deps{DB: d, Clock: c, Zone: time.UTC, Trail: trail, Events: h.events, Org: h.org, Catalog: h.items, Assets: assets{}, Files: assets{},
		People: h.people, Clocks: sla.NewService(sla.Deps{DB: d, Clock: c, Zone: time.UTC, Trail: trail}), LinkKey: make([]byte, 32), Logger: log})
	h.chooser = dispatch.New(dispatch.Deps{DB: d, Clock: c, Trail: trail, Events: h.events, Jobs: h.queue, Logger: log, Orders: h.orders, Org: h.org, People: h.people,
		CategoryOf: func(ctx context.Context, tx *db.Tx, itemID string) (string, error) {
			it, err := h.items.Current(ctx, tx, itemID)
			return it.CategoryID, err
		}})
	return h
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := replica(t, d, clock.NewManual(begin), &[]string{})
		ctx := h.system()
		h.must(h.people.EnsureBuiltin(ctx))
		campus, err := h.org.SaveCampus(ctx, "", org.CampusInput{Name: "本部"})
		h.must(err)
		dep, err := h.org.SaveDepartment(ctx, "", org.DepartmentInput{Name: "内科", CampusID: campus.ID, Kind: "clinical"})
		h.must(err)
		h.dep = dep.ID
		place := func(in org.PlaceInput) string {
			in.DepartmentID = dep.ID
			p, err := h.org.SavePlace(ctx, "", in)
			h.must(err)
			return p.ID
		}
		main := place(org.PlaceInput{Name: "外科楼", CampusID: campus.ID, Kind: org.Building})
		far := place(org.PlaceInput{Name: "门诊楼", CampusID: campus.ID, Kind: org.Building})
		one, four := int64(1), int64(4)
		first := place(org.PlaceInput{Name: "1层", ParentID: main, Kind: org.Floor, Level: &one})
		fourth := place(org.PlaceInput{Name: "4层", ParentID: main, Kind: org.Floor, Level: &four})
		h.rooms = []string{place(org.PlaceInput{Name: "101", ParentID: first, Kind: org.Room}), place(org.PlaceInput{Name: "102", ParentID: first, Kind: org.Room}),
			place(org.PlaceInput{Name: "401", ParentID: fourth, Kind: org.Room}), place(org.PlaceInput{Name: "大厅", ParentID: far, Kind: org.Room})}
		vendor, err := h.org.SaveVendor(ctx, "", org.VendorInput{Name: "维保公司"})
		h.must(err)
		h.vendor = vendor.ID
		for i, id := range []*string{&h.team, &h.other} {
			team, err := h.org.SaveTeam(ctx, "", org.TeamInput{Name: fmt.Sprintf("班组%d", i+1), Kind: "it", Pool: true})
			h.must(err)
			*id = team.ID
		}
		h.must(d.Write(ctx, func(tx *db.Tx) error {
			if err := h.items.Seed(ctx, tx, map[string]string{"信息-硬件组": h.team}); err != nil {
				return err
			}
			it, err := h.items.ByCode(ctx, tx, "HW02")
			h.item = it.ID
			return err
		}))
		for _, name := range []string{"wang", "li", "zhao"} {
			h.person(name, h.team, "engineer", identity.ScopeTeam)
		}
		h.person("intern", h.team, "reporter", identity.ScopeOwn) // in the team, but may not work on orders
		h.person("lead", h.team, "team_lead", identity.ScopeTeam)
		h.person("stranger", h.other, "team_lead", identity.ScopeTeam)
		h.person("agent", "", "agent", identity.ScopeAll)
		h.person("admin", "", "admin", identity.ScopeAll)
		h.onDuty("wang", "li", "zhao", "intern")
		f(t, h)
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) system() context.Context {
	return identity.With(h.t.Context(), identity.System("test"))
}

func (h *house) ctx(name string) context.Context {
	h.t.Helper()
	a, err := h.people.ActorOf(h.system(), h.ids[name])
	h.must(err)
	return identity.With(h.t.Context(), a)
}

func (h *house) person(name, team, role string, scope identity.ScopeKind) {
	h.t.Helper()
	var teams []identity.Membership
	if team != "" {
		teams = []identity.Membership{{TeamID: team}}
	}
	h.must(h.db.Write(h.system(), func(tx *db.Tx) error {
		ids, err := h.people.Import(h.system(), tx, []identity.NewPerson{{Facts: identity.Facts{Name: name, Login: name, Phone: "6001"}, Teams: teams,
			Grants: []identity.GrantSpec{{RoleID: role, ScopeKind: scope}}}})
		if err == nil {
			h.ids[name] = ids[0]
		}
		return err
	}))
}

func (h *house) onDuty(names ...string) {
	*h.duty = nil
	for _, n := range names {
		*h.duty = append(*h.duty, h.ids[n])
	}
}

func (h *house) name(id string) string {
	for n, i := range h.ids {
		if i == id {
			return n
		}
	}
	return id
}

// order is a new order of the team, waiting to be given to somebody.
func (h *house) order(room int, priority string, more ...func(*workorder.Report)) workorder.Order {
	h.t.Helper()
	h.clock.Advance(clock.Second)
	r := workorder.Report{ItemID: h.item, PlaceID: h.rooms[room], Words: "黑屏", Channel: workorder.ByDesk, Priority: priority, ContactName: "护士", ContactPhone: "6001"}
	for _, change := range more {
		change(&r)
	}
	v, err := h.orders.Create(h.ctx("agent"), r, workorder.Meta{})
	h.must(err)
	if v.Status != workorder.Queued || v.TeamID != h.team {
		h.t.Fatalf("the order stands as %s of %s", v.Status, v.TeamID)
	}
	return v.Order
}

func (h *house) mode(in dispatch.ModeInput) dispatch.Mode {
	h.t.Helper()
	in.Active = true
	m, err := h.chooser.SaveMode(h.ctx("admin"), "", 0, in)
	h.must(err)
	return m
}

func (h *house) look(o workorder.Order) workorder.Order {
	h.t.Helper()
	h.must(h.chooser.Look(h.t.Context(), o.ID, dispatch.CauseArrival))
	return h.stored(o)
}

func (h *house) stored(o workorder.Order) workorder.Order {
	h.t.Helper()
	v, err := h.orders.Get(h.system(), o.ID)
	h.must(err)
	return v.Order
}

// has fails unless the order is given to this person, or waits when the name is empty.
func (h *house) has(o workorder.Order, name string) {
	h.t.Helper()
	if got := h.stored(o); h.name(got.AssigneeID) != name {
		h.t.Fatalf("%s is %s with %q, want %q", got.Number, got.Status, h.name(got.AssigneeID), name)
	}
}

// visit lets a person do an order at its place.
func (h *house) visit(o workorder.Order, name string) {
	h.t.Helper()
	none := workorder.Meta{}
	step := func(_ workorder.View, err error) { h.t.Helper(); h.must(err); h.clock.Advance(clock.Minute) }
	if h.stored(o).AssigneeID != h.ids[name] {
		step(h.orders.Dispatch(h.ctx("agent"), o.ID, workorder.Assignment{TeamID: h.team, AssigneeID: h.ids[name]}, none))
	}
	step(h.orders.Accept(h.ctx(name), o.ID, none))
	if h.stored(o).Mode == workorder.Remote {
		step(h.orders.Convert(h.ctx(name), o.ID, "", none))
	}
	step(h.orders.Arrive(h.ctx(name), o.ID, "", none))
	step(h.orders.Finish(h.ctx(name), o.ID, workorder.Work{Cause: "线松", Remedy: "插紧"}, none))
}

func code(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return fmt.Sprint(err)
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Field + ":" + f.Fields[0].Code
	}
	return f.Code
}

// dispatches returns the events that gave the order to somebody.
func (h *house) dispatches(o workorder.Order) (out []workorder.Event) {
	h.t.Helper()
	list, err := h.orders.Timeline(h.system(), o.ID)
	h.must(err)
	for _, e := range list {
		if e.Kind == workorder.KindDispatch {
			out = append(out, e)
		}
	}
	return out
}

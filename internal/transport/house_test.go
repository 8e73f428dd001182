package transport_test

import (
	"context"
	"database/sql"
	"log/slog"
	"testing"
	"time"

	"wardline/internal/asset"
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
	"wardline/internal/transport"
	"wardline/internal/workorder"
)

// house is a hospital with a ward, a laboratory, one team of porters and the starter
// catalogue. Between any two places the way takes five minutes.
type house struct {
	t          *testing.T
	db         *db.DB
	clock      *clock.Manual
	people     *identity.Service
	org        *org.Service
	items      *catalog.Service
	orders     *workorder.Service
	assets     *asset.Service
	moves      *transport.Service
	trail      *audit.Trail
	team       string
	dep, other string // departments
	ward, lab  string // places
	item       map[string]string
	a, b       string // porters
	nurse      string
}

// files takes every attachment.
type files struct{}

func (files) Link(context.Context, *db.Tx, []string, string, string, string) error { return nil }

type things struct{}

func (things) Thing(context.Context, *db.Tx, string) (workorder.Thing, error) {
	return workorder.Thing{}, sql.ErrNoRows
}

// Resolve takes the id of a place for its code.
func (things) Resolve(_ context.Context, _ *db.Tx, code string) (workorder.Found, error) {
	return workorder.Found{PlaceID: code}, nil
}

var begin = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC).UnixMilli() // a Monday

func each(t *testing.T, f func(t *testing.T, h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := replica(t, d, clock.NewManual(begin))
		ctx := h.system()
		must(t, h.people.EnsureBuiltin(ctx))
		campus := got(h.org.SaveCampus(ctx, "", org.CampusInput{Name: "本部"}))(t)
		h.dep = got(h.org.SaveDepartment(ctx, "", org.DepartmentInput{Name: "内科", CampusID: campus.ID, Kind: "clinical"}))(t).ID
		h.other = got(h.org.SaveDepartment(ctx, "", org.DepartmentInput{Name: "外科", CampusID: campus.ID, Kind: "clinical"}))(t).ID
		h.ward = got(h.org.SavePlace(ctx, "", org.PlaceInput{Name: "内科病区", CampusID: campus.ID, Kind: org.Room, DepartmentID: h.dep}))(t).ID
		h.lab = got(h.org.SavePlace(ctx, "", org.PlaceInput{Name: "检验科", CampusID: campus.ID, Kind: org.Room, DepartmentID: h.other}))(t).ID
		h.team = got(h.org.SaveTeam(ctx, "", org.TeamInput{Name: "运送中心", Kind: "transport", Pool: true}))(t).ID
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			if err := h.items.Seed(ctx, tx, map[string]string{"运送中心": h.team}); err != nil {
				return err
			}
			for _, code := range []string{"TP01", "TP02", "TS01", "TS03", "TD01", "TD04", "HW02"} {
				it, err := h.items.ByCode(ctx, tx, code)
				if err != nil {
					return err
				}
				h.item[code] = it.ID
			}
			porters := []identity.GrantSpec{{RoleID: "engineer", ScopeKind: identity.ScopeTeam}}
			ids, err := h.people.Import(ctx, tx, []identity.NewPerson{
				{Grants: porters, Teams: []identity.Membership{{TeamID: h.team}}, Facts: identity.Facts{Name: "赵运", Login: "zhao", StaffNo: "Y001"}},
				{Grants: porters, Teams: []identity.Membership{{TeamID: h.team}}, Facts: identity.Facts{Name: "钱送", Login: "qian", StaffNo: "Y002"}},
				{Grants: []identity.GrantSpec{{RoleID: "reporter", ScopeKind: identity.ScopeDepartment}}, Facts: identity.Facts{Name: "李护士", Login: "li", StaffNo: "N100", DepartmentID: h.dep}},
			})
			if err == nil {
				h.a, h.b, h.nurse = ids[0], ids[1], ids[2]
			}
			return err
		}))
		f(t, h)
	})
}

// replica is one more program on the database.
func replica(t *testing.T, d *db.DB, c *clock.Manual) *house {
	t.Helper()
	h := &house{t: t, db: d, clock: c, item: map[string]string{}, trail: audit.New(d, c)}
	log := slog.New(slog.DiscardHandler)
	h.people = identity.New(identity.Deps{DB: d, Clock: c, Trail: h.trail, Logger: log})
	h.org = org.New(org.Deps{DB: d, Clock: c, Trail: h.trail})
	h.items = catalog.New(catalog.Deps{DB: d, Trail: h.trail, Clock: c})
	clocks := sla.NewService(sla.Deps{DB: d, Clock: c, Zone: time.UTC, Trail: h.trail})
	h.orders = workorder.New(workorder.Deps{DB: d, Clock: c, Zone: time.UTC, Trail: h.trail, Events: event.New(d, db.NewBell(d, log), c), Org: h.org,
		Catalog: h.items, Assets: things{}, Files: files{}, People: h.people, Clocks: clocks, LinkKey: []byte("0123456789abcdef0123456789abcdef"), Logger: log})
	h.assets = asset.New(asset.Deps{DB: d, Clock: c, Trail: h.trail, Org: h.org, Key: []byte("0123456789abcdef0123456789abcdef"), BaseURL: "http://h"})
	h.moves = transport.New(transport.Deps{DB: d, Clock: c, Trail: h.trail, Org: h.org, Orders: h.orders, Assets: h.assets, Key: []byte("wristbands"),
		Way: func(_ context.Context, _ *db.Tx, from, to string) (int64, bool, error) {
			if from == to {
				return 0, true, nil
			}
			return 300, true, nil
		},
		Staff: func(ctx context.Context, tx *db.Tx, no string) (workorder.Worker, error) {
			found, err := h.people.FindByStaffNo(ctx, tx, []string{no})
			for _, id := range found {
				p, err := h.people.PersonIn(ctx, tx, id)
				if err != nil {
					return workorder.Worker{}, err
				}
				return workorder.Worker{ID: p.ID, Name: p.Name}, nil
			}
			if err == nil {
				err = fault.Missing()
			}
			return workorder.Worker{}, err
		},
		Reasons: func(ctx context.Context, tx *db.Tx) (func(string) bool, error) {
			book, err := clocks.Book(ctx, tx)
			return func(code string) bool { _, ok := book.Reason(code); return ok }, err
		}})
	h.orders.Reported, h.orders.Guard = h.moves.Reported, h.moves.Guard
	return h
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

func second[T any](_ T, err error) error { return err }

func (h *house) system() context.Context {
	return identity.With(h.t.Context(), identity.System("test"))
}

// as is a person with the rights of a porter in the team, or of a reporter in the ward.
func (h *house) as(personID string) context.Context {
	base := identity.Actor{PersonID: personID, Name: map[string]string{h.a: "赵运", h.b: "钱送", h.nurse: "李护士"}[personID]}
	role, kind, ids := "engineer", identity.ScopeTeam, []string{h.team}
	if personID == h.nurse {
		role, kind, ids = "reporter", identity.ScopeDepartment, []string{h.dep}
		base.Department = h.dep
	} else {
		base.Teams = []string{h.team}
	}
	for _, r := range identity.BuiltinRoles() {
		if r.ID == role {
			return identity.With(h.t.Context(), identity.NewActor(base, []identity.Grant{{Permissions: r.Permissions, Kind: kind, IDs: ids}}, nil))
		}
	}
	h.t.Fatal("no role " + role)
	return nil
}

// ask requests a move as the nurse.
func (h *house) ask(code string, form map[string]any, patient *transport.Patient, codes ...string) workorder.View {
	h.t.Helper()
	if _, ok := form["to"]; !ok && (code == "TP01" || code == "TS01") {
		form["to"] = h.lab
	}
	made, err := h.moves.Request(h.as(h.nurse), transport.Request{Patient: patient, Codes: codes,
		Report: workorder.Report{ItemID: h.item[code], PlaceID: h.ward, Form: form}}, workorder.Meta{})
	must(h.t, err)
	if made.Order == nil {
		h.t.Fatalf("no order but %+v", made.Booking)
	}
	return *made.Order
}

// give dispatches an order to a porter, who accepts it.
func (h *house) give(orderID, porter string) {
	h.t.Helper()
	must(h.t, second(h.orders.Dispatch(h.system(), orderID, workorder.Assignment{TeamID: h.team, AssigneeID: porter}, workorder.Meta{})))
	must(h.t, second(h.orders.Accept(h.as(porter), orderID, workorder.Meta{})))
}

// refused wants a fault of the code, as a whole or of a field.
func refused(t *testing.T, err error, code string) {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok {
		t.Fatalf("%v, want %s", err, code)
	}
	if f.Code == code {
		return
	}
	for _, x := range f.Fields {
		if x.Code == code {
			return
		}
	}
	t.Fatalf("%v, want %s", err, code)
}

func trip() map[string]any { return map[string]any{"bed": "12", "travel": "wheelchair"} }

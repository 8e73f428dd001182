package org_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

// kit is a service on a database, with identity beside it.
type kit struct {
	*org.Service
	t       *testing.T
	db      *db.DB
	clock   *clock.Manual
	people  *identity.Service
	changed []string        // kind:id
	named   map[string]bool // ids that others name
}

func each(t *testing.T, f func(t *testing.T, k *kit)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, newKit(t, d)) })
}

func newKit(t *testing.T, d *db.DB) *kit {
	t.Helper()
	k := replica(t, d)
	if err := k.people.EnsureBuiltin(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.employ("zhang", "张三", "A001")
	k.employ("li", "李四", "A002")
	k.employ("nobody", "王五", "")
	return k
}

// replica is one more program on the database.
func replica(t *testing.T, d *db.DB) *kit {
	t.Helper()
	k := &kit{t: t, db: d, clock: clock.NewManual(1_800_000_000_000), named: map[string]bool{}}
	k.people = identity.New(identity.Deps{DB: d, Clock: k.clock, Trail: audit.New(d, k.clock),
		Below: func(ctx context.Context, id string) ([]string, error) { return k.Below(ctx, id) },
		Exists: func(ctx context.Context, tx *db.Tx, kind identity.ScopeKind, id string) (bool, error) {
			return k.Exists(ctx, tx, kind, id)
		}})
	k.Service = org.New(org.Deps{DB: d, Clock: k.clock, Trail: audit.New(d, k.clock),
		Changed: func(_ context.Context, _ *db.Tx, kind org.Kind, id string) error {
			k.changed = append(k.changed, string(kind)+":"+id)
			return nil
		},
		Referenced:    func(_ context.Context, _ *db.Tx, _ org.Kind, id string) (bool, error) { return k.named[id], nil },
		StaffNumbers:  k.staffNumbers,
		ByStaffNumber: k.people.FindByStaffNo,
		Members: func(ctx context.Context, tx *db.Tx, team string) (ids []string, err error) {
			list, err := k.people.TeamMembers(ctx, tx, team)
			for _, m := range list {
				ids = append(ids, m.ID)
			}
			return ids, err
		},
		ImportPeople: &org.People{Create: k.people.CreateIn, Get: k.people.PersonIn,
			List: func(ctx context.Context, cursor string) ([]identity.Person, string, error) {
				return k.people.List(ctx, identity.PeopleFilter{Active: new(true)}, 2, cursor)
			}}})
	return k
}

func (k *kit) staffNumbers(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		p, err := k.people.PersonIn(ctx, tx, id)
		if fault.CodeOf(db.Wrap(err)) == "not_found" {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[id] = p.StaffNo
	}
	return out, nil
}

// employ adds a person with a known id.
func (k *kit) employ(id, name, staffNo string, teams ...string) {
	k.t.Helper()
	p := identity.NewPerson{ID: id, Facts: identity.Facts{Name: name, StaffNo: staffNo}}
	for _, team := range teams {
		p.Teams = append(p.Teams, identity.Membership{TeamID: team})
	}
	ctx := identity.With(context.Background(), identity.System("test"))
	err := k.db.Write(ctx, func(tx *db.Tx) error { _, err := k.people.Import(ctx, tx, []identity.NewPerson{p}); return err })
	if err != nil {
		k.t.Fatal(err)
	}
}

// as returns a context whose actor holds permissions within a scope.
func as(person string, kind identity.ScopeKind, ids []string, permissions ...identity.Permission) context.Context {
	return identity.With(context.Background(), identity.NewActor(identity.Actor{PersonID: person, Name: person},
		[]identity.Grant{{Permissions: permissions, Kind: kind, IDs: ids}}, nil))
}

// admin may do everything everywhere.
func admin() context.Context {
	return as("admin", identity.ScopeAll, nil, identity.OrgRead, identity.OrgWrite, identity.PersonRead, identity.PersonWrite)
}

func (k *kit) campus(name string) org.Campus {
	k.t.Helper()
	return must(k.SaveCampus(admin(), "", org.CampusInput{Name: name}))(k.t)
}

func (k *kit) place(parent, campus string, kind org.PlaceKind, name string, more ...func(*org.PlaceInput)) org.Place {
	k.t.Helper()
	in := org.PlaceInput{CampusID: campus, ParentID: parent, Kind: kind, Name: name}
	for _, f := range more {
		f(&in)
	}
	return must(k.SavePlace(admin(), "", in))(k.t)
}

func (k *kit) department(parent, campus, name string, more ...func(*org.DepartmentInput)) org.Department {
	k.t.Helper()
	in := org.DepartmentInput{CampusID: campus, ParentID: parent, Name: name, Kind: "clinical"}
	for _, f := range more {
		f(&in)
	}
	return must(k.SaveDepartment(admin(), "", in))(k.t)
}

func (k *kit) team(name string) org.Team {
	k.t.Helper()
	return must(k.SaveTeam(admin(), "", org.TeamInput{Name: name, Kind: "it"}))(k.t)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func code(c string) func(*org.PlaceInput) { return func(in *org.PlaceInput) { in.Code = c } }

func owned(department string) func(*org.PlaceInput) {
	return func(in *org.PlaceInput) { in.DepartmentID = department }
}

// read runs f in a reading transaction.
func (k *kit) read(f func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.db.Read(context.Background(), f); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) get(id string) org.Place {
	k.t.Helper()
	return must(k.GetPlace(admin(), id))(k.t)
}

// edit is the input that leaves a place as it is.
func edit(p org.Place) org.PlaceInput {
	return org.PlaceInput{Edit: org.Edit{Version: p.Version}, CampusID: p.CampusID, ParentID: p.ParentID, Kind: p.Kind, Code: p.Code, Name: p.Name,
		DepartmentID: p.OwnDepartmentID, Class: p.OwnClass, Level: p.Level, X: p.X, Y: p.Y, PublicReport: p.PublicReport}
}

// wants checks that an error is a fault: "code" alone, or "field:code" for a field.
func wants(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Fatalf("got %v, want none", err)
		}
		return
	}
	f, ok := fault.Of(db.Wrap(err))
	if !ok {
		t.Fatalf("got %v, want the fault %s", err, want)
	}
	if f.Code == want {
		return
	}
	for _, ff := range f.Fields {
		if ff.Field+":"+ff.Code == want {
			return
		}
	}
	t.Fatalf("got %v, want %s", err, want)
}

func names[T any](list []T, name func(T) string) string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, name(x))
	}
	return strings.Join(out, " ")
}

func placeName(p org.Place) string { return p.Name }

// rows counts the rows of every table of the directory.
func (k *kit) rows() string {
	var out []string
	k.read(func(tx *db.Tx) error {
		for _, table := range []string{"campus", "place", "department", "vendor", "team", "skill", "person_skill", "extension", "duty", "audit_entry", "person", "person_team"} {
			n, err := db.One[int64](context.Background(), tx, "SELECT count(*) FROM "+table)
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprintf("%s=%d", table, n))
		}
		v, err := db.One[int64](context.Background(), tx, "SELECT coalesce(sum(version), 0) FROM place")
		out = append(out, fmt.Sprintf("versions=%d", v))
		return err
	})
	return strings.Join(out, " ")
}

var auditFilter = audit.Filter{}

func (k *kit) trail(*testing.T) *audit.Trail { return audit.New(k.db, k.clock) }

func must2[T, U any](v T, _ U, err error) func(testing.TB) T { return must(v, err) }

func freshDB(t *testing.T, engine db.Engine) *db.DB { return dbtest.Open(t, engine) }

// cells returns the content of a file, one line for each row.
func cells(t *testing.T, file []byte) string {
	t.Helper()
	r, err := table.Open(t.Context(), bytes.NewReader(file), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var out []string
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(out, "\n")
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Join(row.Cells, "|"))
	}
}

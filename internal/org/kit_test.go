package org_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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

// kit is a service on a database, with people it may ask about.
type kit struct {
	*org.Service
	t       *testing.T
	db      *db.DB
	clock   *clock.Manual
	changed []string            // kind:id
	staff   map[string]string   // person → staff number
	members map[string][]string // team → people
	named   map[string]bool     // ids that others name
}

func each(t *testing.T, f func(t *testing.T, k *kit)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, newKit(t, d)) })
}

func newKit(t *testing.T, d *db.DB) *kit {
	k := &kit{t: t, db: d, clock: clock.NewManual(1_800_000_000_000), staff: map[string]string{"zhang": "A001", "li": "A002", "nobody": ""},
		members: map[string][]string{}, named: map[string]bool{}}
	k.Service = org.New(org.Deps{DB: d, Clock: k.clock, Trail: audit.New(d, k.clock),
		Changed: func(_ context.Context, _ *db.Tx, kind org.Kind, id string) error {
			k.changed = append(k.changed, string(kind)+":"+id)
			return nil
		},
		Referenced: func(_ context.Context, _ *db.Tx, _ org.Kind, id string) (bool, error) { return k.named[id], nil },
		StaffNumbers: func(_ context.Context, _ *db.Tx, ids []string) (map[string]string, error) {
			out := map[string]string{}
			for _, id := range ids {
				if no, ok := k.staff[id]; ok {
					out[id] = no
				}
			}
			return out, nil
		},
		ByStaffNumber: func(_ context.Context, _ *db.Tx, numbers []string) (map[string]string, error) {
			out := map[string]string{}
			for id, no := range k.staff {
				if slices.Contains(numbers, no) {
					out[no] = id
				}
			}
			return out, nil
		},
		Members: func(_ context.Context, _ *db.Tx, team string) ([]string, error) { return k.members[team], nil },
	})
	return k
}

// as returns a context whose actor holds permissions within a scope.
func as(person string, kind identity.ScopeKind, ids []string, permissions ...identity.Permission) context.Context {
	return identity.With(context.Background(), identity.NewActor(identity.Actor{PersonID: person, Name: person},
		[]identity.Grant{{Permissions: permissions, Kind: kind, IDs: ids}}, nil))
}

// admin may do everything everywhere.
func admin() context.Context {
	return as("admin", identity.ScopeAll, nil, identity.OrgRead, identity.OrgWrite)
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
		for _, table := range []string{"campus", "place", "department", "vendor", "team", "skill", "person_skill", "extension", "duty", "audit_entry"} {
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

package org

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"sync"
	"time"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Deps are what the service works with.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Trail *audit.Trail
	// Zone is the hospital's, by whose clock shifts begin and end. Nil is UTC.
	Zone *time.Location
	// Changed tells within the transaction that a thing has changed. When a tree row
	// moves or is renamed it is called for that row only, and what lies below has new
	// full names too. Of what a bulk load or an import has added it is called once,
	// with an empty id, for each kind. Nil tells nobody.
	Changed func(ctx context.Context, tx *db.Tx, kind Kind, id string) error
	// Referenced tells whether anything outside this package names the thing. Nil
	// means that it may be so: then things are made inactive and never deleted.
	Referenced func(ctx context.Context, tx *db.Tx, kind Kind, id string) (bool, error)
	// StaffNumbers returns the staff number, maybe "", of each of the people that
	// exist. Nil believes every id of a person.
	StaffNumbers func(ctx context.Context, tx *db.Tx, personIDs []string) (map[string]string, error)
	// ByStaffNumber returns the ids of active people by staff number. Nil knows none.
	ByStaffNumber func(ctx context.Context, tx *db.Tx, numbers []string) (map[string]string, error)
	// MayName tells whether the actor may know of a person, and so of their skills. Nil
	// tells everyone who sees the directory.
	MayName func(ctx context.Context, tx *db.Tx, personID string) (bool, error)
	// Members returns the active people of a team. Nil knows none.
	Members func(ctx context.Context, tx *db.Tx, teamID string) ([]string, error)
	// ImportPeople is how people are imported and exported, who are identity's. Nil
	// offers no import of people.
	ImportPeople *People
}

// People is what the import of people needs of identity. Each function decides what
// the context's actor may do.
type People struct {
	// Create adds a person.
	Create func(ctx context.Context, tx *db.Tx, f identity.Facts, teams []identity.Membership) (*identity.Person, error)
	// Get returns a person to the program itself.
	Get func(ctx context.Context, tx *db.Tx, personID string) (*identity.Person, error)
	// List returns a page of the active people that the actor may see, and the next
	// cursor. It is called outside any transaction.
	List func(ctx context.Context, cursor string) ([]identity.Person, string, error)
}

// Service keeps the directory. It is safe for concurrent use.
type Service struct {
	deps Deps

	mu    sync.Mutex
	below *departmentCache
	kept  kept
}

// New returns the service.
func New(d Deps) *Service { return &Service{deps: d} }

func (s *Service) now() int64 { return s.deps.Clock.Now() }

func (s *Service) zone() *time.Location {
	if s.deps.Zone == nil {
		return time.UTC
	}
	return s.deps.Zone
}

// see lets pass who may look into the directory.
func see(ctx context.Context) error { return identity.Of(ctx).Need(identity.OrgRead) }

// mayWrite returns the question whether the actor may change a thing.
func mayWrite(a *identity.Actor) func(identity.Keys) error {
	return func(k identity.Keys) error {
		if !a.May(identity.OrgWrite, k) {
			return fault.Denied()
		}
		return nil
	}
}

// change runs f as the only one who changes the directory, with an empty book.
func (s *Service) change(ctx context.Context, f func(tx *db.Tx, b *book) error) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrgWrite); err != nil {
		return err
	}
	return s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		if err := takeStamp(ctx, tx, rand.Int64()); err != nil {
			return err
		}
		return f(tx, newBook(s.now(), mayWrite(actor)))
	})
}

// record writes down what was done and tells that the thing has changed.
func (s *Service) record(ctx context.Context, tx *db.Tx, act string, kind Kind, id string, detail map[string]any) error {
	err := s.deps.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "org."+string(kind)+"."+act, string(kind), id, detail)
	if err != nil || s.deps.Changed == nil {
		return err
	}
	return s.deps.Changed(ctx, tx, kind, id)
}

// saved writes the book and records the change of one thing, if there is any.
func saved[T any, P thing[T]](ctx context.Context, s *Service, tx *db.Tx, b *book, kind Kind, shelf *shelf[T, P], p P) error {
	id := p.head().ID
	was, old := shelf.was[id]
	if old && reflect.DeepEqual(was, *p) || !shelf.touched[id] {
		return nil
	}
	if err := writeBook(ctx, tx, b); err != nil {
		return err
	}
	if !old {
		return s.record(ctx, tx, "add", kind, id, differences(nil, p))
	}
	return s.record(ctx, tx, "save", kind, id, differences(&was, p))
}

// differences lists the fields of two things that are told to clients and differ,
// each with both values.
func differences(was, now any) map[string]any {
	from, to := fieldsOf(was), fieldsOf(now)
	out := map[string]any{}
	for k, v := range to {
		if !reflect.DeepEqual(from[k], v) {
			out[k] = []any{from[k], v}
		}
	}
	for k, v := range from {
		if _, ok := to[k]; !ok {
			out[k] = []any{v, nil}
		}
	}
	for _, k := range []string{"id", "version", "createdAt", "updatedAt", "ancestry"} {
		delete(out, k)
	}
	return out
}

func fieldsOf(v any) map[string]any {
	out := map[string]any{}
	if v == nil {
		return out
	}
	raw, err := json.Marshal(v)
	if err == nil {
		_ = json.Unmarshal(raw, &out)
	}
	return out
}

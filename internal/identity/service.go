package identity

import (
	"context"
	"log/slog"

	"wardline/internal/audit"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
)

// Deps are what the service works with.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Trail  *audit.Trail
	Logger *slog.Logger
	// BaseURL is where browsers reach the program; https makes cookies Secure even
	// when a proxy in front ends TLS.
	BaseURL string
	// Key encrypts the secrets of second factors in the database, 32 bytes. With
	// another key they are void. Nil stores them as they are.
	Key []byte
	// Events is told what changed. Nil tells nobody.
	Events *event.Log
	// Below returns the departments below a department. It is called outside any
	// transaction. Nil means that there are none.
	Below func(ctx context.Context, departmentID string) ([]string, error)
	// Exists tells whether a campus, department, team or vendor may be named. Nil
	// allows every id.
	Exists func(ctx context.Context, tx *db.Tx, kind ScopeKind, id string) (bool, error)
}

// Service signs people in and keeps who may do what.
type Service struct {
	deps   Deps
	hasher *hasher
	actors *actorCache
}

// New returns the service; EnsureBuiltin must run before anyone signs in.
func New(d Deps) *Service {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{deps: d, hasher: newHasher(), actors: newActorCache()}
}

func (s *Service) now() int64 { return s.deps.Clock.Now() }

func (s *Service) read(ctx context.Context, f func(tx *db.Tx) error) error {
	return s.deps.DB.Read(ctx, f)
}

func (s *Service) write(ctx context.Context, f func(tx *db.Tx) error) error {
	return s.deps.DB.Write(ctx, f)
}

// record writes down what the actor did to a person, role, session or token.
func (s *Service) record(ctx context.Context, tx *db.Tx, a *Actor, action, subject, id string, detail map[string]any) error {
	return s.deps.Trail.Record(ctx, tx, a.Who(), "identity."+action, subject, id, detail)
}

// Topics of the events out; the subject is the person's or role's id.
const (
	PersonTopic = "identity.person" // facts, teams, grants or activity; no subject after an import
	RoleTopic   = "identity.role"   // permissions or name
)

// changed tells that a person, their teams, grants or activity have changed.
func (s *Service) changed(ctx context.Context, tx *db.Tx, p *Person) error {
	return s.tell(ctx, tx, PersonTopic, p.ID, p.Keys())
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, topic, subject string, audience Keys) error {
	if s.deps.Events == nil {
		return nil
	}
	return s.deps.Events.Append(ctx, tx, event.Event{Topic: topic, Subject: subject, Audience: audience})
}

// references blames the fields that name a campus, department, team or vendor
// that does not exist.
func (s *Service) references(ctx context.Context, tx *db.Tx, refs []reference) error {
	if s.deps.Exists == nil {
		return nil
	}
	var bad fault.Fields
	for _, r := range refs {
		if r.id == "" {
			continue
		}
		ok, err := s.deps.Exists(ctx, tx, r.kind, r.id)
		if err != nil {
			return err
		}
		if !ok {
			bad.Add(r.field, "unknown_reference")
		}
	}
	return bad.Err()
}

type reference struct {
	field string
	kind  ScopeKind
	id    string
}

func factReferences(f Facts) []reference {
	return []reference{{"campusId", ScopeCampus, f.CampusID}, {"departmentId", ScopeDepartment, f.DepartmentID}, {"vendorId", ScopeVendor, f.VendorID}}
}

func teamReferences(teams []Membership) []reference {
	out := make([]reference, 0, len(teams))
	for _, t := range teams {
		out = append(out, reference{"teams", ScopeTeam, t.TeamID})
	}
	return out
}

func stale() error { return fault.New(fault.Conflict, "conflict") }

package catalog

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Deps is what the service needs.
type Deps struct {
	DB    *db.DB
	Trail *audit.Trail
	Clock clock.Clock
	// TeamExists tells whether orders may be given to a team. Nil accepts any.
	TeamExists func(ctx context.Context, tx *db.Tx, teamID string) (bool, error)
}

// Service is the catalogue. It is safe for concurrent use; what it keeps in memory
// are only committed versions and the snapshot of a committed revision.
type Service struct {
	Deps

	versions sync.Map // versionKey → Item

	mu   sync.Mutex
	last *snapshot
}

type versionKey struct {
	id      string
	version int64
}

// New returns the service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Current returns the version in force of an item that is offered, for making an
// order. One that is unknown or not offered is a fault about itemId.
func (s *Service) Current(ctx context.Context, tx *db.Tx, itemID string) (Item, error) {
	o, err := loadOffer(ctx, tx, itemID)
	if errors.Is(err, sql.ErrNoRows) {
		return Item{}, fault.Field("itemId", "unknown_reference")
	}
	if err != nil {
		return Item{}, err
	}
	if !o.Offered {
		return Item{}, fault.Field("itemId", "catalog.not_offered")
	}
	return s.version(ctx, tx, itemID, o.Code, o.Published)
}

// At returns one version of an item, whether it is still offered or not.
func (s *Service) At(ctx context.Context, tx *db.Tx, itemID string, version int64) (Item, error) {
	if it, ok := s.versions.Load(versionKey{itemID, version}); ok {
		return it.(Item), nil
	}
	o, err := loadOffer(ctx, tx, itemID)
	if err != nil {
		return Item{}, err
	}
	return s.version(ctx, tx, itemID, o.Code, version)
}

// ByCode returns the version in force of the item with this code, offered or not,
// for imports and seeds.
func (s *Service) ByCode(ctx context.Context, tx *db.Tx, code string) (Item, error) {
	id, err := codeID(ctx, tx, code)
	if err != nil {
		return Item{}, err
	}
	o, err := loadOffer(ctx, tx, id)
	if err != nil {
		return Item{}, err
	}
	return s.version(ctx, tx, id, code, o.Published)
}

func (s *Service) version(ctx context.Context, tx *db.Tx, id, code string, version int64) (Item, error) {
	k := versionKey{id, version}
	if it, ok := s.versions.Load(k); ok {
		return it.(Item), nil
	}
	v, err := loadVersion(ctx, tx, id, version)
	if err != nil {
		return Item{}, err
	}
	it := Item{ID: id, Code: code, Version: version, PublishedAt: v.PublishedAt, Content: v.Content}
	// A version made in this very transaction exists for others only once it is committed.
	tx.After(func() { s.versions.Store(k, it) })
	return it, nil
}

// mayEdit lets pass who holds the permission in the whole hospital.
func mayEdit(a *identity.Actor) error {
	if err := a.Need(identity.CatalogWrite); err != nil {
		return err
	}
	if !a.Scope(identity.CatalogWrite).All() {
		return fault.Denied()
	}
	return nil
}

// face is how much of the catalogue someone is shown.
type face int

const (
	facePublic face = iota // public items only
	faceStaff              // what is offered
	faceEditor             // also what is inactive or not yet published
)

// faceOf returns the face of an actor; editing is asked for, not assumed. Whoever may
// not read the catalogue still sees of it what everybody does.
func faceOf(a *identity.Actor, editing bool) (face, error) {
	switch {
	case editing:
		return faceEditor, mayEdit(a)
	case !a.Can(identity.CatalogRead):
		return facePublic, nil
	}
	return faceStaff, nil
}

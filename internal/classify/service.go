package classify

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"wardline/internal/audit"
	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// Deps are what the service works with.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Zone    *time.Location // the hospital's
	Trail   *audit.Trail
	Jobs    *jobs.Queue
	Logger  *slog.Logger
	Orders  *workorder.Service
	Catalog *catalog.Service
	Org     *org.Service
}

// Service suggests, learns and keeps what it suggests by. It is safe for concurrent use.
type Service struct {
	Deps
	kept   atomic.Pointer[settings]
	mind   atomic.Pointer[brain]
	learn  sync.Mutex // one model is made at a time
	looked looked
}

// New returns the service.
func New(d Deps) *Service { return &Service{Deps: d} }

// freshness is how long, in milliseconds, what another replica changed may go unnoticed.
const freshness = 2 * clock.Second

// settings are what administrators set, as they stood at a stamp. Never changed.
type settings struct {
	state stateRow
	words []Word
	rules []PolicyRule
	seen  int64 // when the stamp was last looked at
}

// settings returns what administrators set, from memory where that is fresh. tx may
// belong to any command: at most it reads one row every two seconds.
func (s *Service) settings(ctx context.Context, tx *db.Tx) (*settings, error) {
	kept, now := s.kept.Load(), s.Clock.Now()
	if kept != nil && now-kept.seen < freshness {
		return kept, nil
	}
	state, err := readState(ctx, tx)
	if err != nil {
		return nil, err
	}
	next := &settings{state: state, seen: now}
	if kept != nil && kept.state.Stamp == state.Stamp {
		next.words, next.rules = kept.words, kept.rules
	} else {
		if next.words, err = listWords(ctx, tx); err != nil {
			return nil, err
		}
		if next.rules, err = listRules(ctx, tx); err != nil {
			return nil, err
		}
	}
	s.kept.Store(next)
	return next, nil
}

// forget makes the next look read anew, once the transaction is committed.
func (s *Service) forget(tx *db.Tx) { tx.After(func() { s.kept.Store(nil) }) }

// Policy says by which rule a new order is tried remotely or visited.
func (s *Service) Policy(ctx context.Context, tx *db.Tx, x workorder.Scene) (workorder.Ruling, bool, error) {
	set, err := s.settings(ctx, tx)
	if err != nil {
		return workorder.Ruling{}, false, err
	}
	r, ok := decide(set.rules, &scene{Scene: x})
	return r, ok, nil
}

// ruling is what the policy says of an order of which more is known than its report.
func (s *Service) ruling(ctx context.Context, x scene) (r workorder.Ruling, ok bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		set, err := s.settings(ctx, tx)
		if err == nil {
			r, ok = decide(set.rules, &x)
		}
		return err
	})
	return r, ok, err
}

// brain is the model in force.
type brain struct {
	versionID string // empty for the one made of the starter vocabulary alone
	revision  int64  // of the catalogue, for that one
	model     *Model
}

// think returns the model in force, made of the starter vocabulary where none was
// trained yet. It must be called outside any transaction.
func (s *Service) think(ctx context.Context, versionID string) (*brain, error) {
	system := identity.With(ctx, identity.System("classify"))
	revision := int64(0)
	if versionID == "" {
		tree, err := s.Catalog.Tree(system, false)
		if err != nil {
			return nil, err
		}
		revision = tree.Revision
	}
	if b := s.mind.Load(); b != nil && b.versionID == versionID && b.revision == revision {
		return b, nil
	}
	s.learn.Lock()
	defer s.learn.Unlock()
	if b := s.mind.Load(); b != nil && b.versionID == versionID && b.revision == revision {
		return b, nil
	}
	b := &brain{versionID: versionID, revision: revision}
	var err error
	if versionID == "" {
		b.model, err = s.untaught(system)
	} else {
		var text string
		err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { text, err = modelOf(ctx, tx, versionID); return err })
		if err == nil {
			b.model, err = decode(text)
		}
	}
	if err != nil {
		return nil, err
	}
	s.mind.Store(b)
	return b, nil
}

// untaught is the model of the starter vocabulary and the catalogue's own words.
func (s *Service) untaught(ctx context.Context) (*Model, error) {
	samples, err := s.vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	p := part(samples)
	tried, err := fit(ctx, p.learn, nil)
	if err != nil {
		return nil, err
	}
	heat := tried.cool(p.balanced())
	m, err := fit(ctx, samples, nil)
	if err == nil {
		m.heat = heat
	}
	return m, err
}

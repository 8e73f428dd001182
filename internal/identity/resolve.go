package identity

import (
	"context"
	"slices"
	"sync"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// actorCache keeps resolved actors. A kept one is served only for the version of
// the person that the database just named, and for a minute at most, because the
// tree of departments has no version.
type actorCache struct {
	mu   sync.Mutex
	kept map[string]keptActor
}

type keptActor struct {
	version int64
	until   int64
	actor   *Actor
}

const (
	actorLife = clock.Minute
	actorsMax = 20_000 // about 1 kB each
)

func newActorCache() *actorCache { return &actorCache{kept: map[string]keptActor{}} }

func (c *actorCache) get(key string, version, now int64) *Actor {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, ok := c.kept[key]; ok && k.version == version && now < k.until {
		return k.actor
	}
	return nil
}

func (c *actorCache) put(key string, version, now int64, a *Actor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= actorsMax {
		clear(c.kept)
	}
	c.kept[key] = keptActor{version, now + actorLife, a}
}

// Forget drops every resolved actor; call it when the tree of departments has changed.
func (s *Service) Forget() {
	s.actors.mu.Lock()
	defer s.actors.mu.Unlock()
	clear(s.actors.kept)
}

// snapshot is a person with what they hold, from one state of the database.
type snapshot struct {
	*account
	holdings []holding
}

func (s *Service) snapshot(ctx context.Context, personID string) (*snapshot, error) {
	var out snapshot
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		if out.account, err = getAccount(ctx, tx, personID, false); err != nil {
			return err
		}
		out.holdings, err = holdingsOf(ctx, tx, personID)
		return err
	})
	return &out, err
}

// base returns the person's part of an actor.
func (p *Person) base() Actor {
	a := Actor{PersonID: p.ID, Name: p.Name, Phone: p.Phone, Campus: p.CampusID, Department: p.DepartmentID, Vendor: p.VendorID}
	for _, m := range p.Teams {
		a.Teams = append(a.Teams, m.TeamID)
		if m.Lead {
			a.Leads = append(a.Leads, m.TeamID)
		}
	}
	return a
}

// resolve turns grants as given into grants over very departments, teams, campuses
// and vendors. It asks for departments below, so it must not run in a transaction.
func (s *Service) resolve(ctx context.Context, p *Person, held []holding) ([]Grant, error) {
	out := make([]Grant, 0, len(held))
	for _, h := range held {
		g := Grant{Permissions: h.Permissions, Kind: h.ScopeKind}
		one := func(own string) []string {
			if h.ScopeID != "" {
				return []string{h.ScopeID}
			}
			return []string{own}
		}
		switch h.ScopeKind {
		case ScopeCampus:
			g.IDs = one(p.CampusID)
		case ScopeVendor:
			g.IDs = one(p.VendorID)
		case ScopeTeam:
			if g.IDs = teamIDs(p.Teams); h.ScopeID != "" {
				g.IDs = []string{h.ScopeID}
			}
		case ScopeDepartment:
			g.IDs = one(p.DepartmentID)
			if s.deps.Below != nil && g.IDs[0] != "" {
				below, err := s.deps.Below(ctx, g.IDs[0])
				if err != nil {
					return nil, err
				}
				g.IDs = slices.Concat(g.IDs, below)
			}
		case ScopeOwn:
			g.IDs = []string{p.ID}
		}
		out = append(out, g)
	}
	return out, nil
}

// power returns what the person may do with these grants.
func (s *Service) power(ctx context.Context, p *Person, held []holding) (power, error) {
	grants, err := s.resolve(ctx, p, held)
	if err != nil {
		return nil, err
	}
	return powerOf(p.base(), grants), nil
}

// actor returns the actor of a person in the given version, from the cache or new.
func (s *Service) actor(ctx context.Context, personID string, version int64) (*Actor, error) {
	if a := s.actors.get(personID, version, s.now()); a != nil {
		return a, nil
	}
	snap, err := s.snapshot(ctx, personID)
	if err != nil {
		return nil, err
	}
	if !snap.Active { // it has just been deactivated
		return nil, fault.Missing()
	}
	grants, err := s.resolve(ctx, &snap.Person, snap.holdings)
	if err != nil {
		return nil, err
	}
	a := NewActor(snap.base(), grants, nil)
	s.actors.put(personID, snap.Version, s.now(), a)
	return a, nil
}

// ActorOf returns a person's actor as it is now: for work done in someone's name
// without a request, and for streams that outlive theirs. Someone who is unknown
// or not active is the "not_found" fault.
func (s *Service) ActorOf(ctx context.Context, personID string) (*Actor, error) {
	var version int64
	err := s.read(ctx, func(tx *db.Tx) (err error) { version, err = activeVersion(ctx, tx, personID); return err })
	if err != nil {
		return nil, err
	}
	return s.actor(ctx, personID, version)
}

// narrow returns the actor limited to some of the permissions, acting through a token.
func (a *Actor) narrow(token string, only []Permission) *Actor {
	b := *a
	b.Token = token
	b.scopes = map[Permission]Scope{}
	for _, p := range only {
		if s, ok := a.scopes[p]; ok {
			b.scopes[p] = s
		}
	}
	return &b
}

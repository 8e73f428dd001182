package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// cleanGrants drops repeated grants and blames those that cannot be.
func cleanGrants(in []GrantSpec) ([]GrantSpec, error) {
	var bad fault.Fields
	out := make([]GrantSpec, 0, len(in))
	for i, g := range in {
		field := fmt.Sprintf("grants[%d].", i)
		g.ScopeID = strings.TrimSpace(g.ScopeID)
		switch g.ScopeKind {
		case ScopeAll, ScopeOwn:
			if g.ScopeID != "" {
				bad.Add(field+"scopeId", "identity.scope_own")
			}
		case ScopeCampus, ScopeDepartment, ScopeTeam, ScopeVendor:
			if len(g.ScopeID) > 64 || !printable(g.ScopeID) {
				bad.Add(field+"scopeId", "bad_format")
			}
		default:
			bad.Add(field+"scopeKind", "bad_value")
		}
		if g.RoleID == "" || len(g.RoleID) > 64 || !printable(g.RoleID) {
			bad.Add(field+"roleId", "unknown_reference")
		}
		if !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	if len(out) > maxGrants {
		bad.Add("grants", "too_many_items", "max", maxGrants)
	}
	return out, bad.Err()
}

// SetGrants replaces the roles of a person in the given version. Neither what the
// person gains nor what the person loses may be beyond what the actor holds.
func (s *Service) SetGrants(ctx context.Context, personID string, version int64, specs []GrantSpec) (*Person, error) {
	actor := Of(ctx)
	specs, err := cleanGrants(specs)
	if err != nil {
		return nil, err
	}
	snap, err := s.snapshot(ctx, personID)
	if err != nil {
		return nil, err
	}
	if err := actor.NeedFor(RoleWrite, PersonRead, snap.Keys()); err != nil {
		return nil, err
	}
	if snap.Version != version {
		return nil, stale()
	}
	var roles map[string]*Role
	if err := s.read(ctx, func(tx *db.Tx) (err error) { roles, err = lockRoles(ctx, tx, specs, false); return err }); err != nil {
		return nil, err
	}
	if err := s.judgeGrants(ctx, actor, snap, specs, roles); err != nil {
		return nil, err
	}
	var out *Person
	err = s.write(ctx, func(tx *db.Tx) error {
		a, err := s.locked(ctx, tx, personID, version)
		if err != nil {
			return err
		}
		if err := s.storeGrants(ctx, tx, a, specs, roles); err != nil {
			return err
		}
		out = &a.Person
		return s.changed(ctx, tx, out)
	})
	return out, err
}

// judgeGrants holds every grant that is added or taken away against what the actor
// holds, each by itself: one that changes nothing today may do so tomorrow.
func (s *Service) judgeGrants(ctx context.Context, actor *Actor, snap *snapshot, specs []GrantSpec, roles map[string]*Role) error {
	var touched []holding
	for i, g := range specs {
		r := roles[g.RoleID]
		if r == nil {
			return fault.Field(fmt.Sprintf("grants[%d].roleId", i), "unknown_reference")
		}
		if !slices.ContainsFunc(snap.holdings, func(o holding) bool { return o.GrantSpec == g }) {
			touched = append(touched, holding{g, r.Permissions})
		}
	}
	for _, o := range snap.holdings {
		if !slices.Contains(specs, o.GrantSpec) {
			touched = append(touched, o)
		}
	}
	change, err := s.power(ctx, &snap.Person, touched)
	if err != nil {
		return err
	}
	if p := actor.refused(change); p != "" {
		return fault.New(fault.Forbidden, "identity.beyond", "permission", string(p))
	}
	return nil
}

func (s *Service) storeGrants(ctx context.Context, tx *db.Tx, a *account, specs []GrantSpec, judged map[string]*Role) error {
	roles, err := lockRoles(ctx, tx, specs, true)
	if err != nil {
		return err
	}
	for roleID, r := range judged {
		if now := roles[roleID]; now == nil || now.Version != r.Version {
			return stale()
		}
	}
	var refs []reference
	for i, g := range specs {
		refs = append(refs, reference{fmt.Sprintf("grants[%d].scopeId", i), g.ScopeKind, g.ScopeID})
	}
	if err := s.references(ctx, tx, refs); err != nil {
		return err
	}
	if !isAdmin(specs) {
		if err := s.keepAdmin(ctx, tx, a.ID); err != nil {
			return err
		}
	}
	before, err := grantsOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	if err := putGrants(ctx, tx, a.ID, specs); err != nil {
		return err
	}
	a.Version, a.UpdatedAt = a.Version+1, s.now()
	if _, err := db.Update(ctx, tx, "person", a); err != nil {
		return err
	}
	return s.record(ctx, tx, Of(ctx), "person.grants", "person", a.ID, map[string]any{"before": before, "after": specs})
}

package identity

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// RoleFacts are what may be edited about a custom role.
type RoleFacts struct {
	NameZh      string       `json:"nameZh" minLength:"1" maxLength:"40"`
	NameEn      string       `json:"nameEn,omitempty" maxLength:"40" doc:"Absent: the same as nameZh"`
	Permissions []Permission `json:"permissions" minItems:"1" maxItems:"100"`
}

// Clean brings the facts to the form in which they are stored, permissions in the
// order of Permissions, and blames every field that cannot be.
func (f *RoleFacts) Clean() error {
	var bad fault.Fields
	f.NameZh, f.NameEn = strings.TrimSpace(f.NameZh), strings.TrimSpace(f.NameEn)
	if f.NameEn == "" {
		f.NameEn = f.NameZh
	}
	for field, v := range map[string]string{"nameZh": f.NameZh, "nameEn": f.NameEn} {
		switch {
		case f.NameZh == "":
			bad.Add(field, "required")
		case utf8.RuneCountInString(v) > 40:
			bad.Add(field, "too_long", "max", 40)
		case !printable(v):
			bad.Add(field, "bad_format")
		}
	}
	var sorted []Permission
	for _, i := range Permissions() {
		if slices.Contains(f.Permissions, i.Permission) {
			sorted = append(sorted, i.Permission)
		}
	}
	switch {
	case len(f.Permissions) == 0:
		bad.Add("permissions", "required")
	case slices.ContainsFunc(f.Permissions, func(p Permission) bool { return !Known(p) }):
		bad.Add("permissions", "bad_value")
	}
	f.Permissions = sorted
	return bad.Err()
}

// Roles lists all roles, the built-in ones first.
func (s *Service) Roles(ctx context.Context) ([]Role, error) {
	if !Of(ctx).SignedIn() {
		return nil, fault.New(fault.Unauthorized, "unauthorized")
	}
	var out []Role
	err := s.read(ctx, func(tx *db.Tx) (err error) { out, err = listRoles(ctx, tx); return err })
	return out, err
}

// mayEditRoles returns a fault unless the actor edits roles everywhere and holds
// the given permissions everywhere: a role can be granted in any scope.
func mayEditRoles(actor *Actor, touched []Permission) error {
	if err := actor.NeedAll(RoleWrite); err != nil {
		return err
	}
	for _, p := range touched {
		if !actor.Scope(p).All() {
			return fault.New(fault.Forbidden, "identity.beyond", "permission", string(p))
		}
	}
	return nil
}

// CreateRole adds a custom role of permissions that the actor holds everywhere.
func (s *Service) CreateRole(ctx context.Context, f RoleFacts) (*Role, error) {
	actor := Of(ctx)
	if err := actor.NeedAll(RoleWrite); err != nil {
		return nil, err
	}
	if err := f.Clean(); err != nil {
		return nil, err
	}
	if err := mayEditRoles(actor, f.Permissions); err != nil {
		return nil, err
	}
	r := &Role{ID: id.New(), NameZh: f.NameZh, NameEn: f.NameEn, Permissions: f.Permissions, Version: 1}
	err := s.write(ctx, func(tx *db.Tx) error {
		if err := db.Insert(ctx, tx, "role", r); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, RoleTopic, r.ID, Keys{Everyone: true}); err != nil {
			return err
		}
		return s.record(ctx, tx, actor, "role.create", "role", r.ID, map[string]any{"name": r.NameZh, "permissions": r.Permissions})
	})
	return r, err
}

// UpdateRole replaces a custom role in the given version. Whoever holds it has the
// new permissions with the next request.
func (s *Service) UpdateRole(ctx context.Context, roleID string, version int64, f RoleFacts) (*Role, error) {
	actor := Of(ctx)
	if err := actor.NeedAll(RoleWrite); err != nil {
		return nil, err
	}
	if err := f.Clean(); err != nil {
		return nil, err
	}
	var r *Role
	err := s.write(ctx, func(tx *db.Tx) (err error) {
		if r, err = customRole(ctx, tx, roleID, version); err != nil {
			return err
		}
		if err := mayEditRoles(actor, differing(r.Permissions, f.Permissions)); err != nil {
			return err
		}
		before := r.Permissions
		r.NameZh, r.NameEn, r.Permissions, r.Version = f.NameZh, f.NameEn, f.Permissions, r.Version+1
		if _, err := db.Update(ctx, tx, "role", r); err != nil {
			return err
		}
		if err := s.holdersChanged(ctx, tx, roleID); err != nil {
			return err
		}
		return s.record(ctx, tx, actor, "role.save", "role", roleID,
			map[string]any{"name": r.NameZh, "before": before, "after": r.Permissions})
	})
	return r, err
}

func differing(a, b []Permission) []Permission {
	var out []Permission
	for _, i := range Permissions() {
		if slices.Contains(a, i.Permission) != slices.Contains(b, i.Permission) {
			out = append(out, i.Permission)
		}
	}
	return out
}

// customRole locks a role that may be changed.
func customRole(ctx context.Context, tx *db.Tx, roleID string, version int64) (*Role, error) {
	r, err := getRole(ctx, tx, roleID, true)
	switch {
	case err != nil:
		return nil, err
	case r.Builtin:
		return nil, fault.New(fault.Conflict, "identity.builtin")
	case r.Version != version:
		return nil, stale()
	}
	return r, nil
}

// holdersChanged raises the versions of all who hold a role, and tells.
func (s *Service) holdersChanged(ctx context.Context, tx *db.Tx, roleID string) error {
	ids, err := holdersOf(ctx, tx, roleID)
	if err != nil {
		return err
	}
	if err := raiseVersions(ctx, tx, s.now(), ids); err != nil {
		return err
	}
	return s.tell(ctx, tx, RoleTopic, roleID, Keys{Everyone: true})
}

// DeleteRole removes a custom role that nobody holds.
func (s *Service) DeleteRole(ctx context.Context, roleID string, version int64) error {
	actor := Of(ctx)
	if err := actor.NeedAll(RoleWrite); err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		r, err := customRole(ctx, tx, roleID, version)
		if err != nil {
			return err
		}
		ids, err := holdersOf(ctx, tx, roleID)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			return fault.New(fault.Conflict, "identity.role_used", "count", len(ids))
		}
		if err := deleteRole(ctx, tx, roleID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, RoleTopic, roleID, Keys{Everyone: true}); err != nil {
			return err
		}
		return s.record(ctx, tx, actor, "role.delete", "role", roleID, map[string]any{"name": r.NameZh})
	})
}

package identity

import (
	"context"
	"slices"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// EnsureBuiltin brings the built-in roles to the state of this program. It is safe
// to run on several replicas at once and at every start.
func (s *Service) EnsureBuiltin(ctx context.Context) error {
	return s.write(ctx, func(tx *db.Tx) error {
		for _, want := range BuiltinRoles() {
			if err := insertRole(ctx, tx, &want); err != nil {
				return err
			}
			have, err := getRole(ctx, tx, want.ID, true)
			if err != nil {
				return err
			}
			if slices.Equal(have.Permissions, want.Permissions) && have.NameZh == want.NameZh && have.NameEn == want.NameEn && have.Builtin {
				continue
			}
			want.Version = have.Version + 1
			if _, err := db.Update(ctx, tx, "role", &want); err != nil {
				return err
			}
			if err := s.holdersChanged(ctx, tx, want.ID); err != nil {
				return err
			}
			if err := s.record(ctx, tx, System("start"), "role.save", "role", want.ID,
				map[string]any{"before": have.Permissions, "after": want.Permissions}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Bootstrap makes the first administrator when no person exists and returns the
// one-time password; "" when there already is someone.
func (s *Service) Bootstrap(ctx context.Context, login string) (string, error) {
	count := func(tx *db.Tx) (n int64, err error) { return countPeople(ctx, tx) }
	var n int64
	if err := s.read(ctx, func(tx *db.Tx) (err error) { n, err = count(tx); return err }); err != nil || n > 0 {
		return "", err
	}
	password := oneTimePassword()
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		if n, err := count(tx); err != nil || n > 0 {
			password = ""
			return err
		}
		_, err := s.Import(With(ctx, System("bootstrap")), tx, []NewPerson{{Facts: Facts{Name: "系统管理员", Login: login},
			PasswordHash: hash, MustChange: true, Grants: []GrantSpec{{RoleID: adminRole, ScopeKind: ScopeAll}}}})
		return err
	})
	if fault.CodeOf(err) == "duplicate" { // another replica was first
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return password, nil
}

// NewPerson is one person of an Import.
type NewPerson struct {
	ID string // "" makes a new one
	Facts
	Teams        []Membership
	Grants       []GrantSpec // nil gives the role reporter in the own scope
	PasswordHash string      // made by HashPassword; "" for someone who cannot sign in yet
	MustChange   bool        // the password must be replaced at the first sign-in
	CreatedAt    int64       // 0 means now
}

// Import adds many people at once, as the program itself or an actor who may do
// everything that is granted. References are not checked and names must be free:
// one taken is the "duplicate" fault. It returns the ids in the same order.
func (s *Service) Import(ctx context.Context, tx *db.Tx, list []NewPerson) ([]string, error) {
	actor := Of(ctx)
	for _, p := range []Permission{PersonWrite, RoleWrite} {
		if err := actor.NeedAll(p); err != nil {
			return nil, err
		}
	}
	if err := s.mayImport(ctx, tx, actor, list); err != nil {
		return nil, err
	}
	now := s.now()
	ids := make([]string, 0, len(list))
	people := make([]account, 0, len(list))
	var teams []memberRow
	var grants []grantRow
	for _, n := range list {
		if err := n.Facts.Clean(); err != nil {
			return nil, err
		}
		if n.ID == "" {
			n.ID = id.New()
		}
		if n.CreatedAt == 0 {
			n.CreatedAt = now
		}
		if n.Grants == nil {
			n.Grants = []GrantSpec{{RoleID: reporterRole, ScopeKind: ScopeOwn}}
		}
		a := account{Person: Person{ID: n.ID, Active: true, Version: 1, CreatedAt: n.CreatedAt, UpdatedAt: n.CreatedAt},
			Password: n.PasswordHash, MustChange: n.MustChange}
		a.put(n.Facts)
		people = append(people, a)
		ids = append(ids, n.ID)
		for _, m := range n.Teams {
			teams = append(teams, memberRow{n.ID, m})
		}
		for _, g := range n.Grants {
			grants = append(grants, grantRow{id.New(), n.ID, g})
		}
	}
	if err := insertPeople(ctx, tx, people, teams, grants); err != nil {
		return nil, err
	}
	if err := s.tell(ctx, tx, PersonTopic, "", Keys{Everyone: true}); err != nil {
		return nil, err
	}
	return ids, s.record(ctx, tx, actor, "person.import", "person", "", map[string]any{"count": len(list)})
}

// mayImport refuses grants of roles with a permission that the actor does not hold everywhere.
func (s *Service) mayImport(ctx context.Context, tx *db.Tx, actor *Actor, list []NewPerson) error {
	var specs []GrantSpec
	for _, n := range list {
		for _, g := range n.Grants {
			if !slices.ContainsFunc(specs, func(o GrantSpec) bool { return o.RoleID == g.RoleID }) {
				specs = append(specs, g)
			}
		}
	}
	roles, err := lockRoles(ctx, tx, specs, true)
	if err != nil {
		return err
	}
	for _, g := range specs {
		r := roles[g.RoleID]
		if r == nil {
			return fault.Field("grants", "unknown_reference")
		}
		if err := mayEditRoles(actor, r.Permissions); err != nil {
			return err
		}
	}
	return nil
}

// HashPassword returns what Import stores of a password; it takes some 30 ms.
func (s *Service) HashPassword(ctx context.Context, password string) (string, error) {
	return s.hasher.hash(ctx, password)
}

package identity

import (
	"context"
	"slices"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Create adds a person, who may report for themselves (role reporter, own scope).
// ResetPassword gives them a first password.
func (s *Service) Create(ctx context.Context, f Facts, teams []Membership) (*Person, error) {
	var out *Person
	err := s.write(ctx, func(tx *db.Tx) (err error) { out, err = s.CreateIn(ctx, tx, f, teams); return err })
	return out, err
}

// CreateIn is Create within the caller's transaction, for imports.
func (s *Service) CreateIn(ctx context.Context, tx *db.Tx, f Facts, teams []Membership) (*Person, error) {
	actor := Of(ctx)
	if err := actor.Need(PersonWrite); err != nil {
		return nil, err
	}
	if err := f.Clean(); err != nil {
		return nil, err
	}
	teams, err := cleanTeams(teams)
	if err != nil {
		return nil, err
	}
	now := s.now()
	a := &account{Person: Person{ID: id.New(), Active: true, Version: 1, CreatedAt: now, UpdatedAt: now, Teams: teams}}
	a.put(f)
	// The person would have no power yet that could be gained, but must not be put
	// where the actor has nothing to say.
	if !actor.Scope(PersonWrite).reaches(&a.Person) {
		return nil, fault.Denied()
	}
	if err := s.checkNames(ctx, tx, a); err != nil {
		return nil, err
	}
	if err := s.references(ctx, tx, append(factReferences(f), teamReferences(teams)...)); err != nil {
		return nil, err
	}
	if err := db.Insert(ctx, tx, "person", a); err != nil {
		return nil, err
	}
	if err := putTeams(ctx, tx, a.ID, teams); err != nil {
		return nil, err
	}
	if err := putGrants(ctx, tx, a.ID, []GrantSpec{{RoleID: reporterRole, ScopeKind: ScopeOwn}}); err != nil {
		return nil, err
	}
	if err := s.record(ctx, tx, actor, "person.create", "person", a.ID, map[string]any{"name": a.Name, "staffNo": a.StaffNo, "teams": teamIDs(teams)}); err != nil {
		return nil, err
	}
	return &a.Person, s.changed(ctx, tx, &a.Person)
}

// reaches tells whether the scope covers a person by where they belong, their
// being the actor aside.
func (s Scope) reaches(p *Person) bool {
	k := p.Keys()
	k.People = nil
	return s.Match(k)
}

// checkNames blames a login or staff number that someone else signs in with.
func (s *Service) checkNames(ctx context.Context, tx *db.Tx, a *account) error {
	login, staff, err := nameTaken(ctx, tx, a.ID, a.Login, a.StaffNo)
	if err != nil {
		return err
	}
	var bad fault.Fields
	if login {
		bad.Add("login", "identity.login_taken")
	}
	if staff {
		bad.Add("staffNo", "identity.login_taken")
	}
	return bad.Err()
}

// Update replaces the facts of a person in the given version.
func (s *Service) Update(ctx context.Context, personID string, version int64, f Facts) (*Person, error) {
	if err := f.Clean(); err != nil {
		return nil, err
	}
	return s.edit(ctx, personID, version, func(next *Person) {
		p := account{Person: *next}
		p.put(f)
		*next = p.Person
	}, func(tx *db.Tx, a *account, old *Person) error {
		a.put(f)
		if err := s.checkNames(ctx, tx, a); err != nil {
			return err
		}
		if err := s.references(ctx, tx, factReferences(f)); err != nil {
			return err
		}
		return s.record(ctx, tx, Of(ctx), "person.save", "person", personID, changes(old.facts(), f))
	})
}

// SetTeams replaces the teams of a person in the given version.
func (s *Service) SetTeams(ctx context.Context, personID string, version int64, teams []Membership) (*Person, error) {
	teams, err := cleanTeams(teams)
	if err != nil {
		return nil, err
	}
	return s.edit(ctx, personID, version, func(next *Person) { next.Teams = teams },
		func(tx *db.Tx, a *account, old *Person) error {
			if err := s.references(ctx, tx, teamReferences(teams)); err != nil {
				return err
			}
			a.Teams = teams
			if err := putTeams(ctx, tx, personID, teams); err != nil {
				return err
			}
			return s.record(ctx, tx, Of(ctx), "person.teams", "person", personID,
				map[string]any{"before": old.Teams, "after": teams})
		})
}

// edit changes a person: first it judges what plan would make of them, then store
// runs on the locked row, whose old state it is also given.
func (s *Service) edit(ctx context.Context, personID string, version int64, plan func(*Person), store func(*db.Tx, *account, *Person) error) (*Person, error) {
	actor := Of(ctx)
	snap, err := s.snapshot(ctx, personID)
	if err != nil {
		return nil, err
	}
	if err := actor.NeedFor(PersonWrite, PersonRead, snap.Keys()); err != nil {
		return nil, err
	}
	if snap.Version != version {
		return nil, stale()
	}
	if err := s.judge(ctx, actor, snap, plan); err != nil {
		return nil, err
	}
	var out *Person
	err = s.write(ctx, func(tx *db.Tx) error {
		a, err := s.locked(ctx, tx, personID, version)
		if err != nil {
			return err
		}
		old := a.Person
		if err := store(tx, a, &old); err != nil {
			return err
		}
		a.Version, a.UpdatedAt = a.Version+1, s.now()
		if _, err := db.Update(ctx, tx, "person", a); err != nil {
			return err
		}
		out = &a.Person
		return s.changed(ctx, tx, out)
	})
	return out, err
}

// judge refuses an edit by which the person would come to belong where the actor
// has nothing to say, or would gain a power that the actor does not have: grants
// without a named scope follow the department, campus, vendor and teams. The names
// with which someone signs in are changed only by one who has all their powers.
func (s *Service) judge(ctx context.Context, actor *Actor, snap *snapshot, plan func(*Person)) error {
	next := snap.Person
	plan(&next)
	renamed := next.Login != snap.Login || next.StaffNo != snap.StaffNo
	added := joins(&snap.Person, &next)
	if !renamed && !added {
		return nil
	}
	if added && !actor.Scope(PersonWrite).reaches(&next) {
		return fault.Denied()
	}
	before, err := s.power(ctx, &snap.Person, snap.holdings)
	if err != nil {
		return err
	}
	if p := actor.refused(before); renamed && p != "" {
		return fault.New(fault.Forbidden, "identity.stronger", "permission", string(p))
	}
	after, err := s.power(ctx, &next, snap.holdings)
	if err != nil {
		return err
	}
	if p := actor.refused(after.beyond(before)); p != "" {
		return fault.New(fault.Forbidden, "identity.beyond", "permission", string(p))
	}
	return nil
}

// joins tells whether the person would belong anywhere they did not before, or
// lead what they did not lead. To leave is always possible.
func joins(old, next *Person) bool {
	news := func(a, b string) bool { return b != "" && a != b }
	if news(old.CampusID, next.CampusID) || news(old.DepartmentID, next.DepartmentID) || news(old.VendorID, next.VendorID) {
		return true
	}
	return slices.ContainsFunc(next.Teams, func(m Membership) bool {
		return !slices.Contains(old.Teams, m) && !slices.Contains(old.Teams, Membership{TeamID: m.TeamID, Lead: true})
	})
}

// locked loads a person's row for change; another version is the "conflict" fault.
func (s *Service) locked(ctx context.Context, tx *db.Tx, personID string, version int64) (*account, error) {
	a, err := getAccount(ctx, tx, personID, true)
	if err != nil {
		return nil, err
	}
	if a.Version != version {
		return nil, stale()
	}
	return a, nil
}

// SetActive deactivates a person, which ends their sessions and tokens at once, or
// makes them active again.
func (s *Service) SetActive(ctx context.Context, personID string, version int64, active bool) (*Person, error) {
	actor := Of(ctx)
	if personID == actor.PersonID {
		return nil, fault.New(fault.Conflict, "identity.self")
	}
	snap, err := s.subject(ctx, actor, personID)
	if err != nil {
		return nil, err
	}
	if snap.Version != version {
		return nil, stale()
	}
	var out *Person
	err = s.write(ctx, func(tx *db.Tx) error {
		a, err := s.locked(ctx, tx, personID, version)
		if err != nil {
			return err
		}
		action := "person.activate"
		if !active {
			action = "person.deactivate"
			if err := s.keepAdmin(ctx, tx, personID); err != nil {
				return err
			}
			if err := s.shutOut(ctx, tx, personID, true); err != nil {
				return err
			}
		}
		a.Active, a.Version, a.UpdatedAt = active, a.Version+1, s.now()
		if _, err := db.Update(ctx, tx, "person", a); err != nil {
			return err
		}
		if err := s.record(ctx, tx, actor, action, "person", personID, nil); err != nil {
			return err
		}
		out = &a.Person
		return s.changed(ctx, tx, out)
	})
	return out, err
}

// shutOut ends a person's sessions, and their tokens if wished.
func (s *Service) shutOut(ctx context.Context, tx *db.Tx, personID string, tokens bool) error {
	if _, err := deleteSessions(ctx, tx, personID, ""); err != nil || !tokens {
		return err
	}
	_, err := revokeTokens(ctx, tx, personID, s.now())
	return err
}

// keepAdmin refuses to take away the last administrator.
func (s *Service) keepAdmin(ctx context.Context, tx *db.Tx, personID string) error {
	specs, err := grantsOf(ctx, tx, personID)
	if err != nil || !isAdmin(specs) {
		return err
	}
	n, err := otherAdmins(ctx, tx, personID)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "identity.last_admin")
	}
	return nil
}

// subject loads a person over whose account the actor may decide: one whose powers
// the actor all has. Otherwise whoever edits people could take over an
// administrator by resetting the password.
func (s *Service) subject(ctx context.Context, actor *Actor, personID string) (*snapshot, error) {
	snap, err := s.snapshot(ctx, personID)
	if err != nil {
		return nil, err
	}
	if err := actor.NeedFor(PersonWrite, PersonRead, snap.Keys()); err != nil {
		return nil, err
	}
	held, err := s.power(ctx, &snap.Person, snap.holdings)
	if err != nil {
		return nil, err
	}
	if p := actor.refused(held); p != "" {
		return nil, fault.New(fault.Forbidden, "identity.stronger", "permission", string(p))
	}
	return snap, nil
}

// changes lists the fields that differ, for the audit trail.
func changes(before, after Facts) map[string]any {
	out := map[string]any{}
	for _, c := range []struct{ field, before, after string }{
		{"name", before.Name, after.Name}, {"staffNo", before.StaffNo, after.StaffNo}, {"login", before.Login, after.Login},
		{"phone", before.Phone, after.Phone}, {"email", before.Email, after.Email}, {"title", before.Title, after.Title},
		{"campusId", before.CampusID, after.CampusID}, {"departmentId", before.DepartmentID, after.DepartmentID},
		{"vendorId", before.VendorID, after.VendorID}, {"language", before.Language, after.Language},
	} {
		if c.before != c.after {
			out[c.field] = []string{c.before, c.after}
		}
	}
	return out
}

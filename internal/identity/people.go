package identity

import (
	"context"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// PeopleFilter narrows a list of people; empty fields do not.
type PeopleFilter struct {
	Text         string // name, pinyin, initials, staff number, login, phone
	DepartmentID string
	TeamID       string
	VendorID     string
	RoleID       string
	Active       *bool
}

var peopleOrder = []db.Order{{Column: "sort_name", Text: true}, {Column: "id", Text: true}}

// List returns a page of the people the actor may see, by name, and the next cursor.
func (s *Service) List(ctx context.Context, f PeopleFilter, limit int, cursor string) ([]Person, string, error) {
	actor := Of(ctx)
	if err := actor.Need(PersonRead); err != nil {
		return nil, "", err
	}
	q := db.NewQuery().OrderBy(peopleOrder...).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	actor.Scope(PersonRead).Limit(q, personColumns)
	matching(q, "search", f.Text)
	f.limit(q)
	var out []Person
	next := ""
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		if out, err = listPeople(ctx, tx, q); err != nil || len(out) <= limit {
			return err
		}
		out = out[:limit]
		next, err = nextCursor(ctx, tx, out[limit-1].ID)
		return err
	})
	return out, next, err
}

func (f PeopleFilter) limit(q *db.Query) {
	if f.DepartmentID != "" {
		q.Where("department_id = ?", f.DepartmentID)
	}
	if f.VendorID != "" {
		q.Where("vendor_id = ?", f.VendorID)
	}
	if f.TeamID != "" {
		q.Where("EXISTS (SELECT 1 FROM person_team t WHERE t.person_id = person.id AND t.team_id = ?)", f.TeamID)
	}
	if f.RoleID != "" {
		q.Where("EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = person.id AND g.role_id = ?)", f.RoleID)
	}
	if f.Active != nil {
		q.Where("active = ?", *f.Active)
	}
}

func nextCursor(ctx context.Context, tx *db.Tx, lastID string) (string, error) {
	sorted, err := sortName(ctx, tx, lastID)
	return db.Cursor(sorted, lastID), err
}

// Pick returns active people for an order form, by name or its spelling only: those
// the actor may see, and the colleagues of the own department and teams.
func (s *Service) Pick(ctx context.Context, f PeopleFilter, limit int, cursor string) ([]Brief, string, error) {
	actor := Of(ctx)
	if !actor.SignedIn() {
		return nil, "", fault.New(fault.Unauthorized, "unauthorized")
	}
	q := db.NewQuery().OrderBy(peopleOrder...).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	actor.naming().Limit(q, personColumns)
	// Not by phone or number: a form that shows none must not answer questions about them.
	matching(q, "name_keys", f.Text)
	active := true
	PeopleFilter{DepartmentID: f.DepartmentID, TeamID: f.TeamID, Active: &active}.limit(q)
	var out []Brief
	next := ""
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		if out, err = listBriefs(ctx, tx, q); err != nil || len(out) <= limit {
			return err
		}
		out = out[:limit]
		next, err = nextCursor(ctx, tx, out[limit-1].ID)
		return err
	})
	return out, next, err
}

// naming is the part of the people whom the actor may name on orders and things:
// those the actor may see, and the colleagues of the own department and teams.
func (a *Actor) naming() Scope {
	return a.Scope(PersonRead).with(ScopeDepartment, []string{a.Department}).with(ScopeTeam, a.Teams).with(ScopeOwn, []string{a.PersonID})
}

// MayName tells whether the context's actor may name a person on an order or a thing,
// which shows the person's name to the actor: Pick shows exactly these people. Someone
// who does not exist may not be named either.
func (s *Service) MayName(ctx context.Context, tx *db.Tx, personID string) (bool, error) {
	a, err := getAccount(ctx, tx, personID, false)
	if there, err := exists(err); err != nil || !there {
		return false, err
	}
	actor := Of(ctx)
	return actor.SignedIn() && actor.naming().Match(a.Keys()), nil
}

// Account is how someone signs in, for those who may edit the person.
type Account struct {
	HasPassword        bool  `json:"hasPassword"`
	MustChangePassword bool  `json:"mustChangePassword"`
	PasswordUntil      int64 `json:"passwordUntil,omitempty" doc:"When an unused one-time password expires"`
	SecondFactor       bool  `json:"secondFactor"`
}

// Get returns a person the actor may see; the account only if the actor may edit it.
func (s *Service) Get(ctx context.Context, personID string) (*Person, *Account, error) {
	actor := Of(ctx)
	var a *account
	if err := s.read(ctx, func(tx *db.Tx) (err error) { a, err = getAccount(ctx, tx, personID, false); return err }); err != nil {
		return nil, nil, err
	}
	if err := actor.NeedFor(PersonRead, PersonRead, a.Keys()); err != nil {
		return nil, nil, err
	}
	if !actor.May(PersonWrite, a.Keys()) {
		return &a.Person, nil, nil
	}
	return &a.Person, &Account{HasPassword: a.Password != "", MustChangePassword: a.MustChange,
		PasswordUntil: a.PasswordUntil, SecondFactor: a.TOTPSecret != ""}, nil
}

// Grants returns the roles held by a person the actor may see.
func (s *Service) Grants(ctx context.Context, personID string) ([]GrantSpec, int64, error) {
	var out []GrantSpec
	var version int64
	err := s.read(ctx, func(tx *db.Tx) error {
		a, err := getAccount(ctx, tx, personID, false)
		if err != nil {
			return err
		}
		if err := Of(ctx).NeedFor(PersonRead, PersonRead, a.Keys()); err != nil {
			return err
		}
		version = a.Version
		out, err = grantsOf(ctx, tx, personID)
		return err
	})
	return out, version, err
}

// People returns the people with these ids, active or not, by id: for showing names
// on things the caller has already been allowed to see.
func (s *Service) People(ctx context.Context, tx *db.Tx, ids []string) (map[string]Brief, error) {
	out := make(map[string]Brief, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), 500)
		list, err := listBriefs(ctx, tx, db.NewQuery().In("id", ids[:n]...))
		if err != nil {
			return nil, err
		}
		for _, b := range list {
			out[b.ID] = b
		}
		ids = ids[n:]
	}
	return out, nil
}

// Member is an active person of a team.
type Member struct {
	Brief
	Phone string `db:"phone" json:"phone,omitempty"`
	Lead  bool   `db:"lead" json:"lead"`
}

// TeamMembers returns the active people of a team, leads first; the caller decides
// who may see them.
func (s *Service) TeamMembers(ctx context.Context, tx *db.Tx, teamID string) ([]Member, error) {
	return listMembers(ctx, tx, teamID)
}

// PersonIn returns a person as the transaction sees them, without asking who wants
// to know; unknown ids are the "not_found" fault.
func (s *Service) PersonIn(ctx context.Context, tx *db.Tx, personID string) (*Person, error) {
	a, err := getAccount(ctx, tx, personID, false)
	if err != nil {
		return nil, err
	}
	return &a.Person, nil
}

// FindByStaffNo returns the ids of the people with these staff numbers, by number as
// it is stored (capitals): for imports of other domains.
func (s *Service) FindByStaffNo(ctx context.Context, tx *db.Tx, numbers []string) (map[string]string, error) {
	out := map[string]string{}
	for len(numbers) > 0 {
		n := min(len(numbers), 500)
		folded := make([]string, 0, n)
		for _, no := range numbers[:n] {
			if no = foldStaffNo(no); no != "" {
				folded = append(folded, no)
			}
		}
		if err := idsByStaffNo(ctx, tx, folded, out); err != nil {
			return nil, err
		}
		numbers = numbers[n:]
	}
	return out, nil
}

// FindByLogin returns the active person who signs in with this name or number; nil
// when there is none.
func (s *Service) FindByLogin(ctx context.Context, login string) (*Person, error) {
	var a *account
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		a, err = findAccount(ctx, tx, foldLogin(login), foldStaffNo(login))
		return err
	})
	if err != nil || a == nil {
		return nil, err
	}
	return &a.Person, nil
}

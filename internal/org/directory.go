package org

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// The methods here are for other domains, inside their transaction. They ask for
// no permission: whoever calls them has decided what the actor may see. A thing
// that does not exist is sql.ErrNoRows, which leaves a transaction as "not_found";
// inactive things are found.

// Place returns a place.
func (s *Service) Place(ctx context.Context, tx *db.Tx, id string) (Place, error) {
	return known[Place](ctx, tx, &s.kept, KindPlace, id)
}

// Department returns a department.
func (s *Service) Department(ctx context.Context, tx *db.Tx, id string) (Department, error) {
	return known[Department](ctx, tx, &s.kept, KindDepartment, id)
}

// Team returns a team.
func (s *Service) Team(ctx context.Context, tx *db.Tx, id string) (Team, error) {
	return known[Team](ctx, tx, &s.kept, KindTeam, id)
}

// Campus returns a campus.
func (s *Service) Campus(ctx context.Context, tx *db.Tx, id string) (Campus, error) {
	return one[Campus](ctx, tx, KindCampus, id)
}

// Vendor returns a vendor.
func (s *Service) Vendor(ctx context.Context, tx *db.Tx, id string) (Vendor, error) {
	return one[Vendor](ctx, tx, KindVendor, id)
}

// Places returns the places with these ids; unknown ids are left out.
func (s *Service) Places(ctx context.Context, tx *db.Tx, ids []string) (map[string]Place, error) {
	list, err := byIDs[Place](ctx, tx, KindPlace, ids)
	out := make(map[string]Place, len(list))
	for _, p := range list {
		out[p.ID] = p
	}
	return out, err
}

// Teams returns the active teams in the order of their names.
func (s *Service) Teams(ctx context.Context, tx *db.Tx) ([]Team, error) {
	return activeTeams(ctx, tx)
}

// ByCode returns the active place whose report code this is.
func (s *Service) ByCode(ctx context.Context, tx *db.Tx, code string) (Place, error) {
	return placeByCode(ctx, tx, code)
}

// PlaceCodes returns the report codes of places, for printing their labels.
func (s *Service) PlaceCodes(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	return namesOf(ctx, tx, KindPlace, "report_code", ids)
}

// Related tells whether one place is the other or lies within it.
func (s *Service) Related(ctx context.Context, tx *db.Tx, a, b string) (bool, error) {
	if a == "" || b == "" {
		return false, nil
	}
	if a == b {
		return true, nil
	}
	both, err := s.Places(ctx, tx, []string{a, b})
	return strings.Contains(both[a].Ancestry, "/"+b+"/") || strings.Contains(both[b].Ancestry, "/"+a+"/"), err
}

// PlacesBelow returns the ids of the places within a place, itself aside.
func (s *Service) PlacesBelow(ctx context.Context, tx *db.Tx, placeID string) ([]string, error) {
	return subtreeIDs(ctx, tx, KindPlace, placeID)
}

// DepartmentsBelow is Below inside a transaction, and without its cache.
func (s *Service) DepartmentsBelow(ctx context.Context, tx *db.Tx, departmentID string) ([]string, error) {
	return subtreeIDs(ctx, tx, KindDepartment, departmentID)
}

// Exists tells whether there is such an active campus, department, team or vendor.
func (s *Service) Exists(ctx context.Context, tx *db.Tx, kind identity.ScopeKind, id string) (bool, error) {
	tables := map[identity.ScopeKind]Kind{identity.ScopeCampus: KindCampus, identity.ScopeDepartment: KindDepartment,
		identity.ScopeTeam: KindTeam, identity.ScopeVendor: KindVendor}
	table, ok := tables[kind]
	if !ok {
		return false, nil
	}
	active, err := isActive(ctx, tx, table, id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return active, err
}

// Wanted lists things whose names are asked for; repeated and empty ids do no harm.
type Wanted struct {
	Campuses, Places, Departments, Teams, Vendors, Skills []string
}

// Names are names by id; unknown ids are absent.
type Names struct {
	Campuses, Departments, Teams, Vendors, Skills map[string]string
	Places                                        map[string]string // full names
}

// Names returns the names of everything wanted, with one query for each kind.
func (s *Service) Names(ctx context.Context, tx *db.Tx, w Wanted) (out Names, err error) {
	for _, q := range []struct {
		kind   Kind
		column string
		ids    []string
		into   *map[string]string
	}{
		{KindCampus, "name", w.Campuses, &out.Campuses}, {KindPlace, "full_name", w.Places, &out.Places},
		{KindDepartment, "name", w.Departments, &out.Departments}, {KindTeam, "name", w.Teams, &out.Teams},
		{KindVendor, "name", w.Vendors, &out.Vendors}, {KindSkill, "name", w.Skills, &out.Skills},
	} {
		if *q.into, err = namesOf(ctx, tx, q.kind, q.column, q.ids); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Caller is what a telephone number tells about who calls.
type Caller struct {
	Number     string      `json:"number" doc:"As it is compared"`
	Known      bool        `json:"known"`
	Extension  *Extension  `json:"extension,omitempty"`
	Department *Department `json:"department,omitempty"`
	Place      *Place      `json:"place,omitempty"`
}

// CallerOf looks a number up among the active extensions, first as an extension,
// then as a direct number. A number that is not known is no error.
func (s *Service) CallerOf(ctx context.Context, tx *db.Tx, number string) (out Caller, err error) {
	if out.Number = NormalNumber(number); out.Number == "" {
		return out, fault.Field("number", "bad_format")
	}
	list, err := extensionsOf(ctx, tx, out.Number)
	if err != nil || len(list) == 0 {
		return out, err
	}
	e := list[0]
	for _, x := range list {
		if x.Number == out.Number {
			e = x
		}
	}
	out.Known, out.Extension = true, &e
	departmentID := e.DepartmentID
	if e.PlaceID != "" {
		p, err := s.Place(ctx, tx, e.PlaceID)
		if err != nil {
			return out, err
		}
		out.Place = &p
		if departmentID == "" {
			departmentID = p.DepartmentID
		}
	}
	if departmentID != "" {
		d, err := s.Department(ctx, tx, departmentID)
		if err != nil {
			return out, err
		}
		out.Department = &d
	}
	return out, nil
}

package org

import (
	"context"

	"wardline/internal/platform/db"
)

// Filter narrows a list; what is empty does not.
type Filter struct {
	Text         string // name, pinyin, initials, code or number
	CampusID     string
	ParentID     string // Top for what has nothing above
	Kind         string
	Class        string
	DepartmentID string
	VendorID     string
	PlaceID      string
	Active       *bool
}

// Top is the ParentID of what lies directly below the campus or the hospital.
const Top = "top"

// has says by which columns a kind can be narrowed.
var has = map[Kind]struct{ campus, tree, kind, class, department, vendor, place bool }{
	KindPlace:      {campus: true, tree: true, kind: true, class: true, department: true},
	KindDepartment: {campus: true, tree: true, kind: true},
	KindTeam:       {campus: true, kind: true, vendor: true},
	KindExtension:  {department: true, place: true},
}

func (f Filter) query(kind Kind) *db.Query {
	q, h := db.NewQuery(), has[kind]
	for _, c := range []struct {
		use           bool
		column, value string
	}{
		{h.campus, "campus_id", f.CampusID}, {h.kind, "kind", f.Kind}, {h.class, "class", f.Class},
		{h.department, "department_id", f.DepartmentID}, {h.vendor, "vendor_id", f.VendorID}, {h.place, "place_id", f.PlaceID},
	} {
		if c.use && c.value != "" {
			q.Where(c.column+" = ?", c.value)
		}
	}
	if h.tree && f.ParentID == Top {
		q.Where("parent_id = ?", "")
	} else if h.tree && f.ParentID != "" {
		q.Where("parent_id = ?", f.ParentID)
	}
	if f.Active != nil {
		q.Where("active = ?", *f.Active)
	}
	column := "search"
	if h.tree {
		column = "path_search"
	}
	matching(q, column, f.Text)
	return q
}

// list returns a page of a kind, by name, and the cursor of the next page.
func list[T any, P thing[T]](ctx context.Context, s *Service, kind Kind, f Filter, limit int, cursor string) (out []T, next string, err error) {
	if err := see(ctx); err != nil {
		return nil, "", err
	}
	q := f.query(kind).OrderBy(db.Order{Column: "sort_key", Text: true}, db.Order{Column: "id", Text: true}).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	stmt, args := q.Build(selectFrom[T](kind))
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = db.All[T](ctx, tx, stmt, args...); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	last := P(&out[limit-1])
	return out[:limit], db.Cursor(last.order(), last.head().ID), nil
}

// maxFound is how many rows a picker shows.
const maxFound = 50

// search returns what a picker shows for what was typed: active things, the best first.
func search[T any](ctx context.Context, s *Service, kind Kind, f Filter, limit int) (out []T, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	code, active := "code", true
	if kind == KindExtension {
		code = "number"
	}
	f.Active = &active
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) {
		out, err = ranked[T](ctx, tx, kind, code, f.query(kind), f.Text, min(limit, maxFound))
		return err
	})
	return out, err
}

// get returns one thing to those who may see the directory.
func get[T any](ctx context.Context, s *Service, kind Kind, id string) (out T, err error) {
	if err := see(ctx); err != nil {
		return out, err
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = one[T](ctx, tx, kind, id); return err })
	return out, err
}

// ListCampuses returns a page of campuses.
func (s *Service) ListCampuses(ctx context.Context, f Filter, limit int, cursor string) ([]Campus, string, error) {
	return list[Campus](ctx, s, KindCampus, f, limit, cursor)
}

// ListPlaces returns a page of places; Filter.Text also finds what lies in a place
// that has the words.
func (s *Service) ListPlaces(ctx context.Context, f Filter, limit int, cursor string) ([]Place, string, error) {
	return list[Place](ctx, s, KindPlace, f, limit, cursor)
}

// ListDepartments returns a page of departments.
func (s *Service) ListDepartments(ctx context.Context, f Filter, limit int, cursor string) ([]Department, string, error) {
	return list[Department](ctx, s, KindDepartment, f, limit, cursor)
}

// ListTeams returns a page of teams.
func (s *Service) ListTeams(ctx context.Context, f Filter, limit int, cursor string) ([]Team, string, error) {
	return list[Team](ctx, s, KindTeam, f, limit, cursor)
}

// ListVendors returns a page of vendors.
func (s *Service) ListVendors(ctx context.Context, f Filter, limit int, cursor string) ([]Vendor, string, error) {
	return list[Vendor](ctx, s, KindVendor, f, limit, cursor)
}

// ListSkills returns a page of skills.
func (s *Service) ListSkills(ctx context.Context, f Filter, limit int, cursor string) ([]Skill, string, error) {
	return list[Skill](ctx, s, KindSkill, f, limit, cursor)
}

// ListExtensions returns a page of extensions.
func (s *Service) ListExtensions(ctx context.Context, f Filter, limit int, cursor string) ([]Extension, string, error) {
	return list[Extension](ctx, s, KindExtension, f, limit, cursor)
}

// SearchPlaces returns at most 50 active places for a picker, the best first.
func (s *Service) SearchPlaces(ctx context.Context, f Filter, limit int) ([]Place, error) {
	return search[Place](ctx, s, KindPlace, f, limit)
}

// SearchDepartments returns at most 50 active departments for a picker.
func (s *Service) SearchDepartments(ctx context.Context, f Filter, limit int) ([]Department, error) {
	return search[Department](ctx, s, KindDepartment, f, limit)
}

// SearchTeams returns at most 50 active teams for a picker.
func (s *Service) SearchTeams(ctx context.Context, f Filter, limit int) ([]Team, error) {
	return search[Team](ctx, s, KindTeam, f, limit)
}

// SearchExtensions returns at most 50 active extensions for a picker.
func (s *Service) SearchExtensions(ctx context.Context, f Filter, limit int) ([]Extension, error) {
	return search[Extension](ctx, s, KindExtension, f, limit)
}

// GetCampus returns a campus to who may see the directory.
func (s *Service) GetCampus(ctx context.Context, id string) (Campus, error) {
	return get[Campus](ctx, s, KindCampus, id)
}

// GetPlace returns a place to who may see the directory.
func (s *Service) GetPlace(ctx context.Context, id string) (Place, error) {
	return get[Place](ctx, s, KindPlace, id)
}

// GetDepartment returns a department to who may see the directory.
func (s *Service) GetDepartment(ctx context.Context, id string) (Department, error) {
	return get[Department](ctx, s, KindDepartment, id)
}

// GetTeam returns a team to who may see the directory.
func (s *Service) GetTeam(ctx context.Context, id string) (Team, error) {
	return get[Team](ctx, s, KindTeam, id)
}

// GetVendor returns a vendor to who may see the directory.
func (s *Service) GetVendor(ctx context.Context, id string) (Vendor, error) {
	return get[Vendor](ctx, s, KindVendor, id)
}

// GetSkill returns a skill to who may see the directory.
func (s *Service) GetSkill(ctx context.Context, id string) (Skill, error) {
	return get[Skill](ctx, s, KindSkill, id)
}

// GetExtension returns an extension to who may see the directory.
func (s *Service) GetExtension(ctx context.Context, id string) (Extension, error) {
	return get[Extension](ctx, s, KindExtension, id)
}

// Lookup tells who calls from a number.
func (s *Service) Lookup(ctx context.Context, number string) (out Caller, err error) {
	if err := see(ctx); err != nil {
		return out, err
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = s.CallerOf(ctx, tx, number); return err })
	return out, err
}

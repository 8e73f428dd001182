package org

import (
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/id"
)

// depth is how many rows an ancestry names.
func depth(ancestry string) int { return strings.Count(ancestry, "/") - 1 }

// putPlace adds or changes a place. When it moves or is renamed, everything below
// gets new full names, and inherits anew.
func (b *book) putPlace(at slot, in PlaceInput) (*Place, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	row, old, err := begin(b, b.places, at, in.Edit)
	if err != nil {
		return nil, err
	}
	var was Place
	var before *identity.Keys
	var lower []*Place
	levels := 1
	if old != nil {
		was = *old
		k := was.keys()
		before = &k
		lower = below(b.places, was.ID)
		for _, l := range lower {
			levels = max(levels, depth(l.Ancestry)-depth(was.Ancestry)+1)
		}
	} else {
		row.ReportCode = id.Secret()
	}
	parent := b.places.get(in.ParentID)
	campus, err := b.placeReferences(&in, parent, &was)
	if err != nil {
		return nil, err
	}
	row.put(in)
	if err := row.fits(parent, levels); err != nil {
		return nil, err
	}
	if !row.Active && was.Active && anyActive(lower) {
		var c check
		c.Add("active", "org.active_below")
		return nil, c.Err()
	}
	row.settle(campus, parent)
	if err := b.allowed(before, row.keys()); err != nil {
		return nil, err
	}
	for _, l := range lower {
		if holds(row.Kind, l, row.ID) {
			continue
		}
		var c check
		c.Add("kind", "org.place_nesting")
		return nil, c.Err()
	}
	p := finish(b, b.places, row, old)
	for _, l := range lower {
		b.resettleOne(l)
	}
	return p, nil
}

// holds tells whether what lies directly in a place may do so.
func holds(kind PlaceKind, l *Place, parentID string) bool {
	if l.ParentID != parentID {
		return true
	}
	for _, k := range holders[l.Kind] {
		if k == kind {
			return true
		}
	}
	return false
}

// placeReferences checks what the input names and fills in the campus.
func (b *book) placeReferences(in *PlaceInput, parent *Place, was *Place) (*Campus, error) {
	var c check
	if in.ParentID != "" && parent == nil {
		c.Add("parentId", "unknown_reference")
		return nil, c.Err()
	}
	if parent != nil {
		if in.CampusID == "" {
			in.CampusID = parent.CampusID
		} else if in.CampusID != parent.CampusID {
			c.Add("campusId", "org.other_campus")
		}
	}
	campus := b.campuses.get(in.CampusID)
	if campus == nil || !campus.Active && in.CampusID != was.CampusID {
		return nil, missingCampus(in.CampusID)
	}
	chosen(&c, b.departments, "departmentId", in.DepartmentID, was.OwnDepartmentID)
	unique(&c, b.places, was.ID, in.Code, nameKey(in.CampusID, in.ParentID, in.Name))
	return campus, c.Err()
}

func anyActive[T any, P thing[T]](rows []P) bool {
	for _, r := range rows {
		if r.head().Active {
			return true
		}
	}
	return false
}

// resettle derives a place and everything below it anew.
func (b *book) resettle(p *Place, parent *Place) {
	row := *p
	row.settle(b.campuses.get(p.CampusID), parent)
	b.places.put(row)
	for _, l := range below(b.places, p.ID) {
		b.resettleOne(l)
	}
}

func (b *book) resettleOne(p *Place) {
	row := *p
	row.settle(b.campuses.get(p.CampusID), b.places.get(p.ParentID))
	b.places.put(row)
}

// putDepartment adds or changes a department. When it moves or is renamed,
// everything below gets new full names.
func (b *book) putDepartment(at slot, in DepartmentInput) (*Department, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	row, old, err := begin(b, b.departments, at, in.Edit)
	if err != nil {
		return nil, err
	}
	var was Department
	var before *identity.Keys
	var lower []*Department
	levels := 1
	if old != nil {
		was = *old
		k := was.keys()
		before = &k
		lower = below(b.departments, was.ID)
		for _, l := range lower {
			levels = max(levels, depth(l.Ancestry)-depth(was.Ancestry)+1)
		}
	}
	parent := b.departments.get(in.ParentID)
	if err := b.departmentReferences(&in, parent, &was); err != nil {
		return nil, err
	}
	row.put(in)
	if err := row.fits(parent, levels); err != nil {
		return nil, err
	}
	if !row.Active && was.Active && anyActive(lower) {
		var c check
		c.Add("active", "org.active_below")
		return nil, c.Err()
	}
	row.settle(parent)
	if err := b.allowed(before, b.departmentKeys(&row, old, parent)...); err != nil {
		return nil, err
	}
	p := finish(b, b.departments, row, old)
	for _, l := range lower {
		row := *l
		row.settle(b.departments.get(l.ParentID))
		b.departments.put(row)
	}
	return p, nil
}

// departmentKeys are what the actor must cover for the department as it will be:
// itself, and the one it comes to stand below. A new one is in nobody's scope yet.
func (b *book) departmentKeys(row, old, parent *Department) []identity.Keys {
	var keys []identity.Keys
	if old != nil {
		keys = append(keys, row.keys())
	}
	if old == nil || old.ParentID != row.ParentID {
		above := identity.Keys{Campus: row.CampusID}
		if parent != nil {
			above.Department = parent.ID
		}
		keys = append(keys, above)
	}
	return keys
}

func (b *book) departmentReferences(in *DepartmentInput, parent, was *Department) error {
	var c check
	if in.ParentID != "" && parent == nil {
		c.Add("parentId", "unknown_reference")
		return c.Err()
	}
	if parent != nil && in.CampusID == "" {
		in.CampusID = parent.CampusID
	}
	chosen(&c, b.campuses, "campusId", in.CampusID, was.CampusID)
	b.person(&c, "liaisonId", in.LiaisonID, was.LiaisonID)
	unique(&c, b.departments, was.ID, in.Code, nameKey(in.CampusID, in.ParentID, in.Name))
	return c.Err()
}

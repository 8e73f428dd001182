package org

import (
	"cmp"
	"reflect"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// book is as much of the directory as a change needs, in memory, with the rules
// that decide whether the change may be. A single change loads a few rows, an
// import all of them; what the rules accept is written from pending.
type book struct {
	now int64
	may func(identity.Keys) error // whether the actor may change a thing of these keys

	campuses    *shelf[Campus, *Campus]
	places      *shelf[Place, *Place]
	departments *shelf[Department, *Department]
	teams       *shelf[Team, *Team]
	vendors     *shelf[Vendor, *Vendor]
	skills      *shelf[Skill, *Skill]
	extensions  *shelf[Extension, *Extension]

	// staff is the staff number (maybe "") of every person known; nil when people
	// cannot be asked about, and then every id is believed.
	staff map[string]string
	// byStaffNo is the id of every person an import may name.
	byStaffNo map[string]string
	// people are those whom the lines of an import of people are about and whom the
	// actor may see.
	people map[string]*identity.Person
	// roster is what an import of duties is about; nil otherwise.
	roster *roster
}

func newBook(now int64, may func(identity.Keys) error) *book {
	return &book{now: now, may: may, campuses: newShelf[Campus, *Campus](nil), places: newShelf[Place, *Place](nil),
		departments: newShelf[Department, *Department](nil), teams: newShelf[Team, *Team](nil), vendors: newShelf[Vendor, *Vendor](nil),
		skills: newShelf[Skill, *Skill](nil), extensions: newShelf[Extension, *Extension](nil)}
}

// slot says which thing is put: one that is there, or a new one.
type slot struct {
	id    string
	fresh bool
}

// existing is the slot of a thing that is there; an empty id is a new thing.
func existing(thingID string) slot {
	if thingID == "" {
		return slot{id.New(), true}
	}
	return slot{id: thingID}
}

// begin returns a copy of the row to be changed, or a new one.
func begin[T any, P thing[T]](b *book, s *shelf[T, P], at slot, e Edit) (row T, old P, err error) {
	h := P(&row).head()
	if at.fresh {
		*h = Head{ID: at.id, Active: true, Version: 1, CreatedAt: b.now, UpdatedAt: b.now}
	} else {
		if old = s.get(at.id); old == nil {
			return row, nil, fault.Missing()
		}
		if row = *old; e.Version != h.Version {
			return row, old, fault.New(fault.Conflict, "conflict")
		}
	}
	if e.Active != nil {
		h.Active = *e.Active
	}
	return row, old, nil
}

// finish puts the row if it differs from the old one, as its next version.
func finish[T any, P thing[T]](b *book, s *shelf[T, P], row T, old P) P {
	if old != nil {
		if reflect.DeepEqual(row, *old) {
			return old
		}
		h := P(&row).head()
		h.Version++
		h.UpdatedAt = b.now
	}
	return s.put(row)
}

// unique adds faults for a code or name that another thing has.
func unique[T any, P thing[T]](c *check, s *shelf[T, P], thingID, code, nameKey string) {
	if code != "" && s.other("code:"+code, thingID) {
		c.Add("code", "org.code_taken")
	}
	if s.other(nameKey, thingID) {
		c.Add("name", "org.name_taken")
	}
}

// chosen adds a fault unless the id is empty, names what was there already, or an
// active row.
func chosen[T any, P thing[T]](c *check, s *shelf[T, P], field, thingID, before string) P {
	if thingID == "" {
		return nil
	}
	p := s.get(thingID)
	if p == nil || thingID != before && !p.head().Active {
		c.Add(field, "unknown_reference")
	}
	return p
}

func (b *book) person(c *check, field, personID, before string) {
	if personID == "" || personID == before || b.staff == nil {
		return
	}
	if _, ok := b.staff[personID]; !ok {
		c.Add(field, "unknown_reference")
	}
}

// allowed asks for the permission on the thing as it was and as it will be.
func (b *book) allowed(old *identity.Keys, now ...identity.Keys) error {
	if old != nil {
		now = append(now, *old)
	}
	for _, k := range now {
		if err := b.may(k); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) putCampus(at slot, in CampusInput) (*Campus, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	row, old, err := begin(b, b.campuses, at, in.Edit)
	if err != nil {
		return nil, err
	}
	keys := row.keys()
	if old == nil {
		keys = identity.Keys{} // a new campus is in nobody's scope but the whole hospital's
	}
	if err := b.allowed(nil, keys); err != nil {
		return nil, err
	}
	var c check
	unique(&c, b.campuses, row.ID, in.Code, "name:"+in.Name)
	if old != nil && old.Active && !row.Active && b.campusInUse(row.ID) {
		c.Add("active", "org.active_below")
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	row.put(in)
	p := finish(b, b.campuses, row, old)
	if old != nil && old.Name != p.Name {
		for _, top := range b.placesBelow(p.ID, "") {
			b.resettle(top, nil)
		}
	}
	return p, nil
}

func (b *book) campusInUse(campusID string) bool {
	for _, p := range b.places.rows {
		if p.CampusID == campusID && p.Active {
			return true
		}
	}
	for _, d := range b.departments.rows {
		if d.CampusID == campusID && d.Active {
			return true
		}
	}
	return false
}

func (b *book) putVendor(at slot, in VendorInput) (*Vendor, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	row, old, err := begin(b, b.vendors, at, in.Edit)
	if err != nil {
		return nil, err
	}
	keys := row.keys()
	if old == nil {
		keys = identity.Keys{}
	}
	if err := b.allowed(nil, keys); err != nil {
		return nil, err
	}
	var c check
	if unique(&c, b.vendors, row.ID, in.Code, "name:"+in.Name); c.Err() != nil {
		return nil, c.Err()
	}
	row.put(in)
	return finish(b, b.vendors, row, old), nil
}

func (b *book) putSkill(at slot, in SkillInput) (*Skill, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	row, old, err := begin(b, b.skills, at, in.Edit)
	if err != nil {
		return nil, err
	}
	if err := b.allowed(nil, row.keys()); err != nil {
		return nil, err
	}
	var c check
	if unique(&c, b.skills, row.ID, in.Code, "name:"+in.Name); c.Err() != nil {
		return nil, c.Err()
	}
	row.put(in)
	return finish(b, b.skills, row, old), nil
}

func (b *book) putTeam(at slot, in TeamInput) (*Team, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	row, old, err := begin(b, b.teams, at, in.Edit)
	if err != nil {
		return nil, err
	}
	var was Team
	var before *identity.Keys
	if old != nil {
		was = *old
		k := was.keys()
		before = &k
	}
	row.put(in)
	after := row.keys()
	if old == nil {
		after.Teams = nil // a new team is in nobody's scope yet
	}
	if err := b.allowed(before, after); err != nil {
		return nil, err
	}
	var c check
	unique(&c, b.teams, row.ID, in.Code, "name:"+in.Name)
	chosen(&c, b.campuses, "campusId", in.CampusID, was.CampusID)
	chosen(&c, b.vendors, "vendorId", in.VendorID, was.VendorID)
	b.person(&c, "leadId", in.LeadID, was.LeadID)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return finish(b, b.teams, row, old), nil
}

func (b *book) putExtension(at slot, in ExtensionInput) (*Extension, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	row, old, err := begin(b, b.extensions, at, in.Edit)
	if err != nil {
		return nil, err
	}
	var was Extension
	var before *identity.Keys
	if old != nil {
		was = *old
		k := extensionKeys(b.departments.get(was.DepartmentID), b.places.get(was.PlaceID))
		before = &k
	}
	var c check
	for field, number := range map[string]string{"number": in.Number, "direct": in.Direct} {
		if number != "" && b.extensions.other("number:"+number, row.ID) {
			c.Add(field, "org.number_taken")
		}
	}
	d := chosen(&c, b.departments, "departmentId", in.DepartmentID, was.DepartmentID)
	p := chosen(&c, b.places, "placeId", in.PlaceID, was.PlaceID)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := b.allowed(before, extensionKeys(d, p)); err != nil {
		return nil, err
	}
	row.put(in)
	return finish(b, b.extensions, row, old), nil
}

func (b *book) placesBelow(campusID, parentID string) []*Place {
	var out []*Place
	for _, p := range b.places.rows {
		if p.CampusID == campusID && p.ParentID == parentID {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(x, y *Place) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

// below returns the rows of a tree below one, itself aside, from the top down.
func below[T any, P thing[T]](s *shelf[T, P], thingID string) []P {
	var out []P
	next := s.find(inKey(thingID))
	for level := 0; len(next) > 0 && level < 2*maxDepth; level++ {
		out = append(out, next...)
		var deeper []P
		for _, p := range next {
			deeper = append(deeper, s.find(inKey(p.head().ID))...)
		}
		next = deeper
	}
	return out
}

// inKey is the index key of everything directly below a row.
func inKey(parentID string) string { return "in:" + parentID }

package org

import (
	"context"

	"wardline/internal/platform/db"
)

// SaveCampus adds a campus (empty id) or changes one.
func (s *Service) SaveCampus(ctx context.Context, id string, in CampusInput) (out Campus, err error) {
	if err := in.clean(); err != nil {
		return out, err
	}
	err = s.change(ctx, func(tx *db.Tx, b *book) error {
		list, err := flatRivals[Campus](ctx, tx, KindCampus, id, in.Code, in.Name)
		if err != nil {
			return err
		}
		b.campuses.load(list)
		if c := b.campuses.get(id); c != nil && (c.Name != in.Name || in.Active != nil && !*in.Active) {
			if err := loadCampus(ctx, tx, b, id); err != nil {
				return err
			}
		}
		p, err := b.putCampus(existing(id), in)
		if err != nil {
			return err
		}
		out = *p
		return saved(ctx, s, tx, b, KindCampus, b.campuses, p)
	})
	return out, err
}

// loadCampus adds everything that lies on a campus.
func loadCampus(ctx context.Context, tx *db.Tx, b *book, id string) error {
	places, err := onCampus[Place](ctx, tx, KindPlace, id)
	if err != nil {
		return err
	}
	b.places.load(places)
	departments, err := onCampus[Department](ctx, tx, KindDepartment, id)
	b.departments.load(departments)
	return err
}

// SavePlace adds a place (empty id) or changes one; what lies below follows.
func (s *Service) SavePlace(ctx context.Context, id string, in PlaceInput) (out Place, err error) {
	if err := in.clean(); err != nil {
		return out, err
	}
	err = s.change(ctx, func(tx *db.Tx, b *book) error {
		if err := loadForPlace(ctx, tx, b, id, in); err != nil {
			return err
		}
		p, err := b.putPlace(existing(id), in)
		if err != nil {
			return err
		}
		out = *p
		return saved(ctx, s, tx, b, KindPlace, b.places, p)
	})
	return out, err
}

// loadForPlace loads what the rules of one place look at: itself with all below it,
// the place above, whoever has its code or name, its departments and its campus.
func loadForPlace(ctx context.Context, tx *db.Tx, b *book, id string, in PlaceInput) error {
	if id != "" {
		own, err := subtree[Place](ctx, tx, KindPlace, id)
		if err != nil {
			return err
		}
		b.places.load(own)
	}
	others, err := treeRivals[Place](ctx, tx, KindPlace, in.ParentID, in.Code, in.Name)
	if err != nil {
		return err
	}
	b.places.load(others)
	var departments, campuses []string
	for _, p := range b.places.rows {
		departments = append(departments, p.OwnDepartmentID)
		campuses = append(campuses, p.CampusID)
	}
	return loadReferences(ctx, tx, b, append(departments, in.DepartmentID), append(campuses, in.CampusID))
}

func loadReferences(ctx context.Context, tx *db.Tx, b *book, departments, campuses []string) error {
	d, err := byIDs[Department](ctx, tx, KindDepartment, departments)
	if err != nil {
		return err
	}
	b.departments.load(d)
	c, err := byIDs[Campus](ctx, tx, KindCampus, campuses)
	b.campuses.load(c)
	return err
}

// SaveDepartment adds a department (empty id) or changes one; what is below follows.
func (s *Service) SaveDepartment(ctx context.Context, id string, in DepartmentInput) (out Department, err error) {
	if err := in.clean(); err != nil {
		return out, err
	}
	err = s.change(ctx, func(tx *db.Tx, b *book) error {
		if id != "" {
			own, err := subtree[Department](ctx, tx, KindDepartment, id)
			if err != nil {
				return err
			}
			b.departments.load(own)
		}
		others, err := treeRivals[Department](ctx, tx, KindDepartment, in.ParentID, in.Code, in.Name)
		if err != nil {
			return err
		}
		b.departments.load(others)
		campuses := []string{in.CampusID}
		for _, d := range b.departments.rows {
			campuses = append(campuses, d.CampusID)
		}
		if err := loadReferences(ctx, tx, b, nil, campuses); err != nil {
			return err
		}
		if err := s.loadStaff(ctx, tx, b, in.LiaisonID); err != nil {
			return err
		}
		p, err := b.putDepartment(existing(id), in)
		if err != nil {
			return err
		}
		out = *p
		return saved(ctx, s, tx, b, KindDepartment, b.departments, p)
	})
	return out, err
}

// loadStaff learns which of the people exist.
func (s *Service) loadStaff(ctx context.Context, tx *db.Tx, b *book, personIDs ...string) (err error) {
	if s.deps.StaffNumbers == nil {
		return nil
	}
	b.staff = map[string]string{}
	var known []string
	for _, id := range personIDs {
		if id != "" {
			known = append(known, id)
		}
	}
	if len(known) > 0 {
		b.staff, err = s.deps.StaffNumbers(ctx, tx, known)
	}
	return err
}

// SaveTeam adds a team (empty id) or changes one.
func (s *Service) SaveTeam(ctx context.Context, id string, in TeamInput) (out Team, err error) {
	if err := in.clean(); err != nil {
		return out, err
	}
	err = s.change(ctx, func(tx *db.Tx, b *book) error {
		list, err := flatRivals[Team](ctx, tx, KindTeam, id, in.Code, in.Name)
		if err != nil {
			return err
		}
		b.teams.load(list)
		vendors, err := byIDs[Vendor](ctx, tx, KindVendor, []string{in.VendorID})
		if err != nil {
			return err
		}
		b.vendors.load(vendors)
		if err := loadReferences(ctx, tx, b, nil, []string{in.CampusID}); err != nil {
			return err
		}
		if err := s.loadStaff(ctx, tx, b, in.LeadID); err != nil {
			return err
		}
		p, err := b.putTeam(existing(id), in)
		if err != nil {
			return err
		}
		out = *p
		return saved(ctx, s, tx, b, KindTeam, b.teams, p)
	})
	return out, err
}

// SaveVendor adds a vendor (empty id) or changes one.
func (s *Service) SaveVendor(ctx context.Context, id string, in VendorInput) (out Vendor, err error) {
	if err := in.clean(); err != nil {
		return out, err
	}
	err = s.change(ctx, func(tx *db.Tx, b *book) error {
		list, err := flatRivals[Vendor](ctx, tx, KindVendor, id, in.Code, in.Name)
		if err != nil {
			return err
		}
		b.vendors.load(list)
		p, err := b.putVendor(existing(id), in)
		if err != nil {
			return err
		}
		out = *p
		return saved(ctx, s, tx, b, KindVendor, b.vendors, p)
	})
	return out, err
}

// SaveSkill adds a skill (empty id) or changes one.
func (s *Service) SaveSkill(ctx context.Context, id string, in SkillInput) (out Skill, err error) {
	if err := in.clean(); err != nil {
		return out, err
	}
	err = s.change(ctx, func(tx *db.Tx, b *book) error {
		list, err := flatRivals[Skill](ctx, tx, KindSkill, id, in.Code, in.Name)
		if err != nil {
			return err
		}
		b.skills.load(list)
		p, err := b.putSkill(existing(id), in)
		if err != nil {
			return err
		}
		out = *p
		return saved(ctx, s, tx, b, KindSkill, b.skills, p)
	})
	return out, err
}

// SaveExtension adds an extension (empty id) or changes one.
func (s *Service) SaveExtension(ctx context.Context, id string, in ExtensionInput) (out Extension, err error) {
	if err := in.clean(); err != nil {
		return out, err
	}
	err = s.change(ctx, func(tx *db.Tx, b *book) error {
		list, err := extensionRivals(ctx, tx, id, in.Number, in.Direct)
		if err != nil {
			return err
		}
		b.extensions.load(list)
		departments, places := []string{in.DepartmentID}, []string{in.PlaceID}
		if e := b.extensions.get(id); e != nil {
			departments, places = append(departments, e.DepartmentID), append(places, e.PlaceID)
		}
		found, err := byIDs[Place](ctx, tx, KindPlace, places)
		if err != nil {
			return err
		}
		b.places.load(found)
		if err := loadReferences(ctx, tx, b, departments, nil); err != nil {
			return err
		}
		p, err := b.putExtension(existing(id), in)
		if err != nil {
			return err
		}
		out = *p
		return saved(ctx, s, tx, b, KindExtension, b.extensions, p)
	})
	return out, err
}

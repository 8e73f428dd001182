package org

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Removal says what became of a thing that was to be removed.
type Removal struct {
	Outcome string `json:"outcome" enum:"deleted,deactivated" doc:"What is named elsewhere is only made inactive"`
}

// RemoveCampus removes a campus on which nothing active is left.
func (s *Service) RemoveCampus(ctx context.Context, id string, version int64) (Removal, error) {
	return remove(ctx, s, KindCampus, id, version, func(tx *db.Tx, c *Campus) (identity.Keys, error) {
		used, err := campusInUse(ctx, tx, id)
		if err == nil && used {
			err = fault.New(fault.Conflict, "org.has_children")
		}
		return identity.Keys{}, err
	})
}

// RemovePlace removes a place in which there is nothing.
func (s *Service) RemovePlace(ctx context.Context, id string, version int64) (Removal, error) {
	return remove(ctx, s, KindPlace, id, version, func(tx *db.Tx, p *Place) (identity.Keys, error) {
		return p.keys(), childless(ctx, tx, KindPlace, id)
	})
}

// RemoveDepartment removes a department below which there is none.
func (s *Service) RemoveDepartment(ctx context.Context, id string, version int64) (Removal, error) {
	return remove(ctx, s, KindDepartment, id, version, func(tx *db.Tx, d *Department) (identity.Keys, error) {
		return d.keys(), childless(ctx, tx, KindDepartment, id)
	})
}

// RemoveTeam removes a team.
func (s *Service) RemoveTeam(ctx context.Context, id string, version int64) (Removal, error) {
	return remove(ctx, s, KindTeam, id, version, func(_ *db.Tx, t *Team) (identity.Keys, error) { return t.keys(), nil })
}

// RemoveVendor removes a vendor.
func (s *Service) RemoveVendor(ctx context.Context, id string, version int64) (Removal, error) {
	return remove(ctx, s, KindVendor, id, version, func(_ *db.Tx, v *Vendor) (identity.Keys, error) { return v.keys(), nil })
}

// RemoveSkill removes a skill.
func (s *Service) RemoveSkill(ctx context.Context, id string, version int64) (Removal, error) {
	return remove(ctx, s, KindSkill, id, version, func(_ *db.Tx, k *Skill) (identity.Keys, error) { return k.keys(), nil })
}

// RemoveExtension removes an extension.
func (s *Service) RemoveExtension(ctx context.Context, id string, version int64) (Removal, error) {
	return remove(ctx, s, KindExtension, id, version, func(tx *db.Tx, e *Extension) (identity.Keys, error) {
		p, err := byIDs[Place](ctx, tx, KindPlace, []string{e.PlaceID})
		if err != nil {
			return identity.Keys{}, err
		}
		d, err := byIDs[Department](ctx, tx, KindDepartment, []string{e.DepartmentID})
		return extensionKeys(first(d), first(p)), err
	})
}

func first[T any](list []T) *T {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

func childless(ctx context.Context, tx *db.Tx, kind Kind, id string) error {
	found, err := hasChildren(ctx, tx, kind, id)
	if err == nil && found {
		err = fault.New(fault.Conflict, "org.has_children")
	}
	return err
}

// remove deletes a thing that nothing names and makes any other inactive. look
// returns the thing's keys, or refuses; the permission is asked for first.
func remove[T any, P thing[T]](ctx context.Context, s *Service, kind Kind, id string, version int64,
	look func(*db.Tx, P) (identity.Keys, error)) (out Removal, err error) {
	err = s.change(ctx, func(tx *db.Tx, b *book) error {
		row, err := one[T](ctx, tx, kind, id)
		if err != nil {
			return err
		}
		p := P(&row)
		keys, refused := look(tx, p)
		if err := b.may(keys); err != nil {
			return err
		}
		if refused != nil {
			return refused
		}
		if version != p.head().Version {
			return fault.New(fault.Conflict, "conflict")
		}
		named, err := s.named(ctx, tx, kind, id)
		if err != nil {
			return err
		}
		if !named {
			out.Outcome = "deleted"
			if err := deleteRow(ctx, tx, kind, id); err != nil {
				return err
			}
			return s.record(ctx, tx, "delete", kind, id, differences(p, nil))
		}
		out.Outcome = "deactivated"
		if !p.head().Active {
			return nil
		}
		p.head().Active = false
		p.head().Version++
		p.head().UpdatedAt = s.now()
		if _, err := db.Update(ctx, tx, string(kind), &row); err != nil {
			return err
		}
		return s.record(ctx, tx, "deactivate", kind, id, nil)
	})
	return out, err
}

// named tells whether anything names the thing, in this package or outside.
func (s *Service) named(ctx context.Context, tx *db.Tx, kind Kind, id string) (bool, error) {
	named, err := pointedAt(ctx, tx, kind, id)
	if err != nil || named || kind == KindExtension { // others keep the number, never the extension
		return named, err
	}
	if s.deps.Referenced == nil {
		return true, nil
	}
	return s.deps.Referenced(ctx, tx, kind, id)
}

// RenewCode gives a place a new report code; labels with the old one are void at once.
func (s *Service) RenewCode(ctx context.Context, placeID string) (code string, err error) {
	err = s.change(ctx, func(tx *db.Tx, b *book) error {
		p, err := s.Place(ctx, tx, placeID)
		if err != nil {
			return err
		}
		if err := b.may(p.keys()); err != nil {
			return err
		}
		p.ReportCode, p.UpdatedAt = id.Secret(), s.now()
		p.Version++
		code = p.ReportCode
		if _, err := db.Update(ctx, tx, string(KindPlace), &p); err != nil {
			return err
		}
		return s.record(ctx, tx, "renew_code", KindPlace, placeID, nil)
	})
	return code, err
}

package org

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

// Fresh is something new with the id it shall have; an empty id makes one.
type Fresh[T any] struct {
	ID    string
	Input T
}

// Bulk is a whole directory, or a part of one. What is named must be there already
// or stand before: campuses, then departments, places, vendors, teams.
type Bulk struct {
	Campuses     []Fresh[CampusInput]
	Departments  []Fresh[DepartmentInput] // every one after the one above it
	Places       []Fresh[PlaceInput]      // every one after the one above it
	ReportCodes  map[string]string        // by place; the others get secret ones
	Vendors      []Fresh[VendorInput]
	Teams        []Fresh[TeamInput]
	Skills       []Fresh[SkillInput]
	Extensions   []Fresh[ExtensionInput]
	PersonSkills map[string][]PersonSkill // by person
	Duties       []Duty                   // whole rows
}

// Fill adds many things by the same rules as single changes, in the caller's
// transaction and without asking for a permission: it is for the program itself.
// Changed is called once for each kind with an empty id, and the audit trail gets
// one entry.
func (s *Service) Fill(ctx context.Context, tx *db.Tx, in Bulk) error {
	if err := takeStamp(ctx, tx, rand.Int64()); err != nil {
		return err
	}
	b := newBook(s.now(), func(identity.Keys) error { return nil })
	for _, k := range []Kind{KindCampus, KindDepartment, KindPlace, KindVendor, KindTeam, KindSkill, KindExtension} {
		if err := loadKind(ctx, tx, b, k); err != nil {
			return err
		}
	}
	if err := fillBook(b, in); err != nil {
		return err
	}
	if err := writeBook(ctx, tx, b); err != nil {
		return err
	}
	for person, list := range in.PersonSkills {
		if err := replaceSkills(ctx, tx, person, list); err != nil {
			return err
		}
	}
	in.Duties = slices.Clone(in.Duties)
	for i := range in.Duties {
		in.Duties[i].Kind = cmp.Or(in.Duties[i].Kind, NormalDuty)
	}
	if err := db.InsertMany(ctx, tx, string(KindDuty), in.Duties); err != nil {
		return err
	}
	counts := map[Kind]int{KindCampus: len(in.Campuses), KindDepartment: len(in.Departments), KindPlace: len(in.Places), KindVendor: len(in.Vendors),
		KindTeam: len(in.Teams), KindSkill: len(in.Skills), KindExtension: len(in.Extensions)}
	detail := map[string]any{}
	for kind, n := range counts {
		if n > 0 {
			detail[string(kind)] = n
		}
		if n > 0 && s.deps.Changed != nil {
			if err := s.deps.Changed(ctx, tx, kind, ""); err != nil {
				return err
			}
		}
	}
	return s.deps.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "org.fill", "directory", "", detail)
}

func fillBook(b *book, in Bulk) error {
	if err := each("campus", in.Campuses, func(at slot, c CampusInput) error { _, err := b.putCampus(at, c); return err }); err != nil {
		return err
	}
	if err := each("department", in.Departments, func(at slot, d DepartmentInput) error { _, err := b.putDepartment(at, d); return err }); err != nil {
		return err
	}
	if err := each("place", in.Places, func(at slot, p PlaceInput) error {
		row, err := b.putPlace(at, p)
		if err == nil && in.ReportCodes[at.id] != "" {
			row.ReportCode = in.ReportCodes[at.id]
		}
		return err
	}); err != nil {
		return err
	}
	if err := each("vendor", in.Vendors, func(at slot, v VendorInput) error { _, err := b.putVendor(at, v); return err }); err != nil {
		return err
	}
	if err := each("team", in.Teams, func(at slot, t TeamInput) error { _, err := b.putTeam(at, t); return err }); err != nil {
		return err
	}
	if err := each("skill", in.Skills, func(at slot, k SkillInput) error { _, err := b.putSkill(at, k); return err }); err != nil {
		return err
	}
	return each("extension", in.Extensions, func(at slot, e ExtensionInput) error { _, err := b.putExtension(at, e); return err })
}

func each[T any](what string, list []Fresh[T], put func(slot, T) error) error {
	for _, f := range list {
		at := existing("")
		if f.ID != "" {
			at.id = f.ID
		}
		if err := put(at, f.Input); err != nil {
			return fmt.Errorf("%s %+v: %w", what, f.Input, err)
		}
	}
	return nil
}

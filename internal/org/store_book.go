package org

import (
	"context"

	"wardline/internal/platform/db"
)

// write writes what was put into a book.
func write[T any, P thing[T]](ctx context.Context, tx *db.Tx, kind Kind, s *shelf[T, P]) error {
	added, changed := s.pending()
	if err := db.InsertMany(ctx, tx, string(kind), added); err != nil {
		return err
	}
	for i := range changed {
		if _, err := db.Update(ctx, tx, string(kind), &changed[i]); err != nil {
			return err
		}
	}
	return nil
}

// writeBook writes what was put, things before those that name them.
func writeBook(ctx context.Context, tx *db.Tx, b *book) error {
	for _, f := range []func() error{
		func() error { return write(ctx, tx, KindCampus, b.campuses) },
		func() error { return write(ctx, tx, KindVendor, b.vendors) },
		func() error { return write(ctx, tx, KindSkill, b.skills) },
		func() error { return write(ctx, tx, KindDepartment, b.departments) },
		func() error { return write(ctx, tx, KindPlace, b.places) },
		func() error { return write(ctx, tx, KindTeam, b.teams) },
		func() error { return write(ctx, tx, KindExtension, b.extensions) },
		func() error {
			if b.roster == nil {
				return nil
			}
			return db.InsertMany(ctx, tx, string(KindDuty), b.roster.fresh)
		},
	} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func fetch[T any, P thing[T]](ctx context.Context, tx *db.Tx, kind Kind, s *shelf[T, P]) error {
	rows, err := all[T](ctx, tx, kind)
	s.load(rows)
	return err
}

// loadKind loads everything of a kind into a book.
func loadKind(ctx context.Context, tx *db.Tx, b *book, kind Kind) error {
	switch kind {
	case KindCampus:
		return fetch(ctx, tx, kind, b.campuses)
	case KindDepartment:
		return fetch(ctx, tx, kind, b.departments)
	case KindPlace:
		return fetch(ctx, tx, kind, b.places)
	case KindVendor:
		return fetch(ctx, tx, kind, b.vendors)
	case KindTeam:
		return fetch(ctx, tx, kind, b.teams)
	case KindSkill:
		return fetch(ctx, tx, kind, b.skills)
	case KindExtension:
		return fetch(ctx, tx, kind, b.extensions)
	}
	return nil
}

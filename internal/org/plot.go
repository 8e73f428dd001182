package org

import (
	"context"

	"wardline/internal/platform/db"
)

// Plot is a place as a schematic of the hospital draws it.
type Plot struct {
	ID       string    `db:"id"`
	CampusID string    `db:"campus_id"`
	Kind     PlaceKind `db:"kind"`
	Name     string    `db:"name"`
	Ancestry string    `db:"ancestry"`
	Level    *int64    `db:"level"`
	X        *float64  `db:"x"`
	Y        *float64  `db:"y"`
}

// maxPlots bounds how much of a hospital is drawn at once.
const maxPlots = 20_000

// Plots returns the active buildings, floors, rooms and service points of a campus, or
// of all when campusID is empty, for other domains, inside their transaction: buildings
// and floors first, each kind in its order.
func (s *Service) Plots(ctx context.Context, tx *db.Tx, campusID string) ([]Plot, error) {
	return plots(ctx, tx, campusID)
}

// CampusNames returns the names of all campuses by id.
func (s *Service) CampusNames(ctx context.Context, tx *db.Tx) (map[string]string, error) {
	list, err := all[Campus](ctx, tx, KindCampus)
	out := make(map[string]string, len(list))
	for _, c := range list {
		out[c.ID] = c.Name
	}
	return out, err
}

// Whereabouts say where somebody who is on duty should be found.
type Whereabouts struct {
	PlaceID string // where the person has checked in
	Since   int64
	DutyAt  string // where the duty that runs is
}

// Whereabouts returns what check-ins and duties tell of where people are now, for other
// domains, inside their transaction.
func (s *Service) Whereabouts(ctx context.Context, tx *db.Tx, people []string) (map[string]Whereabouts, error) {
	out := map[string]Whereabouts{}
	in, err := openAttendances(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	for personID, a := range in {
		if a.PlaceID != "" {
			out[personID] = Whereabouts{PlaceID: a.PlaceID, Since: a.InAt}
		}
	}
	at, err := dutyPlaces(ctx, tx, people, s.now())
	for personID, placeID := range at {
		w := out[personID]
		w.DutyAt = placeID
		out[personID] = w
	}
	return out, err
}

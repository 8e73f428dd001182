package org

import (
	"context"

	"wardline/internal/platform/db"
)

func plots(ctx context.Context, tx *db.Tx, campusID string) ([]Plot, error) {
	q := db.NewQuery().In("kind", string(Building), string(Floor), string(Room), string(Point)).Where("active")
	if campusID != "" {
		q.Where("campus_id = ?", campusID)
	}
	stmt, args := q.OrderBy(db.Order{Column: "kind = 'building'", Desc: true}, db.Order{Column: "kind = 'floor'", Desc: true},
		db.Order{Column: "sort_key"}, db.Order{Column: "id"}).Limit(maxPlots).Build("SELECT " + db.Columns[Plot]("") + " FROM place")
	return db.All[Plot](ctx, tx, stmt, args...)
}

type dutyPlaceRow struct {
	PersonID string `db:"person_id"`
	PlaceID  string `db:"place_id"`
}

// dutyPlaces returns where people's running duties are, for those that are somewhere.
func dutyPlaces(ctx context.Context, tx *db.Tx, people []string, at int64) (map[string]string, error) {
	out := map[string]string{}
	for _, part := range chunks(people) {
		stmt, args := db.NewQuery().In("person_id", part...).
			Where("place_id <> '' AND removed_at = 0 AND left_at = 0 AND start_at > ? AND start_at <= ? AND end_at > ?", at-maxDuty, at, at).
			OrderBy(db.Order{Column: "start_at"}, db.Order{Column: "id"}).Build("SELECT person_id, place_id FROM duty")
		list, err := db.All[dutyPlaceRow](ctx, tx, stmt, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range list { // of several the last begun
			out[r.PersonID] = r.PlaceID
		}
	}
	return out, nil
}

package org

import (
	"context"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
)

const attendanceTable = "attendance"

// dutiesOfPerson returns the duties of a person, in any team, that touch a span, those
// during a leave aside.
func dutiesOfPerson(ctx context.Context, tx *db.Tx, personID string, from, to int64) ([]Duty, error) {
	return db.All[Duty](ctx, tx, selectFrom[Duty](KindDuty)+` WHERE person_id = $1 AND start_at > $2 AND start_at < $3 AND end_at > $4 AND removed_at = 0
		AND NOT EXISTS (SELECT 1 FROM leave_span l WHERE l.person_id = duty.person_id AND l.cancelled_at = 0 AND l.start_at <= duty.start_at AND l.end_at > duty.start_at)
		ORDER BY start_at, id`, personID, from-maxDuty, to, from)
}

// runningDuties returns the duties of a team at a moment, those of people on leave aside.
func runningDuties(ctx context.Context, tx *db.Tx, teamID string, at int64) ([]Duty, error) {
	return db.All[Duty](ctx, tx, selectFrom[Duty](KindDuty)+` WHERE team_id = $1 AND start_at > $2 AND start_at <= $3 AND end_at > $3 AND removed_at = 0
		AND NOT EXISTS (SELECT 1 FROM leave_span l WHERE l.person_id = duty.person_id AND l.cancelled_at = 0 AND l.start_at <= $3 AND l.end_at > $3)
		ORDER BY start_at, id`, teamID, at-maxDuty, at)
}

func openAttendance(ctx context.Context, tx *db.Tx, personID string) (Attendance, error) {
	return db.One[Attendance](ctx, tx, "SELECT "+db.Columns[Attendance]("")+" FROM attendance WHERE person_id = $1 AND out_at = 0", personID)
}

// openAttendances returns who of the people is checked in, by person.
func openAttendances(ctx context.Context, tx *db.Tx, people []string) (map[string]Attendance, error) {
	out := map[string]Attendance{}
	for _, part := range chunks(people) {
		stmt, args := db.NewQuery().In("person_id", part...).Where("out_at = 0").Build("SELECT " + db.Columns[Attendance]("") + " FROM attendance")
		list, err := db.All[Attendance](ctx, tx, stmt, args...)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			out[a.PersonID] = a
		}
	}
	return out, nil
}

func goneFrom(ctx context.Context, tx *db.Tx, dutyID string, at int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE duty SET left_at = $1 WHERE id = $2", at, dutyID)
	return err
}

// comeBack makes somebody who had left a duty be on it again; what was handed over then
// stays with the others, and what is left at the end is handed over anew.
func comeBack(ctx context.Context, tx *db.Tx, dutyID string) error {
	_, err := db.Exec(ctx, tx, "UPDATE duty SET left_at = 0, handed_at = 0 WHERE id = $1 AND left_at > 0", dutyID)
	return err
}

// endedDuties returns duties that have ended, or been left, within the last day and
// that nobody has handed over, the longest ended first.
func endedDuties(ctx context.Context, tx *db.Tx, now int64, limit int) ([]Duty, error) {
	return db.All[Duty](ctx, tx, selectFrom[Duty](KindDuty)+` WHERE handed_at = 0 AND removed_at = 0 AND end_at > $1 AND end_at <= $2
		AND (end_at <= $3 OR left_at > 0 AND left_at <= $3) ORDER BY end_at, id LIMIT $4`, now-clock.Day, now+maxDuty, now, limit)
}

func markHanded(ctx context.Context, tx *db.Tx, dutyID string, at int64) (bool, error) {
	n, err := db.Exec(ctx, tx, "UPDATE duty SET handed_at = $1 WHERE id = $2 AND handed_at = 0", at, dutyID)
	return n > 0, err
}

type openingRow struct {
	PlaceID string `db:"place_id"`
	Opening
}

func openingsOf(ctx context.Context, tx *db.Tx, placeID string) ([]Opening, error) {
	return db.All[Opening](ctx, tx, "SELECT weekday, from_min, to_min FROM opening_hours WHERE place_id = $1 ORDER BY weekday, from_min", placeID)
}

func allOpenings(ctx context.Context, tx *db.Tx) (map[string][]Opening, error) {
	list, err := db.All[openingRow](ctx, tx, "SELECT place_id, weekday, from_min, to_min FROM opening_hours ORDER BY place_id, weekday, from_min")
	out := map[string][]Opening{}
	for _, r := range list {
		out[r.PlaceID] = append(out[r.PlaceID], r.Opening)
	}
	return out, err
}

func replaceOpenings(ctx context.Context, tx *db.Tx, placeID string, hours []Opening) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM opening_hours WHERE place_id = $1", placeID); err != nil {
		return err
	}
	rows := make([]openingRow, 0, len(hours))
	for _, o := range hours {
		rows = append(rows, openingRow{placeID, o})
	}
	return db.InsertMany(ctx, tx, "opening_hours", rows)
}

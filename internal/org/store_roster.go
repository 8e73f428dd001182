package org

import (
	"context"

	"wardline/internal/platform/db"
)

type dutyRow struct {
	PersonID string `db:"person_id"`
	Here     int64  `db:"here"`
}

// hereOnDuty returns who is on duty for a team at a moment and not on leave. Who is on
// call counts only while nobody else is there.
func hereOnDuty(ctx context.Context, tx *db.Tx, teamID string, at int64) ([]string, error) {
	list, err := db.All[dutyRow](ctx, tx, `SELECT person_id, max(CASE WHEN kind = 'on_call' THEN 0 ELSE 1 END) AS here FROM duty
		WHERE team_id = $1 AND start_at > $2 AND start_at <= $3 AND end_at > $3 AND removed_at = 0 AND left_at = 0
		AND NOT EXISTS (SELECT 1 FROM leave_span l WHERE l.person_id = duty.person_id AND l.cancelled_at = 0 AND l.start_at <= $3 AND l.end_at > $3)
		GROUP BY person_id ORDER BY here DESC, person_id`, teamID, at-maxDuty, at)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range list {
		if r.Here < list[0].Here {
			break
		}
		out = append(out, r.PersonID)
	}
	return out, nil
}

// hasRoster tells whether a team has any duty.
func hasRoster(ctx context.Context, tx *db.Tx, teamID string) (bool, error) {
	return anyRow(ctx, tx, teamID, "SELECT 1 FROM duty WHERE team_id = $1 AND removed_at = 0")
}

const touching = ` WHERE team_id = $1 AND start_at > $2 AND start_at < $3 AND end_at > $4`

// dutiesOf returns the duties of a team that touch a span.
func dutiesOf(ctx context.Context, tx *db.Tx, teamID string, from, to int64) ([]Duty, error) {
	return db.All[Duty](ctx, tx, selectFrom[Duty](KindDuty)+touching+` AND removed_at = 0 ORDER BY start_at, id`, teamID, from-maxDuty, to, from)
}

// allDutiesOf is dutiesOf with those that were taken back.
func allDutiesOf(ctx context.Context, tx *db.Tx, teamID string, from, to int64) ([]Duty, error) {
	return db.All[Duty](ctx, tx, selectFrom[Duty](KindDuty)+touching+` ORDER BY start_at, id`, teamID, from-maxDuty, to, from)
}

func dutyByID(ctx context.Context, tx *db.Tx, dutyID string) (Duty, error) {
	return db.One[Duty](ctx, tx, selectFrom[Duty](KindDuty)+" WHERE id = $1 AND removed_at = 0", dutyID)
}

func removeDuty(ctx context.Context, tx *db.Tx, dutyID string, at int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE duty SET removed_at = $1 WHERE id = $2", at, dutyID)
	return err
}

// dropUnchanged deletes the duties that a rotation has made in a span and that are as it
// made them.
func dropUnchanged(ctx context.Context, tx *db.Tx, rotationID string, from, to int64) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM duty WHERE rotation_id = $1 AND start_at >= $2 AND start_at < $3 AND removed_at = 0 AND NOT changed`, rotationID, from, to)
}

func shiftsOf(ctx context.Context, tx *db.Tx, teamID string) ([]Shift, error) {
	return db.All[Shift](ctx, tx, selectFrom[Shift](kindShift)+" WHERE team_id = $1 ORDER BY created_at, id", teamID)
}

func rotationsOf(ctx context.Context, tx *db.Tx, teamID string) ([]Rotation, error) {
	return db.All[Rotation](ctx, tx, selectFrom[Rotation](kindRotation)+" WHERE team_id = $1 ORDER BY created_at, id", teamID)
}

func lockTeam(ctx context.Context, tx *db.Tx, teamID string) error {
	_, err := db.One[string](ctx, tx, "SELECT id FROM team WHERE id = $1"+tx.ForUpdate(), teamID)
	return err
}

// onRoster tells whether a person has had a duty of a team.
func onRoster(ctx context.Context, tx *db.Tx, teamID, personID string) (bool, error) {
	n, err := db.One[int64](ctx, tx, "SELECT count(*) FROM duty WHERE team_id = $1 AND person_id = $2", teamID, personID)
	return n > 0, err
}

// awayAt tells which of the people are on leave at a moment.
func awayAt(ctx context.Context, tx *db.Tx, people []string, at int64) (map[string]bool, error) {
	out := map[string]bool{}
	for _, part := range chunks(people) {
		stmt, args := db.NewQuery().In("person_id", part...).Where("cancelled_at = 0 AND start_at <= ? AND end_at > ?", at, at).
			Build("SELECT person_id FROM leave_span")
		list, err := db.All[string](ctx, tx, stmt, args...)
		if err != nil {
			return nil, err
		}
		for _, personID := range list {
			out[personID] = true
		}
	}
	return out, nil
}

// leavesOf returns the leaves of a person that touch a span.
func leavesOf(ctx context.Context, tx *db.Tx, personID string, from, to int64) ([]Leave, error) {
	return db.All[Leave](ctx, tx, selectFrom[Leave](kindLeave)+" WHERE person_id = $1 AND cancelled_at = 0 AND start_at < $2 AND end_at > $3 ORDER BY start_at, id",
		personID, to, from)
}

// leavesOfTeam returns the leaves that touch a span and were entered for a team, or are
// of people with duties of the team in it.
func leavesOfTeam(ctx context.Context, tx *db.Tx, teamID string, from, to int64) ([]Leave, error) {
	return db.All[Leave](ctx, tx, selectFrom[Leave](kindLeave)+` WHERE cancelled_at = 0 AND start_at < $1 AND end_at > $2
		AND (team_id = $3 OR person_id IN (SELECT person_id FROM duty WHERE team_id = $4 AND start_at > $5 AND start_at < $6 AND removed_at = 0))
		ORDER BY start_at, id`, to, from, teamID, teamID, from-maxDuty, to)
}

func cancelLeave(ctx context.Context, tx *db.Tx, leaveID, by string, at int64) (bool, error) {
	n, err := db.Exec(ctx, tx, "UPDATE leave_span SET cancelled_at = $1, cancelled_by = $2 WHERE id = $3 AND cancelled_at = 0", at, by, leaveID)
	return n > 0, err
}

// swapsOf returns the newest swaps of a team, all or those of one person.
func swapsOf(ctx context.Context, tx *db.Tx, teamID, personID string, all bool) ([]Swap, error) {
	return db.All[Swap](ctx, tx, selectFrom[Swap](kindSwap)+` WHERE team_id = $1 AND ($2 OR person_id = $3 OR with_id = $3 OR asked_by = $3)
		ORDER BY created_at DESC, id DESC LIMIT 200`, teamID, all, personID)
}

func allShifts(ctx context.Context, tx *db.Tx) ([]Shift, error) {
	return db.All[Shift](ctx, tx, selectFrom[Shift](kindShift)+" ORDER BY id")
}

// dutiesBetween returns the duties of all teams that touch a span, or begin in it.
func dutiesBetween(ctx context.Context, tx *db.Tx, from, to int64, begin bool) ([]Duty, error) {
	early := from - maxDuty
	if begin {
		early = from
	}
	return db.All[Duty](ctx, tx, selectFrom[Duty](KindDuty)+` WHERE start_at > $1 AND start_at < $2 AND end_at > $3 AND removed_at = 0 ORDER BY start_at, id`, early, to, from)
}

func lockTeams(ctx context.Context, tx *db.Tx) error {
	_, err := db.All[string](ctx, tx, "SELECT id FROM team ORDER BY id"+tx.ForUpdate())
	return err
}

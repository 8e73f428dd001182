package workorder

import (
	"context"
	"fmt"

	"wardline/internal/platform/db"
)

var cardColumns = db.Columns[Card]("o.")

func cards(ctx context.Context, tx *db.Tx, q *db.Query) ([]Card, error) {
	text, args := q.Build("SELECT " + cardColumns + " FROM workorder o")
	return db.All[Card](ctx, tx, text, args...)
}

// soonAt is the condition that a clock that runs ends soon after a moment.
func soonAt(now int64) string {
	due := func(column, met string) string {
		return fmt.Sprintf("(o.%s > %d AND o.%s <= %d AND o.%s = 0)", column, now, column, soonUntil(now), met)
	}
	return "o.status <> 'held' AND (" + due("respond_due", "accepted_at") + " OR " + due("finish_due", "finished_at") +
		" OR (o.mode = 'onsite' AND " + due("arrive_due", "arrived_at") + "))"
}

func figureColumns(now int64) string {
	count := func(cond, name string) string { return "count(*) FILTER (WHERE " + cond + ") AS " + name }
	return "count(*) AS open_n, " + count("o.status IN ('reported', 'queued')", "waiting_n") + ", " + count("o.assignee_id = ''", "nobody_n") + ", " +
		count(soonAt(now), "soon_n") + ", " + count("o.overdue <> ''", "overdue_n") + ", " + count("o.urges > 0", "urged_n") + ", " +
		count("o.priority IN ('P1', 'T0')", "urgent_n") + ", " + count("o.status = 'held'", "held_n")
}

func figures(ctx context.Context, tx *db.Tx, q *db.Query, now int64) (Figures, error) {
	text, args := q.Build("SELECT " + figureColumns(now) + " FROM workorder o")
	return db.One[Figures](ctx, tx, text, args...)
}

// openBy tells whether an open order's limits name a calendar. Its id holds nothing that
// means something in a pattern but the underscore, which then fits more than itself.
func openBy(ctx context.Context, tx *db.Tx, calendarID string) (bool, error) {
	found, err := db.All[int64](ctx, tx, "SELECT 1 FROM workorder WHERE open AND limits LIKE $1 LIMIT 1", `%"calendar":"`+calendarID+`"%`)
	return len(found) > 0, err
}

// figuresBy counts by a column; of several names of one key, as an order keeps the name
// of its day, one is shown.
func figuresBy(ctx context.Context, tx *db.Tx, q *db.Query, key, name string, now int64) ([]Group, error) {
	text, args := q.Build("SELECT " + key + " AS group_key, max(" + name + ") AS group_name, " + figureColumns(now) + " FROM workorder o")
	return db.All[Group](ctx, tx, text+" GROUP BY "+key+" ORDER BY "+key, args...)
}

package workorder

import (
	"context"
	"encoding/json"

	"wardline/internal/platform/db"
)

// openAfter returns the next open orders behind an id.
func openAfter(ctx context.Context, tx *db.Tx, after string, limit int) ([]Order, error) {
	q := db.NewQuery().Where("o.open").Where("o.id > ?", after).OrderBy(db.Order{Column: "o.id", Text: true}).Limit(limit)
	return list(ctx, tx, q)
}

// loadSome reads orders and locks them until the transaction ends.
func loadSome(ctx context.Context, tx *db.Tx, ids []string) ([]Order, error) {
	q := db.NewQuery().In("o.id", ids...).OrderBy(db.Order{Column: "o.id", Text: true})
	text, args := q.Build("SELECT " + orderColumns + " FROM workorder o")
	return db.All[Order](ctx, tx, text+tx.ForUpdate(), args...)
}

// updateClock writes what a recalculation changes of an order that was loaded under its lock.
func updateClock(ctx context.Context, tx *db.Tx, o *Order) error {
	marks, err := json.Marshal(o.Marks)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `UPDATE workorder SET version = $1, updated_at = $2, respond_due = $3, arrive_due = $4, finish_due = $5,
		marks = $6, next_check_at = $7 WHERE id = $8`, o.Version, o.UpdatedAt, o.Deadlines.Respond, o.Deadlines.Arrive, o.Deadlines.Finish,
		string(marks), o.NextCheckAt, o.ID)
	return err
}

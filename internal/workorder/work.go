package workorder

import (
	"context"

	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

// Stint is what one order tells of the person who has or had it, for choosing whom to
// give another to.
type Stint struct {
	OrderID      string `db:"id"`
	PersonID     string `db:"assignee_id"`
	ItemID       string `db:"item_id"`
	Priority     string `db:"priority"`
	Status       Status `db:"status"` // of a task: one of its own
	Open         bool   `db:"open"`
	PlaceID      string `db:"place_id"`
	DispatchedAt int64  `db:"dispatched_at"`
	ArrivedAt    int64  `db:"arrived_at"`
	FinishedAt   int64  `db:"finished_at"`
}

// WorkOf returns the open orders and tasks of people, and all orders of theirs that were
// reported since a moment.
func (s *Service) WorkOf(ctx context.Context, tx *db.Tx, people []string, since int64) ([]Stint, error) {
	return workOf(ctx, tx, people, id.At(since, func() uint64 { return 0 }))
}

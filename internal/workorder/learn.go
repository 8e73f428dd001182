package workorder

import (
	"context"

	"wardline/internal/platform/db"
)

// Taught is what a finished order teaches about words: what it turned out to be.
type Taught struct {
	ID         string `db:"id"`
	ItemID     string `db:"item_id"`
	Symptom    string `db:"symptom"`
	Words      string `db:"words"`
	Priority   string `db:"priority"`
	Mode       Mode   `db:"mode"`
	ReportedAt int64  `db:"reported_at"`
}

// Teaching returns the newest orders with words whose work is done and was not taken
// back, at most so many. What they were amended to counts, not what they began as.
func (s *Service) Teaching(ctx context.Context, most int) (out []Taught, err error) {
	if err := systemOnly(ctx); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = taught(ctx, tx, most); return err })
	return out, err
}

// Since returns orders made after the one with an id, the oldest first, at most so many.
func (s *Service) Since(ctx context.Context, afterID string, most int) (out []Order, err error) {
	if err := systemOnly(ctx); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = since(ctx, tx, afterID, most); return err })
	return out, err
}

// ItemsOf returns of which item each of the orders is now; it asks for no permission.
func (s *Service) ItemsOf(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	return itemsOf(ctx, tx, ids)
}

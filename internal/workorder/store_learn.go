package workorder

import (
	"context"
	"fmt"

	"wardline/internal/platform/db"
)

func taught(ctx context.Context, tx *db.Tx, most int) ([]Taught, error) {
	return db.All[Taught](ctx, tx, fmt.Sprintf(`SELECT %s FROM workorder WHERE words <> '' AND channel <> 'plan'
		AND status IN ('finished', 'confirmed', 'closed') ORDER BY id DESC LIMIT %d`, db.Columns[Taught](""), most))
}

func since(ctx context.Context, tx *db.Tx, afterID string, most int) ([]Order, error) {
	return db.All[Order](ctx, tx, fmt.Sprintf("SELECT %s FROM workorder o WHERE o.id > $1 ORDER BY o.id LIMIT %d", orderColumns, most), afterID)
}

type itemRow struct {
	ID     string `db:"id"`
	ItemID string `db:"item_id"`
}

func itemsOf(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	const portion = 500
	for len(ids) > 0 {
		n := min(portion, len(ids))
		text, args := db.NewQuery().In("id", ids[:n]...).Build("SELECT id, item_id FROM workorder")
		rows, err := db.All[itemRow](ctx, tx, text, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.ID] = r.ItemID
		}
		ids = ids[n:]
	}
	return out, nil
}

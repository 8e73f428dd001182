package audit

import (
	"context"

	"wardline/internal/platform/db"
)

func insert(ctx context.Context, tx *db.Tx, e *Entry) error {
	return db.InsertLater(ctx, tx, "audit_entry", *e)
}

func list(ctx context.Context, tx *db.Tx, q *db.Query) ([]Entry, error) {
	text, args := q.Build("SELECT " + db.Columns[Entry]("") + " FROM audit_entry")
	return db.All[Entry](ctx, tx, text, args...)
}

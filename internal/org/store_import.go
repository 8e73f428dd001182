package org

import (
	"context"

	"wardline/internal/platform/db"
)

// loadImport loads a preview of a person's own that has not expired.
func loadImport(ctx context.Context, tx *db.Tx, token, personID string, now int64) (staged, error) {
	return db.One[staged](ctx, tx, "SELECT "+db.Columns[staged]("")+" FROM org_import WHERE id = $1 AND person_id = $2 AND expires_at > $3",
		token, personID, now)
}

func purgeImports(ctx context.Context, tx *db.Tx, now int64) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM org_import WHERE expires_at <= $1", now)
	return err
}

func dropImport(ctx context.Context, tx *db.Tx, token string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM org_import WHERE id = $1", token)
	return err
}

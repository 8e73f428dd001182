package attachment

import (
	"context"
	"database/sql"
	"errors"

	"wardline/internal/platform/db"
)

var columns = db.Columns[Attachment]("")

func load(ctx context.Context, tx *db.Tx, id string) (Attachment, error) {
	return db.One[Attachment](ctx, tx, "SELECT "+columns+" FROM attachment WHERE id = $1", id)
}

// byKey returns the upload made under a key, and whether there is one.
func byKey(ctx context.Context, tx *db.Tx, uploader, key string) (Attachment, bool, error) {
	a, err := db.One[Attachment](ctx, tx, "SELECT "+columns+" FROM attachment WHERE uploader = $1 AND upload_key = $2 AND upload_key <> ''", uploader, key)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, err
}

func listOf(ctx context.Context, tx *db.Tx, subject, subjectID string) ([]Attachment, error) {
	return db.All[Attachment](ctx, tx, "SELECT "+columns+" FROM attachment WHERE subject = $1 AND subject_id = $2 AND subject <> '' ORDER BY id", subject, subjectID)
}

func countOf(ctx context.Context, tx *db.Tx, subject, subjectID string) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT count(*) FROM attachment WHERE subject = $1 AND subject_id = $2 AND subject <> ''", subject, subjectID)
}

// link gives an upload to its subject unless it has one, and reports whether it did.
func link(ctx context.Context, tx *db.Tx, id, subject, subjectID string, at int64) (bool, error) {
	n, err := db.Exec(ctx, tx, "UPDATE attachment SET subject = $1, subject_id = $2, linked_at = $3, secret_hash = '' WHERE id = $4 AND subject = ''",
		subject, subjectID, at, id)
	return n == 1, err
}

func setSecret(ctx context.Context, tx *db.Tx, id, hash string) error {
	_, err := db.Exec(ctx, tx, "UPDATE attachment SET secret_hash = $1 WHERE id = $2 AND subject = ''", hash, id)
	return err
}

type usage struct {
	Files int64 `db:"files"`
	Bytes int64 `db:"bytes"`
}

func unlinkedOf(ctx context.Context, tx *db.Tx, uploader string) (usage, error) {
	return db.One[usage](ctx, tx, "SELECT count(*) AS files, CAST(coalesce(sum(size), 0) AS BIGINT) AS bytes FROM attachment WHERE uploader = $1 AND subject = ''", uploader)
}

// pass takes the gate for the rest of the transaction.
func pass(ctx context.Context, tx *db.Tx, at int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE attachment_gate SET at = $1 WHERE id = 'gate'", at)
	return err
}

// removeUnlinked removes one upload that is not linked and returns its hash, or ""
// when it has been linked or removed meanwhile.
func removeUnlinked(ctx context.Context, tx *db.Tx, id string) (string, error) {
	out, err := db.All[string](ctx, tx, "DELETE FROM attachment WHERE id = $1 AND subject = '' RETURNING hash", id)
	if err != nil || len(out) == 0 {
		return "", err
	}
	return out[0], nil
}

// expired returns up to limit uploads that were not linked in time.
func expired(ctx context.Context, tx *db.Tx, before int64, limit int) ([]string, error) {
	return db.All[string](ctx, tx, "SELECT id FROM attachment WHERE subject = '' AND created_at < $1 ORDER BY created_at LIMIT $2", before, limit)
}

func hashInUse(ctx context.Context, tx *db.Tx, hash string) (bool, error) {
	return db.One[bool](ctx, tx, "SELECT EXISTS (SELECT 1 FROM attachment WHERE hash = $1)", hash)
}

// hashesInUse returns which of the hashes have rows.
func hashesInUse(ctx context.Context, tx *db.Tx, hashes []string) ([]string, error) {
	sel, args := db.NewQuery().In("hash", hashes...).Build("SELECT DISTINCT hash FROM attachment")
	return db.All[string](ctx, tx, sel, args...)
}

package history

import (
	"context"
	"fmt"

	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

// takeGate lets one at a time add rows for files or remove files without rows.
func takeGate(ctx context.Context, tx *db.Tx, now int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE history_gate SET at = $1 WHERE id = 'gate'", now)
	return err
}

func fileInUse(ctx context.Context, tx *db.Tx, hash string) (bool, error) {
	list, err := db.All[string](ctx, tx, "SELECT id FROM history_batch WHERE file_hash = $1 AND file_hash <> '' LIMIT 1", hash)
	return len(list) > 0, err
}

// dropFiles lets go of the files of batches that have not changed since the moment.
func dropFiles(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE history_batch SET file_hash = '' WHERE updated_at < $1 AND file_hash <> ''
		AND state NOT IN ('checking', 'importing', 'undoing')`, before)
	return err
}

func insertBatch(ctx context.Context, tx *db.Tx, b *Batch) error {
	return db.Insert(ctx, tx, "history_batch", b)
}

func getBatch(ctx context.Context, tx *db.Tx, batchID string) (Batch, error) {
	return db.One[Batch](ctx, tx, "SELECT "+db.Columns[Batch]("")+" FROM history_batch WHERE id = $1", batchID)
}

// lockBatch reads a batch that stays as it is until the transaction ends.
func lockBatch(ctx context.Context, tx *db.Tx, batchID string) (Batch, error) {
	return db.One[Batch](ctx, tx, "SELECT "+db.Columns[Batch]("")+" FROM history_batch WHERE id = $1"+tx.ForUpdate(), batchID)
}

// lockProgress is lockBatch for the part that work changes.
func lockProgress(ctx context.Context, tx *db.Tx, batchID string) (Progress, error) {
	return db.One[Progress](ctx, tx, "SELECT "+db.Columns[Progress]("")+" FROM history_batch WHERE id = $1"+tx.ForUpdate(), batchID)
}

func saveBatch(ctx context.Context, tx *db.Tx, b *Batch) error {
	_, err := db.Update(ctx, tx, "history_batch", b)
	return err
}

func saveProgress(ctx context.Context, tx *db.Tx, p *Progress) error {
	_, err := db.Update(ctx, tx, "history_batch", p)
	return err
}

func deleteBatch(ctx context.Context, tx *db.Tx, batchID string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM history_batch WHERE id = $1", batchID)
	return err
}

func listBatches(ctx context.Context, tx *db.Tx, q *db.Query) ([]Summary, error) {
	text, args := q.Build("SELECT " + db.Columns[Summary]("") + " FROM history_batch")
	return db.All[Summary](ctx, tx, text, args...)
}

// origin is a row of history_order: where an order came from.
type origin struct {
	OrderID string `db:"order_id" json:"orderId"`
	BatchID string `db:"batch_id" json:"-"`
	Source  string `db:"source" json:"-"`
	Key     string `db:"key" json:"key"`
	Line    int64  `db:"line" json:"line"`
	Version int64  `db:"version" json:"-"`
	Changed bool   `db:"changed" json:"-"`
}

// seen is where a key was met before.
type seen struct {
	Key     string `db:"key"`
	BatchID string `db:"batch_id"`
	Line    int64  `db:"line"`
}

// known returns those of the keys that have an order.
func known(ctx context.Context, tx *db.Tx, source string, keys []string) (map[string]seen, error) {
	out := map[string]seen{}
	if len(keys) == 0 {
		return out, nil
	}
	text, args := db.NewQuery().Where("source = ?", source).In("key", keys...).Build("SELECT key, batch_id, line FROM history_order")
	rows, err := db.All[seen](ctx, tx, text, args...)
	for _, r := range rows {
		out[r.Key] = r
	}
	return out, err
}

func insertOrigins(ctx context.Context, tx *db.Tx, list []origin) error {
	return db.InsertMany(ctx, tx, "history_order", list)
}

// originsOf returns orders of a batch behind an id, in the order of ids.
func originsOf(ctx context.Context, tx *db.Tx, batchID string, changed bool, after string, most int) ([]origin, error) {
	return db.All[origin](ctx, tx, fmt.Sprintf("SELECT "+db.Columns[origin]("")+` FROM history_order
		WHERE batch_id = $1 AND changed = $2 AND order_id > $3 ORDER BY order_id LIMIT %d`, most), batchID, changed, after)
}

func deleteOrigins(ctx context.Context, tx *db.Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	text, args := db.NewQuery().In("order_id", ids...).Build("DELETE FROM history_order")
	_, err := db.Exec(ctx, tx, text, args...)
	return err
}

func markChanged(ctx context.Context, tx *db.Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	text, args := db.NewQuery().In("order_id", ids...).Build("UPDATE history_order SET changed = true")
	_, err := db.Exec(ctx, tx, text, args...)
	return err
}

// unmarkChanged takes the marks of the last undoing away.
func unmarkChanged(ctx context.Context, tx *db.Tx, batchID string) error {
	_, err := db.Exec(ctx, tx, "UPDATE history_order SET changed = false WHERE batch_id = $1 AND changed = true", batchID)
	return err
}

func insertProblems(ctx context.Context, tx *db.Tx, list []Problem) error {
	return db.InsertMany(ctx, tx, "history_problem", list)
}

func listProblems(ctx context.Context, tx *db.Tx, q *db.Query) ([]Problem, error) {
	text, args := q.Build("SELECT " + db.Columns[Problem]("") + " FROM history_problem")
	return db.All[Problem](ctx, tx, text, args...)
}

func insertValues(ctx context.Context, tx *db.Tx, list []Value) error {
	return db.InsertMany(ctx, tx, "history_value", list)
}

func listValues(ctx context.Context, tx *db.Tx, batchID string, pass int64, f Field) ([]Value, error) {
	return db.All[Value](ctx, tx, "SELECT "+db.Columns[Value]("")+` FROM history_value
		WHERE batch_id = $1 AND pass = $2 AND field = $3 ORDER BY count DESC, value`, batchID, pass, string(f))
}

// waste marks a reading whose problems and values nobody asks for any more.
func waste(ctx context.Context, tx *db.Tx, batchID string, pass int64) error {
	_, err := db.Exec(ctx, tx, "INSERT INTO history_waste (batch_id, pass) VALUES ($1, $2) ON CONFLICT DO NOTHING", batchID, pass)
	return err
}

type wasted struct {
	BatchID string `db:"batch_id"`
	Pass    int64  `db:"pass"`
}

func wastes(ctx context.Context, tx *db.Tx) ([]wasted, error) {
	return db.All[wasted](ctx, tx, "SELECT batch_id, pass FROM history_waste LIMIT 100")
}

// clear removes some of what a wasted reading left, and tells whether that was all.
func (w wasted) clear(ctx context.Context, tx *db.Tx, most int) (bool, error) {
	n, err := db.Exec(ctx, tx, fmt.Sprintf(`DELETE FROM history_problem WHERE (batch_id, pass, line, n) IN
		(SELECT batch_id, pass, line, n FROM history_problem WHERE batch_id = $1 AND pass = $2 LIMIT %d)`, most), w.BatchID, w.Pass)
	if err != nil || n == int64(most) {
		return false, err
	}
	if _, err := db.Exec(ctx, tx, "DELETE FROM history_value WHERE batch_id = $1 AND pass = $2", w.BatchID, w.Pass); err != nil {
		return false, err
	}
	_, err = db.Exec(ctx, tx, "DELETE FROM history_waste WHERE batch_id = $1 AND pass = $2", w.BatchID, w.Pass)
	return true, err
}

// Saved is a mapping kept by name.
type Saved struct {
	ID        string  `db:"id" json:"id"`
	Name      string  `db:"name" json:"name"`
	NameKey   string  `db:"name_key" json:"-"`
	Mapping   Mapping `db:"mapping,json" json:"mapping"`
	SavedBy   string  `db:"saved_by" json:"savedBy"`
	UpdatedAt int64   `db:"updated_at" json:"updatedAt"`
}

func savedMappings(ctx context.Context, tx *db.Tx) ([]Saved, error) {
	return db.All[Saved](ctx, tx, "SELECT "+db.Columns[Saved]("")+" FROM history_mapping ORDER BY updated_at DESC, id DESC LIMIT 200")
}

// saveMapping keeps a mapping under its name, in the place of one of that name.
func saveMapping(ctx context.Context, tx *db.Tx, s *Saved) error {
	old, err := db.All[string](ctx, tx, "SELECT id FROM history_mapping WHERE name_key = $1"+tx.ForUpdate(), s.NameKey)
	if err != nil {
		return err
	}
	if len(old) == 0 {
		s.ID = id.New()
		return db.Insert(ctx, tx, "history_mapping", s)
	}
	s.ID = old[0]
	_, err = db.Update(ctx, tx, "history_mapping", s)
	return err
}

func deleteMapping(ctx context.Context, tx *db.Tx, savedID string) (int64, error) {
	return db.Exec(ctx, tx, "DELETE FROM history_mapping WHERE id = $1", savedID)
}

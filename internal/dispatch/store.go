package dispatch

import (
	"context"
	"fmt"

	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
)

func settings(ctx context.Context, tx *db.Tx) (SettingsVersion, error) {
	list, err := settingsHistory(ctx, tx, 1)
	if err != nil || len(list) == 0 {
		return SettingsVersion{Body: DefaultSettings()}, err
	}
	return list[0], nil
}

func settingsHistory(ctx context.Context, tx *db.Tx, most int) ([]SettingsVersion, error) {
	return db.All[SettingsVersion](ctx, tx, fmt.Sprintf("SELECT %s FROM dispatch_setting ORDER BY version DESC LIMIT %d", db.Columns[SettingsVersion](""), most))
}

func insertSettings(ctx context.Context, tx *db.Tx, v *SettingsVersion) error {
	return db.Insert(ctx, tx, "dispatch_setting", v)
}

func itemWants(ctx context.Context, tx *db.Tx) ([]ItemWants, error) {
	return db.All[ItemWants](ctx, tx, "SELECT "+db.Columns[ItemWants]("")+" FROM dispatch_item ORDER BY item_id")
}

func itemWantsOf(ctx context.Context, tx *db.Tx, itemID string) (ItemWants, error) {
	return db.One[ItemWants](ctx, tx, "SELECT "+db.Columns[ItemWants]("")+" FROM dispatch_item WHERE item_id = $1"+tx.ForUpdate(), itemID)
}

func insertItemWants(ctx context.Context, tx *db.Tx, w *ItemWants) error {
	return db.Insert(ctx, tx, "dispatch_item", w)
}

func updateItemWants(ctx context.Context, tx *db.Tx, w *ItemWants) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM dispatch_item WHERE item_id = $1", w.ItemID)
	if err != nil {
		return err
	}
	return insertItemWants(ctx, tx, w)
}

func kits(ctx context.Context, tx *db.Tx, people []string) ([]Kit, error) {
	q := db.NewQuery().OrderBy(db.Order{Column: "person_id", Text: true})
	if people != nil {
		q.In("person_id", people...)
	}
	text, args := q.Build("SELECT " + db.Columns[Kit]("") + " FROM dispatch_kit")
	return db.All[Kit](ctx, tx, text, args...)
}

func kitOf(ctx context.Context, tx *db.Tx, personID string) (Kit, error) {
	return db.One[Kit](ctx, tx, "SELECT "+db.Columns[Kit]("")+" FROM dispatch_kit WHERE person_id = $1"+tx.ForUpdate(), personID)
}

func insertKit(ctx context.Context, tx *db.Tx, k *Kit) error {
	return db.Insert(ctx, tx, "dispatch_kit", k)
}

func updateKit(ctx context.Context, tx *db.Tx, k *Kit) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM dispatch_kit WHERE person_id = $1", k.PersonID)
	if err != nil {
		return err
	}
	return insertKit(ctx, tx, k)
}

func modesIn(ctx context.Context, tx *db.Tx) ([]Mode, error) {
	return db.All[Mode](ctx, tx, "SELECT "+db.Columns[Mode]("")+" FROM dispatch_mode ORDER BY position, id")
}

func modeByID(ctx context.Context, tx *db.Tx, id string) (Mode, error) {
	return db.One[Mode](ctx, tx, "SELECT "+db.Columns[Mode]("")+" FROM dispatch_mode WHERE id = $1"+tx.ForUpdate(), id)
}

func insertMode(ctx context.Context, tx *db.Tx, m *Mode) error {
	return db.Insert(ctx, tx, "dispatch_mode", m)
}

func updateMode(ctx context.Context, tx *db.Tx, m *Mode) error {
	_, err := db.Update(ctx, tx, "dispatch_mode", m)
	return err
}

func deleteMode(ctx context.Context, tx *db.Tx, id string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM dispatch_mode WHERE id = $1", id)
	return err
}

// insertDecision adds a decision unless one was taken for this state of the order.
func insertDecision(ctx context.Context, tx *db.Tx, d *Decision) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO dispatch_decision (id, order_id, order_version, cause, team_id, person_id, score, note, state, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (order_id, order_version) DO NOTHING`,
		d.ID, d.OrderID, d.OrderVersion, d.Cause, d.TeamID, d.PersonID, d.Score, d.Note, d.State, d.At)
	return n == 1, err
}

func decisionFor(ctx context.Context, tx *db.Tx, orderID string, version int64) (Decision, error) {
	return db.One[Decision](ctx, tx, "SELECT "+db.Columns[Decision]("")+" FROM dispatch_decision WHERE order_id = $1 AND order_version = $2"+tx.ForUpdate(), orderID, version)
}

func decisionsOn(ctx context.Context, tx *db.Tx, orderID string) ([]Decision, error) {
	return db.All[Decision](ctx, tx, "SELECT "+db.Columns[Decision]("")+" FROM dispatch_decision WHERE order_id = $1 ORDER BY order_version", orderID)
}

func saveDecision(ctx context.Context, tx *db.Tx, d *Decision) error {
	_, err := db.Exec(ctx, tx, "UPDATE dispatch_decision SET person_id = $1, score = $2, note = $3, state = $4, at = $5 WHERE id = $6",
		d.PersonID, d.Score, d.Note, d.State, d.At, d.ID)
	return err
}

func dropDecision(ctx context.Context, tx *db.Tx, id string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM dispatch_decision WHERE id = $1 AND state = 'planned'", id)
	return err
}

func pruneDecisions(ctx context.Context, tx *db.Tx, before int64, most int) (int64, error) {
	return db.Exec(ctx, tx, fmt.Sprintf("DELETE FROM dispatch_decision WHERE id IN (SELECT id FROM dispatch_decision WHERE at < $1 ORDER BY at LIMIT %d)", most), before)
}

const eventCursor = "events"

type cursorRow struct {
	ID   string `db:"id"`
	TxID int64  `db:"txid"`
	Seq  int64  `db:"seq"`
}

func (c *cursorRow) position() event.Position { return event.Position{TxID: c.TxID, Seq: c.Seq} }

func cursor(ctx context.Context, tx *db.Tx, lock bool) (cursorRow, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[cursorRow](ctx, tx, "SELECT "+db.Columns[cursorRow]("")+" FROM dispatch_cursor WHERE id = $1"+suffix, eventCursor)
}

func firstCursor(ctx context.Context, tx *db.Tx, p event.Position) error {
	_, err := db.Exec(ctx, tx, "INSERT INTO dispatch_cursor (id, txid, seq) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING", eventCursor, p.TxID, p.Seq)
	return err
}

func moveCursor(ctx context.Context, tx *db.Tx, p event.Position) error {
	_, err := db.Exec(ctx, tx, "UPDATE dispatch_cursor SET txid = $1, seq = $2 WHERE id = $3", p.TxID, p.Seq, eventCursor)
	return err
}

package automation

import (
	"context"
	"encoding/json"
	"fmt"

	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
)

func rulesIn(ctx context.Context, tx *db.Tx, onlyOn bool) ([]Rule, error) {
	q := db.NewQuery().OrderBy(db.Order{Column: "position"}, db.Order{Column: "id", Text: true})
	if onlyOn {
		q.Where("enabled")
	}
	text, args := q.Build("SELECT " + db.Columns[Rule]("") + " FROM automation_rule")
	return db.All[Rule](ctx, tx, text, args...)
}

func ruleByID(ctx context.Context, tx *db.Tx, id string, lock bool) (Rule, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[Rule](ctx, tx, "SELECT "+db.Columns[Rule]("")+" FROM automation_rule WHERE id = $1"+suffix, id)
}

// insertRule adds a rule; false is that a shipped one of the code is there already.
func insertRule(ctx context.Context, tx *db.Tx, r *Rule) (bool, error) {
	body, err := json.Marshal(r.Body)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO automation_rule (id, code, position, enabled, on_since, version, body, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`, r.ID, r.Code, r.Position, r.On, r.OnSince, r.Version, string(body), r.UpdatedAt)
	return n == 1, err
}

func updateRule(ctx context.Context, tx *db.Tx, r *Rule) error {
	_, err := db.Update(ctx, tx, "automation_rule", r)
	return err
}

func lastPosition(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT COALESCE(MAX(position), 0) FROM automation_rule")
}

func insertVersion(ctx context.Context, tx *db.Tx, v *Version) error {
	return db.Insert(ctx, tx, "automation_version", v)
}

func versionsOf(ctx context.Context, tx *db.Tx, ruleID string) ([]Version, error) {
	return db.All[Version](ctx, tx, "SELECT "+db.Columns[Version]("")+" FROM automation_version WHERE rule_id = $1 ORDER BY version DESC LIMIT 200", ruleID)
}

func versionOf(ctx context.Context, tx *db.Tx, ruleID string, version int64) (Version, error) {
	return db.One[Version](ctx, tx, "SELECT "+db.Columns[Version]("")+" FROM automation_version WHERE rule_id = $1 AND version = $2", ruleID, version)
}

// insertFiring adds a firing unless the rule has met the order in the slot before.
func insertFiring(ctx context.Context, tx *db.Tx, f *Firing) (bool, error) {
	steps, err := json.Marshal(f.Steps)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO automation_firing (id, rule_id, rule_version, name_zh, name_en, order_id, number, slot, depth, state, reason, next, steps, at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (rule_id, order_id, slot) DO NOTHING`,
		f.ID, f.RuleID, f.RuleVersion, f.NameZh, f.NameEn, f.OrderID, f.Number, f.Slot, f.Depth, string(f.State), f.Reason, f.Next, string(steps), f.At, f.EndedAt)
	return n == 1, err
}

func updateFiring(ctx context.Context, tx *db.Tx, f *Firing) error {
	_, err := db.Update(ctx, tx, "automation_firing", f)
	return err
}

func firingByID(ctx context.Context, tx *db.Tx, id string, lock bool) (Firing, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[Firing](ctx, tx, "SELECT "+db.Columns[Firing]("")+" FROM automation_firing WHERE id = $1"+suffix, id)
}

func firingsSince(ctx context.Context, tx *db.Tx, ruleID, orderID string, since int64) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT count(*) FROM automation_firing WHERE rule_id = $1 AND order_id = $2 AND at > $3 AND state <> 'stopped'", ruleID, orderID, since)
}

func firingsPage(ctx context.Context, tx *db.Tx, q *db.Query) ([]Firing, error) {
	text, args := q.Build("SELECT " + db.Columns[Firing]("") + " FROM automation_firing")
	return db.All[Firing](ctx, tx, text, args...)
}

func pruneFirings(ctx context.Context, tx *db.Tx, before int64, most int) (int64, error) {
	return db.Exec(ctx, tx, fmt.Sprintf("DELETE FROM automation_firing WHERE id IN (SELECT id FROM automation_firing WHERE at < $1 ORDER BY at LIMIT %d)", most), before)
}

// The rows of automation_cursor.
const (
	eventCursor = "events"
	timeCursor  = "time" // seq is the moment up to which time has been looked at
)

type cursorRow struct {
	ID       string `db:"id"`
	TxID     int64  `db:"txid"`
	Seq      int64  `db:"seq"`
	Holder   string `db:"holder"`
	LeaseEnd int64  `db:"lease_end"`
}

func (c *cursorRow) position() event.Position { return event.Position{TxID: c.TxID, Seq: c.Seq} }

func lockCursor(ctx context.Context, tx *db.Tx, id string) (cursorRow, error) {
	return db.One[cursorRow](ctx, tx, "SELECT "+db.Columns[cursorRow]("")+" FROM automation_cursor WHERE id = $1"+tx.ForUpdate(), id)
}

func firstCursor(ctx context.Context, tx *db.Tx, id string, p event.Position) error {
	_, err := db.Exec(ctx, tx, "INSERT INTO automation_cursor (id, txid, seq, holder, lease_end) VALUES ($1, $2, $3, '', 0) ON CONFLICT (id) DO NOTHING", id, p.TxID, p.Seq)
	return err
}

func saveCursor(ctx context.Context, tx *db.Tx, c *cursorRow) error {
	_, err := db.Update(ctx, tx, "automation_cursor", c)
	return err
}

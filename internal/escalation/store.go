package escalation

import (
	"context"
	"encoding/json"
	"fmt"

	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
)

func ladders(ctx context.Context, tx *db.Tx, onlyOn bool) ([]Ladder, error) {
	q := db.NewQuery().OrderBy(db.Order{Column: "id", Text: true})
	if onlyOn {
		q.Where("enabled")
	}
	text, args := q.Build("SELECT " + db.Columns[Ladder]("") + " FROM escalation_ladder")
	return db.All[Ladder](ctx, tx, text, args...)
}

func ladderByID(ctx context.Context, tx *db.Tx, id string, lock bool) (Ladder, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[Ladder](ctx, tx, "SELECT "+db.Columns[Ladder]("")+" FROM escalation_ladder WHERE id = $1"+suffix, id)
}

// insertLadder adds a ladder; false is that a shipped one of the code is there already.
func insertLadder(ctx context.Context, tx *db.Tx, l *Ladder) (bool, error) {
	body, err := json.Marshal(l.Body)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO escalation_ladder (id, code, enabled, on_since, version, body, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, l.ID, l.Code, l.On, l.OnSince, l.Version, string(body), l.UpdatedAt)
	return n == 1, err
}

func updateLadder(ctx context.Context, tx *db.Tx, l *Ladder) error {
	_, err := db.Update(ctx, tx, "escalation_ladder", l)
	return err
}

func insertVersion(ctx context.Context, tx *db.Tx, v *Version) error {
	return db.Insert(ctx, tx, "escalation_version", v)
}

func versionsOf(ctx context.Context, tx *db.Tx, ladderID string) ([]Version, error) {
	return db.All[Version](ctx, tx, "SELECT "+db.Columns[Version]("")+" FROM escalation_version WHERE ladder_id = $1 ORDER BY version DESC LIMIT 200", ladderID)
}

const settingID = "settings"

func settings(ctx context.Context, tx *db.Tx, lock bool) (SettingRow, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[SettingRow](ctx, tx, "SELECT "+db.Columns[SettingRow]("")+" FROM escalation_setting WHERE id = $1"+suffix, settingID)
}

// firstSettings stores the settings a hospital starts with, unless it has some.
func firstSettings(ctx context.Context, tx *db.Tx, r *SettingRow) error {
	body, err := json.Marshal(r.Body)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `INSERT INTO escalation_setting (id, body, since, version, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO NOTHING`, r.ID, string(body), r.Since, r.Version, r.UpdatedAt)
	return err
}

func updateSettings(ctx context.Context, tx *db.Tx, r *SettingRow) error {
	_, err := db.Update(ctx, tx, "escalation_setting", r)
	return err
}

// timer is the next look at a thing.
type timer struct {
	Kind    string `db:"kind"`
	Subject string `db:"subject"`
	DueAt   int64  `db:"due_at"`
}

// The kinds of thing that time acts on.
const (
	orderTimer  = "order"
	reportTimer = "report"
	actionTimer = "action"
	watchTimer  = "watch"
)

func dueTimers(ctx context.Context, tx *db.Tx, now int64, limit int) ([]timer, error) {
	return db.All[timer](ctx, tx, fmt.Sprintf("SELECT kind, subject, due_at FROM escalation_timer WHERE due_at <= $1 ORDER BY due_at LIMIT %d", limit), now)
}

// takeTimer locks a timer that is due; false is that it is not, or that another replica
// is at it.
func takeTimer(ctx context.Context, tx *db.Tx, kind, subject string, now int64) (bool, error) {
	found, err := db.All[int64](ctx, tx, "SELECT due_at FROM escalation_timer WHERE kind = $1 AND subject = $2 AND due_at <= $3"+tx.SkipLocked(), kind, subject, now)
	return len(found) == 1, err
}

// lockTimer locks a timer, if there is one, until the transaction ends.
func lockTimer(ctx context.Context, tx *db.Tx, kind, subject string) error {
	_, err := db.All[int64](ctx, tx, "SELECT due_at FROM escalation_timer WHERE kind = $1 AND subject = $2"+tx.ForUpdate(), kind, subject)
	return err
}

// setTimer sets when a thing wants the next look; 0 is never.
func setTimer(ctx context.Context, tx *db.Tx, kind, subject string, at int64) error {
	return setVersioned(ctx, tx, kind, subject, at, 0)
}

// setVersioned is setTimer for what was reckoned from a version of the thing; a later
// version's moment stays.
func setVersioned(ctx context.Context, tx *db.Tx, kind, subject string, at, version int64) error {
	if at == 0 {
		return db.Later(ctx, tx, "DELETE FROM escalation_timer WHERE kind = $1 AND subject = $2 AND version <= $3", kind, subject, version)
	}
	return db.Later(ctx, tx, `INSERT INTO escalation_timer (kind, subject, due_at, version) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at, version = excluded.version
		WHERE escalation_timer.version <= excluded.version`, kind, subject, at, version)
}

// lookSoon lets a thing be looked at at once.
func lookSoon(ctx context.Context, tx *db.Tx, kind, subject string, now int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE escalation_timer SET due_at = $3 WHERE kind = $1 AND subject = $2", kind, subject, now)
	return err
}

func timersOf(ctx context.Context, tx *db.Tx, kind string, subjects []string) ([]timer, error) {
	text, args := db.NewQuery().Where("kind = ?", kind).In("subject", subjects...).Build("SELECT kind, subject, due_at FROM escalation_timer")
	return db.All[timer](ctx, tx, text, args...)
}

// Fired is one time a step reminded people.
type Fired struct {
	OrderID   string   `db:"order_id" json:"-"`
	LadderID  string   `db:"ladder_id" json:"-"`
	Step      string   `db:"step" json:"step"`
	Base      int64    `db:"base" json:"base" doc:"The moment it is reckoned from"`
	N         int64    `db:"n" json:"n" doc:"0 for the first time, then the number of the repetition"`
	NameZh    string   `db:"name_zh" json:"nameZh" doc:"Of the ladder"`
	NameEn    string   `db:"name_en" json:"nameEn"`
	Note      string   `db:"note" json:"note,omitempty"`
	At        int64    `db:"at" json:"at" doc:"When it was due"`
	FiredAt   int64    `db:"fired_at" json:"firedAt"`
	Told      []string `db:"told,json" json:"-"`
	AckedBy   string   `db:"acked_by" json:"-"`
	AckedName string   `db:"acked_name" json:"ackedName,omitempty"`
	AckedAt   int64    `db:"acked_at" json:"ackedAt,omitempty"`
}

// insertFired adds a firing; false is that it has happened already.
func insertFired(ctx context.Context, tx *db.Tx, f *Fired) (bool, error) {
	told, err := json.Marshal(f.Told)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO escalation_fired (order_id, ladder_id, step, base, n, name_zh, name_en, note, at, fired_at, told, acked_by, acked_name, acked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', 0) ON CONFLICT DO NOTHING`,
		f.OrderID, f.LadderID, f.Step, f.Base, f.N, f.NameZh, f.NameEn, f.Note, f.At, f.FiredAt, string(told))
	return n == 1, err
}

func firedOf(ctx context.Context, tx *db.Tx, orders ...string) ([]Fired, error) {
	text, args := db.NewQuery().In("order_id", orders...).OrderBy(db.Order{Column: "fired_at"}, db.Order{Column: "at"}, db.Order{Column: "n"}).
		Build("SELECT " + db.Columns[Fired]("") + " FROM escalation_fired")
	return db.All[Fired](ctx, tx, text, args...)
}

func ackFired(ctx context.Context, tx *db.Tx, orderID, by, name string, now int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE escalation_fired SET acked_by = $2, acked_name = $3, acked_at = $4 WHERE order_id = $1 AND acked_at = 0", orderID, by, name, now)
	return err
}

func pruneFired(ctx context.Context, tx *db.Tx, before int64, most int) (int64, error) {
	return db.Exec(ctx, tx, fmt.Sprintf(`DELETE FROM escalation_fired WHERE (order_id, ladder_id, step, base, n) IN
		(SELECT order_id, ladder_id, step, base, n FROM escalation_fired WHERE fired_at < $1 ORDER BY fired_at LIMIT %d)`, most), before)
}

const cursorID = "events"

type cursorRow struct {
	ID       string `db:"id"`
	TxID     int64  `db:"txid"`
	Seq      int64  `db:"seq"`
	Holder   string `db:"holder"`
	LeaseEnd int64  `db:"lease_end"`
}

func (c *cursorRow) position() event.Position { return event.Position{TxID: c.TxID, Seq: c.Seq} }

func lockCursor(ctx context.Context, tx *db.Tx) (cursorRow, error) {
	return db.One[cursorRow](ctx, tx, "SELECT "+db.Columns[cursorRow]("")+" FROM escalation_cursor WHERE id = $1"+tx.ForUpdate(), cursorID)
}

// firstCursor makes the cursor; false is that there is one.
func firstCursor(ctx context.Context, tx *db.Tx, p event.Position) (bool, error) {
	n, err := db.Exec(ctx, tx, "INSERT INTO escalation_cursor (id, txid, seq, holder, lease_end) VALUES ($1, $2, $3, '', 0) ON CONFLICT (id) DO NOTHING", cursorID, p.TxID, p.Seq)
	return n == 1, err
}

func saveCursor(ctx context.Context, tx *db.Tx, c *cursorRow) error {
	_, err := db.Update(ctx, tx, "escalation_cursor", c)
	return err
}

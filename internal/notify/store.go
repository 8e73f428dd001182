package notify

import (
	"context"
	"encoding/json"

	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/id"
)

// insertMessage adds a message unless the person has been told; false is told before.
func insertMessage(ctx context.Context, tx *db.Tx, m *Message) (bool, error) {
	texts, err := json.Marshal(m.Texts)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO notify_message (id, person_id, template, grp, subject, version, urgent, inbox, texts, page, at, expires_at, read_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (person_id, template, subject, version) DO NOTHING`,
		m.ID, m.PersonID, m.Template, m.Group, m.Subject, m.Version, m.Urgent, m.Inbox, string(texts), m.Page, m.At, m.ExpiresAt, m.ReadAt)
	return n == 1, err
}

func listMessages(ctx context.Context, tx *db.Tx, q *db.Query) ([]Message, error) {
	text, args := q.Build("SELECT " + db.Columns[Message]("") + " FROM notify_message")
	return db.All[Message](ctx, tx, text, args...)
}

func getMessage(ctx context.Context, tx *db.Tx, messageID string) (Message, error) {
	return db.One[Message](ctx, tx, "SELECT "+db.Columns[Message]("")+" FROM notify_message WHERE id = $1", messageID)
}

func countUnread(ctx context.Context, tx *db.Tx, personID string) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT count(*) FROM notify_message WHERE inbox AND read_at = 0 AND person_id = $1", personID)
}

// markRead marks one message of a person; found is false when the person has no such message.
func markRead(ctx context.Context, tx *db.Tx, personID, messageID string, now int64) (found, changed bool, err error) {
	n, err := db.Exec(ctx, tx, "UPDATE notify_message SET read_at = $1 WHERE id = $2 AND person_id = $3 AND inbox AND read_at = 0", now, messageID, personID)
	if err != nil || n > 0 {
		return true, n > 0, err
	}
	there, err := db.One[int64](ctx, tx, "SELECT count(*) FROM notify_message WHERE id = $1 AND person_id = $2 AND inbox", messageID, personID)
	return there > 0, false, err
}

func markAllRead(ctx context.Context, tx *db.Tx, personID string, until, now int64) (int64, error) {
	return db.Exec(ctx, tx, "UPDATE notify_message SET read_at = $1 WHERE person_id = $2 AND inbox AND read_at = 0 AND at <= $3", now, personID, until)
}

// lastOf returns when a person was last told something by a template, 0 for never.
func lastOf(ctx context.Context, tx *db.Tx, personID, template string) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT coalesce(max(at), 0) FROM notify_message WHERE person_id = $1 AND template = $2", personID, template)
}

func insertRecords(ctx context.Context, tx *db.Tx, list []Record) error {
	return db.InsertMany(ctx, tx, "notify_delivery", list)
}

func getRecord(ctx context.Context, tx *db.Tx, recordID string, lock bool) (Record, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[Record](ctx, tx, "SELECT "+db.Columns[Record]("")+" FROM notify_delivery WHERE id = $1"+suffix, recordID)
}

func updateRecord(ctx context.Context, tx *db.Tx, r *Record) error {
	_, err := db.Update(ctx, tx, "notify_delivery", r)
	return err
}

// line is a delivery with what its message says.
type line struct {
	Record
	Template string `db:"template"`
	Texts    Texts  `db:"texts,json"`
}

func listRecords(ctx context.Context, tx *db.Tx, q *db.Query) ([]line, error) {
	text, args := q.Build("SELECT " + db.Columns[Record]("d.") + ", m.template, m.texts FROM notify_delivery d JOIN notify_message m ON m.id = d.message_id")
	return db.All[line](ctx, tx, text, args...)
}

// preferencesOf returns the preferences of people; for who never chose, the empty ones.
func preferencesOf(ctx context.Context, tx *db.Tx, people []string) (map[string]*Preferences, error) {
	out := make(map[string]*Preferences, len(people))
	for _, p := range people {
		out[p] = &Preferences{PersonID: p, Quiet: defaultQuiet}
	}
	err := byPortions(people, func(some []string) error {
		text, args := db.NewQuery().In("person_id", some...).Build("SELECT " + db.Columns[Preferences]("") + " FROM notify_preference")
		list, err := db.All[Preferences](ctx, tx, text, args...)
		for i := range list {
			out[list[i].PersonID] = &list[i]
		}
		return err
	})
	return out, err
}

// savePreferences stores preferences over the version they were read with; false is
// that somebody else was quicker.
func savePreferences(ctx context.Context, tx *db.Tx, p *Preferences, was int64) (bool, error) {
	choices, err := json.Marshal(p.Choices)
	if err != nil {
		return false, err
	}
	quiet, err := json.Marshal(p.Quiet)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO notify_preference (person_id, choices, quiet, version) VALUES ($1, $2, $3, $4)
ON CONFLICT (person_id) DO UPDATE SET choices = excluded.choices, quiet = excluded.quiet, version = excluded.version WHERE notify_preference.version = $5`,
		p.PersonID, string(choices), string(quiet), p.Version, was)
	return n == 1, err
}

func devicesOf(ctx context.Context, tx *db.Tx, people []string) (map[string][]Device, error) {
	out := map[string][]Device{}
	err := byPortions(people, func(some []string) error {
		q := db.NewQuery().In("person_id", some...).OrderBy(db.Order{Column: "created_at"}, db.Order{Column: "id", Text: true})
		text, args := q.Build("SELECT " + db.Columns[Device]("") + " FROM notify_device")
		list, err := db.All[Device](ctx, tx, text, args...)
		for _, d := range list {
			out[d.PersonID] = append(out[d.PersonID], d)
		}
		return err
	})
	return out, err
}

// deviceOf returns one device of a person; none is the empty one.
func deviceOf(ctx context.Context, tx *db.Tx, personID, deviceID string) (Device, error) {
	list, err := db.All[Device](ctx, tx, "SELECT "+db.Columns[Device]("")+" FROM notify_device WHERE id = $1 AND person_id = $2", deviceID, personID)
	if err != nil || len(list) == 0 {
		return Device{}, err
	}
	return list[0], nil
}

// putDevice stores a browser under its endpoint, whoever had it before, and returns
// the id it now has: a browser that changes hands gets a new one.
func putDevice(ctx context.Context, tx *db.Tx, d *Device) (string, error) {
	return db.One[string](ctx, tx, `INSERT INTO notify_device (id, person_id, label, user_agent, endpoint, hash, p256dh, auth, created_at, sent_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)
ON CONFLICT (hash) DO UPDATE SET id = CASE WHEN notify_device.person_id = excluded.person_id THEN notify_device.id ELSE excluded.id END,
	person_id = excluded.person_id, label = excluded.label, user_agent = excluded.user_agent, p256dh = excluded.p256dh, auth = excluded.auth
RETURNING id`, d.ID, d.PersonID, d.Label, d.UserAgent, d.Endpoint, id.Hash(d.Endpoint), d.P256dh, d.Auth, d.CreatedAt)
}

func deleteDevice(ctx context.Context, tx *db.Tx, personID, deviceID string) (int64, error) {
	return db.Exec(ctx, tx, "DELETE FROM notify_device WHERE id = $1 AND person_id = $2", deviceID, personID)
}

func deleteEndpoint(ctx context.Context, tx *db.Tx, personID, endpoint string) (int64, error) {
	return db.Exec(ctx, tx, "DELETE FROM notify_device WHERE hash = $1 AND person_id = $2", id.Hash(endpoint), personID)
}

func deviceUsed(ctx context.Context, tx *db.Tx, deviceID string, now int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE notify_device SET sent_at = $1 WHERE id = $2", now, deviceID)
	return err
}

type overrideRow struct {
	Code      string `db:"code"`
	Texts     Texts  `db:"texts,json"`
	Version   int64  `db:"version"`
	UpdatedAt int64  `db:"updated_at"`
}

// overrides returns the wordings that stand in for built-in ones; nil codes mean all.
func overrides(ctx context.Context, tx *db.Tx, codes []string) (map[string]Texts, error) {
	out := map[string]Texts{}
	text, args := db.NewQuery().In("code", codes...).Build("SELECT code, texts, version, updated_at FROM notify_template")
	list, err := db.All[overrideRow](ctx, tx, text, args...)
	for _, r := range list {
		if r.Texts != (Texts{}) { // empty: set back to the built-in wording
			out[r.Code] = r.Texts
		}
	}
	return out, err
}

func allOverrides(ctx context.Context, tx *db.Tx) (map[string]overrideRow, error) {
	out := map[string]overrideRow{}
	list, err := db.All[overrideRow](ctx, tx, "SELECT code, texts, version, updated_at FROM notify_template")
	for _, r := range list {
		out[r.Code] = r
	}
	return out, err
}

// saveOverride stores a wording over the version it was read with; false is that
// somebody else was quicker.
func saveOverride(ctx context.Context, tx *db.Tx, r *overrideRow, was int64) (bool, error) {
	texts, err := json.Marshal(r.Texts)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO notify_template (code, texts, version, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (code) DO UPDATE SET texts = excluded.texts, version = excluded.version, updated_at = excluded.updated_at WHERE notify_template.version = $5`,
		r.Code, string(texts), r.Version, r.UpdatedAt, was)
	return n == 1, err
}

// cursorID names the only row of notify_cursor.
const cursorID = "events"

type cursorRow struct {
	ID       string `db:"id"`
	TxID     int64  `db:"txid"`
	Seq      int64  `db:"seq"`
	Holder   string `db:"holder"`
	LeaseEnd int64  `db:"lease_end"`
}

func (c *cursorRow) position() event.Position { return event.Position{TxID: c.TxID, Seq: c.Seq} }

func (c *cursorRow) move(p event.Position) { c.TxID, c.Seq = p.TxID, p.Seq }

// lockCursor returns the cursor and keeps others from moving it; nil when it does
// not exist yet.
func lockCursor(ctx context.Context, tx *db.Tx) (*cursorRow, error) {
	list, err := db.All[cursorRow](ctx, tx, "SELECT "+db.Columns[cursorRow]("")+" FROM notify_cursor WHERE id = $1"+tx.ForUpdate(), cursorID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// firstCursor makes the cursor unless another replica has.
func firstCursor(ctx context.Context, tx *db.Tx, p event.Position) error {
	_, err := db.Exec(ctx, tx, "INSERT INTO notify_cursor (id, txid, seq, holder, lease_end) VALUES ($1, $2, $3, '', 0) ON CONFLICT (id) DO NOTHING", cursorID, p.TxID, p.Seq)
	return err
}

func saveCursor(ctx context.Context, tx *db.Tx, c *cursorRow) error {
	_, err := db.Update(ctx, tx, "notify_cursor", c)
	return err
}

// prune removes up to limit messages older than a moment, with their deliveries.
func prune(ctx context.Context, tx *db.Tx, before int64, limit int) (int64, error) {
	const old = "(SELECT id FROM notify_message WHERE at < $1 ORDER BY at, id LIMIT $2)"
	if _, err := db.Exec(ctx, tx, "DELETE FROM notify_delivery WHERE message_id IN "+old, before, limit); err != nil {
		return 0, err
	}
	return db.Exec(ctx, tx, "DELETE FROM notify_message WHERE id IN "+old, before, limit)
}

// byPortions calls f with parts of a list that fit into one statement.
func byPortions(list []string, f func([]string) error) error {
	const most = 500
	for len(list) > 0 {
		n := min(len(list), most)
		if err := f(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

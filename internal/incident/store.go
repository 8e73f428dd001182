package incident

import (
	"context"
	"encoding/json"
	"fmt"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
)

// columns says where an incident's keys stand, for the scope.
var columns = identity.Columns{
	Campus:     []string{"i.campus_id %s", "EXISTS (SELECT 1 FROM incident_scope s WHERE s.incident_id = i.id AND s.campus_id %s)"},
	Department: []string{"i.department_id %s", "EXISTS (SELECT 1 FROM incident_scope s WHERE s.incident_id = i.id AND s.department_id %s)"},
	Team:       []string{"i.team_id %s"},
	Own:        []string{"i.commander_id %s", "i.declared_by %s"},
}

var incidentColumns = "SELECT " + db.Columns[Incident]("i.") + " FROM incident i"

func getIncident(ctx context.Context, tx *db.Tx, id string) (Incident, error) {
	return db.One[Incident](ctx, tx, incidentColumns+" WHERE i.id = $1", id)
}

// lockIncident reads an incident and locks it until the transaction ends.
func lockIncident(ctx context.Context, tx *db.Tx, id string) (Incident, error) {
	return db.One[Incident](ctx, tx, incidentColumns+" WHERE i.id = $1"+tx.ForUpdate(), id)
}

func insertIncident(ctx context.Context, tx *db.Tx, i *Incident) error {
	return db.Insert(ctx, tx, "incident", i)
}

func updateIncident(ctx context.Context, tx *db.Tx, i *Incident) error {
	n, err := db.Update(ctx, tx, "incident", i)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "conflict")
	}
	return err
}

func listIncidents(ctx context.Context, tx *db.Tx, q *db.Query) ([]Incident, error) {
	text, args := q.Build(incidentColumns)
	return db.All[Incident](ctx, tx, text, args...)
}

func running(ctx context.Context, tx *db.Tx) ([]Incident, error) {
	return db.All[Incident](ctx, tx, incidentColumns+" WHERE i.status IN ('open', 'mitigated') ORDER BY i.declared_at, i.id LIMIT 200")
}

func reserveNumber(ctx context.Context, tx *db.Tx, day string) (string, error) {
	n, err := db.One[int64](ctx, tx, `INSERT INTO incident_number (day, next) VALUES ($1, 1)
		ON CONFLICT (day) DO UPDATE SET next = incident_number.next + 1 RETURNING next`, day)
	return fmt.Sprintf("ZD-%s-%02d", day, n), err
}

func reachOf(ctx context.Context, tx *db.Tx, incidentID string) ([]Scope, error) {
	return db.All[Scope](ctx, tx, "SELECT "+db.Columns[Scope]("")+" FROM incident_scope WHERE incident_id = $1", incidentID)
}

func saveReach(ctx context.Context, tx *db.Tx, incidentID string, list []Scope) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM incident_scope WHERE incident_id = $1", incidentID); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "incident_scope", list)
}

// insertEntry adds an entry of the timeline; fresh is false for one that stands there.
func insertEntry(ctx context.Context, tx *db.Tx, e *Entry) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO incident_entry (id, incident_id, key, kind, at, recorded_at, actor_id, actor_name, order_id, number, text)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (incident_id, key) DO NOTHING`,
		e.ID, e.IncidentID, e.Key, string(e.Kind), e.At, e.RecordedAt, e.ActorID, e.ActorName, e.OrderID, e.Number, e.Text)
	return n == 1, err
}

func entriesOf(ctx context.Context, tx *db.Tx, incidentID string) ([]Entry, error) {
	return db.All[Entry](ctx, tx, "SELECT "+db.Columns[Entry]("")+" FROM incident_entry WHERE incident_id = $1 ORDER BY at, id LIMIT 2000", incidentID)
}

func stepsOf(ctx context.Context, tx *db.Tx, incidentID string) ([]Step, error) {
	return db.All[Step](ctx, tx, "SELECT "+db.Columns[Step]("")+" FROM incident_step WHERE incident_id = $1 ORDER BY position, id", incidentID)
}

func stepByID(ctx context.Context, tx *db.Tx, incidentID, id string) (Step, error) {
	return db.One[Step](ctx, tx, "SELECT "+db.Columns[Step]("")+" FROM incident_step WHERE incident_id = $1 AND id = $2", incidentID, id)
}

func insertSteps(ctx context.Context, tx *db.Tx, list ...Step) error {
	return db.InsertMany(ctx, tx, "incident_step", list)
}

func updateStep(ctx context.Context, tx *db.Tx, s *Step) error {
	_, err := db.Update(ctx, tx, "incident_step", s)
	return err
}

// pressing returns the incidents with something whose moment has passed unnoticed: a
// word of progress or a step that is due, or members left unsolved.
func pressing(ctx context.Context, tx *db.Tx, now int64) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT id FROM incident WHERE status IN ('open', 'mitigated')
		AND (update_due > 0 AND update_due <= $1 AND reminded < update_due
		OR EXISTS (SELECT 1 FROM incident_step s WHERE s.incident_id = incident.id AND s.due_at > 0 AND s.due_at <= $1 AND s.done_at = 0 AND s.overdue_at = 0))
		ORDER BY id LIMIT 50`, now)
}

func plansIn(ctx context.Context, tx *db.Tx) ([]Plan, error) {
	return db.All[Plan](ctx, tx, "SELECT "+db.Columns[Plan]("")+" FROM incident_plan ORDER BY position, id LIMIT 200")
}

func planByID(ctx context.Context, tx *db.Tx, id string, lock bool) (Plan, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[Plan](ctx, tx, "SELECT "+db.Columns[Plan]("")+" FROM incident_plan WHERE id = $1"+suffix, id)
}

// insertPlan adds a plan; fresh is false when a shipped one of the code is there already.
func insertPlan(ctx context.Context, tx *db.Tx, p *Plan) (fresh bool, err error) {
	body, err := json.Marshal(p.Body)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO incident_plan (id, code, position, active, version, body, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, p.ID, p.Code, p.Position, p.Active, p.Version, string(body), p.UpdatedAt)
	return n == 1, err
}

func updatePlan(ctx context.Context, tx *db.Tx, p *Plan) error {
	_, err := db.Update(ctx, tx, "incident_plan", p)
	return err
}

func deletePlan(ctx context.Context, tx *db.Tx, id string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM incident_plan WHERE id = $1", id)
	return err
}

func suggestionByID(ctx context.Context, tx *db.Tx, id string, lock bool) (Suggestion, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[Suggestion](ctx, tx, "SELECT "+db.Columns[Suggestion]("")+" FROM incident_suggestion WHERE id = $1"+suffix, id)
}

func openSuggestions(ctx context.Context, tx *db.Tx) ([]Suggestion, error) {
	return db.All[Suggestion](ctx, tx, "SELECT "+db.Columns[Suggestion]("")+" FROM incident_suggestion WHERE state = 'open' ORDER BY id DESC LIMIT 50")
}

// dismissedSince tells whether somebody said of a cluster that it is none.
func dismissedSince(ctx context.Context, tx *db.Tx, cluster string, since int64) (bool, error) {
	found, err := db.All[int64](ctx, tx, "SELECT 1 FROM incident_suggestion WHERE cluster = $1 AND state = 'dismissed' AND ended_at > $2 LIMIT 1", cluster, since)
	return len(found) > 0, err
}

// insertSuggestion adds one; fresh is false when there is an open one of the cluster.
func insertSuggestion(ctx context.Context, tx *db.Tx, s *Suggestion) (fresh bool, err error) {
	ids, err := json.Marshal(s.OrderIDs)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO incident_suggestion (id, cluster, state, basis, item_id, item_name, item_name_en, order_ids, first_at, last_at,
reason, by_id, by_name, incident_id, created_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', '', $11, 0) ON CONFLICT DO NOTHING`,
		s.ID, s.Cluster, s.State, s.Basis, s.ItemID, s.ItemName, s.ItemNameEn, string(ids), s.FirstAt, s.LastAt, s.CreatedAt)
	return n == 1, err
}

func updateSuggestion(ctx context.Context, tx *db.Tx, s *Suggestion) error {
	_, err := db.Update(ctx, tx, "incident_suggestion", s)
	return err
}

type settingsRow struct {
	ID      string   `db:"id"`
	Version int64    `db:"version"`
	Body    Settings `db:"body,json"`
}

func settingsIn(ctx context.Context, tx *db.Tx) (settingsRow, error) {
	row, err := db.One[settingsRow](ctx, tx, "SELECT id, version, body FROM incident_settings WHERE id = 'one'")
	if db.IsMissing(err) {
		return settingsRow{ID: "one", Body: Defaults()}, nil
	}
	return row, err
}

// saveSettings stores the settings over a version; false is that it was another one.
func saveSettings(ctx context.Context, tx *db.Tx, s Settings, was int64) (bool, error) {
	body, err := json.Marshal(s)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO incident_settings (id, version, body) VALUES ('one', $1, $2)
		ON CONFLICT (id) DO UPDATE SET version = incident_settings.version + 1, body = $2 WHERE incident_settings.version = $3`, was+1, string(body), was)
	return n == 1, err
}

type cursorRow struct {
	ID   string `db:"id"`
	TxID int64  `db:"txid"`
	Seq  int64  `db:"seq"`
}

func (c *cursorRow) position() event.Position { return event.Position{TxID: c.TxID, Seq: c.Seq} }

const orderCursor = "orders"

func cursor(ctx context.Context, tx *db.Tx, lock bool) (cursorRow, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[cursorRow](ctx, tx, "SELECT id, txid, seq FROM incident_cursor WHERE id = $1"+suffix, orderCursor)
}

func firstCursor(ctx context.Context, tx *db.Tx, p event.Position) error {
	_, err := db.Exec(ctx, tx, "INSERT INTO incident_cursor (id, txid, seq) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING", orderCursor, p.TxID, p.Seq)
	return err
}

func saveCursor(ctx context.Context, tx *db.Tx, c *cursorRow) error {
	_, err := db.Update(ctx, tx, "incident_cursor", c)
	return err
}

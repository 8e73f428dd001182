package workorder

import (
	"context"
	"fmt"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// columns says where an order's keys stand, for the scope.
var columns = identity.Columns{
	Campus:     []string{"o.campus_id %s"},
	Department: []string{"o.department_id %s"},
	Team:       []string{"o.team_id %s", "EXISTS (SELECT 1 FROM workorder_share h WHERE h.order_id = o.id AND h.team_id %s)"},
	Vendor:     []string{"o.vendor_id %s"},
	Own: []string{"o.reporter_id %s", "o.creator_id %s", "o.assignee_id %s",
		"EXISTS (SELECT 1 FROM workorder_share h WHERE h.order_id = o.id AND h.person_id %s)"},
}

var orderColumns = db.Columns[Order]("o.")

// load reads an order and locks it until the transaction ends.
func load(ctx context.Context, tx *db.Tx, id string) (Order, error) {
	return db.One[Order](ctx, tx, "SELECT "+orderColumns+" FROM workorder o WHERE o.id = $1"+tx.ForUpdate(), id)
}

func get(ctx context.Context, tx *db.Tx, id string) (Order, error) {
	return db.One[Order](ctx, tx, "SELECT "+orderColumns+" FROM workorder o WHERE o.id = $1", id)
}

func idByNumber(ctx context.Context, tx *db.Tx, number string) (string, error) {
	return db.One[string](ctx, tx, "SELECT id FROM workorder WHERE number = $1", number)
}

func insert(ctx context.Context, tx *db.Tx, o *Order) error {
	if err := db.InsertLater(ctx, tx, "workorder", *o); err != nil {
		return err
	}
	return db.IndexText(ctx, tx, "workorder", o.ID, o.searchText(), false)
}

// update writes an order that was loaded under its lock.
func update(ctx context.Context, tx *db.Tx, o *Order, textChanged bool) error {
	n, err := db.Update(ctx, tx, "workorder", o)
	if err != nil {
		return err
	}
	if n != 1 {
		return fault.New(fault.Conflict, "conflict")
	}
	if textChanged {
		return db.IndexText(ctx, tx, "workorder", o.ID, o.searchText(), true)
	}
	return nil
}

func (o *Order) searchText() string {
	return strings.Join([]string{o.Number, o.ItemName, o.ItemCode, o.Symptom, o.Words, o.PlaceName, o.DepartmentName,
		o.AssetName, o.ContactName, o.ContactPhone}, " ")
}

func insertEvents(ctx context.Context, tx *db.Tx, events []Event) error {
	return db.InsertLater(ctx, tx, "workorder_event", events...)
}

func events(ctx context.Context, tx *db.Tx, orderID string) ([]Event, error) {
	return db.All[Event](ctx, tx, "SELECT "+db.Columns[Event]("")+" FROM workorder_event WHERE order_id = $1 ORDER BY seq", orderID)
}

func eventAt(ctx context.Context, tx *db.Tx, orderID string, seq int64) (Event, error) {
	return db.One[Event](ctx, tx, "SELECT "+db.Columns[Event]("")+" FROM workorder_event WHERE order_id = $1 AND seq = $2", orderID, seq)
}

func lastEventAt(ctx context.Context, tx *db.Tx, orderID string, k Kind) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT COALESCE(MAX(at), 0) FROM workorder_event WHERE order_id = $1 AND kind = $2", orderID, string(k))
}

func share(ctx context.Context, tx *db.Tx, orderID, teamID, personID string) error {
	return db.Later(ctx, tx, `INSERT INTO workorder_share (order_id, team_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, orderID, teamID, personID)
}

// reserve takes the next n numbers of a day and returns the first.
func reserve(ctx context.Context, tx *db.Tx, day string, n int64) (int64, error) {
	next, err := db.One[int64](ctx, tx, `INSERT INTO workorder_number (day, next) VALUES ($1, $2)
		ON CONFLICT (day) DO UPDATE SET next = workorder_number.next + $2 RETURNING next`, day, n)
	return next - n + 1, err
}

// dueIDs returns orders whose clocks want a look, the most pressing first.
func dueIDs(ctx context.Context, tx *db.Tx, now int64, limit int) ([]string, error) {
	return db.All[string](ctx, tx, fmt.Sprintf(`SELECT id FROM workorder WHERE next_check_at > 0 AND next_check_at <= $1
		ORDER BY next_check_at LIMIT %d`, limit), now)
}

func list(ctx context.Context, tx *db.Tx, q *db.Query) ([]Order, error) {
	text, args := q.Build("SELECT " + orderColumns + " FROM workorder o")
	return db.All[Order](ctx, tx, text, args...)
}

func each(ctx context.Context, tx *db.Tx, q *db.Query, f func(*Order) error) error {
	text, args := q.Build("SELECT " + orderColumns + " FROM workorder o")
	return db.Each(ctx, tx, f, text, args...)
}

func count(ctx context.Context, tx *db.Tx, q *db.Query) (int64, error) {
	text, args := q.Count("workorder o")
	return db.One[int64](ctx, tx, text, args...)
}

// Tally is the number of orders that share a status, priority and team.
type Tally struct {
	Status   Status `db:"status" json:"status"`
	Priority string `db:"priority" json:"priority"`
	TeamID   string `db:"team_id" json:"teamId"`
	TeamName string `db:"team_name" json:"teamName"`
	Overdue  bool   `db:"late" json:"overdue"`
	Count    int64  `db:"n" json:"count"`
}

func tally(ctx context.Context, tx *db.Tx, q *db.Query) ([]Tally, error) {
	text, args := q.Build("SELECT o.status, o.priority, o.team_id, o.team_name, o.overdue <> '' AS late, count(*) AS n FROM workorder o")
	return db.All[Tally](ctx, tx, text+" GROUP BY o.status, o.priority, o.team_id, o.team_name, o.overdue <> ''", args...)
}

// workOf reads the orders of people that are open, and those reported since an id was made.
func workOf(ctx context.Context, tx *db.Tx, people []string, since string) ([]Stint, error) {
	cond, args := db.InList("assignee_id", people)
	var out []Stint
	for _, q := range []*db.Query{db.NewQuery().Where("open").Where(cond, args...), db.NewQuery().Where(cond, args...).Where("id >= ?", since).Where("NOT open")} {
		text, args := q.Build("SELECT " + db.Columns[Stint]("") + " FROM workorder")
		some, err := db.All[Stint](ctx, tx, text, args...)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	tasks, err := taskWorkOf(ctx, tx, people)
	return append(out, tasks...), err
}

func today(ctx context.Context, tx *db.Tx, q *db.Query) (ScreenToday, error) {
	text, args := q.Build(`SELECT count(*) AS reported, count(*) FILTER (WHERE o.finished_at > 0) AS finished,
		count(*) FILTER (WHERE o.overdue <> '') AS overdue, count(*) FILTER (WHERE o.urges > 0) AS urged,
		count(*) FILTER (WHERE o.rating LIKE '{"overall":_%') AS rated,
		count(*) FILTER (WHERE o.rating LIKE '{"overall":4%' OR o.rating LIKE '{"overall":5%') AS happy FROM workorder o`)
	return db.One[ScreenToday](ctx, tx, text, args...)
}

type hourCount struct {
	Hour int64 `db:"hour"`
	N    int64 `db:"n"`
}

func hours(ctx context.Context, tx *db.Tx, q *db.Query, midnight int64) ([]int64, error) {
	text, args := q.Build(fmt.Sprintf("SELECT (o.reported_at - %d) / 3600000 AS hour, count(*) AS n FROM workorder o", midnight))
	rows, err := db.All[hourCount](ctx, tx, text+" GROUP BY 1", args...)
	out := make([]int64, 24)
	for _, r := range rows {
		if r.Hour >= 0 && r.Hour < 24 {
			out[r.Hour] = r.N
		}
	}
	return out, err
}

var screenColumns = identity.Columns{Campus: []string{"campus_id %s"}, Own: []string{"created_by %s"}}

func screens(ctx context.Context, tx *db.Tx, scope identity.Scope) ([]Screen, error) {
	q := scope.Limit(db.NewQuery(), screenColumns).Where("revoked_at = 0").OrderBy(db.Order{Column: "id", Desc: true, Text: true}).Limit(200)
	text, args := q.Build("SELECT " + db.Columns[Screen]("") + " FROM workorder_screen")
	return db.All[Screen](ctx, tx, text, args...)
}

func revokeScreen(ctx context.Context, tx *db.Tx, screenID string, now int64, scope identity.Scope) (int64, error) {
	q := scope.Limit(db.NewQuery().Where("id = ?", screenID).Where("revoked_at = 0"), screenColumns)
	text, args := q.Build(fmt.Sprintf("UPDATE workorder_screen SET revoked_at = %d", now))
	return db.Exec(ctx, tx, text, args...)
}

func screenByHash(ctx context.Context, tx *db.Tx, hash string) (Screen, error) {
	return db.One[Screen](ctx, tx, "SELECT "+db.Columns[Screen]("")+" FROM workorder_screen WHERE hash = $1", hash)
}

type versionRow struct {
	ID      string `db:"id"`
	Version int64  `db:"version"`
}

func versions(ctx context.Context, tx *db.Tx, ids []string) (map[string]int64, error) {
	text, args := db.NewQuery().In("id", ids...).OrderBy(db.Order{Column: "id", Text: true}).Build("SELECT id, version FROM workorder")
	rows, err := db.All[versionRow](ctx, tx, text+tx.ForUpdate(), args...)
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Version
	}
	return out, err
}

// forget removes those of the orders that came with an import.
func forget(ctx context.Context, tx *db.Tx, ids []string) (int64, error) {
	text, args := db.NewQuery().In("id", ids...).Where("batch_id <> ''").Build("SELECT id FROM workorder")
	some := "(" + text + ")"
	if err := db.ForgetText(ctx, tx, "workorder", some, args...); err != nil {
		return 0, err
	}
	for _, table := range []string{"workorder_event", "workorder_share", "workorder_task"} {
		if _, err := db.Exec(ctx, tx, "DELETE FROM "+table+" WHERE order_id IN "+some, args...); err != nil {
			return 0, err
		}
	}
	return db.Exec(ctx, tx, "DELETE FROM workorder WHERE id IN "+some, args...)
}

// anyWith tells whether an order has the value in the column.
func anyWith(ctx context.Context, tx *db.Tx, column, value string) (bool, error) {
	found, err := db.All[int64](ctx, tx, "SELECT 1 FROM workorder WHERE "+column+" = $1 LIMIT 1", value)
	return len(found) > 0, err
}

type stepRow struct {
	OrderID string `db:"order_id"`
	At      int64  `db:"at"`
}

// lastSteps returns when each order last had an event of the kinds.
func lastSteps(ctx context.Context, tx *db.Tx, ids, kinds []string) (map[string]int64, error) {
	out := make(map[string]int64, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	text, args := db.NewQuery().In("order_id", ids...).In("kind", kinds...).Build("SELECT order_id, max(at) AS at FROM workorder_event")
	rows, err := db.All[stepRow](ctx, tx, text+" GROUP BY order_id", args...)
	for _, r := range rows {
		out[r.OrderID] = r.At
	}
	return out, err
}

func dayRates(ctx context.Context, tx *db.Tx, q *db.Query, end int64) ([]DayRate, error) {
	text, args := q.Build(fmt.Sprintf(`SELECT o.campus_id, count(*) AS reported, count(*) FILTER (WHERE o.finished_at > 0 AND o.finished_at < %d) AS done
		FROM workorder o`, end))
	return db.All[DayRate](ctx, tx, text+" GROUP BY o.campus_id ORDER BY o.campus_id", args...)
}

func membersOf(ctx context.Context, tx *db.Tx, incidentID string, most int) ([]string, error) {
	return db.All[string](ctx, tx, fmt.Sprintf(`SELECT id FROM workorder WHERE incident_id = $1 AND incident_id <> '' AND incident_role = 'member' AND open
		ORDER BY id LIMIT %d`, most), incidentID)
}

func reachOf(ctx context.Context, tx *db.Tx, incidentID string) (Reach, error) {
	return db.One[Reach](ctx, tx, `SELECT count(*) AS orders, count(DISTINCT department_id) AS departments,
		count(*) FILTER (WHERE open AND incident_role = 'member') AS open, COALESCE(SUM(urges), 0) AS urges, COALESCE(MIN(reported_at), 0) AS first
		FROM workorder WHERE incident_id = $1 AND incident_id <> ''`, incidentID)
}

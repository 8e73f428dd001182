package escalation

import (
	"context"
	"fmt"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

// columns says where the keys of a report or a watch stand, for the scope.
var columns = identity.Columns{Campus: []string{"r.campus_id %s"}, Department: []string{"r.department_id %s"}, Team: []string{"r.team_id %s"},
	Vendor: []string{"r.vendor_id %s"}}

// mine is the condition that a report concerns a person: who owes it, wrote or reviews
// it, or has an action of it to do.
const mine = "r.owner_id = ? OR r.submitted_by = ? OR EXISTS (SELECT 1 FROM escalation_action a WHERE a.report_id = r.id AND a.owner_id = ?)"

var reportColumns = db.Columns[Report]("r.")

func reportByID(ctx context.Context, tx *db.Tx, id string, lock bool) (Report, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[Report](ctx, tx, "SELECT "+reportColumns+" FROM escalation_report r WHERE r.id = $1"+suffix, id)
}

func reports(ctx context.Context, tx *db.Tx, q *db.Query) ([]Report, error) {
	text, args := q.Build("SELECT " + reportColumns + " FROM escalation_report r")
	return db.All[Report](ctx, tx, text, args...)
}

func countReports(ctx context.Context, tx *db.Tx, q *db.Query) (int64, error) {
	text, args := q.Count("escalation_report r")
	return db.One[int64](ctx, tx, text, args...)
}

func reportsOf(ctx context.Context, tx *db.Tx, orders ...string) ([]Report, error) {
	return reports(ctx, tx, db.NewQuery().In("r.order_id", orders...).OrderBy(db.Order{Column: "r.opened_at"}, db.Order{Column: "r.id", Text: true}))
}

// opened tells whether a report of the kind, subject and beginning is there.
func opened(ctx context.Context, tx *db.Tx, kind ReportKind, subject string, base int64) (string, error) {
	found, err := db.All[string](ctx, tx, "SELECT id FROM escalation_report WHERE kind = $1 AND subject = $2 AND base = $3", string(kind), subject, base)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

func insertReport(ctx context.Context, tx *db.Tx, r *Report) error {
	return db.Insert(ctx, tx, "escalation_report", r)
}

func updateReport(ctx context.Context, tx *db.Tx, r *Report) error {
	_, err := db.Update(ctx, tx, "escalation_report", r)
	return err
}

type owing struct {
	OwnerID string `db:"owner_id"`
	N       int64  `db:"n"`
}

// owedBy counts the reports that each of some people still has to write.
func owedBy(ctx context.Context, tx *db.Tx, people []string) (map[string]int64, error) {
	text, args := db.NewQuery().In("owner_id", people...).In("state", string(Owed), string(Returned)).
		Build("SELECT owner_id, count(*) AS n FROM escalation_report")
	rows, err := db.All[owing](ctx, tx, text+" GROUP BY owner_id", args...)
	out := map[string]int64{}
	for _, r := range rows {
		out[r.OwnerID] = r.N
	}
	return out, err
}

// Day is how many explanations a day's orders of a campus wanted, and got.
type dayRow struct {
	CampusID  string `db:"campus_id"`
	Asked     int64  `db:"asked"`
	Explained int64  `db:"explained"`
}

func dayRows(ctx context.Context, tx *db.Tx, q *db.Query) ([]dayRow, error) {
	text, args := q.Build(`SELECT r.campus_id, count(*) AS asked, count(*) FILTER (WHERE r.state IN ('submitted', 'closed')) AS explained FROM escalation_report r`)
	return db.All[dayRow](ctx, tx, text+" GROUP BY r.campus_id", args...)
}

func actionByID(ctx context.Context, tx *db.Tx, id string, lock bool) (Action, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[Action](ctx, tx, "SELECT "+db.Columns[Action]("")+" FROM escalation_action WHERE id = $1"+suffix, id)
}

func actionsOf(ctx context.Context, tx *db.Tx, reportID string) ([]Action, error) {
	return db.All[Action](ctx, tx, "SELECT "+db.Columns[Action]("")+" FROM escalation_action WHERE report_id = $1 ORDER BY id", reportID)
}

func insertAction(ctx context.Context, tx *db.Tx, a *Action) error {
	return db.Insert(ctx, tx, "escalation_action", a)
}

func updateAction(ctx context.Context, tx *db.Tx, a *Action) error {
	_, err := db.Update(ctx, tx, "escalation_action", a)
	return err
}

// watching is the condition that a watch concerns a person.
const watching = "r.follower_id = ? OR r.by_id = ?"

func watchByID(ctx context.Context, tx *db.Tx, id string, lock bool) (Watch, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return db.One[Watch](ctx, tx, "SELECT "+db.Columns[Watch]("")+" FROM escalation_watch WHERE id = $1"+suffix, id)
}

func watches(ctx context.Context, tx *db.Tx, q *db.Query) ([]Watch, error) {
	text, args := q.Build("SELECT " + db.Columns[Watch]("r.") + " FROM escalation_watch r")
	return db.All[Watch](ctx, tx, text, args...)
}

func openWatches(ctx context.Context, tx *db.Tx, orders ...string) ([]Watch, error) {
	return watches(ctx, tx, db.NewQuery().In("r.order_id", orders...).Where("r.ended_at = 0"))
}

func insertWatch(ctx context.Context, tx *db.Tx, w *Watch) error {
	return db.Insert(ctx, tx, "escalation_watch", w)
}

func updateWatch(ctx context.Context, tx *db.Tx, w *Watch) error {
	_, err := db.Update(ctx, tx, "escalation_watch", w)
	return err
}

func insertProgress(ctx context.Context, tx *db.Tx, p *Progress) error {
	return db.Insert(ctx, tx, "escalation_progress", p)
}

func progressOf(ctx context.Context, tx *db.Tx, watchID string) ([]Progress, error) {
	return db.All[Progress](ctx, tx, "SELECT "+db.Columns[Progress]("")+" FROM escalation_progress WHERE watch_id = $1 ORDER BY id", watchID)
}

// namesAny tells whether a ladder or the settings name a person, team or role.
func namesAny(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	for _, table := range []string{"escalation_ladder", "escalation_setting"} {
		found, err := db.All[int64](ctx, tx, fmt.Sprintf("SELECT 1 FROM %s WHERE body LIKE $1 LIMIT 1", table), `%"`+id+`"%`)
		if err != nil || len(found) > 0 {
			return len(found) > 0, err
		}
	}
	return false, nil
}

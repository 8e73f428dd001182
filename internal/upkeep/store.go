package upkeep

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

// columns says where a plan's keys stand, for the scope.
var columns = identity.Columns{Campus: []string{"campus_id %s"}, Department: []string{"owner_id %s"}, Team: []string{"team_id %s"},
	Vendor: []string{"vendor_id %s"}}

var planColumns = "SELECT " + db.Columns[Plan]("") + " FROM upkeep_plan"

func getPlan(ctx context.Context, tx *db.Tx, id string) (Plan, error) {
	return db.One[Plan](ctx, tx, planColumns+" WHERE id = $1", id)
}

// lockPlan reads a plan and locks it until the transaction ends.
func lockPlan(ctx context.Context, tx *db.Tx, id string) (Plan, error) {
	return db.One[Plan](ctx, tx, planColumns+" WHERE id = $1"+tx.ForUpdate(), id)
}

func insertPlan(ctx context.Context, tx *db.Tx, p *Plan) error {
	return db.Insert(ctx, tx, "upkeep_plan", p)
}

func updatePlan(ctx context.Context, tx *db.Tx, p *Plan) error {
	_, err := db.Update(ctx, tx, "upkeep_plan", p)
	return err
}

func deletePlan(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM upkeep_run WHERE plan_id = $1", id); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, "DELETE FROM upkeep_plan WHERE id = $1", id)
	return err
}

func listPlans(ctx context.Context, tx *db.Tx, q *db.Query) ([]Plan, error) {
	text, args := q.Build(planColumns)
	return db.All[Plan](ctx, tx, text, args...)
}

func duePlans(ctx context.Context, tx *db.Tx, now int64, limit int) ([]string, error) {
	return db.All[string](ctx, tx, "SELECT id FROM upkeep_plan WHERE active AND due_at > 0 AND due_at <= $1 ORDER BY due_at, id LIMIT $2", now, limit)
}

func insertRun(ctx context.Context, tx *db.Tx, r *Run) error {
	return db.Insert(ctx, tx, "upkeep_run", r)
}

func listRuns(ctx context.Context, tx *db.Tx, q *db.Query) ([]Run, error) {
	text, args := q.Build("SELECT " + db.Columns[Run]("") + " FROM upkeep_run")
	return db.All[Run](ctx, tx, text, args...)
}

// namesAny tells whether a plan has the value in the column.
func namesAny(ctx context.Context, tx *db.Tx, column, value string) (bool, error) {
	found, err := db.All[int64](ctx, tx, "SELECT 1 FROM upkeep_plan WHERE "+column+" = $1 LIMIT 1", value)
	return len(found) > 0, err
}

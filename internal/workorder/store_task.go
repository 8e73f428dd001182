package workorder

import (
	"context"
	"slices"

	"wardline/internal/platform/db"
)

// taskRow is what lists and loads need of a task.
type taskRow struct {
	OrderID  string     `db:"order_id"`
	TaskID   string     `db:"task_id"`
	TeamID   string     `db:"team_id"`
	PersonID string     `db:"person_id"`
	Status   TaskStatus `db:"status"`
	Open     bool       `db:"open"`
}

func (o *Order) taskRows() []taskRow {
	out := make([]taskRow, 0, len(o.Tasks))
	for _, t := range o.Tasks {
		out = append(out, taskRow{o.ID, t.ID, t.TeamID, t.AssigneeID, t.Status, o.Open && t.open()})
	}
	return out
}

// putTasks writes those rows of tasks that are not as they were.
func putTasks(ctx context.Context, tx *db.Tx, was, o *Order) error {
	before := was.taskRows()
	for _, r := range o.taskRows() {
		if slices.Contains(before, r) {
			continue
		}
		err := db.Later(ctx, tx, `INSERT INTO workorder_task (order_id, task_id, team_id, person_id, status, open) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (order_id, task_id) DO UPDATE SET team_id = excluded.team_id, person_id = excluded.person_id, status = excluded.status, open = excluded.open`,
			r.OrderID, r.TaskID, r.TeamID, r.PersonID, string(r.Status), r.Open)
		if err != nil {
			return err
		}
	}
	return nil
}

// putHelpers lets in whom tasks, squad and ownership call, and nobody whom they do not
// call any more.
func putHelpers(ctx context.Context, tx *db.Tx, was, o *Order) error {
	before, now := was.helpers(), o.helpers()
	for _, h := range now {
		if !slices.Contains(before, h) {
			if err := share(ctx, tx, o.ID, h.TeamID, h.PersonID); err != nil {
				return err
			}
		}
	}
	for _, h := range before {
		if !slices.Contains(now, h) {
			if err := db.Later(ctx, tx, `DELETE FROM workorder_share WHERE order_id = $1 AND team_id = $2 AND person_id = $3`, o.ID, h.TeamID, h.PersonID); err != nil {
				return err
			}
		}
	}
	return nil
}

// taskWorkOf reads the open tasks that people have, as work on the tasks' orders.
func taskWorkOf(ctx context.Context, tx *db.Tx, people []string) ([]Stint, error) {
	cond, args := db.InList("t.person_id", people)
	q := db.NewQuery().Where("t.open AND t.person_id <> ''").Where(cond, args...)
	text, args := q.Build(`SELECT t.order_id AS id, t.person_id AS assignee_id, o.item_id, o.priority, t.status, TRUE AS open, o.place_id,
		o.reported_at AS dispatched_at, 0 AS arrived_at, 0 AS finished_at FROM workorder_task t JOIN workorder o ON o.id = t.order_id`)
	return db.All[Stint](ctx, tx, text, args...)
}

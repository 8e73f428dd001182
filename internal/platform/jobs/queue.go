package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// bellTopic is what rings when a job may have become due.
const bellTopic = "job"

// soon is how far ahead a job must be due for runners to be rung, in milliseconds;
// what is due later they find by themselves in time.
const soon = 3 * clock.Second

// Queue takes jobs in. It is safe for concurrent use.
type Queue struct {
	db    *db.DB
	bell  *db.Bell
	clock clock.Clock
}

// New returns the queue of a database. The clock must be one on which all replicas
// agree, see db.Clock.
func New(d *db.DB, b *db.Bell, c clock.Clock) *Queue { return &Queue{db: d, bell: b, clock: c} }

// Enqueue adds a job in the caller's transaction.
//
// When its key is taken by a job that is ready, that one takes over the new
// arguments and runs at the earlier of the two moments (not before its back-off has
// passed, if it failed). When the other one is running, it runs once more after
// that, with the new arguments, at the moment asked for.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, j Job) error {
	return q.insert(ctx, tx, j, insertEarlier)
}

// EnqueueOrMove is Enqueue for timers: a ready job with the same key is moved to
// the new moment, be it earlier or later, and its failures are forgotten.
func (q *Queue) EnqueueOrMove(ctx context.Context, tx *db.Tx, j Job) error {
	if j.Key == "" {
		return errors.New("jobs: a job without a key cannot be moved")
	}
	return q.insert(ctx, tx, j, insertMove)
}

func (q *Queue) insert(ctx context.Context, tx *db.Tx, j Job, text string) error {
	if j.Kind == "" {
		return errors.New("jobs: a job needs a kind")
	}
	args, err := json.Marshal(j.Args)
	if err != nil {
		return fmt.Errorf("job %s: arguments: %w", j.Kind, err)
	}
	now := q.clock.Now()
	if j.RunAt == 0 {
		j.RunAt = now
	}
	if j.MaxTries <= 0 {
		j.MaxTries = DefaultTries
	}
	if _, err := db.Exec(ctx, tx, text, id.New(), j.Kind, j.Key, string(args), j.RunAt, j.MaxTries, now); err != nil {
		return err
	}
	if j.RunAt <= now+soon {
		tx.After(q.ring)
	}
	return nil
}

func (q *Queue) ring() { q.bell.Ring(bellTopic) }

// Cancel calls off the ready or running job with the key, and tells whether there
// was one. The result of an attempt under way is void; its context ends soon.
func (q *Queue) Cancel(ctx context.Context, tx *db.Tx, kind, key string) (bool, error) {
	if key == "" {
		return false, errors.New("jobs: a job without a key cannot be cancelled by it")
	}
	n, err := db.Exec(ctx, tx, `UPDATE job SET state = 'cancelled', lease_end = 0, again_at = 0, again_args = '', ended_at = $1
WHERE kind = $2 AND key = $3 AND key <> '' AND state IN ('ready', 'running')`, q.clock.Now(), kind, key)
	return n > 0, err
}

// CancelID calls off one job for an administrator. A job that has ended is the
// fault job.ended, an unknown one not_found.
func (q *Queue) CancelID(ctx context.Context, tx *db.Tx, jobID string) error {
	n, err := db.Exec(ctx, tx, `UPDATE job SET state = 'cancelled', lease_end = 0, again_at = 0, again_args = '', ended_at = $1
WHERE id = $2 AND state IN ('ready', 'running')`, q.clock.Now(), jobID)
	if err != nil || n > 0 {
		return err
	}
	if _, err := db.One[string](ctx, tx, "SELECT id FROM job WHERE id = $1", jobID); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "job.ended")
}

// RunAgain makes a dead or cancelled job ready at once, with all its tries. One
// that is neither is the fault job.not_stopped, and one whose key has been taken by
// a newer job job.replaced.
func (q *Queue) RunAgain(ctx context.Context, tx *db.Tx, jobID string) error {
	j, err := db.One[Row](ctx, tx, "SELECT "+db.Columns[Row]("")+" FROM job WHERE id = $1"+tx.ForUpdate(), jobID)
	if err != nil {
		return err
	}
	if j.State != Dead && j.State != Cancelled {
		return fault.New(fault.Conflict, "job.not_stopped")
	}
	if j.Key != "" {
		others, err := db.All[string](ctx, tx, "SELECT id FROM job WHERE kind = $1 AND key = $2 AND key <> '' AND state IN ('ready', 'running')", j.Kind, j.Key)
		if err != nil {
			return err
		}
		if len(others) > 0 {
			return fault.New(fault.Conflict, "job.replaced")
		}
	}
	_, err = db.Exec(ctx, tx, "UPDATE job SET state = 'ready', run_at = $1, failures = 0, ended_at = 0 WHERE id = $2", q.clock.Now(), jobID)
	if db.IsDuplicate(err) {
		return fault.New(fault.Conflict, "job.replaced")
	}
	tx.After(q.ring)
	return err
}

// List returns jobs, the newest first, and the cursor of the next page. The caller
// has checked that the reader may see them.
func (q *Queue) List(ctx context.Context, f Filter, limit int, cursor string) ([]Row, string, error) {
	query := db.NewQuery().OrderBy(db.Order{Column: "id", Desc: true, Text: true}).Limit(limit + 1)
	if err := query.After(cursor); err != nil {
		return nil, "", err
	}
	switch f.State {
	case "":
	case Ready, Running, Done, Dead, Cancelled:
		query.Where("state = '" + string(f.State) + "'") // in the text, so that the partial indexes serve
	default:
		return nil, "", fault.Field("state", "bad_value")
	}
	if f.Kind != "" {
		query.Where("kind = ?", f.Kind)
	}
	if f.Key != "" {
		query.Where("key = ?", f.Key)
	}
	text, args := query.Build("SELECT " + db.Columns[Row]("") + " FROM job")
	var out []Row
	err := q.db.Read(ctx, func(tx *db.Tx) (err error) { out, err = db.All[Row](ctx, tx, text, args...); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	return out[:limit], db.Cursor(out[limit-1].ID), nil
}

// Counts returns how many jobs there are by kind and state.
func (q *Queue) Counts(ctx context.Context) ([]Count, error) {
	var out []Count
	err := q.db.Read(ctx, func(tx *db.Tx) (err error) {
		out, err = db.All[Count](ctx, tx, "SELECT kind, state, count(*) AS count, min(run_at) AS oldest FROM job GROUP BY kind, state ORDER BY kind, state")
		return err
	})
	return out, err
}

package jobs

import (
	"context"
	"strconv"
	"strings"

	"wardline/internal/platform/db"
)

// claimed is what a runner needs of a job it holds.
type claimed struct {
	ID       string `db:"id"`
	Kind     string `db:"kind"`
	Key      string `db:"key"`
	Args     string `db:"args"`
	RunAt    int64  `db:"run_at"`
	Attempt  int64  `db:"attempt"`
	Failures int64  `db:"failures"`
	MaxTries int64  `db:"max_tries"`
}

const insertText = `INSERT INTO job (id, kind, key, args, state, run_at, lease_end, attempt, failures, max_tries, again_at, again_args, error, created_at, ended_at)
VALUES ($1, $2, $3, $4, 'ready', $5, 0, 0, 0, $6, 0, '', '', $7, 0)
ON CONFLICT (kind, key) WHERE key <> '' AND state IN ('ready', 'running') DO UPDATE SET
	max_tries = excluded.max_tries,
	args = CASE WHEN job.state = 'ready' THEN excluded.args ELSE job.args END,
	again_args = CASE WHEN job.state = 'running' THEN excluded.args ELSE '' END, `

// A job that is backing off from failures keeps its moment: being asked for again
// must not defeat the back-off.
const insertEarlier = insertText + `
	run_at = CASE WHEN job.state = 'ready' AND job.failures = 0 AND excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END,
	again_at = CASE WHEN job.state <> 'running' THEN 0 WHEN job.again_at = 0 OR excluded.run_at < job.again_at THEN excluded.run_at ELSE job.again_at END`

const insertMove = insertText + `
	run_at = CASE WHEN job.state = 'ready' THEN excluded.run_at ELSE job.run_at END,
	failures = CASE WHEN job.state = 'ready' THEN 0 ELSE job.failures END,
	again_at = CASE WHEN job.state = 'running' THEN excluded.run_at ELSE 0 END`

// afterRun is what every end of an attempt does to a job that was asked for again.
const afterRun = `lease_end = 0, again_at = 0, again_args = '',
	args = CASE WHEN again_at > 0 THEN again_args ELSE args END`

const succeedText = `UPDATE job SET ` + afterRun + `, failures = 0, error = '',
	state = CASE WHEN again_at > 0 THEN 'ready' ELSE 'done' END,
	run_at = CASE WHEN again_at > 0 THEN again_at ELSE run_at END,
	ended_at = CASE WHEN again_at > 0 THEN 0 ELSE CAST($1 AS BIGINT) END
WHERE `

const failText = `UPDATE job SET ` + afterRun + `, failures = failures + 1, error = $1,
	state = CASE WHEN again_at = 0 AND failures + 1 >= $2 THEN 'dead' ELSE 'ready' END,
	run_at = CASE WHEN again_at > $3 THEN again_at ELSE $3 END,
	ended_at = CASE WHEN again_at = 0 AND failures + 1 >= $2 THEN CAST($4 AS BIGINT) ELSE 0 END
WHERE id = $5 AND attempt = $6 AND state = 'running'`

const releaseText = `UPDATE job SET ` + afterRun + `, state = 'ready' WHERE id = $1 AND attempt = $2 AND state = 'running'`

// kindList returns kind IN ($from, …) and its values.
func kindList(kinds []string, from int, args []any) (string, []any) {
	marks := make([]string, len(kinds))
	for i, k := range kinds {
		marks[i] = "$" + strconv.Itoa(from+i)
		args = append(args, k)
	}
	return "kind IN (" + strings.Join(marks, ", ") + ")", args
}

// nextAt returns when the next ready job of the kinds is due; ok is false when there is none.
func nextAt(ctx context.Context, tx *db.Tx, kinds []string) (at int64, ok bool, err error) {
	if err := tx.InOrder(ctx); err != nil {
		return 0, false, err
	}
	cond, args := kindList(kinds, 1, nil)
	list, err := db.All[int64](ctx, tx, "SELECT run_at FROM job WHERE state = 'ready' AND "+cond+" ORDER BY run_at LIMIT 1", args...)
	if err != nil || len(list) == 0 {
		return 0, false, err
	}
	return list[0], true, nil
}

// claim takes up to n due jobs. The choice is made once, before the change, and
// passes over jobs that other runners are taking.
func claim(ctx context.Context, tx *db.Tx, kinds []string, now, leaseEnd int64, n int) ([]claimed, error) {
	if err := tx.InOrder(ctx); err != nil {
		return nil, err
	}
	cond, args := kindList(kinds, 4, []any{now, leaseEnd, n})
	return db.All[claimed](ctx, tx, `WITH picked AS MATERIALIZED (SELECT id FROM job WHERE state = 'ready' AND run_at <= $1 AND `+cond+
		` ORDER BY run_at LIMIT $3`+tx.SkipLocked()+`)
UPDATE job SET state = 'running', attempt = attempt + 1, lease_end = $2 WHERE id IN (SELECT id FROM picked)
RETURNING id, kind, key, args, run_at, attempt, failures, max_tries`, args...)
}

// mine returns the condition "one of these attempts, still running" and its values.
func mine(list []claimed, from int, args []any) (string, []any) {
	var b strings.Builder
	b.WriteString("state = 'running' AND (")
	for i, c := range list {
		if i > 0 {
			b.WriteString(" OR ")
		}
		b.WriteString("id = $" + strconv.Itoa(from+2*i) + " AND attempt = $" + strconv.Itoa(from+2*i+1))
		args = append(args, c.ID, c.Attempt)
	}
	b.WriteString(")")
	return b.String(), args
}

// chunks calls f with parts of the list whose sizes are powers of two, at most 32:
// that keeps the number of statement texts small.
func chunks(list []claimed, f func([]claimed) error) error {
	for len(list) > 0 {
		n := min(32, len(list))
		for n&(n-1) != 0 {
			n &= n - 1
		}
		if err := f(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// ended is a job after its attempt.
type ended struct {
	ID    string `db:"id"`
	State State  `db:"state"`
	RunAt int64  `db:"run_at"`
}

// succeedFree completes those of the attempts that nobody else has locked.
func succeedFree(ctx context.Context, tx *db.Tx, now int64, list []claimed) (out []ended, err error) {
	err = chunks(list, func(part []claimed) error {
		cond, args := mine(part, 2, []any{now})
		rows, err := db.All[ended](ctx, tx, succeedText+"id IN (SELECT id FROM job WHERE "+cond+tx.SkipLocked()+") RETURNING id, state, run_at", args...)
		out = append(out, rows...)
		return err
	})
	return out, err
}

// succeed completes one attempt; none is returned when it was no longer the present one.
func succeed(ctx context.Context, tx *db.Tx, now int64, c *claimed) ([]ended, error) {
	return db.All[ended](ctx, tx, succeedText+"id = $2 AND attempt = $3 AND state = 'running' RETURNING id, state, run_at", now, c.ID, c.Attempt)
}

// fail records a failed attempt; the job is tried again at nextTry unless it has
// failed limit times.
func fail(ctx context.Context, tx *db.Tx, now int64, c *claimed, text string, limit, nextTry int64) ([]ended, error) {
	return db.All[ended](ctx, tx, failText+" RETURNING id, state, run_at", text, limit, nextTry, now, c.ID, c.Attempt)
}

// release gives a job back that was not carried out.
func release(ctx context.Context, tx *db.Tx, c *claimed) error {
	_, err := db.Exec(ctx, tx, releaseText, c.ID, c.Attempt)
	return err
}

// renew extends the leases and returns the ids still held; what another
// transaction has locked is left alone, that is the job's end or its cancelling.
func renew(ctx context.Context, tx *db.Tx, leaseEnd int64, list []claimed) (held map[string]bool, err error) {
	held = map[string]bool{}
	err = chunks(list, func(part []claimed) error {
		cond, args := mine(part, 2, []any{leaseEnd})
		if _, err := db.Exec(ctx, tx, "UPDATE job SET lease_end = $1 WHERE id IN (SELECT id FROM job WHERE "+cond+tx.SkipLocked()+")", args...); err != nil {
			return err
		}
		cond, args = mine(part, 1, nil)
		ids, err := db.All[string](ctx, tx, "SELECT id FROM job WHERE "+cond, args...)
		for _, i := range ids {
			held[i] = true
		}
		return err
	})
	return held, err
}

// expired locks jobs whose lease has run out.
func expired(ctx context.Context, tx *db.Tx, now int64, limit int) ([]claimed, error) {
	return db.All[claimed](ctx, tx, "SELECT "+db.Columns[claimed]("")+" FROM job WHERE state = 'running' AND lease_end < $1 ORDER BY lease_end LIMIT $2"+tx.SkipLocked(), now, limit)
}

// removeEnded deletes a batch of jobs done before one moment or stopped before another.
func removeEnded(ctx context.Context, tx *db.Tx, doneBefore, stoppedBefore int64, limit int) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state IN ('done', 'dead', 'cancelled')
AND ended_at < $1 AND (state = 'done' OR ended_at < $2) ORDER BY ended_at LIMIT $3)`, doneBefore, stoppedBefore, limit)
}

type periodRow struct {
	Kind   string `db:"kind"`
	NextAt int64  `db:"next_at"`
}

func periods(ctx context.Context, tx *db.Tx) ([]periodRow, error) {
	return db.All[periodRow](ctx, tx, "SELECT kind, next_at FROM job_period")
}

// addPeriod makes the row of a period that has none, and shortens a wait that is
// longer than the interval has become.
func addPeriod(ctx context.Context, tx *db.Tx, kind string, first int64) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO job_period (kind, next_at) VALUES ($1, $2)
ON CONFLICT (kind) DO UPDATE SET next_at = excluded.next_at WHERE job_period.next_at > excluded.next_at`, kind, first)
	return err
}

// takePeriod moves a due period on; it returns false when another replica has.
func takePeriod(ctx context.Context, tx *db.Tx, kind string, now, next int64) (bool, error) {
	n, err := db.Exec(ctx, tx, "UPDATE job_period SET next_at = $1 WHERE kind = $2 AND next_at <= $3", next, kind, now)
	return n == 1, err
}

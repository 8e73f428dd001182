package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"wardline/internal/platform/db"
)

// result is how an attempt went.
type result struct {
	hold *hold
	err  error
	back bool // not carried out: give the job back
}

// carryOut runs a job's handler; loops ends when the runner stops.
func (r *Runner) carryOut(loops context.Context, h *hold) {
	if loops.Err() != nil {
		h.lane.finished(0)
		r.results <- result{hold: h, back: true}
		return
	}
	began := time.Now()
	err := r.attempt(h)
	h.lane.finished(max(time.Since(began), 1))
	switch {
	case errors.Is(context.Cause(h.ctx), errLost), errors.Is(err, errLost):
		r.log.Info("the result of a job is void: it was cancelled or taken over", "kind", h.Kind, "job", h.ID)
		r.drop(h)
	case err == nil && h.kind.runTx != nil:
		r.drop(h)
	case err != nil && r.work.Err() != nil:
		r.results <- result{hold: h, back: true}
	default:
		r.results <- result{hold: h, err: err}
	}
}

func (r *Runner) attempt(h *hold) error {
	limit := h.Failures+1 >= h.MaxTries
	ctx := context.WithValue(h.ctx, attemptKey{}, Attempt{ID: h.ID, Kind: h.Kind, Key: h.Key, Number: h.Attempt, RunAt: h.RunAt, Last: limit})
	if context.Cause(ctx) != nil {
		return context.Cause(ctx)
	}
	if h.kind.run != nil {
		return r.guard(h, func() error { return h.kind.run(ctx, json.RawMessage(h.Args)) })
	}
	ctx, cancel := context.WithTimeout(ctx, r.opt.Lease)
	defer cancel()
	var after []ended
	err := r.queue.db.Write(ctx, func(tx *db.Tx) error {
		err := r.guard(h, func() error { return h.kind.runTx(ctx, tx, json.RawMessage(h.Args)) })
		if err != nil {
			return err
		}
		// The job's row is locked last, as domains do that cancel or move a job
		// after changing their own rows; and whoever lost the job commits nothing.
		after, err = succeed(ctx, tx, r.queue.clock.Now(), &h.claimed)
		if err == nil && len(after) == 0 {
			return errLost
		}
		return err
	})
	if err == nil {
		r.ringIfDue(after)
	}
	return err
}

// guard turns a panic into an error.
func (r *Runner) guard(h *hold, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			r.log.Error("a job panicked", "kind", h.Kind, "job", h.ID, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	return f()
}

// ringIfDue wakes the runners for jobs that became ready again soon.
func (r *Runner) ringIfDue(list []ended) {
	now := r.queue.clock.Now()
	for _, e := range list {
		if e.State == Ready && e.RunAt <= now+soon {
			r.queue.ring()
			return
		}
	}
}

// finish writes results until there will be no more. Whatever has gathered while
// the last ones were written goes into one transaction.
func (r *Runner) finish() {
	for first := range r.results {
		list := []result{first}
		for more := true; more && len(list) < 256; {
			select {
			case next, ok := <-r.results:
				if more = ok; ok {
					list = append(list, next)
				}
			default:
				more = false
			}
		}
		r.store(list)
	}
}

// store writes results, trying again while the database does not answer; it gives
// up when the leases must have run out, as the results are void then anyway.
func (r *Runner) store(list []result) {
	ctx, cancel := context.WithTimeout(context.Background(), r.opt.Lease)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		rest, err := r.storeOnce(ctx, list)
		list = rest
		if len(list) == 0 {
			return
		}
		if ctx.Err() != nil {
			r.log.Error("results of jobs could not be stored; the jobs will be run again", "jobs", len(list), "error", err)
			for _, res := range list {
				r.drop(res.hold)
			}
			return
		}
		if err != nil {
			r.log.Warn("storing results of jobs", "error", err)
		}
		sleep(ctx, wait, nil)
	}
}

// storeOnce writes the results and returns those that must be tried again.
func (r *Runner) storeOnce(ctx context.Context, list []result) (rest []result, err error) {
	var good []claimed
	for _, res := range list {
		if res.err == nil && !res.back {
			good = append(good, res.hold.claimed)
		}
	}
	stored := map[string]bool{}
	var after []ended
	if len(good) > 1 {
		err = r.queue.db.Write(ctx, func(tx *db.Tx) (err error) {
			after, err = succeedFree(ctx, tx, r.queue.clock.Now(), good)
			return err
		})
		if err != nil {
			return list, err
		}
	}
	for _, e := range after {
		stored[e.ID] = true
	}
	for i, res := range list {
		if !stored[res.hold.ID] {
			one, err := r.storeAlone(ctx, res)
			if err != nil {
				r.ringIfDue(after)
				return list[i:], err
			}
			after = append(after, one...)
		}
		r.drop(res.hold)
	}
	r.ringIfDue(after)
	return nil, nil
}

// storeAlone writes one result in a transaction of its own, which waits for the
// job's row if it must.
func (r *Runner) storeAlone(ctx context.Context, res result) (out []ended, err error) {
	c := &res.hold.claimed
	err = r.queue.db.Write(ctx, func(tx *db.Tx) (err error) {
		now := r.queue.clock.Now()
		switch {
		case res.back:
			return release(ctx, tx, c)
		case res.err == nil:
			out, err = succeed(ctx, tx, now, c)
		default:
			out, err = r.storeFailure(ctx, tx, now, c, res.err)
		}
		return err
	})
	if err == nil && len(out) == 0 && !res.back {
		r.log.Info("the result of a job is void: it was cancelled or taken over", "kind", c.Kind, "job", c.ID)
	}
	if res.back {
		r.queue.ring()
	}
	return out, err
}

func (r *Runner) storeFailure(ctx context.Context, tx *db.Tx, now int64, c *claimed, cause error) ([]ended, error) {
	limit := c.MaxTries
	var p permanent
	if errors.As(cause, &p) {
		limit = 0
	}
	text := errorText(cause)
	out, err := fail(ctx, tx, now, c, text, limit, now+Backoff(c.Failures+1))
	if err == nil && len(out) == 1 && out[0].State == Dead {
		r.log.Error("a job is dead: it failed too often", "kind", c.Kind, "job", c.ID, "key", c.Key, "tries", c.Failures+1, "error", text)
	}
	return out, err
}

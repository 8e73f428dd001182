package jobs

import (
	"context"
	"errors"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
)

// How long ended jobs are kept, in milliseconds.
const (
	KeepDone    = clock.Day
	KeepStopped = 30 * clock.Day // dead and cancelled ones
)

// keep renews this runner's leases, takes in those that ran out anywhere, and keeps
// the clock in step with the database's.
func (r *Runner) keep(ctx context.Context) {
	ticker := time.NewTicker(r.opt.Lease / 3)
	defer ticker.Stop()
	synced := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := r.within(ctx, r.renewLeases); err != nil && ctx.Err() == nil {
			r.log.Warn("renewing leases of jobs", "error", err)
		}
		if err := r.within(ctx, r.rescue); err != nil && ctx.Err() == nil {
			r.log.Warn("taking over jobs", "error", err)
		}
		c, ok := r.queue.clock.(interface{ Sync(context.Context) error })
		if ok && time.Since(synced) > time.Minute {
			synced = time.Now()
			if err := r.within(ctx, c.Sync); err != nil && ctx.Err() == nil {
				r.log.Warn("reading the database's clock", "error", err)
			}
		}
	}
}

// within gives f a third of the lease: a database that hangs must not keep this
// runner from noticing that its leases run out.
func (r *Runner) within(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Lease/3)
	defer cancel()
	return f(ctx)
}

// renewLeases extends the leases of what this runner holds, and ends the handlers
// of jobs it has lost.
func (r *Runner) renewLeases(ctx context.Context) error {
	r.mu.Lock()
	holds := make([]*hold, 0, len(r.held))
	list := make([]claimed, 0, len(r.held))
	for _, h := range r.held {
		holds = append(holds, h)
		list = append(list, h.claimed)
	}
	r.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	now := r.queue.clock.Now()
	leaseEnd := now + r.opt.Lease.Milliseconds()
	var still map[string]bool
	err := r.queue.db.Write(ctx, func(tx *db.Tx) (err error) {
		still, err = renew(ctx, tx, leaseEnd, list)
		return err
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range holds {
		switch {
		case err == nil && still[h.ID]:
			h.leaseEnd = leaseEnd
		case err == nil || h.leaseEnd < now: // without the database, only the clock tells
			if r.held[h.ID] == h {
				h.end(errLost)
			}
		}
	}
	return err
}

var errExpired = errors.New("the program that ran the job stopped or hung: its lease ran out")

// rescue makes the jobs ready whose lease ran out; that counts as a failure, as a job
// may be what stops the program.
func (r *Runner) rescue(ctx context.Context) error {
	var after []ended
	err := r.queue.db.Write(ctx, func(tx *db.Tx) error {
		after = after[:0]
		now := r.queue.clock.Now()
		list, err := expired(ctx, tx, now, 100)
		if err != nil {
			return err
		}
		for i := range list {
			out, err := r.storeFailure(ctx, tx, now, &list[i], errExpired)
			if err != nil {
				return err
			}
			after = append(after, out...)
			r.log.Warn("took over a job", "kind", list[i].Kind, "job", list[i].ID, "attempt", list[i].Attempt)
		}
		return nil
	})
	if err == nil {
		r.ringIfDue(after)
	}
	return err
}

// pruneBatch is how many jobs one pruning transaction removes.
const pruneBatch = 1000

// prune removes jobs that ended long ago.
func (r *Runner) prune(ctx context.Context) error {
	for {
		var n int64
		err := r.queue.db.Write(ctx, func(tx *db.Tx) (err error) {
			now := r.queue.clock.Now()
			n, err = removeEnded(ctx, tx, now-KeepDone, now-KeepStopped, pruneBatch)
			return err
		})
		if err != nil || n < pruneBatch {
			return err
		}
	}
}

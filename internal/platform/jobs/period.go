package jobs

import (
	"context"
	"time"

	"wardline/internal/platform/db"
)

// periodTries is how often one run of periodic work is tried: the next run comes anyway.
const periodTries = 3

// nextPeriod returns the first multiple of the interval after now, all in milliseconds.
func nextPeriod(now, interval int64) int64 { return now - now%interval + interval }

// startPeriods makes the rows of periodic kinds.
func (r *Runner) startPeriods(ctx context.Context) error {
	return r.queue.db.Write(ctx, func(tx *db.Tx) error {
		now := r.queue.clock.Now()
		for name, k := range r.kinds {
			if k.period == 0 {
				continue
			}
			if err := addPeriod(ctx, tx, name, nextPeriod(now, k.period.Milliseconds())); err != nil {
				return err
			}
		}
		return nil
	})
}

// runPeriods enqueues periodic work when it is due, until the context ends.
func (r *Runner) runPeriods(ctx context.Context) {
	for ctx.Err() == nil {
		wait, err := r.duePeriods(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			r.log.Warn("looking for periodic work", "error", err)
			wait = r.opt.Poll
		}
		sleep(ctx, max(min(wait, r.opt.Poll), time.Millisecond), nil)
	}
}

// duePeriods enqueues what is due and returns how long nothing else will be.
func (r *Runner) duePeriods(ctx context.Context) (time.Duration, error) {
	var list []periodRow
	err := r.queue.db.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = periods(ctx, tx)
		return err
	})
	if err != nil {
		return 0, err
	}
	wait := r.opt.Poll
	for _, p := range list {
		k := r.kinds[p.Kind]
		if k == nil || k.period == 0 { // of another version of the program
			continue
		}
		now := r.queue.clock.Now()
		if p.NextAt > now {
			wait = min(wait, time.Duration(p.NextAt-now)*time.Millisecond)
			continue
		}
		err := r.queue.db.Write(ctx, func(tx *db.Tx) error {
			ok, err := takePeriod(ctx, tx, p.Kind, now, nextPeriod(now, k.period.Milliseconds()))
			if err != nil || !ok {
				return err
			}
			return r.queue.Enqueue(ctx, tx, Job{Kind: p.Kind, Key: "period", RunAt: now, MaxTries: periodTries})
		})
		if err != nil {
			return 0, err
		}
	}
	return wait, nil
}

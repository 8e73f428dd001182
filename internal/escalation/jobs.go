package escalation

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

const (
	workers   = 8  // timers acted on at once
	portion   = 50 // timers whose orders are read together
	giveWay   = 30 * clock.Second
	keepFired = 400 * clock.Day
)

// RegisterJobs adds the package's work to the runner.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	jobs.On(r, ResyncJob, func(ctx context.Context, _ struct{}) error { return s.Resync(ctx) }, jobs.Slow())
	r.Every("escalation.prune", 24*time.Hour, s.prune)
}

// Tick lets time act on everything that wants a look, at most limit things, and returns
// how many it looked at. It may run anywhere at any time: what the things and the rows of
// their firings say decides, so nothing happens twice.
func (s *Service) Tick(ctx context.Context, limit int) (looked int, err error) {
	ctx = system(ctx)
	var list []timer
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = dueTimers(ctx, tx, s.Clock.Now(), limit); return err })
	if err != nil {
		return 0, err
	}
	for len(list) > 0 {
		n := min(portion, len(list))
		err = errors.Join(err, s.lookAt(ctx, list[:n]))
		list = list[n:]
		looked += n
	}
	return looked, err
}

// lookAt lets time act on some things; the orders among them are read together.
func (s *Service) lookAt(ctx context.Context, list []timer) error {
	var ids []string
	for _, t := range list {
		if t.Kind == orderTimer {
			ids = append(ids, t.Subject)
		}
	}
	seen := map[string]*sight{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		some, err := s.sights(ctx, tx, ids...)
		for i := range some {
			seen[some[i].Order.ID] = &some[i]
		}
		return err
	})
	if err != nil {
		return err
	}
	k := &known{list: map[string][]string{}}
	todo := make(chan timer)
	failed := make(chan error, len(list))
	var wait sync.WaitGroup
	for range min(workers, len(list)) {
		wait.Go(func() {
			for t := range todo {
				if err := s.look(ctx, t, seen[t.Subject], k); err != nil {
					failed <- fmt.Errorf("%s %s: %w", t.Kind, t.Subject, errors.Join(err, s.postpone(ctx, t)))
				}
			}
		})
	}
	for _, t := range list {
		todo <- t
	}
	close(todo)
	wait.Wait()
	close(failed)
	for e := range failed {
		err = errors.Join(err, e)
	}
	return err
}

func (s *Service) look(ctx context.Context, t timer, v *sight, k *known) error {
	switch t.Kind {
	case orderTimer:
		return s.lookOrder(ctx, t.Subject, v, k)
	case reportTimer:
		return s.lookReport(ctx, t.Subject)
	case actionTimer:
		return s.lookAction(ctx, t.Subject)
	case watchTimer:
		return s.lookWatch(ctx, t.Subject)
	}
	return fmt.Errorf("no such kind of timer")
}

// postpone lets those behind a timer that cannot be acted on go first.
func (s *Service) postpone(ctx context.Context, t timer) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		mine, err := takeTimer(ctx, tx, t.Kind, t.Subject, s.Clock.Now())
		if err != nil || !mine {
			return err
		}
		return lookSoon(ctx, tx, t.Kind, t.Subject, s.Clock.Now()+giveWay)
	})
}

// Resync reckons anew when each open order wants the next look.
func (s *Service) Resync(ctx context.Context) error {
	ctx = system(ctx)
	return s.Orders.Standings(ctx, workorder.OpenStatuses(), func(list []workorder.Standing) error {
		ids := make([]string, len(list))
		for i := range list {
			ids[i] = list[i].Order.ID
		}
		return s.plan(ctx, ids)
	})
}

// plan sets when orders want the next look.
func (s *Service) plan(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	next, version := make(map[string]int64, len(ids)), make(map[string]int64, len(ids))
	had := map[string]int64{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := s.sights(ctx, tx, ids...)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		for i := range list {
			v := &list[i]
			t := s.turn(v, now)
			if len(t.fire)+len(t.owed) > 0 || s.stale(v) {
				t.next = now
			}
			next[v.Order.ID], version[v.Order.ID] = t.next, v.Order.Version
		}
		timers, err := timersOf(ctx, tx, orderTimer, ids)
		for _, t := range timers {
			had[t.Subject] = t.DueAt
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		for _, orderID := range ids { // sorted, so that two writers cannot wait for each other
			if next[orderID] == had[orderID] {
				continue
			}
			if err := setVersioned(ctx, tx, orderTimer, orderID, next[orderID], version[orderID]); err != nil {
				return err
			}
		}
		return nil
	})
}

// stale tells whether a report or the watch says of the order what is so no more.
func (s *Service) stale(v *sight) bool {
	for i := range v.reports {
		if r := v.reports[i]; r.about(&v.Order) {
			return true
		}
	}
	if v.watch == nil {
		return false
	}
	w := *v.watch
	return w.about(&v.Order)
}

// prune removes firings nobody will ask for any more.
func (s *Service) prune(ctx context.Context) error {
	const portion = 500
	for {
		var n int64
		err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			n, err = pruneFired(ctx, tx, s.Clock.Now()-keepFired, portion)
			return err
		})
		if err != nil || n < portion {
			return err
		}
	}
}

package escalation

import (
	"context"
	"errors"
	"slices"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

const (
	followBatch = 500
	followLease = 20 * clock.Second
)

// Follower sets anew when an order wants the next look whenever something happened to it.
// Every replica has one; a lease says which is at work. That an entry is looked at twice
// does no harm.
type Follower struct {
	s      *Service
	tail   *event.Tail
	me     string
	pos    event.Position
	stored event.Position
	holds  bool
	looked int64 // when the lease was last renewed
	pump   event.Pump
}

// NewFollower returns a follower of the log that the tail reads.
func (s *Service) NewFollower(tail *event.Tail) *Follower {
	return &Follower{s: s, tail: tail, me: id.New()}
}

// Start begins to follow from where the installation left off; the first time ever from
// the head of the log, after a look at every open order.
func (f *Follower) Start(ctx context.Context) error {
	if err := f.s.Begin(ctx); err != nil {
		return err
	}
	f.pump.Start(system(ctx), f.tail, f.s.Logger, "following orders for their reminders", func(ctx context.Context) (more, rung bool, err error) {
		if more, err = f.step(ctx, f.tail); err != nil && ctx.Err() == nil {
			f.holds = false
		}
		return more, f.holds, err
	})
	return nil
}

// Begin makes the cursor at the head of the log when there is none.
func (s *Service) Begin(ctx context.Context) error {
	head, err := s.Events.Head(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		first, err := firstCursor(ctx, tx, head)
		if err != nil || !first {
			return err
		}
		return s.resyncSoon(ctx, tx)
	})
}

// Stop ends the following.
func (f *Follower) Stop() { f.pump.Stop() }

// hold takes or renews the lease and stores how far this replica has looked.
func (f *Follower) hold(ctx context.Context) error {
	now := f.s.Clock.Now()
	if f.holds && now < f.looked+followLease/2 {
		return nil
	}
	return f.s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := lockCursor(ctx, tx)
		if err != nil {
			return err
		}
		// SQLite has one process: whoever held the lease before has ended.
		if tx.Engine() == db.Postgres && c.Holder != f.me && c.LeaseEnd > now {
			f.holds = false
			return nil
		}
		if !f.holds || c.position() != f.stored {
			f.pos = c.position()
		}
		f.holds, f.looked, f.stored = true, now, f.pos
		c.TxID, c.Seq, c.Holder, c.LeaseEnd = f.pos.TxID, f.pos.Seq, f.me, now+followLease
		return saveCursor(ctx, tx, &c)
	})
}

// Step looks at the next entries; more is that there may be others behind them.
func (f *Follower) Step(ctx context.Context) (more bool, err error) { return f.step(ctx, f.s.Events) }

func (f *Follower) step(ctx context.Context, log event.Source) (more bool, err error) {
	ctx = system(ctx)
	if err := f.hold(ctx); err != nil || !f.holds {
		return false, err
	}
	list, err := log.Since(ctx, f.pos, followBatch)
	if errors.Is(err, event.ErrResync) {
		return true, f.startAfresh(ctx)
	}
	if err != nil || len(list) == 0 {
		return false, err
	}
	var ids []string
	for _, e := range list {
		if e.Topic == workorder.Topic {
			ids = append(ids, e.Subject)
		}
	}
	slices.Sort(ids)
	if err := f.s.plan(ctx, slices.Compact(ids)); err != nil {
		return false, err
	}
	f.pos = list[len(list)-1].Position() // stored with the lease now and then
	return true, nil
}

// startAfresh goes on from what is left of the log when entries are gone that were never
// looked at; the orders themselves say what is to be done.
func (f *Follower) startAfresh(ctx context.Context) error {
	head, err := f.s.Events.Head(ctx)
	if err != nil {
		return err
	}
	f.holds = false
	return f.s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := lockCursor(ctx, tx)
		if err != nil || c.position() != f.stored {
			return err
		}
		c.TxID, c.Seq = head.TxID, head.Seq
		if err := saveCursor(ctx, tx, &c); err != nil {
			return err
		}
		return f.s.resyncSoon(ctx, tx)
	})
}

package automation

import (
	"context"
	"encoding/json"
	"errors"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

const (
	followBatch = 500
	followMost  = 50 // entries with firings written in one transaction
	followLease = 20 * clock.Second
)

// Follower lets events of orders set off rules. Every replica has one; a lease says
// which is at work, and the cursor, which moves in the transaction that writes the
// firings, makes each entry count once even when two believe to hold it.
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

// Start begins to follow from where the installation left off; the first time ever
// from the head of the log.
func (f *Follower) Start(ctx context.Context) error {
	if err := f.s.Begin(ctx); err != nil {
		return err
	}
	f.pump.Start(system(ctx), f.tail, f.s.Logger, "letting events set off rules", func(ctx context.Context) (more, rung bool, err error) {
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
	return s.DB.Write(ctx, func(tx *db.Tx) error { return firstCursor(ctx, tx, eventCursor, head) })
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
		c, err := lockCursor(ctx, tx, eventCursor)
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
	rules, err := f.s.active(ctx)
	if err != nil {
		return false, err
	}
	var found [][]Firing
	to := f.pos
	for _, e := range list {
		some, err := f.s.understand(ctx, rules, e)
		if err != nil {
			return false, err
		}
		if len(some) > 0 {
			found = append(found, some)
		}
		if to = e.Position(); len(found) >= followMost {
			break
		}
	}
	if len(found) == 0 { // the place is stored with the lease now and then
		f.pos = to
		return true, nil
	}
	return true, f.commit(ctx, found, to)
}

// understand returns the firings of an entry. One that cannot be understood is
// passed over: it must not stop those behind it.
func (s *Service) understand(ctx context.Context, rules []ready, e event.Entry) ([]Firing, error) {
	var n workorder.Note
	if e.Topic != workorder.Topic || json.Unmarshal(e.Data, &n) != nil {
		return nil, nil
	}
	out, err := s.onEvent(ctx, rules, e, n)
	if err != nil && !waitable(err) && ctx.Err() == nil {
		s.Logger.Error("an event could not be held against the rules", "order", e.Subject, "position", e.Position().String(), "error", err)
		return nil, nil
	}
	return out, err
}

// commit writes firings and moves the cursor behind their events.
func (f *Follower) commit(ctx context.Context, found [][]Firing, to event.Position) error {
	moved := false
	err := f.s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := lockCursor(ctx, tx, eventCursor)
		if err != nil {
			return err
		}
		if moved = c.position() != f.stored; moved {
			return nil
		}
		for _, some := range found {
			if err := f.s.write(ctx, tx, some); err != nil {
				return err
			}
		}
		c.TxID, c.Seq = to.TxID, to.Seq
		return saveCursor(ctx, tx, &c)
	})
	if err != nil || moved {
		f.holds = false // read the cursor anew
		return err
	}
	f.pos, f.stored = to, to
	return nil
}

// startAfresh goes on from what is left of the log when entries are gone that were
// never looked at: the program was down for more than a day, or a backup was restored.
func (f *Follower) startAfresh(ctx context.Context) error {
	low, err := f.s.Events.Floor(ctx)
	if err != nil {
		return err
	}
	f.s.Logger.Error("events are gone that no rule has looked at; rules go on with what is left", "from", f.pos.String(), "to", low.String())
	f.holds = false
	return f.s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := lockCursor(ctx, tx, eventCursor)
		if err != nil || c.position() != f.stored {
			return err
		}
		c.TxID, c.Seq = low.TxID, low.Seq
		if err := saveCursor(ctx, tx, &c); err != nil {
			return err
		}
		return f.s.Trail.Record(ctx, tx, identity.System("automation").Who(), "rule.events.lost", "event", "", map[string]any{"to": low.String()})
	})
}

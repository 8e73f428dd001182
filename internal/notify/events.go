package notify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
)

const (
	followBatch  = 200               // entries read at a time
	followMost   = 200               // messages written in one transaction, about
	followLease  = 30 * clock.Second // how long a replica that says nothing is believed to be at work
	followRenew  = 10 * clock.Second // how often the lease is renewed and the cursor stored
	followPoll   = 5 * time.Second   // longest wait without looking
	followOther  = 2 * time.Second   // between looks of a replica that is not at work
	resolveLimit = 15 * time.Second  // for one question to Resolve
)

// Follower turns the event log into messages. Every replica has one; one of them is
// at work, held by a lease, and another takes over when it stops. The lease only
// saves work: that each entry counts once is the doing of the cursor, which must
// still stand where it was read when the messages are written.
type Follower struct {
	s    *Service
	tail *event.Tail
	me   string

	stored  event.Position // the cursor as last read or written
	pos     event.Position // everything up to here has been looked at
	working bool           // whether this replica holds the lease
	renewed int64          // when it last took or renewed it

	cancel context.CancelFunc
	done   sync.WaitGroup
}

// NewFollower returns a follower of the log that the tail reads.
func (s *Service) NewFollower(tail *event.Tail) *Follower {
	return &Follower{s: s, tail: tail, me: id.New()}
}

// Start begins to follow, from where the installation left off; the first time ever
// from the head of the log. The tail must have been started.
func (f *Follower) Start(ctx context.Context) error {
	if err := f.s.begin(ctx); err != nil {
		return err
	}
	ctx, f.cancel = context.WithCancel(ctx)
	f.done.Add(1)
	go func() {
		defer f.done.Done()
		f.run(ctx)
	}()
	return nil
}

// Stop ends the following and lets another replica take over at once.
func (f *Follower) Stop() {
	if f.cancel != nil {
		f.cancel()
	}
	f.done.Wait()
}

// begin makes the cursor when there is none.
func (s *Service) begin(ctx context.Context) error {
	head, err := s.Events.Head(ctx)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error { return firstCursor(ctx, tx, head) })
}

func (f *Follower) run(ctx context.Context) {
	defer f.letGo()
	news := f.tail.Follow()
	failed := time.Duration(0)
	for ctx.Err() == nil {
		// Taken before looking: what comes while looking rings again.
		if _, err := news.Take(); err != nil && !errors.Is(err, event.ErrResync) {
			f.s.Logger.Warn("following the event log", "error", err)
		}
		more, err := f.step(ctx)
		wait := followPoll
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failed = min(max(2*failed, time.Second), 30*time.Second)
			wait = failed
			f.s.Logger.Warn("turning events into messages; it is tried again", "error", err, "again", wait)
			f.working = false
		case more:
			failed = 0
			continue
		case !f.working:
			failed, wait = 0, followOther
		default:
			failed = 0
		}
		timer := time.NewTimer(wait)
		ready := news.Ready()
		if err != nil || !f.working {
			ready = nil
		}
		select {
		case <-ctx.Done():
		case <-ready:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// hold takes or renews the lease, reads the cursor, and stores how far this replica
// has looked without finding anything to tell.
func (f *Follower) hold(ctx context.Context) error {
	if f.working && f.s.now() < f.renewed+followRenew {
		return nil
	}
	return f.s.write(ctx, func(tx *db.Tx) error {
		c, err := lockCursor(ctx, tx)
		if err != nil {
			return err
		}
		if c == nil {
			return errors.New("notify: the cursor is gone")
		}
		now := f.s.now()
		// SQLite has one process: whoever held the lease before has ended.
		if tx.Engine() == db.Postgres && c.Holder != f.me && c.LeaseEnd > now {
			f.working = false
			return nil
		}
		if !f.working || c.position() != f.stored {
			f.stored, f.pos = c.position(), c.position()
		}
		f.working, f.renewed = true, now
		if tx.Engine() != db.Postgres && f.pos == f.stored {
			return nil // nothing worth writing
		}
		c.move(f.pos)
		f.stored = f.pos
		c.Holder, c.LeaseEnd = f.me, now+followLease
		return saveCursor(ctx, tx, c)
	})
}

// letGo ends the lease.
func (f *Follower) letGo() {
	if !f.working {
		return
	}
	f.working = false
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = f.s.write(ctx, func(tx *db.Tx) error {
		c, err := lockCursor(ctx, tx)
		if err != nil || c == nil || tx.Engine() == db.Postgres && c.Holder != f.me {
			return err
		}
		c.LeaseEnd = 0
		if c.position() == f.stored {
			c.move(f.pos)
		}
		return saveCursor(ctx, tx, c)
	})
}

// portion is a stretch of the log made ready to be written.
type portion struct {
	to      event.Position
	notices []Notice
	stuck   []event.Entry // entries that could not be understood
}

// step turns the next entries into messages; more is that there may be more of them.
func (f *Follower) step(ctx context.Context) (more bool, err error) {
	if err := f.hold(ctx); err != nil || !f.working {
		return false, err
	}
	list, err := f.tail.Since(ctx, f.pos, followBatch)
	if errors.Is(err, event.ErrResync) {
		return true, f.startAfresh(ctx)
	}
	if err != nil || len(list) == 0 {
		return false, err
	}
	p, err := f.s.gather(ctx, list)
	if err != nil {
		return false, err
	}
	if len(p.notices)+len(p.stuck) == 0 { // concerns nobody: hold stores the place now and then
		f.pos = p.to
		return true, nil
	}
	return true, f.commit(ctx, p)
}

// gather asks what entries mean, until there are enough messages for one transaction.
func (s *Service) gather(ctx context.Context, list []event.Entry) (portion, error) {
	var p portion
	for _, e := range list {
		told, err := s.understand(ctx, e)
		switch {
		case err != nil && (ctx.Err() != nil || waitable(err)):
			return p, err
		case err != nil:
			s.Logger.Error("an event could not be turned into messages; a job tries on", "topic", e.Topic, "subject", e.Subject, "position", e.Position().String(), "error", err)
			p.stuck = append(p.stuck, e)
		}
		p.notices = append(p.notices, told...)
		p.to = e.Position()
		if len(p.notices) >= followMost {
			break
		}
	}
	return p, nil
}

// waitable tells whether an error lies with the database and not with the entry.
func waitable(err error) bool {
	f, ok := fault.Of(err)
	return ok && f.Kind == fault.Unavailable
}

// understand returns what an entry means to people.
func (s *Service) understand(ctx context.Context, e event.Entry) (out []Notice, err error) {
	rules := matching(s.rules, e)
	if len(rules) == 0 || s.Resolve == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, resolveLimit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	news, err := s.Resolve(ctx, e, rolesOf(rules))
	if err != nil {
		return nil, err
	}
	return notices(rules, e, news), nil
}

// errMoved is that somebody else has moved the cursor.
var errMoved = errors.New("notify: another replica was quicker")

// commit writes messages and moves the cursor behind them.
func (f *Follower) commit(ctx context.Context, p portion) error {
	err := f.s.write(ctx, func(tx *db.Tx) error {
		c, err := lockCursor(ctx, tx)
		if err != nil {
			return err
		}
		if c == nil || c.position() != f.stored {
			return errMoved
		}
		if _, err := f.s.Tell(ctx, tx, p.notices...); err != nil {
			return err
		}
		for _, e := range p.stuck {
			if err := f.s.Jobs.Enqueue(ctx, tx, jobs.Job{Kind: entryKind, Key: e.Position().String(), Args: packEntry(e)}); err != nil {
				return err
			}
		}
		c.move(p.to)
		return saveCursor(ctx, tx, c)
	})
	if errors.Is(err, errMoved) {
		f.working = false // read the cursor anew
		return nil
	}
	if err == nil {
		f.stored, f.pos = p.to, p.to
	}
	return err
}

// startAfresh goes on from what is left of the log when entries have been pruned that
// were never looked at: the program was down for more than a day, or a backup was
// restored. What is left may have been told before; nobody is told it twice.
func (f *Follower) startAfresh(ctx context.Context) error {
	low, err := f.s.Events.Floor(ctx)
	if err != nil {
		return err
	}
	f.s.Logger.Error("events are gone that nobody has been told of; notifications go on with what is left", "from", f.stored.String(), "to", low.String())
	err = f.s.write(ctx, func(tx *db.Tx) error {
		c, err := lockCursor(ctx, tx)
		if err != nil {
			return err
		}
		if c == nil || c.position() != f.stored {
			return errMoved
		}
		if err := f.s.Trail.Record(ctx, tx, identity.System("notify").Who(), "notify.events.lost", "event", "",
			map[string]any{"from": f.stored.String(), "to": low.String()}); err != nil {
			return err
		}
		c.move(low)
		return saveCursor(ctx, tx, c)
	})
	f.working = false // read the cursor anew
	if errors.Is(err, errMoved) {
		return nil
	}
	return err
}

package workorder

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// What those who watch over orders need of them: moments to remind by, and entries on
// the timeline written in the watcher's own transaction.

// Running is a clock that runs, with the moment it ends.
type Running struct {
	Clock string
	Due   int64
}

// Running returns the order's clocks that have a limit, are not met and not stopped.
func (o *Order) Running() []Running {
	var out []Running
	for _, c := range o.clocks() {
		out = append(out, Running{c.name, c.due})
	}
	return out
}

// OpenFor returns how long the order had been open at a moment since its clocks began;
// without what it was held for when asked so.
func (o *Order) OpenFor(at int64, withoutHeld bool) int64 {
	start := max(o.ClockStart, o.WantedAt)
	span := at - start
	if !withoutHeld {
		return span
	}
	for _, p := range o.Pauses {
		to := p.To
		if to == 0 {
			to = at
		}
		span -= max(0, min(to, at)-max(p.From, start))
	}
	return span
}

// urgeWorth is by how much an urge moves an order up in the queue.
const urgeWorth = 30 * clock.Minute

// undated stands in for the deadline of an order that has none.
const undated = 7 * clock.Day

// urgency is the place of an order in a queue as SQL: the next deadline, brought forward
// by each urge. It says the same as Order.urgency.
const urgency = `CASE WHEN o.accepted_at = 0 AND o.respond_due > 0 THEN o.respond_due WHEN o.finish_due > 0 THEN o.finish_due
	ELSE o.reported_at + 604800000 END - o.urges * 1800000`

func (o *Order) urgency() int64 {
	at := o.ReportedAt + undated
	switch {
	case o.AcceptedAt == 0 && o.Deadlines.Respond > 0:
		at = o.Deadlines.Respond
	case o.Deadlines.Finish > 0:
		at = o.Deadlines.Finish
	}
	return at - int64(o.Urges)*urgeWorth
}

// StandingsOf returns orders with the moment since when each has been in its status. It
// asks for no permission; those that are gone are left out.
func (s *Service) StandingsOf(ctx context.Context, tx *db.Tx, ids ...string) ([]Standing, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	orders, err := list(ctx, tx, db.NewQuery().In("o.id", ids...).OrderBy(db.Order{Column: "o.id", Text: true}))
	if err != nil {
		return nil, err
	}
	since, err := lastSteps(ctx, tx, ids, movingKinds())
	out := make([]Standing, len(orders))
	for i := range orders {
		out[i] = Standing{orders[i], since[orders[i].ID]}
	}
	return out, err
}

// Lock reads an order and locks it until the transaction ends. It asks for no permission.
func (s *Service) Lock(ctx context.Context, tx *db.Tx, orderID string) (Order, error) {
	return load(ctx, tx, orderID)
}

// Seen returns an order, by id or number, that the actor may see, or the not_found fault.
func (s *Service) Seen(ctx context.Context, tx *db.Tx, actor *identity.Actor, ref string) (Order, error) {
	return s.seen(ctx, tx, actor, ref)
}

// Reminder is what the timeline keeps of reminders.
type Reminder struct {
	Note string // which
	At   int64  // when they were due
	To   string // whoever takes over, by name; empty for none
	ToID string
	// Escalate raises the order's level with the note as the reason.
	Escalate bool
}

// Remind records in the caller's transaction that people were reminded of an order.
func (s *Service) Remind(ctx context.Context, tx *db.Tx, orderID string, r Reminder) (Order, error) {
	if err := systemOnly(ctx); err != nil {
		return Order{}, err
	}
	return s.actIn(ctx, tx, identity.Of(ctx), orderID, Meta{}, func(*Order) error { return nil }, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		if !o.Open {
			return nil, nil
		}
		if r.At > 0 {
			e.At = min(max(r.At, o.ReportedAt), e.Now)
		}
		f := Facts{Note: r.Note, PersonID: r.ToID, PersonName: r.To}
		out := []Event{e.event(KindRemind, f)}
		if r.Escalate {
			out = append(out, e.event(KindEscalate, Facts{Reason: r.Note, PersonID: r.ToID, PersonName: r.To}))
		}
		return out, nil
	})
}

// Acknowledge records in the caller's transaction that the actor took notice of the
// reminders; who may is for the caller to say.
func (s *Service) Acknowledge(ctx context.Context, tx *db.Tx, orderID, note string) (Order, error) {
	actor := identity.Of(ctx)
	return s.actIn(ctx, tx, actor, orderID, Meta{}, seenBy(actor), func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		if err := o.can(KindNoted); err != nil {
			return nil, err
		}
		return []Event{e.event(KindNoted, Facts{Note: note})}, nil
	})
}

func seenBy(actor *identity.Actor) func(*Order) error {
	return func(o *Order) error {
		if !actor.May(identity.OrderRead, o.Keys()) {
			return fault.Missing()
		}
		return nil
	}
}

// Watching is a supervisor's watch as the order's timeline tells of it.
type Watching struct {
	ID, Reason, FollowerID, FollowerName string
	Due                                  int64
}

// Watch puts an order under a watch, in the caller's transaction.
func (s *Service) Watch(ctx context.Context, tx *db.Tx, orderID string, w Watching) (Order, error) {
	actor := identity.Of(ctx)
	return s.actIn(ctx, tx, actor, orderID, Meta{}, func(o *Order) error { return may(actor, o, KindWatch) }, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		if err := o.can(KindWatch); err != nil {
			return nil, err
		}
		if o.WatchID != "" {
			return nil, fault.New(fault.Conflict, "order.watched")
		}
		return []Event{e.event(KindWatch, Facts{WatchID: w.ID, Reason: w.Reason, PersonID: w.FollowerID, PersonName: w.FollowerName, Until: w.Due})}, nil
	})
}

// Unwatch ends an order's watch with a conclusion, in the caller's transaction.
func (s *Service) Unwatch(ctx context.Context, tx *db.Tx, orderID, watchID, conclusion string) (Order, error) {
	actor := identity.Of(ctx)
	return s.actIn(ctx, tx, actor, orderID, Meta{}, func(o *Order) error { return may(actor, o, KindUnwatch) }, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		if o.WatchID != watchID {
			return nil, nil
		}
		return []Event{e.event(KindUnwatch, Facts{WatchID: watchID, Note: conclusion})}, nil
	})
}

// Progress adds a note of whoever follows an order to its timeline, in the caller's transaction.
func (s *Service) Progress(ctx context.Context, tx *db.Tx, orderID, note string) (Order, error) {
	actor := identity.Of(ctx)
	return s.actIn(ctx, tx, actor, orderID, Meta{}, seenBy(actor), func(_ *db.Tx, _ *Order, e Env) ([]Event, error) {
		return []Event{e.event(KindNote, Facts{Note: note})}, nil
	})
}

// DayRate is how much of what one campus reported on a day was done before its end.
type DayRate struct {
	CampusID string `db:"campus_id" json:"campusId"`
	Reported int64  `db:"reported" json:"reported"`
	Done     int64  `db:"done" json:"done"`
}

// DayRates counts by campus what was reported from one moment to another and done before
// the latter, as far as the actor supervises. What was cancelled, merged or wanted for
// later does not count.
func (s *Service) DayRates(ctx context.Context, from, to int64) (out []DayRate, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderSupervise); err != nil {
		return nil, err
	}
	q := actor.Scope(identity.OrderSupervise).Limit(db.NewQuery(), columns)
	actor.Scope(identity.OrderRead).Limit(q, columns)
	q.Where("o.reported_at >= ?", from).Where("o.reported_at < ?", to).Where("o.wanted_at < ?", to).
		Where("o.status NOT IN ('cancelled', 'merged')").Where("o.batch_id = ''")
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = dayRates(ctx, tx, q, to); return err })
	return out, err
}

// OpenStatuses are the statuses in which work is still to be done.
func OpenStatuses() []Status { return slices.Clone(anyOpen) }

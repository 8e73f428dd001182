package automation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// repeatWindow is how long two faults count as the same one again.
const repeatWindow = 7 * clock.Day

// look is an order at a moment that rules look at.
type look struct {
	order *workorder.Order
	event *workorder.Event // nil when time made them look
	since int64            // since when the order is in its status
	at    int64
	depth int64
}

// values gathers the facts of a look.
func (s *Service) values(ctx context.Context, l look, repeats bool) (map[string]any, error) {
	around, err := s.Around(ctx, l.order, l.at)
	if err != nil {
		return nil, err
	}
	if repeats {
		if around.Repeats, err = s.Orders.Repeats(ctx, l.order, repeatWindow); err != nil {
			return nil, err
		}
	}
	return facts(l.order, l.event, around, l.at, s.Zone), nil
}

// meets returns the rules of a list whose condition the look meets, in their order;
// one that stops those behind it ends the list. A condition that fails is a firing
// that failed, so that somebody learns of it.
func (s *Service) meets(ctx context.Context, rules []ready, l look, slot func(r *ready) string) ([]Firing, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	values, err := s.values(ctx, l, slices.ContainsFunc(rules, func(r ready) bool { return r.repeats }))
	if err != nil {
		return nil, err
	}
	var out []Firing
	for i := range rules {
		r := &rules[i]
		yes, err := r.cond.met(ctx, values)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil && !yes {
			continue
		}
		f := Firing{ID: id.New(), RuleID: r.ID, RuleVersion: r.Version, NameZh: r.Body.NameZh, NameEn: r.Body.NameEn, OrderID: l.order.ID,
			Number: l.order.Number, Slot: slot(r), Depth: l.depth, State: Planned, Steps: []Step{}, At: l.at}
		if err != nil {
			f.State, f.Reason, f.EndedAt = Failed, brief(err.Error()), l.at
		}
		out = append(out, f)
		if r.Body.Stop && err == nil {
			break
		}
	}
	return out, nil
}

// waiting returns the rules that wait for a kind of event.
func waiting(rules []ready, k workorder.Kind) []ready {
	var out []ready
	for _, r := range rules {
		if r.Body.Trigger.Kind == OnEvent && slices.Contains(r.Body.Trigger.Events, k) {
			out = append(out, r)
		}
	}
	return out
}

// onEvent returns the firings that an entry of the log brings about.
func (s *Service) onEvent(ctx context.Context, rules []ready, entry event.Entry, n workorder.Note) ([]Firing, error) {
	// Most events meet no rule, and what the entry itself says often tells so: the order
	// is read only where it does not.
	known := map[string]any{"event": string(n.Kind), "priority": n.Priority, "event_clock": n.Clock}
	list := slices.DeleteFunc(waiting(rules, n.Kind), func(r ready) bool { return r.cond.hopeless(ctx, known) })
	if len(list) == 0 {
		return nil, nil
	}
	o, e, err := s.Orders.Told(ctx, entry.Subject, n.Version)
	if db.IsMissing(err) {
		return nil, nil // an import that was undone
	}
	if err != nil {
		return nil, err
	}
	l := look{order: &o, event: &e, at: s.Clock.Now()}
	if e.Facts.Via != "" {
		var cause Firing
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { cause, err = firingByID(ctx, tx, e.Facts.Via, false); return err })
		switch {
		case db.IsMissing(err):
			l.depth = MaxDepth
		case err != nil:
			return nil, err
		default:
			l.depth = cause.Depth + 1
		}
	}
	return s.meets(ctx, list, l, func(*ready) string { return "event:" + strconv.FormatInt(e.Seq, 10) })
}

// write adds firings, with the job that carries them out, unless they are there
// already or would run in circles.
func (s *Service) write(ctx context.Context, tx *db.Tx, list []Firing) error {
	var todo []string
	for i := range list {
		f := &list[i]
		if f.State == Planned {
			n, err := firingsSince(ctx, tx, f.RuleID, f.OrderID, f.At-clock.Hour)
			if err != nil {
				return err
			}
			switch {
			case f.Depth >= MaxDepth:
				f.State, f.Reason, f.EndedAt = Stopped, TooDeep, f.At
			case n >= MaxAnHour:
				f.State, f.Reason, f.EndedAt = Stopped, TooOften, f.At
			}
		}
		fresh, err := insertFiring(ctx, tx, f)
		if err != nil {
			return err
		}
		if fresh && f.State == Planned {
			todo = append(todo, f.ID)
		}
		if fresh && f.State == Stopped {
			s.Logger.Warn("a rule was kept from running in circles", "rule", f.RuleID, "order", f.Number, "reason", f.Reason)
		}
	}
	if len(todo) == 0 {
		return nil
	}
	return s.Jobs.Enqueue(ctx, tx, jobs.Job{Kind: actKind, Key: todo[0], Args: actArgs{todo}})
}

// days returns the moments at a minute of the day that lie after from and not after to.
func (s *Service) days(from, to int64, minute int) []int64 {
	var out []int64
	day := clock.Time(from).In(s.Zone)
	for d := 0; d < 400; d++ {
		at := time.Date(day.Year(), day.Month(), day.Day()+d, minute/60, minute%60, 0, 0, s.Zone).UnixMilli()
		if at > to {
			return out
		}
		if at > from {
			out = append(out, at)
		}
	}
	return out
}

// sweepBack is how far behind the last look a sweep looks again, for orders that
// changed just then; what was found before is not found twice.
const sweepBack = 5 * clock.Minute

// Sweep lets time set off rules: whatever came due since the last sweep.
func (s *Service) Sweep(ctx context.Context) error {
	ctx = system(ctx)
	now := s.Clock.Now()
	var last int64
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := firstCursor(ctx, tx, timeCursor, event.Position{Seq: now}); err != nil {
			return err
		}
		c, err := lockCursor(ctx, tx, timeCursor)
		last = c.Seq
		return err
	})
	if err != nil {
		return err
	}
	rules, err := s.active(ctx)
	if err != nil {
		return err
	}
	rules = slices.DeleteFunc(rules, func(r ready) bool { return r.Body.Trigger.Kind == OnEvent })
	var in []workorder.Status
	for _, r := range rules {
		for _, st := range r.Body.Trigger.statuses() {
			if !slices.Contains(in, st) {
				in = append(in, st)
			}
		}
	}
	if len(rules) > 0 {
		if err := s.Orders.Standings(ctx, in, func(list []workorder.Standing) error { return s.onTime(ctx, rules, list, last-sweepBack, now) }); err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := lockCursor(ctx, tx, timeCursor)
		if err != nil || c.Seq >= now {
			return err
		}
		c.Seq = now
		return saveCursor(ctx, tx, &c)
	})
}

// onTime lets time set off rules for some orders.
func (s *Service) onTime(ctx context.Context, rules []ready, list []workorder.Standing, from, to int64) error {
	var all [][]Firing
	for i := range list {
		o := &list[i].Order
		slots := map[string]string{}
		var due []ready
		for _, r := range rules {
			for _, m := range r.Body.Trigger.moments(o, list[i].Since, max(from, r.OnSince), to, s.days) {
				if _, twice := slots[r.ID]; !twice {
					due = append(due, r)
				}
				slots[r.ID] = m.slot // of several missed days the last
			}
		}
		found, err := s.meets(ctx, due, look{order: o, since: list[i].Since, at: to}, func(r *ready) string { return slots[r.ID] })
		if err != nil {
			return fmt.Errorf("rules of time for order %s: %w", o.Number, err)
		}
		if len(found) > 0 {
			all = append(all, found)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		for _, found := range all {
			if err := s.write(ctx, tx, found); err != nil {
				return err
			}
		}
		return nil
	})
}

// waitable tells whether an error lies with the database and not with what was asked.
func waitable(err error) bool {
	f, ok := fault.Of(err)
	return errors.Is(err, context.Canceled) || ok && f.Kind == fault.Unavailable
}

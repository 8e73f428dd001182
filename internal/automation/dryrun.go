package automation

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

const (
	maxDryDays   = 31
	maxDryOrders = 3000
	maxDryHits   = 500
)

// Hit is a firing that would have been.
type Hit struct {
	OrderID  string       `json:"orderId"`
	Number   string       `json:"number"`
	ItemName string       `json:"itemName"`
	Place    string       `json:"place,omitempty"`
	Status   string       `json:"status" doc:"At that moment"`
	Priority string       `json:"priority" doc:"At that moment"`
	At       int64        `json:"at"`
	Event    string       `json:"event,omitempty" doc:"Kind of the event; none for time"`
	Would    []ActionKind `json:"would" doc:"Actions that would have changed or told something"`
}

// DryRun is what a rule would have done.
type DryRun struct {
	Days   int   `json:"days"`
	Orders int   `json:"orders" doc:"Orders looked at"`
	Cut    bool  `json:"cut" doc:"There were more orders than are looked at"`
	Total  int   `json:"total" doc:"Firings there would have been"`
	Failed int   `json:"failed" doc:"Times the condition could not be worked out"`
	Hits   []Hit `json:"hits" doc:"The first 500, of the newest orders"`
}

// Try tells which orders of the last days a rule would have touched, when and how.
// Nothing is written. What other rules would have done meanwhile, and what the
// actions themselves would have changed, is not played through.
func (s *Service) Try(ctx context.Context, ruleID string, d *Definition, days int) (DryRun, error) {
	out := DryRun{Days: days, Hits: []Hit{}}
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return out, err
	}
	if days < 1 || days > maxDryDays {
		return out, fault.Field("days", "bad_value")
	}
	if d == nil {
		r, err := s.Get(ctx, ruleID)
		if err != nil {
			return out, err
		}
		d = &r.Body
	}
	if err := d.check(); err != nil {
		return out, err
	}
	c, err := d.compile()
	if err != nil {
		return out, err
	}
	now := s.Clock.Now()
	run := dry{s: s, d: d, cond: c, repeats: d.reads("repeats"), from: now - int64(days)*clock.Day, now: now, out: &out}
	out.Orders, err = s.Orders.Replay(ctx, run.from, maxDryOrders, func(after []workorder.Order, events []workorder.Event) error {
		return run.order(ctx, after, events)
	})
	out.Cut = out.Orders >= maxDryOrders
	return out, err
}

// dry is a dry run under way.
type dry struct {
	s         *Service
	d         *Definition
	cond      *condition
	repeats   bool
	from, now int64
	out       *DryRun
}

// order plays through the life of an order.
func (r *dry) order(ctx context.Context, after []workorder.Order, events []workorder.Event) error {
	var since int64
	for i := range events {
		o, e := &after[i], &events[i]
		if i == 0 || after[i-1].Status != o.Status {
			since = e.At
		}
		if r.d.Trigger.Kind == OnEvent {
			if slices.Contains(r.d.Trigger.Events, e.Kind) {
				if err := r.look(ctx, look{order: o, event: e, since: since, at: max(e.RecordedAt, e.At)}); err != nil {
					return err
				}
			}
			continue
		}
		until := r.now
		if i+1 < len(events) {
			until = events[i+1].RecordedAt
		}
		for _, m := range r.d.Trigger.moments(o, since, max(e.RecordedAt, r.from), until, r.s.days) {
			if err := r.look(ctx, look{order: o, since: since, at: m.at}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *dry) look(ctx context.Context, l look) error {
	values, err := r.s.values(ctx, l, r.repeats)
	if err != nil {
		return err
	}
	yes, err := r.cond.met(ctx, values)
	if err != nil {
		if ctx.Err() != nil || db.IsMissing(err) {
			return err
		}
		r.out.Failed++
		return nil
	}
	if !yes {
		return nil
	}
	r.out.Total++
	if len(r.out.Hits) >= maxDryHits {
		return nil
	}
	h := Hit{OrderID: l.order.ID, Number: l.order.Number, ItemName: l.order.ItemName, Place: l.order.PlaceName, Status: string(l.order.Status),
		Priority: l.order.Priority, At: l.at, Would: []ActionKind{}}
	if l.event != nil {
		h.Event = string(l.event.Kind)
	}
	for i := range r.d.Actions {
		if r.d.Actions[i].changes(l.order) {
			h.Would = append(h.Would, r.d.Actions[i].Kind)
		}
	}
	r.out.Hits = append(r.out.Hits, h)
	return nil
}

package escalation

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Rung is what a step of a ladder means for one order.
type Rung struct {
	Step  Step   `json:"step"`
	At    int64  `json:"at,omitempty" doc:"When it fires first, as things stand; absent when that cannot be told"`
	State string `json:"state" enum:"planned,fired,acknowledged,passed,idle" doc:"passed: was due before the ladder was; idle: not as things stand"`
	Fired int64  `json:"fired" doc:"How often it has fired"`
	Next  int64  `json:"next,omitempty" doc:"The next repetition"`
}

// Reminders are what an order has been and will be reminded of.
type Reminders struct {
	NameZh  string  `json:"nameZh,omitempty"`
	NameEn  string  `json:"nameEn,omitempty"`
	Rungs   []Rung  `json:"rungs"`
	Fired   []Fired `json:"fired"`
	Waiting bool    `json:"waiting" doc:"Reminders that nobody has taken notice of"`
	May     bool    `json:"may" doc:"The actor may take notice of them"`
}

// concerned tells whether the reminders of an order are the actor's business: who does
// the work, directs or supervises it, or was reminded. Reporters are not told of them.
func concerned(a *identity.Actor, o *workorder.Order, fired []Fired) bool {
	k := o.Keys()
	k.People = nil
	if o.AssigneeID == a.PersonID || a.May(identity.OrderWork, k) || a.May(identity.OrderDispatch, k) || a.May(identity.OrderSupervise, k) {
		return true
	}
	return slices.ContainsFunc(fired, func(f Fired) bool { return slices.Contains(f.Told, a.PersonID) })
}

// Reminders returns what an order has been and will be reminded of; nothing of it for
// those whose business that is not.
func (s *Service) Reminders(ctx context.Context, orderRef string) (Reminders, error) {
	actor := identity.Of(ctx)
	out := Reminders{Rungs: []Rung{}, Fired: []Fired{}}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := s.Orders.Seen(ctx, tx, actor, orderRef)
		if err != nil {
			return err
		}
		fired, err := firedOf(ctx, tx, o.ID)
		if err != nil || !concerned(actor, &o, fired) {
			return err
		}
		list, err := s.sights(ctx, tx, o.ID)
		if err != nil || len(list) == 0 {
			return err
		}
		out.Fired, out.May = append(out.Fired, fired...), true
		out.Waiting = slices.ContainsFunc(fired, func(f Fired) bool { return f.AckedAt == 0 }) && o.Open
		if l := list[0].ladder; l != nil {
			out.NameZh, out.NameEn = l.Body.NameZh, l.Body.NameEn
			out.Rungs = rungs(l, &list[0], s.Clock.Now())
		}
		return nil
	})
	return out, err
}

// rungs tells what the steps of a ladder mean for an order as it stands.
func rungs(l *Ladder, v *sight, now int64) []Rung {
	out := []Rung{}
	for i := range l.Body.Steps {
		st := &l.Body.Steps[i]
		r := Rung{Step: *st, State: "idle"}
		base, first, ok := st.base(&v.Order, v.Since)
		if !ok {
			out = append(out, r)
			continue
		}
		was, fired := v.had[slot{st.ID, base}]
		every := int64(st.Every) * clock.Minute
		r.At, r.State = first, "planned"
		switch {
		case was.acked:
			r.State, r.Fired = "acknowledged", was.n+1
		case fired:
			r.State, r.Fired = "fired", was.n+1
			if every > 0 && was.n < int64(st.Times) {
				r.Next = first + (was.n+1)*every
			}
		case first < l.OnSince || l.OnSince == 0 && first < now:
			r.State = "passed"
		case st.When == Urged:
			r.At = 0
		}
		out = append(out, r)
	}
	return out
}

// Preview tells when each step of a ladder, saved or not, would fire for an order.
func (s *Service) Preview(ctx context.Context, ladderID string, d *Definition, orderRef string) ([]Rung, error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.RuleManage); err != nil {
		return nil, err
	}
	out := []Rung{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := s.Orders.Seen(ctx, tx, actor, orderRef)
		if db.IsMissing(err) {
			return fault.Field("order", "unknown_reference")
		}
		if err != nil {
			return err
		}
		list, err := s.sights(ctx, tx, o.ID)
		if err != nil || len(list) == 0 {
			return err
		}
		l := Ladder{}
		if d != nil {
			if err := d.check(s.Notify.Channels()); err != nil {
				return err
			}
			l.Body = *d
		} else if l, err = ladderByID(ctx, tx, ladderID, false); err != nil {
			return err
		}
		out = rungs(&l, &list[0], s.Clock.Now())
		return nil
	})
	return out, err
}

// Acknowledge says that the actor has taken notice of an order's reminders: those so far
// are not repeated.
func (s *Service) Acknowledge(ctx context.Context, orderRef, note, key string) (Reminders, error) {
	actor := identity.Of(ctx)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, _, err := command.Do(ctx, tx, s.Clock, actor.PersonID, key, []any{"acknowledge", orderRef, note}, func() (bool, error) {
			return true, s.acknowledge(ctx, tx, actor, orderRef, note)
		})
		return err
	})
	if err != nil {
		return Reminders{}, err
	}
	return s.Reminders(ctx, orderRef)
}

func (s *Service) acknowledge(ctx context.Context, tx *db.Tx, actor *identity.Actor, orderRef, note string) error {
	if err := actor.Need(identity.OrderRead); err != nil {
		return err
	}
	o, err := s.Orders.Seen(ctx, tx, actor, orderRef)
	if err != nil {
		return err
	}
	// In the order of whoever fires a step, so that the two cannot wait for each other.
	if err := lockTimer(ctx, tx, orderTimer, o.ID); err != nil {
		return err
	}
	fired, err := firedOf(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	if !concerned(actor, &o, fired) {
		return fault.Denied()
	}
	if !slices.ContainsFunc(fired, func(f Fired) bool { return f.AckedAt == 0 }) {
		return nil
	}
	var f fault.Fields
	note = words(&f, "note", note, false)
	now := s.Clock.Now()
	if o.Open {
		if _, err := s.Orders.Acknowledge(ctx, tx, o.ID, note); err != nil {
			return err
		}
	}
	if err := ackFired(ctx, tx, o.ID, actor.PersonID, actor.Name, now); err != nil {
		return err
	}
	return lookSoon(ctx, tx, orderTimer, o.ID, now)
}

package dispatch

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// system is the context in which the program dispatches.
func system(ctx context.Context) context.Context {
	return identity.With(ctx, identity.System("dispatch"))
}

// waiting are the statuses in which an order may want somebody.
var waiting = []workorder.Status{workorder.Reported, workorder.Queued, workorder.Pooled, workorder.Assigned}

// modes returns the modes when any of them lets the program act; none otherwise.
func (s *Service) modes(ctx context.Context) (out []Mode, err error) {
	err = s.DB.Look(ctx, func(tx *db.Tx) (err error) { out, err = modesIn(ctx, tx); return err })
	if !slices.ContainsFunc(out, func(m Mode) bool { return m.Active && m.Mode != Manual }) {
		return nil, err
	}
	return out, err
}

// Look decides what is to be done with one order now and does it. It may be called
// at any time, anywhere, as often as one likes: what the order and the decisions on it
// say decides.
func (s *Service) Look(ctx context.Context, orderID, cause string) error {
	modes, err := s.modes(ctx)
	if err != nil || len(modes) == 0 {
		return err
	}
	ctx = system(ctx)
	v, err := s.Orders.Get(ctx, orderID)
	if db.IsMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.consider(ctx, modes, &v.Order, cause)
}

// consider is Look for an order that has been read.
func (s *Service) consider(ctx context.Context, modes []Mode, o *workorder.Order, cause string) error {
	if !slices.Contains(waiting, o.Status) || o.TeamID == "" || o.Follows() || o.TasksOnly { // its tasks have people of their own
		return nil
	}
	mode, hasPool, err := s.modeOf(ctx, modes, o)
	if err != nil || mode.Mode == Manual {
		return err
	}
	var past []Decision
	err = s.DB.Look(ctx, func(tx *db.Tx) (err error) { past, err = decisionsOn(ctx, tx, o.ID); return err })
	if err != nil {
		return err
	}
	ours := false
	for _, d := range past { // the last dispatch, by whomever, is what counts
		ours = d.State == given && d.PersonID == o.AssigneeID && d.At >= o.DispatchedAt-clock.Minute
	}
	now := s.Clock.Now()
	switch what, at := mode.step(o, ours, hasPool, now); what {
	case wait:
		return s.lookAt(ctx, o.ID, at)
	case offer:
		return s.offer(ctx, o, mode)
	case give:
		switch {
		case o.Status == workorder.Assigned:
			cause = CauseTimeout
		case o.Status == workorder.Pooled && cause != CauseFree:
			cause = CauseCountdown
		}
		return s.give(ctx, o, mode, cause, past)
	}
	return nil
}

// modeOf returns the mode that holds for the order now, and whether its team has a pool.
func (s *Service) modeOf(ctx context.Context, modes []Mode, o *workorder.Order) (mode Mode, hasPool bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		category, err := s.CategoryOf(ctx, tx, o.ItemID)
		if err != nil && !db.IsMissing(err) {
			return err
		}
		mode = modeFor(modes, o, category, clock.Time(s.Clock.Now()).In(s.Zone))
		team, err := s.Org.Team(ctx, tx, o.TeamID)
		if db.IsMissing(err) || err == nil && !team.Active {
			mode = Mode{Mode: Manual}
			return nil
		}
		hasPool = team.Pool
		return err
	})
	return mode, hasPool, err
}

// key makes a command on this state of the order count once.
func key(o *workorder.Order) workorder.Meta {
	return workorder.Meta{Key: fmt.Sprintf("dispatch:%s:%d", o.ID, o.Version), Version: o.Version}
}

// offer puts the order into the pool.
func (s *Service) offer(ctx context.Context, o *workorder.Order, m Mode) error {
	note := fmt.Sprintf("自动放入抢单池，%d 秒内无人抢单则自动派单", m.Countdown)
	_, err := s.Orders.Pool(ctx, o.ID, workorder.Assignment{TeamID: o.TeamID, Note: note}, key(o))
	if overtaken(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.lookAt(ctx, o.ID, s.Clock.Now()+m.Countdown*clock.Second)
}

// overtaken tells whether a command came too late: the order has moved on.
func overtaken(err error) bool {
	f, ok := fault.Of(err)
	return ok && (f.Kind == fault.Conflict || f.Kind == fault.NotFound)
}

// give gives the order to the best of those who are on duty, may work on it, have not
// had their chance with it, and have room for it. When there is none the order waits:
// somebody coming free, or the sweep, looks at it again.
func (s *Service) give(ctx context.Context, o *workorder.Order, m Mode, cause string, past []Decision) error {
	s.giving.Lock() // two orders that come at once must not both count on the same free person
	defer s.giving.Unlock()
	q, err := s.squad(ctx, o.TeamID)
	if err != nil {
		return err
	}
	n, err := s.needsOf(ctx, q, o)
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(q.candidates(n), func(c Candidate) bool {
		tried := slices.ContainsFunc(past, func(d Decision) bool { return d.PersonID == c.PersonID && d.State == given && d.At >= o.ClockStart })
		return !q.eligible(&c, n) || tried || c.PersonID == o.AssigneeID
	})
	if len(list) == 0 {
		return nil
	}
	d, ok, err := s.plan(ctx, o, list, cause)
	if err != nil || !ok {
		return err
	}
	return s.carryOut(ctx, o, m, d)
}

// carryOut dispatches the order as it was planned.
func (s *Service) carryOut(ctx context.Context, o *workorder.Order, m Mode, d Decision) error {
	_, err := s.Orders.Dispatch(ctx, o.ID, workorder.Assignment{TeamID: o.TeamID, AssigneeID: d.PersonID, Note: d.Note}, key(o))
	switch {
	case overtaken(err):
		d.State = passed
	case err != nil:
		if f, ok := fault.Of(err); ok && len(f.Fields) > 0 { // left the team a moment ago: another one at the next look
			s.Logger.Warn("an order could not be given automatically", "order", o.Number, "error", err)
			return s.DB.Write(ctx, func(tx *db.Tx) error { return dropDecision(ctx, tx, d.ID) })
		}
		return err
	default:
		d.State = given
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error { return saveDecision(ctx, tx, &d) })
	if err != nil || d.State == passed || m.AcceptWithin == 0 {
		return err
	}
	return s.lookAt(ctx, o.ID, s.Clock.Now()+m.AcceptWithin*clock.Second)
}

// eligible tells whether the program may give the order to the candidate.
func (q *squad) eligible(c *Candidate, n needs) bool {
	room := c.Load+n.points <= q.settings.Capacity || c.Open == 0 || workorder.Urgent(n.order.Priority)
	return c.OnDuty && c.Able && !c.Refused && room
}

// plan writes down who gets the order as it stands. Of replicas that plan at once one
// decides; a decision that was not carried out, since its replica died, is carried out
// by the next one, with the same person if that one may still have it.
func (s *Service) plan(ctx context.Context, o *workorder.Order, list []Candidate, cause string) (d Decision, ok bool, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		c := &list[0]
		d = Decision{ID: id.New(), OrderID: o.ID, OrderVersion: o.Version, Cause: cause, TeamID: o.TeamID, PersonID: c.PersonID, Score: c.Score,
			Note: noteFor(cause, c), State: planned, At: s.Clock.Now()}
		first, err := insertDecision(ctx, tx, &d)
		if err != nil || first {
			ok = first
			return err
		}
		was, err := decisionFor(ctx, tx, o.ID, o.Version)
		if err != nil {
			return err
		}
		ok = was.State == planned
		if slices.ContainsFunc(list, func(c Candidate) bool { return c.PersonID == was.PersonID }) || !ok {
			d = was
			return nil
		}
		d.ID, d.Cause = was.ID, was.Cause
		return saveDecision(ctx, tx, &d)
	})
	return d, ok, err
}

// lookAt makes the program look at an order at a moment.
func (s *Service) lookAt(ctx context.Context, orderID string, at int64) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return s.Jobs.Enqueue(ctx, tx, jobs.Job{Kind: lookKind, Key: orderID, RunAt: at, Args: lookArgs{orderID, CauseSweep}})
	})
}

// Drain looks at what waits for the teams of somebody who has come free.
func (s *Service) Drain(ctx context.Context, personID string) error {
	person, err := s.People.ActorOf(ctx, personID)
	if db.IsMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, team := range person.Teams {
		if err := s.lookAll(ctx, workorder.Filter{TeamID: team, Status: waiting[:3], OnItsOwn: true}, CauseFree); err != nil {
			return err
		}
	}
	return nil
}

// Sweep looks at everything that waits, for what no event tells of: a shift that
// begins, hours in which another mode holds, a message lost on the way.
func (s *Service) Sweep(ctx context.Context) error {
	return s.lookAll(ctx, workorder.Filter{Status: waiting, OnItsOwn: true}, CauseSweep)
}

const mostWaiting = 1000

// lookAll looks at the orders of a filter, the most urgent and oldest first.
func (s *Service) lookAll(ctx context.Context, f workorder.Filter, cause string) error {
	modes, err := s.modes(ctx)
	if err != nil || len(modes) == 0 {
		return err
	}
	ctx = system(ctx)
	var all []workorder.Order
	for cursor := ""; ; {
		some, next, err := s.Orders.List(ctx, f, 200, cursor)
		if err != nil {
			return err
		}
		all = append(all, some...)
		if cursor = next; next == "" || len(all) >= mostWaiting {
			break
		}
	}
	slices.SortStableFunc(all, pressing)
	for i := range all {
		if err := s.consider(ctx, modes, &all[i], cause); err != nil {
			s.Logger.Warn("looking at a waiting order", "order", all[i].Number, "error", err)
			if ctx.Err() != nil {
				return err
			}
		}
	}
	return nil
}

// pressing sorts the more urgent first, and of equals the older.
func pressing(a, b workorder.Order) int {
	return cmp.Or(cmp.Compare(urgency(a.Priority), urgency(b.Priority)), cmp.Compare(a.ReportedAt, b.ReportedAt), cmp.Compare(a.ID, b.ID))
}

// urgency is the rank of a priority, 0 for the most urgent.
func urgency(p string) int {
	return slices.Index([]string{"P1", "T0", "P2", "T1", "P3", "T2", "P4"}, p)
}

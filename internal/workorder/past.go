package workorder

import (
	"context"
	"slices"

	"wardline/internal/catalog"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
	"wardline/internal/sla"
)

// Past is an order whose whole life is told at once: demonstration data and history
// brought in from another system. It goes through the same rules as a live order.
type Past struct {
	Order  Order
	Events []Event
	rand   func() uint64
}

// NewPast begins an order that was reported at e.At. order names everything a
// report would have; rand supplies the bits of its identifiers and may be
// deterministic.
func NewPast(order Order, e Env, rand func() uint64) (*Past, error) {
	p := &Past{rand: rand}
	order.ReportedAt, order.ClockStart = e.At, e.At
	order.Deadlines = *order.due(e)
	p.Order.ID = id.At(e.At, rand)
	return p, p.add([]Event{e.event(KindReport, Facts{Report: &order})}, nil)
}

func (p *Past) add(events []Event, err error) error {
	if err != nil {
		return err
	}
	for i := range events {
		e := events[i]
		e.ID, e.OrderID, e.Seq = id.At(e.At, p.rand), p.Order.ID, p.Order.Version+1
		if err := p.Order.apply(&e); err != nil {
			return err
		}
		p.Events = append(p.Events, e)
	}
	return nil
}

// Intake takes the order in.
func (p *Past) Intake(e Env, t Team) error {
	if err := p.Order.can(KindIntake); err != nil {
		return err
	}
	return p.add([]Event{e.event(KindIntake, Facts{TeamID: t.ID, TeamName: t.Name, VendorID: t.VendorID})}, nil)
}

// Dispatch gives it to a person.
func (p *Past) Dispatch(e Env, t Team, w Worker) error { return p.add(p.Order.dispatch(e, t, w, "")) }

// Lead makes it the lead of a major incident.
func (p *Past) Lead(e Env, in IncidentRef) error { return p.add(p.Order.lead(e, in)) }

// Attach makes it follow a major incident.
func (p *Past) Attach(e Env, in IncidentRef) error { return p.add(p.Order.attach(e, in)) }

// Detach ends that.
func (p *Past) Detach(e Env, in IncidentRef, reason string) error {
	return p.add(p.Order.detach(e, in.ID, reason))
}

// Solve ends it with the incident it follows.
func (p *Past) Solve(e Env, in IncidentRef, cause, remedy string) error {
	return p.add(p.Order.solve(e, in.ID, cause, remedy))
}

// Pool offers it to the team.
func (p *Past) Pool(e Env, t Team) error { return p.add(p.Order.pool(e, t, "")) }

// Grab takes it from the pool; the worker is e's actor.
func (p *Past) Grab(e Env) error { return p.add(p.Order.grab(e)) }

// Accept takes it on.
func (p *Past) Accept(e Env) error { return p.add(p.Order.accept(e)) }

// Refuse gives it back.
func (p *Past) Refuse(e Env, reason string) error { return p.add(p.Order.refuse(e, reason)) }

// Arrive records the arrival at the order's place.
func (p *Past) Arrive(e Env, scanned bool) error {
	e.PlaceID, e.PlaceName = p.Order.PlaceID, p.Order.PlaceName
	return p.add(p.Order.arrive(e, scanned))
}

// Hold stops the clock.
func (p *Past) Hold(e Env, reason, note string, until int64) error {
	return p.add(p.Order.hold(e, reason, note, until))
}

// Resume lets it run on.
func (p *Past) Resume(e Env) error { return p.add(p.Order.resume(e)) }

// Finish ends the work.
func (p *Past) Finish(e Env, w Work) error { return p.add(p.Order.finishWork(e, w, Evidence{})) }

// SolveRemotely ends it without a visit.
func (p *Past) SolveRemotely(e Env, w Work) error { return p.add(p.Order.solveRemotely(e, w)) }

// Convert turns it into a visit.
func (p *Past) Convert(e Env, note string) error { return p.add(p.Order.convert(e, note)) }

// Settle ends an order of which is known only that it was done: who accepted it and
// came stays open, and it counts neither as a visit nor as solved remotely. What was
// done may be unknown too.
func (p *Past) Settle(e Env, remedy string) error { return p.add(p.Order.settle(e, remedy)) }

// Plan gives it the tasks of a template; teams are those of its steps by id.
func (p *Past) Plan(e Env, plan *catalog.TaskPlan, teams map[string]Team) error {
	if err := p.Order.can(KindTaskAdd); err != nil {
		return err
	}
	return p.add(p.Order.planTasks(e, plan, teams, func() string { return id.At(e.At, p.rand) }))
}

// GrabTask takes a task; the worker is e's actor.
func (p *Past) GrabTask(e Env, taskID string) error { return p.add(p.Order.grabTask(e, taskID)) }

// ArriveTask records the arrival for a task at the order's place.
func (p *Past) ArriveTask(e Env, taskID string) error {
	e.PlaceID, e.PlaceName = p.Order.PlaceID, p.Order.PlaceName
	return p.add(p.Order.arriveTask(e, taskID, true))
}

// FinishTask ends a task; what it demands as proof is not looked at, as with Finish.
func (p *Past) FinishTask(e Env, taskID string, w Work) error {
	t, err := p.Order.task(taskID)
	if err != nil {
		return err
	}
	bare := p.Order
	bare.Tasks = slices.Clone(p.Order.Tasks)
	for i := range bare.Tasks {
		if bare.Tasks[i].ID == t.ID {
			bare.Tasks[i].Proof = catalog.Proof{}
		}
	}
	return p.add(bare.doneTask(e, taskID, w))
}

// Confirm says that it is solved.
func (p *Past) Confirm(e Env, s *Scores) error { return p.add(p.Order.confirm(e, s)) }

// NotSolved reopens it.
func (p *Past) NotSolved(e Env, reason string) error { return p.add(p.Order.notSolved(e, reason)) }

// Urge presses for speed.
func (p *Past) Urge(e Env, note string) error { return p.add(p.Order.urge(e, 0, note)) }

// CallBack records a call-back.
func (p *Past) CallBack(e Env, outcome CallBackOutcome, s *Scores, note string) error {
	return p.add(p.Order.callBack(e, outcome, s, note))
}

// Cancel ends it unwanted.
func (p *Past) Cancel(e Env, reason string) error { return p.add(p.Order.cancel(e, reason)) }

// Close files it.
func (p *Past) Close(e Env, reason string) error {
	if err := p.Order.can(KindClose); err != nil {
		return err
	}
	return p.add([]Event{e.event(KindClose, Facts{Reason: reason})}, nil)
}

// Pass lets time act up to e.At: warnings, overdue clocks, holds that end.
func (p *Past) Pass(e Env) error {
	for next := p.Order.nextCheck(); next > 0 && next <= e.At; next = p.Order.nextCheck() {
		when := e
		when.At, when.Now = next, next
		events := p.Order.tick(when)
		if len(events) == 0 {
			return nil
		}
		if err := p.add(events, nil); err != nil {
			return err
		}
	}
	return nil
}

// Book returns what clocks are reckoned by now; for the Env of a Past.
func (s *Service) Book(ctx context.Context) (b *sla.Book, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error { b, err = s.Clocks.Book(ctx, tx); return err })
	return b, err
}

// StorePast writes orders with their events. It is no news to anybody: no event,
// no notification; the caller writes one audit entry for the whole.
func (s *Service) StorePast(ctx context.Context, tx *db.Tx, list []*Past) error {
	orders := make([]Order, len(list))
	var all []Event
	for i, p := range list {
		p.Order.NextCheckAt = p.Order.nextCheck()
		orders[i] = p.Order
		all = append(all, p.Events...)
	}
	if err := db.InsertMany(ctx, tx, "workorder", orders); err != nil {
		return err
	}
	ids, words := make([]string, len(orders)), make([]string, len(orders))
	for i := range orders {
		ids[i], words[i] = orders[i].ID, orders[i].searchText()
	}
	if err := db.IndexTexts(ctx, tx, "workorder", ids, words); err != nil {
		return err
	}
	for i := range orders {
		if len(orders[i].Tasks) == 0 && orders[i].Owner == nil && orders[i].Squad == nil {
			continue
		}
		if err := putTasks(ctx, tx, &Order{}, &orders[i]); err != nil {
			return err
		}
		if err := putHelpers(ctx, tx, &Order{}, &orders[i]); err != nil {
			return err
		}
	}
	return insertEvents(ctx, tx, all)
}

// ReserveNumbers takes n numbers of a day (YYMMDD in the hospital's zone) and
// returns the first; the numbers read "DAY-%04d".
func (s *Service) ReserveNumbers(ctx context.Context, tx *db.Tx, day string, n int64) (int64, error) {
	return reserve(ctx, tx, day, n)
}

// Versions locks the orders with these ids, so that they stay as they are until the
// transaction ends, and returns their versions; ids of no order are left out.
func (s *Service) Versions(ctx context.Context, tx *db.Tx, ids []string) (map[string]int64, error) {
	return versions(ctx, tx, ids)
}

// Forget removes orders that came with an import, with their events, and returns
// how many there were. It is no news to anybody; the caller writes the audit entry.
func (s *Service) Forget(ctx context.Context, tx *db.Tx, ids []string) (int64, error) {
	return forget(ctx, tx, ids)
}

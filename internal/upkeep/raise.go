package upkeep

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// portion is how many plans one look settles at most.
const portion = 100

// Raise settles every occurrence that is due. It may run anywhere at any time: an
// occurrence is settled once.
func (s *Service) Raise(ctx context.Context) error {
	for {
		var ids []string
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			ids, err = duePlans(ctx, tx, s.Clock.Now(), portion)
			return err
		})
		if err != nil {
			return err
		}
		var failed error
		for _, planID := range ids {
			if err := s.raise(ctx, planID); err != nil {
				failed = errors.Join(failed, fmt.Errorf("plan %s: %w", planID, err)) // the others go on
			}
		}
		if failed != nil || len(ids) == 0 {
			return failed
		}
	}
}

// raise settles the next occurrence of a plan. Making the order and moving the plan on
// are two transactions: whatever comes between, the order is found again by its key.
func (s *Service) raise(ctx context.Context, planID string) error {
	var p Plan
	var workday func(time.Time) bool
	open := false
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if p, err = getPlan(ctx, tx, planID); err != nil {
			return err
		}
		if workday, err = s.Workdays(ctx, tx, p.CampusID); err != nil || !p.SkipOpen || p.LastOrderID == "" {
			return err
		}
		open, err = s.Orders.IsOpen(ctx, tx, p.LastOrderID)
		if db.IsMissing(err) {
			err = nil
		}
		return err
	})
	if db.IsMissing(err) {
		return nil // removed a moment ago
	}
	now := s.Clock.Now()
	if err != nil || !p.Active || p.DueAt == 0 || p.DueAt > now {
		return err
	}
	r, err := p.compile(s.Zone)
	if err != nil {
		return err
	}
	run := Run{PlanID: p.ID, Planned: p.Cursor, At: p.NextAt, RecordedAt: now}
	next := p
	next.point(r, p.Cursor, workday)
	// The calendar may have changed since the occurrence was set.
	this := r.settle(time.UnixMilli(p.Cursor).In(s.Zone), workday)
	run.At = this.At
	switch {
	case this.At-p.Lead*clock.Minute > now:
		return s.postpone(ctx, &p, this)
	case this.Skip != "":
		run.Outcome = this.Skip
	case !p.CatchUp && next.DueAt > 0 && next.DueAt <= now:
		run.Outcome = SkipMissed
	case open:
		run.Outcome = SkipOpen
	default:
		if err := s.order(ctx, &p, &run); err != nil {
			return err
		}
	}
	return s.settle(ctx, &p, &next, &run)
}

// postpone moves the next occurrence of a plan to a later moment.
func (s *Service) postpone(ctx context.Context, was *Plan, to Occurrence) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := lockPlan(ctx, tx, was.ID)
		if db.IsMissing(err) || err == nil && (p.Version != was.Version || p.Cursor != to.Planned) {
			return nil
		}
		if err != nil {
			return err
		}
		p.NextAt, p.DueAt = to.At, to.At-p.Lead*clock.Minute
		return updatePlan(ctx, tx, &p)
	})
}

// order makes the order of an occurrence. That the plan's wishes cannot be met any
// more is an outcome; that the database cannot be reached is not.
func (s *Service) order(ctx context.Context, p *Plan, run *Run) error {
	o, err := s.Orders.CreatePlanned(ctx, p.report(), fmt.Sprintf("plan:%s:%d", p.ID, p.Cursor))
	if err == nil {
		run.Outcome, run.OrderID, run.Number = OutcomeMade, o.ID, o.Number
		return nil
	}
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.NotFound && f.Kind != fault.Conflict {
		return err
	}
	run.Outcome = OutcomeFailed
	reasons := []string{f.Code}
	for _, field := range f.Fields {
		reasons = append(reasons, field.Field+":"+field.Code)
	}
	run.Reason = strings.Join(reasons, " ")
	return nil
}

// settle records an occurrence and moves the plan on, unless another replica has.
func (s *Service) settle(ctx context.Context, was, next *Plan, run *Run) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := lockPlan(ctx, tx, was.ID)
		if db.IsMissing(err) {
			return nil
		}
		if err != nil || p.Settled >= run.Planned {
			return err
		}
		if p.Version == was.Version { // an edit has set the next occurrence itself
			p.Cursor, p.NextAt, p.DueAt = next.Cursor, next.NextAt, next.DueAt
		}
		p.Settled, p.LastOutcome = run.Planned, run.Outcome
		if run.OrderID != "" {
			p.Made++
			p.LastOrderID, p.LastNumber = run.OrderID, run.Number
		}
		if err := insertRun(ctx, tx, run); err != nil {
			return err
		}
		if err := updatePlan(ctx, tx, &p); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, identity.System("plan").Who(), "plan.raise", "plan", p.ID,
			map[string]any{"planned": run.Planned, "outcome": run.Outcome, "number": run.Number})
	})
}

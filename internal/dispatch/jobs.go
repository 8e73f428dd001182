package dispatch

import (
	"context"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/jobs"
)

const (
	lookKind       = "dispatch.look"
	drainKind      = "dispatch.drain"
	nearKind       = "dispatch.near"
	sweepPeriod    = 15 * time.Second
	handOverPeriod = 30 * time.Second
	keepDecisions  = 180 * clock.Day
)

type lookArgs struct {
	OrderID string `json:"orderId"`
	Cause   string `json:"cause"`
}

type drainArgs struct {
	PersonID string `json:"personId"`
}

// RegisterJobs adds what is done in the background. Looks have one worker, so that
// two orders that come at once do not both go to whoever was free before either.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	jobs.On(r, lookKind, func(ctx context.Context, a lookArgs) error { return s.Look(ctx, a.OrderID, a.Cause) }, jobs.Own(1))
	jobs.On(r, drainKind, func(ctx context.Context, a drainArgs) error { return s.Drain(ctx, a.PersonID) }, jobs.Own(1))
	jobs.On(r, nearKind, func(ctx context.Context, a drainArgs) error { return s.Near(ctx, a.PersonID) }, jobs.Own(1))
	r.Every("dispatch.sweep", sweepPeriod, s.Sweep)
	r.Every("dispatch.handover", handOverPeriod, s.HandOver)
	r.Every("dispatch.prune", 24*time.Hour, s.prune)
}

// prune removes decisions nobody will ask for any more.
func (s *Service) prune(ctx context.Context) error {
	const portion = 500
	for {
		var n int64
		err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			n, err = pruneDecisions(ctx, tx, s.Clock.Now()-keepDecisions, portion)
			return err
		})
		if err != nil || n < portion {
			return err
		}
	}
}

package admin

import (
	"context"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
)

// Service operates the program's jobs.
type Service struct {
	DB    *db.DB
	Trail *audit.Trail
	Queue *jobs.Queue
}

func everywhere(ctx context.Context, p identity.Permission) error {
	actor := identity.Of(ctx)
	if err := actor.Need(p); err != nil {
		return err
	}
	if !actor.Scope(p).All() {
		return fault.Denied()
	}
	return nil
}

// Jobs returns a page of jobs, newest first, and the next page's cursor.
func (s *Service) Jobs(ctx context.Context, f jobs.Filter, limit int, cursor string) ([]jobs.Row, string, error) {
	if err := everywhere(ctx, identity.JobRead); err != nil {
		return nil, "", err
	}
	return s.Queue.List(ctx, f, limit, cursor)
}

// Counts returns how many jobs of each kind are in each state.
func (s *Service) Counts(ctx context.Context) ([]jobs.Count, error) {
	if err := everywhere(ctx, identity.JobRead); err != nil {
		return nil, err
	}
	return s.Queue.Counts(ctx)
}

// RunAgain lets a job that ended run once more.
func (s *Service) RunAgain(ctx context.Context, jobID string) error {
	return s.act(ctx, jobID, "job.run_again", s.Queue.RunAgain)
}

// Cancel calls a waiting job off.
func (s *Service) Cancel(ctx context.Context, jobID string) error {
	return s.act(ctx, jobID, "job.cancel", s.Queue.CancelID)
}

func (s *Service) act(ctx context.Context, jobID, what string, do func(context.Context, *db.Tx, string) error) error {
	if err := everywhere(ctx, identity.JobWrite); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := do(ctx, tx, jobID); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, identity.Of(ctx).Who(), what, "job", jobID, nil)
	})
}

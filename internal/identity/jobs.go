package identity

import (
	"context"
	"time"

	"wardline/internal/platform/db"
	"wardline/internal/platform/jobs"
)

// SweepKind is the periodic job that removes what no longer has any effect.
const SweepKind = "identity.sweep"

// RegisterJobs adds the package's periodic work to the runner.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	r.Every(SweepKind, time.Hour, func(ctx context.Context) error {
		_, err := s.Sweep(ctx)
		return err
	})
}

// Sweep removes expired sessions and forgotten failures, and returns how many rows went.
func (s *Service) Sweep(ctx context.Context) (int64, error) {
	var n int64
	err := s.write(ctx, func(tx *db.Tx) (err error) {
		// The wait of a count this old has long passed, and the count itself has fallen.
		n, err = sweep(ctx, tx, s.now(), s.now()-byAddress.free*byName.forget)
		return err
	})
	return n, err
}

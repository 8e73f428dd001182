package classify

import (
	"context"
	"time"

	"wardline/internal/platform/db"
	"wardline/internal/platform/jobs"
)

const (
	sweepEvery = 10 * time.Second
	nightEvery = time.Hour
)

// RegisterJobs adds what is done in the background.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	jobs.On(r, trainKind, func(ctx context.Context, _ struct{}) error {
		_, err := s.Learn(ctx)
		return err
	}, jobs.Slow())
	r.Every("classify.sweep", sweepEvery, s.Sweep)
	r.Every("classify.nightly", nightEvery, s.nightly)
	r.Every("classify.prune", 24*time.Hour, s.prune)
}

// prune forgets suggestions nobody will ask for any more.
func (s *Service) prune(ctx context.Context) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error { return forgetGuesses(ctx, tx, s.Clock.Now()-keepGuesses) })
}

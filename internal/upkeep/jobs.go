package upkeep

import (
	"time"

	"wardline/internal/platform/jobs"
)

// every is how often plans are looked at.
const every = 15 * time.Second

// RegisterJobs adds the making of planned orders to the runner.
func (s *Service) RegisterJobs(r *jobs.Runner) { r.Every("upkeep.raise", every, s.Raise) }

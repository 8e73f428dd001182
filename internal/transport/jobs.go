package transport

import (
	"time"

	"wardline/internal/platform/jobs"
)

// RegisterJobs adds the release of bookings and the forgetting of patients to the runner.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	r.Every("transport.release", 15*time.Second, s.Release)
	r.Every("transport.wipe", time.Hour, s.Wipe)
}

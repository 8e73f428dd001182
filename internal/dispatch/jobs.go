package dispatch

import (
	"time"

	"wardline/internal/platform/jobs"
)

// RegisterJobs adds the handing over of work at the end of duties to the runner.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	r.Every("dispatch.handover", 30*time.Second, s.HandOver)
}

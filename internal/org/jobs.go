package org

import (
	"time"

	"wardline/internal/platform/jobs"
)

// RegisterJobs adds the package's periodic work to the runner.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	r.Every("org.imports", time.Hour, s.PurgeImports)
}

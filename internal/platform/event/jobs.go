package event

import (
	"time"

	"wardline/internal/platform/jobs"
)

// Register makes the pruning of the log one of the runner's periodic jobs.
func (l *Log) Register(r *jobs.Runner) { r.Every("event.prune", time.Hour, l.Prune) }

package command

import (
	"context"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/jobs"
)

// batch is how many keys one transaction forgets.
const batch = 1000

// Register makes forgetting old keys one of the runner's periodic jobs.
func Register(r *jobs.Runner, d *db.DB, c clock.Clock) {
	r.Every("command.prune", time.Hour, func(ctx context.Context) error {
		for {
			var n int64
			err := d.Write(ctx, func(tx *db.Tx) (err error) {
				n, err = Forget(ctx, tx, c, batch)
				return err
			})
			if err != nil || n < batch {
				return err
			}
		}
	})
}

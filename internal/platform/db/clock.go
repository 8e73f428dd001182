package db

import (
	"context"
	"fmt"
	"sync/atomic"

	"wardline/internal/platform/clock"
)

// Clock is a clock on which all replicas agree: the machine's clock, corrected on
// PostgreSQL by its distance to the server's. What is left between two replicas is
// the uncertainty of the last Sync (half a round trip) and the drift since: some
// milliseconds. On SQLite there is one process and nothing to correct.
type Clock struct {
	db     *DB
	base   clock.Clock
	offset atomic.Int64 // server minus machine, milliseconds
	last   atomic.Int64
}

// NewClock returns the clock of a database, synchronised once.
func NewClock(ctx context.Context, d *DB, base clock.Clock) (*Clock, error) {
	c := &Clock{db: d, base: base}
	return c, c.Sync(ctx)
}

// Now returns the present moment in Unix milliseconds; it never runs backwards.
func (c *Clock) Now() int64 {
	now := c.base.Now() + c.offset.Load()
	for {
		last := c.last.Load()
		if now <= last {
			return last
		}
		if c.last.CompareAndSwap(last, now) {
			return now
		}
	}
}

// Sync measures the distance to the server's clock anew; the job runner calls it
// once a minute. Of three measurements the one with the shortest round trip counts.
func (c *Clock) Sync(ctx context.Context) error {
	if c.db.engine != Postgres {
		return nil
	}
	best, offset := int64(-1), int64(0)
	for range 3 {
		var server int64
		sent := c.base.Now()
		row := c.db.pool.QueryRowContext(ctx, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
		if err := row.Scan(&server); err != nil {
			return Wrap(fmt.Errorf("read the server's clock: %w", err))
		}
		got := c.base.Now()
		if trip := got - sent; best < 0 || trip < best {
			best, offset = trip, server-(sent+got)/2
		}
	}
	c.offset.Store(offset)
	return nil
}

// Skew returns the correction in use, in milliseconds (server minus machine).
func (c *Clock) Skew() int64 { return c.offset.Load() }

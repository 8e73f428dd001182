package clock

import (
	"sync/atomic"
	"time"
)

// Lengths of time in milliseconds.
const (
	Second int64 = 1000
	Minute       = 60 * Second
	Hour         = 60 * Minute
	Day          = 24 * Hour
)

// Clock tells the present moment in Unix milliseconds, UTC.
type Clock interface {
	Now() int64
}

// System reads the machine's clock and never runs backwards.
type System struct{ last atomic.Int64 }

// Now returns the machine's time, or the last value handed out when the machine's
// clock has been set back.
func (s *System) Now() int64 {
	now := time.Now().UnixMilli()
	for {
		last := s.last.Load()
		if now <= last {
			return last
		}
		if s.last.CompareAndSwap(last, now) {
			return now
		}
	}
}

// Manual is a clock that stands still until it is moved. The zero value stands
// at the Unix epoch.
type Manual struct{ at atomic.Int64 }

// NewManual returns a Manual standing at the given Unix milliseconds.
func NewManual(at int64) *Manual {
	m := &Manual{}
	m.at.Store(at)
	return m
}

// Now returns the moment the clock stands at.
func (m *Manual) Now() int64 { return m.at.Load() }

// Advance moves the clock forward by the given milliseconds and returns the new moment.
func (m *Manual) Advance(ms int64) int64 { return m.at.Add(ms) }

// Set moves the clock to the given Unix milliseconds.
func (m *Manual) Set(at int64) { m.at.Store(at) }

// Time converts Unix milliseconds to a time.Time in UTC.
func Time(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

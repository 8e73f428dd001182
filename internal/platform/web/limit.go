package web

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"wardline/internal/platform/fault"
)

// Limiter slows down addresses that ask too much. It keeps its counts in this
// process: each replica allows the full rate.
type Limiter struct {
	mu     sync.Mutex
	rules  map[string]Rate
	seen   map[limitKey]*bucket
	sweepN int
}

// Rate is how often an address may do something.
type Rate struct {
	PerMinute float64
	Burst     int // at once
}

type limitKey struct{ what, ip string }

type bucket struct {
	tokens *rate.Limiter
	last   time.Time
}

// NewLimiter returns a limiter with a rate for each thing; what has none is not limited.
func NewLimiter(rules map[string]Rate) *Limiter {
	return &Limiter{rules: rules, seen: map[limitKey]*bucket{}}
}

// Allow counts one try of the request's address and returns the too_many fault
// when there were too many.
func (l *Limiter) Allow(ctx context.Context, what string) error {
	rule, ok := l.rules[what]
	if !ok {
		return nil
	}
	now := time.Now()
	key := limitKey{what, IP(ctx)}
	l.mu.Lock()
	b := l.seen[key]
	if b == nil {
		b = &bucket{tokens: rate.NewLimiter(rate.Limit(rule.PerMinute/60), rule.Burst)}
		l.seen[key] = b
	}
	b.last = now
	if l.sweepN++; l.sweepN%1000 == 0 {
		l.sweep(now)
	}
	r := b.tokens.ReserveN(now, 1)
	l.mu.Unlock()
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return fault.New(fault.TooMany, "too_many", "seconds", int(wait/time.Second)+1)
	}
	return nil
}

// sweep forgets addresses that have been quiet for an hour.
func (l *Limiter) sweep(now time.Time) {
	for k, b := range l.seen {
		if now.Sub(b.last) > time.Hour {
			delete(l.seen, k)
		}
	}
}

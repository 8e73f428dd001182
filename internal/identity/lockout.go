package identity

import (
	"net/netip"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/id"
)

// failures counts the tries made under one key that have not succeeded.
type failures struct {
	Key    string `db:"key"`
	Count  int64  `db:"count"`
	LastAt int64  `db:"last_at"` // since when the count has not fallen
	Until  int64  `db:"until"`   // no try before this moment
}

// patience says how many tries are free, how the wait grows after them (it
// doubles from first to max milliseconds), and in how many milliseconds one try
// is forgotten.
type patience struct{ free, first, max, forget int64 }

var (
	// byName guards one account, whether it exists or not.
	byName = patience{free: 5, first: 10 * clock.Second, max: 15 * clock.Minute, forget: 30 * clock.Minute}
	// byAddress is generous: a whole hospital may stand behind one address.
	byAddress = patience{free: 50, first: clock.Second, max: 5 * clock.Minute, forget: 6 * clock.Second}
	// byCode guards the second factor, whose codes are short.
	byCode = patience{free: 5, first: 30 * clock.Second, max: 15 * clock.Minute, forget: 30 * clock.Minute}
)

// wait returns how many milliseconds must pass after the given number of tries.
func (p patience) wait(count int64) int64 {
	if count < p.free {
		return 0
	}
	return min(p.max, p.first<<min(count-p.free, 20))
}

// try counts one more try at the moment now; a positive answer means that it is
// refused, was not counted, and may be made after so many milliseconds.
func (f *failures) try(now int64, p patience) int64 {
	if f.Until > now {
		return f.Until - now
	}
	if gone := (now - f.LastAt) / p.forget; gone >= f.Count {
		f.Count, f.LastAt = 0, now
	} else if gone > 0 {
		f.Count -= gone
		f.LastAt += gone * p.forget
	}
	f.Count++
	f.Until = 0 // a free try blocks nobody, not even one that read the clock a moment before it
	if wait := p.wait(f.Count); wait > 0 {
		f.Until = now + wait
	}
	return 0
}

// undo takes back one try that succeeded, and with it the wait it caused.
func (f *failures) undo() {
	f.Count = max(0, f.Count-1)
	f.Until = 0
}

// The keys hold no name that was typed: it may have been a password in the wrong field.
func nameKey(login string) string    { return "name:" + id.Hash(login) }
func codeKey(personID string) string { return "code:" + personID }
func againKey(personID string) string {
	return "again:" + personID
}

// addressKey counts all of an IPv6 network of one customer (/64) as one address.
func addressKey(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return "ip:" + id.Hash(ip)
	}
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return "ip:" + p.String()
		}
	}
	return "ip:" + a.String()
}

package sla

import "wardline/internal/platform/fault"

// Milestone is one of the three things a policy limits. Milestones are bits, so
// that a pause can name those it stops.
type Milestone uint8

// The milestones of an order.
const (
	Respond Milestone = 1 << iota // someone takes the order on
	Arrive                        // someone is at the place
	Finish                        // the work is done
)

// Milestones lists all three in the order they are usually met.
func Milestones() []Milestone { return []Milestone{Respond, Arrive, Finish} }

// MaxMinutes is the longest limit a policy may set: a year of 24-hour days.
const MaxMinutes = 366 * 24 * 60

// Policy holds the limits of an order in minutes of working time; 0 means that
// the milestone has no limit, or is booked for a time of its own (see
// [Mark.Booked]).
type Policy struct {
	Respond int `json:"respond"`
	Arrive  int `json:"arrive"`
	Finish  int `json:"finish"`
	// Calendar counts the minutes; nil works round the clock. It is not stored
	// with the policy: who loads the policy loads its calendar.
	Calendar *Calendar `json:"-"`
}

// Check returns a fault that names every limit out of range.
func (p Policy) Check() error {
	var wrong fault.Fields
	for _, f := range []struct {
		name    string
		minutes int
	}{{"respond", p.Respond}, {"arrive", p.Arrive}, {"finish", p.Finish}} {
		if f.minutes < 0 {
			wrong.Add(f.name, "too_small", "min", 0)
		}
		if f.minutes > MaxMinutes {
			wrong.Add(f.name, "too_big", "max", MaxMinutes)
		}
	}
	return wrong.Err()
}

// limit returns the milestone's limit in milliseconds of working time.
func (p Policy) limit(m Milestone) int64 {
	switch m {
	case Respond:
		return int64(p.Respond) * msMinute
	case Arrive:
		return int64(p.Arrive) * msMinute
	case Finish:
		return int64(p.Finish) * msMinute
	}
	return 0
}

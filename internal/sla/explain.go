package sla

import "slices"

// Segment is a stretch of time in which a milestone's clock does one thing.
type Segment struct {
	From  int64 `json:"from"` // Unix milliseconds, included
	To    int64 `json:"to"`   // not included
	State State `json:"state"`
	// Reason is that of the pause, for StatePaused.
	Reason string `json:"reason,omitempty"`
	// Used is the working time in milliseconds that passed while the clock was
	// running or late.
	Used int64 `json:"used,omitempty"`
}

// Explain accounts for a milestone's clock from one moment to another: the
// segments follow each other without a gap and each differs from its
// neighbours. The Used of the running segments adds up to the limit at the due
// moment, unless the deadline was booked, kept from an earlier policy or raised
// to the moment of a change.
func (c Clock) Explain(m Milestone, from, to int64) []Segment {
	if from >= to {
		return nil
	}
	due := c.deadline(m)
	var out []Segment
	cuts := c.cuts(m, from, to, due.At)
	for i := 1; i < len(cuts); i++ {
		a, b := cuts[i-1], cuts[i]
		s := Segment{From: a, To: b, State: c.state(m, a, due)}
		switch s.State {
		case StatePaused:
			s.Reason = c.reason(m, a)
		case StateRunning:
			s.Used = b - a
		case StateLate:
			s.Used = c.Policy.Calendar.Between(a, b)
		}
		if n := len(out); n > 0 && out[n-1].State == s.State && out[n-1].Reason == s.Reason {
			out[n-1].To = b
			out[n-1].Used += s.Used
		} else {
			out = append(out, s)
		}
	}
	return out
}

// cuts returns the moments between from and to at which the clock may change
// what it does, both ends included, in order.
func (c Clock) cuts(m Milestone, from, to, due int64) []int64 {
	out := []int64{from, to}
	add := func(at int64) {
		if at > from && at < to {
			out = append(out, at)
		}
	}
	add(c.start(m))
	add(due)
	add(c.Mark(m).Met)
	for _, p := range c.Pauses {
		add(p.From)
		add(p.To)
	}
	for _, s := range c.Policy.Calendar.open(from, to) {
		add(s.from)
		add(s.to)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// reason returns the reason of the pause that holds the clock at a moment, of
// the one that began first if there are several.
func (c Clock) reason(m Milestone, at int64) string {
	best := Pause{From: maxInstant}
	for _, p := range c.Pauses {
		holds := (p.Stops == 0 || p.Stops&m != 0) && at >= p.From && (p.To == 0 || at < p.To)
		if holds && p.From < best.From {
			best = p
		}
	}
	return best.Reason
}

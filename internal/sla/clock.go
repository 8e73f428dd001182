package sla

import (
	"cmp"
	"slices"
)

// Pause is a time in which clocks stand still, [From, To) in Unix milliseconds.
type Pause struct {
	From   int64     `json:"from"`
	To     int64     `json:"to,omitempty"`     // 0: it has not ended yet
	Stops  Milestone `json:"stops,omitempty"`  // milestones whose clocks stand still; 0: all of them
	Reason string    `json:"reason,omitempty"` // handed through to Explain
}

// Mark is what one milestone has of its own. Instants are Unix milliseconds, 0
// where there is none.
type Mark struct {
	Start  int64 `json:"start,omitempty"`  // when its clock starts, if not with the order: a hand-over, a booked time
	Booked int64 `json:"booked,omitempty"` // a due moment agreed with the reporter; replaces the limit
	Met    int64 `json:"met,omitempty"`    // when it was reached
	Kept   int64 `json:"kept,omitempty"`   // the due moment it was judged by before the policy changed; KeptNone if there was none
	Floor  int64 `json:"floor,omitempty"`  // it is not due before this, the moment a stricter policy came into force
}

// KeptNone in Mark.Kept says that the milestone was met while it had no limit.
const KeptNone = -1

// Clock is everything the deadlines of one order follow from. It is a value: to
// pause, add a Pause; to meet a milestone, set its Mark; then ask again.
type Clock struct {
	Policy  Policy  `json:"policy"`
	Start   int64   `json:"start"` // Unix milliseconds
	Pauses  []Pause `json:"pauses,omitempty"`
	Respond Mark    `json:"respond,omitzero"`
	Arrive  Mark    `json:"arrive,omitzero"`
	Finish  Mark    `json:"finish,omitzero"`
}

// Deadline is when one milestone is due.
type Deadline struct {
	At     int64 `json:"at,omitempty"`     // Unix milliseconds; 0 without a limit and while paused
	Paused bool  `json:"paused,omitempty"` // a pause without end holds the clock
	Left   int64 `json:"left,omitempty"`   // while paused: milliseconds of working time left once it goes on
}

// Deadlines are those of one order.
type Deadlines struct {
	Respond  Deadline  `json:"respond,omitzero"`
	Arrive   Deadline  `json:"arrive,omitzero"`
	Finish   Deadline  `json:"finish,omitzero"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Of returns the deadline of a milestone.
func (d Deadlines) Of(m Milestone) Deadline {
	switch m {
	case Respond:
		return d.Respond
	case Arrive:
		return d.Arrive
	case Finish:
		return d.Finish
	}
	return Deadline{}
}

// Due returns the deadlines of an order that started at start, in Unix
// milliseconds, and has met nothing yet.
func Due(policy Policy, start int64, pauses []Pause) Deadlines {
	return Clock{Policy: policy, Start: start, Pauses: pauses}.Deadlines()
}

// Deadlines returns when each milestone is or was due. Once a milestone is met,
// later pauses do not move its due moment any more; a pause that began after
// the due moment never does.
func (c Clock) Deadlines() Deadlines {
	d := Deadlines{Respond: c.deadline(Respond), Arrive: c.deadline(Arrive), Finish: c.deadline(Finish)}
	last := c.Start
	for _, m := range Milestones() {
		last = max(last, d.Of(m).At)
	}
	d.Warnings = c.Policy.Calendar.Warnings(c.Start, last)
	return d
}

// Mark returns what the milestone has of its own.
func (c Clock) Mark(m Milestone) Mark {
	switch m {
	case Respond:
		return c.Respond
	case Arrive:
		return c.Arrive
	case Finish:
		return c.Finish
	}
	return Mark{}
}

func (c *Clock) setMark(m Milestone, k Mark) {
	switch m {
	case Respond:
		c.Respond = k
	case Arrive:
		c.Arrive = k
	case Finish:
		c.Finish = k
	}
}

// start returns when the milestone's clock starts.
func (c Clock) start(m Milestone) int64 {
	if s := c.Mark(m).Start; s != 0 {
		return s
	}
	return c.Start
}

func (c Clock) deadline(m Milestone) Deadline {
	mark, limit := c.Mark(m), c.Policy.limit(m)
	switch {
	case mark.Kept == KeptNone:
		return Deadline{}
	case mark.Kept != 0:
		return Deadline{At: mark.Kept}
	case mark.Booked != 0:
		return Deadline{At: mark.Booked}
	case limit == 0:
		return Deadline{}
	}
	cal, at, left := c.Policy.Calendar, c.start(m), limit
	for _, p := range c.pauses(m) {
		run := cal.Between(at, p.from)
		if run >= left {
			break
		}
		left -= run
		if p.to == maxInstant {
			return Deadline{Paused: true, Left: left}
		}
		at = p.to
	}
	return Deadline{At: max(cal.Add(at, left), mark.Floor)}
}

// pauses returns the stretches in which the milestone's clock stands still,
// from its start until it is met, in order, apart from each other.
func (c Clock) pauses(m Milestone) []span {
	begin, end := c.start(m), int64(maxInstant)
	if met := c.Mark(m).Met; met != 0 {
		end = met
	}
	var out []span
	for _, p := range c.Pauses {
		if p.Stops != 0 && p.Stops&m == 0 {
			continue
		}
		to := p.To
		if to == 0 {
			to = maxInstant
		}
		if s := (span{max(p.From, begin), min(to, end)}); s.from < s.to {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	joined := out[:0]
	for _, s := range out {
		if n := len(joined); n > 0 && s.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, s.to)
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}

// Change puts another policy into force at the given moment. What is settled
// stays: a milestone that is met, or that was already overdue, keeps the due
// moment it was judged by, and every pause still counts. What is open is
// measured by the new limits from the clock's own start, but is not due before
// the change: nobody is late by a limit that did not exist.
func (c Clock) Change(policy Policy, at int64) Clock {
	was := c.Deadlines()
	next := c
	next.Policy = policy
	for _, m := range Milestones() {
		mark, due := c.Mark(m), was.Of(m)
		settled := mark.Met != 0 || due.At != 0 && due.At <= at
		switch {
		case !settled:
			mark.Floor = at
		case due.At == 0:
			mark.Kept = KeptNone
		default:
			mark.Kept = due.At
		}
		next.setMark(m, mark)
	}
	return next
}

// State says what a milestone's clock is doing.
type State string

// The states of a milestone's clock.
const (
	StateNone    State = "none"    // no limit, and not met
	StateBefore  State = "before"  // not started yet
	StateRunning State = "running" // working time passes
	StateOff     State = "off"     // outside working time
	StatePaused  State = "paused"  // a pause holds it
	StateLate    State = "late"    // due and not met
	StateMet     State = "met"     // reached in time, or without a limit
	StateMissed  State = "missed"  // reached after it was due
)

// Reading is a milestone's clock at one moment.
type Reading struct {
	State State `json:"state"`
	Due   int64 `json:"due,omitempty"` // as in Deadline.At
	// Left is the working time left until due in milliseconds; negative is the
	// working time since. Once the milestone is met it stands still.
	Left int64 `json:"left"`
}

// Read returns the state of a milestone's clock at a moment, as far as it is
// known: the pauses and marks are taken as they are recorded now.
func (c Clock) Read(m Milestone, at int64) Reading {
	mark, due := c.Mark(m), c.deadline(m)
	r := Reading{Due: due.At, Left: due.Left}
	seen := at
	if mark.Met != 0 {
		seen = min(seen, mark.Met)
	}
	if due.At != 0 {
		r.Left = c.left(m, seen, due.At)
	}
	r.State = c.state(m, at, due)
	return r
}

func (c Clock) state(m Milestone, at int64, due Deadline) State {
	mark := c.Mark(m)
	switch {
	case mark.Met != 0 && at >= mark.Met:
		if due.At != 0 && mark.Met > due.At {
			return StateMissed
		}
		return StateMet
	case due == Deadline{}:
		return StateNone
	case at < c.start(m):
		return StateBefore
	case due.At != 0 && at >= due.At:
		return StateLate
	case c.paused(m, at):
		return StatePaused
	case mark.Booked == 0 && !c.Policy.Calendar.Open(at):
		return StateOff
	}
	return StateRunning
}

func (c Clock) paused(m Milestone, at int64) bool {
	return slices.ContainsFunc(c.pauses(m), func(p span) bool { return at >= p.from && at < p.to })
}

// left returns the working time outside pauses from a moment to the due moment,
// negative if the moment is later; a booked moment is counted by the clock on
// the wall.
func (c Clock) left(m Milestone, at, due int64) int64 {
	if c.Mark(m).Booked != 0 && c.Mark(m).Kept == 0 {
		return due - at
	}
	cal := c.Policy.Calendar
	if at > due {
		return -cal.Between(due, at)
	}
	at = max(at, c.start(m))
	left := cal.Between(at, due)
	for _, p := range c.pauses(m) {
		left -= max(0, cal.Between(max(at, p.from), max(at, min(due, p.to))))
	}
	return left
}

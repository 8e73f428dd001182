package workorder

import (
	"slices"

	"wardline/internal/sla"
)

// turn is the time in which a team has an order, or a part of it, with a clock of its
// own that starts at the hand-over.
type turn struct {
	TeamID, TeamName, TaskID string
	clock                    sla.Clock
	to                       int64 // when it ended; 0 while it lasts
}

// turns returns who had the order when, from its events. A team answers for the time
// since it got the order: it has the order's limits from then on, and the pauses of the
// order count for it as far as they lie in its time. Coming back unsolved begins anew.
func turns(list []Event, b *sla.Book) []turn {
	var o Order
	var out []turn
	var past []Pause // of before it came back unsolved
	current := -1    // the team that has the whole order
	start := func(teamID, name, taskID string, at int64) {
		out = append(out, turn{TeamID: teamID, TeamName: name, TaskID: taskID, clock: sla.Clock{Start: at, Policy: o.Limits.policy(b)}})
		if taskID == "" {
			current = len(out) - 1
		}
	}
	end := func(at int64) {
		if current >= 0 {
			out[current].to, current = at, -1
		}
	}
	for i := range list {
		e := &list[i]
		before := o.TeamID
		if e.Kind == KindNotSolved {
			past = append(past, o.Pauses...)
		}
		if o.apply(e) != nil {
			return out
		}
		switch e.Kind {
		case KindAmend:
			change(out, o.Limits.policy(b), append(slices.Clone(past), o.Pauses...), e.At)
		case KindTaskAdd:
			start(e.Facts.Task.TeamID, e.Facts.Task.TeamName, e.Facts.Task.ID, e.At)
		case KindTaskDone:
			for i := range out {
				if out[i].TaskID == e.Facts.TaskID && out[i].to == 0 {
					out[i].to, out[i].clock.Respond.Met, out[i].clock.Finish.Met = e.At, e.At, e.At
				}
			}
		case KindNotSolved:
			end(e.At)
			before = ""
		case KindUndo:
			if o.TeamID == "" {
				end(e.At)
			}
		}
		if o.TeamID != "" && o.Open && (o.TeamID != before || current < 0) {
			end(e.At)
			start(o.TeamID, o.TeamName, "", e.At)
		}
		if current >= 0 {
			reach(&out[current].clock, e)
			if !o.Open {
				end(e.At)
			}
		}
	}
	for i := range out {
		out[i].pause(append(slices.Clone(past), o.Pauses...))
	}
	return out
}

// reach marks what the team that has the order has reached by an event.
func reach(c *sla.Clock, e *Event) {
	switch e.Kind {
	case KindGrab, KindAccept, KindAttach:
		first(&c.Respond.Met, e.At)
	case KindArrive:
		first(&c.Respond.Met, e.At)
		first(&c.Arrive.Met, e.At)
	case KindFinish, KindRemote, KindSolve:
		first(&c.Respond.Met, e.At)
		first(&c.Finish.Met, e.At)
	}
}

// change puts new limits into force for those who have the order, keeping what they
// have met or broken.
func change(list []turn, p sla.Policy, pauses []Pause, at int64) {
	for i := range list {
		if list[i].to == 0 && list[i].clock.Policy != p {
			list[i].pause(pauses)
			list[i].clock = list[i].clock.Change(p, at)
		}
	}
}

// pause gives a turn those pauses of the order that began before it ended.
func (t *turn) pause(list []Pause) {
	t.clock.Pauses = nil
	for _, p := range list {
		if t.to == 0 || p.From < t.to {
			t.clock.Pauses = append(t.clock.Pauses, sla.Pause{From: p.From, To: p.To, Stops: p.Stops, Reason: p.Reason})
		}
	}
}

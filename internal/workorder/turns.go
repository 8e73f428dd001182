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
	own                      bool  // a task with limits of its own, which no hold stops
}

// turns returns who had the order when, from its events. A team answers for the time
// since it got the order: it has the order's limits from then on, and the pauses of the
// order count for it as far as they lie in its time. Coming back unsolved begins anew.
func turns(list []Event, b *sla.Book) []turn {
	var o Order
	var out []turn
	var past []Pause // of before it came back unsolved
	current := -1    // the team that has the whole order
	start := func(teamID, name string, at int64) {
		out = append(out, turn{TeamID: teamID, TeamName: name, clock: sla.Clock{Start: at, Policy: o.Limits.policy(b)}})
		current = len(out) - 1
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
		case KindTaskAdd, KindTaskReady, KindTaskAssign, KindTaskGrab, KindTaskAccept, KindTaskArrive, KindTaskDone, KindTaskCancel:
			out = o.taskTurn(out, e, b)
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
			start(o.TeamID, o.TeamName, e.At)
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

// taskTurn follows one task: a turn begins when it is ready, and anew when another team
// gets it; what was reached counts for whoever has it then.
func (o *Order) taskTurn(out []turn, e *Event, b *sla.Book) []turn {
	taskID := e.Facts.TaskID
	if e.Facts.Task != nil {
		taskID = e.Facts.Task.ID
	}
	t, err := o.task(taskID)
	if err != nil || t.ReadyAt == 0 {
		return out
	}
	at := slices.IndexFunc(out, func(x turn) bool { return x.TaskID == taskID && x.to == 0 })
	if at >= 0 && out[at].TeamID != t.TeamID {
		out[at].to, at = e.At, -1
	}
	if at < 0 {
		n := turn{TeamID: t.TeamID, TeamName: t.TeamName, TaskID: taskID, own: t.Limits != nil}
		if n.own {
			n.clock = sla.Clock{Start: e.At, Policy: t.Limits.policy(b)}
		} else {
			n.clock = sla.Clock{Start: e.At, Policy: o.Limits.policy(b)}
		}
		out = append(out, n)
		at = len(out) - 1
	}
	c := &out[at].clock
	switch e.Kind {
	case KindTaskGrab, KindTaskAccept:
		first(&c.Respond.Met, e.At)
	case KindTaskArrive:
		first(&c.Respond.Met, e.At)
		first(&c.Arrive.Met, e.At)
	case KindTaskDone:
		first(&c.Respond.Met, e.At)
		c.Finish.Met, out[at].to = e.At, e.At
	case KindTaskCancel:
		out[at].to = e.At
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
	case KindMainDone, KindFinish, KindRemote, KindSolve:
		first(&c.Respond.Met, e.At)
		first(&c.Finish.Met, e.At)
	}
}

// change puts new limits into force for those who have the order, keeping what they
// have met or broken.
func change(list []turn, p sla.Policy, pauses []Pause, at int64) {
	for i := range list {
		if list[i].to == 0 && !list[i].own && list[i].clock.Policy != p {
			list[i].pause(pauses)
			list[i].clock = list[i].clock.Change(p, at)
		}
	}
}

// pause gives a turn those pauses of the order that began before it ended.
func (t *turn) pause(list []Pause) {
	if t.own {
		return
	}
	t.clock.Pauses = nil
	for _, p := range list {
		if t.to == 0 || p.From < t.to {
			t.clock.Pauses = append(t.clock.Pauses, sla.Pause{From: p.From, To: p.To, Stops: p.Stops, Reason: p.Reason})
		}
	}
}

package workorder

import (
	"wardline/internal/platform/clock"
	"wardline/internal/sla"
)

// The three clocks of an order.
const (
	ClockRespond = "respond"
	ClockArrive  = "arrive"
	ClockFinish  = "finish"
)

// autoClose is how long a finished order waits for a word of the reporter.
const autoClose = 72 * clock.Hour

type running struct {
	name string
	due  int64
	warn int64
}

// clocks returns those clocks that still run, with the moment of their warning:
// a fifth of the limit before its end, at least one and at most sixty minutes.
func (o *Order) clocks() []running {
	if !o.Open {
		return nil
	}
	var out []running
	add := func(m sla.Milestone, name string, due, met int64, limit int) {
		if due == 0 || met > 0 || o.stopped(m) {
			return
		}
		out = append(out, runs(name, due, limit))
	}
	if o.Follows() { // whoever works on the incident responds and arrives for all
		add(sla.Finish, ClockFinish, o.Deadlines.Finish, o.FinishedAt, o.Limits.Finish)
		return out
	}
	add(sla.Respond, ClockRespond, o.Deadlines.Respond, o.AcceptedAt, o.Limits.Respond)
	if o.Mode == Onsite {
		add(sla.Arrive, ClockArrive, o.Deadlines.Arrive, o.ArrivedAt, o.Limits.Arrive)
	}
	add(sla.Finish, ClockFinish, o.Deadlines.Finish, o.FinishedAt, o.Limits.Finish)
	return out
}

func lead(limit int) int64 {
	return max(min(int64(limit)*clock.Minute/5, 60*clock.Minute), clock.Minute)
}

// rewarn lets people be warned again of a due moment that has moved away from them.
func (o *Order) rewarn(was Deadlines, at int64) {
	if o.Warned == "" {
		return
	}
	for _, m := range sla.Milestones() {
		if due := *o.Deadlines.of(m); due > *was.of(m) && due-lead(o.Limits.of(m)) > at {
			o.Warned = dropClock(o.Warned, names[m])
		}
	}
}

// runs returns a clock that ends at due.
func runs(name string, due int64, limit int) running {
	return running{name, due, due - lead(limit)}
}

// next returns when the clock wants a look, given those of which is known that they
// are about to run out or have; 0 is never.
func (c running) next(warned, overdue string) int64 {
	switch {
	case hasClock(overdue, c.name):
		return 0
	case hasClock(warned, c.name):
		return c.due
	}
	return c.warn
}

func (c running) late(now int64, overdue string) bool {
	return now >= c.due && !hasClock(overdue, c.name)
}

func (c running) soon(now int64, warned, overdue string) bool {
	return now >= c.warn && now < c.due && !hasClock(warned, c.name) && !hasClock(overdue, c.name)
}

// clocks returns those clocks of a task that still run.
func (t *Task) clocks() []running {
	if !t.open() || t.ReadyAt == 0 || t.Limits == nil {
		return nil
	}
	var out []running
	add := func(name string, due, met int64, limit int) {
		if due != 0 && met == 0 {
			out = append(out, runs(name, due, limit))
		}
	}
	add(ClockRespond, t.Deadlines.Respond, t.AcceptedAt, t.Limits.Respond)
	add(ClockArrive, t.Deadlines.Arrive, t.ArrivedAt, t.Limits.Arrive)
	add(ClockFinish, t.Deadlines.Finish, 0, t.Limits.Finish)
	return out
}

// nextCheck returns the next moment at which time alone changes the order; 0 is never.
func (o *Order) nextCheck() int64 {
	var next int64
	want := func(at int64) {
		if at > 0 && (next == 0 || at < next) {
			next = at
		}
	}
	for _, c := range o.clocks() {
		want(c.next(o.Warned, o.Overdue))
	}
	if o.Open {
		for i := range o.Tasks {
			for _, c := range o.Tasks[i].clocks() {
				want(c.next(o.Tasks[i].Warned, o.Tasks[i].Overdue))
			}
		}
	}
	switch o.Status {
	case Held:
		want(o.HoldUntil)
	case Finished:
		want(o.FinishedAt + autoClose)
	}
	return next
}

// tick returns the events that time alone has brought about by now.
func (o *Order) tick(e Env) []Event {
	var out []Event
	at := func(moment int64, k Kind, f Facts) {
		when := e
		when.At = moment
		out = append(out, when.event(k, f))
	}
	for _, c := range o.clocks() {
		if c.late(e.Now, o.Overdue) {
			at(c.due, KindOverdue, Facts{Clock: c.name})
		} else if c.soon(e.Now, o.Warned, o.Overdue) {
			at(c.warn, KindDueSoon, Facts{Clock: c.name})
		}
	}
	for i := range o.Tasks {
		t := &o.Tasks[i]
		for _, c := range t.clocks() {
			if !o.Open {
				break
			}
			if c.late(e.Now, t.Overdue) {
				at(c.due, KindTaskOverdue, Facts{TaskID: t.ID, Clock: c.name})
			} else if c.soon(e.Now, t.Warned, t.Overdue) {
				at(c.warn, KindTaskDueSoon, Facts{TaskID: t.ID, Clock: c.name})
			}
		}
	}
	switch {
	case o.Status == Held && o.HoldUntil > 0 && e.Now >= o.HoldUntil:
		when := e
		when.At = o.HoldUntil
		if events, err := o.resume(when); err == nil {
			out = append(out, events...)
		}
	case o.Status == Finished && e.Now >= o.FinishedAt+autoClose:
		at(o.FinishedAt+autoClose, KindClose, Facts{Reason: "no_answer"})
	}
	return out
}

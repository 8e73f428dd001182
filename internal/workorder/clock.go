package workorder

import (
	"context"

	"wardline/internal/catalog"
	"wardline/internal/platform/db"
	"wardline/internal/sla"
)

// names are the clocks' names by milestone.
var names = map[sla.Milestone]string{sla.Respond: ClockRespond, sla.Arrive: ClockArrive, sla.Finish: ClockFinish}

func (d *Deadlines) of(m sla.Milestone) *int64 {
	switch m {
	case sla.Respond:
		return &d.Respond
	case sla.Arrive:
		return &d.Arrive
	}
	return &d.Finish
}

func (k *Marks) of(m sla.Milestone) *Mark {
	switch m {
	case sla.Respond:
		return &k.Respond
	case sla.Arrive:
		return &k.Arrive
	}
	return &k.Finish
}

func (o *Order) met(m sla.Milestone) int64 {
	switch m {
	case sla.Respond:
		return o.AcceptedAt
	case sla.Arrive:
		return o.ArrivedAt
	}
	return o.FinishedAt
}

func (l Limits) of(m sla.Milestone) int {
	switch m {
	case sla.Respond:
		return l.Respond
	case sla.Arrive:
		return l.Arrive
	}
	return l.Finish
}

func (l Limits) policy(b *sla.Book) sla.Policy {
	return sla.Policy{Respond: l.Respond, Arrive: l.Arrive, Finish: l.Finish, Calendar: b.Calendar(l.Calendar)}
}

// clock returns everything the order's deadlines follow from. A milestone that has been
// reached stays judged by the moment it was promised for, so that neither a later pause
// nor a later clock overrules it.
func (o *Order) clock(b *sla.Book) sla.Clock {
	c := sla.Clock{Policy: o.Limits.policy(b), Start: o.ClockStart}
	for _, p := range o.Pauses {
		c.Pauses = append(c.Pauses, sla.Pause{From: p.From, To: p.To, Stops: p.Stops, Reason: p.Reason})
	}
	for _, m := range sla.Milestones() {
		kept := *o.Marks.of(m)
		mark := sla.Mark{Met: o.met(m), Kept: kept.Kept, Floor: kept.Floor}
		// A wanted time that had passed when the order came back was kept or missed then.
		if m == sla.Arrive && o.WantedAt > 0 && o.Limits.Arrive == 0 && (o.Reworks == 0 || o.WantedAt > o.ClockStart) {
			mark.Booked = o.WantedAt
		}
		if mark.Met != 0 && mark.Kept == 0 {
			mark.Kept = kept0(*o.Deadlines.of(m))
		}
		setMark(&c, m, mark)
	}
	return c
}

// kept0 is a due moment as Mark.Kept has it.
func kept0(due int64) int64 {
	if due == 0 {
		return sla.KeptNone
	}
	return due
}

func setMark(c *sla.Clock, m sla.Milestone, k sla.Mark) {
	switch m {
	case sla.Respond:
		c.Respond = k
	case sla.Arrive:
		c.Arrive = k
	case sla.Finish:
		c.Finish = k
	}
}

// standing returns the deadlines of a clock as the order's row shows them: while a pause
// lasts, as if it ended at the moment.
func standing(c sla.Clock, at int64) Deadlines {
	pauses := make([]sla.Pause, len(c.Pauses))
	for i, p := range c.Pauses {
		if p.To == 0 {
			p.To = max(at, p.From)
		}
		pauses[i] = p
	}
	c.Pauses = pauses
	d := c.Deadlines()
	return Deadlines{Respond: d.Respond.At, Arrive: d.Arrive.At, Finish: d.Finish.At}
}

// due reckons the deadlines of the order's clocks anew.
func (o *Order) due(e Env) *Deadlines {
	d := standing(o.clock(e.Book), e.At)
	return &d
}

// change returns the deadlines of the order as it will be after its limits or its wanted
// time changed, and what its clocks keep from before: pauses count on, and what was met
// or broken stays so.
func (o *Order) change(e Env, after *Order) (*Deadlines, *Marks) {
	if after.Limits == o.Limits {
		return after.due(e), nil
	}
	next := o.settled(e.Book, e.At).Change(after.Limits.policy(e.Book), e.At)
	c := after.clock(e.Book)
	marks := o.Marks
	for _, m := range sla.Milestones() {
		mark := c.Mark(m)
		mark.Kept, mark.Floor = next.Mark(m).Kept, next.Mark(m).Floor
		setMark(&c, m, mark)
		*marks.of(m) = Mark{Kept: mark.Kept, Floor: mark.Floor}
	}
	d := standing(c, e.At)
	return &d, &marks
}

// settled is clock with what is broken marked so: the deadline in the row decides that,
// as it is what people were told, unless a pause held the clock before it came.
func (o *Order) settled(b *sla.Book, at int64) sla.Clock {
	c := o.clock(b)
	now := c.Deadlines()
	for _, m := range sla.Milestones() {
		mark, told := c.Mark(m), *o.Deadlines.of(m)
		if mark.Met == 0 && mark.Kept == 0 && told != 0 && told <= at && !now.Of(m).Paused {
			mark.Kept = told
			setMark(&c, m, mark)
		}
	}
	return c
}

// reclock returns the event of a due moment that moved because a calendar did; none when
// all stay. Clocks that a pause holds are reckoned when it ends.
func (o *Order) reclock(e Env) []Event {
	if !o.Open {
		return nil
	}
	was := o.settled(e.Book, e.At)
	open := was.Deadlines()
	next := standing(was.Change(was.Policy, e.At), e.At)
	d, marks, moved := o.Deadlines, o.Marks, false
	for _, m := range sla.Milestones() {
		told := d.of(m)
		mark := was.Mark(m)
		if mark.Met != 0 || mark.Kept != 0 || mark.Booked != 0 || open.Of(m).Paused || *next.of(m) == *told || open.Of(m).At == *told {
			continue
		}
		*told, *marks.of(m), moved = *next.of(m), Mark{Floor: e.At}, true
	}
	if !moved {
		return nil
	}
	return []Event{e.event(KindReclock, Facts{Deadlines: &d, Marks: &marks})}
}

// stopped tells whether the hold that lasts, if one does, stops a clock.
func (o *Order) stopped(m sla.Milestone) bool {
	n := len(o.Pauses)
	if o.Status != Held || n == 0 {
		return o.Status == Held
	}
	p := o.Pauses[n-1]
	return p.To == 0 && (p.Stops == 0 || p.Stops&m != 0)
}

// limits returns the promised times of an order of the item: those set for item,
// priority and class of place, else the item's own for its own priority, else the
// priority's. Working hours are those of the order's campus.
func (s *Service) limits(ctx context.Context, tx *db.Tx, item catalog.Item, o *Order) (Limits, error) {
	book, err := s.Clocks.Book(ctx, tx)
	if err != nil {
		return Limits{}, err
	}
	class := ""
	if o.PlaceID != "" {
		p, err := s.Org.Place(ctx, tx, o.PlaceID)
		if err != nil {
			return Limits{}, reference(err, "placeId")
		}
		class = p.Class
	}
	l := limitsFor(item, o.Priority)
	if r, ok := book.Limit(item.ID, o.Priority, class); ok {
		l = Limits{Respond: r.Respond, Arrive: r.Arrive, Finish: r.Finish, Calendar: r.Calendar}
	}
	l.Calendar = book.At(o.CampusID, l.Calendar)
	return l, nil
}

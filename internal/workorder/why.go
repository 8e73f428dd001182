package workorder

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/sla"
)

// ClockView explains an order's clocks up to a moment.
type ClockView struct {
	At       int64         `json:"at" doc:"The moment it is told for, Unix milliseconds"`
	Start    int64         `json:"start" doc:"When the clocks began"`
	Calendar string        `json:"calendar"`
	Clocks   []Why         `json:"clocks"`
	Teams    []TeamWhy     `json:"teams" doc:"Each team's own clock, from the hand-over"`
	Warnings []sla.Warning `json:"warnings" doc:"What the calendar does not know"`
}

// Why explains one clock: its segments follow each other without a gap from From to To,
// and Sums adds them up.
type Why struct {
	Clock    string        `json:"clock" enum:"respond,arrive,finish"`
	Limit    int           `json:"limit" doc:"Minutes of working time; 0 is none"`
	Booked   int64         `json:"booked,omitempty" doc:"Agreed moment instead of a limit"`
	Kept     bool          `json:"kept,omitempty" doc:"Judged by a moment from before a change"`
	Floor    int64         `json:"floor,omitempty" doc:"Not due before this, the moment of a change"`
	Due      int64         `json:"due,omitempty"`
	Met      int64         `json:"met,omitempty"`
	State    sla.State     `json:"state" enum:"none,before,running,off,paused,late,met,missed"`
	Left     int64         `json:"left" doc:"Milliseconds of working time left; negative is late by"`
	From     int64         `json:"from"`
	To       int64         `json:"to"`
	Segments []sla.Segment `json:"segments"`
	Sums     Sums          `json:"sums"`
}

// Sums are milliseconds on the wall by what the clock did.
type Sums struct {
	Total   int64 `json:"total"`
	Working int64 `json:"working"`
	Off     int64 `json:"off"`
	Paused  int64 `json:"paused"`
	Late    int64 `json:"late"`
	Other   int64 `json:"other" doc:"Without a limit, or before its start"`
}

// TeamWhy is a team's own clock.
type TeamWhy struct {
	TeamID   string `json:"teamId"`
	TeamName string `json:"teamName"`
	TaskID   string `json:"taskId,omitempty" doc:"When it had a part only"`
	Since    int64  `json:"since"`
	Until    int64  `json:"until,omitempty" doc:"Absent while it has the order"`
	Respond  Why    `json:"respond"`
	Arrive   *Why   `json:"arrive,omitempty" doc:"Of a task with a limit for the arrival"`
	Finish   Why    `json:"finish"`
}

// explain accounts for a milestone's clock from its start until it was met, or the end.
func explain(c sla.Clock, m sla.Milestone, at int64) Why {
	mark, r := c.Mark(m), c.Read(m, at)
	w := Why{Clock: names[m], Booked: mark.Booked, Kept: mark.Kept != 0, Floor: mark.Floor, Due: r.Due, Met: mark.Met, State: r.State, Left: r.Left,
		From: c.Start, To: max(at, c.Start), Segments: []sla.Segment{}}
	switch m {
	case sla.Respond:
		w.Limit = c.Policy.Respond
	case sla.Arrive:
		w.Limit = c.Policy.Arrive
	case sla.Finish:
		w.Limit = c.Policy.Finish
	}
	if mark.Met != 0 {
		w.To = max(min(mark.Met, w.To), w.From)
	}
	if s := c.Explain(m, w.From, w.To); s != nil {
		w.Segments = s
	}
	for _, s := range w.Segments {
		n := s.To - s.From
		w.Sums.Total += n
		switch s.State {
		case sla.StateRunning:
			w.Sums.Working += n
		case sla.StateOff:
			w.Sums.Off += n
		case sla.StatePaused:
			w.Sums.Paused += n
		case sla.StateLate:
			w.Sums.Late += n
		default:
			w.Sums.Other += n
		}
	}
	return w
}

// ends returns when the order's clocks stopped for good: now while it is open.
func (o *Order) ends(now int64) int64 {
	switch {
	case o.Open:
		return now
	case o.FinishedAt > 0:
		return o.FinishedAt
	case o.ClosedAt > 0:
		return o.ClosedAt
	}
	return min(now, o.UpdatedAt)
}

// why explains an order's clocks; its events tell whose they were.
func (o *Order) why(b *sla.Book, list []Event, now int64) ClockView {
	end := o.ends(now)
	c := o.clock(b)
	out := ClockView{At: now, Start: o.ClockStart, Calendar: o.Limits.Calendar, Clocks: []Why{}, Teams: []TeamWhy{}, Warnings: []sla.Warning{}}
	for _, m := range sla.Milestones() {
		w := explain(c, m, end)
		// While a clock is met its mark holds the promise; only a change makes it kept.
		w.Kept = o.Marks.of(m).Kept != 0
		out.Clocks = append(out.Clocks, w)
	}
	for _, t := range turns(list, b) {
		until := end
		if t.to != 0 {
			until = t.to
		}
		w := TeamWhy{TeamID: t.TeamID, TeamName: t.TeamName, TaskID: t.TaskID, Since: t.clock.Start, Until: t.to,
			Respond: explain(t.clock, sla.Respond, until), Finish: explain(t.clock, sla.Finish, until)}
		if t.own && t.clock.Policy.Arrive > 0 {
			arrive := explain(t.clock, sla.Arrive, until)
			w.Arrive = &arrive
		}
		out.Teams = append(out.Teams, w)
	}
	if w := c.Deadlines().Warnings; w != nil {
		out.Warnings = w
	}
	return out
}

// Why explains the clocks of an order that the actor may see.
func (s *Service) Why(ctx context.Context, ref string) (ClockView, error) {
	var out ClockView
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := s.seen(ctx, tx, identity.Of(ctx), ref)
		if err != nil {
			return err
		}
		list, err := events(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		book, err := s.Clocks.Book(ctx, tx)
		if err != nil {
			return err
		}
		out = o.why(book, list, s.Clock.Now())
		return nil
	})
	return out, err
}

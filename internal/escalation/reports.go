package escalation

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// ReportFilter narrows a list of reports. Empty fields do not narrow it.
type ReportFilter struct {
	Kind    ReportKind
	State   ReportState
	Mine    bool // only those the actor owes or has an action of to do
	Late    bool
	OrderID string
	From    int64 // opened from, Unix milliseconds
}

// ReportView is a report with its actions and what the actor may do.
type ReportView struct {
	Report
	Actions []Action `json:"actions"`
	May     []string `json:"may" doc:"submit, review, hand_over, add_action"`
}

// supervises tells whether the actor watches over what these keys stand for.
func supervises(a *identity.Actor, k identity.Keys) bool {
	return a.May(identity.OrderSupervise, k) && a.May(identity.OrderRead, k)
}

// within limits a list to what the actor supervises, or what concerns the actor.
func within(a *identity.Actor, q *db.Query, own string, times int) {
	sup, args := a.Scope(identity.OrderSupervise).Where(columns)
	read, more := a.Scope(identity.OrderRead).Where(columns)
	args = append(args, more...)
	for range times {
		args = append(args, a.PersonID)
	}
	q.Where("(("+sup+") AND ("+read+")) OR "+own, args...)
}

// Reports returns a page of the reports that the actor owes or supervises, the newest
// first, and the next page's cursor.
func (s *Service) Reports(ctx context.Context, f ReportFilter, limit int, cursor string) ([]Report, string, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return nil, "", err
	}
	q := db.NewQuery()
	f.narrow(actor, q)
	q.OrderBy(db.Order{Column: "r.opened_at", Desc: true}, db.Order{Column: "r.id", Desc: true, Text: true}).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	var out []Report
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if f.OrderID != "" {
			if _, err := s.Orders.Seen(ctx, tx, actor, f.OrderID); err != nil {
				return err
			}
		}
		out, err = reports(ctx, tx, q)
		return err
	})
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	last := out[limit-1]
	return out[:limit], db.Cursor(last.OpenedAt, last.ID), nil
}

func (f ReportFilter) narrow(actor *identity.Actor, q *db.Query) {
	if f.Mine {
		q.Where(mine, actor.PersonID, actor.PersonID, actor.PersonID)
	} else {
		within(actor, q, mine, 3)
	}
	for _, c := range []struct{ column, value string }{{"r.kind", string(f.Kind)}, {"r.state", string(f.State)}, {"r.order_id", f.OrderID}} {
		if c.value != "" {
			q.Where(c.column+" = ?", c.value)
		}
	}
	if f.Late {
		q.Where("r.late")
	}
	if f.From > 0 {
		q.Where("r.opened_at >= ?", f.From)
	}
}

// CountReports returns how many reports the filter selects for the actor.
func (s *Service) CountReports(ctx context.Context, f ReportFilter) (n int64, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return 0, err
	}
	q := db.NewQuery()
	f.narrow(actor, q)
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { n, err = countReports(ctx, tx, q); return err })
	return n, err
}

// Report returns a report with its actions.
func (s *Service) Report(ctx context.Context, reportID string) (out ReportView, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		r, err := s.seenReport(ctx, tx, reportID, false)
		if err != nil {
			return err
		}
		out, err = s.reportView(ctx, tx, r)
		return err
	})
	return out, err
}

// seenReport reads a report that the actor supervises or that concerns the actor.
func (s *Service) seenReport(ctx context.Context, tx *db.Tx, reportID string, lock bool) (Report, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return Report{}, err
	}
	r, err := reportByID(ctx, tx, reportID, lock)
	if err != nil || supervises(actor, r.Keys()) || r.OwnerID == actor.PersonID || r.SubmittedBy == actor.PersonID {
		return r, err
	}
	actions, err := actionsOf(ctx, tx, r.ID)
	if err == nil && !slices.ContainsFunc(actions, func(a Action) bool { return a.OwnerID == actor.PersonID }) {
		err = fault.Missing()
	}
	return r, err
}

func (s *Service) reportView(ctx context.Context, tx *db.Tx, r Report) (ReportView, error) {
	actor := identity.Of(ctx)
	v := ReportView{Report: r, May: []string{}}
	sup := supervises(actor, r.Keys())
	if r.pending() && (r.OwnerID == actor.PersonID || sup) {
		v.May = append(v.May, "submit")
	}
	if r.State == Submitted && sup && r.SubmittedBy != actor.PersonID {
		v.May = append(v.May, "review")
	}
	if r.pending() && sup {
		v.May = append(v.May, "hand_over")
	}
	if sup || r.OwnerID == actor.PersonID {
		v.May = append(v.May, "add_action")
	}
	var err error
	v.Actions, err = actionsOf(ctx, tx, r.ID)
	return v, err
}

// onReport carries out one command on a report under its lock.
func (s *Service) onReport(ctx context.Context, reportID, key, act string, input any, do func(tx *db.Tx, who *identity.Actor, r *Report) error) (ReportView, error) {
	actor := identity.Of(ctx)
	var out ReportView
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, []any{"report", reportID, act, input}, func() (ReportView, error) {
			r, err := s.seenReport(ctx, tx, reportID, true)
			if err != nil {
				return ReportView{}, err
			}
			if err := do(tx, actor, &r); err != nil {
				return ReportView{}, err
			}
			r.Version++
			if err := updateReport(ctx, tx, &r); err != nil {
				return ReportView{}, err
			}
			if err := s.Trail.Record(ctx, tx, actor.Who(), "report."+act, "report", r.ID, map[string]any{"kind": r.Kind, "number": r.Number}); err != nil {
				return ReportView{}, err
			}
			return s.reportView(ctx, tx, r)
		})
		return err
	})
	return out, err
}

// Submit takes over what the owner wrote, and tells who may review it.
func (s *Service) Submit(ctx context.Context, reportID string, in Form, key string) (ReportView, error) {
	reviewers, err := s.reviewers(ctx, reportID)
	if err != nil {
		return ReportView{}, err
	}
	return s.onReport(ctx, reportID, key, "submit", in, func(tx *db.Tx, who *identity.Actor, r *Report) error {
		if r.OwnerID != who.PersonID && !supervises(who, r.Keys()) {
			return fault.Denied()
		}
		if err := r.submit(who, in, s.Clock.Now()); err != nil {
			return err
		}
		if err := setTimer(ctx, tx, reportTimer, r.ID, 0); err != nil {
			return err
		}
		others := slices.DeleteFunc(slices.Clone(reviewers), func(p string) bool { return p == who.PersonID })
		return s.tellOf(ctx, tx, r, "report.submitted", r.Version, others...)
	})
}

// reviewers returns who leads and manages the order of a report.
func (s *Service) reviewers(ctx context.Context, reportID string) ([]string, error) {
	var r Report
	var set SettingRow
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if set, err = settings(ctx, tx, false); err == nil {
			r, err = s.seenReport(ctx, tx, reportID, false)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	o, err := s.orderOf(ctx, r.OrderID)
	if err != nil || o == nil {
		return nil, err
	}
	return s.seeing(ctx, o, &set.Body, true)
}

// Review closes a report or sends it back.
func (s *Service) Review(ctx context.Context, reportID string, v Verdict, key string) (ReportView, error) {
	return s.onReport(ctx, reportID, key, "review", v, func(tx *db.Tx, who *identity.Actor, r *Report) error {
		if !supervises(who, r.Keys()) {
			return fault.Denied()
		}
		set, err := settings(ctx, tx, false)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		if err := r.review(who, v, now, now+int64(set.Body.ReportDue)*clock.Minute); err != nil {
			return err
		}
		if r.State == Closed {
			return s.tellOf(ctx, tx, r, "report.reviewed", r.Version, r.OwnerID)
		}
		return s.ask(ctx, tx, r, "report.returned", r.Version, r.OwnerID)
	})
}

// HandOver names another owner of a report that is still to be written.
func (s *Service) HandOver(ctx context.Context, reportID, personID, key string) (ReportView, error) {
	sees, err := s.mayOwn(ctx, reportID, personID)
	if err != nil {
		return ReportView{}, err
	}
	return s.onReport(ctx, reportID, key, "hand_over", personID, func(tx *db.Tx, who *identity.Actor, r *Report) error {
		if !supervises(who, r.Keys()) {
			return fault.Denied()
		}
		if !r.pending() {
			return fault.New(fault.Conflict, "escalation.report_state", "state", string(r.State))
		}
		if !sees {
			return fault.Field("personId", "unknown_reference")
		}
		p, err := s.People.PersonIn(ctx, tx, personID)
		if err != nil {
			return err
		}
		r.OwnerID, r.OwnerName = p.ID, p.Name
		return s.ask(ctx, tx, r, "report.asked", r.Version, p.ID)
	})
}

// mayOwn tells whether a person may see the order of a report.
func (s *Service) mayOwn(ctx context.Context, reportID, personID string) (bool, error) {
	var r Report
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { r, err = s.seenReport(ctx, tx, reportID, false); return err })
	if err != nil {
		return false, err
	}
	return s.sees(ctx, r.OrderID, personID)
}

func (s *Service) sees(ctx context.Context, orderID, personID string) (bool, error) {
	o, err := s.orderOf(ctx, orderID)
	if err != nil || o == nil {
		return false, err
	}
	people, err := s.Recipients(ctx, ToPerson, personID, o)
	return len(people) > 0, err
}

// ActionInput is what may be said about an action.
type ActionInput struct {
	What    string `json:"what" maxLength:"500"`
	OwnerID string `json:"ownerId" minLength:"1" maxLength:"40"`
	DueAt   int64  `json:"dueAt" doc:"Unix milliseconds"`
}

// maxActions is how many actions a report has at most.
const maxActions = 30

// AddAction names something to be done because of a report, by whom and until when.
func (s *Service) AddAction(ctx context.Context, reportID string, in ActionInput, key string) (ReportView, error) {
	sees, err := s.mayOwn(ctx, reportID, in.OwnerID)
	if err != nil {
		return ReportView{}, err
	}
	return s.onReport(ctx, reportID, key, "add_action", in, func(tx *db.Tx, who *identity.Actor, r *Report) error {
		if r.OwnerID != who.PersonID && !supervises(who, r.Keys()) {
			return fault.Denied()
		}
		now := s.Clock.Now()
		var f fault.Fields
		in.What = words(&f, "what", in.What, true)
		if in.DueAt <= now || in.DueAt > now+400*clock.Day {
			f.Add("dueAt", "escalation.due")
		}
		if !sees {
			f.Add("ownerId", "unknown_reference")
		}
		had, err := actionsOf(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if len(had) >= maxActions {
			f.Add("what", "too_many_items", "max", maxActions)
		}
		if err := f.Err(); err != nil {
			return err
		}
		p, err := s.People.PersonIn(ctx, tx, in.OwnerID)
		if err != nil {
			return err
		}
		a := Action{ID: id.New(), ReportID: r.ID, What: in.What, OwnerID: p.ID, OwnerName: p.Name, DueAt: in.DueAt, CreatedBy: who.PersonID, CreatedAt: now}
		if err := insertAction(ctx, tx, &a); err != nil {
			return err
		}
		if err := setTimer(ctx, tx, actionTimer, a.ID, a.DueAt); err != nil {
			return err
		}
		if p.ID == who.PersonID {
			return nil
		}
		return s.tellOfAction(ctx, tx, r, &a, "action.given", 0, p.ID)
	})
}

// ActionDone says that an action has been carried out.
func (s *Service) ActionDone(ctx context.Context, reportID, actionID, note, key string) (ReportView, error) {
	return s.onReport(ctx, reportID, key, "action_done", []string{actionID, note}, func(tx *db.Tx, who *identity.Actor, r *Report) error {
		a, err := actionByID(ctx, tx, actionID, true)
		if err != nil || a.ReportID != r.ID {
			return fault.Missing()
		}
		if a.OwnerID != who.PersonID && !supervises(who, r.Keys()) {
			return fault.Denied()
		}
		if a.DoneAt > 0 {
			return nil
		}
		var f fault.Fields
		a.DoneNote = words(&f, "note", note, true)
		if err := f.Err(); err != nil {
			return err
		}
		a.DoneAt = s.Clock.Now()
		if err := setTimer(ctx, tx, actionTimer, a.ID, 0); err != nil {
			return err
		}
		return updateAction(ctx, tx, &a)
	})
}

// DayRate is how much of a campus's day was done on the day, and explained otherwise.
type DayRate struct {
	workorder.DayRate
	Asked     int64 `json:"asked" doc:"Explanations asked for"`
	Explained int64 `json:"explained"`
}

// Day tells by campus how much of what was reported on the day of a moment was done on it.
func (s *Service) Day(ctx context.Context, at int64) (from, to int64, out []DayRate, err error) {
	actor := identity.Of(ctx)
	to = endOfDay(at, s.Zone)
	from = startOfDay(at, s.Zone)
	rates, err := s.Orders.DayRates(ctx, from, to)
	if err != nil {
		return from, to, nil, err
	}
	q := db.NewQuery().Where("r.kind = ?", string(SameDay)).Where("r.base = ?", to)
	within(actor, q, "1 = 0", 0)
	var rows []dayRow
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { rows, err = dayRows(ctx, tx, q); return err })
	out = []DayRate{}
	for _, r := range rates {
		d := DayRate{DayRate: r}
		for _, row := range rows {
			if row.CampusID == r.CampusID {
				d.Asked, d.Explained = row.Asked, row.Explained
			}
		}
		out = append(out, d)
	}
	return from, to, out, err
}

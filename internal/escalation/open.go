package escalation

import (
	"context"
	"fmt"
	"slices"

	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// owners returns who may be asked for a report of an order, those asked first in front:
// who does the work, or leads the team; the project manager once it takes a day.
func (s *Service) owners(ctx context.Context, v *sight, kind ReportKind) ([]string, error) {
	order := []string{ToAssignee, ToLeads, ToRole}
	if kind == SecondReport {
		order = []string{ToRole, ToLeads, ToAssignee}
	}
	for _, part := range order {
		who := ""
		if part == ToRole {
			m, ok := v.set.Body.manager(&v.Order)
			if !ok {
				continue
			}
			who = m.RoleID
			if m.PersonID != "" {
				part, who = ToPerson, m.PersonID
			}
		}
		people, err := s.Recipients(ctx, part, who, &v.Order)
		if err != nil || len(people) > 0 {
			return people, err
		}
	}
	return nil, nil
}

// open asks for a report, once. Of several who may be asked the one who owes the fewest is.
func (s *Service) open(ctx context.Context, tx *db.Tx, v *sight, w owed, people []string, now int64) error {
	owner, err := s.freest(ctx, tx, people)
	if err != nil {
		return err
	}
	r := Report{ID: id.New(), Kind: w.kind, Subject: v.Order.ID, Base: w.base, OwnerID: owner, State: Owed, OpenedAt: w.at, DueAt: max(w.due, now+10*clock.Minute), Version: 1}
	r.about(&v.Order)
	if owner != "" {
		p, err := s.People.PersonIn(ctx, tx, owner)
		if err != nil {
			return err
		}
		r.OwnerName = p.Name
	}
	if done, err := opened(ctx, tx, r.Kind, r.Subject, r.Base); err != nil || done != "" {
		return err
	}
	if err := insertReport(ctx, tx, &r); err != nil {
		return err
	}
	note := reasons[w.kind]
	if r.OwnerName != "" {
		note = fmt.Sprintf("%s(%s)", note, r.OwnerName)
	}
	if _, err := s.Orders.Remind(ctx, tx, v.Order.ID, workorder.Reminder{Note: note, At: w.at, ToID: owner, To: r.OwnerName, Escalate: w.kind == SecondReport}); err != nil {
		return err
	}
	return s.ask(ctx, tx, &r, "report.asked", r.Version, owner)
}

// freest returns which of some people has the fewest reports to write, the first of equals.
func (s *Service) freest(ctx context.Context, tx *db.Tx, people []string) (string, error) {
	if len(people) == 0 {
		return "", nil
	}
	if len(people) == 1 {
		return people[0], nil
	}
	owed, err := owedBy(ctx, tx, people)
	return slices.MinFunc(people, func(a, b string) int { return int(owed[a] - owed[b]) }), err
}

// ask tells people of a report and sets when it is chased.
func (s *Service) ask(ctx context.Context, tx *db.Tx, r *Report, template string, version int64, people ...string) error {
	if err := setTimer(ctx, tx, reportTimer, r.ID, r.DueAt); err != nil {
		return err
	}
	return s.tellOf(ctx, tx, r, template, version, people...)
}

func (s *Service) tellOf(ctx context.Context, tx *db.Tx, r *Report, template string, version int64, people ...string) error {
	var list []notify.Notice
	for _, p := range people {
		page := "/desk/due-reports/" + r.ID
		if p == r.OwnerID {
			page = "/m/work/report/" + r.ID
		}
		list = append(list, notify.Notice{PersonID: p, Template: template, Subject: r.ID, Version: version, Page: page, Params: map[string]any{
			"number": r.Number, "item": r.Item, "item_en": r.ItemEn, "place": r.Place, "team": r.Team, "priority": r.Priority,
			"kind": kindNames[r.Kind][0], "kind_en": kindNames[r.Kind][1], "owner": r.OwnerName, "due": s.clockTime(r.DueAt), "note": r.Review}})
	}
	_, err := s.Notify.Tell(ctx, tx, list...)
	return err
}

// clockTime words a moment for messages.
func (s *Service) clockTime(at int64) string { return clock.Time(at).In(s.Zone).Format("01-02 15:04") }

// kindNames are what messages call the kinds of report.
var kindNames = map[ReportKind][2]string{SameDay: {"今日事今日毕说明", "same-day explanation"}, FirstReport: {"超时报告", "overdue report"},
	SecondReport: {"项目经理超时报告", "project manager's overdue report"}, IncidentReport: {"重大事件报告", "major-incident report"}}

// reasons are what the timeline says when a report is asked for.
var reasons = map[ReportKind]string{SameDay: "当日未完成,请说明 · Open at the end of the day: explanation asked", FirstReport: "长时间未完成,请提交报告 · Open for long: report asked",
	SecondReport: "长时间未完成,项目经理接管并报告 · Open for long: the project manager takes over", IncidentReport: "重大事件,请提交报告 · Major incident: report asked"}

// Opening is a report that another part of the program asks for.
type Opening struct {
	Kind    ReportKind
	Subject string // what it is about; with Kind it is asked for once
	OrderID string
	OwnerID string
	DueAt   int64
}

// OpenReport asks somebody for a report about an order in the caller's transaction, once
// for its kind and subject, and returns the report's id. It asks for no permission.
func (s *Service) OpenReport(ctx context.Context, tx *db.Tx, in Opening) (string, error) {
	o, err := s.Orders.Lock(ctx, tx, in.OrderID)
	if err != nil {
		return "", err
	}
	base := int64(0)
	if in.Kind == FirstReport || in.Kind == SecondReport {
		base = o.ClockStart // the program asks for these by itself too, for each opening once
	}
	if done, err := opened(ctx, tx, in.Kind, in.Subject, base); err != nil || done != "" {
		return done, err
	}
	p, err := s.People.PersonIn(ctx, tx, in.OwnerID)
	if err != nil {
		return "", err
	}
	if in.DueAt <= 0 || reasons[in.Kind] == "" {
		return "", fault.Field("dueAt", "bad_value")
	}
	r := Report{ID: id.New(), Kind: in.Kind, Subject: in.Subject, Base: base, OwnerID: p.ID, OwnerName: p.Name, State: Owed, OpenedAt: s.Clock.Now(), DueAt: in.DueAt, Version: 1}
	r.about(&o)
	if err := insertReport(ctx, tx, &r); err != nil {
		return "", err
	}
	if o.Open {
		note := fmt.Sprintf("%s(%s)", reasons[in.Kind], p.Name)
		if _, err := s.Orders.Remind(system(ctx), tx, o.ID, workorder.Reminder{Note: note, ToID: p.ID, To: p.Name}); err != nil {
			return "", err
		}
	}
	return r.ID, s.ask(ctx, tx, &r, "report.asked", r.Version, p.ID)
}

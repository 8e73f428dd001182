package workorder

import (
	"context"
	"slices"

	"wardline/internal/catalog"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// after returns the order as it will be when the events have happened.
func (o *Order) after(events []Event) (Order, error) {
	next := *o
	for i := range events {
		e := events[i]
		e.OrderID, e.Seq = o.ID, next.Version+1
		if err := next.apply(&e); err != nil {
			return next, err
		}
	}
	return next, nil
}

// planTasks returns the tasks that the item's template wants and the order does not have.
// A team that has a task already, whoever asked for it, is not asked twice: that task
// stands for the step. Steps of teams that take no orders any more are left out.
func (o *Order) planTasks(e Env, plan *catalog.TaskPlan, teams map[string]Team, newID func() string) ([]Event, error) {
	var out []Event
	next, ids := *o, map[string]string{}
	for _, s := range plan.Steps {
		if i := slices.IndexFunc(o.Tasks, func(t Task) bool { return t.Key == s.Key || t.Key == "" && t.TeamID == s.TeamID && t.open() }); i >= 0 {
			ids[s.Key] = o.Tasks[i].ID
			continue
		}
		team, ok := teams[s.TeamID]
		if !ok || !s.Wanted(o.Form) {
			continue
		}
		spec := TaskSpec{Key: s.Key, Note: s.NoteZh, NoteEn: s.NoteEn, Proof: s.Proof}
		for _, before := range s.After {
			if ids[before] != "" {
				spec.After = append(spec.After, ids[before])
			}
		}
		if s.Limits != nil {
			l := limitsOf(*s.Limits, first2(s.Calendar, o.Limits.Calendar))
			if l.Calendar != o.Limits.Calendar {
				l.Calendar = e.Book.At(o.CampusID, l.Calendar)
			}
			spec.Limits = &l
		}
		ids[s.Key] = newID()
		more, err := next.addTask(e, ids[s.Key], team, spec)
		if err != nil {
			return nil, err
		}
		if len(out) == 0 {
			more[0].Facts.Plan = &Plan{TasksOnly: plan.TasksOnly, FinishWithLast: plan.FinishWithLast || plan.TasksOnly}
		}
		if next, err = next.after(more); err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func first2(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// withPlan adds the tasks of the item's template to what a command brings about, when
// their moment has come: with the report, or with whatever takes the order in. What
// becomes known later of an order that has them may call for more of them.
func (s *Service) withPlan(ctx context.Context, tx *db.Tx, o *Order, e Env, events []Event) ([]Event, error) {
	if len(events) == 0 {
		return events, nil
	}
	next, err := o.after(events)
	if err != nil {
		return nil, err
	}
	item, err := s.Catalog.At(ctx, tx, next.ItemID, next.ItemVersion)
	if err != nil {
		return nil, err
	}
	if item.Tasks == nil || item.Tasks.Apply == catalog.WhenAsked || !next.Open {
		return events, nil
	}
	told := events[0].Kind == KindReport || events[0].Kind == KindAmend
	taken := o.IntakeAt == 0 && next.IntakeAt > 0 || events[0].Kind == KindAmend && next.IntakeAt > 0
	if !taken && !(told && item.Tasks.Apply == catalog.AtReported) {
		return events, nil
	}
	more, err := s.plan(ctx, tx, &next, e, item.Tasks)
	return append(events, more...), err
}

// plan returns the tasks of a template that an order does not have, as made by the
// program itself.
func (s *Service) plan(ctx context.Context, tx *db.Tx, o *Order, e Env, plan *catalog.TaskPlan) ([]Event, error) {
	teams := map[string]Team{}
	for _, step := range plan.Steps {
		if _, ok := teams[step.TeamID]; ok {
			continue
		}
		t, err := s.team(ctx, tx, step.TeamID, "teamId")
		if _, known := fault.Of(err); known || db.IsMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		teams[step.TeamID] = t
	}
	e.ActorID, e.ActorName, e.PlaceID, e.PlaceName = "system", "", "", ""
	return o.planTasks(e, plan, teams, id.New)
}

// ApplyPlan gives an order the tasks of its item's template that it does not have.
func (s *Service) ApplyPlan(ctx context.Context, orderID string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindTaskAdd, m, "plan", func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		if err := o.can(KindTaskAdd); err != nil {
			return nil, err
		}
		item, err := s.Catalog.At(ctx, tx, o.ItemID, o.ItemVersion)
		if err != nil {
			return nil, err
		}
		if item.Tasks == nil {
			return nil, fault.New(fault.Conflict, "order.no_plan")
		}
		events, err := s.plan(ctx, tx, o, e, item.Tasks)
		for i := range events { // a person asked for them
			events[i].ActorID, events[i].ActorName = e.ActorID, e.ActorName
		}
		return events, err
	})
}

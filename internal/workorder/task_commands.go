package workorder

import (
	"context"
	"slices"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// TaskInput is what somebody asks of another team.
type TaskInput struct {
	TeamID   string          `json:"teamId" minLength:"1" maxLength:"40"`
	Note     string          `json:"note" maxLength:"500" doc:"What is to be done"`
	After    []string        `json:"after,omitempty" maxItems:"20" doc:"Tasks of the order that have to end first; none is at once"`
	Limits   *catalog.Limits `json:"limits,omitempty" doc:"Minutes from the moment it is ready; the order's own when absent"`
	Calendar string          `json:"calendar,omitempty" maxLength:"64" doc:"Of the limits; the order's own when absent"`
	Proof    catalog.Proof   `json:"proof,omitzero"`
}

// AddTask asks another team for a part of the work.
func (s *Service) AddTask(ctx context.Context, orderID string, a Assignment, m Meta) (View, error) {
	return s.Ask(ctx, orderID, TaskInput{TeamID: a.TeamID, Note: a.Note}, m)
}

// Ask asks another team for a part of the work, with everything that can be said of it.
func (s *Service) Ask(ctx context.Context, orderID string, in TaskInput, m Meta) (View, error) {
	return s.act(ctx, orderID, KindTaskAdd, m, in, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		t, err := s.team(ctx, tx, in.TeamID, "teamId")
		if err != nil {
			return nil, err
		}
		spec := TaskSpec{Note: in.Note, After: in.After, Proof: in.Proof}
		if in.Limits != nil {
			l := limitsOf(*in.Limits, first2(in.Calendar, o.Limits.Calendar))
			if l.Respond < 0 || l.Arrive < 0 || l.Finish < 0 {
				return nil, fault.Field("limits", "bad_value")
			}
			spec.Limits = &l
		}
		return o.addTask(e, id.New(), t, spec)
	})
}

// taskRule decides a command on one task within the transaction.
type taskRule func(tx *db.Tx, o *Order, t Task, e Env) ([]Event, error)

// actTask carries out one command on a task. Tasks go on beside each other: the moment
// at which a step occurred has to lie after the task's own last step, not the order's.
func (s *Service) actTask(ctx context.Context, orderID, taskID string, k Kind, m Meta, body any, decide taskRule) (View, error) {
	actor := identity.Of(ctx)
	return s.act(ctx, orderID, k, m, []any{taskID, body}, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		t, err := o.task(taskID)
		if err != nil {
			return nil, err
		}
		if !o.mayTask(actor, t, k) {
			return nil, fault.Denied()
		}
		if m.OccurredAt > 0 {
			e.At = max(min(m.OccurredAt, e.Now), t.lastStep())
		}
		return decide(tx, o, *t, e)
	})
}

// mayTask tells whether somebody who may give commands of the kind on the order may give
// it on this task.
func (o *Order) mayTask(actor *identity.Actor, t *Task, k Kind) bool {
	mine := slices.Contains(actor.Teams, t.TeamID)
	switch k {
	case KindTaskGrab:
		return mine
	case KindTaskAccept, KindTaskRefuse, KindTaskArrive:
		return t.AssigneeID == actor.PersonID
	case KindTaskDone:
		return t.AssigneeID == actor.PersonID || mine
	case KindTaskCheck:
		return mine || o.Squad.Has(actor.PersonID)
	case KindTaskAssign, KindTaskCancel:
		if o.coordinates(actor) || k == KindTaskCancel && actor.May(identity.OrderIntake, o.Keys()) {
			return true
		}
		keys := o.Keys()
		keys.Teams, keys.Vendor, keys.People = []string{t.TeamID}, "", nil
		return actor.May(identity.OrderDispatch, keys)
	}
	return true
}

// coordinates tells whether somebody leads the order's squad or owns it, and does such work.
func (o *Order) coordinates(actor *identity.Actor) bool {
	return (o.Squad.leads(actor.PersonID) || o.ownerID() == actor.PersonID && actor.PersonID != "") &&
		(actor.Can(identity.OrderWork) || actor.Can(identity.OrderIntake))
}

// TaskActions returns the commands that the actor may give on each task that is not ended.
func (o *Order) TaskActions(actor *identity.Actor) map[string][]Kind {
	if len(o.Tasks) == 0 || !o.Open {
		return nil
	}
	keys := o.Keys()
	out := map[string][]Kind{}
	for i := range o.Tasks {
		t := &o.Tasks[i]
		for _, k := range taskCommands {
			if t.can(k) != nil || o.allows(actor, keys, k) != nil || !o.mayTask(actor, t, k) {
				continue
			}
			switch {
			case k == KindTaskDone && t.AssigneeID != "" && t.AssigneeID != actor.PersonID,
				k == KindTaskCheck && (!t.Proof.Check || t.CheckedAt > 0 || t.AssigneeID == actor.PersonID):
				continue
			}
			out[t.ID] = append(out[t.ID], k)
		}
	}
	return out
}

// taskCommands are what people do to a task.
var taskCommands = []Kind{KindTaskGrab, KindTaskAccept, KindTaskArrive, KindTaskDone, KindTaskCheck, KindTaskRefuse, KindTaskAssign, KindTaskCancel}

// AssignTask gives a task to a person of a team, or to the team alone.
func (s *Service) AssignTask(ctx context.Context, orderID, taskID string, a Assignment, m Meta) (View, error) {
	return s.actTask(ctx, orderID, taskID, KindTaskAssign, m, a, func(tx *db.Tx, o *Order, _ Task, e Env) ([]Event, error) {
		t, err := s.team(ctx, tx, a.TeamID, "teamId")
		if err != nil {
			return nil, err
		}
		if !o.coordinates(identity.Of(ctx)) {
			if err := within(ctx, o, t); err != nil {
				return nil, err
			}
		}
		var w Worker
		if a.AssigneeID != "" {
			if w, err = s.member(ctx, tx, t.ID, a.AssigneeID); err != nil {
				return nil, err
			}
		}
		return o.assignTask(e, taskID, t, w, a.Note)
	})
}

// GrabTask takes a task that nobody of the team has. Exactly one of those who try gets it.
func (s *Service) GrabTask(ctx context.Context, orderID, taskID string, m Meta) (View, error) {
	return s.actTask(ctx, orderID, taskID, KindTaskGrab, m, nil, func(_ *db.Tx, o *Order, _ Task, e Env) ([]Event, error) {
		return o.grabTask(e, taskID)
	})
}

// AcceptTask says that the person it was given to takes it on.
func (s *Service) AcceptTask(ctx context.Context, orderID, taskID string, m Meta) (View, error) {
	return s.actTask(ctx, orderID, taskID, KindTaskAccept, m, nil, func(_ *db.Tx, o *Order, _ Task, e Env) ([]Event, error) {
		return o.acceptTask(e, taskID)
	})
}

// RefuseTask gives it back to the team with a reason.
func (s *Service) RefuseTask(ctx context.Context, orderID, taskID, reason string, m Meta) (View, error) {
	return s.actTask(ctx, orderID, taskID, KindTaskRefuse, m, reason, func(_ *db.Tx, o *Order, _ Task, e Env) ([]Event, error) {
		return o.refuseTask(e, taskID, reason)
	})
}

// ArriveTask records the arrival of the task's person; a scanned code must belong to the
// order's asset or place, as with the order's own arrival.
func (s *Service) ArriveTask(ctx context.Context, orderID, taskID, code string, m Meta) (View, error) {
	return s.actTask(ctx, orderID, taskID, KindTaskArrive, m, code, func(tx *db.Tx, o *Order, _ Task, e Env) ([]Event, error) {
		e.PlaceID, e.PlaceName = o.PlaceID, o.PlaceName
		if code != "" {
			place, err := s.proof(ctx, tx, o, code)
			if err != nil {
				return nil, err
			}
			e.PlaceID, e.PlaceName = place.ID, place.Name
		}
		return o.arriveTask(e, taskID, code != "")
	})
}

// CheckTask is the second person's look at a task.
func (s *Service) CheckTask(ctx context.Context, orderID, taskID string, m Meta) (View, error) {
	return s.actTask(ctx, orderID, taskID, KindTaskCheck, m, nil, func(_ *db.Tx, o *Order, _ Task, e Env) ([]Event, error) {
		return o.checkTask(e, taskID)
	})
}

// FinishTask says that a task is done, with what it took and the proof it demands.
func (s *Service) FinishTask(ctx context.Context, orderID, taskID string, w Work, m Meta) (View, error) {
	return s.actTask(ctx, orderID, taskID, KindTaskDone, m, w, func(_ *db.Tx, o *Order, _ Task, e Env) ([]Event, error) {
		return o.doneTask(e, taskID, w)
	})
}

// CancelTask ends a task that is not needed any more.
func (s *Service) CancelTask(ctx context.Context, orderID, taskID, reason string, m Meta) (View, error) {
	return s.actTask(ctx, orderID, taskID, KindTaskCancel, m, reason, func(_ *db.Tx, o *Order, _ Task, e Env) ([]Event, error) {
		return o.cancelTask(e, taskID, reason)
	})
}

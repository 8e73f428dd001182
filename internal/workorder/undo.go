package workorder

import (
	"context"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// undoWithin is how long after a dispatch, pool or transfer it can be taken back.
const undoWithin = 2 * clock.Minute

// Back is what an undoing restores beside the hands the order was in.
type Back struct {
	IntakeAt     int64 `json:"intakeAt,omitempty"`
	DispatchedAt int64 `json:"dispatchedAt,omitempty"`
}

// undo puts the order back where it stood before its last event, if that was a handing
// on by the same person a moment ago: what has gone on since is never undone.
func (o *Order) undo(e Env, past []Event) ([]Event, error) {
	if err := o.can(KindUndo); err != nil {
		return nil, err
	}
	last := &past[len(past)-1]
	handed := last.Kind == KindDispatch || last.Kind == KindPool || last.Kind == KindTransfer
	if !handed || last.ActorID != e.ActorID || e.Now > last.RecordedAt+undoWithin {
		return nil, fault.New(fault.Conflict, "order.undo_late")
	}
	before, err := Rebuild(past[:len(past)-1])
	if err != nil {
		return nil, err
	}
	if before.Status == Held { // the hold has ended: its clock cannot be stopped again for the time between
		return nil, fault.New(fault.Conflict, "order.undo_late")
	}
	return []Event{e.event(KindUndo, Facts{To: before.Status, TeamID: before.TeamID, TeamName: before.TeamName, VendorID: before.VendorID,
		AssigneeID: before.AssigneeID, AssigneeName: before.AssigneeName, Back: &Back{before.IntakeAt, before.DispatchedAt}})}, nil
}

// Undo takes the actor's own dispatch, pool or transfer of a moment ago back, unless
// something has happened to the order since.
func (s *Service) Undo(ctx context.Context, orderID string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindUndo, m, nil, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		past, err := events(ctx, tx, o.ID)
		if err != nil {
			return nil, err
		}
		return o.undo(e, past)
	})
}

package dispatch

import (
	"context"
	"fmt"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// What stands on the timeline of an order whose person has gone.
const (
	returned = "当班结束,尚未接单,退回班组"
	leftOver = "当班结束,工作未完成,请安排交接"
)

// handovers is how many duties that are over are looked at in one go.
const handovers = 200

// HandOver looks after the work of those whose duty has ended and who have no other: what
// they have not accepted goes back to the team, and of what they have the team is asked to
// arrange who goes on with it. Each order is treated once for each duty's end.
func (s *Service) HandOver(ctx context.Context) error {
	ctx = identity.With(ctx, identity.System("dispatch"))
	for {
		var over []org.Ended
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { over, err = s.Org.EndedDuties(ctx, tx, handovers); return err })
		if err != nil {
			return err
		}
		marked := 0
		for _, e := range over {
			done := true
			if !e.Follows {
				if done, err = s.leave(ctx, e); err != nil {
					return err
				}
			}
			if !done {
				continue
			}
			err := s.DB.Write(ctx, func(tx *db.Tx) error { _, err := s.Org.HandedOver(ctx, tx, e.DutyID); return err })
			if err != nil {
				return err
			}
			marked++
		}
		if len(over) < handovers || marked == 0 {
			return nil
		}
	}
}

// leave treats the open orders of one person in the team of the duty that ended. It is
// false when an order changed meanwhile and has to be looked at again.
func (s *Service) leave(ctx context.Context, e org.Ended) (done bool, err error) {
	done = true
	for cursor := ""; ; {
		list, next, err := s.Orders.List(ctx, workorder.Filter{Open: true, TeamID: e.TeamID, AssigneeID: e.PersonID}, handovers, cursor)
		if err != nil {
			return false, err
		}
		for _, o := range list {
			// The key makes a run that was cut short and begins again do nothing twice.
			m := workorder.Meta{Key: fmt.Sprintf("handover/%s/%d/%s", e.DutyID, e.At, o.ID), Version: o.Version}
			switch o.Status {
			case workorder.Assigned:
				_, err = s.Orders.Release(ctx, o.ID, e.PersonID, returned, m)
			case workorder.Accepted, workorder.Working, workorder.Held:
				_, err = s.Orders.Escalate(ctx, o.ID, leftOver, m)
			default:
				continue
			}
			if fault.CodeOf(db.Wrap(err)) == "conflict" {
				done, err = false, nil
			}
			if err != nil {
				return false, fmt.Errorf("order %s: %w", o.Number, err)
			}
		}
		if cursor = next; cursor == "" {
			return done, nil
		}
	}
}

package workorder

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// What the program itself does to orders, beside the commands of people. All of it
// wants an actor who may do everything: there is no scope to narrow it by.

func systemOnly(ctx context.Context) error {
	a := identity.Of(ctx)
	if a.PersonID != "system" || !a.Scope(identity.OrderRead).All() {
		return fault.Denied()
	}
	return nil
}

// Park stops an order's clock for a reason, whoever has it: Hold is for the person
// who has the order and knows what is missing.
func (s *Service) Park(ctx context.Context, orderID, reason, note string, until int64, m Meta) (View, error) {
	if err := systemOnly(ctx); err != nil {
		return View{}, err
	}
	return s.act(ctx, orderID, KindHold, m, []any{"park", reason, note, until}, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		return o.pause(e, reason, note, until)
	})
}

// Route brings an order to a team's queue: one that has not been taken in yet is.
func (s *Service) Route(ctx context.Context, orderID, teamID, reason string, m Meta) (View, error) {
	if err := systemOnly(ctx); err != nil {
		return View{}, err
	}
	var status Status
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := get(ctx, tx, orderID)
		status = o.Status
		return err
	})
	if err != nil {
		return View{}, err
	}
	if status == Reported {
		return s.Intake(ctx, orderID, teamID, m)
	}
	return s.Transfer(ctx, orderID, Assignment{TeamID: teamID, Note: reason}, m)
}

// Standing is an order with the moment since when it has been in its status.
type Standing struct {
	Order Order
	Since int64
}

// Standings hands over the orders in the statuses, some hundred at a time, with the
// moment since when each has been there.
func (s *Service) Standings(ctx context.Context, in []Status, use func([]Standing) error) error {
	if err := systemOnly(ctx); err != nil {
		return err
	}
	const portion = 400
	for cursor := ""; ; {
		list, next, err := s.List(ctx, Filter{Status: in}, portion, cursor)
		if err != nil {
			return err
		}
		ids := make([]string, len(list))
		for i := range list {
			ids[i] = list[i].ID
		}
		var since map[string]int64
		err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { since, err = lastSteps(ctx, tx, ids, movingKinds()); return err })
		if err != nil {
			return err
		}
		out := make([]Standing, len(list))
		for i := range list {
			out[i] = Standing{list[i], since[list[i].ID]}
		}
		if err := use(out); err != nil || next == "" {
			return err
		}
		cursor = next
	}
}

// movingKinds are the kinds of event that change the status.
func movingKinds() []string {
	var out []string
	for k, t := range transitions {
		if t.to != same || len(alternatives[k]) > 0 {
			out = append(out, string(k))
		}
	}
	slices.Sort(out)
	return out
}

// Replay hands over the lives of orders that were reported at or after a moment and
// that the actor may see, the newest first, at most so many: the order as it stood
// after each of its events. It returns how many orders there were.
func (s *Service) Replay(ctx context.Context, from int64, most int, use func(after []Order, events []Event) error) (int, error) {
	const portion = 100
	n := 0
	for cursor := ""; ; {
		list, next, err := s.List(ctx, Filter{From: from}, min(portion, most-n), cursor)
		if err != nil {
			return n, err
		}
		for i := range list {
			after, all, err := s.life(ctx, list[i].ID)
			if err != nil {
				return n, err
			}
			n++
			if err := use(after, all); err != nil {
				return n, err
			}
		}
		if next == "" || n >= most {
			return n, nil
		}
		cursor = next
	}
}

// life returns an order as it stood after each of its events.
func (s *Service) life(ctx context.Context, orderID string) (after []Order, all []Event, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { all, err = events(ctx, tx, orderID); return err })
	if err != nil {
		return nil, nil, err
	}
	var o Order
	for i := range all {
		if err := o.apply(&all[i]); err != nil {
			return nil, nil, err
		}
		after = append(after, o)
	}
	return after, all, nil
}

// Repeats returns how many orders of the same asset, or where none is named of the
// same place and item, were reported within the time before this one, itself included.
func (s *Service) Repeats(ctx context.Context, o *Order, within int64) (n int64, err error) {
	q := db.NewQuery().Where("o.reported_at > ?", o.ReportedAt-within).Where("o.reported_at <= ?", o.ReportedAt).Where("o.status <> ?", string(Merged))
	switch {
	case o.AssetID != "":
		q.Where("o.asset_id = ?", o.AssetID)
	case o.PlaceID != "":
		q.Where("o.place_id = ?", o.PlaceID).Where("o.item_id = ?", o.ItemID)
	default:
		return 1, nil
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { n, err = count(ctx, tx, q); return err })
	return n, err
}

// Release takes an order from somebody who has not accepted it, back to the team: to its
// pool when it has one, else to its queue. Nothing happens when it is no longer so.
func (s *Service) Release(ctx context.Context, orderID, personID, reason string, m Meta) (View, error) {
	if err := systemOnly(ctx); err != nil {
		return View{}, err
	}
	return s.act(ctx, orderID, KindPool, m, []any{"release", personID, reason}, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		if o.Status != Assigned || o.AssigneeID != personID {
			return nil, nil
		}
		t, err := s.team(ctx, tx, o.TeamID, "teamId")
		if err != nil {
			return nil, err
		}
		return o.release(e, t, reason)
	})
}

package dispatch

import (
	"context"
	"slices"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// nearBy is how far waiting work may be from somebody who has just arrived somewhere to be
// looked at because of it.
const nearBy = 3 * clock.Minute / clock.Second

// Near looks at what waits, for the teams of somebody who has arrived somewhere, within a
// short way of there.
func (s *Service) Near(ctx context.Context, personID string) error {
	modes, err := s.modes(ctx)
	if err != nil || len(modes) == 0 {
		return err
	}
	person, err := s.People.ActorOf(ctx, personID)
	if db.IsMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var all []workorder.Order
	for _, team := range person.Teams {
		some, _, err := s.Orders.List(system(ctx), workorder.Filter{TeamID: team, Status: waiting[:3]}, mostWaiting, "")
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	if all, err = s.within(ctx, personID, all); err != nil {
		return err
	}
	slices.SortStableFunc(all, pressing)
	for i := range all {
		if err := s.consider(system(ctx), modes, &all[i], CauseNear); err != nil {
			s.Logger.Warn("looking at an order near somebody", "order", all[i].Number, "error", err)
			if ctx.Err() != nil {
				return err
			}
		}
	}
	return nil
}

// within returns the orders that are a short way from where a person is.
func (s *Service) within(ctx context.Context, personID string, all []workorder.Order) (out []workorder.Order, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		saved, err := settings(ctx, tx)
		if err != nil {
			return err
		}
		stints, err := s.Orders.WorkOf(ctx, tx, []string{personID}, s.Clock.Now()-recentDays*clock.Day)
		if err != nil {
			return err
		}
		found, err := s.seenAt(ctx, tx, []string{personID}, stints)
		if err != nil || found[personID].PlaceID == "" {
			return err
		}
		here := found[personID].PlaceID
		ids := []string{here}
		for _, o := range all {
			if o.PlaceID != "" {
				ids = append(ids, o.PlaceID)
			}
		}
		spots, _, err := s.spots(ctx, tx, ids)
		if err != nil {
			return err
		}
		from, known := spots[here]
		for _, o := range all {
			if to, ok := spots[o.PlaceID]; ok && known && saved.Body.Travel.Seconds(from, to) <= nearBy {
				out = append(out, o)
			}
		}
		return nil
	})
	return out, err
}

// seen is where somebody was last known to be.
type seen struct {
	PlaceID string
	From    string
	At      int64
}

// seenAt returns where people were last known to be, by their orders and the roster.
func (s *Service) seenAt(ctx context.Context, tx *db.Tx, people []string, stints []workorder.Stint) (map[string]seen, error) {
	now := s.Clock.Now()
	out := map[string]seen{}
	for i := range stints {
		if placeID, at := lastVisit(&stints[i], now); at > out[stints[i].PersonID].At {
			out[stints[i].PersonID] = seen{placeID, fromVisit, at}
		}
	}
	where, err := s.Org.Whereabouts(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	for personID, w := range where {
		was := out[personID]
		placeID, from := whereNow(was.PlaceID, was.At, w, now)
		at := was.At
		if from == fromCheckIn {
			at = w.Since
		}
		out[personID] = seen{placeID, from, at}
	}
	return out, nil
}

package dispatch

import (
	"context"
	"slices"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// Past is what orders of the past tell for a replay.
type Past struct {
	Replay Replay
	Orders []Recorded
	Kept   int // accepted by the first one they were given or offered to
}

const (
	unknownWork = 30 * clock.Minute // of an order that has not ended
	week        = 7 * clock.Day
)

// Record reads the orders reported between two moments for a replay, as the program
// itself: what it returns is for measuring, not for people. Rosters are kept for a
// while only, so that duty is that of the same hour and day of the week that begins now.
func (s *Service) Record(ctx context.Context, from, to int64) (*Past, error) {
	ctx = system(ctx)
	out := &Past{Replay: Replay{People: map[string][]Recruit{}, Items: map[string]ItemWants{}}}
	spots := map[string]*Spot{}
	f := workorder.Filter{From: from, To: to}
	for cursor := ""; ; {
		some, next, err := s.Orders.List(ctx, f, 200, cursor)
		if err != nil {
			return nil, err
		}
		for i := range some {
			if err := s.recall(ctx, out, &some[i], spots); err != nil {
				return nil, err
			}
		}
		if cursor = next; next == "" {
			break
		}
	}
	slices.SortStableFunc(out.Orders, func(a, b Recorded) int { return int(a.ReportedAt - b.ReportedAt) })
	out.Replay.OnDuty = s.dutyOf(ctx)
	out.Replay.Midnight = func(at int64) int64 {
		year, month, day := clock.Time(at).In(s.Zone).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, s.Zone).UnixMilli()
	}
	return out, nil
}

// recall adds one order, if somebody accepted it and it was not booked for later.
func (s *Service) recall(ctx context.Context, out *Past, o *workorder.Order, spots map[string]*Spot) error {
	if o.TeamID == "" || o.AcceptedAt == 0 || o.WantedAt > 0 || o.BatchID != "" {
		return nil
	}
	if _, ok := out.Replay.People[o.TeamID]; !ok {
		q, err := s.squad(ctx, o.TeamID)
		if err != nil {
			return err
		}
		out.Replay.Settings, out.Replay.Items = q.settings, q.items
		out.Replay.People[o.TeamID] = []Recruit{}
		for _, m := range q.members {
			out.Replay.People[o.TeamID] = append(out.Replay.People[o.TeamID], Recruit{ID: m.base.PersonID, Name: m.base.Name, Lead: m.base.Lead, Skills: m.base.skills})
		}
	}
	if _, ok := spots[o.PlaceID]; !ok {
		err := s.DB.Read(ctx, func(tx *db.Tx) error {
			found, _, err := s.spots(ctx, tx, someOf(o.PlaceID))
			if spot, ok := found[o.PlaceID]; ok {
				spots[o.PlaceID] = &spot
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	past, err := s.Orders.Timeline(ctx, o.ID)
	if err != nil {
		return err
	}
	r := recordOf(o, past)
	r.Place = spots[o.PlaceID]
	if !r.Refused {
		out.Kept++
	}
	out.Orders = append(out.Orders, r)
	return nil
}

// recordOf reads off a timeline what people did.
func recordOf(o *workorder.Order, past []workorder.Event) Recorded {
	r := Recorded{ID: o.ID, TeamID: o.TeamID, ItemID: o.ItemID, Priority: o.Priority, Tools: o.AidTools, ReportedAt: o.ReportedAt, Work: unknownWork}
	var offered, accepted, begun int64
	given := 0
	for _, e := range past {
		switch e.Kind {
		case workorder.KindDispatch, workorder.KindPool:
			if accepted == 0 {
				offered = e.At
				given++
			}
		case workorder.KindRefuse:
			r.Refused = true
		case workorder.KindAccept, workorder.KindGrab:
			if accepted == 0 {
				accepted, begun = e.At, e.At
				r.Answer, r.Response = e.At-offered, e.At-o.ReportedAt
			}
		case workorder.KindArrive:
			begun = e.At
		}
	}
	r.Refused = r.Refused || given > 1
	if o.FinishedAt > begun && begun > 0 {
		r.Work = o.FinishedAt - begun
		for _, p := range o.Pauses {
			if p.To > p.From && p.From >= begun {
				r.Work -= p.To - p.From
			}
		}
		r.Work = max(r.Work, clock.Minute)
	}
	return r
}

// dutyOf returns who is on duty at a moment of the past, by the week that begins now.
func (s *Service) dutyOf(ctx context.Context) func(string, int64) []string {
	type when struct {
		team string
		hour int64
	}
	known := map[when][]string{}
	now := s.Clock.Now()
	return func(team string, at int64) []string {
		shifted := at + (now-at+week-1)/week*week
		k := when{team, shifted / (30 * clock.Minute)}
		if list, ok := known[k]; ok {
			return list
		}
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { known[k], err = s.Org.OnDuty(ctx, tx, team, shifted); return err })
		if err != nil {
			s.Logger.Warn("who was on duty could not be read", "team", team, "error", err)
		}
		return known[k]
	}
}

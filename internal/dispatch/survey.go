package dispatch

import (
	"cmp"
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// Floors returns the schematic of the hospital, or of a campus when the filter names one,
// with the open orders that the actor may see and the filter selects, and the people whom
// the actor may dispatch.
func (s *Service) Floors(ctx context.Context, f workorder.Filter) (Floors, error) {
	actor := identity.Of(ctx)
	out := Floors{Buildings: []Block{}, Crew: []Seen{}}
	if err := actor.Need(identity.OrderDispatch); err != nil {
		return out, err
	}
	if err := actor.Need(identity.OrgRead); err != nil {
		return out, err
	}
	_, groups, err := s.Orders.Figures(ctx, f, "place")
	if err != nil {
		return out, err
	}
	present, err := s.Org.DutyNow(ctx, org.PresentFilter{})
	if err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		plots, err := s.Org.Plots(ctx, tx, f.CampusID)
		if err != nil {
			return err
		}
		campuses, err := s.Org.CampusNames(ctx, tx)
		if err != nil {
			return err
		}
		d := draw(plots, campuses)
		if out.Crew, err = s.crew(ctx, tx, actor, present); err != nil {
			return err
		}
		if err := s.fill(ctx, tx, d, groups, &out); err != nil {
			return err
		}
		out.Buildings = d.blocksOut()
		return nil
	})
	return out, err
}

// Crew returns the people on duty whom the actor may know of and dispatch, with where they
// were last known to be and what they have in hand.
func (s *Service) Crew(ctx context.Context) (out []Seen, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderDispatch); err != nil {
		return nil, err
	}
	present, err := s.Org.DutyNow(ctx, org.PresentFilter{})
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = s.crew(ctx, tx, actor, present); return err })
	return out, err
}

// fill puts orders and people into their cells.
func (s *Service) fill(ctx context.Context, tx *db.Tx, d *draft, groups []workorder.Group, out *Floors) error {
	var ids []string
	for _, g := range groups {
		ids = append(ids, g.Key)
	}
	for _, p := range out.Crew {
		ids = append(ids, p.PlaceID)
	}
	places, err := s.Org.Places(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if c := d.at(path(places[g.Key].Ancestry)); c != nil {
			c.Figures = c.Plus(g.Figures)
			c.Places = append(c.Places, g.Key)
		} else {
			out.Elsewhere = out.Elsewhere.Plus(g.Figures)
		}
	}
	for i := range out.Crew {
		if c := d.at(path(places[out.Crew[i].PlaceID].Ancestry)); c != nil {
			out.Crew[i].CellID = c.PlaceID
		}
	}
	return nil
}

// crew returns who of those on duty the actor may dispatch where they are.
func (s *Service) crew(ctx context.Context, tx *db.Tx, actor *identity.Actor, present []org.Present) ([]Seen, error) {
	list, err := s.Org.Teams(ctx, tx)
	if err != nil {
		return nil, err
	}
	teams := map[string]org.Team{}
	for _, t := range list {
		teams[t.ID] = t
	}
	all, people := []Seen{}, []string{}
	for _, p := range present {
		if _, ok := teams[p.TeamID]; ok && p.LeftAt == 0 && !slices.Contains(people, p.PersonID) {
			people = append(people, p.PersonID)
			all = append(all, Seen{PersonID: p.PersonID, TeamID: p.TeamID})
		}
	}
	if len(people) == 0 {
		return all, nil
	}
	places, err := s.locateAll(ctx, tx, all, people)
	if err != nil {
		return nil, err
	}
	out := []Seen{}
	for _, p := range all {
		t := teams[p.TeamID]
		k := identity.Keys{Campus: cmp.Or(t.CampusID, places[p.PlaceID].CampusID), Teams: []string{t.ID}, Vendor: t.VendorID}
		if !actor.May(identity.OrderDispatch, k) {
			continue
		}
		person, err := s.People.PersonIn(ctx, tx, p.PersonID)
		if err != nil {
			return nil, err
		}
		p.Name = person.Name
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Seen) int { return cmp.Or(cmp.Compare(a.TeamID, b.TeamID), cmp.Compare(a.Name, b.Name)) })
	return out, nil
}

// locateAll fills in where people are and what they have in hand, and returns the places.
func (s *Service) locateAll(ctx context.Context, tx *db.Tx, all []Seen, people []string) (map[string]org.Place, error) {
	stints, err := s.Orders.WorkOf(ctx, tx, people, s.Clock.Now()-recentDays*clock.Day)
	if err != nil {
		return nil, err
	}
	at, err := s.seenAt(ctx, tx, people, stints)
	if err != nil {
		return nil, err
	}
	inHand := map[string]int64{}
	for _, o := range stints {
		if o.Open && o.Status != workorder.Held {
			inHand[o.PersonID]++
		}
	}
	var ids []string
	for i := range all {
		p := &all[i]
		where := at[p.PersonID]
		p.PlaceID, p.From, p.At, p.Open = where.PlaceID, where.From, where.At, inHand[p.PersonID]
		ids = append(ids, p.PlaceID)
	}
	return s.Org.Places(ctx, tx, ids)
}

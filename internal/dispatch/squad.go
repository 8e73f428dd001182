package dispatch

import (
	"context"
	"slices"
	"time"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

const (
	recentDays = 3              // orders reported before that tell neither of today nor of a place
	placeLife  = 8 * clock.Hour // a place known longer ago says nothing any more
)

// squad is a team with what the candidates of any of its orders have in common.
type squad struct {
	settings Settings
	items    map[string]ItemWants
	team     org.Team
	members  []member
}

// member is a person of the team.
type member struct {
	base      Candidate // what does not depend on the order
	actor     *identity.Actor
	spot      *Spot
	placeID   string
	lastKnown int64
}

// squad reads a team and its people as they stand now.
func (s *Service) squad(ctx context.Context, teamID string) (*squad, error) {
	q := &squad{items: map[string]ItemWants{}}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		saved, err := settings(ctx, tx)
		if err != nil {
			return err
		}
		q.settings = saved.Body
		items, err := itemWants(ctx, tx)
		if err != nil {
			return err
		}
		for _, i := range items {
			q.items[i.ItemID] = i
		}
		if q.team, err = s.Org.Team(ctx, tx, teamID); err != nil {
			return err
		}
		return s.muster(ctx, tx, q)
	})
	if err != nil {
		return nil, err
	}
	for i := range q.members {
		m := &q.members[i]
		if m.actor, err = s.People.ActorOf(ctx, m.base.PersonID); err != nil && !db.IsMissing(err) {
			return nil, err
		}
	}
	return q, nil
}

// muster fills in the people of the squad.
func (s *Service) muster(ctx context.Context, tx *db.Tx, q *squad) error {
	people, err := s.People.TeamMembers(ctx, tx, q.team.ID)
	if err != nil || len(people) == 0 {
		return err
	}
	ids := make([]string, 0, len(people))
	for _, m := range people {
		ids = append(ids, m.ID)
	}
	duty, err := s.Org.OnDuty(ctx, tx, q.team.ID, s.Clock.Now())
	if err != nil {
		return err
	}
	skills, err := s.Org.Skills(ctx, tx, ids)
	if err != nil {
		return err
	}
	carried, err := kits(ctx, tx, ids)
	if err != nil {
		return err
	}
	tags := map[string][]string{}
	for _, k := range carried {
		for _, t := range k.Tags {
			tags[k.PersonID] = append(tags[k.PersonID], fold(t))
		}
	}
	for _, p := range people {
		m := member{base: Candidate{PersonID: p.ID, Name: p.Name, Lead: p.Lead, OnDuty: slices.Contains(duty, p.ID), WalkSeconds: -1,
			tags: tags[p.ID], skills: map[string]int64{}}}
		for _, k := range skills[p.ID] {
			m.base.skills[k.SkillID] = k.Level
		}
		q.members = append(q.members, m)
	}
	stints, err := s.Orders.WorkOf(ctx, tx, ids, s.Clock.Now()-recentDays*clock.Day)
	if err != nil {
		return err
	}
	q.count(stints, s.midnight(), s.Clock.Now())
	where, err := s.Org.Whereabouts(ctx, tx, ids)
	if err != nil {
		return err
	}
	for i := range q.members {
		m := &q.members[i]
		m.placeID, m.base.PlaceFrom = whereNow(m.placeID, m.lastKnown, where[m.base.PersonID], s.Clock.Now())
	}
	return s.locate(ctx, tx, q)
}

// midnight returns the beginning of the hospital's day.
func (s *Service) midnight() int64 {
	year, month, day := clock.Time(s.Clock.Now()).In(s.Zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, s.Zone).UnixMilli()
}

// count adds up what orders tell of the people.
func (q *squad) count(stints []workorder.Stint, midnight, now int64) {
	index := map[string]*member{}
	for i := range q.members {
		index[q.members[i].base.PersonID] = &q.members[i]
	}
	for _, o := range stints {
		m := index[o.PersonID]
		if m == nil {
			continue
		}
		c := &m.base
		if o.Open && o.Status != workorder.Held {
			c.Open++
			c.Load += q.settings.points(q.items, o.ItemID, o.Priority)
			if workorder.Urgent(o.Priority) {
				c.Urgent++
			}
		}
		if o.DispatchedAt >= midnight {
			c.Today++
		}
		if placeID, at := lastVisit(&o, now); at > m.lastKnown {
			m.lastKnown, m.placeID = at, placeID
		}
	}
}

// The ways in which the program knows where somebody is.
const (
	fromVisit   = "visit"
	fromCheckIn = "check_in"
	fromDuty    = "duty"
)

// whereNow returns where somebody is: where the last of visit and check-in was, and where
// nothing tells of either, where the duty is.
func whereNow(visited string, at int64, w org.Whereabouts, now int64) (placeID, from string) {
	switch {
	case w.PlaceID != "" && w.Since > at && w.Since > now-placeLife:
		return w.PlaceID, fromCheckIn
	case visited != "":
		return visited, fromVisit
	case w.DutyAt != "":
		return w.DutyAt, fromDuty
	}
	return "", ""
}

// lastVisit returns where an order's visit leaves its person, and since when; "" when it
// tells nothing: who has finished a visit is still where it was, whatever came after by
// telephone.
func lastVisit(o *workorder.Stint, now int64) (placeID string, at int64) {
	if at := max(o.ArrivedAt, o.FinishedAt); o.ArrivedAt > 0 && o.PlaceID != "" && at > now-placeLife {
		return o.PlaceID, at
	}
	return "", 0
}

// locate turns the last known places of the people into spots.
func (s *Service) locate(ctx context.Context, tx *db.Tx, q *squad) error {
	var ids []string
	for _, m := range q.members {
		if m.placeID != "" {
			ids = append(ids, m.placeID)
		}
	}
	spots, names, err := s.spots(ctx, tx, ids)
	if err != nil {
		return err
	}
	for i := range q.members {
		m := &q.members[i]
		if spot, ok := spots[m.placeID]; ok {
			m.spot, m.base.PlaceName = &spot, names[m.placeID]
		} else {
			m.base.PlaceFrom = ""
		}
	}
	return nil
}

// Way returns how many seconds the way from one place to another takes; ok is false when
// either is unknown.
func (s *Service) Way(ctx context.Context, tx *db.Tx, from, to string) (seconds int64, ok bool, err error) {
	v, err := settings(ctx, tx)
	if err != nil {
		return 0, false, err
	}
	spots, _, err := s.spots(ctx, tx, []string{from, to})
	if err != nil {
		return 0, false, err
	}
	a, knowA := spots[from]
	b, knowB := spots[to]
	if !knowA || !knowB {
		return 0, false, nil
	}
	return v.Body.Travel.Seconds(a, b), true, nil
}

// spots reads places with those around them; unknown ones are left out.
func (s *Service) spots(ctx context.Context, tx *db.Tx, ids []string) (map[string]Spot, map[string]string, error) {
	out, names := map[string]Spot{}, map[string]string{}
	if len(ids) == 0 {
		return out, names, nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	places, err := s.Org.Places(ctx, tx, ids)
	if err != nil {
		return nil, nil, err
	}
	var above []string
	for _, p := range places {
		for _, id := range around(p) {
			if id != p.ID && !slices.Contains(above, id) {
				above = append(above, id)
			}
		}
	}
	holders := map[string]org.Place{}
	if len(above) > 0 {
		if holders, err = s.Org.Places(ctx, tx, above); err != nil {
			return nil, nil, err
		}
	}
	for id, p := range places {
		out[id], names[id] = spotOf(p, holders), p.FullName
	}
	return out, names, nil
}

// needs are what one order asks of the people of a team.
type needs struct {
	order  *workorder.Order
	want   want
	vendor string
	spot   *Spot
	past   []workorder.Event
	keys   identity.Keys // of the order in the hands of the team
	points int64
}

// needsOf reads what an order asks; past is whether people had it before.
func (s *Service) needsOf(ctx context.Context, q *squad, o *workorder.Order) (needs, error) {
	n := needs{order: o, want: want{tools: o.AidTools}, keys: o.Keys(), points: q.settings.points(q.items, o.ItemID, o.Priority)}
	n.keys.Teams, n.keys.Vendor, n.keys.People = []string{q.team.ID}, q.team.VendorID, nil
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		if wants := q.items[o.ItemID].Skills; len(wants) > 0 {
			var ids []string
			for _, w := range wants {
				ids = append(ids, w.SkillID)
			}
			names, err := s.Org.Names(ctx, tx, org.Wanted{Skills: ids})
			if err != nil {
				return err
			}
			for _, w := range wants {
				if name, ok := names.Skills[w.SkillID]; ok { // a skill that was removed is wanted of nobody
					n.want.skills = append(n.want.skills, wantedSkill{w.SkillID, name, w.Level})
				}
			}
		}
		spots, _, err := s.spots(ctx, tx, someOf(o.PlaceID))
		if spot, ok := spots[o.PlaceID]; ok {
			n.spot = &spot
		}
		if err != nil || o.AssetID == "" || s.VendorOf == nil {
			return err
		}
		n.vendor, err = s.VendorOf(ctx, tx, o.AssetID)
		return err
	})
	if n.vendor == "" {
		n.vendor = o.VendorID
	}
	if err != nil || o.DispatchedAt == 0 && o.Refusals == 0 {
		return n, err
	}
	n.past, err = s.Orders.Timeline(ctx, o.ID)
	return n, err
}

func someOf(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// candidates returns the people of the squad for one order, the best first.
func (q *squad) candidates(n needs) []Candidate {
	out := make([]Candidate, 0, len(q.members))
	for i := range q.members {
		m := &q.members[i]
		c := m.base
		c.Able = m.actor != nil && m.actor.May(identity.OrderRead, n.keys) && m.actor.May(identity.OrderWork, n.keys)
		c.vendor = n.vendor != "" && m.actor != nil && m.actor.Vendor == n.vendor
		if m.spot != nil && n.spot != nil {
			c.WalkSeconds = q.settings.Travel.Seconds(*m.spot, *n.spot)
		}
		for _, e := range n.past {
			c.Had = c.Had || e.Facts.AssigneeID == c.PersonID
			c.Refused = c.Refused || e.Kind == workorder.KindRefuse && e.ActorID == c.PersonID
		}
		out = append(out, c)
	}
	rank(out, n.want, q.settings.Weights)
	return out
}

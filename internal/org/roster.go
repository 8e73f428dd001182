package org

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// maxSpan is how much of a roster is asked for at once.
const maxSpan = 62 * clock.Day

// OnDuty returns the people who are on duty for a team at a moment (Unix
// milliseconds), for other domains, inside their transaction. Who is on leave or has
// checked out is not; who is on call is only while nobody else is. A team without any
// duty has all its members on duty who are not on leave.
func (s *Service) OnDuty(ctx context.Context, tx *db.Tx, teamID string, at int64) ([]string, error) {
	kept, err := hasRoster(ctx, tx, teamID)
	if err != nil {
		return nil, err
	}
	if kept {
		return hereOnDuty(ctx, tx, teamID, at)
	}
	if s.deps.Members == nil {
		return nil, nil
	}
	members, err := s.deps.Members(ctx, tx, teamID)
	if err != nil {
		return nil, err
	}
	away, err := awayAt(ctx, tx, members, at)
	return slices.DeleteFunc(members, func(personID string) bool { return away[personID] }), err
}

// TeamOnDuty is OnDuty now, for who may see the directory.
func (s *Service) TeamOnDuty(ctx context.Context, teamID string) (people []string, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := s.Team(ctx, tx, teamID); err != nil {
			return err
		}
		people, err = s.OnDuty(ctx, tx, teamID, s.now())
		return err
	})
	return people, err
}

// Duties returns the duties of a team that touch a span of at most 62 days.
func (s *Service) Duties(ctx context.Context, teamID string, from, to int64) (out []Duty, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	if to <= from || to-from > maxSpan {
		return nil, fault.Field("to", "bad_value")
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = dutiesOf(ctx, tx, teamID, from, to); return err })
	return out, err
}

// rosterOf checks that the actor may change a team's roster: who may edit the
// team, and who leads it.
func (s *Service) rosterOf(ctx context.Context, tx *db.Tx, actor *identity.Actor, teamID string) error {
	t, err := s.Team(ctx, tx, teamID)
	if err != nil {
		return err
	}
	if !slices.Contains(actor.Leads, teamID) && !actor.May(identity.OrgWrite, t.keys()) {
		return fault.Denied()
	}
	return nil
}

// AddDuties enters duties of a team, all or none. Nobody is on duty for one team
// twice at the same moment.
func (s *Service) AddDuties(ctx context.Context, teamID string, in []DutyInput) (out []Duty, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	actor := identity.Of(ctx)
	in = slices.Clone(in)
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.rosterOf(ctx, tx, actor, teamID); err != nil {
			return err
		}
		if err := cleanDuties(in); err != nil {
			return err
		}
		if err := s.freeForDuty(ctx, tx, teamID, in); err != nil {
			return err
		}
		if err := namedByDuties(ctx, tx, teamID, in); err != nil {
			return err
		}
		out = make([]Duty, 0, len(in))
		for _, d := range in {
			out = append(out, Duty{ID: id.New(), TeamID: teamID, PersonID: d.PersonID, Kind: d.Kind, ShiftID: d.ShiftID, PlaceID: d.PlaceID,
				StartAt: d.StartAt, EndAt: d.EndAt, CreatedAt: s.now()})
		}
		if err := db.InsertMany(ctx, tx, string(KindDuty), out); err != nil {
			return err
		}
		return s.record(ctx, tx, "add_duties", KindTeam, teamID, map[string]any{"count": len(out)})
	})
	return out, err
}

// freeForDuty checks that the people exist and have no other duty then. The team's
// row is locked, so that two entries at once cannot both find the time free.
func (s *Service) freeForDuty(ctx context.Context, tx *db.Tx, teamID string, in []DutyInput) error {
	if err := lockTeam(ctx, tx, teamID); err != nil {
		return err
	}
	var people []string
	from, to := in[0].StartAt, in[0].EndAt
	for _, d := range in {
		people = append(people, d.PersonID)
		from, to = min(from, d.StartAt), max(to, d.EndAt)
	}
	b := newBook(s.now(), nil)
	if err := s.loadStaff(ctx, tx, b, people...); err != nil {
		return err
	}
	there, err := dutiesOf(ctx, tx, teamID, from, to)
	if err != nil {
		return err
	}
	var c check
	for _, d := range in {
		b.person(&c, "personId", d.PersonID, "")
		if slices.ContainsFunc(there, func(o Duty) bool {
			return o.PersonID == d.PersonID && o.StartAt < d.EndAt && d.StartAt < o.EndAt
		}) {
			c.Add("startAt", "org.duty_overlap")
		}
	}
	return c.Err()
}

// namedByDuties checks that the shifts are the team's and that the places are there.
func namedByDuties(ctx context.Context, tx *db.Tx, teamID string, in []DutyInput) error {
	shifts, err := shiftsByID(ctx, tx, teamID)
	if err != nil {
		return err
	}
	var c check
	var places []string
	for _, d := range in {
		if _, ok := shifts[d.ShiftID]; d.ShiftID != "" && !ok {
			c.Add("shiftId", "unknown_reference")
		}
		places = append(places, d.PlaceID)
	}
	if err := placesThere(ctx, tx, &c, places...); err != nil {
		return err
	}
	return c.Err()
}

// RemoveDuty takes a duty back. A rotation will not make it again.
func (s *Service) RemoveDuty(ctx context.Context, dutyID string) error {
	if err := see(ctx); err != nil {
		return err
	}
	actor := identity.Of(ctx)
	return s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		d, err := dutyByID(ctx, tx, dutyID)
		if err != nil {
			return err
		}
		if err := s.rosterOf(ctx, tx, actor, d.TeamID); err != nil {
			return err
		}
		if err := removeDuty(ctx, tx, dutyID, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "remove_duty", KindTeam, d.TeamID, map[string]any{"personId": d.PersonID, "startAt": d.StartAt, "endAt": d.EndAt})
	})
}

// Skills returns the skills of people by person, for other domains.
func (s *Service) Skills(ctx context.Context, tx *db.Tx, personIDs []string) (map[string][]PersonSkill, error) {
	return skillsOf(ctx, tx, personIDs)
}

// PersonSkills returns the skills of one person to who may see the directory and
// knows of the person.
func (s *Service) PersonSkills(ctx context.Context, personID string) (out []PersonSkill, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		if s.deps.MayName != nil {
			ok, err := s.deps.MayName(ctx, tx, personID)
			if err != nil {
				return err
			}
			if !ok {
				return fault.Missing()
			}
		}
		all, err := skillsOf(ctx, tx, []string{personID})
		out = append([]PersonSkill{}, all[personID]...)
		return err
	})
	return out, err
}

// SetPersonSkills replaces the skills of a person. It needs org.write in the whole
// hospital: to whom a person belongs is not known here.
func (s *Service) SetPersonSkills(ctx context.Context, personID string, skills []PersonSkill) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrgWrite); err != nil {
		return err
	}
	if !actor.Scope(identity.OrgWrite).All() {
		return fault.Denied()
	}
	if err := cleanSkills(skills); err != nil {
		return err
	}
	return s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		b := newBook(s.now(), nil)
		if err := s.loadStaff(ctx, tx, b, personID); err != nil {
			return err
		}
		var c check
		b.person(&c, "personId", personID, "")
		ids := make([]string, 0, len(skills))
		for _, k := range skills {
			ids = append(ids, k.SkillID)
		}
		known, err := byIDs[Skill](ctx, tx, KindSkill, ids)
		if err != nil {
			return err
		}
		b.skills.load(known)
		for _, k := range skills {
			if b.skills.get(k.SkillID) == nil {
				c.Add("skills", "unknown_reference")
			}
		}
		if err := c.Err(); err != nil {
			return err
		}
		if err := replaceSkills(ctx, tx, personID, skills); err != nil {
			return err
		}
		return s.deps.Trail.Record(ctx, tx, actor.Who(), "org.person.skills", "person", personID, map[string]any{"skills": skills})
	})
}

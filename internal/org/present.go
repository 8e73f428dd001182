package org

import (
	"context"
	"maps"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// MyDuty returns what the actor's phone shows: whether they are checked in, the duty
// that runs and the next ones.
func (s *Service) MyDuty(ctx context.Context) (out MyDuty, err error) {
	me, err := myself(ctx)
	if err != nil {
		return out, err
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = s.dutyOf(ctx, tx, me); return err })
	return out, err
}

// myself returns who acts; attendance is for people only.
func myself(ctx context.Context) (string, error) {
	actor := identity.Of(ctx)
	if !actor.SignedIn() {
		return "", fault.New(fault.Unauthorized, "unauthorized")
	}
	return actor.PersonID, nil
}

func (s *Service) dutyOf(ctx context.Context, tx *db.Tx, personID string) (out MyDuty, err error) {
	now := s.now()
	list, err := dutiesOfPerson(ctx, tx, personID, now, now+7*clock.Day)
	if err != nil {
		return out, err
	}
	if d := current(list, now); d != nil {
		one := *d
		out.Now = &one
	}
	out.Next = slices.DeleteFunc(append([]Duty{}, list...), func(d Duty) bool { return out.Now != nil && d.ID == out.Now.ID })
	out.Here, err = here(ctx, tx, personID)
	return out, err
}

// here returns the open attendance of a person, nil when there is none.
func here(ctx context.Context, tx *db.Tx, personID string) (*Attendance, error) {
	a, err := openAttendance(ctx, tx, personID)
	if db.IsMissing(err) {
		return nil, nil
	}
	return &a, err
}

// CheckIn says that the actor is here, and where if a place is given. Once more moves
// the person to the other place, and to the duty that runs by then.
func (s *Service) CheckIn(ctx context.Context, placeID string) (out MyDuty, err error) {
	me, err := myself(ctx)
	if err != nil {
		return out, err
	}
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		var c check
		if err := placesThere(ctx, tx, &c, placeID); err != nil {
			return err
		}
		if err := c.Err(); err != nil {
			return err
		}
		if out, err = s.dutyOf(ctx, tx, me); err != nil {
			return err
		}
		dutyID, teamID := "", ""
		if out.Now != nil {
			dutyID, teamID = out.Now.ID, out.Now.TeamID
			if err := comeBack(ctx, tx, dutyID); err != nil {
				return err
			}
			out.Now.LeftAt = 0
		}
		at := out.Here
		switch {
		case at == nil:
			at = &Attendance{ID: id.New(), PersonID: me, DutyID: dutyID, PlaceID: placeID, InAt: s.now()}
			err = db.Insert(ctx, tx, attendanceTable, at)
		case at.DutyID == dutyID && (placeID == "" || at.PlaceID == placeID):
			return nil
		default:
			if placeID != "" {
				at.PlaceID = placeID
			}
			at.DutyID = dutyID
			_, err = db.Update(ctx, tx, attendanceTable, at)
		}
		if err != nil {
			return err
		}
		out.Here = at
		return s.attended(ctx, tx, "check_in", teamID, at)
	})
	return out, err
}

// CheckOut says that the actor goes. Before the end of the duty it ends being on duty.
func (s *Service) CheckOut(ctx context.Context) (out MyDuty, err error) {
	me, err := myself(ctx)
	if err != nil {
		return out, err
	}
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		if out, err = s.dutyOf(ctx, tx, me); err != nil || out.Here == nil {
			return err
		}
		at := out.Here
		at.OutAt = s.now()
		if _, err := db.Update(ctx, tx, attendanceTable, at); err != nil {
			return err
		}
		teamID := ""
		if d := out.Now; d != nil && d.ID == at.DutyID {
			teamID = d.TeamID
			if d.StartAt <= at.OutAt {
				d.LeftAt = at.OutAt
				if err := goneFrom(ctx, tx, d.ID, at.OutAt); err != nil {
					return err
				}
			}
		}
		out.Here = nil
		return s.attended(ctx, tx, "check_out", teamID, at)
	})
	return out, err
}

// attended records a coming or going and tells the team's clients.
func (s *Service) attended(ctx context.Context, tx *db.Tx, act, teamID string, a *Attendance) error {
	detail := map[string]any{"dutyId": a.DutyID, "placeId": a.PlaceID}
	if err := s.deps.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "org.person."+act, string(KindPerson), a.PersonID, detail); err != nil {
		return err
	}
	if teamID == "" || s.deps.Changed == nil {
		return nil
	}
	return s.deps.Changed(ctx, tx, KindTeam, teamID)
}

// PresentFilter narrows DutyNow.
type PresentFilter struct {
	TeamID  string
	SkillID string
}

// DutyNow returns who is on duty in this moment, with where and with which skills: of
// the teams in which the actor may see the directory or works, and of their people
// those the actor may know of. Who is on leave is left out; who has checked out before
// the end is told as gone.
func (s *Service) DutyNow(ctx context.Context, f PresentFilter) (out []Present, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	actor := identity.Of(ctx)
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		out = []Present{}
		teams, err := activeTeams(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range teams {
			if f.TeamID != "" && f.TeamID != t.ID || !actor.May(identity.OrgRead, t.keys()) && !slices.Contains(actor.Teams, t.ID) {
				continue
			}
			list, err := s.presentIn(ctx, tx, t.ID)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		if out, err = s.nameable(ctx, tx, out); err != nil {
			return err
		}
		return furnish(ctx, tx, out)
	})
	if f.SkillID != "" {
		out = slices.DeleteFunc(out, func(p Present) bool {
			return !slices.ContainsFunc(p.Skills, func(k PersonSkill) bool { return k.SkillID == f.SkillID })
		})
	}
	return out, err
}

// presentIn returns who of a team is on duty by its roster, or all its members when it
// has none.
func (s *Service) presentIn(ctx context.Context, tx *db.Tx, teamID string) (out []Present, err error) {
	now := s.now()
	list, err := runningDuties(ctx, tx, teamID, now)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		out = append(out, Present{PersonID: d.PersonID, TeamID: teamID, DutyID: d.ID, Kind: d.Kind, ShiftID: d.ShiftID, StartAt: d.StartAt, EndAt: d.EndAt,
			PlaceID: d.PlaceID, LeftAt: d.LeftAt})
	}
	if len(list) > 0 {
		return out, nil
	}
	people, err := s.OnDuty(ctx, tx, teamID, now)
	for _, personID := range people {
		out = append(out, Present{PersonID: personID, TeamID: teamID, Kind: NormalDuty})
	}
	return out, err
}

// nameable leaves out whom the actor may not know of.
func (s *Service) nameable(ctx context.Context, tx *db.Tx, list []Present) ([]Present, error) {
	if s.deps.MayName == nil {
		return list, nil
	}
	may := map[string]bool{}
	for _, p := range list {
		if _, asked := may[p.PersonID]; asked {
			continue
		}
		ok, err := s.deps.MayName(ctx, tx, p.PersonID)
		if err != nil {
			return nil, err
		}
		may[p.PersonID] = ok
	}
	return slices.DeleteFunc(list, func(p Present) bool { return !may[p.PersonID] }), nil
}

// furnish adds shifts, skills and whether and where each is checked in.
func furnish(ctx context.Context, tx *db.Tx, list []Present) error {
	people, shifts := make([]string, 0, len(list)), make([]string, 0, len(list))
	for _, p := range list {
		people, shifts = append(people, p.PersonID), append(shifts, p.ShiftID)
	}
	skills, err := skillsOf(ctx, tx, people)
	if err != nil {
		return err
	}
	names, err := namesOf(ctx, tx, kindShift, "name", shifts)
	if err != nil {
		return err
	}
	in, err := openAttendances(ctx, tx, people)
	if err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		p.Skills, p.Shift = append([]PersonSkill{}, skills[p.PersonID]...), names[p.ShiftID]
		if a, ok := in[p.PersonID]; ok {
			p.InAt = a.InAt
			if a.PlaceID != "" {
				p.PlaceID = a.PlaceID
			}
		}
	}
	return nil
}

// Openings returns the hours of a service point.
func (s *Service) Openings(ctx context.Context, placeID string) (out []Opening, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := one[Place](ctx, tx, KindPlace, placeID); err != nil {
			return err
		}
		out, err = openingsOf(ctx, tx, placeID)
		return err
	})
	return out, err
}

// SetOpenings replaces the hours of a service point.
func (s *Service) SetOpenings(ctx context.Context, placeID string, hours []Opening) error {
	hours = slices.Clone(hours)
	return s.change(ctx, func(tx *db.Tx, b *book) error {
		p, err := one[Place](ctx, tx, KindPlace, placeID)
		if err != nil {
			return err
		}
		if err := b.may(p.keys()); err != nil {
			return err
		}
		if p.Kind != Point {
			return fault.Field("hours", "org.not_a_point")
		}
		if err := cleanOpenings(hours); err != nil {
			return err
		}
		if err := replaceOpenings(ctx, tx, placeID, hours); err != nil {
			return err
		}
		return s.record(ctx, tx, "opening", KindPlace, placeID, map[string]any{"hours": hours})
	})
}

// PointNow is a service point with who stands there.
type PointNow struct {
	PlaceID string   `json:"placeId"`
	Open    bool     `json:"open"`
	People  []string `json:"people" doc:"Ids of who has peak duty there now, or has checked in there"`
}

// PointsNow returns the service points that have hours, whether they are open now, and
// who of those DutyNow tells the actor about is there.
func (s *Service) PointsNow(ctx context.Context) (out []PointNow, err error) {
	present, err := s.DutyNow(ctx, PresentFilter{})
	if err != nil {
		return nil, err
	}
	today := dayOf(s.now(), s.zone())
	weekday, minute := int64(today.date().Weekday()+6)%7+1, clockMinute(s.now(), s.zone())
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		out = []PointNow{}
		all, err := allOpenings(ctx, tx)
		if err != nil {
			return err
		}
		for _, placeID := range slices.Sorted(maps.Keys(all)) {
			p := PointNow{PlaceID: placeID, Open: openAt(all[placeID], weekday, minute), People: []string{}}
			for _, who := range present {
				if who.PlaceID == placeID && who.LeftAt == 0 && !slices.Contains(p.People, who.PersonID) {
					p.People = append(p.People, who.PersonID)
				}
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// Ended is a duty that is over, for those who hand its work over.
type Ended struct {
	DutyID, TeamID, PersonID string
	At                       int64 // when it ended
	Follows                  bool  // another duty of the person runs or begins within the hour
}

// EndedDuties returns the duties that have ended within the last day and have not been
// handed over, for other domains, inside their transaction.
func (s *Service) EndedDuties(ctx context.Context, tx *db.Tx, limit int) ([]Ended, error) {
	now := s.now()
	list, err := endedDuties(ctx, tx, now, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Ended, 0, len(list))
	for _, d := range list {
		next, err := dutiesOfPerson(ctx, tx, d.PersonID, now, now+clock.Hour)
		if err != nil {
			return nil, err
		}
		e := Ended{DutyID: d.ID, TeamID: d.TeamID, PersonID: d.PersonID, At: d.EndAt}
		if d.LeftAt > 0 {
			e.At = min(d.LeftAt, d.EndAt)
		}
		e.Follows = slices.ContainsFunc(next, func(o Duty) bool { return o.ID != d.ID && o.LeftAt == 0 })
		out = append(out, e)
	}
	return out, nil
}

// HandedOver marks a duty's work as handed over, and tells whether that is so by this
// very call: of several replicas that try, one gets true.
func (s *Service) HandedOver(ctx context.Context, tx *db.Tx, dutyID string) (bool, error) {
	return markHanded(ctx, tx, dutyID, s.now())
}

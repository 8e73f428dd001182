package org

import (
	"context"
	"maps"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Shifts returns the shifts of a team, active or not, to who may see the directory.
func (s *Service) Shifts(ctx context.Context, teamID string) (out []Shift, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := s.Team(ctx, tx, teamID); err != nil {
			return err
		}
		out, err = shiftsOf(ctx, tx, teamID)
		return err
	})
	return out, err
}

// SaveShift adds a shift to a team, or changes the shift with the id. Duties entered
// before keep their hours.
func (s *Service) SaveShift(ctx context.Context, teamID, shiftID string, in ShiftInput) (out Shift, err error) {
	if err := see(ctx); err != nil {
		return out, err
	}
	actor := identity.Of(ctx)
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		now := s.now()
		out = Shift{ID: id.New(), TeamID: teamID, Active: true, CreatedAt: now}
		if shiftID != "" {
			if out, err = one[Shift](ctx, tx, kindShift, shiftID); err != nil {
				return err
			}
		}
		if err := s.rosterOf(ctx, tx, actor, out.TeamID); err != nil {
			return err
		}
		if err := lockTeam(ctx, tx, out.TeamID); err != nil {
			return err
		}
		there, err := shiftsOf(ctx, tx, out.TeamID)
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(there, func(o Shift) bool { return o.ID == out.ID }); at >= 0 {
			out = there[at]
		}
		if in.Version != out.Version {
			return fault.New(fault.Conflict, "conflict")
		}
		if err := s.cleanShift(ctx, tx, there, out, &in); err != nil {
			return err
		}
		out.Name, out.Tone, out.Kind, out.PlaceID, out.Intervals = in.Name, in.Tone, in.Kind, in.PlaceID, in.Intervals
		if in.Active != nil {
			out.Active = *in.Active
		}
		out.Version++
		out.UpdatedAt = now
		if shiftID == "" {
			err = db.Insert(ctx, tx, string(kindShift), &out)
		} else {
			_, err = db.Update(ctx, tx, string(kindShift), &out)
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, "save_shift", KindTeam, out.TeamID, map[string]any{"shift": out.Name, "intervals": out.Intervals, "active": out.Active})
	})
	return out, err
}

func (s *Service) cleanShift(ctx context.Context, tx *db.Tx, there []Shift, was Shift, in *ShiftInput) error {
	if err := in.clean(); err != nil {
		return err
	}
	var c check
	if slices.ContainsFunc(there, func(o Shift) bool { return o.ID != was.ID && o.Name == in.Name }) {
		c.Add("name", "org.name_taken")
	}
	if was.Version == 0 && len(there) >= maxShifts {
		c.Add("name", "too_many_items", "max", maxShifts)
	}
	if in.PlaceID != was.PlaceID {
		if err := placesThere(ctx, tx, &c, in.PlaceID); err != nil {
			return err
		}
	}
	return c.Err()
}

// placesThere adds a fault unless all the places exist and are active; empty ids are no
// places.
func placesThere(ctx context.Context, tx *db.Tx, c *check, placeIDs ...string) error {
	list, err := byIDs[Place](ctx, tx, KindPlace, placeIDs)
	if err != nil {
		return err
	}
	for _, placeID := range placeIDs {
		if placeID != "" && !slices.ContainsFunc(list, func(p Place) bool { return p.ID == placeID && p.Active }) {
			c.Add("placeId", "unknown_reference")
		}
	}
	return nil
}

// Rotations returns the rotations of a team to who may see the directory.
func (s *Service) Rotations(ctx context.Context, teamID string) (out []Rotation, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := s.Team(ctx, tx, teamID); err != nil {
			return err
		}
		out, err = rotationsOf(ctx, tx, teamID)
		return err
	})
	return out, err
}

// SaveRotation adds a rotation to a team, or changes the rotation with the id. The
// duties it has made stay.
func (s *Service) SaveRotation(ctx context.Context, teamID, rotationID string, in RotationInput) (out Rotation, err error) {
	if err := see(ctx); err != nil {
		return out, err
	}
	actor := identity.Of(ctx)
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		now := s.now()
		out = Rotation{ID: id.New(), TeamID: teamID, CreatedAt: now}
		if rotationID != "" {
			if out, err = one[Rotation](ctx, tx, kindRotation, rotationID); err != nil {
				return err
			}
		}
		if err := s.rosterOf(ctx, tx, actor, out.TeamID); err != nil {
			return err
		}
		if err := lockTeam(ctx, tx, out.TeamID); err != nil {
			return err
		}
		there, err := rotationsOf(ctx, tx, out.TeamID)
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(there, func(o Rotation) bool { return o.ID == out.ID }); at >= 0 {
			out = there[at]
		}
		if in.Version != out.Version {
			return fault.New(fault.Conflict, "conflict")
		}
		if err := s.cleanRotation(ctx, tx, there, out, &in); err != nil {
			return err
		}
		out.Name, out.FirstDay, out.Cycle, out.Members = in.Name, in.FirstDay, in.Cycle, in.Members
		out.Version++
		out.UpdatedAt = now
		if rotationID == "" {
			err = db.Insert(ctx, tx, string(kindRotation), &out)
		} else {
			_, err = db.Update(ctx, tx, string(kindRotation), &out)
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, "save_rotation", KindTeam, out.TeamID, map[string]any{"rotation": out.Name, "days": len(out.Cycle), "people": len(out.Members)})
	})
	return out, err
}

func (s *Service) cleanRotation(ctx context.Context, tx *db.Tx, there []Rotation, was Rotation, in *RotationInput) error {
	if err := in.clean(); err != nil {
		return err
	}
	var c check
	if slices.ContainsFunc(there, func(o Rotation) bool { return o.ID != was.ID && o.Name == in.Name }) {
		c.Add("name", "org.name_taken")
	}
	if was.Version == 0 && len(there) >= maxShifts {
		c.Add("name", "too_many_items", "max", maxShifts)
	}
	shifts, err := shiftsByID(ctx, tx, was.TeamID)
	if err != nil {
		return err
	}
	for _, shiftID := range in.Cycle {
		if _, ok := shifts[shiftID]; shiftID != "" && !ok {
			c.Add("cycle", "unknown_reference")
		}
	}
	people := make([]string, 0, len(in.Members))
	for _, m := range in.Members {
		people = append(people, m.PersonID)
	}
	b := newBook(s.now(), nil)
	if err := s.loadStaff(ctx, tx, b, people...); err != nil {
		return err
	}
	for _, personID := range people {
		b.person(&c, "members", personID, "")
	}
	return c.Err()
}

func shiftsByID(ctx context.Context, tx *db.Tx, teamID string) (map[string]Shift, error) {
	list, err := shiftsOf(ctx, tx, teamID)
	out := make(map[string]Shift, len(list))
	for _, one := range list {
		out[one.ID] = one
	}
	return out, err
}

// RemoveRotation deletes a rotation; the duties it has made stay.
func (s *Service) RemoveRotation(ctx context.Context, rotationID string) error {
	if err := see(ctx); err != nil {
		return err
	}
	actor := identity.Of(ctx)
	return s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := one[Rotation](ctx, tx, kindRotation, rotationID)
		if err != nil {
			return err
		}
		if err := s.rosterOf(ctx, tx, actor, r.TeamID); err != nil {
			return err
		}
		if err := deleteRow(ctx, tx, kindRotation, rotationID); err != nil {
			return err
		}
		return s.record(ctx, tx, "remove_rotation", KindTeam, r.TeamID, map[string]any{"rotation": r.Name})
	})
}

// FillInput says which part of a roster a rotation shall fill.
type FillInput struct {
	From  string `json:"from" minLength:"10" maxLength:"10" doc:"First day, YYYY-MM-DD"`
	To    string `json:"to" minLength:"10" maxLength:"10" doc:"Last day; at most 62 days in all"`
	Renew bool   `json:"renew,omitempty" doc:"First take back what the rotation has made for times to come and nobody has changed"`
}

// Filled says what became of the stretches of a rotation.
type Filled struct {
	Added   int `json:"added"`
	Kept    int `json:"kept" doc:"There already, or taken back by hand"`
	Blocked int `json:"blocked" doc:"Their person has another duty then"`
	Renewed int `json:"renewed" doc:"Taken back first"`
}

// FillRoster makes the duties of a rotation for a span of days. What is there already is
// left, what was entered or taken back by hand wins, and filling again changes nothing.
func (s *Service) FillRoster(ctx context.Context, rotationID string, in FillInput) (out Filled, err error) {
	if err := see(ctx); err != nil {
		return out, err
	}
	actor := identity.Of(ctx)
	from, okFrom := parseDay(in.From)
	to, okTo := parseDay(in.To)
	to++
	var c check
	if !okFrom {
		c.Add("from", "bad_format")
	}
	if !okTo || to <= from || to-from > maxCycle {
		c.Add("to", "org.fill_span", "max", maxCycle)
	}
	if err := c.Err(); err != nil {
		return out, err
	}
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		out = Filled{}
		r, err := one[Rotation](ctx, tx, kindRotation, rotationID)
		if err != nil {
			return err
		}
		if err := s.rosterOf(ctx, tx, actor, r.TeamID); err != nil {
			return err
		}
		if err := lockTeam(ctx, tx, r.TeamID); err != nil {
			return err
		}
		start, end := from.at(0, s.zone()), to.at(0, s.zone())
		if in.Renew {
			n, err := dropUnchanged(ctx, tx, r.ID, max(start, s.now()), end)
			if err != nil {
				return err
			}
			out.Renewed = int(n)
		}
		fresh, err := s.fitting(ctx, tx, &r, from, to, &out)
		if err != nil || len(fresh) == 0 && out.Renewed == 0 {
			return err
		}
		if err := db.InsertMany(ctx, tx, string(KindDuty), fresh); err != nil {
			return err
		}
		return s.record(ctx, tx, "fill", KindTeam, r.TeamID, map[string]any{"rotation": r.Name, "from": in.From, "to": in.To, "count": len(fresh), "renewed": out.Renewed})
	})
	return out, err
}

// fitting returns the stretches of a rotation that are not there yet and in whose time
// their person is free, and counts the others.
func (s *Service) fitting(ctx context.Context, tx *db.Tx, r *Rotation, from, to day, out *Filled) ([]Duty, error) {
	shifts, err := shiftsByID(ctx, tx, r.TeamID)
	if err != nil {
		return nil, err
	}
	there, err := allDutiesOf(ctx, tx, r.TeamID, from.at(0, s.zone()), to.at(dayMinutes, s.zone()))
	if err != nil {
		return nil, err
	}
	slots, busy := map[string]bool{}, map[string][]Duty{}
	for _, d := range there {
		slots[d.Slot] = true
		if d.RemovedAt == 0 {
			busy[d.PersonID] = append(busy[d.PersonID], d)
		}
	}
	people := map[string]bool{}
	for _, m := range r.Members {
		people[m.PersonID] = true
	}
	b := newBook(s.now(), nil)
	if err := s.loadStaff(ctx, tx, b, slices.Sorted(maps.Keys(people))...); err != nil {
		return nil, err
	}
	var fresh []Duty
	for _, d := range r.plan(shifts, from, to, s.zone()) {
		_, employed := b.staff[d.PersonID]
		switch {
		case slots[d.Slot]:
			out.Kept++
		case b.staff != nil && !employed, slices.ContainsFunc(busy[d.PersonID], func(o Duty) bool { return o.over(d.StartAt, d.EndAt) }):
			out.Blocked++
		default:
			d.ID, d.CreatedAt = id.New(), s.now()
			busy[d.PersonID] = append(busy[d.PersonID], d)
			fresh = append(fresh, d)
			out.Added++
		}
	}
	return fresh, nil
}

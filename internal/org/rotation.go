package org

import (
	"fmt"
	"time"
)

// Rotation says which shifts the people of a team work on the days of a cycle that
// comes again and again.
type Rotation struct {
	ID        string     `db:"id" json:"id"`
	TeamID    string     `db:"team_id" json:"teamId"`
	Name      string     `db:"name" json:"name"`
	FirstDay  string     `db:"first_day" json:"firstDay" doc:"A day, YYYY-MM-DD, on which the cycle begins"`
	Cycle     []string   `db:"cycle,json" json:"cycle" doc:"Ids of shifts, one for each day; empty is a day off"`
	Members   []Rotating `db:"members,json" json:"members"`
	Version   int64      `db:"version" json:"version"`
	CreatedAt int64      `db:"created_at" json:"createdAt"`
	UpdatedAt int64      `db:"updated_at" json:"updatedAt"`
}

// Rotating is one person of a rotation.
type Rotating struct {
	PersonID string `json:"personId" minLength:"1" maxLength:"64"`
	Offset   int64  `json:"offset,omitempty" minimum:"0" maximum:"61" doc:"Days by which the person is ahead in the cycle"`
}

// RotationInput is what may be said about a rotation.
type RotationInput struct {
	Version  int64      `json:"version,omitempty" doc:"Version the caller saw; absent for a new one"`
	Name     string     `json:"name" minLength:"1" maxLength:"60" doc:"Unique within the team"`
	FirstDay string     `json:"firstDay" minLength:"10" maxLength:"10" doc:"YYYY-MM-DD"`
	Cycle    []string   `json:"cycle" minItems:"1" maxItems:"62"`
	Members  []Rotating `json:"members" minItems:"1" maxItems:"100"`
}

const (
	maxCycle    = 62
	maxRotating = 100
)

func (in *RotationInput) clean() error {
	var c check
	c.name(&in.Name)
	if _, ok := parseDay(in.FirstDay); !ok {
		c.Add("firstDay", "bad_format")
	}
	if len(in.Cycle) == 0 {
		c.Add("cycle", "too_few", "min", 1)
	}
	if len(in.Cycle) > maxCycle {
		c.Add("cycle", "too_many_items", "max", maxCycle)
	}
	if len(in.Members) == 0 {
		c.Add("members", "too_few", "min", 1)
	}
	if len(in.Members) > maxRotating {
		c.Add("members", "too_many_items", "max", maxRotating)
	}
	seen := map[string]bool{}
	for _, m := range in.Members {
		if m.PersonID == "" {
			c.Add("members", "required")
		}
		if seen[m.PersonID] {
			c.Add("members", "org.rotation_twice")
		}
		if m.Offset < 0 || m.Offset >= maxCycle {
			c.Add("members", "bad_value")
		}
		seen[m.PersonID] = true
	}
	return c.Err()
}

// day is a date as a number of days, so that spans of dates are plain sums.
type day int64

const dateForm = "2006-01-02"

func parseDay(s string) (day, bool) {
	t, err := time.Parse(dateForm, s)
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return 0, false
	}
	return day(t.Unix() / 86_400), true
}

func (d day) date() time.Time { return time.Unix(int64(d)*86_400, 0).UTC() }

func (d day) String() string { return d.date().Format(dateForm) }

// at returns the moment that the hospital's clock shows so many minutes after the
// day's midnight. Where the clock is put forward over that time, it is as much later.
func (d day) at(minutes int64, zone *time.Location) int64 {
	y, m, n := d.date().Date()
	return time.Date(y, m, n, 0, int(minutes), 0, 0, zone).UnixMilli()
}

// dayOf returns the date of a moment by the hospital's clock.
func dayOf(at int64, zone *time.Location) day {
	y, m, n := time.UnixMilli(at).In(zone).Date()
	return day(time.Date(y, m, n, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

// plan returns the duties of the days from until before to. Each has a slot, by which
// the same stretch is known again when it is planned another time.
func (r *Rotation) plan(shifts map[string]Shift, from, to day, zone *time.Location) []Duty {
	first, ok := parseDay(r.FirstDay)
	if !ok || len(r.Cycle) == 0 {
		return nil
	}
	var out []Duty
	n := int64(len(r.Cycle))
	for d := from; d < to; d++ {
		for _, m := range r.Members {
			turn := (int64(d-first) + m.Offset) % n
			if turn < 0 {
				turn += n
			}
			s, ok := shifts[r.Cycle[turn]]
			if !ok || !s.Active {
				continue
			}
			for i, v := range s.Intervals {
				start, end := d.at(v.From, zone), d.at(v.To, zone)
				if end <= start { // the clock was put forward over the whole of it
					continue
				}
				out = append(out, Duty{TeamID: r.TeamID, PersonID: m.PersonID, Kind: s.Kind, ShiftID: s.ID, PlaceID: s.PlaceID, StartAt: start, EndAt: end,
					RotationID: r.ID, Slot: fmt.Sprintf("%s/%s/%s/%d", r.ID, m.PersonID, d, i)})
			}
		}
	}
	return out
}

// clockMinute returns how many minutes the hospital's clock shows after midnight.
func clockMinute(at int64, zone *time.Location) int64 {
	t := time.UnixMilli(at).In(zone)
	return int64(t.Hour()*60 + t.Minute())
}

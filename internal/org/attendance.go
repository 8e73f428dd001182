package org

import (
	"cmp"
	"slices"

	"wardline/internal/platform/clock"
)

// Attendance says that a person has said "I am here", and perhaps where.
type Attendance struct {
	ID       string `db:"id" json:"id"`
	PersonID string `db:"person_id" json:"personId"`
	DutyID   string `db:"duty_id" json:"dutyId,omitempty" doc:"The duty it is for; absent when none was planned"`
	PlaceID  string `db:"place_id" json:"placeId,omitempty" doc:"Where the person last said to be"`
	InAt     int64  `db:"in_at" json:"inAt"`
	OutAt    int64  `db:"out_at" json:"outAt,omitempty" doc:"Absent while the person is here"`
}

// MyDuty is what a person's phone shows of the own duty.
type MyDuty struct {
	Here *Attendance `json:"here,omitempty" doc:"Absent when checked out"`
	Now  *Duty       `json:"now,omitempty" doc:"The duty that runs, or begins within two hours"`
	Next []Duty      `json:"next" doc:"Duties of the coming week"`
}

// Present is somebody who is on duty now.
type Present struct {
	PersonID string        `json:"personId"`
	TeamID   string        `json:"teamId"`
	DutyID   string        `json:"dutyId,omitempty" doc:"Absent in a team that has no roster"`
	Kind     DutyKind      `json:"kind" enum:"normal,on_call,peak"`
	ShiftID  string        `json:"shiftId,omitempty"`
	Shift    string        `json:"shift,omitempty" doc:"Name of the shift"`
	StartAt  int64         `json:"startAt,omitempty"`
	EndAt    int64         `json:"endAt,omitempty"`
	PlaceID  string        `json:"placeId,omitempty" doc:"Where checked in, else where the duty is"`
	InAt     int64         `json:"inAt,omitempty" doc:"When checked in; absent when not here"`
	LeftAt   int64         `json:"leftAt,omitempty" doc:"When checked out before the end"`
	Skills   []PersonSkill `json:"skills"`
}

// early is how long before a duty its person may check in for it.
const early = 2 * clock.Hour

// current picks the duty that somebody checks in for: one that runs, the last begun of
// several, else the first that begins soon. nil when there is none.
func current(list []Duty, now int64) *Duty {
	var best *Duty
	for i := range list {
		d := &list[i]
		switch {
		case d.EndAt <= now || d.StartAt > now+early:
		case best == nil, d.StartAt <= now && d.StartAt > best.StartAt, best.StartAt > now && d.StartAt < best.StartAt:
			best = d
		}
	}
	return best
}

// Opening are the hours of one weekday at a service point.
type Opening struct {
	Weekday int64 `db:"weekday" json:"weekday" minimum:"1" maximum:"7" doc:"1 is Monday"`
	From    int64 `db:"from_min" json:"from" minimum:"0" maximum:"1439" doc:"Minutes after midnight by the hospital's clock"`
	To      int64 `db:"to_min" json:"to" minimum:"1" maximum:"2879" doc:"Past 1440 is the next day"`
}

// maxOpenings is how many stretches a week has at most.
const maxOpenings = 7 * maxIntervals

func cleanOpenings(list []Opening) error {
	var c check
	if len(list) > maxOpenings {
		c.Add("hours", "too_many_items", "max", maxOpenings)
		return c.Err()
	}
	slices.SortFunc(list, func(x, y Opening) int { return cmp.Or(cmp.Compare(x.Weekday, y.Weekday), cmp.Compare(x.From, y.From)) })
	for i, o := range list {
		if o.Weekday < 1 || o.Weekday > 7 || o.From < 0 || o.From >= dayMinutes || o.To <= o.From || o.To-o.From > dayMinutes ||
			i > 0 && list[i-1].Weekday == o.Weekday && o.From < list[i-1].To {
			c.Add("hours", "org.shift_intervals")
			return c.Err()
		}
	}
	return nil
}

// openAt tells whether the hours hold at so many minutes of a weekday (1 is Monday).
func openAt(list []Opening, weekday, minute int64) bool {
	before := (weekday+5)%7 + 1
	return slices.ContainsFunc(list, func(o Opening) bool {
		return o.Weekday == weekday && o.From <= minute && minute < o.To || o.Weekday == before && minute+dayMinutes < o.To
	})
}

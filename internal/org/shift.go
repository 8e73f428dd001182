package org

import (
	"cmp"
	"slices"
)

// Interval is a stretch of a day, in minutes after its midnight by the hospital's
// clock; past 1440 it lies on the next day.
type Interval struct {
	From int64 `json:"from" minimum:"0" maximum:"1439" doc:"Minutes after midnight"`
	To   int64 `json:"to" minimum:"1" maximum:"2879" doc:"Minutes after the same midnight; past 1440 is the next day"`
}

// Shift is a named piece of a day's work of one team.
type Shift struct {
	ID        string     `db:"id" json:"id"`
	TeamID    string     `db:"team_id" json:"teamId"`
	Name      string     `db:"name" json:"name"`
	Tone      string     `db:"tone" json:"tone" enum:"teal,blue,amber,purple,grey" doc:"Colour in the roster"`
	Kind      DutyKind   `db:"kind" json:"kind" enum:"normal,on_call,peak"`
	PlaceID   string     `db:"place_id" json:"placeId,omitempty"`
	Intervals []Interval `db:"intervals,json" json:"intervals" doc:"Several make a split shift"`
	Active    bool       `db:"active" json:"active"`
	Version   int64      `db:"version" json:"version"`
	CreatedAt int64      `db:"created_at" json:"createdAt"`
	UpdatedAt int64      `db:"updated_at" json:"updatedAt"`
}

// ShiftInput is what may be said about a shift.
type ShiftInput struct {
	Edit
	Name      string     `json:"name" minLength:"1" maxLength:"60" doc:"Unique within the team"`
	Tone      string     `json:"tone,omitempty" enum:"teal,blue,amber,purple,grey" doc:"Absent is teal"`
	Kind      DutyKind   `json:"kind,omitempty" enum:"normal,on_call,peak" doc:"Absent is normal"`
	PlaceID   string     `json:"placeId,omitempty" maxLength:"64" doc:"Peak shifts need one"`
	Intervals []Interval `json:"intervals" minItems:"1" maxItems:"6"`
}

const (
	dayMinutes   = 24 * 60
	maxIntervals = 6
	maxShifts    = 100 // of one team
)

var tones = []string{"teal", "blue", "amber", "purple", "grey"}

func (in *ShiftInput) clean() error {
	var c check
	c.name(&in.Name)
	c.ref("placeId", &in.PlaceID)
	c.dutyKind(&in.Kind, in.PlaceID)
	if in.Tone == "" {
		in.Tone = tones[0]
	}
	if !slices.Contains(tones, in.Tone) {
		c.Add("tone", "bad_value")
	}
	in.Intervals = slices.Clone(in.Intervals)
	slices.SortFunc(in.Intervals, func(x, y Interval) int { return cmp.Compare(x.From, y.From) })
	if !sound(in.Intervals) {
		c.Add("intervals", "org.shift_intervals")
	}
	return c.Err()
}

// sound tells whether sorted intervals make a shift: none over another, and the whole
// within a day's length, so that the same shift on the next day never begins before
// this one has ended.
func sound(list []Interval) bool {
	if len(list) == 0 || len(list) > maxIntervals {
		return false
	}
	end := int64(0)
	for _, v := range list {
		if v.From < end || v.From >= dayMinutes || v.To <= v.From {
			return false
		}
		end = v.To
	}
	return end-list[0].From <= dayMinutes
}

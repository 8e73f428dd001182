package org

import (
	"wardline/internal/platform/clock"
)

// DutyKind says what somebody on duty is there for.
type DutyKind string

// The kinds of duty.
const (
	NormalDuty DutyKind = "normal"
	OnCallDuty DutyKind = "on_call" // at home or elsewhere, comes when called
	PeakDuty   DutyKind = "peak"    // stands at a service point during its busy hours
)

// Duty says that a person works for a team from a moment until another.
type Duty struct {
	ID         string   `db:"id" json:"id"`
	TeamID     string   `db:"team_id" json:"teamId"`
	PersonID   string   `db:"person_id" json:"personId"`
	Kind       DutyKind `db:"kind" json:"kind" enum:"normal,on_call,peak"`
	ShiftID    string   `db:"shift_id" json:"shiftId,omitempty"`
	PlaceID    string   `db:"place_id" json:"placeId,omitempty" doc:"Where; absent when anywhere"`
	StartAt    int64    `db:"start_at" json:"startAt"`
	EndAt      int64    `db:"end_at" json:"endAt" doc:"First moment off duty"`
	RotationID string   `db:"rotation_id" json:"rotationId,omitempty" doc:"The rotation that made it"`
	Slot       string   `db:"slot" json:"-"`
	Changed    bool     `db:"changed" json:"changed" doc:"Somebody has changed what the rotation made"`
	LeftAt     int64    `db:"left_at" json:"leftAt,omitempty" doc:"When its person checked out before the end"`
	RemovedAt  int64    `db:"removed_at" json:"-"`
	HandedAt   int64    `db:"handed_at" json:"-"`
	CreatedAt  int64    `db:"created_at" json:"createdAt"`
}

func (d *Duty) over(from, to int64) bool { return d.StartAt < to && from < d.EndAt }

// DutyInput is one stretch of work.
type DutyInput struct {
	PersonID string   `json:"personId" minLength:"1" maxLength:"64"`
	StartAt  int64    `json:"startAt" minimum:"1"`
	EndAt    int64    `json:"endAt" minimum:"1" doc:"First moment off duty; at most 48 hours after the start"`
	Kind     DutyKind `json:"kind,omitempty" enum:"normal,on_call,peak" doc:"Absent is normal"`
	ShiftID  string   `json:"shiftId,omitempty" maxLength:"64" doc:"The shift of the team it is shown as"`
	PlaceID  string   `json:"placeId,omitempty" maxLength:"64" doc:"Peak duties need one"`
}

const (
	maxDuty   = 2 * clock.Day
	maxDuties = 500 // entered at once
)

// cleanDuties checks stretches entered together: none too long, none over another
// of the same person.
func cleanDuties(list []DutyInput) error {
	var c check
	if len(list) == 0 {
		c.Add("duties", "too_few", "min", 1)
	}
	if len(list) > maxDuties {
		c.Add("duties", "too_many_items", "max", maxDuties)
		return c.Err()
	}
	for i := range list {
		d := &list[i]
		c.ref("personId", &d.PersonID)
		c.ref("shiftId", &d.ShiftID)
		c.ref("placeId", &d.PlaceID)
		if d.PersonID == "" {
			c.Add("personId", "required")
		}
		c.dutyKind(&d.Kind, d.PlaceID)
		if d.StartAt <= 0 || d.EndAt <= d.StartAt || d.EndAt-d.StartAt > maxDuty {
			c.Add("endAt", "org.duty_length")
		}
		for _, other := range list[:i] {
			if other.PersonID == d.PersonID && other.StartAt < d.EndAt && d.StartAt < other.EndAt {
				c.Add("startAt", "org.duty_overlap")
				break
			}
		}
	}
	return c.Err()
}

// dutyKind checks a kind, which is normal when nothing is said, and that a peak duty
// says where.
func (c *check) dutyKind(kind *DutyKind, placeID string) {
	if *kind == "" {
		*kind = NormalDuty
	}
	if !dutyKinds.has(string(*kind)) {
		c.Add("kind", "bad_value")
	}
	if *kind == PeakDuty && placeID == "" {
		c.Add("placeId", "required")
	}
}

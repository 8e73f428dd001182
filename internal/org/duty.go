package org

import (
	"wardline/internal/platform/clock"
)

// Duty says that a person works for a team from a moment until another.
type Duty struct {
	ID        string `db:"id" json:"id"`
	TeamID    string `db:"team_id" json:"teamId"`
	PersonID  string `db:"person_id" json:"personId"`
	StartAt   int64  `db:"start_at" json:"startAt"`
	EndAt     int64  `db:"end_at" json:"endAt" doc:"First moment off duty"`
	CreatedAt int64  `db:"created_at" json:"createdAt"`
}

// DutyInput is one stretch of work.
type DutyInput struct {
	PersonID string `json:"personId" minLength:"1" maxLength:"64"`
	StartAt  int64  `json:"startAt" minimum:"1"`
	EndAt    int64  `json:"endAt" minimum:"1" doc:"First moment off duty; at most 48 hours after the start"`
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
		if d.PersonID == "" {
			c.Add("personId", "required")
		}
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

package org

import (
	"slices"

	"wardline/internal/platform/clock"
)

// Leave keeps a person off duty for a span. The duties themselves stay as they are: when
// the leave is cancelled they hold again, and what was planned can still be seen.
type Leave struct {
	ID          string `db:"id" json:"id"`
	TeamID      string `db:"team_id" json:"teamId" doc:"The team whose lead has entered it; it holds for all teams"`
	PersonID    string `db:"person_id" json:"personId"`
	StartAt     int64  `db:"start_at" json:"startAt"`
	EndAt       int64  `db:"end_at" json:"endAt" doc:"First moment back"`
	Kind        string `db:"kind" json:"kind,omitempty" enum:"annual,sick,training,other" doc:"Only for who may change the roster, and the person"`
	Note        string `db:"note" json:"note,omitempty" doc:"As kind"`
	CreatedAt   int64  `db:"created_at" json:"createdAt"`
	CreatedBy   string `db:"created_by" json:"-"`
	CancelledAt int64  `db:"cancelled_at" json:"cancelledAt,omitempty"`
	CancelledBy string `db:"cancelled_by" json:"-"`
}

// LeaveInput is one leave of one person.
type LeaveInput struct {
	PersonID string `json:"personId" minLength:"1" maxLength:"64"`
	StartAt  int64  `json:"startAt" minimum:"1"`
	EndAt    int64  `json:"endAt" minimum:"1" doc:"First moment back; at most 400 days after the start"`
	Kind     string `json:"kind" enum:"annual,sick,training,other"`
	Note     string `json:"note,omitempty" maxLength:"500"`
}

const maxLeave = 400 * clock.Day

var leaveKinds = []string{"annual", "sick", "training", "other"}

func (in *LeaveInput) clean() error {
	var c check
	c.ref("personId", &in.PersonID)
	if in.PersonID == "" {
		c.Add("personId", "required")
	}
	if in.StartAt <= 0 || in.EndAt <= in.StartAt || in.EndAt-in.StartAt > maxLeave {
		c.Add("endAt", "org.leave_length")
	}
	if !slices.Contains(leaveKinds, in.Kind) {
		c.Add("kind", "bad_value")
	}
	c.line("note", &in.Note, maxNote)
	return c.Err()
}

// SwapState says how far an exchange of duties has come.
type SwapState string

// The states of a swap.
const (
	SwapAsked     SwapState = "asked"
	SwapDone      SwapState = "done"
	SwapRefused   SwapState = "refused"
	SwapWithdrawn SwapState = "withdrawn"
)

// Swap is an exchange of duties between two people of a team, or a duty that another
// takes over.
type Swap struct {
	ID        string    `db:"id" json:"id"`
	TeamID    string    `db:"team_id" json:"teamId"`
	DutyID    string    `db:"duty_id" json:"dutyId"`
	PersonID  string    `db:"person_id" json:"personId" doc:"Whose duty it was"`
	BackID    string    `db:"back_id" json:"backId,omitempty" doc:"The duty of the other that is given for it; absent when none is"`
	WithID    string    `db:"with_id" json:"withId" doc:"Who takes the duty"`
	State     SwapState `db:"state" json:"state" enum:"asked,done,refused,withdrawn"`
	AskedBy   string    `db:"asked_by" json:"askedBy"`
	DecidedBy string    `db:"decided_by" json:"decidedBy,omitempty"`
	CreatedAt int64     `db:"created_at" json:"createdAt"`
	DecidedAt int64     `db:"decided_at" json:"decidedAt,omitempty"`
}

// SwapInput says for what a duty is given.
type SwapInput struct {
	WithID string `json:"withId" minLength:"1" maxLength:"64" doc:"Who shall take the duty"`
	BackID string `json:"backId,omitempty" maxLength:"64" doc:"A duty of theirs that is taken for it"`
}

// exchanged returns the duties as they are after the swap.
func (w *Swap) exchanged(duty Duty, back *Duty) []Duty {
	duty.PersonID, duty.Changed = w.WithID, true
	out := []Duty{duty}
	if back != nil {
		other := *back
		other.PersonID, other.Changed = w.PersonID, true
		out = append(out, other)
	}
	return out
}

// stale tells that the duties are not as they were when the swap was asked for, or that
// the first of them is over.
func (w *Swap) stale(duty Duty, back *Duty, now int64) bool {
	if duty.TeamID != w.TeamID || duty.PersonID != w.PersonID || duty.EndAt <= now {
		return true
	}
	return back != nil && (back.TeamID != w.TeamID || back.PersonID != w.WithID || back.EndAt <= now)
}

// clashes tells whether one of the duties lies over another of its person.
func clashes(changed, all []Duty) bool {
	for i, d := range changed {
		others := slices.DeleteFunc(slices.Clone(all), func(o Duty) bool {
			return slices.ContainsFunc(changed, func(x Duty) bool { return x.ID == o.ID })
		})
		others = append(others, changed[:i]...)
		if slices.ContainsFunc(others, func(o Duty) bool { return o.PersonID == d.PersonID && o.over(d.StartAt, d.EndAt) }) {
			return true
		}
	}
	return false
}

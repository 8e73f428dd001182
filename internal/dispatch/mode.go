package dispatch

import (
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// How orders come to people.
const (
	Manual    = "manual"    // a dispatcher gives them
	ByPool    = "pool"      // offered to the team; who is best gets them when nobody grabs in time
	Automatic = "automatic" // the best gets them at once
)

// Mode says how orders of an item, category or team come to people at some hours.
type Mode struct {
	ID           string `db:"id" json:"id"`
	Position     int64  `db:"position" json:"position" doc:"Of two that fit equally well the smaller one holds"`
	ItemID       string `db:"item_id" json:"itemId,omitempty" doc:"Absent fits every item"`
	CategoryID   string `db:"category_id" json:"categoryId,omitempty" doc:"Absent fits every category"`
	TeamID       string `db:"team_id" json:"teamId,omitempty" doc:"Absent fits every team"`
	FromMinute   int64  `db:"from_minute" json:"fromMinute" doc:"Minutes after midnight"`
	ToMinute     int64  `db:"to_minute" json:"toMinute" doc:"First minute after; equal to fromMinute is the whole day, smaller reaches past midnight"`
	Mode         string `db:"mode" json:"mode" enum:"manual,pool,automatic"`
	Countdown    int64  `db:"countdown" json:"countdown" doc:"Seconds an order stays in the pool before it is given to somebody"`
	AcceptWithin int64  `db:"accept_within" json:"acceptWithin" doc:"Seconds to accept what was given automatically, before the next one gets it; 0 is no limit"`
	Active       bool   `db:"active" json:"active"`
	Version      int64  `db:"version" json:"version"`
	UpdatedAt    int64  `db:"updated_at" json:"updatedAt"`
}

// ModeInput is what may be said about a mode.
type ModeInput struct {
	Position     int64  `json:"position" minimum:"0" maximum:"10000"`
	ItemID       string `json:"itemId,omitempty" maxLength:"40"`
	CategoryID   string `json:"categoryId,omitempty" maxLength:"40"`
	TeamID       string `json:"teamId,omitempty" maxLength:"40"`
	FromMinute   int64  `json:"fromMinute" minimum:"0" maximum:"1439"`
	ToMinute     int64  `json:"toMinute" minimum:"0" maximum:"1440"`
	Mode         string `json:"mode" enum:"manual,pool,automatic"`
	Countdown    int64  `json:"countdown" minimum:"0" maximum:"86400"`
	AcceptWithin int64  `json:"acceptWithin" minimum:"0" maximum:"86400"`
	Active       bool   `json:"active"`
}

func (in *ModeInput) check() error {
	var f fault.Fields
	if in.Mode != Manual && in.Mode != ByPool && in.Mode != Automatic {
		f.Add("mode", "bad_value")
	}
	if in.FromMinute < 0 || in.FromMinute > 1439 {
		f.Add("fromMinute", "bad_value")
	}
	if in.ToMinute < 0 || in.ToMinute > 1440 {
		f.Add("toMinute", "bad_value")
	}
	// Without a countdown nobody would have the time to grab.
	if in.Mode == ByPool && in.Countdown < 5 {
		f.Add("countdown", "too_small", "min", 5)
	}
	if in.AcceptWithin > 0 && in.AcceptWithin < 10 {
		f.Add("acceptWithin", "too_small", "min", 10)
	}
	return f.Err()
}

func (m *Mode) put(in ModeInput) {
	m.Position, m.ItemID, m.CategoryID, m.TeamID, m.FromMinute, m.ToMinute = in.Position, in.ItemID, in.CategoryID, in.TeamID, in.FromMinute, in.ToMinute
	m.Mode, m.Countdown, m.AcceptWithin, m.Active = in.Mode, in.Countdown, in.AcceptWithin, in.Active
}

// fits tells how closely the mode fits, 0 for not at all: an item says more than a
// category, that more than a team, and hours more than the whole day.
func (m *Mode) fits(itemID, categoryID, teamID string, minute int64) int {
	if !m.Active || m.ItemID != "" && m.ItemID != itemID || m.CategoryID != "" && m.CategoryID != categoryID || m.TeamID != "" && m.TeamID != teamID {
		return 0
	}
	closeness := 1
	for _, said := range []struct {
		is   bool
		adds int
	}{{m.ItemID != "", 16}, {m.CategoryID != "", 8}, {m.TeamID != "", 4}, {m.FromMinute != m.ToMinute, 2}} {
		if said.is {
			closeness += said.adds
		}
	}
	switch {
	case m.FromMinute < m.ToMinute && (minute < m.FromMinute || minute >= m.ToMinute):
		return 0
	case m.FromMinute > m.ToMinute && minute < m.FromMinute && minute >= m.ToMinute:
		return 0
	}
	return closeness
}

// modeFor returns the mode that holds for an order; without any it is manual. The
// modes stand by position and id.
func modeFor(modes []Mode, o *workorder.Order, categoryID string, local time.Time) Mode {
	out, closest := Mode{Mode: Manual}, 0
	minute := int64(local.Hour()*60 + local.Minute())
	for i := range modes {
		if n := modes[i].fits(o.ItemID, categoryID, o.TeamID, minute); n > closest {
			out, closest = modes[i], n
		}
	}
	return out
}

// step is what is to be done with an order now.
type step string

const (
	leave step = ""     // nothing, until something happens
	wait  step = "wait" // look again at a moment
	offer step = "pool" // put it into the pool
	give  step = "give" // give it to the best
)

// bookedLead is how long before the wanted moment a booked order is given out.
const bookedLead = 30 * clock.Minute

// step decides what is to be done with an order now, or when to look again. ours is
// whether the program itself gave it to the person who has it: a person that a
// dispatcher chose is not replaced.
func (m *Mode) step(o *workorder.Order, ours, hasPool bool, now int64) (step, int64) {
	if m.Mode == Manual || o.TeamID == "" {
		return leave, 0
	}
	switch o.Status {
	case workorder.Reported, workorder.Queued:
		if at := o.WantedAt - bookedLead; at > now {
			return wait, at
		}
		if m.Mode == ByPool && hasPool {
			return offer, 0
		}
		return give, 0
	case workorder.Pooled:
		if at := max(o.DispatchedAt+m.Countdown*clock.Second, o.WantedAt-bookedLead); at > now {
			return wait, at
		}
		return give, 0
	case workorder.Assigned:
		if m.AcceptWithin == 0 || !ours {
			return leave, 0
		}
		if at := o.DispatchedAt + m.AcceptWithin*clock.Second; at > now {
			return wait, at
		}
		return give, 0
	}
	return leave, 0
}

package escalation

import (
	"fmt"
	"slices"
	"strings"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// StepWhen says what a step is reckoned from.
type StepWhen string

// What steps are reckoned from.
const (
	AtClock  StepWhen = "clock"    // a deadline of the order: minutes before (negative) or after
	Reported StepWhen = "reported" // minutes after the report, or the last reopening
	InStatus StepWhen = "status"   // minutes in a status
	Urged    StepWhen = "urged"    // so many urges
)

// Parts in an order that may be reminded.
const (
	ToAssignee = "assignee"
	ToLeads    = "leads"
	ToTeam     = "team"
	ToAgents   = "agents"
	ToWatcher  = "watcher" // follower of the order's watch, and who set it
	ToRole     = "role"
	ToPerson   = "person"
)

// Step is one rung of a ladder.
type Step struct {
	ID       string           `json:"id,omitempty" maxLength:"40" doc:"Stays the same when the ladder is saved again; absent for a new step"`
	When     StepWhen         `json:"when" enum:"clock,reported,status,urged"`
	Clock    string           `json:"clock,omitempty" enum:",respond,arrive,finish" doc:"For clock"`
	Status   workorder.Status `json:"status,omitempty" maxLength:"20" doc:"For status"`
	Minutes  int              `json:"minutes" minimum:"-10080" maximum:"43200" doc:"Before (negative) or after"`
	Urges    int              `json:"urges,omitempty" minimum:"0" maximum:"100" doc:"For urged"`
	To       []string         `json:"to" minItems:"1" maxItems:"7" doc:"assignee, leads, team, agents, watcher, role, person"`
	RoleID   string           `json:"roleId,omitempty" maxLength:"40" doc:"For role"`
	PersonID string           `json:"personId,omitempty" maxLength:"40" doc:"For person"`
	Channels []string         `json:"channels,omitempty" maxItems:"6" doc:"Ways out besides the inbox; absent is all that the person wants"`
	Text     string           `json:"text,omitempty" maxLength:"200" doc:"What is told besides"`
	Urgent   bool             `json:"urgent,omitempty" doc:"Passes quiet hours"`
	Escalate bool             `json:"escalate,omitempty" doc:"Raises the order's level"`
	Every    int              `json:"every,omitempty" minimum:"0" maximum:"10080" doc:"Minutes after which it is repeated"`
	Times    int              `json:"times,omitempty" minimum:"0" maximum:"50" doc:"How often it is repeated at most, until somebody takes notice"`
}

// Definition is what a version of a ladder says.
type Definition struct {
	NameZh     string   `json:"nameZh" minLength:"1" maxLength:"60"`
	NameEn     string   `json:"nameEn" minLength:"1" maxLength:"80"`
	CategoryID string   `json:"categoryId,omitempty" maxLength:"40" doc:"Only orders of the category"`
	ItemID     string   `json:"itemId,omitempty" maxLength:"40" doc:"Only orders of the item"`
	Priorities []string `json:"priorities,omitempty" maxItems:"7" doc:"Only orders of these; absent is all"`
	Steps      []Step   `json:"steps" minItems:"1" maxItems:"20"`
}

// Ladder is a ladder as it stands.
type Ladder struct {
	ID        string     `db:"id" json:"id"`
	Code      string     `db:"code" json:"code,omitempty" doc:"Of a ladder that came with Wardline"`
	On        bool       `db:"enabled" json:"on"`
	OnSince   int64      `db:"on_since" json:"onSince,omitempty" doc:"Unix milliseconds; what was due before is not reminded of"`
	Version   int64      `db:"version" json:"version"`
	Body      Definition `db:"body,json" json:"body"`
	UpdatedAt int64      `db:"updated_at" json:"updatedAt"`
}

// Version is one saved state of a ladder.
type Version struct {
	ID       string     `db:"id" json:"-"`
	LadderID string     `db:"ladder_id" json:"-"`
	Version  int64      `db:"version" json:"version"`
	Body     Definition `db:"body,json" json:"body"`
	Note     string     `db:"note" json:"note,omitempty"`
	ByID     string     `db:"by_id" json:"byId"`
	ByName   string     `db:"by_name" json:"byName"`
	At       int64      `db:"at" json:"at"`
}

var parts = []string{ToAssignee, ToLeads, ToTeam, ToAgents, ToWatcher, ToRole, ToPerson}

// check refuses a ladder that could not be climbed, and trims its words.
func (d *Definition) check(channels []string) error {
	var f fault.Fields
	d.NameZh, d.NameEn = strings.TrimSpace(d.NameZh), strings.TrimSpace(d.NameEn)
	if d.NameZh == "" {
		f.Add("nameZh", "required")
	}
	if d.NameEn == "" {
		f.Add("nameEn", "required")
	}
	for i, p := range d.Priorities {
		if !workorder.KnownPriority(p) {
			f.Add(fmt.Sprintf("priorities[%d]", i), "bad_value")
		}
	}
	if len(d.Steps) == 0 {
		f.Add("steps", "required")
	}
	seen := map[string]bool{}
	for i := range d.Steps {
		s := &d.Steps[i]
		if s.ID != "" && seen[s.ID] {
			f.Add(fmt.Sprintf("steps[%d].id", i), "bad_value")
		}
		seen[s.ID] = true
		s.check(&f, fmt.Sprintf("steps[%d].", i), channels)
	}
	return f.Err()
}

func (s *Step) check(f *fault.Fields, at string, channels []string) {
	s.Text = strings.TrimSpace(s.Text)
	bad := func(wrong bool, field string) {
		if wrong {
			f.Add(at+field, "bad_value")
		}
	}
	switch s.When {
	case AtClock:
		bad(!slices.Contains([]string{workorder.ClockRespond, workorder.ClockArrive, workorder.ClockFinish}, s.Clock), "clock")
	case Reported:
		bad(s.Minutes < 1, "minutes")
	case InStatus:
		bad(s.Minutes < 1, "minutes")
		bad(!s.Status.Open(), "status")
	case Urged:
		bad(s.Urges < 1, "urges")
		bad(s.Every > 0, "every") // the next urge repeats it
	default:
		f.Add(at+"when", "bad_value")
	}
	if len(s.To) == 0 {
		f.Add(at+"to", "required")
	}
	for _, to := range s.To {
		bad(!slices.Contains(parts, to), "to")
	}
	if slices.Contains(s.To, ToRole) && s.RoleID == "" {
		f.Add(at+"roleId", "required")
	}
	if slices.Contains(s.To, ToPerson) && s.PersonID == "" {
		f.Add(at+"personId", "required")
	}
	for _, c := range s.Channels {
		bad(!slices.Contains(channels, c), "channels")
	}
	if (s.Every > 0) != (s.Times > 0) {
		f.Add(at+"times", "escalation.repeat")
	}
}

// fits tells how specific a ladder is for an order: 0 is that it does not fit.
func (d *Definition) fits(o *workorder.Order, categoryID string) int {
	n := 1
	if d.ItemID != "" {
		if d.ItemID != o.ItemID {
			return 0
		}
		n += 4
	}
	if d.CategoryID != "" {
		if d.CategoryID != categoryID {
			return 0
		}
		n += 2
	}
	if len(d.Priorities) > 0 {
		if !slices.Contains(d.Priorities, o.Priority) {
			return 0
		}
		n++
	}
	return n
}

// choose returns the most specific ladder for an order; of two alike the one saved first.
func choose(all []Ladder, o *workorder.Order, categoryID string) *Ladder {
	var best *Ladder
	most := 0
	for i := range all {
		if n := all[i].Body.fits(o, categoryID); n > most {
			best, most = &all[i], n
		}
	}
	return best
}

// slot is one moment a step is reckoned from.
type slot struct {
	step string
	base int64
}

// state is how far a step has come in a slot.
type state struct {
	n     int64 // repetitions so far
	acked bool
}

// moment is a step that is to fire: n counts its repetitions.
type moment struct {
	step *Step
	base int64
	n    int64
	at   int64
}

// base returns the moment a step is reckoned from, when it first fires, and whether it
// has anything to say of the order as it stands.
func (s *Step) base(o *workorder.Order, since int64) (base, at int64, ok bool) {
	if !o.Open {
		return 0, 0, false
	}
	after := int64(s.Minutes) * clock.Minute
	switch s.When {
	case AtClock:
		for _, c := range o.Running() {
			if c.Clock == s.Clock {
				return c.Due, c.Due + after, true
			}
		}
	case Reported:
		return o.ClockStart, o.ClockStart + after, true
	case InStatus:
		return since, since + after, o.Status == s.Status
	case Urged:
		return int64(s.Urges), o.UpdatedAt, o.Urges >= s.Urges
	}
	return 0, 0, false
}

// climb returns the steps of a ladder that are to fire by now, in the order of their
// moments, and when it wants the next look; 0 is never.
func climb(l *Ladder, o *workorder.Order, since int64, had map[slot]state, now int64) (fire []moment, next int64) {
	want := func(at int64) {
		if next == 0 || at < next {
			next = at
		}
	}
	for i := range l.Body.Steps {
		s := &l.Body.Steps[i]
		base, first, ok := s.base(o, since)
		if !ok {
			continue
		}
		every := int64(s.Every) * clock.Minute
		was, fired := had[slot{s.ID, base}]
		switch {
		case !fired && first < l.OnSince:
			continue
		case !fired && first > now:
			want(first)
			continue
		case fired && (was.acked || every == 0 || was.n >= int64(s.Times)):
			continue
		}
		n := int64(0)
		if every > 0 { // what was missed of the repetitions is told by the last of them
			n = min((now-first)/every, int64(s.Times))
		}
		if !fired || n > was.n {
			fire = append(fire, moment{s, base, n, first + n*every})
		} else {
			n = was.n
		}
		if every > 0 && n < int64(s.Times) {
			want(first + (n+1)*every)
		}
	}
	slices.SortStableFunc(fire, func(a, b moment) int { return int(min(max(a.at-b.at, -1), 1)) })
	return fire, next
}

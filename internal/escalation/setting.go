package escalation

import (
	"fmt"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Settings say which orders want an explanation, from whom and until when.
type Settings struct {
	SameDay     bool      `json:"sameDay" doc:"Orders of the day that are open at 24:00 want an explanation"`
	SameDayDue  int       `json:"sameDayDue" minimum:"1" maximum:"1440" doc:"Minutes after midnight until when"`
	FirstHours  int       `json:"firstHours" minimum:"0" maximum:"720" doc:"Hours after which an open order wants a report; 0 is never"`
	SecondHours int       `json:"secondHours" minimum:"0" maximum:"720" doc:"Hours after which the project manager takes it over and reports; 0 is never"`
	ReportDue   int       `json:"reportDue" minimum:"10" maximum:"10080" doc:"Minutes within which a report is to be written"`
	WithoutHeld bool      `json:"withoutHeld" doc:"Time for which an order was held does not count"`
	ChaseEvery  int       `json:"chaseEvery" minimum:"5" maximum:"10080" doc:"Minutes between reminders of what is late"`
	ChaseTimes  int       `json:"chaseTimes" minimum:"0" maximum:"50" doc:"How often one is reminded"`
	Managers    []Manager `json:"managers,omitempty" maxItems:"100" doc:"Who takes over; the most specific fits first"`
}

// Manager says who is the project manager of orders.
type Manager struct {
	TeamID   string `json:"teamId,omitempty" maxLength:"40" doc:"Of orders of the team"`
	ItemID   string `json:"itemId,omitempty" maxLength:"40" doc:"Of orders of the item"`
	PersonID string `json:"personId,omitempty" maxLength:"40"`
	RoleID   string `json:"roleId,omitempty" maxLength:"40" doc:"Whoever holds the role for the order and owes the fewest reports"`
}

// SettingRow are the settings as they are stored.
type SettingRow struct {
	ID        string   `db:"id" json:"-"`
	Body      Settings `db:"body,json" json:"settings"`
	Since     int64    `db:"since" json:"-"` // what was due before wants no explanation
	Version   int64    `db:"version" json:"version"`
	UpdatedAt int64    `db:"updated_at" json:"updatedAt"`
}

// managerRole is the built-in role whose holders take over when nobody else is named.
const managerRole = "manager"

// defaults are what a hospital starts with.
func defaults() Settings {
	return Settings{SameDay: true, SameDayDue: 10 * 60, FirstHours: 12, SecondHours: 24, ReportDue: 4 * 60, ChaseEvery: 60, ChaseTimes: 5,
		Managers: []Manager{{RoleID: managerRole}}}
}

func (s *Settings) check() error {
	var f fault.Fields
	if s.FirstHours > 0 && s.SecondHours > 0 && s.SecondHours <= s.FirstHours {
		f.Add("secondHours", "escalation.order")
	}
	for i, m := range s.Managers {
		if (m.PersonID == "") == (m.RoleID == "") {
			f.Add(fmt.Sprintf("managers[%d].personId", i), "required")
		}
	}
	return f.Err()
}

// manager returns who is named as the project manager of an order.
func (s *Settings) manager(o *workorder.Order) (Manager, bool) {
	best, most := Manager{}, 0
	for _, m := range s.Managers {
		n := 1
		if m.ItemID != "" {
			if m.ItemID != o.ItemID {
				continue
			}
			n += 2
		}
		if m.TeamID != "" {
			if m.TeamID != o.TeamID {
				continue
			}
			n++
		}
		if n > most {
			best, most = m, n
		}
	}
	return best, most > 0
}

// owed is an explanation that an order's age asks for.
type owed struct {
	kind ReportKind
	base int64
	at   int64 // when it became owed
	due  int64
}

// owes returns what an order has come to owe by now and has not been asked for, and when
// it wants the next look; 0 is never.
func (r *SettingRow) owes(o *workorder.Order, asked func(ReportKind, int64) bool, zone *time.Location, now int64) (out []owed, next int64) {
	if !o.Open {
		return nil, 0
	}
	s := &r.Body
	want := func(at int64) {
		if next == 0 || at < next {
			next = at
		}
	}
	for _, h := range []struct {
		kind  ReportKind
		hours int
	}{{FirstReport, s.FirstHours}, {SecondReport, s.SecondHours}} {
		if h.hours == 0 || asked(h.kind, o.ClockStart) {
			continue
		}
		at := s.openFor(o, int64(h.hours)*clock.Hour, now)
		switch {
		case at == 0 || at < r.Since:
		case at > now:
			want(at)
		default:
			out = append(out, owed{h.kind, o.ClockStart, at, now + int64(s.ReportDue)*clock.Minute})
		}
	}
	if s.SameDay {
		midnight := endOfDay(o.ReportedAt, zone)
		later := o.WantedAt >= midnight || o.HoldUntil >= midnight
		switch {
		case midnight < r.Since || later || asked(SameDay, midnight) || o.Channel == workorder.ByImport:
		case midnight > now:
			want(midnight)
		default:
			out = append(out, owed{SameDay, midnight, midnight, midnight + int64(s.SameDayDue)*clock.Minute})
		}
	}
	return out, next
}

// openFor returns the moment at which an order will have been open for so long, or was;
// 0 while it is held and that does not count: the end of the hold brings the next look.
func (s *Settings) openFor(o *workorder.Order, span, now int64) int64 {
	start := max(o.ClockStart, o.WantedAt)
	if !s.WithoutHeld {
		return start + span
	}
	at := start + span
	for _, p := range o.Pauses {
		if p.From >= at {
			break
		}
		if p.To == 0 {
			return 0
		}
		at += max(0, p.To-max(p.From, start))
	}
	return at
}

func startOfDay(at int64, zone *time.Location) int64 {
	year, month, day := clock.Time(at).In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone).UnixMilli()
}

// endOfDay returns the midnight that ends the day of a moment.
func endOfDay(at int64, zone *time.Location) int64 {
	year, month, day := clock.Time(at).In(zone).Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, zone).UnixMilli()
}

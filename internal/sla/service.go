package sla

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Deps are what the service works with.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Zone  *time.Location // the hospital's, for the shipped calendars
	Trail *audit.Trail
	// Changed is told, in the transaction of the change, that due moments may have
	// moved. Nil tells nobody.
	Changed func(ctx context.Context, tx *db.Tx) error
	// Named tells whether anything outside counts by a calendar. Nil knows of nothing.
	Named func(ctx context.Context, tx *db.Tx, calendarID string) (bool, error)
}

// Service keeps the calendars, holidays, reasons and limits.
type Service struct {
	Deps
	last atomic.Pointer[Book]
}

// NewService returns the service.
func NewService(d Deps) *Service { return &Service{Deps: d} }

// Book returns what clocks are reckoned by, as the transaction sees it. What one
// replica changes every other notices by the stamp.
func (s *Service) Book(ctx context.Context, tx *db.Tx) (*Book, error) {
	stamp, err := readStamp(ctx, tx)
	if err != nil {
		return nil, err
	}
	if b := s.last.Load(); b != nil && b.Stamp == stamp {
		return b, nil
	}
	c, err := content(ctx, tx)
	if err != nil {
		return nil, err
	}
	b, err := NewBook(s.Zone, c)
	if err != nil {
		return nil, fmt.Errorf("the stored calendars: %w", err)
	}
	b.Stamp = stamp
	s.last.Store(b)
	return b, nil
}

// Settings is everything an administrator sees.
type Settings struct {
	Stamp     int64     `json:"stamp" doc:"Send it back with a change to be told of changes in between"`
	Calendars []Named   `json:"calendars"`
	Years     []Year    `json:"years"`
	Reasons   []Reason  `json:"reasons"`
	Limits    []Limit   `json:"limits"`
	Warnings  []Warning `json:"warnings" doc:"Gaps in the tables of holidays, and years that calendars need and nobody knows"`
}

func (s *Service) settings(b *Book) Settings {
	out := Settings{Stamp: b.Stamp, Calendars: b.Calendars, Years: b.Years, Reasons: b.Reasons, Limits: b.Limits, Warnings: []Warning{}}
	if out.Limits == nil {
		out.Limits = []Limit{}
	}
	for _, y := range b.Years {
		out.Warnings = append(out.Warnings, y.Warnings()...)
	}
	now := s.Clock.Now()
	for _, list := range b.Warnings(now, now+366*msDay) {
		for _, w := range list {
			if !slices.Contains(out.Warnings, w) {
				out.Warnings = append(out.Warnings, w)
			}
		}
	}
	slices.SortFunc(out.Warnings, func(a, b Warning) int {
		return strings.Compare(fmt.Sprint(a.Year, a.Code, a.Name), fmt.Sprint(b.Year, b.Code, b.Name))
	})
	return out
}

// Settings returns all of it; it concerns the whole hospital.
func (s *Service) Settings(ctx context.Context) (Settings, error) {
	if err := identity.Of(ctx).NeedAll(identity.SettingWrite); err != nil {
		return Settings{}, err
	}
	b, err := s.read(ctx)
	if err != nil {
		return Settings{}, err
	}
	return s.settings(b), nil
}

// Reasons returns the reasons that may be given now; anybody who signed in may know.
func (s *Service) Reasons(ctx context.Context) ([]Reason, error) {
	b, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(b.Reasons), func(r Reason) bool { return !r.Active }), nil
}

func (s *Service) read(ctx context.Context) (b *Book, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error { b, err = s.Book(ctx, tx); return err })
	return b, err
}

// change carries out an edit: who, whether nobody was faster, the edit, whether all of
// it together still makes a book, the trail, and those who reckon by it.
func (s *Service) change(ctx context.Context, stamp int64, kind, id string, moves bool, edit func(tx *db.Tx, b *Book) error) (Settings, error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.SettingWrite); err != nil {
		return Settings{}, err
	}
	var out Settings
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		fresh := rand.Int64N(1<<53-1) + 1 // what a browser can hold in a number
		ok, err := takeStamp(ctx, tx, stamp, fresh)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "conflict")
		}
		c, err := content(ctx, tx)
		if err != nil {
			return err
		}
		before, err := NewBook(s.Zone, c)
		if err != nil {
			return err
		}
		if err := edit(tx, before); err != nil {
			return err
		}
		if c, err = content(ctx, tx); err != nil {
			return err
		}
		after, err := NewBook(s.Zone, c)
		if err != nil {
			return err
		}
		after.Stamp = fresh
		out = s.settings(after)
		if err := s.Trail.Record(ctx, tx, actor.Who(), "sla."+kind, kind, id, nil); err != nil {
			return err
		}
		if moves && s.Changed != nil {
			return s.Changed(ctx, tx)
		}
		return nil
	})
	return out, err
}

var calendarID = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// SaveCalendar adds or changes a calendar.
func (s *Service) SaveCalendar(ctx context.Context, stamp int64, n Named) (Settings, error) {
	return s.change(ctx, stamp, "calendar", n.ID, true, func(tx *db.Tx, b *Book) error {
		if !calendarID.MatchString(n.ID) {
			return fault.Field("id", "sla.reason_code")
		}
		if n.ID == RoundTheClock {
			return fault.New(fault.Conflict, "sla.fixed")
		}
		if other := b.campus[n.CampusID]; n.CampusID != "" && other != "" && other != n.ID {
			return fault.Field("campusId", "sla.campus_taken")
		}
		if _, err := New(n.Spec, b.Years); err != nil {
			return err
		}
		return putCalendar(ctx, tx, n, s.Clock.Now())
	})
}

// RemoveCalendar takes a calendar of the hospital's own away. Open orders that counted
// by it would count round the clock: a calendar that limits, items, teams or open orders
// name stays.
func (s *Service) RemoveCalendar(ctx context.Context, stamp int64, id string) (Settings, error) {
	return s.change(ctx, stamp, "calendar", id, true, func(tx *db.Tx, b *Book) error {
		switch {
		case id == RoundTheClock || id == WorkingHours:
			return fault.New(fault.Conflict, "sla.shipped")
		case !b.Has(id):
			return fault.Missing()
		case slices.ContainsFunc(b.Limits, func(l Limit) bool { return l.Calendar == id }):
			return fault.New(fault.Conflict, "sla.calendar_used")
		}
		if s.Named != nil {
			used, err := s.Named(ctx, tx, id)
			if err != nil {
				return err
			}
			if used {
				return fault.New(fault.Conflict, "sla.calendar_named")
			}
		}
		return dropCalendar(ctx, tx, id)
	})
}

// SaveYear writes the table of a year; gaps are warned of in what comes back.
func (s *Service) SaveYear(ctx context.Context, stamp int64, y Year) (Settings, error) {
	return s.change(ctx, stamp, "holiday_year", strconv.Itoa(y.Year), true, func(tx *db.Tx, _ *Book) error {
		if err := y.Check(); err != nil {
			return err
		}
		return putYear(ctx, tx, y, s.Clock.Now())
	})
}

// ImportYear writes the table that a file or a sheet holds.
func (s *Service) ImportYear(ctx context.Context, stamp int64, text string) (Settings, error) {
	if err := identity.Of(ctx).NeedAll(identity.SettingWrite); err != nil {
		return Settings{}, err
	}
	y, err := ReadYear(text)
	if err != nil {
		return Settings{}, err
	}
	return s.SaveYear(ctx, stamp, y)
}

var reasonCode = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// SaveReasons replaces the reasons. Orders name them for ever: none can be removed.
func (s *Service) SaveReasons(ctx context.Context, stamp int64, list []Reason) (Settings, error) {
	return s.change(ctx, stamp, "hold_reason", "all", false, func(tx *db.Tx, b *Book) error {
		var f fault.Fields
		seen := map[string]bool{}
		for i := range list {
			r := &list[i]
			r.NameZh, r.NameEn, r.Position = strings.TrimSpace(r.NameZh), strings.TrimSpace(r.NameEn), int64(i)
			if !reasonCode.MatchString(r.Code) || seen[r.Code] {
				f.Add(fmt.Sprintf("reasons[%d].code", i), "sla.reason_code")
			}
			if r.NameZh == "" {
				f.Add(fmt.Sprintf("reasons[%d].nameZh", i), "required")
			}
			seen[r.Code] = true
		}
		for _, r := range b.Reasons {
			if !seen[r.Code] {
				f.Add("reasons", "sla.reason_kept", "code", r.Code)
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		return putReasons(ctx, tx, list)
	})
}

// SaveLimits replaces the table of limits. Orders that are open keep theirs.
func (s *Service) SaveLimits(ctx context.Context, stamp int64, list []Limit) (Settings, error) {
	return s.change(ctx, stamp, "limit_rule", "all", false, func(tx *db.Tx, b *Book) error {
		var f fault.Fields
		seen := map[[3]string]bool{}
		for i, l := range list {
			at := fmt.Sprintf("limits[%d].", i)
			if err := f.Merge(at, Policy{Respond: l.Respond, Arrive: l.Arrive, Finish: l.Finish}.Check()); err != nil {
				return err
			}
			if !b.Has(l.Calendar) {
				f.Add(at+"calendar", "sla.calendar_unknown")
			}
			key := [3]string{l.ItemID, l.Priority, l.PlaceClass}
			if seen[key] {
				f.Add(at+"itemId", "sla.limit_twice")
			}
			seen[key] = true
		}
		if err := f.Err(); err != nil {
			return err
		}
		return putLimits(ctx, tx, list)
	})
}

package sla

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // zones must be known on machines that carry no zone files

	"wardline/internal/platform/fault"
)

// TimeOfDay is a wall-clock time in minutes since midnight, 0 to 1440. As text
// it is "08:30"; "24:00" is the end of the day.
type TimeOfDay int

// MarshalText writes "15:04".
func (t TimeOfDay) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d", t/60, t%60), nil
}

// UnmarshalText reads "15:04"; it refuses everything else.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "24:00" {
		*t = endOfDay
		return nil
	}
	at, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 {
		return fault.Field("time", "sla.time_of_day")
	}
	*t = TimeOfDay(at.Hour()*60 + at.Minute())
	return nil
}

const endOfDay TimeOfDay = 24 * 60

// Interval is a stretch of working time within one day, including From and not
// To. Night work is two intervals, one to 24:00 and one from 00:00.
type Interval struct {
	From TimeOfDay `json:"from"`
	To   TimeOfDay `json:"to"`
}

// DayKind says how a special day differs from its weekday.
type DayKind string

// The kinds of special day.
const (
	DayOff  DayKind = "off"  // no working time
	DayWork DayKind = "work" // worked like the first working day of the week, for make-up workdays
	DayOwn  DayKind = "own"  // the day's own intervals
)

// Day is a special day.
type Day struct {
	Kind      DayKind    `json:"kind"`
	Name      string     `json:"name,omitempty"`      // shown to people, for example 春节
	Intervals []Interval `json:"intervals,omitempty"` // only for DayOwn
}

// Spec describes a calendar the way an administrator edits it and the way it
// is stored. The zero value is invalid.
type Spec struct {
	// Zone is the IANA name of the time zone, for example "Asia/Shanghai".
	Zone string `json:"zone"`
	// Always makes every moment working time; everything below is then ignored.
	Always bool `json:"always,omitempty"`
	// Week holds the intervals of each weekday, Sunday first. Monday to Sunday
	// decide in this order which is the first working day.
	Week [7][]Interval `json:"week"`
	// PublicHolidays applies the tables of public holidays and make-up workdays.
	PublicHolidays bool `json:"publicHolidays,omitempty"`
	// Special holds the hospital's own exceptions by date ("2026-10-01"). They
	// win over public holidays.
	Special map[string]Day `json:"special,omitempty"`
}

// dateLayout is how dates are written in specs and holiday tables.
const dateLayout = "2006-01-02"

// New builds a calendar from its description and the holiday tables known, in
// which a later table of a year replaces an earlier one (see [Holidays]). A
// wrong description is a fault that names every wrong field.
func New(spec Spec, tables []Year) (*Calendar, error) {
	var wrong fault.Fields
	zone, err := time.LoadLocation(spec.Zone)
	if err != nil || spec.Zone == "" || spec.Zone == "Local" {
		wrong.Add("zone", "sla.zone_unknown")
	}
	if spec.Always {
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		return &Calendar{zone: zone}, nil
	}
	c := &Calendar{zone: zone, follows: spec.PublicHolidays, known: map[int]bool{}}
	for day, list := range spec.Week {
		c.week[day] = checked(&wrong, fmt.Sprintf("week[%d]", day), list)
	}
	first := firstWorkingDay(c.week)
	if first == nil {
		wrong.Add("week", "sla.week_empty")
	}
	special := map[int64][]span{}
	if spec.PublicHolidays {
		for _, y := range latest(tables) {
			if err := y.Check(); err != nil {
				if err := wrong.Merge(fmt.Sprintf("holidays.%d.", y.Year), err); err != nil {
					return nil, err
				}
				continue
			}
			c.known[y.Year] = !y.Provisional
			for date, d := range y.days() {
				if d.Kind == DayOff {
					special[date] = nil
				} else {
					special[date] = first
				}
			}
		}
	}
	for date, d := range spec.Special {
		field := "special." + date
		n, ok := dayNumber(date)
		if !ok {
			wrong.Add(field, "sla.date")
			continue
		}
		switch d.Kind {
		case DayOff:
			special[n] = nil
		case DayWork:
			special[n] = first
		case DayOwn:
			special[n] = checked(&wrong, field+".intervals", d.Intervals)
		default:
			wrong.Add(field+".kind", "sla.day_kind")
		}
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	c.index(special)
	return c, nil
}

// checked turns intervals into spans in their order and reports those that end
// before they begin, leave the day, or overlap.
func checked(wrong *fault.Fields, field string, list []Interval) []span {
	out := make([]span, 0, len(list))
	for i, iv := range list {
		if iv.From < 0 || iv.To > endOfDay || iv.From >= iv.To {
			wrong.Add(fmt.Sprintf("%s[%d]", field, i), "sla.interval_order")
			continue
		}
		out = append(out, span{int64(iv.From) * msMinute, int64(iv.To) * msMinute})
	}
	slices.SortFunc(out, func(a, b span) int { return int(a.from - b.from) })
	for i := 1; i < len(out); i++ {
		if out[i].from < out[i-1].to {
			wrong.Add(field, "sla.interval_overlap")
			break
		}
	}
	return out
}

func firstWorkingDay(week [7][]span) []span {
	for _, d := range []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday} {
		if len(week[d]) > 0 {
			return week[d]
		}
	}
	return nil
}

// dayNumber returns the number of days from 1970-01-01 to the date.
func dayNumber(date string) (int64, bool) {
	t, err := time.Parse(dateLayout, date)
	if err != nil {
		return 0, false
	}
	return floorDiv(t.UnixMilli(), msDay), true
}

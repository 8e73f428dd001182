package upkeep

import (
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"wardline/internal/platform/fault"
)

// OffDay says what becomes of an occurrence on a day that is not worked.
type OffDay string

// What may become of it.
const (
	OffKeep   OffDay = "keep"   // it stays where it is
	OffSkip   OffDay = "skip"   // it makes no order
	OffBefore OffDay = "before" // it moves to the last working day before, at the same time
	OffAfter  OffDay = "after"  // it moves to the next working day, at the same time
)

// Reasons for which an occurrence makes no order.
const (
	SkipDate   = "date"   // the plan leaves this date out
	SkipOffDay = "offday" // not a working day
	SkipMissed = "missed" // a later occurrence was due as well
	SkipOpen   = "open"   // the order before is not finished
)

// Recurrence is when a plan recurs. Moments are Unix milliseconds.
type Recurrence struct {
	Rule    string   `db:"rule" json:"rule" minLength:"5" maxLength:"300" doc:"RFC 5545 recurrence rule, for example FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH; no oftener than daily"`
	StartAt int64    `db:"start_at" json:"startAt" doc:"First possible occurrence; its time of day is that of all"`
	OffDay  OffDay   `db:"off_day" json:"offDay" enum:"keep,skip,before,after"`
	Except  []string `db:"except_days,json" json:"except,omitempty" maxItems:"200" doc:"Dates that are left out, for example 2026-10-01"`
}

// Occurrence is one recurrence of a plan.
type Occurrence struct {
	Planned int64  `json:"planned" doc:"When the rule has it"`
	At      int64  `json:"at" doc:"When it is, after the rule for days that are not worked"`
	Skip    string `json:"skip,omitempty" enum:",date,offday" doc:"Why it makes no order"`
}

// How far a rule is looked into.
const (
	maxInterval = 1000
	maxCount    = 10_000
	horizon     = 12 // years; a rule without an occurrence in so long has none
	maxShift    = 31 // days by which an occurrence moves to a working day
)

// rules is a checked recurrence in a zone.
type rules struct {
	Recurrence
	option rrule.ROption
	zone   *time.Location
}

// compile checks a recurrence; the fault names the wrong field.
func (r Recurrence) compile(zone *time.Location) (rules, error) {
	var f fault.Fields
	if r.StartAt <= 0 || r.StartAt > maxMoment {
		f.Add("startAt", "bad_value")
	}
	for _, d := range r.Except {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			f.Add("except", "bad_format")
			break
		}
	}
	if !slices.Contains([]OffDay{OffKeep, OffSkip, OffBefore, OffAfter}, r.OffDay) {
		f.Add("offDay", "bad_value")
	}
	o, code := parse(r.Rule, zone)
	if code != "" {
		f.Add("rule", code)
	}
	return rules{r, o, zone}, f.Err()
}

// maxMoment is the end of the year 2200.
const maxMoment = 7_289_654_400_000

// parse reads a rule and returns the code of what is wrong with it, if anything.
func parse(rule string, zone *time.Location) (rrule.ROption, string) {
	// The library would also take lines with dates of their own.
	if strings.ContainsAny(rule, "\r\n:") || strings.Contains(strings.ToUpper(rule), "DTSTART") {
		return rrule.ROption{}, "upkeep.rule"
	}
	o, err := rrule.StrToROptionInLocation(strings.ToUpper(strings.TrimSpace(rule)), zone)
	if err != nil {
		return rrule.ROption{}, "upkeep.rule"
	}
	switch o.Freq {
	case rrule.DAILY, rrule.WEEKLY, rrule.MONTHLY, rrule.YEARLY:
	default:
		return rrule.ROption{}, "upkeep.too_often"
	}
	if len(o.Byhour)+len(o.Byminute)+len(o.Bysecond) > 0 {
		return rrule.ROption{}, "upkeep.too_often"
	}
	if o.Interval < 0 || o.Interval > maxInterval || o.Count < 0 || o.Count > maxCount {
		return rrule.ROption{}, "upkeep.rule"
	}
	for _, d := range o.Byweekday {
		most := 5 // the library looks beyond its tables for a tenth Monday of a month
		if o.Freq == rrule.YEARLY && len(o.Bymonth) == 0 {
			most = 53
		}
		if o.Freq == rrule.DAILY || o.Freq == rrule.WEEKLY {
			most = 0
		}
		if d.N() > most || d.N() < -most {
			return rrule.ROption{}, "upkeep.rule"
		}
	}
	o.Dtstart = time.Unix(0, 0).In(zone)
	if _, err := rrule.NewRRule(*o); err != nil {
		return rrule.ROption{}, "upkeep.rule"
	}
	return *o, ""
}

// after returns the first n occurrences whose planned moment is later than the given
// one; fewer when the rule ends. workday tells whether the day of a moment is worked.
func (r rules) after(moment int64, n int, workday func(time.Time) bool) []Occurrence {
	o := r.option
	o.Dtstart = time.UnixMilli(r.StartAt).In(r.zone)
	end := time.UnixMilli(max(moment, r.StartAt)).In(r.zone).AddDate(horizon, 0, 0)
	if o.Until.IsZero() || o.Until.After(end) {
		o.Until = end // a rule that never comes true must not be followed for ever
	}
	rule, err := rrule.NewRRule(o)
	if err != nil {
		return nil
	}
	var out []Occurrence
	next := rule.Iterator()
	for len(out) < n {
		at, ok := next()
		if !ok {
			break
		}
		if at.UnixMilli() > moment {
			out = append(out, r.settle(at, workday))
		}
	}
	return out
}

// settle applies what the plan says of dates and days that are not worked.
func (r rules) settle(planned time.Time, workday func(time.Time) bool) Occurrence {
	o := Occurrence{Planned: planned.UnixMilli(), At: planned.UnixMilli()}
	if slices.Contains(r.Except, planned.Format(time.DateOnly)) {
		o.Skip = SkipDate
		return o
	}
	if r.OffDay == OffKeep || workday(planned) {
		return o
	}
	step := map[OffDay]int{OffBefore: -1, OffAfter: 1}[r.OffDay]
	for i := 1; step != 0 && i <= maxShift; i++ {
		if day := planned.AddDate(0, 0, i*step); workday(day) {
			o.At = day.UnixMilli()
			return o
		}
	}
	o.Skip = SkipOffDay
	return o
}

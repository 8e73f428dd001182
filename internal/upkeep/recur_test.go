package upkeep

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wardline/internal/platform/fault"
)

func shanghai(t interface{ Fatal(...any) }) *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func weekdays(at time.Time) bool { return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday }

// reference walks day by day.
func reference(zone *time.Location, r Recurrence, interval int, days []time.Weekday, moment int64, n int) []Occurrence {
	start := time.UnixMilli(r.StartAt).In(zone)
	monday := start.AddDate(0, 0, -(int(start.Weekday())+6)%7)
	var out []Occurrence
	for i := 0; len(out) < n && i < 4000; i++ {
		day := start.AddDate(0, 0, i)
		fits := i%interval == 0
		if days != nil {
			week := int(day.Sub(monday).Hours()/24+0.01) / 7
			fits = week%interval == 0 && slices.Contains(days, day.Weekday())
		}
		if !fits || day.UnixMilli() <= moment {
			continue
		}
		o := Occurrence{Planned: day.UnixMilli(), At: day.UnixMilli()}
		switch {
		case slices.Contains(r.Except, day.Format(time.DateOnly)):
			o.Skip = SkipDate
		case weekdays(day) || r.OffDay == OffKeep:
		case r.OffDay == OffSkip:
			o.Skip = SkipOffDay
		default:
			for !weekdays(day) {
				day = day.AddDate(0, 0, map[OffDay]int{OffBefore: -1, OffAfter: 1}[r.OffDay])
			}
			o.At = day.UnixMilli()
		}
		out = append(out, o)
	}
	return out
}

func TestOccurrencesAreThoseOfAWalkDayByDay(t *testing.T) {
	zone := shanghai(t)
	names := []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
	rapid.Check(t, func(t *rapid.T) {
		r := Recurrence{StartAt: 1_790_000_000_000 + rapid.Int64Range(0, 400*86_400).Draw(t, "start")*1000,
			OffDay: rapid.SampledFrom([]OffDay{OffKeep, OffSkip, OffBefore, OffAfter}).Draw(t, "off")}
		interval := rapid.IntRange(1, 9).Draw(t, "interval")
		var days []time.Weekday
		r.Rule = fmt.Sprintf("FREQ=DAILY;INTERVAL=%d", interval)
		if rapid.Bool().Draw(t, "weekly") {
			var by []string
			for _, d := range rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 1, 7, rapid.ID[int]).Draw(t, "days") {
				days, by = append(days, time.Weekday(d)), append(by, names[d])
			}
			r.Rule = fmt.Sprintf("FREQ=WEEKLY;INTERVAL=%d;BYDAY=%s", interval, strings.Join(by, ","))
		}
		for _, d := range rapid.SliceOfN(rapid.IntRange(0, 60), 0, 5).Draw(t, "except") {
			r.Except = append(r.Except, time.UnixMilli(r.StartAt).In(zone).AddDate(0, 0, d).Format(time.DateOnly))
		}
		moment := r.StartAt + rapid.Int64Range(-30*86_400, 90*86_400).Draw(t, "moment")*1000
		c, err := r.compile(zone)
		if err != nil {
			t.Fatal(err)
		}
		got, want := c.after(moment, 12, weekdays), reference(zone, r, interval, days, moment, 12)
		if !slices.Equal(got, want) {
			t.Fatalf("%+v after %d:\n%v\n%v", r, moment, got, want)
		}
	})
}

// The wall clock decides where clocks are changed.
func TestOccurrencesKeepTheirTimeOfDay(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 27, 7, 30, 0, 0, zone)
	c, err := Recurrence{Rule: "FREQ=DAILY", StartAt: start.UnixMilli(), OffDay: OffKeep}.compile(zone)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range c.after(start.UnixMilli()-1, 5, weekdays) {
		if got := time.UnixMilli(o.At).In(zone).Format("15:04"); got != "07:30" {
			t.Errorf("at %s", got)
		}
	}
}

func TestMonthEndsAndRulesThatEnd(t *testing.T) {
	zone := shanghai(t)
	start := time.Date(2027, 1, 31, 9, 0, 0, 0, zone).UnixMilli()
	for rule, want := range map[string]string{
		"FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3":              "2027-01-31 2027-02-28 2027-03-31",
		"FREQ=MONTHLY;BYDAY=1MO;COUNT=2":                  "2027-02-01 2027-03-01",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1":     "2028-02-29",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30":             "", // never
		"FREQ=DAILY;INTERVAL=10;UNTIL=20270215T000000":    "2027-01-31 2027-02-10",
		"FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=1,15;COUNT=3": "2027-07-01 2027-07-15 2028-01-01",
		"freq=weekly;byday=mo;count=2;interval=2":         "2027-02-08 2027-02-22",
	} {
		c, err := Recurrence{Rule: rule, StartAt: start, OffDay: OffKeep}.compile(zone)
		if err != nil {
			t.Errorf("%s: %v", rule, err)
			continue
		}
		var got []string
		for _, o := range c.after(start-1, 5, weekdays) {
			got = append(got, time.UnixMilli(o.At).In(zone).Format(time.DateOnly))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", rule, got, want)
		}
	}
}

func TestWrongRecurrencesAreRefusedByField(t *testing.T) {
	zone := shanghai(t)
	good := Recurrence{Rule: "FREQ=DAILY", StartAt: 1_790_000_000_000, OffDay: OffKeep}
	with := func(f func(*Recurrence)) Recurrence { r := good; f(&r); return r }
	for field, list := range map[string][]Recurrence{
		"rule": {with(func(r *Recurrence) { r.Rule = "FREQ=HOURLY" }), with(func(r *Recurrence) { r.Rule = "FREQ=DAILY;BYHOUR=1,2" }),
			with(func(r *Recurrence) { r.Rule = "every day" }), with(func(r *Recurrence) { r.Rule = "FREQ=DAILY;INTERVAL=-1" }),
			with(func(r *Recurrence) { r.Rule = "DTSTART:20270101T000000Z\nRRULE:FREQ=DAILY" }), with(func(r *Recurrence) { r.Rule = "FREQ=MONTHLY;BYMONTHDAY=40" }), with(func(r *Recurrence) { r.Rule = "FREQ=MONTHLY;BYDAY=6MO" }),
			with(func(r *Recurrence) { r.Rule = "FREQ=WEEKLY;BYDAY=1MO" }), with(func(r *Recurrence) { r.Rule = "FREQ=YEARLY;BYMONTH=3;BYDAY=-10FR" }),
			with(func(r *Recurrence) { r.Rule = "FREQ=DAILY;COUNT=1000000000" })},
		"startAt": {with(func(r *Recurrence) { r.StartAt = 0 }), with(func(r *Recurrence) { r.StartAt = 1 << 60 })},
		"offDay":  {with(func(r *Recurrence) { r.OffDay = "never" })},
		"except":  {with(func(r *Recurrence) { r.Except = []string{"2027-02-30"} })},
	} {
		for _, r := range list {
			_, err := r.compile(zone)
			f, ok := fault.Of(err)
			if !ok || len(f.Fields) != 1 || f.Fields[0].Field != field {
				t.Errorf("%+v: %v, want %s", r, err, field)
			}
		}
	}
}

// Whatever is typed, reading a rule ends, and soon.
func FuzzRule(f *testing.F) {
	for _, s := range []string{"FREQ=DAILY", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", "FREQ=WEEKLY;WKST=SU;BYSETPOS=1", "FREQ=DAILY;UNTIL=x"} {
		f.Add(s, int64(1_790_000_000_000))
	}
	zone := shanghai(f)
	f.Fuzz(func(t *testing.T, rule string, start int64) {
		c, err := Recurrence{Rule: rule, StartAt: start, OffDay: OffAfter}.compile(zone)
		if err != nil {
			return
		}
		begun := time.Now()
		last := int64(0)
		for _, o := range c.after(start+86_400_000*400, 3, weekdays) {
			if o.Planned <= last || o.At < o.Planned {
				t.Fatalf("%q: %+v after %d", rule, o, last)
			}
			last = o.Planned
		}
		if spent := time.Since(begun); spent > 20*time.Second {
			t.Fatalf("%q took %s", rule, spent)
		}
	})
}

package sla

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wardline/internal/platform/fault"
)

const msHour = 60 * msMinute

// officeWeek is Monday to Friday 08:00–12:00 and 14:00–17:30.
func officeWeek() (week [7][]Interval) {
	for d := time.Monday; d <= time.Friday; d++ {
		week[d] = []Interval{{8 * 60, 12 * 60}, {14 * 60, 17*60 + 30}}
	}
	return week
}

func mustNew(t interface{ Fatal(...any) }, spec Spec, tables []Year) *Calendar {
	c, err := New(spec, tables)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// office is the working week of a Chinese hospital's offices.
func office(t interface{ Fatal(...any) }) *Calendar {
	tables, err := Holidays()
	if err != nil {
		t.Fatal(err)
	}
	return mustNew(t, Spec{Zone: "Asia/Shanghai", Week: officeWeek(), PublicHolidays: true}, tables)
}

// instant reads "2006-01-02 15:04" or with seconds in a zone.
func instant(t interface{ Fatal(...any) }, zone, s string) int64 {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli()
}

func TestAddByHand(t *testing.T) {
	c := office(t)
	for _, k := range []struct {
		start   string
		minutes int64
		want    string
	}{
		{"2025-03-03 08:00", 30, "2025-03-03 08:30"},
		{"2025-03-03 07:00", 30, "2025-03-03 08:30"},
		{"2025-03-03 11:50", 10, "2025-03-03 12:00"}, // the end of an interval, not the start of the next
		{"2025-03-03 11:50", 11, "2025-03-03 14:01"}, // over lunch
		{"2025-03-03 17:20", 30, "2025-03-04 08:20"}, // overnight
		{"2025-03-07 17:20", 30, "2025-03-10 08:20"}, // over a weekend
		{"2025-03-08 10:00", 60, "2025-03-10 09:00"}, // begun on a Saturday
		{"2025-09-30 17:00", 60, "2025-10-09 08:30"}, // over the eight days of October
		{"2025-10-11 08:00", 60, "2025-10-11 09:00"}, // a Saturday worked in exchange
		{"2026-02-13 17:00", 60, "2026-02-14 08:30"}, // make-up Saturday before Spring Festival
		{"2026-02-14 17:00", 60, "2026-02-24 08:30"}, // nine days off
		{"2025-03-03 08:00", 0, "2025-03-03 08:00"},
		{"2025-03-08 10:00", 0, "2025-03-08 10:00"}, // nothing added is the start itself
		{"2025-03-10 08:20", -30, "2025-03-07 17:20"},
		{"2025-03-10 08:20", -20, "2025-03-10 08:00"},
		{"2025-03-08 10:00", -30, "2025-03-07 17:00"},
		{"2025-01-01 00:00", 7 * 60 * 450 / 60, "2025-01-10 17:30"},
	} {
		got := c.Add(instant(t, "Asia/Shanghai", k.start), k.minutes*msMinute)
		if want := instant(t, "Asia/Shanghai", k.want); got != want {
			t.Errorf("%s + %d min = %s, want %s", k.start, k.minutes, time.UnixMilli(got).In(c.zone).Format("2006-01-02 15:04"), k.want)
		}
	}
}

func TestAcrossClockChanges(t *testing.T) {
	spec := Spec{Zone: "America/New_York"}
	for d := range spec.Week {
		spec.Week[d] = []Interval{{0, 6 * 60}}
	}
	c := mustNew(t, spec, nil)
	at := func(s string) int64 { return instant(t, "America/New_York", s) }
	// 9 March 2025 has no hour from 2 to 3; 2 November has the one from 1 to 2 twice.
	for _, k := range []struct {
		from, to string
		hours    int64
	}{
		{"2025-03-09 00:00", "2025-03-10 00:00", 5},
		{"2025-11-02 00:00", "2025-11-03 00:00", 7},
		{"2025-03-08 00:00", "2025-11-03 00:00", 6 * 240},
	} {
		if got := c.Between(at(k.from), at(k.to)); got != k.hours*msHour {
			t.Errorf("%s to %s: %d min, want %d h", k.from, k.to, got/msMinute, k.hours)
		}
	}
	if got := c.Add(at("2025-03-09 00:00"), 5*msHour); got != at("2025-03-09 06:00") {
		t.Errorf("spring: due %s", time.UnixMilli(got).In(c.zone))
	}
	if got := c.Add(at("2025-11-02 00:00"), 7*msHour); got != at("2025-11-02 06:00") {
		t.Errorf("autumn: due %s", time.UnixMilli(got).In(c.zone))
	}
}

func TestRoundTheClock(t *testing.T) {
	for _, c := range []*Calendar{nil, mustNew(t, Spec{Zone: "Asia/Shanghai", Always: true, PublicHolidays: true}, nil)} {
		if c.Add(5, 7) != 12 || c.Between(3, 10) != 7 || c.Between(10, 3) != -7 || !c.Open(99) || c.Warnings(0, 1<<50) != nil {
			t.Errorf("%v does not work round the clock", c)
		}
	}
}

func TestOwnDaysWinOverPublicHolidays(t *testing.T) {
	tables, err := Holidays()
	if err != nil {
		t.Fatal(err)
	}
	c := mustNew(t, Spec{Zone: "Asia/Shanghai", Week: officeWeek(), PublicHolidays: true, Special: map[string]Day{
		"2025-10-01": {Kind: DayOwn, Intervals: []Interval{{9 * 60, 10 * 60}}},
		"2025-10-02": {Kind: DayWork},
		"2025-10-09": {Kind: DayOff},
		"2025-10-11": {Kind: DayOwn},
	}}, tables)
	for date, hours := range map[string]float64{
		"2025-09-28": 7.5, "2025-10-01": 1, "2025-10-02": 7.5, "2025-10-03": 0, "2025-10-09": 0, "2025-10-10": 7.5, "2025-10-11": 0,
	} {
		from := instant(t, "Asia/Shanghai", date+" 00:00")
		if got := c.Between(from, from+msDay); got != int64(hours*float64(msHour)) {
			t.Errorf("%s has %d min of work, want %v h", date, got/msMinute, hours)
		}
	}
}

func TestSpecIsChecked(t *testing.T) {
	good := Spec{Zone: "Asia/Shanghai", Week: officeWeek()}
	for field, change := range map[string]func(*Spec){
		"zone":                    func(s *Spec) { s.Zone = "Mars/Olympus" },
		"week":                    func(s *Spec) { s.Week = [7][]Interval{} },
		"week[1]":                 func(s *Spec) { s.Week[1] = []Interval{{60, 120}, {100, 200}} },
		"week[2][0]":              func(s *Spec) { s.Week[2] = []Interval{{120, 60}} },
		"week[3][1]":              func(s *Spec) { s.Week[3] = []Interval{{60, 120}, {1400, 1441}} },
		"special.2025-02-30":      func(s *Spec) { s.Special = map[string]Day{"2025-02-30": {Kind: DayOff}} },
		"special.2025-02-03.kind": func(s *Spec) { s.Special = map[string]Day{"2025-02-03": {Kind: "half"}} },
		"special.2025-02-03.intervals[0]": func(s *Spec) {
			s.Special = map[string]Day{"2025-02-03": {Kind: DayOwn, Intervals: []Interval{{-1, 5}}}}
		},
	} {
		spec := good
		change(&spec)
		c, err := New(spec, nil)
		f, ok := fault.Of(err)
		if !ok || len(f.Fields) != 1 || f.Fields[0].Field != field || c != nil {
			t.Errorf("%s: got %v", field, err)
		} else if m := fault.Message(fault.Chinese, f.Fields[0].Code, f.Fields[0].Params); m == f.Fields[0].Code {
			t.Errorf("%s has no message", m)
		}
	}
	if _, err := New(Spec{Zone: "", Always: true}, nil); err == nil {
		t.Error("a calendar without a zone was accepted")
	}
}

func TestSpecAsJSON(t *testing.T) {
	raw := `{"zone":"Asia/Shanghai","week":[[],[{"from":"08:00","to":"24:00"}],[],[],[],[],[]],"publicHolidays":true,"special":{"2026-10-02":{"kind":"own","name":"值班","intervals":[{"from":"09:00","to":"11:30"}]}}}`
	var spec Spec
	if err := json.Unmarshal([]byte(raw), &spec); err != nil {
		t.Fatal(err)
	}
	if got := spec.Week[1][0]; got != (Interval{480, 1440}) {
		t.Errorf("read %v", got)
	}
	back, err := json.Marshal(spec)
	if err != nil || string(back) != raw {
		t.Errorf("written as %s, %v", back, err)
	}
	for _, bad := range []string{`"8:00"`, `"24:01"`, `"12:60"`, `"ab:cd"`, `""`, `"08:00:00"`} {
		var at TimeOfDay
		if json.Unmarshal([]byte(bad), &at) == nil {
			t.Errorf("%s was read as %d minutes", bad, at)
		}
	}
}

// reference decides minute by minute from the wall clock what is working time.
type reference struct {
	zone  *time.Location
	spec  Spec
	table map[string]DayKind
}

func newReference(t interface{ Fatal(...any) }, spec Spec, tables []Year) reference {
	zone, err := time.LoadLocation(spec.Zone)
	if err != nil {
		t.Fatal(err)
	}
	r := reference{zone, spec, map[string]DayKind{}}
	for _, y := range tables {
		for _, f := range y.Festivals {
			day, _ := time.Parse(dateLayout, f.From)
			for ; day.Format(dateLayout) <= f.To; day = day.AddDate(0, 0, 1) {
				r.table[day.Format(dateLayout)] = DayOff
			}
			for _, w := range f.Work {
				r.table[w] = DayWork
			}
		}
	}
	return r
}

func (r reference) open(at int64) bool {
	t := time.UnixMilli(at).In(r.zone)
	list, date := r.spec.Week[t.Weekday()], t.Format(dateLayout)
	kind, own := DayKind(""), []Interval(nil)
	if r.spec.PublicHolidays {
		kind = r.table[date]
	}
	if d, ok := r.spec.Special[date]; ok {
		kind, own = d.Kind, d.Intervals
	}
	switch kind {
	case DayOff:
		list = nil
	case DayOwn:
		list = own
	case DayWork:
		for i := 1; i <= 7; i++ {
			if list = r.spec.Week[i%7]; len(list) > 0 {
				break
			}
		}
	}
	minute := TimeOfDay(t.Hour()*60 + t.Minute())
	return slices.ContainsFunc(list, func(iv Interval) bool { return minute >= iv.From && minute < iv.To })
}

var zones = []string{"Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "Pacific/Apia", "UTC"}

func drawIntervals(t *rapid.T, most int) []Interval {
	cuts := rapid.SliceOfNDistinct(rapid.IntRange(0, 288), 0, 2*most, rapid.ID[int]).Draw(t, "cuts")
	slices.Sort(cuts)
	var out []Interval
	for i := 0; i+1 < len(cuts); i += 2 {
		out = append(out, Interval{TimeOfDay(cuts[i] * 5), TimeOfDay(cuts[i+1] * 5)})
	}
	return out
}

// drawCalendar returns a calendar, its reference and a whole minute to start at.
func drawCalendar(t *rapid.T) (*Calendar, reference, int64) {
	spec := Spec{
		Zone:           rapid.SampledFrom(zones).Draw(t, "zone"),
		PublicHolidays: rapid.Bool().Draw(t, "holidays"),
		Special:        map[string]Day{},
	}
	for d := range spec.Week {
		spec.Week[d] = drawIntervals(t, 3)
	}
	spec.Week[rapid.IntRange(0, 6).Draw(t, "sure")] = []Interval{{9 * 60, 17 * 60}}
	year := rapid.SampledFrom([]int{2025, 2025, 2040, 2056}).Draw(t, "year") // with tables, and leap years far off
	base := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(-30, 760).Draw(t, "day"))
	for range rapid.IntRange(0, 6).Draw(t, "specials") {
		date := base.AddDate(0, 0, rapid.IntRange(-20, 20).Draw(t, "offset")).Format(dateLayout)
		d := Day{Kind: rapid.SampledFrom([]DayKind{DayOff, DayWork, DayOwn}).Draw(t, "kind")}
		if d.Kind == DayOwn {
			d.Intervals = drawIntervals(t, 2)
		}
		spec.Special[date] = d
	}
	tables, err := Holidays()
	if err != nil {
		t.Fatal(err)
	}
	start := base.Add(time.Duration(rapid.IntRange(0, 1439).Draw(t, "minute")) * time.Minute).UnixMilli()
	return mustNew(t, spec, tables), newReference(t, spec, tables), start
}

func TestBetweenAgreesWithMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ref, a := drawCalendar(t)
		length := rapid.Int64Range(0, 25*24*60).Draw(t, "length")
		want := int64(0)
		for i := range length {
			if ref.open(a + i*msMinute) {
				want += msMinute
			}
		}
		b := a + length*msMinute
		if got := c.Between(a, b); got != want {
			t.Fatalf("%d min, want %d", got/msMinute, want/msMinute)
		}
		if got := c.Between(b, a); got != -want {
			t.Fatalf("backwards %d min, want %d", got/msMinute, -want/msMinute)
		}
		sum := int64(0)
		for _, s := range c.open(a, b) {
			sum += s.to - s.from
		}
		if sum != want {
			t.Fatalf("the open spans hold %d min, want %d", sum/msMinute, want/msMinute)
		}
		if c.Open(a) != ref.open(a) {
			t.Fatalf("open %v, want %v", c.Open(a), ref.open(a))
		}
	})
}

func TestAddAgreesWithMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ref, start := drawCalendar(t)
		minutes := rapid.Int64Range(1, 3000).Draw(t, "minutes")
		want, left := start, minutes
		for ; left > 0; want += msMinute {
			if ref.open(want) {
				left--
			}
		}
		if got := c.Add(start, minutes*msMinute); got != want {
			t.Fatalf("%s + %d min = %s, want %s", time.UnixMilli(start).In(c.zone), minutes, time.UnixMilli(got).In(c.zone), time.UnixMilli(want).In(c.zone))
		}
		want, left = start, minutes
		for ; left > 0; want -= msMinute {
			if ref.open(want - msMinute) {
				left--
			}
		}
		// Going back stops at the latest such moment: skip what is not worked after it.
		if got := c.Add(start, -minutes*msMinute); got != want {
			t.Fatalf("%s - %d min = %s, want %s", time.UnixMilli(start).In(c.zone), minutes, time.UnixMilli(got).In(c.zone), time.UnixMilli(want).In(c.zone))
		}
	})
}

// To the millisecond and over decades the operations must undo each other.
func TestAddAndBetweenUndoEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, _, start := drawCalendar(t)
		start += rapid.Int64Range(-40*366*msDay, 40*366*msDay).Draw(t, "shift")
		d := rapid.Int64Range(1, 2*366*msDay).Draw(t, "working")
		due := c.Add(start, d)
		if got := c.Between(start, due); got != d {
			t.Fatalf("added %d, found %d", d, got)
		}
		if c.Between(start, due-1) != d-1 {
			t.Fatalf("%d is not the earliest moment", due)
		}
		begin := c.Add(start, -d)
		if got := c.Between(begin, start); got != d {
			t.Fatalf("took %d, found %d", d, got)
		}
		if c.Between(begin+1, start) != d-1 {
			t.Fatalf("%d is not the latest moment", begin)
		}
		part := rapid.Int64Range(0, d).Draw(t, "part")
		if two := c.Add(c.Add(start, part), d-part); two != due {
			t.Fatalf("in two steps %d, in one %d", two, due)
		}
		middle := rapid.Int64Range(start, due).Draw(t, "middle")
		if c.Between(start, middle)+c.Between(middle, due) != d {
			t.Fatal("the parts do not add up")
		}
	})
}

func TestAbsurdAmountsEnd(t *testing.T) {
	spec := Spec{Zone: "Europe/London"}
	spec.Week[3] = []Interval{{0, 1}}
	c := mustNew(t, spec, nil)
	for _, d := range []int64{1 << 62, -1 << 62} {
		if got, want := c.Between(0, c.Add(0, d)), max(-farthest, min(d, farthest)); got != want {
			t.Errorf("added %d, found %d", want, got)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	c := office(b)
	start := instant(b, "Asia/Shanghai", "2025-09-30 17:00")
	for b.Loop() {
		c.Add(start, 40*msHour)
	}
}

func BenchmarkBetweenTenYears(b *testing.B) {
	c := office(b)
	start := instant(b, "Asia/Shanghai", "2020-01-01 00:00")
	for b.Loop() {
		c.Between(start, start+3653*msDay)
	}
}

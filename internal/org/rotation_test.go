package org

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zones(t *rapid.T) *time.Location {
	name := rapid.SampledFrom([]string{"Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}).Draw(t, "zone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// anyShift draws a sound shift, often over midnight or split.
func anyShift(t *rapid.T, id string) Shift {
	s := Shift{ID: id, Active: true, Kind: NormalDuty}
	at := rapid.Int64Range(0, dayMinutes-1).Draw(t, "begin")
	limit := at + dayMinutes
	for range rapid.IntRange(1, 3).Draw(t, "intervals") {
		if at >= dayMinutes || at >= limit {
			break
		}
		to := rapid.Int64Range(at+1, limit).Draw(t, "to")
		s.Intervals = append(s.Intervals, Interval{at, to})
		at = to + rapid.Int64Range(0, 300).Draw(t, "pause")
	}
	if !sound(s.Intervals) {
		t.Fatalf("%v should be sound", s.Intervals)
	}
	return s
}

// Whether somebody is on duty by the plan is the same, minute by minute, as what the
// wall clock and the cycle say without any plan.
func TestRotationAgainstTheWallClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := zones(t)
		shifts := map[string]Shift{"a": anyShift(t, "a"), "b": anyShift(t, "b")}
		cycle := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", ""}), 1, 9).Draw(t, "cycle")
		offset := rapid.Int64Range(0, maxCycle-1).Draw(t, "offset")
		first := day(rapid.Int64Range(20_500, 20_900).Draw(t, "first"))
		from := first + day(rapid.Int64Range(-40, 40).Draw(t, "from"))
		r := Rotation{ID: "r", FirstDay: first.String(), Cycle: cycle, Members: []Rotating{{"p", offset}}}
		plan := r.plan(shifts, from, from+9, zone)
		shiftOn := func(d day) Shift {
			n := len(cycle)
			return shifts[cycle[((int(d-first)+int(offset))%n+n)%n]]
		}
		for range 60 {
			minute := rapid.Int64Range(2*dayMinutes, 8*dayMinutes).Draw(t, "minute")
			at := from.at(0, zone) + minute*60_000
			planned := false
			for _, d := range plan {
				planned = planned || d.StartAt <= at && at < d.EndAt
			}
			wall := time.UnixMilli(at).In(zone)
			today, m := dayOf(at, zone), int64(wall.Hour()*60+wall.Minute())
			want := false
			for _, back := range []day{0, 1} {
				for _, v := range shiftOn(today - back).Intervals {
					want = want || v.From <= m+int64(back)*dayMinutes && m+int64(back)*dayMinutes < v.To
				}
			}
			if _, before := time.UnixMilli(at - 4*3_600_000).In(zone).Zone(); zoneChanges(at, zone, before) {
				continue // an hour that comes twice or never has no single minute of the day
			}
			if planned != want {
				t.Fatalf("%s: planned %v, by the wall clock %v; shifts %v", wall, planned, want, shifts)
			}
		}
	})
}

func zoneChanges(at int64, zone *time.Location, before int) bool {
	_, after := time.UnixMilli(at + 4*3_600_000).In(zone).Zone()
	return before != after
}

// The slots of a plan differ, planning a span in two parts gives the same as in one, and
// no stretch is empty or longer than its shift allows by more than the clock is changed.
func TestRotationIsTheSameInParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := zones(t)
		shifts := map[string]Shift{"a": anyShift(t, "a"), "b": anyShift(t, "b")}
		r := Rotation{ID: "r", FirstDay: "2026-03-01", Cycle: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", ""}), 1, 12).Draw(t, "cycle"),
			Members: []Rotating{{"p", 0}, {"q", rapid.Int64Range(0, 20).Draw(t, "offset")}}}
		from := day(rapid.Int64Range(20_500, 20_900).Draw(t, "from"))
		cut := from + day(rapid.Int64Range(0, 20).Draw(t, "cut"))
		whole := r.plan(shifts, from, from+20, zone)
		parts := append(r.plan(shifts, from, cut, zone), r.plan(shifts, cut, from+20, zone)...)
		if len(whole) != len(parts) {
			t.Fatalf("%d in one, %d in parts", len(whole), len(parts))
		}
		slots := map[string]bool{}
		for i, d := range whole {
			if d != parts[i] {
				t.Fatalf("%+v\n%+v", d, parts[i])
			}
			if slots[d.Slot] {
				t.Fatalf("slot %s twice", d.Slot)
			}
			slots[d.Slot] = true
			if d.EndAt <= d.StartAt || d.EndAt-d.StartAt > 25*3_600_000 {
				t.Fatalf("%+v", d)
			}
		}
	})
}

func TestSoundIntervals(t *testing.T) {
	for _, c := range []struct {
		list []Interval
		want bool
	}{
		{[]Interval{{480, 1050}}, true}, {[]Interval{{480, 720}, {840, 1080}}, true}, {[]Interval{{1320, 1920}}, true}, {[]Interval{{0, 1440}}, true},
		{[]Interval{{480, 720}, {719, 1080}}, false}, {[]Interval{{480, 480}}, false}, {[]Interval{{480, 1921}}, false}, {nil, false},
		{[]Interval{{1440, 1500}}, false}, {[]Interval{{60, 120}, {1200, 1501}}, false}, {[]Interval{{-1, 5}}, false},
	} {
		if sound(c.list) != c.want {
			t.Errorf("%v", c.list)
		}
	}
}

func TestOpenAt(t *testing.T) {
	hours := []Opening{{1, 420, 600}, {7, 1380, 1500}} // Monday 7–10, Sunday 23 until Monday 1
	for _, c := range []struct {
		weekday, minute int64
		want            bool
	}{{1, 420, true}, {1, 599, true}, {1, 600, false}, {2, 500, false}, {7, 1380, true}, {1, 59, true}, {1, 60, false}, {2, 30, false}} {
		if openAt(hours, c.weekday, c.minute) != c.want {
			t.Errorf("weekday %d minute %d", c.weekday, c.minute)
		}
	}
}

// Whatever two people exchange, nobody is left with two duties at once unless they were so
// before, and clashes says so.
func TestClashesAgainstEveryPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []Duty
		for i := range rapid.IntRange(2, 8).Draw(t, "n") {
			from := rapid.Int64Range(1, 60).Draw(t, "from")
			all = append(all, Duty{ID: string(rune('a' + i)), TeamID: "t", PersonID: rapid.SampledFrom([]string{"p", "q"}).Draw(t, "who"),
				StartAt: from, EndAt: from + rapid.Int64Range(1, 20).Draw(t, "long")})
		}
		w := Swap{TeamID: "t", PersonID: all[0].PersonID, WithID: map[string]string{"p": "q", "q": "p"}[all[0].PersonID]}
		var back *Duty
		if all[1].PersonID == w.WithID && rapid.Bool().Draw(t, "back") {
			back = &all[1]
		}
		changed := w.exchanged(all[0], back)
		after := append([]Duty{}, all...)
		for _, c := range changed {
			for i := range after {
				if after[i].ID == c.ID {
					after[i] = c
				}
			}
		}
		want := false
		for _, c := range changed {
			for _, o := range after {
				want = want || o.ID != c.ID && o.PersonID == c.PersonID && o.over(c.StartAt, c.EndAt)
			}
		}
		if got := clashes(changed, all); got != want {
			t.Fatalf("clashes %v, by pairs %v: %+v", got, want, after)
		}
	})
}

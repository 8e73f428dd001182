package sla

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wardline/internal/platform/fault"
)

func TestDueByHand(t *testing.T) {
	c := office(t)
	at := func(s string) int64 { return instant(t, "Asia/Shanghai", s) }
	start := at("2025-03-03 16:00") // a Monday; 90 minutes are left of it
	policy := Policy{Respond: 10, Arrive: 60, Finish: 240, Calendar: c}
	for name, k := range map[string]struct {
		pauses                  []Pause
		respond, arrive, finish string
	}{
		"no pause":              {nil, "2025-03-03 16:10", "2025-03-03 17:00", "2025-03-04 10:30"},
		"after responding":      {[]Pause{{From: at("2025-03-03 16:20"), To: at("2025-03-03 16:50")}}, "2025-03-03 16:10", "2025-03-03 17:30", "2025-03-04 11:00"},
		"overnight":             {[]Pause{{From: at("2025-03-03 17:30"), To: at("2025-03-04 08:00")}}, "2025-03-03 16:10", "2025-03-03 17:00", "2025-03-04 10:30"},
		"half in working time":  {[]Pause{{From: at("2025-03-03 17:00"), To: at("2025-03-03 20:00")}}, "2025-03-03 16:10", "2025-03-03 17:00", "2025-03-04 11:00"},
		"overlapping each":      {[]Pause{{From: at("2025-03-03 16:30"), To: at("2025-03-03 16:50")}, {From: at("2025-03-03 16:20"), To: at("2025-03-03 16:40")}}, "2025-03-03 16:10", "2025-03-03 17:30", "2025-03-04 11:00"},
		"only finishing":        {[]Pause{{From: at("2025-03-03 16:05"), To: at("2025-03-03 16:35"), Stops: Finish}}, "2025-03-03 16:10", "2025-03-03 17:00", "2025-03-04 11:00"},
		"before the clock":      {[]Pause{{From: at("2025-03-03 14:00"), To: at("2025-03-03 15:00")}}, "2025-03-03 16:10", "2025-03-03 17:00", "2025-03-04 10:30"},
		"after it was overdue":  {[]Pause{{From: at("2025-03-04 10:30"), To: at("2025-03-04 12:00")}}, "2025-03-03 16:10", "2025-03-03 17:00", "2025-03-04 10:30"},
		"over the start":        {[]Pause{{From: at("2025-03-03 15:00"), To: at("2025-03-03 16:30")}}, "2025-03-03 16:40", "2025-03-03 17:30", "2025-03-04 11:00"},
		"empty and turned over": {[]Pause{{From: start, To: start}, {From: start + 1, To: start - 1}}, "2025-03-03 16:10", "2025-03-03 17:00", "2025-03-04 10:30"},
	} {
		d := Due(policy, start, k.pauses)
		for m, want := range map[Milestone]string{Respond: k.respond, Arrive: k.arrive, Finish: k.finish} {
			if got := d.Of(m); got != (Deadline{At: at(want)}) {
				t.Errorf("%s: milestone %d is due %v, want %s", name, m, got, want)
			}
		}
	}
}

func TestOpenPause(t *testing.T) {
	c := office(t)
	at := func(s string) int64 { return instant(t, "Asia/Shanghai", s) }
	clock := Clock{Policy: Policy{Respond: 10, Finish: 240, Calendar: c}, Start: at("2025-03-03 16:00"),
		Pauses: []Pause{{From: at("2025-03-03 16:30"), Reason: "待配件"}}}
	d := clock.Deadlines()
	if d.Respond.At != at("2025-03-03 16:10") || d.Respond.Paused {
		t.Errorf("a pause after the due moment changed it: %+v", d.Respond)
	}
	if d.Finish != (Deadline{Paused: true, Left: 210 * msMinute}) {
		t.Errorf("finish is %+v", d.Finish)
	}
	if d.Arrive != (Deadline{}) {
		t.Errorf("arrive has no limit but is %+v", d.Arrive)
	}
	if r := clock.Read(Finish, at("2025-03-04 09:00")); r != (Reading{State: StatePaused, Left: 210 * msMinute}) {
		t.Errorf("reads %+v", r)
	}
	clock.Finish.Met = at("2025-03-03 16:40") // finished while on hold
	if d := clock.Deadlines().Finish; d.Paused || d.At != at("2025-03-04 10:40") {
		t.Errorf("met during a pause: %+v", d)
	}
}

func TestOwnStartsAndBookedMoments(t *testing.T) {
	at := func(s string) int64 { return instant(t, "Asia/Shanghai", s) }
	clock := Clock{Policy: Policy{Respond: 10, Arrive: 20, Finish: 120}, Start: at("2025-03-03 16:00"),
		Arrive: Mark{Booked: at("2025-03-05 09:00")},
		Finish: Mark{Start: at("2025-03-05 09:00")}}
	d := clock.Deadlines()
	if d.Respond.At != at("2025-03-03 16:10") || d.Arrive.At != at("2025-03-05 09:00") || d.Finish.At != at("2025-03-05 11:00") {
		t.Errorf("due %+v", d)
	}
	for when, want := range map[string]Reading{
		"2025-03-05 08:00": {StateBefore, d.Finish.At, 120 * msMinute},
		"2025-03-05 10:00": {StateRunning, d.Finish.At, 60 * msMinute},
		"2025-03-05 11:30": {StateLate, d.Finish.At, -30 * msMinute},
	} {
		if got := clock.Read(Finish, at(when)); got != want {
			t.Errorf("at %s it reads %+v, want %+v", when, got, want)
		}
	}
}

func TestChangeKeepsWhatIsSettled(t *testing.T) {
	at := func(s string) int64 { return instant(t, "Asia/Shanghai", "2025-03-03 "+s) }
	loose := Policy{Respond: 10, Arrive: 60, Finish: 240}
	strict := Policy{Respond: 5, Arrive: 20, Finish: 120}
	clock := Clock{Policy: loose, Start: at("08:00"), Pauses: []Pause{{From: at("08:20"), To: at("08:50")}},
		Respond: Mark{Met: at("08:07")}}

	d := clock.Change(strict, at("09:00")).Deadlines()
	if d.Respond.At != at("08:10") {
		t.Errorf("a response in time is judged anew: due %d", d.Respond.At)
	}
	if d.Arrive.At != at("09:00") {
		t.Errorf("arriving is due %d, before the limit existed", d.Arrive.At)
	}
	if d.Finish.At != at("10:30") {
		t.Errorf("finishing is due %d; the pause of 30 minutes must still count", d.Finish.At)
	}

	late := clock.Change(loose, at("09:35")).Change(Policy{Finish: 600, Arrive: 600}, at("09:40"))
	d = late.Deadlines()
	if d.Arrive.At != at("09:30") || late.Read(Arrive, at("09:40")).State != StateLate {
		t.Errorf("what was broken is whole again: %+v", d.Arrive)
	}
	if d.Finish.At != at("18:30") {
		t.Errorf("finishing is due %d", d.Finish.At)
	}

	none := Clock{Policy: Policy{}, Start: at("08:00"), Respond: Mark{Met: at("12:00")}}.Change(strict, at("12:30"))
	if r := none.Read(Respond, at("13:00")); r.State != StateMet || r.Due != 0 {
		t.Errorf("a response without a limit became %+v", r)
	}
	if got := clock.Deadlines(); got.Finish.At != at("12:30") {
		t.Errorf("Change altered the clock it was asked of: %+v", got)
	}
}

func TestUnknownYearWarns(t *testing.T) {
	c := office(t)
	at := func(s string) int64 { return instant(t, "Asia/Shanghai", s) }
	policy := Policy{Finish: 7 * 60, Calendar: c}
	if d := Due(policy, at("2026-11-02 08:00"), nil); d.Warnings != nil {
		t.Errorf("a known year warns: %v", d.Warnings)
	}
	if d := Due(policy, at("2026-12-31 16:00"), nil); !reflect.DeepEqual(d.Warnings, []Warning{{Code: "sla.provisional", Year: 2027}}) {
		t.Errorf("a deadline in a year without its notice warns %v", d.Warnings)
	}
	d := Due(policy, at("2027-12-31 16:00"), nil)
	if !reflect.DeepEqual(d.Warnings, []Warning{{Code: "sla.provisional", Year: 2027}, {Code: "sla.holidays_missing", Year: 2028}}) {
		t.Errorf("a deadline in an unknown year warns %v", d.Warnings)
	}
	for _, w := range d.Warnings {
		if fault.Message(fault.English, w.Code, map[string]any{"year": w.Year}) == w.Code {
			t.Errorf("%s has no message", w.Code)
		}
	}
	plain := mustNew(t, Spec{Zone: "Asia/Shanghai", Week: officeWeek()}, nil)
	if w := plain.Warnings(at("2026-12-31 16:00"), at("2030-01-01 00:00")); w != nil {
		t.Errorf("a calendar without public holidays warns %v", w)
	}
}

func TestPolicyIsChecked(t *testing.T) {
	if err := (Policy{Respond: 10, Finish: MaxMinutes}).Check(); err != nil {
		t.Error(err)
	}
	f, ok := fault.Of(Policy{Respond: -1, Arrive: MaxMinutes + 1}.Check())
	if !ok || len(f.Fields) != 2 {
		t.Errorf("got %v", f)
	}
}

func TestClockAsJSON(t *testing.T) {
	clock := Clock{Policy: Policy{Respond: 5, Finish: 60}, Start: 1, Pauses: []Pause{{From: 2, Stops: Arrive | Finish, Reason: "x"}}, Respond: Mark{Met: 3}}
	raw, err := json.Marshal(clock)
	if err != nil {
		t.Fatal(err)
	}
	var back Clock
	if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, clock) {
		t.Errorf("%s became %+v, %v", raw, back, err)
	}
}

// drawClock returns a clock with ended pauses at whole minutes.
func drawClock(t *rapid.T) (Clock, reference) {
	c, ref, start := drawCalendar(t)
	minute := func(name string) int64 { return start + rapid.Int64Range(-600, 6000).Draw(t, name)*msMinute }
	clock := Clock{Start: start, Policy: Policy{
		Respond: rapid.IntRange(0, 600).Draw(t, "respond"), Arrive: rapid.IntRange(0, 1200).Draw(t, "arrive"),
		Finish: rapid.IntRange(1, 2400).Draw(t, "finish"), Calendar: c,
	}}
	for range rapid.IntRange(0, 5).Draw(t, "pauses") {
		p := Pause{From: minute("from"), Stops: Milestone(rapid.IntRange(0, 7).Draw(t, "stops")), Reason: rapid.SampledFrom([]string{"parts", "visitor"}).Draw(t, "reason")}
		p.To = p.From + rapid.Int64Range(1, 900).Draw(t, "length")*msMinute
		clock.Pauses = append(clock.Pauses, p)
	}
	if rapid.Bool().Draw(t, "ownStart") {
		clock.Arrive.Start = minute("arriveStart")
	}
	if rapid.Bool().Draw(t, "met") {
		clock.Finish.Met = start + rapid.Int64Range(0, 4000).Draw(t, "metAfter")*msMinute
	}
	return clock, ref
}

// runs decides for one minute whether the milestone's clock counts it.
func (r reference) runs(c Clock, m Milestone, at int64) bool {
	return at >= c.start(m) && r.open(at) && !slices.ContainsFunc(c.Pauses, func(p Pause) bool {
		return (p.Stops == 0 || p.Stops&m != 0) && at >= p.From && at < p.To && (c.Mark(m).Met == 0 || at < c.Mark(m).Met)
	})
}

func TestDeadlinesAgreeWithMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock, ref := drawClock(t)
		d := clock.Deadlines()
		for _, m := range Milestones() {
			left := clock.Policy.limit(m) / msMinute
			if left == 0 {
				if d.Of(m) != (Deadline{}) {
					t.Fatalf("milestone %d has no limit but is due %v", m, d.Of(m))
				}
				continue
			}
			want := clock.start(m)
			for ; left > 0; want += msMinute {
				if ref.runs(clock, m, want) {
					left--
				}
			}
			if got := d.Of(m); got != (Deadline{At: want}) {
				t.Fatalf("milestone %d is due %v, want %d", m, got, want)
			}
		}
	})
}

// Explain must cover its span without a gap, call every minute what it was, and
// add up to the limit.
func TestExplainAgreesWithMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock, ref := drawClock(t)
		m := rapid.SampledFrom(Milestones()).Draw(t, "milestone")
		due := clock.Deadlines().Of(m).At
		from := clock.Start - rapid.Int64Range(0, 300).Draw(t, "lead")*msMinute
		to := from + rapid.Int64Range(1, 9000).Draw(t, "length")*msMinute
		segments := clock.Explain(m, from, to)
		at, used := from, int64(0)
		for i, s := range segments {
			if s.From != at || s.To <= s.From {
				t.Fatalf("segment %d runs from %d to %d after %d", i, s.From, s.To, at)
			}
			if i > 0 && s.State == segments[i-1].State && s.Reason == segments[i-1].Reason {
				t.Fatalf("segments %d and %d are both %s", i-1, i, s.State)
			}
			for ; at < s.To; at += msMinute {
				if want := ref.state(clock, m, at, due); s.State != want {
					t.Fatalf("minute %d is %s, want %s", (at-clock.Start)/msMinute, s.State, want)
				}
				if r := clock.Read(m, at); r.State != s.State {
					t.Fatalf("minute %d reads %s but is explained as %s", (at-clock.Start)/msMinute, r.State, s.State)
				}
			}
			if s.State == StateRunning {
				used += s.Used
			}
			if s.State == StatePaused && s.Reason == "" {
				t.Fatal("a pause without its reason")
			}
		}
		if at != to {
			t.Fatalf("explained until %d of %d", at, to)
		}
		met := clock.Mark(m).Met
		if due != 0 && from <= clock.start(m) && due <= to && (met == 0 || met >= due) && used != clock.Policy.limit(m) {
			t.Fatalf("the running segments hold %d, the limit is %d", used, clock.Policy.limit(m))
		}
	})
}

func (r reference) state(c Clock, m Milestone, at, due int64) State {
	met := c.Mark(m).Met
	switch {
	case met != 0 && at >= met && due != 0 && met > due:
		return StateMissed
	case met != 0 && at >= met:
		return StateMet
	case due == 0:
		return StateNone
	case at < c.start(m):
		return StateBefore
	case at >= due:
		return StateLate
	case slices.ContainsFunc(c.Pauses, func(p Pause) bool {
		return (p.Stops == 0 || p.Stops&m != 0) && at >= p.From && at < p.To
	}):
		return StatePaused
	case !r.open(at):
		return StateOff
	}
	return StateRunning
}

// A pause moves the due moment by the working time it overlaps, and by nothing
// else; changing the policy to itself changes nothing.
func TestPauseAndChangeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock, _ := drawClock(t)
		clock.Pauses, clock.Finish.Met = nil, 0
		cal := clock.Policy.Calendar
		due := clock.Deadlines().Finish.At
		from := clock.Start + rapid.Int64Range(0, due-clock.Start).Draw(t, "from")
		to := from + rapid.Int64Range(1, 3*msDay).Draw(t, "length")
		overlap := cal.Between(from, to)
		if from == due {
			overlap = 0
		}
		clock.Pauses = []Pause{{From: from, To: to}}
		after := clock.Deadlines().Finish.At
		if got := cal.Between(due, after); got != overlap {
			t.Fatalf("a pause over %d ms of working time moved the due moment by %d", overlap, got)
		}
		now := clock.Start + rapid.Int64Range(0, after-clock.Start).Draw(t, "now")
		if same := clock.Change(clock.Policy, now).Deadlines(); same.Finish.At != after {
			t.Fatalf("an unchanged policy moved the due moment from %d to %d", after, same.Finish.At)
		}
		left := clock.Read(Finish, now).Left
		used := int64(0)
		for _, s := range clock.Explain(Finish, clock.Start, now) {
			used += s.Used
		}
		if used+left != clock.Policy.limit(Finish) {
			t.Fatalf("used %d and left %d do not make the limit %d", used, left, clock.Policy.limit(Finish))
		}
	})
}

func BenchmarkDeadlines(b *testing.B) {
	c := office(b)
	start := instant(b, "Asia/Shanghai", "2025-03-03 16:00")
	clock := Clock{Policy: Policy{Respond: 10, Arrive: 60, Finish: 2400, Calendar: c}, Start: start,
		Pauses: []Pause{{From: start + msHour, To: start + 5*msHour}, {From: start + 30*msHour, To: start + 90*msHour}}}
	b.ReportAllocs()
	for b.Loop() {
		clock.Deadlines()
	}
}

package escalation

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

const start = int64(1_790_000_000_000) - 1_790_000_000_000%clock.Minute

// open is an order of two limits that nobody has accepted.
func open() workorder.Order {
	return workorder.Order{ID: "o", ItemID: "lamp", Status: workorder.Queued, Open: true, Priority: "P3", Mode: workorder.Onsite, ReportedAt: start, ClockStart: start,
		UpdatedAt: start, Limits: workorder.Limits{Respond: 30, Finish: 240}, Deadlines: workorder.Deadlines{Respond: start + 30*clock.Minute, Finish: start + 240*clock.Minute}}
}

func TestTheMostSpecificLadderIsChosen(t *testing.T) {
	ladder := func(id string, d Definition) Ladder { return Ladder{ID: id, Body: d} }
	all := []Ladder{ladder("any", Definition{}), ladder("p1", Definition{Priorities: []string{"P1"}}), ladder("light", Definition{CategoryID: "fabric"}),
		ladder("light p1", Definition{CategoryID: "fabric", Priorities: []string{"P1"}}), ladder("lamp", Definition{ItemID: "lamp"}),
		ladder("lamp p2", Definition{ItemID: "lamp", Priorities: []string{"P2"}}), ladder("any too", Definition{})}
	for _, c := range []struct{ item, category, priority, want string }{
		{"pc", "it", "P3", "any"}, {"pc", "it", "P1", "p1"}, {"tap", "fabric", "P3", "light"}, {"tap", "fabric", "P1", "light p1"},
		{"lamp", "fabric", "P1", "lamp"}, {"lamp", "fabric", "P2", "lamp p2"},
	} {
		o := workorder.Order{ItemID: c.item, Priority: c.priority}
		if got := choose(all, &o, c.category); got.ID != c.want {
			t.Errorf("%+v: %s", c, got.ID)
		}
	}
	if got := choose(all[1:2], &workorder.Order{Priority: "P4"}, ""); got != nil {
		t.Errorf("a ladder that does not fit: %s", got.ID)
	}
}

func TestLaddersThatCannotBeClimbedAreRefused(t *testing.T) {
	good := func() Step { return Step{When: AtClock, Clock: "finish", To: []string{ToLeads}} }
	for name, c := range map[string]struct {
		change func(*Step)
		field  string
	}{
		"no clock":            {func(s *Step) { s.Clock = "" }, "steps[0].clock"},
		"before the report":   {func(s *Step) { s.When, s.Minutes = Reported, -5 }, "steps[0].minutes"},
		"a closed status":     {func(s *Step) { s.When, s.Minutes, s.Status = InStatus, 5, workorder.Closed }, "steps[0].status"},
		"no urges":            {func(s *Step) { s.When = Urged }, "steps[0].urges"},
		"repeated urges":      {func(s *Step) { s.When, s.Urges, s.Every, s.Times = Urged, 3, 5, 2 }, "steps[0].every"},
		"nobody":              {func(s *Step) { s.To = nil }, "steps[0].to"},
		"someone unknown":     {func(s *Step) { s.To = []string{"everybody"} }, "steps[0].to"},
		"a role without name": {func(s *Step) { s.To = []string{ToRole} }, "steps[0].roleId"},
		"a person unnamed":    {func(s *Step) { s.To = []string{ToPerson} }, "steps[0].personId"},
		"for ever":            {func(s *Step) { s.Every = 5 }, "steps[0].times"},
		"a way out not there": {func(s *Step) { s.Channels = []string{"pigeon"} }, "steps[0].channels"},
	} {
		d := Definition{NameZh: "梯", NameEn: "L", Steps: []Step{good()}}
		if err := d.check([]string{"inbox"}); err != nil {
			t.Fatal(err)
		}
		c.change(&d.Steps[0])
		f, ok := fault.Of(d.check([]string{"inbox"}))
		if !ok || !slices.ContainsFunc(f.Fields, func(f fault.FieldFault) bool { return f.Field == c.field }) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestShippedLaddersAreSound(t *testing.T) {
	for _, sh := range ShippedLadders() {
		d := sh.Body
		if err := d.check([]string{"inbox"}); err != nil {
			t.Errorf("%s: %v", sh.Code, err)
		}
	}
}

// What climb says in any number of looks is what somebody sees who looks every minute:
// each step once, at its moment, and each repetition unless several passed unseen.
func TestStepsFireAtTheirMoments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := open()
		l := Ladder{Body: Definition{}}
		for i := range rapid.IntRange(1, 4).Draw(t, "steps") {
			s := Step{ID: itoa(i), When: rapid.SampledFrom([]StepWhen{AtClock, Reported, InStatus}).Draw(t, "when"), Status: workorder.Queued,
				Clock: rapid.SampledFrom([]string{"respond", "finish"}).Draw(t, "clock"), Minutes: rapid.IntRange(1, 60).Draw(t, "minutes")}
			if s.When == AtClock {
				s.Minutes -= 30
			}
			if rapid.Bool().Draw(t, "repeated") {
				s.Every, s.Times = rapid.IntRange(1, 20).Draw(t, "every"), rapid.IntRange(1, 5).Draw(t, "times")
			}
			l.Body.Steps = append(l.Body.Steps, s)
		}
		type key struct {
			step string
			n    int64
		}
		want := map[key]int64{}
		for i := range l.Body.Steps {
			s := &l.Body.Steps[i]
			_, first, _ := s.base(&o, start)
			for n := int64(0); n <= int64(s.Times); n++ {
				want[key{s.ID, n}] = first + n*int64(s.Every)*clock.Minute
			}
		}
		had, got := map[slot]state{}, map[key]int64{}
		punctual := rapid.Bool().Draw(t, "punctual")
		now := start
		for range 4000 {
			fire, next := climb(&l, &o, start, had, now)
			for _, m := range fire {
				k := key{m.step.ID, m.n}
				if _, twice := got[k]; twice {
					t.Fatalf("%v fired twice", k)
				}
				if m.at != want[k] || m.at > now {
					t.Fatalf("%v fired for %d at %d, want %d", k, m.at, now, want[k])
				}
				if punctual && m.at != now {
					t.Fatalf("%v fired %d ms late", k, now-m.at)
				}
				got[k] = m.at
				had[slot{m.step.ID, m.base}] = state{n: m.n}
			}
			if next == 0 {
				break
			}
			if next <= now && len(fire) == 0 {
				t.Fatalf("the next look is not later: %d", next-now)
			}
			if punctual {
				now = max(next, now)
			} else {
				now += int64(rapid.IntRange(1, 40).Draw(t, "pause")) * clock.Minute
			}
		}
		for i := range l.Body.Steps {
			s := l.Body.Steps[i]
			if _, last := got[key{s.ID, int64(s.Times)}]; !last {
				t.Fatalf("step %+v did not come to its end: %v", s, got)
			}
			for n := range int64(s.Times) {
				if _, ok := got[key{s.ID, n}]; punctual && !ok {
					t.Fatalf("repetition %d of %+v is missing", n, s)
				}
			}
		}
	})
}

func TestRemindersFollowTheOrder(t *testing.T) {
	step := Step{ID: "s", When: AtClock, Clock: "finish", Minutes: 10, Every: 5, Times: 3}
	l := Ladder{Body: Definition{Steps: []Step{step}}}
	o := open()
	late := o.Deadlines.Finish + 10*clock.Minute
	had := map[slot]state{{"s", o.Deadlines.Finish}: {n: 1}}
	if fire, next := climb(&l, &o, start, had, late+5*clock.Minute); len(fire) != 0 || next != late+10*clock.Minute {
		t.Errorf("a repetition came twice: %v, next %d", fire, next-late)
	}
	had[slot{"s", o.Deadlines.Finish}] = state{n: 1, acked: true}
	if fire, next := climb(&l, &o, start, had, late+clock.Hour); len(fire) != 0 || next != 0 {
		t.Errorf("repeated after somebody took notice: %v %d", fire, next)
	}
	o.Deadlines.Finish += clock.Hour
	if fire, _ := climb(&l, &o, start, had, late+clock.Hour); len(fire) != 1 || fire[0].base != o.Deadlines.Finish || fire[0].n != 0 {
		t.Errorf("the moved deadline is not reminded of: %v", fire)
	}
	held := o
	held.Status, held.Pauses = workorder.Held, []workorder.Pause{{From: start + clock.Minute}}
	if fire, next := climb(&l, &held, start, nil, late+10*clock.Hour); len(fire) != 0 || next != 0 {
		t.Errorf("a clock that stands still reminds: %v", fire)
	}
	l.OnSince = late + 2*clock.Hour
	if fire, _ := climb(&l, &o, start, nil, late+10*clock.Hour); len(fire) != 0 {
		t.Errorf("reminded of what was due before the ladder was: %v", fire)
	}
}

func TestWhatAnOrderOwes(t *testing.T) {
	zone := time.FixedZone("x", 8*3600)
	day := time.Date(2026, 11, 3, 9, 0, 0, 0, zone).UnixMilli()
	set := SettingRow{Body: defaults()}
	fresh := func() workorder.Order {
		o := open()
		o.ReportedAt, o.ClockStart = day, day
		return o
	}
	none := func(ReportKind, int64) bool { return false }
	kinds := func(o workorder.Order, now int64) (out []ReportKind) {
		owed, _ := set.owes(&o, none, zone, now)
		for _, w := range owed {
			out = append(out, w.kind)
		}
		return out
	}
	o := fresh()
	if _, next := set.owes(&o, none, zone, day); next != day+12*clock.Hour {
		t.Errorf("the first look: %d h", (next-day)/clock.Hour)
	}
	for _, c := range []struct {
		name string
		make func(*workorder.Order)
		at   int64
		want []ReportKind
	}{
		{"before 12 h", nil, day + 12*clock.Hour - 1, nil},
		{"at 12 h", nil, day + 12*clock.Hour, []ReportKind{FirstReport}},
		{"at midnight", nil, day + 15*clock.Hour, []ReportKind{FirstReport, SameDay}},
		{"at 24 h", nil, day + 24*clock.Hour, []ReportKind{FirstReport, SecondReport, SameDay}},
		{"booked for tomorrow", func(o *workorder.Order) { o.WantedAt = day + 24*clock.Hour }, day + 24*clock.Hour, nil},
		{"held with a date", func(o *workorder.Order) { o.HoldUntil = day + 48*clock.Hour }, day + 15*clock.Hour, []ReportKind{FirstReport}},
		{"done", func(o *workorder.Order) { o.Status, o.Open = workorder.Finished, false }, day + 24*clock.Hour, nil},
	} {
		o := fresh()
		if c.make != nil {
			c.make(&o)
		}
		if got := kinds(o, c.at); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	set.Body.WithoutHeld = true
	o = fresh()
	o.Pauses = []workorder.Pause{{From: day + clock.Hour, To: day + 4*clock.Hour}}
	if got := kinds(o, day+14*clock.Hour); len(got) != 0 {
		t.Errorf("time held counts: %v", got)
	}
	if _, next := set.owes(&o, none, zone, day); next != day+15*clock.Hour {
		t.Errorf("without the 3 h held the report is owed after %d min", (next-day)/clock.Minute)
	}
	set.Since = day + 13*clock.Hour
	set.Body.WithoutHeld = false
	if got := kinds(fresh(), day+14*clock.Hour); len(got) != 0 {
		t.Errorf("asked for what was owed before: %v", got)
	}
}

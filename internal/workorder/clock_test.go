package workorder

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wardline/internal/sla"
)

const minute = int64(60_000)

// minutes is an order's clocks reckoned one minute after the other: slow and plain.
type minutes struct {
	cal    *sla.Calendar
	start  int64
	limits Limits
	met    [3]int64
	pauses []Pause
	kept   [3]int64 // as Mark.Kept
	floor  [3]int64
}

func (r *minutes) limit(i int) int {
	return []int{r.limits.Respond, r.limits.Arrive, r.limits.Finish}[i]
}

func (r *minutes) holds(i int, at int64) bool {
	bit := sla.Milestone(1) << i
	for _, p := range r.pauses {
		if at >= p.From && at < p.To && (p.Stops == 0 || p.Stops&bit != 0) {
			return true
		}
	}
	return false
}

// due walks until the limit's minutes have passed.
func (r *minutes) due(i int) int64 {
	switch {
	case r.kept[i] == sla.KeptNone:
		return 0
	case r.kept[i] != 0:
		return r.kept[i]
	case r.limit(i) == 0:
		return 0
	}
	left := r.limit(i)
	for at := r.start; ; at += minute {
		if r.cal.Open(at) && !(r.holds(i, at) && (r.met[i] == 0 || at < r.met[i])) {
			if left--; left == 0 {
				return max(at+minute, r.floor[i])
			}
		}
	}
}

// change keeps what is met or broken and lets nothing be due before now.
func (r *minutes) change(l Limits, at int64) {
	for i := range 3 {
		due := r.due(i)
		switch {
		case r.kept[i] != 0:
		case r.met[i] != 0 && due == 0:
			r.kept[i] = sla.KeptNone
		case r.met[i] != 0 || due != 0 && due <= at:
			r.kept[i] = due
		default:
			r.floor[i] = at
		}
	}
	r.limits = l
}

var testZones = []string{"Asia/Shanghai", "America/New_York"}

func drawBook(t *rapid.T) *sla.Book {
	name := rapid.SampledFrom(testZones).Draw(t, "zone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	reasons := sla.ShippedReasons()
	reasons[1].Respond, reasons[1].Finish = false, false // vendor: only the arrival waits
	reasons[2].Arrive = false
	reasons[3].Respond, reasons[3].Arrive, reasons[3].Finish = false, false, false
	b, err := sla.NewBook(zone, sla.Content{Reasons: reasons})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whatever happens to an order (holds that stop some clocks, new limits, hand-overs, time
// told out of turn), its due moments are those of the minutes counted one by one.
func TestOrderClocksAgreeWithMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBook(t)
		calendar := rapid.SampledFrom([]string{"24x7", "work"}).Draw(t, "calendar")
		// Around the change of the clock in New York, and a make-up workday in China.
		from := rapid.SampledFrom([]string{"2026-03-06T14:00:00Z", "2026-10-30T18:00:00Z", "2026-10-09T06:00:00Z"}).Draw(t, "around")
		begin, _ := time.Parse(time.RFC3339, from)
		at := begin.UnixMilli() + rapid.Int64Range(0, 2000).Draw(t, "offset")*minute
		limits := func(name string) Limits {
			n := rapid.IntRange(0, 400)
			return Limits{n.Draw(t, name+" respond"), n.Draw(t, name+" arrive"), n.Draw(t, name+" finish"), calendar}
		}
		seed := uint64(0)
		who := func(w Worker) Env {
			return Env{At: at, Now: at, ActorID: w.ID, ActorName: w.Name, Book: b}
		}
		p, err := NewPast(Order{Priority: "P3", Mode: Onsite, Limits: limits("first")}, who(wang), func() uint64 { seed++; return seed })
		if err != nil {
			t.Fatal(err)
		}
		ref := &minutes{cal: b.Calendar(calendar), start: at, limits: p.Order.Limits}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			// The clock of whoever tells may go back; the order's last step bounds it.
			at = max(at+rapid.Int64Range(-60, 600).Draw(t, "gap")*minute, p.Order.lastStep())
			switch rapid.SampledFrom([]string{"dispatch", "accept", "arrive", "hold", "resume", "limits", "transfer"}).Draw(t, "step") {
			case "dispatch":
				_ = p.Dispatch(who(wang), itTeam, wang)
			case "accept":
				_ = p.Accept(who(wang))
			case "arrive":
				_ = p.Arrive(who(wang), false)
			case "hold":
				reason := rapid.SampledFrom([]string{"parts", "vendor", "user_absent", "window"}).Draw(t, "reason")
				_ = p.Hold(who(wang), reason, "", 0)
			case "resume":
				_ = p.Resume(who(wang))
			case "transfer":
				_ = p.add(p.Order.transfer(who(wang), water, "不属本组"))
			case "limits":
				if p.Order.Status == Held {
					continue // what is paused has no due moment to compare
				}
				l := limits("next")
				after := p.Order
				after.Limits = l
				if l == p.Order.Limits {
					continue
				}
				ref.change(l, at)
				d, marks := p.Order.change(who(wang), &after)
				if err := p.add([]Event{who(wang).event(KindAmend, Facts{Amend: &Amendment{Limits: &l}, Deadlines: d, Marks: marks})}, nil); err != nil {
					t.Fatal(err)
				}
			}
			ref.met, ref.pauses = [3]int64{p.Order.AcceptedAt, p.Order.ArrivedAt, p.Order.FinishedAt}, p.Order.Pauses
			if p.Order.Status == Held {
				continue
			}
			for i, got := range []int64{p.Order.Deadlines.Respond, p.Order.Deadlines.Arrive, p.Order.Deadlines.Finish} {
				if want := ref.due(i); got != want {
					t.Fatalf("%s: due %d, by minutes %d (%d min off)\norder %+v\nreference %+v", []string{"respond", "arrive", "finish"}[i], got, want, (got-want)/minute, p.Order, ref)
				}
			}
		}
		adds(t, &p.Order, p.Events, b, at)
	})
}

// adds checks that a clock's segments follow each other without a gap and add up.
func adds(t interface{ Fatalf(string, ...any) }, o *Order, list []Event, b *sla.Book, at int64) {
	v := o.why(b, list, at)
	all := v.Clocks
	for _, team := range v.Teams {
		all = append(all, team.Respond, team.Finish)
	}
	for _, w := range all {
		next := w.From
		for _, s := range w.Segments {
			if s.From != next || s.To <= s.From {
				t.Fatalf("%s: a gap at %d in %+v", w.Clock, next, w)
			}
			next = s.To
		}
		if len(w.Segments) > 0 && next != w.To || w.Sums.Total != w.To-w.From {
			t.Fatalf("%s: %d ms explained of %d: %+v", w.Clock, w.Sums.Total, w.To-w.From, w)
		}
		if n := w.Sums.Working + w.Sums.Off + w.Sums.Paused + w.Sums.Late + w.Sums.Other; n != w.Sums.Total {
			t.Fatalf("%s: the parts are %d, the whole %d", w.Clock, n, w.Sums.Total)
		}
	}
}

func TestEachTeamHasItsOwnClockFromTheHandOver(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept", "task", "transfer")
	handed := p.Order.UpdatedAt
	v := p.Order.why(nil, p.Events, handed+30*minute)
	if len(v.Teams) != 3 {
		t.Fatalf("got %+v", v.Teams)
	}
	first, part, second := v.Teams[0], v.Teams[1], v.Teams[2]
	if first.TeamID != itTeam.ID || first.Since != start || first.Until != handed || first.Respond.Met != start+2*minute {
		t.Errorf("the first team: %+v", first)
	}
	if part.TaskID != "task-1" || part.Since != start+3*minute || part.Until != 0 {
		t.Errorf("the part: %+v", part)
	}
	if second.TeamID != water.ID || second.Since != handed || second.Respond.Met != 0 || second.Respond.Due != handed+10*minute || second.Finish.Due != handed+240*minute {
		t.Errorf("the second team: %+v", second)
	}
	// The order's own response was given once and for all.
	if v.Clocks[0].Met != start+2*minute || v.Clocks[0].State != sla.StateMet {
		t.Errorf("the response was overruled: %+v", v.Clocks[0])
	}
}

func TestReasonStopsOnlyItsClocks(t *testing.T) {
	reasons := sla.ShippedReasons()
	reasons[1].Respond, reasons[1].Arrive = false, false // vendor
	b, err := sla.NewBook(time.UTC, sla.Content{Reasons: reasons})
	if err != nil {
		t.Fatal(err)
	}
	p := fresh(t)
	run(t, p, "dispatch", "accept")
	e := env(start+5*minute, wang)
	e.Book = b
	was := p.Order.Deadlines
	if err := p.Hold(e, "vendor", "", 0); err != nil {
		t.Fatal(err)
	}
	if due := p.Order.nextCheck(); due == 0 || due > was.Arrive {
		t.Fatalf("the arrival's clock runs on while held, but the next look is at %d", due)
	}
	e.At, e.Now = start+65*minute, start+65*minute
	if err := p.Pass(e); err != nil {
		t.Fatal(err)
	}
	if !hasClock(p.Order.Overdue, ClockArrive) || hasClock(p.Order.Overdue, ClockFinish) {
		t.Fatalf("overdue %q", p.Order.Overdue)
	}
	if err := p.Resume(e); err != nil {
		t.Fatal(err)
	}
	if d := p.Order.Deadlines; d.Arrive != was.Arrive || d.Finish != was.Finish+60*minute {
		t.Fatalf("was %+v, is %+v", was, d)
	}
}

// Events of before reasons differed name no clocks: all of them stopped, and all is told.
func TestEventsOfBeforeStillRebuild(t *testing.T) {
	p := fresh(t)
	run(t, p, "dispatch", "accept", "arrive", "hold", "resume")
	raw, err := json.Marshal(p.Events)
	if err != nil {
		t.Fatal(err)
	}
	old := strings.ReplaceAll(string(raw), `,"stops":7`, "")
	if old == string(raw) {
		t.Fatal("the hold names no clocks")
	}
	var stored []Event
	if err := json.Unmarshal([]byte(old), &stored); err != nil {
		t.Fatal(err)
	}
	o, err := Rebuild(stored)
	if err != nil {
		t.Fatal(err)
	}
	if got := *o.due(env(o.UpdatedAt, wang)); got != p.Order.Deadlines || o.Marks != (Marks{}) {
		t.Fatalf("got %+v, was %+v", got, p.Order.Deadlines)
	}
}

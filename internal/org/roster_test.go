package org_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
)

// The kit's clock stands at 2027-01-15 08:00 UTC, and its hospital keeps UTC.
const today = "2027-01-15"

func at(day, hour int64) int64 {
	return time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC).UnixMilli() + day*clock.Day + hour*clock.Hour
}

func (k *kit) on(team string, at int64) string {
	var out []string
	k.read(func(tx *db.Tx) (err error) { out, err = k.OnDuty(context.Background(), tx, team, at); return err })
	return strings.Join(out, " ")
}

func leading(person, team string) context.Context {
	return identity.With(context.Background(), identity.NewActor(identity.Actor{PersonID: person, Teams: []string{team}, Leads: []string{team}},
		[]identity.Grant{{Permissions: []identity.Permission{identity.OrgRead}, Kind: identity.ScopeAll}}, nil))
}

func working(person string, teams ...string) context.Context {
	return identity.With(context.Background(), identity.NewActor(identity.Actor{PersonID: person, Teams: teams},
		[]identity.Grant{{Permissions: []identity.Permission{identity.OrgRead}, Kind: identity.ScopeTeam}}, nil))
}

// squad is a team with three people and shifts.
type squad struct {
	*kit
	team       org.Team
	day, night org.Shift
}

func crew(k *kit) squad {
	k.t.Helper()
	q := squad{kit: k, team: k.team("硬件组")}
	for _, id := range []string{"m1", "m2", "m3"} {
		k.employ(id, "员"+id, strings.ToUpper(id), q.team.ID)
	}
	q.day = must(k.SaveShift(admin(), q.team.ID, "", org.ShiftInput{Name: "白班", Intervals: []org.Interval{{From: 480, To: 720}, {From: 780, To: 1080}}}))(k.t)
	q.night = must(k.SaveShift(admin(), q.team.ID, "", org.ShiftInput{Name: "夜班", Tone: "purple", Intervals: []org.Interval{{From: 1080, To: 1920}}}))(k.t)
	return q
}

func TestShiftsAndRotations(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		q := crew(k)
		lead := leading("m1", q.team.ID)
		for want, in := range map[string]org.ShiftInput{
			"name:org.name_taken":           {Name: "白班", Intervals: []org.Interval{{From: 0, To: 60}}},
			"name:required":                 {Name: " ", Intervals: []org.Interval{{From: 0, To: 60}}},
			"intervals:org.shift_intervals": {Name: "x", Intervals: []org.Interval{{From: 0, To: 60}, {From: 30, To: 90}}},
			"placeId:required":              {Name: "x", Kind: org.PeakDuty, Intervals: []org.Interval{{From: 0, To: 60}}},
			"placeId:unknown_reference":     {Name: "x", Kind: org.PeakDuty, PlaceID: "nowhere", Intervals: []org.Interval{{From: 0, To: 60}}},
			"kind:bad_value":                {Name: "x", Kind: "odd", Intervals: []org.Interval{{From: 0, To: 60}}},
			"conflict":                      {Edit: org.Edit{Version: 4}, Name: "x", Intervals: []org.Interval{{From: 0, To: 60}}},
		} {
			wants(t, second(k.SaveShift(lead, q.team.ID, "", in)), want)
		}
		wants(t, second(k.SaveShift(working("m2", q.team.ID), q.team.ID, "", org.ShiftInput{Name: "x", Intervals: []org.Interval{{From: 0, To: 60}}})), "forbidden")
		in := org.RotationInput{Name: "两班倒", FirstDay: today, Cycle: []string{q.day.ID, q.night.ID, ""}, Members: []org.Rotating{{PersonID: "m1"}, {PersonID: "m2", Offset: 1}, {PersonID: "m3", Offset: 2}}}
		for want, f := range map[string]func(*org.RotationInput){
			"cycle:unknown_reference":    func(in *org.RotationInput) { in.Cycle = []string{"nope"} },
			"members:unknown_reference":  func(in *org.RotationInput) { in.Members = []org.Rotating{{PersonID: "nope"}} },
			"members:org.rotation_twice": func(in *org.RotationInput) { in.Members = []org.Rotating{{PersonID: "m1"}, {PersonID: "m1"}} },
			"firstDay:bad_format":        func(in *org.RotationInput) { in.FirstDay = "15.1.2027" },
		} {
			bad := in
			f(&bad)
			wants(t, second(k.SaveRotation(lead, q.team.ID, "", bad)), want)
		}
		r := must(k.SaveRotation(lead, q.team.ID, "", in))(t)
		wants(t, second(k.FillRoster(working("m2", q.team.ID), r.ID, org.FillInput{From: today, To: today})), "forbidden")
		wants(t, second(k.FillRoster(lead, r.ID, org.FillInput{From: today, To: "2027-01-14"})), "to:org.fill_span")
		wants(t, second(k.FillRoster(lead, r.ID, org.FillInput{From: today, To: "2027-06-14"})), "to:org.fill_span")

		// By hand, before the rotation: m1 has something else on the first morning.
		must(k.AddDuties(lead, q.team.ID, []org.DutyInput{{PersonID: "m1", StartAt: at(0, 9), EndAt: at(0, 11)}}))(t)
		fill := org.FillInput{From: today, To: "2027-01-20"}
		// Six days: each of the three has two days of two stretches and two nights.
		if got := must(k.FillRoster(lead, r.ID, fill))(t); got != (org.Filled{Added: 17, Blocked: 1}) {
			t.Fatalf("%+v", got)
		}
		for hour, want := range map[int64]string{8: "", 10: "m1", 12: "", 14: "m1", 18: "m2", 30: "m2", 32: "m3"} {
			if got := k.on(q.team.ID, at(0, hour)); got != want {
				t.Errorf("at %d: %q, want %q", hour, got, want)
			}
		}
		if got := must(k.FillRoster(lead, r.ID, fill))(t); got != (org.Filled{Kept: 17, Blocked: 1}) {
			t.Fatalf("again: %+v", got)
		}
		// What a lead takes back stays away, even when the rotation is renewed.
		list := must(k.Duties(lead, q.team.ID, at(1, 18), at(1, 19)))(t)
		if len(list) != 1 || list[0].PersonID != "m1" || list[0].ShiftID != q.night.ID || list[0].RotationID != r.ID {
			t.Fatalf("%+v", list)
		}
		if err := k.RemoveDuty(lead, list[0].ID); err != nil {
			t.Fatal(err)
		}
		wants(t, k.RemoveDuty(lead, list[0].ID), "not_found")
		if got := must(k.FillRoster(lead, r.ID, fill))(t); got != (org.Filled{Kept: 17, Blocked: 1}) {
			t.Fatalf("after taking back: %+v", got)
		}
		got := must(k.FillRoster(lead, r.ID, org.FillInput{From: fill.From, To: fill.To, Renew: true}))(t)
		if got.Added != got.Renewed || got.Renewed < 14 || got.Added+got.Kept != 17 {
			t.Fatalf("renewed: %+v", got)
		}
		if got := k.on(q.team.ID, at(1, 18)); got != "" {
			t.Fatalf("came back: %s", got)
		}
		if err := k.RemoveRotation(lead, r.ID); err != nil {
			t.Fatal(err)
		}
		if got := k.on(q.team.ID, at(0, 18)); got != "m2" {
			t.Fatalf("duties went with their rotation: %q", got)
		}
	})
}

// Two leads who fill at once make each stretch once.
func TestFillingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		q := crew(k)
		r := must(k.SaveRotation(admin(), q.team.ID, "", org.RotationInput{Name: "r", FirstDay: today, Cycle: []string{q.day.ID, q.night.ID},
			Members: []org.Rotating{{PersonID: "m1"}, {PersonID: "m2", Offset: 1}}}))(t)
		var wg sync.WaitGroup
		added := make([]int, 4)
		for i := range added {
			wg.Go(func() {
				got, err := k.FillRoster(admin(), r.ID, org.FillInput{From: today, To: "2027-01-24"})
				if err != nil {
					t.Error(err)
				}
				added[i] = got.Added
			})
		}
		wg.Wait()
		slices.Sort(added)
		if !slices.Equal(added, []int{0, 0, 0, 30}) {
			t.Fatalf("%v", added)
		}
	})
}

func TestOnCallCountsOnlyAlone(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		q := crew(k)
		must(k.AddDuties(admin(), q.team.ID, []org.DutyInput{{PersonID: "m1", Kind: org.OnCallDuty, StartAt: at(0, 8), EndAt: at(1, 8)},
			{PersonID: "m2", StartAt: at(0, 8), EndAt: at(0, 18)}}))(t)
		if day, night := k.on(q.team.ID, at(0, 12)), k.on(q.team.ID, at(0, 20)); day != "m2" || night != "m1" {
			t.Fatalf("day %q, night %q", day, night)
		}
	})
}

func TestLeave(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		q := crew(k)
		lead := leading("m1", q.team.ID)
		leave := org.LeaveInput{PersonID: "m2", StartAt: at(0, 12), EndAt: at(1, 0), Kind: "sick", Note: "发热"}
		// Without a roster all members are on duty, but not who is away.
		l := must(k.AddLeave(lead, q.team.ID, leave))(t)
		if before, during := k.on(q.team.ID, at(0, 11)), k.on(q.team.ID, at(0, 12)); strings.Contains(during, "m2") || !strings.Contains(before, "m2") {
			t.Fatalf("before %q, during %q", before, during)
		}
		must(k.AddDuties(lead, q.team.ID, []org.DutyInput{{PersonID: "m2", StartAt: at(0, 8), EndAt: at(0, 18)}}))(t)
		if before, during := k.on(q.team.ID, at(0, 11)), k.on(q.team.ID, at(0, 12)); before != "m2" || during != "" {
			t.Fatalf("before %q, during %q", before, during)
		}
		for want, in := range map[string]org.LeaveInput{
			"startAt:org.leave_overlap":  {PersonID: "m2", StartAt: at(0, 20), EndAt: at(2, 0), Kind: "annual"},
			"personId:unknown_reference": {PersonID: "zhang", StartAt: at(0, 20), EndAt: at(2, 0), Kind: "annual"},
			"endAt:org.leave_length":     {PersonID: "m3", StartAt: at(0, 20), EndAt: at(0, 20), Kind: "annual"},
			"kind:bad_value":             {PersonID: "m3", StartAt: at(0, 20), EndAt: at(2, 0)},
		} {
			wants(t, second(k.AddLeave(lead, q.team.ID, in)), want)
		}
		other := k.team("水工班")
		wants(t, second(k.AddLeave(lead, other.ID, leave)), "forbidden")
		reason := func(ctx context.Context) string {
			list := must(k.Leaves(ctx, q.team.ID, at(0, 0), at(1, 0)))(t)
			if len(list) != 1 {
				t.Fatalf("%+v", list)
			}
			return list[0].Kind + list[0].Note
		}
		if a, b, c := reason(lead), reason(working("m2", q.team.ID)), reason(working("m3", q.team.ID)); a != "sick发热" || b != a || c != "" {
			t.Fatalf("lead %q, the person %q, a colleague %q", a, b, c)
		}
		wants(t, k.CancelLeave(working("m2", q.team.ID), l.ID), "forbidden")
		if err := k.CancelLeave(lead, l.ID); err != nil {
			t.Fatal(err)
		}
		wants(t, k.CancelLeave(lead, l.ID), "conflict")
		if got := k.on(q.team.ID, at(0, 12)); got != "m2" {
			t.Fatalf("the duty does not hold again: %q", got)
		}
	})
}

func TestSwap(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		q := crew(k)
		lead, m1, m2, m3 := leading("lead", q.team.ID), working("m1", q.team.ID), working("m2", q.team.ID), working("m3", q.team.ID)
		list := must(k.AddDuties(lead, q.team.ID, []org.DutyInput{{PersonID: "m1", StartAt: at(0, 9), EndAt: at(0, 17)},
			{PersonID: "m2", StartAt: at(1, 9), EndAt: at(1, 17)}, {PersonID: "m3", StartAt: at(0, 16), EndAt: at(0, 20)}, {PersonID: "m1", StartAt: at(-1, 1), EndAt: at(-1, 9)}}))(t)
		wants(t, second(k.AskSwap(m3, list[0].ID, org.SwapInput{WithID: "m2"})), "forbidden")
		wants(t, second(k.AskSwap(m1, list[0].ID, org.SwapInput{WithID: "m3"})), "withId:org.duty_overlap")
		wants(t, second(k.AskSwap(m1, list[0].ID, org.SwapInput{WithID: "zhang"})), "withId:unknown_reference")
		wants(t, second(k.AskSwap(m1, list[0].ID, org.SwapInput{WithID: "m2", BackID: list[2].ID})), "org.swap_stale")
		wants(t, second(k.AskSwap(m1, list[3].ID, org.SwapInput{WithID: "m2"})), "org.swap_stale")

		w := must(k.AskSwap(m1, list[0].ID, org.SwapInput{WithID: "m2", BackID: list[1].ID}))(t)
		if w.State != org.SwapAsked || k.on(q.team.ID, at(0, 10)) != "m1" {
			t.Fatalf("%+v", w)
		}
		for who, n := range map[string]int{"m1": 1, "m2": 1, "m3": 0} {
			if got := must(k.Swaps(working(who, q.team.ID), q.team.ID))(t); len(got) != n {
				t.Errorf("%s sees %d swaps", who, len(got))
			}
		}
		wants(t, second(k.AnswerSwap(m3, w.ID, true)), "not_found")
		wants(t, second(k.AnswerSwap(m1, w.ID, true)), "forbidden")
		if got := must(k.AnswerSwap(m2, w.ID, true))(t); got.State != org.SwapDone {
			t.Fatalf("%+v", got)
		}
		if a, b := k.on(q.team.ID, at(0, 10)), k.on(q.team.ID, at(1, 10)); a != "m2" || b != "m1" {
			t.Fatalf("%q %q", a, b)
		}
		wants(t, second(k.AnswerSwap(m2, w.ID, false)), "org.swap_settled")

		// The lead sets one at once; a question whose duty has since moved is stale.
		asked := must(k.AskSwap(m1, list[1].ID, org.SwapInput{WithID: "m3"}))(t)
		if got := must(k.AskSwap(lead, list[1].ID, org.SwapInput{WithID: "m2"}))(t); got.State != org.SwapDone || got.DecidedBy != "lead" {
			t.Fatalf("%+v", got)
		}
		wants(t, second(k.AnswerSwap(m3, asked.ID, true)), "org.swap_stale")
		wants(t, k.WithdrawSwap(m3, asked.ID), "forbidden")
		if err := k.WithdrawSwap(m1, asked.ID); err != nil {
			t.Fatal(err)
		}
		wants(t, k.WithdrawSwap(m1, asked.ID), "org.swap_settled")
	})
}

func TestComingAndGoing(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		q := crew(k)
		c := k.campus("东院")
		hall := k.place("", c.ID, org.Point, "门诊大厅")
		must(k.AddDuties(admin(), q.team.ID, []org.DutyInput{{PersonID: "m1", Kind: org.PeakDuty, PlaceID: hall.ID, StartAt: at(0, 7), EndAt: at(0, 10)},
			{PersonID: "m1", StartAt: at(0, 14), EndAt: at(0, 18)}, {PersonID: "m2", StartAt: at(0, 7), EndAt: at(0, 18)}}))(t)
		if err := k.SetOpenings(admin(), hall.ID, []org.Opening{{Weekday: 5, From: 420, To: 600}}); err != nil { // a Friday
			t.Fatal(err)
		}
		wants(t, k.SetOpenings(admin(), k.place("", c.ID, org.Building, "楼").ID, nil), "hours:org.not_a_point")
		wants(t, k.SetOpenings(working("m1"), hall.ID, nil), "forbidden")
		wants(t, second(k.CheckIn(context.Background(), "")), "unauthorized")
		wants(t, second(k.CheckIn(working("m2"), "nowhere")), "placeId:unknown_reference")

		here := must(k.CheckIn(working("m2"), hall.ID))(t)
		if here.Here == nil || here.Here.PlaceID != hall.ID || here.Now == nil || here.Now.PersonID != "m2" {
			t.Fatalf("%+v", here)
		}
		if again := must(k.CheckIn(working("m2"), ""))(t); again.Here.ID != here.Here.ID || again.Here.PlaceID != hall.ID {
			t.Fatalf("%+v", again)
		}
		now := must(k.DutyNow(admin(), org.PresentFilter{}))(t)
		if len(now) != 2 || now[0].PersonID == now[1].PersonID {
			t.Fatalf("%+v", now)
		}
		for _, p := range now {
			if p.PlaceID != hall.ID || (p.InAt != 0) != (p.PersonID == "m2") || (p.Kind == org.PeakDuty) != (p.PersonID == "m1") {
				t.Errorf("%+v", p)
			}
		}
		if points := must(k.PointsNow(admin()))(t); len(points) != 1 || !points[0].Open || len(points[0].People) != 2 {
			t.Fatalf("%+v", points)
		}
		// Another team's people are told only to who sees that team.
		if got := must(k.DutyNow(working("stranger", "elsewhere"), org.PresentFilter{}))(t); len(got) != 0 {
			t.Fatalf("%+v", got)
		}
		if got := must(k.DutyNow(working("m3", q.team.ID), org.PresentFilter{TeamID: q.team.ID}))(t); len(got) != 2 {
			t.Fatalf("%+v", got)
		}
		if got := must(k.DutyNow(admin(), org.PresentFilter{SkillID: "none"}))(t); len(got) != 0 {
			t.Fatalf("%+v", got)
		}
		// Who goes early is off duty, and on it again when back.
		gone := must(k.CheckOut(working("m2")))(t)
		if gone.Here != nil || k.on(q.team.ID, k.clock.Now()) != "m1" {
			t.Fatalf("%+v", gone)
		}
		must(k.CheckOut(working("m2")))(t)
		must(k.CheckIn(working("m2"), ""))(t)
		if got := k.on(q.team.ID, k.clock.Now()); got != "m1 m2" {
			t.Fatalf("%q", got)
		}
		must(k.CheckIn(working("zhang"), ""))(t) // helps out without a duty
		if mine := must(k.MyDuty(working("zhang")))(t); mine.Here == nil || mine.Now != nil {
			t.Fatalf("%+v", mine)
		}
	})
}

// Each duty that ends is told until it is handed over, and one caller of many hands it over.
func TestEndedDuties(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		q := crew(k)
		must(k.AddDuties(admin(), q.team.ID, []org.DutyInput{{PersonID: "m1", StartAt: at(0, 0), EndAt: at(0, 8)}, {PersonID: "m2", StartAt: at(0, 0), EndAt: at(0, 8)},
			{PersonID: "m2", StartAt: at(0, 8) + clock.Hour/2, EndAt: at(0, 16)}, {PersonID: "m3", StartAt: at(0, 4), EndAt: at(0, 12)},
			{PersonID: "zhang", StartAt: at(-3, 0), EndAt: at(-3, 8)}}))(t)
		ended := func() (out []org.Ended) {
			k.read(func(tx *db.Tx) (err error) { out, err = k.EndedDuties(context.Background(), tx, 100); return err })
			return out
		}
		list := ended()
		follows := map[string]bool{}
		for _, e := range list {
			follows[e.PersonID] = e.Follows
		}
		if len(list) != 2 || follows["m1"] || !follows["m2"] {
			t.Fatalf("%+v", list)
		}
		must(k.CheckIn(working("m3"), ""))(t)
		must(k.CheckOut(working("m3")))(t)
		if list = ended(); len(list) != 3 {
			t.Fatalf("who left early is not told: %+v", list)
		}
		won := 0
		for range 2 {
			for _, e := range list {
				err := k.db.Write(context.Background(), func(tx *db.Tx) error {
					first, err := k.HandedOver(context.Background(), tx, e.DutyID)
					if first {
						won++
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if won != 3 || len(ended()) != 0 {
			t.Fatalf("%d handed over, left %+v", won, ended())
		}
	})
}

package incident

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wardline/internal/workorder"
)

func call(n int, item, words, office string, minute int64) Call {
	return Call{ID: fmt.Sprintf("o%03d", n), ItemID: item, Category: item[:2], Words: words, Office: office, CampusID: "east", Building: "b-" + office, At: minute * 60_000}
}

func TestReportsOfOneFaultAreFound(t *testing.T) {
	words := []string{"HIS打不开了", "医生站登不进去", "HIS系统卡死", "医嘱开不出来", "HIS打不开", "护士站系统白屏"}
	var his []Call
	for i, w := range words {
		his = append(his, call(i, "SW01", w, fmt.Sprintf("d%d", i), int64(i)))
	}
	other := call(50, "PC02", "医生站登不进去,一直转圈", "d9", 3) // another item in the same words
	noise := []Call{call(60, "MA02", "空调滴水", "d1", 2), call(61, "MP01", "马桶堵了", "d2", 4)}
	found := Clusters(slices.Concat(his, noise, []Call{other}), Defaults())
	if len(found) != 1 || len(found[0].Calls) != len(his)+1 || found[0].Basis != ByCampus || found[0].ItemID != "SW01" {
		t.Fatalf("%+v", found)
	}
	far := slices.Clone(his)
	far[2].CampusID = "west"
	if found := Clusters(far, Defaults()); len(found) != 1 || found[0].Basis != ByAll {
		t.Fatalf("two campuses: %+v", found)
	}
	// Too few, or too far apart in time, is nothing.
	if found := Clusters(his[:3], Defaults()); len(found) != 0 {
		t.Fatalf("three of three departments: %+v", found)
	}
	slow := slices.Clone(his)
	for i := range slow {
		slow[i].At = int64(i) * 31 * 60_000
	}
	if found := Clusters(slow, Defaults()); len(found) != 0 {
		t.Fatalf("one every half hour: %+v", found)
	}
	// Close together fewer are enough: one building, or one asset.
	near := slices.Clone(his[:3])
	for i := range near {
		near[i].Building = "main"
	}
	if found := Clusters(near, Defaults()); len(found) != 1 || found[0].Basis != ByPlace || found[0].Key != "SW01|place:main" {
		t.Fatalf("one building: %+v", found)
	}
	for i := range near {
		near[i].AssetID = "switch-7"
	}
	if found := Clusters(near, Defaults()); len(found) != 1 || found[0].Basis != ByAsset {
		t.Fatalf("one asset: %+v", found)
	}
	// Different items in like words are one fault when they are of one category.
	alike := []Call{call(1, "NE01", "三楼全部上不了网", "d1", 0), call(2, "NE02", "三楼上不了网了", "d1", 1), call(3, "NE03", "三楼电脑全部上不了网", "d1", 2)}
	if found := Clusters(alike, Defaults()); len(found) != 1 || len(found[0].Calls) != 3 {
		t.Fatalf("like words: %+v", found)
	}
}

// Whatever the order the reports are handed over in, the same is found; no report is in
// two clusters; and each cluster is as large and as close in time as the settings say.
func TestClustersKeepWhatTheSettingsSay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		set := Settings{Minutes: rapid.IntRange(5, 60).Draw(rt, "minutes"), Near: rapid.IntRange(2, 5).Draw(rt, "near"), Areas: rapid.IntRange(1, 4).Draw(rt, "areas"),
			Alike: rapid.IntRange(30, 100).Draw(rt, "alike"), On: true}
		set.Wide = set.Near + rapid.IntRange(0, 4).Draw(rt, "wide")
		var calls []Call
		for i := range rapid.IntRange(0, 25).Draw(rt, "calls") {
			c := call(i, rapid.SampledFrom([]string{"SW01", "SW02", "NE01"}).Draw(rt, "item"), rapid.SampledFrom([]string{"打不开", "系统打不开了", "没有网", "", "!"}).Draw(rt, "words"),
				rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "office"), rapid.Int64Range(0, 120).Draw(rt, "at"))
			c.AssetID = rapid.SampledFrom([]string{"", "", "x", "y"}).Draw(rt, "asset")
			calls = append(calls, c)
		}
		found := Clusters(calls, set)
		seen := map[string]bool{}
		for _, g := range found {
			least := set.Near
			if g.Basis == ByAll || g.Basis == ByCampus {
				least = set.Wide
				if areas(g.Calls) < set.Areas {
					rt.Fatalf("%d departments in %+v", areas(g.Calls), g)
				}
			}
			if len(g.Calls) < least || g.Calls[len(g.Calls)-1].At-g.Calls[0].At > int64(set.Minutes)*60_000 {
				rt.Fatalf("too few or too long: %+v with %+v", g, set)
			}
			for _, c := range g.Calls {
				if seen[c.ID] {
					rt.Fatalf("%s is in two clusters", c.ID)
				}
				seen[c.ID] = true
			}
		}
		mixed := slices.Clone(calls)
		rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		again := Clusters(mixed, set)
		if fmt.Sprint(again) != fmt.Sprint(found) {
			rt.Fatalf("the order matters:\n%v\n%v", found, again)
		}
	})
}

func TestStatusesAndReports(t *testing.T) {
	i := Incident{Status: Open}
	for _, s := range []struct {
		to Status
		ok bool
	}{{Closed, false}, {Mitigated, true}, {Mitigated, false}, {Resolved, true}, {Mitigated, false}, {Open, true}, {Resolved, true}, {Closed, true}, {Open, false}} {
		if err := i.move(s.to, 5); (err == nil) != s.ok {
			t.Fatalf("%s from %s: %v", s.to, i.Status, err)
		}
	}
	r := Report{Impact: "a", Cause: "b", Measures: "c"}
	if r.complete(0) == nil {
		t.Error("a report without lessons is complete")
	}
	if r.Lessons = "d"; r.complete(0) != nil {
		t.Error("a whole report is not complete")
	}
	if r.FollowUps = []FollowUp{{Text: "x", Owner: "y", DueAt: 5}}; r.complete(1e12) == nil {
		t.Error("a follow-up was due long ago")
	}
}

func TestShippedPlansAreWhole(t *testing.T) {
	list, err := ShippedPlans()
	if err != nil || len(list) < 7 {
		t.Fatalf("%d plans, %v", len(list), err)
	}
	var plans []Plan
	for _, s := range list {
		if err := s.Plan.check(); err != nil {
			t.Errorf("%s: %v", s.Code, err)
		}
		for _, st := range s.Plan.Steps {
			if st.RoleZh == "" || st.RoleEn == "" {
				t.Errorf("%s: nobody does %q", s.Code, st.TitleZh)
			}
		}
		plans = append(plans, Plan{Code: s.Code, Active: true, Body: s.Plan})
	}
	for item, code := range map[string]string{"SW11": "his-down", "NET03": "network-down", "NET01": "network-down", "ME01": "power-cut", "MW01": "water-burst", "ML01": "lift-entrapment", "MG01": "medical-gas", "SE03": "fire-alarm"} {
		if p := planFor(plans, item); p == nil || p.Code != code {
			t.Errorf("%s has the plan %+v", item, p)
		}
	}
	if p := planFor(plans, "OA01"); p != nil {
		t.Errorf("OA01 has the plan %s", p.Code)
	}
}

func TestOrdinaryWorkTellsOfNoFault(t *testing.T) {
	for _, c := range []struct {
		o    workorder.Order
		want bool
	}{
		{workorder.Order{Priority: "P1", Channel: workorder.ByPhone}, true},
		{workorder.Order{Priority: "P4", Channel: workorder.ByScan}, true},
		{workorder.Order{Priority: "P3", Channel: workorder.ByPlan}, false},
		{workorder.Order{Priority: "T0", Channel: workorder.ByPhone}, false},
		{workorder.Order{Priority: "T2", Channel: workorder.ByDesk}, false},
	} {
		if got := tellsOfFault(&c.o); got != c.want {
			t.Errorf("%s by %s: %v", c.o.Priority, c.o.Channel, got)
		}
	}
}

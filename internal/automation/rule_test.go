package automation

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

func valid() Definition {
	return Definition{NameZh: "测试", NameEn: "Test", Trigger: Trigger{Kind: OnEvent, Events: []workorder.Kind{workorder.KindReport}},
		Actions: []Action{{Kind: Note, Text: "x"}}}
}

// blamed returns the fields of a fault with their codes and places.
func blamed(t *testing.T, err error) map[string]fault.FieldFault {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok {
		t.Fatalf("no fault: %v", err)
	}
	out := map[string]fault.FieldFault{}
	for _, ff := range f.Fields {
		out[ff.Field] = ff
	}
	return out
}

func TestExpressionsAreBlamedWithTheirPlace(t *testing.T) {
	for source, want := range map[string]struct {
		code         string
		line, column int
	}{
		"urges >= 3 && prio == 'P1'":  {"rule.unknown_at", 1, 15},
		"urges >= 3 &&\n  words == 4": {"rule.types_at", 2, 9},
		"urges >= ":                   {"rule.syntax_at", 1, 9},
		"urges + 1":                   {"rule.not_truth", 1, 1},
	} {
		d := valid()
		d.Expert = source
		got, ok := blamed(t, d.check())["expert"]
		if !ok || got.Code != want.code || got.Params["line"] != want.line || got.Params["column"] != want.column {
			t.Errorf("%q: %+v, want %+v", source, got, want)
		}
	}
}

func TestCostlyExpressionsAreRefused(t *testing.T) {
	d := valid()
	d.Expert = strings.TrimSuffix(strings.Repeat("words.matches('(a+)+$') || ", 60), " || ")
	if got := blamed(t, d.check())["expert"]; got.Code != "rule.too_costly" {
		t.Fatalf("%+v", got)
	}
}

func TestConditionsAreBlamedWithTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		`{"all":[{"field":"urges","op":"ge","value":3},{"field":"nope","op":"eq","value":"x"}]}`: "when.all[1].field rule.unknown_name",
		`{"any":[{"not":{"field":"urges","op":"contains","value":"x"}}]}`:                        "when.any[0].not.op rule.bad_op",
		`{"field":"urges","op":"ge","value":"three"}`:                                            "when.value rule.bad_type",
		`{"field":"urges","op":"ge","value":null}`:                                               "when.value rule.bad_type",
		`{"field":"priority","op":"in","value":[]}`:                                              "when.value rule.bad_type",
		`{"all":[]}`: "when rule.one_of",
		`{"all":[{"field":"has_team","op":"is"}],"field":"has_team","op":"is"}`: "when rule.one_of",
	} {
		d := valid()
		d.When = &Cond{}
		if err := json.Unmarshal([]byte(text), d.When); err != nil {
			t.Fatal(err)
		}
		field, code, _ := strings.Cut(want, " ")
		if got := blamed(t, d.check())[field]; got.Code != code {
			t.Errorf("%s: %v", text, d.check())
		}
	}
}

// TestConditionsMeanWhatTheySay compares conditions with a plain reading of them.
func TestConditionsMeanWhatTheySay(t *testing.T) {
	var cond func(depth int) *rapid.Generator[Cond]
	words := rapid.SampledFrom([]string{"漏水", "打印机\"坏\"了", "a\\b\n", "困人"})
	cond = func(depth int) *rapid.Generator[Cond] {
		return rapid.Custom(func(t *rapid.T) Cond {
			n := 2
			if depth > 0 {
				n = 5
			}
			switch rapid.IntRange(0, n).Draw(t, "kind") {
			case 0:
				v, _ := json.Marshal(rapid.IntRange(-1, 4).Draw(t, "n"))
				return Cond{Field: "urges", Op: rapid.SampledFrom(Ops(Number)).Draw(t, "op"), Value: v}
			case 1:
				v, _ := json.Marshal(words.Draw(t, "w"))
				return Cond{Field: "words", Op: rapid.SampledFrom([]string{"eq", "ne", "contains", "not_contains"}).Draw(t, "op"), Value: v}
			case 2:
				return Cond{Field: "has_team", Op: rapid.SampledFrom(Ops(Truth)).Draw(t, "op")}
			case 3:
				return Cond{All: rapid.SliceOfN(cond(depth-1), 1, 3).Draw(t, "all")}
			case 4:
				return Cond{Any: rapid.SliceOfN(cond(depth-1), 1, 3).Draw(t, "any")}
			}
			c := cond(depth-1).Draw(t, "not")
			return Cond{Not: &c}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		c := cond(3).Draw(t, "condition")
		o := workorder.Order{Words: words.Draw(t, "words"), Urges: rapid.IntRange(0, 3).Draw(t, "urges"), TeamID: rapid.SampledFrom([]string{"", "t"}).Draw(t, "team")}
		d := valid()
		d.When = &c
		if err := d.check(); err != nil {
			t.Fatal(err)
		}
		run, err := d.compile()
		if err != nil {
			t.Fatal(err)
		}
		all := facts(&o, nil, Surroundings{}, 0, time.UTC)
		got, err := run.met(context.Background(), all)
		if err != nil || got != plain(&c, &o) {
			t.Fatalf("%v, %v", got, err)
		}
		if run.hopeless(context.Background(), all) == got {
			t.Fatalf("with every fact known: met %v and hopeless %v", got, got)
		}
		some := map[string]any{}
		for _, name := range []string{"urges", "words", "has_team"} {
			if rapid.Bool().Draw(t, "knows "+name) {
				some[name] = all[name]
			}
		}
		if got && run.hopeless(context.Background(), some) {
			t.Fatalf("%+v is met, but hopeless by %v", c, some)
		}
	})
}

func TestWhatIsHopelessIsSeenFromTheEntry(t *testing.T) {
	for source, want := range map[string]bool{
		"priority == 'P1'":                      true,
		"priority in ['P1', 'T0'] && urges > 3": true,
		"priority == 'P3' && urges > 3":         false,
		"urges > 3":                             false,
		"priority == 'P1' || urges > 3":         false,
	} {
		d := valid()
		d.Expert = source
		run, err := d.compile()
		if err != nil {
			t.Fatal(err)
		}
		if got := run.hopeless(context.Background(), map[string]any{"priority": "P3"}); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}

func plain(c *Cond, o *workorder.Order) bool {
	switch {
	case c.Not != nil:
		return !plain(c.Not, o)
	case len(c.All) > 0:
		for i := range c.All {
			if !plain(&c.All[i], o) {
				return false
			}
		}
		return true
	case len(c.Any) > 0:
		for i := range c.Any {
			if plain(&c.Any[i], o) {
				return true
			}
		}
		return false
	case c.Field == "has_team":
		return (c.Op == "is") == (o.TeamID != "")
	case c.Field == "words":
		var v string
		_ = json.Unmarshal(c.Value, &v)
		return map[string]bool{"eq": o.Words == v, "ne": o.Words != v, "contains": strings.Contains(o.Words, v), "not_contains": !strings.Contains(o.Words, v)}[c.Op]
	}
	var v int
	_ = json.Unmarshal(c.Value, &v)
	return map[string]bool{"eq": o.Urges == v, "ne": o.Urges != v, "lt": o.Urges < v, "le": o.Urges <= v, "gt": o.Urges > v, "ge": o.Urges >= v}[c.Op]
}

func TestLoopsAreFound(t *testing.T) {
	rule := func(id string, on bool, waits workorder.Kind, a Action) Rule {
		d := valid()
		d.NameZh, d.Trigger.Events, d.Actions = id, []workorder.Kind{waits}, []Action{{Kind: Note, Text: "x"}, a}
		return Rule{ID: id, On: on, Body: d}
	}
	self := rule("a", true, workorder.KindAmend, Action{Kind: SetPriority, Priority: "P1"})
	if names, at, found := loop(self, nil); !found || at != 1 || len(names) != 1 {
		t.Errorf("by itself: %v %d %v", names, at, found)
	}
	one, two := rule("a", true, workorder.KindRefuse, Action{Kind: Escalate, Text: "x"}), rule("b", true, workorder.KindEscalate, Action{Kind: Hold, Reason: "parts"})
	if _, _, found := loop(one, []Rule{one, two}); found {
		t.Error("a chain with an end is no loop")
	}
	back := rule("c", true, workorder.KindHold, Action{Kind: Escalate, Text: "x"})
	if names, _, found := loop(two, []Rule{one, two, back}); !found || strings.Join(names, ">") != "b>c" {
		t.Errorf("by way of another: %v %v", names, found)
	}
	back.On = false
	if _, _, found := loop(two, []Rule{one, two, back}); found {
		t.Error("a rule that is switched off closes no loop")
	}
}

func TestShippedRules(t *testing.T) {
	list, err := ShippedRules()
	if err != nil || len(list) < 24 {
		t.Fatalf("%d rules, %v", len(list), err)
	}
	var all []Rule
	seen := map[string]bool{}
	for _, s := range list {
		if err := s.Rule.check(); err != nil {
			t.Errorf("%s: %v", s.Code, err)
		}
		if seen[s.Code] || s.Code == "" || s.Rule.AboutZh == "" || s.Rule.AboutEn == "" {
			t.Errorf("%s: twice or not documented", s.Code)
		}
		seen[s.Code] = true
		all = append(all, Rule{ID: s.Code, On: true, Body: s.Rule})
	}
	for _, r := range all {
		if names, _, found := loop(r, all); found {
			t.Errorf("%s: with all switched on it runs in a circle: %v", r.ID, names)
		}
	}
}

func TestMomentsOfTime(t *testing.T) {
	s := &Service{Deps: Deps{Zone: time.FixedZone("CST", 8*3600)}}
	const min = int64(60_000)
	o := &workorder.Order{Status: workorder.Assigned, Open: true, Deadlines: workorder.Deadlines{Finish: 100 * min}}
	for name, c := range map[string]struct {
		trigger  Trigger
		from, to int64
		want     string
	}{
		"before":     {Trigger{Kind: OnDue, Clock: "finish", Minutes: -10}, 80 * min, 90 * min, "due:finish:6000000"},
		"not yet":    {Trigger{Kind: OnDue, Clock: "finish", Minutes: -10}, 80 * min, 90*min - 1, ""},
		"looked at":  {Trigger{Kind: OnDue, Clock: "finish", Minutes: -10}, 90 * min, 95 * min, ""},
		"after":      {Trigger{Kind: OnDue, Clock: "finish", Minutes: 5}, 100 * min, 200 * min, "due:finish:6000000"},
		"no due":     {Trigger{Kind: OnDue, Clock: "arrive"}, 0, 200 * min, ""},
		"status":     {Trigger{Kind: OnStatus, Status: workorder.Assigned, Minutes: 30}, 30 * min, 33 * min, "in:assigned:180000"},
		"not status": {Trigger{Kind: OnStatus, Status: workorder.Held, Minutes: 30}, 0, 200 * min, ""},
		"daily":      {Trigger{Kind: OnDaily, At: "08:30"}, 0, 60 * min, "day:1800000"}, // the epoch is 08:00 there
		"among":      {Trigger{Kind: OnDaily, At: "08:30", Among: []workorder.Status{workorder.Held}}, 0, 60 * min, ""},
	} {
		got := ""
		for _, m := range c.trigger.moments(o, 3*min, c.from, c.to, s.days) {
			got += m.slot
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzExpression(f *testing.F) {
	for _, s := range []string{"urges > 3", "'漏水' in overdue", "words.contains('x') && !workday", "[1].exists(x, x == urges)", "((((", "\x00", "9223372036854775807 + urges > 0"} {
		f.Add(s)
	}
	values := facts(&workorder.Order{Words: "漏水", ItemCode: "MW01"}, nil, Surroundings{}, 0, time.UTC)
	f.Fuzz(func(t *testing.T, source string) {
		d := valid()
		d.Expert = source
		if len(source) > 2000 || d.check() != nil {
			return
		}
		c, err := d.compile()
		if err != nil {
			t.Fatalf("checked and yet not compiled: %v", err)
		}
		_, _ = c.met(context.Background(), values) // may fail, must end
	})
}

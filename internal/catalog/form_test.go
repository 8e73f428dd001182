package catalog_test

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wardline/internal/catalog"
	"wardline/internal/platform/fault"
)

func limit(n float64) *float64 { return &n }

var leak = catalog.Form{
	{Key: "force", Kind: catalog.Choice, Label: "水势", Required: true, Options: []catalog.Option{{Value: "drip", Label: "滴"}, {Value: "burst", Label: "喷"}}},
	{Key: "valve", Kind: catalog.Choice, Label: "关阀", Required: true, ShowIf: &catalog.Condition{Field: "force", Equals: "burst"},
		Options: []catalog.Option{{Value: "yes", Label: "是"}, {Value: "no", Label: "否"}}},
	{Key: "why", Kind: catalog.Text, Label: "原因", ShowIf: &catalog.Condition{Field: "valve", Equals: "no"}, Max: limit(5)},
	{Key: "hit", Kind: catalog.Many, Label: "殃及", Options: []catalog.Option{{Value: "bed", Label: "床"}, {Value: "socket", Label: "电"}}, Max: limit(1)},
	{Key: "beds", Kind: catalog.Number, Label: "床数", Min: limit(1), Max: limit(9), ShowIf: &catalog.Condition{Field: "hit", Equals: "bed"}},
	{Key: "place", Kind: catalog.Place, Label: "位置", ReporterRequired: true},
	{Key: "since", Kind: catalog.Date, Label: "何时"},
	{Key: "photo", Kind: catalog.Photo, Label: "照片", FinishRequired: true},
	{Key: "sign", Kind: catalog.Signature, Label: "签字"},
	{Key: "asset", Kind: catalog.Asset, Label: "资产"},
}

// blamed returns the fields and codes of a fault as "field:code …", sorted.
func blamed(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	f, ok := fault.Of(err)
	if !ok {
		t.Fatalf("no fault: %v", err)
	}
	var out []string
	for _, x := range f.Fields {
		out = append(out, x.Field+":"+x.Code)
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

func TestAnswersAtIntake(t *testing.T) {
	for _, c := range []struct{ name, answers, want string }{
		{"nothing answered", `{}`, "form.force:required"},
		{"blank is not an answer", `{"force":" "}`, "form.force:required"},
		{"enough", `{"force":"drip"}`, ""},
		{"shown by a condition, so required", `{"force":"burst"}`, "form.valve:required"},
		{"hidden by a condition", `{"force":"drip","valve":"yes"}`, "form.valve:catalog.not_asked"},
		{"hidden because its parent is", `{"force":"drip","why":"x"}`, "form.why:catalog.not_asked"},
		{"a hidden blank does no harm", `{"force":"drip","valve":"","why":null}`, ""},
		{"unknown questions", `{"force":"drip","b":1,"a":""}`, "form.a:unknown_field form.b:unknown_field"},
		{"choice not offered", `{"force":"steam"}`, "form.force:bad_value"},
		{"choice of another type", `{"force":["drip"]}`, "form.force:bad_value"},
		{"text too long counts characters", `{"force":"burst","valve":"no","why":"六个汉字太多"}`, "form.why:too_long"},
		{"five characters fit", `{"force":"burst","valve":"no","why":"五个汉字吧"}`, ""},
		{"text with a control character", `{"force":"burst","valve":"no","why":"a\u0007"}`, "form.why:bad_format"},
		{"many", `{"force":"drip","hit":["bed"],"beds":2}`, ""},
		{"many, not chosen, hides", `{"force":"drip","hit":["socket"],"beds":2}`, "form.beds:catalog.not_asked"},
		{"many, too many", `{"force":"drip","hit":["bed","socket"]}`, "form.hit:too_many_items"},
		{"many, twice the same", `{"force":"drip","hit":["bed","bed"]}`, "form.hit:bad_value"},
		{"many as one text", `{"force":"drip","hit":"bed"}`, "form.hit:bad_format"},
		{"many with a number", `{"force":"drip","hit":[1]}`, "form.hit:bad_format"},
		{"number too small", `{"force":"drip","hit":["bed"],"beds":0}`, "form.beds:too_small"},
		{"number too big", `{"force":"drip","hit":["bed"],"beds":10}`, "form.beds:too_big"},
		{"number as text", `{"force":"drip","hit":["bed"],"beds":"3"}`, "form.beds:bad_format"},
		{"date", `{"force":"drip","since":1795334400000}`, ""},
		{"date as text", `{"force":"drip","since":"2026-11-22"}`, "form.since:bad_format"},
		{"date in seconds", `{"force":"drip","since":1795334400}`, "form.since:bad_value"},
		{"date with a fraction", `{"force":"drip","since":1795334400000.5}`, "form.since:bad_format"},
		{"ids", `{"force":"drip","place":"p1","asset":"a1","photo":["f1","f2"],"sign":"f3"}`, ""},
		{"ids that are none", `{"force":"drip","place":"../x","asset":"a b","photo":["f1",""],"sign":7}`,
			"form.asset:bad_value form.photo:bad_value form.place:bad_value form.sign:bad_value"},
		{"too many photos", `{"force":"drip","photo":["1","2","3","4","5","6","7","8","9","10"]}`, "form.photo:too_many_items"},
		{"all at once", `{"force":"x","beds":1,"zz":1}`, "form.beds:catalog.not_asked form.force:bad_value form.zz:unknown_field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var answers map[string]any
			if err := json.Unmarshal([]byte(c.answers), &answers); err != nil {
				t.Fatal(err)
			}
			if got := blamed(t, leak.Validate(answers)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestEachStageWantsItsOwnAnswers(t *testing.T) {
	for stage, want := range map[catalog.Stage]string{
		catalog.AtReport: "form.place:required",
		catalog.AtIntake: "form.force:required",
		catalog.AtFinish: "form.photo:required",
	} {
		if got := blamed(t, leak.Check(stage, nil)); got != want {
			t.Errorf("stage %d: got %q, want %q", stage, got, want)
		}
	}
}

func TestOrderAnswersPlaceAndAsset(t *testing.T) {
	given := map[string]any{"force": "drip", "asset": "mine", "photo": []any{"f1"}, "sign": "f2", "since": nil}
	got := leak.WithOrder(given, "p9", "a9")
	if got["place"] != "p9" || got["asset"] != "mine" {
		t.Fatalf("got %v", got)
	}
	if _, ok := got["since"]; ok {
		t.Fatal("an answer not given must not stay")
	}
	if _, ok := given["place"]; ok {
		t.Fatal("the caller's answers were changed")
	}
	r := leak.References(got)
	if fmt.Sprint(r) != "{[p9] [mine] [f1 f2]}" {
		t.Fatalf("got %v", r)
	}
	other := catalog.Form{{Key: "x", Kind: catalog.Text, Label: "x"}}
	if got := other.WithOrder(nil, "p9", "a9"); len(got) != 0 {
		t.Fatalf("a form that does not ask was answered: %v", got)
	}
}

// Whatever is answered, checking neither panics nor lets an answer pass that is not
// shown; and answers that pass still pass once cleaned.
func TestCheckAnyAnswers(t *testing.T) {
	any1 := rapid.OneOf(
		rapid.Map(rapid.SampledFrom([]string{"", "drip", "burst", "yes", "no", "bed", "p1", "\x00"}), func(s string) any { return s }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"bed", "socket", "x"}), 0, 3), func(l []string) any {
			out := []any{}
			for _, s := range l {
				out = append(out, s)
			}
			return out
		}),
		rapid.Just[any](nil), rapid.Just[any](true), rapid.Just[any](map[string]any{"a": 1}),
	)
	keys := rapid.SampledFrom([]string{"force", "valve", "why", "hit", "beds", "place", "since", "photo", "sign", "asset", "zz"})
	rapid.Check(t, func(rt *rapid.T) {
		answers := rapid.MapOfN(keys, any1, 0, 8).Draw(rt, "answers")
		if leak.Validate(answers) != nil {
			return
		}
		if answers["force"] == nil || answers["zz"] != nil {
			rt.Fatalf("passed: %v", answers)
		}
		if v, ok := answers["valve"].(string); ok && strings.TrimSpace(v) != "" && answers["force"] != "burst" {
			rt.Fatalf("hidden answer passed: %v", answers)
		}
		if err := leak.Validate(leak.Clean(answers)); err != nil {
			rt.Fatalf("%v passed but not when cleaned: %v", answers, err)
		}
	})
}

func content(change func(*catalog.Content)) catalog.Content {
	c := catalog.Content{CategoryID: "c1", NameZh: "漏水", NameEn: "Leak", Priority: catalog.P1, Limits: catalog.DefaultLimits(catalog.P1),
		Calendar: catalog.RoundTheClock, Mode: catalog.Onsite, Form: append(catalog.Form{}, leak...),
		Symptoms: []catalog.Symptom{{Key: "s1", Label: "天花漏水", LabelEn: "Ceiling leaks"}}}
	if change != nil {
		change(&c)
	}
	return c
}

func TestContentCheck(t *testing.T) {
	cond := func(field, equals string) *catalog.Condition {
		return &catalog.Condition{Field: field, Equals: equals}
	}
	for _, c := range []struct {
		name   string
		change func(*catalog.Content)
		want   string
	}{
		{"good", nil, ""},
		{"no name", func(c *catalog.Content) { c.NameZh = " " }, "nameZh:required"},
		{"no English name is fine", func(c *catalog.Content) { c.NameEn = "" }, ""},
		{"priority", func(c *catalog.Content) { c.Priority = "P9" }, "priority:bad_value"},
		{"mode", func(c *catalog.Content) { c.Mode = "" }, "mode:bad_value"},
		{"booked arrival", func(c *catalog.Content) { c.Limits = catalog.DefaultLimits(catalog.P4) }, ""},
		{"limits out of order", func(c *catalog.Content) { c.Limits = catalog.Limits{Respond: 30, Arrive: 0, Finish: 20} }, "limits.finish:catalog.limits_order"},
		{"limits out of range", func(c *catalog.Content) { c.Limits = catalog.Limits{Respond: -1, Arrive: 5, Finish: 600000} }, "limits.finish:too_big limits.respond:too_small"},
		{"symptom twice", func(c *catalog.Content) { c.Symptoms = append(c.Symptoms, catalog.Symptom{Key: "s1", Label: "x"}) }, "symptoms[1].key:duplicate"},
		{"class", func(c *catalog.Content) { c.AssetClasses = []string{"PC 1"} }, "assetClasses[0]:bad_format"},
		{"question without key", func(c *catalog.Content) { c.Form[8].Key = "" }, "form[8].key:required"},
		{"question twice", func(c *catalog.Content) { c.Form[8].Key = "force" }, "form[8].key:duplicate"},
		{"kind", func(c *catalog.Content) { c.Form[8].Kind = "voice" }, "form[8].kind:bad_value"},
		{"choice without options", func(c *catalog.Content) { c.Form[3].Options, c.Form[3].Max = nil, nil }, "form[3].options:required form[4].showIf.equals:bad_value"},
		{"text with options", func(c *catalog.Content) { c.Form[2].Options = c.Form[0].Options }, "form[2].options:catalog.no_options"},
		{"option twice", func(c *catalog.Content) { c.Form[1].Options = append(c.Form[1].Options[:2:2], c.Form[1].Options[0]) }, "form[1].options[2].value:duplicate"},
		{"bounds the wrong way", func(c *catalog.Content) { c.Form[4].Min = limit(10) }, "form[4].max:too_small"},
		{"bounds where none belong", func(c *catalog.Content) { c.Form[6].Max = limit(1) }, "form[6].min:catalog.no_bounds"},
		{"condition on nothing", func(c *catalog.Content) { c.Form[2].ShowIf = cond("gone", "x") }, "form[2].showIf.field:unknown_reference"},
		{"condition on an answer that cannot be", func(c *catalog.Content) { c.Form[2].ShowIf = cond("force", "steam") }, "form[2].showIf.equals:bad_value"},
		{"condition on a photo", func(c *catalog.Content) { c.Form[2].ShowIf = cond("photo", "x") }, "form[2].showIf.field:catalog.bad_condition"},
		{"condition on itself", func(c *catalog.Content) { c.Form[2].ShowIf = cond("why", "x") }, "form[2].showIf.field:catalog.circle"},
		{"conditions in a circle", func(c *catalog.Content) { c.Form[0].ShowIf = cond("why", "x") },
			"form[0].showIf.field:catalog.circle form[1].showIf.field:catalog.circle form[2].showIf.field:catalog.circle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := blamed(t, content(c.change).Check()); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestEveryPriorityHasLimits(t *testing.T) {
	for _, p := range catalog.Priorities() {
		l := catalog.DefaultLimits(p)
		if l.Respond == 0 || l.Finish < l.Arrive || l.Finish < l.Respond {
			t.Errorf("%s: %+v", p, l)
		}
	}
	if catalog.DefaultLimits(catalog.P1) != (catalog.Limits{Respond: 5, Arrive: 10, Finish: 60}) ||
		catalog.DefaultLimits(catalog.T2) != (catalog.Limits{Respond: 30, Arrive: 45, Finish: 120}) {
		t.Error("limits differ from those the starter catalogue was written with")
	}
}

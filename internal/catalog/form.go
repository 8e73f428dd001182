package catalog

import (
	"slices"
	"strconv"

	"wardline/internal/platform/fault"
)

// Kind is what a question is answered with.
type Kind string

// The kinds, each with the JSON of its answer.
const (
	Text      Kind = "text"      // string
	Choice    Kind = "choice"    // value of one option
	Many      Kind = "many"      // array of values of options
	Number    Kind = "number"    // number
	Date      Kind = "date"      // instant, whole Unix milliseconds
	Photo     Kind = "photo"     // array of attachment ids
	Place     Kind = "place"     // place id
	Asset     Kind = "asset"     // asset id
	Signature Kind = "signature" // attachment id
)

// Keys of the questions that are the order's own place and asset: a form that has
// them asks for what the order holds anyway (see Form.WithOrder).
const (
	PlaceKey = "place"
	AssetKey = "asset"
)

// Option is one answer offered.
type Option struct {
	Value   string `json:"value" maxLength:"40"`
	Label   string `json:"label" maxLength:"60"`
	LabelEn string `json:"labelEn,omitempty" maxLength:"100"`
}

// Condition shows a question only when another one has this answer, or, for
// several choices, has it among them.
type Condition struct {
	Field  string `json:"field" maxLength:"40"`
	Equals string `json:"equals" maxLength:"100"`
}

// Field is one question of a form. Min and Max bound a number, the characters of a
// text, or how many choices or photos there may be.
type Field struct {
	Key              string     `json:"key" maxLength:"40"`
	Kind             Kind       `json:"kind" enum:"text,choice,many,number,date,photo,place,asset,signature"`
	Label            string     `json:"label" maxLength:"60"`
	LabelEn          string     `json:"labelEn,omitempty" maxLength:"100"`
	Help             string     `json:"help,omitempty" maxLength:"200"`
	HelpEn           string     `json:"helpEn,omitempty" maxLength:"300"`
	Required         bool       `json:"required,omitempty" doc:"The agent must have an answer when taking the order in"`
	ReporterRequired bool       `json:"reporterRequired,omitempty" doc:"The reporter must answer; rare, as reporting takes two taps"`
	FinishRequired   bool       `json:"finishRequired,omitempty" doc:"The engineer must answer before finishing"`
	Options          []Option   `json:"options,omitempty" maxItems:"50"`
	Min              *float64   `json:"min,omitempty"`
	Max              *float64   `json:"max,omitempty"`
	ShowIf           *Condition `json:"showIf,omitempty"`
}

// Form is the questions of an item, in the order in which they are asked.
type Form []Field

// Stage is the moment at which answers are checked; each demands other answers.
type Stage int

// The stages.
const (
	AtReport Stage = iota // by the reporter: only what cannot be done without
	AtIntake              // by the agent
	AtFinish              // by the engineer
)

func (x Field) must(s Stage) bool {
	switch s {
	case AtReport:
		return x.ReporterRequired
	case AtFinish:
		return x.FinishRequired
	}
	return x.Required
}

// Validate is Check at intake: the form as an agent fills it in.
func (f Form) Validate(answers map[string]any) error { return f.Check(AtIntake, answers) }

// Check returns a fault naming, as form.KEY, every answer that is wrong, missing at
// this stage, given to a question that is not asked, or to none of the form. An
// answer that is null, blank or an empty array counts as not given.
func (f Form) Check(stage Stage, answers map[string]any) error {
	var out fault.Fields
	asked := f.asked(answers)
	for _, x := range f {
		where := "form." + x.Key
		answer := answers[x.Key]
		switch {
		case blank(answer):
			if asked[x.Key] && x.must(stage) {
				out.Add(where, "required")
			}
		case !asked[x.Key]:
			out.Add(where, "catalog.not_asked")
		default:
			x.checkAnswer(&out, where, answer)
		}
	}
	unknown := []string{}
	for k := range answers {
		if _, ok := asked[k]; !ok {
			unknown = append(unknown, k)
		}
	}
	slices.Sort(unknown)
	for _, k := range unknown {
		out.Add("form."+k, "unknown_field")
	}
	return out.Err()
}

// asked tells for every question whether it is shown with these answers. One that
// hangs on a question that is not shown, on itself or on none is not shown.
func (f Form) asked(answers map[string]any) map[string]bool {
	by := make(map[string]*Field, len(f))
	for i := range f {
		by[f[i].Key] = &f[i]
	}
	out := make(map[string]bool, len(f))
	var shown func(x *Field, depth int) bool
	shown = func(x *Field, depth int) bool {
		if x.ShowIf == nil {
			return true
		}
		parent := by[x.ShowIf.Field]
		// A chain longer than the form has come round in a circle.
		return parent != nil && depth < len(f) && shown(parent, depth+1) && meets(answers[parent.Key], x.ShowIf.Equals)
	}
	for i := range f {
		out[f[i].Key] = shown(&f[i], 0)
	}
	return out
}

// meets tells whether an answer is, or has among several, the value wanted.
func meets(answer any, want string) bool {
	switch v := answer.(type) {
	case string:
		return v == want
	case []any:
		return slices.ContainsFunc(v, func(one any) bool { return one == want })
	case []string:
		return slices.Contains(v, want)
	}
	n, ok := number(answer)
	return ok && strconv.FormatFloat(n, 'f', -1, 64) == want
}

// Clean returns the answers without those that count as not given.
func (f Form) Clean(answers map[string]any) map[string]any {
	out := make(map[string]any, len(answers))
	for k, v := range answers {
		if !blank(v) {
			out[k] = v
		}
	}
	return out
}

// WithOrder returns the answers with the order's own place and asset filled in
// where the form asks for them and no answer was given.
func (f Form) WithOrder(answers map[string]any, placeID, assetID string) map[string]any {
	out := f.Clean(answers)
	for _, x := range f {
		if _, ok := out[x.Key]; ok {
			continue
		}
		switch {
		case x.Key == PlaceKey && x.Kind == Place && placeID != "":
			out[x.Key] = placeID
		case x.Key == AssetKey && x.Kind == Asset && assetID != "":
			out[x.Key] = assetID
		}
	}
	return out
}

// References are the things checked answers point at.
type References struct{ Places, Assets, Files []string }

// References returns what the answers point at, so that the caller can check that
// it exists and may be used. The answers have passed Check.
func (f Form) References(answers map[string]any) References {
	var r References
	for _, x := range f {
		ids := texts(answers[x.Key])
		switch x.Kind {
		case Place:
			r.Places = append(r.Places, ids...)
		case Asset:
			r.Assets = append(r.Assets, ids...)
		case Photo, Signature:
			r.Files = append(r.Files, ids...)
		}
	}
	return r
}

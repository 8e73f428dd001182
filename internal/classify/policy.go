package classify

import (
	"slices"
	"strings"

	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// PolicyRule says for some orders whether they are tried remotely or visited. Of the
// rules the first that fits decides.
type PolicyRule struct {
	ID       string         `db:"id" json:"id"`
	NameZh   string         `db:"name_zh" json:"nameZh" minLength:"1" maxLength:"60"`
	NameEn   string         `db:"name_en" json:"nameEn" maxLength:"100" doc:"Empty shows the Chinese name"`
	Mode     workorder.Mode `db:"mode" json:"mode" enum:"remote,onsite"`
	When     PolicyWhen     `db:"when_all,json" json:"when"`
	Active   bool           `db:"active" json:"active"`
	Position int64          `db:"position" json:"-"`
}

// PolicyWhen are the conditions of a rule; all that are set must hold, of a list any one.
type PolicyWhen struct {
	Items        []string `json:"items,omitempty" maxItems:"100" doc:"Codes of items, or what they begin with"`
	ItemModes    []string `json:"itemModes,omitempty" maxItems:"4" doc:"What the catalogue says: remote_first, remote_then_onsite, onsite, either"`
	Words        []string `json:"words,omitempty" maxItems:"50" doc:"Any of these stands in the caller's words"`
	PlaceClasses []string `json:"placeClasses,omitempty" maxItems:"11"`
	Priorities   []string `json:"priorities,omitempty" maxItems:"7"`
	Anxious      bool     `json:"anxious,omitempty" doc:"The caller is anxious and cannot explain"`
	Failed       bool     `json:"failed,omitempty" doc:"Guiding the caller has failed"`
	Repeats      int64    `json:"repeats,omitempty" minimum:"0" maximum:"100" doc:"At least so many reports of the same within seven days"`
}

// scene is what the policy looks at.
type scene struct {
	workorder.Scene
	failed  bool
	repeats int64
}

// meets tells whether all conditions hold.
func (w *PolicyWhen) meets(s *scene) bool {
	switch {
	case w.Anxious && !s.Anxious, w.Failed && !s.failed, w.Repeats > 0 && s.repeats < w.Repeats:
		return false
	case len(w.Items) > 0 && !slices.ContainsFunc(w.Items, func(c string) bool { return strings.HasPrefix(s.ItemCode, c) }):
		return false
	case len(w.ItemModes) > 0 && !slices.Contains(w.ItemModes, string(s.ItemMode)):
		return false
	case len(w.PlaceClasses) > 0 && !slices.Contains(w.PlaceClasses, s.PlaceClass):
		return false
	case len(w.Priorities) > 0 && !slices.Contains(w.Priorities, s.Priority):
		return false
	}
	if len(w.Words) == 0 {
		return true
	}
	said := string(plainRunes(s.Symptom + " " + s.Words))
	return slices.ContainsFunc(w.Words, func(word string) bool { return strings.Contains(said, string(plainRunes(word))) })
}

// decide returns what the first rule that fits says.
func decide(rules []PolicyRule, s *scene) (workorder.Ruling, bool) {
	for i := range rules {
		if r := &rules[i]; r.Active && r.When.meets(s) {
			return workorder.Ruling{Mode: r.Mode, RuleID: r.ID, NameZh: r.NameZh, NameEn: r.NameEn}, true
		}
	}
	return workorder.Ruling{}, false
}

var (
	placeClasses = []string{"outpatient", "emergency", "ward", "icu", "theatre", "medtech", "office", "public", "logistics", "technical", "other"}
	itemModes    = []string{"remote_first", "remote_then_onsite", "onsite", "either"}
)

// checkPolicy brings the rules to the form in which they are kept.
func checkPolicy(rules []PolicyRule) error {
	var f fault.Fields
	for i := range rules {
		r := &rules[i]
		where := indexed("items", i)
		if r.NameZh = strings.TrimSpace(r.NameZh); r.NameZh == "" {
			f.Add(where+".nameZh", "required")
		}
		r.NameEn = strings.TrimSpace(r.NameEn)
		if r.Mode != workorder.Remote && r.Mode != workorder.Onsite {
			f.Add(where+".mode", "bad_value")
		}
		for field, list := range map[string]*[]string{"items": &r.When.Items, "words": &r.When.Words} {
			kept := []string{}
			for _, v := range *list {
				if v = strings.TrimSpace(v); v != "" {
					kept = append(kept, v)
				}
				if len([]rune(v)) > 40 {
					f.Add(where+".when."+field, "too_long", "max", 40)
				}
			}
			*list = kept
		}
		known := func(field string, list, values []string) {
			if slices.ContainsFunc(list, func(v string) bool { return !slices.Contains(values, v) }) {
				f.Add(where+".when."+field, "bad_value")
			}
		}
		known("itemModes", r.When.ItemModes, itemModes)
		known("placeClasses", r.When.PlaceClasses, placeClasses)
		known("priorities", r.When.Priorities, urgencies)
		if (r.When.Failed || r.When.Repeats > 0) && r.Mode != workorder.Onsite {
			f.Add(where+".mode", "classify.forced")
		}
	}
	return f.Err()
}

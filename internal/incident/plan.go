package incident

import (
	"fmt"
	"slices"
	"strings"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Plan is an emergency plan: what is to be done when a kind of incident is declared.
type Plan struct {
	ID        string   `db:"id" json:"id"`
	Code      string   `db:"code" json:"code,omitempty" doc:"Of a plan that came with Wardline"`
	Position  int64    `db:"position" json:"position"`
	Active    bool     `db:"active" json:"active"`
	Version   int64    `db:"version" json:"version"`
	Body      PlanBody `db:"body,json" json:"body"`
	UpdatedAt int64    `db:"updated_at" json:"updatedAt"`
}

// PlanBody is what a plan says.
type PlanBody struct {
	NameZh string     `json:"nameZh" minLength:"1" maxLength:"60"`
	NameEn string     `json:"nameEn" minLength:"1" maxLength:"80"`
	Items  []string   `json:"items,omitempty" maxItems:"30" doc:"Codes of the items it is for; two letters stand for a category"`
	Notice string     `json:"notice,omitempty" maxLength:"300" doc:"What those affected are told first"`
	Every  int        `json:"every,omitempty" minimum:"0" maximum:"1440" doc:"Minutes between two words of progress"`
	Steps  []PlanStep `json:"steps" maxItems:"40"`
}

// PlanStep is one step of a plan.
type PlanStep struct {
	TitleZh string `json:"titleZh" minLength:"1" maxLength:"200"`
	TitleEn string `json:"titleEn" minLength:"1" maxLength:"300"`
	RoleZh  string `json:"roleZh,omitempty" maxLength:"40" doc:"Who does it"`
	RoleEn  string `json:"roleEn,omitempty" maxLength:"60"`
	Minutes int    `json:"minutes,omitempty" minimum:"0" maximum:"10080" doc:"From the declaration; 0 is no limit"`
}

// check refuses a plan with something wrong, naming every place.
func (b *PlanBody) check() error {
	var f fault.Fields
	need := func(v *string, field string) {
		if *v = strings.TrimSpace(*v); *v == "" {
			f.Add(field, "required")
		}
	}
	need(&b.NameZh, "nameZh")
	need(&b.NameEn, "nameEn")
	if len(b.Steps) == 0 {
		f.Add("steps", "required")
	}
	for i := range b.Steps {
		need(&b.Steps[i].TitleZh, fmt.Sprintf("steps[%d].titleZh", i))
		need(&b.Steps[i].TitleEn, fmt.Sprintf("steps[%d].titleEn", i))
	}
	return f.Err()
}

// fits tells how well the plan is for an item: 2 by its code, 1 by its category, 0 not.
func (b *PlanBody) fits(itemCode string) int {
	switch {
	case itemCode == "":
		return 0
	case slices.Contains(b.Items, itemCode):
		return 2
	case slices.ContainsFunc(b.Items, func(c string) bool {
		return strings.HasPrefix(itemCode, c) && strings.Trim(itemCode[len(c):], "0123456789") == ""
	}):
		return 1
	}
	return 0
}

// planFor returns the active plan that fits an item best.
func planFor(list []Plan, itemCode string) *Plan {
	var best *Plan
	fit := 0
	for i := range list {
		if n := list[i].Body.fits(itemCode); list[i].Active && n > fit {
			best, fit = &list[i], n
		}
	}
	return best
}

// steps copies the plan's check list for an incident declared at a moment.
func (b *PlanBody) steps(incidentID string, at int64) []Step {
	out := make([]Step, 0, len(b.Steps))
	for i, s := range b.Steps {
		step := Step{ID: id.New(), IncidentID: incidentID, Position: int64(i + 1), TitleZh: s.TitleZh, TitleEn: s.TitleEn, RoleZh: s.RoleZh, RoleEn: s.RoleEn}
		if s.Minutes > 0 {
			step.DueAt = at + int64(s.Minutes)*clock.Minute
		}
		out = append(out, step)
	}
	return out
}

func followField(i int, name string) string { return fmt.Sprintf("report.followUps[%d].%s", i, name) }

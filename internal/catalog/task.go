package catalog

import (
	"slices"

	"wardline/internal/platform/fault"
)

// Proof is what has to be shown before a task is done.
type Proof struct {
	Photo     bool `json:"photo,omitempty"`
	Signature bool `json:"signature,omitempty" doc:"The receiver signs on glass"`
	Parts     bool `json:"parts,omitempty" doc:"The parts used are named"`
	Labour    bool `json:"labour,omitempty" doc:"The minutes of work are named"`
	Check     bool `json:"check,omitempty" doc:"A second person checks"`
}

// The moments at which an item's tasks are added to an order.
const (
	AtReported = "report" // with the report itself
	AtTakenIn  = "intake" // when the order is taken in
	WhenAsked  = "offer"  // by hand only
)

// TaskPlan is the template of an item: the tasks of several teams that its orders get.
type TaskPlan struct {
	Apply          string     `json:"apply" enum:"report,intake,offer" doc:"When an order gets the tasks: with the report, when it is taken in, or only by hand"`
	TasksOnly      bool       `json:"tasksOnly,omitempty" doc:"An order consists of its tasks; nobody has to be found for the whole"`
	FinishWithLast bool       `json:"finishWithLast,omitempty" doc:"The order finishes by itself when all work is done"`
	Steps          []TaskStep `json:"steps" minItems:"1" maxItems:"12"`
}

// TaskStep is one task of a template.
type TaskStep struct {
	Key      string   `json:"key" maxLength:"40" doc:"Stays when the words change"`
	TeamID   string   `json:"teamId" maxLength:"64"`
	NoteZh   string   `json:"noteZh" maxLength:"200" doc:"What the team is to do"`
	NoteEn   string   `json:"noteEn,omitempty" maxLength:"300"`
	After    []string `json:"after,omitempty" maxItems:"11" doc:"Keys of steps before it in the list that have to end first; none is at once"`
	Limits   *Limits  `json:"limits,omitempty" doc:"Minutes from the moment the task is ready; absent are the order's own"`
	Calendar string   `json:"calendar,omitempty" maxLength:"64" doc:"Absent is the order's own"`
	Proof    Proof    `json:"proof,omitzero"`
	// IfField limits the step to orders with one of the values as answer to a question.
	IfField  string   `json:"ifField,omitempty" maxLength:"40" doc:"Question of the form that decides whether the task is needed"`
	IfValues []string `json:"ifValues,omitempty" maxItems:"20" doc:"Answers for which it is"`
}

// Wanted tells whether an order with these answers gets the task.
func (s TaskStep) Wanted(answers map[string]any) bool {
	if s.IfField == "" {
		return true
	}
	switch v := answers[s.IfField].(type) {
	case string:
		return slices.Contains(s.IfValues, v)
	case []any:
		return slices.ContainsFunc(v, func(x any) bool { text, ok := x.(string); return ok && slices.Contains(s.IfValues, text) })
	}
	return false
}

// Alone tells whether orders of the item consist of their tasks from the start.
func (p *TaskPlan) Alone() bool { return p != nil && p.TasksOnly && p.Apply != WhenAsked }

// check wants keys once each, words, and steps that wait only for those before them:
// so no step can wait for itself.
func (p *TaskPlan) check(f *fault.Fields, form Form) {
	if !slices.Contains([]string{AtReported, AtTakenIn, WhenAsked}, p.Apply) {
		f.Add("tasks.apply", "bad_value")
	}
	if len(p.Steps) == 0 {
		f.Add("tasks.steps", "required")
	}
	seen := map[string]bool{}
	for i, s := range p.Steps {
		where := at("tasks.steps", i)
		for _, before := range s.After {
			if !seen[before] || before == s.Key {
				f.Add(where+".after", "catalog.step_order")
				break
			}
		}
		key(f, where+".key", s.Key, seen)
		label(f, where+".noteZh", s.NoteZh, 200)
		atMost(f, where+".noteEn", s.NoteEn, 300)
		if s.TeamID == "" {
			f.Add(where+".teamId", "required")
		}
		if s.Limits != nil {
			s.Limits.checkAt(f, where+".")
		}
		if s.IfField != "" {
			if !slices.ContainsFunc(form, func(x Field) bool { return x.Key == s.IfField }) {
				f.Add(where+".ifField", "unknown_reference")
			} else if len(s.IfValues) == 0 {
				f.Add(where+".ifValues", "required")
			}
		}
	}
}

// without returns the plan without the steps of teams that do not exist, nil when none
// is left; what waited for them does not any more.
func (p *TaskPlan) without(known func(team string) string) *TaskPlan {
	out := *p
	out.Steps = nil
	gone := map[string]bool{}
	for _, s := range p.Steps {
		team := known(s.TeamID)
		if team == "" {
			gone[s.Key] = true
			continue
		}
		s.TeamID = team
		s.After = slices.DeleteFunc(slices.Clone(s.After), func(k string) bool { return gone[k] })
		out.Steps = append(out.Steps, s)
	}
	if len(out.Steps) == 0 {
		return nil
	}
	return &out
}

package classify

import (
	"strings"

	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Script is what is tried with the caller on the telephone before anybody goes.
type Script struct {
	ItemCode  string `db:"item_code" json:"itemCode" minLength:"2" maxLength:"16"`
	Steps     []Step `db:"steps,json" json:"steps" minItems:"1" maxItems:"30"`
	Version   int64  `db:"version" json:"version"`
	UpdatedAt int64  `db:"updated_at" json:"updatedAt,omitempty"`
}

// Step is one thing to try or to ask.
type Step struct {
	Key    string `json:"key" minLength:"1" maxLength:"40" pattern:"^[a-z][a-z0-9_]*$"`
	TextZh string `json:"zh" minLength:"1" maxLength:"200"`
	TextEn string `json:"en,omitempty" maxLength:"300" doc:"Absent shows the Chinese text"`
}

// check brings a script to the form in which it is kept.
func (s *Script) check() error {
	var f fault.Fields
	seen := map[string]bool{}
	for i := range s.Steps {
		x := &s.Steps[i]
		where := indexed("steps", i)
		x.TextZh, x.TextEn = strings.TrimSpace(x.TextZh), strings.TrimSpace(x.TextEn)
		if x.TextZh == "" {
			f.Add(where+".zh", "required")
		}
		if x.Key == "" {
			f.Add(where+".key", "required")
		}
		if seen[x.Key] {
			f.Add(where+".key", "duplicate")
		}
		seen[x.Key] = true
	}
	if len(s.Steps) == 0 {
		f.Add("steps", "required")
	}
	return f.Err()
}

// Tried is what came of one step, as the person who guides says it.
type Tried struct {
	Key     string `json:"key" minLength:"1" maxLength:"40"`
	Outcome string `json:"outcome" enum:"done,failed,skipped"`
	At      int64  `json:"at,omitempty" doc:"Unix milliseconds; absent is now"`
	Note    string `json:"note,omitempty" maxLength:"200"`
}

// Attempt is a guided attempt that has ended.
type Attempt struct {
	Steps   []Tried `json:"steps" minItems:"1" maxItems:"30"`
	Outcome string  `json:"outcome" enum:"solved,failed"`
	Remedy  string  `json:"remedy,omitempty" maxLength:"2000" doc:"What solved it; absent names the steps that were done"`
	Cause   string  `json:"cause,omitempty" maxLength:"500"`
	Note    string  `json:"note,omitempty" maxLength:"500" doc:"For whoever goes there"`
}

// guidance turns an attempt into what stands in the order's timeline.
func (s *Script) guidance(a Attempt) (workorder.Guidance, error) {
	var f fault.Fields
	g := workorder.Guidance{Outcome: a.Outcome, ScriptVersion: s.Version, Note: strings.TrimSpace(a.Note)}
	var done []string
	seen := map[string]bool{}
	for i, t := range a.Steps {
		at := -1
		for j := range s.Steps {
			if s.Steps[j].Key == t.Key {
				at = j
			}
		}
		if at < 0 || seen[t.Key] {
			f.Add(indexed("steps", i)+".key", "unknown_reference")
			continue
		}
		seen[t.Key] = true
		step := s.Steps[at]
		g.Steps = append(g.Steps, workorder.GuidedStep{Key: t.Key, TextZh: step.TextZh, TextEn: step.TextEn, Outcome: t.Outcome, At: t.At, Note: strings.TrimSpace(t.Note)})
		if t.Outcome == workorder.StepDone {
			done = append(done, step.TextZh)
		}
	}
	if a.Outcome == workorder.GuideSolved && len(done) == 0 {
		f.Add("outcome", "classify.nothing_done")
	}
	g.Remedy, g.Cause = strings.TrimSpace(a.Remedy), strings.TrimSpace(a.Cause)
	if g.Remedy == "" && len(done) > 0 {
		g.Remedy = "远程指导:" + done[len(done)-1]
	}
	return g, f.Err()
}

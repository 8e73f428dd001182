package org

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"wardline/internal/platform/fault"
)

// line is one line of an uploaded file: the cells of the known columns.
type line struct {
	Line  int               `json:"l"`
	Cells map[string]string `json:"c"`
}

// Action says what an import would do with a line.
type Action string

// The actions.
const (
	ActionAdd    Action = "add"
	ActionChange Action = "change"
	ActionSame   Action = "same"
	ActionWrong  Action = "wrong"
)

// planned is what an import would do with one line.
type planned struct {
	Line     int           `json:"line"`
	Action   Action        `json:"action"`
	Name     string        `json:"name,omitempty"`
	ID       string        `json:"id,omitempty"` // of what is there already
	Version  int64         `json:"version,omitempty"`
	Changes  []cellChange  `json:"changes,omitempty"`
	Problems []cellProblem `json:"problems,omitempty"`
}

type cellChange struct {
	Column string `json:"column"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
}

type cellProblem struct {
	Column string         `json:"column,omitempty"`
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// maxPasses bounds how often lines are tried again: a tree of maxDepth levels whose
// lines stand upside down needs as many.
const maxPasses = maxDepth + 1

// makePlan enters every line into the book and says what became of it. A line may
// name things of later lines: lines that fail are tried again after the others, as
// long as that gets any further. The error is one of the machine, not of a line.
func makePlan(b *book, s sheet, lang fault.Language, lines []line) ([]planned, error) {
	plan := make([]planned, len(lines))
	todo := make([]int, len(lines))
	for i := range lines {
		todo[i] = i
	}
	seen := map[string]int{}
	for pass := 0; len(todo) > 0 && pass < maxPasses; pass++ {
		var failed []int
		for _, i := range todo {
			var err error
			if plan[i], err = enter(b, s, lang, lines[i], seen); err != nil {
				return nil, err
			}
			if plan[i].Action == ActionWrong {
				failed = append(failed, i)
			}
		}
		if len(failed) == len(todo) {
			break
		}
		todo = failed
	}
	return plan, nil
}

// enter enters one line into the book; one that is wrong leaves the book as it was.
func enter(b *book, s sheet, lang fault.Language, l line, seen map[string]int) (planned, error) {
	r := &reading{cells: l.Cells}
	out := planned{Line: l.Line, Name: l.Cells["name"]}
	if out.Name == "" {
		out.Name = cmp.Or(l.Cells["number"], l.Cells["staffNo"])
	}
	at, found := s.find(b, r)
	if found {
		if other, twice := seen[at.id]; twice {
			return out.wrong(fault.New(fault.Invalid, "org.import_twice", "line", other))
		}
	} else {
		at = existing("")
	}
	before := s.show(b, at.id, lang)
	if !at.fresh {
		out.ID, out.Version = at.id, s.version(b, at.id)
	}
	if err := s.put(b, r, at); err != nil {
		return out.wrong(err)
	}
	seen[at.id] = l.Line
	after := s.show(b, at.id, lang)
	out.Action = ActionAdd
	if before == nil {
		return out, nil
	}
	for i, c := range s.columns(lang) {
		if before[i] != after[i] {
			out.Changes = append(out.Changes, cellChange{c.Key, before[i], after[i]})
		}
	}
	if out.Action = ActionChange; len(out.Changes) == 0 {
		out.Action = ActionSame
	}
	return out, nil
}

// wrong adds what the rules said, by column.
func (p planned) wrong(err error) (planned, error) {
	p.Action = ActionWrong
	f, ok := fault.Of(err)
	if !ok {
		return p, err
	}
	for _, ff := range f.Fields {
		p.Problems = append(p.Problems, cellProblem{strings.TrimSuffix(ff.Field, "Id"), ff.Code, ff.Params})
	}
	if len(f.Fields) == 0 {
		p.Problems = append(p.Problems, cellProblem{"", f.Code, f.Params})
	}
	return p, nil
}

// ImportCounts says how many lines an import would add, change, leave and refuse.
type ImportCounts struct {
	Add    int `json:"add"`
	Change int `json:"change"`
	Same   int `json:"same"`
	Wrong  int `json:"wrong"`
}

func countPlan(plan []planned) (c ImportCounts) {
	for _, p := range plan {
		switch p.Action {
		case ActionAdd:
			c.Add++
		case ActionChange:
			c.Change++
		case ActionSame:
			c.Same++
		case ActionWrong:
			c.Wrong++
		}
	}
	return c
}

// digest is equal for plans that do the same.
func digest(plan []planned) (string, error) {
	raw, err := json.Marshal(plan)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

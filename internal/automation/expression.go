package automation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"

	"wardline/internal/platform/fault"
)

// What a condition may cost: steps as CEL counts them, estimated from the largest
// inputs when saved, and counted when run.
const (
	costLimit    = 20_000
	timeLimit    = 200 * time.Millisecond
	maxTextRunes = 4000
	checkEvery   = 100
)

var language = sync.OnceValues(func() (*cel.Env, error) {
	opts := []cel.EnvOption{cel.ClearMacros(), cel.Macros(cel.HasMacro, cel.ExistsMacro, cel.AllMacro), cel.DefaultUTCTimeZone(true)}
	for _, f := range FieldInfos() {
		t := cel.StringType
		switch f.Type {
		case Number:
			t = cel.IntType
		case Truth:
			t = cel.BoolType
		case List:
			t = cel.ListType(cel.StringType)
		}
		opts = append(opts, cel.Variable(f.Name, t))
	}
	return cel.NewEnv(opts...)
})

// condition is a compiled condition.
type condition struct {
	program cel.Program
	partial cel.Program // for when only some of the facts are known
}

// compile makes the condition ready to run; nil is always true. Faults name the
// field, and of an expression the line and column.
func (d *Definition) compile() (*condition, error) {
	source, field := strings.TrimSpace(d.Expert), "expert"
	if source == "" {
		if d.When == nil {
			return nil, nil
		}
		var err error
		if source, err = d.When.source("when"); err != nil {
			return nil, err
		}
		field = "when"
	}
	return compile(source, field)
}

// largest tells the estimate how large values can be.
type largest struct{}

// EstimateSize implements cost.Estimator.
func (largest) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if p := n.Path(); len(p) > 0 && p[0] == "overdue" {
		return &cost.SizeEstimate{Min: 0, Max: 3}
	}
	return &cost.SizeEstimate{Min: 0, Max: maxTextRunes}
}

// EstimateCallCost implements cost.Estimator.
func (largest) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

func compile(source, field string) (*condition, error) {
	env, err := language()
	if err != nil {
		return nil, err
	}
	tree, issues := env.Compile(source)
	if issues != nil && issues.Err() != nil {
		return nil, explain(issues, field)
	}
	if tree.OutputType() != cel.BoolType {
		return nil, fault.Field(field, "rule.not_truth", "type", tree.OutputType().String(), "line", 1, "column", 1)
	}
	estimate, err := env.EstimateCost(tree, largest{})
	if err != nil {
		return nil, err
	}
	if estimate.Max > costLimit {
		return nil, fault.Field(field, "rule.too_costly", "cost", estimate.Max, "max", costLimit)
	}
	p, err := env.Program(tree, cel.CostLimit(costLimit), cel.InterruptCheckFrequency(checkEvery), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fault.Field(field, "rule.expression", "line", 1, "column", 1, "detail", brief(err.Error()))
	}
	partial, err := env.Program(tree, cel.CostLimit(costLimit), cel.InterruptCheckFrequency(checkEvery), cel.EvalOptions(cel.OptPartialEval))
	if err != nil {
		return nil, err
	}
	return &condition{p, partial}, nil
}

// hopeless tells whether the condition cannot be met whatever the facts are that are
// not among the known ones. It never says so of one that could be.
func (c *condition) hopeless(ctx context.Context, known map[string]any) bool {
	if c == nil {
		return false
	}
	var rest []*cel.AttributePatternType
	for _, f := range FieldInfos() {
		if _, ok := known[f.Name]; !ok {
			rest = append(rest, cel.AttributePattern(f.Name))
		}
	}
	vars, err := cel.PartialVars(known, rest...)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	out, _, err := c.partial.ContextEval(ctx, vars)
	if err != nil || out == nil {
		return false
	}
	yes, ok := out.Value().(bool)
	return ok && !yes
}

// explain turns what the compiler says into a fault with the place.
func explain(issues *cel.Issues, field string) error {
	var f fault.Fields
	for i, e := range issues.Errors() {
		if i == 5 {
			break
		}
		pairs := []any{"line", e.Location.Line(), "column", e.Location.Column() + 1}
		switch {
		case strings.HasPrefix(e.Message, "undeclared reference to "):
			name := strings.TrimPrefix(e.Message, "undeclared reference to ")
			name, _, _ = strings.Cut(strings.TrimPrefix(name, "'"), "'")
			f.Add(field, "rule.unknown_at", append(pairs, "name", name)...)
		case strings.HasPrefix(e.Message, "found no matching overload for "):
			f.Add(field, "rule.types_at", append(pairs, "detail", brief(strings.TrimPrefix(e.Message, "found no matching overload for ")))...)
		case strings.HasPrefix(e.Message, "Syntax error"):
			f.Add(field, "rule.syntax_at", append(pairs, "detail", brief(strings.TrimPrefix(e.Message, "Syntax error: ")))...)
		default:
			f.Add(field, "rule.expression", append(pairs, "detail", brief(e.Message))...)
		}
	}
	return f.Err()
}

func brief(s string) string {
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

// met tells whether the facts meet the condition, within its limits.
func (c *condition) met(ctx context.Context, values map[string]any) (bool, error) {
	if c == nil {
		return true, nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	out, _, err := c.program.ContextEval(ctx, values)
	if err != nil {
		return false, fmt.Errorf("condition: %w", err)
	}
	yes, ok := out.Value().(bool)
	if !ok {
		return false, errors.New("condition: the result is neither true nor false")
	}
	return yes, nil
}

// reads tells whether the condition speaks of a field.
func (d *Definition) reads(name string) bool {
	if d.When != nil {
		return d.When.reads(name)
	}
	env, err := language()
	if err != nil || d.Expert == "" {
		return false
	}
	tree, issues := env.Compile(d.Expert)
	if issues != nil && issues.Err() != nil {
		return false
	}
	for _, r := range tree.NativeRep().ReferenceMap() {
		if r.Name == name {
			return true
		}
	}
	return false
}

func (c *Cond) reads(name string) bool {
	for _, list := range [][]Cond{c.All, c.Any} {
		for i := range list {
			if list[i].reads(name) {
				return true
			}
		}
	}
	return c.Field == name || c.Not != nil && c.Not.reads(name)
}

package automation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wardline/internal/platform/fault"
)

// Cond is a condition as people build it: a group, a negation, or one comparison.
type Cond struct {
	All   []Cond          `json:"all,omitempty" maxItems:"20" doc:"Every one of these"`
	Any   []Cond          `json:"any,omitempty" maxItems:"20" doc:"At least one of these"`
	Not   *Cond           `json:"not,omitempty" doc:"Not this"`
	Field string          `json:"field,omitempty" maxLength:"40"`
	Op    string          `json:"op,omitempty" enum:",eq,ne,lt,le,gt,ge,in,not_in,contains,not_contains,is,is_not"`
	Value json.RawMessage `json:"value,omitempty" doc:"Text, number or list of texts; none for is and is_not"`
}

const (
	maxNesting = 6
	maxLeaves  = 60
)

// Ops returns the comparisons that a type of field knows.
func Ops(t FieldType) []string {
	switch t {
	case Text:
		return []string{"eq", "ne", "in", "not_in", "contains", "not_contains"}
	case Number:
		return []string{"eq", "ne", "lt", "le", "gt", "ge"}
	case List:
		return []string{"contains", "not_contains"}
	}
	return []string{"is", "is_not"}
}

var signs = map[string]string{"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

// writer makes CEL out of a condition.
type writer struct {
	faults fault.Fields
	leaves int
}

// source returns the condition as a CEL expression; the fault names the place in the tree.
func (c *Cond) source(path string) (string, error) {
	var w writer
	out := w.write(c, path, 0)
	return out, w.faults.Err()
}

func (w *writer) write(c *Cond, path string, depth int) string {
	if depth > maxNesting || w.leaves > maxLeaves {
		w.faults.Add(path, "rule.too_deep", "max", maxNesting)
		return "true"
	}
	parts := 0
	for _, is := range []bool{len(c.All) > 0, len(c.Any) > 0, c.Not != nil, c.Field != ""} {
		if is {
			parts++
		}
	}
	if parts != 1 {
		w.faults.Add(path, "rule.one_of")
		return "true"
	}
	switch {
	case c.Not != nil:
		return "!(" + w.write(c.Not, path+".not", depth+1) + ")"
	case len(c.All) > 0:
		return w.group(c.All, path+".all", " && ", depth)
	case len(c.Any) > 0:
		return w.group(c.Any, path+".any", " || ", depth)
	}
	return w.leaf(c, path)
}

func (w *writer) group(list []Cond, path, join string, depth int) string {
	parts := make([]string, len(list))
	for i := range list {
		parts[i] = w.write(&list[i], fmt.Sprintf("%s[%d]", path, i), depth+1)
	}
	return "(" + strings.Join(parts, join) + ")"
}

func (w *writer) leaf(c *Cond, path string) string {
	w.leaves++
	info, ok := fieldNamed(c.Field)
	if !ok {
		w.faults.Add(path+".field", "rule.unknown_name", "name", c.Field)
		return "true"
	}
	if !slices.Contains(Ops(info.Type), c.Op) {
		w.faults.Add(path+".op", "rule.bad_op", "op", c.Op, "name", c.Field)
		return "true"
	}
	wrong := func() string {
		w.faults.Add(path+".value", "rule.bad_type", "name", c.Field, "type", string(info.Type))
		return "true"
	}
	switch {
	case c.Op == "is":
		return c.Field
	case c.Op == "is_not":
		return "!" + c.Field
	case c.Op == "in" || c.Op == "not_in":
		var list []string
		if json.Unmarshal(c.Value, &list) != nil || len(list) == 0 || len(list) > 100 {
			return wrong()
		}
		quoted := make([]string, len(list))
		for i, v := range list {
			quoted[i] = strconv.Quote(v)
		}
		return negate(c.Op == "not_in", c.Field+" in ["+strings.Join(quoted, ", ")+"]")
	case info.Type == Number:
		var n int64
		if json.Unmarshal(c.Value, &n) != nil || string(c.Value) == "null" {
			return wrong()
		}
		return c.Field + " " + signs[c.Op] + " " + strconv.FormatInt(n, 10)
	}
	var text string
	if json.Unmarshal(c.Value, &text) != nil || string(c.Value) == "null" || text == "" && strings.HasSuffix(c.Op, "contains") {
		return wrong()
	}
	switch {
	case signs[c.Op] != "":
		return c.Field + " " + signs[c.Op] + " " + strconv.Quote(text)
	case info.Type == List:
		return negate(c.Op == "not_contains", strconv.Quote(text)+" in "+c.Field)
	}
	return negate(c.Op == "not_contains", c.Field+".contains("+strconv.Quote(text)+")")
}

func negate(not bool, s string) string {
	if not {
		return "!(" + s + ")"
	}
	return s
}

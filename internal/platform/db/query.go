package db

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"wardline/internal/platform/fault"
)

// Query builds the WHERE, ORDER BY and LIMIT of a list. Column names come from
// code, values always travel as parameters.
type Query struct {
	conds []string
	args  []any
	order []Order
	after []any
	limit int
}

// Order is one column of the ordering.
type Order struct {
	Column string
	Desc   bool
	Text   bool // the column holds text, not a number
}

// NewQuery returns a query that selects everything.
func NewQuery() *Query { return &Query{} }

// Where adds a condition in which each ? stands for the next value.
func (q *Query) Where(cond string, values ...any) *Query {
	var b strings.Builder
	n := 0
	for i := 0; i < len(cond); i++ {
		if cond[i] != '?' {
			b.WriteByte(cond[i])
			continue
		}
		q.args = append(q.args, values[n])
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(len(q.args)))
	}
	q.conds = append(q.conds, b.String())
	return q
}

// In adds column IN (values); no values select nothing.
func (q *Query) In(column string, values ...string) *Query {
	cond, args := InList(column, values)
	return q.Where(cond, args...)
}

// InList returns the condition column IN (?, …) for Where; no values select nothing.
func InList(column string, values []string) (string, []any) {
	if len(values) == 0 {
		return "1 = 0", nil
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	if len(values) == 1 {
		return column + " = ?", args
	}
	return column + " IN (?" + strings.Repeat(", ?", len(values)-1) + ")", args
}

// OrderBy sets the ordering; its last column must be unique, or pages may lose rows.
// All columns must run in the same direction, as keyset paging compares them as one.
func (q *Query) OrderBy(o ...Order) *Query { q.order = o; return q }

// Limit sets how many rows come at most.
func (q *Query) Limit(n int) *Query { q.limit = n; return q }

// After continues behind the row a cursor was made from; an empty cursor starts
// at the beginning. A cursor that was not made by Cursor for this ordering is a fault.
func (q *Query) After(cursor string) error {
	if cursor == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return fault.Field("cursor", "bad_cursor")
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var vals []any
	if d.Decode(&vals) != nil || len(vals) != len(q.order) {
		return fault.Field("cursor", "bad_cursor")
	}
	for i, v := range vals {
		switch x := v.(type) {
		case json.Number:
			n, err := x.Int64()
			if err != nil || q.order[i].Text {
				return fault.Field("cursor", "bad_cursor")
			}
			vals[i] = n
		case string:
			if !q.order[i].Text {
				return fault.Field("cursor", "bad_cursor")
			}
		default:
			return fault.Field("cursor", "bad_cursor")
		}
	}
	q.after = vals
	return nil
}

// Cursor makes the marker of a row from the values of its ordering columns.
func Cursor(values ...any) string {
	raw, err := json.Marshal(values)
	if err != nil {
		panic(err) // only strings and integers are ever passed
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Build appends WHERE, ORDER BY and LIMIT to a SELECT and returns the arguments.
func (q *Query) Build(selectText string) (string, []any) {
	conds, args := q.conds, q.args
	if q.after != nil {
		cols := make([]string, len(q.order))
		marks := make([]string, len(q.order))
		for i, o := range q.order {
			cols[i] = o.Column
			args = append(args, q.after[i])
			marks[i] = "$" + strconv.Itoa(len(args))
		}
		op := ">"
		if len(q.order) > 0 && q.order[0].Desc {
			op = "<"
		}
		conds = append(conds[:len(conds):len(conds)], "("+strings.Join(cols, ", ")+") "+op+" ("+strings.Join(marks, ", ")+")")
	}
	var b strings.Builder
	b.WriteString(selectText)
	for i, c := range conds {
		if i == 0 {
			b.WriteString(" WHERE (")
		} else {
			b.WriteString(" AND (")
		}
		b.WriteString(c)
		b.WriteByte(')')
	}
	for i, o := range q.order {
		if i == 0 {
			b.WriteString(" ORDER BY ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(o.Column)
		if o.Desc {
			b.WriteString(" DESC")
		}
	}
	if q.limit > 0 {
		b.WriteString(" LIMIT ")
		b.WriteString(strconv.Itoa(q.limit))
	}
	return b.String(), args
}

// Count returns the text and arguments that count what the query selects, paging aside.
func (q *Query) Count(from string) (string, []any) {
	plain := Query{conds: q.conds, args: q.args}
	return plain.Build("SELECT count(*) FROM " + from)
}

package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// A row type is a struct whose fields carry `db:"column"`. The option ",json"
// stores the field as JSON text. Embedded structs are flattened; fields without
// the tag are not stored.

type field struct {
	column string
	index  []int
	json   bool
}

type shape struct {
	fields []field
	by     map[string]int
}

var shapes sync.Map // reflect.Type → *shape

func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := &shape{by: map[string]int{}}
	collect(t, nil, s)
	shapes.Store(t, s)
	return s
}

func collect(t reflect.Type, prefix []int, s *shape) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), prefix...), i)
		tag, ok := f.Tag.Lookup("db")
		if !ok {
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				collect(f.Type, index, s)
			}
			continue
		}
		name, opt, _ := strings.Cut(tag, ",")
		s.by[name] = len(s.fields)
		s.fields = append(s.fields, field{column: name, index: index, json: opt == "json"})
	}
}

// jsonColumn scans JSON text into a field.
type jsonColumn struct{ into any }

// Scan implements sql.Scanner.
func (j jsonColumn) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		return json.Unmarshal([]byte(v), j.into)
	case []byte:
		if len(v) == 0 {
			return nil
		}
		return json.Unmarshal(v, j.into)
	}
	return fmt.Errorf("db: JSON column holds %T", src)
}

// Columns returns the columns of a row type, each behind the prefix, joined by
// commas: Columns[Order]("o.") → "o.id, o.number, …".
func Columns[T any](prefix string) string {
	s := shapeOf(reflect.TypeFor[T]())
	var b strings.Builder
	for i, f := range s.fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(prefix)
		b.WriteString(f.column)
	}
	return b.String()
}

// All runs a query and maps every row to a T: a tagged struct, or one plain column.
func All[T any](ctx context.Context, tx *Tx, text string, args ...any) ([]T, error) {
	out := []T{}
	err := Each(ctx, tx, func(row *T) error { out = append(out, *row); return nil }, text, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Each runs a query and hands over the rows one at a time. The row is reused: copy what is kept.
func Each[T any](ctx context.Context, tx *Tx, f func(*T) error, text string, args ...any) error {
	rows, err := tx.run.query(ctx, text, args)
	if err != nil {
		return fmt.Errorf("query %s: %w", brief(text), err)
	}
	defer func() { _ = rows.Close() }()
	var row T
	scan, err := scanner(rows, &row)
	if err != nil {
		return err
	}
	var empty T
	for rows.Next() {
		row = empty
		if err := rows.Scan(scan...); err != nil {
			return fmt.Errorf("scan %s: %w", brief(text), err)
		}
		if err := f(&row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// One runs a query for exactly one row; none is sql.ErrNoRows, which leaves a
// transaction as the "not_found" fault.
func One[T any](ctx context.Context, tx *Tx, text string, args ...any) (T, error) {
	var out T
	rows, err := tx.run.query(ctx, text, args)
	if err != nil {
		return out, fmt.Errorf("query %s: %w", brief(text), err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return out, err
		}
		return out, sql.ErrNoRows
	}
	scan, err := scanner(rows, &out)
	if err != nil {
		return out, err
	}
	if err := rows.Scan(scan...); err != nil {
		return out, fmt.Errorf("scan %s: %w", brief(text), err)
	}
	return out, rows.Close()
}

func scanner(rows *sql.Rows, into any) ([]any, error) {
	v := reflect.ValueOf(into).Elem()
	if v.Kind() != reflect.Struct {
		return []any{into}, nil
	}
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	s := shapeOf(v.Type())
	scan := make([]any, len(cols))
	for i, c := range cols {
		n, ok := s.by[c]
		if !ok {
			return nil, fmt.Errorf("db: %s has no field for column %q", v.Type(), c)
		}
		p := v.FieldByIndex(s.fields[n].index).Addr().Interface()
		if s.fields[n].json {
			p = jsonColumn{p}
		}
		scan[i] = p
	}
	return scan, nil
}

// Exec runs a statement and returns how many rows it changed.
func Exec(ctx context.Context, tx *Tx, text string, args ...any) (int64, error) {
	res, err := tx.run.exec(ctx, text, args)
	if err != nil {
		return 0, fmt.Errorf("exec %s: %w", brief(text), err)
	}
	n, err := res.RowsAffected()
	return n, err
}

// Later runs a statement whose outcome nobody looks at: what is wrong with it is told
// by the next statement of the transaction, or by its commit.
func Later(ctx context.Context, tx *Tx, text string, args ...any) error {
	if err := tx.later(ctx, text, args); err != nil {
		return fmt.Errorf("exec %s: %w", brief(text), err)
	}
	return nil
}

// Insert adds one row with every column of its type.
func Insert[T any](ctx context.Context, tx *Tx, table string, row *T) error {
	return InsertMany(ctx, tx, table, []T{*row})
}

// maxParams is what both engines take in one statement (SQLite 32,766, PostgreSQL 65,535).
const maxParams = 30000

// InsertMany adds rows with every column of their type, several in a statement.
func InsertMany[T any](ctx context.Context, tx *Tx, table string, rows []T) error {
	return insertMany(tx, table, rows, func(text string, args []any) error {
		_, err := Exec(ctx, tx, text, args...)
		return err
	})
}

// InsertLater is InsertMany for rows that nothing in the transaction depends on, with
// the timing of Later: a duplicate is told only then.
func InsertLater[T any](ctx context.Context, tx *Tx, table string, rows ...T) error {
	return insertMany(tx, table, rows, func(text string, args []any) error { return Later(ctx, tx, text, args...) })
}

func insertMany[T any](tx *Tx, table string, rows []T, run func(text string, args []any) error) error {
	s := shapeOf(reflect.TypeFor[T]())
	per := min(64, maxParams/len(s.fields))
	for len(rows) > 0 {
		n := min(per, len(rows))
		for n&(n-1) != 0 { // sizes that are powers of two keep the number of statement texts small
			n &= n - 1
		}
		args := make([]any, 0, n*len(s.fields))
		for i := range n {
			var err error
			if args, err = s.values(args, reflect.ValueOf(&rows[i]).Elem(), nil); err != nil {
				return err
			}
		}
		if err := run(s.insertText(tx.engine, table, n), args); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

type textKey struct {
	engine Engine
	shape  *shape
	table  string
	n      int
}

var texts sync.Map // textKey → string

// mark returns the place of the n-th value in a statement that names each value
// once, in order. SQLite gets a mark without a number: it keeps numbered ones in a
// list that is searched for each value, which makes long statements quadratic.
func mark(engine Engine, n int) string {
	if engine == SQLite {
		return "?"
	}
	return "$" + strconv.Itoa(n)
}

func (s *shape) insertText(engine Engine, table string, n int) string {
	key := textKey{engine, s, table, n}
	if t, ok := texts.Load(key); ok {
		return t.(string)
	}
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (")
	for i, f := range s.fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(f.column)
	}
	b.WriteString(") VALUES ")
	p := 1
	for r := range n {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for i := range s.fields {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(mark(engine, p))
			p++
		}
		b.WriteByte(')')
	}
	texts.Store(key, b.String())
	return b.String()
}

// Update writes every column of the row except id to the row with that id and
// returns how many rows were changed (0 or 1).
func Update[T any](ctx context.Context, tx *Tx, table string, row *T) (int64, error) {
	s := shapeOf(reflect.TypeFor[T]())
	v := reflect.ValueOf(row).Elem()
	at, ok := s.by["id"]
	if !ok {
		return 0, fmt.Errorf("db: %s has no id", v.Type())
	}
	key := textKey{tx.engine, s, table, -1}
	text, ok := texts.Load(key)
	if !ok {
		var b strings.Builder
		b.WriteString("UPDATE " + table + " SET ")
		p := 0
		for i, f := range s.fields {
			if i == at {
				continue
			}
			if p > 0 {
				b.WriteString(", ")
			}
			p++
			b.WriteString(f.column + " = " + mark(tx.engine, p))
		}
		b.WriteString(" WHERE id = " + mark(tx.engine, p+1))
		text = b.String()
		texts.Store(key, text)
	}
	args, err := s.values(make([]any, 0, len(s.fields)), v, func(i int) bool { return i != at })
	if err != nil {
		return 0, err
	}
	args = append(args, v.FieldByIndex(s.fields[at].index).Interface())
	return Exec(ctx, tx, text.(string), args...)
}

func (s *shape) values(args []any, v reflect.Value, keep func(int) bool) ([]any, error) {
	for i, f := range s.fields {
		if keep != nil && !keep(i) {
			continue
		}
		x := v.FieldByIndex(f.index)
		if !f.json {
			args = append(args, x.Interface())
			continue
		}
		if k := x.Kind(); (k == reflect.Map || k == reflect.Slice) && x.Len() == 0 {
			args = append(args, "")
			continue
		}
		raw, err := json.Marshal(x.Interface())
		if err != nil {
			return nil, err
		}
		args = append(args, string(raw))
	}
	return args, nil
}

func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 80 {
		return text[:80] + "…"
	}
	return text
}

package history

import (
	"slices"
	"strings"
)

// record is one line of a file, by field; what stands for nothing is "".
type record struct {
	line    int64
	cells   []string
	keyless bool // the file has no column of keys
	// repeated tells that other lines have the same key.
	repeated bool

	Key, Opened, Closed, Status, Item, Department, Place, Words, Priority, Contact, Phone, Team, Remedy, Worker string
}

// texts returns the fields whose first value counts when lines are merged.
func (r *record) texts() []*string {
	return []*string{&r.Status, &r.Item, &r.Department, &r.Place, &r.Words, &r.Priority, &r.Contact, &r.Phone, &r.Team, &r.Remedy, &r.Worker}
}

// value returns a field whose values are looked up.
func (r *record) value(f Field) string {
	switch f {
	case FieldStatus:
		return r.Status
	case FieldItem:
		return r.Item
	case FieldDepartment:
		return r.Department
	case FieldPlace:
		return r.Place
	case FieldPriority:
		return r.Priority
	case FieldTeam:
		return r.Team
	}
	return ""
}

// merge makes one record of two with the same key; it stands for the later line.
func (r *record) merge(later *record, times moments) *record {
	out := *r
	out.line, out.cells = later.line, later.cells
	more := *later
	for i, p := range out.texts() {
		if *p == "" {
			*p = *more.texts()[i]
		}
	}
	out.Opened = pick(r.Opened, later.Opened, times, func(a, b int64) bool { return a <= b })
	out.Closed = pick(r.Closed, later.Closed, times, func(a, b int64) bool { return a >= b })
	return &out
}

// pick returns the time that is to be preferred; one that cannot be read never is.
func pick(a, b string, times moments, better func(a, b int64) bool) string {
	x, okA := times.read(a)
	y, okB := times.read(b)
	if okB && (!okA || !better(x.at, y.at)) || !okB && a == "" {
		return b
	}
	return a
}

// layout says in which cells of a line the fields stand.
type layout struct {
	at    map[Field][]int
	empty map[string]bool
}

func (m *Mapping) layout(columns []Column) layout {
	l := layout{at: map[Field][]int{}, empty: map[string]bool{"": true}}
	for field, names := range m.Columns {
		for _, n := range names {
			l.at[field] = append(l.at[field], slices.IndexFunc(columns, func(c Column) bool { return c.Name == n }))
		}
	}
	for _, w := range m.Empty {
		l.empty[fold(w)] = true
	}
	return l
}

// cell returns what stands in one cell, "" when it stands for nothing.
func (l *layout) cell(cells []string, i int) string {
	if i < 0 || i >= len(cells) || l.nothing(cells[i]) {
		return ""
	}
	return cells[i]
}

// nothing is asked for every cell: no empty word is long.
func (l *layout) nothing(s string) bool {
	return s == "" || len(s) <= 30 && l.empty[fold(s)]
}

func (l *layout) get(cells []string, f Field) string {
	at := l.at[f]
	if len(at) == 0 {
		return ""
	}
	if len(at) == 1 {
		return l.cell(cells, at[0])
	}
	var parts []string
	for _, i := range at {
		if s := l.cell(cells, i); s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

// key returns the key of a line: its own, or its content in a file without keys.
func (l *layout) key(cells []string) string {
	if len(l.at[FieldKey]) == 0 {
		return content(cells)
	}
	return l.get(cells, FieldKey)
}

// read takes a line apart.
func (l *layout) read(line int64, cells []string) *record {
	return &record{line: line, cells: cells, keyless: len(l.at[FieldKey]) == 0, Key: l.key(cells),
		Opened: l.get(cells, FieldOpened), Closed: l.get(cells, FieldClosed), Status: l.get(cells, FieldStatus), Item: l.get(cells, FieldItem),
		Department: l.get(cells, FieldDepartment), Place: l.get(cells, FieldPlace), Words: l.get(cells, FieldWords),
		Priority: l.get(cells, FieldPriority), Contact: l.get(cells, FieldContact), Phone: l.get(cells, FieldPhone),
		Team: l.get(cells, FieldTeam), Remedy: l.get(cells, FieldRemedy), Worker: l.get(cells, FieldWorker)}
}

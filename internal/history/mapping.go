package history

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
	"wardline/internal/workorder"
)

// Field is something of an order that a column of a file may hold.
type Field string

// The fields.
const (
	FieldKey        Field = "key"      // the other system's number
	FieldOpened     Field = "openedAt" // when it was reported
	FieldClosed     Field = "closedAt" // when it was done with
	FieldStatus     Field = "status"
	FieldItem       Field = "item" // code, name or other word of the service catalogue
	FieldDepartment Field = "department"
	FieldPlace      Field = "place"
	FieldWords      Field = "words" // may be made of several columns
	FieldPriority   Field = "priority"
	FieldContact    Field = "contactName"
	FieldPhone      Field = "contactPhone"
	FieldTeam       Field = "team"
	FieldRemedy     Field = "remedy" // what was done
	FieldWorker     Field = "worker" // who did it
)

// Fields returns every field, in the order in which a mapping is shown.
func Fields() []Field {
	return []Field{FieldKey, FieldOpened, FieldClosed, FieldStatus, FieldItem, FieldDepartment, FieldPlace, FieldWords,
		FieldPriority, FieldContact, FieldPhone, FieldTeam, FieldRemedy, FieldWorker}
}

// listed are the fields whose values are looked up, so that a mapping may say what
// a value means.
func listed() []Field {
	return []Field{FieldStatus, FieldItem, FieldDepartment, FieldPlace, FieldPriority, FieldTeam}
}

// Repeated says what becomes of lines with the same key.
type Repeated string

// The ways.
const (
	KeepFirst Repeated = "first" // the first good line counts
	KeepLast  Repeated = "last"  // the last line counts
	Merge     Repeated = "merge" // one order of all: the first value of each field, the earliest opening, the latest closing
)

// Orders of day, month and year, and other ways to write a moment.
const (
	YearFirst  = "ymd"
	DayFirst   = "dmy"
	MonthFirst = "mdy"
	UnixTime   = "unix"
	ByPattern  = "pattern"
)

// Meanings of a status.
const (
	StatusOpen      = "open"
	StatusClosed    = "closed"
	StatusCancelled = "cancelled"
)

// Mapping says what the columns of a file mean.
type Mapping struct {
	Source   string                      `json:"source" maxLength:"60" doc:"Name of the other system; keys are unique within it"`
	Columns  map[Field][]string          `json:"columns" doc:"Column of each field; words may be made of several"`
	Dates    string                      `json:"dates" enum:"ymd,dmy,mdy,unix,pattern"`
	Pattern  string                      `json:"pattern,omitempty" maxLength:"60" doc:"Of the times when dates is pattern, for example DD.MM.YYYY HH:mm"`
	Zone     string                      `json:"zone,omitempty" maxLength:"60" doc:"Zone of the times, for example Asia/Shanghai; absent is the hospital's"`
	DayTime  int                         `json:"dayTime,omitempty" minimum:"0" maximum:"1439" doc:"Minutes after midnight that stand for the time of a date without one"`
	Empty    []string                    `json:"empty,omitempty" maxItems:"30" doc:"Words that stand for an empty cell"`
	Values   map[Field]map[string]string `json:"values,omitempty" doc:"What values mean, for status, item, department, place, priority and team: an id, a priority, or open, closed, cancelled"`
	Defaults map[Field]string            `json:"defaults,omitempty" doc:"For lines without a known value: id of an item, department, place or team, or a priority"`
	Repeated Repeated                    `json:"repeated" enum:"first,last,merge" doc:"What becomes of lines with the same key"`
	// StaleBefore lets no flood of forgotten orders into the lists of those who dispatch.
	StaleBefore int64 `json:"staleBefore,omitempty" doc:"Open lines reported before this moment come in as cancelled; Unix milliseconds"`
}

// limits of a mapping.
const (
	maxValues     = 2000 // values of one field
	maxWordsParts = 8    // columns that the words are made of
)

// Check returns a fault naming everything that must be put right before a file
// with these columns can be read. Whether ids exist is for the caller.
func (m *Mapping) Check(columns []Column) error {
	var f fault.Fields
	if strings.TrimSpace(m.Source) == "" {
		f.Add("source", "required")
	} else if utf8.RuneCountInString(m.Source) > 60 {
		f.Add("source", "too_long", "max", 60)
	}
	m.checkColumns(&f, columns)
	m.checkMeanings(&f)
	if _, err := m.moments(time.UTC); err != nil {
		if err := f.Merge("", err); err != nil {
			return err
		}
	}
	if !slices.Contains([]Repeated{KeepFirst, KeepLast, Merge}, m.Repeated) {
		f.Add("repeated", "bad_value")
	}
	return f.Err()
}

func (m *Mapping) checkColumns(f *fault.Fields, columns []Column) {
	for field, names := range m.Columns {
		where := "columns." + string(field)
		most := 1
		if field == FieldWords {
			most = maxWordsParts
		}
		switch {
		case !slices.Contains(Fields(), field):
			f.Add(where, "unknown_field")
			continue
		case len(names) > most:
			f.Add(where, "too_many_items", "max", most)
		}
		for _, n := range names {
			if !slices.ContainsFunc(columns, func(c Column) bool { return c.Name == n }) {
				f.Add(where, "history.no_column", "column", n)
			}
		}
	}
	if len(m.Columns[FieldOpened]) == 0 {
		f.Add("columns.openedAt", "required")
	}
	if len(m.Columns[FieldItem]) == 0 && m.Defaults[FieldItem] == "" {
		f.Add("columns.item", "history.column_or_default")
	}
	if len(m.Columns[FieldDepartment]) == 0 && len(m.Columns[FieldPlace]) == 0 && m.Defaults[FieldDepartment] == "" && m.Defaults[FieldPlace] == "" {
		f.Add("columns.department", "history.column_or_default")
	}
}

func (m *Mapping) checkMeanings(f *fault.Fields) {
	for field, values := range m.Values {
		where := "values." + string(field)
		if !slices.Contains(listed(), field) {
			f.Add(where, "unknown_field")
			continue
		}
		if len(values) > maxValues {
			f.Add(where, "too_many_items", "max", maxValues)
		}
		for v, to := range values {
			if !meaning(field, to) {
				f.Add(where+"."+cut(v, 60), "bad_value")
			}
		}
	}
	for field, to := range m.Defaults {
		if field == FieldStatus || !slices.Contains(listed(), field) {
			f.Add("defaults."+string(field), "unknown_field")
		} else if !meaning(field, to) {
			f.Add("defaults."+string(field), "bad_value")
		}
	}
}

// meaning tells whether a value may be mapped to this, as far as that is fixed.
func meaning(field Field, to string) bool {
	switch field {
	case FieldStatus:
		return to == StatusOpen || to == StatusClosed || to == StatusCancelled
	case FieldPriority:
		return workorder.KnownPriority(to)
	}
	return to != "" && len(to) <= 64
}

// moments returns the reader of the file's times; hospital is the zone when the
// mapping names none.
func (m *Mapping) moments(hospital *time.Location) (moments, error) {
	out := moments{order: m.Dates, zone: hospital, dayTime: m.DayTime}
	var f fault.Fields
	if m.Zone != "" {
		zone, err := time.LoadLocation(m.Zone)
		if err != nil || m.Zone == "Local" {
			f.Add("zone", "bad_value")
		}
		out.zone = zone
	}
	if m.DayTime < 0 || m.DayTime >= 24*60 {
		f.Add("dayTime", "bad_value")
	}
	switch m.Dates {
	case YearFirst, DayFirst, MonthFirst, UnixTime:
	case ByPattern:
		var ok bool
		if out.layout, out.clocked, ok = layoutOf(m.Pattern); !ok {
			f.Add("pattern", "bad_format")
		}
	default:
		f.Add("dates", "bad_value")
	}
	return out, f.Err()
}

// fold brings a value to the form in which values are compared.
func fold(s string) string { return strings.Join(strings.Fields(text.Fold(s)), " ") }

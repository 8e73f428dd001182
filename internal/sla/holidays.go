package sla

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wardline/internal/platform/fault"
)

// Each file is the State Council's arrangement for one year, published in the
// November before. A new year is a new file; installations that cannot wait for
// a release import the same JSON.
//
//go:embed holidays/*.json
var holidayFiles embed.FS

// Year is the table of public holidays and make-up workdays of one year.
type Year struct {
	Year      int    `json:"year"`
	Source    string `json:"source"`    // title of the official notice
	Published string `json:"published"` // date of the notice, "2025-11-04"
	// Provisional says that the year's notice is not out: the days off are those of
	// the law, without bridging and without make-up workdays.
	Provisional bool       `json:"provisional,omitempty"`
	Festivals   []Festival `json:"festivals"`
}

// Festival is one holiday: the days off, both ends included, and the days
// worked in exchange.
type Festival struct {
	Name string   `json:"name"`
	From string   `json:"from"`
	To   string   `json:"to"`
	Work []string `json:"work,omitempty"`
}

// statutory names the seven festivals every year has; two that fall together
// share an entry whose name holds both.
var statutory = []string{"元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆"}

// Holidays returns the tables that came with the program, oldest first.
func Holidays() ([]Year, error) {
	entries, err := holidayFiles.ReadDir("holidays")
	if err != nil {
		return nil, err
	}
	var out []Year
	for _, e := range entries {
		raw, err := holidayFiles.ReadFile("holidays/" + e.Name())
		if err != nil {
			return nil, err
		}
		y, err := ParseYear(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		out = append(out, y)
	}
	return out, nil
}

// ParseYear reads and checks a table in the form of the files under holidays/.
// The fault it returns names every wrong field.
func ParseYear(raw []byte) (Year, error) {
	var y Year
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&y); err != nil || d.More() {
		return Year{}, fault.Field("file", "sla.table_format")
	}
	return y, y.Check()
}

// maxFestivalDays is longer than any holiday there has been; more is a slip.
const maxFestivalDays = 15

// Check returns a fault that names every wrong field: a year out of range, a
// date that is none or belongs to another year, a holiday that ends before it
// begins, a day listed twice. Days of the neighbouring year are allowed where
// New Year's holidays reach over.
func (y Year) Check() error {
	var wrong fault.Fields
	if y.Year < 2000 || y.Year > 2200 {
		wrong.Add("year", "sla.table_year")
	}
	seen := map[int64]bool{}
	claim := func(field string, day int64) {
		if seen[day] {
			wrong.Add(field, "sla.table_twice")
		}
		seen[day] = true
	}
	date := func(field, s string) (int64, bool) {
		n, ok := dayNumber(s)
		fits := ok && (s[:4] == fmt.Sprint(y.Year) || s[:7] == fmt.Sprintf("%d-12", y.Year-1) || s[:7] == fmt.Sprintf("%d-01", y.Year+1))
		if !fits {
			wrong.Add(field, "sla.table_date")
		}
		return n, fits
	}
	for i, f := range y.Festivals {
		at := fmt.Sprintf("festivals[%d].", i)
		if strings.TrimSpace(f.Name) == "" {
			wrong.Add(at+"name", "required")
		}
		from, ok1 := date(at+"from", f.From)
		to, ok2 := date(at+"to", f.To)
		if ok1 && ok2 {
			if to < from || to-from >= maxFestivalDays {
				wrong.Add(at+"to", "sla.table_span")
			} else {
				for day := from; day <= to; day++ {
					claim(at+"from", day)
				}
			}
		}
		for j, w := range f.Work {
			field := fmt.Sprintf("%swork[%d]", at, j)
			if day, ok := date(field, w); ok {
				claim(field, day)
			}
		}
	}
	return wrong.Err()
}

// Warnings names the statutory festivals a table does not mention: such a table
// can be used, but is probably unfinished. One that precedes the notice says so.
func (y Year) Warnings() []Warning {
	var out []Warning
	if y.Provisional {
		out = append(out, Warning{Code: "sla.provisional", Year: y.Year})
	}
	for _, name := range statutory {
		if !slices.ContainsFunc(y.Festivals, func(f Festival) bool { return strings.Contains(f.Name, name) }) {
			out = append(out, Warning{Code: "sla.festival_missing", Year: y.Year, Name: name})
		}
	}
	return out
}

// days returns the table by day number; the table must have been checked.
func (y Year) days() map[int64]Day {
	out := map[int64]Day{}
	for _, f := range y.Festivals {
		from, _ := dayNumber(f.From)
		to, _ := dayNumber(f.To)
		for day := from; day <= to; day++ {
			out[day] = Day{Kind: DayOff, Name: f.Name}
		}
		for _, w := range f.Work {
			day, _ := dayNumber(w)
			out[day] = Day{Kind: DayWork, Name: f.Name}
		}
	}
	return out
}

// latest returns the last table of each year, by year.
func latest(tables []Year) []Year {
	byYear := map[int]Year{}
	for _, y := range tables {
		byYear[y.Year] = y
	}
	out := make([]Year, 0, len(byYear))
	for _, y := range byYear {
		out = append(out, y)
	}
	slices.SortFunc(out, func(a, b Year) int { return a.Year - b.Year })
	return out
}

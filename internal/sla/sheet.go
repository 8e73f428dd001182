package sla

import (
	"slices"
	"strings"
	"time"

	"wardline/internal/platform/fault"
)

// ReadYear reads a table of holidays as people have it: the JSON of the shipped files,
// or a sheet of lines "off|work, date, name" (休 or 班 in Chinese) in any order, its
// cells apart by commas or tabs. Consecutive days off of one name make a festival;
// a day worked belongs to the festival of its name.
func ReadYear(text string) (Year, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if strings.HasPrefix(text, "{") {
		return ParseYear([]byte(text))
	}
	type day struct{ date, name string }
	var off, work []day
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		cells := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == '\t' || r == '\uff0c' || r == ';' })
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		_, isDate := dayNumber(cell(cells, 1))
		kind := strings.ToLower(cell(cells, 0))
		switch {
		case isDate && (kind == "off" || kind == "休"):
			off = append(off, day{cells[1], cell(cells, 2)})
		case isDate && (kind == "work" || kind == "班"):
			work = append(work, day{cells[1], cell(cells, 2)})
		case i == 0: // a heading
		default:
			return Year{}, fault.Field("text", "sla.sheet", "line", i+1)
		}
	}
	if len(off) == 0 {
		return Year{}, fault.Field("text", "sla.table_format")
	}
	byDate := func(a, b day) int { return strings.Compare(a.date, b.date) }
	slices.SortStableFunc(off, byDate)
	slices.SortStableFunc(work, byDate)
	y := Year{Source: "导入"}
	for _, d := range off {
		if n := len(y.Festivals); n > 0 && y.Festivals[n-1].Name == d.name && next(y.Festivals[n-1].To) == d.date {
			y.Festivals[n-1].To = d.date
			continue
		}
		y.Festivals = append(y.Festivals, Festival{Name: d.name, From: d.date, To: d.date})
	}
	// The middle of the list lies in the year itself, whatever reaches over at its ends.
	middle, _ := time.Parse(dateLayout, off[len(off)/2].date)
	y.Year = middle.Year()
	for _, d := range work {
		i := slices.IndexFunc(y.Festivals, func(f Festival) bool { return f.Name == d.name })
		if i < 0 {
			return Year{}, fault.Field("text", "sla.table_date")
		}
		y.Festivals[i].Work = append(y.Festivals[i].Work, d.date)
	}
	return y, y.Check()
}

func cell(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

func next(date string) string {
	t, _ := time.Parse(dateLayout, date)
	return t.AddDate(0, 0, 1).Format(dateLayout)
}

package table

import (
	"strings"
	"unicode"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
)

// Column is one column of a list, with the headers under which it is known.
type Column struct {
	Key      string   // name in the program; accepted as a header too
	Zh, En   string   // headers written, and accepted
	Aliases  []string // further headers accepted
	Required bool     // a file without this column is refused
	Number   bool     // holds numbers; other columns are text in Excel, so that 007 stays 007
	Width    float64  // in characters of Excel's default font; 0 means by the header
	Choices  []string // offered as a drop-down in Excel; others may still be typed
}

// Name returns the column's header in a language.
func (c Column) Name(lang fault.Language) string {
	if lang == fault.English {
		return c.En
	}
	return c.Zh
}

// headerKey brings a header to the form in which headers are compared: "＊ 名称（必填）"
// and "名称" are the same, so are "Asset no." and "asset_no".
func headerKey(s string) string {
	s = text.Fold(s)
	if i := strings.IndexAny(s, "(["); i > 0 {
		s = s[:i]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, s)
}

// match is the result of comparing a row of headers with the known columns.
type match struct {
	at      map[string]int // key → position
	twice   string         // header that stands for a column already found
	missing *Column        // first required column that is not there
	unknown []string       // headers that stand for no column
}

func matchHeader(header []string, columns []Column) match {
	names := map[string]*Column{}
	for i := range columns {
		c := &columns[i]
		for _, n := range append([]string{c.Key, c.Zh, c.En}, c.Aliases...) {
			if k := headerKey(n); k != "" {
				names[k] = c
			}
		}
	}
	m := match{at: map[string]int{}}
	for i, h := range header {
		if h == "" {
			continue
		}
		c, ok := names[headerKey(h)]
		if !ok {
			m.unknown = append(m.unknown, h)
			continue
		}
		if _, dup := m.at[c.Key]; dup && m.twice == "" {
			m.twice = h
			continue
		}
		m.at[c.Key] = i
	}
	for i := range columns {
		if _, ok := m.at[columns[i].Key]; !ok && columns[i].Required {
			m.missing = &columns[i]
			break
		}
	}
	return m
}

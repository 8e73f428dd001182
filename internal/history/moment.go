package history

import (
	"strconv"
	"strings"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/table"
	"wardline/internal/platform/text"
)

// moments reads the times of one file.
type moments struct {
	order   string // YearFirst …
	layout  string // of package time, for ByPattern
	clocked bool   // the layout has a time of day
	zone    *time.Location
	dayTime int // minutes that stand for the time of a date without one
}

// moment is a time as a file tells it.
type moment struct {
	at      int64 // Unix milliseconds
	clocked bool  // it had a time of day
}

// read reads a cell.
func (m moments) read(s string) (moment, bool) {
	var t time.Time
	var clocked, ok bool
	switch m.order {
	case UnixTime:
		t, ok = unixTime(s)
		clocked = true
	case ByPattern:
		var err error
		t, err = time.ParseInLocation(m.layout, strings.Join(strings.Fields(s), " "), m.zone)
		clocked, ok = m.clocked, err == nil
	default:
		t, clocked, ok = m.byOrder(s)
	}
	if !ok {
		return moment{}, false
	}
	if !clocked {
		t = time.Date(t.Year(), t.Month(), t.Day(), m.dayTime/60, m.dayTime%60, 0, 0, t.Location())
	}
	return moment{t.UnixMilli(), clocked}, true
}

// unixTime reads seconds or milliseconds since 1970: ten digits, or thirteen.
func unixTime(s string) (time.Time, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	switch {
	case err != nil || n <= 0:
		return time.Time{}, false
	case n < 100_000_000_000:
		return time.Unix(n, 0), true
	}
	return time.UnixMilli(n), true
}

// byOrder reads what is made of numbers: three for a date, five or six with a time.
func (m moments) byOrder(s string) (t time.Time, clocked, ok bool) {
	n, half, plain := numbersIn(s)
	if !plain || len(n) != 3 && len(n) != 5 && len(n) != 6 {
		if m.order != YearFirst {
			return t, false, false
		}
		t, ok = table.ParseTime(s, m.zone) // 20250109, Excel's numbers, RFC 3339
		t = t.In(m.zone)
		return t, ok && (strings.ContainsAny(s, ":tT") || t.Hour()+t.Minute()+t.Second() > 0), ok
	}
	y, mo, d := n[0], n[1], n[2]
	switch m.order {
	case DayFirst:
		d, mo, y = n[0], n[1], n[2]
	case MonthFirst:
		mo, d, y = n[0], n[1], n[2]
	}
	if y < 100 && m.order != YearFirst { // as people write years: 70 to 99 are of the last century
		if y += 2000; y >= 2070 {
			y -= 100
		}
	}
	n = append(n, 0, 0, 0)
	h, mi, sec := n[3], n[4], n[5]
	if half != 0 {
		if h < 1 || h > 12 {
			return t, false, false
		}
		h = h%12 + half - 1
	}
	if y < 1900 || y > 9999 || mo < 1 || mo > 12 || h > 23 || mi > 59 || sec > 59 {
		return t, false, false
	}
	t = time.Date(y, time.Month(mo), d, h, mi, sec, 0, m.zone)
	if date := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC); date.Day() != d { // 30 February
		return t, false, false
	}
	return t, len(n) > 6, true
}

// numbersIn returns the groups of digits of a cell. half is 1 for am, 13 for pm, and
// 0 when it says neither; plain is false when anything else stands between them.
// A fraction of a second is dropped.
func numbersIn(s string) (n []int, half int, plain bool) {
	if !asciiOnly(s) {
		s = text.Fold(s)
	}
	n = make([]int, 0, 9)
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			v, digits := 0, 0
			for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
				if digits++; digits > 4 && len(n) < 6 {
					return nil, 0, false
				}
				v = v*10 + int(s[i]-'0')
			}
			if len(n) < 6 {
				n = append(n, v)
			}
			continue
		case strings.IndexByte(" -/.:,", c) >= 0, (c == 'T' || c == 't') && len(n) == 3:
			i++
		default:
			word, width := wordAt(s[i:])
			switch word {
			case "am", "上午":
				half = 1
			case "pm", "下午":
				half = 13
			case "年", "月", "日", "时", "分", "秒", "号", "点":
			default:
				return nil, 0, false
			}
			i += width
		}
	}
	return n, half, true
}

func asciiOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// wordAt returns the word that a text begins with, of those that stand in times.
func wordAt(s string) (string, int) {
	for _, w := range []string{"年", "月", "日", "时", "分", "秒", "号", "点", "上午", "下午"} {
		if strings.HasPrefix(s, w) {
			return w, len(w)
		}
	}
	if len(s) >= 2 {
		return strings.ToLower(s[:2]), 2
	}
	return "", 1
}

// tokens of a pattern, longest first, with what package time calls them.
var tokens = []struct{ ours, theirs string }{
	{"YYYY", "2006"}, {"YY", "06"}, {"MMMM", "January"}, {"MMM", "Jan"}, {"MM", "01"}, {"M", "1"}, {"DD", "02"}, {"D", "2"},
	{"HH", "15"}, {"H", "15"}, {"hh", "03"}, {"h", "3"}, {"mm", "04"}, {"ss", "05"}, {"SSS", "000"}, {"A", "PM"}, {"ZZ", "-0700"}, {"Z", "Z07:00"},
}

// layoutOf turns a pattern such as DD.MM.YYYY HH:mm into a layout of package time,
// and tells whether it has a time of day. It must have day, month and year.
func layoutOf(pattern string) (layout string, clocked, ok bool) {
	var b strings.Builder
	has := map[byte]bool{}
	rest := strings.Join(strings.Fields(pattern), " ")
next:
	for rest != "" {
		for _, t := range tokens {
			if strings.HasPrefix(rest, t.ours) {
				b.WriteString(t.theirs)
				has[t.ours[0]] = true
				rest = rest[len(t.ours):]
				continue next
			}
		}
		if c := rest[0]; c >= '0' && c <= '9' || c == '_' {
			return "", false, false // would be read as a part of the layout
		}
		b.WriteByte(rest[0])
		rest = rest[1:]
	}
	return b.String(), has['H'] || has['h'], has['Y'] && has['M'] && has['D']
}

// oldest is the earliest report that is believed: 1 January 1990.
const oldest = 631_152_000_000

// believable tells whether an order can have been reported at the moment.
func believable(at, now int64) bool { return at >= oldest && at <= now+clock.Day }

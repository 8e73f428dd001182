package table

import (
	"math"
	"strconv"
	"strings"
	"time"

	"wardline/internal/platform/text"
)

// ParseBool reads yes and no as people write them in lists, in both languages.
func ParseBool(s string) (value, ok bool) {
	switch text.Fold(s) {
	case "是", "有", "对", "真", "启用", "在用", "开", "√", "✓", "y", "yes", "true", "t", "1", "on":
		return true, true
	case "否", "无", "错", "假", "停用", "关", "×", "✗", "n", "no", "false", "f", "0", "off":
		return false, true
	}
	return false, false
}

// ParseNumber reads a finite number; separators between thousands, a currency
// sign and a blank before a unit are forgiven: "￥1,234.50 元" is 1234.5.
func ParseNumber(s string) (float64, bool) {
	s = strings.TrimSpace(text.Fold(s))
	s = strings.TrimLeft(s, "¥$€ ")
	s = strings.TrimRight(s, "元 ")
	s = strings.NewReplacer(",", "", "_", "x").Replace(s)
	if strings.ContainsAny(s, "xpi") || strings.Contains(s, "n") { // 0x10, 1p3, inf and nan are no numbers of people
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0)
}

var dateLayouts = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"}

var timeLayouts = []string{"", " 15:04", " 15:04:05", "T15:04:05", " 15时4分", "T15:04"}

// ParseTime reads a date, or a date and a time, year first, as it reads in the
// zone; RFC 3339 with an own offset is taken as it stands. A bare number between
// 20,000 and 80,000 is a day as Excel counts them (1954 to 2119).
func ParseTime(s string, zone *time.Location) (time.Time, bool) {
	s = strings.ToUpper(strings.Join(strings.Fields(text.Fold(s)), " "))
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, true
	}
	for _, d := range dateLayouts {
		for _, c := range timeLayouts {
			if t, err := time.ParseInLocation(d+c, s, zone); err == nil && t.Year() >= 1900 {
				return t, true
			}
		}
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f >= 20_000 && f <= 80_000 {
		// Excel counts from 30 December 1899, which swallows its invented 29 February 1900.
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(f))
		clock := time.Duration(math.Round((f-math.Trunc(f))*86_400)) * time.Second
		t := day.Add(clock)
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone), true
	}
	return time.Time{}, false
}

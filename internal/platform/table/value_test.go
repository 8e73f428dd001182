package table_test

import (
	"testing"
	"time"

	"wardline/internal/platform/table"
)

func TestParseBool(t *testing.T) {
	for s, want := range map[string]int{"是": 1, "Ｙ": 1, "TRUE": 1, "1": 1, "启用": 1, "否": 0, "No": 0, "停用": 0, "0": 0, "": -1, "也许": -1, "2": -1} {
		v, ok := table.ParseBool(s)
		if ok != (want >= 0) || v != (want == 1) {
			t.Errorf("%q: %v %v", s, v, ok)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for s, want := range map[string]float64{"5": 5, "-1.5": -1.5, "￥1,234.50 元": 1234.5, "１２": 12, "1e3": 1000} {
		if v, ok := table.ParseNumber(s); !ok || v != want {
			t.Errorf("%q: %v %v", s, v, ok)
		}
	}
	for _, s := range []string{"", "abc", "nan", "inf", "0x10", "1_000", "1e999", "5台"} {
		if v, ok := table.ParseNumber(s); ok {
			t.Errorf("%q is taken for %v", s, v)
		}
	}
}

func TestParseTime(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	day := time.Date(2026, 3, 5, 0, 0, 0, 0, zone)
	at := time.Date(2026, 3, 5, 14, 5, 0, 0, zone)
	for s, want := range map[string]time.Time{
		"2026-03-05": day, "2026/3/5": day, "2026.3.5": day, "2026年3月5日": day, "20260305": day, "46086": day,
		"2026-03-05 14:05": at, "2026/3/5 14:05:00": at, "2026年3月5日 14时5分": at, "2026-03-05T14:05": at,
		"2026-03-05T06:05:00Z": at, "２０２６－０３－０５": day,
		"46086.5": day.Add(12 * time.Hour),
	} {
		if got, ok := table.ParseTime(s, zone); !ok || !got.Equal(want) {
			t.Errorf("%q: %v %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "昨天", "2026-13-01", "2026-02-30", "05/03/26", "1", "99999"} {
		if got, ok := table.ParseTime(s, zone); ok {
			t.Errorf("%q is taken for %v", s, got)
		}
	}
}

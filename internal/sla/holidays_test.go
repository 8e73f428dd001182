package sla

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"wardline/internal/platform/fault"
)

func TestEmbeddedTables(t *testing.T) {
	tables, err := Holidays()
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) < 2 || tables[0].Year != 2025 || tables[1].Year != 2026 {
		t.Fatalf("tables of %d years", len(tables))
	}
	for _, y := range tables {
		if w := y.Warnings(); y.Provisional != (len(w) == 1) || len(w) > 1 {
			t.Errorf("%d: %v", y.Year, w)
		}
		if y.Source == "" || y.Published == "" {
			t.Errorf("%d does not name its source", y.Year)
		}
		// Days worked in exchange are always at weekends.
		for _, f := range y.Festivals {
			for _, w := range f.Work {
				if d, _ := time.Parse(dateLayout, w); d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
					t.Errorf("%s is a %s", w, d.Weekday())
				}
			}
		}
	}
	// The arrangements themselves name these totals of days off and worked.
	for year, want := range map[int][2]int{2025: {1 + 8 + 3 + 5 + 3 + 8, 5}, 2026: {3 + 9 + 3 + 5 + 3 + 3 + 7, 6}, 2027: {13, 0}} {
		off, work := 0, 0
		for _, y := range tables {
			if y.Year == year {
				for _, d := range y.days() {
					if d.Kind == DayOff {
						off++
					} else {
						work++
					}
				}
			}
		}
		if off != want[0] || work != want[1] {
			t.Errorf("%d: %d days off and %d worked, want %v", year, off, work, want)
		}
	}
}

func TestTablesAreChecked(t *testing.T) {
	good := `{"year":2027,"source":"x","published":"2026-11-01","festivals":[{"name":"元旦","from":"2026-12-31","to":"2027-01-02","work":["2027-01-03"]}]}`
	y, err := ParseYear([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if w := y.Warnings(); len(w) != 6 || w[0].Name != "春节" {
		t.Errorf("an unfinished table warns %v", w)
	}
	for change, field := range map[string]string{
		`"year":2027|"year":27`:               "year",
		`"2027-01-02"|"2027-01-32"`:           "festivals[0].to",
		`"2027-01-02"|"2026-12-01"`:           "festivals[0].to",
		`"2027-01-02"|"2027-03-02"`:           "festivals[0].to",
		`"2026-12-31"|"2026-10-31"`:           "festivals[0].from",
		`"2027-01-03"|"2027-01-01"`:           "festivals[0].work[0]",
		`"2027-01-03"|"2029-01-03"`:           "festivals[0].work[0]",
		`"name":"元旦"|"name":" "`:              "festivals[0].name",
		`"source"|"sauce"`:                    "file",
		`]}]}|]}]} {}`:                        "file",
		`"work":["2027-01-03"]|"work":"2027"`: "file",
	} {
		before, after, _ := strings.Cut(change, "|")
		bad := strings.Replace(good, before, after, 1)
		_, err := ParseYear([]byte(bad))
		f, ok := fault.Of(err)
		if !ok || len(f.Fields) == 0 {
			t.Errorf("%s was accepted", bad)
			continue
		}
		found := false
		for _, ff := range f.Fields {
			found = found || ff.Field == field
			if fault.Message(fault.English, ff.Code, nil) == ff.Code {
				t.Errorf("%s has no message", ff.Code)
			}
		}
		if !found {
			t.Errorf("%s blames %v, want %s", change, f.Fields, field)
		}
	}
}

func TestCalendarRefusesBadTables(t *testing.T) {
	spec := Spec{Zone: "Asia/Shanghai", Week: officeWeek(), PublicHolidays: true}
	bad := Year{Year: 2027, Festivals: []Festival{{Name: "元旦", From: "?", To: "2027-01-01"}}}
	f, ok := fault.Of(func() error { _, err := New(spec, []Year{bad}); return err }())
	if !ok || f.Fields[0].Field != "holidays.2027.festivals[0].from" {
		t.Errorf("got %v", f)
	}
}

// An imported table replaces the one that came with the program.
func TestLaterTableReplaces(t *testing.T) {
	tables, err := Holidays()
	if err != nil {
		t.Fatal(err)
	}
	spec := Spec{Zone: "Asia/Shanghai", Week: officeWeek(), PublicHolidays: true}
	c := mustNew(t, spec, append(tables, Year{Year: 2025}))
	if !c.Open(instant(t, "Asia/Shanghai", "2025-10-01 09:00")) || !c.Open(instant(t, "Asia/Shanghai", "2026-09-30 09:00")) || c.Open(instant(t, "Asia/Shanghai", "2026-10-01 09:00")) {
		t.Error("the table of 2025 was not replaced alone")
	}
}

func FuzzParseYear(f *testing.F) {
	f.Add([]byte(`{"year":2027,"festivals":[{"name":"元旦","from":"2027-01-01","to":"2027-01-03","work":["2027-01-04"]}]}`))
	f.Add([]byte(`{"year":-1,"festivals":[{"from":"9999-12-31","to":"0000-01-01"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		y, err := ParseYear(raw)
		if err != nil {
			return
		}
		if _, err := New(Spec{Zone: "Asia/Shanghai", Week: officeWeek(), PublicHolidays: true}, []Year{y}); err != nil {
			t.Fatalf("%s was read but is refused: %v", raw, err)
		}
		again, err := json.Marshal(y)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseYear(again); err != nil {
			t.Fatalf("%s cannot be read back: %v", again, err)
		}
	})
}

package table_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

func itoa(n int) string { return strconv.Itoa(n) }

func write(t *testing.T, format table.Format, sheet table.Sheet, rows ...[]any) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := table.NewWriter(&b, format, sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSVIsSafeAndComesBack(t *testing.T) {
	texts := []string{"=1+1", "+86 21", "-5", "@SUM(A1)", "'quoted", "'=x", "''-y", "＝全角", "a,b", "a\"b", "x\ny", "007", "内科 𠮷"}
	for _, s := range texts {
		raw := write(t, table.CSV, table.Sheet{Columns: columns, Language: fault.English}, []any{"A", s, ""})
		lines := strings.SplitN(string(raw), "\r\n", 2)
		if lines[0] != "\uFEFFCode,Name,Note" {
			t.Fatalf("header %q", lines[0])
		}
		cell := strings.TrimPrefix(strings.TrimPrefix(lines[1], "A,"), `"`)
		if strings.ContainsAny(cell[:1], "=+-@") || strings.HasPrefix(cell, "＝") {
			t.Errorf("%q is written as the formula %q", s, cell)
		}
		r, err := open(t, string(raw), table.Options{Columns: columns})
		if err != nil {
			t.Fatal(err)
		}
		row, err := r.Next()
		if err != nil || row.Get("name") != s {
			t.Errorf("%q came back as %q (%v)", s, row.Get("name"), err)
		}
	}
}

func TestCSVKeepsNumbersNumbers(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 30, 5, 0, time.FixedZone("CST", 8*3600))
	raw := write(t, table.CSV, table.Sheet{Columns: columns}, []any{-5, int64(7), -1.5, true, nil, at})
	if got := strings.Split(string(raw), "\r\n")[1]; got != "-5,7,-1.5,true,,2026-11-22 08:30:05" {
		t.Fatal(got)
	}
}

func TestExcelKeepsTextText(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 30, 5, 0, time.FixedZone("CST", 8*3600))
	cols := append(append([]table.Column{}, columns...), table.Column{Key: "kind", Zh: "类型", En: "Kind", Choices: []string{"楼栋", "房间"}},
		table.Column{Key: "at", Zh: "时间", En: "At", Width: 20}, table.Column{Key: "n", Zh: "数", En: "N", Number: true})
	raw := write(t, table.XLSX, table.Sheet{Name: "科室/清单*[1]", Columns: cols},
		[]any{"007", "=1+1", "x\ny", "楼栋", at, 2.5}, []any{"", strings.Repeat("长", 40_000), nil, "", nil, 3})
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	sheet := f.GetSheetList()[0]
	if sheet != "科室 清单  1" {
		t.Errorf("sheet %q", sheet)
	}
	kind, _ := f.GetCellType(sheet, "A2")
	if kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset {
		t.Errorf("007 has type %v", kind)
	}
	if formula, _ := f.GetCellFormula(sheet, "B2"); formula != "" {
		t.Errorf("formula %q", formula)
	}
	if dv, err := f.GetDataValidations(sheet); err != nil || len(dv) != 1 || !strings.HasPrefix(dv[0].Sqref, "D2:") {
		t.Errorf("choices %v %v", dv, err)
	}
	if w, err := f.GetColWidth(sheet, "E"); err != nil || w != 20 {
		t.Errorf("width %v %v", w, err)
	}
	if p, err := f.GetPanes(sheet); err != nil || !p.Freeze {
		t.Errorf("panes %v %v", p, err)
	}

	r, err := open(t, string(raw), table.Options{Columns: cols})
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"007", "=1+1", "x\ny", "楼栋", "2026-11-22 08:30:05", "2.5"}, row.Cells); diff != "" {
		t.Fatal(diff)
	}
	if row, err = r.Next(); err != nil || len([]rune(row.Get("name"))) != table.MaxCell {
		t.Fatalf("%d %v", len([]rune(row.Get("name"))), err)
	}
}

func TestFormats(t *testing.T) {
	if f, err := table.ParseFormat(""); err != nil || f != table.XLSX {
		t.Fatal(f, err)
	}
	if _, err := table.ParseFormat("exe"); fault.CodeOf(err) != "invalid" {
		t.Fatal(err)
	}
	if _, err := table.NewWriter(&bytes.Buffer{}, "exe", table.Sheet{}); fault.CodeOf(err) != "invalid" {
		t.Fatal(err)
	}
	w, err := table.NewWriter(&bytes.Buffer{}, table.CSV, table.Sheet{})
	if err != nil {
		t.Fatal(err)
	}
	if w.Row(struct{}{}) == nil {
		t.Fatal("a struct is no cell")
	}
}

func FuzzCSVComesBack(f *testing.F) {
	f.Add("=1", "a\"b,c\n")
	f.Add("'", "内科")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 20_000 {
			return
		}
		raw := write(t, table.CSV, table.Sheet{Columns: columns}, []any{"x", a, b})
		again := read(t, raw)
		twice := read(t, write(t, table.CSV, table.Sheet{Columns: columns}, []any{"x", again[0], again[1]}))
		if again != twice {
			t.Fatalf("%q became %q", again, twice)
		}
		if strings.TrimSpace(a) == a && strings.ToValidUTF8(a, "") == a && !strings.ContainsAny(a, "\r\uFEFF\u200B\x7f") &&
			!strings.ContainsFunc(a, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x80 && r < 0xa0 }) && again[0] != a {
			t.Fatalf("%q came back as %q", a, again[0])
		}
	})
}

func read(t *testing.T, raw []byte) [2]string {
	t.Helper()
	r, err := table.Open(t.Context(), bytes.NewReader(raw), table.Options{Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	return [2]string{row.Get("name"), row.Get("note")}
}

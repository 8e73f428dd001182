package table_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

var columns = []table.Column{
	{Key: "code", Zh: "编码", En: "Code", Required: true},
	{Key: "name", Zh: "名称", En: "Name", Aliases: []string{"科室名称", "Title"}, Required: true},
	{Key: "note", Zh: "备注", En: "Note"},
}

func open(t *testing.T, content string, o table.Options) (*table.Reader, error) {
	t.Helper()
	r, err := table.Open(t.Context(), strings.NewReader(content), o)
	if err == nil {
		t.Cleanup(func() { _ = r.Close() })
	}
	return r, err
}

// rows reads all; every row is "line|code|name|note".
func rows(r *table.Reader) ([]string, error) {
	var out []string
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, strings.Join([]string{string(rune('0' + row.Line)), row.Get("code"), row.Get("name"), row.Get("note")}, "|"))
	}
}

func gb(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func utf16(s string) string {
	var b bytes.Buffer
	b.Write([]byte{0xFF, 0xFE})
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          []string
	}{
		{"plain", "编码,名称\nA,内科\nB,外科\n", []string{"2|A|内科|", "3|B|外科|"}},
		{"no line end at the end", "编码,名称\nA,内科", []string{"2|A|内科|"}},
		{"byte order mark", "\uFEFF编码,名称\nA,内科", []string{"2|A|内科|"}},
		{"GB18030", gb(t, "编码,名称,备注\nA,内科,㐀𠮷\n"), []string{"2|A|内科|㐀𠮷"}},
		{"GB18030 whose first Chinese comes late", gb(t, "code,name\n"+strings.Repeat(",\n", 40_000)+"A,内科\n"), []string{string(rune('0'+40_002)) + "|A|内科|"}},
		{"UTF-16 with tabs as Excel saves Unicode text", utf16("编码\t名称\r\nA\t内科\r\n"), []string{"2|A|内科|"}},
		{"semicolons", "code;name;note\nA;内科;1,5\n", []string{"2|A|内科|1,5"}},
		{"tabs", "code\tname\nA\tX, Y, Z\n", []string{"2|A|X, Y, Z|"}},
		{"sep line", "sep=;\r\ncode;name\r\nA;a,b,c\r\n", []string{"3|A|a,b,c|"}},
		{"quotes", "code,name,note\nA,\"a \"\"b\"\", c\",\"x\ny\"\nB,5\" pipe,q\n", []string{"2|A|a \"b\", c|x\ny", "4|B|5\" pipe|q"}},
		{"text behind a closing quote", "code,name\nA,\"x\"y\n", []string{"2|A|xy|"}},
		{"old Mac line ends", "code,name\rA,a\rB,b", []string{"2|A|a|", "3|B|b|"}},
		{"title above the header", "全院科室一览,,\n,,\n编码,名称,备注\nA,内科,x\n", []string{"4|A|内科|x"}},
		{"headers in English, other order, with marks", "Note,* Title,CODE (required)\nn,内科,A\n", []string{"2|A|内科|n"}},
		{"aliases and full width", "编码,科室名称（必填）\nA,内科\n", []string{"2|A|内科|"}},
		{"short and long rows", "code,name,note\nA\nB,b,n,more\n", []string{"2|A||", "3|B|b|n"}},
		{"blank rows do not count", "code,name\n,\n\n \nA,a\n", []string{"5|A|a|"}},
		{"blanks and control characters", "code,name\n\u3000A\u00a0,a\x01\x07b\u200B\n", []string{"2|A|ab|"}},
		{"invalid bytes", "code,name\nA,内科a\xff\xfe\n", []string{"2|A|内科a\uFFFD|"}},
		{"own escaping is undone", "code,name,note\n'=1,'-2,'ok\n''@x,'+,''\n", []string{"2|=1|-2|'ok", "3|'@x|+|''"}},
		{"only a header", "code,name\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := open(t, c.content, table.Options{Columns: columns})
			if err != nil {
				t.Fatal(err)
			}
			got, err := rows(r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

func TestReadFaults(t *testing.T) {
	wide := strings.Repeat("x,", table.MaxColumns) + "x\n"
	for _, c := range []struct {
		name, content, code string
	}{
		{"nothing", "", "table.empty"},
		{"only blanks", "\n \n,,\n", "table.empty"},
		{"missing column", "编码,备注\nA,x\n", "table.missing_column"},
		{"nothing known", "foo,bar\n1,2\n", "table.missing_column"},
		{"column twice", "编码,名称,科室名称\nA,x,y\n", "table.repeated_column"},
		{"quote never closed", "code,name\nA,\"x\nB,y\n", "table.open_quote"},
		{"quote never closed in a long file", "code,name\nA,\"" + strings.Repeat("B,y\n", 50_000), "table.long_cell"},
		{"long cell", "code,name\nA," + strings.Repeat("字", table.MaxCell+1), "table.long_cell"},
		{"too many columns", "code,name\n" + wide, "table.too_many_columns"},
		{"too many rows", "code,name\nA,a\nB,b\nC,c\n", "table.too_many_rows"},
		{"picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "table.unreadable"},
		{"old Excel", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....", "table.old_excel"},
		{"broken Excel", "PK\x03\x04 and then nothing", "table.unreadable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := open(t, c.content, table.Options{Columns: columns, MaxRows: 2})
			if err == nil {
				_, err = rows(r)
				if _, again := r.Next(); fault.CodeOf(again) != fault.CodeOf(err) {
					t.Errorf("after the fault %v came %v", err, again)
				}
			}
			if got := fault.CodeOf(err); got != c.code {
				t.Fatalf("got %q (%v), want %q", got, err, c.code)
			}
		})
	}
}

func TestMissingColumnIsNamedInTheReadersLanguage(t *testing.T) {
	for lang, want := range map[fault.Language]string{fault.Chinese: "名称", fault.English: "Name", "": "名称"} {
		_, err := open(t, "code\nA\n", table.Options{Columns: columns, Language: lang})
		f, ok := fault.Of(err)
		if !ok || f.Params["column"] != want {
			t.Errorf("%s: %v", lang, err)
		}
	}
}

func TestWithoutColumnsCellsAreHadByPosition(t *testing.T) {
	r, err := open(t, "\nfoo,bar,foo\n1,2,3\n", table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if err != nil || strings.Join(r.Header(), " ") != "foo bar foo" || strings.Join(row.Cells, " ") != "1 2 3" || row.Line != 3 {
		t.Fatalf("%v %v %v", r.Header(), row, err)
	}
}

func TestUnknownColumnsAreTold(t *testing.T) {
	r, err := open(t, "code,name,Colour,,备注\nA,a,red\n", table.Options{Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Unknown(); len(got) != 1 || got[0] != "Colour" || !r.Has("note") || r.Has("colour") {
		t.Fatalf("%v", got)
	}
}

func TestErrorsOfTheUploadPass(t *testing.T) {
	mine := errors.New("connection lost")
	for _, head := range []string{"", "code,name\n", "PK\x03\x04" + strings.Repeat("x", 100_000)} {
		_, err := table.Open(t.Context(), io.MultiReader(strings.NewReader(head), errReader{mine}), table.Options{Columns: columns})
		if !errors.Is(err, mine) {
			t.Errorf("%.4q: %v", head, err)
		}
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func TestReadingStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := table.Open(ctx, strings.NewReader("code,name\nA,a\n"), table.Options{Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Next(); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// book makes an Excel file; each sheet is a name and its rows.
func book(t *testing.T, sheets ...any) string {
	t.Helper()
	f := excelize.NewFile()
	for i := 0; i < len(sheets); i += 2 {
		name := sheets[i].(string)
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for n, row := range sheets[i+1].([][]any) {
			if err := f.SetSheetRow(name, "A"+string(rune('1'+n)), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReadExcel(t *testing.T) {
	good := [][]any{{"科室清单"}, {"编码", "名称", "备注"}, {"007", "内科", 13800138000}, {}, {12345678901234, "外科", 1.5}}
	want := []string{"3|007|内科|13800138000", "5|12345678901234|外科|1.5"}
	for name, content := range map[string]string{
		"one sheet":             book(t, "a", good),
		"second sheet fits":     book(t, "说明", [][]any{{"请勿修改表头"}, {"x"}}, "数据", good),
		"after an empty sheet":  book(t, "空", [][]any{}, "数据", good),
		"first of two that fit": book(t, "a", good, "b", [][]any{{"code", "name"}, {"X", "Y"}}),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := open(t, content, table.Options{Columns: columns})
			if err != nil {
				t.Fatal(err)
			}
			got, err := rows(r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		})
	}
	for code, content := range map[string]string{
		"table.empty":            book(t, "a", [][]any{}),
		"table.missing_column":   book(t, "a", [][]any{{"编码"}, {"A"}}, "b", [][]any{{"foo"}}),
		"table.too_many_columns": book(t, "a", [][]any{{"code", "name"}, append(make([]any, table.MaxColumns), "x")}),
	} {
		r, err := open(t, content, table.Options{Columns: columns})
		if err == nil {
			_, err = rows(r)
		}
		if fault.CodeOf(err) != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
}

func TestHiddenSheetsAreLeftOut(t *testing.T) {
	f := excelize.NewFile()
	for _, name := range []string{"hidden", "shown"} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.SetSheetRow(name, "A1", &[]any{"code", "name"}), f.SetSheetRow(name, "A2", &[]any{name, name})); err != nil {
			t.Fatal(err)
		}
	}
	f.SetActiveSheet(2)
	if err := errors.Join(f.DeleteSheet("Sheet1"), f.SetSheetVisible("hidden", false)); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	r, err := open(t, b.String(), table.Options{Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if err != nil || row.Get("code") != "shown" {
		t.Fatalf("%v %v", row, err)
	}
}

func TestExcelBombIsRefused(t *testing.T) {
	f := excelize.NewFile()
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if err := sw.SetRow("A1", []any{"code", "name"}); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 32_000)
	for i := 2; i < 9_000; i++ { // 280 MB that pack to less than one
		if err := sw.SetRow("A"+itoa(i), []any{long}); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := errors.Join(sw.Flush(), f.Write(&b), f.Close()); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 4<<20 {
		t.Fatalf("the bomb is no bomb: %d bytes", b.Len())
	}
	_, err = open(t, b.String(), table.Options{Columns: columns})
	if fault.CodeOf(err) != "table.unreadable" {
		t.Fatal(err)
	}
}

func TestExcelRowsAreCappedWhateverTheCallerSays(t *testing.T) {
	f := excelize.NewFile()
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= table.MaxRows+2; i++ {
		row := []any{"code", "name"}
		if err := sw.SetRow("A"+itoa(i), row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := errors.Join(sw.Flush(), f.Write(&b), f.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := open(t, b.String(), table.Options{Columns: columns, MaxRows: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for err == nil {
		if _, err = r.Next(); err == nil {
			n++
		}
	}
	if fault.CodeOf(err) != "table.too_many_rows" || n != table.MaxRows {
		t.Fatalf("%d rows, then %v", n, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("编码,名称\nA,\"x\"\"y\nz\"\n"))
	f.Add([]byte("sep=;\r\ncode;name\r\n'=1;2"))
	f.Add([]byte("\xff\xfec\x00o\x00"))
	f.Add([]byte("\xb1\xe0\xc2\xeb,\xc3\xfb\xb3\xc6\nA,\xc4\xda\xbf\xc6"))
	x := excelize.NewFile()
	_ = x.SetSheetRow("Sheet1", "A1", &[]any{"code", "name", 1.5, true})
	_ = x.SetSheetRow("Sheet1", "A2", &[]any{"A", "a"})
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:b.Len()/2])
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, o := range []table.Options{{MaxRows: 100}, {Columns: columns, MaxRows: 100}} {
			r, err := table.Open(t.Context(), bytes.NewReader(content), o)
			if err != nil {
				if fault.CodeOf(err) == "" {
					t.Fatalf("no fault: %v", err)
				}
				continue
			}
			line, n := 0, 0
			for {
				row, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					if fault.CodeOf(err) == "" {
						t.Fatalf("no fault: %v", err)
					}
					break
				}
				if n++; n > 100 || row.Line <= line || len(row.Cells) > table.MaxColumns {
					t.Fatalf("row %d, line %d after %d, %d cells", n, row.Line, line, len(row.Cells))
				}
				line = row.Line
				for _, c := range row.Cells {
					if !utf8.ValidString(c) || strings.TrimSpace(c) != c || strings.ContainsFunc(c, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
						t.Fatalf("cell %q", c)
					}
				}
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

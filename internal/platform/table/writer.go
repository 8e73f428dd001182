package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/width"

	"wardline/internal/platform/fault"
)

// Sheet describes a list to be written.
type Sheet struct {
	Name     string // of the Excel sheet; characters Excel forbids become blanks
	Columns  []Column
	Language fault.Language // of the headers
}

// Writer writes the rows of a list. It must not be used by two goroutines at once.
type Writer struct {
	sheet Sheet
	csv   *csv.Writer
	out   io.Writer
	book  *excelize.File
	sw    *excelize.StreamWriter
	rows  int
	style struct{ header, text, moment int }
}

// maxSheetRows is how many rows an Excel sheet has, the header included.
const maxSheetRows = 1_048_576

// NewWriter writes the header and returns the writer of the rows. CSV is UTF-8
// with a byte order mark, without which Excel shows Chinese as gibberish.
func NewWriter(out io.Writer, format Format, sheet Sheet) (*Writer, error) {
	w := &Writer{sheet: sheet, out: out}
	header := make([]any, len(sheet.Columns))
	for i, c := range sheet.Columns {
		header[i] = c.Name(sheet.Language)
	}
	switch format {
	case CSV:
		buffered := bufio.NewWriter(out)
		if _, err := buffered.WriteString("\uFEFF"); err != nil {
			return nil, err
		}
		w.csv = csv.NewWriter(buffered)
		w.csv.UseCRLF = true
		w.out = buffered
		return w, w.Row(header...)
	case XLSX:
		if err := w.openBook(); err != nil {
			return nil, errors.Join(err, w.book.Close())
		}
		return w, nil
	}
	return nil, fault.Field("format", "bad_value")
}

// ParseFormat reads the name of a format; the empty name means Excel.
func ParseFormat(s string) (Format, error) {
	switch f := Format(s); f {
	case "":
		return XLSX, nil
	case CSV, XLSX:
		return f, nil
	}
	return "", fault.Field("format", "bad_value")
}

// ContentType returns the media type of a format.
func (f Format) ContentType() string {
	if f == CSV {
		return "text/csv; charset=utf-8"
	}
	return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}

// Row writes one row. A value is a string, an integer, a float64, a bool, a
// time.Time (shown as it reads in its own zone), or nil for an empty cell.
// Too many rows for Excel are the fault table.too_many_rows.
func (w *Writer) Row(values ...any) error {
	if w.csv != nil {
		cells := make([]string, len(values))
		for i, v := range values {
			s, err := plainText(v)
			if err != nil {
				return err
			}
			cells[i] = s
		}
		return w.csv.Write(cells)
	}
	if w.rows++; w.rows > maxSheetRows {
		return fault.New(fault.Invalid, "table.too_many_rows", "max", maxSheetRows-1)
	}
	cells := make([]any, len(values))
	for i, v := range values {
		switch x := v.(type) {
		case string:
			cells[i] = excelize.Cell{StyleID: w.style.text, Value: shorten(clean(x))}
		case time.Time:
			cells[i] = excelize.Cell{StyleID: w.style.moment, Value: wallClock(x)}
		case nil, int, int64, float64, bool:
			cells[i] = v
		default:
			return fmt.Errorf("table: cannot write %T", v)
		}
	}
	return w.sw.SetRow("A"+strconv.Itoa(w.rows), cells)
}

// Close completes the file; it does not close what the file is written to.
func (w *Writer) Close() error {
	if w.csv != nil {
		w.csv.Flush()
		return errors.Join(w.csv.Error(), w.out.(*bufio.Writer).Flush())
	}
	err := w.sw.Flush()
	if err == nil {
		_, err = w.book.WriteTo(w.out)
	}
	return errors.Join(err, w.book.Close())
}

func plainText(v any) (string, error) {
	switch x := v.(type) {
	case nil:
		return "", nil
	case string:
		return escape(clean(x)), nil
	case int:
		return strconv.Itoa(x), nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(x), nil
	case time.Time:
		return x.Format(time.DateTime), nil
	}
	return "", fmt.Errorf("table: cannot write %T", v)
}

// shorten keeps what fits into an Excel cell.
func shorten(s string) string {
	if utf8.RuneCountInString(s) <= MaxCell {
		return s
	}
	return string([]rune(s)[:MaxCell])
}

// wallClock keeps what the clock shows: Excel knows no zones.
func wallClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func (w *Writer) openBook() error {
	w.book = excelize.NewFile()
	name := sheetName(w.sheet.Name)
	if err := w.book.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	if err := w.makeStyles(); err != nil {
		return err
	}
	if err := w.addChoices(name); err != nil {
		return err
	}
	var err error
	if w.sw, err = w.book.NewStreamWriter(name); err != nil {
		return err
	}
	header := make([]any, len(w.sheet.Columns))
	for i, c := range w.sheet.Columns {
		label := c.Name(w.sheet.Language)
		if !c.Number {
			if err := w.sw.SetColStyle(i+1, i+1, w.style.text); err != nil {
				return err
			}
		}
		if err := w.sw.SetColWidth(i+1, i+1, columnWidth(c, label)); err != nil {
			return err
		}
		header[i] = excelize.Cell{StyleID: w.style.header, Value: label}
	}
	if err := w.sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	w.rows = 1
	return w.sw.SetRow("A1", header)
}

func (w *Writer) makeStyles() (err error) {
	w.style.header, err = w.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}},
		Border:    []excelize.Border{{Type: "bottom", Color: "5B7FA6", Style: 1}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	if err != nil {
		return err
	}
	const textFormat = 49 // Excel's "@"
	if w.style.text, err = w.book.NewStyle(&excelize.Style{NumFmt: textFormat}); err != nil {
		return err
	}
	moment := "yyyy-mm-dd hh:mm:ss"
	w.style.moment, err = w.book.NewStyle(&excelize.Style{CustomNumFmt: &moment})
	return err
}

// addChoices offers drop-downs; Excel takes at most 255 characters for one.
func (w *Writer) addChoices(sheet string) error {
	for i, c := range w.sheet.Columns {
		if len(c.Choices) == 0 {
			continue
		}
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		dv := excelize.NewDataValidation(true)
		dv.SetSqref(fmt.Sprintf("%[1]s2:%[1]s%[2]d", col, MaxRows+1))
		if dv.SetDropList(c.Choices) != nil {
			continue
		}
		dv.ShowErrorMessage = false // other headers' languages and old words may still be typed
		if err := w.book.AddDataValidation(sheet, dv); err != nil {
			return err
		}
	}
	return nil
}

// columnWidth counts a Chinese character as two.
func columnWidth(c Column, label string) float64 {
	if c.Width > 0 {
		return c.Width
	}
	n := 4
	for _, r := range label {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return float64(max(n, 10))
}

// sheetName makes a name that Excel takes: at most 31 characters, without []:*?/\ and
// without an apostrophe at its ends.
func sheetName(s string) string {
	var out []rune
	for _, r := range clean(s) {
		switch r {
		case '[', ']', ':', '*', '?', '/', '\\', '\'':
			r = ' '
		}
		if out = append(out, r); len(out) == 31 {
			break
		}
	}
	if name := strings.TrimSpace(string(out)); name != "" {
		return name
	}
	return "Sheet1"
}

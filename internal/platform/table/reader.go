package table

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"wardline/internal/platform/fault"
)

// Limits of what is read.
const (
	MaxRows    = 50_000 // data rows, unless the options of a CSV file say otherwise
	MaxColumns = 500
	MaxCell    = 32_767 // characters in a cell: Excel's own limit

	headerRows = 10 // the header is looked for in the first rows: lists often begin with a title
)

// Format is a kind of file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Options say what is expected of a file.
type Options struct {
	// Columns are looked for by their headers. Without any, the first row that is
	// not empty is the header and cells are had by position.
	Columns []Column
	// MaxRows is how many data rows are allowed; 0 means MaxRows. An Excel file
	// never may have more than MaxRows: reading it costs about 0.2 ms a row.
	MaxRows int
	// Language of the column names in faults.
	Language fault.Language
}

// Row is one row of data.
type Row struct {
	Line  int      // in the file, counted from 1: the line of a CSV file, the row of a sheet
	Cells []string // by position; may be shorter than the header
	at    map[string]int
}

// Get returns the cell of a column, or "" when the row or the file has none.
func (r Row) Get(key string) string {
	i, ok := r.at[key]
	if !ok || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// Values returns the cells of all known columns the file has, by key.
func (r Row) Values() map[string]string {
	out := make(map[string]string, len(r.at))
	for key := range r.at {
		out[key] = r.Get(key)
	}
	return out
}

// source hands out the rows of a file as they stand, io.EOF after the last.
type source interface {
	next() (line int, cells []string, err error)
	close() error
}

type rawRow struct {
	line  int
	cells []string
}

// Reader hands out the rows of a file. It must be closed, and not be used by two
// goroutines at once.
type Reader struct {
	ctx    context.Context
	src    source
	format Format
	opt    Options
	header []string
	found  match
	queued []rawRow // read while the header was looked for
	count  int
	failed error
}

// Open begins to read a file, whose format, encoding and separator it finds out,
// and looks for the header. Faults: table.empty, table.missing_column,
// table.repeated_column, table.unreadable, table.old_excel, and those of Next.
// Next stops when ctx ends.
func Open(ctx context.Context, r io.Reader, o Options) (*Reader, error) {
	if o.Language == "" {
		o.Language = fault.Chinese
	}
	if o.MaxRows == 0 {
		o.MaxRows = MaxRows
	}
	b := bufio.NewReaderSize(r, window)
	head, err := b.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, readFault(err)
	}
	out := &Reader{ctx: ctx, opt: o, format: CSV}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		out.format = XLSX
		out.opt.MaxRows = min(o.MaxRows, MaxRows)
		out.src, out.header, out.found, out.queued, err = openXLSX(b, o.Columns)
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}): // .xls, or .xlsx with a password
		return nil, fault.New(fault.Invalid, "table.old_excel")
	default:
		if out.src, err = openCSV(b); err == nil {
			out.header, out.found, out.queued, err = findHeader(out.src, o.Columns)
		}
	}
	if err == nil {
		err = out.checkHeader()
	}
	if err != nil {
		return nil, errors.Join(readFault(err), out.Close())
	}
	return out, nil
}

// findHeader takes the first of the first rows that has all required columns,
// otherwise the first row that is not empty.
func findHeader(src source, columns []Column) (header []string, m match, rest []rawRow, err error) {
	var rows []rawRow
	for len(rows) < headerRows {
		line, cells, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, match{}, nil, err
		}
		if blank(cells) {
			continue
		}
		rows = append(rows, rawRow{line, cells})
		if m = matchHeader(cells, columns); len(columns) == 0 || m.missing == nil && len(m.at) > 0 {
			return cells, m, nil, nil
		}
	}
	if len(rows) == 0 {
		return nil, match{}, nil, fault.New(fault.Invalid, "table.empty")
	}
	return rows[0].cells, matchHeader(rows[0].cells, columns), rows[1:], nil
}

func (r *Reader) checkHeader() error {
	switch {
	case len(r.opt.Columns) == 0:
		return nil
	case r.found.missing != nil:
		return fault.New(fault.Invalid, "table.missing_column", "column", r.found.missing.Name(r.opt.Language))
	case len(r.found.at) == 0:
		return fault.New(fault.Invalid, "table.no_known_column")
	case r.found.twice != "":
		return fault.New(fault.Invalid, "table.repeated_column", "column", r.found.twice)
	}
	return nil
}

// Format returns the kind of file.
func (r *Reader) Format() Format { return r.format }

// Header returns the headers as they stand in the file.
func (r *Reader) Header() []string { return r.header }

// Has tells whether the file has a column.
func (r *Reader) Has(key string) bool { _, ok := r.found.at[key]; return ok }

// Unknown returns the headers that stand for no column.
func (r *Reader) Unknown() []string { return r.found.unknown }

// Next returns the next row that is not empty, and io.EOF after the last one.
// Faults: table.too_many_rows, table.too_many_columns, table.long_cell,
// table.open_quote, table.unreadable; after a fault it is returned again.
func (r *Reader) Next() (Row, error) {
	if r.failed != nil {
		return Row{}, r.failed
	}
	row, err := r.read()
	if err != nil {
		r.failed = readFault(err)
		return Row{}, r.failed
	}
	return row, nil
}

func (r *Reader) read() (Row, error) {
	for {
		if err := r.ctx.Err(); err != nil {
			return Row{}, err
		}
		var raw rawRow
		if len(r.queued) > 0 {
			raw, r.queued = r.queued[0], r.queued[1:]
		} else {
			var err error
			if raw.line, raw.cells, err = r.src.next(); err != nil {
				return Row{}, err
			}
		}
		if blank(raw.cells) {
			continue
		}
		if r.count++; r.count > r.opt.MaxRows {
			return Row{}, fault.New(fault.Invalid, "table.too_many_rows", "max", r.opt.MaxRows)
		}
		return Row{Line: raw.line, Cells: raw.cells, at: r.found.at}, nil
	}
}

// Close gives back what reading took.
func (r *Reader) Close() error {
	if r.src == nil {
		return nil
	}
	return r.src.close()
}

// readFault lets faults and the errors of the caller's reader pass.
func readFault(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	if _, ok := fault.Of(err); ok {
		return err
	}
	if b, ok := errors.AsType[*brokenFile](err); ok {
		return &fault.Fault{Kind: fault.Invalid, Code: "table.unreadable", Cause: b}
	}
	return err
}

// brokenFile marks an error that lies in the file's content.
type brokenFile struct{ cause error }

func (b *brokenFile) Error() string { return "broken file: " + b.cause.Error() }

func (b *brokenFile) Unwrap() error { return b.cause }

func blank(cells []string) bool {
	for _, c := range cells {
		if c != "" {
			return false
		}
	}
	return true
}

// tidy cleans the cells of a row and drops the empty ones at its end.
func tidy(line int, cells []string) ([]string, error) {
	for i, c := range cells {
		cells[i] = clean(c)
		if utf8.RuneCountInString(cells[i]) > MaxCell {
			return nil, fault.New(fault.Invalid, "table.long_cell", "line", line, "max", MaxCell)
		}
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > MaxColumns {
		return nil, fault.New(fault.Invalid, "table.too_many_columns", "line", line, "max", MaxColumns)
	}
	return cells, nil
}

// clean makes a cell fit for both databases: no invalid bytes, no control
// characters, one kind of line end, no blanks around.
func clean(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			plain = false
			break
		}
	}
	if !plain {
		s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\r':
				return '\n'
			case r == '\n' || r == '\t':
				return r
			case unicode.IsControl(r), r == '\uFEFF', r == '\u200B':
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimSpace(s)
}

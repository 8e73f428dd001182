package table

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"wardline/internal/platform/fault"
)

// An Excel file is a packed folder: a small one may unpack to anything.
const (
	maxUnpacked = 256 << 20 // bytes of the whole file
	maxInMemory = 16 << 20  // bytes of one part; larger parts are unpacked to a temporary file
	maxSheets   = 20        // sheets looked through for the header
)

// xlsxSource reads one sheet row by row.
type xlsxSource struct {
	file *excelize.File
	rows *excelize.Rows
	line int
}

// upload remembers why reading the bytes failed: that is not the file's fault.
type upload struct {
	in  io.Reader
	err error
}

func (u *upload) Read(p []byte) (int, error) {
	n, err := u.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		u.err = err
	}
	return n, err
}

// openXLSX takes the first visible sheet that has the required columns, otherwise
// the first visible one.
func openXLSX(r io.Reader, columns []Column) (src source, header []string, m match, rest []rawRow, err error) {
	defer func() {
		if p := recover(); p != nil { // the library does not promise to bear broken files
			src, err = nil, &brokenFile{fmt.Errorf("%v", p)}
		}
	}()
	in := &upload{in: r}
	f, err := excelize.OpenReader(in, excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxInMemory,
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", LongTimePattern: "hh:mm:ss"})
	if err != nil {
		if f != nil {
			_ = f.Close()
		}
		if in.err != nil {
			return nil, nil, match{}, nil, in.err
		}
		return nil, nil, match{}, nil, &brokenFile{err}
	}
	best := &xlsxSource{file: f}
	defer func() {
		if err != nil {
			err = errors.Join(err, best.close())
			src = nil
		}
	}()
	first := true
	for i, sheet := range f.GetSheetList() {
		visible, verr := f.GetSheetVisible(sheet)
		if i >= maxSheets || verr != nil || !visible {
			continue
		}
		s := &xlsxSource{file: f}
		if s.rows, err = f.Rows(sheet); err != nil {
			continue // a sheet that holds only a chart has no rows
		}
		h, found, queued, ferr := findHeader(s, columns)
		if ferr == nil && (first || found.missing == nil && len(found.at) > 0) {
			_ = best.closeRows()
			best.rows, best.line, header, m, rest, first = s.rows, s.line, h, found, queued, false
			if len(columns) == 0 || found.missing == nil && len(found.at) > 0 {
				return best, header, m, rest, nil
			}
			continue
		}
		_ = s.closeRows()
		if ferr != nil && fault.CodeOf(ferr) != "table.empty" && first {
			return nil, nil, match{}, nil, ferr
		}
	}
	if first {
		return nil, nil, match{}, nil, fault.New(fault.Invalid, "table.empty")
	}
	return best, header, m, rest, nil
}

func (s *xlsxSource) next() (line int, cells []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &brokenFile{fmt.Errorf("%v", p)}
		}
	}()
	if !s.rows.Next() {
		if err := s.rows.Error(); err != nil {
			return s.line, nil, &brokenFile{err}
		}
		return s.line, nil, io.EOF
	}
	s.line++
	if cells, err = s.rows.Columns(); err != nil {
		return s.line, nil, &brokenFile{err}
	}
	cells, err = tidy(s.line, cells)
	return s.line, cells, err
}

func (s *xlsxSource) closeRows() error {
	if s.rows == nil {
		return nil
	}
	return s.rows.Close()
}

func (s *xlsxSource) close() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("close broken file: %v", p)
		}
	}()
	return errors.Join(s.closeRows(), s.file.Close())
}

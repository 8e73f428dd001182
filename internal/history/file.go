package history

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"slices"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

// Limits of a file.
const (
	MaxFile     = 200 << 20 // bytes, as uploaded
	maxSheet    = 50 << 20  // bytes of an Excel file, which is read into memory
	maxUnpacked = 2 << 30   // bytes of what a packed file unpacks to
	maxLines    = 3_000_000
)

// How many lines are looked at to describe the columns, how many of them may stand
// above the header, and how many samples are kept of a column.
const (
	looked      = 200
	aboveHeader = 10
	samples     = 5
)

// sheet is a file being read.
type sheet struct {
	*table.Reader
	closers []io.Closer
}

// openSheet begins to read a file, unpacking it when it is packed. The file is
// closed with the sheet, or when it cannot be read.
func openSheet(ctx context.Context, file io.ReadCloser) (*sheet, error) {
	s := &sheet{closers: []io.Closer{file}}
	in := io.Reader(bufio.NewReaderSize(file, 256<<10))
	if head, _ := in.(*bufio.Reader).Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, errors.Join(unreadable(err), s.Close())
		}
		s.closers = append(s.closers, z)
		in = &unpacked{in: z, left: maxUnpacked}
	}
	var err error
	if s.Reader, err = table.Open(ctx, in, table.Options{MaxRows: maxLines}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// skip passes over the lines between the first one and the header.
func (s *sheet) skip(lines int64) error {
	for range lines {
		if _, err := s.Next(); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the reading.
func (s *sheet) Close() error {
	var err error
	if s.Reader != nil {
		err = s.Reader.Close()
	}
	for i := len(s.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, s.closers[i].Close())
	}
	return err
}

// unpacked reads a packed file, which may unpack to anything.
type unpacked struct {
	in   io.Reader
	left int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	if u.left <= 0 {
		return 0, fault.New(fault.Invalid, "history.too_big", "max", "2 GB")
	}
	n, err := u.in.Read(p[:min(int64(len(p)), u.left)])
	u.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err)
	}
	return n, err
}

func unreadable(cause error) error {
	return &fault.Fault{Kind: fault.Invalid, Code: "table.unreadable", Cause: cause}
}

// look describes the columns of a file and finds its header: lists often begin with
// a title, so of the first lines it is the first that is nearly as wide as any.
func look(s *sheet) (columns []Column, headerSkip int64, err error) {
	lines := [][]string{s.Header()}
	for len(lines) < looked {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		lines = append(lines, row.Cells)
	}
	at := headerAt(lines)
	wide := 0
	for _, l := range lines[at:] {
		wide = max(wide, len(l))
	}
	header := make([]string, wide)
	copy(header, lines[at])
	for i, name := range columnNames(header) {
		c := Column{Name: name}
		for _, l := range lines[at+1:] {
			if i < len(l) && l[i] != "" && len(c.Samples) < samples && !slices.Contains(c.Samples, cut(l[i], 80)) {
				c.Samples = append(c.Samples, cut(l[i], 80))
			}
		}
		columns = append(columns, c)
	}
	return columns, int64(at), nil
}

func headerAt(lines [][]string) int {
	filled := func(cells []string) int {
		n := 0
		for _, c := range cells {
			if c != "" {
				n++
			}
		}
		return n
	}
	first := lines[:min(len(lines), aboveHeader+1)]
	most := 0
	for _, l := range first {
		most = max(most, filled(l))
	}
	for i, l := range first {
		if 5*filled(l) >= 4*most {
			return i
		}
	}
	return 0
}

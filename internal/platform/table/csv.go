package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"wardline/internal/platform/fault"
)

// csvSource splits text into records after RFC 4180, forgiving what real files
// get wrong: a quote inside a plain field is an ordinary character, and so is
// what stands between a closing quote and the next separator. The standard
// library's reader either refuses such a file or swallows an unclosed quote whole.
type csvSource struct {
	in    *bufio.Reader
	comma byte
	line  int // of the byte that comes next
}

func openCSV(b *bufio.Reader) (source, error) {
	if head, _ := b.Peek(512); bytes.IndexByte(head, 0) >= 0 && !utf16Marked(head) {
		return nil, &brokenFile{errors.New("not a text file")}
	}
	in := bufio.NewReaderSize(decode(b), window)
	s := &csvSource{in: in, comma: ',', line: 1}
	head, err := in.Peek(window)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	// Excel may say in a first line of its own which separator it used.
	if len(head) >= 5 && bytes.EqualFold(head[:4], []byte("sep=")) && (len(head) == 5 || head[5] == '\r' || head[5] == '\n') {
		s.comma = head[4]
		_, _, err := s.next()
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return s, err
	}
	s.comma = separator(head)
	return s, nil
}

func utf16Marked(head []byte) bool {
	return len(head) >= 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF)
}

// separator returns the one that stands most often in the first line that has any.
func separator(head []byte) byte {
	candidates := []byte{',', ';', '\t'}
	counts := make([]int, len(candidates))
	best, quoted := 0, false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if (c == '\n' || c == '\r') && counts[best] > 0 {
			break
		}
		if i := bytes.IndexByte(candidates, c); i >= 0 {
			if counts[i]++; counts[i] > counts[best] {
				best = i
			}
		}
	}
	return candidates[best]
}

func (s *csvSource) close() error { return nil }

func (s *csvSource) next() (int, []string, error) {
	line := s.line
	var cells []string
	for {
		cell, end, err := s.field(line)
		if err != nil {
			return line, nil, err
		}
		if end == endOfFile && len(cells) == 0 && cell == "" {
			return line, nil, io.EOF
		}
		if len(cells) < MaxColumns || cell != "" { // blank columns beyond the limit cost nothing
			cells = append(cells, unescape(cell))
		}
		if len(cells) > MaxColumns+1 {
			return line, nil, fault.New(fault.Invalid, "table.too_many_columns", "line", line, "max", MaxColumns)
		}
		if end != endOfField {
			cells, err = tidy(line, cells)
			return line, cells, err
		}
	}
}

type ending int

const (
	endOfField ending = iota
	endOfRow
	endOfFile
)

// field reads one field and what ends it; line is where its record began.
func (s *csvSource) field(line int) (string, ending, error) {
	var buf []byte
	quoted, first := false, true
	opened := 0
	for {
		c, err := s.in.ReadByte()
		if errors.Is(err, io.EOF) {
			if quoted {
				return "", endOfFile, fault.New(fault.Invalid, "table.open_quote", "line", opened)
			}
			return string(buf), endOfFile, nil
		}
		if err != nil {
			return "", endOfFile, err
		}
		switch {
		case quoted && c == '"':
			if next, _ := s.in.Peek(1); len(next) == 1 && next[0] == '"' {
				_, _ = s.in.Discard(1)
				buf = append(buf, '"')
			} else {
				quoted = false
			}
		case c == '"' && first:
			quoted, opened = true, s.line
		case !quoted && c == s.comma:
			return string(buf), endOfField, nil
		case c == '\n' || c == '\r':
			if next, _ := s.in.Peek(1); c == '\r' && len(next) == 1 && next[0] == '\n' {
				_, _ = s.in.Discard(1)
			}
			s.line++
			if !quoted {
				return string(buf), endOfRow, nil
			}
			buf = append(buf, '\n')
		default:
			buf = append(buf, c)
		}
		first = false
		// Four bytes are the longest character, so a field this long breaks the limit:
		// most likely a quote was never closed.
		if len(buf) > 4*MaxCell {
			return "", endOfFile, fault.New(fault.Invalid, "table.long_cell", "line", line, "max", MaxCell)
		}
	}
}

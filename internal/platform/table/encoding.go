package table

import (
	"bufio"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// window is how much is looked at to tell encodings and separators apart.
const window = 64 << 10

// decode turns a text file into UTF-8. A byte order mark decides; without one the
// file is UTF-8 or GB18030 (which includes GBK and GB2312), told apart by the
// first stretch that is not plain ASCII.
func decode(b *bufio.Reader) io.Reader {
	head, _ := b.Peek(3)
	switch {
	case len(head) >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF:
		_, _ = b.Discard(3)
		return b
	case len(head) >= 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF):
		return transform.NewReader(b, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	}
	return &guess{in: b}
}

// guess passes plain ASCII on until the first other byte decides the encoding.
type guess struct {
	in   *bufio.Reader
	rest io.Reader
}

func (g *guess) Read(p []byte) (int, error) {
	if g.rest != nil {
		return g.rest.Read(p)
	}
	if _, err := g.in.Peek(1); err != nil {
		return 0, err
	}
	have, _ := g.in.Peek(min(g.in.Buffered(), len(p)))
	n := 0
	for n < len(have) && have[n] < utf8.RuneSelf {
		n++
	}
	if n > 0 {
		copy(p, have[:n])
		return g.in.Discard(n)
	}
	if len(p) == 0 {
		return 0, nil
	}
	sample, _ := g.in.Peek(window) // what there is, if less
	if badUTF8(sample) <= badGB18030(sample) {
		g.rest = g.in
	} else {
		g.rest = transform.NewReader(g.in, simplifiedchinese.GB18030.NewDecoder())
	}
	return g.rest.Read(p)
}

// badUTF8 counts the bytes that are no UTF-8; a character cut off at the end is none of them.
func badUTF8(b []byte) int {
	bad := 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			if !utf8.FullRune(b) {
				break
			}
			bad++
		}
		b = b[n:]
	}
	return bad
}

// badGB18030 counts the bytes that are no GB18030 (one, two or four bytes a character).
func badGB18030(b []byte) int {
	bad := 0
	for i := 0; i < len(b); {
		lead := func(c byte) bool { return c >= 0x81 && c <= 0xFE }
		digit := func(c byte) bool { return c >= 0x30 && c <= 0x39 }
		switch {
		case b[i] < utf8.RuneSelf:
			i++
		case !lead(b[i]):
			bad++
			i++
		case i+1 >= len(b):
			return bad
		case b[i+1] >= 0x40 && b[i+1] <= 0xFE && b[i+1] != 0x7F:
			i += 2
		case digit(b[i+1]) && i+3 >= len(b):
			return bad
		case digit(b[i+1]) && lead(b[i+2]) && digit(b[i+3]):
			i += 4
		default:
			bad++
			i++
		}
	}
	return bad
}

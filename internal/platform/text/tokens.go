package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits keep a hostile or merely huge text from hurting an engine: PostgreSQL
// refuses a tsvector of 1 MB, a lexeme of 2 kB, and counts positions to 16,383.
const (
	maxWordRunes   = 64
	maxIndexTokens = 16_000
	maxIndexBytes  = 400_000
)

// Tokens cuts s into the words that are indexed.
//
// A unit is one ideograph (or kana) or one run of letters and digits of any
// other script. Units that touch form a segment; a segment yields first the
// pairs of neighbours of which at least one is an ideograph ("3号", "号楼"),
// then every unit alone ("3", "号", "楼"). The pairs stand next to each other so
// that a phrase query over them means "these characters in this order"; the
// single units between two segments keep a phrase from reaching across. Blanks and
// hyphens between a word and an ideograph are read as touching, because
// "CT 机房" and "CT机房" are the same room.
//
// At most 16,000 tokens or 400 kB are returned; the rest of a longer text is
// not indexed. Of a run of letters and digits the first 64 characters count.
func Tokens(s string) []string {
	var out []string
	size := 0
	for _, seg := range segments(Fold(s), true) {
		for _, t := range append(seg.pairs(), seg.words()...) {
			size += len(t) + 1
			if len(out) == maxIndexTokens || size > maxIndexBytes {
				return out
			}
			out = append(out, t)
		}
	}
	return out
}

// IndexText returns the tokens of s joined by spaces: the text to store in an
// FTS5 column or to give to to_tsvector('simple', …).
func IndexText(s string) string { return strings.Join(Tokens(s), " ") }

// unit is one ideograph or one word.
type unit struct {
	text string
	ideo bool
}

// segment is a row of units with nothing between them.
type segment []unit

// pairs returns the neighbours joined. Two words are never neighbours: what
// parts them also ends the segment.
func (g segment) pairs() []string {
	out := make([]string, 0, 2*len(g))
	for i := 1; i < len(g); i++ {
		out = append(out, g[i-1].text+g[i].text)
	}
	return out
}

func (g segment) words() []string {
	out := make([]string, len(g))
	for i, u := range g {
		out[i] = u.text
	}
	return out
}

// segments cuts folded text. With bridge set, blanks and hyphens between a
// word and an ideograph do not separate; queries are cut without it, since
// there a blank means "and".
func segments(s string, bridge bool) []segment {
	var (
		out []segment
		cur segment
		gap = false // only blanks or hyphens since the last unit of cur
	)
	flush := func() {
		if len(cur) > 0 {
			out = append(out, cur)
		}
		cur, gap = nil, false
	}
	add := func(u unit) {
		if gap && (!bridge || cur[len(cur)-1].ideo == u.ideo) {
			flush()
		}
		cur, gap = append(cur, u), false
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case ideographic(r):
			add(unit{s[i : i+n], true})
		case wordRune(r):
			var keep int
			keep, n = wordLen(s[i:])
			add(unit{s[i : i+keep], false})
		case (r == ' ' || r == '-') && len(cur) > 0:
			gap = true
		default:
			flush()
		}
		i += n
	}
	flush()
	return out
}

// wordLen returns the length in bytes of the word s begins with, and how much
// of it counts.
func wordLen(s string) (keep, whole int) {
	runes := 0
	for i, r := range s {
		if !wordRune(r) || ideographic(r) {
			return keep, i
		}
		if runes++; runes <= maxWordRunes {
			keep = i + utf8.RuneLen(r)
		}
	}
	return keep, len(s)
}

// ideographic reports whether r belongs to a script written without blanks
// whose characters are indexed one by one and in pairs.
func ideographic(r rune) bool {
	return r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) &&
		(unicode.IsLetter(r) || unicode.IsNumber(r))
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

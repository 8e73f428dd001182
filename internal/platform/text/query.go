package text

import (
	"strings"
	"unicode/utf8"
)

// maxQueryTokens bounds the work one search can ask for; what a person types
// beyond it is ignored.
const maxQueryTokens = 32

// term is one condition of a query: its tokens must follow each other, the
// last one may be the beginning of a longer word if prefix is set.
type term struct {
	tokens []string
	prefix bool
}

// QueryText returns the tokens a query for s asks for, joined by spaces. It is
// empty exactly when FTS5Query and TSQuery are, that is when s holds no letter
// and no digit; a search should then not be run at all.
func QueryText(s string) string {
	var out []string
	for _, t := range queryTerms(s) {
		out = append(out, t.tokens...)
	}
	return strings.Join(out, " ")
}

// FTS5Query returns the MATCH argument that finds the texts in which every
// part of s occurs, for an FTS5 column holding IndexText. It is empty when
// there is nothing to search for; SQLite refuses an empty MATCH.
//
// Parts are separated by blanks or punctuation. A part with ideographs must
// occur as it stands, a single ideograph anywhere; a word of letters and
// digits of at least two characters also finds longer words it begins.
func FTS5Query(s string) string {
	var b strings.Builder
	for i, t := range queryTerms(s) {
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteByte('"')
		b.WriteString(strings.Join(t.tokens, " "))
		b.WriteByte('"')
		if t.prefix {
			b.WriteByte('*')
		}
	}
	return b.String()
}

// TSQuery is FTS5Query for PostgreSQL: the argument of
// to_tsquery('simple', …) for a tsvector made by
// to_tsvector('simple', IndexText). It is empty when there is nothing to
// search for. PostgreSQL reads 12e34 at the beginning of a longer word as a
// number of its own: such a word is found, but so is its tail alone.
func TSQuery(s string) string {
	var b strings.Builder
	for i, t := range queryTerms(s) {
		if i > 0 {
			b.WriteString(" & ")
		}
		for j, tok := range t.tokens {
			if j > 0 {
				b.WriteString(" <-> ")
			}
			b.WriteByte('\'')
			b.WriteString(tok)
			b.WriteByte('\'')
		}
		if t.prefix {
			b.WriteString(":*")
		}
	}
	return b.String()
}

func queryTerms(s string) []term {
	var out []term
	left := maxQueryTokens
	for _, seg := range segments(Fold(s), false) {
		if left == 0 {
			break
		}
		tokens := seg.pairs()
		if len(seg) == 1 {
			tokens = seg.words()
		}
		last := seg[len(seg)-1]
		whole := len(tokens) <= left
		if !whole {
			tokens = tokens[:left]
		}
		left -= len(tokens)
		out = append(out, term{
			tokens: tokens,
			prefix: whole && !last.ideo && utf8.RuneCountInString(tokens[len(tokens)-1]) >= 2,
		})
	}
	return out
}

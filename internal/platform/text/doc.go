// Package text makes Chinese and Latin text findable on both databases.
//
// It offers three independent things, all pure functions of their input:
//
//   - search keys for pickers: [Keys] stores a name with its pinyin and
//     initials in one column, [KeyTerms] cuts what a person typed, and every
//     term is looked up with LIKE '%term%' through [LikeContains];
//   - full text: [IndexText] makes the text to store in an SQLite FTS5 table
//     (tokenizer unicode61) or to hand to to_tsvector('simple', …), and
//     [FTS5Query] and [TSQuery] build the matching queries;
//   - [Fold], the common ground of both: one form for wide and narrow, upper
//     and lower case, accented and plain characters.
//
// Neither database can cut Chinese into words by itself: FTS5's trigram
// tokenizer finds nothing for two characters, unicode61 nothing inside a run,
// and pg_trgm nothing at all under the C locale. So the cutting is ours and
// the engines only see words separated by spaces.
//
// Invariants: no function panics or returns an error for any bytes; results
// are valid UTF-8 without NUL, so both engines accept them; queries contain
// only letters and digits inside quotes, so no operator of a query language
// can be smuggled in. Index and query sides must come from the same version
// of this package: after a change of [Tokens] stored text must be rebuilt.
//
// The package owns no table, raises no event and imports no other package of
// Wardline.
package text

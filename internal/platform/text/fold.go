package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold brings s to the one form in which text is compared: compatibility
// characters replaced (full-width Ａ and １ become a and 1), marks removed
// (é becomes e), lower case. Control characters and invalid bytes become
// spaces. Folding twice changes nothing.
func Fold(s string) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r):
			// unicode61 drops marks and PostgreSQL keeps them: dropping them
			// here makes both engines agree.
		case unicode.IsControl(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String())
}

// plainASCII reports whether s is already in folded form, which holds for most
// numbers and codes and saves them the normalisation.
func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' || (c >= 'A' && c <= 'Z') {
			return false
		}
	}
	return true
}

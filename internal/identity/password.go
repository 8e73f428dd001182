package identity

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
)

//go:embed passwords.txt
var commonFile string

// common holds the words and rows of keys that people take for passwords.
var common = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(commonFile) {
		set[w] = true
	}
	return set
})

// Lengths of a password in characters.
const (
	longEnough  = 10 // of any kind
	leastLength = 8  // of three kinds
	maxPassword = 128
)

// CheckPassword returns the message code of the rule that a new password of the
// person breaks, or "": at least 10 characters, or 8 of three kinds (small,
// capital, digit, other); neither name, pinyin, login nor staff number within it;
// none of the common ones, dressed up with digits or not.
func CheckPassword(password string, p *Person) string {
	n := utf8.RuneCountInString(password)
	switch {
	case n > maxPassword:
		return "identity.password_long"
	case n < leastLength, n < longEnough && kinds(password) < 3:
		return "identity.password_short"
	case strings.ContainsFunc(password, unicode.IsControl):
		return "bad_format"
	}
	folded := text.Fold(password)
	for _, own := range ownWords(p) {
		if strings.Contains(folded, own) {
			return "identity.password_own"
		}
	}
	if tooPlain(folded) {
		return "identity.password_common"
	}
	return ""
}

// kinds counts the kinds of characters; letters without case count as other.
func kinds(s string) int {
	var small, capital, digit, other int
	for _, r := range s {
		switch {
		case unicode.IsLower(r):
			small = 1
		case unicode.IsUpper(r):
			capital = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return small + capital + digit + other
}

// ownWords returns what others know of the person, long enough to matter.
func ownWords(p *Person) []string {
	var out []string
	add := func(s string, least int) {
		if s = strings.Join(strings.Fields(text.Fold(s)), ""); utf8.RuneCountInString(s) >= least {
			out = append(out, s)
		}
	}
	add(p.Login, 3)
	add(p.StaffNo, 3)
	add(p.Phone, 5)
	add(p.Name, 2)
	for i, spelled := range strings.Fields(text.Keys(p.Name)) {
		if i > 0 {
			add(spelled, 5)
		}
	}
	return out
}

var disguise = strings.NewReplacer("@", "a", "0", "o", "$", "s", "3", "e", "1", "l", "!", "i")

// tooPlain tells whether a folded password is common, or has fewer than five
// different characters, or runs along the alphabet or the digits.
func tooPlain(s string) bool {
	stem := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if common()[s] || common()[stem] || common()[disguise.Replace(stem)] {
		return true
	}
	different, steps, last := map[rune]bool{}, 0, rune(0)
	for _, r := range s {
		different[r] = true
		if d := r - last; d == 1 || d == -1 {
			steps++
		}
		last = r
	}
	return len(different) < 5 || steps >= utf8.RuneCountInString(s)-2
}

// passwordFault blames the field when the password breaks a rule.
func passwordFault(field, password string, p *Person) error {
	switch code := CheckPassword(password, p); code {
	case "":
		return nil
	case "identity.password_long":
		return fault.Field(field, "too_long", "max", maxPassword)
	case "identity.password_short":
		return fault.Field(field, code, "long", longEnough, "short", leastLength)
	default:
		return fault.Field(field, code)
	}
}

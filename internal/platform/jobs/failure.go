package jobs

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxError is how much of an error's text is kept, in bytes.
const maxError = 2000

var (
	userInfo = regexp.MustCompile(`://[^/\s@]+@`)
	bearer   = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[\w.~+/=-]+`)
	secret   = regexp.MustCompile(`(?i)([\w-]*(?:password|passwd|pwd|secret|token|api[_-]?key|signature|authorization)["']?\s*[=:]\s*["']?)(?:\*{3})?[^\s"'&,;]+`)
)

// errorText returns the text of an error as it is stored: without passwords, tokens
// and the like, and in a form every database takes.
func errorText(err error) string {
	s := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "�")
	s = userInfo.ReplaceAllString(s, "://***@")
	s = bearer.ReplaceAllString(s, "$1 ***")
	s = secret.ReplaceAllStringFunc(s, func(m string) string {
		head := secret.FindStringSubmatch(m)[1]
		if rest := m[len(head):]; strings.EqualFold(rest, "bearer") || strings.EqualFold(rest, "basic") {
			return m // what follows has been hidden already
		}
		return head + "***"
	})
	if len(s) <= maxError {
		return s
	}
	cut := maxError
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

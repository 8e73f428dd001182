package table

import (
	"strings"
	"unicode/utf8"
)

// Spreadsheet programs take a cell that begins so for a formula, also in CSV and
// also in full width (OWASP, "CSV Injection").
const formulaStart = "=+-@\t\r\n＝＋－＠"

// escape puts an apostrophe before a text that would be taken for a formula, and
// before one that looks escaped already, so that unescape restores every text.
func escape(s string) string {
	if danger(s) {
		return "'" + s
	}
	return s
}

// unescape takes away the apostrophe that escape put.
func unescape(s string) string {
	if strings.HasPrefix(s, "'") && danger(s) {
		return s[1:]
	}
	return s
}

func danger(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "'"))
	return r != utf8.RuneError && strings.ContainsRune(formulaStart, r)
}

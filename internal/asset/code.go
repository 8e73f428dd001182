package asset

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"wardline/internal/platform/id"
)

// A code is the letter a, a secret of 16 characters (80 bits) and a signature of 8
// (40 bits), all digits and small letters, so that it can also be typed.
const (
	codeMark   = "a"
	secretLen  = 16
	signLen    = 8
	codeLen    = len(codeMark) + secretLen + signLen
	codeLabel  = "wardline asset code 1\x00"
	codeLetter = "0123456789abcdefghijklmnopqrstuv"
)

var codeText = base32.NewEncoding(codeLetter).WithPadding(base32.NoPadding)

// newSecret returns the secret of a new code.
func newSecret() string { return id.Secret()[:secretLen] }

func sign(key []byte, secret string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(codeLabel + secret))
	return codeText.EncodeToString(m.Sum(nil)[:signLen*5/8])
}

// code returns what the label of a secret carries.
func code(key []byte, secret string) string { return codeMark + secret + sign(key, secret) }

// secretOf returns the secret within a code, and whether we have signed it.
func secretOf(key []byte, code string) (string, bool) {
	code = strings.ToLower(strings.TrimSpace(code))
	if len(code) != codeLen || !strings.HasPrefix(code, codeMark) {
		return "", false
	}
	secret, signature := code[len(codeMark):len(codeMark)+secretLen], code[len(codeMark)+secretLen:]
	ok := subtle.ConstantTimeCompare([]byte(sign(key, secret)), []byte(signature)) == 1
	return secret, ok
}

// readable tells whether s can be a code at all; nothing else is looked up.
func readable(s string) bool {
	if len(s) < 3 || len(s) > 200 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && !strings.ContainsRune("._~-", rune(c)) {
			return false
		}
	}
	return true
}

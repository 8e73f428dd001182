package transport

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"wardline/internal/platform/id"
)

// Patient is who is moved, as the ward knows them. It is never kept like this.
type Patient struct {
	Name      string `json:"name,omitempty" maxLength:"60" doc:"Kept masked"`
	Wristband string `json:"wristband,omitempty" maxLength:"200" doc:"What the wristband says when scanned; only a keyed hash is kept"`
	Bed       string `json:"bed,omitempty" maxLength:"20"`
}

// PatientView is what is shown of a patient to those who have to know.
type PatientView struct {
	Name      string `json:"name,omitempty" doc:"Masked"`
	Bed       string `json:"bed,omitempty"`
	Wristband bool   `json:"wristband" doc:"There is a wristband to compare with"`
}

// Mask leaves of a name what tells two patients of a ward apart.
func Mask(name string) string {
	name = strings.TrimSpace(name)
	runes := []rune(name)
	if len(runes) == 0 {
		return ""
	}
	if unicode.Is(unicode.Han, runes[0]) {
		if len(runes) < 3 {
			return string(runes[:1]) + "*"
		}
		return string(runes[:1]) + strings.Repeat("*", len(runes)-2) + string(runes[len(runes)-1:])
	}
	words := strings.Fields(name)
	for i, w := range words {
		words[i] = string([]rune(w)[:1]) + "***"
	}
	return strings.Join(words, " ")
}

// wristbandKey hashes what a wristband says. Each request has its own salt, so that two
// keys do not tell that they are of one patient.
func wristbandKey(key []byte, wristband string) string {
	salt := id.New()
	return salt + ":" + wristbandHash(key, salt, wristband)
}

func wristbandHash(key []byte, salt, wristband string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("wristband:" + salt + ":" + strings.ToUpper(strings.Join(strings.Fields(wristband), ""))))
	return hex.EncodeToString(h.Sum(nil))
}

// matches tells whether a scanned wristband is the one that was hashed.
func matches(key []byte, kept, wristband string) bool {
	salt, sum, ok := strings.Cut(kept, ":")
	return ok && hmac.Equal([]byte(sum), []byte(wristbandHash(key, salt, wristband)))
}

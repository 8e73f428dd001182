package identity

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"github.com/skip2/go-qrcode"

	"wardline/internal/platform/id"
)

// stepLength is how long one code counts, in milliseconds (RFC 6238).
const stepLength = 30_000

var codeForm = regexp.MustCompile(`^[0-9]{6}$`)

// codeStep returns the step whose code this is: the present one, the one before
// or the one after, if it is later than the last one used; a code works once.
func codeStep(secret, code string, now, last int64) (int64, bool) {
	if !codeForm.MatchString(code) || secret == "" {
		return 0, false
	}
	for _, d := range []int64{0, -1, 1} {
		step := now/stepLength + d
		if step <= last {
			continue
		}
		ok, err := hotp.ValidateCustom(code, uint64(step), secret,
			hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok {
			return step, true
		}
	}
	return 0, false
}

// Enrolment is what an authenticator app needs.
type Enrolment struct {
	Secret string `json:"secret" doc:"Base32, to be typed in by hand"`
	URI    string `json:"uri" doc:"otpauth address"`
	QR     string `json:"qr" doc:"The address as a PNG in a data URL"`
}

func newEnrolment(account string) (*Enrolment, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Wardline", AccountName: account})
	if err != nil {
		return nil, err
	}
	png, err := qrcode.Encode(key.URL(), qrcode.Medium, 256)
	if err != nil {
		return nil, err
	}
	return &Enrolment{Secret: key.Secret(), URI: key.URL(),
		QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)}, nil
}

// recoveryCodes is how many are handed out at once.
const recoveryCodes = 10

// newRecoveryCodes returns codes of 60 bits in three groups, and what is stored of them.
func newRecoveryCodes(personID string) (codes, hashes []string) {
	for range recoveryCodes {
		s := id.Secret()[:12]
		codes = append(codes, s[:4]+"-"+s[4:8]+"-"+s[8:])
		hashes = append(hashes, recoveryHash(personID, s))
	}
	return codes, hashes
}

// recoveryHash ignores how the code was grouped and written.
func recoveryHash(personID, code string) string {
	plain := strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(code))
	return id.Hash(personID + " " + plain)
}

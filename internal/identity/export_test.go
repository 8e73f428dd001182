package identity

import (
	"strconv"

	"github.com/pquerna/otp/totp"

	"wardline/internal/platform/clock"
)

// HashRuns returns how many password hashes have been computed.
func (s *Service) HashRuns() int64 { return s.hasher.runs.Load() }

// CodeAt returns the code an authenticator shows at a moment.
func CodeAt(secret string, ms int64) string {
	code, err := totp.GenerateCode(secret, clock.Time(ms))
	if err != nil {
		panic(err)
	}
	return code
}

// PersonInScope is the condition under which List shows a person, for counting by hand.
func PersonInScope(s Scope) (string, []any) {
	cond, args := s.Where(personColumns)
	out, n := "", 0
	for _, r := range cond {
		if r == '?' {
			n++
			out += "$" + strconv.Itoa(n)
			continue
		}
		out += string(r)
	}
	return out, args
}

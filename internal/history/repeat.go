package history

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"wardline/internal/platform/fault"
)

// mark is a key in short: 128 bits of its SHA-256, so that two million lines are
// compared in 50 MB.
type mark struct{ a, b uint64 }

func markOf(s string) mark {
	sum := sha256.Sum256([]byte(s))
	return mark{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])}
}

// content stands for the key of a line in a file without keys.
func content(cells []string) string {
	sum := sha256.Sum256([]byte(strings.Join(cells, "\x1f")))
	return "#" + hex.EncodeToString(sum[:12])
}

// place is where a key stands.
type place struct {
	mark mark
	line int64
}

// census gathers the keys of a file.
type census struct{ places []place }

func (c *census) add(key string, line int64) {
	if key != "" {
		c.places = append(c.places, place{markOf(key), line})
	}
}

// maxRepeated is how many keys may repeat: a column in which more do is no key.
const maxRepeated = 100_000

// repeats returns the keys that stand in several lines, with the last of these.
func (c *census) repeats() (map[mark]int64, error) {
	slices.SortFunc(c.places, func(x, y place) int {
		switch {
		case x.mark != y.mark && (x.mark.a < y.mark.a || x.mark.a == y.mark.a && x.mark.b < y.mark.b):
			return -1
		case x.mark != y.mark:
			return 1
		}
		return int(x.line - y.line)
	})
	out := map[mark]int64{}
	for i := 1; i < len(c.places); i++ {
		if c.places[i].mark == c.places[i-1].mark {
			out[c.places[i].mark] = c.places[i].line
		}
	}
	if len(out) > maxRepeated {
		return nil, fault.New(fault.Invalid, "history.keys_repeat", "count", len(out))
	}
	return out, nil
}

// sieve decides which of the lines with a repeated key counts.
type sieve struct {
	policy  Repeated
	last    map[mark]int64   // of repeated keys
	taken   map[mark]int64   // line that an order was made of
	pending map[mark]*record // merged so far
	equal   map[mark]int     // lines met, in a file without keys
	times   moments
}

func newSieve(policy Repeated, last map[mark]int64, times moments) *sieve {
	return &sieve{policy: policy, last: last, taken: map[mark]int64{}, pending: map[mark]*record{}, equal: map[mark]int{}, times: times}
}

// pass returns the record to be judged, which may be made of several lines, or what
// is to be said about a line that does not count. Lines must come in order.
func (s *sieve) pass(r *record) (*record, *Problem) {
	if r.Key == "" {
		return r, nil
	}
	m := markOf(r.Key)
	last, repeated := s.last[m]
	if !repeated {
		return r, nil
	}
	if r.keyless { // equal lines are told apart by their number
		if s.equal[m]++; s.equal[m] > 1 {
			r.Key += "-" + strconv.Itoa(s.equal[m])
		}
		return r, nil
	}
	r.repeated = true
	switch s.policy {
	case KeepLast:
		if r.line != last {
			return nil, skipped("history.repeated", last)
		}
	case Merge:
		if before := s.pending[m]; before != nil {
			r = before.merge(r, s.times)
		}
		if s.pending[m] = r; r.line != last {
			return nil, skipped("history.merged", last)
		}
		delete(s.pending, m)
	default:
		if line, taken := s.taken[m]; taken {
			return nil, skipped("history.repeated", line)
		}
	}
	return r, nil
}

// take remembers that an order is made of a record.
func (s *sieve) take(r *record) {
	if r.repeated && s.policy == KeepFirst {
		s.taken[markOf(r.Key)] = r.line
	}
}

func skipped(code string, line int64) *Problem {
	return &Problem{Level: Skipped, Code: code, Field: FieldKey, Params: map[string]any{"line": line}}
}

package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"wardline/internal/platform/fault"
)

// The work of one argon2id hash: 19 MiB, two passes, one lane (the OWASP
// recommendation for interactive sign-in).
const (
	hashMemory  = 19 * 1024 // KiB
	hashPasses  = 2
	hashLanes   = 1
	hashLength  = 32
	hashSalt    = 16
	hashAtOnce  = 2   // hashes made at the same moment, so memory stays below 40 MiB
	hashWaiting = 200 // requests that may wait for one
)

// hasher makes and checks password hashes, a few at once.
type hasher struct {
	slots   chan struct{}
	waiting atomic.Int64
	runs    atomic.Int64 // hashes made since the start
	nobody  string       // hash that no password has, for accounts that do not exist
}

func newHasher() *hasher {
	return &hasher{slots: make(chan struct{}, hashAtOnce),
		nobody: encodeHash(make([]byte, hashSalt), make([]byte, hashLength))}
}

func encodeHash(salt, sum []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashLanes,
		b.EncodeToString(salt), b.EncodeToString(sum))
}

// work runs one argon2id when it is its turn; too long a queue is the "unavailable" fault.
func (h *hasher) work(ctx context.Context, password string, salt []byte, m, t uint32, p uint8, length uint32) ([]byte, error) {
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > hashWaiting {
		return nil, fault.New(fault.Unavailable, "unavailable")
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	h.runs.Add(1)
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, t, m, p, length), nil
}

// hash returns what is stored of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt) // never fails: crypto/rand aborts the program instead
	sum, err := h.work(ctx, password, salt, hashMemory, hashPasses, hashLanes, hashLength)
	if err != nil {
		return "", err
	}
	return encodeHash(salt, sum), nil
}

// check tells whether the password is the hash's, and whether the hash was made
// with other parameters than today's. A hash of "" or a damaged one is nobody's, at
// the same work.
func (h *hasher) check(ctx context.Context, hash, password string) (ok, old bool, err error) {
	m, t, p, salt, want, err := decodeHash(hash)
	if err != nil {
		if m, t, p, salt, want, err = decodeHash(h.nobody); err != nil {
			return false, false, err
		}
	}
	got, err := h.work(ctx, password, salt, m, t, p, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(got, want) == 1
	return ok, m != hashMemory || t != hashPasses || p != hashLanes || len(want) != hashLength, nil
}

func decodeHash(hash string) (m, t uint32, p uint8, salt, sum []byte, err error) {
	parts := strings.Split(hash, "$")
	var version int
	if len(parts) != 6 || parts[1] != "argon2id" {
		return 0, 0, 0, nil, nil, fmt.Errorf("identity: unknown form of password hash")
	}
	_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
	_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p)
	salt, err3 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err4 := base64.RawStdEncoding.DecodeString(parts[5])
	// The bounds keep a damaged row from taking all memory.
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil || version != argon2.Version ||
		m > 1<<20 || t == 0 || t > 100 || p == 0 || len(salt) < 8 || len(sum) < 16 || len(sum) > 64 {
		return 0, 0, 0, nil, nil, fmt.Errorf("identity: damaged password hash")
	}
	return m, t, p, salt, sum, nil
}

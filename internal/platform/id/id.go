package id

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"

	"github.com/google/uuid"
)

// text is base32hex in lower case: it keeps the order of the bytes it encodes.
var text = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// Len is the length of every identifier made by New and At.
const Len = 26

// New returns a fresh identifier: a UUID version 7 as 26 characters.
func New() string {
	u := uuid.Must(uuid.NewV7())
	return text.EncodeToString(u[:])
}

// At returns a fresh identifier that sorts as if it had been made at the given
// Unix milliseconds; r supplies the other bits and may be deterministic.
func At(ms int64, r func() uint64) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(ms)<<16|r()&0x0fff|0x7000)
	binary.BigEndian.PutUint64(b[8:], r()&^(uint64(3)<<62)|uint64(2)<<62)
	return text.EncodeToString(b[:])
}

// Valid tells whether s has the form of an identifier made here.
func Valid(s string) bool {
	if len(s) != Len {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'v') {
			return false
		}
	}
	return true
}

// Secret returns 160 random bits as 32 characters, for links, tokens and codes.
func Secret() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return text.EncodeToString(b[:])
}

// Hash returns the SHA-256 of a secret in hexadecimal: what is stored of it.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Moment returns the Unix milliseconds at which an identifier made here was made, 0 for
// anything else.
func Moment(s string) int64 {
	if !Valid(s) {
		return 0
	}
	b, err := text.DecodeString(s)
	if err != nil {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b[:8]) >> 16)
}

package blob

import (
	"context"
	"io"

	"wardline/internal/platform/fault"
)

// Ref names stored bytes.
type Ref struct {
	Key  string // SHA-256 in hexadecimal
	Size int64  // bytes
}

// Info is what a store knows about a file.
type Info struct {
	Ref
	At int64 // when it was last put, Unix milliseconds
}

// Store keeps files. It is safe for concurrent use.
type Store interface {
	// Put keeps what r gives, to its end.
	Put(ctx context.Context, r io.Reader) (Ref, error)
	// Open returns the bytes of a file; the caller closes it. None is the not_found fault.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	// Stat tells what is known about a file. None is the not_found fault.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes a file; one that is not there is no error.
	Delete(ctx context.Context, key string) error
	// Each calls f for every file, in no order, until it returns an error.
	Each(ctx context.Context, f func(Info) error) error
}

// valid tells whether key can be the name of a file.
func valid(key string) bool {
	if len(key) != 64 {
		return false
	}
	for i := range len(key) {
		if c := key[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func unavailable(cause error) error {
	return &fault.Fault{Kind: fault.Unavailable, Code: "blob.unavailable", Cause: cause}
}

package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Life is how long a key is remembered, in milliseconds.
const Life = 7 * clock.Day

// secretKey is how many characters a key has at least that nobody can guess.
const secretKey = 16

// CheckShared refuses the key of someone who has not signed in when it can be guessed
// (fault Idempotency-Key: too_short): they all act as one, so that whoever has
// another's key is given the other's answer. No key is fine.
func CheckShared(key string) error {
	if key != "" && len(key) < secretKey {
		return fault.Field("Idempotency-Key", "too_short", "min", secretKey)
	}
	return nil
}

type row struct {
	Digest string `db:"digest"`
	Answer string `db:"answer"`
}

// Do runs f unless the actor has already carried out a command under the key; then
// it returns that command's answer and true. The same key with another input is
// the idempotency.mismatch fault. An empty key only runs f.
func Do[T any](ctx context.Context, tx *db.Tx, c clock.Clock, actorID, key string, input any, f func() (T, error)) (out T, replayed bool, err error) {
	if key == "" {
		out, err = f()
		return out, false, err
	}
	raw, err := json.Marshal(input)
	if err != nil {
		return out, false, fmt.Errorf("command input: %w", err)
	}
	sum := sha256.Sum256(raw)
	digest := hex.EncodeToString(sum[:])
	// Whoever comes second waits here until the first has committed or given up.
	n, err := db.Exec(ctx, tx, `INSERT INTO command (actor_id, key, digest, answer, at) VALUES ($1, $2, $3, '', $4)
		ON CONFLICT (actor_id, key) DO NOTHING`, actorID, key, digest, c.Now())
	if err != nil {
		return out, false, err
	}
	if n == 0 {
		return replay[T](ctx, tx, actorID, key, digest)
	}
	if out, err = f(); err != nil {
		return out, false, err
	}
	answer, err := json.Marshal(out)
	if err != nil {
		return out, false, fmt.Errorf("command answer: %w", err)
	}
	return out, false, db.Later(ctx, tx, `UPDATE command SET answer = $3 WHERE actor_id = $1 AND key = $2`, actorID, key, string(answer))
}

func replay[T any](ctx context.Context, tx *db.Tx, actorID, key, digest string) (out T, replayed bool, err error) {
	was, err := db.One[row](ctx, tx, `SELECT digest, answer FROM command WHERE actor_id = $1 AND key = $2`, actorID, key)
	if err != nil {
		return out, false, err
	}
	if was.Digest != digest {
		return out, false, fault.New(fault.Conflict, "idempotency.mismatch")
	}
	return out, true, json.Unmarshal([]byte(was.Answer), &out)
}

// Forget removes keys that have lived long enough, at most so many, and returns
// how many it removed.
func Forget(ctx context.Context, tx *db.Tx, c clock.Clock, most int) (int64, error) {
	return db.Exec(ctx, tx, fmt.Sprintf(`DELETE FROM command WHERE (actor_id, key) IN
		(SELECT actor_id, key FROM command WHERE at < $1 ORDER BY at LIMIT %d)`, most), c.Now()-Life)
}

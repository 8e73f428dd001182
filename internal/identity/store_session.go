package identity

import (
	"context"

	"wardline/internal/platform/db"
)

// lockFailures loads the counters of keys for change, making those that do not exist.
func lockFailures(ctx context.Context, tx *db.Tx, now int64, keys ...string) ([]failures, error) {
	out := make([]failures, 0, len(keys))
	for _, k := range keys {
		if _, err := db.Exec(ctx, tx, `INSERT INTO login_failure (key, count, last_at, until) VALUES ($1, 0, $2, 0)
			ON CONFLICT (key) DO NOTHING`, k, now); err != nil {
			return nil, err
		}
		f, err := db.One[failures](ctx, tx, "SELECT "+db.Columns[failures]("")+" FROM login_failure WHERE key = $1"+tx.ForUpdate(), k)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func putFailures(ctx context.Context, tx *db.Tx, f failures) error {
	_, err := db.Exec(ctx, tx, "UPDATE login_failure SET count = $1, last_at = $2, until = $3 WHERE key = $4", f.Count, f.LastAt, f.Until, f.Key)
	return err
}

func clearFailures(ctx context.Context, tx *db.Tx, key string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM login_failure WHERE key = $1", key)
	return err
}

// seenSession is a session with what decides whether it still holds.
type seenSession struct {
	Session
	Version int64 `db:"version"`
	Active  bool  `db:"active"`
}

func findSession(ctx context.Context, tx *db.Tx, hash string) ([]seenSession, error) {
	return db.All[seenSession](ctx, tx, "SELECT "+joined(db.Columns[Session]("s."), "p.version, p.active")+
		" FROM session s JOIN person p ON p.id = s.person_id WHERE s.id = $1", hash)
}

func insertSession(ctx context.Context, tx *db.Tx, s *Session) error {
	return db.Insert(ctx, tx, "session", s)
}

func touchSession(ctx context.Context, tx *db.Tx, s *Session, now int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE session SET seen_at = $1, expires_at = $2 WHERE id = $3 AND seen_at < $1",
		now, expiry(s.Stage, s.Kept, now), s.ID)
	return err
}

func deleteSession(ctx context.Context, tx *db.Tx, personID, sessionID string) (int64, error) {
	return db.Exec(ctx, tx, "DELETE FROM session WHERE id = $1 AND person_id = $2", sessionID, personID)
}

// deleteSessions ends all sessions of a person but one; except may be "".
func deleteSessions(ctx context.Context, tx *db.Tx, personID, except string) (int64, error) {
	return db.Exec(ctx, tx, "DELETE FROM session WHERE person_id = $1 AND id <> $2", personID, except)
}

func listSessions(ctx context.Context, tx *db.Tx, personID string, now int64) ([]Session, error) {
	return db.All[Session](ctx, tx, "SELECT "+db.Columns[Session]("")+` FROM session
		WHERE person_id = $1 AND stage = '' AND expires_at > $2 ORDER BY seen_at DESC, id`, personID, now)
}

// seenToken is a token with what decides whether it still holds.
type seenToken struct {
	Token
	Version int64 `db:"version"`
	Active  bool  `db:"active"`
}

func findToken(ctx context.Context, tx *db.Tx, hash string) ([]seenToken, error) {
	return db.All[seenToken](ctx, tx, "SELECT "+joined(db.Columns[Token]("t."), "p.version, p.active")+
		" FROM api_token t JOIN person p ON p.id = t.person_id WHERE t.hash = $1", hash)
}

func touchToken(ctx context.Context, tx *db.Tx, tokenID string, now int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE api_token SET used_at = $1 WHERE id = $2 AND used_at < $1", now, tokenID)
	return err
}

func listTokens(ctx context.Context, tx *db.Tx, personID string) ([]Token, error) {
	return db.All[Token](ctx, tx, "SELECT "+db.Columns[Token]("")+" FROM api_token WHERE person_id = $1 ORDER BY created_at DESC, id", personID)
}

func countTokens(ctx context.Context, tx *db.Tx, personID string, now int64) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT count(*) FROM api_token WHERE person_id = $1 AND revoked_at = 0 AND expires_at > $2", personID, now)
}

func revokeToken(ctx context.Context, tx *db.Tx, personID, tokenID string, now int64) (int64, error) {
	return db.Exec(ctx, tx, "UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND person_id = $3 AND revoked_at = 0", now, tokenID, personID)
}

func revokeTokens(ctx context.Context, tx *db.Tx, personID string, now int64) (int64, error) {
	return db.Exec(ctx, tx, "UPDATE api_token SET revoked_at = $1 WHERE person_id = $2 AND revoked_at = 0", now, personID)
}

type recoveryRow struct {
	PersonID string `db:"person_id"`
	Hash     string `db:"hash"`
	UsedAt   int64  `db:"used_at"`
}

func putRecovery(ctx context.Context, tx *db.Tx, personID string, hashes []string) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM recovery_code WHERE person_id = $1", personID); err != nil {
		return err
	}
	rows := make([]recoveryRow, 0, len(hashes))
	for _, h := range hashes {
		rows = append(rows, recoveryRow{PersonID: personID, Hash: h})
	}
	return db.InsertMany(ctx, tx, "recovery_code", rows)
}

// useRecovery marks a code as used; false when it is none or was used before.
func useRecovery(ctx context.Context, tx *db.Tx, personID, hash string, now int64) (bool, error) {
	n, err := db.Exec(ctx, tx, "UPDATE recovery_code SET used_at = $1 WHERE person_id = $2 AND hash = $3 AND used_at = 0", now, personID, hash)
	return n == 1, err
}

func countRecovery(ctx context.Context, tx *db.Tx, personID string) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT count(*) FROM recovery_code WHERE person_id = $1 AND used_at = 0", personID)
}

// sweep removes what no longer has any effect and returns how many rows that were.
func sweep(ctx context.Context, tx *db.Tx, now, failuresBefore int64) (int64, error) {
	a, err := db.Exec(ctx, tx, "DELETE FROM session WHERE expires_at <= $1", now)
	if err != nil {
		return 0, err
	}
	b, err := db.Exec(ctx, tx, "DELETE FROM login_failure WHERE last_at < $1 AND until <= $2", failuresBefore, now)
	return a + b, err
}

// endSession ends a session whoever it belongs to.
func endSession(ctx context.Context, tx *db.Tx, sessionID string) (int64, error) {
	return db.Exec(ctx, tx, "DELETE FROM session WHERE id = $1", sessionID)
}

// putStep keeps the step of the last code used.
func putStep(ctx context.Context, tx *db.Tx, personID string, step int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE person SET totp_step = $1 WHERE id = $2", step, personID)
	return err
}

// putPending keeps a secret that is not confirmed yet.
func putPending(ctx context.Context, tx *db.Tx, personID, secret string) error {
	_, err := db.Exec(ctx, tx, "UPDATE person SET totp_pending = $1 WHERE id = $2", secret, personID)
	return err
}

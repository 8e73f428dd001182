package identity

import "wardline/internal/platform/clock"

// Stage says what a sign-in still lacks.
type Stage string

// The stages. A session in any but Done acts as the public and may only finish
// its stage, ask who it is, or end.
const (
	Done     Stage = ""
	TOTP     Stage = "totp"     // the code of the second factor
	Password Stage = "password" // a new password in place of the one-time one
)

// How long a session lives, in milliseconds.
const (
	idleLife  = 12 * clock.Hour   // without a request
	keptLife  = 30 * clock.Day    // the same, with "keep me signed in"
	stageLife = 10 * clock.Minute // to finish a stage, requests or not
	seenEvery = clock.Minute      // seen_at and used_at are written no more often
)

// Session is one browser signed in.
type Session struct {
	ID        string `db:"id" json:"id" doc:"Not the secret: it cannot be used to sign in"`
	PersonID  string `db:"person_id" json:"-"`
	Kept      bool   `db:"kept" json:"kept"`
	Stage     Stage  `db:"stage" json:"-"`
	UserAgent string `db:"user_agent" json:"userAgent"`
	IP        string `db:"ip" json:"ip"`
	CreatedAt int64  `db:"created_at" json:"createdAt"`
	SeenAt    int64  `db:"seen_at" json:"seenAt"`
	ExpiresAt int64  `db:"expires_at" json:"expiresAt"`
	Current   bool   `json:"current" doc:"The one this request came through"`
}

// expiry returns when a session seen at this moment ends.
func expiry(stage Stage, kept bool, now int64) int64 {
	switch {
	case stage != Done:
		return now + stageLife
	case kept:
		return now + keptLife
	}
	return now + idleLife
}

// stageOf returns what a sign-in with the right password still lacks.
func stageOf(a *account, codeGiven bool) Stage {
	switch {
	case a.TOTPSecret != "" && !codeGiven:
		return TOTP
	case a.MustChange:
		return Password
	}
	return Done
}

// Token is one key with which a program acts as a person, with a part of the
// person's permissions.
type Token struct {
	ID          string       `db:"id" json:"id"`
	PersonID    string       `db:"person_id" json:"-"`
	Name        string       `db:"name" json:"name"`
	Hash        string       `db:"hash" json:"-"`
	Permissions []Permission `db:"permissions,json" json:"permissions"`
	CreatedAt   int64        `db:"created_at" json:"createdAt"`
	ExpiresAt   int64        `db:"expires_at" json:"expiresAt"`
	UsedAt      int64        `db:"used_at" json:"usedAt,omitempty" doc:"To the minute; absent when never used"`
	RevokedAt   int64        `db:"revoked_at" json:"revokedAt,omitempty"`
}

const (
	tokenPrefix = "wl_"
	maxTokenAge = 366 * clock.Day // a year, leap years too
	maxTokens   = 50              // of one person, revoked and expired ones aside
)

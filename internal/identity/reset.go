package identity

import (
	"context"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// oneTimeLife is how long a one-time password can be used, in milliseconds.
const oneTimeLife = 7 * clock.Day

// Reset says what else a reset takes away.
type Reset struct {
	SecondFactor bool `json:"secondFactor,omitempty" doc:"Also switch the second factor off, for someone who lost it with its recovery codes"`
	Tokens       bool `json:"tokens,omitempty" doc:"Also revoke the API tokens"`
}

// ResetPassword gives a person a one-time password for the next seven days, which
// must be replaced at the first sign-in, and ends their sessions. The actor must
// hold every power of the person and cannot do it to themselves.
func (s *Service) ResetPassword(ctx context.Context, personID string, in Reset) (string, error) {
	actor := Of(ctx)
	if personID == actor.PersonID {
		return "", fault.New(fault.Conflict, "identity.self")
	}
	snap, err := s.subject(ctx, actor, personID)
	if err != nil {
		return "", err
	}
	switch {
	case !snap.Active:
		return "", fault.New(fault.Conflict, "identity.inactive")
	case snap.Login == "" && snap.StaffNo == "":
		return "", fault.New(fault.Conflict, "identity.no_login")
	}
	password := oneTimePassword()
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		a, err := s.locked(ctx, tx, personID, snap.Version)
		if err != nil {
			return err
		}
		now := s.now()
		a.Password, a.MustChange, a.PasswordUntil, a.UpdatedAt = hash, true, now+oneTimeLife, now
		if in.SecondFactor && a.TOTPSecret != "" {
			if err := s.dropFactor(ctx, tx, a, "totp.remove"); err != nil {
				return err
			}
		} else if _, err := db.Update(ctx, tx, "person", a); err != nil {
			return err
		}
		if err := s.shutOut(ctx, tx, personID, in.Tokens); err != nil {
			return err
		}
		for _, name := range []string{a.Login, foldLogin(a.StaffNo)} {
			if err := clearFailures(ctx, tx, nameKey(name)); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, actor, "password.reset", "person", personID,
			map[string]any{"secondFactor": in.SecondFactor, "tokens": in.Tokens})
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// oneTimePassword returns 60 random bits in three groups that can be read aloud.
func oneTimePassword() string {
	s := id.Secret()[:12]
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
}

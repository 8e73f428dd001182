package identity

import (
	"context"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Enrol makes a new secret for the second factor; it counts only once ConfirmTOTP
// has seen a code of it.
func (s *Service) Enrol(ctx context.Context, v Visit, password string) (*Enrolment, error) {
	personID, err := v.owner()
	if err != nil {
		return nil, err
	}
	a, err := s.again(ctx, personID, "password", password)
	if err != nil {
		return nil, err
	}
	if a.TOTPSecret != "" {
		return nil, fault.New(fault.Conflict, "identity.totp_on")
	}
	label := a.Name
	if a.Login != "" {
		label = a.Login
	} else if a.StaffNo != "" {
		label = a.StaffNo
	}
	e, err := newEnrolment(label)
	if err != nil {
		return nil, err
	}
	pending, err := s.seal(personID, e.Secret)
	if err != nil {
		return nil, err
	}
	return e, s.write(ctx, func(tx *db.Tx) error { return putPending(ctx, tx, personID, pending) })
}

// ConfirmTOTP switches the second factor on and returns the recovery codes, which
// are shown this once. The person's other sessions end.
func (s *Service) ConfirmTOTP(ctx context.Context, v Visit, code string) ([]string, error) {
	personID, err := v.owner()
	if err != nil {
		return nil, err
	}
	if err := s.tryOnce(ctx, map[string]patience{codeKey(personID): byCode}); err != nil {
		return nil, err
	}
	codes, hashes := newRecoveryCodes(personID)
	err = s.write(ctx, func(tx *db.Tx) error {
		a, err := getAccount(ctx, tx, personID, true)
		if err != nil {
			return err
		}
		if a.TOTPSecret != "" {
			return fault.New(fault.Conflict, "identity.totp_on")
		}
		step, ok := codeStep(s.open(personID, a.TOTPPending), code, s.now(), 0)
		if !ok {
			return fault.Field("code", "identity.bad_code")
		}
		a.TOTPSecret, a.TOTPPending, a.TOTPStep, a.UpdatedAt = a.TOTPPending, "", step, s.now()
		if _, err := db.Update(ctx, tx, "person", a); err != nil {
			return err
		}
		if err := putRecovery(ctx, tx, personID, hashes); err != nil {
			return err
		}
		if _, err := deleteSessions(ctx, tx, personID, v.session.ID); err != nil {
			return err
		}
		if err := clearFailures(ctx, tx, codeKey(personID)); err != nil {
			return err
		}
		return s.record(ctx, tx, Of(ctx), "totp.on", "person", personID, nil)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// DisableTOTP switches the second factor off.
func (s *Service) DisableTOTP(ctx context.Context, v Visit, password string) error {
	return s.withFactor(ctx, v, password, func(tx *db.Tx, a *account) error {
		return s.dropFactor(ctx, tx, a, "totp.off")
	})
}

// NewRecoveryCodes replaces the recovery codes and returns the new ones, which are
// shown this once.
func (s *Service) NewRecoveryCodes(ctx context.Context, v Visit, password string) ([]string, error) {
	var codes []string
	err := s.withFactor(ctx, v, password, func(tx *db.Tx, a *account) error {
		var hashes []string
		codes, hashes = newRecoveryCodes(a.ID)
		if err := putRecovery(ctx, tx, a.ID, hashes); err != nil {
			return err
		}
		return s.record(ctx, tx, Of(ctx), "totp.recovery", "person", a.ID, nil)
	})
	return codes, err
}

// withFactor runs f on the locked account of someone whose second factor is on
// and who has typed the password again.
func (s *Service) withFactor(ctx context.Context, v Visit, password string, f func(*db.Tx, *account) error) error {
	personID, err := v.owner()
	if err != nil {
		return err
	}
	if _, err := s.again(ctx, personID, "password", password); err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		a, err := getAccount(ctx, tx, personID, true)
		if err != nil {
			return err
		}
		if a.TOTPSecret == "" {
			return fault.New(fault.Conflict, "identity.totp_off")
		}
		return f(tx, a)
	})
}

// dropFactor takes the second factor and its recovery codes away; the row is locked.
func (s *Service) dropFactor(ctx context.Context, tx *db.Tx, a *account, action string) error {
	a.TOTPSecret, a.TOTPPending, a.UpdatedAt = "", "", s.now()
	if _, err := db.Update(ctx, tx, "person", a); err != nil {
		return err
	}
	if err := putRecovery(ctx, tx, a.ID, nil); err != nil {
		return err
	}
	return s.record(ctx, tx, Of(ctx), action, "person", a.ID, nil)
}

package identity

import (
	"context"
	"maps"
	"slices"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Visit is what a request brings along besides its body: where it comes from and
// through which session, finished or not.
type Visit struct {
	IP        string
	UserAgent string
	Secure    bool // the browser reached us by TLS

	session *Session // nil without a session that holds
	stale   string   // id of the cookie's session, whether it holds or not
}

// Credentials are what is typed to sign in.
type Credentials struct {
	Login    string `json:"login" minLength:"1" maxLength:"100" doc:"Login name or staff number"`
	Password string `json:"password" minLength:"1" maxLength:"256"`
	Keep     bool   `json:"keep,omitempty" doc:"Keep me signed in on this device"`
}

// Pass is a session just made: its secret goes into the cookie and nowhere else.
type Pass struct {
	Secret string
	Kept   bool
	Stage  Stage
}

// SignIn checks name and password and starts a session, whose stage tells what is
// still missing. Faults: identity.bad_login whatever was wrong, identity.locked
// after too many tries, identity.password_over for a one-time password too old.
func (s *Service) SignIn(ctx context.Context, in Credentials, v Visit) (Pass, error) {
	login, staffNo := foldLogin(in.Login), foldStaffNo(in.Login)
	name, address := nameKey(login), addressKey(v.IP)
	if err := s.tryOnce(ctx, map[string]patience{name: byName, address: byAddress}); err != nil {
		return Pass{}, err
	}
	var a *account
	if err := s.read(ctx, func(tx *db.Tx) (err error) { a, err = findAccount(ctx, tx, login, staffNo); return err }); err != nil {
		return Pass{}, err
	}
	hash := ""
	if a != nil {
		hash = a.Password
	}
	ok, old, err := s.hasher.check(ctx, hash, in.Password)
	if err != nil {
		return Pass{}, err
	}
	if !ok || a == nil {
		return Pass{}, s.failed(ctx, a, "password", fault.New(fault.Unauthorized, "identity.bad_login"))
	}
	if a.PasswordUntil > 0 && a.PasswordUntil <= s.now() {
		return Pass{}, s.failed(ctx, a, "password_over", fault.New(fault.Unauthorized, "identity.password_over"))
	}
	renewed := ""
	if old {
		if renewed, err = s.hasher.hash(ctx, in.Password); err != nil {
			return Pass{}, err
		}
	}
	var pass Pass
	err = s.write(ctx, func(tx *db.Tx) error {
		now, err := getAccount(ctx, tx, a.ID, true)
		if err != nil {
			return err
		}
		if !now.Active || now.Password != a.Password { // changed while the password was checked
			return fault.New(fault.Unauthorized, "identity.bad_login")
		}
		if renewed != "" {
			now.Password = renewed
			if _, err := db.Update(ctx, tx, "person", now); err != nil {
				return err
			}
		}
		if err := s.undo(ctx, tx, name, address); err != nil {
			return err
		}
		pass, err = s.begin(ctx, tx, now, stageOf(now, false), in.Keep, v)
		return err
	})
	return pass, err
}

// tryOnce counts one try under each key before its outcome is known, or refuses
// it: tries made at the same moment cannot slip past the count.
func (s *Service) tryOnce(ctx context.Context, rules map[string]patience) error {
	keys := slices.Sorted(maps.Keys(rules)) // the same order everywhere, or two tries could block each other
	return s.write(ctx, func(tx *db.Tx) error {
		now := s.now()
		list, err := lockFailures(ctx, tx, now, keys...)
		if err != nil {
			return err
		}
		var wait int64
		for i := range list {
			wait = max(wait, list[i].try(now, rules[list[i].Key]))
		}
		if wait > 0 { // rolls back: a refused try is not counted
			return fault.New(fault.TooMany, "identity.locked", "seconds", (wait+999)/1000)
		}
		for _, f := range list {
			if err := putFailures(ctx, tx, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// undo forgives a try that succeeded: the name's count is cleared, the address's
// only lessened by the one, or an own account would buy endless tries at others.
func (s *Service) undo(ctx context.Context, tx *db.Tx, name, address string) error {
	if address != "" {
		list, err := lockFailures(ctx, tx, s.now(), address)
		if err != nil {
			return err
		}
		list[0].undo()
		if err := putFailures(ctx, tx, list[0]); err != nil {
			return err
		}
	}
	return clearFailures(ctx, tx, name)
}

// failed writes down a failed try, with the person when the name was one's, and
// returns the fault to be told. What was typed is not kept.
func (s *Service) failed(ctx context.Context, a *account, step string, told error) error {
	personID := ""
	if a != nil {
		personID = a.ID
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		return s.record(ctx, tx, Of(ctx), "sign_in.fail", "person", personID, map[string]any{"step": step})
	})
	if err != nil {
		return err
	}
	return told
}

// begin starts a session under a new id and ends the one the request came with,
// so that an id known before signing in is worth nothing afterwards.
func (s *Service) begin(ctx context.Context, tx *db.Tx, a *account, stage Stage, keep bool, v Visit) (Pass, error) {
	if v.stale != "" {
		if _, err := endSession(ctx, tx, v.stale); err != nil {
			return Pass{}, err
		}
	}
	now := s.now()
	secret := id.Secret()
	row := Session{ID: id.Hash(secret), PersonID: a.ID, Kept: keep, Stage: stage, UserAgent: v.UserAgent, IP: v.IP,
		CreatedAt: now, SeenAt: now, ExpiresAt: expiry(stage, keep, now)}
	if err := insertSession(ctx, tx, &row); err != nil {
		return Pass{}, err
	}
	action := "sign_in"
	if stage != Done {
		action = "sign_in.begin"
	}
	who := &Actor{PersonID: a.ID, Name: a.Name}
	who = who.From(v.IP, Of(ctx).RequestID)
	if err := s.record(ctx, tx, who, action, "person", a.ID, map[string]any{"stage": string(stage)}); err != nil {
		return Pass{}, err
	}
	return Pass{Secret: secret, Kept: keep, Stage: stage}, nil
}

// GiveCode finishes the stage TOTP with a code of the authenticator or a recovery
// code. Faults: identity.bad_code, identity.locked, unauthorized in any other stage.
func (s *Service) GiveCode(ctx context.Context, code string, v Visit) (Pass, error) {
	if v.session == nil || v.session.Stage != TOTP {
		return Pass{}, fault.New(fault.Unauthorized, "unauthorized")
	}
	personID := v.session.PersonID
	if err := s.tryOnce(ctx, map[string]patience{codeKey(personID): byCode}); err != nil {
		return Pass{}, err
	}
	var pass Pass
	good := false
	var a *account
	err := s.write(ctx, func(tx *db.Tx) (err error) {
		good = false
		if a, err = getAccount(ctx, tx, personID, true); err != nil {
			return err
		}
		if good, err = s.useCode(ctx, tx, a, code); err != nil || !good {
			return err
		}
		// The half-done session is used up: of two requests with it only one goes on,
		// and none when the person was deactivated, which ended it.
		if n, err := endSession(ctx, tx, v.session.ID); err != nil || n == 0 {
			good = false
			return err
		}
		if err := clearFailures(ctx, tx, codeKey(personID)); err != nil {
			return err
		}
		pass, err = s.begin(ctx, tx, a, stageOf(a, true), v.session.Kept, v)
		return err
	})
	if err != nil {
		return Pass{}, err
	}
	if !good {
		return Pass{}, s.failed(ctx, a, "code", fault.Field("code", "identity.bad_code"))
	}
	return pass, nil
}

// useCode uses up a code of the authenticator or a recovery code; the person's row is locked.
func (s *Service) useCode(ctx context.Context, tx *db.Tx, a *account, code string) (bool, error) {
	if !codeForm.MatchString(code) {
		return useRecovery(ctx, tx, a.ID, recoveryHash(a.ID, code), s.now())
	}
	step, ok := codeStep(s.open(a.ID, a.TOTPSecret), code, s.now(), a.TOTPStep)
	if !ok {
		return false, nil
	}
	return true, putStep(ctx, tx, a.ID, step)
}

// SignOut ends the visit's session; without one it does nothing.
func (s *Service) SignOut(ctx context.Context, v Visit) error {
	if v.session == nil {
		return nil
	}
	return s.write(ctx, func(tx *db.Tx) error {
		if _, err := endSession(ctx, tx, v.session.ID); err != nil {
			return err
		}
		who := &Actor{PersonID: v.session.PersonID, Name: Of(ctx).Name}
		return s.record(ctx, tx, who.From(v.IP, Of(ctx).RequestID), "sign_out", "person", v.session.PersonID, nil)
	})
}

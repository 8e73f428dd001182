package identity

import (
	"context"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Me is what the one signed in, or half so, is told about themselves.
type Me struct {
	ID                 string       `json:"id"`
	Name               string       `json:"name"`
	StaffNo            string       `json:"staffNo,omitempty"`
	Title              string       `json:"title,omitempty"`
	CampusID           string       `json:"campusId,omitempty"`
	DepartmentID       string       `json:"departmentId,omitempty"`
	VendorID           string       `json:"vendorId,omitempty"`
	Teams              []Membership `json:"teams"`
	Roles              []string     `json:"roles" doc:"Ids of the roles held"`
	Permissions        []Permission `json:"permissions" doc:"Held in any scope; none until the sign-in is finished"`
	Language           string       `json:"language,omitempty" doc:"zh or en; absent follows the browser"`
	Stage              Stage        `json:"stage,omitempty" enum:"totp,password" doc:"What the sign-in still lacks"`
	MustChangePassword bool         `json:"mustChangePassword"`
	SecondFactor       bool         `json:"secondFactor"`
	RecoveryCodes      int64        `json:"recoveryCodes" doc:"How many are left"`
}

// Me tells who the visit is. Before the second factor it tells nothing but the stage.
func (s *Service) Me(ctx context.Context, v Visit) (*Me, error) {
	me := &Me{Teams: []Membership{}, Roles: []string{}, Permissions: []Permission{}}
	actor := Of(ctx)
	personID := actor.PersonID
	switch {
	case actor.SignedIn():
		me.Permissions = append(me.Permissions, actor.Held()...)
	case v.session == nil:
		return nil, fault.New(fault.Unauthorized, "unauthorized")
	default:
		me.Stage, personID = v.session.Stage, v.session.PersonID
		if me.Stage == TOTP {
			return me, nil
		}
	}
	err := s.read(ctx, func(tx *db.Tx) error {
		a, err := getAccount(ctx, tx, personID, false)
		if err != nil {
			return err
		}
		grants, err := grantsOf(ctx, tx, personID)
		if err != nil {
			return err
		}
		me.ID, me.Name, me.StaffNo, me.Title, me.Language = a.ID, a.Name, a.StaffNo, a.Title, a.Language
		me.CampusID, me.DepartmentID, me.VendorID, me.Teams = a.CampusID, a.DepartmentID, a.VendorID, a.Teams
		me.MustChangePassword, me.SecondFactor = a.MustChange, a.TOTPSecret != ""
		for i, g := range grants {
			if i == 0 || g.RoleID != grants[i-1].RoleID {
				me.Roles = append(me.Roles, g.RoleID)
			}
		}
		me.RecoveryCodes, err = countRecovery(ctx, tx, personID)
		return err
	})
	return me, err
}

// SetLanguage keeps the language the person wants; "" follows the browser.
func (s *Service) SetLanguage(ctx context.Context, v Visit, language string) error {
	personID, err := v.owner()
	if err != nil {
		return err
	}
	if language != "" && language != "zh" && language != "en" {
		return fault.Field("language", "bad_value")
	}
	return s.write(ctx, func(tx *db.Tx) error { return putLanguage(ctx, tx, personID, language) })
}

// owner returns who may look after the account: the person signed in through a
// browser. A token may not, or a leaked one could make itself at home.
func (v Visit) owner() (string, error) {
	if v.session == nil || v.session.Stage != Done {
		return "", fault.New(fault.Forbidden, "identity.session_needed")
	}
	return v.session.PersonID, nil
}

// NewPassword is a wish to change the own password.
type NewPassword struct {
	Current string `json:"current" minLength:"1" maxLength:"256"`
	Next    string `json:"next" minLength:"1" maxLength:"256"`
}

// ChangePassword sets a new password of one's own; it finishes the stage Password.
// All other sessions end and this one goes on under a new secret.
func (s *Service) ChangePassword(ctx context.Context, in NewPassword, v Visit) (Pass, error) {
	if v.session == nil || v.session.Stage == TOTP {
		if Of(ctx).SignedIn() {
			return Pass{}, fault.New(fault.Forbidden, "identity.session_needed")
		}
		return Pass{}, fault.New(fault.Unauthorized, "unauthorized")
	}
	a, err := s.again(ctx, v.session.PersonID, "current", in.Current)
	if err != nil {
		return Pass{}, err
	}
	if in.Next == in.Current {
		return Pass{}, fault.Field("next", "identity.password_same")
	}
	if err := passwordFault("next", in.Next, &a.Person); err != nil {
		return Pass{}, err
	}
	hash, err := s.hasher.hash(ctx, in.Next)
	if err != nil {
		return Pass{}, err
	}
	var pass Pass
	err = s.write(ctx, func(tx *db.Tx) error {
		now, err := getAccount(ctx, tx, a.ID, true)
		if err != nil {
			return err
		}
		if !now.Active || now.Password != a.Password { // changed while the hash was made
			return stale()
		}
		now.Password, now.PasswordUntil, now.MustChange, now.UpdatedAt = hash, 0, false, s.now()
		if _, err := db.Update(ctx, tx, "person", now); err != nil {
			return err
		}
		if _, err := deleteSessions(ctx, tx, a.ID, ""); err != nil {
			return err
		}
		if err := s.record(ctx, tx, s.self(ctx, &a.Person, v), "password.change", "person", a.ID, nil); err != nil {
			return err
		}
		pass, err = s.begin(ctx, tx, now, Done, v.session.Kept, v)
		return err
	})
	return pass, err
}

// self is the person as the one who acts, also before the sign-in is finished.
func (s *Service) self(ctx context.Context, p *Person, v Visit) *Actor {
	a := p.base()
	return a.From(v.IP, Of(ctx).RequestID)
}

// again asks for the password of someone signed in, before an act that someone at
// a borrowed screen must not do. It counts tries like a sign-in.
func (s *Service) again(ctx context.Context, personID, field, password string) (*account, error) {
	key := againKey(personID)
	if err := s.tryOnce(ctx, map[string]patience{key: byName}); err != nil {
		return nil, err
	}
	var a *account
	if err := s.read(ctx, func(tx *db.Tx) (err error) { a, err = getAccount(ctx, tx, personID, false); return err }); err != nil {
		return nil, err
	}
	ok, _, err := s.hasher.check(ctx, a.Password, password)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, s.failed(ctx, a, "again", fault.Field(field, "identity.wrong_password"))
	}
	return a, s.write(ctx, func(tx *db.Tx) error { return clearFailures(ctx, tx, key) })
}

// Sessions lists the person's own sessions, the one seen last first.
func (s *Service) Sessions(ctx context.Context, v Visit) ([]Session, error) {
	personID, err := v.owner()
	if err != nil {
		return nil, err
	}
	var out []Session
	err = s.read(ctx, func(tx *db.Tx) (err error) { out, err = listSessions(ctx, tx, personID, s.now()); return err })
	for i := range out {
		out[i].Current = out[i].ID == v.session.ID
	}
	return out, err
}

// EndSession ends one of the person's own sessions.
func (s *Service) EndSession(ctx context.Context, v Visit, sessionID string) error {
	personID, err := v.owner()
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := deleteSession(ctx, tx, personID, sessionID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing()
		}
		return s.record(ctx, tx, Of(ctx), "session.end", "person", personID, nil)
	})
}

// EndOtherSessions ends all of the person's own sessions but the visit's.
func (s *Service) EndOtherSessions(ctx context.Context, v Visit) error {
	personID, err := v.owner()
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := deleteSessions(ctx, tx, personID, v.session.ID)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Of(ctx), "session.end_others", "person", personID, map[string]any{"count": n})
	})
}

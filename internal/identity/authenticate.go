package identity

import (
	"context"
	"strings"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// bySession returns the actor and session of a cookie; neither when it does not
// hold, and no actor when the sign-in is not finished.
func (s *Service) bySession(ctx context.Context, hash string) (*Actor, *Session, error) {
	var found []seenSession
	if err := s.deps.DB.Look(ctx, func(tx *db.Tx) (err error) { found, err = findSession(ctx, tx, hash); return err }); err != nil {
		return nil, nil, err
	}
	now := s.now()
	if len(found) == 0 || !found[0].Active || found[0].ExpiresAt <= now {
		return nil, nil, nil
	}
	session := &found[0].Session
	if session.Stage != Done {
		return nil, session, nil
	}
	a, err := s.actor(ctx, session.PersonID, found[0].Version)
	if fault.CodeOf(err) == "not_found" { // deactivated a moment ago
		return nil, nil, nil
	}
	if err == nil && now-session.SeenAt >= seenEvery {
		s.touch(ctx, func(tx *db.Tx) error { return touchSession(ctx, tx, session, now) })
	}
	return a, session, err
}

// byToken returns the actor of an API token that holds.
func (s *Service) byToken(ctx context.Context, secret string) (*Actor, error) {
	bad := fault.New(fault.Unauthorized, "identity.bad_token")
	if len(secret) != len(tokenPrefix)+secretLength || !strings.HasPrefix(secret, tokenPrefix) {
		return nil, bad
	}
	var found []seenToken
	if err := s.deps.DB.Look(ctx, func(tx *db.Tx) (err error) { found, err = findToken(ctx, tx, id.Hash(secret)); return err }); err != nil {
		return nil, err
	}
	now := s.now()
	if len(found) == 0 || !found[0].Active || found[0].RevokedAt > 0 || found[0].ExpiresAt <= now {
		return nil, bad
	}
	t := &found[0].Token
	a, err := s.actor(ctx, t.PersonID, found[0].Version)
	if fault.CodeOf(err) == "not_found" {
		return nil, bad
	}
	if err != nil {
		return nil, err
	}
	if now-t.UsedAt >= seenEvery {
		s.touch(ctx, func(tx *db.Tx) error { return touchToken(ctx, tx, t.ID, now) })
	}
	return a.narrow(t.ID, t.Permissions), nil
}

// touch notes when something was used; a request does not fail because that could
// not be written.
func (s *Service) touch(ctx context.Context, f func(tx *db.Tx) error) {
	if err := s.write(ctx, f); err != nil {
		s.deps.Logger.WarnContext(ctx, "time of use not kept", "error", err)
	}
}

package identity

import (
	"context"
	"net/http"
	"strings"
	"unicode"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/web"
)

// cookieName names the session cookie.
const cookieName = "wardline"

// Staged is the access of what finishes a sign-in: anyone with a session, finished
// or not, and API tokens.
const Staged web.Access = "staged"

type visitKey struct{}

// VisitOf returns what the request of a context brought along.
func VisitOf(ctx context.Context) Visit {
	v, _ := ctx.Value(visitKey{}).(Visit)
	return v
}

// Authenticate returns the request's context with its actor: whom the bearer token
// or the session cookie belongs to, else the public one. A token that does not
// hold is the "identity.bad_token" fault; a cookie that does not hold is none.
func (s *Service) Authenticate(r *http.Request) (context.Context, error) {
	ctx := r.Context()
	v := Visit{IP: web.IP(ctx), UserAgent: shortened(r.UserAgent()),
		Secure: r.TLS != nil || strings.HasPrefix(s.deps.BaseURL, "https:")}
	actor := Public()
	// A request with this header has not passed the protection against other sites,
	// so it never acts through the cookie.
	if given := r.Header.Get("Authorization"); given != "" {
		scheme, secret, _ := strings.Cut(given, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return ctx, fault.New(fault.Unauthorized, "identity.bad_token")
		}
		a, err := s.byToken(ctx, strings.TrimSpace(secret))
		if err != nil {
			return ctx, err
		}
		actor = a
	} else if c, err := r.Cookie(cookieName); err == nil && len(c.Value) == secretLength {
		v.stale = id.Hash(c.Value)
		a, session, err := s.bySession(ctx, v.stale)
		if err != nil {
			return ctx, err
		}
		if session != nil {
			v.session = session
		}
		if a != nil {
			actor = a
		}
	}
	ctx = context.WithValue(ctx, visitKey{}, v)
	return With(ctx, actor.From(v.IP, web.RequestID(ctx))), nil
}

// secretLength is that of id.Secret.
const secretLength = 32

// shortened makes a header fit to be stored and shown.
func shortened(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300])
	}
	return s
}

// Authorize refuses an operation to the context's actor. A sign-in that is not
// finished is told what it lacks: identity.totp_due or identity.password_due.
func (s *Service) Authorize(ctx context.Context, access web.Access) error {
	actor := Of(ctx)
	session := VisitOf(ctx).session
	switch {
	case access == web.Public:
		return nil
	case actor.SignedIn():
		if access == web.SignedIn || access == Staged {
			return nil
		}
		return actor.Need(Permission(access))
	case session == nil:
		return fault.New(fault.Unauthorized, "unauthorized")
	case access == Staged:
		return nil
	case session.Stage == TOTP:
		return fault.New(fault.Unauthorized, "identity.totp_due")
	}
	return fault.New(fault.Forbidden, "identity.password_due")
}

// cookie makes the header that hands a session to the browser, or takes it away
// when the secret is empty. A kept one lives in the browser as long as browsers
// allow; how long it counts is for the server to say.
func cookie(p Pass, secure bool) string {
	c := http.Cookie{Name: cookieName, Value: p.Secret, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	switch {
	case p.Secret == "":
		c.MaxAge = -1
	case p.Kept:
		c.MaxAge = 400 * 24 * 3600
	}
	return c.String()
}

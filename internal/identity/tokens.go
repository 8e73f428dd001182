package identity

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// NewToken is a wish for a token.
type NewToken struct {
	Name        string       `json:"name" minLength:"1" maxLength:"60"`
	Permissions []Permission `json:"permissions" minItems:"1" maxItems:"100" doc:"A part of one's own"`
	ExpiresAt   int64        `json:"expiresAt" doc:"At most a year ahead"`
}

// Tokens lists the person's own tokens, newest first.
func (s *Service) Tokens(ctx context.Context, v Visit) ([]Token, error) {
	personID, err := v.owner()
	if err != nil {
		return nil, err
	}
	var out []Token
	err = s.read(ctx, func(tx *db.Tx) (err error) { out, err = listTokens(ctx, tx, personID); return err })
	return out, err
}

// MakeToken returns a token and its secret, which is not kept. The token acts within
// the person's scopes as they are at each use; a permission the person loses is
// lost to the token too.
func (s *Service) MakeToken(ctx context.Context, v Visit, in NewToken) (*Token, string, error) {
	personID, err := v.owner()
	if err != nil {
		return nil, "", err
	}
	now := s.now()
	t := &Token{ID: id.New(), PersonID: personID, Name: strings.TrimSpace(in.Name), CreatedAt: now, ExpiresAt: in.ExpiresAt}
	var bad fault.Fields
	switch {
	case t.Name == "":
		bad.Add("name", "required")
	case utf8.RuneCountInString(t.Name) > 60:
		bad.Add("name", "too_long", "max", 60)
	case !printable(t.Name):
		bad.Add("name", "bad_format")
	}
	if t.ExpiresAt <= now || t.ExpiresAt > now+maxTokenAge {
		bad.Add("expiresAt", "bad_value")
	}
	actor := Of(ctx)
	for _, p := range in.Permissions {
		if !actor.Can(p) {
			bad.Add("permissions", "identity.beyond", "permission", string(p))
		} else if !slices.Contains(t.Permissions, p) {
			t.Permissions = append(t.Permissions, p)
		}
	}
	if len(in.Permissions) == 0 {
		bad.Add("permissions", "required")
	}
	if err := bad.Err(); err != nil {
		return nil, "", err
	}
	secret := tokenPrefix + id.Secret()
	t.Hash = id.Hash(secret)
	err = s.write(ctx, func(tx *db.Tx) error {
		// The lock makes two who make their last token at once wait for each other.
		if _, err := getAccount(ctx, tx, personID, true); err != nil {
			return err
		}
		n, err := countTokens(ctx, tx, personID, now)
		if err != nil {
			return err
		}
		if n >= maxTokens {
			return fault.Field("name", "too_many_items", "max", maxTokens)
		}
		if err := db.Insert(ctx, tx, "api_token", t); err != nil {
			return err
		}
		return s.record(ctx, tx, actor, "token.make", "token", t.ID,
			map[string]any{"name": t.Name, "permissions": t.Permissions, "expiresAt": t.ExpiresAt})
	})
	return t, secret, err
}

// RevokeToken ends one of the person's own tokens at once.
func (s *Service) RevokeToken(ctx context.Context, v Visit, tokenID string) error {
	personID, err := v.owner()
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := revokeToken(ctx, tx, personID, tokenID, s.now())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing()
		}
		return s.record(ctx, tx, Of(ctx), "token.revoke", "token", tokenID, nil)
	})
}

package automation

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

//go:embed shipped.json
var shippedFile []byte

// Shipped is a rule that comes with the program.
type Shipped struct {
	Code string     `json:"code"`
	On   bool       `json:"on"` // only what tells somebody, or marks what went wrong, is on from the start
	Rule Definition `json:"rule"`
}

// ShippedRules returns the rules that come with the program, in their order.
func ShippedRules() ([]Shipped, error) {
	var out []Shipped
	if err := json.Unmarshal(shippedFile, &out); err != nil {
		return nil, fmt.Errorf("shipped rules: %w", err)
	}
	return out, nil
}

// EnsureShipped adds the shipped rules that are missing, behind those there are. One
// that the hospital has changed or switched stays as it is.
func (s *Service) EnsureShipped(ctx context.Context) error {
	list, err := ShippedRules()
	if err != nil {
		return err
	}
	who := identity.System("automation")
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		have, err := rulesIn(ctx, tx, false)
		if err != nil {
			return err
		}
		known := map[string]bool{}
		last := int64(0)
		for _, r := range have {
			known[r.Code], last = true, max(last, r.Position)
		}
		now := s.Clock.Now()
		for _, sh := range list {
			if known[sh.Code] {
				continue
			}
			last++
			r := Rule{ID: id.New(), Code: sh.Code, Position: last, On: sh.On, Version: 1, Body: sh.Rule, UpdatedAt: now}
			if sh.On {
				r.OnSince = now
			}
			fresh, err := insertRule(ctx, tx, &r)
			if err != nil || !fresh { // another replica was first
				return err
			}
			v := Version{ID: id.New(), RuleID: r.ID, Version: 1, Body: r.Body, ByID: who.PersonID, ByName: who.Name, At: now}
			if err := insertVersion(ctx, tx, &v); err != nil {
				return err
			}
			if err := s.Trail.Record(ctx, tx, who.Who(), "rule.save", "rule", r.ID, map[string]any{"name": r.Body.NameZh, "version": 1}); err != nil {
				return err
			}
		}
		return nil
	})
}

package incident

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"wardline/internal/identity"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

//go:embed shipped.json
var shippedFile []byte

// Shipped is an emergency plan that comes with the program.
type Shipped struct {
	Code string   `json:"code"`
	Plan PlanBody `json:"plan"`
}

// ShippedPlans returns the plans that come with the program, in their order.
func ShippedPlans() ([]Shipped, error) {
	var out []Shipped
	if err := json.Unmarshal(shippedFile, &out); err != nil {
		return nil, fmt.Errorf("shipped plans: %w", err)
	}
	return out, nil
}

// EnsureShipped adds the shipped plans when there is none of any kind: one that the
// hospital has removed does not come back.
func (s *Service) EnsureShipped(ctx context.Context) error {
	list, err := ShippedPlans()
	if err != nil {
		return err
	}
	who := identity.System("incident")
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		had, err := plansIn(ctx, tx)
		if err != nil || len(had) > 0 {
			return err
		}
		for n, sh := range list {
			p := Plan{ID: id.New(), Code: sh.Code, Position: int64(n + 1), Active: true, Version: 1, Body: sh.Plan, UpdatedAt: s.Clock.Now()}
			fresh, err := insertPlan(ctx, tx, &p)
			if err != nil || !fresh { // another replica was first
				return err
			}
			if err := s.Trail.Record(ctx, tx, who.Who(), "incident.plan.save", "incident.plan", p.ID, map[string]any{"name": p.Body.NameZh, "version": 1}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Plans returns every emergency plan in its order.
func (s *Service) Plans(ctx context.Context) (out []Plan, err error) {
	if err := identity.Of(ctx).Need(identity.IncidentRead); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = plansIn(ctx, tx); return err })
	return out, err
}

// PlanInput is what may be said about a plan.
type PlanInput struct {
	Version  int64    `json:"version,omitempty" doc:"Version the caller saw; for a change"`
	Active   bool     `json:"active"`
	Position int64    `json:"position,omitempty" minimum:"0" maximum:"9999"`
	Body     PlanBody `json:"body"`
}

// SavePlan adds a plan, or with an id changes one. Check lists that were copied stay.
func (s *Service) SavePlan(ctx context.Context, planID string, in PlanInput, key string) (Plan, error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.IncidentCommand); err != nil {
		return Plan{}, err
	}
	if err := in.Body.check(); err != nil {
		return Plan{}, err
	}
	var out Plan
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, []any{"incident.plan", planID, in}, func() (Plan, error) {
			p := Plan{ID: id.New(), Position: in.Position, Version: 1}
			if planID != "" {
				if p, err = planByID(ctx, tx, planID, true); err != nil {
					return p, err
				}
				if in.Version != p.Version {
					return p, fault.New(fault.Conflict, "conflict", "version", p.Version)
				}
				p.Version++
			}
			p.Active, p.Body, p.UpdatedAt = in.Active, in.Body, s.Clock.Now()
			if in.Position > 0 {
				p.Position = in.Position
			}
			if p.Position == 0 {
				p.Position = 100
			}
			if planID == "" {
				_, err = insertPlan(ctx, tx, &p)
			} else {
				err = updatePlan(ctx, tx, &p)
			}
			if err != nil {
				return p, err
			}
			return p, s.Trail.Record(ctx, tx, actor.Who(), "incident.plan.save", "incident.plan", p.ID, map[string]any{"name": p.Body.NameZh, "version": p.Version})
		})
		return err
	})
	return out, err
}

// RemovePlan removes a plan; check lists that were copied from it stay.
func (s *Service) RemovePlan(ctx context.Context, planID string) error {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.IncidentCommand); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := planByID(ctx, tx, planID, true)
		if err != nil {
			return err
		}
		if err := deletePlan(ctx, tx, p.ID); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "incident.plan.remove", "incident.plan", p.ID, map[string]any{"name": p.Body.NameZh})
	})
}

// SettingsView are the settings with their version.
type SettingsView struct {
	Settings
	Version int64 `json:"version"`
}

// Settings returns when reports are suggested as one fault.
func (s *Service) Settings(ctx context.Context) (SettingsView, error) {
	if err := identity.Of(ctx).Need(identity.IncidentRead); err != nil {
		return SettingsView{}, err
	}
	var row settingsRow
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { row, err = settingsIn(ctx, tx); return err })
	return SettingsView{row.Body, row.Version}, err
}

// SaveSettings changes them.
func (s *Service) SaveSettings(ctx context.Context, in SettingsView) (SettingsView, error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.IncidentCommand); err != nil {
		return SettingsView{}, err
	}
	if in.Wide < in.Near {
		return SettingsView{}, fault.Field("wide", "incident.wide")
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		ok, err := saveSettings(ctx, tx, in.Settings, in.Version)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "conflict")
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "incident.settings", "setting", "incident", map[string]any{"after": in.Settings})
	})
	in.Version++
	return in, err
}

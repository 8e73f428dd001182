package asset

import (
	"context"
	"database/sql"
	"errors"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Target is what a scanned code stands on, and what a report from there begins with.
type Target struct {
	Kind           string       `json:"kind" enum:"asset,place"`
	AssetID        string       `json:"assetId,omitempty"`
	AssetNumber    string       `json:"assetNumber,omitempty"`
	AssetName      string       `json:"assetName,omitempty"`
	AssetClass     string       `json:"assetClass,omitempty"`
	AssetStatus    Status       `json:"assetStatus,omitempty" enum:"in_use,in_repair,idle,lent,scrapped" doc:"For those who have signed in"`
	PlaceID        string       `json:"placeId,omitempty"`
	PlaceName      string       `json:"placeName,omitempty" doc:"Full name of the place"`
	DepartmentID   string       `json:"departmentId,omitempty"`
	DepartmentName string       `json:"departmentName,omitempty"`
	ContactName    string       `json:"contactName,omitempty" doc:"The caller, who has signed in"`
	ContactPhone   string       `json:"contactPhone,omitempty"`
	PublicReport   bool         `json:"publicReport" doc:"Anyone may report here without signing in"`
	Usual          []Suggestion `json:"usual" doc:"What such things often need"`
}

// Scan returns what a code stands on. Someone who has not signed in gets it only
// where that is allowed, and otherwise the unauthorized fault, whatever the code.
func (s *Service) Scan(ctx context.Context, code string) (*Target, error) {
	actor := identity.Of(ctx)
	var t *Target
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if t, err = s.target(ctx, tx, actor, code); err != nil {
			return err
		}
		if !actor.SignedIn() && !t.PublicReport {
			return sql.ErrNoRows
		}
		return s.prefill(ctx, tx, actor, t)
	})
	if fault.CodeOf(err) == "not_found" && !actor.SignedIn() {
		return nil, fault.New(fault.Unauthorized, "unauthorized")
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// PublicReport returns the unauthorized fault unless the code stands where anyone
// may report without signing in.
func (s *Service) PublicReport(ctx context.Context, code string) error {
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := s.target(ctx, tx, identity.Public(), code)
		if err == nil && !t.PublicReport {
			err = sql.ErrNoRows
		}
		return err
	})
	if fault.CodeOf(err) == "not_found" {
		return fault.New(fault.Unauthorized, "unauthorized")
	}
	return err
}

// target finds what a code stands on. An old label is told from a false one only to
// those who may change its asset.
func (s *Service) target(ctx context.Context, tx *db.Tx, actor *identity.Actor, code string) (*Target, error) {
	if secret, ok := secretOf(s.Key, code); ok {
		c, err := findCode(ctx, tx, secret)
		if err != nil {
			return nil, err
		}
		a, err := load(ctx, tx, c.AssetID)
		if err != nil {
			return nil, err
		}
		if c.RevokedAt != 0 {
			if actor.May(identity.AssetWrite, a.Keys()) {
				return nil, fault.New(fault.Conflict, "asset.old_label", "number", a.Number, "assetId", a.ID)
			}
			return nil, sql.ErrNoRows
		}
		t := &Target{Kind: "asset", AssetID: a.ID, AssetNumber: a.Number, AssetName: a.Name, AssetClass: a.Class, AssetStatus: a.Status,
			PlaceID: a.PlaceID, DepartmentID: a.DepartmentID}
		return t, s.locate(ctx, tx, t)
	}
	p, err := s.placeOf(ctx, tx, code)
	if err != nil {
		return nil, err
	}
	t := &Target{Kind: "place", PlaceID: p.ID, DepartmentID: p.DepartmentID}
	return t, s.locate(ctx, tx, t)
}

// locate fills in names, and whether anyone may report there.
func (s *Service) locate(ctx context.Context, tx *db.Tx, t *Target) error {
	if t.PlaceID != "" {
		p, err := s.Org.Place(ctx, tx, t.PlaceID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		t.PlaceName, t.PublicReport = p.FullName, p.PublicReport && p.Active
	}
	if t.DepartmentID != "" {
		d, err := s.Org.Department(ctx, tx, t.DepartmentID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		t.DepartmentName = d.Name
		t.PublicReport = t.PublicReport || d.PublicReport && d.Active
	}
	return nil
}

// prefill adds what a report from here begins with, and takes away what the public
// need not know.
func (s *Service) prefill(ctx context.Context, tx *db.Tx, actor *identity.Actor, t *Target) error {
	t.Usual = []Suggestion{}
	public := !actor.SignedIn()
	if s.Suggest != nil {
		list, err := s.Suggest(ctx, tx, t.AssetClass, public)
		if err != nil {
			return err
		}
		t.Usual = append(t.Usual, list...)
	}
	if public {
		t.AssetStatus = ""
		return nil
	}
	known, err := s.people(ctx, tx, []string{actor.PersonID})
	me := known[actor.PersonID]
	t.ContactName, t.ContactPhone = me.Name, me.Phone
	return err
}

package asset

import (
	"context"
	"fmt"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

// Fresh is a new asset with the id and the secret of its code it shall have; what is
// empty is made. A secret has 16 digits or letters from a to v.
type Fresh struct {
	ID     string
	Secret string
	Input  Input
}

// Fill adds many assets in the caller's transaction, without asking for a permission:
// it is for the program itself. Their numbers must be new, and the places, departments
// and vendors they name must be there. The trail gets one entry.
func (s *Service) Fill(ctx context.Context, tx *db.Tx, in []Fresh) error {
	ids := make([]string, len(in))
	for i := range in {
		ids[i] = in[i].Input.PlaceID
	}
	places, err := s.Org.Places(ctx, tx, ids)
	if err != nil {
		return err
	}
	campuses := map[string]string{} // by department
	actor := identity.Of(ctx)
	assets, codes, events := make([]Asset, len(in)), make([]codeRow, len(in)), make([]Event, len(in))
	for i, x := range in {
		a, err := s.fresh(x.Input)
		if err != nil {
			return fmt.Errorf("asset %s: %w", x.Input.Number, err)
		}
		if x.ID != "" {
			a.ID = x.ID
		}
		if x.Secret == "" {
			x.Secret = newSecret()
		}
		if err := s.house(ctx, tx, &a, places, campuses); err != nil {
			return err
		}
		a.settle()
		assets[i], codes[i] = a, codeRow{Secret: x.Secret, AssetID: a.ID, MadeAt: a.CreatedAt}
		events[i] = Event{ID: id.New(), AssetID: a.ID, At: a.CreatedAt, Kind: Created, ActorID: actor.PersonID, ActorName: actor.Name}
	}
	if err := db.InsertMany(ctx, tx, "asset", assets); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, "asset_code", codes); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, "asset_event", events); err != nil {
		return err
	}
	if err := s.Trail.Record(ctx, tx, actor.Who(), "asset.fill", "asset", "", map[string]any{"count": len(in)}); err != nil || s.Changed == nil {
		return err
	}
	return s.Changed(ctx, tx, &Asset{}, Created)
}

// house fills in department and campus from the places at hand.
func (s *Service) house(ctx context.Context, tx *db.Tx, a *Asset, places map[string]org.Place, campuses map[string]string) error {
	if a.PlaceID != "" {
		p, ok := places[a.PlaceID]
		if !ok {
			return fmt.Errorf("asset %s: no place %s", a.Number, a.PlaceID)
		}
		a.CampusID = p.CampusID
		if a.DepartmentID == "" {
			a.DepartmentID = p.DepartmentID
		}
	}
	if a.CampusID != "" || a.DepartmentID == "" {
		return nil
	}
	campus, ok := campuses[a.DepartmentID]
	if !ok {
		d, err := s.Org.Department(ctx, tx, a.DepartmentID)
		if err != nil {
			return err
		}
		campus = d.CampusID
		campuses[a.DepartmentID] = campus
	}
	a.CampusID = campus
	return nil
}

package asset

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/text"
)

// Filter narrows a list; what is empty does not.
type Filter struct {
	Text           string // number, name, pinyin, initials, model, serial number or address
	Statuses       []Status
	Class          string
	PlaceID        string // or below it
	DepartmentID   string // or below it
	CampusID       string
	VendorID       string
	CustodianID    string
	WarrantyBefore string // warranty ends before this day, YYYY-MM-DD
}

// query makes the list's query, limited to what the actor may see.
func (s *Service) query(ctx context.Context, tx *db.Tx, scope identity.Scope, f Filter) (*db.Query, error) {
	q := db.NewQuery()
	scope.Limit(q, scopeColumns())
	for _, c := range []struct{ column, value string }{{"class", f.Class}, {"campus_id", f.CampusID}, {"vendor_id", f.VendorID}, {"custodian_id", f.CustodianID}} {
		if c.value != "" {
			q.Where(c.column+" = ?", c.value)
		}
	}
	if len(f.Statuses) > 0 {
		values := make([]string, len(f.Statuses))
		for i, st := range f.Statuses {
			values[i] = string(st)
		}
		q.In("status", values...)
	}
	if f.PlaceID != "" {
		below, err := s.Org.PlacesBelow(ctx, tx, f.PlaceID)
		if err != nil {
			return nil, err
		}
		q.In("place_id", append(below, f.PlaceID)...)
	}
	if f.DepartmentID != "" {
		below, err := s.Org.DepartmentsBelow(ctx, tx, f.DepartmentID)
		if err != nil {
			return nil, err
		}
		q.In("department_id", append(below, f.DepartmentID)...)
	}
	if f.WarrantyBefore != "" {
		q.Where("warranty_until <> '' AND warranty_until < ?", f.WarrantyBefore)
	}
	for _, t := range text.KeyTerms(f.Text) {
		q.Where(`search LIKE ? ESCAPE '\'`, text.LikeContains(t))
	}
	return q, nil
}

// List returns a page of the assets the caller may see, by number, and the cursor of
// the next page.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (out []View, next string, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetRead); err != nil {
		return nil, "", err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		q, err := s.query(ctx, tx, actor.Scope(identity.AssetRead), f)
		if err != nil {
			return err
		}
		q.OrderBy(db.Order{Column: "number", Text: true}).Limit(limit + 1)
		if err := q.After(cursor); err != nil {
			return err
		}
		list, err := listBy(ctx, tx, q)
		if err != nil {
			return err
		}
		if len(list) > limit {
			list = list[:limit]
			next = db.Cursor(list[limit-1].Number)
		}
		out, err = s.views(ctx, tx, list)
		return err
	})
	return out, next, err
}

// Count returns how many assets of a list there are for the caller.
func (s *Service) Count(ctx context.Context, f Filter) (n int64, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetRead); err != nil {
		return 0, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		q, err := s.query(ctx, tx, actor.Scope(identity.AssetRead), f)
		if err != nil {
			return err
		}
		n, err = countBy(ctx, tx, q)
		return err
	})
	return n, err
}

// see returns an asset that the caller may see.
func (s *Service) see(ctx context.Context, tx *db.Tx, assetID string) (Asset, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetRead); err != nil {
		return Asset{}, err
	}
	a, err := load(ctx, tx, assetID)
	if err != nil {
		return a, err
	}
	return a, actor.NeedFor(identity.AssetRead, identity.AssetRead, a.Keys())
}

// Show returns an asset to who may see it.
func (s *Service) Show(ctx context.Context, assetID string) (out *View, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		a, err := s.see(ctx, tx, assetID)
		if err != nil {
			return err
		}
		out, err = s.view(ctx, tx, a)
		return err
	})
	return out, err
}

// History returns a page of what became of an asset, newest first, and the cursor of
// the next page.
func (s *Service) History(ctx context.Context, assetID string, limit int, cursor string) (out []Event, next string, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := s.see(ctx, tx, assetID); err != nil {
			return err
		}
		q := db.NewQuery().Where("asset_id = ?", assetID).OrderBy(db.Order{Column: "id", Text: true, Desc: true}).Limit(limit + 1)
		if err := q.After(cursor); err != nil {
			return err
		}
		if out, err = listEvents(ctx, tx, q); err == nil && len(out) > limit {
			out = slices.Clip(out[:limit])
			next = db.Cursor(out[limit-1].ID)
		}
		return err
	})
	return out, next, err
}

package app

import (
	"context"
	"slices"

	"wardline/internal/asset"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/workorder"
)

// register lets orders look things up in the register of assets.
type register struct{ assets *asset.Service }

// Thing implements workorder.Register.
func (r register) Thing(ctx context.Context, tx *db.Tx, assetID string) (workorder.Thing, error) {
	a, err := r.assets.Get(ctx, tx, assetID)
	return workorder.Thing{Number: a.Number, Name: a.Name, PlaceID: a.PlaceID, DepartmentID: a.DepartmentID, Keys: a.Keys()}, err
}

// Resolve implements workorder.Register.
func (r register) Resolve(ctx context.Context, tx *db.Tx, code string) (workorder.Found, error) {
	f, err := r.assets.Resolve(ctx, tx, code)
	return workorder.Found{AssetID: f.AssetID, PlaceID: f.PlaceID}, err
}

func (a *App) assetDeps() asset.Deps {
	return asset.Deps{DB: a.DB, Clock: a.Clock, Trail: a.Trail, Org: a.Org, Key: a.key("asset-code"), BaseURL: a.BaseURL, LabelHead: "一号响应",
		People: a.peopleOf, MayName: a.People.MayName, ByStaffNumber: a.People.FindByStaffNo, Suggest: a.suggest, Changed: a.assetChanged}
}

func (a *App) peopleOf(ctx context.Context, tx *db.Tx, ids []string) (map[string]asset.Person, error) {
	out := map[string]asset.Person{}
	for _, id := range ids {
		p, err := a.People.PersonIn(ctx, tx, id)
		if db.IsMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[id] = asset.Person{Name: p.Name, StaffNo: p.StaffNo, Phone: p.Phone}
	}
	return out, nil
}

// suggest returns the catalogue's items for things of a class.
func (a *App) suggest(ctx context.Context, tx *db.Tx, class string, public bool) ([]asset.Suggestion, error) {
	list, err := a.Catalog.ForAssetClass(ctx, tx, class, public)
	if err != nil {
		return nil, err
	}
	out := make([]asset.Suggestion, 0, len(list))
	for _, e := range list {
		s := asset.Suggestion{ID: e.ID, Code: e.Code, NameZh: e.NameZh, NameEn: e.NameEn, Version: e.Version, Priority: string(e.Priority), Symptoms: []asset.Symptom{}}
		for _, y := range e.Symptoms {
			s.Symptoms = append(s.Symptoms, asset.Symptom(y))
		}
		out = append(out, s)
	}
	return out, nil
}

func (a *App) assetChanged(ctx context.Context, tx *db.Tx, x *asset.Asset, k asset.Kind) error {
	return a.Events.Append(ctx, tx, event.Event{Topic: "asset", Subject: x.ID, Data: map[string]string{"kind": string(k)},
		Audience: identity.Keys{Campus: x.CampusID, Department: x.DepartmentID, Vendor: x.VendorID, People: []string{x.CustodianID}}})
}

// referenced tells whether anything outside the directory names a thing of it.
func (a *App) referenced(ctx context.Context, tx *db.Tx, kind org.Kind, id string) (bool, error) {
	if yes, err := a.Assets.Refers(ctx, tx, kind, id); yes || err != nil {
		return yes, err
	}
	if yes, err := a.Upkeep.Refers(ctx, tx, string(kind), id); yes || err != nil {
		return yes, err
	}
	if yes, err := a.Escalation.Refers(ctx, tx, string(kind), id); yes || err != nil {
		return yes, err
	}
	return a.Orders.Refers(ctx, tx, string(kind), id)
}

// countsBy tells whether items, teams or open orders count by a calendar.
func (a *App) countsBy(ctx context.Context, tx *db.Tx, calendarID string) (bool, error) {
	if used, err := a.Catalog.CountsBy(ctx, tx, calendarID); used || err != nil {
		return used, err
	}
	teams, err := a.Org.Teams(ctx, tx)
	if err != nil || slices.ContainsFunc(teams, func(t org.Team) bool { return t.Calendar == calendarID }) {
		return err == nil, err
	}
	return a.Orders.CountsBy(ctx, tx, calendarID)
}

package app

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/incident"
	"wardline/internal/platform/db"
	"wardline/internal/platform/web"
	"wardline/internal/workorder"
)

// incidents lets orders ask about major incidents, which are made after them.
type incidents struct{ app *App }

// Join implements workorder.Incidents.
func (x incidents) Join(ctx context.Context, tx *db.Tx, incidentID string, o *workorder.Order) (workorder.IncidentRef, error) {
	return x.app.Incidents.Join(ctx, tx, incidentID, o)
}

// State implements workorder.Incidents.
func (x incidents) State(ctx context.Context, tx *db.Tx, incidentID string) (workorder.IncidentState, error) {
	return x.app.Incidents.State(ctx, tx, incidentID)
}

// Current implements workorder.Incidents.
func (x incidents) Current(ctx context.Context, tx *db.Tx, campusID string) ([]workorder.IncidentState, error) {
	return x.app.Incidents.Current(ctx, tx, campusID)
}

// makeIncidents puts together what leads major incidents, and adds the emergency plans
// that come with the program where there are none.
func (a *App) makeIncidents(ctx context.Context) error {
	a.Incidents = incident.New(incident.Deps{DB: a.DB, Clock: a.Clock, Zone: a.Zone, Trail: a.Trail, Events: a.Events, Jobs: a.Queue, Orders: a.Orders,
		Org: a.Org, People: a.People, Notify: a.Notify, Logger: a.Logger, Spot: register{a.Assets}.Resolve,
		Item: func(ctx context.Context, tx *db.Tx, itemID string) (incident.Item, error) {
			item, err := a.Catalog.Current(ctx, tx, itemID)
			return incident.Item{Code: item.Code, Category: item.CategoryID, NameZh: item.NameZh, NameEn: item.NameEn}, err
		}})
	if err := a.Incidents.Begin(ctx); err != nil {
		return err
	}
	return a.Incidents.EnsureShipped(ctx)
}

func (a *App) incidentRoutes(limit func(ctx context.Context, what string) error) {
	h := incident.HTTP{Service: a.Incidents, Limit: limit}
	h.Register(a.API)
	a.API.Handle("GET "+web.Prefix+"/incidents/{id}/report", web.Access(identity.IncidentRead), h.ReportHandler())
}

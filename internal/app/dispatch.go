package app

import (
	"context"

	"wardline/internal/dispatch"
	"wardline/internal/platform/db"
)

// makeChooser puts together what finds people for orders.
func (a *App) makeChooser() {
	a.Chooser = dispatch.New(dispatch.Deps{DB: a.DB, Clock: a.Clock, Zone: a.Zone, Trail: a.Trail, Events: a.Events, Jobs: a.Queue, Logger: a.Logger,
		Orders: a.Orders, Org: a.Org, People: a.People,
		CategoryOf: func(ctx context.Context, tx *db.Tx, itemID string) (string, error) {
			item, err := a.Catalog.Current(ctx, tx, itemID)
			return item.CategoryID, err
		},
		VendorOf: func(ctx context.Context, tx *db.Tx, assetID string) (string, error) {
			thing, err := register{a.Assets}.Thing(ctx, tx, assetID)
			if db.IsMissing(err) {
				return "", nil
			}
			return thing.Keys.Vendor, err
		}})
	a.giver = a.Chooser.NewFollower(a.Tail)
}

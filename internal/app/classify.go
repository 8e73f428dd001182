package app

import (
	"context"

	"wardline/internal/classify"
	"wardline/internal/platform/db"
	"wardline/internal/platform/web"
	"wardline/internal/workorder"
)

// makeSorter puts together what reads from words what an order is about. Orders ask it
// whether they are tried remotely, so they must be there and are told of it here.
func (a *App) makeSorter(ctx context.Context) error {
	a.Sorter = classify.New(classify.Deps{DB: a.DB, Clock: a.Clock, Zone: a.Zone, Trail: a.Trail, Jobs: a.Queue, Logger: a.Logger,
		Orders: a.Orders, Catalog: a.Catalog, Org: a.Org})
	a.Orders.Policy = func(ctx context.Context, tx *db.Tx, s workorder.Scene) (workorder.Ruling, bool, error) {
		return a.Sorter.Policy(ctx, tx, s)
	}
	return a.Sorter.EnsureShipped(ctx)
}

// sorting registers the operations of suggesting.
func (a *App) sorting(limiter *web.Limiter) {
	classify.HTTP{Service: a.Sorter, Limit: limiter.Allow}.Register(a.API)
}

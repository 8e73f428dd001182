package app

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
	"wardline/internal/transport"
	"wardline/internal/workorder"
)

// makeTransport puts together what moves things; it needs the orders, which ask back.
func (a *App) makeTransport() {
	a.Moves = transport.New(transport.Deps{DB: a.DB, Clock: a.Clock, Trail: a.Trail, Org: a.Org, Orders: a.Orders, Assets: a.Assets, Key: a.key("wristband"),
		Way: a.Chooser.Way,
		Staff: func(ctx context.Context, tx *db.Tx, staffNo string) (workorder.Worker, error) {
			found, err := a.People.FindByStaffNo(ctx, tx, []string{staffNo})
			if err != nil {
				return workorder.Worker{}, err
			}
			for _, personID := range found {
				p, err := a.People.PersonIn(ctx, tx, personID)
				if err != nil {
					return workorder.Worker{}, err
				}
				return workorder.Worker{ID: p.ID, Name: p.Name}, nil
			}
			return workorder.Worker{}, fault.Missing()
		},
		Reasons: func(ctx context.Context, tx *db.Tx) (func(string) bool, error) {
			book, err := a.Clocks.Book(ctx, tx)
			return func(code string) bool { _, ok := book.Reason(code); return ok }, err
		}})
	a.Orders.Reported, a.Orders.Guard = a.Moves.Reported, a.Moves.Guard
}

func (a *App) transportRoutes() {
	h := transport.HTTP{Service: a.Moves}
	h.Register(a.API)
	a.API.Handle("GET "+web.Prefix+"/orders/{id}/receipt", web.Access(identity.OrderRead), h.ReceiptHandler(a.Zone))
}

package app

import (
	"context"

	"wardline/internal/automation"
	"wardline/internal/escalation"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// makeEscalation puts together what watches over orders, and adds the ladders that come
// with the program where they are missing.
func (a *App) makeEscalation(ctx context.Context) error {
	a.Escalation = escalation.New(escalation.Deps{DB: a.DB, Clock: a.Clock, Zone: a.Zone, Trail: a.Trail, Events: a.Events, Jobs: a.Queue,
		Orders: a.Orders, Notify: a.Notify, People: a.People, Logger: a.Logger, Recipients: a.reminded,
		CategoryOf: func(ctx context.Context, tx *db.Tx, itemID string) (string, error) {
			item, err := a.Catalog.Current(ctx, tx, itemID)
			return item.CategoryID, err
		}})
	a.watcher = a.Escalation.NewFollower(a.Tail)
	return a.Escalation.Ensure(ctx)
}

// reminded returns who plays a part in an order, of those who may see it.
func (a *App) reminded(ctx context.Context, part, who string, o *workorder.Order) ([]string, error) {
	if part != escalation.ToRole {
		return a.recipients(ctx, map[string]string{escalation.ToAssignee: automation.ToAssignee, escalation.ToLeads: automation.ToLeads,
			escalation.ToTeam: automation.ToTeam, escalation.ToAgents: automation.ToAgents, escalation.ToPerson: automation.ToPerson}[part], who, o)
	}
	return a.People.InRole(ctx, who, o.Keys())
}

package app

import (
	"bytes"
	"context"
	"net/http"

	"wardline/internal/automation"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/outbound"
	"wardline/internal/workorder"
)

// makeRules puts together what rules work with, and adds the rules that come with
// the program where they are missing.
func (a *App) makeRules(ctx context.Context) error {
	client := outbound.Client(outbound.Options{})
	a.Rules = automation.New(automation.Deps{DB: a.DB, Clock: a.Clock, Zone: a.Zone, Trail: a.Trail, Events: a.Events, Jobs: a.Queue,
		Orders: a.Orders, Chooser: a.Chooser, Notify: a.Notify, Incidents: a.Incidents, Around: a.around, Recipients: a.recipients, Team: a.teamNamed,
		Known: a.namedByRules, SignKey: a.key("rule-webhook"), Logger: a.Logger,
		Post: func(ctx context.Context, address string, head map[string]string, body []byte) (int, error) {
			return post(ctx, client, address, head, body)
		}})
	a.ruler = a.Rules.NewFollower(a.Tail)
	return a.Rules.EnsureShipped(ctx)
}

// post calls an address outside.
func post(ctx context.Context, client *http.Client, address string, head map[string]string, body []byte) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for k, v := range head {
		r.Header.Set(k, v)
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// around says what rules may ask about an order's surroundings.
func (a *App) around(ctx context.Context, o *workorder.Order, at int64) (out automation.Surroundings, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		workday, err := a.workdays(ctx, tx, o.CampusID)
		if err != nil {
			return err
		}
		out.Workday = workday(clock.Time(at))
		if o.PlaceID == "" {
			return nil
		}
		p, err := a.Org.Place(ctx, tx, o.PlaceID)
		out.PlaceClass = p.Class
		if db.IsMissing(err) {
			err = nil
		}
		return err
	})
	return out, err
}

// recipients returns who plays a part in an order, of those who may see it.
func (a *App) recipients(ctx context.Context, part, personID string, o *workorder.Order) ([]string, error) {
	role, ok := map[string]notify.Role{automation.ToAssignee: notify.Assignee, automation.ToLeads: notify.Leads, automation.ToTeam: notify.TeamPool,
		automation.ToReporter: notify.Reporter, automation.ToAgents: notify.Agents}[part]
	people := []string{personID}
	if ok {
		var err error
		if people, err = a.players(ctx, role, o, workorder.Note{AssigneeID: o.AssigneeID}); err != nil {
			return nil, err
		}
	}
	var out []string
	for _, p := range people {
		if p == "" {
			continue
		}
		sees, err := a.concerns(ctx, p, role, o)
		if err != nil {
			return nil, err
		}
		if sees {
			out = append(out, p)
		}
	}
	return out, nil
}

// teamNamed returns a team by a part of its name; empty when there is none.
func (a *App) teamNamed(ctx context.Context, hint string) (string, error) {
	list, err := a.Org.SearchTeams(identity.With(ctx, identity.System("automation")), org.Filter{Text: hint}, 1)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].ID, nil
}

// namedByRules tells whether there is such an active team or person, or an item that is
// offered.
func (a *App) namedByRules(ctx context.Context, tx *db.Tx, kind, id string) (ok bool, err error) {
	switch kind {
	case "team":
		ok, err = a.Org.Exists(ctx, tx, identity.ScopeTeam, id)
	case "person":
		p, missing := a.People.PersonIn(ctx, tx, id)
		if err = missing; err == nil {
			ok = p.Active
		}
	case "item":
		_, err = a.Catalog.Current(ctx, tx, id)
		if f, refused := fault.Of(err); refused && len(f.Fields) > 0 {
			return false, nil
		}
		ok = err == nil
	}
	if db.IsMissing(err) {
		err = nil
	}
	return ok, err
}

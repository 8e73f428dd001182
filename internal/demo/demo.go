package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"wardline/internal/asset"
	"wardline/internal/catalog"
	"wardline/internal/classify"
	"wardline/internal/escalation"
	"wardline/internal/identity"
	"wardline/internal/incident"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/transport"
	"wardline/internal/upkeep"
	"wardline/internal/workorder"
)

// Options say what hospital to invent.
type Options struct {
	Seed   uint64
	Orders int // how many orders of history
	Months int // over how many months before now
	Assets int // how many registered assets
	Now    int64
	Zone   *time.Location
}

// Parts are the services the hospital is made with.
type Parts struct {
	DB      *db.DB
	People  *identity.Service
	Org     *org.Service
	Catalog *catalog.Service
	Assets  *asset.Service
	Orders  *workorder.Service
	Plans   *upkeep.Service
	Watch   *escalation.Service
	// Incidents are the major ones.
	Incidents *incident.Service
	Sorter    *classify.Service
	Moves     *transport.Service
}

// Make invents the hospital and returns accounts to sign in with. It refuses a
// database that holds people already. progress is told after each portion of orders.
func Make(ctx context.Context, p Parts, o Options, progress func(done, of int)) ([]Account, error) {
	ctx = identity.With(ctx, identity.System("demo"))
	people, _, err := p.People.List(ctx, identity.PeopleFilter{}, 1, "")
	if err != nil {
		return nil, err
	}
	if len(people) > 0 {
		return nil, errors.New("this database holds people already; a demonstration hospital needs an empty one")
	}
	r := rand.New(rand.NewPCG(o.Seed, 2026))
	b := &builder{d: p.DB, people: p.People, org: p.Org, r: r, used: map[string]bool{}}
	h, err := b.build(ctx)
	if err != nil {
		return nil, err
	}
	if err := b.rosters(ctx, h, o); err != nil {
		return nil, fmt.Errorf("rosters: %w", err)
	}
	t := &teller{h: h, orders: p.Orders, zone: o.Zone, r: r, now: o.Now}
	if t.book, err = p.Orders.Book(ctx); err != nil {
		return nil, err
	}
	if t.items, err = seedCatalogue(ctx, p, h); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	if err := b.things(ctx, p.Assets, h, o); err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	if err := plan(ctx, p.Plans, h, t.items, o); err != nil {
		return nil, fmt.Errorf("plans: %w", err)
	}
	if err := t.tell(ctx, p.DB, o.Orders, o.Months, progress); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	if err := supervise(ctx, p, o); err != nil {
		return nil, fmt.Errorf("reports and watches: %w", err)
	}
	if err := t.outage(ctx, p.DB, p.Incidents); err != nil {
		return nil, fmt.Errorf("incident: %w", err)
	}
	if err := learned(ctx, p.Sorter, p.Orders, o.Now); err != nil {
		return nil, fmt.Errorf("what the history teaches: %w", err)
	}
	if err := move(ctx, p.Moves, p, h, t.items, r); err != nil {
		return nil, fmt.Errorf("moves: %w", err)
	}
	return h.accounts, nil
}

// seedCatalogue publishes the starter catalogue with the invented teams and
// returns the items that reports are made of.
func seedCatalogue(ctx context.Context, p Parts, h *hospital) ([]catalog.Item, error) {
	ids := map[string]string{}
	for id, t := range h.byTeam {
		for _, w := range teams {
			if w.name == t.name {
				for _, name := range w.covers {
					ids[name] = id
				}
			}
		}
	}
	err := p.DB.Write(ctx, func(tx *db.Tx) error { return p.Catalog.Seed(ctx, tx, ids) })
	if err != nil {
		return nil, err
	}
	tree, err := p.Catalog.Tree(ctx, false)
	if err != nil {
		return nil, err
	}
	var items []catalog.Item
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		for _, c := range tree.Categories {
			for _, e := range c.Items {
				it, err := p.Catalog.Current(ctx, tx, e.ID)
				if err != nil {
					return err
				}
				items = append(items, it)
			}
		}
		return nil
	})
	return items, err
}

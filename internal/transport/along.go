package transport

import (
	"cmp"
	"context"
	"slices"

	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// suggested is how many jobs on the way are shown at most.
const suggested = 5

// OnTheWay is a waiting job that lies on the way of another.
type OnTheWay struct {
	OrderID  string `json:"orderId"`
	Number   string `json:"number"`
	Kind     Kind   `json:"kind" enum:"patient,specimen,blood,drug,goods,papers,loan"`
	ItemName string `json:"itemName"`
	ItemEn   string `json:"itemNameEn"`
	Priority string `json:"priority"`
	FromName string `json:"fromName"`
	ToName   string `json:"toName"`
	Seconds  int64  `json:"seconds" doc:"How much longer the way becomes"`
}

// along weighs the jobs of the pool against the way of an order in hand.
func (s *Service) along(ctx context.Context, tx *db.Tx, orderID string, inHand []workorder.Order, pool []workorder.View) ([]OnTheWay, error) {
	conf, err := settings(ctx, tx)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for i := range inHand {
		ids = append(ids, inHand[i].ID)
	}
	carried := len(ids)
	for i := range pool {
		ids = append(ids, pool[i].ID)
	}
	sheets, err := sheetsOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var bag []Sheet
	for _, one := range ids[:carried] {
		if sh, ok := sheets[one]; ok {
			bag = append(bag, sh)
		}
	}
	mine, ok := sheets[orderID]
	if !ok || mine.FromID == "" || mine.ToID == "" {
		return nil, nil
	}
	var failed error
	way := func(from, to string) int64 {
		sec, _, err := s.Way(ctx, tx, from, to)
		if err != nil {
			failed = err
		}
		return sec
	}
	var out []OnTheWay
	for i := range pool {
		o := &pool[i]
		sh, ok := sheets[o.ID]
		if !ok || sh.FromID == "" || sh.ToID == "" || !slices.Contains(o.Actions, workorder.KindGrab) || !roomFor(bag, &sh, int(conf.Body.Capacity)) {
			continue
		}
		if extra := detour(way, mine.FromID, mine.ToID, sh.FromID, sh.ToID); extra <= conf.Body.Detour {
			out = append(out, OnTheWay{OrderID: o.ID, Number: o.Number, Kind: sh.Kind, ItemName: o.ItemName, ItemEn: o.ItemNameEn, Priority: o.Priority,
				FromName: sh.FromName, ToName: sh.ToName, Seconds: extra})
		}
	}
	slices.SortStableFunc(out, func(a, b OnTheWay) int { return cmp.Compare(a.Seconds, b.Seconds) })
	return out[:min(len(out), suggested)], failed
}

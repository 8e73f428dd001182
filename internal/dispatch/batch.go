package dispatch

import (
	"context"
	"fmt"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Proposal says which waiting orders of a team should go to which of its free people,
// so that all of them together are served best.
type Proposal struct {
	TeamID  string `json:"teamId"`
	Team    string `json:"team"`
	Waiting int    `json:"waiting" doc:"Orders that want somebody"`
	Free    int    `json:"free" doc:"People on duty with room for another order"`
	Pairs   []Pair `json:"pairs"`
	Best    Totals `json:"best" doc:"What the pairs come to"`
	Greedy  Totals `json:"greedy" doc:"What giving out one order after the other would come to"`
	Gain    int64  `json:"gain" doc:"Points by which the pairs are better; only when both serve as many orders, else 0"`
}

// Totals add up the pairs of an assignment.
type Totals struct {
	Placed      int   `json:"placed" doc:"Orders that somebody gets"`
	Score       int64 `json:"score"`
	WalkSeconds int64 `json:"walkSeconds" doc:"Ways that are known"`
}

// Pair is an order and the person who should have it; without a person nobody is left.
type Pair struct {
	OrderID    string     `json:"orderId"`
	Version    int64      `json:"version"`
	Number     string     `json:"number"`
	ItemName   string     `json:"itemName"`
	ItemNameEn string     `json:"itemNameEn"`
	Priority   string     `json:"priority"`
	PlaceName  string     `json:"placeName,omitempty"`
	ReportedAt int64      `json:"reportedAt"`
	Who        *Candidate `json:"who,omitempty"`
	GreedyID   string     `json:"greedyId,omitempty" doc:"Who would have it if orders were given out one after the other"`
	GreedyName string     `json:"greedyName,omitempty"`
}

// mostPairs is how many orders one proposal looks at, the most urgent first.
const mostPairs = 100

// Propose returns the best assignment of the waiting orders that the actor may dispatch.
func (s *Service) Propose(ctx context.Context, teamID string) (Proposal, error) {
	out := Proposal{TeamID: teamID, Pairs: []Pair{}}
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderDispatch); err != nil {
		return out, err
	}
	q, err := s.squad(ctx, teamID)
	if err != nil {
		return out, err
	}
	out.Team = q.team.Name
	orders, err := s.waitingOf(ctx, actor, q)
	if err != nil || len(orders) == 0 { // who may dispatch none of them learns nothing of the people
		return out, err
	}
	m, err := s.table(ctx, q, orders)
	if err != nil {
		return out, err
	}
	out.Waiting, out.Free = len(orders), m.free()
	best, greedy := Assign(m.cost), Greedy(m.cost)
	out.Best, out.Greedy = m.totals(best), m.totals(greedy)
	if out.Best.Placed == out.Greedy.Placed {
		out.Gain = m.sum(greedy) - m.sum(best)
	}
	for i := range orders {
		o := &orders[i]
		p := Pair{OrderID: o.ID, Version: o.Version, Number: o.Number, ItemName: o.ItemName, ItemNameEn: o.ItemNameEn, Priority: o.Priority,
			PlaceName: o.PlaceName, ReportedAt: o.ReportedAt}
		if j := best[i]; j >= 0 {
			p.Who = &m.who[i][j]
		}
		if j := greedy[i]; j >= 0 {
			p.GreedyID, p.GreedyName = m.who[i][j].PersonID, m.who[i][j].Name
		}
		out.Pairs = append(out.Pairs, p)
	}
	return out, nil
}

// waitingOf returns the waiting orders of the team that the actor may dispatch within it.
func (s *Service) waitingOf(ctx context.Context, actor *identity.Actor, q *squad) ([]workorder.Order, error) {
	var all []workorder.Order
	now := s.Clock.Now()
	for cursor := ""; ; {
		some, next, err := s.Orders.List(ctx, workorder.Filter{TeamID: q.team.ID, Status: waiting[:3], OnItsOwn: true}, 200, cursor)
		if err != nil {
			return nil, err
		}
		for _, o := range some {
			k := o.Keys()
			own := k
			own.Teams, own.Vendor, own.People = []string{q.team.ID}, q.team.VendorID, nil
			if o.TeamID == q.team.ID && !o.TasksOnly && actor.May(identity.OrderDispatch, k) && actor.May(identity.OrderDispatch, own) && o.WantedAt-bookedLead <= now {
				all = append(all, o)
			}
		}
		if cursor = next; next == "" || len(all) >= mostWaiting {
			break
		}
	}
	slices.SortStableFunc(all, pressing)
	return all[:min(len(all), mostPairs)], nil
}

// matrix is what each order would cost with each person.
type matrix struct {
	cost [][]int64
	who  [][]Candidate
}

const (
	rankCost = 10_000 // a level of priority outweighs any score: who is left out is the least urgent
	waitCost = 10     // for each minute waited, at most maxWait
	maxWait  = 240
)

// table weighs every order with every person.
func (s *Service) table(ctx context.Context, q *squad, orders []workorder.Order) (matrix, error) {
	var m matrix
	for i := range orders {
		o := &orders[i]
		n, err := s.needsOf(ctx, q, o)
		if err != nil {
			return m, err
		}
		byID := map[string]Candidate{}
		for _, c := range q.candidates(n) {
			byID[c.PersonID] = c
		}
		row, costs := make([]Candidate, 0, len(q.members)), make([]int64, 0, len(q.members))
		press := int64(7-urgency(o.Priority))*rankCost + min((s.Clock.Now()-o.ReportedAt)/clock.Minute, maxWait)*waitCost
		for _, p := range q.members {
			c := byID[p.base.PersonID]
			row = append(row, c)
			if q.eligible(&c, n) {
				costs = append(costs, -c.Score-press)
			} else {
				costs = append(costs, Forbidden)
			}
		}
		m.cost, m.who = append(m.cost, costs), append(m.who, row)
	}
	return m, nil
}

// free counts the people who may have at least one of the orders.
func (m *matrix) free() (n int) {
	for j := range m.who[0] {
		if slices.ContainsFunc(m.cost, func(row []int64) bool { return row[j] != Forbidden }) {
			n++
		}
	}
	return n
}

func (m *matrix) sum(cols []int) (sum int64) {
	for i, j := range cols {
		if j >= 0 {
			sum += m.cost[i][j]
		}
	}
	return sum
}

func (m *matrix) totals(cols []int) (t Totals) {
	for i, j := range cols {
		if j < 0 {
			continue
		}
		c := &m.who[i][j]
		t.Placed++
		t.Score += c.Score
		t.WalkSeconds += max(c.WalkSeconds, 0)
	}
	return t
}

// Choice is a pair that was chosen.
type Choice struct {
	OrderID  string `json:"orderId" minLength:"1" maxLength:"40"`
	PersonID string `json:"personId" minLength:"1" maxLength:"40"`
	Version  int64  `json:"version" minimum:"1" doc:"The order's version when it was proposed"`
}

// Outcome says what became of a chosen pair.
type Outcome struct {
	OrderID string `json:"orderId"`
	Done    bool   `json:"done"`
	Code    string `json:"code,omitempty" doc:"Why it was refused"`

	err error
}

// Apply gives out the chosen pairs. Each is a dispatch of its own by the actor; what is
// refused does not stop the others.
func (s *Service) Apply(ctx context.Context, teamID string, list []Choice, key string) ([]Outcome, error) {
	if err := identity.Of(ctx).Need(identity.OrderDispatch); err != nil {
		return nil, err
	}
	if err := unique(list); err != nil {
		return nil, err
	}
	out := make([]Outcome, 0, len(list))
	for _, c := range list {
		m := workorder.Meta{Version: c.Version}
		if key != "" {
			m.Key = fmt.Sprintf("%.50s:%s", key, c.OrderID)
		}
		_, err := s.Orders.Dispatch(ctx, c.OrderID, workorder.Assignment{TeamID: teamID, AssigneeID: c.PersonID, Note: "批量派单"}, m)
		o := Outcome{OrderID: c.OrderID, Done: err == nil, err: err}
		if err != nil {
			f, ok := fault.Of(db.Wrap(err))
			if !ok || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
				return out, err
			}
			if o.Code = f.Code; len(f.Fields) > 0 {
				o.Code = f.Fields[0].Code
			}
		}
		out = append(out, o)
	}
	return out, nil
}

// unique refuses lists that name an order twice.
func unique(list []Choice) error {
	seen := map[string]bool{}
	for _, c := range list {
		if seen[c.OrderID] {
			return fault.Field("pairs", "dispatch.twice")
		}
		seen[c.OrderID] = true
	}
	return nil
}

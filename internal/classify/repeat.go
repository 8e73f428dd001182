package classify

import (
	"context"
	"fmt"
	"sync"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

const (
	sweepPortion = 200
	// lookBack is how far behind the newest order looked at the next look begins: ids are
	// in the order of making, not of committing.
	lookBack = 20 * clock.Second
	// keepGuesses is how long it is remembered what was suggested.
	keepGuesses = 400 * clock.Day
	// early is how old an order may be at most for a suggestion to count as one that
	// somebody could have seen.
	early = 2 * clock.Hour
)

// Sweep looks at the orders made since it last did: what would have been suggested is
// recorded beside what was chosen, and what fails again and again becomes a visit and a
// problem. Each order counts once, whatever the number of replicas.
func (s *Service) Sweep(ctx context.Context) error {
	ctx = identity.With(ctx, identity.System("classify"))
	var last string
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		st, err := readState(ctx, tx)
		last = st.LastOrder
		return err
	})
	if err != nil {
		return err
	}
	from := last
	for {
		list, err := s.Orders.Since(ctx, from, sweepPortion)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if s.looked.has(list[i].ID) {
				continue
			}
			if err := s.consider(ctx, &list[i]); err != nil {
				return fmt.Errorf("order %s: %w", list[i].Number, err)
			}
			s.looked.add(list[i].ID)
		}
		from = list[len(list)-1].ID
		next := max(id.At(id.Moment(from)-lookBack, func() uint64 { return 0 }), last)
		s.looked.drop(next)
		if err := s.reached(ctx, next); err != nil || len(list) < sweepPortion {
			return err
		}
	}
}

// looked are the orders between where looks begin and the newest that have been looked
// at by this replica: a memory to save work, nothing hangs on it.
type looked struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (l *looked) has(orderID string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ids[orderID]
}

func (l *looked) add(orderID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ids == nil {
		l.ids = map[string]bool{}
	}
	l.ids[orderID] = true
}

// drop forgets those that no look will come upon again.
func (l *looked) drop(upTo string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.ids {
		if k <= upTo {
			delete(l.ids, k)
		}
	}
}

func (s *Service) reached(ctx context.Context, orderID string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		st, err := lockState(ctx, tx)
		if err != nil || st.LastOrder >= orderID {
			return err
		}
		st.LastOrder = orderID
		return updateState(ctx, tx, &st)
	})
}

// consider looks at one order, once.
func (s *Service) consider(ctx context.Context, o *workorder.Order) error {
	if o.Channel == workorder.ByImport || o.Channel == workorder.ByPlan || o.BatchID != "" {
		return nil
	}
	if err := s.repeated(ctx, o); err != nil {
		return err
	}
	if !hasWords(o) || s.Clock.Now()-o.ReportedAt > early {
		return nil
	}
	_, reported, err := s.Orders.Told(ctx, o.ID, 1)
	if err != nil {
		return err
	}
	tree, err := s.Catalog.Tree(ctx, false)
	if err != nil {
		return err
	}
	var set *settings
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { set, err = s.settings(ctx, tx); return err }); err != nil {
		return err
	}
	b, err := s.think(ctx, set.state.VersionID)
	if err != nil {
		return err
	}
	g := s.guess(b, set, entries(tree), o.Words)
	g.OrderID, g.At, g.ChosenID = o.ID, o.ReportedAt, o.ItemID
	if r := reported.Facts.Report; r != nil {
		g.ChosenID = r.ItemID
	}
	again := Suggestion{Alarms: alarms(set.words, o.Words)}
	again.candidates(b.model, entries(tree), o.Words)
	g.Top3 = again.among(g.ChosenID)
	return s.DB.Write(ctx, func(tx *db.Tx) error { _, err := insertGuess(ctx, tx, &g); return err })
}

// repeated makes the third report of the same within a week a visit and a problem.
func (s *Service) repeated(ctx context.Context, o *workorder.Order) error {
	if subjectOf(o) == "" || !o.Open {
		return nil
	}
	n, err := s.Orders.Repeats(ctx, o, repeatDays*clock.Day)
	if err != nil || n < 2 {
		return err
	}
	x := scene{Scene: workorder.Scene{ItemID: o.ItemID, ItemCode: o.ItemCode, Priority: o.Priority, Symptom: o.Symptom, Words: o.Words}, repeats: n}
	rule, ok, err := s.onRepeats(ctx, &x)
	if err != nil || !ok {
		return err
	}
	note := fmt.Sprintf("7 天内第 %d 次同一故障", n)
	if err := s.Orders.ForceOnsite(ctx, o.ID, rule, note, workorder.Meta{Key: "repeat:" + o.ID}); err != nil {
		return err
	}
	_, err = s.Note(ctx, o, n)
	return err
}

// onRepeats returns the first rule that speaks of repeated faults and fits.
func (s *Service) onRepeats(ctx context.Context, x *scene) (r workorder.Ruling, ok bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		set, err := s.settings(ctx, tx)
		if err != nil {
			return err
		}
		for i := range set.rules {
			if set.rules[i].When.Repeats > 0 && !ok {
				r, ok = decide(set.rules[i:i+1], x)
			}
		}
		return nil
	})
	return r, ok, err
}

// Note notes that an order is the n-th of the same within days: in the open problem of
// what keeps failing, or in a new one. It returns the problem's id.
func (s *Service) Note(ctx context.Context, o *workorder.Order, n int64) (problemID string, err error) {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error { problemID, err = s.noteIn(ctx, tx, o, n); return err })
	return problemID, err
}

func (s *Service) noteIn(ctx context.Context, tx *db.Tx, o *workorder.Order, n int64) (string, error) {
	// Whoever opens problems waits here, so that two orders do not open one each.
	if _, err := lockState(ctx, tx); err != nil {
		return "", err
	}
	now := s.Clock.Now()
	open, err := openProblem(ctx, tx, subjectOf(o))
	if err != nil {
		return "", err
	}
	who := identity.Of(ctx).Who()
	if len(open) > 0 {
		p := open[0]
		if !p.add(o.ID, n, now) {
			return p.ID, nil
		}
		p.Version++
		return p.ID, updateProblem(ctx, tx, &p)
	}
	p := problemOf(o, id.New(), now)
	p.add(o.ID, n, now)
	if err := insertProblem(ctx, tx, &p); err != nil {
		return "", err
	}
	return p.ID, s.Trail.Record(ctx, tx, who, "problem.open", "problem", p.ID, map[string]any{"number": o.Number, "repeats": n})
}

// ProblemFilter narrows a list of problems.
type ProblemFilter struct {
	Open, Closed    bool
	AssetID, ItemID string
}

// Problems returns a page of the problems that the actor may see, the newest first.
func (s *Service) Problems(ctx context.Context, f ProblemFilter, limit int, cursor string) ([]Problem, string, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return nil, "", err
	}
	q := actor.Scope(identity.OrderRead).Limit(db.NewQuery(), columns).OrderBy(db.Order{Column: "id", Desc: true, Text: true}).Limit(limit + 1)
	switch {
	case f.Open && !f.Closed:
		q.Where("closed_at = 0")
	case f.Closed && !f.Open:
		q.Where("closed_at > 0")
	}
	if f.AssetID != "" {
		q.Where("asset_id = ?", f.AssetID)
	}
	if f.ItemID != "" {
		q.Where("item_id = ?", f.ItemID)
	}
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	var out []Problem
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = listProblems(ctx, tx, q); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	return out[:limit], db.Cursor(out[limit-1].ID), nil
}

// ProblemView is a problem with those of its orders that the viewer may see.
type ProblemView struct {
	Problem
	Reports []Mistaken `json:"reports"`
}

// Problem returns one problem that the actor may see.
func (s *Service) Problem(ctx context.Context, problemID string) (ProblemView, error) {
	out := ProblemView{Reports: []Mistaken{}}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if out.Problem, err = getProblem(ctx, tx, problemID, false); err != nil {
			return err
		}
		if !identity.Of(ctx).May(identity.OrderRead, out.Keys()) {
			return fault.Missing()
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	for _, orderID := range out.Orders {
		o, err := s.Orders.Get(ctx, orderID)
		if db.IsMissing(err) {
			continue
		}
		if err != nil {
			return out, err
		}
		out.Reports = append(out.Reports, Mistaken{o.ID, o.Number, o.Words})
	}
	return out, nil
}

// Find notes what was found out about a problem, and closes it where that is said.
func (s *Service) Find(ctx context.Context, problemID string, in Finding) (ProblemView, error) {
	actor := identity.Of(ctx)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := getProblem(ctx, tx, problemID, true)
		if err != nil {
			return err
		}
		if err := actor.NeedFor(identity.OrderDispatch, identity.OrderRead, p.Keys()); err != nil {
			return err
		}
		if err := p.find(in, actor.Name, s.Clock.Now()); err != nil {
			return err
		}
		if err := updateProblem(ctx, tx, &p); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "problem.find", "problem", p.ID, map[string]any{"cause": p.Cause, "action": p.Action, "closed": p.ClosedAt > 0})
	})
	if err != nil {
		return ProblemView{}, err
	}
	return s.Problem(ctx, problemID)
}

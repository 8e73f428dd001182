package classify

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// Spoken is a wording of which somebody has said what it is about; for checking only.
type Spoken struct {
	Words, ItemCode, Priority string
	Mode                      workorder.Mode // empty is not said
}

// Score is how many wordings were read right.
type Score struct {
	Count, Top1, Top3, Priority, Modes, Mode int
	Filled, FilledRight                      int
	Wrong                                    []Spoken
	Guesses                                  []string // what the wrong ones were taken for
}

// Evaluation is what a hospital's model is worth.
type Evaluation struct {
	Kind           string
	Orders         int
	Later, Starter Measure
	Untaught       Score // by the starter vocabulary alone
	Taught         Score // by the hospital's orders too
	Threshold      float64
}

// Evaluate measures what training now would give: by time on the hospital's own orders,
// and on wordings from outside, which nothing is learned from. It writes nothing.
func (s *Service) Evaluate(ctx context.Context, spoken []Spoken) (Evaluation, error) {
	ctx = identity.With(ctx, identity.System("classify"))
	var out Evaluation
	vocabulary, err := s.vocabulary(ctx)
	if err != nil {
		return out, err
	}
	orders, err := s.experience(ctx, mostOrders)
	if err != nil {
		return out, err
	}
	all := slices.Concat(vocabulary, orders)
	p := part(all)
	tried, err := fit(ctx, p.learn, nil)
	if err != nil {
		return out, err
	}
	tried.heat = tried.cool(p.balanced())
	j, err := s.judge(ctx, tried)
	if err != nil {
		return out, err
	}
	out.Kind, out.Orders, out.Later, out.Starter = tried.kind, len(orders), j.measure(p.later), j.measure(p.starter)
	var set *settings
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { set, err = s.settings(ctx, tx); return err }); err != nil {
		return out, err
	}
	out.Threshold = set.state.Threshold
	tree, err := s.Catalog.Tree(ctx, false)
	if err != nil {
		return out, err
	}
	full, err := fit(ctx, all, nil)
	if err != nil {
		return out, err
	}
	full.heat = tried.heat
	alone, err := s.untaught(ctx)
	if err != nil {
		return out, err
	}
	l := entries(tree)
	out.Untaught, out.Taught = score(j.with(alone), set, l, spoken), score(j.with(full), set, l, spoken)
	return out, nil
}

func (j judge) with(m *Model) judge {
	j.model = m
	return j
}

func score(j judge, set *settings, l listing, spoken []Spoken) Score {
	var out Score
	for _, x := range spoken {
		out.Count++
		v := j.of(x.Words)
		want := l.byCode[x.ItemCode].ID
		first := Chance{}
		if len(v.chances) > 0 {
			first = v.chances[0]
		}
		right := first.ItemID == want && want != ""
		if right {
			out.Top1++
		} else {
			out.Wrong, out.Guesses = append(out.Wrong, x), append(out.Guesses, l.byID[first.ItemID].Code)
		}
		if slices.ContainsFunc(v.chances[:min(3, len(v.chances))], func(c Chance) bool { return c.ItemID == want }) {
			out.Top3++
		}
		if v.priority == x.Priority {
			out.Priority++
		}
		if first.Confidence >= set.state.Threshold {
			out.Filled++
			if right {
				out.FilledRight++
			}
		}
		if x.Mode == "" {
			continue
		}
		out.Modes++
		e := l.byID[first.ItemID]
		r, ok := decide(set.rules, &scene{Scene: workorder.Scene{ItemCode: e.Code, ItemMode: e.Mode, Priority: v.priority, Words: x.Words}})
		if ok && r.Mode == x.Mode {
			out.Mode++
		}
	}
	return out
}

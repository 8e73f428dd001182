package classify

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
)

const (
	trainKind = "classify.train"
	// mostOrders is how many orders a model learns from, the newest.
	mostOrders = 20_000
	// keepVersions is how many versions are kept beside the one in force.
	keepVersions = 10
	// nightHour is when models are trained, in the hospital's zone.
	nightHour = 3
)

// vocabulary returns the wordings of the starter vocabulary and the catalogue's own
// words, for the items that are offered.
func (s *Service) vocabulary(ctx context.Context) ([]Sample, error) {
	tree, err := s.Catalog.Tree(ctx, false)
	if err != nil {
		return nil, err
	}
	phrases, err := starterPhrases()
	if err != nil {
		return nil, err
	}
	byCode := map[string][]string{}
	for _, p := range phrases {
		byCode[p.code] = append(byCode[p.code], p.words)
	}
	var out []Sample
	for _, c := range tree.Categories {
		for _, e := range c.Items {
			it, err := s.Catalog.Item(ctx, e.ID, 0)
			if err != nil {
				return nil, err
			}
			words := append([]string{it.NameZh, it.NameEn}, it.Aliases...)
			for _, y := range it.Symptoms {
				words = append(words, y.Label, it.NameZh+y.Label)
			}
			for _, w := range append(words, byCode[e.Code]...) {
				if w != "" {
					out = append(out, Sample{Words: w, ItemID: e.ID, Priority: string(e.Priority), Weight: phraseWeight})
				}
			}
		}
	}
	return out, nil
}

// experience returns the finished orders as samples; of items that are offered no
// more nothing is learned.
func (s *Service) experience(ctx context.Context, most int) ([]Sample, error) {
	tree, err := s.Catalog.Tree(ctx, false)
	if err != nil {
		return nil, err
	}
	offered := map[string]bool{}
	for _, c := range tree.Categories {
		for _, e := range c.Items {
			offered[e.ID] = true
		}
	}
	list, err := s.Orders.Teaching(ctx, most)
	if err != nil {
		return nil, err
	}
	out := make([]Sample, 0, len(list))
	for _, t := range list {
		if offered[t.ItemID] {
			out = append(out, Sample{Words: t.Words, ItemID: t.ItemID, OrderID: t.ID, At: t.ReportedAt, Priority: t.Priority, Mode: string(t.Mode)})
		}
	}
	return out, nil
}

// judge returns what judges samples with a model and the words of danger.
func (s *Service) judge(ctx context.Context, m *Model) (judge, error) {
	j := judge{model: m, priority: map[string]string{}, byCode: map[string]string{}}
	tree, err := s.Catalog.Tree(ctx, false)
	if err != nil {
		return j, err
	}
	for _, c := range tree.Categories {
		for _, e := range c.Items {
			j.priority[e.ID], j.byCode[e.Code] = string(e.Priority), e.ID
		}
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		set, err := s.settings(ctx, tx)
		if err == nil {
			j.words = set.words
		}
		return err
	})
	return j, err
}

// Train asks for a model to be trained now.
func (s *Service) Train(ctx context.Context) error {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.RuleManage); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		st, err := lockState(ctx, tx)
		if err != nil {
			return err
		}
		if st.RunState != "running" {
			st.RunState, st.RunDone, st.RunError = "queued", 0, ""
		}
		st.RunBy, st.RunAt = actor.Name, s.Clock.Now()
		if err := updateState(ctx, tx, &st); err != nil {
			return err
		}
		if err := s.Jobs.Enqueue(ctx, tx, jobs.Job{Kind: trainKind, Key: "all", Args: struct{}{}, MaxTries: 3}); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "classify.train", "classify", stateID, nil)
	})
}

// nightly asks for training once a night.
func (s *Service) nightly(ctx context.Context) error {
	if clock.Time(s.Clock.Now()).In(s.Zone).Hour() != nightHour {
		return nil
	}
	return s.Train(identity.With(ctx, identity.System("classify")))
}

// Learn trains a model, measures it by orders it has not seen and brings it into
// force. It may be run again: each run makes a version of its own.
func (s *Service) Learn(ctx context.Context) (Version, error) {
	ctx = identity.With(ctx, identity.System("classify"))
	if err := s.running(ctx, "running", ""); err != nil {
		return Version{}, err
	}
	v, err := s.make(ctx)
	if err != nil {
		if more := s.running(context.WithoutCancel(ctx), "failed", err.Error()); more != nil {
			s.Logger.Warn("the end of training could not be noted", "error", more)
		}
	}
	return v, err
}

func (s *Service) running(ctx context.Context, state, problem string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		st, err := lockState(ctx, tx)
		if err != nil {
			return err
		}
		st.RunState, st.RunDone, st.RunError = state, 0, problem
		if st.RunAt == 0 || state == "running" {
			st.RunAt = s.Clock.Now()
		}
		return updateState(ctx, tx, &st)
	})
}

// make trains twice: once without what the model is measured by, once with everything.
func (s *Service) make(ctx context.Context) (Version, error) {
	began := s.Clock.Now()
	vocabulary, err := s.vocabulary(ctx)
	if err != nil {
		return Version{}, err
	}
	orders, err := s.experience(ctx, mostOrders)
	if err != nil {
		return Version{}, err
	}
	all := append(vocabulary, orders...)
	told := int64(0)
	step := func(from float64) func(float64) {
		return func(share float64) {
			if now := int64(100 * (from + share/2)); now >= told+10 {
				told = now
				_ = s.DB.Write(ctx, func(tx *db.Tx) error { return progress(ctx, tx, now) }) // only a display
			}
		}
	}
	p := part(all)
	tried, err := fit(ctx, p.learn, step(0))
	if err != nil {
		return Version{}, err
	}
	tried.heat = tried.cool(p.balanced())
	j, err := s.judge(ctx, tried)
	if err != nil {
		return Version{}, err
	}
	v := versionRow{Version: Version{ID: id.New(), Orders: int64(len(orders)), Phrases: int64(len(vocabulary)), Heat: tried.heat,
		Later: j.measure(p.later), Starter: j.measure(p.starter)}}
	m, err := fit(ctx, all, step(0.5))
	if err != nil {
		return Version{}, err
	}
	m.heat = tried.heat
	if v.Model, err = m.encode(); err != nil {
		return Version{}, err
	}
	v.Kind, v.Items, v.Grams, v.Bytes = m.kind, int64(len(m.items)), int64(len(m.rows)), int64(len(v.Model))
	v.Top1, v.Top3, v.Held = v.Later.Top1, v.Later.Top3, int64(v.Later.Count)
	if v.Held == 0 {
		v.Top1, v.Top3 = v.Starter.Top1, v.Starter.Top3
	}
	v.TrainedAt = s.Clock.Now()
	v.Took = v.TrainedAt - began
	return v.Version, s.introduce(ctx, &v)
}

// introduce stores a version and removes the oldest. It comes into force, unless an
// administrator has gone back to an older one.
func (s *Service) introduce(ctx context.Context, v *versionRow) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		st, err := lockState(ctx, tx)
		if err != nil {
			return err
		}
		list, err := listVersions(ctx, tx)
		if err != nil {
			return err
		}
		if err := insertVersion(ctx, tx, v); err != nil {
			return err
		}
		if len(list) == 0 || st.VersionID == list[0].ID {
			st.VersionID = v.ID
		}
		st.Stamp++
		st.RunState, st.RunDone, st.RunError = "done", 100, ""
		if err := updateState(ctx, tx, &st); err != nil {
			return err
		}
		for i := range list {
			if i >= keepVersions && list[i].ID != st.VersionID {
				if err := deleteVersion(ctx, tx, list[i].ID); err != nil {
					return err
				}
			}
		}
		s.forget(tx)
		return s.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "classify.version", "classify", v.ID,
			map[string]any{"kind": v.Kind, "orders": v.Orders, "top1": v.Top1, "top3": v.Top3})
	})
}

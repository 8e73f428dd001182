package classify

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Version is a trained model with what it was measured by. It never changes.
type Version struct {
	ID        string  `db:"id" json:"id"`
	Kind      string  `db:"kind" json:"kind" enum:"naive_bayes,logistic" doc:"Naive Bayes while there are few orders"`
	TrainedAt int64   `db:"trained_at" json:"trainedAt"`
	Took      int64   `db:"took" json:"took" doc:"Milliseconds"`
	Orders    int64   `db:"orders" json:"orders" doc:"Finished orders it learned from"`
	Phrases   int64   `db:"phrases" json:"phrases" doc:"Wordings of the starter vocabulary and the catalogue"`
	Items     int64   `db:"items" json:"items"`
	Grams     int64   `db:"grams" json:"grams"`
	Bytes     int64   `db:"bytes" json:"bytes" doc:"Of the stored model"`
	Heat      float64 `db:"heat" json:"heat" doc:"By which scores are divided so that confidence tells the truth"`
	Top1      float64 `db:"top1" json:"top1"`
	Top3      float64 `db:"top3" json:"top3"`
	Held      int64   `db:"held" json:"held" doc:"Orders it was measured by, all later than those learned from"`
	Later     Measure `db:"later,json" json:"-"`
	Starter   Measure `db:"starter,json" json:"-"`
}

// Run is how far training is.
type Run struct {
	State string `json:"state,omitempty" enum:",queued,running,done,failed"`
	Done  int64  `json:"done" doc:"Percent"`
	By    string `json:"by,omitempty"`
	At    int64  `json:"at,omitempty"`
	Error string `json:"error,omitempty"`
}

// Overview is what administrators see first.
type Overview struct {
	Stamp     int64     `json:"stamp" doc:"Send it back with a change to be told of changes in between"`
	ActiveID  string    `json:"activeId,omitempty" doc:"Version in force; absent: the starter vocabulary alone"`
	Threshold float64   `json:"threshold"`
	Run       Run       `json:"run"`
	Versions  []Version `json:"versions" doc:"The newest first"`
}

// Report is all that is known of a version.
type Report struct {
	Version
	Later   Measure `json:"later" doc:"Orders later than those learned from, none of them word for word among those"`
	Starter Measure `json:"starter" doc:"Every fifth wording of the starter vocabulary, kept from the model while it was measured"`
}

// Overview returns the versions and the settings.
func (s *Service) Overview(ctx context.Context) (out Overview, err error) {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		st, err := readState(ctx, tx)
		if err != nil {
			return err
		}
		out = Overview{Stamp: st.Stamp, ActiveID: st.VersionID, Threshold: st.Threshold,
			Run: Run{st.RunState, st.RunDone, st.RunBy, st.RunAt, st.RunError}}
		out.Versions, err = listVersions(ctx, tx)
		return err
	})
	return out, err
}

// Report returns what a version was measured by; empty names the one in force.
func (s *Service) Report(ctx context.Context, versionID string) (Report, error) {
	v, err := s.version(ctx, versionID)
	if err != nil {
		return Report{}, err
	}
	r := Report{Version: v, Later: v.Later, Starter: v.Starter}
	r.Later.Confusion = slices.Clone(r.Later.Confusion)
	for i := range r.Later.Confusion {
		r.Later.Confusion[i].Orders = nil
	}
	return r, nil
}

func (s *Service) version(ctx context.Context, versionID string) (v Version, err error) {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if versionID == "" {
			st, err := readState(ctx, tx)
			if err != nil {
				return err
			}
			if versionID = st.VersionID; versionID == "" {
				return fault.Missing()
			}
		}
		v, err = getVersion(ctx, tx, versionID)
		return err
	})
	return v, err
}

// Mistaken is an order whose item was taken for another.
type Mistaken struct {
	OrderID string `json:"orderId"`
	Number  string `json:"number"`
	Words   string `json:"words"`
}

// Mistakes returns orders of a cell of a version's confusion table, those that the
// actor may see.
func (s *Service) Mistakes(ctx context.Context, versionID, itemID, guessID string) ([]Mistaken, error) {
	v, err := s.version(ctx, versionID)
	if err != nil {
		return nil, err
	}
	out := []Mistaken{}
	for _, m := range v.Later.Confusion {
		if m.ItemID != itemID || m.GuessID != guessID {
			continue
		}
		for _, orderID := range m.Orders {
			o, err := s.Orders.Get(ctx, orderID)
			if db.IsMissing(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			out = append(out, Mistaken{o.ID, o.Number, o.Words})
		}
	}
	return out, nil
}

// Settings are what administrators set of suggesting.
type Settings struct {
	Stamp     int64   `json:"stamp,omitempty" doc:"As it was seen; refused when anything has changed since"`
	Threshold float64 `json:"threshold" minimum:"0.3" maximum:"1" doc:"Least confidence at which the item is filled in"`
	VersionID string  `json:"versionId" maxLength:"40" doc:"Version in force; empty: the starter vocabulary alone"`
}

// Set changes the threshold, or brings another version into force.
func (s *Service) Set(ctx context.Context, in Settings) (Overview, error) {
	err := s.change(ctx, in.Stamp, "classify.set", map[string]any{"threshold": in.Threshold, "version": in.VersionID}, func(tx *db.Tx, st *stateRow) error {
		if in.VersionID != "" && in.VersionID != st.VersionID {
			if _, err := getVersion(ctx, tx, in.VersionID); err != nil {
				if db.IsMissing(err) {
					return fault.Field("versionId", "unknown_reference")
				}
				return err
			}
		}
		st.VersionID, st.Threshold = in.VersionID, in.Threshold
		return nil
	})
	if err != nil {
		return Overview{}, err
	}
	return s.Overview(ctx)
}

// change carries out one change of what suggestions follow.
func (s *Service) change(ctx context.Context, stamp int64, act string, detail map[string]any, do func(tx *db.Tx, st *stateRow) error) error {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.RuleManage); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		st, err := lockState(ctx, tx)
		if err != nil {
			return err
		}
		if stamp != 0 && stamp != st.Stamp {
			return fault.New(fault.Conflict, "conflict", "version", st.Stamp)
		}
		if err := do(tx, &st); err != nil {
			return err
		}
		st.Stamp++
		if err := updateState(ctx, tx, &st); err != nil {
			return err
		}
		s.forget(tx)
		return s.Trail.Record(ctx, tx, actor.Who(), act, "classify", stateID, detail)
	})
}

// Live is how suggestions did with the orders of the last days, as they were made.
type Live struct {
	Days   int   `json:"days"`
	Count  int64 `json:"count" doc:"Orders reported in words"`
	Filled int64 `json:"filled" doc:"Of these, filled in without asking"`
	// Agreed, Final and the others count only orders for which there was a suggestion.
	Agreed      int64 `json:"agreed" doc:"What came first was chosen"`
	Top3        int64 `json:"top3" doc:"One of the first three was chosen"`
	FilledRight int64 `json:"filledRight" doc:"Filled in, and still the order's item"`
	Right       int64 `json:"right" doc:"What came first is the order's item now"`
	Changed     int64 `json:"changed" doc:"The item was corrected after the report"`
	ByWord      int64 `json:"byWord" doc:"Decided by a word of danger"`
}

// Live returns how suggestions have done lately.
func (s *Service) Live(ctx context.Context, days int) (Live, error) {
	out := Live{Days: days}
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return out, err
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := guessesSince(ctx, tx, s.Clock.Now()-int64(days)*clock.Day)
		if err != nil {
			return err
		}
		ids := make([]string, len(list))
		for i := range list {
			ids[i] = list[i].OrderID
		}
		now, err := s.Orders.ItemsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		for i := range list {
			out.add(&list[i], now[list[i].OrderID])
		}
		return nil
	})
	return out, err
}

func (l *Live) add(g *guessRow, item string) {
	count := func(at *int64, yes bool) {
		if yes {
			*at++
		}
	}
	l.Count++
	count(&l.Filled, g.Filled)
	count(&l.Agreed, g.GuessID == g.ChosenID)
	count(&l.Top3, g.Top3)
	count(&l.Right, g.GuessID == item)
	count(&l.FilledRight, g.Filled && g.GuessID == item)
	count(&l.Changed, item != "" && item != g.ChosenID)
	count(&l.ByWord, g.ByWord != "")
}

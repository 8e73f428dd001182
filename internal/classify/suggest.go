package classify

import (
	"context"
	"strings"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// Question is what somebody says, with what is known around it.
type Question struct {
	Words   string `json:"words" minLength:"1" maxLength:"2000"`
	PlaceID string `json:"placeId,omitempty" maxLength:"40"`
	AssetID string `json:"assetId,omitempty" maxLength:"40"`
	ItemID  string `json:"itemId,omitempty" maxLength:"40" doc:"Already chosen: priority, mode and missing facts are about it"`
	Anxious bool   `json:"anxious,omitempty" doc:"The caller is anxious and cannot explain"`
}

// Suggestion is what the words seem to be about.
type Suggestion struct {
	Candidates []Candidate       `json:"candidates" doc:"At most three, the likeliest first"`
	Filled     bool              `json:"filled" doc:"The first may be filled in; else a person chooses"`
	Priority   string            `json:"priority,omitempty" doc:"Of the item chosen or filled in, raised by words of danger"`
	Raised     bool              `json:"raised,omitempty" doc:"A word of danger made it more urgent than the item is"`
	Mode       workorder.Mode    `json:"mode,omitempty" enum:"remote,onsite"`
	Why        *workorder.Ruling `json:"why,omitempty" doc:"The rule that says remote or on site"`
	Alarms     []Alarm           `json:"alarms" doc:"Words of danger, the most urgent first"`
	Missing    []Fact            `json:"missing" doc:"What the item's form asks and nobody has said"`
	Repeats    int64             `json:"repeats,omitempty" doc:"Reports of the same within seven days, this one included, as far as one may see"`
	Scripted   bool              `json:"scripted,omitempty" doc:"There is a script to guide the caller by"`
	Threshold  float64           `json:"threshold"`
	VersionID  string            `json:"versionId,omitempty"`
}

// Candidate is an item the words may be about.
type Candidate struct {
	ItemID     string   `json:"itemId"`
	Code       string   `json:"code"`
	NameZh     string   `json:"nameZh"`
	NameEn     string   `json:"nameEn"`
	Priority   string   `json:"priority"`
	Confidence float64  `json:"confidence"`
	ByWord     string   `json:"byWord,omitempty" doc:"The word of danger that decided"`
	Reasons    []Reason `json:"reasons"`
}

// Fact is a question of the item's form that has no answer yet.
type Fact struct {
	Key     string `json:"key"`
	Label   string `json:"label"`
	LabelEn string `json:"labelEn,omitempty"`
}

const (
	offered   = 3
	mostCause = 5
	// repeatDays is how long the same fault counts as a repetition.
	repeatDays = 7
)

// Suggest reads the words. What it names is what the actor is offered anyway.
func (s *Service) Suggest(ctx context.Context, q Question) (Suggestion, error) {
	actor := identity.Of(ctx)
	out := Suggestion{Candidates: []Candidate{}, Alarms: []Alarm{}, Missing: []Fact{}}
	tree, err := s.Catalog.Tree(ctx, false)
	if err != nil {
		return out, err
	}
	var set *settings
	class := ""
	err = s.DB.Look(ctx, func(tx *db.Tx) (err error) {
		if set, err = s.settings(ctx, tx); err != nil || q.PlaceID == "" {
			return err
		}
		p, err := s.Org.Place(ctx, tx, q.PlaceID)
		if db.IsMissing(err) {
			return nil
		}
		class = p.Class
		return err
	})
	if err != nil {
		return out, err
	}
	b, err := s.think(ctx, set.state.VersionID)
	if err != nil {
		return out, err
	}
	out.Threshold, out.VersionID = set.state.Threshold, b.versionID
	shown := entries(tree)
	out.Alarms = append(out.Alarms, alarms(set.words, q.Words)...)
	out.candidates(b.model, shown, q.Words)
	out.Filled = len(out.Candidates) > 0 && out.Candidates[0].Confidence >= out.Threshold
	chosen := q.ItemID
	if chosen == "" && out.Filled {
		chosen = out.Candidates[0].ItemID
	}
	if e, ok := shown.byID[chosen]; ok {
		return out, s.about(ctx, actor, q, &e, class, set.rules, &out)
	}
	if len(out.Alarms) > 0 {
		out.Priority, out.Raised = out.Alarms[0].Priority, true
	}
	return out, nil
}

// listing is the part of the catalogue that somebody is offered.
type listing struct {
	byID   map[string]catalog.Entry
	byCode map[string]catalog.Entry
}

func entries(tree *catalog.Tree) listing {
	l := listing{map[string]catalog.Entry{}, map[string]catalog.Entry{}}
	for _, c := range tree.Categories {
		for _, e := range c.Items {
			l.byID[e.ID], l.byCode[e.Code] = e, e
		}
	}
	return l
}

// candidates fills in the likeliest items; one that a word of danger names is certain.
func (o *Suggestion) candidates(m *Model, shown listing, words string) {
	chances := m.Predict(words)
	byWord := ""
	for _, a := range o.Alarms {
		if e, ok := shown.byCode[a.ItemCode]; ok {
			chances, byWord = certain(chances, e.ID), a.Word
			break
		}
	}
	for i, c := range chances {
		e, ok := shown.byID[c.ItemID]
		if !ok {
			continue
		}
		if len(o.Candidates) == offered || c.Confidence < 0.01 && byWord == "" {
			return
		}
		x := Candidate{ItemID: e.ID, Code: e.Code, NameZh: e.NameZh, NameEn: e.NameEn, Priority: string(e.Priority), Confidence: round(c.Confidence), Reasons: []Reason{}}
		if i == 0 {
			x.ByWord = byWord
		}
		if c.class >= 0 {
			x.Reasons = m.reasons(words, c.class, mostCause)
		}
		o.Candidates = append(o.Candidates, x)
	}
}

// about says what follows from the item: how urgent, remote or on site, what is missing.
func (s *Service) about(ctx context.Context, actor *identity.Actor, q Question, e *catalog.Entry, class string, rules []PolicyRule, out *Suggestion) error {
	out.Priority = string(e.Priority)
	if len(out.Alarms) > 0 {
		out.Priority = moreUrgent(out.Priority, out.Alarms[0].Priority)
		out.Raised = out.Priority != string(e.Priority)
	}
	agent := actor.Can(identity.OrderIntake)
	x := scene{Scene: workorder.Scene{ItemID: e.ID, ItemCode: e.Code, ItemMode: e.Mode, PlaceClass: class, Priority: out.Priority, Words: q.Words, Anxious: q.Anxious}}
	if agent {
		n, err := s.again(ctx, q, e.ID)
		if err != nil {
			return err
		}
		x.repeats, out.Repeats = n, n
	}
	if r, ok := decide(rules, &x); ok {
		out.Mode, out.Why = r.Mode, &r
	}
	it, err := s.Catalog.Item(ctx, e.ID, 0)
	if err != nil {
		return err
	}
	out.Missing = append(out.Missing, missing(it.Form, agent, q)...)
	if out.Mode == workorder.Remote && agent {
		err = s.DB.Look(ctx, func(tx *db.Tx) error {
			_, err := getScript(ctx, tx, e.Code, false)
			out.Scripted = err == nil
			if db.IsMissing(err) {
				err = nil
			}
			return err
		})
	}
	return err
}

// missing returns the questions that must be answered and that place, asset and words
// do not answer.
func missing(form catalog.Form, agent bool, q Question) []Fact {
	var out []Fact
	for _, f := range form {
		must := f.ReporterRequired || agent && f.Required
		known := f.Key == catalog.PlaceKey && q.PlaceID != "" || f.Key == catalog.AssetKey && q.AssetID != ""
		if must && !known && f.ShowIf == nil {
			out = append(out, Fact{f.Key, f.Label, f.LabelEn})
		}
	}
	return out
}

// again counts the reports of the same within the last days that the actor may see, and
// the one being made.
func (s *Service) again(ctx context.Context, q Question, itemID string) (int64, error) {
	f := workorder.Filter{From: s.Clock.Now() - repeatDays*clock.Day}
	switch {
	case q.AssetID != "":
		f.AssetID = q.AssetID
	case q.PlaceID != "":
		f.PlaceID, f.ItemID = q.PlaceID, itemID
	default:
		return 1, nil
	}
	if !identity.Of(ctx).Can(identity.OrderRead) {
		return 1, nil
	}
	n, err := s.Orders.Count(ctx, f)
	return n + 1, err
}

// guess is what would have been suggested for an order, without looking at anything
// but its words.
func (s *Service) guess(b *brain, set *settings, l listing, words string) guessRow {
	out := Suggestion{Alarms: alarms(set.words, words)}
	out.candidates(b.model, l, words)
	g := guessRow{VersionID: b.versionID}
	if len(out.Candidates) > 0 {
		first := out.Candidates[0]
		g.GuessID, g.Confidence, g.ByWord, g.Filled = first.ItemID, first.Confidence, first.ByWord, first.Confidence >= set.state.Threshold
	}
	return g
}

func (o *Suggestion) among(itemID string) bool {
	for _, c := range o.Candidates {
		if c.ItemID == itemID {
			return true
		}
	}
	return false
}

func hasWords(o *workorder.Order) bool { return strings.TrimSpace(o.Words) != "" }

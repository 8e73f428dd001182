package incident

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// The states of a suggestion.
const (
	suggested = "open"
	dismissed = "dismissed"
	accepted  = "accepted"
	gone      = "gone" // its orders came to an end by themselves
)

// quiet is how long a cluster that somebody dismissed is not suggested again.
const quiet = 2 * clock.Hour

// Suggestion are open orders that look like one fault.
type Suggestion struct {
	ID         string   `db:"id"`
	Cluster    string   `db:"cluster"`
	State      string   `db:"state"`
	Basis      string   `db:"basis"`
	ItemID     string   `db:"item_id"`
	ItemName   string   `db:"item_name"`
	ItemNameEn string   `db:"item_name_en"`
	OrderIDs   []string `db:"order_ids,json"`
	FirstAt    int64    `db:"first_at"`
	LastAt     int64    `db:"last_at"`
	Reason     string   `db:"reason"`
	ByID       string   `db:"by_id"`
	ByName     string   `db:"by_name"`
	IncidentID string   `db:"incident_id"`
	CreatedAt  int64    `db:"created_at"`
	EndedAt    int64    `db:"ended_at"`
}

// SuggestionView is a suggestion as one person sees it: its open orders as far as the
// person may see them.
type SuggestionView struct {
	ID          string            `json:"id"`
	Basis       string            `json:"basis" enum:"asset,place,campus,hospital" doc:"What they have in common beside the fault"`
	ItemName    string            `json:"itemName"`
	ItemNameEn  string            `json:"itemNameEn"`
	Count       int               `json:"count"`
	Departments int               `json:"departments"`
	FirstAt     int64             `json:"firstAt"`
	LastAt      int64             `json:"lastAt"`
	Orders      []workorder.Order `json:"orders"`
}

// Suggestions returns what looks like a major incident to be.
func (s *Service) Suggestions(ctx context.Context) ([]SuggestionView, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.IncidentRead); err != nil {
		return nil, err
	}
	out := []SuggestionView{}
	if !actor.Can(identity.OrderRead) {
		return out, nil
	}
	var list []Suggestion
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = openSuggestions(ctx, tx); return err })
	if err != nil {
		return nil, err
	}
	for i := range list {
		v, ok, err := s.suggestionView(ctx, &list[i])
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, v)
		}
	}
	return out, nil
}

// suggestionView is false for one of which the actor sees no two orders that are open still.
func (s *Service) suggestionView(ctx context.Context, x *Suggestion) (SuggestionView, bool, error) {
	actor := identity.Of(ctx)
	v := SuggestionView{ID: x.ID, Basis: x.Basis, ItemName: x.ItemName, ItemNameEn: x.ItemNameEn, Orders: []workorder.Order{}}
	orders, err := s.Orders.Some(ctx, x.OrderIDs)
	if err != nil {
		return v, false, err
	}
	seen := map[string]bool{}
	for _, o := range orders {
		if !o.Open || o.IncidentRole != "" || !actor.May(identity.IncidentRead, o.Keys()) {
			continue
		}
		v.Orders = append(v.Orders, o)
		seen[o.DepartmentID] = true
		if v.FirstAt == 0 || o.ReportedAt < v.FirstAt {
			v.FirstAt = o.ReportedAt
		}
		v.LastAt = max(v.LastAt, o.ReportedAt)
	}
	v.Count, v.Departments = len(v.Orders), len(seen)
	return v, v.Count >= 2, nil
}

// Dismiss says that a suggestion is none, and why.
func (s *Service) Dismiss(ctx context.Context, suggestionID, reason string) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.IncidentCommand); err != nil {
		return err
	}
	var x Suggestion
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { x, err = suggestionByID(ctx, tx, suggestionID, false); return err })
	if err != nil {
		return err
	}
	if _, ok, err := s.suggestionView(ctx, &x); err != nil || !ok && x.State == suggested {
		if err == nil {
			err = fault.Missing()
		}
		return err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return fault.Field("reason", "required")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		x, err := suggestionByID(ctx, tx, suggestionID, true)
		if err != nil {
			return err
		}
		if x.State != suggested {
			return fault.New(fault.Conflict, "incident.suggestion_gone")
		}
		x.State, x.Reason, x.ByID, x.ByName, x.EndedAt = dismissed, reason, actor.PersonID, actor.Name, s.Clock.Now()
		if err := updateSuggestion(ctx, tx, &x); err != nil {
			return err
		}
		if err := s.tellSuggestion(ctx, tx, &x, "dismissed"); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "incident.dismiss", "incident.suggestion", x.ID, map[string]any{"reason": reason, "orders": len(x.OrderIDs)})
	})
}

// tellSuggestion tells those who see incidents that there is something to look at; what
// it is each asks within the own scope.
func (s *Service) tellSuggestion(ctx context.Context, tx *db.Tx, x *Suggestion, kind string) error {
	return s.Events.Append(ctx, tx, event.Event{Topic: Topic, Subject: x.ID, Audience: identity.Keys{Everyone: true}, Data: Note{Kind: kind}})
}

const followBatch = 500

// Begin makes the cursor at the head of the log when there is none.
func (s *Service) Begin(ctx context.Context) error {
	head, err := s.Events.Head(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return firstCursor(ctx, tx, head) })
}

// Follow looks at what happened to orders since it last did: urges of members go to their
// incident, and new reports are held against each other. It may run anywhere at any time:
// the cursor moves in the transaction that writes what followed from the entries.
func (s *Service) Follow(ctx context.Context) error {
	ctx = system(ctx)
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = s.follow(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s *Service) follow(ctx context.Context) (more bool, err error) {
	var at cursorRow
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { at, err = cursor(ctx, tx, false); return err })
	if db.IsMissing(err) {
		return false, s.Begin(ctx)
	}
	if err != nil {
		return false, err
	}
	list, err := s.Events.Since(ctx, at.position(), followBatch)
	if errors.Is(err, event.ErrResync) {
		low, err := s.Events.Floor(ctx)
		if err != nil {
			return false, err
		}
		s.Logger.Error("events are gone that were never held against each other", "from", at.position().String(), "to", low.String())
		return true, s.advance(ctx, &at, low, nil, nil)
	}
	if err != nil || len(list) == 0 && !s.unlooked.Load() {
		return false, err
	}
	var urges []event.Entry
	to := at.position()
	for _, e := range list {
		var note workorder.Note
		if e.Topic != workorder.Topic || json.Unmarshal(e.Data, &note) != nil {
			continue
		}
		if note.Kind == workorder.KindReport || note.Kind == workorder.KindDetach {
			s.unlooked.Store(true)
		}
		if note.Kind == workorder.KindUrge && note.IncidentID != "" {
			urges = append(urges, e)
		}
	}
	if len(list) > 0 {
		to = list[len(list)-1].Position()
	}
	more = len(list) == followBatch
	var found []Cluster
	looks := !more && s.unlooked.Load() // once for all that have come, since it looks at all of them
	if looks {
		if found, err = s.look(ctx); err != nil {
			return false, err
		}
	}
	if err := s.advance(ctx, &at, to, urges, found); err != nil {
		return false, err
	}
	if looks {
		s.unlooked.Store(false)
	}
	return more, nil
}

// look holds the open reports of the last while against each other.
func (s *Service) look(ctx context.Context) ([]Cluster, error) {
	var row settingsRow
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { row, err = settingsIn(ctx, tx); return err })
	set := row.Body
	if err != nil || !set.On {
		return nil, err
	}
	const most = 400
	now := s.Clock.Now()
	orders, _, err := s.Orders.List(ctx, workorder.Filter{Open: true, NoIncident: true, From: now - int64(set.Minutes)*clock.Minute}, most, "")
	if err != nil || len(orders) < set.Near {
		return nil, err
	}
	calls := make([]Call, 0, len(orders))
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		known, err := running(ctx, tx)
		if err != nil {
			return err
		}
		items, places := map[string]Item{}, []string{}
		for i := range orders {
			places = append(places, orders[i].PlaceID)
		}
		where, err := s.Org.Places(ctx, tx, slices.DeleteFunc(places, func(p string) bool { return p == "" }))
		if err != nil {
			return err
		}
		for i := range orders {
			o := &orders[i]
			if !tellsOfFault(o) {
				continue
			}
			item, ok := items[o.ItemID]
			if !ok {
				if item, err = s.Item(ctx, tx, o.ItemID); err != nil && !db.IsMissing(err) {
					return err
				}
				items[o.ItemID] = item
			}
			above := strings.FieldsFunc(where[o.PlaceID].Ancestry, func(r rune) bool { return r == '/' })
			spot := Spot{ItemID: o.ItemID, AssetID: o.AssetID, CampusID: o.CampusID, DepartmentID: o.DepartmentID, Above: above}
			if slices.ContainsFunc(known, func(k Incident) bool { return k.meets(spot) }) {
				continue // a candidate for that one
			}
			building := ""
			if len(above) > 0 {
				building = above[0]
			}
			calls = append(calls, callOf(o, item.Category, building))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return Clusters(calls, set), nil
}

// advance writes what follows from entries and moves the cursor behind them, unless
// another replica has.
func (s *Service) advance(ctx context.Context, was *cursorRow, to event.Position, urges []event.Entry, found []Cluster) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		at, err := cursor(ctx, tx, true)
		if err != nil || at.position() != was.position() {
			return err
		}
		for _, e := range urges {
			if err := s.urged(ctx, tx, e); err != nil {
				return err
			}
		}
		for i := range found {
			if err := s.suggest(ctx, tx, &found[i]); err != nil {
				return err
			}
		}
		at.TxID, at.Seq = to.TxID, to.Seq
		return saveCursor(ctx, tx, &at)
	})
}

// urged lets a reporter's urge go to the incident that the order follows.
func (s *Service) urged(ctx context.Context, tx *db.Tx, e event.Entry) error {
	var note workorder.Note
	if err := json.Unmarshal(e.Data, &note); err != nil {
		return nil //nolint:nilerr // it has been read before
	}
	i, err := lockIncident(ctx, tx, note.IncidentID)
	if db.IsMissing(err) || err == nil && !i.Status.Running() {
		return nil
	}
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	entry := Entry{ID: id.New(), IncidentID: i.ID, Key: fmt.Sprintf("urge:%s:%d", e.Subject, note.Version), Kind: Urged, At: e.At, RecordedAt: now,
		ActorID: note.ActorID, OrderID: e.Subject, Number: note.Number}
	fresh, err := insertEntry(ctx, tx, &entry)
	if err != nil || !fresh {
		return err
	}
	i.Urges++
	if err := s.tellPerson(ctx, tx, &i, i.CommanderID, "incident.urged", note.Number, e.Seq); err != nil {
		return err
	}
	return s.save(ctx, tx, &i, "urged")
}

// suggest writes a suggestion, or adds to the open one of the same cluster.
func (s *Service) suggest(ctx context.Context, tx *db.Tx, c *Cluster) error {
	now := s.Clock.Now()
	if no, err := dismissedSince(ctx, tx, c.Key, now-quiet); err != nil || no {
		return err
	}
	ids := make([]string, len(c.Calls))
	for i := range c.Calls {
		ids[i] = c.Calls[i].ID
	}
	open, err := openSuggestions(ctx, tx)
	if err != nil {
		return err
	}
	for i := range open { // what grows from a building to the hospital stays one suggestion
		x := &open[i]
		if x.Cluster != c.Key && !(x.ItemID == c.ItemID && slices.ContainsFunc(x.OrderIDs, func(o string) bool { return slices.Contains(ids, o) })) {
			continue
		}
		return s.grow(ctx, tx, x, c, ids)
	}
	item, err := s.Item(ctx, tx, c.ItemID)
	if err != nil && !db.IsMissing(err) {
		return err
	}
	x := Suggestion{ID: id.New(), Cluster: c.Key, State: suggested, Basis: c.Basis, ItemID: c.ItemID, ItemName: item.NameZh, ItemNameEn: item.NameEn,
		OrderIDs: ids, FirstAt: c.Calls[0].At, LastAt: c.Calls[len(c.Calls)-1].At, CreatedAt: now}
	fresh, err := insertSuggestion(ctx, tx, &x)
	if err != nil || !fresh {
		return err
	}
	return s.tellSuggestion(ctx, tx, &x, "suggested")
}

func (s *Service) grow(ctx context.Context, tx *db.Tx, x *Suggestion, c *Cluster, ids []string) error {
	had := len(x.OrderIDs)
	for _, o := range ids {
		if !slices.Contains(x.OrderIDs, o) {
			x.OrderIDs = append(x.OrderIDs, o)
		}
	}
	if len(x.OrderIDs) == had && x.Basis == c.Basis {
		return nil
	}
	x.Basis, x.Cluster, x.LastAt = c.Basis, c.Key, max(x.LastAt, c.Calls[len(c.Calls)-1].At)
	if err := updateSuggestion(ctx, tx, x); err != nil {
		return err
	}
	return s.tellSuggestion(ctx, tx, x, "suggested")
}

// tidy ends suggestions of which less than two orders are left.
func (s *Service) tidy(ctx context.Context) error {
	var list []Suggestion
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = openSuggestions(ctx, tx); return err })
	for i := range list {
		x := &list[i]
		_, ok, err := s.suggestionView(ctx, x)
		if err != nil {
			return err
		}
		if ok {
			continue
		}
		err = s.DB.Write(ctx, func(tx *db.Tx) error {
			now, err := suggestionByID(ctx, tx, x.ID, true)
			if err != nil || now.State != suggested || len(now.OrderIDs) != len(x.OrderIDs) {
				return err
			}
			now.State, now.EndedAt = gone, s.Clock.Now()
			if err := updateSuggestion(ctx, tx, &now); err != nil {
				return err
			}
			return s.tellSuggestion(ctx, tx, &now, gone)
		})
		if err != nil {
			return err
		}
	}
	return err
}

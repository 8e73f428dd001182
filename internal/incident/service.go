package incident

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// Topic is the topic of the events that incidents send out.
const Topic = "incident"

// Note is the data of an event on Topic.
type Note struct {
	Kind    string `json:"kind"`
	Number  string `json:"number,omitempty"`
	Status  Status `json:"status,omitempty"`
	Version int64  `json:"version,omitempty"`
}

// Deps are what the service works with.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Zone   *time.Location // the hospital's, for numbers and printed moments
	Trail  *audit.Trail
	Events *event.Log
	Jobs   *jobs.Queue
	Orders *workorder.Service
	Org    *org.Service
	People *identity.Service
	Notify *notify.Service
	// Item returns what an item is called and its category.
	Item func(ctx context.Context, tx *db.Tx, itemID string) (Item, error)
	// Spot returns the place or asset that a scanned code belongs to.
	Spot   func(ctx context.Context, tx *db.Tx, code string) (workorder.Found, error)
	Logger *slog.Logger
}

// Item is an item of the catalogue as incidents see it.
type Item struct{ Code, Category, NameZh, NameEn string }

// Service leads incidents. It is safe for concurrent use.
type Service struct {
	Deps
	// unlooked is that reports have come, or may have, since they were last held against
	// each other.
	unlooked atomic.Bool
}

// New returns the service.
func New(d Deps) *Service {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{Deps: d}
	s.unlooked.Store(true) // what ended the program may have come in between
	return s
}

// system is the context in which the program itself acts.
func system(ctx context.Context) context.Context {
	return identity.With(ctx, identity.System("incident"))
}

// View is an incident as one person sees it.
type View struct {
	Incident
	Reach workorder.Reach   `json:"reach"`
	Steps []Step            `json:"steps"`
	May   bool              `json:"may" doc:"This person may command it"`
	Next  []Status          `json:"next" doc:"Statuses that may follow"`
	Names map[string]string `json:"names" doc:"Names of the campuses and departments, by id"`
}

// Filter narrows a list of incidents.
type Filter struct{ Status []Status }

// List returns a page of the incidents that the actor may see, the newest first.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) ([]Incident, string, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.IncidentRead); err != nil {
		return nil, "", err
	}
	cond, args := actor.Scope(identity.IncidentRead).Where(columns)
	q := db.NewQuery().Where("i.everywhere OR "+cond, args...).OrderBy(db.Order{Column: "i.id", Desc: true, Text: true}).Limit(limit + 1)
	if len(f.Status) > 0 {
		names := make([]string, len(f.Status))
		for i, v := range f.Status {
			names[i] = string(v)
		}
		q.In("i.status", names...)
	}
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	var out []Incident
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = listIncidents(ctx, tx, q); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	return out[:limit], db.Cursor(out[limit-1].ID), nil
}

// Get returns an incident that the actor may see.
func (s *Service) Get(ctx context.Context, incidentID string) (View, error) {
	var out View
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = s.view(ctx, tx, incidentID); return err })
	return out, err
}

func (s *Service) view(ctx context.Context, tx *db.Tx, incidentID string) (View, error) {
	i, reach, err := s.seen(ctx, tx, incidentID)
	if err != nil {
		return View{}, err
	}
	v := View{Incident: i, May: i.sees(identity.Of(ctx), identity.IncidentCommand, reach), Next: append([]Status{}, next[i.Status]...), Names: map[string]string{}}
	if v.Steps, err = stepsOf(ctx, tx, i.ID); err != nil {
		return v, err
	}
	if v.Reach, err = s.Orders.ReachOf(ctx, tx, i.ID); err != nil {
		return v, err
	}
	names, err := s.Org.Names(ctx, tx, org.Wanted{Campuses: i.CampusIDs, Departments: i.DepartmentIDs})
	for _, m := range []map[string]string{names.Campuses, names.Departments} {
		for k, n := range m {
			v.Names[k] = n
		}
	}
	return v, err
}

// seen reads an incident that the actor may see, with what it affects.
func (s *Service) seen(ctx context.Context, tx *db.Tx, incidentID string) (Incident, []Scope, error) {
	i, err := getIncident(ctx, tx, incidentID)
	if err != nil {
		return i, nil, err
	}
	reach, err := reachOf(ctx, tx, i.ID)
	if err == nil && !i.sees(identity.Of(ctx), identity.IncidentRead, reach) {
		err = fault.Missing()
	}
	return i, reach, err
}

// Timeline returns everything that happened in an incident and to its lead order. What
// is told of an order that the actor may not see is left out.
func (s *Service) Timeline(ctx context.Context, incidentID string) ([]Entry, error) {
	var i Incident
	var list []Entry
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if i, _, err = s.seen(ctx, tx, incidentID); err == nil {
			list, err = entriesOf(ctx, tx, i.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range list {
		if e.OrderID != "" && !slices.Contains(ids, e.OrderID) {
			ids = append(ids, e.OrderID)
		}
	}
	visible, err := s.visible(ctx, ids)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e Entry) bool { return e.OrderID != "" && !visible[e.OrderID] })
	events, err := s.Orders.Timeline(ctx, i.LeadID)
	if err != nil && !db.IsMissing(err) && !isDenied(err) {
		return nil, err
	}
	for _, e := range events {
		text := cmp.Or(e.Facts.Note, e.Facts.Reason, e.Facts.Remedy, e.Facts.AssigneeName, e.Facts.TeamName)
		list = append(list, Entry{ID: e.ID, Kind: "order", Event: string(e.Kind), At: e.At, RecordedAt: e.RecordedAt, ActorID: e.ActorID, ActorName: e.ActorName,
			OrderID: i.LeadID, Number: i.LeadNo, Text: text})
	}
	slices.SortStableFunc(list, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.ID, b.ID)) })
	return list, nil
}

func isDenied(err error) bool {
	f, ok := fault.Of(err)
	return ok && f.Kind == fault.Forbidden
}

// visible tells which of the orders the actor may see.
func (s *Service) visible(ctx context.Context, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	if !identity.Of(ctx).Can(identity.OrderRead) {
		return out, nil
	}
	for len(ids) > 0 {
		n := min(len(ids), 200)
		some, err := s.Orders.Some(ctx, ids[:n])
		if err != nil {
			return nil, err
		}
		for _, o := range some {
			out[o.ID] = true
		}
		ids = ids[n:]
	}
	return out, nil
}

// Members returns a page of the incident's orders that the actor may see.
func (s *Service) Members(ctx context.Context, incidentID string, limit int, cursor string) ([]workorder.Order, string, error) {
	err := s.DB.Read(ctx, func(tx *db.Tx) error { _, _, err := s.seen(ctx, tx, incidentID); return err })
	if err != nil || !identity.Of(ctx).Can(identity.OrderRead) {
		return []workorder.Order{}, "", err
	}
	return s.Orders.List(ctx, workorder.Filter{IncidentID: incidentID}, limit, cursor)
}

// Candidates returns open orders that may tell of the incident and are not part of one.
func (s *Service) Candidates(ctx context.Context, incidentID string) ([]workorder.Order, error) {
	out := []workorder.Order{}
	var i Incident
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { i, _, err = s.seen(ctx, tx, incidentID); return err })
	if err != nil || !i.Status.Running() || !identity.Of(ctx).Can(identity.OrderRead) {
		return out, err
	}
	for _, item := range i.ItemIDs {
		list, _, err := s.Orders.List(ctx, workorder.Filter{ItemID: item, Open: true, NoIncident: true, From: i.BeganAt - 2*clock.Hour}, 100, "")
		if err != nil {
			return nil, err
		}
		err = s.DB.Read(ctx, func(tx *db.Tx) error {
			for k := range list {
				spot, err := s.spotOf(ctx, tx, &list[k])
				if err != nil {
					return err
				}
				if i.meets(spot) {
					out = append(out, list[k])
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// spotOf says where an order comes from.
func (s *Service) spotOf(ctx context.Context, tx *db.Tx, o *workorder.Order) (Spot, error) {
	spot := Spot{ItemID: o.ItemID, AssetID: o.AssetID, CampusID: o.CampusID, DepartmentID: o.DepartmentID}
	if o.PlaceID == "" {
		return spot, nil
	}
	p, err := s.Org.Place(ctx, tx, o.PlaceID)
	if db.IsMissing(err) {
		return spot, nil
	}
	spot.Above = strings.FieldsFunc(p.Ancestry, func(r rune) bool { return r == '/' })
	return spot, err
}

// act carries out one command of the actor on an incident that is not closed, under its
// lock, and returns what it looks like afterwards.
func (s *Service) act(ctx context.Context, incidentID, what, key string, version int64, input any, do func(tx *db.Tx, i *Incident, reach []Scope) error) (View, error) {
	actor := identity.Of(ctx)
	var out View
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, []any{what, incidentID, input}, func() (View, error) {
			i, err := lockIncident(ctx, tx, incidentID)
			if err != nil {
				return View{}, err
			}
			reach, err := reachOf(ctx, tx, i.ID)
			if err != nil {
				return View{}, err
			}
			switch {
			case !i.sees(actor, identity.IncidentRead, reach):
				return View{}, fault.Missing()
			case !i.sees(actor, identity.IncidentCommand, reach):
				return View{}, fault.Denied()
			case version != 0 && version != i.Version:
				return View{}, fault.New(fault.Conflict, "conflict", "version", i.Version)
			case i.Status == Closed:
				return View{}, fault.New(fault.Conflict, "incident.state", "status", string(i.Status))
			}
			if err := do(tx, &i, reach); err != nil {
				return View{}, err
			}
			if err := s.save(ctx, tx, &i, what); err != nil {
				return View{}, err
			}
			return s.view(ctx, tx, i.ID)
		})
		return err
	})
	return out, err
}

// save stores an incident that was changed under its lock, with all that follows.
func (s *Service) save(ctx context.Context, tx *db.Tx, i *Incident, what string) error {
	i.Version++
	i.UpdatedAt = s.Clock.Now()
	if err := updateIncident(ctx, tx, i); err != nil {
		return err
	}
	if err := s.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "incident."+what, Topic, i.ID, map[string]any{"number": i.Number, "status": i.Status}); err != nil {
		return err
	}
	return s.tell(ctx, tx, i, what)
}

// tell sends word to the pages of those who may see the incident.
func (s *Service) tell(ctx context.Context, tx *db.Tx, i *Incident, what string) error {
	reach, err := reachOf(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	audience := []identity.Keys{i.keys()} // one entry has one campus and department
	for _, r := range reach {
		if r.CampusID != i.CampusID && !slices.ContainsFunc(audience, func(k identity.Keys) bool { return k.Campus == r.CampusID }) {
			audience = append(audience, identity.Keys{Campus: r.CampusID})
		}
	}
	for _, keys := range audience {
		err := s.Events.Append(ctx, tx, event.Event{Topic: Topic, Subject: i.ID, Audience: keys, Data: Note{Kind: what, Number: i.Number, Status: i.Status, Version: i.Version}})
		if err != nil {
			return err
		}
	}
	return nil
}

// enter writes an entry of the timeline about what the actor does now.
func (s *Service) enter(ctx context.Context, tx *db.Tx, i *Incident, k EntryKind, text string, about ...*workorder.Order) error {
	actor, now := identity.Of(ctx), s.Clock.Now()
	e := Entry{ID: id.New(), IncidentID: i.ID, Kind: k, At: now, RecordedAt: now, ActorID: actor.PersonID, ActorName: actor.Name, Text: text}
	for _, o := range about {
		e.OrderID, e.Number = o.ID, o.Number
	}
	e.Key = e.ID
	_, err := insertEntry(ctx, tx, &e)
	return err
}

package workorder

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// View is an order as one person sees it.
type View struct {
	Order
	Actions []Kind `json:"actions" doc:"Commands this person may give now"`
	// TaskActions are those on tasks that are not ended.
	TaskActions map[string][]Kind `json:"taskActions,omitempty" doc:"Commands this person may give on each task, by the task's id"`
	Link        string            `json:"link,omitempty" doc:"Token of the page that follows the order without sign-in"`
	// Incident is told where one order is asked for.
	Incident *IncidentState `json:"incident,omitempty" doc:"How the major incident stands that it is part of; only where one order is asked for"`
}

// view leaves the link out for who may not confirm the order: with the link anybody can.
func (s *Service) view(actor *identity.Actor, o Order) View {
	v := View{Order: o, Actions: o.Actions(actor), TaskActions: o.TaskActions(actor)}
	if may(actor, &o, KindConfirm) == nil {
		v.Link = s.link(o.ID)
	}
	return v
}

// Get returns an order, by its id or its number.
func (s *Service) Get(ctx context.Context, ref string) (View, error) {
	actor := identity.Of(ctx)
	var o Order
	var in *IncidentState
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if o, err = s.seen(ctx, tx, actor, ref); err == nil {
			in, err = s.incidentOf(ctx, tx, &o)
		}
		return err
	})
	if err != nil {
		return View{}, err
	}
	v := s.view(actor, o)
	v.Incident = in
	return v, nil
}

// Page is List with what the actor may do to each order.
func (s *Service) Page(ctx context.Context, f Filter, limit int, cursor string) ([]View, string, error) {
	list, next, err := s.List(ctx, f, limit, cursor)
	actor := identity.Of(ctx)
	out := make([]View, 0, len(list))
	for _, o := range list {
		out = append(out, s.view(actor, o))
	}
	return out, next, err
}

// seen reads an order that the actor may see.
func (s *Service) seen(ctx context.Context, tx *db.Tx, actor *identity.Actor, ref string) (Order, error) {
	if !id.Valid(ref) {
		found, err := idByNumber(ctx, tx, ref)
		if err != nil {
			return Order{}, err
		}
		ref = found
	}
	o, err := get(ctx, tx, ref)
	if err != nil {
		return o, err
	}
	if !actor.May(identity.OrderRead, o.Keys()) {
		return Order{}, fault.Missing()
	}
	return o, nil
}

// Visible tells whether the actor may see the order; for what hangs on it.
func (s *Service) Visible(ctx context.Context, actor *identity.Actor, orderID string) error {
	return s.DB.Read(ctx, func(tx *db.Tx) error { _, err := s.seen(ctx, tx, actor, orderID); return err })
}

// Timeline returns everything that happened to an order, in the order it was recorded.
func (s *Service) Timeline(ctx context.Context, ref string) ([]Event, error) {
	var out []Event
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := s.seen(ctx, tx, identity.Of(ctx), ref)
		if err != nil {
			return err
		}
		out, err = events(ctx, tx, o.ID)
		return err
	})
	for i := range out {
		out[i].Facts.Report = nil // the order itself tells it
	}
	return out, err
}

// Told returns an order and one of its events, for telling people about it. It asks
// for no permission.
func (s *Service) Told(ctx context.Context, orderID string, seq int64) (o Order, e Event, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if o, err = get(ctx, tx, orderID); err != nil {
			return err
		}
		e, err = eventAt(ctx, tx, orderID, seq)
		return err
	})
	return o, e, err
}

// A link is the order's id followed by a signature; it needs no sign-in, shows no
// personal data and ends some time after the order.
const (
	macLen   = 24
	linkDays = 30
)

var base32Text = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

func (s *Service) link(orderID string) string {
	h := hmac.New(sha256.New, s.LinkKey)
	h.Write([]byte("order-link:" + orderID))
	return orderID + base32Text.EncodeToString(h.Sum(nil))[:macLen]
}

func (s *Service) unlink(token string) (string, error) {
	bad := fault.New(fault.NotFound, "order.link")
	if len(token) != id.Len+macLen || !id.Valid(token[:id.Len]) {
		return "", bad
	}
	if !hmac.Equal([]byte(token), []byte(s.link(token[:id.Len]))) {
		return "", bad
	}
	return token[:id.Len], nil
}

func (s *Service) linkAlive(o *Order) error {
	if !o.Open && s.Clock.Now() > o.UpdatedAt+linkDays*clock.Day {
		return fault.New(fault.NotFound, "order.link")
	}
	return nil
}

// PublicView is what the order's own link shows: no contact, no remarks.
type PublicView struct {
	Token        string       `json:"token"`
	Number       string       `json:"number"`
	Status       Status       `json:"status"`
	ItemName     string       `json:"itemName"`
	ItemNameEn   string       `json:"itemNameEn"`
	Symptom      string       `json:"symptom,omitempty"`
	PlaceName    string       `json:"placeName,omitempty"`
	Priority     string       `json:"priority"`
	TeamName     string       `json:"teamName,omitempty"`
	AssigneeName string       `json:"assigneeName,omitempty"`
	ReportedAt   int64        `json:"reportedAt"`
	FinishedAt   int64        `json:"finishedAt,omitempty"`
	Urges        int          `json:"urges"`
	Remedy       string       `json:"remedy,omitempty"`
	Rating       *Scores      `json:"rating,omitempty"`
	Actions      []Kind       `json:"actions"`
	Steps        []PublicStep `json:"steps"`
	Deadlines

	Incident     *IncidentState `json:"incident,omitempty" doc:"How the major incident stands that it is part of"`
	IncidentRole string         `json:"incidentRole,omitempty" enum:",lead,member"`
}

// PublicStep is one entry of the public timeline.
type PublicStep struct {
	Kind Kind   `json:"kind"`
	At   int64  `json:"at"`
	Name string `json:"name,omitempty" doc:"The worker's name, where a worker acted"`
}

// publicKinds are the steps that the public timeline tells.
var publicKinds = []Kind{KindReport, KindIntake, KindDispatch, KindPool, KindGrab, KindAccept, KindArrive, KindHold, KindResume,
	KindTransfer, KindUndo, KindFinish, KindComplete, KindRemote, KindSettle, KindConfirm, KindNotSolved, KindRate, KindUrge, KindCancel, KindClose, KindMerge,
	KindAttach, KindDetach, KindSolve}

// linkCommands are what the order's own link allows.
var linkCommands = []Kind{KindUrge, KindConfirm, KindNotSolved, KindRate}

func (s *Service) publicView(o Order, events []Event) PublicView {
	v := PublicView{Token: s.link(o.ID), Number: o.Number, Status: o.Status, ItemName: o.ItemName, ItemNameEn: o.ItemNameEn,
		Symptom: o.Symptom, PlaceName: o.PlaceName, Priority: o.Priority, TeamName: o.TeamName, AssigneeName: o.AssigneeName,
		ReportedAt: o.ReportedAt, FinishedAt: o.FinishedAt, Urges: o.Urges, Remedy: o.Remedy, Rating: o.Rating,
		Deadlines: o.Deadlines, Actions: []Kind{}, Steps: []PublicStep{}}
	for _, k := range Allowed(o.Status) {
		if slices.Contains(linkCommands, k) {
			v.Actions = append(v.Actions, k)
		}
	}
	for _, e := range events {
		if !slices.Contains(publicKinds, e.Kind) {
			continue
		}
		step := PublicStep{Kind: e.Kind, At: e.At}
		switch e.Kind {
		case KindDispatch:
			step.Name = e.Facts.AssigneeName
		case KindGrab, KindAccept, KindArrive, KindFinish, KindRemote:
			step.Name = e.ActorName
		}
		v.Steps = append(v.Steps, step)
	}
	return v
}

// Follow returns what the order's own link shows.
func (s *Service) Follow(ctx context.Context, token string) (PublicView, error) {
	orderID, err := s.unlink(token)
	if err != nil {
		return PublicView{}, err
	}
	var out PublicView
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := get(ctx, tx, orderID)
		if err != nil {
			return err
		}
		if err := s.linkAlive(&o); err != nil {
			return err
		}
		list, err := events(ctx, tx, orderID)
		if err != nil {
			return err
		}
		out = s.publicView(o, list)
		out.IncidentRole = o.IncidentRole
		out.Incident, err = s.incidentOf(ctx, tx, &o)
		return err
	})
	return out, err
}

// LinkCommand is what the holder of the order's own link does.
type LinkCommand struct {
	Kind   Kind    `json:"kind" enum:"urge,confirm,not_solved,rate"`
	Note   string  `json:"note,omitempty" maxLength:"500"`
	Scores *Scores `json:"scores,omitempty"`
}

// ActByLink carries out a command of the order's own link.
func (s *Service) ActByLink(ctx context.Context, token string, c LinkCommand, m Meta) (PublicView, error) {
	orderID, err := s.unlink(token)
	if err != nil {
		return PublicView{}, err
	}
	if !slices.Contains(linkCommands, c.Kind) {
		return PublicView{}, fault.Field("kind", "bad_value")
	}
	if m.Key != "" { // keys of different links must not meet under the one public actor
		m.Key = id.Hash(strings.Join([]string{token, m.Key}, " "))
	}
	actor := identity.Of(ctx)
	allowed := func(o *Order) error {
		if actor.SignedIn() && !o.fair(actor, c.Kind, identity.OrderConfirm) {
			return fault.Denied()
		}
		return s.linkAlive(o)
	}
	_, err = s.actAs(ctx, actor, orderID, c.Kind, m, c, allowed, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		switch c.Kind {
		case KindUrge:
			last, err := lastEventAt(ctx, tx, o.ID, KindUrge)
			if err != nil {
				return nil, err
			}
			return o.urge(e, last, c.Note)
		case KindConfirm:
			return o.confirm(e, c.Scores)
		case KindNotSolved:
			return o.notSolved(e, c.Note)
		}
		if c.Scores == nil {
			return nil, fault.Field("scores", "required")
		}
		return o.rate(e, *c.Scores)
	})
	if err != nil {
		return PublicView{}, err
	}
	return s.Follow(ctx, token)
}

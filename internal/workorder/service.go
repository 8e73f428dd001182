package workorder

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"wardline/internal/audit"
	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/sla"
)

// Topic is the topic of the events that orders send out.
const Topic = "order"

// Deps are the parts of the house that orders are made of.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Zone    *time.Location // the hospital's, for numbers and days
	Trail   *audit.Trail
	Events  *event.Log
	Org     *org.Service
	Catalog *catalog.Service
	Assets  Register
	Files   Linker
	People  *identity.Service
	Clocks  *sla.Service
	// Incidents is nil where there are none.
	Incidents Incidents
	LinkKey   []byte // signs the links that need no sign-in
	// Reported is told of an order in the transaction that makes it; with is what its
	// maker had to say beyond the report. Nil is told nothing.
	Reported func(ctx context.Context, tx *db.Tx, o *Order, with any) error
	// Guard may refuse, within the transaction, a command that the order's own rules
	// allow. Nil refuses nothing.
	Guard func(ctx context.Context, tx *db.Tx, o *Order, k Kind) error
	// Policy says whether a new order is tried remotely first; it must be answered from
	// memory. Nil leaves it to the item.
	Policy func(ctx context.Context, tx *db.Tx, s Scene) (Ruling, bool, error)
	Logger *slog.Logger
}

// Register is what orders need of the register of assets.
type Register interface {
	// Thing returns an asset, or the not_found fault.
	Thing(ctx context.Context, tx *db.Tx, assetID string) (Thing, error)
	// Resolve returns what a scanned code belongs to, or the not_found fault.
	Resolve(ctx context.Context, tx *db.Tx, code string) (Found, error)
}

// Thing is an asset as orders see it.
type Thing struct {
	Number, Name, PlaceID, DepartmentID string
	Keys                                identity.Keys // to whom it belongs
}

// Found is what a scanned code belongs to: an asset, or a place.
type Found struct{ AssetID, PlaceID string }

// Linker ties uploaded files to an order.
type Linker interface {
	Link(ctx context.Context, tx *db.Tx, files []string, subject, subjectID, personID string) error
}

// Service carries out commands on orders and answers questions about them.
type Service struct {
	Deps
	numbers numbers
}

// New returns the service.
func New(d Deps) *Service {
	return &Service{Deps: d, numbers: numbers{size: 32}}
}

// Meta goes with every command.
type Meta struct {
	Key        string // idempotency key; empty is none
	Version    int64  // version the caller saw; 0 does not care
	OccurredAt int64  // when it really happened, for work done without a signal; 0 is now
	Via        string // the firing of a rule that gives the command; empty for people
}

// Note is the data of an event on Topic: enough for a list to know what to do.
type Note struct {
	Number     string `json:"number"`
	Version    int64  `json:"version"`
	Kind       Kind   `json:"kind"`
	Status     Status `json:"status"`
	From       Status `json:"from,omitempty"`
	Priority   string `json:"priority"`
	TeamID     string `json:"teamId,omitempty"`
	AssigneeID string `json:"assigneeId,omitempty"`
	ReporterID string `json:"reporterId,omitempty"`
	FormerID   string `json:"formerId,omitempty"`   // had it until now
	TaskID     string `json:"taskId,omitempty"`     // task that it is about
	TaskTeamID string `json:"taskTeamId,omitempty"` // its team
	TaskHolder string `json:"taskHolder,omitempty"` // who has it
	ActorID    string `json:"actorId"`
	ItemName   string `json:"itemName"`
	PlaceName  string `json:"placeName,omitempty"`
	Clock      string `json:"clock,omitempty"`
	IncidentID string `json:"incidentId,omitempty"`
}

// maxBack is how far back an offline event may lie.
const maxBack = 7 * clock.Day

// env makes the surroundings of a rule; the moment it occurred is kept between the
// order's last step and now.
func (s *Service) env(ctx context.Context, tx *db.Tx, actor *identity.Actor, m Meta, o *Order) (Env, error) {
	book, err := s.Clocks.Book(ctx, tx)
	if err != nil {
		return Env{}, err
	}
	now := s.Clock.Now()
	at := now
	if m.OccurredAt > 0 {
		if m.OccurredAt < now-maxBack || m.OccurredAt > now+5*clock.Minute {
			return Env{}, fault.Field("occurredAt", "order.occurred")
		}
		at = min(m.OccurredAt, now)
		if o != nil {
			at = max(at, o.lastStep())
		}
	}
	return Env{At: at, Now: now, ActorID: actor.PersonID, ActorName: actor.Name, Via: m.Via, Book: book}, nil
}

// lastStep returns the moment of the order's last change of status that left a mark.
func (o *Order) lastStep() int64 {
	at := max(o.ReportedAt, o.IntakeAt, o.DispatchedAt, o.AcceptedAt, o.ArrivedAt, o.ClockStart)
	if n := len(o.Pauses); n > 0 {
		at = max(at, o.Pauses[n-1].From, o.Pauses[n-1].To)
	}
	return at
}

// rule decides a command on an order within the transaction.
type rule func(tx *db.Tx, o *Order, e Env) ([]Event, error)

// input identifies a command for the idempotency key.
type input struct {
	Order string `json:"order"`
	Kind  Kind   `json:"kind"`
	Body  any    `json:"body"`
}

// act carries out one command of the signed-in actor.
func (s *Service) act(ctx context.Context, orderID string, k Kind, m Meta, body any, decide rule) (View, error) {
	actor := identity.Of(ctx)
	o, err := s.actAs(ctx, actor, orderID, k, m, body, func(o *Order) error { return may(actor, o, k) }, decide)
	if err != nil {
		return View{}, err
	}
	return s.view(actor, o), nil
}

// actAs carries out one command: load, authorise, decide, store, audit, tell.
func (s *Service) actAs(ctx context.Context, actor *identity.Actor, orderID string, k Kind, m Meta, body any,
	authorise func(*Order) error, decide rule) (Order, error) {
	var out Order
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		var err error
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, m.Key, input{orderID, k, body}, func() (Order, error) {
			return s.actIn(ctx, tx, actor, orderID, m, authorise, decide)
		})
		return err
	})
	return out, err
}

// actIn is what a command does within a transaction.
func (s *Service) actIn(ctx context.Context, tx *db.Tx, actor *identity.Actor, orderID string, m Meta, authorise func(*Order) error, decide rule) (Order, error) {
	o, err := load(ctx, tx, orderID)
	if err != nil {
		return o, err
	}
	if err := authorise(&o); err != nil {
		return o, err
	}
	if m.Version != 0 && m.Version != o.Version {
		return o, fault.New(fault.Conflict, "conflict", "version", o.Version, "status", string(o.Status))
	}
	e, err := s.env(ctx, tx, actor, m, &o)
	if err != nil {
		return o, err
	}
	events, err := decide(tx, &o, e)
	if err != nil {
		return o, err
	}
	if s.Guard != nil {
		for i := range events {
			if err := s.Guard(ctx, tx, &o, events[i].Kind); err != nil {
				return o, err
			}
		}
	}
	return o, s.store(ctx, tx, actor.Who(), &o, events)
}

// store applies events to the order and writes all that follows from them.
func (s *Service) store(ctx context.Context, tx *db.Tx, who audit.Who, o *Order, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	was, isNew, textChanged := *o, o.Version == 0, false
	for i := range events {
		e := &events[i]
		e.ID, e.OrderID, e.Seq = id.New(), o.ID, o.Version+1
		if err := o.apply(e); err != nil {
			return err
		}
		textChanged = textChanged || e.Kind == KindAmend
	}
	o.NextCheckAt = o.nextCheck()
	var err error
	if isNew {
		err = insert(ctx, tx, o)
	} else {
		err = update(ctx, tx, o, textChanged)
	}
	if err != nil {
		return err
	}
	if len(o.Tasks) > 0 || o.Owner != nil || o.Squad != nil || was.Squad != nil {
		if err := putTasks(ctx, tx, &was, o); err != nil {
			return err
		}
		if err := putHelpers(ctx, tx, &was, o); err != nil {
			return err
		}
	}
	if err := insertEvents(ctx, tx, events); err != nil {
		return err
	}
	for i := range events {
		if err := s.follow(ctx, tx, who, &was, o, &events[i]); err != nil {
			return err
		}
	}
	return nil
}

// follow writes what one event brings with it outside the order's own row.
func (s *Service) follow(ctx context.Context, tx *db.Tx, who audit.Who, was, o *Order, e *Event) error {
	f := &e.Facts
	files := f.Files
	if f.Sign != "" {
		files = append(slices.Clone(files), f.Sign)
	}
	if len(files) > 0 {
		if err := s.Files.Link(ctx, tx, files, Topic, o.ID, who.ID); err != nil {
			return err
		}
	}
	if err := s.Trail.Record(ctx, tx, who, "order."+string(e.Kind), Topic, o.ID, map[string]any{"number": o.Number, "seq": e.Seq}); err != nil {
		return err
	}
	n := Note{Number: o.Number, Version: e.Seq, Kind: e.Kind, Status: o.Status, From: was.Status, Priority: o.Priority, TeamID: o.TeamID,
		AssigneeID: o.AssigneeID, ReporterID: o.ReporterID, ActorID: e.ActorID, ItemName: o.ItemName, PlaceName: o.PlaceName, Clock: f.Clock, IncidentID: o.IncidentID}
	if was.AssigneeID != o.AssigneeID {
		n.FormerID = was.AssigneeID
	}
	keys := o.Keys()
	if taskID := e.taskID(); taskID != "" {
		n.about(was, o, taskID)
	}
	if was.TeamID != "" && was.TeamID != o.TeamID { // those it is taken from see it go
		keys.Teams = append(keys.Teams, was.TeamID)
	}
	if n.FormerID != "" {
		keys.People = append(keys.People, n.FormerID)
	}
	for _, h := range was.helpers() { // and so do those whom a task or a squad let in
		if h.TeamID != "" && !slices.Contains(keys.Teams, h.TeamID) {
			keys.Teams = append(keys.Teams, h.TeamID)
		}
		if h.PersonID != "" && !slices.Contains(keys.People, h.PersonID) {
			keys.People = append(keys.People, h.PersonID)
		}
	}
	return s.Events.Append(ctx, tx, event.Event{Topic: Topic, Subject: o.ID, Audience: keys, Data: n})
}

// taskID returns the task that an event is about; empty when it is about none.
func (e *Event) taskID() string {
	if e.Facts.Task != nil {
		return e.Facts.Task.ID
	}
	return e.Facts.TaskID
}

// about names the task of an event, who has it, and who had it until now.
func (n *Note) about(was, o *Order, taskID string) {
	t, err := o.task(taskID)
	if err != nil {
		return
	}
	n.TaskID, n.TaskTeamID, n.TaskHolder = taskID, t.TeamID, t.AssigneeID
	if before, err := was.task(taskID); err == nil && before.AssigneeID != t.AssigneeID {
		n.FormerID = before.AssigneeID
	}
}

// numbers hands out the short numbers of a day from a block reserved beforehand,
// so that orders made at once do not queue for one row. What is left of a block
// when the program ends is never used: numbers may have gaps.
type numbers struct {
	mu   sync.Mutex
	day  string
	next int64
	left int64
	size int64
}

func (s *Service) number(ctx context.Context, at int64) (string, error) {
	n := &s.numbers
	n.mu.Lock()
	defer n.mu.Unlock()
	day := clock.Time(at).In(s.Zone).Format("060102")
	if n.day != day || n.left == 0 {
		err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			n.next, err = reserve(ctx, tx, day, n.size)
			return err
		})
		if err != nil {
			return "", err
		}
		n.day, n.left = day, n.size
	}
	out := fmt.Sprintf("%s-%04d", day, n.next)
	n.next++
	n.left--
	return out, nil
}

// Tick lets time act on every order whose clocks want a look, at most limit of
// them, and returns how many it looked at. It may run anywhere at any time: what
// an order says of itself decides, so nothing happens twice.
func (s *Service) Tick(ctx context.Context, limit int) (int, error) {
	now := s.Clock.Now()
	var ids []string
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		ids, err = dueIDs(ctx, tx, now, limit)
		return err
	})
	if err != nil {
		return 0, err
	}
	clockwork := identity.System("clock")
	var failed error
	for _, orderID := range ids {
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			o, err := load(ctx, tx, orderID)
			if err != nil {
				return err
			}
			e, err := s.env(ctx, tx, clockwork, Meta{}, &o)
			if err != nil {
				return err
			}
			events := o.tick(e)
			if len(events) == 0 { // another replica was first, or the order moved on
				o.NextCheckAt = o.nextCheck()
				return update(ctx, tx, &o, false)
			}
			return s.store(ctx, tx, clockwork.Who(), &o, events)
		})
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("clock of order %s: %w", orderID, err)) // the others' clocks go on
		}
	}
	return len(ids), failed
}

package workorder

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// The parts an order plays in a major incident. The lead is worked on like any other
// order; a member follows the incident: nobody is given it, and it is solved with it.
const (
	IncidentLead   = "lead"
	IncidentMember = "member"
)

// IncidentRef names a major incident on an order.
type IncidentRef struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// IncidentState is what those who see an order of a major incident are told of it.
// It names no person.
type IncidentState struct {
	ID         string `json:"id"`
	Number     string `json:"number"`
	Title      string `json:"title"`
	Status     string `json:"status" enum:"open,mitigated,resolved,closed"`
	Notice     string `json:"notice,omitempty" doc:"The last word of progress"`
	NoticeAt   int64  `json:"noticeAt,omitempty"`
	ExpectedAt int64  `json:"expectedAt,omitempty" doc:"When it should be over, Unix milliseconds"`
	Since      int64  `json:"since"`
}

// Incidents is what orders need of major incidents.
type Incidents interface {
	// Join lets a new order follow an incident that it tells of, or returns the
	// incident.over or incident.elsewhere fault. It holds the incident until the
	// transaction ends.
	Join(ctx context.Context, tx *db.Tx, incidentID string, o *Order) (IncidentRef, error)
	// State returns how an incident stands.
	State(ctx context.Context, tx *db.Tx, incidentID string) (IncidentState, error)
	// Current returns the incidents of a campus, or of every one, that are not over.
	Current(ctx context.Context, tx *db.Tx, campusID string) ([]IncidentState, error)
}

// Follows tells whether the order waits for the end of a major incident.
func (o *Order) Follows() bool { return o.IncidentRole == IncidentMember && o.Open }

// notWhileFollowing are the commands that would give a member a life of its own.
var notWhileFollowing = []Kind{KindIntake, KindDispatch, KindPool, KindGrab, KindTransfer, KindRemote, KindConvert, KindTaskAdd, KindMerge}

// incidentKinds are given to an incident, never to an order by itself.
var incidentKinds = []Kind{KindLead, KindAttach, KindDetach, KindSolve}

func (o *Order) lead(e Env, in IncidentRef) ([]Event, error) {
	if err := o.can(KindLead); err != nil {
		return nil, err
	}
	if o.IncidentRole != "" {
		return nil, o.taken()
	}
	return []Event{e.event(KindLead, Facts{Incident: &in})}, nil
}

func (o *Order) taken() error {
	return fault.New(fault.Conflict, "order.in_incident", "number", o.IncidentNo)
}

// attach makes the order follow an incident: out of the pool, away from whoever had it.
// Following is an answer to the reporter, so that it counts as the response.
func (o *Order) attach(e Env, in IncidentRef) ([]Event, error) {
	if err := o.can(KindAttach); err != nil {
		return nil, err
	}
	switch {
	case o.IncidentRole == IncidentMember && o.IncidentID == in.ID:
		return nil, nil
	case o.IncidentRole != "":
		return nil, o.taken()
	}
	if t := o.openTask(); t != nil {
		return nil, fault.New(fault.Conflict, "order.tasks_open", "team", t.TeamName)
	}
	return []Event{e.event(KindAttach, Facts{Incident: &in, Deadlines: o.afterHold(e)})}, nil
}

func (o *Order) detach(e Env, incidentID, reason string) ([]Event, error) {
	if err := o.can(KindDetach); err != nil {
		return nil, err
	}
	if o.IncidentID != incidentID || o.IncidentRole == "" {
		return nil, fault.New(fault.Conflict, "order.not_in_incident")
	}
	var f fault.Fields
	reason = line(&f, "reason", reason, true, 200)
	return []Event{e.event(KindDetach, Facts{Reason: reason})}, f.Err()
}

// solve ends an order with its incident: a member, or a lead that nobody was given. One
// that somebody has is theirs to finish, and one that left the incident is left alone.
func (o *Order) solve(e Env, incidentID, cause, remedy string) ([]Event, error) {
	idle := o.IncidentRole == IncidentLead && o.AssigneeID == "" && o.openTask() == nil
	if o.IncidentID != incidentID || !o.Follows() && !idle || o.can(KindSolve) != nil {
		return nil, nil
	}
	return []Event{e.event(KindSolve, Facts{Cause: cause, Remedy: remedy})}, nil
}

// incident changes the order by an event that has to do with an incident.
func (o *Order) incident(e *Event) {
	f := &e.Facts
	switch e.Kind {
	case KindLead:
		o.IncidentID, o.IncidentNo, o.IncidentRole = f.Incident.ID, f.Incident.Number, IncidentLead
	case KindAttach:
		o.IncidentID, o.IncidentNo, o.IncidentRole = f.Incident.ID, f.Incident.Number, IncidentMember
		o.AssigneeID, o.AssigneeName = "", ""
		first(&o.IntakeAt, e.At)
		first(&o.AcceptedAt, e.At)
	case KindDetach:
		o.IncidentID, o.IncidentNo, o.IncidentRole = "", "", ""
	}
}

// LeadIn makes an order the lead of an incident, within the caller's transaction.
func (s *Service) LeadIn(ctx context.Context, tx *db.Tx, orderID string, in IncidentRef, m Meta) (Order, error) {
	return s.incidentStep(ctx, tx, orderID, KindLead, m, func(o *Order, e Env) ([]Event, error) { return o.lead(e, in) })
}

// AttachIn makes an order follow an incident, within the caller's transaction.
func (s *Service) AttachIn(ctx context.Context, tx *db.Tx, orderID string, in IncidentRef, m Meta) (Order, error) {
	return s.incidentStep(ctx, tx, orderID, KindAttach, m, func(o *Order, e Env) ([]Event, error) { return o.attach(e, in) })
}

// DetachIn returns an order to the queue it would stand in without the incident.
func (s *Service) DetachIn(ctx context.Context, tx *db.Tx, orderID, incidentID, reason string, m Meta) (Order, error) {
	return s.incidentStep(ctx, tx, orderID, KindDetach, m, func(o *Order, e Env) ([]Event, error) { return o.detach(e, incidentID, reason) })
}

// SolveIn ends a member with its incident's cause and remedy; solved is false for an
// order that has been solved before, or follows the incident no more.
func (s *Service) SolveIn(ctx context.Context, tx *db.Tx, orderID, incidentID, cause, remedy string) (o Order, solved bool, err error) {
	o, err = s.incidentStep(ctx, tx, orderID, KindSolve, Meta{}, func(o *Order, e Env) ([]Event, error) {
		list, err := o.solve(e, incidentID, cause, remedy)
		solved = len(list) > 0
		return list, err
	})
	return o, solved && err == nil, err
}

func (s *Service) incidentStep(ctx context.Context, tx *db.Tx, orderID string, k Kind, m Meta, decide func(*Order, Env) ([]Event, error)) (Order, error) {
	actor := identity.Of(ctx)
	o, err := load(ctx, tx, orderID)
	if err != nil {
		return o, err
	}
	if err := may(actor, &o, k); err != nil {
		return Order{}, err
	}
	e, err := s.env(ctx, tx, actor, m, &o)
	if err != nil {
		return o, err
	}
	list, err := decide(&o, e)
	if err != nil {
		return o, err
	}
	return o, s.store(ctx, tx, actor.Who(), &o, list)
}

// incidentOf returns how the incident stands that an order is part of; nil for none.
func (s *Service) incidentOf(ctx context.Context, tx *db.Tx, o *Order) (*IncidentState, error) {
	if o.IncidentID == "" || s.Incidents == nil {
		return nil, nil
	}
	st, err := s.Incidents.State(ctx, tx, o.IncidentID)
	if err != nil {
		if db.IsMissing(err) {
			return nil, nil
		}
		return nil, err
	}
	return &st, nil
}

// join lets a report begin as a member of the incident it tells of.
func (s *Service) join(ctx context.Context, tx *db.Tx, incidentID, orderID string, e Env, list []Event) ([]Event, error) {
	if s.Incidents == nil {
		return nil, fault.Field("incidentId", "unknown_reference")
	}
	o := *list[0].Facts.Report
	o.ID = orderID
	ref, err := s.Incidents.Join(ctx, tx, incidentID, &o)
	if err != nil {
		return nil, err
	}
	e.ActorID, e.ActorName, e.PlaceID, e.PlaceName = "system", "incident", "", ""
	return append(slices.Clone(list[:1]), e.event(KindAttach, Facts{Incident: &ref})), nil
}

// Members returns the orders of an incident that follow it and are not solved yet, at
// most so many, the oldest first; it asks for no permission.
func (s *Service) Members(ctx context.Context, incidentID string, most int) (out []string, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		out, err = membersOf(ctx, tx, incidentID, most)
		return err
	})
	return out, err
}

// Reach is how far an incident went.
type Reach struct {
	Orders      int64 `db:"orders" json:"orders"`
	Departments int64 `db:"departments" json:"departments"`
	Open        int64 `db:"open" json:"open" doc:"Members not solved yet"`
	Urges       int64 `db:"urges" json:"urges"`
	First       int64 `db:"first" json:"first" doc:"The first report, Unix milliseconds"`
}

// ReachOf counts the orders of an incident; it asks for no permission.
func (s *Service) ReachOf(ctx context.Context, tx *db.Tx, incidentID string) (Reach, error) {
	return reachOf(ctx, tx, incidentID)
}

// SeenIn returns an order that the actor may see, within the caller's transaction.
func (s *Service) SeenIn(ctx context.Context, tx *db.Tx, orderID string) (Order, error) {
	return s.seen(ctx, tx, identity.Of(ctx), orderID)
}

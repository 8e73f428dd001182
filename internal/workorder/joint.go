package workorder

import (
	"slices"

	"wardline/internal/platform/fault"
)

// The ways in which an order comes by its first owner.
const (
	OwnByAccept = "accept" // who accepts first, also when nothing is said
	OwnByIntake = "intake" // who takes it in
)

// Owner is the first owner (首问负责): who stays answerable to the reporter until the
// order is ended, whoever works on it.
type Owner struct {
	By    string `json:"by,omitempty" enum:"accept,intake" doc:"How the item has its owner found; absent is by acceptance"`
	ID    string `json:"id,omitempty"`
	Name  string `json:"name,omitempty"`
	Since int64  `json:"since,omitempty"`
}

// Member is somebody in a squad.
type Member struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	TeamName string `json:"teamName,omitempty"`
}

// Squad is a joint squad (专项小组): named people of several teams who see the order
// together; the leader coordinates its tasks.
type Squad struct {
	Name       string   `json:"name"`
	LeaderID   string   `json:"leaderId"`
	LeaderName string   `json:"leaderName"`
	Members    []Member `json:"members"`
	Since      int64    `json:"since"`
}

// Has tells whether somebody is in the squad.
func (q *Squad) Has(personID string) bool {
	return q != nil && slices.ContainsFunc(q.Members, func(m Member) bool { return m.ID == personID })
}

func (q *Squad) leads(personID string) bool {
	return q != nil && personID != "" && q.LeaderID == personID
}

// owns returns the owner that somebody becomes by a step of the kind; nil when there is
// one already or the item has its owner found otherwise.
func (o *Order) owns(by, personID, name string, at int64) *Owner {
	how := OwnByAccept
	if o.Owner != nil && o.Owner.By != "" {
		how = o.Owner.By
	}
	if how != by || o.Owner != nil && o.Owner.ID != "" || personID == "" || personID == "system" {
		return nil
	}
	own := Owner{ID: personID, Name: name, Since: at}
	if o.Owner != nil {
		own.By = o.Owner.By
	}
	return &own
}

// takenIn returns the owner by intake when an order is taken in by being dispatched.
func (o *Order) takenIn(e Env) *Owner {
	if o.IntakeAt > 0 {
		return nil
	}
	return o.owns(OwnByIntake, e.ActorID, e.ActorName, e.At)
}

func (o *Order) ownerID() string {
	if o.Owner == nil {
		return ""
	}
	return o.Owner.ID
}

// own hands the ownership over.
func (o *Order) own(e Env, to Worker, reason string) ([]Event, error) {
	if err := o.can(KindOwn); err != nil {
		return nil, err
	}
	var f fault.Fields
	reason = line(&f, "reason", reason, o.ownerID() != "", 200)
	if to.ID == o.ownerID() {
		return nil, f.Err()
	}
	next := Owner{ID: to.ID, Name: to.Name, Since: e.At}
	if o.Owner != nil {
		next.By = o.Owner.By
	}
	return []Event{e.event(KindOwn, Facts{Owner: &next, Reason: reason})}, f.Err()
}

// gather forms the squad, or puts another in its place; nil ends it.
func (o *Order) gather(e Env, q *Squad, reason string) ([]Event, error) {
	if err := o.can(KindSquad); err != nil {
		return nil, err
	}
	var f fault.Fields
	if q == nil {
		if o.Squad == nil {
			return nil, nil
		}
		reason = line(&f, "reason", reason, true, 200)
		return []Event{e.event(KindSquad, Facts{Reason: reason})}, f.Err()
	}
	next := *q
	next.Name = line(&f, "name", next.Name, true, 40)
	if len(next.Members) < 2 {
		f.Add("memberIds", "required")
	}
	next.Since = e.At
	if o.Squad != nil {
		next.Since = o.Squad.Since
	}
	return []Event{e.event(KindSquad, Facts{Squad: &next})}, f.Err()
}

// say tells the members of the squad something.
func (o *Order) say(e Env, note string) ([]Event, error) {
	if err := o.can(KindSquadSay); err != nil {
		return nil, err
	}
	if o.Squad == nil {
		return nil, fault.New(fault.Conflict, "order.no_squad")
	}
	var f fault.Fields
	note = line(&f, "note", note, true, 500)
	return []Event{e.event(KindSquadSay, Facts{Note: note})}, f.Err()
}

// applyJoint changes owner and squad by an event.
func (o *Order) applyJoint(e *Event) {
	if own := e.Facts.Owner; own != nil {
		o.Owner = own
	}
	if e.Kind == KindSquad {
		o.Squad = e.Facts.Squad
	}
}

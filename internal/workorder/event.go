package workorder

import (
	"fmt"
	"slices"
	"strings"

	"wardline/internal/sla"
)

// Event is one thing that happened to an order. Events are never changed.
type Event struct {
	ID         string `db:"id" json:"id"`
	OrderID    string `db:"order_id" json:"-"`
	Seq        int64  `db:"seq" json:"seq" doc:"1 for the report, without gaps"`
	Kind       Kind   `db:"kind" json:"kind"`
	At         int64  `db:"at" json:"at" doc:"When it occurred, Unix milliseconds"`
	RecordedAt int64  `db:"recorded_at" json:"recordedAt" doc:"When Wardline learned of it"`
	ActorID    string `db:"actor_id" json:"actorId"`
	ActorName  string `db:"actor_name" json:"actorName"`
	PlaceID    string `db:"place_id" json:"placeId,omitempty" doc:"Where it occurred, when known"`
	PlaceName  string `db:"place_name" json:"placeName,omitempty"`
	Facts      Facts  `db:"facts,json" json:"facts"`
}

// Facts are what an event says beyond its kind. Which of them are set depends on
// the kind; an amendment sets only what changed.
type Facts struct {
	Report *Order     `json:"report,omitempty"` // the order as first reported
	Amend  *Amendment `json:"amend,omitempty"`
	To     Status     `json:"to,omitempty"`

	TeamID       string `json:"teamId,omitempty"`
	TeamName     string `json:"teamName,omitempty"`
	VendorID     string `json:"vendorId,omitempty"`
	AssigneeID   string `json:"assigneeId,omitempty"`
	AssigneeName string `json:"assigneeName,omitempty"`

	Reason    string        `json:"reason,omitempty"`
	Note      string        `json:"note,omitempty"`
	Until     int64         `json:"until,omitempty"`
	Stops     sla.Milestone `json:"stops,omitempty"` // clocks that a hold stops; 0 is all
	Deadlines *Deadlines    `json:"deadlines,omitempty"`
	Marks     *Marks        `json:"marks,omitempty"`
	Clock     string        `json:"clock,omitempty"`
	Scanned   bool          `json:"scanned,omitempty"` // arrival proven by a scan
	Forced    bool          `json:"forced,omitempty" doc:"A visit that no remote solution can end"`
	Why       *Ruling       `json:"why,omitempty" doc:"The rule by which it is remote or a visit"`
	Guide     *Guidance     `json:"guide,omitempty" doc:"A guided remote attempt"`

	Back *Back `json:"back,omitempty"` // what an undoing restores

	Task   *Task  `json:"task,omitempty"`
	TaskID string `json:"taskId,omitempty"`

	TaskDue *Deadlines `json:"taskDue,omitempty"` // of a task that became ready
	Plan    *Plan      `json:"plan,omitempty"`    // with the first task of a template
	Owner   *Owner     `json:"owner,omitempty"`   // who is first owner from now on
	Squad   *Squad     `json:"squad,omitempty"`

	Cause  string   `json:"cause,omitempty"`
	Remedy string   `json:"remedy,omitempty"`
	Labour int      `json:"labour,omitempty"`
	Parts  []Part   `json:"parts,omitempty"`
	Files  []string `json:"files,omitempty"` // attachments
	Sign   string   `json:"sign,omitempty"`  // attachment with the signature

	Form map[string]any `json:"form,omitempty"` // all answers, with those of the engineer

	Leg *Leg `json:"leg,omitempty"` // what is carried changed hands or was checked

	Scores     *Scores `json:"scores,omitempty"`
	Outcome    string  `json:"outcome,omitempty"`
	CallBack   string  `json:"callBack,omitempty"`
	Into       string  `json:"into,omitempty"`
	IntoNo     string  `json:"intoNumber,omitempty"`
	PersonID   string  `json:"personId,omitempty" doc:"Follower of a watch, or whoever takes over"`
	PersonName string  `json:"personName,omitempty"`
	WatchID    string  `json:"watchId,omitempty"`
	Via        string  `json:"via,omitempty" doc:"The firing of a rule that brought it about"`

	Incident *IncidentRef `json:"incident,omitempty"`
}

// Amendment is a correction; nil fields stay as they are.
type Amendment struct {
	ItemID         *string        `json:"itemId,omitempty"`
	ItemVersion    *int64         `json:"itemVersion,omitempty"`
	ItemCode       *string        `json:"itemCode,omitempty"`
	ItemName       *string        `json:"itemName,omitempty"`
	ItemNameEn     *string        `json:"itemNameEn,omitempty"`
	Symptom        *string        `json:"symptom,omitempty"`
	Words          *string        `json:"words,omitempty"`
	Form           map[string]any `json:"form,omitempty"`
	Priority       *string        `json:"priority,omitempty"`
	Limits         *Limits        `json:"limits,omitempty"`
	CampusID       *string        `json:"campusId,omitempty"`
	DepartmentID   *string        `json:"departmentId,omitempty"`
	DepartmentName *string        `json:"departmentName,omitempty"`
	PlaceID        *string        `json:"placeId,omitempty"`
	PlaceName      *string        `json:"placeName,omitempty"`
	AssetID        *string        `json:"assetId,omitempty"`
	AssetName      *string        `json:"assetName,omitempty"`
	ContactName    *string        `json:"contactName,omitempty"`
	ContactPhone   *string        `json:"contactPhone,omitempty"`
	WantedAt       *int64         `json:"wantedAt,omitempty"`
	AidTools       []string       `json:"aidTools,omitempty"`
}

// Rebuild makes an order from all its events, in order.
func Rebuild(events []Event) (Order, error) {
	var o Order
	for i := range events {
		if events[i].Seq != int64(i)+1 {
			return o, fmt.Errorf("order %s: event %d stands at place %d", events[i].OrderID, events[i].Seq, i+1)
		}
		if err := o.apply(&events[i]); err != nil {
			return o, err
		}
	}
	return o, nil
}

// apply changes the order by one event. It is the only code that changes an order.
func (o *Order) apply(e *Event) error {
	f := &e.Facts
	to, err := follow(o.Status, e.Kind, f.To)
	if err != nil {
		return err
	}
	if e.Kind == KindReport {
		*o = *f.Report
	}
	from, due := o.Status, o.Deadlines
	o.ID, o.Status, o.Open, o.Version, o.UpdatedAt = e.OrderID, to, to.Open(), e.Seq, e.RecordedAt
	if from == Held && to != Held {
		o.endPause(e.At)
	}
	o.stamp(e)
	o.incident(e)
	if f.Deadlines != nil {
		o.Deadlines = *f.Deadlines
	}
	if f.Marks != nil {
		o.Marks = *f.Marks
	}
	if f.CallBack != "" {
		o.CallBack = f.CallBack
	}
	o.applyJoint(e)
	if _, ok := moves[e.Kind]; ok || e.Kind == KindTaskAdd {
		return o.applyTask(e)
	}
	switch e.Kind {
	case KindAmend:
		o.amend(f.Amend)
	case KindHold:
		o.ResumeTo, o.HoldReason, o.HoldUntil = from, f.Reason, f.Until
		o.Pauses = append(slices.Clone(o.Pauses), Pause{From: e.At, Reason: f.Reason, Stops: f.Stops})
	case KindConvert:
		o.Mode = Onsite
		o.OnsiteOnly = o.OnsiteOnly || f.Forced
	case KindMainDone:
		o.MainDoneAt = e.At
		o.worked(f)
	case KindFinish, KindRemote, KindSettle, KindSolve, KindComplete:
		o.finish(e)
	case KindNotSolved:
		o.Reworks++
		o.ClockStart, o.Pauses, o.Marks, o.Overdue, o.Warned = e.At, nil, Marks{}, "", ""
		o.AcceptedAt, o.ArrivedAt, o.FinishedAt, o.ConfirmedAt, o.ClosedAt = 0, 0, 0, 0, 0
		o.RemoteSolved, o.MainDoneAt = false, 0
		o.IncidentRole = "" // what is left is this order's own
	case KindRate:
		o.Rating = f.Scores
	case KindUrge:
		o.Urges++
	case KindEscalate:
		o.Level++
	case KindCallBack:
		o.CallBackTry++
		if f.Scores != nil {
			o.Rating = f.Scores
		}
	case KindWatch:
		o.WatchID = f.WatchID
	case KindUnwatch:
		o.WatchID = ""
	case KindMerge:
		o.MergedInto = f.Into
	case KindDueSoon:
		o.Warned = addClock(o.Warned, f.Clock)
	case KindOverdue:
		o.Overdue = addClock(o.Overdue, f.Clock)
	}
	o.rewarn(due, e.At)
	return nil
}

// stamp sets the moments and people that a step brings with it.
func (o *Order) stamp(e *Event) {
	f := &e.Facts
	switch e.Kind {
	case KindIntake:
		o.IntakeAt = e.At
		o.setTeam(f)
	case KindDispatch, KindPool, KindTransfer:
		if o.IntakeAt == 0 {
			o.IntakeAt = e.At
		}
		o.DispatchedAt = e.At
		o.setTeam(f)
		o.AssigneeID, o.AssigneeName, o.MainDoneAt = f.AssigneeID, f.AssigneeName, 0
	case KindUndo:
		o.TeamID, o.TeamName, o.VendorID, o.AssigneeID, o.AssigneeName = f.TeamID, f.TeamName, f.VendorID, f.AssigneeID, f.AssigneeName
		o.IntakeAt, o.DispatchedAt = f.Back.IntakeAt, f.Back.DispatchedAt
	case KindGrab, KindAccept:
		if e.Kind == KindGrab {
			o.DispatchedAt = e.At
			o.AssigneeID, o.AssigneeName = f.AssigneeID, f.AssigneeName
		}
		first(&o.AcceptedAt, e.At)
	case KindRefuse:
		o.Refusals++
		o.AssigneeID, o.AssigneeName = "", ""
	case KindArrive:
		first(&o.AcceptedAt, e.At)
		first(&o.ArrivedAt, e.At)
		o.Visits++
	case KindPickUp:
		if e.Facts.Leg != nil && e.Facts.Leg.Arrived {
			first(&o.AcceptedAt, e.At)
			first(&o.ArrivedAt, e.At)
			o.Visits++
		}
	case KindConfirm:
		o.ConfirmedAt = e.At
	}
	if o.Status == Closed && o.ClosedAt == 0 {
		o.ClosedAt = e.At
	}
}

func (o *Order) setTeam(f *Facts) {
	if f.TeamID != "" {
		o.TeamID, o.TeamName, o.VendorID = f.TeamID, f.TeamName, f.VendorID
	}
}

func (o *Order) endPause(at int64) {
	o.HoldReason, o.HoldUntil, o.ResumeTo = "", 0, ""
	if n := len(o.Pauses); n > 0 && o.Pauses[n-1].To == 0 {
		o.Pauses = slices.Clone(o.Pauses)
		o.Pauses[n-1].To = at
	}
}

func (o *Order) finish(e *Event) {
	f := &e.Facts
	o.FinishedAt = e.At
	o.worked(f)
	o.RemoteSolved = e.Kind == KindRemote
	if f.AssigneeID != "" {
		o.AssigneeID, o.AssigneeName = f.AssigneeID, f.AssigneeName
	}
	if e.Kind == KindSettle || e.Kind == KindSolve {
		return // who did it when is not known, or was told when it began to follow
	}
	first(&o.AcceptedAt, e.At)
	first(&o.IntakeAt, e.At)
}

// worked adds what the order's own work took and brought.
func (o *Order) worked(f *Facts) {
	o.Cause, o.Remedy = f.Cause, f.Remedy
	o.Labour += f.Labour
	o.Parts = append(slices.Clone(o.Parts), f.Parts...)
	if f.Form != nil {
		o.Form = f.Form
	}
}

func (o *Order) amend(a *Amendment) {
	set(&o.ItemID, a.ItemID)
	set(&o.ItemVersion, a.ItemVersion)
	set(&o.ItemCode, a.ItemCode)
	set(&o.ItemName, a.ItemName)
	set(&o.ItemNameEn, a.ItemNameEn)
	set(&o.Symptom, a.Symptom)
	set(&o.Words, a.Words)
	set(&o.Priority, a.Priority)
	set(&o.Limits, a.Limits)
	set(&o.CampusID, a.CampusID)
	set(&o.DepartmentID, a.DepartmentID)
	set(&o.DepartmentName, a.DepartmentName)
	set(&o.PlaceID, a.PlaceID)
	set(&o.PlaceName, a.PlaceName)
	set(&o.AssetID, a.AssetID)
	set(&o.AssetName, a.AssetName)
	set(&o.ContactName, a.ContactName)
	set(&o.ContactPhone, a.ContactPhone)
	set(&o.WantedAt, a.WantedAt)
	if a.Form != nil {
		o.Form = a.Form
	}
	if a.AidTools != nil {
		o.AidTools = a.AidTools
	}
}

func set[T any](to *T, v *T) {
	if v != nil {
		*to = *v
	}
}

// first sets what is not set yet.
func first[T comparable](to *T, v T) {
	var unset T
	if *to == unset {
		*to = v
	}
}

func addClock(list, clock string) string {
	if list == "" {
		return clock
	}
	if hasClock(list, clock) {
		return list
	}
	return list + "," + clock
}

func dropClock(list, clock string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(list, ","), func(c string) bool { return c == clock }), ",")
}

func hasClock(list, clock string) bool {
	return slices.Contains(strings.Split(list, ","), clock)
}

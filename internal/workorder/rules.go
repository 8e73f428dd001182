package workorder

import (
	"slices"
	"strings"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/sla"
)

// Env is what a rule knows besides the order: who acts, when and where it occurred,
// and how deadlines are reckoned.
type Env struct {
	At        int64 // when it occurred, Unix milliseconds
	Now       int64 // when it is recorded, Unix milliseconds
	ActorID   string
	ActorName string
	PlaceID   string
	PlaceName string
	Book      *sla.Book // calendars and reasons; nil works round the clock
	Via       string    // the firing of a rule that acts; empty for people
}

// Book is what clocks are reckoned by, under the name by which those who tell of past
// orders know it.
type Book = sla.Book

// Team is what a rule needs of a team.
type Team struct {
	ID, Name, VendorID string
	Pool               bool // its members grab for themselves
}

// Worker is who works on an order.
type Worker struct{ ID, Name string }

func (e Env) event(k Kind, f Facts) Event {
	f.Via = e.Via
	return Event{Kind: k, At: e.At, RecordedAt: e.Now, ActorID: e.ActorID, ActorName: e.ActorName,
		PlaceID: e.PlaceID, PlaceName: e.PlaceName, Facts: f}
}

func line(fields *fault.Fields, name, v string, required bool, maxLen int) string {
	v = strings.TrimSpace(v)
	if required && v == "" {
		fields.Add(name, "required")
	}
	if len([]rune(v)) > maxLen {
		fields.Add(name, "too_long", "max", maxLen)
	}
	return v
}

func (o *Order) can(k Kind) error {
	_, err := follow(o.Status, k, "")
	if err == nil && o.Follows() && slices.Contains(notWhileFollowing, k) {
		return o.taken()
	}
	return err
}

// dispatch gives the order to one person of a team, whoever had it before.
func (o *Order) dispatch(e Env, t Team, w Worker, note string) ([]Event, error) {
	if err := o.can(KindDispatch); err != nil {
		return nil, err
	}
	if w.ID == "" {
		return nil, fault.Field("assigneeId", "required")
	}
	return []Event{e.event(KindDispatch, Facts{TeamID: t.ID, TeamName: t.Name, VendorID: t.VendorID,
		AssigneeID: w.ID, AssigneeName: w.Name, Note: note, Deadlines: o.afterHold(e), Owner: o.takenIn(e)})}, nil
}

// pool offers the order to everybody in the team.
func (o *Order) pool(e Env, t Team, note string) ([]Event, error) {
	if err := o.can(KindPool); err != nil {
		return nil, err
	}
	if !t.Pool {
		return nil, fault.Field("teamId", "order.no_pool", "team", t.Name)
	}
	return []Event{e.event(KindPool, Facts{TeamID: t.ID, TeamName: t.Name, VendorID: t.VendorID, Note: note})}, nil
}

// release gives an order that nobody has accepted back to its own team.
func (o *Order) release(e Env, t Team, reason string) ([]Event, error) {
	if t.Pool {
		return o.pool(e, t, reason)
	}
	if err := o.can(KindTransfer); err != nil {
		return nil, err
	}
	return []Event{e.event(KindTransfer, Facts{TeamID: t.ID, TeamName: t.Name, VendorID: t.VendorID, Reason: reason, Deadlines: o.afterHold(e)})}, nil
}

// grab takes the order out of the pool; who comes second is told who was first.
func (o *Order) grab(e Env) ([]Event, error) {
	if o.Status != Pooled && o.AssigneeID != "" {
		if o.AssigneeID == e.ActorID && o.Status == Accepted {
			return nil, nil
		}
		return nil, fault.New(fault.Conflict, "order.taken", "name", o.AssigneeName)
	}
	if err := o.can(KindGrab); err != nil {
		return nil, err
	}
	return []Event{e.event(KindGrab, Facts{AssigneeID: e.ActorID, AssigneeName: e.ActorName, Owner: o.owns(OwnByAccept, e.ActorID, e.ActorName, e.At)})}, nil
}

// mine refuses what only the person who has the order may do.
func (o *Order) mine(e Env) error {
	if o.AssigneeID != e.ActorID {
		return fault.New(fault.Conflict, "order.not_yours", "name", o.AssigneeName)
	}
	return nil
}

func (o *Order) accept(e Env) ([]Event, error) {
	if err := o.can(KindAccept); err != nil {
		return nil, err
	}
	if err := o.mine(e); err != nil {
		return nil, err
	}
	return []Event{e.event(KindAccept, Facts{Owner: o.owns(OwnByAccept, e.ActorID, e.ActorName, e.At)})}, nil
}

func (o *Order) refuse(e Env, reason string) ([]Event, error) {
	if err := o.can(KindRefuse); err != nil {
		return nil, err
	}
	if err := o.mine(e); err != nil {
		return nil, err
	}
	var f fault.Fields
	reason = line(&f, "reason", reason, true, 200)
	return []Event{e.event(KindRefuse, Facts{Reason: reason})}, f.Err()
}

func (o *Order) arrive(e Env, scanned bool) ([]Event, error) {
	if err := o.can(KindArrive); err != nil {
		return nil, err
	}
	if err := o.mine(e); err != nil {
		return nil, err
	}
	return []Event{e.event(KindArrive, Facts{Scanned: scanned})}, nil
}

func (o *Order) hold(e Env, reason, note string, until int64) ([]Event, error) {
	if err := o.can(KindHold); err != nil {
		return nil, err
	}
	if err := o.mine(e); err != nil {
		return nil, err
	}
	return o.pause(e, reason, note, until)
}

// pause stops the clock, whoever has the order.
func (o *Order) pause(e Env, reason, note string, until int64) ([]Event, error) {
	if err := o.can(KindHold); err != nil {
		return nil, err
	}
	var f fault.Fields
	why, known := e.Book.Reason(reason)
	if !known {
		f.Add("reason", "bad_value")
	}
	note = line(&f, "note", note, reason == "other", 500)
	if until != 0 && (until <= e.At || until > e.At+90*clock.Day) {
		f.Add("until", "order.until")
	}
	return []Event{e.event(KindHold, Facts{Reason: reason, Note: note, Until: until, Stops: why.Stops()})}, f.Err()
}

// afterHold returns the deadlines moved on by a hold that ends now; nil when none lasts.
func (o *Order) afterHold(e Env) *Deadlines {
	if o.Status != Held {
		return nil
	}
	done := *o
	done.endPause(e.At)
	return done.due(e)
}

func (o *Order) resume(e Env) ([]Event, error) {
	if err := o.can(KindResume); err != nil {
		return nil, err
	}
	return []Event{e.event(KindResume, Facts{To: o.ResumeTo, Deadlines: o.afterHold(e)})}, nil
}

// Work is what a finished order leaves behind.
type Work struct {
	Cause  string   `json:"cause,omitempty" maxLength:"500"`
	Remedy string   `json:"remedy" maxLength:"2000" doc:"What was done"`
	Labour int      `json:"labour,omitempty" minimum:"0" maximum:"6000" doc:"Minutes of work"`
	Parts  []Part   `json:"parts,omitempty" maxItems:"50"`
	Files  []string `json:"files,omitempty" maxItems:"20" doc:"Attachments, photos first"`
	Sign   string   `json:"sign,omitempty" doc:"Attachment with the signature"`
	// Form are answers the item asks of the engineer; they are added to the order's.
	Form map[string]any `json:"form,omitempty"`
}

// Evidence is what the catalogue item demands before an order may be finished.
type Evidence struct{ Photo, Signature bool }

func (w Work) check(ev Evidence) (Work, error) {
	var f fault.Fields
	w.Remedy = line(&f, "remedy", w.Remedy, true, 2000)
	w.Cause = line(&f, "cause", w.Cause, false, 500)
	if ev.Photo && len(w.Files) == 0 {
		f.Add("files", "order.photo_demanded")
	}
	if ev.Signature && w.Sign == "" {
		f.Add("sign", "order.signature_demanded")
	}
	return w, f.Err()
}

func (w Work) facts() Facts {
	return Facts{Cause: w.Cause, Remedy: w.Remedy, Labour: w.Labour, Parts: w.Parts, Files: w.Files, Sign: w.Sign, Form: w.Form}
}

func (o *Order) finishWork(e Env, w Work, ev Evidence) ([]Event, error) {
	if err := o.can(KindFinish); err != nil {
		return nil, err
	}
	if err := o.mine(e); err != nil {
		return nil, err
	}
	if o.Mode == Onsite && o.Status != Working {
		return nil, fault.New(fault.Conflict, "order.arrive_first")
	}
	t := o.openTask()
	if t != nil && (!o.FinishWithLast || o.MainDoneAt > 0) {
		return nil, fault.New(fault.Conflict, "order.tasks_open", "team", t.TeamName)
	}
	w, err := w.check(ev)
	if err != nil {
		return nil, err
	}
	if t != nil { // the last task will finish the order
		return []Event{e.event(KindMainDone, w.facts())}, nil
	}
	return []Event{e.event(KindFinish, w.facts())}, nil
}

// solveRemotely ends the order without a visit: by whoever has it, or by the agent
// who guided the caller while nobody had it.
func (o *Order) solveRemotely(e Env, w Work) ([]Event, error) {
	if err := o.can(KindRemote); err != nil {
		return nil, err
	}
	if o.OnsiteOnly {
		return nil, fault.New(fault.Conflict, "order.onsite_only")
	}
	if (o.Status == Accepted || o.Status == Working) && o.AssigneeID != e.ActorID {
		return nil, o.mine(e)
	}
	if t := o.openTask(); t != nil {
		return nil, fault.New(fault.Conflict, "order.tasks_open", "team", t.TeamName)
	}
	w, err := w.check(Evidence{})
	if err != nil {
		return nil, err
	}
	f := w.facts()
	f.AssigneeID, f.AssigneeName = e.ActorID, e.ActorName
	f.Owner = o.owns(OwnByAccept, e.ActorID, e.ActorName, e.At)
	return []Event{e.event(KindRemote, f)}, nil
}

func (o *Order) settle(e Env, remedy string) ([]Event, error) {
	if err := o.can(KindSettle); err != nil {
		return nil, err
	}
	var f fault.Fields
	remedy = line(&f, "remedy", remedy, false, 2000)
	return o.abandon(e, "settled", e.event(KindSettle, Facts{Remedy: remedy})), f.Err()
}

func (o *Order) convert(e Env, note string) ([]Event, error) {
	if err := o.can(KindConvert); err != nil {
		return nil, err
	}
	if o.Mode == Onsite {
		return nil, nil
	}
	return []Event{e.event(KindConvert, Facts{Note: note})}, nil
}

func (o *Order) transfer(e Env, t Team, reason string) ([]Event, error) {
	if err := o.can(KindTransfer); err != nil {
		return nil, err
	}
	var f fault.Fields
	reason = line(&f, "reason", reason, true, 200)
	if t.ID == o.TeamID {
		f.Add("teamId", "order.same_team")
	}
	return []Event{e.event(KindTransfer, Facts{TeamID: t.ID, TeamName: t.Name, VendorID: t.VendorID,
		Reason: reason, Deadlines: o.afterHold(e)})}, f.Err()
}

// callBackShare is the share of ordinary orders that are called back: one in ten.
const callBackShare = 10

// wantsCallBack samples by the number, so that the same order always gives the same answer.
func (o *Order) wantsCallBack(s *Scores) bool {
	if Urgent(o.Priority) || o.Reworks > 0 || o.Level > 0 || s != nil && s.Overall <= 2 {
		return true
	}
	h := uint32(2166136261)
	for i := 0; i < len(o.Number); i++ {
		h = (h ^ uint32(o.Number[i])) * 16777619
	}
	return h%callBackShare == 0
}

func (o *Order) confirm(e Env, s *Scores) ([]Event, error) {
	if err := o.can(KindConfirm); err != nil {
		return nil, err
	}
	f := Facts{To: Closed}
	if o.wantsCallBack(s) {
		f = Facts{CallBack: "due"}
	}
	events := []Event{e.event(KindConfirm, f)}
	if s != nil {
		events = append(events, e.event(KindRate, Facts{Scores: s}))
	}
	return events, nil
}

func (o *Order) rate(e Env, s Scores) ([]Event, error) {
	if err := o.can(KindRate); err != nil {
		return nil, err
	}
	f := Facts{Scores: &s}
	if o.CallBack == "" && s.Overall <= 2 {
		f.CallBack = "due"
	}
	return []Event{e.event(KindRate, f)}, nil
}

// reopenDays is how long after its end an order can come back as rework.
const reopenDays = 7

func (o *Order) notSolved(e Env, reason string) ([]Event, error) {
	if err := o.can(KindNotSolved); err != nil {
		return nil, err
	}
	if o.ClosedAt > 0 && e.At > o.ClosedAt+reopenDays*clock.Day {
		return nil, fault.New(fault.Conflict, "order.too_late", "days", reopenDays)
	}
	var f fault.Fields
	reason = line(&f, "reason", reason, true, 500)
	facts := Facts{Reason: reason}
	if o.AssigneeID == "" || o.TeamID == "" {
		facts.To = Queued
	}
	again := *o
	again.ClockStart, again.Pauses, again.Marks, again.AcceptedAt, again.ArrivedAt, again.FinishedAt = e.At, nil, Marks{}, 0, 0, 0
	facts.Deadlines = again.due(e)
	return []Event{e.event(KindNotSolved, facts)}, f.Err()
}

// urgePause is how long a reporter waits before urging again.
const urgePause = 10 * clock.Minute

func (o *Order) urge(e Env, lastUrge int64, note string) ([]Event, error) {
	if err := o.can(KindUrge); err != nil {
		return nil, err
	}
	if wait := lastUrge + urgePause - e.At; lastUrge > 0 && wait > 0 {
		return nil, fault.New(fault.TooMany, "order.urge_wait", "minutes", (wait+clock.Minute-1)/clock.Minute)
	}
	var f fault.Fields
	note = line(&f, "note", note, false, 200)
	return []Event{e.event(KindUrge, Facts{Note: note})}, f.Err()
}

// CallBackOutcome is what came of calling back.
type CallBackOutcome string

// The outcomes of a call-back.
const (
	CallSolved    CallBackOutcome = "solved"
	CallNotSolved CallBackOutcome = "not_solved"
	CallFailed    CallBackOutcome = "no_answer"
)

// maxCallBacks is how often a call-back is tried before it is given up.
const maxCallBacks = 3

func (o *Order) callBack(e Env, outcome CallBackOutcome, s *Scores, note string) ([]Event, error) {
	if err := o.can(KindCallBack); err != nil {
		return nil, err
	}
	var f fault.Fields
	note = line(&f, "note", note, outcome == CallNotSolved, 500)
	facts := Facts{Outcome: string(outcome), Note: note, Scores: s, CallBack: "done"}
	switch outcome {
	case CallSolved:
		facts.To = Closed
	case CallNotSolved:
		events := []Event{e.event(KindCallBack, facts)}
		again, err := o.notSolved(e, note)
		if err != nil {
			return nil, err
		}
		return append(events, again...), f.Err()
	case CallFailed:
		facts.CallBack = "due"
		if o.CallBackTry+1 >= maxCallBacks {
			facts.CallBack, facts.To = "failed", Closed
		}
	default:
		f.Add("outcome", "bad_value")
	}
	if o.Status == Closed {
		facts.To = ""
	}
	return []Event{e.event(KindCallBack, facts)}, f.Err()
}

func (o *Order) cancel(e Env, reason string) ([]Event, error) {
	if err := o.can(KindCancel); err != nil {
		return nil, err
	}
	var f fault.Fields
	reason = line(&f, "reason", reason, true, 200)
	return o.abandon(e, reason, e.event(KindCancel, Facts{Reason: reason})), f.Err()
}

func (o *Order) merge(e Env, into *Order) ([]Event, error) {
	if err := o.can(KindMerge); err != nil {
		return nil, err
	}
	if into.ID == o.ID || !into.Open {
		return nil, fault.Field("into", "order.bad_merge")
	}
	return o.abandon(e, into.Number, e.event(KindMerge, Facts{Into: into.ID, IntoNo: into.Number})), nil
}

package workorder

import (
	"slices"

	"wardline/internal/platform/fault"
)

// Kind names what happened to an order.
type Kind string

// The kinds of event. Each is also the name of the command that brings it about,
// unless it says otherwise.
const (
	KindReport   Kind = "report"
	KindAmend    Kind = "amend"
	KindIntake   Kind = "intake"
	KindDispatch Kind = "dispatch"
	KindPool     Kind = "pool"
	KindGrab     Kind = "grab"
	KindAccept   Kind = "accept"
	KindRefuse   Kind = "refuse"
	KindArrive   Kind = "arrive"
	KindHold     Kind = "hold"
	KindResume   Kind = "resume"
	KindRemote   Kind = "remote_solve"
	KindConvert  Kind = "convert"
	KindGuide    Kind = "guide"
	KindTransfer Kind = "transfer"
	KindUndo     Kind = "undo" // takes the dispatch, pool or transfer of a moment ago back
	KindTaskAdd  Kind = "task_add"
	KindTaskDone Kind = "task_done"

	KindTaskReady   Kind = "task_ready" // what it waited for has ended; never a command
	KindTaskAssign  Kind = "task_assign"
	KindTaskGrab    Kind = "task_grab"
	KindTaskAccept  Kind = "task_accept"
	KindTaskRefuse  Kind = "task_refuse"
	KindTaskArrive  Kind = "task_arrive"
	KindTaskCheck   Kind = "task_check" // a second person looked
	KindTaskCancel  Kind = "task_cancel"
	KindTaskDueSoon Kind = "task_due_soon"
	KindTaskOverdue Kind = "task_overdue"
	KindMainDone    Kind = "main_done" // the order's own work is done while tasks are open; a finish
	KindComplete    Kind = "complete"  // everything is done: the order finishes by itself; never a command
	KindOwn         Kind = "own"
	KindSquad       Kind = "squad"
	KindSquadSay    Kind = "squad_say"

	KindFinish    Kind = "finish"
	KindSettle    Kind = "settle" // another system says that it was done; never a command
	KindConfirm   Kind = "confirm"
	KindNotSolved Kind = "not_solved"
	KindRate      Kind = "rate"
	KindUrge      Kind = "urge"
	KindEscalate  Kind = "escalate"
	KindCallBack  Kind = "call_back"
	KindCancel    Kind = "cancel"
	KindClose     Kind = "close"
	KindMerge     Kind = "merge"
	KindNote      Kind = "note"
	KindDueSoon   Kind = "due_soon"
	KindOverdue   Kind = "overdue"
	KindRemind    Kind = "remind"      // those who answer for it were reminded; never a command
	KindNoted     Kind = "acknowledge" // somebody took notice of the reminders
	KindWatch     Kind = "watch"
	KindUnwatch   Kind = "unwatch"
	KindReclock   Kind = "reclock" // a calendar changed and with it a due moment; never a command
	KindLead      Kind = "incident_lead"
	KindAttach    Kind = "incident_attach"
	KindDetach    Kind = "incident_detach"
	KindSolve     Kind = "incident_solve" // solved with the incident it follows; never a command
	KindCheck     Kind = "check"          // what is carried was compared with what was asked for
	KindPickUp    Kind = "pick_up"        // taken over, by the first who carries it or from another
	KindDeliver   Kind = "deliver"        // handed over where it was to go
	KindDelay     Kind = "delay"          // why carrying it takes longer
)

// same marks an event that leaves the status as it is.
const same Status = "="

type transition struct {
	from []Status
	to   Status
}

var (
	anyOpen   = []Status{Reported, Queued, Pooled, Assigned, Accepted, Working, Held}
	afterWork = []Status{Finished, Confirmed, Closed}
)

// transitions says which event may happen in which status, and what the status is after.
// Where the status after depends on more, the rule names it in Facts.To and the
// choices stand in alternatives.
var transitions = map[Kind]transition{
	KindReport:   {[]Status{None}, Reported},
	KindAmend:    {anyOpen, same},
	KindIntake:   {[]Status{Reported}, Queued},
	KindDispatch: {anyOpen, Assigned},
	KindPool:     {[]Status{Reported, Queued, Assigned, Accepted}, Pooled},
	KindGrab:     {[]Status{Pooled}, Accepted},
	KindAccept:   {[]Status{Assigned}, Accepted},
	KindRefuse:   {[]Status{Assigned}, Queued},
	KindArrive:   {[]Status{Accepted}, Working},
	KindHold:     {[]Status{Accepted, Working}, Held},
	KindResume:   {[]Status{Held}, same}, // to where it was held from
	KindRemote:   {[]Status{Reported, Queued, Pooled, Assigned, Accepted, Working}, Finished},
	KindConvert:  {anyOpen, same},
	KindGuide:    {[]Status{Reported, Queued, Pooled, Assigned, Accepted, Working}, same},
	KindTransfer: {[]Status{Queued, Pooled, Assigned, Accepted, Working, Held}, Queued},
	KindUndo:     {[]Status{Queued, Pooled, Assigned}, Queued}, // or wherever it was before
	KindTaskAdd:  {anyOpen, same},
	KindTaskDone: {anyOpen, same},

	KindTaskReady:   {anyOpen, same},
	KindTaskAssign:  {anyOpen, same},
	KindTaskGrab:    {anyOpen, same},
	KindTaskAccept:  {anyOpen, same},
	KindTaskRefuse:  {anyOpen, same},
	KindTaskArrive:  {anyOpen, same},
	KindTaskCheck:   {anyOpen, same},
	KindTaskCancel:  {anyOpen, same},
	KindTaskDueSoon: {anyOpen, same},
	KindTaskOverdue: {anyOpen, same},
	KindMainDone:    {[]Status{Accepted, Working}, same},
	KindComplete:    {anyOpen, Finished},
	KindOwn:         {anyOpen, same},
	KindSquad:       {anyOpen, same},
	KindSquadSay:    {anyOpen, same},

	KindFinish:    {[]Status{Accepted, Working}, Finished},
	KindSettle:    {[]Status{Reported, Queued}, Finished},
	KindConfirm:   {[]Status{Finished}, Confirmed}, // or closed, when no call-back is due
	KindNotSolved: {afterWork, Assigned},           // or queued, when nobody had it
	KindRate:      {afterWork, same},
	KindUrge:      {anyOpen, same},
	KindEscalate:  {anyOpen, same},
	KindCallBack:  {[]Status{Finished, Confirmed, Closed}, same}, // or closed, when it was solved
	KindCancel:    {[]Status{Reported, Queued, Pooled, Assigned, Accepted, Held}, Cancelled},
	KindClose:     {[]Status{Finished, Confirmed}, Closed},
	KindMerge:     {anyOpen, Merged},
	KindNote:      {Statuses(), same},
	KindDueSoon:   {anyOpen, same},
	KindOverdue:   {anyOpen, same},
	KindRemind:    {anyOpen, same},
	KindNoted:     {anyOpen, same},
	KindWatch:     {anyOpen, same},
	KindUnwatch:   {Statuses(), same},
	KindReclock:   {anyOpen, same},
	KindLead:      {anyOpen, same},
	KindAttach:    {anyOpen, Queued},
	KindDetach:    {anyOpen, same},
	KindSolve:     {[]Status{Reported, Queued, Pooled}, Finished},
	KindCheck:     {[]Status{Accepted, Working}, same},
	KindPickUp:    {[]Status{Accepted, Working}, Working}, // who takes it over has arrived
	KindDeliver:   {[]Status{Working}, same},
	KindDelay:     {[]Status{Accepted, Working}, same},
}

// alternatives are the statuses that Facts.To may name instead of the table's.
var alternatives = map[Kind][]Status{
	KindResume:    {Accepted, Working},
	KindConfirm:   {Closed},
	KindNotSolved: {Queued},
	KindCallBack:  {Closed},
	KindReport:    {Queued},
	KindUndo:      {Reported, Pooled, Assigned, Accepted, Working},
}

// allowed are the kinds of event that may happen in each status, sorted.
var allowed = func() map[Status][]Kind {
	out := map[Status][]Kind{}
	for k, t := range transitions {
		for _, s := range t.from {
			out[s] = append(out[s], k)
		}
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}()

// Allowed returns the kinds of event that may happen to an order in this status, sorted.
func Allowed(s Status) []Kind { return slices.Clone(allowed[s]) }

// follow returns the status after an event, or the order.state fault.
func follow(s Status, k Kind, to Status) (Status, error) {
	t, ok := transitions[k]
	if !ok || !slices.Contains(t.from, s) {
		return s, fault.New(fault.Conflict, "order.state", "status", string(s), "command", string(k))
	}
	switch {
	case to != "" && slices.Contains(alternatives[k], to):
		return to, nil
	case to != "" && to != t.to:
		return s, fault.New(fault.Internal, "internal")
	case t.to == same:
		return s, nil
	}
	return t.to, nil
}

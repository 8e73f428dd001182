package workorder

import (
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
)

// rights says which permissions allow a command; any one of them does.
var rights = map[Kind][]identity.Permission{
	KindAmend:    {identity.OrderIntake},
	KindIntake:   {identity.OrderIntake},
	KindDispatch: {identity.OrderDispatch},
	KindPool:     {identity.OrderDispatch},
	KindGrab:     {identity.OrderWork},
	KindAccept:   {identity.OrderWork},
	KindRefuse:   {identity.OrderWork},
	KindArrive:   {identity.OrderWork},
	KindHold:     {identity.OrderWork},
	KindResume:   {identity.OrderWork, identity.OrderDispatch},
	KindRemote:   {identity.OrderWork, identity.OrderIntake},
	KindConvert:  {identity.OrderWork, identity.OrderIntake},
	KindGuide:    {identity.OrderWork, identity.OrderIntake},
	KindTransfer: {identity.OrderWork, identity.OrderDispatch},
	KindUndo:     {identity.OrderDispatch},
	KindTaskAdd:  {identity.OrderWork, identity.OrderDispatch},
	KindTaskDone: {identity.OrderWork},

	KindTaskAssign: {identity.OrderDispatch, identity.OrderRead}, // to read is enough for who coordinates
	KindTaskGrab:   {identity.OrderWork},
	KindTaskAccept: {identity.OrderWork},
	KindTaskRefuse: {identity.OrderWork},
	KindTaskArrive: {identity.OrderWork},
	KindTaskCheck:  {identity.OrderWork, identity.OrderRead},
	KindTaskCancel: {identity.OrderDispatch, identity.OrderIntake, identity.OrderRead},
	KindOwn:        {identity.OrderDispatch, identity.OrderIntake, identity.OrderRead},
	KindSquad:      {identity.OrderDispatch, identity.OrderIntake, identity.OrderRead},
	KindSquadSay:   {identity.OrderDispatch, identity.OrderRead},

	KindFinish:    {identity.OrderWork},
	KindConfirm:   {identity.OrderConfirm},
	KindNotSolved: {identity.OrderConfirm, identity.OrderCallBack},
	KindRate:      {identity.OrderConfirm},
	KindUrge:      {identity.OrderConfirm},
	KindEscalate:  {identity.OrderDispatch},
	KindCallBack:  {identity.OrderCallBack},
	KindCancel:    {identity.OrderIntake, identity.OrderConfirm},
	KindClose:     {identity.OrderCallBack},
	KindMerge:     {identity.OrderIntake},
	KindNote:      {identity.OrderRead},
	KindWatch:     {identity.OrderSupervise},
	KindUnwatch:   {identity.OrderSupervise},
	KindLead:      {identity.IncidentCommand},
	KindAttach:    {identity.IncidentCommand},
	KindDetach:    {identity.IncidentCommand},
	KindSolve:     {identity.IncidentCommand},
	KindCheck:     {identity.OrderWork},
	KindPickUp:    {identity.OrderWork},
	KindDeliver:   {identity.OrderWork},
	KindDelay:     {identity.OrderWork},
}

// may tells whether the actor may give the command; who may not even see the order
// is told that there is none.
func may(actor *identity.Actor, o *Order, k Kind) error { return o.allows(actor, o.Keys(), k) }

// allows is may for a caller who asks about many commands and has the order's keys.
func (o *Order) allows(actor *identity.Actor, keys identity.Keys, k Kind) error {
	if !actor.SignedIn() {
		return fault.New(fault.Unauthorized, "unauthorized")
	}
	if !actor.May(identity.OrderRead, keys) {
		return fault.Missing()
	}
	for _, p := range rights[k] {
		if actor.May(p, keys) && o.fair(actor, k, p) && (p != identity.OrderConfirm || o.answers(actor)) {
			return nil
		}
	}
	return fault.Denied()
}

// answers tells whether somebody may speak for the one who reported: that tasks, squad or
// ownership let somebody in gives no such right.
func (o *Order) answers(actor *identity.Actor) bool {
	if len(o.Tasks) == 0 && o.Squad == nil && o.Owner == nil {
		return true
	}
	bare := *o
	bare.Tasks, bare.Squad, bare.Owner = nil, nil, nil
	return actor.May(identity.OrderConfirm, bare.Keys())
}

// fair refuses what a permission alone would allow: nobody confirms or rates the
// own work, and who only confirms may take back an order only before work begins.
func (o *Order) fair(actor *identity.Actor, k Kind, p identity.Permission) bool {
	own := actor.PersonID == o.ReporterID || actor.PersonID == o.CreatorID
	switch k {
	case KindConfirm, KindRate, KindCallBack:
		worked := o.AssigneeID == actor.PersonID || slices.ContainsFunc(o.Tasks, func(t Task) bool { return t.AssigneeID == actor.PersonID })
		return !worked || own && k != KindCallBack
	case KindCancel:
		early := o.Status == Reported || o.Status == Queued || o.Status == Pooled || o.Status == Assigned
		return p == identity.OrderIntake || own && early
	case KindTaskDone:
		return slices.ContainsFunc(o.Tasks, func(t Task) bool { return o.mayTask(actor, &t, k) })
	case KindTaskAssign, KindTaskCancel, KindSquad:
		return p != identity.OrderRead || o.coordinates(actor)
	case KindTaskCheck:
		return p != identity.OrderRead || o.Squad.Has(actor.PersonID)
	case KindOwn:
		return p != identity.OrderRead || o.ownerID() == actor.PersonID
	case KindSquadSay:
		return p != identity.OrderRead || o.Squad.Has(actor.PersonID) || o.ownerID() == actor.PersonID
	case KindGrab:
		return slices.Contains(actor.Teams, o.TeamID)
	}
	return true
}

// Actions returns the commands that the actor may give to the order as it stands, apart
// from those on its tasks.
func (o *Order) Actions(actor *identity.Actor) []Kind {
	out, keys := []Kind{}, o.Keys()
	for _, k := range Allowed(o.Status) {
		if _, task := moves[k]; task || slices.Contains(incidentKinds, k) || o.can(k) != nil || o.allows(actor, keys, k) != nil {
			continue
		}
		switch k {
		case KindCheck, KindPickUp, KindDeliver, KindDelay:
			continue // of carrying; the sheet tells which of them comes next
		case KindSquadSay:
			if o.Squad == nil {
				continue
			}
		case KindAccept, KindRefuse, KindArrive, KindHold, KindFinish:
			if o.AssigneeID != actor.PersonID || k == KindFinish && o.MainDoneAt > 0 {
				continue
			}
		case KindConvert:
			if o.Mode == Onsite {
				continue
			}
		case KindWatch, KindUnwatch:
			if (o.WatchID == "") != (k == KindWatch) {
				continue
			}
		case KindRemote:
			if o.OnsiteOnly {
				continue
			}
		case KindGuide:
			if o.mayGuide(Env{ActorID: actor.PersonID}) != nil {
				continue
			}
		case KindUndo: // only a moment after, which who asks for it knows
			continue
		}
		out = append(out, k)
	}
	return out
}

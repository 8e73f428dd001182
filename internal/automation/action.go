package automation

import (
	"slices"
	"strings"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/outbound"
	"wardline/internal/workorder"
)

// ActionKind says what an action does.
type ActionKind string

// The kinds of action.
const (
	SetPriority ActionKind = "set_priority"
	SetOnsite   ActionKind = "set_onsite" // a remote order becomes a visit
	SetTeam     ActionKind = "set_team"
	Dispatch    ActionKind = "dispatch" // to the best candidate
	DispatchHad ActionKind = "dispatch_same"
	Pool        ActionKind = "pool"
	Tell        ActionKind = "notify"
	Escalate    ActionKind = "escalate"
	AddTask     ActionKind = "add_task"
	Hold        ActionKind = "hold"
	Note        ActionKind = "note"
	Webhook     ActionKind = "webhook"
	Create      ActionKind = "create_order"
	Major       ActionKind = "major_incident" // follow the running incident it tells of, or begin one
)

// ActionKinds returns every kind, in the order of the editor.
func ActionKinds() []ActionKind {
	return []ActionKind{SetPriority, SetOnsite, SetTeam, Dispatch, DispatchHad, Pool, Tell, Escalate, AddTask, Hold, Note, Webhook, Create, Major}
}

// Recipients whom a rule may tell.
const (
	ToAssignee = "assignee"
	ToLeads    = "leads"
	ToTeam     = "team"
	ToReporter = "reporter"
	ToAgents   = "agents" // who take in and dispatch orders like this one
	ToPerson   = "person"
)

// Action is one thing that a rule does.
type Action struct {
	Kind     ActionKind `json:"kind" enum:"set_priority,set_onsite,set_team,dispatch,dispatch_same,pool,notify,escalate,add_task,hold,note,webhook,create_order,major_incident"`
	Priority string     `json:"priority,omitempty" enum:",P1,P2,P3,P4,T0,T1,T2" doc:"For set_priority and create_order"`
	TeamID   string     `json:"teamId,omitempty" maxLength:"40" doc:"For set_team, add_task; the order's own for dispatch and pool when empty"`
	TeamHint string     `json:"teamHint,omitempty" maxLength:"40" doc:"Part of the team's name, where no id is given"`
	To       []string   `json:"to,omitempty" maxItems:"6" doc:"For notify: assignee, leads, team, reporter, agents, person"`
	PersonID string     `json:"personId,omitempty" maxLength:"40" doc:"For notify to person"`
	Text     string     `json:"text,omitempty" maxLength:"300" doc:"What is told, noted or asked; a reason for escalate and set_team; the title for major_incident, the item's name when empty"`
	Reason   string     `json:"reason,omitempty" maxLength:"20" doc:"For hold: one of the reasons to hold"`
	Minutes  int        `json:"minutes,omitempty" minimum:"0" maximum:"129600" doc:"For hold: for how long; 0 is open"`
	URL      string     `json:"url,omitempty" maxLength:"500" doc:"For webhook"`
	ItemID   string     `json:"itemId,omitempty" maxLength:"40" doc:"For create_order"`
	Urgent   bool       `json:"urgent,omitempty" doc:"For notify: passes quiet hours"`
}

// check refuses an action that cannot be carried out.
func (a *Action) check(f *fault.Fields, at string) {
	a.Text = strings.TrimSpace(a.Text)
	need := func(ok bool, field string) {
		if !ok {
			f.Add(at+field, "required")
		}
	}
	switch a.Kind {
	case SetPriority:
		need(workorder.KnownPriority(a.Priority), "priority")
	case SetTeam, AddTask:
		need(a.TeamID != "" || a.TeamHint != "", "teamId")
		need(a.Text != "", "text")
	case Tell:
		need(len(a.To) > 0, "to")
		for _, to := range a.To {
			if !slices.Contains([]string{ToAssignee, ToLeads, ToTeam, ToReporter, ToAgents, ToPerson}, to) {
				f.Add(at+"to", "bad_value")
			}
		}
		need(!slices.Contains(a.To, ToPerson) || a.PersonID != "", "personId")
	case Escalate, Note:
		need(a.Text != "", "text")
	case Hold:
		need(a.Reason != "", "reason") // the hospital's own list; one that is not in it any more is told by the run
		need(a.Reason != "other" || a.Text != "", "text")
		if int64(a.Minutes)*clock.Minute > 90*clock.Day {
			f.Add(at+"minutes", "bad_value")
		}
	case Webhook:
		if (outbound.Options{}).Check(a.URL) != nil {
			f.Add(at+"url", "rule.address")
		}
	case Create:
		need(a.ItemID != "", "itemId")
	case Major:
		if len([]rune(a.Text)) > 120 {
			f.Add(at+"text", "too_long", "max", 120)
		}
	case SetOnsite, Dispatch, DispatchHad, Pool:
	default:
		f.Add(at+"kind", "bad_value")
	}
}

// causes are the kinds of event that an action brings about.
func (a *Action) causes() []workorder.Kind {
	switch a.Kind {
	case SetPriority:
		return []workorder.Kind{workorder.KindAmend}
	case SetOnsite:
		return []workorder.Kind{workorder.KindConvert}
	case SetTeam:
		return []workorder.Kind{workorder.KindIntake, workorder.KindTransfer}
	case Dispatch, DispatchHad:
		return []workorder.Kind{workorder.KindDispatch}
	case Pool:
		return []workorder.Kind{workorder.KindPool}
	case Escalate:
		return []workorder.Kind{workorder.KindEscalate}
	case AddTask:
		return []workorder.Kind{workorder.KindTaskAdd}
	case Hold:
		return []workorder.Kind{workorder.KindHold}
	case Create:
		return []workorder.Kind{workorder.KindReport}
	case Major:
		return []workorder.Kind{workorder.KindLead, workorder.KindAttach}
	}
	return nil
}

// changes tells whether an action would change the order as it stands.
func (a *Action) changes(o *workorder.Order) bool {
	switch a.Kind {
	case SetPriority:
		return o.Open && o.Priority != a.Priority
	case SetOnsite:
		return o.Open && o.Mode != workorder.Onsite
	case SetTeam:
		return o.Open && (a.TeamID == "" || o.TeamID != a.TeamID)
	case Major:
		return o.Open && o.IncidentRole == ""
	case Tell, Note, Webhook, Create:
		return true
	}
	kind := map[ActionKind]workorder.Kind{Dispatch: workorder.KindDispatch, DispatchHad: workorder.KindDispatch, Pool: workorder.KindPool,
		Escalate: workorder.KindEscalate, AddTask: workorder.KindTaskAdd, Hold: workorder.KindHold}[a.Kind]
	return slices.Contains(workorder.Allowed(o.Status), kind)
}

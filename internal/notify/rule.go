package notify

import (
	"encoding/json"
	"strings"

	"wardline/internal/platform/event"
)

// Role is the part somebody plays in an event.
type Role string

// The roles. Who plays them is for Deps.Resolve to say.
const (
	Assignee Role = "assignee"  // does the work
	Former   Role = "former"    // did the work until this event took it away
	Reporter Role = "reporter"  // whose order it is
	TeamPool Role = "team"      // members of the order's team who may grab
	Leads    Role = "leads"     // who lead the order's team
	Agents   Role = "agents"    // who take in and dispatch orders like this one
	TaskTeam Role = "task_team" // members of the team that a task is for, once it can begin
	Holder   Role = "holder"    // does the task that the event is about
	TaskLead Role = "task_lead" // who lead the task's team
	Owner    Role = "owner"     // first owner of the order
	Squad    Role = "squad"     // members of the order's joint squad
)

// Rule says who is told what about an event.
type Rule struct {
	Topic    string
	Kind     string // the field "kind" of the event's data
	Template string
	To       []Role
	Else     []Role // told instead when nobody plays a role of To
	Page     string // where the message leads; {subject} stands for the thing's id
	// OnlyUrgent limits the rule to urgent events.
	OnlyUrgent bool
}

// The pages of an order for those who do it, report it and direct it.
const (
	workPage   = "/m/work/o/{subject}"
	reportPage = "/m/o/{subject}"
	deskPage   = "/desk/orders/{subject}"
)

// Rules returns all rules. Somebody for whom several rules of an event apply is told
// by the first; who brought the event about is not told.
func Rules() []Rule {
	order := func(kind, template, page string, to ...Role) Rule {
		return Rule{Topic: "order", Kind: kind, Template: template, Page: page, To: to}
	}
	otherwise := func(r Rule, roles ...Role) Rule { r.Else = roles; return r }
	return []Rule{
		{Topic: "order", Kind: "report", Template: "order.urgent", Page: deskPage, To: []Role{Agents}, OnlyUrgent: true},
		order("dispatch", "order.assigned", workPage, Assignee),
		order("dispatch", "order.withdrawn", workPage, Former),
		order("pool", "order.pooled", workPage, TeamPool),
		order("pool", "order.withdrawn", workPage, Former),
		otherwise(order("transfer", "order.transferred", deskPage, Leads), Agents),
		order("transfer", "order.withdrawn", workPage, Former),
		order("undo", "order.assigned", workPage, Assignee),
		order("undo", "order.withdrawn", workPage, Former),
		order("refuse", "order.refused", deskPage, Agents),
		otherwise(order("not_solved", "order.reopened", workPage, Assignee), Leads, Agents),
		order("incident_attach", "order.withdrawn", workPage, Former),
		order("incident_attach", "order.joined", reportPage, Reporter),
		order("incident_solve", "order.finished", reportPage, Reporter),
		order("task_add", "order.task", workPage, TaskTeam),
		order("task_add", "order.task_news", workPage, Owner),
		order("task_ready", "order.task", workPage, TaskTeam),
		otherwise(order("task_assign", "order.task_given", workPage, Holder), TaskTeam),
		order("task_assign", "order.withdrawn", workPage, Former),
		otherwise(order("task_refuse", "order.task_refused", deskPage, TaskLead), Agents),
		order("task_refuse", "order.task_news", workPage, Owner),
		order("task_grab", "order.task_news", workPage, Owner),
		order("task_accept", "order.task_news", workPage, Owner),
		order("task_arrive", "order.task_news", workPage, Owner),
		order("task_check", "order.task_news", workPage, Holder, Owner),
		order("task_done", "order.task_done", workPage, Assignee, Owner),
		otherwise(order("task_cancel", "order.task_cancelled", workPage, Holder), TaskTeam),
		order("task_cancel", "order.task_news", workPage, Owner),
		otherwise(order("task_due_soon", "order.task_due_soon", workPage, Holder), TaskTeam),
		otherwise(order("task_overdue", "order.task_overdue", workPage, Holder), TaskTeam),
		order("task_overdue", "order.task_overdue", deskPage, TaskLead, Owner),
		order("own", "order.owner", workPage, Owner),
		order("squad", "order.squad", workPage, Squad),
		order("squad_say", "order.squad_said", workPage, Squad, Owner),
		otherwise(order("urge", "order.urged", workPage, Assignee), Leads, Agents),
		otherwise(order("escalate", "order.escalated", deskPage, Leads), Agents),
		otherwise(order("due_soon", "order.due_soon", workPage, Assignee), Leads, Agents),
		otherwise(order("overdue", "order.overdue", workPage, Assignee), Agents),
		order("overdue", "order.overdue", deskPage, Leads),
		order("accept", "order.accepted", reportPage, Reporter),
		order("grab", "order.accepted", reportPage, Reporter),
		order("arrive", "order.arrived", reportPage, Reporter),
		order("hold", "order.held", reportPage, Reporter),
		order("finish", "order.finished", reportPage, Reporter),
		order("complete", "order.finished", reportPage, Reporter),
		order("remote_solve", "order.finished", reportPage, Reporter),
		order("cancel", "order.cancelled", reportPage, Reporter),
		order("cancel", "order.withdrawn", workPage, Assignee, Former),
		order("merge", "order.merged", reportPage, Reporter),
		order("merge", "order.withdrawn", workPage, Assignee, Former),
	}
}

// Recipient is somebody with the part they play in an event.
type Recipient struct {
	PersonID string
	Role     Role
}

// News is what an event means to people.
type News struct {
	To      []Recipient
	Params  map[string]any // values for the templates; name_en is used instead of name in English
	Version int64          // of the subject: with it a repetition is told from something new
	ActorID string         // who brought it about
	Urgent  bool           // passes quiet hours
}

// kindOf reads the kind of an event from its data.
func kindOf(e event.Entry) string {
	var d struct {
		Kind string `json:"kind"`
	}
	if json.Unmarshal(e.Data, &d) != nil {
		return ""
	}
	return d.Kind
}

// matching returns the rules for an event.
func matching(rules []Rule, e event.Entry) []Rule {
	var out []Rule
	kind := ""
	for _, r := range rules {
		if r.Topic != e.Topic {
			continue
		}
		if kind == "" {
			kind = kindOf(e)
		}
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	return out
}

// rolesOf returns the roles that the rules speak of, each once.
func rolesOf(rules []Rule) []Role {
	var out []Role
	seen := map[Role]bool{}
	for _, r := range rules {
		for _, list := range [][]Role{r.To, r.Else} {
			for _, role := range list {
				if !seen[role] {
					seen[role] = true
					out = append(out, role)
				}
			}
		}
	}
	return out
}

// notices applies rules to the news of an event.
func notices(rules []Rule, e event.Entry, n News) []Notice {
	var out []Notice
	told := map[string]bool{"": true, n.ActorID: true}
	for _, r := range rules {
		if r.OnlyUrgent && !n.Urgent {
			continue
		}
		people, played := players(n.To, r.To)
		if !played {
			people, _ = players(n.To, r.Else)
		}
		for _, p := range people {
			if told[p] {
				continue
			}
			told[p] = true
			out = append(out, Notice{PersonID: p, Template: r.Template, Subject: e.Subject, Version: n.Version, Params: n.Params,
				Urgent: n.Urgent, Page: strings.ReplaceAll(r.Page, "{subject}", e.Subject), At: e.At})
		}
	}
	return out
}

// players returns who plays one of the roles, and whether anybody does.
func players(all []Recipient, roles []Role) (out []string, any bool) {
	for _, role := range roles {
		for _, r := range all {
			if r.Role == role && r.PersonID != "" {
				out = append(out, r.PersonID)
			}
		}
	}
	return out, len(out) > 0
}

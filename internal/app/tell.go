package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"wardline/internal/gateway/smtp"
	"wardline/internal/gateway/webpush"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/workorder"
)

// makeNotify sets up the ways out that the settings name.
func (a *App) makeNotify() error {
	var channels []notify.Channel
	if a.Mail.Address != "" {
		c, err := smtp.New(smtp.Config{Address: a.Mail.Address, Security: a.Mail.Security, User: a.Mail.User, Password: a.Mail.Password, From: a.Mail.From})
		if err != nil {
			return fmt.Errorf("mail: %w", err)
		}
		channels = append(channels, c)
	}
	keys, err := webpush.DeriveKeys(a.key("web-push"))
	if err != nil {
		return err
	}
	contact := a.Push.Contact
	if contact == "" {
		contact = "mailto:wardline@localhost"
	}
	push, err := webpush.New(webpush.Config{Keys: keys, Contact: contact})
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	channels = append(channels, push)
	a.Notify = notify.New(notify.Deps{DB: a.DB, Clock: a.Clock, Zone: a.Zone, Trail: a.Trail, Events: a.Events, Jobs: a.Queue, People: a.People,
		Channels: channels, BaseURL: a.BaseURL, Resolve: a.resolve, Logger: a.Logger})
	a.follower = a.Notify.NewFollower(a.Tail)
	return nil
}

// clockNames are what templates call the clocks.
var clockNames = map[string][2]string{workorder.ClockRespond: {"响应", "response"}, workorder.ClockArrive: {"到场", "arrival"}, workorder.ClockFinish: {"完成", "finishing"}}

// holdNames are what templates call the reasons to hold.
var holdNames = map[string][2]string{"parts": {"等待备件", "waiting for parts"}, "vendor": {"等待厂商", "waiting for the vendor"}, "user_absent": {"使用人不在", "user absent"},
	"window": {"等待停机时段", "waiting for a maintenance window"}, "weather": {"天气原因", "weather"}, "approval": {"等待审批", "waiting for approval"}, "other": {"其他", "other"}}

// resolve says whom an order's event concerns and what may be told about it.
func (a *App) resolve(ctx context.Context, e event.Entry, roles []notify.Role) (notify.News, error) {
	var n workorder.Note
	if err := json.Unmarshal(e.Data, &n); err != nil {
		return notify.News{}, err
	}
	if n.Kind == workorder.KindReport && !workorder.Urgent(n.Priority) {
		return notify.News{}, nil // the most frequent of all events tells nobody
	}
	o, step, err := a.Orders.Told(ctx, e.Subject, n.Version)
	if db.IsMissing(err) { // an import that was undone
		return notify.News{}, nil
	}
	if err != nil {
		return notify.News{}, err
	}
	news := notify.News{Version: n.Version, ActorID: n.ActorID, Urgent: workorder.Urgent(o.Priority), Params: map[string]any{
		"number": o.Number, "item": o.ItemName, "item_en": o.ItemNameEn, "place": o.PlaceName, "team": o.TeamName, "priority": o.Priority,
		"actor": step.ActorName, "note": step.Facts.Note, "reason": step.Facts.Reason, "remedy": step.Facts.Remedy}}
	jointParams(news.Params, &o, &step, &n)
	for param, names := range map[string][2]string{"clock": clockNames[step.Facts.Clock], "reason": holdNames[step.Facts.Reason]} {
		if names[0] != "" {
			news.Params[param], news.Params[param+"_en"] = names[0], names[1]
		}
	}
	if step.Facts.Incident != nil {
		news.Params["incident"] = step.Facts.Incident.Number
	}
	if step.Kind == workorder.KindMerge {
		news.Params["into"] = step.Facts.IntoNo
	}
	for _, r := range roles {
		people, err := a.players(ctx, r, &o, n)
		if err != nil {
			return news, err
		}
		for _, p := range people {
			ok, err := a.concerns(ctx, p, r, &o)
			if err != nil {
				return news, err
			}
			if ok {
				news.To = append(news.To, notify.Recipient{PersonID: p, Role: r})
			}
		}
	}
	return news, nil
}

// taskSteps are what templates call the steps of a task.
var taskSteps = map[workorder.Kind][2]string{workorder.KindTaskAdd: {"已建立", "added"}, workorder.KindTaskGrab: {"已有人接受", "taken"},
	workorder.KindTaskAccept: {"已有人接受", "accepted"}, workorder.KindTaskArrive: {"已到场", "reached"}, workorder.KindTaskCheck: {"已核对", "checked"},
	workorder.KindTaskRefuse: {"被退回", "refused"}, workorder.KindTaskCancel: {"已取消", "cancelled"}}

// jointParams adds what templates say of the task that an event is about, and of the squad.
func jointParams(params map[string]any, o *workorder.Order, step *workorder.Event, n *workorder.Note) {
	for _, t := range o.Tasks {
		if t.ID != n.TaskID || n.TaskID == "" {
			continue
		}
		params["task_team"] = t.TeamName
		if step.Kind != workorder.KindTaskAssign || step.Facts.Note == "" {
			params["note"] = t.Note
			if t.NoteEn != "" {
				params["note_en"] = t.NoteEn
			}
		}
	}
	if words := taskSteps[step.Kind]; words[0] != "" {
		params["step"], params["step_en"] = words[0], words[1]
	}
	if o.Squad != nil {
		params["squad"], params["leader"] = o.Squad.Name, o.Squad.LeaderName
	}
}

// concerns tells whether someone who plays a role in an event of an order may see the
// order: nobody is told of what they could not look at, save that it was taken from
// them. A team is asked to work only as far as its members may.
func (a *App) concerns(ctx context.Context, personID string, r notify.Role, o *workorder.Order) (bool, error) {
	if r == notify.Former {
		return true, nil
	}
	actor, err := a.People.ActorOf(ctx, personID)
	if db.IsMissing(err) { // has left
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if (r == notify.TeamPool || r == notify.TaskTeam) && !actor.May(identity.OrderWork, o.Keys()) {
		return false, nil
	}
	return actor.May(identity.OrderRead, o.Keys()), nil
}

// players returns who plays a role in an event of an order.
func (a *App) players(ctx context.Context, r notify.Role, o *workorder.Order, n workorder.Note) (people []string, err error) {
	one := func(id string) ([]string, error) {
		if id == "" {
			return nil, nil
		}
		return []string{id}, nil
	}
	switch r {
	case notify.Assignee:
		return one(n.AssigneeID)
	case notify.Former:
		return one(n.FormerID)
	case notify.Reporter:
		return one(o.ReporterID)
	case notify.TeamPool:
		return a.members(ctx, o.TeamID, false)
	case notify.Leads:
		return a.members(ctx, o.TeamID, true)
	case notify.TaskTeam:
		if waits(o, n.TaskID) {
			return nil, nil
		}
		return a.members(ctx, n.TaskTeamID, false)
	case notify.TaskLead:
		return a.members(ctx, n.TaskTeamID, true)
	case notify.Holder:
		return one(n.TaskHolder)
	case notify.Owner:
		if o.Owner != nil {
			return one(o.Owner.ID)
		}
	case notify.Squad:
		if o.Squad != nil {
			for _, m := range o.Squad.Members {
				people = append(people, m.ID)
			}
		}
	case notify.Agents:
		return a.People.Holders(ctx, identity.OrderIntake, o.Keys())
	}
	return people, nil
}

// waits tells whether a task cannot begin yet: its team is called when it can.
func waits(o *workorder.Order, taskID string) bool {
	return slices.ContainsFunc(o.Tasks, func(t workorder.Task) bool { return t.ID == taskID && t.Status == workorder.TaskWaiting })
}

// members returns the people of a team, or only its leads.
func (a *App) members(ctx context.Context, teamID string, leads bool) (out []string, err error) {
	if teamID == "" {
		return nil, nil
	}
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = a.membersIn(ctx, tx, teamID, leads); return err })
	return out, err
}

// membersIn is members within a transaction.
func (a *App) membersIn(ctx context.Context, tx *db.Tx, teamID string, leads bool) (out []string, err error) {
	list, err := a.People.TeamMembers(ctx, tx, teamID)
	for _, m := range list {
		if !leads || m.Lead {
			out = append(out, m.ID)
		}
	}
	return out, err
}

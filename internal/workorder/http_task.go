package workorder

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// OneTask is the part of a command's input that every command on a task has.
type OneTask struct {
	One
	TaskID string `path:"taskId" maxLength:"40"`
}

const taskPath = "/orders/{id}/tasks/{taskId}/"

// taskPlain registers a command on a task without a body of its own.
func taskPlain(api *web.API, path, id, summary string, p identity.Permission, f func(ctx context.Context, orderID, taskID string, m Meta) (View, error)) {
	type in struct {
		OneTask
		Body Stamp
	}
	web.Register(api, web.Op{Method: "POST", Path: taskPath + path, ID: id, Summary: summary, Tag: tag, Access: access(p)},
		func(ctx context.Context, in *in) (*viewOut, error) {
			v, err := f(ctx, in.ID, in.TaskID, in.meta(in.Body))
			return &viewOut{v}, err
		})
}

// taskReason registers a command on a task whose body is a reason.
func taskReason(api *web.API, path, id, summary string, p identity.Permission, f func(ctx context.Context, orderID, taskID, reason string, m Meta) (View, error)) {
	type in struct {
		OneTask
		Body struct {
			Stamp
			Reason string `json:"reason" maxLength:"500"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: taskPath + path, ID: id, Summary: summary, Tag: tag, Access: access(p)},
		func(ctx context.Context, in *in) (*viewOut, error) {
			v, err := f(ctx, in.ID, in.TaskID, in.Body.Reason, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
}

func (h HTTP) tasks(api *web.API) {
	type askIn struct {
		One
		Body struct {
			Stamp
			TaskInput
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/tasks", ID: "add-task", Summary: "Ask another team for a part of the work", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *askIn) (*viewOut, error) {
			v, err := h.Service.Ask(ctx, in.ID, in.Body.TaskInput, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	plainAs(api, "tasks/plan", "plan-tasks", "Add the tasks of the item's template that the order does not have", identity.OrderRead, h.Service.ApplyPlan)
	type assignIn struct {
		OneTask
		Body struct {
			Stamp
			Assignment
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: taskPath + "assign", ID: "assign-task", Summary: "Give a task to a person of a team, or to the team alone", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *assignIn) (*viewOut, error) {
			v, err := h.Service.AssignTask(ctx, in.ID, in.TaskID, in.Body.Assignment, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	taskPlain(api, "grab", "grab-task", "Take a task that nobody of the team has", identity.OrderWork, h.Service.GrabTask)
	taskPlain(api, "accept", "accept-task", "Take on the task one was given", identity.OrderWork, h.Service.AcceptTask)
	taskPlain(api, "check", "check-task", "Look at a task as its second person", identity.OrderRead, h.Service.CheckTask)
	taskReason(api, "refuse", "refuse-task", "Give back the task one was given", identity.OrderWork, h.Service.RefuseTask)
	taskReason(api, "cancel", "cancel-task", "End a task that is not needed any more", identity.OrderRead, h.Service.CancelTask)
	type arriveIn struct {
		OneTask
		Body struct {
			Stamp
			Code string `json:"code,omitempty" maxLength:"200" doc:"What was scanned there"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: taskPath + "arrive", ID: "arrive-task", Summary: "Record the arrival for a task", Tag: tag, Access: access(identity.OrderWork)},
		func(ctx context.Context, in *arriveIn) (*viewOut, error) {
			v, err := h.Service.ArriveTask(ctx, in.ID, in.TaskID, in.Body.Code, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	type doneIn struct {
		OneTask
		Body struct {
			Stamp
			Work
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: taskPath + "done", ID: "finish-task", Summary: "Say that a task is done", Tag: tag, Access: access(identity.OrderWork)},
		func(ctx context.Context, in *doneIn) (*viewOut, error) {
			v, err := h.Service.FinishTask(ctx, in.ID, in.TaskID, in.Body.Work, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
}

// joint are the operations on first owner and squad.
func (h HTTP) joint(api *web.API) {
	type ownIn struct {
		One
		Body struct {
			Stamp
			PersonID string `json:"personId" minLength:"1" maxLength:"40"`
			Reason   string `json:"reason,omitempty" maxLength:"200"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/owner", ID: "own-order", Summary: "Hand the first ownership of an order over", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *ownIn) (*viewOut, error) {
			v, err := h.Service.Own(ctx, in.ID, in.Body.PersonID, in.Body.Reason, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	type squadIn struct {
		One
		Body struct {
			Stamp
			SquadInput
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/squad", ID: "gather-squad", Summary: "Form a joint squad for an order, or put another in its place", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *squadIn) (*viewOut, error) {
			v, err := h.Service.Gather(ctx, in.ID, in.Body.SquadInput, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	reason(api, "squad/dissolve", "End the joint squad of an order", identity.OrderRead, h.Service.Dissolve)
	type sayIn struct {
		One
		Body struct {
			Stamp
			Note string `json:"note" minLength:"1" maxLength:"500"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/squad/messages", ID: "tell-squad", Summary: "Tell the members of the joint squad something", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *sayIn) (*viewOut, error) {
			v, err := h.Service.Say(ctx, in.ID, in.Body.Note, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
}

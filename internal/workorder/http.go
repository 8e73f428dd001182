package workorder

import (
	"context"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// HTTP registers the operations on orders.
type HTTP struct {
	Service *Service
	// Limit slows down those who have not signed in; it is asked with what they do
	// and returns the too_many fault.
	Limit func(ctx context.Context, what string) error
}

const tag = "orders"

type (
	viewOut   struct{ Body View }
	publicOut struct{ Body PublicView }
	none      struct{}
)

// One is the part of a command's input that every command has.
type One struct {
	web.Command
	ID string `path:"id" maxLength:"40" doc:"Id or number"`
}

// Stamp is the part of a command's body that every command may have.
type Stamp struct {
	Version    int64 `json:"version,omitempty" doc:"Version the caller saw; refused when the order has changed since"`
	OccurredAt int64 `json:"occurredAt,omitempty" doc:"When it really happened, Unix milliseconds; for work done without a signal"`
}

func (c One) meta(s Stamp) Meta {
	return Meta{Key: c.Key, Version: s.Version, OccurredAt: s.OccurredAt}
}

func access(p identity.Permission) web.Access { return web.Access(p) }

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	h.reading(api)
	h.intake(api)
	h.dispatching(api)
	h.working(api)
	h.afterwards(api)
	h.public(api)
	h.screens(api)
	h.clocks(api)
	h.board(api)
	h.tasks(api)
	h.joint(api)
}

type listIn struct {
	web.Page
	FilterIn
}

// FilterIn is the query part of everything that selects orders.
type FilterIn struct {
	Status       []string `query:"status" maxItems:"12" doc:"Any of these"`
	Open         bool     `query:"open"`
	Priority     []string `query:"priority" maxItems:"7"`
	CampusID     string   `query:"campusId" maxLength:"40"`
	DepartmentID string   `query:"departmentId" maxLength:"40"`
	PlaceID      string   `query:"placeId" maxLength:"40"`
	AssetID      string   `query:"assetId" maxLength:"40"`
	ItemID       string   `query:"itemId" maxLength:"40"`
	TeamID       string   `query:"teamId" maxLength:"40"`
	AssigneeID   string   `query:"assigneeId" maxLength:"40" doc:"me for oneself"`
	ReporterID   string   `query:"reporterId" maxLength:"40" doc:"me for oneself"`
	TaskTeamID   string   `query:"taskTeamId" maxLength:"40" doc:"With an open task of the team; mine for one's own teams"`
	TaskHolderID string   `query:"taskHolderId" maxLength:"40" doc:"With an open task that the person has; me for oneself"`
	CallBack     string   `query:"callBack" enum:"due,done,failed"`
	BatchID      string   `query:"batchId" maxLength:"40"`
	IncidentID   string   `query:"incidentId" maxLength:"40" doc:"Part of this major incident"`
	Overdue      bool     `query:"overdue"`
	Watched      bool     `query:"watched"`
	CategoryID   string   `query:"categoryId" maxLength:"40"`
	Mine         bool     `query:"mine" doc:"Those the caller or a team of the caller's has"`
	Nobody       bool     `query:"nobody" doc:"Those that nobody has"`
	Urged        bool     `query:"urged"`
	DueSoon      bool     `query:"dueSoon" doc:"Those with a clock that ends within ten minutes"`
	Text         string   `query:"text" maxLength:"100"`
	From         int64    `query:"from" doc:"Reported from, Unix milliseconds"`
	To           int64    `query:"to" doc:"Reported before, Unix milliseconds"`
	Sort         string   `query:"sort" enum:"new,due,urgent" default:"new"`
}

// noTeam is the id of no team: with it the teams of somebody who is in none select nothing.
const noTeam = "-"

// Filter returns what the query asks for.
func (f FilterIn) Filter(ctx context.Context) Filter {
	me := func(v string) string {
		if v == "me" {
			return identity.Of(ctx).PersonID
		}
		return v
	}
	out := Filter{Open: f.Open, Priority: f.Priority, CampusID: f.CampusID, DepartmentID: f.DepartmentID, PlaceID: f.PlaceID,
		AssetID: f.AssetID, ItemID: f.ItemID, TeamID: f.TeamID, AssigneeID: me(f.AssigneeID), ReporterID: me(f.ReporterID),
		CallBack: f.CallBack, BatchID: f.BatchID, IncidentID: f.IncidentID, Overdue: f.Overdue, Watched: f.Watched, CategoryID: f.CategoryID, Mine: f.Mine, Nobody: f.Nobody,
		Urged: f.Urged, DueSoon: f.DueSoon, Text: f.Text, From: f.From, To: f.To, Sort: f.Sort}
	for _, s := range f.Status {
		out.Status = append(out.Status, Status(s))
	}
	out.TaskHolderID = me(f.TaskHolderID)
	switch {
	case f.TaskTeamID == "mine":
		out.TaskTeams = append([]string{noTeam}, identity.Of(ctx).Teams...)
	case f.TaskTeamID != "":
		out.TaskTeams = []string{f.TaskTeamID}
	}
	return out
}

func (h HTTP) reading(api *web.API) {
	type listOut struct {
		Body struct {
			Items      []View `json:"items"`
			NextCursor string `json:"nextCursor,omitempty"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders", ID: "list-orders", Summary: "List orders", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *listIn) (*listOut, error) {
			items, next, err := h.Service.Page(ctx, in.Filter(ctx), in.Limit, in.Cursor)
			out := &listOut{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, err
		})
	type countOut struct {
		Body struct {
			Count int64 `json:"count"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/count", ID: "count-orders", Summary: "Count orders", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *struct{ FilterIn }) (*countOut, error) {
			n, err := h.Service.Count(ctx, in.Filter(ctx))
			out := &countOut{}
			out.Body.Count = n
			return out, err
		})
	type tallyOut struct {
		Body struct {
			Items []Tally `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/tally", ID: "tally-orders", Summary: "Count open orders by status, priority and team", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *struct{ FilterIn }) (*tallyOut, error) {
			items, err := h.Service.Tallies(ctx, in.Filter(ctx))
			out := &tallyOut{}
			out.Body.Items = items
			return out, err
		})
	type alikeIn struct {
		PlaceID    string `query:"placeId" maxLength:"40"`
		AssetID    string `query:"assetId" maxLength:"40"`
		ReporterID string `query:"reporterId" maxLength:"40"`
		Phone      string `query:"phone" maxLength:"30"`
		ItemID     string `query:"itemId" maxLength:"40"`
		Words      string `query:"words" maxLength:"500" doc:"Of the new report"`
	}
	type alikeOut struct {
		Body struct {
			Items []Like `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/similar", ID: "similar-orders", Summary: "Orders that a new report may repeat", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *alikeIn) (*alikeOut, error) {
			items, err := h.Service.Similar(ctx, Alike{PlaceID: in.PlaceID, AssetID: in.AssetID, ReporterID: in.ReporterID, Phone: in.Phone, ItemID: in.ItemID, Words: in.Words})
			out := &alikeOut{}
			out.Body.Items = items
			return out, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}", ID: "get-order", Summary: "One order, by id or number", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"40"`
		}) (*viewOut, error) {
			v, err := h.Service.Get(ctx, in.ID)
			return &viewOut{v}, err
		})
	type timelineOut struct {
		Body struct {
			Items []Event `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}/timeline", ID: "order-timeline", Summary: "Everything that happened to an order", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"40"`
		}) (*timelineOut, error) {
			items, err := h.Service.Timeline(ctx, in.ID)
			out := &timelineOut{}
			out.Body.Items = items
			return out, err
		})
}

func (h HTTP) intake(api *web.API) {
	type reportIn struct {
		web.Command
		Body struct {
			Report
			OccurredAt int64 `json:"occurredAt,omitempty"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders", ID: "report", Summary: "Report what has to be done", Tag: tag, Status: 201, Access: access(identity.OrderCreate)},
		func(ctx context.Context, in *reportIn) (*viewOut, error) {
			v, err := h.Service.Create(ctx, in.Body.Report, Meta{Key: in.Key, OccurredAt: in.Body.OccurredAt})
			return &viewOut{v}, err
		})
	type amendIn struct {
		One
		Body struct {
			Stamp
			Correction
		}
	}
	web.Register(api, web.Op{Method: "PATCH", Path: "/orders/{id}", ID: "amend-order", Summary: "Correct an open order", Tag: tag, Access: access(identity.OrderIntake)},
		func(ctx context.Context, in *amendIn) (*viewOut, error) {
			v, err := h.Service.Amend(ctx, in.ID, in.Body.Correction, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	type intakeIn struct {
		One
		Body struct {
			Stamp
			TeamID string `json:"teamId,omitempty" maxLength:"40"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/intake", ID: "intake-order", Summary: "Take a reported order in", Tag: tag, Access: access(identity.OrderIntake)},
		func(ctx context.Context, in *intakeIn) (*viewOut, error) {
			v, err := h.Service.Intake(ctx, in.ID, in.Body.TeamID, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	h.ending(api)
}

// ending are the ways in which an order ends without work.
func (h HTTP) ending(api *web.API) {
	type mergeIn struct {
		One
		Body struct {
			Stamp
			Into string `json:"into" minLength:"1" maxLength:"40"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/merge", ID: "merge-order", Summary: "End a duplicate in favour of another order", Tag: tag, Access: access(identity.OrderIntake)},
		func(ctx context.Context, in *mergeIn) (*viewOut, error) {
			v, err := h.Service.Merge(ctx, in.ID, in.Body.Into, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	reason(api, "cancel", "Cancel an order that is not wanted any more", identity.OrderRead, h.Service.Cancel)
	reason(api, "close", "File an order without waiting for the reporter", identity.OrderCallBack, h.Service.Close)
	reason(api, "escalate", "Raise an order's level", identity.OrderDispatch, h.Service.Escalate)
}

// reason registers a command whose body is a reason.
func reason(api *web.API, name, summary string, p identity.Permission, f func(context.Context, string, string, Meta) (View, error)) {
	type in struct {
		One
		Body struct {
			Stamp
			Reason string `json:"reason" maxLength:"500"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/" + name, ID: strings.ReplaceAll(name, "/", "-") + "-order", Summary: summary, Tag: tag, Access: access(p)},
		func(ctx context.Context, in *in) (*viewOut, error) {
			v, err := f(ctx, in.ID, in.Body.Reason, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
}

// plain registers a command without a body of its own.
func plain(api *web.API, name, summary string, p identity.Permission, f func(context.Context, string, Meta) (View, error)) {
	plainAs(api, name, name+"-order", summary, p, f)
}

func plainAs(api *web.API, path, id, summary string, p identity.Permission, f func(context.Context, string, Meta) (View, error)) {
	type in struct {
		One
		Body Stamp
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/" + path, ID: id, Summary: summary, Tag: tag, Access: access(p)},
		func(ctx context.Context, in *in) (*viewOut, error) {
			v, err := f(ctx, in.ID, in.meta(in.Body))
			return &viewOut{v}, err
		})
}

// assign registers a command that names a team and perhaps a person.
func assign(api *web.API, path, id, summary string, p identity.Permission, f func(context.Context, string, Assignment, Meta) (View, error)) {
	type in struct {
		One
		Body struct {
			Stamp
			Assignment
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/" + path, ID: id, Summary: summary, Tag: tag, Access: access(p)},
		func(ctx context.Context, in *in) (*viewOut, error) {
			v, err := f(ctx, in.ID, in.Body.Assignment, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
}

func (h HTTP) dispatching(api *web.API) {
	assign(api, "dispatch", "dispatch-order", "Give an order to a person of a team", identity.OrderDispatch, h.Service.Dispatch)
	assign(api, "pool", "pool-order", "Offer an order to everybody in a team", identity.OrderDispatch, h.Service.Pool)
	assign(api, "transfer", "transfer-order", "Hand an order to another team; note is the reason", identity.OrderRead, h.Service.Transfer)
	plain(api, "undo", "Take one's own dispatch, pool or transfer of a moment ago back", identity.OrderDispatch, h.Service.Undo)
	plain(api, "grab", "Take an order out of the pool", identity.OrderWork, h.Service.Grab)
}

func (h HTTP) working(api *web.API) {
	plain(api, "accept", "Take on the order one was given", identity.OrderWork, h.Service.Accept)
	plain(api, "resume", "Let a held order go on", identity.OrderRead, h.Service.Resume)
	reason(api, "refuse", "Give back the order one was given", identity.OrderWork, h.Service.Refuse)
	reason(api, "convert", "Turn a remote order into a visit; reason is a note", identity.OrderRead, h.Service.Convert)
	type arriveIn struct {
		One
		Body struct {
			Stamp
			Code string `json:"code,omitempty" maxLength:"200" doc:"What was scanned there"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/arrive", ID: "arrive-order", Summary: "Record the arrival", Tag: tag, Access: access(identity.OrderWork)},
		func(ctx context.Context, in *arriveIn) (*viewOut, error) {
			v, err := h.Service.Arrive(ctx, in.ID, in.Body.Code, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	type holdIn struct {
		One
		Body struct {
			Stamp
			Reason string `json:"reason" minLength:"1" maxLength:"40" doc:"Code of one of the reasons to wait"`
			Note   string `json:"note,omitempty" maxLength:"500"`
			Until  int64  `json:"until,omitempty" doc:"Unix milliseconds; the order goes on by itself then"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/hold", ID: "hold-order", Summary: "Stop the clock for a reason", Tag: tag, Access: access(identity.OrderWork)},
		func(ctx context.Context, in *holdIn) (*viewOut, error) {
			v, err := h.Service.Hold(ctx, in.ID, in.Body.Reason, in.Body.Note, in.Body.Until, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	type workIn struct {
		One
		Body struct {
			Stamp
			Work
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/finish", ID: "finish-order", Summary: "Say that the work is done", Tag: tag, Access: access(identity.OrderWork)},
		func(ctx context.Context, in *workIn) (*viewOut, error) {
			v, err := h.Service.Finish(ctx, in.ID, in.Body.Work, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/remote-solve", ID: "remote-solve-order", Summary: "End an order without a visit", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *workIn) (*viewOut, error) {
			v, err := h.Service.SolveRemotely(ctx, in.ID, in.Body.Work, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
}

func (h HTTP) afterwards(api *web.API) {
	type confirmIn struct {
		One
		Body struct {
			Stamp
			Scores *Scores `json:"scores,omitempty"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/confirm", ID: "confirm-order", Summary: "Say that it is solved, with scores or without", Tag: tag, Access: access(identity.OrderConfirm)},
		func(ctx context.Context, in *confirmIn) (*viewOut, error) {
			v, err := h.Service.Confirm(ctx, in.ID, in.Body.Scores, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	type rateIn struct {
		One
		Body struct {
			Stamp
			Scores Scores `json:"scores"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/rate", ID: "rate-order", Summary: "Score a finished order", Tag: tag, Access: access(identity.OrderConfirm)},
		func(ctx context.Context, in *rateIn) (*viewOut, error) {
			v, err := h.Service.Rate(ctx, in.ID, in.Body.Scores, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	reason(api, "not-solved", "Send an order back as rework", identity.OrderRead, h.Service.NotSolved)
	type noteIn struct {
		One
		Body struct {
			Stamp
			Note  string   `json:"note" maxLength:"1000"`
			Files []string `json:"files,omitempty" maxItems:"10"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/urge", ID: "urge-order", Summary: "Press for speed", Tag: tag, Access: access(identity.OrderConfirm)},
		func(ctx context.Context, in *noteIn) (*viewOut, error) {
			v, err := h.Service.Urge(ctx, in.ID, in.Body.Note, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/notes", ID: "note-order", Summary: "Add a note to the timeline", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *noteIn) (*viewOut, error) {
			v, err := h.Service.Remark(ctx, in.ID, in.Body.Note, in.Body.Files, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
	type callIn struct {
		One
		Body struct {
			Stamp
			Outcome CallBackOutcome `json:"outcome" enum:"solved,not_solved,no_answer"`
			Scores  *Scores         `json:"scores,omitempty"`
			Note    string          `json:"note,omitempty" maxLength:"500"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/call-back", ID: "call-back-order", Summary: "Record what a call-back brought", Tag: tag, Access: access(identity.OrderCallBack)},
		func(ctx context.Context, in *callIn) (*viewOut, error) {
			v, err := h.Service.CallBack(ctx, in.ID, in.Body.Outcome, in.Body.Scores, in.Body.Note, in.meta(in.Body.Stamp))
			return &viewOut{v}, err
		})
}

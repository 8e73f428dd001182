package escalation

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// ReportID names a report in the address.
type ReportID struct {
	ID string `path:"id" maxLength:"40"`
}

type reportOut struct{ Body ReportView }

// ReportFilterIn is the query part of what selects reports.
type ReportFilterIn struct {
	Kind    string `query:"kind" enum:"same_day,h12,h24,incident"`
	State   string `query:"state" enum:"open,submitted,returned,closed"`
	Mine    bool   `query:"mine" doc:"Only those one owes, or has an action of to do"`
	Late    bool   `query:"late"`
	OrderID string `query:"orderId" maxLength:"40"`
	From    int64  `query:"from" doc:"Opened from, Unix milliseconds"`
}

func (f ReportFilterIn) filter() ReportFilter {
	return ReportFilter{Kind: ReportKind(f.Kind), State: ReportState(f.State), Mine: f.Mine, Late: f.Late, OrderID: f.OrderID, From: f.From}
}

func (h HTTP) reports(api *web.API) {
	access := web.Access(identity.OrderRead)
	web.Register(api, web.Op{Method: "GET", Path: "/due-reports", ID: "list-due-reports", Summary: "Reports that one owes or supervises, the newest first", Tag: tag, Access: access},
		func(ctx context.Context, in *struct {
			web.Page
			ReportFilterIn
		}) (*listOut[Report], error) {
			return list(h.Service.Reports(ctx, in.filter(), in.Limit, in.Cursor))
		})
	type countOut struct {
		Body struct {
			Count int64 `json:"count"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/due-reports/count", ID: "count-due-reports", Summary: "Count reports that one owes or supervises", Tag: tag, Access: access},
		func(ctx context.Context, in *struct{ ReportFilterIn }) (*countOut, error) {
			n, err := h.Service.CountReports(ctx, in.filter())
			out := &countOut{}
			out.Body.Count = n
			return out, err
		})
	type dayOut struct {
		Body struct {
			From  int64     `json:"from"`
			To    int64     `json:"to"`
			Items []DayRate `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/due-reports/day", ID: "same-day-rate", Summary: "How much of what a day brought was done on it, by campus", Tag: tag, Access: web.Access(identity.OrderSupervise)},
		func(ctx context.Context, in *struct {
			At int64 `query:"at" required:"true" doc:"A moment of the day, Unix milliseconds"`
		}) (*dayOut, error) {
			out := &dayOut{}
			var err error
			out.Body.From, out.Body.To, out.Body.Items, err = h.Service.Day(ctx, in.At)
			return out, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/due-reports/{id}", ID: "get-due-report", Summary: "A report with its actions", Tag: tag, Access: access},
		func(ctx context.Context, in *ReportID) (*reportOut, error) {
			r, err := h.Service.Report(ctx, in.ID)
			return &reportOut{r}, err
		})
	type submitIn struct {
		web.Command
		ReportID
		Body Form
	}
	web.Register(api, web.Op{Method: "POST", Path: "/due-reports/{id}/submit", ID: "submit-due-report", Summary: "Write the report one owes", Tag: tag, Access: access},
		func(ctx context.Context, in *submitIn) (*reportOut, error) {
			r, err := h.Service.Submit(ctx, in.ID, in.Body, in.Key)
			return &reportOut{r}, err
		})
	type reviewIn struct {
		web.Command
		ReportID
		Body Verdict
	}
	web.Register(api, web.Op{Method: "POST", Path: "/due-reports/{id}/review", ID: "review-due-report", Summary: "Close a report with its root cause, or send it back", Tag: tag, Access: web.Access(identity.OrderSupervise)},
		func(ctx context.Context, in *reviewIn) (*reportOut, error) {
			r, err := h.Service.Review(ctx, in.ID, in.Body, in.Key)
			return &reportOut{r}, err
		})
}

func (h HTTP) actions(api *web.API) {
	access := web.Access(identity.OrderRead)
	type ownerIn struct {
		web.Command
		ReportID
		Body struct {
			PersonID string `json:"personId" minLength:"1" maxLength:"40"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/due-reports/{id}/owner", ID: "hand-over-due-report", Summary: "Name another owner of a report", Tag: tag, Access: web.Access(identity.OrderSupervise)},
		func(ctx context.Context, in *ownerIn) (*reportOut, error) {
			r, err := h.Service.HandOver(ctx, in.ID, in.Body.PersonID, in.Key)
			return &reportOut{r}, err
		})
	type actionIn struct {
		web.Command
		ReportID
		Body ActionInput
	}
	web.Register(api, web.Op{Method: "POST", Path: "/due-reports/{id}/actions", ID: "add-report-action", Summary: "Name something to be done because of a report", Tag: tag, Access: access},
		func(ctx context.Context, in *actionIn) (*reportOut, error) {
			r, err := h.Service.AddAction(ctx, in.ID, in.Body, in.Key)
			return &reportOut{r}, err
		})
	type doneIn struct {
		web.Command
		ReportID
		ActionID string `path:"actionId" maxLength:"40"`
		Body     struct {
			Note string `json:"note" maxLength:"500" doc:"What was done"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/due-reports/{id}/actions/{actionId}/done", ID: "finish-report-action", Summary: "Say that an action has been carried out", Tag: tag, Access: access},
		func(ctx context.Context, in *doneIn) (*reportOut, error) {
			r, err := h.Service.ActionDone(ctx, in.ID, in.ActionID, in.Body.Note, in.Key)
			return &reportOut{r}, err
		})
}

// WatchID names a watch in the address.
type WatchID struct {
	ID string `path:"id" maxLength:"40"`
}

type watchOut struct{ Body WatchView }

func (h HTTP) watches(api *web.API) {
	access := web.Access(identity.OrderRead)
	web.Register(api, web.Op{Method: "GET", Path: "/watches", ID: "list-watches", Summary: "Watches that one keeps, follows or supervises, the newest first", Tag: tag, Access: access},
		func(ctx context.Context, in *struct {
			web.Page
			Over bool `query:"over" doc:"Those that have ended"`
			Mine bool `query:"mine" doc:"Only those one keeps or follows"`
		}) (*listOut[Watch], error) {
			return list(h.Service.Watches(ctx, in.Over, in.Mine, in.Limit, in.Cursor))
		})
	web.Register(api, web.Op{Method: "GET", Path: "/watches/{id}", ID: "get-watch", Summary: "A watch with its notes of progress", Tag: tag, Access: access},
		func(ctx context.Context, in *WatchID) (*watchOut, error) {
			w, err := h.Service.Watching(ctx, in.ID)
			return &watchOut{w}, err
		})
	type startIn struct {
		web.Command
		OrderID
		Body WatchInput
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/watch", ID: "watch-order", Summary: "Put an order under watch", Tag: tag, Status: 201, Access: web.Access(identity.OrderSupervise)},
		func(ctx context.Context, in *startIn) (*watchOut, error) {
			w, err := h.Service.PutUnderWatch(ctx, in.ID, in.Body, in.Key)
			return &watchOut{w}, err
		})
	type noteIn struct {
		web.Command
		WatchID
		Body struct {
			Note string `json:"note" maxLength:"500"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/watches/{id}/progress", ID: "add-watch-progress", Summary: "Tell how an order under watch goes", Tag: tag, Access: access},
		func(ctx context.Context, in *noteIn) (*watchOut, error) {
			w, err := h.Service.AddProgress(ctx, in.ID, in.Body.Note, in.Key)
			return &watchOut{w}, err
		})
	type endIn struct {
		web.Command
		WatchID
		Body struct {
			Conclusion string `json:"conclusion" maxLength:"500"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/watches/{id}/end", ID: "end-watch", Summary: "End a watch with a conclusion", Tag: tag, Access: web.Access(identity.OrderSupervise)},
		func(ctx context.Context, in *endIn) (*watchOut, error) {
			w, err := h.Service.EndWatch(ctx, in.ID, in.Body.Conclusion, in.Key)
			return &watchOut{w}, err
		})
}

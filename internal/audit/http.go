package audit

import (
	"context"

	"wardline/internal/platform/web"
)

// readAccess is the permission to see the trail; the package that knows permissions
// builds on this one and cannot be asked for the name.
const readAccess web.Access = "audit.read"

// HTTP offers the trail over HTTP.
type HTTP struct {
	Trail *Trail
	// MayRead returns a fault unless the context's actor may see the whole trail:
	// entries carry no scope, so that a part of the hospital is not enough.
	MayRead func(ctx context.Context) error
}

type listIn struct {
	web.Page
	ActorID   string `query:"actorId" maxLength:"64" doc:"Who did it: a person, system or public"`
	Action    string `query:"action" maxLength:"100" doc:"What was done, for example order.dispatch"`
	Subject   string `query:"subject" maxLength:"100" doc:"Kind of thing, for example order"`
	SubjectID string `query:"subjectId" maxLength:"64"`
	From      int64  `query:"from" minimum:"0" doc:"Unix milliseconds"`
	To        int64  `query:"to" minimum:"0" doc:"Unix milliseconds, exclusive"`
}

type listOut struct {
	Body struct {
		Items      []Entry `json:"items"`
		NextCursor string  `json:"nextCursor"`
	}
}

// Register adds the operations below /audit.
func (h HTTP) Register(api *web.API) {
	web.Register(api, web.Op{Method: "GET", Path: "/audit", ID: "list-audit", Summary: "Who did what, newest first", Tag: "Audit", Access: readAccess},
		func(ctx context.Context, in *listIn) (*listOut, error) {
			if err := h.MayRead(ctx); err != nil {
				return nil, err
			}
			items, next, err := h.Trail.List(ctx, Filter{ActorID: in.ActorID, Action: in.Action, Subject: in.Subject,
				SubjectID: in.SubjectID, From: in.From, To: in.To}, in.Limit, in.Cursor)
			if err != nil {
				return nil, err
			}
			out := &listOut{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, nil
		})
}

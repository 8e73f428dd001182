package admin

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/jobs"
	"wardline/internal/platform/web"
)

// HTTP registers the operations on jobs.
type HTTP struct{ Service *Service }

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	type listIn struct {
		web.Page
		State string `query:"state" enum:"ready,running,done,dead,cancelled"`
		Kind  string `query:"kind" maxLength:"100"`
	}
	type listOut struct {
		Body struct {
			Items      []jobs.Row `json:"items"`
			NextCursor string     `json:"nextCursor,omitempty"`
		}
	}
	const tag = "jobs"
	read, write := web.Access(identity.JobRead), web.Access(identity.JobWrite)
	web.Register(api, web.Op{Method: "GET", Path: "/jobs", ID: "list-jobs", Summary: "List jobs", Tag: tag, Access: read},
		func(ctx context.Context, in *listIn) (*listOut, error) {
			items, next, err := h.Service.Jobs(ctx, jobs.Filter{State: jobs.State(in.State), Kind: in.Kind}, in.Limit, in.Cursor)
			out := &listOut{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, err
		})
	type countsOut struct {
		Body struct {
			Items []jobs.Count `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/jobs/counts", ID: "count-jobs", Summary: "Count jobs by kind and state", Tag: tag, Access: read},
		func(ctx context.Context, _ *struct{}) (*countsOut, error) {
			items, err := h.Service.Counts(ctx)
			out := &countsOut{}
			out.Body.Items = items
			return out, err
		})
	for _, c := range []struct {
		name, id, summary string
		do                func(context.Context, string) error
	}{{"again", "run-job-again", "Run a job again", h.Service.RunAgain}, {"cancel", "cancel-job", "Call a job off", h.Service.Cancel}} {
		type in struct {
			ID string `path:"id" maxLength:"40"`
		}
		web.Register(api, web.Op{Method: "POST", Path: "/jobs/{id}/" + c.name, ID: c.id, Summary: c.summary, Tag: tag, Access: write},
			func(ctx context.Context, in *in) (*struct{}, error) { return nil, c.do(ctx, in.ID) })
	}
}

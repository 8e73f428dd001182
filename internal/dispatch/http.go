package dispatch

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// HTTP registers the operations of dispatching.
type HTTP struct{ Service *Service }

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	type in struct {
		ID     string `path:"id" maxLength:"40" doc:"Id or number"`
		TeamID string `query:"teamId" maxLength:"40" doc:"The order's team when empty"`
	}
	type out struct {
		Body struct {
			Items []Candidate `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}/candidates", ID: "order-candidates", Summary: "Who should do an order, and why",
		Tag: "dispatch", Access: web.Access(identity.OrderDispatch)},
		func(ctx context.Context, in *in) (*out, error) {
			items, err := h.Service.Candidates(ctx, in.ID, in.TeamID)
			o := &out{}
			o.Body.Items = items
			return o, err
		})
}

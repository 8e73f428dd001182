package upkeep

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// HTTP registers the operations on plans.
type HTTP struct{ Service *Service }

const tag = "plans"

// PlanID names a plan in the address.
type PlanID struct {
	ID string `path:"id" maxLength:"40"`
}

type planOut struct{ Body Plan }

// PageIn asks for a page of a list.
type PageIn struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" maxLength:"300"`
}

type pageOut[T any] struct {
	Body struct {
		Items      []T    `json:"items"`
		NextCursor string `json:"nextCursor,omitempty"`
	}
}

func page[T any](items []T, next string, err error) (*pageOut[T], error) {
	out := &pageOut[T]{}
	out.Body.Items, out.Body.NextCursor = items, next
	return out, err
}

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	read, write := web.Access(identity.PlanRead), web.Access(identity.PlanWrite)
	web.Register(api, web.Op{Method: "GET", Path: "/plans", ID: "list-plans", Summary: "List plans, the soonest first", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			PageIn
			Active  string `query:"active" enum:"true,false"`
			AssetID string `query:"assetId" maxLength:"40"`
			ItemID  string `query:"itemId" maxLength:"40"`
		}) (*pageOut[Plan], error) {
			f := Filter{AssetID: in.AssetID, ItemID: in.ItemID}
			if in.Active != "" {
				f.Active = new(in.Active == "true")
			}
			return page(h.Service.List(ctx, f, in.Limit, in.Cursor))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/plans", ID: "add-plan", Summary: "Add a plan", Tag: tag, Status: 201, Access: write},
		func(ctx context.Context, in *struct{ Body PlanInput }) (*planOut, error) {
			p, err := h.Service.Create(ctx, in.Body)
			return &planOut{p}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/plans/preview", ID: "preview-plan", Summary: "Tell the next occurrences of a recurrence", Tag: tag, Access: read},
		func(ctx context.Context, in *struct{ Body Recurrence }) (*pageOut[Occurrence], error) {
			items, err := h.Service.Preview(ctx, in.Body)
			return page(items, "", err)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/plans/{id}", ID: "get-plan", Summary: "One plan", Tag: tag, Access: read},
		func(ctx context.Context, in *PlanID) (*planOut, error) {
			p, err := h.Service.Get(ctx, in.ID)
			return &planOut{p}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/plans/{id}", ID: "save-plan", Summary: "Change a plan", Tag: tag, Access: write},
		func(ctx context.Context, in *struct {
			PlanID
			Body PlanInput
		}) (*planOut, error) {
			p, err := h.Service.Save(ctx, in.ID, in.Body)
			return &planOut{p}, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/plans/{id}", ID: "remove-plan", Summary: "Remove a plan; its orders stay", Tag: tag, Access: write},
		func(ctx context.Context, in *PlanID) (*struct{}, error) {
			return nil, h.Service.Delete(ctx, in.ID)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/plans/{id}/runs", ID: "list-plan-runs", Summary: "What became of a plan's occurrences", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			PlanID
			PageIn
		}) (*pageOut[Run], error) {
			return page(h.Service.Runs(ctx, in.ID, in.Limit, in.Cursor))
		})
}

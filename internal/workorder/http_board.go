package workorder

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// board registers what a dispatcher's board is made of.
func (h HTTP) board(api *web.API) {
	type boardIn struct {
		FilterIn
		IDs  []string `query:"ids" maxItems:"100" doc:"Only these, as far as they are open and fit"`
		Most int      `query:"most" minimum:"1" maximum:"5000" default:"2500"`
	}
	type boardOut struct {
		Body struct {
			Items []Card `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/board", ID: "board-orders", Summary: "Open orders as a board shows them", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *boardIn) (*boardOut, error) {
			items, err := h.Service.Board(ctx, in.Filter(ctx), in.IDs, in.Most)
			out := &boardOut{}
			out.Body.Items = items
			return out, err
		})
	type figuresIn struct {
		FilterIn
		By string `query:"by" enum:"team,person,place,status" doc:"Absent counts all together only"`
	}
	type figuresOut struct {
		Body struct {
			Figures
			Groups []Group `json:"groups"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/figures", ID: "order-figures", Summary: "Count open orders together and by team, person, place or status", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *figuresIn) (*figuresOut, error) {
			all, groups, err := h.Service.Figures(ctx, in.Filter(ctx), in.By)
			out := &figuresOut{}
			out.Body.Figures, out.Body.Groups = all, groups
			return out, err
		})
}

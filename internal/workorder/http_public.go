package workorder

import (
	"context"

	"wardline/internal/platform/web"
)

func (h HTTP) public(api *web.API) {
	type reportIn struct {
		web.Command
		Body Report
	}
	web.Register(api, web.Op{Method: "POST", Path: "/public/orders", ID: "report-publicly", Summary: "Report without sign-in, where that is allowed", Tag: tag, Status: 201, Access: web.Public},
		func(ctx context.Context, in *reportIn) (*publicOut, error) {
			if err := h.Limit(ctx, "report"); err != nil {
				return nil, err
			}
			v, err := h.Service.CreatePublic(ctx, in.Body, Meta{Key: in.Key})
			return &publicOut{v}, err
		})
	type followIn struct {
		Token string `path:"token" maxLength:"80"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/public/orders/{token}", ID: "follow-order", Summary: "Follow an order by its own link", Tag: tag, Access: web.Public},
		func(ctx context.Context, in *followIn) (*publicOut, error) {
			if err := h.Limit(ctx, "follow"); err != nil {
				return nil, err
			}
			v, err := h.Service.Follow(ctx, in.Token)
			return &publicOut{v}, err
		})
	type commandIn struct {
		web.Command
		Token string `path:"token" maxLength:"80"`
		Body  LinkCommand
	}
	web.Register(api, web.Op{Method: "POST", Path: "/public/orders/{token}", ID: "act-by-link", Summary: "Urge, confirm, rate or reopen by the order's own link", Tag: tag, Access: web.Public},
		func(ctx context.Context, in *commandIn) (*publicOut, error) {
			if err := h.Limit(ctx, "follow"); err != nil {
				return nil, err
			}
			v, err := h.Service.ActByLink(ctx, in.Token, in.Body, Meta{Key: in.Key})
			return &publicOut{v}, err
		})
}

package workorder

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

func (h HTTP) screens(api *web.API) {
	type screenOut struct{ Body ScreenData }
	web.Register(api, web.Op{Method: "GET", Path: "/screen", ID: "show-screen", Summary: "What a big screen shows", Tag: "screens", Access: web.Public},
		func(ctx context.Context, in *struct {
			Token string `query:"token" required:"true" maxLength:"80"`
		}) (*screenOut, error) {
			if err := h.Limit(ctx, "screen"); err != nil {
				return nil, err
			}
			v, err := h.Service.ShowScreen(ctx, in.Token)
			return &screenOut{v}, err
		})
	type listOut struct {
		Body struct {
			Items []Screen `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/screens", ID: "list-screens", Summary: "Links to big screens", Tag: "screens", Access: access(identity.ScreenWrite)},
		func(ctx context.Context, _ *none) (*listOut, error) {
			items, err := h.Service.Screens(ctx)
			out := &listOut{}
			out.Body.Items = items
			return out, err
		})
	type addIn struct {
		Body struct {
			Name     string `json:"name" minLength:"1" maxLength:"60"`
			CampusID string `json:"campusId,omitempty" maxLength:"40"`
			Days     int    `json:"days" minimum:"1" maximum:"400" doc:"Days until the link ends"`
		}
	}
	type addOut struct {
		Body struct {
			Screen Screen `json:"screen"`
			Token  string `json:"token" doc:"Shown only now"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/screens", ID: "add-screen", Summary: "Make a link to a big screen", Tag: "screens", Status: 201, Access: access(identity.ScreenWrite)},
		func(ctx context.Context, in *addIn) (*addOut, error) {
			sc, secret, err := h.Service.AddScreen(ctx, in.Body.Name, in.Body.CampusID, in.Body.Days)
			out := &addOut{}
			out.Body.Screen, out.Body.Token = sc, secret
			return out, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/screens/{id}", ID: "revoke-screen", Summary: "End a link to a big screen", Tag: "screens", Access: access(identity.ScreenWrite)},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"40"`
		}) (*none, error) {
			return nil, h.Service.RevokeScreen(ctx, in.ID)
		})
}

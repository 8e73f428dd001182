package identity

import (
	"context"

	"wardline/internal/platform/web"
)

type resetIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body Reset
}

type resetOut struct {
	Body struct {
		Password string `json:"password" doc:"Shown this once; to be replaced at the first sign-in, within seven days"`
	}
}

type grantsOut struct {
	Body struct {
		Version int64       `json:"version" doc:"The person's"`
		Grants  []GrantSpec `json:"grants"`
	}
}

type setGrantsIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64       `json:"version" doc:"The person's"`
		Grants  []GrantSpec `json:"grants" maxItems:"50"`
	}
}

type rolesOut struct {
	Body struct {
		Items []Role `json:"items"`
	}
}

type permissionsOut struct {
	Body struct {
		Items []PermissionInfo `json:"items"`
	}
}

type createRoleIn struct{ Body RoleFacts }

type updateRoleIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		RoleFacts
		Version int64 `json:"version"`
	}
}

type deleteRoleIn struct {
	ID      string `path:"id" maxLength:"64"`
	Version int64  `query:"version" required:"true"`
}

type roleOut struct{ Body *Role }

func (h HTTP) registerRoles(api *web.API) {
	h.registerGrants(api)
	const tag = "Roles"
	web.Register(api, web.Op{Method: "GET", Path: "/permissions", ID: "list-permissions", Summary: "All permissions with their names", Tag: tag, Access: web.SignedIn},
		func(context.Context, *struct{}) (*permissionsOut, error) {
			out := &permissionsOut{}
			out.Body.Items = Permissions()
			return out, nil
		})
	web.Register(api, web.Op{Method: "GET", Path: "/roles", ID: "list-roles", Summary: "All roles", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*rolesOut, error) {
			list, err := h.Service.Roles(ctx)
			out := &rolesOut{}
			out.Body.Items = list
			return out, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/roles", ID: "create-role", Summary: "Add a role", Tag: tag, Access: web.Access(RoleWrite), Status: 201},
		func(ctx context.Context, in *createRoleIn) (*roleOut, error) {
			r, err := h.Service.CreateRole(ctx, in.Body)
			return &roleOut{r}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/roles/{id}", ID: "update-role", Summary: "Replace a role of one's own making", Tag: tag, Access: web.Access(RoleWrite)},
		func(ctx context.Context, in *updateRoleIn) (*roleOut, error) {
			r, err := h.Service.UpdateRole(ctx, in.ID, in.Body.Version, in.Body.RoleFacts)
			return &roleOut{r}, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/roles/{id}", ID: "delete-role", Summary: "Delete a role that nobody holds", Tag: tag, Access: web.Access(RoleWrite)},
		func(ctx context.Context, in *deleteRoleIn) (*struct{}, error) {
			return nil, h.Service.DeleteRole(ctx, in.ID, in.Version)
		})
}

func (h HTTP) registerGrants(api *web.API) {
	const tag = "Roles"
	web.Register(api, web.Op{Method: "GET", Path: "/people/{id}/grants", ID: "get-grants", Summary: "The roles of a person", Tag: tag, Access: web.Access(PersonRead)},
		func(ctx context.Context, in *idIn) (*grantsOut, error) {
			grants, version, err := h.Service.Grants(ctx, in.ID)
			out := &grantsOut{}
			out.Body.Version, out.Body.Grants = version, grants
			return out, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/people/{id}/grants", ID: "set-grants", Summary: "Replace the roles of a person", Tag: tag, Access: web.Access(RoleWrite)},
		func(ctx context.Context, in *setGrantsIn) (*personOut, error) {
			p, err := h.Service.SetGrants(ctx, in.ID, in.Body.Version, in.Body.Grants)
			return &personOut{p}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/people/{id}/reset-password", ID: "reset-password", Summary: "Give a person a one-time password", Tag: tag, Access: web.Access(PersonWrite)},
		func(ctx context.Context, in *resetIn) (*resetOut, error) {
			password, err := h.Service.ResetPassword(ctx, in.ID, in.Body)
			out := &resetOut{}
			out.Body.Password = password
			return out, err
		})
}

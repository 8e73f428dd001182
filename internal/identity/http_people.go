package identity

import (
	"context"

	"wardline/internal/platform/web"
)

type peopleIn struct {
	web.Page
	Q            string `query:"q" maxLength:"100" doc:"Part of the name, its pinyin or initials, staff number, login or phone"`
	DepartmentID string `query:"departmentId" maxLength:"64"`
	TeamID       string `query:"teamId" maxLength:"64"`
	VendorID     string `query:"vendorId" maxLength:"64"`
	RoleID       string `query:"roleId" maxLength:"64"`
	Active       string `query:"active" enum:"true,false" doc:"Absent: both"`
}

type peopleOut struct {
	Body struct {
		Items      []Person `json:"items"`
		NextCursor string   `json:"nextCursor"`
	}
}

type pickIn struct {
	web.Page
	Q            string `query:"q" maxLength:"100" doc:"Part of the name, its pinyin or initials"`
	DepartmentID string `query:"departmentId" maxLength:"64"`
	TeamID       string `query:"teamId" maxLength:"64"`
}

type pickOut struct {
	Body struct {
		Items      []Brief `json:"items"`
		NextCursor string  `json:"nextCursor"`
	}
}

type createPersonIn struct {
	Body struct {
		Facts
		Teams []Membership `json:"teams,omitempty" maxItems:"50"`
	}
}

type updatePersonIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Facts
		Version int64 `json:"version"`
	}
}

type setTeamsIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64        `json:"version"`
		Teams   []Membership `json:"teams" maxItems:"50"`
	}
}

type getPersonOut struct {
	Body struct {
		Person
		Account *Account `json:"account,omitempty" doc:"Only for those who may edit the person"`
	}
}

func (h HTTP) registerPeople(api *web.API) {
	const tag = "People"
	web.Register(api, web.Op{Method: "GET", Path: "/people", ID: "list-people", Summary: "List and search people", Tag: tag, Access: web.Access(PersonRead)},
		func(ctx context.Context, in *peopleIn) (*peopleOut, error) {
			f := PeopleFilter{Text: in.Q, DepartmentID: in.DepartmentID, TeamID: in.TeamID, VendorID: in.VendorID, RoleID: in.RoleID}
			if in.Active != "" {
				active := in.Active == "true"
				f.Active = &active
			}
			items, next, err := h.Service.List(ctx, f, in.Limit, in.Cursor)
			out := &peopleOut{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/people/picker", ID: "pick-people", Summary: "Names for order forms", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *pickIn) (*pickOut, error) {
			items, next, err := h.Service.Pick(ctx, PeopleFilter{Text: in.Q, DepartmentID: in.DepartmentID, TeamID: in.TeamID}, in.Limit, in.Cursor)
			out := &pickOut{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/people", ID: "create-person", Summary: "Add a person, as reporter", Tag: tag, Access: web.Access(PersonWrite), Status: 201},
		func(ctx context.Context, in *createPersonIn) (*personOut, error) {
			p, err := h.Service.Create(ctx, in.Body.Facts, in.Body.Teams)
			return &personOut{p}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/people/{id}", ID: "get-person", Summary: "One person", Tag: tag, Access: web.Access(PersonRead)},
		func(ctx context.Context, in *idIn) (*getPersonOut, error) {
			p, account, err := h.Service.Get(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			out := &getPersonOut{}
			out.Body.Person, out.Body.Account = *p, account
			return out, nil
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/people/{id}", ID: "update-person", Summary: "Replace a person's facts", Tag: tag, Access: web.Access(PersonWrite)},
		func(ctx context.Context, in *updatePersonIn) (*personOut, error) {
			p, err := h.Service.Update(ctx, in.ID, in.Body.Version, in.Body.Facts)
			return &personOut{p}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/people/{id}/teams", ID: "set-person-teams", Summary: "Replace a person's teams", Tag: tag, Access: web.Access(PersonWrite)},
		func(ctx context.Context, in *setTeamsIn) (*personOut, error) {
			p, err := h.Service.SetTeams(ctx, in.ID, in.Body.Version, in.Body.Teams)
			return &personOut{p}, err
		})
	for _, c := range []struct {
		verb, summary string
		active        bool
	}{{"deactivate", "End someone's account, sessions and tokens", false}, {"activate", "Let someone in again", true}} {
		web.Register(api, web.Op{Method: "POST", Path: "/people/{id}/" + c.verb, ID: c.verb + "-person", Summary: c.summary, Tag: tag, Access: web.Access(PersonWrite)},
			func(ctx context.Context, in *versionIn) (*personOut, error) {
				p, err := h.Service.SetActive(ctx, in.ID, in.Body.Version, c.active)
				return &personOut{p}, err
			})
	}
}

package org

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// HTTP registers the operations on the directory.
type HTTP struct{ Service *Service }

const tag = "organisation"

const (
	readAccess  = web.Access(identity.OrgRead)
	writeAccess = web.Access(identity.OrgWrite)
)

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	s := h.Service
	nouns(api, noun[Campus, CampusInput, Finding]{"campus", "campuses", s.ListCampuses, s.GetCampus, s.SaveCampus, s.RemoveCampus})
	nouns(api, noun[Place, PlaceInput, placeQuery]{"place", "places", s.ListPlaces, s.GetPlace, s.SavePlace, s.RemovePlace})
	nouns(api, noun[Department, DepartmentInput, departmentQuery]{"department", "departments", s.ListDepartments, s.GetDepartment, s.SaveDepartment, s.RemoveDepartment})
	nouns(api, noun[Team, TeamInput, teamQuery]{"team", "teams", s.ListTeams, s.GetTeam, s.SaveTeam, s.RemoveTeam})
	nouns(api, noun[Vendor, VendorInput, Finding]{"vendor", "vendors", s.ListVendors, s.GetVendor, s.SaveVendor, s.RemoveVendor})
	nouns(api, noun[Skill, SkillInput, Finding]{"skill", "skills", s.ListSkills, s.GetSkill, s.SaveSkill, s.RemoveSkill})
	nouns(api, noun[Extension, ExtensionInput, extensionQuery]{"extension", "extensions", s.ListExtensions, s.GetExtension, s.SaveExtension, s.RemoveExtension})
	searching(api, "place", "places", s.SearchPlaces)
	searching(api, "department", "departments", s.SearchDepartments)
	searching(api, "team", "teams", s.SearchTeams)
	searching(api, "extension", "extensions", s.SearchExtensions)
	h.places(api)
	h.people(api)
	h.patterns(api)
	h.away(api)
	h.present(api)
	h.imports(api)
}

// noun is a kind of thing with its commands.
type noun[T, In any, Q query] struct {
	name, path string
	list       func(context.Context, Filter, int, string) ([]T, string, error)
	get        func(context.Context, string) (T, error)
	save       func(context.Context, string, In) (T, error)
	remove     func(context.Context, string, int64) (Removal, error)
}

// query is the input of a list.
type query interface {
	filter() Filter
	page() web.Page
}

// Finding is the query part of every list of the directory.
type Finding struct {
	web.Page
	Text   string `query:"text" maxLength:"100" doc:"Name, pinyin, initials or code"`
	Active string `query:"active" enum:"true,false" doc:"Absent lists both"`
}

func (q Finding) page() web.Page { return q.Page }

func (q Finding) filter() Filter {
	f := Filter{Text: q.Text}
	if q.Active != "" {
		active := q.Active == "true"
		f.Active = &active
	}
	return f
}

type departmentQuery struct {
	Finding
	CampusID string `query:"campusId" maxLength:"64"`
	ParentID string `query:"parentId" maxLength:"64" doc:"top for what has nothing above it"`
	Kind     string `query:"kind" maxLength:"20"`
}

func (q departmentQuery) filter() Filter {
	f := q.Finding.filter()
	f.CampusID, f.ParentID, f.Kind = q.CampusID, q.ParentID, q.Kind
	return f
}

type placeQuery struct {
	Finding
	CampusID     string `query:"campusId" maxLength:"64"`
	ParentID     string `query:"parentId" maxLength:"64" doc:"top for what has nothing above it"`
	Kind         string `query:"kind" maxLength:"20"`
	Class        string `query:"class" maxLength:"20"`
	DepartmentID string `query:"departmentId" maxLength:"64"`
}

func (q placeQuery) filter() Filter {
	f := q.Finding.filter()
	f.CampusID, f.ParentID, f.Kind, f.Class, f.DepartmentID = q.CampusID, q.ParentID, q.Kind, q.Class, q.DepartmentID
	return f
}

type teamQuery struct {
	Finding
	CampusID string `query:"campusId" maxLength:"64"`
	Kind     string `query:"kind" maxLength:"20"`
	VendorID string `query:"vendorId" maxLength:"64"`
}

func (q teamQuery) filter() Filter {
	f := q.Finding.filter()
	f.CampusID, f.Kind, f.VendorID = q.CampusID, q.Kind, q.VendorID
	return f
}

type extensionQuery struct {
	Finding
	DepartmentID string `query:"departmentId" maxLength:"64"`
	PlaceID      string `query:"placeId" maxLength:"64"`
}

func (q extensionQuery) filter() Filter {
	f := q.Finding.filter()
	f.DepartmentID, f.PlaceID = q.DepartmentID, q.PlaceID
	return f
}

// List is a page of things.
type List[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"nextCursor,omitempty"`
}

type listOut[T any] struct{ Body List[T] }

type oneOut[T any] struct{ Body T }

// ThingID is the path part of every operation on one thing.
type ThingID struct {
	ID string `path:"id" maxLength:"64"`
}

// nouns registers list, get, add, change and remove.
func nouns[T, In any, Q query](api *web.API, n noun[T, In, Q]) {
	web.Register(api, web.Op{Method: "GET", Path: "/" + n.path, ID: "list-" + n.path, Summary: "List " + n.path, Tag: tag, Access: readAccess},
		func(ctx context.Context, in *Q) (*listOut[T], error) {
			p := (*in).page()
			items, next, err := n.list(ctx, (*in).filter(), p.Limit, p.Cursor)
			out := &listOut[T]{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/" + n.path + "/{id}", ID: "get-" + n.name, Summary: "Get a " + n.name, Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*oneOut[T], error) {
			row, err := n.get(ctx, in.ID)
			return &oneOut[T]{row}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/" + n.path, ID: "add-" + n.name, Summary: "Add a " + n.name, Tag: tag, Access: writeAccess, Status: 201},
		func(ctx context.Context, in *struct{ Body In }) (*oneOut[T], error) {
			row, err := n.save(ctx, "", in.Body)
			return &oneOut[T]{row}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/" + n.path + "/{id}", ID: "save-" + n.name, Summary: "Change a " + n.name, Tag: tag, Access: writeAccess},
		func(ctx context.Context, in *struct {
			ThingID
			Body In
		}) (*oneOut[T], error) {
			row, err := n.save(ctx, in.ID, in.Body)
			return &oneOut[T]{row}, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/" + n.path + "/{id}", ID: "remove-" + n.name, Tag: tag, Access: writeAccess,
		Summary: "Delete a " + n.name + ", or make it inactive when it is named elsewhere"},
		func(ctx context.Context, in *struct {
			ThingID
			Version int64 `query:"version" required:"true" doc:"Version the caller saw"`
		}) (*oneOut[Removal], error) {
			out, err := n.remove(ctx, in.ID, in.Version)
			return &oneOut[Removal]{out}, err
		})
}

// Found is what a search found, the best first.
type Found[T any] struct {
	Items []T `json:"items"`
}

type foundOut[T any] struct{ Body Found[T] }

// searching registers what a picker asks while its user types.
func searching[T any](api *web.API, name, path string, find func(context.Context, Filter, int) ([]T, error)) {
	web.Register(api, web.Op{Method: "GET", Path: "/" + path + "/search", ID: "search-" + path, Tag: tag, Access: readAccess,
		Summary: "Find active " + path + " by name, pinyin, initials or code"},
		func(ctx context.Context, in *struct {
			Text     string `query:"text" maxLength:"100" doc:"What was typed; blanks part words that must all be there"`
			CampusID string `query:"campusId" maxLength:"64"`
			Kind     string `query:"kind" maxLength:"20"`
			Limit    int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
		}) (*foundOut[T], error) {
			items, err := find(ctx, Filter{Text: in.Text, CampusID: in.CampusID, Kind: in.Kind}, in.Limit)
			out := &foundOut[T]{}
			out.Body.Items = items
			return out, err
		})
}

// ReportCode is the secret on a place's label.
type ReportCode struct {
	Code string `json:"code" doc:"Stands on the label as /m/s/CODE"`
}

func (h HTTP) places(api *web.API) {
	type codeOut struct{ Body ReportCode }
	web.Register(api, web.Op{Method: "POST", Path: "/places/{id}/code", ID: "renew-place-code", Tag: tag, Access: writeAccess,
		Summary: "Give a place a new report code; labels with the old one are void"},
		func(ctx context.Context, in *ThingID) (*codeOut, error) {
			code, err := h.Service.RenewCode(ctx, in.ID)
			out := &codeOut{}
			out.Body.Code = code
			return out, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/extensions/lookup", ID: "lookup-extension", Tag: tag, Access: readAccess,
		Summary: "Tell who calls from a number"},
		func(ctx context.Context, in *struct {
			Number string `query:"number" required:"true" minLength:"1" maxLength:"40"`
		}) (*oneOut[Caller], error) {
			c, err := h.Service.Lookup(ctx, in.Number)
			return &oneOut[Caller]{c}, err
		})
}

package asset

import (
	"context"
	"net/http"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// HTTP is the register's way in.
type HTTP struct {
	Service *Service
	// Limit counts one try of the request's address and returns a fault when there
	// were too many. It is asked about "scan", for those who have not signed in. Nil
	// limits nothing.
	Limit func(ctx context.Context, what string) error
}

const (
	tag         = "asset"
	readAccess  = web.Access(identity.AssetRead)
	writeAccess = web.Access(identity.AssetWrite)
)

type AssetPath struct {
	ID string `path:"id" maxLength:"64"`
}

type FilterIn struct {
	Query          string   `query:"q" maxLength:"100" doc:"Number, name, pinyin, initials, model, serial number or address"`
	Statuses       []Status `query:"status" enum:"in_use,in_repair,idle,lent,scrapped" doc:"Any of these"`
	Class          string   `query:"class" maxLength:"40"`
	PlaceID        string   `query:"placeId" maxLength:"64" doc:"There or below"`
	DepartmentID   string   `query:"departmentId" maxLength:"64" doc:"There or below"`
	CampusID       string   `query:"campusId" maxLength:"64"`
	VendorID       string   `query:"vendorId" maxLength:"64"`
	CustodianID    string   `query:"custodianId" maxLength:"64"`
	WarrantyBefore string   `query:"warrantyBefore" maxLength:"10" doc:"Warranty ends before this day, YYYY-MM-DD"`
}

func (in FilterIn) filter() Filter {
	return Filter{Text: in.Query, Statuses: in.Statuses, Class: in.Class, PlaceID: in.PlaceID, DepartmentID: in.DepartmentID,
		CampusID: in.CampusID, VendorID: in.VendorID, CustodianID: in.CustodianID, WarrantyBefore: in.WarrantyBefore}
}

type list[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"nextCursor,omitempty"`
}

type out[T any] struct{ Body T }

func wrapped[T any](body T, err error) (*out[T], error) {
	if err != nil {
		return nil, err
	}
	return &out[T]{body}, nil
}

func listed[T any](items []T, next string, err error) (*out[list[T]], error) {
	return wrapped(list[T]{items, next}, err)
}

type listIn struct {
	web.Page
	FilterIn
}

type createIn struct{ Body Input }

type updateIn struct {
	AssetPath
	Body struct {
		Facts
		Version int64 `json:"version" minimum:"1"`
	}
}

type moveIn struct {
	AssetPath
	Body struct {
		Move
		Version int64 `json:"version" minimum:"1"`
	}
}

type statusIn struct {
	AssetPath
	Body struct {
		Status  Status `json:"status" enum:"in_use,in_repair,idle,lent,scrapped"`
		Note    string `json:"note,omitempty" maxLength:"500"`
		Version int64  `json:"version" minimum:"1"`
	}
}

type relabelIn struct {
	AssetPath
	Body struct {
		Note    string `json:"note,omitempty" maxLength:"500"`
		Version int64  `json:"version" minimum:"1"`
	}
}

type historyIn struct {
	AssetPath
	web.Page
}

type scanIn struct {
	Code string `path:"code" maxLength:"200"`
}

// Register adds the routes to the API.
func (h HTTP) Register(api *web.API) {
	h.registerRegister(api)
	h.registerChanges(api)
	h.registerImports(api)
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/scan/{code}", ID: "scan-code", Tag: tag, Access: web.Public,
		Summary: "What a code on a label stands on; without sign-in only where that is allowed"},
		func(ctx context.Context, in *scanIn) (*out[*Target], error) {
			if h.Limit != nil && !identity.Of(ctx).SignedIn() {
				if err := h.Limit(ctx, "scan"); err != nil {
					return nil, err
				}
			}
			return wrapped(h.Service.Scan(ctx, in.Code))
		})
	api.Handle("GET /print/labels", web.SignedIn, http.HandlerFunc(h.labels))
}

func (h HTTP) registerRegister(api *web.API) {
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/assets", ID: "list-assets", Tag: tag, Access: readAccess,
		Summary: "Assets the caller may see, by number"},
		func(ctx context.Context, in *listIn) (*out[list[View]], error) {
			return listed(h.Service.List(ctx, in.filter(), in.Limit, in.Cursor))
		})
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/assets/count", ID: "count-assets", Tag: tag, Access: readAccess,
		Summary: "How many assets a list has"},
		func(ctx context.Context, in *FilterIn) (*out[struct {
			Count int64 `json:"count"`
		}], error) {
			n, err := h.Service.Count(ctx, in.filter())
			return wrapped(struct {
				Count int64 `json:"count"`
			}{n}, err)
		})
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/assets/classes", ID: "list-asset-classes", Tag: tag, Access: web.SignedIn,
		Summary: "Classes of assets"},
		func(context.Context, *struct{}) (*out[list[Class]], error) {
			return listed(Classes(), "", nil)
		})
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/assets/{id}", ID: "get-asset", Tag: tag, Access: readAccess, Summary: "An asset"},
		func(ctx context.Context, in *AssetPath) (*out[*View], error) {
			return wrapped(h.Service.Show(ctx, in.ID))
		})
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/assets/{id}/history", ID: "list-asset-history", Tag: tag, Access: readAccess,
		Summary: "What became of an asset, newest first"},
		func(ctx context.Context, in *historyIn) (*out[list[Event]], error) {
			return listed(h.Service.History(ctx, in.ID, in.Limit, in.Cursor))
		})
}

func (h HTTP) registerChanges(api *web.API) {
	web.Register(api, web.Op{Method: http.MethodPost, Path: "/assets", ID: "create-asset", Tag: tag, Access: writeAccess, Status: http.StatusCreated,
		Summary: "Add an asset; it gets a code"},
		func(ctx context.Context, in *createIn) (*out[*View], error) {
			return wrapped(h.Service.Create(ctx, in.Body))
		})
	web.Register(api, web.Op{Method: http.MethodPut, Path: "/assets/{id}", ID: "update-asset", Tag: tag, Access: writeAccess,
		Summary: "Change the facts of an asset"},
		func(ctx context.Context, in *updateIn) (*out[*View], error) {
			return wrapped(h.Service.Update(ctx, in.ID, in.Body.Version, in.Body.Facts))
		})
	web.Register(api, web.Op{Method: http.MethodPost, Path: "/assets/{id}/move", ID: "move-asset", Tag: tag, Access: writeAccess,
		Summary: "Bring an asset to another place, department or custodian"},
		func(ctx context.Context, in *moveIn) (*out[*View], error) {
			return wrapped(h.Service.Move(ctx, in.ID, in.Body.Version, in.Body.Move))
		})
	web.Register(api, web.Op{Method: http.MethodPost, Path: "/assets/{id}/status", ID: "set-asset-status", Tag: tag, Access: writeAccess,
		Summary: "Say what an asset is doing from now on"},
		func(ctx context.Context, in *statusIn) (*out[*View], error) {
			return wrapped(h.Service.SetStatus(ctx, in.ID, in.Body.Version, in.Body.Status, in.Body.Note))
		})
	web.Register(api, web.Op{Method: http.MethodPost, Path: "/assets/{id}/relabel", ID: "relabel-asset", Tag: tag, Access: writeAccess,
		Summary: "Give an asset a new code; its old labels are void at once"},
		func(ctx context.Context, in *relabelIn) (*out[*View], error) {
			return wrapped(h.Service.Relabel(ctx, in.ID, in.Body.Version, in.Body.Note))
		})
}

// labels answers with a page that prints right on its paper. The query names assets
// and places by ids parted by commas, or the filter of a list (list=true), or a place
// below which every place gets one.
func (h HTTP) labels(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	ids := func(key string) []string {
		return strings.FieldsFunc(q.Get(key), func(c rune) bool { return c == ',' })
	}
	wanted := Wanted{Assets: ids("assets"), Places: ids("places"), PlacesBelow: q.Get("placesBelow")}
	if q.Get("list") == "true" {
		f := filterOf(r)
		wanted.List = &f
	}
	format, err := formatOf(q.Get("format"))
	var body []byte
	if err == nil {
		var list []Label
		if list, err = h.Service.Labels(r.Context(), wanted); err == nil {
			body, err = page(list, format, web.Language(r.Context()))
		}
	}
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", printPolicy())
	w.Header().Set("Cache-Control", "no-store") // the page carries codes
	_, _ = w.Write(body)
}

// filterOf reads the filter of a list from a plain request's query.
func filterOf(r *http.Request) Filter {
	q := r.URL.Query()
	f := Filter{Text: q.Get("q"), Class: q.Get("class"), PlaceID: q.Get("placeId"), DepartmentID: q.Get("departmentId"),
		CampusID: q.Get("campusId"), VendorID: q.Get("vendorId"), CustodianID: q.Get("custodianId"), WarrantyBefore: q.Get("warrantyBefore")}
	for _, v := range q["status"] {
		for _, st := range strings.Split(v, ",") {
			f.Statuses = append(f.Statuses, Status(st))
		}
	}
	return f
}

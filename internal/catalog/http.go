package catalog

import (
	"context"
	"net/http"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// HTTP is the catalogue's way in.
type HTTP struct{ Service *Service }

const tag = "catalog"

// ItemPath names an item.
type ItemPath struct {
	ID string `path:"id" maxLength:"64"`
}

type treeIn struct {
	Editing     bool   `query:"editing" doc:"Also what is inactive or unpublished; for editors"`
	IfNoneMatch string `header:"If-None-Match"`
}

type treeOut struct {
	Status       int
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         *Tree
}

type searchIn struct {
	Query string `query:"q" maxLength:"100" required:"true" doc:"Words, pinyin, initials or a code"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

type foundList struct {
	Items []Found `json:"items"`
}

type itemIn struct {
	ItemPath
	Version int64 `query:"version" minimum:"0" doc:"0 or absent for the version in force"`
}

type draftIn struct {
	ItemPath
	Body struct {
		Version int64   `json:"version" minimum:"1"`
		Content Content `json:"content"`
	}
}

type createIn struct {
	Body struct {
		Code    string  `json:"code" minLength:"2" maxLength:"16" doc:"Capital letters, digits, - and _"`
		Content Content `json:"content"`
	}
}

type publishIn struct {
	ItemPath
	Body struct {
		Version int64  `json:"version" minimum:"1"`
		Note    string `json:"note,omitempty" maxLength:"200" doc:"What changed, for those who come after"`
	}
}

type activeIn struct {
	ItemPath
	Body struct {
		Version int64 `json:"version" minimum:"1"`
		Active  bool  `json:"active"`
	}
}

type dropIn struct {
	ItemPath
	Version int64 `query:"version" minimum:"1" required:"true"`
}

type categoryBody struct {
	NameZh  string `json:"nameZh" minLength:"1" maxLength:"40"`
	NameEn  string `json:"nameEn,omitempty" maxLength:"80"`
	Icon    string `json:"icon,omitempty" maxLength:"40"`
	Active  bool   `json:"active"`
	Version int64  `json:"version,omitempty" doc:"The version read; absent for a new category"`
}

func (b categoryBody) category(id string) Category {
	return Category{ID: id, NameZh: b.NameZh, NameEn: b.NameEn, Icon: b.Icon, Active: b.Active, Version: b.Version}
}

type addCategoryIn struct {
	Body categoryBody
}

type saveCategoryIn struct {
	ItemPath
	Body categoryBody
}

type reorderIn struct {
	Body struct {
		Revision   int64      `json:"revision"`
		Categories []Ordering `json:"categories" maxItems:"200"`
	}
}

type versionList struct {
	Items []Published `json:"items"`
}

type out[T any] struct{ Body T }

func wrapped[T any](body T, err error) (*out[T], error) {
	if err != nil {
		return nil, err
	}
	return &out[T]{Body: body}, nil
}

// Register adds the operations to the API.
func (h HTTP) Register(api *web.API) {
	h.registerReading(api)
	h.registerEditing(api)
}

func (h HTTP) registerReading(api *web.API) {
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/catalog/tree", ID: "get-catalog", Tag: tag, Access: web.Public,
		Summary: "The catalogue as the caller may see it; answers 304 while nothing has changed"}, h.tree)
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/catalog/search", ID: "search-catalog", Tag: tag, Access: web.Public,
		Summary: "Items by words, pinyin or initials, the best first"},
		func(ctx context.Context, in *searchIn) (*out[foundList], error) {
			list, err := h.Service.Search(ctx, in.Query, in.Limit)
			return wrapped(foundList{list}, err)
		})
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/catalog/items/{id}", ID: "get-catalog-item", Tag: tag, Access: web.Public,
		Summary: "An item with its form"},
		func(ctx context.Context, in *itemIn) (*out[*Item], error) {
			return wrapped(h.Service.Item(ctx, in.ID, in.Version))
		})
}

func (h HTTP) tree(ctx context.Context, in *treeIn) (*treeOut, error) {
	t, err := h.Service.Tree(ctx, in.Editing)
	if err != nil {
		return nil, err
	}
	// The browser may keep it but must ask each time whether it still holds.
	o := &treeOut{Status: http.StatusOK, ETag: t.ETag(), CacheControl: "private, no-cache", Body: t}
	if strings.Contains(in.IfNoneMatch, o.ETag) {
		o.Status, o.Body = http.StatusNotModified, nil
	}
	return o, nil
}

func (h HTTP) registerEditing(api *web.API) {
	edit := web.Access(identity.CatalogWrite)
	web.Register(api, web.Op{Method: http.MethodPost, Path: "/catalog/items", ID: "create-catalog-item", Tag: tag, Access: edit,
		Status: http.StatusCreated, Summary: "Add an item; it is a draft until it is published"},
		func(ctx context.Context, in *createIn) (*out[*Draft], error) {
			return wrapped(h.Service.Create(ctx, in.Body.Code, in.Body.Content))
		})
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/catalog/items/{id}/draft", ID: "get-catalog-draft", Tag: tag, Access: edit,
		Summary: "What is being edited of an item"},
		func(ctx context.Context, in *ItemPath) (*out[*Draft], error) {
			return wrapped(h.Service.Draft(ctx, in.ID))
		})
	web.Register(api, web.Op{Method: http.MethodPut, Path: "/catalog/items/{id}/draft", ID: "save-catalog-draft", Tag: tag, Access: edit,
		Summary: "Keep changes without publishing them"},
		func(ctx context.Context, in *draftIn) (*out[*Draft], error) {
			return wrapped(h.Service.SaveDraft(ctx, in.ID, in.Body.Version, in.Body.Content))
		})
	web.Register(api, web.Op{Method: http.MethodDelete, Path: "/catalog/items/{id}/draft", ID: "drop-catalog-draft", Tag: tag, Access: edit,
		Summary: "Forget what has not been published"},
		func(ctx context.Context, in *dropIn) (*out[*Draft], error) {
			return wrapped(h.Service.DropDraft(ctx, in.ID, in.Version))
		})
	web.Register(api, web.Op{Method: http.MethodPost, Path: "/catalog/items/{id}/publish", ID: "publish-catalog-item", Tag: tag, Access: edit,
		Summary: "Make the draft the next version"},
		func(ctx context.Context, in *publishIn) (*out[*Draft], error) {
			return wrapped(h.Service.Publish(ctx, in.ID, in.Body.Version, in.Body.Note))
		})
	web.Register(api, web.Op{Method: http.MethodPost, Path: "/catalog/items/{id}/active", ID: "set-catalog-item-active", Tag: tag, Access: edit,
		Summary: "Offer an item or withdraw it"},
		func(ctx context.Context, in *activeIn) (*out[*Draft], error) {
			return wrapped(h.Service.SetActive(ctx, in.ID, in.Body.Version, in.Body.Active))
		})
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/catalog/items/{id}/versions", ID: "list-catalog-versions", Tag: tag, Access: edit,
		Summary: "Published versions of an item, newest first"},
		func(ctx context.Context, in *ItemPath) (*out[versionList], error) {
			list, err := h.Service.Versions(ctx, in.ID)
			return wrapped(versionList{list}, err)
		})
	web.Register(api, web.Op{Method: http.MethodPost, Path: "/catalog/categories", ID: "create-catalog-category", Tag: tag, Access: edit,
		Status: http.StatusCreated, Summary: "Add a category"},
		func(ctx context.Context, in *addCategoryIn) (*out[*Category], error) {
			return wrapped(h.Service.SaveCategory(ctx, in.Body.category("")))
		})
	web.Register(api, web.Op{Method: http.MethodPut, Path: "/catalog/categories/{id}", ID: "save-catalog-category", Tag: tag, Access: edit,
		Summary: "Change a category"},
		func(ctx context.Context, in *saveCategoryIn) (*out[*Category], error) {
			return wrapped(h.Service.SaveCategory(ctx, in.Body.category(in.ID)))
		})
	web.Register(api, web.Op{Method: http.MethodPut, Path: "/catalog/order", ID: "reorder-catalog", Tag: tag, Access: edit,
		Summary: "Put categories and their items into another order"},
		func(ctx context.Context, in *reorderIn) (*struct{}, error) {
			return nil, h.Service.Reorder(ctx, in.Body.Revision, in.Body.Categories)
		})
}

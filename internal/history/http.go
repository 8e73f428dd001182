package history

import (
	"context"
	"net/http"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

// HTTP registers the operations on batches.
type HTTP struct{ Service *Service }

const (
	tag    = "history"
	access = web.Access(identity.OrderImport)
)

// shown is a batch as it is told: with what may be done with it.
type shown struct {
	Batch
	Actions []Verb `json:"actions" doc:"Commands that fit the batch as it stands: map, check, apply, undo, cancel, discard"`
}

type batchOut struct{ Body shown }

func tell(ctx context.Context, b Batch, err error) (*batchOut, error) {
	if err != nil {
		return nil, err
	}
	translate(ctx, &b.Progress)
	return &batchOut{shown{b, b.actions()}}, nil
}

// translate adds messages in the caller's language.
func translate(ctx context.Context, p *Progress) {
	lang := web.Language(ctx)
	if p.Trouble != nil {
		p.Trouble.Message = fault.Message(lang, p.Trouble.Code, p.Trouble.Params)
	}
	if p.Tally == nil {
		p.Tally = []Tally{}
	}
	for i := range p.Tally {
		p.Tally[i].Message = fault.Message(lang, p.Tally[i].Code, nil)
	}
}

// BatchPath is the part of a path that names a batch (or a kept mapping).
type BatchPath struct {
	ID string `path:"id" maxLength:"40"`
}

// BatchCommand names the batch that a command is for.
type BatchCommand struct {
	BatchPath
	web.Command
}

type listOut[T any] struct {
	Body struct {
		Items      []T    `json:"items"`
		NextCursor string `json:"nextCursor,omitempty"`
	}
}

func listing[T any](items []T, next string, err error) (*listOut[T], error) {
	if err != nil {
		return nil, err
	}
	out := &listOut[T]{}
	out.Body.Items, out.Body.NextCursor = items, next
	if items == nil {
		out.Body.Items = []T{}
	}
	return out, nil
}

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	s := h.Service
	api.Handle("POST "+web.Prefix+"/history/batches", access, http.HandlerFunc(h.upload))
	api.Handle("GET "+web.Prefix+"/history/batches/{id}/problems/export", access, http.HandlerFunc(h.leftovers))
	web.Register(api, web.Op{Method: "GET", Path: "/history/batches", ID: "list-history-batches", Tag: tag, Access: access,
		Summary: "List imports of history, the newest first"},
		func(ctx context.Context, in *struct{ web.Page }) (*listOut[Summary], error) {
			list, next, err := s.List(ctx, in.Limit, in.Cursor)
			for i := range list {
				translate(ctx, &list[i].Progress)
			}
			return listing(list, next, err)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/history/batches/{id}", ID: "get-history-batch", Tag: tag, Access: access,
		Summary: "One import with its columns, mapping, counts and progress"},
		func(ctx context.Context, in *BatchPath) (*batchOut, error) {
			b, err := s.Get(ctx, in.ID)
			return tell(ctx, b, err)
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/history/batches/{id}/mapping", ID: "set-history-mapping", Tag: tag, Access: access, MaxBody: 4 << 20,
		Summary: "Say which column means what; what a check found is forgotten"},
		func(ctx context.Context, in *struct {
			BatchCommand
			Body struct {
				Mapping Mapping `json:"mapping"`
				Version int64   `json:"version,omitempty" doc:"Version the caller saw; 0 does not care"`
			}
		}) (*batchOut, error) {
			b, err := s.SetMapping(ctx, in.ID, in.Body.Mapping, in.Body.Version, in.Key)
			return tell(ctx, b, err)
		})
	h.commands(api)
	h.findings(api)
	h.mappings(api)
}

func (h HTTP) commands(api *web.API) {
	s := h.Service
	for _, c := range []struct {
		verb, summary string
		do            func(context.Context, string, string) (Batch, error)
	}{
		{"check", "Read the whole file and say what would become of each line; writes no order", s.Check},
		{"apply", "Import what was checked, or go on with it", s.Apply},
		{"cancel", "Stop what is running", s.Cancel},
	} {
		web.Register(api, web.Op{Method: "POST", Path: "/history/batches/{id}/" + c.verb, ID: c.verb + "-history-batch", Tag: tag, Access: access, Summary: c.summary},
			func(ctx context.Context, in *BatchCommand) (*batchOut, error) {
				b, err := c.do(ctx, in.ID, in.Key)
				return tell(ctx, b, err)
			})
	}
	web.Register(api, web.Op{Method: "POST", Path: "/history/batches/{id}/undo", ID: "undo-history-batch", Tag: tag, Access: access,
		Summary: "Take the orders of an import out again"},
		func(ctx context.Context, in *struct {
			BatchCommand
			Body struct {
				Changed Changed `json:"changed" enum:"refuse,keep,remove" doc:"When something has happened to orders since: undo nothing and name them, undo the others, or undo them too"`
			}
		}) (*batchOut, error) {
			b, err := s.Undo(ctx, in.ID, in.Body.Changed, in.Key)
			return tell(ctx, b, err)
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/history/batches/{id}", ID: "discard-history-batch", Tag: tag, Access: access,
		Summary: "Throw away an import without orders"},
		func(ctx context.Context, in *BatchPath) (*struct{}, error) { return nil, s.Discard(ctx, in.ID) })
}

func (h HTTP) findings(api *web.API) {
	s := h.Service
	web.Register(api, web.Op{Method: "GET", Path: "/history/batches/{id}/problems", ID: "list-history-problems", Tag: tag, Access: access,
		Summary: "What is wrong with the lines of an import, in their order"},
		func(ctx context.Context, in *struct {
			BatchPath
			web.Page
			Level Level  `query:"level" enum:"refused,skipped,known,warned"`
			Code  string `query:"code" maxLength:"60"`
			Field Field  `query:"field" maxLength:"20"`
		}) (*listOut[Problem], error) {
			list, next, err := s.Problems(ctx, in.ID, ProblemFilter{in.Level, in.Code, in.Field}, in.Limit, in.Cursor)
			for i := range list {
				list[i].Message = fault.Message(web.Language(ctx), list[i].Code, list[i].Params)
			}
			return listing(list, next, err)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/history/batches/{id}/values", ID: "list-history-values", Tag: tag, Access: access,
		Summary: "Values of a column that the last check found, with what each was taken for"},
		func(ctx context.Context, in *struct {
			BatchPath
			Field Field `query:"field" required:"true" enum:"status,item,department,place,priority,team"`
		}) (*listOut[Value], error) {
			list, err := s.Values(ctx, in.ID, in.Field)
			return listing(list, "", err)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/history/batches/{id}/changed", ID: "list-history-changed", Tag: tag, Access: access,
		Summary: "Orders that the last undoing found changed since the import"},
		func(ctx context.Context, in *struct {
			BatchPath
			web.Page
		}) (*listOut[ChangedOrder], error) {
			return listing(s.Changed(ctx, in.ID, in.Limit, in.Cursor))
		})
}

func (h HTTP) mappings(api *web.API) {
	s := h.Service
	web.Register(api, web.Op{Method: "GET", Path: "/history/mappings", ID: "list-saved-mappings", Tag: tag, Access: access, Summary: "Mappings kept by name"},
		func(ctx context.Context, _ *struct{}) (*listOut[Saved], error) {
			list, err := s.Mappings(ctx)
			return listing(list, "", err)
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/history/mappings", ID: "save-mapping", Tag: tag, Access: access, MaxBody: 4 << 20,
		Summary: "Keep a mapping under a name"},
		func(ctx context.Context, in *struct {
			Body struct {
				Name    string  `json:"name" minLength:"1" maxLength:"60"`
				Mapping Mapping `json:"mapping"`
			}
		}) (*struct{ Body Saved }, error) {
			saved, err := s.SaveMapping(ctx, in.Body.Name, in.Body.Mapping)
			return &struct{ Body Saved }{saved}, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/history/mappings/{id}", ID: "delete-saved-mapping", Tag: tag, Access: access, Summary: "Forget a kept mapping"},
		func(ctx context.Context, in *BatchPath) (*struct{}, error) { return nil, s.DeleteMapping(ctx, in.ID) })
}

package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"wardline/internal/platform/fault"
)

// Prefix stands before every operation's path.
const Prefix = "/api/v1"

// Access says who may call an operation: Public, SignedIn, or a permission that
// the caller must hold in some scope (the service then checks the thing itself).
type Access string

// Accesses that are no permission.
const (
	Public   Access = "public"    // anyone, signed in or not
	SignedIn Access = "signed-in" // any account
)

// Config of the way in.
type Config struct {
	Version        string
	Logger         *slog.Logger
	TrustedProxies []netip.Prefix
	// Authenticate returns the request's context with its actor; an error ends the
	// request. A request without credentials is no error.
	Authenticate func(*http.Request) (context.Context, error)
	// Authorize refuses an operation to the context's actor.
	Authorize func(context.Context, Access) error
}

// API holds the operations.
type API struct {
	cfg  Config
	mux  *http.ServeMux
	huma huma.API
	// plain lists the routes that are no typed operation, for the permission test.
	plain []Plain
	// registering is the operation whose types are being named.
	registering string
}

// Plain is a route served by an ordinary handler.
type Plain struct {
	Method string
	Path   string
	Access Access
}

// New returns an API without operations. It sets the error constructors of the
// huma package, which are global: there is one API in a program.
func New(cfg Config) *API {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		c := context.Background()
		if ctx != nil {
			c = ctx.Context()
		}
		if status >= 500 {
			return problemOf(c, firstError(errs))
		}
		return render(requestOf(c), validationFault(status, errs))
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return huma.NewErrorWithContext(nil, status, msg, errs...)
	}
	a := &API{cfg: cfg, mux: http.NewServeMux()}
	// Lists are read by db.All and made with make: an empty one is [], never null.
	huma.DefaultArrayNullable = false
	hc := huma.DefaultConfig("Wardline", cfg.Version)
	hc.Info.Description = "The one number of a hospital. Instants are whole Unix milliseconds in UTC; a field that is not set is absent."
	hc.CreateHooks = nil
	hc.DocsPath, hc.OpenAPIPath, hc.SchemasPath = "", "", ""
	hc.DefaultFormat = "application/json"
	hc.RejectUnknownQueryParameters = true
	hc.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", func(t reflect.Type, hint string) string {
		return schemaName(a.registering, t, hint)
	})
	hc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: "wardline"},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	a.huma = humago.New(a.mux, hc)
	a.mux.HandleFunc("/api/", a.unknown)
	return a
}

// unknown answers what no operation does: as a problem, like every other refusal.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	_, mine := a.mux.Handler(r)
	var allowed []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != mine {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		WriteError(w, r, fault.Missing())
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	WriteError(w, r, fault.New(fault.BadMethod, "bad_method"))
}

func firstError(errs []error) error {
	if len(errs) > 0 {
		return errs[0]
	}
	return fault.New(fault.Internal, "internal")
}

// Op describes one operation.
type Op struct {
	Method  string // GET, POST, PUT, PATCH, DELETE
	Path    string // below Prefix, for example /orders/{id}
	ID      string // name in the generated clients, for example get-order
	Summary string
	Tag     string
	Access  Access
	Status  int   // of success; 0 means 200, or 204 without a body
	MaxBody int64 // bytes; 0 means 1 MiB
}

// Register adds an operation. In and Out follow huma's rules: path, query, header
// and Body fields with tags for validation.
func Register[In, Out any](a *API, op Op, f func(context.Context, *In) (*Out, error)) {
	o := huma.Operation{Method: op.Method, Path: Prefix + op.Path, OperationID: op.ID, Summary: op.Summary,
		Tags: []string{op.Tag}, DefaultStatus: op.Status, MaxBodyBytes: op.MaxBody,
		Extensions: map[string]any{"x-access": string(op.Access)}}
	if op.Access == "" {
		panic("web: operation " + op.ID + " states no access")
	}
	if name := hiddenInput(reflect.TypeFor[In]()); name != "" {
		panic("web: operation " + op.ID + " embeds " + name + ", whose fields would silently stay empty: export it")
	}
	if op.Access != Public {
		o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	// Before the input is looked at: what is wrong with it is nobody else's business.
	o.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		if err := a.authorize(ctx.Context(), op.Access); err != nil {
			p := problemOf(ctx.Context(), err)
			ctx.SetHeader("Content-Type", p.ContentType(""))
			ctx.SetStatus(p.Status)
			_ = json.NewEncoder(ctx.BodyWriter()).Encode(p)
			return
		}
		next(ctx)
	}}
	a.registering = op.ID
	huma.Register(a.huma, o, func(ctx context.Context, in *In) (*Out, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
	registered := a.huma.OpenAPI().Paths[o.Path]
	for _, done := range []*huma.Operation{registered.Get, registered.Post, registered.Put, registered.Patch, registered.Delete} {
		if done != nil && done.OperationID == op.ID {
			complete(done, reflect.TypeFor[In]())
		}
	}
}

// hiddenInput names an embedded struct of the input that is not exported: the
// validator would pass over its parameters without a word.
func hiddenInput(t reflect.Type) string {
	if t.Kind() != reflect.Struct {
		return ""
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.Anonymous || f.Type.Kind() != reflect.Struct {
			continue
		}
		if !f.IsExported() {
			return f.Name
		}
		if name := hiddenInput(f.Type); name != "" {
			return name
		}
	}
	return ""
}

// complete panics when an operation's input misses a part of its path: huma passes
// over the fields of an embedded struct whose name begins in lower case.
func complete(op *huma.Operation, in reflect.Type) {
	named := map[string]bool{}
	for _, p := range op.Parameters {
		named[p.Name] = true
	}
	for _, part := range strings.Split(op.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && !named[strings.TrimSuffix(name, "}")] {
			panic("web: " + op.OperationID + " has no input for " + part)
		}
	}
	for i := range in.NumField() {
		if f := in.Field(i); f.Anonymous && !f.IsExported() {
			panic("web: " + op.OperationID + " embeds " + f.Name + ", which must be exported")
		}
	}
}

func (a *API) authorize(ctx context.Context, access Access) error {
	if a.cfg.Authorize == nil {
		return nil
	}
	return a.cfg.Authorize(ctx, access)
}

// Handle adds a plain route (uploads, streams, files): pattern is "METHOD /path".
func (a *API) Handle(pattern string, access Access, h http.Handler) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = "", pattern
	}
	a.plain = append(a.plain, Plain{method, path, access})
	a.mux.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := a.authorize(r.Context(), access); err != nil {
			WriteError(w, r, err)
			return
		}
		h.ServeHTTP(w, r)
	}))
}

// PlainRoutes returns the routes added by Handle.
func (a *API) PlainRoutes() []Plain { return a.plain }

// OpenAPI returns the document of all operations.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

// Handler returns everything registered, wrapped.
func (a *API) Handler() http.Handler { return a.Wrap(a.mux) }

// Page is the query part of every list.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows at most"`
	Cursor string `query:"cursor" maxLength:"1000" doc:"nextCursor of the page before; empty for the first"`
}

// Command is the header part of every operation that changes something.
type Command struct {
	Key string `header:"Idempotency-Key" maxLength:"100" doc:"Repeating a request with the same key has no second effect"`
}

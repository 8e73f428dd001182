package web

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"wardline/internal/platform/fault"
)

// Problem is the body of every error answer (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"urn:wardline:problem:CODE"`
	Title     string         `json:"title" doc:"What went wrong, in the caller's language"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"Stable code for programs"`
	Params    map[string]any `json:"params,omitempty" doc:"Values the title names"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"One for each wrong field"`
	Reference string         `json:"reference,omitempty" doc:"Number under which the log knows this answer"`
}

// ProblemField blames one field.
type ProblemField struct {
	Field   string         `json:"field" doc:"Path in the body or query, for example form.bed"`
	Code    string         `json:"code"`
	Message string         `json:"message" doc:"What to do, in the caller's language"`
	Params  map[string]any `json:"params,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problemOf turns any error into a problem; what is no fault is logged under a
// reference and told as "internal".
func problemOf(ctx context.Context, err error) *Problem {
	r := requestOf(ctx)
	f, ok := fault.Of(err)
	switch {
	case ok && f.Kind == fault.Internal, ok && f.Kind == fault.Unavailable:
		r.log.ErrorContext(ctx, "request failed", "error", err, "reference", r.id)
	case !ok && ctx.Err() != nil:
		f = fault.New(fault.Unavailable, "unavailable")
	case !ok:
		r.log.ErrorContext(ctx, "request failed", "error", err, "reference", r.id)
		f = fault.New(fault.Internal, "internal", "reference", r.id)
	}
	return render(r, f)
}

func render(r *request, f *fault.Fault) *Problem {
	p := &Problem{Type: "urn:wardline:problem:" + f.Code, Status: f.Status(), Code: f.Code, Params: f.Params, Reference: r.id}
	params := f.Params
	if len(f.Fields) > 0 {
		params = map[string]any{"count": len(f.Fields)}
	}
	p.Title = fault.Message(r.lang, f.Code, params)
	for _, ff := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Field: ff.Field, Code: ff.Code, Params: ff.Params,
			Message: fault.Message(r.lang, ff.Code, ff.Params)})
	}
	return p
}

// WriteError answers a plain handler's request with a problem.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// The validator speaks English sentences; these say which code each is.
var sayings = []struct {
	re    *regexp.Regexp
	code  string
	param string
}{
	{regexp.MustCompile(`^expected required property (.+) to be present$`), "required", "@"},
	{regexp.MustCompile(`^required .* parameter is missing$`), "required", ""},
	{regexp.MustCompile(`^unexpected property$`), "unknown_field", ""},
	{regexp.MustCompile(`^expected length >= (\d+)$`), "too_short", "min"},
	{regexp.MustCompile(`^expected length <= (\d+)$`), "too_long", "max"},
	{regexp.MustCompile(`^expected array length >= (\d+)$`), "too_few", "min"},
	{regexp.MustCompile(`^expected array length <= (\d+)$`), "too_many_items", "max"},
	{regexp.MustCompile(`^expected number >=? ?(\S+)$`), "too_small", "min"},
	{regexp.MustCompile(`^expected number <=? ?(\S+)$`), "too_big", "max"},
	{regexp.MustCompile(`^expected value to be one of`), "bad_value", ""},
	{regexp.MustCompile(`^expected `), "bad_format", ""},
	{regexp.MustCompile(`^invalid `), "bad_format", ""},
}

// validationFault translates the validator's findings.
func validationFault(status int, errs []error) *fault.Fault {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.TooLarge, "too_large", "max", "1 MB")
	case http.StatusNotFound:
		return fault.Missing()
	}
	var fields fault.Fields
	for _, err := range errs {
		d, ok := err.(*huma.ErrorDetail)
		if !ok {
			fields.Add("body", "bad_format")
			continue
		}
		field := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(d.Location, "body."), "query."), "path.")
		code, pairs := "bad_format", []any(nil)
		for _, s := range sayings {
			m := s.re.FindStringSubmatch(d.Message)
			if m == nil {
				continue
			}
			code = s.code
			switch {
			case s.param == "@" && field == "body":
				field = m[1]
			case s.param == "@":
				field += "." + m[1]
			case s.param != "":
				pairs = []any{s.param, m[1]}
			}
			break
		}
		fields.Add(field, code, pairs...)
	}
	if err := fields.Err(); err != nil {
		f, _ := fault.Of(err)
		return f
	}
	return &fault.Fault{Kind: fault.Invalid, Code: "invalid", Fields: []fault.FieldFault{{Field: "body", Code: "bad_format"}}}
}

package fault

import (
	"errors"
	"fmt"
)

// Kind is the class of a fault; it decides the HTTP status.
type Kind int

// The kinds of fault.
const (
	Internal     Kind = iota // 500: our mistake
	Invalid                  // 422: the input is wrong
	Unauthorized             // 401: sign in first
	Forbidden                // 403: signed in, but not allowed
	NotFound                 // 404: does not exist, or is not for the caller to see
	Conflict                 // 409: someone else was first, or the state forbids it
	TooMany                  // 429: rate limit
	TooLarge                 // 413: body over the limit
	Unavailable              // 503: database busy, disk full: try again
	BadMethod                // 405: the address is right, what is to be done with it is not
)

var statuses = map[Kind]int{Internal: 500, Invalid: 422, Unauthorized: 401, Forbidden: 403,
	NotFound: 404, Conflict: 409, TooMany: 429, TooLarge: 413, Unavailable: 503, BadMethod: 405}

// FieldFault blames one field of the input.
type FieldFault struct {
	Field  string         // path in the request body or query, for example "form.bed"
	Code   string         // message code, for example "required"
	Params map[string]any // values the message names
}

// Fault is an error with a code that has a translated message.
type Fault struct {
	Kind   Kind
	Code   string         // message code, for example "order.taken"
	Params map[string]any // values the message names; also given to the client
	Fields []FieldFault   // one entry for each wrong field
	Cause  error          // for the log only
}

// Error returns the code and the cause, for logs.
func (f *Fault) Error() string {
	s := f.Code
	for _, ff := range f.Fields {
		s += fmt.Sprintf(" %s:%s", ff.Field, ff.Code)
	}
	if f.Cause != nil {
		s += ": " + f.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Status returns the HTTP status of the fault's kind.
func (f *Fault) Status() int { return statuses[f.Kind] }

// Is makes errors.Is(err, &Fault{Code: c}) match by code.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Code == f.Code
}

// New returns a fault of a kind with a message code and name-value pairs for the message.
func New(kind Kind, code string, pairs ...any) *Fault {
	return &Fault{Kind: kind, Code: code, Params: params(pairs)}
}

// Field returns an Invalid fault blaming one field.
func Field(field, code string, pairs ...any) *Fault {
	return &Fault{Kind: Invalid, Code: "invalid", Fields: []FieldFault{{field, code, params(pairs)}}}
}

// Missing returns the NotFound fault; it never says what was looked for.
func Missing() *Fault { return New(NotFound, "not_found") }

// Denied returns the Forbidden fault.
func Denied() *Fault { return New(Forbidden, "forbidden") }

// Of returns the Fault in err's chain, if any.
func Of(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}

// CodeOf returns the code of the Fault in err's chain, or "" when there is none.
func CodeOf(err error) string {
	if f, ok := Of(err); ok {
		return f.Code
	}
	return ""
}

func params(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// Fields gathers the faults of several fields, so that all are told at once.
type Fields struct{ list []FieldFault }

// Add blames a field.
func (f *Fields) Add(field, code string, pairs ...any) {
	f.list = append(f.list, FieldFault{field, code, params(pairs)})
}

// Merge takes over the fields of another fault, each under the prefix; other errors are returned.
func (f *Fields) Merge(prefix string, err error) error {
	if err == nil {
		return nil
	}
	ft, ok := Of(err)
	if !ok || len(ft.Fields) == 0 {
		return err
	}
	for _, ff := range ft.Fields {
		ff.Field = prefix + ff.Field
		f.list = append(f.list, ff)
	}
	return nil
}

// Err returns nil when nothing was blamed, otherwise one Invalid fault with all fields.
func (f *Fields) Err() error {
	if len(f.list) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Code: "invalid", Fields: f.list}
}

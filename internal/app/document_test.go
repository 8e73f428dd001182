package app_test

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

// operation is one way in: of the API's document, or a plain route.
type operation struct {
	method, path string
	access       string
	plain        bool
	query        []string
	needed       []string // parameters of the query that must be there
	enums        map[string][]any
	body         map[string]any // schema; nil without a body
	document     *document
}

func (o operation) String() string { return o.method + " " + o.path }

// changes tells whether the operation is one that changes something.
func (o operation) changes() bool { return o.method != "GET" && o.method != "HEAD" }

// document is the API's document as JSON.
type document struct {
	Paths      map[string]map[string]json.RawMessage
	Components struct{ Schemas map[string]map[string]any }
}

// operations returns every way in, in the order of their paths. A way in that says
// not who may use it fails the test.
func (s *site) operations() []operation {
	s.t.Helper()
	raw, err := s.OpenAPIDocument()
	must(s.t, 0, err)
	d := &document{}
	must(s.t, 0, json.Unmarshal(raw, d))
	var out []operation
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			out = append(out, d.operation(s.t, strings.ToUpper(method), path, d.Paths[path][method]))
		}
	}
	for _, p := range s.API.PlainRoutes() {
		method := p.Method
		if method == "" {
			method = "GET"
		}
		out = append(out, operation{method: method, path: strings.TrimSuffix(p.Path, "{$}"), access: string(p.Access), plain: true, query: plainQueries[method+" "+p.Path]})
	}
	if len(out) < 150 {
		s.t.Fatalf("only %d ways in were found", len(out))
	}
	for _, o := range out {
		if o.access == "" {
			s.t.Errorf("%s does not say who may use it", o)
		}
	}
	return out
}

// operation reads one operation of the document.
func (d *document) operation(t *testing.T, method, path string, text json.RawMessage) operation {
	t.Helper()
	var o struct {
		Access     string `json:"x-access"`
		Parameters []struct {
			Name, In string
			Required bool
			Schema   map[string]any
		}
		RequestBody *struct {
			Content map[string]struct{ Schema map[string]any }
		}
	}
	must(t, 0, json.Unmarshal(text, &o))
	op := operation{method: method, path: path, access: o.Access, document: d, enums: map[string][]any{}}
	for _, p := range o.Parameters {
		if p.In != "query" {
			continue
		}
		op.query = append(op.query, p.Name)
		if p.Required {
			op.needed = append(op.needed, p.Name)
		}
		if e, ok := p.Schema["enum"].([]any); ok {
			op.enums[p.Name] = e
		}
	}
	if o.RequestBody != nil {
		op.body = d.resolve(o.RequestBody.Content["application/json"].Schema)
	}
	return op
}

// plainQueries are the parameters that plain routes read, which no document lists.
var plainQueries = map[string][]string{
	"GET /api/v1/orders/export":                        {"status", "open", "priority", "campusId", "departmentId", "placeId", "assetId", "itemId", "teamId", "assigneeId", "reporterId", "callBack", "batchId", "overdue", "text", "from", "to", "format"},
	"GET /api/v1/assets/export":                        {"q", "status", "class", "placeId", "departmentId", "campusId", "vendorId", "custodianId", "warrantyBefore", "format", "template"},
	"GET /api/v1/org/exports/{kind}":                   {"format", "template"},
	"GET /api/v1/attachments/{id}":                     {"size", "download", "link"},
	"GET /api/v1/live":                                 {"after"},
	"GET /api/v1/history/batches/{id}/problems/export": {"level"},
	"GET /print/labels":                                {"assets", "places", "placesBelow", "list", "format", "q", "status", "class", "placeId", "departmentId", "campusId", "vendorId", "custodianId", "warrantyBefore"},
}

func (d *document) resolve(schema map[string]any) map[string]any {
	if ref, ok := schema["$ref"].(string); ok {
		return d.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]]
	}
	return schema
}

// sample makes a body that the validator takes: what is required and, if all is set,
// everything else too. known says what stands under a name, at any depth.
func (d *document) sample(schema map[string]any, name string, all bool, known map[string]any) any {
	return d.sampleAt(schema, name, all, known, 0)
}

// deepest is how deep samples are filled with all there is: a schema may hold itself.
const deepest = 6

func (d *document) sampleAt(schema map[string]any, name string, all bool, known map[string]any, depth int) any {
	all = all && depth < deepest
	schema = d.resolve(schema)
	e, few := schema["enum"].([]any)
	if v, ok := known[name]; ok && (!few || slices.Contains(e, v)) {
		return v
	}
	if few {
		return e[0]
	}
	kind, _ := schema["type"].(string)
	if list, ok := schema["type"].([]any); ok {
		kind, _ = list[0].(string)
	}
	number := func(key string, otherwise float64) float64 {
		if v, ok := schema[key].(float64); ok {
			return v
		}
		return otherwise
	}
	switch kind {
	case "object":
		out := map[string]any{}
		required, _ := schema["required"].([]any)
		properties, _ := schema["properties"].(map[string]any)
		for key, p := range properties {
			if all && key != "$schema" || slices.Contains(required, any(key)) || slices.Contains(where, key) && known[key] != nil {
				out[key] = d.sampleAt(p.(map[string]any), key, all, known, depth+1)
			}
		}
		return out
	case "array":
		if n := int(number("minItems", 0)); n > 0 || all {
			out := make([]any, max(n, 1))
			for i := range out {
				out[i] = d.sampleAt(schema["items"].(map[string]any), strings.TrimSuffix(name, "s"), all, known, depth+1)
			}
			return out
		}
		return []any{}
	case "integer":
		return math.Max(number("minimum", 0), number("exclusiveMinimum", -1)+1)
	case "number":
		return math.Max(number("minimum", 0), number("exclusiveMinimum", -1)+1)
	case "boolean":
		return false
	case "string":
		if p, ok := schema["pattern"].(string); ok && strings.Contains(p, "[0-5][0-9]") {
			return "12:00"
		}
		return strings.Repeat("x", max(3, int(number("minLength", 0))))
	}
	return nil
}

// where are the fields that say to what part of the hospital something belongs.
var where = []string{"campusId", "departmentId", "placeId"}

// at puts values into the braces of a path; what is not named is unknown everywhere.
func at(path string, values map[string]string) string {
	for {
		from := strings.Index(path, "{")
		if from < 0 {
			return path
		}
		to := strings.Index(path, "}")
		v, ok := values[path[from+1:to]]
		if !ok {
			v = absent
		}
		path = path[:from] + v + path[to+1:]
	}
}

// absent has the form of an id and is none.
const absent = "06h00000000000000000000000"

func TestSamplesFitTheirSchemas(t *testing.T) {
	h := &site{App: house(t, "sqlite"), t: t}
	for _, o := range h.operations() {
		if o.body == nil {
			continue
		}
		for _, all := range []bool{false, true} {
			if _, ok := o.document.sample(o.body, "", all, nil).(map[string]any); !ok {
				t.Errorf("%s: no body can be made up", o)
			}
		}
	}
}

package app_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

// hostile are texts that have broken programs.
var hostile = []string{
	"'", `"`, "`", `\`, "%", "_", "%_%", "*", "?", ";", "--", "/*", "' OR '1'='1", `") OR 1=1 --`, "'; DROP TABLE person; --", "1; SELECT pg_sleep(5)",
	"\x00", "a\x00b", "\xff\xfe", "\xc3\x28", "\u202e", "\ufeff", "𠮷", "😀", "ﷺ", "\r\nSet-Cookie: a=b", "\n", strings.Repeat("a", 5000), strings.Repeat("灯", 90), strings.Repeat("\"", 50),
	"-1", "0", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e999", "NaN", "0x10", "1.5", "true", "null", "[]", "{}", "undefined",
	`"unfinished`, "NEAR(", "a AND", "AND OR NOT", "a:*", ":*", "& | !", "( ( (", "a & ! b", "^a", "{a b}", "col:a", "-a", "+a", "$1", "?1", "${jndi:ldap://x}", "{{7*7}}", "<script>", "../../etc/passwd", "%2e%2e%2f", "me", "top",
}

// hostileTo are the texts that an engine is tried with: PostgreSQL, which is slower,
// only with those that SQL, its own text search or its notion of text may trip over.
func hostileTo(engine db.Engine) []string {
	if engine == db.SQLite {
		return hostile
	}
	return []string{"'", `"`, `\`, "%", "' OR '1'='1", "'; DROP TABLE person; --", "\x00", "a\x00b", "\xff\xfe", "\ufeff", "𠮷", strings.Repeat("灯", 90), "-1", "9223372036854775808", "1e999", ":*", "& | !", "( ( (", "a & ! b", "$1"}
}

// cursors are markers that no list has made.
func cursors() []string {
	var out []string
	for _, text := range []string{"", "[]", "[null]", `["a"]`, "[1]", `["a","b"]`, `[1,"a"]`, `["a",1]`, "[1e999]", "[1.5,\"a\"]", `[9223372036854775808,"a"]`, `[{"a":1}]`, `[[1],"a"]`, `["a\u0000","b\u0000"]`, `["a\u0000"]`, `[1,"a\u0000"]`, "[" + strings.Repeat("1,", 100) + "1]", "{", "\xff"} {
		out = append(out, base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	return append(out, "=", "!!!", "-1", "99999999999999999999", strings.Repeat("A", 999))
}

// sound looks that an answer is not the fault of the program, and that a refusal is a
// problem that people can read.
func (h *hospital) sound(what string, v visitor, r reply) {
	h.t.Helper()
	if len(what) > 200 {
		what = what[:200] + "…"
	}
	if r.status >= 500 {
		h.t.Errorf("%q: %d %s", what, r.status, r)
		return
	}
	if r.status < 400 {
		return
	}
	var p web.Problem
	if err := json.Unmarshal(r.body, &p); err != nil || r.head.Get("Content-Type") != "application/problem+json" {
		h.t.Errorf("%q: %d is no problem+json: %s %s", what, r.status, r.head.Get("Content-Type"), r)
		return
	}
	if p.Status != r.status || p.Code == "" || p.Title == "" || p.Title == p.Code || p.Reference == "" || p.Type != "urn:wardline:problem:"+p.Code {
		h.t.Errorf("%q: %+v", what, p)
	}
	if zh := strings.ContainsFunc(p.Title, func(c rune) bool { return c >= 0x4e00 && c < 0xa000 }); zh != (v.lang != "en") && !strings.ContainsFunc(fmt.Sprint(p.Params), func(c rune) bool { return c >= 0x4e00 }) {
		h.t.Errorf("%q: asked in %q, answered %q", what, v.lang, p.Title)
	}
	for _, f := range p.Errors {
		if f.Code == "" || f.Message == "" || f.Message == f.Code || !slices.Contains(fault.Codes(), f.Code) {
			h.t.Errorf("%q: the field %q is told %q %q", what, f.Field, f.Code, f.Message)
		}
	}
}

// tongues are the administrator in both languages, by turns.
func (h *hospital) tongues() func() visitor {
	n := 0
	return func() visitor {
		n++
		v := h.root
		v.lang = []string{"zh-CN", "en"}[n%2]
		return v
	}
}

func TestHostileQueriesAreAnswered(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, engine)
			next, texts := h.tongues(), hostileTo(engine)
			for _, o := range h.reads() {
				base := h.plausible(o, true).path
				for _, name := range o.query {
					values := texts
					switch {
					case name == "cursor":
						values = cursors()
					case len(o.enums[name]) > 0 && !o.plain: // the validator sees to these, everywhere alike
						values = []string{"'", "\x00", ""}
					}
					for _, value := range values {
						path := base + map[bool]string{true: "&", false: "?"}[strings.Contains(base, "?")] + name + "=" + url.QueryEscape(value)
						v := next()
						h.sound("GET "+path, v, h.do(v, "GET", path, nil))
					}
				}
			}
		})
	}
}

func TestHostilePathsAreAnswered(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, engine)
			next := h.tongues()
			for _, o := range h.operations() {
				if !strings.Contains(o.path, "{") || engine == db.Postgres && o.plain {
					continue
				}
				in := h.plausible(o, false)
				if !strings.Contains(in.path, absent) {
					in.path = strings.Replace(in.path, "/place", "/"+absent, 1) // a kind of list
				}
				for _, value := range hostileTo(engine) {
					v, c := next(), in
					c.path = strings.Replace(in.path, absent, url.PathEscape(value), 1)
					if value == "reporter" || value == "." {
						continue
					}
					h.sound(o.method+" "+c.path, v, h.send(v, o, c))
				}
			}
		})
	}
}

// A sign that stands for any text in SQL finds nothing where nothing has it.
func TestSearchTakesSignsForThemselves(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, engine)
			for _, path := range []string{"/api/v1/people?q=", "/api/v1/people/picker?q=", "/api/v1/assets?q=", "/api/v1/places?text=", "/api/v1/departments?text=", "/api/v1/teams?text=",
				"/api/v1/vendors?text=", "/api/v1/places/search?text=", "/api/v1/teams/search?text=", "/api/v1/catalog/search?q=", "/api/v1/orders?text="} {
				all := h.items(path, "")
				for _, sign := range []string{"%", "_", "%%", `\`, `\%`, "' OR 1=1 --"} {
					if n := h.items(path, sign); n != 0 && (sign != `\` || n == all) {
						t.Errorf("%s%s finds %d of %d", path, sign, n, all)
					}
				}
			}
		})
	}
}

func (h *hospital) items(path, sign string) int {
	h.t.Helper()
	r := h.do(h.root, "GET", path+url.QueryEscape(sign), nil)
	if r.status == 422 {
		return 0
	}
	var list struct{ Items []any }
	r.into(h.t, &list)
	return len(list.Items)
}

// whole bodies that are not what they should be.
var bodies = []string{
	"", " ", "null", "true", "1", `"x"`, "[]", "[{}]", "{}", "{", `{"a"`, `{"a":}`, `{"a":1,}`, `{"a":1}{"b":2}`, "{\"a\":1}\x00", "\xef\xbb\xbf{}", "\xff\xfe{\x00}\x00", `{"\u0000":1}`, `{"a":"\ud800"}`, `{"__proto__":{"x":1}}`,
	strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000), `{"version":1e999}`, `{"version":` + strings.Repeat("9", 5000) + "}", "<a/>", "a=1&b=2",
}

// wrong are values that no field expects, and some that some do.
var wrong = []any{nil, true, -1, 1.5, json.Number("1e999"), json.Number("9223372036854775807"), json.Number("-9223372036854775808"), "", " ", "\x00", "a\x00b", "\u202e", "\r\nX: y", raw("\"\xff\xfe\""), raw(`"\ud800"`),
	strings.Repeat("x", 70_000), "=1+1", "<script>", []any{}, []any{nil}, []any{map[string]any{}}, map[string]any{}, map[string]any{"a": nil}, map[string]any{"\x00": 1}}

// MarshalJSON lets raw text stand in a body as it is.
func (r raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }

func TestHostileBodiesAreAnswered(t *testing.T) {
	for engine, values := range map[db.Engine][]any{db.SQLite: wrong, db.Postgres: {"\x00", "a\x00b", "\u202e", strings.Repeat("x", 70_000), map[string]any{"\x00": "\x00"}, json.Number("9223372036854775807"), []any{"\x00"}}} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, engine)
			next := h.tongues()
			for _, o := range h.operations() {
				if o.body == nil {
					continue
				}
				in := h.plausible(o, true)
				if engine == db.SQLite {
					for _, body := range bodies {
						v, c := next(), in
						c.body = raw(body)
						h.sound(o.String()+" "+body, v, h.raw(v, o, c))
					}
					for _, kind := range []string{"text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "application/json; charset=utf-16", "nonsense", "application/json, text/html"} {
						v, c := next(), in
						c.kind = kind
						h.sound(o.String()+" as "+kind, v, h.send(v, o, c))
					}
				}
				h.wrongFields(o, in, values, next)
			}
		})
	}
}

// raw sends a body that may be no JSON at all.
func (h *hospital) raw(v visitor, o operation, in input) reply {
	h.t.Helper()
	return h.do(v, o.method, in.path, in.body, header{"Content-Type", "application/json"})
}

// wrongFields sends a body with one field after another made wrong.
func (h *hospital) wrongFields(o operation, in input, values []any, next func() visitor) {
	h.t.Helper()
	full := h.bodies(o)
	good, ok := full[len(full)-1].body.(map[string]any)
	if !ok {
		return
	}
	for _, field := range append(slices.Sorted(maps.Keys(good)), "surelyUnknown") {
		for _, value := range values {
			body := maps.Clone(good)
			body[field] = value
			out, err := json.Marshal(body)
			if err != nil { // raw bytes that are no JSON
				delete(body, field)
				out, _ = json.Marshal(body)
				text, _ := value.(raw)
				out = append(append([]byte(`{"`+field+`":`+string(text)), ','), out[1:]...)
			}
			v, c := next(), in
			c.body = raw(out)
			r := h.raw(v, o, c)
			h.sound(fmt.Sprintf("%s %s=%.60v", o, field, value), v, r)
			if field == "surelyUnknown" && r.status < 400 {
				h.t.Errorf("%s takes a field it does not know: %d %s", o, r.status, r)
			}
		}
	}
}

func TestLargeBodiesAreRefused(t *testing.T) {
	h := build(t, db.SQLite)
	large := raw(`{"a":"` + strings.Repeat("x", 2<<20) + `"}`)
	for _, o := range h.operations() {
		if o.body == nil {
			continue
		}
		v := h.root
		r := h.do(v, o.method, h.plausible(o, true).path, large)
		h.sound(o.String(), v, r)
		if r.status != 413 && r.status != 422 {
			t.Errorf("%s: two megabytes are answered %d %s", o, r.status, r)
		}
		// Who may not call it is not read to the end either.
		if r := h.do(nobody, o.method, h.plausible(o, true).path, large); o.access != "public" && r.status != 401 {
			t.Errorf("%s: two megabytes of nobody's are answered %d", o, r.status)
		}
	}
}

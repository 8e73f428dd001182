package org_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

// browser calls the operations over HTTP as the actor of a header.
type browser struct {
	t    *testing.T
	base string
	who  string
}

func serve(t *testing.T, k *kit) *browser {
	t.Helper()
	actors := map[string]context.Context{"admin": admin(), "reader": as("reader", identity.ScopeAll, nil, identity.OrgRead),
		"stranger": as("stranger", identity.ScopeAll, nil, identity.OrderRead)}
	api := web.New(web.Config{Version: "test", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Authenticate: func(r *http.Request) (context.Context, error) {
			if ctx, ok := actors[r.Header.Get("X-Who")]; ok {
				return identity.With(r.Context(), identity.Of(ctx)), nil
			}
			return r.Context(), nil
		},
		Authorize: func(ctx context.Context, a web.Access) error {
			switch {
			case a == web.Public:
				return nil
			case a == web.SignedIn && identity.Of(ctx).SignedIn():
				return nil
			case a == web.SignedIn:
				return fault.New(fault.Unauthorized, "unauthorized")
			}
			return identity.Of(ctx).Need(identity.Permission(a))
		}})
	org.HTTP{Service: k.Service}.Register(api)
	s := httptest.NewServer(api.Handler())
	t.Cleanup(s.Close)
	return &browser{t, s.URL + web.Prefix, "admin"}
}

func (b browser) as(who string) *browser { b.who = who; return &b }

func (b *browser) send(method, path, contentType string, body io.Reader) (int, http.Header, []byte) {
	b.t.Helper()
	req, err := http.NewRequest(method, b.base+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("X-Who", b.who)
	req.Header.Set("Accept-Language", "en")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, res.Header, raw
}

// call sends JSON and checks the status; it returns the answer.
func (b *browser) call(status int, method, path, body string) map[string]any {
	b.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	got, _, raw := b.send(method, path, "application/json", in)
	if got != status {
		b.t.Fatalf("%s %s: %d, want %d: %s", method, path, got, status, raw)
	}
	out := map[string]any{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			b.t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	}
	return out
}

func form(t *testing.T, field, name, content string) (contentType string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	if err := w.WriteField("note", "x"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), body
}

func TestOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		b := serve(t, k)
		campus := b.call(201, "POST", "/campuses", `{"name":"东院"}`)["id"].(string)
		house := b.call(201, "POST", "/places", `{"campusId":"`+campus+`","kind":"building","name":"甲楼","level":2,"x":1.5}`)
		id := house["id"].(string)
		if house["fullName"] != "东院/甲楼" || house["x"] != 1.5 || house["version"] != 1.0 || house["reportCode"] != nil || house["search"] != nil {
			t.Fatalf("%v", house)
		}
		if p := b.call(422, "POST", "/places", `{"campusId":"`+campus+`","kind":"building","name":"甲楼"}`); p["errors"].([]any)[0].(map[string]any)["message"] != "There is one of this name at this level, perhaps inactive" {
			t.Fatalf("%v", p)
		}
		b.call(422, "POST", "/places", `{"kind":"ship","name":"x"}`)
		b.call(422, "POST", "/places", `{"kind":"room","name":"x","colour":"red"}`)
		changed := b.call(200, "PUT", "/places/"+id, `{"version":1,"campusId":"`+campus+`","kind":"building","name":"乙楼"}`)
		if changed["name"] != "乙楼" || changed["version"] != 2.0 || changed["x"] != nil {
			t.Fatalf("%v", changed)
		}
		b.call(409, "PUT", "/places/"+id, `{"version":1,"campusId":"`+campus+`","kind":"building","name":"丙楼"}`)
		if l := b.call(200, "GET", "/places?parentId=top&kind=building&active=true&limit=10&text=yl", ""); len(l["items"].([]any)) != 1 {
			t.Fatalf("%v", l)
		}
		if l := b.call(200, "GET", "/places?campusId=x", ""); len(l["items"].([]any)) != 0 {
			t.Fatalf("%v", l)
		}
		b.call(422, "GET", "/places?colour=red", "")
		if l := b.call(200, "GET", "/places/search?text=yl", ""); len(l["items"].([]any)) != 1 {
			t.Fatalf("%v", l)
		}
		if c := b.call(200, "POST", "/places/"+id+"/code", ""); len(c["code"].(string)) != 32 {
			t.Fatalf("%v", c)
		}
		b.call(201, "POST", "/extensions", `{"number":"8001","placeId":"`+id+`"}`)
		if c := b.call(200, "GET", "/extensions/lookup?number=80-01", ""); c["known"] != true || c["place"].(map[string]any)["id"] != id {
			t.Fatalf("%v", c)
		}
		team := b.call(201, "POST", "/teams", `{"name":"组","kind":"it"}`)["id"].(string)
		duty := b.call(201, "POST", "/teams/"+team+"/duties", `{"duties":[{"personId":"li","startAt":1799999999000,"endAt":1800000001000}]}`)["items"].([]any)[0].(map[string]any)
		if d := b.call(200, "GET", "/teams/"+team+"/on-duty", ""); len(d["people"].([]any)) != 1 {
			t.Fatalf("%v", d)
		}
		if d := b.call(200, "GET", "/teams/"+team+"/duties?from=1799999000000&to=1800000001000", ""); d["errors"] != nil {
			t.Fatalf("%v", d)
		}
		b.call(204, "DELETE", "/duties/"+duty["id"].(string), "")
		skill := b.call(201, "POST", "/skills", `{"name":"焊接"}`)["id"].(string)
		b.call(204, "PUT", "/people/li/skills", `{"skills":[{"skillId":"`+skill+`","level":3}]}`)
		if s := b.call(200, "GET", "/people/li/skills", ""); len(s["skills"].([]any)) != 1 {
			t.Fatalf("%v", s)
		}
		if o := b.call(200, "DELETE", "/places/"+id+"?version=3", ""); o["outcome"] != "deactivated" {
			t.Fatalf("%v", o)
		}
		b.call(422, "DELETE", "/places/"+id, "")

		for who, want := range map[string][2]int{"": {401, 401}, "stranger": {403, 403}, "reader": {200, 403}} {
			b.as(who).call(want[0], "GET", "/places/"+id, "")
			b.as(who).call(want[1], "POST", "/vendors", `{"name":"x"}`)
			kind, body := form(t, "file", "a.csv", "name\nx\n")
			if got, _, raw := b.as(who).send("POST", "/org/imports/place", kind, body); got != want[1] {
				t.Errorf("%s uploads: %d %s", who, got, raw)
			}
			if got, _, _ := b.as(who).send("GET", "/org/exports/place", "", nil); got != want[1] {
				t.Errorf("%s exports: %d", who, got)
			}
		}
	})
}

func TestImportOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		b := serve(t, k)
		b.call(201, "POST", "/campuses", `{"name":"东院"}`)
		upload := func(status int, field, content string) org.ImportPreview {
			t.Helper()
			kind, body := form(t, field, "位置 \xff.csv", content)
			got, _, raw := b.send("POST", "/org/imports/place", kind, body)
			if got != status {
				t.Fatalf("%d: %s", got, raw)
			}
			var p org.ImportPreview
			if err := json.Unmarshal(raw, &p); err != nil {
				t.Fatal(err)
			}
			return p
		}
		p := upload(200, "file", "Kind,Name\nBuilding,A\nBuilding,B\n")
		if p.Counts.Add != 2 || p.FileName != "位置 .csv" || strings.Join(p.Columns, ",") != "Kind,Name" {
			t.Fatalf("%+v", p)
		}
		if l := b.call(200, "GET", "/org/imports/"+p.Token+"?limit=1", ""); len(l["items"].([]any)) != 1 || l["nextCursor"] == nil {
			t.Fatalf("%v", l)
		}
		if c := b.call(200, "POST", "/org/imports/"+p.Token+"/apply", ""); c["add"] != 2.0 {
			t.Fatalf("%v", c)
		}
		b.call(404, "POST", "/org/imports/"+p.Token+"/apply", "")

		upload(422, "other", "Kind,Name\nBuilding,A\n")
		upload(413, "file", "Kind,Name\nBuilding,"+strings.Repeat("\n,", 11<<20))
		if got, _, raw := b.send("POST", "/org/imports/place", "text/csv", strings.NewReader("a")); got != 422 {
			t.Errorf("no form: %d %s", got, raw)
		}
		if got, _, raw := b.send("POST", "/org/imports/place", "multipart/form-data; boundary=x", strings.NewReader("--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nname")); got != 422 {
			t.Errorf("broken form: %d %s", got, raw)
		}

		got, header, raw := b.send("GET", "/org/exports/place?format=csv", "", nil)
		_, params, err := mime.ParseMediaType(header.Get("Content-Disposition"))
		if got != 200 || err != nil || params["filename"] != "Places.csv" || !strings.Contains(string(raw), "Building,A") || header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%d %v %q", got, header, raw)
		}
		if got, _, _ := b.send("GET", "/org/exports/place?format=exe", "", nil); got != 422 {
			t.Errorf("%d", got)
		}
		if got, _, _ := b.send("GET", "/org/exports/ship", "", nil); got != 404 {
			t.Errorf("%d", got)
		}
	})
}

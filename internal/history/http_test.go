package history_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wardline/internal/history"
	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
	"wardline/internal/platform/web"
)

// browser calls the operations over HTTP as the kit's administrator.
type browser struct {
	t    *testing.T
	base string
}

func (k *kit) serve(t *testing.T) browser {
	t.Helper()
	api := web.New(web.Config{Version: "test", Logger: k.log,
		Authenticate: func(r *http.Request) (context.Context, error) {
			if r.Header.Get("X-Who") == "nobody" {
				return r.Context(), nil
			}
			return identity.With(r.Context(), k.admin), nil
		},
		Authorize: func(ctx context.Context, a web.Access) error { return identity.Of(ctx).Need(identity.Permission(a)) }})
	history.HTTP{Service: k.Service}.Register(api)
	s := httptest.NewServer(api.Handler())
	t.Cleanup(s.Close)
	return browser{t, s.URL + web.Prefix + "/history"}
}

func (b browser) send(method, path, kind string, body io.Reader, want int) []byte {
	b.t.Helper()
	req, err := http.NewRequest(method, b.base+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Accept-Language", "en")
	if want == http.StatusUnauthorized {
		req.Header.Set("X-Who", "nobody")
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
	if res.StatusCode != want {
		b.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	return raw
}

func (b browser) json(method, path string, body any, want int) map[string]any {
	b.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	if body == nil {
		raw = nil
	}
	answer := b.send(method, path, "application/json", bytes.NewReader(raw), want)
	out := map[string]any{}
	if len(answer) > 0 {
		if err := json.Unmarshal(answer, &out); err != nil {
			b.t.Fatalf("%s: %v", answer, err)
		}
	}
	return out
}

func form(name string, content []byte) (string, io.Reader) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("note", "before the file")
	p, _ := w.CreateFormFile("file", name)
	_, _ = p.Write(content)
	_ = w.Close()
	return w.FormDataContentType(), &b
}

func TestOverHTTP(t *testing.T) {
	k := one(t)
	runner := k.runner(jobs.Options{})
	defer runner.Stop()
	b := k.serve(t)
	kind, body := form("旧系统.csv", []byte(dirty()))
	var batch struct {
		ID      string          `json:"id"`
		Mapping history.Mapping `json:"mapping"`
		Actions []string        `json:"actions"`
	}
	if err := json.Unmarshal(b.send("POST", "/batches", kind, body, 201), &batch); err != nil {
		t.Fatal(err)
	}
	path := "/batches/" + batch.ID
	if strings.Join(batch.Actions, " ") != "map check discard" {
		t.Fatalf("%v", batch.Actions)
	}
	if p := b.json("POST", path+"/check", nil, 422); p["errors"].([]any)[0].(map[string]any)["field"] != "source" {
		t.Fatalf("a check without a mapping: %v", p)
	}
	m := batch.Mapping
	m.Source, m.Defaults = "旧系统", map[history.Field]string{history.FieldItem: k.item("HW02"), history.FieldDepartment: k.department("其他科室")}
	b.json("PUT", path+"/mapping", map[string]any{"mapping": m, "colour": 1}, 422)
	if p := b.json("PUT", path+"/mapping", map[string]any{"mapping": m, "version": 1}, 200); p["state"] != "draft" || p["source"] != "旧系统" {
		t.Fatalf("%v", p)
	}
	b.json("POST", path+"/check", nil, 200)
	k.wait(batch.ID, history.Checked)
	if p := b.json("GET", path, nil, 200); p["refused"] != 4.0 || p["good"] != 3.0 || !strings.Contains(p["tally"].([]any)[0].(map[string]any)["message"].(string), "default") {
		t.Fatalf("%v", p)
	}
	p := b.json("GET", path+"/problems?level=refused&limit=2", nil, 200)
	first := p["items"].([]any)[0].(map[string]any)
	if len(p["items"].([]any)) != 2 || p["nextCursor"] == "" || first["line"] != 4.0 || first["message"] != "Required" || len(first["cells"].([]any)) == 0 {
		t.Fatalf("%v", p)
	}
	if file := string(b.send("GET", path+"/problems/export", "", nil, 200)); !strings.Contains(file, "R2,明天") || !strings.Contains(file, "Not readable as a time") {
		t.Fatalf("%q", file)
	}
	b.send("GET", path+"/problems/export?level=warned", "", nil, 422)
	b.send("GET", "/batches/nothing/problems/export", "", nil, 404)
	if p := b.json("GET", path+"/values?field=item", nil, 200); len(p["items"].([]any)) != 4 {
		t.Fatalf("%v", p)
	}
	b.json("GET", path+"/values?field=words", nil, 422)
	b.json("POST", path+"/apply", nil, 200)
	k.wait(batch.ID, history.Imported)
	b.json("DELETE", path, nil, 409)
	b.json("POST", path+"/undo", map[string]any{"changed": "refuse"}, 200)
	k.wait(batch.ID, history.Undone)
	if p := b.json("GET", path+"/changed", nil, 200); len(p["items"].([]any)) != 0 {
		t.Fatalf("%v", p)
	}
	saved := b.json("PUT", "/mappings", map[string]any{"name": "旧系统", "mapping": m}, 200)
	if p := b.json("GET", "/mappings", nil, 200); len(p["items"].([]any)) != 1 {
		t.Fatalf("%v", p)
	}
	b.json("DELETE", "/mappings/"+saved["id"].(string), nil, 204)
	b.json("DELETE", path, nil, 204)
	if p := b.json("GET", "/batches", nil, 200); len(p["items"].([]any)) != 0 {
		t.Fatalf("%v", p)
	}
	for _, route := range []string{"GET /batches", "GET " + path, "POST " + path + "/apply", "GET " + path + "/problems/export", "POST /batches"} {
		method, where, _ := strings.Cut(route, " ")
		b.send(method, where, "application/json", nil, 401)
	}
}

func TestBadUploads(t *testing.T) {
	k := one(t)
	b := k.serve(t)
	kind, body := form("x.csv", nil)
	b.send("POST", "/batches", kind, body, 422)
	b.send("POST", "/batches", "text/plain", strings.NewReader("x"), 422)
	kind, body = form("x.csv", bytes.Repeat([]byte("a,b\n"), 1000))
	all, _ := io.ReadAll(body)
	b.send("POST", "/batches", kind, bytes.NewReader(all[:2000]), 422) // the line is cut
	if n := k.number("history_batch", "true"); n != 0 {
		t.Fatalf("%d batches", n)
	}
}

func TestFileOverTheLimitIsRefused(t *testing.T) {
	k := one(t)
	b := k.serve(t)
	in, out := io.Pipe()
	form := multipart.NewWriter(out)
	go func() {
		p, err := form.CreateFormFile("file", "large.csv")
		line := bytes.Repeat([]byte("1,2,3,4,5,6,7,8\n"), 1<<16)
		for n := 0; err == nil && n <= history.MaxFile; n += len(line) {
			_, err = p.Write(line)
		}
		_ = out.CloseWithError(err)
	}()
	var p struct{ Code string }
	if err := json.Unmarshal(b.send("POST", "/batches", form.FormDataContentType(), in, 413), &p); err != nil || p.Code != "too_large" {
		t.Fatalf("%+v %v", p, err)
	}
}

func TestEveryMessageIsThere(t *testing.T) {
	k := one(t)
	b := k.checked(k.mapped(dirty()))
	for _, x := range b.Tally {
		for _, lang := range []fault.Language{fault.Chinese, fault.English} {
			if m := fault.Message(lang, x.Code, nil); m == x.Code {
				t.Errorf("%s has no message in %s", x.Code, lang)
			}
		}
	}
}

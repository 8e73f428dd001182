package catalog_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/web"
)

// serve puts the catalogue on a port, with whoever the header X-Role names signed in.
func serve(t *testing.T, h house) *httptest.Server {
	t.Helper()
	api := web.New(web.Config{Version: "test", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Authenticate: func(r *http.Request) (context.Context, error) {
			if role := r.Header.Get("X-Role"); role != "" {
				return identity.With(r.Context(), identity.Of(as(t, role, identity.ScopeAll))), nil
			}
			return r.Context(), nil
		}})
	catalog.HTTP{Service: h.s}.Register(api)
	s := httptest.NewServer(api.Handler())
	t.Cleanup(s.Close)
	return s
}

func call(t *testing.T, s *httptest.Server, method, path, role, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+web.Prefix+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Role", role)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

func TestTreeIsSentOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		s := serve(t, h)
		res, body := call(t, s, "GET", "/catalog/tree", "reporter", "")
		tag := res.Header.Get("ETag")
		if res.StatusCode != 200 || tag == "" || !strings.Contains(body, `"天花漏水"`) {
			t.Fatalf("%d %q %.200s", res.StatusCode, tag, body)
		}
		if res, body = call(t, s, "GET", "/catalog/tree", "reporter", "", "If-None-Match", tag); res.StatusCode != 304 || body != "" {
			t.Fatalf("%d %.200s", res.StatusCode, body)
		}
		if res, _ = call(t, s, "GET", "/catalog/tree", "", "", "If-None-Match", tag); res.StatusCode != 200 {
			t.Fatalf("the public was told that its tree is the staff's: %d", res.StatusCode)
		}
		it := h.byCode(t, "MW01")
		if _, err := h.s.SetActive(as(t, "admin", identity.ScopeAll), it.ID, 1, false); err != nil {
			t.Fatal(err)
		}
		if res, body = call(t, s, "GET", "/catalog/tree", "reporter", "", "If-None-Match", tag); res.StatusCode != 200 || strings.Contains(body, it.ID) {
			t.Fatalf("%d: the change is not seen", res.StatusCode)
		}
	})
}

func TestEditingOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		s := serve(t, h)
		it := h.byCode(t, "MW01")
		path := "/catalog/items/" + it.ID
		res, body := call(t, s, "GET", path+"/draft", "admin", "")
		var dr map[string]any
		if err := json.Unmarshal([]byte(body), &dr); err != nil || res.StatusCode != 200 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		c := dr["content"].(map[string]any)
		c["nameZh"] = "漏水!"
		send := func(content any, version any) (*http.Response, string) {
			raw, err := json.Marshal(map[string]any{"version": version, "content": content})
			if err != nil {
				t.Fatal(err)
			}
			return call(t, s, "PUT", path+"/draft", "admin", string(raw))
		}
		if res, body = send(c, dr["version"]); res.StatusCode != 200 {
			t.Fatalf("what was read cannot be sent back: %d %s", res.StatusCode, body)
		}
		if res, body = send(c, dr["version"]); res.StatusCode != 409 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		c["colour"] = "red"
		if res, body = send(c, 2); res.StatusCode != 422 || !strings.Contains(body, "unknown_field") {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "POST", path+"/publish", "admin", `{"version":2,"note":"x"}`); res.StatusCode != 200 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "GET", path, "reporter", ""); res.StatusCode != 200 || !strings.Contains(body, "漏水!") {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, _ = call(t, s, "GET", "/catalog/search?q=ls&limit=5", "reporter", ""); res.StatusCode != 200 {
			t.Fatal(res.StatusCode)
		}
		if res, _ = call(t, s, "POST", "/catalog/categories", "reporter", `{"nameZh":"x","active":true}`); res.StatusCode != 403 {
			t.Fatal(res.StatusCode)
		}
	})
}

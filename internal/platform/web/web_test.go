package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

type echoIn struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"3"`
	}
}

func server(t *testing.T) *httptest.Server {
	t.Helper()
	api := web.New(web.Config{Version: "test", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Authorize: func(_ context.Context, a web.Access) error {
			if a != web.Public {
				return fault.New(fault.Unauthorized, "unauthorized")
			}
			return nil
		}})
	web.Register(api, web.Op{Method: "POST", Path: "/echo", ID: "echo", Access: web.Public},
		func(_ context.Context, in *echoIn) (*struct{}, error) {
			switch in.Body.Name {
			case "sql":
				return nil, errors.New("password=secret")
			case "bad":
				return nil, fault.Field("name", "bad_value")
			case "pan":
				panic("password=secret")
			}
			return nil, nil
		})
	web.Register(api, web.Op{Method: "POST", Path: "/closed", ID: "closed", Access: web.SignedIn},
		func(context.Context, *echoIn) (*struct{}, error) { return nil, nil })
	s := httptest.NewServer(api.Handler())
	t.Cleanup(s.Close)
	return s
}

func post(t *testing.T, url, body string, header ...string) (int, web.Problem, string) {
	t.Helper()
	req, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(res.Body)
	var p web.Problem
	_ = json.Unmarshal(raw, &p)
	return res.StatusCode, p, string(raw)
}

func TestProblems(t *testing.T) {
	s := server(t)
	for _, c := range []struct {
		name, path, body, lang string
		status                 int
		field, code, message   string
	}{
		{"ok", "/echo", `{"name":"abc"}`, "en", 204, "", "", ""},
		{"missing", "/echo", `{}`, "en", 422, "name", "required", "Required"},
		{"missing in Chinese", "/echo", `{}`, "zh-CN", 422, "name", "required", "必填"},
		{"too long counts characters", "/echo", `{"name":"四个汉字"}`, "en", 422, "name", "too_long", "At most 3 characters"},
		{"three Chinese characters fit", "/echo", `{"name":"三个字"}`, "en", 204, "", "", ""},
		{"unknown field", "/echo", `{"name":"a","x":1}`, "en", 422, "x", "unknown_field", "Unknown field"},
		{"broken JSON", "/echo", `{`, "en", 400, "", "", ""},
		{"unknown query", "/echo?x=1", `{"name":"a"}`, "en", 422, "x", "", ""},
		{"fault of a handler", "/echo", `{"name":"bad"}`, "en", 422, "name", "bad_value", "Not an allowed value"},
		{"permission before input", "/closed", `{}`, "en", 401, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, p, raw := post(t, s.URL+web.Prefix+c.path, c.body, "Accept-Language", c.lang)
			if status != c.status && !(c.status == 400 && status == 422) {
				t.Fatalf("status %d, want %d: %s", status, c.status, raw)
			}
			if c.field == "" {
				return
			}
			if len(p.Errors) == 0 || p.Errors[0].Field != c.field || c.code != "" && p.Errors[0].Code != c.code || c.message != "" && p.Errors[0].Message != c.message {
				t.Fatalf("got %s", raw)
			}
		})
	}
}

func TestForeignTextNeverLeaves(t *testing.T) {
	s := server(t)
	for _, name := range []string{"sql", "pan"} {
		status, p, raw := post(t, s.URL+web.Prefix+"/echo", `{"name":"`+name+`"}`)
		if status != 500 || strings.Contains(raw, "secret") || p.Reference == "" {
			t.Fatalf("%s: %d %s", name, status, raw)
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	s := server(t)
	status, p, _ := post(t, s.URL+web.Prefix+"/echo", `{"name":"a"}`, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	if status != 403 || p.Code != "cross_origin" {
		t.Fatalf("got %d %s", status, p.Code)
	}
}

type hidden struct {
	ID string `path:"id"`
}

func TestInputsThatWouldStayEmptyAreRefused(t *testing.T) {
	api := web.New(web.Config{Version: "test", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	defer func() {
		if recover() == nil {
			t.Fatal("an input with a hidden part was accepted")
		}
	}()
	web.Register(api, web.Op{Method: "GET", Path: "/x/{id}", ID: "x", Access: web.Public},
		func(context.Context, *struct{ hidden }) (*struct{}, error) { return nil, nil })
}

func TestUnknownAddressesAreProblems(t *testing.T) {
	s := server(t)
	for _, c := range []struct {
		method, path, code, allow string
		status                    int
	}{{"GET", "/nothing", "not_found", "", 404}, {"DELETE", "/echo", "bad_method", "POST", 405}, {"GET", "/echo", "bad_method", "POST", 405}} {
		req, err := http.NewRequest(c.method, s.URL+web.Prefix+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var p web.Problem
		err = json.NewDecoder(res.Body).Decode(&p)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != c.status || p.Code != c.code || res.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: %d %+v %q %v", c.method, c.path, res.StatusCode, p, res.Header.Get("Allow"), err)
		}
	}
}

package app_test

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

	"wardline/internal/app"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

// site is a whole Wardline behind real HTTP.
type site struct {
	*app.App
	t      *testing.T
	url    string
	client *http.Client
}

const password = "Haus-1902-Tuer"

func open(t *testing.T, engine db.Engine) *site {
	t.Helper()
	return serve(t, house(t, engine))
}

func serve(t *testing.T, a *app.App) *site {
	t.Helper()
	a.Bell.Start(t.Context())
	must(t, 0, a.Tail.Start(t.Context()))
	server := httptest.NewServer(a.API.Handler())
	t.Cleanup(func() {
		a.EndLive()
		server.Close()
		a.Tail.Stop()
		a.Bell.Stop()
	})
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &site{App: a, t: t, url: server.URL, client: client}
}

// visitor is someone who calls: nobody when empty.
type visitor struct {
	name   string
	cookie string
	token  string
	login  string // signs in again when a command has ended the session
	lang   string
}

var nobody = visitor{name: "nobody"}

// header is one line of a request's head.
type header struct{ name, value string }

// raw is a body that is sent as it is.
type raw string

// reply is an answer that has been read to its end.
type reply struct {
	status int
	head   http.Header
	body   []byte
}

func (r reply) String() string {
	body := string(r.body)
	if len(body) > 600 {
		body = body[:600] + "…"
	}
	return http.StatusText(r.status) + " " + body
}

// code returns the code of a problem.
func (r reply) code() string {
	var p struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal(r.body, &p)
	return p.Code
}

// into reads the JSON of an answer that must have succeeded.
func (r reply) into(t *testing.T, v any) {
	t.Helper()
	if r.status >= 300 {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
}

// cookie returns the session that the answer hands out.
func (r reply) cookie() string {
	for _, c := range (&http.Response{Header: r.head}).Cookies() {
		if c.Name == "wardline" {
			return c.Value
		}
	}
	return ""
}

// do sends a request; body is nil, raw, or anything that becomes JSON. Addresses
// without a scheme are below the site.
func (s *site) do(v visitor, method, path string, body any, more ...header) reply {
	s.t.Helper()
	r, err := s.try(v, method, path, body, more...)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (s *site) try(v visitor, method, path string, body any, more ...header) (reply, error) {
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case raw:
		in = strings.NewReader(string(b))
	default:
		out, err := json.Marshal(body)
		if err != nil {
			return reply{}, err
		}
		in = bytes.NewReader(out)
	}
	req, err := http.NewRequest(method, s.url+path, in)
	if err != nil {
		return reply{}, err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if v.cookie != "" {
		req.AddCookie(&http.Cookie{Name: "wardline", Value: v.cookie})
	}
	if v.token != "" {
		req.Header.Set("Authorization", "Bearer "+v.token)
	}
	if v.lang != "" {
		req.Header.Set("Accept-Language", v.lang)
	}
	for _, h := range more {
		req.Header.Set(h.name, h.value)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") { // has no end
		return reply{resp.StatusCode, resp.Header, nil}, nil
	}
	raw, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, raw}, err
}

// signIn returns a visitor with a session; every account of the tests has the same password.
func (s *site) signIn(login string) visitor {
	s.t.Helper()
	r := s.do(nobody, "POST", "/api/v1/auth/login", map[string]any{"login": login, "password": password})
	v := visitor{name: login, cookie: r.cookie(), login: login}
	if r.status != http.StatusOK || v.cookie == "" {
		s.t.Fatalf("%s cannot sign in: %s", login, r)
	}
	return v
}

// again signs the visitor in anew when the last answer took the session away.
func (s *site) again(v visitor, r reply) visitor {
	s.t.Helper()
	for _, c := range (&http.Response{Header: r.head}).Cookies() {
		if c.Name == "wardline" && c.Value == "" {
			return s.signIn(v.login)
		}
	}
	return v
}

// token makes an API token of someone signed in.
func (s *site) token(v visitor, permissions ...identity.Permission) (visitor, string) {
	s.t.Helper()
	var made struct {
		Token  identity.Token
		Secret string
	}
	s.do(v, "POST", "/api/v1/auth/tokens", map[string]any{"name": "token", "permissions": permissions, "expiresAt": s.Clock.Now() + 3_600_000}).into(s.t, &made)
	return visitor{name: v.name + "'s token", token: made.Secret}, made.Token.ID
}

// system is the context of the program itself.
func (s *site) system() context.Context {
	return identity.With(s.t.Context(), identity.System("test"))
}

// as is the context of a person with what they may do now.
func (s *site) as(personID string) context.Context {
	s.t.Helper()
	actor, err := s.People.ActorOf(s.t.Context(), personID)
	if err != nil {
		s.t.Fatal(err)
	}
	return identity.With(s.t.Context(), actor)
}

// must stops the test on an error.
func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// grant gives a person exactly these grants, by the program itself.
func (s *site) grant(personID string, specs ...identity.GrantSpec) {
	s.t.Helper()
	_, version, err := s.People.Grants(s.system(), personID)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.People.SetGrants(s.system(), personID, version, specs); err != nil {
		s.t.Fatal(err)
	}
}

// form makes the body of an upload, and its content type.
func form(t *testing.T, field, name string, content []byte) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := must2(w.CreateFormFile(field, name))(t)
	must2(part.Write(content))(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

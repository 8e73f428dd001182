package identity_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/web"
)

// day is an arbitrary moment the tests start at.
const day = int64(1_764_000_000_000)

// secret is a password that keeps every rule.
const secret = "correct horse battery"

// house is a hospital with the service, reachable over HTTP.
type house struct {
	t     *testing.T
	db    *db.DB
	clock *clock.Manual
	trail *audit.Trail
	s     *identity.Service
	url   string
	below map[string][]string
	hash  string // of secret
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, newHouse(t, d)) })
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, db: d, clock: clock.NewManual(day), below: map[string][]string{"surgery": {"ward1", "ward2"}}}
	h.trail = audit.New(d, h.clock)
	h.s = h.service()
	if err := h.s.EnsureBuiltin(t.Context()); err != nil {
		t.Fatal(err)
	}
	var err error
	if h.hash, err = h.s.HashPassword(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	h.url = h.serve(h.s)
	return h
}

// service returns one more replica on the same database.
func (h *house) service() *identity.Service {
	bell := db.NewBell(h.db, slog.New(slog.DiscardHandler))
	return identity.New(identity.Deps{DB: h.db, Clock: h.clock, Trail: h.trail, Events: event.New(h.db, bell, h.clock),
		Below: func(_ context.Context, id string) ([]string, error) { return h.below[id], nil },
		Exists: func(_ context.Context, _ *db.Tx, _ identity.ScopeKind, id string) (bool, error) {
			return !strings.HasPrefix(id, "no-"), nil
		}})
}

func (h *house) serve(s *identity.Service) string {
	api := web.New(web.Config{Logger: slog.New(slog.DiscardHandler), Authenticate: s.Authenticate, Authorize: s.Authorize})
	identity.HTTP{Service: s}.Register(api)
	audit.HTTP{Trail: h.trail, MayRead: func(ctx context.Context) error { return identity.Of(ctx).NeedAll(identity.AuditRead) }}.Register(api)
	srv := httptest.NewServer(api.Handler())
	h.t.Cleanup(srv.Close)
	return srv.URL
}

func (h *house) root() context.Context {
	return identity.With(h.t.Context(), identity.System("test"))
}

// person adds someone whose password is secret and returns the id.
func (h *house) person(login string, f identity.Facts, teams []identity.Membership, grants ...identity.GrantSpec) string {
	h.t.Helper()
	f.Login = login
	if f.Name == "" {
		f.Name = "某人"
	}
	var ids []string
	err := h.db.Write(h.root(), func(tx *db.Tx) (err error) {
		ids, err = h.s.Import(h.root(), tx, []identity.NewPerson{{Facts: f, Teams: teams, Grants: append([]identity.GrantSpec{}, grants...), PasswordHash: h.hash}})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return ids[0]
}

func (h *house) admin(login string) string {
	h.t.Helper()
	return h.person(login, identity.Facts{}, nil, grant("admin", identity.ScopeAll))
}

func grant(role string, kind identity.ScopeKind, id ...string) identity.GrantSpec {
	g := identity.GrantSpec{RoleID: role, ScopeKind: kind}
	if len(id) > 0 {
		g.ScopeID = id[0]
	}
	return g
}

// role adds a custom role and returns its id.
func (h *house) role(permissions ...identity.Permission) string {
	h.t.Helper()
	r, err := h.s.CreateRole(h.root(), identity.RoleFacts{NameZh: "自定义", Permissions: permissions})
	if err != nil {
		h.t.Fatal(err)
	}
	return r.ID
}

// as returns a context that acts as the person.
func (h *house) as(id string) context.Context {
	h.t.Helper()
	a, err := h.s.ActorOf(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return identity.With(h.t.Context(), a)
}

func (h *house) version(id string) int64 {
	h.t.Helper()
	p, _, err := h.s.Get(h.root(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return p.Version
}

// browser is one client with the cookie it was last given.
type browser struct {
	h      *house
	url    string
	cookie string
	raw    string // the last Set-Cookie header
	bearer string
}

func (h *house) browser() *browser { return &browser{h: h, url: h.url} }

// signedIn returns a browser in which the person with this login is signed in.
func (h *house) signedIn(login string) *browser {
	h.t.Helper()
	b := h.browser()
	if a := b.login(login, secret); a.status != 200 || a.str("stage") != "" {
		h.t.Fatalf("sign in as %s: %d %s", login, a.status, a.body)
	}
	return b
}

type answer struct {
	status int
	body   string
	json   map[string]any
}

func (a answer) str(key string) string { s, _ := a.json[key].(string); return s }

// code returns the problem's code, or the code of its first field.
func (a answer) code() string {
	if list, ok := a.json["errors"].([]any); ok && len(list) > 0 {
		return list[0].(map[string]any)["code"].(string)
	}
	return a.str("code")
}

func (a answer) items() []map[string]any {
	list, _ := a.json["items"].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, x := range list {
		out = append(out, x.(map[string]any))
	}
	return out
}

func (b *browser) login(login, password string) answer {
	return b.do("POST", "/auth/login", map[string]any{"login": login, "password": password})
}

func (b *browser) do(method, path string, body any) answer {
	b.h.t.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.h.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(b.h.t.Context(), method, b.url+web.Prefix+path, in)
	if err != nil {
		b.h.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept-Language", "en")
	if b.cookie != "" {
		req.AddCookie(&http.Cookie{Name: "wardline", Value: b.cookie})
	}
	if b.bearer != "" {
		req.Header.Set("Authorization", b.bearer)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if c.Name == "wardline" {
			b.cookie, b.raw = c.Value, c.Raw
		}
	}
	a := answer{status: res.StatusCode, body: string(raw)}
	_ = json.Unmarshal(raw, &a.json)
	return a
}

// want fails unless the answer has this status and, if given, this code.
func (a answer) want(t *testing.T, what string, status int, code ...string) answer {
	t.Helper()
	if a.status != status || len(code) > 0 && a.code() != code[0] {
		t.Fatalf("%s: got %d %s, want %d %v\n%s", what, a.status, a.code(), status, code, a.body)
	}
	return a
}

func auditFilter(action string) audit.Filter { return audit.Filter{Action: action} }

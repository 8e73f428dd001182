package app_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wardline/internal/asset"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// listener reads one live stream.
type listener struct {
	t      *testing.T
	lines  chan string // closed when the stream ends
	status int
	last   string // id of the last event
	seen   strings.Builder
}

// listen opens the stream of a visitor.
func (s *site) listen(v visitor, query string, more ...header) *listener {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	s.t.Cleanup(cancel)
	req := must2(http.NewRequestWithContext(ctx, "GET", s.url+"/api/v1/live"+query, nil))(s.t)
	if v.cookie != "" {
		req.AddCookie(&http.Cookie{Name: "wardline", Value: v.cookie})
	}
	if v.token != "" {
		req.Header.Set("Authorization", "Bearer "+v.token)
	}
	for _, h := range more {
		req.Header.Set(h.name, h.value)
	}
	resp := must2(s.client.Do(req))(s.t)
	l := &listener{t: s.t, lines: make(chan string, 10_000), status: resp.StatusCode}
	go func() {
		defer close(l.lines)
		defer func() { _ = resp.Body.Close() }()
		in := bufio.NewScanner(resp.Body)
		for in.Scan() {
			l.lines <- in.Text()
		}
	}()
	return l
}

// until reads until a line holds the text; it returns false when the stream ends first.
func (l *listener) until(text string) bool {
	l.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case line, ok := <-l.lines:
			if !ok {
				return false
			}
			l.seen.WriteString(line + "\n")
			if id, ok := strings.CutPrefix(line, "id: "); ok {
				l.last = id
			}
			if strings.Contains(line, text) {
				return true
			}
		case <-limit:
			l.t.Fatalf("%q did not come, only\n%s", text, l.seen.String())
		}
	}
}

// stir lets something happen to every order, asset and person, and at last tells the viewer.
func (h *hospital) stir() {
	t, ctx := h.t, h.system()
	for _, x := range h.things {
		switch x.kind {
		case "order":
			must(t, 0, second(h.Orders.Remark(ctx, x.id, "stirred", nil, workorder.Meta{})))
		case "asset":
			v := must2(h.Assets.Show(ctx, x.id))(t)
			must(t, 0, second(h.Assets.SetStatus(ctx, x.id, v.Version, asset.InUse, "stirred")))
		case "person":
			if x.id == h.me || x.id == h.admin {
				continue
			}
			p, _, err := h.People.Get(ctx, x.id)
			must(t, 0, err)
			f := identity.Facts{Name: p.Name, StaffNo: p.StaffNo, Login: p.Login, Phone: p.Phone, Email: p.Email, Title: p.Title, CampusID: p.CampusID,
				DepartmentID: p.DepartmentID, VendorID: p.VendorID, Language: map[string]string{"": "zh", "zh": "en", "en": "zh"}[p.Language]}
			must(t, 0, second(h.People.Update(ctx, x.id, p.Version, f)))
		}
	}
	if r := h.do(h.root, "POST", "/api/v1/messages/read-all", map[string]any{}); r.status != 200 {
		t.Fatalf("%s", r)
	}
	h.wave()
}

// wave tells everybody something that ends a test.
func (h *hospital) wave() {
	must(h.t, 0, second(h.Org.RenewCode(h.system(), h.openRoom)))
}

// wave is the topic of what wave tells.
const wave = "event: org.place"

func TestTheLiveStreamShowsOnlyWhatTheScopeCovers(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, engine)
			for _, role := range []identity.Role{roleOf("reporter"), roleOf("auditor"), roleOf("admin")} {
				for _, scope := range narrow {
					h.grant(h.me, identity.GrantSpec{RoleID: role.ID, ScopeKind: scope})
					first := h.listen(h.viewer, "")
					first.until("event: hello")
					from := first.last
					h.stir()
					first.until(wave)
					h.inspect(first, "live", role, scope)
					// The same from the log, by whoever comes later and asks for what was missed.
					for _, later := range []*listener{h.listen(h.viewer, "?after="+from), h.listen(h.viewer, "", header{"Last-Event-ID", from})} {
						later.until(wave)
						h.inspect(later, "resumed", role, scope)
					}
				}
			}
		})
	}
}

func TestNewsOfTheWholeHospitalReachOnlyThoseWhoSeeIt(t *testing.T) {
	h := build(t, db.SQLite)
	for _, scope := range []identity.ScopeKind{identity.ScopeAll, identity.ScopeCampus} {
		h.grant(h.me, identity.GrantSpec{RoleID: "admin", ScopeKind: scope})
		l := h.listen(h.viewer, "")
		l.until("event: hello")
		batch := "/api/v1/history/batches/" + h.id("root's history")
		var b struct{ Mapping map[string]any }
		h.do(h.root, "GET", batch, nil).into(t, &b)
		b.Mapping["source"], b.Mapping["defaults"] = "旧系统", map[string]any{"item": h.item, "department": h.clinic}
		for _, c := range []struct {
			method, verb string
			body         any
		}{{"PUT", "mapping", m{"mapping": b.Mapping}}, {"POST", "check", nil}, {"POST", "cancel", nil}} {
			if r := h.do(h.root, c.method, batch+"/"+c.verb, c.body); r.status != 200 {
				t.Fatalf("%s: %d %s", c.verb, r.status, r)
			}
		}
		h.wave()
		l.until(wave)
		if told := strings.Contains(l.seen.String(), "history.batch"); told != (scope == identity.ScopeAll) {
			t.Errorf("an administrator of the %s scope is told of imports: %v", scope, told)
		}
	}
}

// inspect looks that a stream has told of all that the viewer may see, and of nothing else.
func (h *hospital) inspect(l *listener, how string, role identity.Role, scope identity.ScopeKind) {
	h.t.Helper()
	all := l.seen.String()
	besides := "" // orders say of which incident they are part
	for frame := range strings.SplitSeq(all, "\n\n") {
		if !strings.Contains(frame, "event: order") {
			besides += frame + "\n\n"
		}
	}
	for _, x := range h.things {
		sees, text := h.visible(role, scope, x), all
		if x.kind == "incident" {
			text = besides
		}
		for i, mark := range x.marks {
			told := strings.Contains(text, mark)
			if told && !sees {
				h.t.Errorf("%s: a %s of the %s scope is told of %s: %s", how, role.ID, scope, x.name, mark)
			}
			if i == 0 && !told && sees && (x.kind == "order" || x.kind == "asset") {
				h.t.Errorf("%s: a %s of the %s scope is not told of %s", how, role.ID, scope, x.name)
			}
		}
	}
}

func TestTheLiveStreamEndsWithTheRightToIt(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			a := house(t, engine)
			a.Live.Revalidate = 50 * time.Millisecond
			h := buildOn(serve(t, a))
			all := identity.GrantSpec{RoleID: "agent", ScopeKind: identity.ScopeAll}
			for i, c := range []struct {
				name   string
				atOnce bool // else at the next look at the sign-in
				end    func(v visitor, id string)
			}{
				{"signing out", false, func(v visitor, _ string) { h.do(v, "POST", "/api/v1/auth/logout", nil) }},
				{"ending the session elsewhere", false, func(v visitor, _ string) { h.do(h.signIn(v.login), "DELETE", "/api/v1/auth/sessions", nil) }},
				{"a narrower scope", true, func(_ visitor, id string) {
					h.grant(id, identity.GrantSpec{RoleID: "agent", ScopeKind: identity.ScopeOwn})
				}},
				{"no role at all", true, func(_ visitor, id string) { h.grant(id) }},
				{"another team", true, func(_ visitor, id string) {
					must(t, 0, second(h.People.SetTeams(h.system(), id, 1, []identity.Membership{{TeamID: h.other}})))
				}},
				{"a reset password", false, func(_ visitor, id string) {
					must(t, 0, second(h.People.ResetPassword(h.system(), id, identity.Reset{Tokens: true})))
				}},
				{"the end of the account", true, func(_ visitor, id string) { must(t, 0, second(h.People.SetActive(h.system(), id, 1, false))) }},
			} {
				login := fmt.Sprintf("leaver%d", i)
				id := h.newcomer(login, all)
				v := h.signIn(login)
				token, tokenID := h.token(v, identity.OrderRead)
				streams := []*listener{h.listen(v, ""), h.listen(token, "")}
				for _, l := range streams {
					if !l.until("event: hello") {
						t.Fatalf("%s: the stream did not begin: %d", c.name, l.status)
					}
				}
				c.end(v, id)
				if i < 2 { // a token outlives a session and has an end of its own
					h.do(h.signIn(login), "DELETE", "/api/v1/auth/tokens/"+tokenID, nil)
				}
				// What happens from now on must not be told, not even before the end.
				must(t, 0, second(h.Orders.Remark(h.system(), h.id("west order"), "after "+c.name, nil, workorder.Meta{})))
				for n, l := range streams {
					if !c.atOnce {
						l.drain()
					} else if l.until(h.id("west order")) {
						t.Errorf("%s: stream %d goes on", c.name, n)
					}
				}
			}
		})
	}
}

// drain reads the stream to its end, which must come.
func (l *listener) drain() {
	l.t.Helper()
	for l.until("") {
	}
}

package identity_test

import (
	"fmt"
	"sync"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
)

// Nobody comes to more than they hold, by whatever way.
func TestNoWayUp(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		boss := h.admin("root")
		hr := h.role(identity.PersonRead, identity.PersonWrite, identity.RoleWrite, identity.OrderRead)
		more := h.role(identity.OrderRead, identity.SettingWrite)
		same := h.role(identity.OrderRead)
		// May edit people and roles in team it and department ward1 only.
		me := h.person("personnel", identity.Facts{CampusID: "east", DepartmentID: "ward1"}, []identity.Membership{{TeamID: "it"}},
			grant(hr, identity.ScopeTeam), grant(hr, identity.ScopeDepartment))
		mate := h.person("mate", identity.Facts{DepartmentID: "ward1"}, []identity.Membership{{TeamID: "it"}})
		// Leads nothing yet, but whatever team the person is in.
		lead := h.person("leader", identity.Facts{DepartmentID: "ward1"}, nil, grant("team_lead", identity.ScopeTeam))
		h.person("strong", identity.Facts{DepartmentID: "ward1"}, nil, grant("admin", identity.ScopeAll))
		strong, err := h.s.FindByLogin(t.Context(), "strong")
		if err != nil {
			t.Fatal(err)
		}
		b := h.signedIn("personnel")
		grants := func(id string, list ...identity.GrantSpec) answer {
			return b.do("PUT", "/people/"+id+"/grants", map[string]any{"version": h.version(id), "grants": append([]identity.GrantSpec{}, list...)})
		}
		grants(mate, grant(same, identity.ScopeTeam, "it")).want(t, "what is held, where it is held", 200)
		grants(mate, grant(same, identity.ScopeTeam, "it"), grant(same, identity.ScopeOwn)).want(t, "someone's own", 200)
		grants(mate, grant(more, identity.ScopeTeam, "it")).want(t, "a permission not held", 403, "identity.beyond")
		grants(mate, grant(same, identity.ScopeAll)).want(t, "everywhere", 403, "identity.beyond")
		grants(mate, grant(same, identity.ScopeTeam, "repair")).want(t, "another team", 403, "identity.beyond")
		grants(mate, grant(same, identity.ScopeCampus, "east")).want(t, "a campus", 403, "identity.beyond")
		grants(mate, grant("admin", identity.ScopeAll)).want(t, "administrator", 403, "identity.beyond")
		grants(me, grant("admin", identity.ScopeAll)).want(t, "oneself", 403, "identity.beyond")
		grants(mate, grant(same, identity.ScopeTeam, "no-such")).want(t, "unknown team", 403)
		grants(mate, grant("no-such-role", identity.ScopeOwn)).want(t, "unknown role", 422, "unknown_reference")
		grants(mate, identity.GrantSpec{RoleID: same, ScopeKind: identity.ScopeOwn, ScopeID: "x"}).want(t, "own with an id", 422)
		grants(strong.ID).want(t, "taking away what one does not hold", 403, "identity.beyond")
		grants(boss).want(t, "out of scope", 404)

		b.do("POST", "/roles", map[string]any{"nameZh": "新", "permissions": []string{"order.read"}}).want(t, "a role for the whole hospital", 403)
		b.do("PUT", "/roles/"+same, map[string]any{"nameZh": "新", "permissions": []string{"order.read", "setting.write"}, "version": 1}).want(t, "a bigger role", 403)
		b.do("DELETE", "/roles/"+same+"?version=1", nil).want(t, "no role", 403)

		// Grants that follow the person: to move them is to grant.
		put := func(id string, facts map[string]any) answer {
			facts["version"] = h.version(id)
			return b.do("PUT", "/people/"+id, facts)
		}
		teams := func(id string, ids ...string) answer {
			list := []any{}
			for _, x := range ids {
				list = append(list, map[string]any{"teamId": x, "lead": false})
			}
			return b.do("PUT", "/people/"+id+"/teams", map[string]any{"version": h.version(id), "teams": list})
		}
		teams(me, "it", "repair").want(t, "oneself into another team", 403, "identity.beyond")
		put(me, map[string]any{"name": "我", "login": "personnel", "campusId": "east", "departmentId": "surgery"}).want(t, "oneself into another department", 403, "identity.beyond")
		put(me, map[string]any{"name": "我", "login": "personnel", "campusId": "east", "departmentId": "ward1", "phone": "8001"}).want(t, "one's own phone", 200)
		teams(lead, "repair").want(t, "someone with more into another team", 403)
		teams(lead, "it").want(t, "someone with more into the own team", 403, "identity.beyond")
		put(mate, map[string]any{"name": "同事", "login": "mate", "departmentId": "ward9"}).want(t, "away, but still in the team", 200)
		solo := h.person("solo", identity.Facts{DepartmentID: "ward1"}, nil)
		put(solo, map[string]any{"name": "独", "login": "solo", "departmentId": "ward9"}).want(t, "away to where one has nothing to say", 403, "forbidden")
		put(solo, map[string]any{"name": "独", "login": "solo"}).want(t, "out of the department and of sight", 200)
		teams(mate).want(t, "out of the team and of sight", 200)
		b.do("GET", "/people/"+mate, nil).want(t, "gone", 404)
		b.do("POST", "/people", map[string]any{"name": "新人", "departmentId": "ward9"}).want(t, "a person elsewhere", 403)
		b.do("POST", "/people", map[string]any{"name": "新人", "departmentId": "ward1"}).want(t, "a person here", 201)

		// A stronger account is neither taken over nor put out.
		b.do("POST", "/people/"+strong.ID+"/reset-password", map[string]any{}).want(t, "reset", 403, "identity.stronger")
		b.do("POST", "/people/"+strong.ID+"/deactivate", map[string]any{"version": 1}).want(t, "deactivate", 403, "identity.stronger")
		put(strong.ID, map[string]any{"name": "强", "login": "renamed", "departmentId": "ward1"}).want(t, "another login", 403, "identity.stronger")
		put(strong.ID, map[string]any{"name": "强", "login": "strong", "departmentId": "ward1", "phone": "8002"}).want(t, "a phone number", 200)
		h.signedIn("strong")
	})
}

func TestSomeoneWhoOnlyReadsChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("agent", identity.Facts{}, nil, grant("agent", identity.ScopeAll))
		p := h.person("lilei", identity.Facts{}, nil)
		b := h.signedIn("agent")
		if a := b.do("GET", "/people/"+p, nil).want(t, "read", 200); a.json["account"] != nil {
			t.Error("the account is shown to someone who may not edit it")
		}
		for path, body := range map[string]map[string]any{
			"PUT /people/" + p: {"version": 1, "name": "x"}, "POST /people": {"name": "x"},
			"PUT /people/" + p + "/teams": {"version": 1, "teams": []any{}}, "PUT /people/" + p + "/grants": {"version": 1, "grants": []any{}},
			"POST /people/" + p + "/deactivate": {"version": 1}, "POST /people/" + p + "/reset-password": {},
			"POST /roles": {"nameZh": "x", "permissions": []string{"order.read"}},
		} {
			var method, target string
			_, _ = fmt.Sscan(path, &method, &target)
			b.do(method, target, body).want(t, path, 403, "forbidden")
			h.browser().do(method, target, body).want(t, path+" not signed in", 401, "unauthorized")
		}
		b.do("GET", "/audit", nil).want(t, "the audit trail", 403, "forbidden")
	})
}

func TestAuditTrailOnlyAsAWhole(t *testing.T) {
	h := newHouse(t, dbtest.Open(t, db.SQLite))
	h.person("all", identity.Facts{}, nil, grant("auditor", identity.ScopeAll))
	h.person("part", identity.Facts{DepartmentID: "ward1"}, nil, grant("auditor", identity.ScopeDepartment))
	h.signedIn("all").do("GET", "/audit", nil).want(t, "held everywhere", 200)
	h.signedIn("part").do("GET", "/audit", nil).want(t, "held in a part", 403)
}

func TestLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.admin("aa")
		b := h.admin("bb")
		// Neither of these can take the place of an administrator.
		h.person("cc", identity.Facts{}, nil, grant("admin", identity.ScopeOwn))
		if _, err := h.s.SetActive(h.root(), h.admin("dd"), 1, false); err != nil {
			t.Fatal(err)
		}
		err := h.db.Write(h.root(), func(tx *db.Tx) error {
			_, err := h.s.Import(h.root(), tx, []identity.NewPerson{{Facts: identity.Facts{Name: "无密码"}, Grants: []identity.GrantSpec{grant("admin", identity.ScopeAll)}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		// Two who remove each other at the same moment cannot both succeed.
		ctxA, ctxB := h.as(a), h.as(b)
		var errs [2]error
		var wg sync.WaitGroup
		wg.Go(func() { _, errs[0] = h.s.SetActive(ctxA, b, 1, false) })
		wg.Go(func() { _, errs[1] = h.s.SetGrants(ctxB, a, 1, nil) })
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("got %v and %v", errs[0], errs[1])
		}
		left := a
		if errs[0] != nil {
			left = b
			errs[1] = errs[0]
		}
		if fault.CodeOf(errs[1]) != "identity.last_admin" {
			t.Fatalf("got %v", errs[1])
		}
		if _, err := h.s.SetActive(h.root(), left, h.version(left), false); fault.CodeOf(err) != "identity.last_admin" {
			t.Fatalf("the last one was deactivated: %v", err)
		}
		if _, err := h.s.SetGrants(h.root(), left, h.version(left), []identity.GrantSpec{grant("admin", identity.ScopeCampus, "east")}); fault.CodeOf(err) != "identity.last_admin" {
			t.Fatalf("the last one was limited: %v", err)
		}
		if _, err := h.s.SetGrants(h.root(), left, h.version(left), []identity.GrantSpec{grant("admin", identity.ScopeAll), grant("agent", identity.ScopeAll)}); err != nil {
			t.Fatalf("the last one may be given more: %v", err)
		}
	})
}

func TestRoles(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.admin("root")
		b := h.signedIn("root")
		b.do("PUT", "/roles/agent", map[string]any{"nameZh": "x", "permissions": []string{"order.read"}, "version": 1}).want(t, "change a built-in one", 409, "identity.builtin")
		b.do("DELETE", "/roles/agent?version=1", nil).want(t, "delete a built-in one", 409, "identity.builtin")
		r := b.do("POST", "/roles", map[string]any{"nameZh": "夜班", "permissions": []string{"asset.read", "person.read", "order.read"}}).want(t, "create", 201)
		path := "/roles/" + r.str("id")
		if r.str("nameEn") != "夜班" || fmt.Sprint(r.json["permissions"]) != "[order.read person.read asset.read]" {
			t.Errorf("created %s", r.body)
		}
		b.do("POST", "/roles", map[string]any{"nameZh": "x", "permissions": []string{"order.fly"}}).want(t, "unknown permission", 422, "bad_value")
		b.do("POST", "/roles", map[string]any{"nameZh": "x", "permissions": []string{}}).want(t, "no permission", 422)
		p := h.person("lilei", identity.Facts{}, nil, grant(r.str("id"), identity.ScopeAll))
		c := h.signedIn("lilei")
		c.do("GET", "/people", nil).want(t, "held", 200)
		b.do("DELETE", path+"?version=1", nil).want(t, "held by someone", 409, "identity.role_used")
		other := h.service() // another replica with a warm cache
		warm := &browser{h: h, url: h.serve(other), cookie: c.cookie}
		warm.do("GET", "/people", nil).want(t, "held there too", 200)
		b.do("PUT", path, map[string]any{"nameZh": "夜班", "permissions": []string{"order.read"}, "version": 1}).want(t, "change", 200)
		c.do("GET", "/people", nil).want(t, "lost with the next request", 403)
		warm.do("GET", "/people", nil).want(t, "lost on the other replica too", 403)
		b.do("PUT", path, map[string]any{"nameZh": "夜班", "permissions": []string{"order.read"}, "version": 1}).want(t, "an old version", 409, "conflict")
		if _, err := h.s.SetGrants(h.root(), p, h.version(p), nil); err != nil {
			t.Fatal(err)
		}
		b.do("DELETE", path+"?version=2", nil).want(t, "delete", 204)
		if n := len(b.do("GET", "/roles", nil).items()); n != len(identity.BuiltinRoles()) {
			t.Errorf("%d roles", n)
		}
		if n := len(c.do("GET", "/permissions", nil).want(t, "permissions", 200).items()); n != len(identity.Permissions()) {
			t.Errorf("%d permissions", n)
		}
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("robot", identity.Facts{DepartmentID: "ward1"}, nil, grant("agent", identity.ScopeAll))
		h.person("other", identity.Facts{}, nil, grant("agent", identity.ScopeAll))
		b, other := h.signedIn("robot"), h.signedIn("other")
		year := day + 365*clock.Day
		make := func(permissions []string, expires int64) answer {
			return b.do("POST", "/auth/tokens", map[string]any{"name": "接口", "permissions": permissions, "expiresAt": expires})
		}
		make([]string{"person.read", "role.write"}, year).want(t, "a permission not held", 422, "identity.beyond")
		make([]string{"person.read"}, year+2*clock.Day).want(t, "more than a year", 422, "bad_value")
		make([]string{"person.read"}, day).want(t, "already over", 422, "bad_value")
		make([]string{}, year).want(t, "nothing", 422)
		a := make([]string{"person.read"}, year).want(t, "make", 201)
		secretOf := func(a answer) string { return a.str("secret") }
		tokenID := a.json["token"].(map[string]any)["id"].(string)
		if s := secretOf(a); len(s) != 35 || s[:3] != "wl_" {
			t.Errorf("secret %q", s)
		}
		program := &browser{h: h, url: h.url, bearer: "Bearer " + secretOf(a)}
		program.do("GET", "/people", nil).want(t, "use", 200)
		program.do("POST", "/people", map[string]any{"name": "x"}).want(t, "what the token does not hold", 403)
		if me := program.do("GET", "/auth/me", nil).want(t, "me", 200); fmt.Sprint(me.json["permissions"]) != "[person.read]" {
			t.Errorf("me %s", me.body)
		}
		// A token must not be able to outlive its own revocation.
		program.do("POST", "/auth/tokens", map[string]any{"name": "x", "permissions": []string{"person.read"}, "expiresAt": year}).want(t, "a token from a token", 403, "identity.session_needed")
		program.do("GET", "/auth/tokens", nil).want(t, "tokens", 403, "identity.session_needed")
		program.do("GET", "/auth/sessions", nil).want(t, "sessions", 403, "identity.session_needed")
		program.do("POST", "/auth/password", map[string]any{"current": secret, "next": "another good one"}).want(t, "password", 403, "identity.session_needed")
		program.do("POST", "/auth/totp/enrol", map[string]any{"password": secret}).want(t, "second factor", 403, "identity.session_needed")

		list := b.do("GET", "/auth/tokens", nil).want(t, "list", 200)
		if items := list.items(); len(items) != 1 || items[0]["usedAt"] != float64(day) || items[0]["hash"] != nil {
			t.Errorf("listed %s", list.body)
		}
		if n := len(other.do("GET", "/auth/tokens", nil).items()); n != 0 {
			t.Errorf("someone else sees %d", n)
		}
		other.do("DELETE", "/auth/tokens/"+tokenID, nil).want(t, "revoke someone else's", 404)
		b.do("DELETE", "/auth/tokens/"+tokenID, nil).want(t, "revoke", 204)
		program.do("GET", "/people", nil).want(t, "revoked", 401, "identity.bad_token")

		short := &browser{h: h, url: h.url, bearer: "bearer " + secretOf(make([]string{"person.read"}, day+clock.Hour).want(t, "make", 201))}
		short.do("GET", "/people", nil).want(t, "before its end", 200)
		h.clock.Advance(clock.Hour)
		short.do("GET", "/people", nil).want(t, "after its end", 401, "identity.bad_token")

		// What the person loses, the token loses.
		again := &browser{h: h, url: h.url, bearer: "Bearer " + secretOf(make([]string{"person.read"}, year).want(t, "make", 201))}
		again.do("GET", "/people", nil).want(t, "use", 200)
		p, err := h.s.FindByLogin(t.Context(), "robot")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.SetGrants(h.root(), p.ID, h.version(p.ID), []identity.GrantSpec{grant("reporter", identity.ScopeAll)}); err != nil {
			t.Fatal(err)
		}
		again.do("GET", "/people", nil).want(t, "lost", 403)
	})
}

func TestResetRevokesTokensWhenAsked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person("robot", identity.Facts{}, nil, grant("agent", identity.ScopeAll))
		b := h.signedIn("robot")
		a := b.do("POST", "/auth/tokens", map[string]any{"name": "x", "permissions": []string{"person.read"}, "expiresAt": day + clock.Day}).want(t, "make", 201)
		program := &browser{h: h, url: h.url, bearer: "Bearer " + a.str("secret")}
		if _, err := h.s.ResetPassword(h.root(), p, identity.Reset{}); err != nil {
			t.Fatal(err)
		}
		b.do("GET", "/auth/me", nil).want(t, "session", 401)
		program.do("GET", "/people", nil).want(t, "token", 200)
		if _, err := h.s.ResetPassword(h.root(), p, identity.Reset{Tokens: true}); err != nil {
			t.Fatal(err)
		}
		program.do("GET", "/people", nil).want(t, "token", 401)
		if _, err := h.s.ResetPassword(h.as(p), p, identity.Reset{}); fault.CodeOf(err) != "identity.self" {
			t.Errorf("oneself: %v", err)
		}
	})
}

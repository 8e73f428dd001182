package identity_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
)

func TestPeopleSearch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.admin("root")
		h.person("zhang.w", identity.Facts{Name: "张伟", StaffNo: "A1001", Phone: "13800138000", DepartmentID: "ward1"}, []identity.Membership{{TeamID: "it"}})
		h.person("zengl", identity.Facts{Name: "曾丽", StaffNo: "A1002", DepartmentID: "ward2"}, nil)
		h.person("anna", identity.Facts{Name: "Anna 5%_ Smith"}, nil)
		b := h.signedIn("root")
		names := func(path string) string {
			var out []string
			for _, p := range b.do("GET", path, nil).want(t, path, 200).items() {
				out = append(out, p["name"].(string))
			}
			return strings.Join(out, " ")
		}
		for q, want := range map[string]string{
			"张": "张伟", "伟": "张伟", "zhangw": "张伟", "zw": "张伟", "ZENG": "曾丽", "cengli": "曾丽", // a heteronym by either reading
			"1001": "张伟", "a100": "曾丽 张伟", "138001": "张伟", "zhang.w": "张伟", "zhang 1001": "张伟", "smith": "Anna 5%_ Smith",
			"%": "Anna 5%_ Smith", "_": "Anna 5%_ Smith", "a%n": "", "'; DROP TABLE person": "", `\`: "",
		} {
			if got := names("/people?q=" + url.QueryEscape(q)); got != want {
				t.Errorf("%q finds %q, want %q", q, got, want)
			}
		}
		if got := names("/people?active=true&departmentId=ward2"); got != "曾丽" {
			t.Errorf("of ward2: %q", got)
		}
		if got := names("/people?teamId=it"); got != "张伟" {
			t.Errorf("of the team: %q", got)
		}
		if got := names("/people?roleId=admin"); got != "某人" {
			t.Errorf("with the role: %q", got)
		}
		b.do("GET", "/people?active=maybe", nil).want(t, "bad value", 422)
		// The picker knows people by name only, and tells no number.
		if got := names("/people/picker?q=zw"); got != "张伟" {
			t.Errorf("picked %q", got)
		}
		for _, q := range []string{"1001", "13800138000", "zhang.w"} {
			if got := names("/people/picker?q=" + q); got != "" {
				t.Errorf("the picker answers %s with %q", q, got)
			}
		}
		if a := b.do("GET", "/people/picker?q=zw", nil); strings.Contains(a.body, "1380") || strings.Contains(a.body, "1001") || strings.Contains(a.body, "zhang") {
			t.Errorf("the picker tells %s", a.body)
		}
	})
}

func TestPeoplePages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.admin("root")
		var want []string
		for i := range 23 { // many of the same name
			want = append(want, h.person(fmt.Sprint("p", i, "x"), identity.Facts{Name: []string{"王芳", "李娜", "Zoe"}[i%3], DepartmentID: "d"}, nil))
		}
		b := h.signedIn("root")
		var got, sorted []string
		for path, cursor := "/people?departmentId=d&limit=4", ""; ; {
			a := b.do("GET", path+"&cursor="+url.QueryEscape(cursor), nil).want(t, "page", 200)
			for _, p := range a.items() {
				got = append(got, p["id"].(string))
				sorted = append(sorted, p["name"].(string))
			}
			if cursor = a.str("nextCursor"); cursor == "" {
				break
			}
		}
		if !slices.IsSortedFunc(sorted, func(a, b string) int {
			order := map[string]int{"李娜": 0, "王芳": 1, "Zoe": 2}
			return order[a] - order[b]
		}) {
			t.Errorf("not in the order of pinyin: %v", sorted)
		}
		sort.Strings(got)
		sort.Strings(want)
		if !slices.Equal(got, want) {
			t.Errorf("the pages hold %d people, want %d", len(got), len(want))
		}
	})
}

func TestEditPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.admin("root")
		b := h.signedIn("root")
		a := b.do("POST", "/people", map[string]any{"name": "李雷", "login": "LiLei", "staffNo": "a7", "departmentId": "ward1",
			"teams": []any{map[string]any{"teamId": "it", "lead": false}}}).want(t, "create", 201)
		p := "/people/" + a.str("id")
		if a.str("login") != "lilei" || a.str("staffNo") != "A7" || !strings.Contains(a.body, `"teamId":"it"`) {
			t.Errorf("created %s", a.body)
		}
		if g := b.do("GET", p+"/grants", nil).want(t, "grants", 200); !strings.Contains(g.body, `{"roleId":"reporter","scopeKind":"own"}`) {
			t.Errorf("a new person holds %s", g.body)
		}
		b.do("POST", "/people", map[string]any{"name": "别人", "login": "lilei"}).want(t, "same login", 422, "identity.login_taken")
		b.do("POST", "/people", map[string]any{"name": "别人", "login": "a7"}).want(t, "a login that is another's number", 422, "identity.login_taken")
		b.do("POST", "/people", map[string]any{"name": "别人", "staffNo": "LILEI"}).want(t, "a number that is another's login", 422, "identity.login_taken")
		b.do("POST", "/people", map[string]any{"name": "别人", "departmentId": "no-such"}).want(t, "unknown department", 422, "unknown_reference")
		b.do("POST", "/people", map[string]any{"name": "别人", "teams": []any{map[string]any{"teamId": "no-such", "lead": true}}}).want(t, "unknown team", 422, "unknown_reference")
		b.do("POST", "/people", map[string]any{"name": ""}).want(t, "no name", 422)
		b.do("POST", "/people", map[string]any{"name": "别人", "password": "x"}).want(t, "unknown field", 422, "unknown_field")

		b.do("PUT", p, map[string]any{"version": 1, "name": "李蕾", "staffNo": "A7"}).want(t, "update", 200)
		b.do("PUT", p, map[string]any{"version": 1, "name": "李磊"}).want(t, "an old version", 409, "conflict")
		b.do("PUT", p+"/teams", map[string]any{"version": 1, "teams": []any{}}).want(t, "teams of an old version", 409, "conflict")
		b.do("PUT", p+"/teams", map[string]any{"version": 2, "teams": []any{map[string]any{"teamId": "repair", "lead": true}, map[string]any{"teamId": "repair", "lead": false}}}).want(t, "teams", 200)
		got := b.do("GET", p, nil).want(t, "get", 200)
		if got.str("name") != "李蕾" || got.str("login") != "" || got.str("departmentId") != "" || got.json["version"] != 3.0 ||
			!strings.Contains(got.body, `"teams":[{"teamId":"repair","lead":true}]`) || !strings.Contains(got.body, `"hasPassword":false`) {
			t.Errorf("got %s", got.body)
		}
		b.do("GET", "/people/no-such-person", nil).want(t, "nobody", 404)
		if a := b.do("GET", "/people/%00", nil); a.status != 404 && a.status != 422 { // PostgreSQL takes no such text
			t.Errorf("no id at all: %d %s", a.status, a.body)
		}
		entries, _, err := h.trail.List(t.Context(), auditFilter("identity.person.save"), 10, "")
		if err != nil || len(entries) != 1 || fmt.Sprint(entries[0].Detail["name"]) != "[李雷 李蕾]" {
			t.Errorf("trail %+v %v", entries, err)
		}
		err = h.db.Read(t.Context(), func(tx *db.Tx) error {
			n, err := db.One[int64](t.Context(), tx, "SELECT count(*) FROM event_log WHERE topic = 'identity.person' AND subject = $1", a.str("id"))
			if n != 3 {
				t.Errorf("%d events for three changes", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestDeactivatedIsOutAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		root := h.admin("root")
		p := h.person("lilei", identity.Facts{}, nil, grant("agent", identity.ScopeAll))
		admin, b := h.signedIn("root"), h.signedIn("lilei")
		token := b.do("POST", "/auth/tokens", map[string]any{"name": "t", "permissions": []string{"person.read"}, "expiresAt": day + 1_000_000_000}).want(t, "token", 201)
		program := &browser{h: h, url: h.url, bearer: "Bearer " + token.str("secret")}
		program.do("GET", "/people", nil).want(t, "token", 200)
		admin.do("POST", "/people/"+p+"/deactivate", map[string]any{"version": 1}).want(t, "deactivate", 200)
		b.do("GET", "/people", nil).want(t, "session", 401)
		program.do("GET", "/people", nil).want(t, "token", 401, "identity.bad_token")
		h.browser().login("lilei", secret).want(t, "sign in", 401, "identity.bad_login")
		if _, err := h.s.ActorOf(t.Context(), p); fault.CodeOf(err) != "not_found" {
			t.Errorf("actor: %v", err)
		}
		admin.do("POST", "/people/"+p+"/reset-password", map[string]any{}).want(t, "reset", 409, "identity.inactive")
		admin.do("POST", "/people/"+root+"/deactivate", map[string]any{"version": 1}).want(t, "oneself", 409, "identity.self")
		admin.do("POST", "/people/"+p+"/activate", map[string]any{"version": 2}).want(t, "activate", 200)
		b.do("GET", "/people", nil).want(t, "the old session stays ended", 401)
		program.do("GET", "/people", nil).want(t, "the old token stays revoked", 401)
		h.signedIn("lilei")
	})
}

// A list shows exactly the people whose keys the scope matches, for any scope.
func TestScopeSelectsWhatItMatches(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var all []*identity.Person
		pick := func(i, n int, prefix string) string {
			if i%n == 0 {
				return ""
			}
			return fmt.Sprint(prefix, i%n)
		}
		for i := range 60 {
			var teams []identity.Membership
			for j := range i % 3 {
				teams = append(teams, identity.Membership{TeamID: fmt.Sprint("t", (i+j)%4)})
			}
			id := h.person(fmt.Sprint("login", i), identity.Facts{CampusID: pick(i, 3, "c"), DepartmentID: pick(i/2, 5, "d"), VendorID: pick(i/5, 4, "v")}, teams)
			p, _, err := h.s.Get(h.root(), id)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
		ids := map[identity.ScopeKind][]string{identity.ScopeAll: {""}, identity.ScopeCampus: {"", "c1", "c2"}, identity.ScopeDepartment: {"", "d1", "d2", "d4", "d9"},
			identity.ScopeTeam: {"", "t0", "t3"}, identity.ScopeVendor: {"", "v1", "v3"}, identity.ScopeOwn: {all[0].ID, all[17].ID, "nobody"}}
		kinds := []identity.ScopeKind{identity.ScopeCampus, identity.ScopeDepartment, identity.ScopeTeam, identity.ScopeVendor, identity.ScopeOwn, identity.ScopeAll}
		rapid.Check(t, func(r *rapid.T) {
			var grants []identity.Grant
			for range rapid.IntRange(0, 3).Draw(r, "grants") {
				kind := rapid.SampledFrom(kinds).Draw(r, "kind")
				grants = append(grants, identity.Grant{Kind: kind, Permissions: []identity.Permission{identity.PersonRead},
					IDs: rapid.SliceOfN(rapid.SampledFrom(ids[kind]), 1, 3).Draw(r, "ids")})
			}
			me := rapid.SampledFrom(append([]string{"someone else"}, all[3].ID, all[40].ID)).Draw(r, "me")
			actor := identity.NewActor(identity.Actor{PersonID: me}, grants, nil)
			scope := actor.Scope(identity.PersonRead)
			var want []string
			for _, p := range all {
				if scope.Match(p.Keys()) {
					want = append(want, p.ID)
				}
			}
			slices.Sort(want)
			list, _, err := h.s.List(identity.With(t.Context(), actor), identity.PeopleFilter{}, 200, "")
			if scope.None() {
				if fault.CodeOf(err) != "forbidden" {
					r.Fatalf("nothing held, and yet %d people, %v", len(list), err)
				}
			} else if err != nil {
				r.Fatal(err)
			}
			var got []string
			for _, p := range list {
				got = append(got, p.ID)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				r.Fatalf("grants %+v: listed %d, matched %d", grants, len(got), len(want))
			}
			cond, args := identity.PersonInScope(scope)
			var n int64
			if err := h.db.Read(t.Context(), func(tx *db.Tx) (err error) {
				n, err = db.One[int64](t.Context(), tx, "SELECT count(*) FROM person WHERE "+cond, args...)
				return err
			}); err != nil || n != int64(len(want)) {
				r.Fatalf("counted %d, matched %d, %v", n, len(want), err)
			}
		})
	})
}

func TestPickerShowsColleagues(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		me := h.person("me.too", identity.Facts{Name: "我", DepartmentID: "ward1"}, []identity.Membership{{TeamID: "it"}})
		h.person("same.ward", identity.Facts{Name: "同科", DepartmentID: "ward1"}, nil)
		h.person("same.team", identity.Facts{Name: "同组", DepartmentID: "ward2"}, []identity.Membership{{TeamID: "it"}})
		h.person("stranger", identity.Facts{Name: "外人", DepartmentID: "ward2"}, nil)
		h.person("homeless", identity.Facts{Name: "无科"}, nil)
		gone := h.person("gone", identity.Facts{Name: "走了", DepartmentID: "ward1"}, nil)
		if _, err := h.s.SetActive(h.root(), gone, 1, false); err != nil {
			t.Fatal(err)
		}
		names := func(ctx context.Context) string {
			list, _, err := h.s.Pick(ctx, identity.PeopleFilter{}, 50, "")
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, p := range list {
				out = append(out, p.Name)
			}
			return strings.Join(out, " ")
		}
		if got := names(h.as(me)); got != "同科 同组 我" {
			t.Errorf("picked %q", got)
		}
		if got := names(h.root()); !strings.Contains(got, "外人") || strings.Contains(got, "走了") {
			t.Errorf("of all: %q", got)
		}
		h.browser().do("GET", "/people/picker", nil).want(t, "not signed in", 401)
		// Someone without person.read sees no list, and nobody outside the scope exists.
		b := h.signedIn("me.too")
		b.do("GET", "/people", nil).want(t, "list", 403, "forbidden")
	})
}

func TestPeopleOutsideTheScopeDoNotExist(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		reader := h.role(identity.PersonRead, identity.PersonWrite, identity.RoleWrite)
		h.person("chief", identity.Facts{DepartmentID: "surgery"}, nil, grant(reader, identity.ScopeDepartment))
		in := h.person("inside", identity.Facts{Name: "在内", DepartmentID: "ward2"}, nil)
		out := h.person("outside", identity.Facts{Name: "在外", DepartmentID: "ward9"}, nil)
		b := h.signedIn("chief")
		b.do("GET", "/people/"+in, nil).want(t, "below the own department", 200)
		nobody := b.do("GET", "/people/nobody", nil).want(t, "unknown", 404)
		for _, c := range []struct {
			method, path string
			body         any
		}{
			{"GET", "", nil}, {"GET", "/grants", nil},
			{"PUT", "", map[string]any{"version": 1, "name": "x"}},
			{"PUT", "/teams", map[string]any{"version": 1, "teams": []any{}}},
			{"PUT", "/grants", map[string]any{"version": 1, "grants": []any{}}},
			{"POST", "/deactivate", map[string]any{"version": 1}},
			{"POST", "/reset-password", map[string]any{}},
		} {
			a := b.do(c.method, "/people/"+out+c.path, c.body).want(t, c.method+c.path, 404)
			if a.str("title") != nobody.str("title") {
				t.Errorf("%s %s tells more: %s", c.method, c.path, a.body)
			}
		}
		if list := b.do("GET", "/people", nil).items(); len(list) != 2 {
			t.Errorf("listed %d", len(list))
		}
		// When the tree changes, so does what is below, at the latest after Forget.
		h.below["surgery"] = []string{"ward9"}
		h.s.Forget()
		b.do("GET", "/people/"+out, nil).want(t, "now below", 200)
		b.do("GET", "/people/"+in, nil).want(t, "no longer below", 404)
	})
}

func TestHelpersForOtherDomains(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.person("aa", identity.Facts{Name: "甲", Title: "工程师", StaffNo: "x1", Phone: "8001"}, []identity.Membership{{TeamID: "it"}})
		b := h.person("bb", identity.Facts{Name: "乙", StaffNo: "x2"}, []identity.Membership{{TeamID: "it", Lead: true}})
		c := h.person("cc", identity.Facts{Name: "丙"}, []identity.Membership{{TeamID: "it"}})
		if _, err := h.s.SetActive(h.root(), c, 1, false); err != nil {
			t.Fatal(err)
		}
		err := h.db.Read(t.Context(), func(tx *db.Tx) error {
			people, err := h.s.People(t.Context(), tx, []string{a, c, "nobody"})
			if err != nil || len(people) != 2 || people[a].Name != "甲" || people[a].Title != "工程师" || people[c].Name != "丙" {
				t.Errorf("people %v %v", people, err)
			}
			team, err := h.s.TeamMembers(t.Context(), tx, "it")
			if err != nil || len(team) != 2 || team[0].ID != b || !team[0].Lead || team[1].Phone != "8001" {
				t.Errorf("team %v %v", team, err)
			}
			ids, err := h.s.FindByStaffNo(t.Context(), tx, []string{"X1", " x2", "", "x3"})
			if err != nil || len(ids) != 2 || ids["X1"] != a || ids["X2"] != b {
				t.Errorf("by number %v %v", ids, err)
			}
			p, err := h.s.PersonIn(t.Context(), tx, b)
			if err != nil || p.Name != "乙" || len(p.Teams) != 1 {
				t.Errorf("person %v %v", p, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := h.s.FindByLogin(t.Context(), "X2"); err != nil || p == nil || p.ID != b {
			t.Errorf("by login %v %v", p, err)
		}
		if p, err := h.s.FindByLogin(t.Context(), "cc"); err != nil || p != nil {
			t.Errorf("by the login of someone gone %v %v", p, err)
		}
	})
}

func TestBootstrap(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		replicas := []*identity.Service{h.s, h.service(), h.service()}
		passwords := make([]string, len(replicas))
		var wg sync.WaitGroup
		for i, s := range replicas { // they may start at the same moment
			wg.Go(func() {
				err := s.EnsureBuiltin(t.Context())
				if err == nil {
					passwords[i], err = s.Bootstrap(t.Context(), "admin")
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		slices.Sort(passwords)
		if passwords[0] != "" || passwords[1] != "" || passwords[2] == "" {
			t.Fatalf("made %q", passwords)
		}
		if again, err := h.s.Bootstrap(t.Context(), "admin2"); again != "" || err != nil {
			t.Fatalf("a second administrator: %q %v", again, err)
		}
		b := h.browser()
		if a := b.login("admin", passwords[2]).want(t, "sign in", 200); a.str("stage") != "password" {
			t.Errorf("stage %q", a.str("stage"))
		}
		b.do("POST", "/auth/password", map[string]any{"current": passwords[2], "next": secret}).want(t, "password", 200)
		b.do("GET", "/roles", nil).want(t, "roles", 200)
	})
}

func TestBuiltinRolesFollowTheProgram(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.person("lilei", identity.Facts{}, nil, grant("auditor", identity.ScopeAll))
		before := h.version(id)
		if err := h.s.EnsureBuiltin(t.Context()); err != nil || h.version(id) != before {
			t.Fatalf("nothing changed, and yet the version did: %v", err)
		}
		err := h.db.Write(t.Context(), func(tx *db.Tx) error { // as an older program left it
			_, err := db.Exec(t.Context(), tx, `UPDATE role SET permissions = '["org.read"]' WHERE id = 'auditor'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		h.s.Forget()
		if a := identity.Of(h.as(id)); a.Can(identity.AuditRead) || !a.Can(identity.OrgRead) {
			t.Fatalf("held %v", a.Held())
		}
		if err := h.s.EnsureBuiltin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a := identity.Of(h.as(id)); !a.Can(identity.AuditRead) {
			t.Fatalf("held %v", a.Held())
		}
	})
}

func TestImportIsAllOrNothing(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	h := newHouse(t, d)
	err := d.Write(h.root(), func(tx *db.Tx) error {
		_, err := h.s.Import(h.root(), tx, []identity.NewPerson{{Facts: identity.Facts{Name: "甲", Login: "aa"}}, {Facts: identity.Facts{Name: "乙", Login: "aa"}}})
		return err
	})
	if fault.CodeOf(err) != "duplicate" {
		t.Fatalf("got %v", err)
	}
	if p, _ := h.s.FindByLogin(t.Context(), "aa"); p != nil {
		t.Fatal("half of it was kept")
	}
	limited := h.person("limited", identity.Facts{}, nil, grant(h.role(identity.PersonWrite, identity.RoleWrite), identity.ScopeAll))
	ctx := h.as(limited)
	err = d.Write(ctx, func(tx *db.Tx) error {
		_, err := h.s.Import(ctx, tx, []identity.NewPerson{{Facts: identity.Facts{Name: "丙"}, Grants: []identity.GrantSpec{grant("admin", identity.ScopeAll)}}})
		return err
	})
	if fault.CodeOf(err) != "identity.beyond" {
		t.Fatalf("got %v", err)
	}
}

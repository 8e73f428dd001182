package identity_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

func TestSignInByLoginAndStaffNo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("lilei", identity.Facts{Name: "李雷", StaffNo: "A0012", DepartmentID: "ward1"},
			[]identity.Membership{{TeamID: "it", Lead: true}}, grant("engineer", identity.ScopeTeam))
		for _, name := range []string{"lilei", " LiLei", "ａ0012", "A0012"} {
			h.browser().login(name, secret).want(t, "as "+name, 200)
		}
		b := h.browser()
		b.do("GET", "/auth/me", nil).want(t, "me without a session", 401, "unauthorized")
		b.login("lilei", secret).want(t, "sign in", 200)
		if !strings.Contains(b.raw, "HttpOnly") || !strings.Contains(b.raw, "SameSite=Lax") || strings.Contains(b.raw, "Max-Age") || strings.Contains(b.raw, "Secure") {
			t.Errorf("the cookie is %s", b.raw)
		}
		me := b.do("GET", "/auth/me", nil).want(t, "me", 200)
		if me.str("name") != "李雷" || me.str("staffNo") != "A0012" || me.str("departmentId") != "ward1" || me.str("stage") != "" ||
			!strings.Contains(me.body, `"order.work"`) || strings.Contains(me.body, `"role.write"`) || !strings.Contains(me.body, `{"teamId":"it","lead":true}`) {
			t.Errorf("me is %s", me.body)
		}
		b.do("PUT", "/auth/language", map[string]any{"language": "en"}).want(t, "language", 204)
		if got := b.do("GET", "/auth/me", nil).str("language"); got != "en" {
			t.Errorf("language is %q", got)
		}
		b.do("PUT", "/auth/language", map[string]any{"language": "fr"}).want(t, "unknown language", 422)
		b.do("PUT", "/auth/language", map[string]any{"language": ""}).want(t, "the browser's language", 204)
		if got := b.do("GET", "/auth/me", nil).str("language"); got != "" {
			t.Errorf("language is %q", got)
		}
		old := *b
		b.do("POST", "/auth/logout", nil).want(t, "sign out", 204)
		if b.cookie != "" {
			t.Error("the cookie was not taken away")
		}
		old.do("GET", "/auth/me", nil).want(t, "with the old cookie", 401)
	})
}

func TestCookieIsSecureBehindTLS(t *testing.T) {
	h := newHouse(t, dbtest.Open(t, db.SQLite))
	h.person("lilei", identity.Facts{}, nil)
	s := identity.New(identity.Deps{DB: h.db, Clock: h.clock, Trail: h.trail, BaseURL: "https://wardline.example"})
	b := &browser{h: h, url: h.serve(s)}
	b.do("POST", "/auth/login", map[string]any{"login": "lilei", "password": secret, "keep": true}).want(t, "sign in", 200)
	if !strings.Contains(b.raw, "Secure") || !strings.Contains(b.raw, "Max-Age") {
		t.Errorf("the cookie is %s", b.raw)
	}
}

// Whatever is wrong, the answer is the same, and so is the work done for it.
func TestAccountsCannotBeEnumerated(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("known", identity.Facts{}, nil)
		gone := h.person("gone", identity.Facts{}, nil)
		if _, err := h.s.SetActive(h.root(), gone, 1, false); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Create(h.root(), identity.Facts{Name: "无密码", Login: "nopass"}, nil); err != nil {
			t.Fatal(err)
		}
		first := ""
		for _, name := range []string{"known", "unknown", "gone", "nopass", "never\x00seen", "不存在"} {
			password := "wrong " + secret
			if name != "known" {
				password = secret // right for some, and yet
			}
			before := h.s.HashRuns()
			a := h.browser().login(name, password).want(t, name, 401, "identity.bad_login")
			if n := h.s.HashRuns() - before; n != 1 {
				t.Errorf("%s cost %d hashes", name, n)
			}
			body := a.body[:strings.Index(a.body, `"reference"`)]
			if first == "" {
				first = body
			}
			if body != first {
				t.Errorf("%s is told %s, others %s", name, body, first)
			}
		}
		// Nothing that was typed is kept, in case it was a password.
		entries, _, err := h.trail.List(t.Context(), auditFilter("identity.sign_in.fail"), 100, "")
		if err != nil || len(entries) != 6 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		for _, e := range entries {
			if e.SubjectID == "unknown" || len(e.Detail) != 1 || e.Detail["step"] != "password" || e.IP == "" {
				t.Errorf("entry %+v", e)
			}
		}
	})
}

func TestLockOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("known", identity.Facts{}, nil)
		h.person("other", identity.Facts{}, nil)
		for _, name := range []string{"known", "unknown"} {
			for range 5 {
				h.browser().login(name, "wrong password").want(t, name, 401, "identity.bad_login")
			}
			before := h.s.HashRuns()
			a := h.browser().login(name, secret).want(t, name+" after five", 429, "identity.locked")
			if s := a.json["params"].(map[string]any)["seconds"]; s != 10.0 {
				t.Errorf("%s waits %v s", name, s)
			}
			if h.s.HashRuns() != before {
				t.Error("a refused try was worked on")
			}
		}
		h.signedIn("other")
		h.clock.Advance(10 * clock.Second)
		h.browser().login("known", "wrong password").want(t, "one more", 401)
		h.clock.Advance(10 * clock.Second)
		h.browser().login("known", secret).want(t, "the wait has grown", 429)
		h.clock.Advance(10 * clock.Second)
		h.browser().login("known", secret).want(t, "after the wait", 200)
		h.browser().login("known", "wrong password").want(t, "a success starts afresh", 401)
		h.signedIn("known")
	})
}

// Tries made at the same moment must not all pass the counter before one is counted.
func TestLockOutUnderParallelTries(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("known", identity.Facts{}, nil)
		before := h.s.HashRuns()
		var wg sync.WaitGroup
		for range 25 {
			wg.Go(func() { h.browser().login("known", "wrong password") })
		}
		wg.Wait()
		if n := h.s.HashRuns() - before; n != 5 {
			t.Fatalf("%d passwords were tried", n)
		}
	})
}

func TestOneAddressCannotTryManyNames(t *testing.T) {
	h := newHouse(t, dbtest.Open(t, db.SQLite))
	h.person("mine", identity.Facts{}, nil)
	refused := 0
	for range 60 {
		// An own account in between must not buy more tries.
		if refused == 0 {
			h.browser().login("mine", secret)
		}
		if h.browser().login("n"+id.New(), "wrong password").status == 429 {
			refused++
		}
	}
	if refused != 10 {
		t.Fatalf("%d of 60 names were refused", refused)
	}
	h.clock.Advance(10 * clock.Minute)
	h.signedIn("mine")
}

func TestSessionIDIsRenewed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("victim", identity.Facts{}, nil)
		// A cookie planted before the sign-in is worth nothing after it.
		b := h.browser()
		b.cookie = strings.Repeat("a", 32)
		b.login("victim", secret).want(t, "sign in", 200)
		if b.cookie == strings.Repeat("a", 32) {
			t.Fatal("the planted id was kept")
		}
		planted := h.browser()
		planted.cookie = strings.Repeat("a", 32)
		planted.do("GET", "/auth/me", nil).want(t, "the planted id", 401)
		// The same with an attacker's own live session in the victim's browser.
		attacker := h.signedIn("victim")
		b = &browser{h: h, url: h.url, cookie: attacker.cookie}
		b.login("victim", secret).want(t, "sign in over a session", 200)
		if b.cookie == attacker.cookie {
			t.Fatal("the id was not renewed")
		}
		attacker.do("GET", "/auth/me", nil).want(t, "the session signed in over", 401)
	})
}

func TestSecretsAreStoredHashed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("lilei", identity.Facts{}, nil)
		b := h.signedIn("lilei")
		err := h.db.Read(t.Context(), func(tx *db.Tx) error {
			ids, err := db.All[string](t.Context(), tx, "SELECT id FROM session")
			if len(ids) != 1 || ids[0] == b.cookie || ids[0] != id.Hash(b.cookie) {
				t.Errorf("stored %v", ids)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("lilei", identity.Facts{}, nil)
		short, kept := h.signedIn("lilei"), h.browser()
		kept.do("POST", "/auth/login", map[string]any{"login": "lilei", "password": secret, "keep": true}).want(t, "keep", 200)
		for range 3 { // every request starts the idle time anew
			h.clock.Advance(11 * clock.Hour)
			short.do("GET", "/auth/me", nil).want(t, "within the idle time", 200)
		}
		h.clock.Advance(12 * clock.Hour)
		short.do("GET", "/auth/me", nil).want(t, "idle for 12 hours", 401)
		short.do("POST", "/auth/logout", nil).want(t, "an expired cookie is no error", 204)
		h.clock.Advance(28 * clock.Day)
		kept.do("GET", "/auth/me", nil).want(t, "kept", 200)
		h.clock.Advance(30 * clock.Day)
		kept.do("GET", "/auth/me", nil).want(t, "kept, idle for 30 days", 401)
		n, err := h.s.Sweep(t.Context())
		if err != nil || n < 2 {
			t.Errorf("%d rows swept, %v", n, err)
		}
	})
}

func TestOwnSessions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("lilei", identity.Facts{}, nil)
		h.person("hanmei", identity.Facts{}, nil)
		a, b, c, other := h.signedIn("lilei"), h.signedIn("lilei"), h.signedIn("lilei"), h.signedIn("hanmei")
		list := a.do("GET", "/auth/sessions", nil).want(t, "list", 200).items()
		if len(list) != 3 {
			t.Fatalf("%d sessions", len(list))
		}
		current := 0
		for _, s := range list {
			if s["current"] == true {
				current++
				if s["id"] != id.Hash(a.cookie) {
					t.Error("the wrong one is current")
				}
			}
		}
		if current != 1 {
			t.Errorf("%d are current", current)
		}
		other.do("DELETE", "/auth/sessions/"+id.Hash(b.cookie), nil).want(t, "end someone else's", 404)
		b.do("GET", "/auth/me", nil).want(t, "not ended by others", 200)
		a.do("DELETE", "/auth/sessions/"+id.Hash(b.cookie), nil).want(t, "end one", 204)
		b.do("GET", "/auth/me", nil).want(t, "ended", 401)
		a.do("DELETE", "/auth/sessions", nil).want(t, "end all others", 204)
		c.do("GET", "/auth/me", nil).want(t, "ended with all others", 401)
		a.do("GET", "/auth/me", nil).want(t, "the own one", 200)
		other.do("GET", "/auth/me", nil).want(t, "someone else's", 200)
	})
}

func TestFirstPassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.admin("root")
		admin := h.signedIn("root")
		made := admin.do("POST", "/people", map[string]any{"name": "韩梅梅", "staffNo": "2001"}).want(t, "create", 201)
		admin.do("POST", "/people/"+made.str("id")+"/reset-password", map[string]any{}).want(t, "reset", 200)
		// A second reset makes the first password void.
		first := admin.do("POST", "/people/"+made.str("id")+"/reset-password", map[string]any{}).want(t, "reset again", 200).str("password")
		b := h.browser()
		if a := b.login("2001", first).want(t, "sign in", 200); a.str("stage") != "password" {
			t.Fatalf("stage is %q", a.str("stage"))
		}
		staged := *b
		b.do("GET", "/people/picker", nil).want(t, "before the new password", 403, "identity.password_due")
		b.do("GET", "/auth/sessions", nil).want(t, "before the new password", 403, "identity.password_due")
		if me := b.do("GET", "/auth/me", nil).want(t, "me", 200); me.str("stage") != "password" || me.json["mustChangePassword"] != true || len(me.json["permissions"].([]any)) != 0 {
			t.Errorf("me is %s", me.body)
		}
		change := func(current, next string) answer {
			return b.do("POST", "/auth/password", map[string]any{"current": current, "next": next})
		}
		change("wrong", secret).want(t, "wrong one-time password", 422, "identity.wrong_password")
		change(first, first).want(t, "the same", 422, "identity.password_same")
		change(first, "hanmeimei-77").want(t, "the own name", 422, "identity.password_own")
		change(first, secret).want(t, "new password", 200)
		if b.cookie == staged.cookie {
			t.Error("the id was not renewed")
		}
		staged.do("GET", "/auth/me", nil).want(t, "the half-done session", 401)
		b.do("GET", "/people/picker", nil).want(t, "after the new password", 200)
		h.browser().login("2001", first).want(t, "the one-time password", 401)
		if a := h.browser().login("2001", secret).want(t, "the new password", 200); a.str("stage") != "" {
			t.Errorf("stage is %q", a.str("stage"))
		}
	})
}

func TestOneTimePasswordExpires(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person("lilei", identity.Facts{}, nil)
		password, err := h.s.ResetPassword(h.root(), p, identity.Reset{})
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(7 * clock.Day)
		h.browser().login("lilei", password).want(t, "a week later", 401, "identity.password_over")
		h.browser().login("lilei", "wrong password").want(t, "only who knows it is told", 401, "identity.bad_login")
	})
}

func TestPasswordChangeEndsOtherSessions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("lilei", identity.Facts{}, nil)
		a, b := h.signedIn("lilei"), h.signedIn("lilei")
		a.do("POST", "/auth/password", map[string]any{"current": secret, "next": "another good one"}).want(t, "change", 200)
		b.do("GET", "/auth/me", nil).want(t, "the other session", 401)
		a.do("GET", "/auth/me", nil).want(t, "the own session", 200)
		// Guessing the password at a borrowed screen is locked like a sign-in.
		for range 5 {
			a.do("POST", "/auth/password", map[string]any{"current": "guess", "next": "whatever comes"}).want(t, "guess", 422)
		}
		a.do("POST", "/auth/password", map[string]any{"current": "another good one", "next": "whatever comes"}).want(t, "after five", 429)
	})
}

func TestSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("lilei", identity.Facts{}, nil)
		b, other := h.signedIn("lilei"), h.signedIn("lilei")
		b.do("POST", "/auth/totp/confirm", map[string]any{"code": "000000"}).want(t, "confirm without a secret", 422, "identity.bad_code")
		b.do("POST", "/auth/totp/enrol", map[string]any{"password": "wrong"}).want(t, "wrong password", 422, "identity.wrong_password")
		e := b.do("POST", "/auth/totp/enrol", map[string]any{"password": secret}).want(t, "enrol", 200)
		if !strings.HasPrefix(e.str("uri"), "otpauth://totp/Wardline:lilei?") || !strings.HasPrefix(e.str("qr"), "data:image/png;base64,iVBOR") {
			t.Errorf("enrolment %s", e.body)
		}
		h.signedIn("lilei") // not yet in force
		totp := e.str("secret")
		code := identity.CodeAt(totp, h.clock.Now())
		rec := b.do("POST", "/auth/totp/confirm", map[string]any{"code": code}).want(t, "confirm", 200)
		codes := rec.json["recoveryCodes"].([]any)
		if len(codes) != 10 {
			t.Fatalf("%d recovery codes", len(codes))
		}
		other.do("GET", "/auth/me", nil).want(t, "other sessions end", 401)
		b.do("POST", "/auth/totp/enrol", map[string]any{"password": secret}).want(t, "enrol again", 409, "identity.totp_on")

		half := func() *browser {
			x := h.browser()
			if a := x.login("lilei", secret).want(t, "password", 200); a.str("stage") != "totp" {
				t.Fatalf("stage is %q", a.str("stage"))
			}
			return x
		}
		give := func(x *browser, code string) answer {
			return x.do("POST", "/auth/login/code", map[string]any{"code": code})
		}
		x := half()
		x.do("GET", "/people/picker", nil).want(t, "half signed in", 401, "identity.totp_due")
		if me := x.do("GET", "/auth/me", nil).want(t, "me", 200); me.str("stage") != "totp" || me.str("name") != "" {
			t.Errorf("before the code me is %s", me.body)
		}
		x.do("POST", "/auth/password", map[string]any{"current": secret, "next": "another good one"}).want(t, "password before the code", 401)
		give(x, code).want(t, "the code of the confirmation once more", 422, "identity.bad_code")
		h.clock.Advance(30 * clock.Second)
		code = identity.CodeAt(totp, h.clock.Now())
		before := *x
		give(x, code).want(t, "code", 200)
		if x.cookie == before.cookie {
			t.Error("the id was not renewed")
		}
		before.do("GET", "/auth/me", nil).want(t, "the half-done session", 401)
		x.do("GET", "/people/picker", nil).want(t, "signed in", 200)
		give(half(), code).want(t, "replay", 422, "identity.bad_code")

		recovery := strings.ToUpper(codes[3].(string))
		give(half(), recovery).want(t, "recovery code", 200)
		give(half(), recovery).want(t, "recovery code again", 422, "identity.bad_code")
		if me := x.do("GET", "/auth/me", nil); me.json["recoveryCodes"] != 9.0 || me.json["secondFactor"] != true {
			t.Errorf("me is %s", me.body)
		}
		fresh := x.do("POST", "/auth/totp/recovery", map[string]any{"password": secret}).want(t, "new recovery codes", 200)
		give(half(), codes[0].(string)).want(t, "an old recovery code", 422)
		give(half(), fresh.json["recoveryCodes"].([]any)[0].(string)).want(t, "a new recovery code", 200)

		x.do("POST", "/auth/totp/disable", map[string]any{"password": "wrong"}).want(t, "wrong password", 422)
		x.do("POST", "/auth/totp/disable", map[string]any{"password": secret}).want(t, "disable", 204)
		h.signedIn("lilei")
	})
}

func TestCodesCannotBeGuessed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person("lilei", identity.Facts{}, nil)
		b := h.signedIn("lilei")
		e := b.do("POST", "/auth/totp/enrol", map[string]any{"password": secret})
		b.do("POST", "/auth/totp/confirm", map[string]any{"code": identity.CodeAt(e.str("secret"), h.clock.Now())}).want(t, "confirm", 200)
		h.clock.Advance(clock.Minute)
		wrong := "000000"
		for _, d := range []int64{-30, 0, 30} {
			if identity.CodeAt(e.str("secret"), h.clock.Now()+d*clock.Second) == wrong {
				wrong = "111111"
			}
		}
		for range 5 { // a new sign-in each time does not start the count afresh
			x := h.browser()
			x.login("lilei", secret).want(t, "password", 200)
			x.do("POST", "/auth/login/code", map[string]any{"code": wrong}).want(t, "wrong code", 422)
		}
		x := h.browser()
		x.login("lilei", secret).want(t, "password", 200)
		right := identity.CodeAt(e.str("secret"), h.clock.Now())
		x.do("POST", "/auth/login/code", map[string]any{"code": right}).want(t, "after five", 429, "identity.locked")

		// Who lost the second factor gets in through an administrator's reset only when it is named.
		password, err := h.s.ResetPassword(h.root(), p, identity.Reset{})
		if err != nil {
			t.Fatal(err)
		}
		if a := h.browser().login("lilei", password); a.str("stage") != "totp" {
			t.Errorf("a reset passed by the second factor: %s", a.body)
		}
		if password, err = h.s.ResetPassword(h.root(), p, identity.Reset{SecondFactor: true}); err != nil {
			t.Fatal(err)
		}
		if a := h.browser().login("lilei", password); a.str("stage") != "password" {
			t.Errorf("got %s", a.body)
		}
	})
}

func TestOneCodeForTwoRequestsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("lilei", identity.Facts{}, nil)
		b := h.signedIn("lilei")
		e := b.do("POST", "/auth/totp/enrol", map[string]any{"password": secret})
		b.do("POST", "/auth/totp/confirm", map[string]any{"code": identity.CodeAt(e.str("secret"), h.clock.Now())}).want(t, "confirm", 200)
		h.clock.Advance(clock.Minute)
		code := identity.CodeAt(e.str("secret"), h.clock.Now())
		var list []*browser
		for range 4 {
			x := h.browser()
			x.login("lilei", secret).want(t, "password", 200)
			list = append(list, x)
		}
		var mu sync.Mutex
		in := 0
		var wg sync.WaitGroup
		for _, x := range list {
			wg.Go(func() {
				if x.do("POST", "/auth/login/code", map[string]any{"code": code}).status == 200 {
					mu.Lock()
					in++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if in != 1 {
			t.Fatalf("one code let %d in", in)
		}
	})
}

func TestHalfDoneSessionIsUsedOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("lilei", identity.Facts{}, nil)
		b := h.signedIn("lilei")
		e := b.do("POST", "/auth/totp/enrol", map[string]any{"password": secret})
		codes := b.do("POST", "/auth/totp/confirm", map[string]any{"code": identity.CodeAt(e.str("secret"), h.clock.Now())}).json["recoveryCodes"].([]any)
		half := h.browser()
		half.login("lilei", secret).want(t, "password", 200)
		// Two requests that were both let in before either was carried out.
		r := httptest.NewRequest("POST", "/", nil)
		r.AddCookie(&http.Cookie{Name: "wardline", Value: half.cookie})
		ctx, err := h.s.Authenticate(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.GiveCode(ctx, codes[0].(string), identity.VisitOf(ctx)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.GiveCode(ctx, codes[1].(string), identity.VisitOf(ctx)); fault.CodeOf(err) != "invalid" {
			t.Fatalf("one sign-in became two sessions: %v", err)
		}
	})
}

func TestOtherSchemesNeverUseTheCookie(t *testing.T) {
	h := newHouse(t, dbtest.Open(t, db.SQLite))
	h.person("lilei", identity.Facts{}, nil)
	b := h.signedIn("lilei")
	// A browser sends Basic by itself, also for another site's form, and requests
	// with this header are not checked for where they come from.
	b.bearer = "Basic eDp5"
	b.do("GET", "/auth/me", nil).want(t, "basic", http.StatusUnauthorized, "identity.bad_token")
	b.bearer = "Bearer nothing"
	b.do("GET", "/auth/me", nil).want(t, "a bearer that is none", http.StatusUnauthorized, "identity.bad_token")
}

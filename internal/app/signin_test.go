package app_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"wardline/internal/app"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/web"
)

// seconds are the numbers in a refusal that says how long to wait.
var seconds = regexp.MustCompile(`\d+`)

// login tries to sign in.
func (s *site) login(name, word string, more ...header) reply {
	s.t.Helper()
	return s.do(nobody, "POST", "/api/v1/auth/login", m{"login": name, "password": word}, more...)
}

func TestSigningInTellsNothingOfAccounts(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, engine)
			gone := h.newcomer("gone")
			must(t, 0, second(h.People.SetActive(h.system(), gone, 1, false)))
			p, err := h.People.Create(h.system(), identity.Facts{Name: "无密码", Login: "wordless", CampusID: h.west}, nil)
			must(t, p, err)
			tries := []struct{ name, login, word string }{
				{"nobody of the name", "ghost", "wrong-Word-1"}, {"a wrong password", "clerk", "wrong-Word-1"}, {"a wrong password of a staff number", "no-nurse", "wrong-Word-1"},
				{"someone who left", "gone", password}, {"someone without a password", "wordless", password}, {"an id", h.id("clerk"), password},
			}
			var want []string
			for i, c := range tries {
				var got []string
				for range 7 {
					r := h.login(c.login, c.word)
					if r.cookie() != "" || len(r.head.Values("Set-Cookie")) > 0 {
						t.Errorf("%s: %v", c.name, r.head.Values("Set-Cookie"))
					}
					got = append(got, http.StatusText(r.status)+" "+r.code()+" "+seconds.ReplaceAllString(plain(r), ""))
				}
				if i == 0 {
					want = got
					if !strings.Contains(want[0], "identity.bad_login") || !strings.Contains(want[6], "identity.locked") {
						t.Fatalf("%v", want)
					}
				} else if !slices.Equal(got, want) {
					t.Errorf("%s is answered\n%q, not\n%q", c.name, got, want)
				}
			}
			if r := h.login("clerk", password); r.status != 429 {
				t.Errorf("the right password after too many wrong ones: %d %s", r.status, r)
			}
		})
	}
}

func TestSessionsCannotBePlanted(t *testing.T) {
	h := build(t, db.SQLite)
	planted := strings.Repeat("p", 32)
	r := h.login("clerk", password, header{"Cookie", "wardline=" + planted})
	mine := r.cookie()
	if r.status != 200 || mine == "" || mine == planted {
		t.Fatalf("%d %q", r.status, mine)
	}
	me := func(cookie string) int { return h.do(visitor{cookie: cookie}, "GET", "/api/v1/auth/me", nil).status }
	if me(planted) != 401 || me(mine) != 200 {
		t.Errorf("planted %d, own %d", me(planted), me(mine))
	}
	// Whoever signs in over a session ends it.
	r = h.login("nurse", password, header{"Cookie", "wardline=" + mine})
	if other := r.cookie(); other == mine || me(mine) != 401 || me(other) != 200 {
		t.Errorf("the session signed in over: %d", me(mine))
	}
	// The ids that a person sees of the own sessions open nothing.
	clerk, second := h.signIn("clerk"), h.signIn("clerk")
	var list struct{ Items []identity.Session }
	h.do(clerk, "GET", "/api/v1/auth/sessions", nil).into(t, &list)
	for _, s := range list.Items {
		if me(s.ID) != 401 || me(s.ID[:32]) != 401 {
			t.Errorf("the id %s opens the session", s.ID)
		}
	}
	// A new password ends all sessions but the one, which gets a new secret.
	r = h.do(clerk, "POST", "/api/v1/auth/password", m{"current": password, "next": "Neues-Wort-1903"})
	if next := r.cookie(); r.status != 200 || next == clerk.cookie || me(clerk.cookie) != 401 || me(second.cookie) != 401 || me(next) != 200 {
		t.Errorf("after a new password: %d, old %d, other %d, new %d", r.status, me(clerk.cookie), me(second.cookie), me(next))
	}
	out := h.signIn("mate")
	if h.do(out, "POST", "/api/v1/auth/logout", nil); me(out.cookie) != 401 {
		t.Errorf("after signing out: %d", me(out.cookie))
	}
}

func TestTheCookieIsKeptFromOthers(t *testing.T) {
	for base, secure := range map[string]bool{"http://127.0.0.1": false, "https://wardline.example": true} {
		h := buildOn(serve(t, house(t, db.SQLite, func(o *app.Options) { o.BaseURL = base })))
		r := h.login("clerk", password)
		c := (&http.Response{Header: r.head}).Cookies()
		if len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode || c[0].Path != "/" || c[0].Domain != "" || c[0].Secure != secure {
			t.Errorf("%s: %v", base, r.head.Values("Set-Cookie"))
		}
		if strings.Contains(string(r.body), c[0].Value) {
			t.Error("the secret stands in the body")
		}
	}
}

// A sign-in that lacks its second step, or its first own password, opens nothing but
// what finishes it.
func TestHalfASignInOpensNothing(t *testing.T) {
	h := build(t, db.SQLite)
	clerk := h.signIn("clerk")
	var enrol struct{ Secret string }
	h.do(clerk, "POST", "/api/v1/auth/totp/enrol", m{"password": password}).into(t, &enrol)
	code := must2(totp.GenerateCode(enrol.Secret, time.UnixMilli(h.Clock.Now())))(t)
	if r := h.do(clerk, "POST", "/api/v1/auth/totp/confirm", m{"code": code}); r.status != 200 {
		t.Fatalf("%d %s", r.status, r)
	}
	one := must2(h.People.ResetPassword(h.system(), h.id("nurse"), identity.Reset{}))(t)
	for _, c := range []struct {
		name, word, due string
		status          int
	}{{"clerk", password, "identity.totp_due", 401}, {"nurse", one, "identity.password_due", 403}} {
		r := h.login(c.name, c.word)
		half := visitor{name: c.name + ", half signed in", cookie: r.cookie(), login: c.name}
		if r.status != 200 || half.cookie == "" {
			t.Fatalf("%d %s", r.status, r)
		}
		for _, o := range h.operations() {
			if o.path == "/api/v1/auth/logout" {
				continue
			}
			r := h.send(half, o, h.plausible(o, true))
			switch web.Access(o.access) {
			case identity.Staged:
				if r.code() == c.due {
					t.Errorf("%s for %s: %s", o, half.name, r)
				}
			case web.Public:
				want := h.send(nobody, o, h.plausible(o, true))
				if r.status != want.status && o.path != "/api/v1/auth/login" && o.method == "GET" {
					t.Errorf("%s for %s: %d, for nobody %d", o, half.name, r.status, want.status)
				}
			default:
				if r.status != c.status || r.code() != c.due {
					t.Errorf("%s for %s: %d %s", o, half.name, r.status, r)
				}
			}
		}
		me := h.do(half, "GET", "/api/v1/auth/me", nil)
		if c.due == "identity.totp_due" && (strings.Contains(string(me.body), "PERSON-") || strings.Contains(string(me.body), h.id("clerk"))) {
			t.Errorf("half a sign-in is told who it is: %s", me)
		}
		var said struct{ Permissions []string }
		me.into(t, &said)
		if len(said.Permissions) > 0 {
			t.Errorf("%s: %v", half.name, said.Permissions)
		}
	}
}

func TestWhoHasNotSignedInIsSlowedDown(t *testing.T) {
	h := buildOn(serve(t, house(t, db.SQLite, func(o *app.Options) { o.Relaxed = false })))
	for _, c := range []struct {
		method, path string
		body         any
		most         int
	}{
		{"POST", "/api/v1/public/orders", m{"itemId": h.item, "placeId": h.openRoom, "contactName": "x"}, 10},
		{"POST", "/api/v1/attachments", m{}, 15}, {"GET", "/api/v1/scan/" + absent, nil, 40},
		{"GET", "/api/v1/screen?token=" + absent, nil, 70}, {"GET", "/api/v1/public/orders/" + absent, nil, 40},
		{"POST", "/api/v1/public/orders/" + absent, m{"kind": "urge"}, 40},
	} {
		slowed := false
		for i := range c.most {
			// Another address in the head is nobody's word: no proxy is trusted here.
			r := h.do(nobody, c.method, c.path, c.body, header{"X-Forwarded-For", "203.0.113." + string(rune('0'+i%10))}, header{"X-Real-Ip", "203.0.113.9"}, header{"Forwarded", "for=203.0.113.8"})
			if slowed = r.status == 429; slowed {
				h.sound(c.path, nobody, r)
				break
			}
		}
		if !slowed {
			t.Errorf("%s %s is answered %d times", c.method, c.path, c.most)
		}
	}
	if r := h.do(h.root, "GET", "/api/v1/scan/"+h.openCode, nil); r.status != 200 {
		t.Errorf("who has signed in: %d %s", r.status, r)
	}
}

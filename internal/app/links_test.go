package app_test

import (
	"strings"
	"testing"

	"wardline/internal/app"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

type m = map[string]any

// tampered are texts that differ from a secret by one character, or lack one, or have
// one more, or are written otherwise.
func tampered(secret string) []string {
	var out []string
	for i := range secret {
		c := byte('0')
		if secret[i] == c {
			c = '1'
		}
		out = append(out, secret[:i]+string(c)+secret[i+1:])
	}
	return append(out, secret[1:], secret[:len(secret)-1], secret+"0", "0"+secret, secret+"%00", secret+"%20x", strings.Repeat("0", len(secret)))
}

func TestTamperedCodesAndLinksOpenNothing(t *testing.T) {
	h := build(t, db.SQLite)
	var order struct{ ID, Link string }
	h.do(h.root, "GET", "/api/v1/orders/"+h.id("west order"), nil).into(t, &order)
	screen := h.byName["west screen"].marks[2]
	code := h.assetCode("west asset")
	renewed := h.openCode
	h.openCode = must2(h.Org.RenewCode(h.system(), h.openRoom))(t)
	h.grant(h.me, identity.GrantSpec{RoleID: "admin", ScopeKind: identity.ScopeAll})
	for _, c := range []struct {
		name, path, secret string
		old                []string // were right once
	}{
		{"an order's link", "/api/v1/public/orders/", order.Link, []string{h.id("ward order") + order.Link[26:], order.ID}},
		{"a screen's link", "/api/v1/screen?token=", screen, nil},
		{"an asset's code", "/api/v1/scan/", code, nil},
		{"a place's code", "/api/v1/scan/", h.openCode, []string{renewed}},
		{"an import", "/api/v1/asset-imports/", h.id("root's asset import"), nil},
	} {
		for _, v := range []visitor{h.viewer, nobody} {
			want := h.do(v, "GET", c.path+absent, nil)
			if want.status < 400 {
				t.Fatalf("%s: %d for what never was", c.name, want.status)
			}
			for _, bad := range append(tampered(c.secret), c.old...) {
				if r := h.do(v, "GET", c.path+bad, nil); r.status != want.status || plain(r) != plain(want) {
					t.Errorf("%s: %s gets %d for %q, not %d: %s", c.name, v.name, r.status, bad, want.status, r)
				}
			}
		}
	}
	for _, bad := range tampered(order.Link) {
		if r := h.do(nobody, "POST", "/api/v1/public/orders/"+bad, m{"kind": "urge"}); r.status != 404 {
			t.Errorf("a command by the link %q: %d %s", bad, r.status, r)
		}
	}
	for path, want := range map[string]int{"/api/v1/public/orders/" + order.Link: 200, "/api/v1/screen?token=" + screen: 200, "/api/v1/scan/" + h.openCode: 200, "/api/v1/scan/" + code: 401} {
		if r := h.do(nobody, "GET", path, nil); r.status != want {
			t.Errorf("%s itself: %d, not %d: %s", path, r.status, want, r)
		}
	}
}

// assetCode returns what the label of an asset carries.
func (h *hospital) assetCode(name string) (code string) {
	h.t.Helper()
	err := h.DB.Read(h.system(), func(tx *db.Tx) error {
		codes, err := h.Assets.Codes(h.system(), tx, []string{h.id(name)})
		code = codes[h.id(name)]
		return err
	})
	must(h.t, 0, err)
	return code
}

func TestAnOldLabelIsToldOnlyToItsKeeper(t *testing.T) {
	h := build(t, db.SQLite)
	old := h.assetCode("west asset")
	must(t, 0, second(h.Assets.Relabel(h.system(), h.id("west asset"), 1, "")))
	for _, c := range []struct {
		grant identity.GrantSpec
		code  string
	}{
		{identity.GrantSpec{RoleID: "asset_keeper", ScopeKind: identity.ScopeAll}, "asset.old_label"},
		{identity.GrantSpec{RoleID: "asset_keeper", ScopeKind: identity.ScopeCampus}, "not_found"},
		{identity.GrantSpec{RoleID: "reporter", ScopeKind: identity.ScopeAll}, "not_found"},
	} {
		h.grant(h.me, c.grant)
		if r := h.do(h.viewer, "GET", "/api/v1/scan/"+old, nil); r.code() != c.code {
			t.Errorf("%v is told %s", c.grant, r)
		}
	}
	if r := h.do(nobody, "GET", "/api/v1/scan/"+old, nil); r.code() != "unauthorized" {
		t.Errorf("nobody is told %s", r)
	}
}

// timed is a hospital whose clock the test moves.
func timed(t *testing.T) (*hospital, *clock.Manual) {
	t.Helper()
	now := clock.NewManual(1_900_000_000_000)
	return buildOn(serve(t, house(t, db.SQLite, func(o *app.Options) { o.Clock = now }))), now
}

func TestLinksAndSessionsEnd(t *testing.T) {
	h, now := timed(t)
	h.grant(h.me, identity.GrantSpec{RoleID: "reporter", ScopeKind: identity.ScopeOwn})
	var order struct{ ID, Link string }
	h.do(h.viewer, "GET", "/api/v1/orders/"+h.id("own order"), nil).into(t, &order)
	must(t, 0, second(h.Orders.Cancel(h.system(), order.ID, "over", workorder.Meta{})))
	var kept struct{}
	r := h.do(nobody, "POST", "/api/v1/auth/login", m{"login": "viewer", "password": password, "keep": true})
	r.into(t, &kept)
	long := visitor{name: "kept", cookie: r.cookie()}
	token, _ := h.token(h.viewer, identity.OrderRead)
	east := h.byName["east screen"]
	look := func(what string, v visitor, path string, want int) {
		t.Helper()
		if r := h.do(v, "GET", path, nil); r.status != want {
			t.Errorf("%s: %d, not %d: %s", what, r.status, want, r)
		}
	}
	all := func(step string, session, keptOne, link, tokenAt, screen int) {
		t.Helper()
		look(step+": the order's link", nobody, "/api/v1/public/orders/"+order.Link, link)
		look(step+": the screen's link", nobody, "/api/v1/screen?token="+east.marks[2], screen)
		look(step+": the token", token, "/api/v1/orders", tokenAt)
		look(step+": the session", h.viewer, "/api/v1/auth/me", session)
		look(step+": the session kept", long, "/api/v1/auth/me", keptOne)
	}
	all("at first", 200, 200, 200, 200, 200)
	now.Advance(2 * clock.Hour)
	all("two hours later", 200, 200, 200, 401, 200)
	now.Advance(13 * clock.Hour)
	all("after a night", 401, 200, 200, 401, 200)
	now.Advance(29*clock.Day + 20*clock.Hour)
	all("after a month", 401, 200, 404, 401, 404)
	if r := h.do(nobody, "POST", "/api/v1/public/orders/"+order.Link, m{"kind": "rate", "scores": m{"overall": 5}}); r.code() != "order.link" {
		t.Errorf("a command by the link that has ended: %d %s", r.status, r)
	}
	now.Advance(31 * clock.Day)
	all("after another", 401, 401, 404, 401, 404)
}

func TestPasswordsAndPreviewsEnd(t *testing.T) {
	h, now := timed(t)
	one := must2(h.People.ResetPassword(h.system(), h.id("clerk"), identity.Reset{}))(t)
	r := h.do(nobody, "POST", "/api/v1/auth/login", m{"login": "clerk", "password": one})
	half := visitor{name: "half", cookie: r.cookie()}
	if r.status != 200 || half.cookie == "" {
		t.Fatalf("%s", r)
	}
	now.Advance(11 * clock.Minute)
	if r := h.do(half, "POST", "/api/v1/auth/password", m{"current": one, "next": "Ein-Neues-77"}); r.status != 401 {
		t.Errorf("a sign-in that was not finished in time: %d %s", r.status, r)
	}
	now.Advance(clock.Hour)
	for _, path := range []string{"/api/v1/asset-imports/" + h.id("root's asset import"), "/api/v1/org/imports/" + h.id("root's place import")} {
		for _, c := range []struct{ method, path string }{{"GET", path}, {"POST", path + "/apply"}} {
			if r := h.do(h.root, c.method, c.path, nil); r.status != 404 {
				t.Errorf("%s %s after an hour: %d %s", c.method, c.path, r.status, r)
			}
		}
	}
	now.Advance(8 * clock.Day)
	if r := h.do(nobody, "POST", "/api/v1/auth/login", m{"login": "clerk", "password": one}); r.code() != "identity.password_over" || r.cookie() != "" {
		t.Errorf("a one-time password after a week: %d %s", r.status, r)
	}
}

func TestPreviewsAreAppliedOnce(t *testing.T) {
	h := build(t, db.SQLite)
	path := "/api/v1/asset-imports/" + h.id("root's asset import") + "/apply"
	if r := h.do(h.root, "POST", path, nil); r.status != 200 && r.status != 409 {
		t.Fatalf("%d %s", r.status, r)
	} else if r.status == 200 {
		if r := h.do(h.root, "POST", path, nil); r.status != 404 {
			t.Errorf("the same preview again: %d %s", r.status, r)
		}
	}
}

// Whoever did the work neither confirms nor rates it, not by the order's link either.
func TestTheLinkIsNoWayAroundTheRules(t *testing.T) {
	h := build(t, db.SQLite)
	order := "/api/v1/orders/" + h.id("crew order")
	var seen struct{ Link, Status string }
	h.do(h.root, "GET", order, nil).into(t, &seen)
	link := "/api/v1/public/orders/" + seen.Link
	h.grant(h.me, identity.GrantSpec{RoleID: "engineer", ScopeKind: identity.ScopeTeam})
	for _, c := range []struct {
		path string
		body any
	}{{"/grab", m{}}, {"/arrive", m{}}, {"/finish", m{"remedy": "done"}}} {
		if r := h.do(h.viewer, "POST", order+c.path, c.body); r.status != 200 {
			t.Fatalf("%s: %d %s", c.path, r.status, r)
		}
	}
	var mine struct{ Link, Status string }
	h.do(h.viewer, "GET", order, nil).into(t, &mine)
	if mine.Status != "finished" || mine.Link != "" {
		t.Errorf("whoever did the work is given the link: %+v", mine)
	}
	for _, kind := range []string{"confirm", "rate"} {
		body := m{"kind": kind, "scores": m{"overall": 5}}
		if r := h.do(h.viewer, "POST", link, body); r.status != 403 {
			t.Errorf("whoever did the work may %s by the link: %d %s", kind, r.status, r)
		}
	}
	h.grant(h.me, identity.GrantSpec{RoleID: "storekeeper", ScopeKind: identity.ScopeAll})
	var other struct{ Link string }
	h.do(h.viewer, "GET", "/api/v1/orders/"+h.id("ward order"), nil).into(t, &other)
	if other.Link != "" {
		t.Error("who may not confirm an order is given its link")
	}
	if r := h.do(nobody, "POST", link, m{"kind": "confirm", "scores": m{"overall": 4}}); r.status != 200 {
		t.Errorf("the link's holder cannot confirm: %d %s", r.status, r)
	}
	if r := h.do(nobody, "POST", link, m{"kind": "cancel"}); r.status != 422 {
		t.Errorf("a link cancels: %d %s", r.status, r)
	}
}

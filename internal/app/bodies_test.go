package app_test

import (
	"net/http"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

// naming is a command whose body names something: with one from outside it must be
// answered as with one that does not exist.
type naming struct {
	role         string
	scope        identity.ScopeKind
	method, path string
	body         func(id string) any
	outside      []string // names of things; what begins with id: is an id of its own
}

// namings are the ways to name what one does not see. The directory's things are not
// among them: everybody sees the directory.
func (h *hospital) namings() []naming {
	type m = map[string]any
	files := []string{"west order's file", "root's upload", "root's message", "west order"}
	people := []string{"stranger", "root"}
	ward, asset := "/api/v1/orders/"+h.id("ward order"), "/api/v1/assets/"+h.id("ward asset")
	facts := func(custodian string) m {
		return m{"number": "NR-NEW-" + custodian, "name": "新的", "class": "pc", "placeId": h.wardRoom, "custodianId": custodian}
	}
	report := func(more m) m {
		out := m{"itemId": h.item, "placeId": h.wardRoom}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	campus := identity.ScopeCampus
	return []naming{
		{"agent", campus, "POST", "/api/v1/orders", func(id string) any { return report(m{"channel": "desk", "reporterId": id}) }, people},
		{"reporter", campus, "POST", "/api/v1/orders", func(id string) any { return report(m{"reporterId": id}) }, people},
		{"reporter", campus, "POST", "/api/v1/orders", func(id string) any { return report(m{"files": []string{id}}) }, files},
		{"reporter", campus, "POST", "/api/v1/orders", func(id string) any { return report(m{"form": m{"pictures": []string{id}}}) }, files},
		{"agent", campus, "PATCH", ward, func(id string) any { return m{"assetId": id} }, []string{"west asset"}},
		{"agent", campus, "PATCH", ward, func(id string) any { return m{"form": m{"pictures": []string{id}}} }, files},
		{"agent", campus, "PATCH", ward, func(id string) any { return m{"form": m{"thing": id}} }, []string{"west asset"}},
		{"agent", campus, "POST", ward + "/merge", func(id string) any { return m{"into": id} }, []string{"west order", "task order"}},
		{"dispatcher", campus, "POST", ward + "/dispatch", func(id string) any { return m{"teamId": h.crew, "assigneeId": id} }, people},
		{"team_lead", identity.ScopeTeam, "POST", "/api/v1/orders/" + h.id("crew order") + "/dispatch", func(id string) any { return m{"teamId": h.crew, "assigneeId": id} }, people},
		{"team_lead", identity.ScopeTeam, "POST", "/api/v1/orders/" + h.id("crew order") + "/pool", func(id string) any { return m{"teamId": id} }, []string{"id:" + h.other, "id:" + h.away}},
		{"team_lead", identity.ScopeTeam, "POST", "/api/v1/orders/" + h.id("crew order") + "/dispatch", func(id string) any { return m{"teamId": id, "assigneeId": h.me} }, []string{"id:" + h.other, "id:" + h.away}},
		{"engineer", campus, "POST", ward + "/notes", func(id string) any { return m{"note": "x", "files": []string{id}} }, files},
		{"engineer", campus, "POST", ward + "/remote-solve", func(id string) any { return m{"remedy": "x", "files": []string{id}} }, files},
		{"engineer", campus, "POST", ward + "/remote-solve", func(id string) any { return m{"remedy": "x", "sign": id} }, files},
		{"engineer", campus, "POST", ward + "/tasks/" + absent + "/done", func(id string) any { return m{"remedy": id} }, []string{"task order"}},
		{"dispatcher", campus, "POST", ward + "/owner", func(id string) any { return m{"personId": id, "reason": "x"} }, people},
		{"dispatcher", campus, "POST", ward + "/squad", func(id string) any { return m{"name": "x", "leaderId": h.me, "memberIds": []string{id}} }, people},
		{"dispatcher", campus, "POST", ward + "/squad", func(id string) any { return m{"name": "x", "leaderId": id, "memberIds": []string{h.me}} }, people},
		{"asset_keeper", campus, "POST", "/api/v1/assets", func(id string) any { return facts(id) }, people},
		{"asset_keeper", campus, "PUT", asset, func(id string) any {
			return m{"number": "NR-OTHER", "name": "新的", "class": "pc", "custodianId": id, "version": 1}
		}, people},
		{"asset_keeper", campus, "POST", asset + "/move", func(id string) any { return m{"version": 1, "placeId": h.wardRoom, "custodianId": id} }, people},
		{"dispatcher", campus, "POST", "/api/v1/screens", func(id string) any { return m{"name": "x", "days": 1, "campusId": id} }, []string{"id:" + h.west}},
		{"admin", campus, "GET", "/api/v1/notify/deliveries?personId=", nil, people},
		{"admin", campus, "DELETE", "/api/v1/push/subscriptions?endpoint=https://push.example.com/", nil, []string{"id:DEVICE-ROOT"}},
	}
}

func TestNamingWhatLiesOutsideIsLikeNamingNothing(t *testing.T) {
	h := build(t, db.SQLite)
	before := h.state()
	for _, n := range h.namings() {
		role := roleOf(n.role)
		h.grant(h.me, identity.GrantSpec{RoleID: n.role, ScopeKind: n.scope})
		for _, name := range n.outside {
			id, own := strings.CutPrefix(name, "id:")
			if !own {
				id = h.id(name)
			}
			ask := func(id string) reply {
				if n.body == nil {
					return h.do(h.viewer, n.method, n.path+id, nil)
				}
				return h.do(h.viewer, n.method, n.path, n.body(id))
			}
			got, want := ask(id), ask(like(id))
			if got.status != want.status || strings.ReplaceAll(plain(got), id, "") != strings.ReplaceAll(plain(want), like(id), "") {
				t.Errorf("%s %s: a %s learns that %s is there:\n%d %s\n%d %s", n.method, n.path, n.role, name, got.status, got, want.status, want)
			}
			if got.status < 400 && got.status != http.StatusNoContent {
				t.Errorf("%s %s: a %s names %s: %d %s", n.method, n.path, n.role, name, got.status, got)
			}
			if found := h.betrayed(operation{path: n.path}, "", got, role, n.scope); len(found) > 0 {
				t.Errorf("%s %s tells a %s of %v", n.method, n.path, n.role, found)
			}
		}
	}
	if after := h.state(); after != before {
		t.Errorf("something was changed:\n%s\n%s", before, after)
	}
}

func roleOf(id string) identity.Role {
	for _, r := range roles() {
		if r.ID == id {
			return r
		}
	}
	return identity.Role{}
}

// What can be named still can: the test above must not pass because nothing can.
func TestWhatOneSeesCanBeNamed(t *testing.T) {
	h := build(t, db.SQLite)
	type m = map[string]any
	var mine struct{ ID string }
	upload := func(n int) string {
		h.do(h.viewer, "POST", "/api/v1/attachments", raw(picture(t, n)), header{"X-File-Name", "a.png"}).into(t, &mine)
		return mine.ID
	}
	ward, asset := "/api/v1/orders/"+h.id("ward order"), "/api/v1/assets/"+h.id("ward asset")
	for _, c := range []struct {
		role         string
		scope        identity.ScopeKind
		method, path string
		body         any
	}{
		{"agent", identity.ScopeCampus, "POST", "/api/v1/orders", m{"itemId": h.item, "placeId": h.wardRoom, "channel": "desk", "reporterId": h.id("nurse"), "assetId": h.id("ward asset")}},
		{"agent", identity.ScopeCampus, "PATCH", ward, m{"assetId": h.id("office asset"), "form": m{"thing": h.id("ward asset")}}},
		{"agent", identity.ScopeCampus, "PATCH", ward, m{"form": m{"pictures": []string{upload(501)}}}},
		{"reporter", identity.ScopeOwn, "POST", "/api/v1/orders", m{"itemId": h.item, "placeId": h.wardRoom, "reporterId": h.me, "files": []string{upload(502)}, "form": m{"pictures": []string{upload(503)}}}},
		{"asset_keeper", identity.ScopeCampus, "POST", "/api/v1/assets", m{"number": "NR-Y", "name": "新的", "class": "pc", "placeId": h.wardRoom, "custodianId": h.me}},
		{"asset_keeper", identity.ScopeCampus, "POST", asset + "/move", m{"version": 1, "placeId": h.wardRoom, "custodianId": h.id("mate")}}, // of the own team
		{"team_lead", identity.ScopeTeam, "POST", "/api/v1/orders/" + h.id("crew order") + "/dispatch", m{"teamId": h.crew, "assigneeId": h.id("mate")}},
		{"engineer", identity.ScopeCampus, "POST", ward + "/notes", m{"note": "x", "files": []string{upload(504)}}},
		{"engineer", identity.ScopeCampus, "POST", ward + "/remote-solve", m{"remedy": "x", "files": []string{upload(505)}, "sign": upload(506)}},
	} {
		h.grant(h.me, identity.GrantSpec{RoleID: c.role, ScopeKind: c.scope})
		if r := h.do(h.viewer, c.method, c.path, c.body); r.status >= 300 {
			t.Errorf("%s %s as %s: %d %s", c.method, c.path, c.role, r.status, r)
		}
	}
}

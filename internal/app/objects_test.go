package app_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

// foreign are the things of a kind that the viewer does not see, by name.
func (h *hospital) foreign(kind string, role identity.Role, scope identity.ScopeKind) []*thing {
	var out []*thing
	for _, x := range h.things {
		if (x.kind == kind || x.name == kind) && !h.visible(role, scope, x) {
			out = append(out, x)
		}
	}
	return out
}

// bodies are bodies that an operation's validator takes: the least, and everything.
func (h *hospital) bodies(o operation) []input {
	least := h.plausible(o, false)
	if o.body == nil {
		return []input{least}
	}
	all := least
	known := h.known()
	maps.Copy(known, map[string]any{"version": 1, "files": []string{}, "sign": "", "occurredAt": 0, "wantedAt": 0, "until": 0, "assetId": "", "reporterId": "", "into": h.id("ward order")})
	all.body = o.document.sample(o.body, "", true, known)
	return []input{least, all}
}

// variants are the texts under which a thing can be named in a path.
func (h *hospital) variants(x *thing) []string {
	out := []string{x.id}
	if x.kind == "order" {
		out = append(out, x.marks[1]) // its number
	}
	return out
}

// silent are operations that do as they are told, whether there is anything to do or not.
var silent = map[string]bool{"DELETE /api/v1/push/subscriptions/{id}": true}

func TestWhatLiesOutsideDoesNotExist(t *testing.T) {
	h := build(t, db.SQLite)
	before := h.state()
	tried, missing := map[string]int{}, map[string]bool{}
	for _, role := range roles() {
		for _, scope := range narrow {
			if role.ID != "admin" && scope != identity.ScopeCampus {
				continue // the administrator's role has every permission
			}
			h.grant(h.me, identity.GrantSpec{RoleID: role.ID, ScopeKind: scope})
			for _, o := range h.operations() {
				kind := h.subjectOf(o.path)
				if slices.Contains([]string{"", "directory", "open", "secret"}, kind) {
					continue
				}
				for _, x := range h.foreign(kind, role, scope) {
					if h.told(o, x, x.id) {
						continue
					}
					tried[o.String()]++
					missing[o.String()] = h.foreignIsAbsent(o, x, role, scope) || missing[o.String()]
				}
			}
		}
	}
	for _, o := range h.operations() {
		if kind := h.subjectOf(o.path); !slices.Contains([]string{"", "directory", "open", "secret"}, kind) && tried[o.String()] == 0 {
			t.Errorf("%s was not tried with anything from outside", o)
		} else if tried[o.String()] > 0 && !missing[o.String()] && whole(o) == "" && !silent[o.String()] {
			t.Errorf("%s never came as far as to say 404", o)
		}
	}
	if after := h.state(); after != before {
		t.Errorf("something outside was changed:\n%s\n%s", before, after)
	}
}

// foreignIsAbsent names a thing from outside and one that does not exist, and
// compares the answers.
func (h *hospital) foreignIsAbsent(o operation, x *thing, role identity.Role, scope identity.ScopeKind) (missing bool) {
	h.t.Helper()
	for _, in := range h.bodies(o) {
		for _, name := range h.variants(x) {
			there, nowhere := in, in
			fill := func(path, name string) string {
				path, query, _ := strings.Cut(path, "?")
				path = strings.Replace(path, absent, name, 1)
				if query != "" {
					path += "?" + query
				}
				return path
			}
			there.path, nowhere.path = fill(in.path, name), fill(in.path, like(name))
			if len(name) > 40 { // a session's id is a hash in hexadecimal
				nowhere.path = fill(in.path, strings.Repeat("0", len(name)))
			}
			got, want := h.send(h.viewer, o, there), h.send(h.viewer, o, nowhere)
			missing = missing || got.status == 404
			switch {
			case got.status != want.status || strings.ReplaceAll(plain(got), name, "") != strings.ReplaceAll(plain(want), like(name), ""):
				h.t.Errorf("%s %s: a %s of the %s scope learns that %s is there:\n%d %s\n%d %s", o.method, there.path, role.ID, scope, x.name, got.status, got, want.status, want)
			case got.status < 300 && got.status != 204, got.status >= 500:
				h.t.Errorf("%s %s: a %s of the %s scope is answered %d about %s: %s", o.method, there.path, role.ID, scope, got.status, x.name, got)
			}
			if found := h.betrayed(o, there.path, got, role, scope); len(found) > 0 {
				h.t.Errorf("%s %s tells a %s of the %s scope of %v", o.method, there.path, role.ID, scope, found)
			}
		}
	}
	return missing
}

// state is what the things are like, so that a change is seen.
func (h *hospital) state() string {
	t := h.t
	var b strings.Builder
	ctx := h.system()
	for _, x := range h.things {
		switch x.kind {
		case "order":
			v := must2(h.Orders.Get(ctx, x.id))(t)
			b.WriteString(x.name + " " + string(v.Status) + " " + string(rune('0'+v.Version)) + "\n")
		case "booking", "loan":
			path := map[string]string{"booking": "/api/v1/transport/bookings", "loan": "/api/v1/transport/loans"}[x.kind]
			var all struct {
				Items []map[string]any
			}
			h.do(h.root, "GET", path, nil).into(t, &all)
			for _, one := range all.Items {
				if one["id"] == x.id {
					fmt.Fprintf(&b, "%s %v\n", x.name, one)
				}
			}
		case "asset", "person", "attachment", "plan", "report", "watch", "incident", "problem":
			r := h.do(h.root, "GET", map[string]string{"report": "/api/v1/due-reports/", "watch": "/api/v1/watches/", "incident": "/api/v1/incidents/", "plan": "/api/v1/plans/", "problem": "/api/v1/problems/", "asset": "/api/v1/assets/", "person": "/api/v1/people/", "attachment": "/api/v1/attachments/"}[x.kind]+x.id, nil)
			if x.id != h.me {
				fmt.Fprintf(&b, "%s %d %x\n", x.name, r.status, sha256.Sum256([]byte(plain(r))))
			}
		}
	}
	for _, path := range []string{"/api/v1/screens", "/api/v1/auth/tokens", "/api/v1/push/subscriptions", "/api/v1/messages", "/api/v1/org/imports/" + h.id("root's place import"), "/api/v1/asset-imports/" + h.id("root's asset import")} {
		r := h.do(h.root, "GET", path, nil)
		if r.status != 200 {
			t.Errorf("GET %s: %d %s", path, r.status, r)
		}
		b.WriteString(plain(r) + "\n")
	}
	return b.String()
}

func TestPreviewsOfFilesFollowTheOrder(t *testing.T) {
	h := build(t, db.SQLite)
	role := roles()[len(roles())-1]
	for _, scope := range narrow {
		h.grant(h.me, identity.GrantSpec{RoleID: role.ID, ScopeKind: scope})
		for _, x := range h.things {
			if x.kind != "attachment" && x.name != "root's upload" {
				continue
			}
			for _, query := range []string{"", "?size=96", "?size=480", "?size=1600", "?download=1", "?link=" + absent, "?size=5", "?size=-1"} {
				r := h.do(h.viewer, "GET", "/api/v1/attachments/"+x.id+query, nil)
				sees := x.kind == "attachment" && h.visible(role, scope, x)
				if ok := r.status == 200; ok && !sees || !ok && sees && (query == "" || query == "?download=1") {
					t.Errorf("%s%s in the %s scope: %d", x.name, query, scope, r.status)
				}
				if !sees && r.status != 404 && r.status != 422 {
					t.Errorf("%s%s in the %s scope: %d, not 404", x.name, query, scope, r.status)
				}
				if r := h.do(nobody, "GET", "/api/v1/attachments/"+x.id+query, nil); r.status < 400 {
					t.Errorf("%s%s for nobody: %d", x.name, query, r.status)
				}
			}
		}
		for _, name := range []string{"west order", "task order"} {
			r := h.do(h.viewer, "GET", "/api/v1/attachments?subject=order&subjectId="+h.id(name), nil)
			if ok := r.status == 200; ok != h.visible(role, scope, h.byName[name]) {
				t.Errorf("the files of %s in the %s scope: %d", name, scope, r.status)
			}
		}
	}
}

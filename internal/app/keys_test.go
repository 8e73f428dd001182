package app_test

import (
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// A key that somebody else has used is as good as a new one.
func TestKeysOfOthersAnswerNothing(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, engine)
			h.grant(h.me, identity.GrantSpec{RoleID: "admin", ScopeKind: identity.ScopeCampus})
			key := header{"Idempotency-Key", "0190b2f6-4f3a-7c11-9d1e-aaaaaaaaaaaa"}
			for _, c := range []struct {
				method, path string
				body         any
				more         []header
			}{
				{"POST", "/api/v1/orders", m{"itemId": h.item, "placeId": h.wardRoom, "words": "first"}, nil},
				{"POST", "/api/v1/attachments", raw(picture(t, 611)), []header{{"Content-Type", "image/png"}, {"X-File-Name", "a.png"}}},
			} {
				var first, again, other struct{ ID string }
				h.do(h.root, c.method, c.path, c.body, append(c.more, key)...).into(t, &first)
				h.do(h.root, c.method, c.path, c.body, append(c.more, key)...).into(t, &again)
				h.do(h.viewer, c.method, c.path, c.body, append(c.more, key)...).into(t, &other)
				if first.ID != again.ID || first.ID == other.ID || other.ID == "" {
					t.Errorf("%s: %s, the same again %s, of another %s", c.path, first.ID, again.ID, other.ID)
				}
				key.value += "1"
			}
			// A key of one's own is good for one command on one thing.
			ward, office := "/api/v1/orders/"+h.id("ward order"), "/api/v1/orders/"+h.id("office order")
			if r := h.do(h.root, "POST", ward+"/notes", m{"note": "a"}, key); r.status != 200 {
				t.Fatalf("%d %s", r.status, r)
			}
			for _, c := range []struct {
				path string
				body any
			}{{office + "/notes", m{"note": "a"}}, {ward + "/notes", m{"note": "b"}}, {ward + "/escalate", m{"reason": "a"}}} {
				if r := h.do(h.root, "POST", c.path, c.body, key); r.code() != "idempotency.mismatch" {
					t.Errorf("%s under a key used elsewhere: %d %s", c.path, r.status, r)
				}
			}
			// Who has lost sight of a thing is told by repeating what has been told, and no more.
			var told, repeated struct{ Version int64 }
			h.do(h.viewer, "POST", ward+"/notes", m{"note": "mine"}, header{"Idempotency-Key", "mine"}).into(t, &told)
			h.grant(h.me, identity.GrantSpec{RoleID: "reporter", ScopeKind: identity.ScopeOwn})
			must(t, 0, second(h.Orders.Remark(h.system(), h.id("ward order"), "LATER", nil, workorder.Meta{})))
			r := h.do(h.viewer, "POST", ward+"/notes", m{"note": "mine"}, header{"Idempotency-Key", "mine"})
			if r.into(t, &repeated); told.Version == 0 || repeated.Version != told.Version || strings.Contains(string(r.body), "LATER") {
				t.Errorf("version %d was told, and then %d: %s", told.Version, repeated.Version, r)
			}
			if r := h.do(h.viewer, "POST", ward+"/notes", m{"note": "mine"}, header{"Idempotency-Key", "other"}); r.status != 404 {
				t.Errorf("a new note on what one does not see any more: %d %s", r.status, r)
			}
		})
	}
}

// Those who have not signed in share one account, so their keys must be unguessable.
func TestKeysOfThePublicAreSecrets(t *testing.T) {
	h := build(t, db.SQLite)
	report := m{"itemId": h.item, "placeId": h.openRoom, "contactName": "x"}
	for _, key := range []string{"1", "a", "report", "2026-01-01"} {
		if r := h.do(nobody, "POST", "/api/v1/public/orders", report, header{"Idempotency-Key", key}); r.status != 422 {
			t.Errorf("a report under the key %q: %d %s", key, r.status, r)
		}
		if r := h.do(nobody, "POST", "/api/v1/attachments", raw(picture(t, 612)), header{"Content-Type", "image/png"}, header{"X-Scan-Code", h.openCode}, header{"Idempotency-Key", key}); r.status != 422 {
			t.Errorf("an upload under the key %q: %d %s", key, r.status, r)
		}
	}
	long := header{"Idempotency-Key", strings.Repeat("k", 36)}
	var one, same struct{ Token, Number string }
	h.do(nobody, "POST", "/api/v1/public/orders", report, long).into(t, &one)
	h.do(nobody, "POST", "/api/v1/public/orders", report, long).into(t, &same)
	if one.Token == "" || one != same {
		t.Errorf("%+v, the same again %+v", one, same)
	}
	report["contactName"] = "y"
	if r := h.do(nobody, "POST", "/api/v1/public/orders", report, long); r.code() != "idempotency.mismatch" || strings.Contains(string(r.body), one.Number) {
		t.Errorf("another report under the key: %d %s", r.status, r)
	}
	// Keys of commands by one link mean nothing to another.
	var other struct{ Token string }
	h.do(nobody, "POST", "/api/v1/public/orders", report, header{"Idempotency-Key", strings.Repeat("l", 36)}).into(t, &other)
	for _, token := range []string{one.Token, other.Token} {
		var seen struct{ Token string }
		h.do(nobody, "POST", "/api/v1/public/orders/"+token, m{"kind": "urge"}, header{"Idempotency-Key", "1"}).into(t, &seen)
		if seen.Token != token {
			t.Errorf("a command by one link answers about another")
		}
	}
}

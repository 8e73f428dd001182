package notify_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/web"
)

// site serves the operations; the header X-Person says who asks, "boss" may everything.
func site(t *testing.T, h *house) *httptest.Server {
	t.Helper()
	everything := []identity.Permission{}
	for _, p := range identity.Permissions() {
		everything = append(everything, p.Permission)
	}
	api := web.New(web.Config{Version: "test", Logger: quiet,
		Authenticate: func(r *http.Request) (context.Context, error) {
			person := r.Header.Get("X-Person")
			if person == "" {
				return r.Context(), nil
			}
			var grants []identity.Grant
			if person == "boss" {
				grants = []identity.Grant{{Permissions: everything, Kind: identity.ScopeAll}}
			}
			return identity.With(r.Context(), identity.NewActor(identity.Actor{PersonID: person, Name: person}, grants, nil)), nil
		},
		Authorize: h.people.Authorize})
	notify.HTTP{Service: h.Service}.Register(api)
	s := httptest.NewServer(api.Handler())
	t.Cleanup(s.Close)
	return s
}

type answer struct {
	status int
	body   map[string]any
	raw    string
}

func ask(t *testing.T, s *httptest.Server, person, method, path, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if person != "" {
		req.Header.Set("X-Person", person)
	}
	req.Header.Set("Accept-Language", "en")
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: res.StatusCode, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body)
	return a
}

func (a answer) items() []any {
	list, _ := a.body["items"].([]any)
	return list
}

func TestOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		s := site(t, h)
		h.work(t)
		h.tell(t, assigned("ann", "o1", 1), assigned("ann", "o2", 1))

		list := ask(t, s, "ann", "GET", "/messages?limit=1", "")
		if list.status != 200 || len(list.items()) != 1 || list.body["nextCursor"] == "" {
			t.Fatalf("%+v", list)
		}
		m, _ := list.items()[0].(map[string]any)
		if m["title"] != "New task 261122-0042" || m["page"] != "/m/work/o/o2" {
			t.Fatalf("%v", m)
		}
		id, _ := m["id"].(string)
		if a := ask(t, s, "ann", "GET", "/messages/unread", ""); a.body["count"] != float64(2) {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "bob", "POST", "/messages/"+id+"/read", ""); a.status != 404 || a.body["code"] != "not_found" {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "ann", "POST", "/messages/"+id+"/read", ""); a.status != 204 {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "ann", "GET", "/messages?unread=true", ""); len(a.items()) != 1 {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "ann", "POST", "/messages/read-all", "{}"); a.status != 200 || a.body["count"] != float64(1) {
			t.Fatalf("%+v", a)
		}

		if a := ask(t, s, "ann", "GET", "/push/key", ""); a.body["publicKey"] != "public-key" {
			t.Fatalf("%+v", a)
		}
		// What PushSubscription.toJSON() of a browser gives.
		sub := `{"endpoint":"https://push.example/phone","expirationTime":null,"keys":{"p256dh":"` + strings.Repeat("p", 87) + `","auth":"` + strings.Repeat("a", 22) + `"}}`
		device := ask(t, s, "ann", "POST", "/push/subscriptions", sub)
		if device.status != 201 || device.body["id"] == "" || strings.Contains(device.raw, "push.example") {
			t.Fatalf("%+v", device)
		}
		if a := ask(t, s, "ann", "POST", "/push/subscriptions", strings.Replace(sub, "https://push.example", "https://127.0.0.1", 1)); a.status != 422 || !strings.Contains(a.raw, `"field":"endpoint"`) {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "ann", "GET", "/push/subscriptions", ""); len(a.items()) != 1 {
			t.Fatalf("%+v", a)
		}

		prefs := ask(t, s, "ann", "PUT", "/notify/preferences", `{"version":0,"quiet":{"on":false,"from":"22:00","to":"07:00"},"choices":[{"group":"assigned","channel":"mail","on":true}]}`)
		if prefs.status != 200 || prefs.body["version"] != float64(1) {
			t.Fatalf("%+v", prefs)
		}
		if a := ask(t, s, "ann", "PUT", "/notify/preferences", `{"version":1,"quiet":{"on":true,"from":"24:00","to":"07:00"},"choices":[]}`); a.status != 422 {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "ann", "GET", "/notify/preferences", ""); a.status != 200 || a.body["version"] != float64(1) {
			t.Fatalf("%+v", a)
		}

		tried := ask(t, s, "ann", "POST", "/notify/test", `{"channel":"push"}`)
		if tried.status != 200 || len(tried.items()) != 1 {
			t.Fatalf("%+v", tried)
		}
		eventually(t, "the test message arrives", func() bool { return len(h.push.got()) == 1 })
		log := ask(t, s, "ann", "GET", "/notify/deliveries?state=sent&channel=push", "")
		eventually(t, "the delivery is written down", func() bool { // the receiver knows of it before the sender
			log = ask(t, s, "ann", "GET", "/notify/deliveries?state=sent&channel=push", "")
			return len(log.items()) == 1
		})
		row, _ := log.items()[0].(map[string]any)
		rowID, _ := row["id"].(string)
		if a := ask(t, s, "ann", "POST", "/notify/deliveries/"+rowID+"/again", ""); a.status != 200 || a.body["state"] != "queued" {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "bob", "POST", "/notify/deliveries/"+rowID+"/again", ""); a.status != 404 {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "bob", "GET", "/notify/deliveries?everyone=true", ""); a.status != 403 {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "boss", "GET", "/notify/deliveries?everyone=true", ""); a.status != 200 || len(a.items()) == 0 {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "ann", "DELETE", "/push/subscriptions?endpoint="+url.QueryEscape("https://push.example/phone"), ""); a.status != 204 {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "ann", "GET", "/push/subscriptions", ""); len(a.items()) != 0 {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "ann", "DELETE", "/push/subscriptions", ""); a.status != 422 {
			t.Fatalf("%+v", a)
		}
		if a := ask(t, s, "boss", "PUT", "/notify/templates/order.assigned", `{"version":0,"texts":{"zh":{"title":"{actor}","brief":"","body":"x"},"en":{"title":"x","brief":"","body":"x"}}}`); a.status != 422 || !strings.Contains(a.raw, "locked screens") {
			t.Fatalf("%+v", a)
		}
	})
}

func TestHTTPRefusals(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	h := start(t, d)
	s := site(t, h)
	for _, path := range []string{"/messages", "/messages/unread", "/notify/preferences", "/notify/deliveries", "/push/key", "/push/subscriptions", "/notify/templates"} {
		if a := ask(t, s, "", "GET", path, ""); a.status != 401 {
			t.Errorf("%s without signing in: %d", path, a.status)
		}
	}
	for _, x := range []struct{ method, path, body string }{{"GET", "/notify/templates", ""}, {"PUT", "/notify/templates/order.assigned", `{"version":0}`}} {
		if a := ask(t, s, "ann", x.method, x.path, x.body); a.status != 403 {
			t.Errorf("%s %s by somebody without the permission: %d", x.method, x.path, a.status)
		}
	}
	for _, x := range []struct{ method, path, body string }{
		{"POST", "/notify/test", `{"channel":"push","extra":1}`}, {"POST", "/notify/test", `{}`}, {"GET", "/messages?cursor=%00", ""},
		{"GET", "/messages?limit=9999", ""}, {"POST", "/messages/read-all", `{"until":-1}`}, {"GET", "/notify/deliveries?state=x", ""},
	} {
		if a := ask(t, s, "ann", x.method, x.path, x.body); a.status != 422 {
			t.Errorf("%s %s %s: %d", x.method, x.path, x.body, a.status)
		}
	}
}

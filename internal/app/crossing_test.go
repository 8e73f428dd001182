package app_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

// Requests that another site makes a browser send change nothing, whatever they carry.
func TestOtherSitesChangeNothing(t *testing.T) {
	h := build(t, db.SQLite)
	before := h.state()
	host := strings.TrimPrefix(h.url, "http://")
	for _, o := range h.operations() {
		if !o.changes() {
			continue
		}
		in := h.plausible(o, true)
		for _, foreign := range [][]header{
			{{"Sec-Fetch-Site", "cross-site"}}, {{"Sec-Fetch-Site", "same-site"}}, {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://" + host}},
			{{"Origin", "https://evil.example"}}, {{"Origin", "null"}}, {{"Origin", "https://evil.example"}, {"Referer", h.url + "/desk/"}, {"X-Requested-With", "XMLHttpRequest"}},
			{{"Origin", "http://" + host + ".evil.example"}}, {{"Sec-Fetch-Site", "cross-site"}, {"X-Forwarded-Host", "evil.example"}},
		} {
			if r := h.send(h.root, o, in, foreign...); r.status != 403 || r.code() != "cross_origin" {
				t.Errorf("%s from another site with %v: %d %s", o, foreign, r.status, r)
			}
		}
		// A form needs no leave of the browser to be sent; what it can send is no JSON either.
		c := in
		c.kind = "text/plain"
		if r := h.send(h.root, o, c, header{"Sec-Fetch-Site", "cross-site"}, header{"Sec-Fetch-Mode", "no-cors"}); r.status != 403 {
			t.Errorf("%s as a form of another site: %d %s", o, r.status, r)
		}
	}
	if after := h.state(); after != before {
		t.Errorf("something was changed:\n%s\n%s", before, after)
	}
	if r := h.do(h.root, "PUT", "/api/v1/auth/language", m{"language": "zh"}, header{"Sec-Fetch-Site", "same-origin"}, header{"Origin", "http://" + host}); r.status >= 300 {
		t.Errorf("a page of our own: %d %s", r.status, r)
	}
}

// A request with a token has not passed the look at the site it comes from, so it must
// never act by the cookie that came along.
func TestATokenNeverFallsBackToTheCookie(t *testing.T) {
	h := build(t, db.SQLite)
	for _, value := range []string{"Bearer wl_" + strings.Repeat("0", 32), "Bearer", "Basic cm9vdDpyb290", "Bearer ", "bearer x", "x", "wl_" + strings.Repeat("0", 32)} {
		r := h.do(h.root, "PUT", "/api/v1/auth/language", m{"language": "en"}, header{"Authorization", value}, header{"Sec-Fetch-Site", "cross-site"})
		if r.status != 401 {
			t.Errorf("Authorization: %s beside a cookie: %d %s", value, r.status, r)
		}
	}
}

// A token is no more than the permissions it was made with, and no way to the account.
func TestATokenIsOnlyItsPermissions(t *testing.T) {
	h := build(t, db.SQLite)
	token, _ := h.token(h.root, identity.OrgRead, identity.AssetRead)
	account := 0
	for _, o := range h.operations() {
		if strings.HasSuffix(o.path, "/live") {
			continue
		}
		r := h.send(token, o, h.plausible(o, false))
		switch o.access {
		case "public", "org.read", "asset.read":
			if r.status == 403 && !strings.HasPrefix(o.path, "/api/v1/teams/{id}/") && !strings.HasPrefix(o.path, "/api/v1/catalog/") {
				t.Errorf("%s: %d %s", o, r.status, r)
			}
		case "signed-in", "staged":
			if strings.HasPrefix(o.path, "/api/v1/auth/") && o.changes() && r.status < 400 {
				t.Errorf("%s with a token: %d %s", o, r.status, r)
			}
			if r.code() == "identity.session_needed" {
				account++
			}
		default:
			if r.status != 403 || r.code() != "forbidden" {
				t.Errorf("%s with a token that lacks %s: %d %s", o, o.access, r.status, r)
			}
		}
	}
	if account < 10 {
		t.Errorf("only %d operations on the account asked for a session", account)
	}
}

// Reading changes nothing, so that a link or a picture on another site cannot either.
func TestReadingChangesNothing(t *testing.T) {
	h := build(t, db.SQLite)
	before := h.state()
	for _, o := range h.reads() {
		for _, more := range [][]header{nil, {{"X-HTTP-Method-Override", "DELETE"}}, {{"X-HTTP-Method", "PUT"}}, {{"X-Method-Override", "POST"}}} {
			h.send(h.root, o, h.plausible(o, true), append(more, header{"Sec-Fetch-Site", "cross-site"})...)
		}
		in := h.plausible(o, true)
		in.path += map[bool]string{true: "&", false: "?"}[strings.Contains(in.path, "?")] + "_method=DELETE"
		h.send(h.root, o, in)
	}
	if after := h.state(); after != before {
		t.Errorf("something was changed:\n%s\n%s", before, after)
	}
}

// What is not an operation is refused with every other method too.
func TestOtherMethodsAreRefused(t *testing.T) {
	h := build(t, db.SQLite)
	before := h.state()
	known := map[string]bool{}
	for _, o := range h.operations() {
		known[o.String()] = true
		if o.method == "GET" {
			known["HEAD "+o.path] = true
		}
	}
	for _, o := range h.operations() {
		path := h.plausible(o, true).path
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X"} {
			for _, v := range []visitor{h.root, nobody} {
				if method == "HEAD" && known["HEAD "+o.path] && o.access != "public" && !strings.HasSuffix(o.path, "/live") {
					if r := h.do(nobody, method, path, nil); r.status != 401 {
						t.Errorf("HEAD %s for nobody: %d", path, r.status)
					}
				}
				if known[method+" "+o.path] || h.matches(known, method, path) {
					continue
				}
				r := h.do(v, method, path, nil)
				if r.status != 405 && r.status != 404 {
					t.Errorf("%s %s for %s: %d %s", method, path, v.name, r.status, r)
				}
				if strings.HasPrefix(o.path, "/api/") && method != "HEAD" {
					h.sound(method+" "+path, visitor{}, r)
				}
			}
		}
	}
	if after := h.state(); after != before {
		t.Errorf("something was changed:\n%s\n%s", before, after)
	}
	for _, path := range []string{"/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/orders", "/api/v1/nothing", "/api/v1/orders/x/nothing"} {
		if r := h.do(h.root, "GET", path, nil); r.status != 404 && r.status != 405 && path != "/api" {
			t.Errorf("%s: %d %s", path, r.status, r)
		} else if path != "/api" {
			h.sound("GET "+path, visitor{}, r)
		}
	}
}

// matches tells whether another operation of this method takes the path.
func (h *hospital) matches(known map[string]bool, method, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	if method == "HEAD" {
		method = "GET"
	}
	parts := strings.Split(path, "/")
	for k := range known {
		how, pattern, _ := strings.Cut(k, " ")
		names := strings.Split(pattern, "/")
		if how != method || len(names) != len(parts) {
			continue
		}
		fits := true
		for i, n := range names {
			fits = fits && (strings.HasPrefix(n, "{") || n == parts[i])
		}
		if fits {
			return true
		}
	}
	return strings.HasPrefix(path, "/m/") || strings.HasPrefix(path, "/p/") || strings.HasPrefix(path, "/desk/") || strings.HasPrefix(path, "/screen/")
}

// No answer sends a browser to another site.
func TestNothingLeadsElsewhere(t *testing.T) {
	h := build(t, db.SQLite)
	for _, path := range []string{"/", "/m", "/desk", "/m/work", "/p", "/screen", "//evil.example", "//evil.example/", "//evil.example/m/", "///evil.example/..", "/\\evil.example", "/%5cevil.example/", "/%2f%2fevil.example/%2e%2e",
		"/m/..//evil.example/", "/m//evil.example", "/m/%2e%2e//evil.example/", "/api/v1//evil.example", "/api/v1/..//evil.example", "/api//evil.example/..", "/desk/..%2f..%2fevil.example", "/?next=https://evil.example", "/m/?return=//evil.example",
		"/m/https://evil.example", "/https://evil.example/..", "/m/..\\..\\evil.example", "/.//evil.example", "/;@evil.example"} {
		for _, method := range []string{"GET", "POST"} {
			for _, more := range [][]header{nil, {{"Host", "evil.example"}}, {{"X-Forwarded-Host", "evil.example"}}, {{"X-Original-URL", "//evil.example"}, {"X-Rewrite-URL", "//evil.example"}}} {
				r := h.asIs(method, path, more...)
				to := r.head.Get("Location")
				if to == "" {
					continue
				}
				u, err := url.Parse(to)
				if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) || !strings.HasPrefix(to, "/") {
					t.Errorf("%s %s %v leads to %q", method, path, more, to)
				}
			}
		}
	}
}

// asIs sends a path without tidying it.
func (h *hospital) asIs(method, path string, more ...header) reply {
	h.t.Helper()
	req := must2(http.NewRequest(method, h.url+"/", nil))(h.t)
	req.URL.Opaque = path
	if strings.HasPrefix(path, "//") { // would be taken for a host
		req.URL.Opaque = ""
		req.URL.Path, req.URL.RawPath = path, path
	}
	for _, v := range more {
		req.Header.Set(v.name, v.value)
		if v.name == "Host" {
			req.Host = v.value
		}
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return reply{head: http.Header{}} // the client itself will not send it
	}
	defer func() { _ = resp.Body.Close() }()
	var b bytes.Buffer
	_, _ = b.ReadFrom(resp.Body)
	return reply{resp.StatusCode, resp.Header, b.Bytes()}
}

// Files of the machine are not among the pages, however their way is written.
func TestPathsDoNotLeaveTheirFolder(t *testing.T) {
	h := build(t, db.SQLite)
	for _, prefix := range []string{"/m/", "/desk/", "/m/work/", "/screen/", "/p/", "/api/v1/attachments/", "/api/v1/org/exports/", "/api/v1/public/orders/", "/m/assets/", "/"} {
		for _, way := range []string{"../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd", "..%5c..%5cetc%5cpasswd", "....//....//etc/passwd", "/etc/passwd", "%2fetc%2fpasswd", "..;/..;/etc/passwd",
			"..%00/etc/passwd", "go.mod", "../go.mod", "../../go.mod", "wardline.db", "../wardline.db", ".env", ".git/config", "files/", "assets/../../go.mod", "assets/", "index.html/../../../go.mod", "%c0%ae%c0%ae/etc/passwd", "C:/windows/win.ini", "file:///etc/passwd"} {
			r := h.asIs("GET", prefix+way)
			for _, secret := range []string{"root:x:", "module wardline", "SQLite format", "[core]", "daemon:"} {
				if bytes.Contains(r.body, []byte(secret)) {
					t.Errorf("%s%s answers with a file of the machine: %s", prefix, way, r)
				}
			}
			if strings.HasPrefix(prefix, "/api/") && r.status == 200 {
				t.Errorf("%s%s: 200 %s", prefix, way, r)
			}
		}
	}
}

package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"mime"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wardline/internal/asset"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// markup is text that a careless page would run.
var markup = []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(2)>`, `'><svg/onload=alert(3)>`, `javascript:alert(4)`, `</title><script>alert(5)</script>`, `{{constructor.constructor('alert(6)')()}}`, `<a href="javascript:alert(7)">x</a>`, "<!--", "]]>", "</style><script>alert(8)</script>"}

func TestUploadsAreWhatTheirBytesSay(t *testing.T) {
	h := build(t, db.SQLite)
	html, svg := "<!doctype html><script>alert(1)</script>", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`
	good := string(picture(t, 77))
	for _, c := range []struct {
		name, kind, content string
		want                string // type it is served as; empty is refused
	}{
		{"a.svg", "image/svg+xml", svg, ""}, {"a.png", "image/png", svg, ""}, {"a.svg", "image/png", "<?xml version=\"1.0\"?>" + svg, ""},
		{"a.html", "text/html", html, ""}, {"a.png", "image/png", html, ""}, {"a.jpg", "image/jpeg", "\n\n  " + html, ""}, {"a.pht", "image/png", "<?php system('id'); ?>", ""},
		{"a.js", "text/javascript", "alert(1)", ""}, {"a.exe", "application/octet-stream", "MZ\x90\x00", ""}, {"a.zip", "application/zip", "PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""},
		{"a.docm", "application/vnd.ms-word", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""}, {"a.xml", "text/xml", "<a/>", ""}, {"a.txt", "text/plain", "text", ""}, {"a.png", "image/png", "", ""},
		{"a.swf", "application/x-shockwave-flash", "CWS\x05aaaaaaaaaaa", ""}, {"a.mht", "multipart/related", "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + html, ""},
		{"a.html", "text/html", good, "image/png"}, {"a.svg", "image/svg+xml", good, "image/png"}, {"a.php", "text/html", "GIF89a/*" + html + "*/", "image/gif"},
		{"a.html", "text/html", "%PDF-1.4\n" + html, "application/pdf"},
	} {
		for _, way := range []string{"form", "whole"} {
			body, kind := c.content, c.kind
			if way == "form" {
				body, kind = form(t, "file", c.name, []byte(c.content))
			}
			r := h.do(h.viewer, "POST", "/api/v1/attachments", raw(body), header{"Content-Type", kind}, header{"X-File-Name", url.PathEscape(c.name)})
			if c.want != "" && r.status != 201 {
				t.Errorf("%s as %s (%s): %d %s", c.name, c.kind, way, r.status, r)
				continue
			}
			if c.want == "" {
				if r.status < 400 || r.status >= 500 {
					t.Errorf("%s as %s (%s): %d %s", c.name, c.kind, way, r.status, r)
				}
				continue
			}
			var up struct{ ID, Name, Type string }
			r.into(t, &up)
			d := h.do(h.viewer, "GET", "/api/v1/attachments/"+up.ID, nil)
			h.harmless("GET "+c.name, d)
			if got := d.head.Get("Content-Type"); got != c.want || up.Type != c.want || strings.HasSuffix(up.Name, "html") || strings.HasSuffix(up.Name, "php") {
				t.Errorf("%s as %s: named %s, served as %s", c.name, c.kind, up.Name, got)
			}
			if c.want == "application/pdf" && !strings.HasPrefix(d.head.Get("Content-Disposition"), "attachment") {
				t.Errorf("a PDF is shown: %s", d.head.Get("Content-Disposition"))
			}
			if sandbox := d.head.Get("Content-Security-Policy"); !strings.Contains(sandbox, "sandbox") || !strings.Contains(sandbox, "default-src 'none'") {
				t.Errorf("%s is served with the policy %q", c.name, sandbox)
			}
		}
	}
}

func TestNamesOfUploadsDoNoHarm(t *testing.T) {
	h := build(t, db.SQLite)
	kept := 0
	for i, name := range []string{"../../../etc/passwd", `..\..\windows\system32\cmd.exe`, "/etc/passwd", "C:\\a.png", "a\r\nSet-Cookie: x=1.png", "a\x00.png.exe", `a"; filename="evil.html`, "a\u202egnp.exe", "évil\u200b.png", "CON.png", "....", "", ".htaccess", strings.Repeat("长", 400) + ".png", "<script>alert(1)</script>.png",
		"a.png.html", "a%0d%0aX: y.png", "${jndi:x}.png", "'; rm -rf /.png", "\xff\xfe.png", "a.png;.html", "~/.ssh/id", "𠮷😀.png"} {
		body, kind := form(t, "file", name, picture(t, 300+i))
		for _, c := range []struct {
			body any
			head []header
		}{{raw(body), []header{{"Content-Type", kind}}}, {raw(picture(t, 400+i)), []header{{"Content-Type", "image/png"}, {"X-File-Name", url.PathEscape(name)}}}} {
			r := h.do(h.viewer, "POST", "/api/v1/attachments", c.body, c.head...)
			if r.status >= 400 && r.status < 500 { // a head that no parser takes
				continue
			}
			kept++
			var up struct{ ID, Name string }
			r.into(t, &up)
			if strings.ContainsAny(up.Name, "/\\\r\n\x00\"<>:") || strings.HasPrefix(up.Name, ".") || !strings.HasSuffix(up.Name, ".png") || strings.ContainsRune(up.Name, '\u202e') {
				t.Errorf("%q is kept as %q", name, up.Name)
			}
			for _, query := range []string{"", "?download=1", "?size=96"} {
				d := h.do(h.viewer, "GET", "/api/v1/attachments/"+up.ID+query, nil)
				disposition, params, err := mime.ParseMediaType(d.head.Get("Content-Disposition"))
				if d.status >= 400 && query == "?size=96" {
					continue
				}
				if err != nil || disposition == "" || params["filename"] != up.Name || d.head.Get("Set-Cookie") != "" || d.head.Get("X") != "" {
					t.Errorf("%q: %q %v", name, d.head.Get("Content-Disposition"), err)
				}
			}
		}
	}
	if kept < 30 {
		t.Errorf("only %d uploads were kept", kept)
	}
}

// harmless looks that a browser takes an answer for what it is, and that pages may run
// nothing but our own files.
func (h *hospital) harmless(what string, r reply) {
	h.t.Helper()
	kind := r.head.Get("Content-Type")
	if r.head.Get("X-Content-Type-Options") != "nosniff" {
		h.t.Errorf("%s: no nosniff (%s)", what, kind)
	}
	if kind == "" && len(r.body) > 0 {
		h.t.Errorf("%s: no content type", what)
	}
	policy := r.head.Get("Content-Security-Policy")
	for _, rule := range []string{"default-src"} {
		if !strings.Contains(policy, rule) {
			h.t.Errorf("%s: the policy %q has no %s", what, policy, rule)
		}
	}
	if !strings.HasPrefix(kind, "text/html") {
		return
	}
	scripts := regexp.MustCompile(`script-src([^;]*)`).FindStringSubmatch(policy)
	if len(scripts) > 0 && (strings.Contains(scripts[1], "'unsafe-inline'") || strings.Contains(scripts[1], "'unsafe-eval'") || strings.Contains(scripts[1], "*") || strings.Contains(scripts[1], "http")) {
		h.t.Errorf("%s: scripts may come from%s", what, scripts[1])
	}
	if !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "base-uri 'none'") || !strings.Contains(policy, "form-action") {
		h.t.Errorf("%s: the policy %q lets in too much", what, policy)
	}
}

func TestEveryAnswerIsWhatItSays(t *testing.T) {
	h := build(t, db.SQLite)
	pages := 0
	for _, o := range h.operations() {
		if strings.HasSuffix(o.path, "/live") {
			continue
		}
		for _, v := range []visitor{nobody, h.root} {
			for _, in := range []input{h.plausible(o, true), h.plausible(o, false)} {
				if o.changes() && v.name != "nobody" && in.path == h.plausible(o, true).path {
					continue
				}
				for _, accept := range []string{"", "text/html"} {
					r := h.send(v, o, in, header{"Accept", accept})
					h.root = h.again(h.root, r)
					h.harmless(o.String(), r)
					kind := r.head.Get("Content-Type")
					if strings.HasPrefix(kind, "text/html") {
						pages++
						if strings.HasPrefix(o.path, "/api/") && !strings.HasSuffix(o.path, "/slip") && o.path != "/api/v1/incidents/{id}/report" {
							t.Errorf("%s answers with a page: %s", o, r)
						}
					}
					if strings.HasPrefix(o.path, "/api/") && !strings.Contains(r.head.Get("Cache-Control"), "no-store") && !strings.Contains(r.head.Get("Cache-Control"), "private") {
						t.Errorf("%s may be kept by anybody: %q", o, r.head.Get("Cache-Control"))
					}
				}
			}
		}
	}
	if pages < 10 {
		t.Errorf("only %d pages were looked at", pages)
	}
}

// scarred fills the hospital with markup, and with what spreadsheets take for formulas.
func (h *hospital) scarred(texts []string) (order string) {
	h.t.Helper()
	t, ctx := h.t, h.system()
	for i, text := range texts {
		cut := func(n int) string { return string([]rune(text)[:min(n, len([]rune(text)))]) }
		v := must2(h.Orders.Create(ctx, workorder.Report{ItemID: h.item, PlaceID: h.wardRoom, Words: text, Symptom: cut(60), ContactName: cut(60), ContactPhone: cut(30), Channel: workorder.ByDesk,
			Form: map[string]any{"detail": text}, Priority: "P3"}, workorder.Meta{}))(t)
		must(t, 0, second(h.Orders.Remark(ctx, v.ID, text, nil, workorder.Meta{})))
		must(t, 0, second(h.Orders.SolveRemotely(ctx, v.ID, workorder.Work{Remedy: text, Cause: text, Parts: []workorder.Part{{Name: cut(100), Code: cut(60), Quantity: 1, Unit: cut(20)}}}, workorder.Meta{})))
		must(t, 0, second(h.Assets.Create(ctx, asset.Input{PlaceID: h.wardRoom, Facts: asset.Facts{Number: fmt.Sprintf("%.30s %d", strings.Join(strings.Fields(text), " "), i), Name: strings.TrimSpace(cut(80)), Model: cut(80), Serial: cut(80), Class: "pc", Note: text}})))
		must(t, 0, second(h.Org.SaveVendor(ctx, "", org.VendorInput{Name: cut(60), Note: text})))
		must(t, 0, second(h.Org.SavePlace(ctx, "", org.PlaceInput{CampusID: h.east, Kind: org.Room, Name: cut(60)})))
		must(t, 0, second(h.Org.SaveDepartment(ctx, "", org.DepartmentInput{CampusID: h.east, Name: cut(60), Kind: "other", CostCenter: cut(40)})))
		must(t, 0, second(h.Org.SaveTeam(ctx, "", org.TeamInput{CampusID: h.east, Name: cut(60), Kind: "other"})))
		order = v.ID
		h.slips = append(h.slips, v.ID)
	}
	return order
}

func TestMarkupStaysText(t *testing.T) {
	h := build(t, db.SQLite)
	h.scarred(markup)
	live := regexp.MustCompile(`(?i)<script>|<img src=x|<svg/|<a href="javascript|</title><|</style><s|href="?javascript|src="?javascript`)
	pages := []string{"/print/labels?list=true", "/print/labels?placesBelow=" + h.wardRoom + "&places=" + h.wardRoom, "/print/labels?list=true&format=60x40"}
	for _, id := range h.slips {
		pages = append(pages, "/api/v1/orders/"+id+"/slip")
	}
	for _, lang := range []string{"zh", "en"} {
		v := h.root
		v.lang = lang
		for _, path := range pages {
			r := h.do(v, "GET", path, nil)
			if !strings.HasPrefix(r.head.Get("Content-Type"), "text/html") {
				t.Errorf("%s: %d %s", path, r.status, r.head.Get("Content-Type"))
			}
			h.harmless(path, r)
			if found := live.FindString(string(r.body)); found != "" && !strings.Contains(path, "labels") || strings.Contains(string(r.body), "alert(1)<") || strings.Contains(found, "img") || strings.Contains(found, "svg") {
				t.Errorf("%s holds %s", path, found)
			}
			if strings.HasPrefix(path, "/api/") && !strings.Contains(string(r.body), "alert") && !strings.Contains(string(r.body), "&lt;!--") && !strings.Contains(string(r.body), "]]&gt;") {
				t.Errorf("%s does not show what was written", path)
			}
		}
		for _, o := range h.reads() {
			if o.plain {
				continue
			}
			if r := h.do(v, "GET", h.plausible(o, true).path, nil); r.status == 200 && r.head.Get("Content-Type") != "application/json" {
				t.Errorf("%s is served as %s", o, r.head.Get("Content-Type"))
			}
		}
	}
}

func TestCellsAreNoFormulas(t *testing.T) {
	h := build(t, db.SQLite)
	h.scarred([]string{"=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "=HYPERLINK(\"http://evil.example\")", "'=1+1", "=1\"&A1"})
	exports := 0
	for _, path := range []string{"/api/v1/orders/export", "/api/v1/assets/export", "/api/v1/org/exports/place", "/api/v1/org/exports/department", "/api/v1/org/exports/team", "/api/v1/org/exports/extension"} {
		r := h.do(h.root, "GET", path+"?format=csv", nil)
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(r.body, []byte("\xef\xbb\xbf")))).ReadAll()
		if err != nil || r.status != 200 {
			t.Fatalf("%s: %d %v", path, r.status, err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.HasPrefix(cell, "'") {
					exports++
				}
				if strings.IndexAny(cell, "=+-@\t\r＝＋－＠") == 0 {
					t.Errorf("%s has the cell %q", path, cell)
				}
			}
		}
		r = h.do(h.root, "GET", path+"?format=xlsx", nil)
		z := must2(zip.NewReader(bytes.NewReader(r.body), int64(len(r.body))))(t)
		if len(z.File) == 0 || strings.Contains(readable(t, r), "<f>") || strings.Contains(readable(t, r), "<f ") || strings.Contains(readable(t, r), "<hyperlink ") {
			t.Errorf("%s has a formula in its sheet", path)
		}
	}
	if exports < 20 {
		t.Errorf("only %d cells were marked as text", exports)
	}
}

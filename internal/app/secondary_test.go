package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"wardline/internal/asset"
	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/workorder"
)

// holdsNone looks that none of the texts stands in an answer.
func (h *hospital) holdsNone(what string, r reply, texts ...string) {
	h.t.Helper()
	if r.status != 200 {
		h.t.Errorf("%s: %d %s", what, r.status, r)
	}
	for _, text := range texts {
		if strings.Contains(string(r.body), text) {
			h.t.Errorf("%s tells %q: %s", what, text, r)
		}
	}
}

func TestScreensShowTheirCampusAndNobody(t *testing.T) {
	h := build(t, db.SQLite)
	for _, c := range []struct {
		screen string
		other  []string
	}{{"east screen", []string{"west order", "crew order", "task order", "own order"}}, {"west screen", []string{"ward order", "office order"}}, {"whole screen", nil}} {
		r := h.do(nobody, "GET", "/api/v1/screen?token="+h.byName[c.screen].marks[2], nil)
		h.holdsNone(c.screen, r, "WORDS-", "CALLER-", "555-", "DETAIL-", "FILE-", "PERSON-", "TASK-", "SYMPTOM-")
		for _, x := range h.things {
			if x.kind != "order" {
				continue
			}
			h.holdsNone(c.screen, r, x.id)
			shown := strings.Contains(string(r.body), x.marks[1])
			if foreign := strings.Contains(strings.Join(c.other, ","), x.name); shown == foreign && (foreign || c.screen == "whole screen") {
				t.Errorf("%s shows %s: %v", c.screen, x.name, shown)
			}
		}
	}
	if r := h.do(h.root, "DELETE", "/api/v1/screens/"+h.id("west screen"), nil); r.status >= 300 {
		t.Fatalf("%s", r)
	}
	if r := h.do(nobody, "GET", "/api/v1/screen?token="+h.byName["west screen"].marks[2], nil); r.status != 404 {
		t.Errorf("a screen whose link was taken back: %d", r.status)
	}
}

func TestAnOrdersLinkTellsNoPersonalThings(t *testing.T) {
	h := build(t, db.SQLite)
	id := h.id("west order")
	must(t, 0, second(h.Orders.Remark(h.system(), id, "REMARK-INSIDE", nil, workorder.Meta{})))
	must(t, 0, second(h.Orders.AddTask(h.system(), id, workorder.Assignment{TeamID: h.crew, Note: "TASK-INSIDE"}, workorder.Meta{})))
	var order struct{ Link string }
	h.do(h.root, "GET", "/api/v1/orders/"+id, nil).into(t, &order)
	for _, r := range []reply{h.do(nobody, "GET", "/api/v1/public/orders/"+order.Link, nil), h.do(nobody, "POST", "/api/v1/public/orders/"+order.Link, m{"kind": "urge", "note": "NOTE-INSIDE"})} {
		h.holdsNone("the link", r, "WORDS-", "CALLER-", "555-", "DETAIL-", "FILE-", "REMARK-INSIDE", "TASK-INSIDE", "NOTE-INSIDE", "PERSON-")
	}
	files := h.do(nobody, "GET", "/api/v1/attachments?subject=order&subjectId="+id, nil)
	if files.status != 404 {
		t.Errorf("the files of the link's order: %d %s", files.status, files)
	}
}

func TestThePublicSeesOnlyWhatIsForIt(t *testing.T) {
	h := build(t, db.SQLite)
	ctx := h.system()
	tree := must2(h.Catalog.Tree(ctx, true))(t)
	d := must2(h.Catalog.Create(ctx, "STAFF", catalog.Content{CategoryID: tree.Categories[0].ID, NameZh: "只给员工", Priority: catalog.P3, Limits: catalog.DefaultLimits(catalog.P3), Calendar: catalog.RoundTheClock,
		Mode: catalog.Onsite, TeamID: h.crew, ScriptZh: "SCRIPT-INSIDE"}))(t)
	must(t, 0, second(h.Catalog.Publish(ctx, d.ID, d.Version, "")))
	public := must2(h.Catalog.Draft(ctx, h.item))(t)
	public.Content.ScriptZh, public.Content.TeamID = "SCRIPT-INSIDE", h.crew
	saved := must2(h.Catalog.SaveDraft(ctx, h.item, public.Version, public.Content))(t)
	must(t, 0, second(h.Catalog.Publish(ctx, h.item, saved.Version, "")))
	for _, path := range []string{"/api/v1/catalog/tree", "/api/v1/catalog/search?q=STAFF", "/api/v1/catalog/search?q=" + "LAMP", "/api/v1/catalog/items/" + h.item} {
		h.holdsNone(path, h.do(nobody, "GET", path, nil), "SCRIPT-INSIDE", "只给员工", d.ID, h.crew)
	}
	for _, path := range []string{"/api/v1/catalog/items/" + d.ID, "/api/v1/catalog/items/" + h.item + "?version=1", "/api/v1/catalog/items/" + d.ID + "?version=1"} {
		if r := h.do(nobody, "GET", path, nil); r.status != 404 {
			t.Errorf("%s for nobody: %d", path, r.status)
		}
	}
	if r := h.do(nobody, "GET", "/api/v1/catalog/tree?editing=true", nil); r.status != 401 {
		t.Errorf("the editor's catalogue for nobody: %d", r.status)
	}
	// Reports without sign-in: only such items, only at such places, in nobody's name.
	for name, body := range map[string]m{
		"an item for staff": {"itemId": d.ID, "placeId": h.openRoom, "contactName": "x"},
		"another place":     {"itemId": h.item, "placeId": h.wardRoom, "contactName": "x"},
		"no place":          {"itemId": h.item, "departmentId": h.ward, "contactName": "x"},
		"a thing elsewhere": {"itemId": h.item, "assetId": h.id("west asset"), "contactName": "x"},
	} {
		if r := h.do(nobody, "POST", "/api/v1/public/orders", body); r.status != 401 {
			t.Errorf("%s: %d %s", name, r.status, r)
		}
	}
	var seen struct{ Token, Priority string }
	h.do(nobody, "POST", "/api/v1/public/orders", m{"itemId": h.item, "placeId": h.openRoom, "contactName": "x", "reporterId": h.admin, "priority": "P1", "channel": "desk", "assetId": h.id("west asset")}).into(t, &seen)
	order := must2(h.Orders.Get(ctx, seen.Token[:26]))(t)
	if order.ReporterID != "" || order.CreatorID != "" || order.Priority != "P3" || order.Channel != workorder.ByPublic || order.Status != workorder.Reported {
		t.Errorf("a report of nobody is %+v", order.Order)
	}
}

func TestACodeTellsNobodyMoreThanAReportNeeds(t *testing.T) {
	h := build(t, db.SQLite)
	v := must2(h.Assets.Create(h.system(), asset.Input{PlaceID: h.openRoom, Facts: asset.Facts{Number: "NR-OPEN", Name: "THING-OPEN", Class: "pc", Serial: "SN-OPEN", IP: "10.9.8.7", MAC: "02:00:00:00:00:01",
		CustodianID: h.id("clerk"), VendorID: h.firm, PriceFen: 123_456_789, Note: "NOTE-OPEN", WarrantyUntil: "2031-12-31"}}))(t)
	h.add(&thing{name: "open asset", kind: "asset", id: v.ID})
	r := h.do(nobody, "GET", "/api/v1/scan/"+h.assetCode("open asset"), nil)
	h.holdsNone("a scan", r, "SN-OPEN", "10.9.8.7", "02:00:00", "PERSON-clerk", h.id("clerk"), "NOTE-OPEN", "123456789", "2031-12-31", "甲维保", h.firm, "assetStatus")
	if !strings.Contains(string(r.body), "THING-OPEN") {
		t.Errorf("a scan where reports are open: %s", r)
	}
}

// What is told about an order is told to those who see it.
func TestNewsOfOrdersReachOnlyThoseWhoSeeThem(t *testing.T) {
	h := build(t, db.SQLite)
	eastAgent := h.newcomer("eastagent", identity.GrantSpec{RoleID: "agent", ScopeKind: identity.ScopeCampus, ScopeID: h.east})
	westAgent := h.newcomer("westagent", identity.GrantSpec{RoleID: "agent", ScopeKind: identity.ScopeCampus, ScopeID: h.west})
	h.grant(h.me, identity.GrantSpec{RoleID: "engineer", ScopeKind: identity.ScopeTeam}, identity.GrantSpec{RoleID: "reporter", ScopeKind: identity.ScopeOwn})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	must(t, 0, h.Start(ctx))
	report := func(place string) string {
		v := must2(h.Orders.Create(h.as(h.me), workorder.Report{ItemID: h.item, PlaceID: place, Channel: workorder.ByWeb}, workorder.Meta{}))(t)
		return must2(h.Orders.Intake(h.system(), v.ID, "", workorder.Meta{}))(t).ID
	}
	for _, place := range []string{h.wardRoom, h.westRoom} {
		given := report(place)
		must(t, 0, second(h.Orders.Dispatch(h.system(), given, workorder.Assignment{TeamID: h.away, AssigneeID: h.id("worker")}, workorder.Meta{})))
		offered := report(place)
		must(t, 0, second(h.Orders.Pool(h.system(), offered, workorder.Assignment{TeamID: h.crew}, workorder.Meta{})))
		must(t, 0, second(h.Orders.Urge(h.as(h.me), offered, "", workorder.Meta{})))
		must(t, 0, second(h.Orders.AddTask(h.system(), given, workorder.Assignment{TeamID: h.crew, Note: "x"}, workorder.Meta{})))
	}
	seen := map[string]int{}
	type message struct{ ID, Subject, Template, Page string }
	inbox := func(person string) []message {
		v := map[string]visitor{h.me: h.viewer, h.admin: h.root}[person]
		if v.cookie == "" {
			v = h.signIn(h.loginOf(person))
		}
		var list struct{ Items []message }
		h.do(v, "GET", "/api/v1/messages?limit=200", nil).into(t, &list)
		return list.Items
	}
	people := []string{eastAgent, westAgent, h.me, h.admin}
	for _, name := range []string{"nurse", "clerk", "mate", "fitter", "stranger", "worker"} {
		people = append(people, h.id(name))
	}
	if !dbtest.Wait(patience, func() bool {
		return len(inbox(eastAgent)) > 0 && len(inbox(westAgent)) > 0 && len(inbox(h.id("worker"))) > 1
	}) {
		t.Fatal("nobody was told anything")
	}
	for _, person := range people {
		list := inbox(person)
		if person == h.id("mate") && len(list) > 0 {
			t.Errorf("a member of the team who may not work is told %v", list)
		}
		for _, msg := range list {
			if msg.Subject == "" || strings.Contains(msg.Template, "test") {
				continue
			}
			seen[msg.Template]++
			_, err := h.Orders.Get(h.as(person), msg.Subject)
			if err != nil {
				t.Errorf("%s is told by %s of an order that they do not see: %v", h.loginOf(person), msg.Template, err)
			}
		}
	}
	if len(seen) < 2 {
		t.Errorf("only %v was told", seen)
	}
}

func (h *hospital) loginOf(person string) string {
	h.t.Helper()
	p, _, err := h.People.Get(h.system(), person)
	must(h.t, p, err)
	return p.Login
}

// Browsers say where they are to be reached; the program does not turn to its own house.
func TestPushGoesNotIntoTheHouse(t *testing.T) {
	h := build(t, db.SQLite)
	for i, endpoint := range []string{"http://push.example.com/x", "https://127.0.0.1/x", "https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://[::ffff:10.0.0.1]/x", "https://10.0.0.1/x", "https://169.254.169.254/latest/meta-data",
		"https://192.168.1.1/x", "https://172.16.0.1/x", "https://0.0.0.0/x", "https://100.64.0.1/x", "https://push.example.com:8443/x", "https://user:pw@push.example.com/x", "file:///etc/passwd", "gopher://127.0.0.1/x", "https:///x", "//push.example.com/x"} {
		in := subscription(t, fmt.Sprint(i))
		in["endpoint"] = endpoint
		if r := h.do(h.viewer, "POST", "/api/v1/push/subscriptions", in); r.status != 422 {
			t.Errorf("%s: %d %s", endpoint, r.status, r)
		}
	}
}

// To see a thing in one scope and to act in another are two rights: what is seen by the
// one cannot be changed, or taken out, by the other.
func TestEachPermissionHasItsOwnScope(t *testing.T) {
	h := build(t, db.SQLite)
	export := must2(h.People.CreateRole(h.system(), identity.RoleFacts{NameZh: "只导出", Permissions: []identity.Permission{identity.OrderExport}}))(t)
	h.grant(h.me, identity.GrantSpec{RoleID: "reporter", ScopeKind: identity.ScopeOwn}, identity.GrantSpec{RoleID: export.ID, ScopeKind: identity.ScopeAll})
	own := readable(t, h.do(h.viewer, "GET", "/api/v1/orders/export?format=csv", nil))
	h.grant(h.me, identity.GrantSpec{RoleID: "auditor", ScopeKind: identity.ScopeAll}, identity.GrantSpec{RoleID: export.ID, ScopeKind: identity.ScopeCampus})
	campus := readable(t, h.do(h.viewer, "GET", "/api/v1/orders/export?format=csv", nil))
	for _, x := range h.things {
		if x.kind != "order" {
			continue
		}
		if strings.Contains(own, x.marks[1]) != h.reach(identity.ScopeOwn, x) {
			t.Errorf("an export by who sees only the own has %s: %v", x.name, !h.reach(identity.ScopeOwn, x))
		}
		if strings.Contains(campus, x.marks[1]) != h.reach(identity.ScopeCampus, x) {
			t.Errorf("an export of one campus has %s: %v", x.name, !h.reach(identity.ScopeCampus, x))
		}
	}
	before := h.state()
	h.grant(h.me, identity.GrantSpec{RoleID: "auditor", ScopeKind: identity.ScopeAll}, identity.GrantSpec{RoleID: "admin", ScopeKind: identity.ScopeCampus})
	tried := 0
	for _, o := range h.operations() {
		kind := h.subjectOf(o.path)
		if !o.changes() || kind != "order" && kind != "asset" && kind != "person" || o.path == "/api/v1/orders/{id}/notes" {
			continue
		}
		tried++
		in := h.bodies(o)[0]
		in.path = strings.Replace(in.path, absent, h.id(map[string]string{"order": "west order", "asset": "west asset", "person": "stranger"}[kind]), 1)
		if body, ok := in.body.(map[string]any); ok && body["version"] != nil {
			body["version"] = 1
		}
		if r := h.send(h.viewer, o, in); r.status != 403 {
			t.Errorf("%s by who only sees it: %d %s", o, r.status, r)
		}
	}
	if after := h.state(); after != before || tried < 35 {
		t.Errorf("%d tried; something was changed:\n%s\n%s", tried, before, after)
	}
	// Nor can what is only seen be drawn into what may be changed.
	ward := "/api/v1/orders/" + h.id("ward order")
	for _, c := range []struct {
		path string
		body any
	}{{ward + "/merge", m{"into": h.id("west order")}}, {ward + "/notes", m{"note": "x", "files": []string{h.id("west order's file")}}}} {
		if r := h.do(h.viewer, "POST", c.path, c.body); r.status != 422 {
			t.Errorf("%s: %d %s", c.path, r.status, r)
		}
	}
}

// An upload of someone who has not signed in belongs to whoever holds its claim.
func TestAnUploadOfNobodyIsItsHoldersAlone(t *testing.T) {
	h := build(t, db.SQLite)
	var up struct{ ID string }
	h.do(nobody, "POST", "/api/v1/attachments", raw(picture(t, 700)), header{"Content-Type", "image/png"}, header{"X-Scan-Code", h.openCode}).into(t, &up)
	id, secret, ok := strings.Cut(up.ID, "-")
	if !ok || len(secret) < 20 {
		t.Fatalf("the claim is %q", up.ID)
	}
	report := func(file string) m {
		return m{"itemId": h.item, "placeId": h.openRoom, "contactName": "x", "files": []string{file}}
	}
	for _, guess := range append([]string{id, id + "-", id + "-" + strings.Repeat("0", len(secret))}, tampered(up.ID)[:len(up.ID)]...) {
		for _, v := range []visitor{nobody, h.viewer, h.root} {
			for _, query := range []string{"", "?size=96"} {
				if r := h.do(v, "GET", "/api/v1/attachments/"+guess+query, nil); r.status != 404 {
					t.Errorf("%s gets the upload by %q: %d", v.name, guess, r.status)
				}
			}
		}
		if r := h.do(nobody, "DELETE", "/api/v1/attachments/"+guess, nil); r.status != 404 {
			t.Errorf("the upload is thrown away by %q: %d", guess, r.status)
		}
		if r := h.do(nobody, "POST", "/api/v1/public/orders", report(guess)); r.status != 422 {
			t.Errorf("the upload is sent by %q: %d %s", guess, r.status, r)
		}
	}
	if r := h.do(nobody, "GET", "/api/v1/attachments/"+up.ID, nil); r.status != 200 {
		t.Errorf("its holder: %d", r.status)
	}
	if r := h.do(nobody, "POST", "/api/v1/public/orders", report(up.ID)); r.status != 201 {
		t.Errorf("its holder's report: %d %s", r.status, r)
	}
	for _, v := range []visitor{nobody, h.viewer} {
		if r := h.do(v, "GET", "/api/v1/attachments/"+up.ID, nil); r.status != 404 {
			t.Errorf("the claim, used up, opens the file to %s: %d", v.name, r.status)
		}
	}
	for name, code := range map[string]string{"no code": "", "a code of a place that is not open": "x", "an asset's code there": h.assetCode("west asset")} {
		if r := h.do(nobody, "POST", "/api/v1/attachments", raw(picture(t, 701)), header{"Content-Type", "image/png"}, header{"X-Scan-Code", code}); r.status != 401 {
			t.Errorf("an upload with %s: %d %s", name, r.status, r)
		}
	}
}

// The codes on labels are secrets of the places and things they hang on.
func TestLabelsArePrintedOnlyForWhatOneKeeps(t *testing.T) {
	h := build(t, db.SQLite)
	for _, role := range []string{"asset_keeper", "admin"} {
		h.grant(h.me, identity.GrantSpec{RoleID: role, ScopeKind: identity.ScopeCampus})
		for query, want := range map[string]int{
			"places=" + h.wardRoom: 200, "places=" + h.westRoom: 404, "places=" + h.wardRoom + "," + h.westRoom: 404, "places=" + absent: 404,
			"placesBelow=" + h.westRoom: 404, "placesBelow=" + absent: 404, "assets=" + h.id("ward asset"): 200, "assets=" + h.id("west asset"): 404,
			"assets=" + h.id("ward asset") + "," + h.id("west asset"): 404, "list=true&placeId=" + h.westRoom: 200 /* the own one */, "list=true&vendorId=" + h.rival: 404, "list=true": 200,
		} {
			r := h.do(h.viewer, "GET", "/print/labels?"+query, nil)
			if r.status != want {
				t.Errorf("%s of one campus prints %s: %d %s", role, query, r.status, r)
			}
			for _, name := range []string{"west asset", "firm asset"} {
				if strings.Contains(string(r.body), h.byName[name].marks[1]) {
					t.Errorf("%s of one campus prints %s by %s", role, name, query)
				}
			}
		}
	}
	for id, want := range map[string]int{h.wardRoom: 200, h.westRoom: 403} { // everybody sees the place itself, in the directory
		if r := h.do(h.viewer, "POST", "/api/v1/places/"+id+"/code", nil); r.status != want {
			t.Errorf("a new code for a place: %d, not %d: %s", r.status, want, r)
		}
	}
	for _, path := range []string{"/api/v1/places?limit=200", "/api/v1/places/" + h.openRoom, "/api/v1/places/search?text=", "/api/v1/org/exports/place?format=csv", "/api/v1/extensions/lookup?number=1"} {
		for _, v := range []visitor{h.viewer, h.root} {
			if r := h.do(v, "GET", path, nil); strings.Contains(string(r.body), h.openCode) {
				t.Errorf("%s tells the code of a place", path)
			}
		}
	}
}

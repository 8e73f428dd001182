package app_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"image"
	"image/png"
	"strings"
	"testing"

	"wardline/internal/asset"
	"wardline/internal/attachment"
	"wardline/internal/catalog"
	"wardline/internal/dispatch"
	"wardline/internal/escalation"
	"wardline/internal/identity"
	"wardline/internal/incident"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/transport"
	"wardline/internal/upkeep"
	"wardline/internal/workorder"
)

// hospital is a small one with two campuses. The viewer belongs to the east campus,
// department, team and vendor; everything has its own words by which it is known.
type hospital struct {
	*site
	root   visitor // administrator of everything
	viewer visitor
	me     string // the viewer's id
	admin  string // the administrator's id

	east, west                     string // campuses
	ward, station, office, clinic  string // departments: ward with the station below, office in the east; clinic in the west
	wardRoom, officeRoom, westRoom string
	openRoom                       string // takes reports without sign-in
	crew, other, away              string // teams: the viewer's, another of the east, the west's
	firm, rival                    string // vendors: the viewer's, another
	item, ride                     string // of the catalogue
	openCode                       string // code of openRoom
	things                         []*thing
	byName                         map[string]*thing
	hash                           string // of the password
	slips                          []string
}

// thing is something that not everybody may see.
type thing struct {
	name   string // in the test's own words
	kind   string // order, asset, person, attachment, screen; or own for what is one person's alone
	id     string
	marks  []string // texts by which it would be known
	campus string
	dept   string
	teams  []string
	vendor string
	people []string
}

// build makes the hospital.
func build(t *testing.T, engine db.Engine) *hospital {
	t.Helper()
	return buildOn(open(t, engine))
}

func buildOn(s *site) *hospital {
	s.t.Helper()
	h := &hospital{site: s, byName: map[string]*thing{}}
	h.directory()
	h.staff()
	h.catalogue()
	h.assets()
	h.orders()
	h.plans()
	h.transport()
	h.supervised()
	h.incidents()
	h.problems()
	h.belongings()
	return h
}

func (h *hospital) directory() {
	ctx, t := h.system(), h.t
	campus := func(name string) string {
		return must2(h.Org.SaveCampus(ctx, "", org.CampusInput{Name: name}))(t).ID
	}
	h.east, h.west = campus("东院"), campus("西院")
	department := func(name, campusID, parentID string) string {
		return must2(h.Org.SaveDepartment(ctx, "", org.DepartmentInput{Name: name, CampusID: campusID, ParentID: parentID, Kind: "clinical"}))(t).ID
	}
	h.ward = department("内科", h.east, "")
	h.station, h.office, h.clinic = department("内科护士站", h.east, h.ward), department("总务处", h.east, ""), department("西院门诊", h.west, "")
	place := func(name, campusID, departmentID string, public bool) string {
		return must2(h.Org.SavePlace(ctx, "", org.PlaceInput{Kind: org.Room, Name: name, CampusID: campusID, DepartmentID: departmentID, PublicReport: public}))(t).ID
	}
	h.wardRoom, h.officeRoom = place("内科一室", h.east, h.ward, false), place("总务一室", h.east, h.office, false)
	h.westRoom, h.openRoom = place("西院诊室", h.west, h.clinic, false), place("门诊大厅", h.east, h.office, true)
	vendor := func(name string) string {
		return must2(h.Org.SaveVendor(ctx, "", org.VendorInput{Name: name}))(t).ID
	}
	h.firm, h.rival = vendor("甲维保"), vendor("乙维保")
	team := func(name, campusID, vendorID string) string {
		return must2(h.Org.SaveTeam(ctx, "", org.TeamInput{Name: name, Kind: "maintenance", CampusID: campusID, VendorID: vendorID, Pool: true}))(t).ID
	}
	h.crew, h.other, h.away = team("东院电工", h.east, ""), team("东院水工", h.east, ""), team("西院电工", h.west, h.rival)
	h.openCode = must2(h.Org.RenewCode(ctx, h.openRoom))(t)
}

// must2 is for results that come with an error: must2(f())(t).
func must2[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T { t.Helper(); return must(t, v, err) }
}

// staff makes the people; all have accounts.
func (h *hospital) staff() {
	ctx, t := h.system(), h.t
	h.hash = must2(h.People.HashPassword(ctx, password))(t)
	var list []identity.NewPerson
	var things []*thing
	add := func(name, campus, dept, vendor string, grants []identity.GrantSpec, teams ...string) {
		phone := "1390000" + strings.Repeat("7", 2) + string(rune('0'+len(list)/10)) + string(rune('0'+len(list)%10))
		p := identity.NewPerson{PasswordHash: h.hash, Grants: grants, Facts: identity.Facts{Name: "PERSON-" + name, Login: name, StaffNo: "NO-" + strings.ToUpper(name), Phone: phone,
			Email: name + "@mail.example", Title: "TITLE-" + name, CampusID: campus, DepartmentID: dept, VendorID: vendor}}
		x := &thing{name: name, kind: "person", campus: campus, dept: dept, vendor: vendor, teams: teams,
			marks: []string{p.Name, p.StaffNo, phone, p.Email, p.Title}}
		for _, id := range teams {
			p.Teams = append(p.Teams, identity.Membership{TeamID: id})
		}
		list, things = append(list, p), append(things, x)
	}
	add("root", "", "", "", []identity.GrantSpec{{RoleID: "admin", ScopeKind: identity.ScopeAll}})
	add("viewer", h.east, h.ward, h.firm, nil, h.crew)
	add("nurse", h.east, h.station, "", nil)        // by campus and department
	add("clerk", h.east, h.office, "", nil)         // by campus
	add("mate", h.west, "", "", nil, h.crew)        // by team
	add("fitter", h.west, "", h.firm, nil)          // by vendor
	add("stranger", h.west, h.clinic, h.rival, nil) // not at all
	add("worker", h.west, h.clinic, h.rival, []identity.GrantSpec{{RoleID: "engineer", ScopeKind: identity.ScopeTeam}}, h.away)
	var ids []string
	err := h.DB.Write(ctx, func(tx *db.Tx) (err error) { ids, err = h.People.Import(ctx, tx, list); return err })
	must(t, ids, err)
	for i, x := range things {
		x.id, x.people = ids[i], []string{ids[i]}
		h.add(x, ids[i])
	}
	h.admin, h.me = ids[0], ids[1]
	h.root, h.viewer = h.signIn("root"), h.signIn("viewer")
	// The directory names people of the whole hospital.
	_, err = h.Org.SaveTeam(ctx, h.away, org.TeamInput{Edit: org.Edit{Version: 1}, Name: "西院电工", Kind: "maintenance", CampusID: h.west, VendorID: h.rival, Pool: true, LeadID: h.byName["worker"].id})
	must(t, 0, err)
}

// newcomer adds a person of the west campus with an account.
func (h *hospital) newcomer(login string, grants ...identity.GrantSpec) string {
	h.t.Helper()
	var ids []string
	err := h.DB.Write(h.system(), func(tx *db.Tx) (err error) {
		ids, err = h.People.Import(h.system(), tx, []identity.NewPerson{{PasswordHash: h.hash, Grants: grants,
			Facts: identity.Facts{Name: "PERSON-" + login, Login: login, CampusID: h.west, DepartmentID: h.clinic}}})
		return err
	})
	must(h.t, 0, err)
	return ids[0]
}

func (h *hospital) add(x *thing, marks ...string) *thing {
	x.marks = append(x.marks, marks...)
	h.things = append(h.things, x)
	h.byName[x.name] = x
	return x
}

func (h *hospital) id(name string) string {
	x := h.byName[name]
	if x == nil {
		h.t.Fatal("the hospital has no " + name)
	}
	return x.id
}

func (h *hospital) catalogue() {
	ctx, t := h.system(), h.t
	c := must2(h.Catalog.SaveCategory(ctx, catalog.Category{NameZh: "水电", NameEn: "Fabric", Active: true}))(t)
	content := catalog.Content{CategoryID: c.ID, NameZh: "灯不亮", NameEn: "Light out", Priority: catalog.P3, Limits: catalog.DefaultLimits(catalog.P3),
		Calendar: catalog.RoundTheClock, Mode: catalog.Onsite, Public: true, Form: catalog.Form{
			{Key: "detail", Kind: catalog.Text, Label: "细节"}, {Key: "pictures", Kind: catalog.Photo, Label: "照片"},
			{Key: "thing", Kind: catalog.Asset, Label: "设备"}, {Key: "spot", Kind: catalog.Place, Label: "位置"}}}
	d := must2(h.Catalog.Create(ctx, "LAMP", content))(t)
	d = must2(h.Catalog.Publish(ctx, d.ID, d.Version, ""))(t)
	h.item = d.ID
	content.NameZh, content.NameEn, content.Form = "送检查", "To an examination", catalog.Form{{Key: "place", Kind: catalog.Place, Label: "起点"}, {Key: "to", Kind: catalog.Place, Label: "终点"}, {Key: "bookedAt", Kind: catalog.Date, Label: "预约时间"}}
	d = must2(h.Catalog.Create(ctx, "TP01", content))(t)
	h.ride = must2(h.Catalog.Publish(ctx, d.ID, d.Version, ""))(t).ID
}

// transport books moves for long after the test, and lends things.
func (h *hospital) transport() {
	for _, b := range []struct{ name, place, campus, dept string }{
		{"ward booking", h.wardRoom, h.east, h.ward}, {"office booking", h.officeRoom, h.east, h.office}, {"west booking", h.westRoom, h.west, h.clinic},
	} {
		made := must2(h.Moves.Request(h.system(), transport.Request{Patient: &transport.Patient{Name: "PATIENT-" + word(b.name), Bed: "BED-" + word(b.name), Wristband: "BAND-" + word(b.name)},
			Report: workorder.Report{ItemID: h.ride, PlaceID: b.place, Words: "RIDE-" + word(b.name), Channel: workorder.ByDesk,
				Form: map[string]any{"to": h.openRoom, "bookedAt": float64(h.Clock.Now() + 90*clock.Day)}}}, workorder.Meta{}))(h.t)
		h.add(&thing{name: b.name, kind: "booking", id: made.Booking.ID, campus: b.campus, dept: b.dept}, made.Booking.ID, "PATIENT-"+word(b.name), "BED-"+word(b.name), "BAND-"+word(b.name))
	}
	for _, l := range []struct{ asset, campus, dept, vendor string }{{"ward asset", h.east, h.ward, ""}, {"office asset", h.east, h.office, ""}, {"west asset", h.west, h.clinic, h.rival}} {
		v := must2(h.Moves.Lend(h.system(), transport.LoanInput{AssetID: h.id(l.asset), DepartmentID: l.dept, DueAt: h.Clock.Now() + clock.Day, Borrower: "BORROWER-" + word(l.asset)}))(h.t)
		h.add(&thing{name: strings.TrimSuffix(l.asset, "asset") + "loan", kind: "loan", id: v.ID, campus: l.campus, dept: l.dept, vendor: l.vendor}, v.ID, v.Borrower)
	}
}

func (h *hospital) assets() {
	ctx, t := h.system(), h.t
	for _, a := range []struct{ name, place, dept, vendor, custodian, campus string }{
		{"ward asset", h.wardRoom, h.ward, "", "", h.east},
		{"office asset", h.officeRoom, h.office, "", "", h.east},
		{"west asset", h.westRoom, h.clinic, h.rival, "", h.west},
		{"firm asset", h.westRoom, h.clinic, h.firm, "", h.west},
		{"own asset", h.westRoom, h.clinic, "", h.me, h.west},
	} {
		word := strings.ToUpper(strings.ReplaceAll(a.name, " ", "-"))
		v := must2(h.Assets.Create(ctx, asset.Input{PlaceID: a.place, DepartmentID: a.dept, Facts: asset.Facts{Number: "NR-" + word, Name: "THING-" + word, Class: "pc",
			Serial: "SN-" + word, VendorID: a.vendor, CustodianID: a.custodian}}))(t)
		x := &thing{name: a.name, kind: "asset", id: v.ID, campus: a.campus, dept: a.dept, vendor: a.vendor}
		if a.custodian != "" {
			x.people = []string{a.custodian}
		}
		h.add(x, v.ID, v.Number, v.Name, v.Serial)
	}
}

func (h *hospital) orders() {
	for _, o := range []struct {
		name, place, team string
		task              string
		own               bool
		campus, dept      string
		vendor            string
	}{
		{name: "ward order", place: h.wardRoom, campus: h.east, dept: h.ward},
		{name: "office order", place: h.officeRoom, team: h.other, campus: h.east, dept: h.office},
		{name: "west order", place: h.westRoom, team: h.away, campus: h.west, dept: h.clinic, vendor: h.rival},
		{name: "crew order", place: h.westRoom, team: h.crew, campus: h.west, dept: h.clinic},
		{name: "task order", place: h.westRoom, team: h.away, task: h.crew, campus: h.west, dept: h.clinic, vendor: h.rival},
		{name: "own order", place: h.westRoom, team: h.away, own: true, campus: h.west, dept: h.clinic, vendor: h.rival},
		{name: "second west order", place: h.westRoom, team: h.away, campus: h.west, dept: h.clinic, vendor: h.rival},
	} {
		x := h.order(o.name, o.place, o.own)
		x.campus, x.dept, x.vendor = o.campus, o.dept, o.vendor
		if o.team != "" {
			x.teams = append(x.teams, o.team)
			must(h.t, 0, second(h.Orders.Pool(h.system(), x.id, workorder.Assignment{TeamID: o.team}, workorder.Meta{})))
		}
		if o.task != "" {
			x.teams = append(x.teams, o.task)
			must(h.t, 0, second(h.Orders.AddTask(h.system(), x.id, workorder.Assignment{TeamID: o.task, Note: "TASK-" + word(o.name)}, workorder.Meta{})))
		}
	}
}

// plans make no orders: they begin long after the test.
func (h *hospital) plans() {
	for _, p := range []struct{ name, place, campus, dept string }{
		{"ward plan", h.wardRoom, h.east, h.ward}, {"office plan", h.officeRoom, h.east, h.office}, {"west plan", h.westRoom, h.west, h.clinic},
	} {
		v := must2(h.Upkeep.Create(h.system(), upkeep.PlanInput{Name: "PLAN-" + word(p.name), Active: true,
			Work:       upkeep.Work{ItemID: h.item, PlaceID: p.place, Words: "PLANNED-" + word(p.name)},
			Recurrence: upkeep.Recurrence{Rule: "FREQ=YEARLY", StartAt: h.Clock.Now() + 300*clock.Day, OffDay: upkeep.OffKeep}}))(h.t)
		h.add(&thing{name: p.name, kind: "plan", id: v.ID, campus: p.campus, dept: p.dept}, v.ID, v.Name, v.Words)
	}
}

// supervised are reports that are owed and watches, of orders within the viewer's reach and
// outside.
func (h *hospital) supervised() {
	t, ctx := h.t, h.system()
	owner := h.newcomer("overseer", identity.GrantSpec{RoleID: "admin", ScopeKind: identity.ScopeAll})
	for _, name := range []string{"ward", "west", "crew"} {
		o := h.byName[name+" order"]
		var reportID string
		must(t, 0, h.DB.Write(ctx, func(tx *db.Tx) (err error) {
			reportID, err = h.Escalation.OpenReport(ctx, tx, escalation.Opening{Kind: escalation.IncidentReport, Subject: o.id, OrderID: o.id, OwnerID: owner, DueAt: h.Clock.Now() + 300*clock.Day})
			return err
		}))
		h.add(&thing{name: name + " report", kind: "report", id: reportID, campus: o.campus, dept: o.dept, vendor: o.vendor, teams: o.teams}, reportID)
		w := must2(h.Escalation.PutUnderWatch(ctx, o.id, escalation.WatchInput{Reason: "WATCHED", FollowerID: owner, DueAt: h.Clock.Now() + 80*clock.Day, Every: 10080}, ""))(t)
		h.add(&thing{name: name + " watch", kind: "watch", id: w.ID, campus: o.campus, dept: o.dept, vendor: o.vendor, teams: o.teams})
	}
}

// incidents are led by three of the orders; the others look like one fault.
func (h *hospital) incidents() {
	must(h.t, 0, h.Incidents.Look(h.system()))
	h.add(&thing{name: "a suggestion", kind: "suggestion", campus: h.west, dept: h.clinic, teams: []string{h.crew}})
	for _, p := range []struct{ name, lead, campus, dept, team string }{
		{"ward incident", "ward order", h.east, h.ward, ""}, {"office incident", "office order", h.east, h.office, h.other},
		{"west incident", "second west order", h.west, h.clinic, h.away},
	} {
		v := must2(h.Incidents.Declare(h.system(), incident.Declaration{LeadID: h.id(p.lead), Title: "TITLE-" + word(p.name), Notice: "NOTICE-" + word(p.name),
			Affected: incident.Affected{DepartmentIDs: []string{p.dept}}}, ""))(h.t)
		x := &thing{name: p.name, kind: "incident", id: v.ID, campus: p.campus, dept: p.dept}
		if p.team != "" {
			x.teams = []string{p.team}
		}
		h.add(x, v.ID, v.Number, v.Title, v.Notice)
	}
	list := must2(h.Incidents.Suggestions(h.system()))(h.t)
	if len(list) != 1 || list[0].Count != 4 {
		h.t.Fatalf("%d suggestions", len(list))
	}
	x := h.byName["a suggestion"]
	x.id, x.marks = list[0].ID, []string{list[0].ID}
}

// problems are of orders that nobody else has; what they name is the hospital's.
func (h *hospital) problems() {
	for _, p := range []struct{ name, order, team, campus, dept, vendor string }{
		{"ward problem", "ward order", "", h.east, h.ward, ""}, {"office problem", "office order", h.other, h.east, h.office, ""},
		{"west problem", "west order", h.away, h.west, h.clinic, h.rival},
	} {
		o := must2(h.Orders.Get(h.system(), h.id(p.order)))(h.t)
		o.ItemName = "PROBLEM-" + word(p.name)
		id := must2(h.Sorter.Note(h.system(), &o.Order, 3))(h.t)
		x := &thing{name: p.name, kind: "problem", id: id, campus: p.campus, dept: p.dept, vendor: p.vendor}
		if p.team != "" {
			x.teams = []string{p.team}
		}
		h.add(x, id, o.ItemName)
	}
}

func second[T any](_ T, err error) error { return err }

func word(name string) string { return strings.ToUpper(strings.ReplaceAll(name, " ", "-")) }

// order reports something with a picture: by the desk, or as the viewer's own.
func (h *hospital) order(name, place string, own bool) *thing {
	t, w := h.t, word(name)
	ctx, channel := h.system(), workorder.ByDesk
	if own {
		ctx, channel = h.as(h.me), workorder.ByWeb
	}
	file := must2(h.Files.Save(ctx, attachment.Upload{Name: "FILE-" + w + ".png", Body: bytes.NewReader(picture(t, len(h.things)))}))(t)
	v := must2(h.Orders.Create(ctx, workorder.Report{ItemID: h.item, PlaceID: place, Words: "WORDS-" + w, ContactName: "CALLER-" + w, ContactPhone: "555-" + w,
		Symptom: "SYMPTOM-" + w, Files: []string{file.ID}, Channel: channel, Form: map[string]any{"detail": "DETAIL-" + w}}, workorder.Meta{}))(t)
	x := &thing{name: name, kind: "order", id: v.ID}
	if own {
		x.people = []string{h.me}
	}
	h.add(x, v.ID, v.Number, v.Words, v.ContactName, v.ContactPhone, v.Symptom, "DETAIL-"+w, "TASK-"+w, file.ID, "FILE-"+w)
	h.add(&thing{name: name + "'s file", kind: "attachment", id: file.ID})
	return x
}

// picture returns a PNG that differs by n.
func picture(t *testing.T, n int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 40+n, 30))
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// belongings are things of the administrator that nobody else may see.
func (h *hospital) belongings() {
	t := h.t
	own := func(name, id string, marks ...string) {
		h.add(&thing{name: name, kind: "own", id: id, people: []string{h.admin}}, append(marks, id)...)
	}
	ctx := h.system()
	screen := func(name, campus string) {
		sc, token, err := h.Orders.AddScreen(ctx, "SCREEN-"+word(name), campus, 30)
		must(t, 0, err)
		h.add(&thing{name: name, kind: "screen", id: sc.ID, campus: campus}, sc.ID, sc.Name, token)
	}
	screen("east screen", h.east)
	screen("west screen", h.west)
	screen("whole screen", "")

	var made struct {
		Token  identity.Token
		Secret string
	}
	h.do(h.root, "POST", "/api/v1/auth/tokens", map[string]any{"name": "TOKEN-ROOT", "permissions": []string{"order.read"}, "expiresAt": h.Clock.Now() + 3_600_000}).into(t, &made)
	own("root's token", made.Token.ID, "TOKEN-ROOT", made.Secret)
	var sessions struct{ Items []identity.Session }
	h.do(h.root, "GET", "/api/v1/auth/sessions", nil).into(t, &sessions)
	own("root's session", sessions.Items[0].ID)
	var device struct{ ID string }
	h.do(h.root, "POST", "/api/v1/push/subscriptions", subscription(t, "DEVICE-ROOT")).into(t, &device)
	own("root's device", device.ID, "DEVICE-ROOT")
	var deliveries struct {
		Items []struct{ ID, MessageID string }
	}
	h.do(h.root, "POST", "/api/v1/notify/test", map[string]any{"channel": "push"}).into(t, &deliveries)
	own("root's delivery", deliveries.Items[0].ID)
	own("root's message", deliveries.Items[0].MessageID)
	var upload struct{ ID string }
	h.do(h.root, "POST", "/api/v1/attachments", raw(picture(t, 900)), header{"X-File-Name", "FILE-UPLOAD.png"}).into(t, &upload)
	own("root's upload", upload.ID, "FILE-UPLOAD")
	h.imports(own)
	body, kind := form(t, "file", "HISTORY-ROOT.csv", []byte("单号,内容,报修时间\nA1,灯不亮,2026-01-02 08:00\n"))
	var batch struct {
		ID      string
		Mapping map[string]any
	}
	h.do(h.root, "POST", "/api/v1/history/batches", raw(body), header{"Content-Type", kind}).into(t, &batch)
	own("root's history", batch.ID, "HISTORY-ROOT")
	batch.Mapping["source"], batch.Mapping["defaults"] = "旧系统", map[string]any{"item": h.item, "department": h.clinic}
	var mapping struct{ ID string }
	h.do(h.root, "PUT", "/api/v1/history/mappings", map[string]any{"name": "MAPPING-ROOT", "mapping": batch.Mapping}).into(t, &mapping)
	own("root's mapping", mapping.ID, "MAPPING-ROOT")
	var jobs struct{ Items []struct{ ID string } }
	h.do(h.root, "GET", "/api/v1/jobs", nil).into(t, &jobs)
	own("a job", jobs.Items[0].ID)
	own("a rule", must2(h.Rules.Rules(h.system()))(t)[0].ID)
	own("a ladder", must2(h.Escalation.Ladders(h.system()))(t)[0].ID)
	own("a mode", must2(h.Chooser.SaveMode(h.system(), "", 0, dispatch.ModeInput{Mode: dispatch.Manual}))(t).ID)
}

func (h *hospital) imports(own func(name, id string, marks ...string)) {
	for _, i := range []struct{ name, path, file string }{
		{"root's asset import", "/api/v1/asset-imports", "编号,名称,类别\nNR-PREVIEW,THING-PREVIEW,pc\n"},
		{"root's place import", "/api/v1/org/imports/place", "名称\nPLACE-PREVIEW\n"},
	} {
		body, kind := form(h.t, "file", "PREVIEW-"+word(i.name)+".csv", []byte(i.file))
		var preview struct{ Token string }
		h.do(h.root, "POST", i.path, raw(body), header{"Content-Type", kind}).into(h.t, &preview)
		own(i.name, preview.Token, "PREVIEW-"+word(i.name))
	}
}

// subscription is what a browser sends that wants to be told by push.
func subscription(t *testing.T, label string) map[string]any {
	t.Helper()
	key := must2(ecdh.P256().GenerateKey(rand.Reader))(t)
	return map[string]any{"endpoint": "https://push.example.com/" + label, "label": label, "keys": map[string]any{
		"p256dh": base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), "auth": base64.RawURLEncoding.EncodeToString(make([]byte, 16))}}
}

// reach tells whether a scope of the viewer's covers a thing: the test's own reckoning.
func (h *hospital) reach(kind identity.ScopeKind, x *thing) bool {
	has := func(list []string, v string) bool {
		for _, e := range list {
			if e == v {
				return true
			}
		}
		return false
	}
	if has(x.people, h.me) || kind == identity.ScopeAll {
		return true
	}
	switch kind {
	case identity.ScopeCampus:
		return x.campus == h.east
	case identity.ScopeDepartment:
		return x.dept == h.ward || x.dept == h.station
	case identity.ScopeTeam:
		return has(x.teams, h.crew)
	case identity.ScopeVendor:
		return x.vendor == h.firm
	}
	return false
}

// narrow are the scopes that cover a part of the hospital; each follows the viewer.
var narrow = []identity.ScopeKind{identity.ScopeCampus, identity.ScopeDepartment, identity.ScopeTeam, identity.ScopeVendor, identity.ScopeOwn}

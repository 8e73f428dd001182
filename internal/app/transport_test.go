package app_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"wardline/internal/app"
	"wardline/internal/attachment"
	"wardline/internal/dispatch"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/transport"
	"wardline/internal/workorder"
)

// ride is a hospital with two porters and a nurse on a clock that stands still.
type ride struct {
	*hospital
	clock        *clock.Manual
	items        map[string]string
	near, far    string // porters
	nurse        string
	begin        int64
	room, target string
}

var rideBegin = time.Date(2026, 11, 2, 8, 0, 0, 0, time.FixedZone("", 8*3600)).UnixMilli()

func porters(t *testing.T, engine db.Engine) *ride {
	t.Helper()
	c := clock.NewManual(rideBegin)
	h := buildOn(serve(t, house(t, engine, func(o *app.Options) { o.Clock = c })))
	r := &ride{hospital: h, clock: c, items: map[string]string{}, begin: h.Clock.Now(), room: h.wardRoom, target: h.officeRoom}
	ctx := h.system()
	must(t, 0, h.DB.Write(ctx, func(tx *db.Tx) error {
		if err := h.Catalog.Seed(ctx, tx, map[string]string{"运送中心": h.crew}); err != nil {
			return err
		}
		for _, code := range []string{"TS01", "TS03"} {
			it, err := h.Catalog.ByCode(ctx, tx, code)
			if err != nil {
				return err
			}
			r.items[code] = it.ID
		}
		porter := []identity.GrantSpec{{RoleID: "engineer", ScopeKind: identity.ScopeTeam}}
		ids, err := h.People.Import(ctx, tx, []identity.NewPerson{
			{PasswordHash: h.hash, Grants: porter, Teams: []identity.Membership{{TeamID: h.crew}}, Facts: identity.Facts{Name: "赵运", Login: "zhao", StaffNo: "Y001", CampusID: h.east}},
			{PasswordHash: h.hash, Grants: porter, Teams: []identity.Membership{{TeamID: h.crew}}, Facts: identity.Facts{Name: "钱送", Login: "qian", StaffNo: "Y002", CampusID: h.east}},
			{PasswordHash: h.hash, Grants: []identity.GrantSpec{{RoleID: "reporter", ScopeKind: identity.ScopeDepartment}}, Facts: identity.Facts{Name: "李护士", Login: "lihushi", StaffNo: "N100", CampusID: h.east, DepartmentID: h.ward}},
		})
		if err == nil {
			r.near, r.far, r.nurse = ids[0], ids[1], ids[2]
		}
		return err
	}))
	var duties []org.DutyInput
	for _, p := range []string{r.near, r.far} {
		duties = append(duties, org.DutyInput{PersonID: p, StartAt: r.begin - clock.Hour, EndAt: r.begin + 8*clock.Hour})
	}
	must2(h.Org.AddDuties(ctx, h.crew, duties))(t)
	return r
}

// after moves the clock to so many seconds after the beginning.
func (r *ride) after(seconds int64) { r.clock.Set(rideBegin + seconds*clock.Second) }

// timeline tells every event with the second it occurred and who acted.
func (r *ride) timeline(orderID string) string {
	var b strings.Builder
	for _, e := range must2(r.Orders.Timeline(r.system(), orderID))(r.t) {
		fmt.Fprintf(&b, "%d %s %s", (e.At-r.begin)/clock.Second, e.Kind, e.ActorName)
		if l := e.Facts.Leg; l != nil && l.SecondName != "" {
			b.WriteString(" + " + l.SecondName)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (r *ride) signature(ctx context.Context) string {
	r.t.Helper()
	n := 1000 + int(r.clock.Now()%1000)
	return must2(r.Files.Save(ctx, attachment.Upload{Name: "sign.png", Body: bytes.NewReader(picture(r.t, n))}))(r.t).ID
}

func rideEngines(t *testing.T, f func(t *testing.T, r *ride)) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) { f(t, porters(t, engine)) })
	}
}

func refusedWith(t *testing.T, err error, code string) {
	t.Helper()
	f, ok := fault.Of(err)
	if ok && f.Code == code {
		return
	}
	if ok {
		for _, x := range f.Fields {
			if x.Code == code {
				return
			}
		}
	}
	t.Fatalf("%v, want %s", err, code)
}

// A stat blood gas: the first porter refuses, dispatching gives it to the other; that one
// is called away on the way and the first takes over. It is at the laboratory in time.
func TestStatBloodGasWithTwoPorters(t *testing.T) {
	rideEngines(t, func(t *testing.T, r *ride) {
		must2(r.Chooser.SaveMode(r.system(), "", 0, dispatch.ModeInput{Mode: dispatch.Automatic, ItemID: r.items["TS01"], Active: true}))(t)
		made := must2(r.Moves.Request(r.as(r.nurse), transport.Request{Codes: []string{"BG-1"}, Report: workorder.Report{ItemID: r.items["TS01"], Symptom: "血气",
			PlaceID: r.room, Form: map[string]any{"to": r.target, "quantity": 1.0, "carriage": "ice"}}}, workorder.Meta{}))(t)
		id := made.Order.ID
		give := func(to string) {
			must2(r.Orders.Dispatch(r.system(), id, workorder.Assignment{TeamID: r.crew, AssigneeID: to}, workorder.Meta{}))(t)
		}
		r.after(20)
		give(r.near)
		r.after(40)
		must2(r.Orders.Refuse(r.as(r.near), id, "正在送手术病人", workorder.Meta{}))(t)
		r.after(41)
		must(t, 0, r.Chooser.Look(r.system(), id, dispatch.CauseRefusal))
		if o := must2(r.Orders.Get(r.system(), id))(t); o.AssigneeID != r.far {
			t.Fatalf("after the refusal it is with %q", o.AssigneeName)
		}
		r.after(60)
		must2(r.Orders.Accept(r.as(r.far), id, workorder.Meta{}))(t)
		r.after(240)
		must2(r.Moves.PickUp(r.as(r.far), id, transport.Hand{Codes: []string{"BG-1"}}, workorder.Meta{}))(t)
		r.after(300)
		give(r.near)
		r.after(310)
		must2(r.Orders.Accept(r.as(r.near), id, workorder.Meta{}))(t)
		r.after(420)
		must2(r.Moves.PickUp(r.as(r.near), id, transport.Hand{Codes: []string{"BG-1"}}, workorder.Meta{}))(t)
		r.after(600)
		v := must2(r.Moves.Deliver(r.as(r.near), id, transport.Delivery{Finish: true, Hand: transport.Hand{Codes: []string{"BG-1"}}}, "已送达", workorder.Meta{}))(t)
		lines := r.timeline(id)
		want := "0 report 李护士\n0 pool \n20 dispatch test\n40 refuse 赵运\n41 dispatch dispatch\n60 accept 钱送\n240 pick_up 钱送\n" +
			"300 dispatch test\n310 accept 赵运\n420 pick_up 赵运\n600 deliver 赵运\n600 finish 赵运\n"
		if lines != want {
			t.Errorf("timeline\n%swant\n%s", lines, want)
		}
		if v.DeliveredAt >= v.StatDue || v.StatDue != r.begin+15*clock.Minute || len(v.Handovers) != 3 {
			t.Errorf("%+v", v.Sheet)
		}
		if o := must2(r.Orders.Get(r.system(), id))(t); o.Overdue != "" || o.Status != workorder.Finished || o.ArrivedAt != r.begin+240*clock.Second {
			t.Errorf("%+v", o.Order)
		}
	})
}

func TestBloodPickUpIsBlockedWithoutTheSecondSignature(t *testing.T) {
	rideEngines(t, func(t *testing.T, r *ride) {
		made := must2(r.Moves.Request(r.as(r.nurse), transport.Request{Report: workorder.Report{ItemID: r.items["TS03"], PlaceID: r.room,
			Form: map[string]any{"bloodOrderNo": "U-77", "coldBox": "yes"}}}, workorder.Meta{}))(t)
		id, ctx := made.Order.ID, r.as(r.near)
		r.after(30)
		must2(r.Orders.Grab(ctx, id, workorder.Meta{}))(t)
		r.after(90)
		must2(r.Orders.Arrive(ctx, id, "", workorder.Meta{}))(t)
		r.after(100)
		alone := transport.Hand{Sign: r.signature(ctx)}
		refusedWith(t, second(r.Moves.PickUp(ctx, id, alone, workorder.Meta{})), "transport.second")
		alone.Second = &transport.Second{StaffNo: "Y001", Name: "赵运", Sign: alone.Sign}
		refusedWith(t, second(r.Moves.PickUp(ctx, id, alone, workorder.Meta{})), "transport.second_self")
		form := map[string]any{"secondSignature": alone.Sign}
		refusedWith(t, second(r.Orders.Finish(ctx, id, workorder.Work{Remedy: "送达", Sign: alone.Sign, Form: form}, workorder.Meta{})), "transport.deliver_first")
		r.after(130)
		both := func() transport.Hand {
			return transport.Hand{Sign: r.signature(ctx), Second: &transport.Second{StaffNo: "N100", Name: "李护士", Sign: r.signature(ctx)}}
		}
		must2(r.Moves.PickUp(ctx, id, both(), workorder.Meta{}))(t)
		r.after(400)
		refusedWith(t, second(r.Moves.Deliver(ctx, id, transport.Delivery{Finish: true, Hand: transport.Hand{Sign: alone.Sign}}, "已送达", workorder.Meta{})), "transport.second")
		r.after(430)
		must2(r.Moves.Deliver(ctx, id, transport.Delivery{Finish: true, Hand: both()}, "已送达", workorder.Meta{}))(t)
		want := "0 report 李护士\n0 pool \n30 grab 赵运\n90 arrive 赵运\n130 pick_up 赵运 + 李护士\n430 deliver 赵运 + 李护士\n430 finish 赵运\n"
		if got := r.timeline(id); got != want {
			t.Errorf("timeline\n%swant\n%s", got, want)
		}
	})
}

// A patient's name reaches nobody's list, export, message, error or audit trail.
func TestPatientsStandInNoListOrMessage(t *testing.T) {
	r := porters(t, db.SQLite)
	made := must2(r.Moves.Request(r.as(r.nurse), transport.Request{Patient: &transport.Patient{Name: "欧阳晓明", Wristband: "BAND-77", Bed: "BED-77"},
		Report: workorder.Report{ItemID: r.ride, PlaceID: r.room, Form: map[string]any{"to": r.target}}}, workorder.Meta{}))(t)
	id := made.Order.ID
	must2(r.Orders.Dispatch(r.system(), id, workorder.Assignment{TeamID: r.crew, AssigneeID: r.near}, workorder.Meta{}))(t)
	must2(r.Orders.Accept(r.as(r.near), id, workorder.Meta{}))(t)
	must2(r.Moves.Check(r.as(r.near), id, transport.CheckInput{End: "pick_up", Wristband: "BAND-78"}, workorder.Meta{}))(t)
	secrets := []string{"欧", "BAND-7", "BED-77"}
	check := func(who, path string, v visitor, allowed ...string) {
		body := readable(t, r.do(v, "GET", path, nil))
		for _, s := range secrets {
			if strings.Contains(body, s) && !strings.Contains(strings.Join(allowed, " "), s) {
				t.Errorf("%s at %s reads %s", who, path, s)
			}
		}
	}
	nurse, near, far := r.signIn("lihushi"), r.signIn("zhao"), r.signIn("qian")
	for who, v := range map[string]visitor{"the administrator": r.root, "the nurse": nurse, "the porter": near, "another porter": far} {
		for _, path := range []string{"/orders", "/orders/" + id, "/orders/" + id + "/events", "/orders/export?format=csv", "/transport/orders", "/messages", "/audit", "/orders/" + id + "/slip", "/transport/bookings"} {
			check(who, "/api/v1"+path, v)
		}
	}
	for _, path := range []string{"/api/v1/orders/" + id + "/transport", "/api/v1/orders/" + id + "/receipt"} {
		check("another porter", path, far)
		check("the porter", path, near, "欧", "BED-77")
		if body := readable(t, r.do(near, "GET", path, nil)); !strings.Contains(body, "欧**明") || strings.Contains(body, "欧阳") {
			t.Errorf("the porter does not read the masked name at %s: %s", path, body)
		}
	}
	if body := readable(t, r.do(nurse, "GET", "/api/v1/orders/"+id+"/receipt?roll=1", nil)); !strings.Contains(body, `class="roll"`) {
		t.Error("no narrow receipt")
	}
}

func TestThingsLentAreFoundAgain(t *testing.T) {
	r := porters(t, db.SQLite)
	ctx := r.system()
	// The hospital has lent the ward's thing already.
	refusedWith(t, second(r.Moves.Lend(ctx, transport.LoanInput{AssetID: r.id("ward asset"), DepartmentID: r.office, DueAt: r.begin + clock.Day})), "transport.lent")
	refusedWith(t, second(r.Moves.Lend(ctx, transport.LoanInput{AssetID: r.id("firm asset"), DepartmentID: r.office, DueAt: r.begin})), "transport.due")
	late, _ := must3(r.Moves.Loans(ctx, transport.LoanFilter{Late: true}, 50, ""))(t)
	if len(late) != 0 {
		t.Fatalf("%d late at once", len(late))
	}
	r.after(2 * 86400)
	late, _ = must3(r.Moves.Loans(ctx, transport.LoanFilter{Late: true, Text: "thing-ward"}, 50, ""))(t)
	if len(late) != 1 || late[0].ID != r.id("ward loan") {
		t.Fatalf("%+v", late)
	}
	refusedWith(t, second(r.Moves.Bring(ctx, late[0].ID, "", "")), "required")
	must2(r.Moves.Bring(ctx, late[0].ID, r.officeRoom, "轮子松"))(t)
	refusedWith(t, second(r.Moves.Bring(ctx, late[0].ID, r.officeRoom, "")), "transport.returned")
	must(t, 0, r.Moves.Seen(ctx, r.id("ward asset"), "", r.openRoom))
	where := must2(r.Moves.Whereabouts(ctx, "ward", "", 10))(t)
	if len(where) != 1 || where[0].PlaceID != r.openRoom || where[0].How != "seen" || where[0].LoanID != "" {
		t.Fatalf("%+v", where)
	}
	must2(r.Moves.Lend(ctx, transport.LoanInput{AssetID: r.id("ward asset"), DepartmentID: r.office, DueAt: r.clock.Now() + clock.Day}))(t)
}

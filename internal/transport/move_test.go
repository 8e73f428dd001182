package transport_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/transport"
	"wardline/internal/workorder"
)

var nurseSigns = &transport.Second{StaffNo: "n100", Name: "李护士", Sign: "sign-2"}

func TestPatientIsCheckedAtBothEnds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.ask("TP01", trip(), &transport.Patient{Name: "张晓明", Wristband: "ZY 000123"})
		h.give(o.ID, h.a)
		ctx := h.as(h.a)
		refused(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{}, workorder.Meta{})), "transport.identity")
		v := got(h.moves.Check(ctx, o.ID, transport.CheckInput{End: "pick_up", Wristband: "ZY000124"}, workorder.Meta{}))(t)
		if v.Checks[0].Outcome != transport.Mismatch || !slices.Contains(v.Next.Lacks, "identity") {
			t.Fatalf("another's wristband: %+v %+v", v.Checks, v.Next)
		}
		refused(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{}, workorder.Meta{})), "transport.identity")
		must(t, second(h.moves.Check(ctx, o.ID, transport.CheckInput{End: "pick_up", Wristband: "zy000123"}, workorder.Meta{})))
		// What was found last holds.
		must(t, second(h.moves.Check(ctx, o.ID, transport.CheckInput{End: "pick_up", Wristband: "other"}, workorder.Meta{})))
		refused(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{}, workorder.Meta{})), "transport.identity")
		must(t, second(h.moves.Check(ctx, o.ID, transport.CheckInput{End: "pick_up", Wristband: "ZY000123"}, workorder.Meta{})))
		v = got(h.moves.PickUp(ctx, o.ID, transport.Hand{Code: h.ward}, workorder.Meta{}))(t)
		now := got(h.orders.Get(h.system(), o.ID))(t)
		if v.Step != transport.Carried || now.Status != workorder.Working || now.ArrivedAt != h.clock.Now() || now.Visits != 1 {
			t.Fatalf("after the pick-up %s, %+v", v.Step, now.Order)
		}
		refused(t, second(h.orders.Finish(ctx, o.ID, workorder.Work{Remedy: "送达"}, workorder.Meta{})), "transport.deliver_first")
		refused(t, second(h.moves.Deliver(ctx, o.ID, transport.Delivery{Finish: true}, "已送达", workorder.Meta{})), "transport.identity")
		by := func(s *transport.Second, reason string) error {
			return second(h.moves.Check(ctx, o.ID, transport.CheckInput{End: "deliver", Reason: reason, Second: s}, workorder.Meta{}))
		}
		refused(t, by(nurseSigns, ""), "transport.manual")
		refused(t, by(nil, "腕带破损"), "transport.second")
		refused(t, by(&transport.Second{StaffNo: "Y001", Name: "赵运"}, "腕带破损"), "transport.second_self")
		refused(t, by(&transport.Second{StaffNo: "N100", Name: "王护士"}, "腕带破损"), "transport.second_unknown")
		refused(t, by(&transport.Second{StaffNo: "N999", Name: "李护士"}, "腕带破损"), "transport.second_unknown")
		must(t, by(nurseSigns, "腕带破损"))
		refused(t, second(h.moves.Deliver(ctx, o.ID, transport.Delivery{Hand: transport.Hand{Code: h.ward}}, "已送达", workorder.Meta{})), "order.wrong_place")
		must(t, second(h.moves.Deliver(ctx, o.ID, transport.Delivery{Hand: transport.Hand{Code: h.lab}, Finish: true}, "已送达", workorder.Meta{})))
		now = got(h.orders.Get(h.system(), o.ID))(t)
		if now.Status != workorder.Finished || now.Remedy != "已送达" {
			t.Fatalf("delivered and %s", now.Status)
		}
		kinds := ""
		for _, e := range got(h.orders.Timeline(h.system(), o.ID))(t) {
			kinds += string(e.Kind)
			if e.Kind == workorder.KindCheck {
				kinds += ":" + e.Facts.Leg.Outcome
			}
			kinds += " "
		}
		if want := "report pool dispatch accept check:mismatch check:matched check:mismatch check:matched pick_up check:manual deliver finish "; kinds != want {
			t.Errorf("timeline\n%s\n%s", kinds, want)
		}
	})
}

func TestBloodNeedsTwoSignatures(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.ask("TS03", map[string]any{"bloodOrderNo": "B1"}, nil)
		h.give(o.ID, h.a)
		ctx := h.as(h.a)
		refused(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{Sign: "sign-1"}, workorder.Meta{})), "transport.second")
		unsigned := *nurseSigns
		unsigned.Sign = ""
		refused(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{Second: &unsigned}, workorder.Meta{})), "transport.second_sign")
		refused(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{Second: &transport.Second{StaffNo: "Y001", Name: "赵运", Sign: "s"}}, workorder.Meta{})), "transport.second_self")
		refused(t, second(h.orders.Finish(ctx, o.ID, workorder.Work{Remedy: "x", Sign: "s", Form: map[string]any{"secondSignature": "s"}}, workorder.Meta{})), "order.arrive_first")
		must(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{Second: nurseSigns}, workorder.Meta{})))
		refused(t, second(h.orders.Finish(ctx, o.ID, workorder.Work{Remedy: "x", Sign: "s", Form: map[string]any{"secondSignature": "s"}}, workorder.Meta{})), "transport.deliver_first")
		refused(t, second(h.moves.Deliver(ctx, o.ID, transport.Delivery{Finish: true, Hand: transport.Hand{Sign: "s"}}, "已送达", workorder.Meta{})), "transport.second")
		v := got(h.moves.Deliver(ctx, o.ID, transport.Delivery{Finish: true, Hand: transport.Hand{Sign: "sign-1", Second: nurseSigns}}, "已送达", workorder.Meta{}))(t)
		if v.Step != transport.Delivered || len(v.Handovers) != 2 || v.Handovers[1].SecondName != "李护士" {
			t.Fatalf("%+v", v.Sheet)
		}
		if now := got(h.orders.Get(h.system(), o.ID))(t); now.Status != workorder.Finished || now.Form["secondSignature"] != "sign-2" {
			t.Fatalf("%s %v", now.Status, now.Form)
		}
	})
}

func TestControlledDrugIsCheckedTwice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		plain := h.ask("TD01", map[string]any{"prescriptionNo": "R1", "narcotic": "no"}, nil)
		strict := h.ask("TD01", map[string]any{"prescriptionNo": "R2", "narcotic": "yes"}, nil)
		if v := got(h.moves.Get(h.system(), plain.ID))(t); v.DoubleCheck {
			t.Error("an ordinary drug wants two signatures")
		}
		if v := got(h.moves.Get(h.system(), strict.ID))(t); !v.DoubleCheck {
			t.Error("a controlled drug does not want two signatures")
		}
	})
}

func TestTubesAreCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.ask("TS01", map[string]any{"quantity": 3.0, "carriage": "ice"}, nil, "A1", "A2", "A3")
		v := got(h.moves.Get(h.as(h.nurse), o.ID))(t)
		if v.StatDue != begin+15*clock.Minute || v.Temperature != "ice" || v.Units != 3 || fmt.Sprint(v.Codes) != "[A1 A2 A3]" {
			t.Fatalf("%+v %v", v.Sheet, v.Codes)
		}
		h.give(o.ID, h.a)
		ctx := h.as(h.a)
		refused(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{}, workorder.Meta{})), "transport.scan_codes")
		refused(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{Codes: []string{"A1", "A2"}}, workorder.Meta{})), "transport.codes_differ")
		must(t, second(h.moves.PickUp(ctx, o.ID, transport.Hand{Codes: []string{"A1", "A2", " A2", "B9"}, Note: "A3 未采"}, workorder.Meta{})))
		refused(t, second(h.moves.Deliver(ctx, o.ID, transport.Delivery{Hand: transport.Hand{Codes: []string{"A1"}}}, "", workorder.Meta{})), "transport.codes_differ")
		v = got(h.moves.Deliver(ctx, o.ID, transport.Delivery{Hand: transport.Hand{Codes: []string{"A1", "A2", "C1"}, Note: "B9 留病区"}}, "", workorder.Meta{}))(t)
		if v.Missing != 1 || v.Extra != 1 || v.Handovers[0].Missing != 1 || v.Handovers[0].Extra != 1 || v.Handovers[0].Units != 3 {
			t.Fatalf("%+v", v.Sheet)
		}
		refused(t, second(h.moves.Deliver(ctx, o.ID, transport.Delivery{}, "", workorder.Meta{})), "transport.delivered")
		must(t, second(h.orders.Finish(ctx, o.ID, workorder.Work{Remedy: "已送达"}, workorder.Meta{})))
	})
}

func TestSecondPorterTakesOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.ask("TS01", map[string]any{"quantity": 1.0}, nil, "A1")
		h.give(o.ID, h.a)
		must(t, second(h.moves.PickUp(h.as(h.a), o.ID, transport.Hand{Codes: []string{"A1"}}, workorder.Meta{})))
		h.give(o.ID, h.b)
		refused(t, second(h.moves.Deliver(h.as(h.a), o.ID, transport.Delivery{}, "", workorder.Meta{})), "order.state")
		if v := got(h.moves.Get(h.as(h.b), o.ID))(t); v.Next.Step != transport.AtTakeOver {
			t.Fatalf("next %+v", v.Next)
		}
		must(t, second(h.moves.PickUp(h.as(h.b), o.ID, transport.Hand{Codes: []string{"A1"}}, workorder.Meta{})))
		refused(t, second(h.moves.Deliver(h.as(h.a), o.ID, transport.Delivery{}, "", workorder.Meta{})), "order.not_yours")
		v := got(h.moves.Deliver(h.as(h.b), o.ID, transport.Delivery{Finish: true, Hand: transport.Hand{Codes: []string{"A1"}}}, "已送达", workorder.Meta{}))(t)
		if len(v.Handovers) != 3 || v.Handovers[1].End != transport.AtTakeOver || v.Handovers[1].ByName != "钱送" || v.PickedAt != v.Handovers[0].At {
			t.Fatalf("%+v", v.Handovers)
		}
	})
}

func TestRepeatedStepsCountOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ask := transport.Request{Patient: &transport.Patient{Name: "张晓明", Wristband: "W1"}, Report: workorder.Report{ItemID: h.item["TP01"], PlaceID: h.ward,
			Form: map[string]any{"to": h.lab, "bed": "3", "travel": "walk"}}}
		one := got(h.moves.Request(h.as(h.nurse), ask, workorder.Meta{Key: "k"}))(t)
		two := got(h.moves.Request(h.as(h.nurse), ask, workorder.Meta{Key: "k"}))(t)
		if one.Order.ID != two.Order.ID {
			t.Fatal("the same request made two orders")
		}
		ask.Patient = &transport.Patient{Name: "李四", Wristband: "W2"}
		if _, err := h.moves.Request(h.as(h.nurse), ask, workorder.Meta{Key: "k"}); err == nil {
			t.Error("another patient under the same key is taken for the first")
		}
		h.give(one.Order.ID, h.a)
		must(t, second(h.moves.Check(h.as(h.a), one.Order.ID, transport.CheckInput{End: "pick_up", Wristband: "W1"}, workorder.Meta{})))
		for range 2 {
			v := got(h.moves.PickUp(h.as(h.a), one.Order.ID, transport.Hand{}, workorder.Meta{Key: "p"}))(t)
			if len(v.Handovers) != 1 {
				t.Fatalf("%d hand-overs", len(v.Handovers))
			}
		}
	})
}

// What is known of a patient is told to whoever has the order, reported it or takes in;
// nothing else keeps or shows it.
func TestPatientIsKnownToFew(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.ask("TP01", trip(), &transport.Patient{Name: "欧阳晓明", Wristband: "ZY000123"})
		shown := func(ctx func() transport.View) string { raw, _ := json.Marshal(ctx()); return string(raw) }
		get := func(person string) string {
			return shown(func() transport.View { return got(h.moves.Get(h.as(person), o.ID))(t) })
		}
		if s := get(h.nurse); !strings.Contains(s, "欧**明") {
			t.Errorf("the reporter is not told: %s", s)
		}
		if s := get(h.a); strings.Contains(s, "欧") || strings.Contains(s, `"patient":{`) {
			t.Errorf("a porter of the team is told before having it: %s", s)
		}
		h.give(o.ID, h.a)
		if s := get(h.a); !strings.Contains(s, "欧**明") {
			t.Errorf("the porter is not told: %s", s)
		}
		if s := get(h.b); strings.Contains(s, "欧") || strings.Contains(s, `"patient":{`) {
			t.Errorf("another porter is told: %s", s)
		}
		board, _, err := h.moves.Board(h.system(), transport.Wanted{}, 50, "")
		must(t, err)
		raw, _ := json.Marshal(board)
		if len(board) != 1 || strings.Contains(string(raw), "欧") {
			t.Errorf("the board: %s", raw)
		}
		must(t, second(h.moves.Check(h.as(h.a), o.ID, transport.CheckInput{End: "pick_up", Wristband: "OTHER999"}, workorder.Meta{Key: "c"})))
		for _, table := range []string{"transport_sheet", "workorder_event", "audit_entry", "event_log", "command"} {
			for _, word := range []string{"欧阳", "ZY000123", "OTHER999"} {
				if h.holds(table, word) {
					t.Errorf("%s keeps %s", table, word)
				}
			}
			if table != "transport_sheet" && h.holds(table, "欧**明") {
				t.Errorf("%s keeps the masked name", table)
			}
		}
		h.give(o.ID, h.b)
		if s := get(h.a); strings.Contains(s, "欧") {
			t.Errorf("who no longer has it is still told: %s", s)
		}
	})
}

// holds tells whether any row of a table contains a word.
func (h *house) holds(table, word string) bool {
	h.t.Helper()
	found := false
	must(h.t, h.db.Read(h.system(), func(tx *db.Tx) error {
		type row struct {
			Text string `db:"text"`
		}
		columns := map[string]string{"transport_sheet": "patient_name || patient_key || patient_bed || checks || handovers || codes", "workorder_event": "facts",
			"audit_entry": "detail", "event_log": "data", "command": "answer"}
		list, err := db.All[row](h.system(), tx, "SELECT "+columns[table]+" AS text FROM "+table)
		for _, r := range list {
			found = found || strings.Contains(r.Text, word)
		}
		if len(list) == 0 {
			h.t.Errorf("%s is empty", table)
		}
		return err
	}))
	return found
}

func TestPatientsAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.ask("TP01", trip(), &transport.Patient{Name: "张晓明", Wristband: "W1"})
		stays := h.ask("TP01", trip(), &transport.Patient{Name: "王小二"})
		must(t, second(h.orders.Cancel(h.as(h.nurse), o.ID, "不去了", workorder.Meta{})))
		known := func(id string) bool { return got(h.moves.Get(h.system(), id))(t).Patient != nil }
		conf := transport.DefaultSettings()
		conf.KeepDays = 3
		must(t, second(h.moves.SaveSettings(h.system(), conf, 0)))
		h.clock.Set(begin + 3*clock.Day - 1)
		must(t, h.moves.Wipe(t.Context()))
		if !known(o.ID) {
			t.Fatal("forgotten too early")
		}
		h.clock.Set(begin + 3*clock.Day)
		must(t, h.moves.Wipe(t.Context()))
		if known(o.ID) || !known(stays.ID) {
			t.Fatalf("ended %v, open %v", known(o.ID), known(stays.ID))
		}
		must(t, second(h.orders.Cancel(h.as(h.nurse), stays.ID, "不去了", workorder.Meta{})))
		h.clock.Set(begin + 4*clock.Day)
		must(t, h.moves.Wipe(t.Context()))
		if known(stays.ID) || h.holds("transport_sheet", "王") {
			t.Fatal("the one that was open is still known")
		}
	})
}

func TestBookingBecomesOneOrderInTime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		at := begin + 2*clock.Hour
		form := trip()
		form["to"], form["bookedAt"] = h.lab, float64(at)
		made := got(h.moves.Request(h.as(h.nurse), transport.Request{Patient: &transport.Patient{Name: "张晓明", Wristband: "W1"},
			Report: workorder.Report{ItemID: h.item["TP01"], PlaceID: h.ward, Form: form}}, workorder.Meta{Key: "b"}))(t)
		if made.Order != nil || made.Booking.ReleaseAt != at-5*clock.Minute-10*clock.Minute {
			t.Fatalf("%+v %+v", made.Order, made.Booking)
		}
		orders := func() []workorder.Order {
			list, _, err := h.orders.List(h.system(), workorder.Filter{}, 50, "")
			must(t, err)
			return list
		}
		h.clock.Set(made.Booking.ReleaseAt - 1)
		must(t, h.moves.Release(t.Context()))
		if n := len(orders()); n != 0 {
			t.Fatalf("%d orders before the time", n)
		}
		h.clock.Set(made.Booking.ReleaseAt)
		var wg sync.WaitGroup
		for range 3 {
			r := replica(t, h.db, h.clock)
			wg.Go(func() {
				if err := r.moves.Release(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		list := orders()
		if len(list) != 1 || list[0].ReportedAt != made.Booking.ReleaseAt || list[0].ReporterID != h.nurse || list[0].WantedAt != at || list[0].Status != workorder.Pooled {
			t.Fatalf("%d orders, the first %+v", len(list), list)
		}
		v := got(h.moves.Get(h.as(h.nurse), list[0].ID))(t)
		if v.Patient == nil || v.Patient.Name != "张*明" || !v.Patient.Wristband || v.AppointmentAt != at {
			t.Fatalf("%+v %+v", v.Sheet, v.Patient)
		}
		all, _, err := h.moves.Bookings(h.as(h.nurse), "released", 50, "")
		must(t, err)
		if len(all) != 1 || all[0].Number != list[0].Number || all[0].Extra.PatientName != "" {
			t.Fatalf("%+v", all)
		}
		refused(t, second(h.moves.CancelBooking(h.as(h.nurse), all[0].ID, "x")), "transport.released")
	})
}

func TestBookingCanBeCancelled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		form := trip()
		form["to"], form["bookedAt"] = h.lab, float64(begin+clock.Day)
		b := got(h.moves.Request(h.as(h.nurse), transport.Request{Report: workorder.Report{ItemID: h.item["TP01"], PlaceID: h.ward, Form: form}}, workorder.Meta{}))(t).Booking
		refused(t, second(h.moves.CancelBooking(h.as(h.a), b.ID, "x")), "forbidden")
		refused(t, second(h.moves.CancelBooking(h.as(h.nurse), b.ID, " ")), "required")
		must(t, second(h.moves.CancelBooking(h.as(h.nurse), b.ID, "检查取消")))
		h.clock.Set(begin + 2*clock.Day)
		must(t, h.moves.Release(t.Context()))
		if list, _, _ := h.orders.List(h.system(), workorder.Filter{}, 50, ""); len(list) != 0 {
			t.Fatal("a cancelled booking made an order")
		}
	})
}

func TestReturnIsLinked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.ask("TP01", trip(), &transport.Patient{Name: "张晓明", Wristband: "W1"})
		back := got(h.moves.Return(h.as(h.nurse), o.ID, 0, workorder.Meta{}))(t)
		v, was := got(h.moves.Get(h.as(h.nurse), back.Order.ID))(t), got(h.moves.Get(h.as(h.nurse), o.ID))(t)
		if v.FromID != h.lab || v.ToID != h.ward || v.ReturnOf != o.ID || was.ReturnID != back.Order.ID || v.Patient == nil || !v.Patient.Wristband {
			t.Fatalf("%+v %+v", v.Sheet, was.Sheet)
		}
		refused(t, second(h.moves.Return(h.as(h.nurse), o.ID, 0, workorder.Meta{})), "transport.return_made")
		h.give(back.Order.ID, h.b)
		must(t, second(h.moves.Check(h.as(h.b), back.Order.ID, transport.CheckInput{End: "pick_up", Wristband: "W1"}, workorder.Meta{})))
		must(t, second(h.moves.PickUp(h.as(h.b), back.Order.ID, transport.Hand{}, workorder.Meta{})))

		later := h.ask("TP01", trip(), nil)
		b := got(h.moves.Return(h.as(h.nurse), later.ID, begin+3*clock.Hour, workorder.Meta{}))(t).Booking
		must(t, second(h.moves.CancelBooking(h.as(h.nurse), b.ID, "不回来")))
		b = got(h.moves.Return(h.as(h.nurse), later.ID, begin+3*clock.Hour, workorder.Meta{}))(t).Booking
		h.clock.Set(b.ReleaseAt)
		must(t, h.moves.Release(t.Context()))
		if v := got(h.moves.Get(h.as(h.nurse), later.ID))(t); v.ReturnID == b.ID || v.ReturnID == "" {
			t.Fatalf("the booked return is linked as %q", v.ReturnID)
		}
	})
}

func TestOneJobAtATimeWhereTheTeamWantsIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one, two := h.ask("TP01", trip(), nil), h.ask("TP01", trip(), nil)
		conf := transport.DefaultSettings()
		conf.Bags = []transport.Bag{{TeamID: h.team, Most: 1}}
		must(t, second(h.moves.SaveSettings(h.system(), conf, 0)))
		must(t, second(h.orders.Grab(h.as(h.a), one.ID, workorder.Meta{})))
		refused(t, second(h.orders.Grab(h.as(h.a), two.ID, workorder.Meta{})), "transport.bag_full")
		must(t, second(h.orders.Grab(h.as(h.b), two.ID, workorder.Meta{})))
	})
}

func TestJobsOnTheWayAreOffered(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o, tube, patient := h.ask("TP01", trip(), nil), h.ask("TS01", map[string]any{"quantity": 1.0}, nil), h.ask("TP01", trip(), nil)
		must(t, second(h.orders.Grab(h.as(h.a), o.ID, workorder.Meta{})))
		list := got(h.moves.Along(h.as(h.a), o.ID))(t)
		if len(list) != 1 || list[0].OrderID != tube.ID || list[0].Seconds != 0 {
			t.Fatalf("%+v; the other patient is %s", list, patient.ID)
		}
		refused(t, second(h.moves.Along(h.as(h.b), o.ID)), "order.not_yours")
	})
}

func TestDelaySaysWhyAndHoldsWhereItShould(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.ask("TP01", trip(), nil)
		h.give(o.ID, h.a)
		refused(t, second(h.moves.Delay(h.as(h.a), o.ID, "no such", "", workorder.Meta{})), "bad_value")
		must(t, second(h.moves.Delay(h.as(h.a), o.ID, "lift_wait", "", workorder.Meta{})))
		if now := got(h.orders.Get(h.system(), o.ID))(t); now.Status != workorder.Accepted {
			t.Fatalf("a wait for the lift: %s", now.Status)
		}
		must(t, second(h.moves.Delay(h.as(h.a), o.ID, "patient_not_ready", "在输液", workorder.Meta{})))
		if now := got(h.orders.Get(h.system(), o.ID))(t); now.Status != workorder.Held || now.HoldReason != "user_absent" {
			t.Fatalf("a patient who is not ready: %s %s", now.Status, now.HoldReason)
		}
	})
}

func TestOtherItemsHaveNoSheet(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := got(h.orders.Create(h.as(h.nurse), workorder.Report{ItemID: h.item["HW02"], PlaceID: h.ward, Words: "电脑开不了机"}, workorder.Meta{}))(t)
		refused(t, second(h.moves.Get(h.as(h.nurse), o.ID)), "not_found")
		refused(t, second(h.moves.Request(h.as(h.nurse), transport.Request{Report: workorder.Report{ItemID: h.item["HW02"], PlaceID: h.ward}}, workorder.Meta{})), "transport.moves_nothing")
		form := trip()
		form["to"] = h.ward
		refused(t, second(h.moves.Request(h.as(h.nurse), transport.Request{Report: workorder.Report{ItemID: h.item["TP01"], PlaceID: h.ward, Form: form}}, workorder.Meta{})), "transport.same_place")
		// An ordinary report of a transport item has its sheet too.
		form["to"] = h.lab
		plain := got(h.orders.Create(h.as(h.nurse), workorder.Report{ItemID: h.item["TP01"], PlaceID: h.ward, Form: form}, workorder.Meta{}))(t)
		if v := got(h.moves.Get(h.as(h.nurse), plain.ID))(t); v.Means != "wheelchair" || v.ToName != "检验科" && !strings.Contains(v.ToName, "检验科") {
			t.Fatalf("%+v", v.Sheet)
		}
	})
}

func TestSettingsAreChecked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for code, change := range map[string]func(*transport.Settings){
			"duplicate":         func(s *transport.Settings) { s.Delays = append(s.Delays, s.Delays[0]) },
			"bad_format":        func(s *transport.Settings) { s.Delays[0].Code = "Ä" },
			"required":          func(s *transport.Settings) { s.Delays[0].NameEn = " " },
			"unknown_reference": func(s *transport.Settings) { s.Delays[0].Hold = "nothing" },
		} {
			s := transport.DefaultSettings()
			change(&s)
			refused(t, second(h.moves.SaveSettings(h.system(), s, 0)), code)
		}
		refused(t, second(h.moves.SaveSettings(h.as(h.a), transport.DefaultSettings(), 0)), "forbidden")
		must(t, second(h.moves.SaveSettings(h.system(), transport.DefaultSettings(), 0)))
		refused(t, second(h.moves.SaveSettings(h.system(), transport.DefaultSettings(), 0)), "conflict")
	})
}

package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
)

func TestInbox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		for i := range 7 {
			h.tell(t, assigned("ann", fmt.Sprintf("o%d", i), 1))
			if i%2 == 1 { // some in the same millisecond
				h.clock.Advance(clock.Second)
			}
		}
		h.tell(t, assigned("bob", "o1", 1))
		var got []string
		for cursor := ""; ; {
			list, next, err := h.Messages(as(t, "ann"), fault.English, false, 3, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				got = append(got, m.Subject)
			}
			if cursor = next; next == "" {
				break
			}
		}
		if fmt.Sprint(got) != "[o6 o5 o4 o3 o2 o1 o0]" {
			t.Fatalf("%v", got)
		}
		first := h.inbox(t, "ann")[0]
		code(t, "not_found", h.Read(as(t, "bob"), first.ID))
		if h.inbox(t, "ann")[0].ReadAt != 0 {
			t.Fatal("a stranger marked the message")
		}
		if err := h.Read(as(t, "ann"), first.ID); err != nil {
			t.Fatal(err)
		}
		at := h.inbox(t, "ann")[0].ReadAt
		h.clock.Advance(clock.Second)
		if err := h.Read(as(t, "ann"), first.ID); err != nil || h.inbox(t, "ann")[0].ReadAt != at {
			t.Fatalf("reading twice: %v", err)
		}
		code(t, "not_found", h.Read(as(t, "ann"), "nothing"))
		if h.unread(t, "ann") != 6 || h.unread(t, "bob") != 1 {
			t.Fatalf("%d and %d unread", h.unread(t, "ann"), h.unread(t, "bob"))
		}
		list, _, err := h.Messages(as(t, "ann"), fault.English, true, 100, "")
		if err != nil || len(list) != 6 || list[0].Subject != "o5" {
			t.Fatalf("%v, %v", list, err)
		}
		// What came after the page was drawn stays unread.
		drawn := list[0].At
		h.tell(t, assigned("ann", "late", 1))
		if n, err := h.ReadAll(as(t, "ann"), drawn); err != nil || n != 6 || h.unread(t, "ann") != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		if n, err := h.ReadAll(as(t, "ann"), 0); err != nil || n != 1 || h.unread(t, "bob") != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		for name, err := range map[string]error{"read": h.Read(identity.With(t.Context(), identity.Public()), first.ID), "cursor": second(h.Messages(as(t, "ann"), fault.English, false, 3, "x"))} {
			if err == nil {
				t.Errorf("%s was allowed", name)
			}
		}
	})
}

func second(_ []notify.MessageView, _ string, err error) error { return err }

func TestPreferences(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		v, err := h.Preferences(as(t, "cem"))
		if err != nil || v.Version != 0 || len(v.Groups) != len(notify.Groups()) || v.Quiet.On {
			t.Fatalf("%+v, %v", v, err)
		}
		if fmt.Sprint(v.Channels) != "[{inbox true } {push false no_address} {mail false no_address}]" {
			t.Fatalf("%v", v.Channels)
		}
		h.subscribe(t, "ann", "phone")
		if v, err = h.Preferences(as(t, "ann")); err != nil || fmt.Sprint(v.Channels) != "[{inbox true } {push true } {mail true }]" {
			t.Fatalf("%v, %v", v.Channels, err)
		}
		night := notify.Quiet{On: true, From: "21:30", To: "06:45"}
		v, err = h.SavePreferences(as(t, "ann"), 0, night, []notify.Choice{{notify.Pool, notify.Push, false}, {notify.Pool, notify.Mail, true}})
		if err != nil || v.Version != 1 || v.Quiet != night {
			t.Fatalf("%+v, %v", v, err)
		}
		v, err = h.SavePreferences(as(t, "ann"), 1, night, []notify.Choice{{notify.Mine, notify.Push, false}})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range v.Groups {
			want := map[notify.Group]string{notify.Pool: "[inbox mail]", notify.Mine: "[inbox]", notify.Desk: "[inbox]"}[g.Group]
			if want != "" && fmt.Sprint(g.Channels) != want {
				t.Errorf("%s: %v", g.Group, g.Channels)
			}
		}
		for _, version := range []int64{0, 1, 3} {
			_, err = h.SavePreferences(as(t, "ann"), version, night, nil)
			code(t, "conflict", err)
		}
		_, err = h.SavePreferences(as(t, "bob"), 1, night, nil)
		code(t, "conflict", err)
		_, err = h.SavePreferences(as(t, "ann"), 2, notify.Quiet{From: "25:00", To: "6:00"}, []notify.Choice{{"x", notify.Push, true}, {notify.Pool, "fax", true}})
		f, ok := fault.Of(err)
		if !ok || len(f.Fields) != 4 {
			t.Fatalf("%v", err)
		}
		if v, err = h.Preferences(as(t, "bob")); err != nil || v.Version != 0 {
			t.Fatalf("another person's preferences changed: %+v", v)
		}
	})
}

func TestDevices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		if key, err := h.PushKey(); err != nil || key != "public-key" {
			t.Fatalf("%q, %v", key, err)
		}
		_, err := h.Subscribe(as(t, "ann"), notify.Subscription{Endpoint: "https://10.0.0.1/"}, "")
		code(t, "invalid", err)
		first := h.subscribe(t, "ann", "phone")
		if again := h.subscribe(t, "ann", "phone"); again.ID != first.ID {
			t.Fatal("the same browser became two devices")
		}
		if err := h.Unsubscribe(as(t, "bob"), first.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := h.Unsubscribe(as(t, "bob"), "", "https://push.example/phone"); err != nil {
			t.Fatal(err)
		}
		if got := h.labels(t, "ann"); got != "phone" {
			t.Fatalf("a stranger removed a device: %q", got)
		}
		moved := h.subscribe(t, "bob", "phone")
		if moved.ID == first.ID || h.labels(t, "ann") != "" || h.labels(t, "bob") != "phone" {
			t.Fatalf("a browser belongs to whoever used it last: %q and %q", h.labels(t, "ann"), h.labels(t, "bob"))
		}
		for i := range 12 {
			h.clock.Advance(1)
			h.subscribe(t, "bob", fmt.Sprintf("d%02d", i))
		}
		if got := h.labels(t, "bob"); got != "d02 d03 d04 d05 d06 d07 d08 d09 d10 d11" {
			t.Fatalf("devices %q", got)
		}
		h.subscribe(t, "bob", "d02")
		if got := strings.Fields(h.labels(t, "bob")); len(got) != 10 || !slices.Contains(got, "d02") {
			t.Fatalf("%v", got)
		}
	})
}

func (h *house) labels(t *testing.T, person string) string {
	t.Helper()
	list, err := h.Devices(as(t, person))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range list {
		out = append(out, d.Label)
	}
	return strings.Join(out, " ")
}

func TestTemplates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		boss := admin(t, "boss", identity.SettingWrite)
		_, err := h.TemplateList(as(t, "ann"))
		code(t, "forbidden", err)
		_, err = h.SaveTemplate(as(t, "ann"), "order.assigned", 0, nil)
		code(t, "forbidden", err)
		list, err := h.TemplateList(boss)
		if err != nil || len(list) != len(notify.Templates()) {
			t.Fatalf("%d, %v", len(list), err)
		}
		own := notify.Texts{Zh: notify.Text{Title: "来活了 {number}", Brief: "{item}", Body: "{actor} 叫您"}, En: notify.Text{Title: "Work {number}", Body: "{actor}"}}
		v, err := h.SaveTemplate(boss, "order.assigned", 0, &own)
		if err != nil || !v.Changed || v.Version != 1 || v.Texts != own || v.Builtin.Zh.Title != "新任务 {number}" {
			t.Fatalf("%+v, %v", v, err)
		}
		h.tell(t, assigned("ann", "o1", 1))
		if m := h.inbox(t, "ann")[0]; m.Title != "来活了 261122-0042" || m.Body != "李调度 叫您" {
			t.Fatalf("%+v", m)
		}
		for _, version := range []int64{0, 2} {
			_, err = h.SaveTemplate(boss, "order.assigned", version, &own)
			code(t, "conflict", err)
		}
		bad := own
		bad.En.Title = "{actor} wants you"
		_, err = h.SaveTemplate(boss, "order.assigned", 1, &bad)
		code(t, "invalid", err)
		_, err = h.SaveTemplate(boss, "order.nothing", 0, &own)
		code(t, "not_found", err)
		if v, err = h.SaveTemplate(boss, "order.assigned", 1, nil); err != nil || v.Changed || v.Version != 2 {
			t.Fatalf("%+v, %v", v, err)
		}
		h.tell(t, assigned("ann", "o2", 1))
		if m := h.inbox(t, "ann"); m[0].Title != "新任务 261122-0042" || m[1].Title != "来活了 261122-0042" {
			t.Fatalf("%+v", m)
		}
	})
}

func TestUnknownTemplateIsOurMistake(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	h := start(t, d)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := h.Tell(t.Context(), tx, notify.Notice{PersonID: "ann", Template: "nothing"})
		return err
	})
	if err == nil {
		t.Fatal("a message without words was written")
	}
}

func TestPrune(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		var old []notify.Notice
		for i := range 700 {
			old = append(old, assigned("ann", fmt.Sprintf("o%d", i), 1))
		}
		h.tell(t, old...)
		h.clock.Advance(notify.Keep + 1)
		h.tell(t, assigned("ann", "fresh", 1))
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if m := h.inbox(t, "ann"); len(m) != 1 || m[0].Subject != "fresh" {
			t.Fatalf("%d messages are left", len(m))
		}
		if n := len(h.records(t, "ann")); n != 3 {
			t.Fatalf("%d deliveries are left", n)
		}
	})
}

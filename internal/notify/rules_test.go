package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
)

func TestBuiltinTemplatesAreInOrder(t *testing.T) {
	seen := map[string]bool{}
	for _, x := range Templates() {
		if seen[x.Code] {
			t.Errorf("%s is there twice", x.Code)
		}
		seen[x.Code] = true
		if err := x.Check(x.Texts); err != nil {
			t.Errorf("%s: %v", x.Code, err)
		}
		if !slices.ContainsFunc(Groups(), func(g GroupInfo) bool { return g.Group == x.Group }) {
			t.Errorf("%s is in no group", x.Code)
		}
		if x.Life < clock.Hour || x.Life > 7*clock.Day {
			t.Errorf("%s lives %d ms", x.Code, x.Life)
		}
	}
	used := map[string]bool{testTemplate: true}
	for _, r := range Rules() {
		used[r.Template] = true
		if !seen[r.Template] || len(r.To) == 0 || r.Kind == "" || !strings.HasPrefix(r.Page, "/") {
			t.Errorf("rule %+v", r)
		}
	}
	for _, x := range superviseTemplates() { // told by those who watch over orders
		used[x.Code] = true
	}
	for code := range seen {
		if !used[code] && code != "order.rule" && !strings.HasPrefix(code, "incident.") { // told by the rules of automation, and by incidents
			t.Errorf("nobody is ever told %s", code)
		}
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	for _, r := range []string{ReasonOff, ReasonAddress, ReasonChannel, ReasonQuiet, ReasonExpired, ReasonRead, ReasonInactive, ReasonRetry, ReasonRefused, ReasonGone, ReasonGaveUp} {
		if code := "notify.reason_" + r; fault.Message(fault.Chinese, code, nil) == code {
			t.Errorf("%s has no words", r)
		}
	}
}

func TestRender(t *testing.T) {
	texts := Texts{Zh: Text{Title: "新 {number}", Brief: "{item}[ · {place}]", Body: "[{actor} ]说:{item}[,因 {reason}]。{clock}"},
		En: Text{Title: "New {number}", Brief: "{item}[ at {place}]", Body: "{item}[ by {actor}] {clock}"}}
	got := texts.Render(map[string]any{"number": 7, "item": "打印机", "item_en": "Printer", "place": "", "actor": "张{item}]三", "reason": nil, "clock": "完成", "clock_en": "finishing"})
	want := Texts{Zh: Text{"新 7", "打印机", "张{item}]三 说:打印机。完成"}, En: Text{"New 7", "Printer", "Printer by 张{item}]三 finishing"}}
	if got != want {
		t.Fatalf("got %+v", got)
	}
	got = texts.Render(map[string]any{"number": "1\r\nBcc: x\u2028y\x00", "item": strings.Repeat("长", 500)})
	if got.Zh.Title != "新 1 Bcc: x y" || len([]rune(got.Zh.Brief)) > maxBrief || !strings.HasSuffix(got.Zh.Brief, "…") {
		t.Fatalf("got %q, %d", got.Zh.Title, len([]rune(got.Zh.Brief)))
	}
}

func TestNoValueBreaksALineOpen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := rapid.String().Draw(rt, "value")
		tt, _ := templateOf("order.assigned")
		for _, text := range []Text{tt.Texts.Render(map[string]any{"number": v, "item": v, "place": v, "actor": v}).Zh} {
			if strings.ContainsAny(text.Title+text.Brief+text.Body, "\r\n\x00\u2028\u2029") {
				rt.Fatalf("%q", text)
			}
		}
	})
}

func TestCheckTemplate(t *testing.T) {
	tt, _ := templateOf("order.assigned")
	good := Texts{Zh: Text{"新 {number}", "", "{actor}[:{item}]\n第二行"}, En: Text{"New {number}", "{item}", "{actor}"}}
	if err := tt.Check(good); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Texts){
		"zh.title required":       func(x *Texts) { x.Zh.Title = " " },
		"en.body required":        func(x *Texts) { x.En.Body = "" },
		"zh.title notify.private": func(x *Texts) { x.Zh.Title = "{actor}" },
		"en.brief notify.private": func(x *Texts) { x.En.Brief = "[by {actor}]" },
		"zh.body notify.param":    func(x *Texts) { x.Zh.Body = "{phone}" },
		"zh.brief notify.pattern": func(x *Texts) { x.Zh.Brief = "[{item}" },
		"en.title notify.pattern": func(x *Texts) { x.En.Title = "{number" },
		"en.body notify.pattern":  func(x *Texts) { x.En.Body = "[a[b]]" },
		"zh.body notify.pattern":  func(x *Texts) { x.Zh.Body = "a}b" },
		"zh.title bad_format":     func(x *Texts) { x.Zh.Title = "a\nb" },
		"en.title too_long":       func(x *Texts) { x.En.Title = strings.Repeat("x", 101) },
	} {
		bad := good
		change(&bad)
		f, ok := fault.Of(tt.Check(bad))
		if !ok || len(f.Fields) != 1 || f.Fields[0].Field+" "+f.Fields[0].Code != want {
			t.Errorf("%s: %v", want, f)
		}
	}
}

func entry(t *testing.T, topic, kind string) event.Entry {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"kind": kind, "number": "1"})
	if err != nil {
		t.Fatal(err)
	}
	return event.Entry{Topic: topic, Subject: "o1", At: 1000, Data: raw}
}

func TestWhoIsTold(t *testing.T) {
	to := []Recipient{{"ann", Assignee}, {"old", Former}, {"rep", Reporter}, {"t1", TeamPool}, {"t2", TeamPool}, {"lead", Leads}, {"desk", Agents}, {"", Assignee}}
	nobody := slices.DeleteFunc(slices.Clone(to), func(r Recipient) bool { return r.Role == Assignee || r.Role == Leads })
	for _, c := range []struct {
		kind   string
		urgent bool
		actor  string
		to     []Recipient
		want   string
	}{
		{"dispatch", false, "desk", to, "ann:order.assigned old:order.withdrawn"},
		{"dispatch", false, "ann", to, "old:order.withdrawn"},
		{"pool", false, "desk", to, "t1:order.pooled t2:order.pooled old:order.withdrawn"},
		{"report", false, "rep", to, ""},
		{"report", true, "rep", to, "desk:order.urgent"},
		{"urge", false, "rep", to, "ann:order.urged"},
		{"urge", false, "rep", nobody, "desk:order.urged"},
		{"overdue", false, "system", to, "ann:order.overdue lead:order.overdue"},
		{"overdue", false, "system", nobody, "desk:order.overdue"},
		{"finish", false, "ann", to, "rep:order.finished"},
		{"cancel", false, "desk", to, "rep:order.cancelled ann:order.withdrawn old:order.withdrawn"},
		{"note", false, "ann", to, ""},
	} {
		e := entry(t, "order", c.kind)
		rules := matching(Rules(), e)
		var got []string
		for _, n := range notices(rules, e, News{To: c.to, Version: 3, ActorID: c.actor, Urgent: c.urgent}) {
			got = append(got, n.PersonID+":"+n.Template)
			if n.Subject != "o1" || n.Version != 3 || !strings.HasSuffix(n.Page, "/o/o1") && n.Page != "/desk/orders/o1" || n.At != 1000 {
				t.Errorf("%s: %+v", c.kind, n)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.kind, s, c.want)
		}
	}
	if len(matching(Rules(), entry(t, "message", "dispatch"))) > 0 || len(matching(Rules(), event.Entry{Topic: "order", Data: []byte("7")})) > 0 {
		t.Error("an event of another topic or without a kind has rules")
	}
	double := append(slices.Clone(to), Recipient{"lead", Assignee})
	e := entry(t, "order", "overdue")
	if n := notices(matching(Rules(), e), e, News{To: double}); len(n) != 2 {
		t.Errorf("who plays two roles is told %d times in all", len(n))
	}
	if got := rolesOf(matching(Rules(), e)); len(got) != 3 {
		t.Errorf("roles %v", got)
	}
}

func at(t *testing.T, zone *time.Location, s string) int64 {
	t.Helper()
	x, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return x.UnixMilli()
}

func TestQuietHours(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, now, until string }{
		{"22:00", "07:00", "2026-11-22 21:59", ""},
		{"22:00", "07:00", "2026-11-22 22:00", "2026-11-23 07:00"},
		{"22:00", "07:00", "2026-12-31 23:30", "2027-01-01 07:00"},
		{"22:00", "07:00", "2026-11-23 06:59", "2026-11-23 07:00"},
		{"22:00", "07:00", "2026-11-23 07:00", ""},
		{"12:00", "13:30", "2026-11-23 12:30", "2026-11-23 13:30"},
		{"12:00", "13:30", "2026-11-23 13:30", ""},
		{"08:00", "08:00", "2026-11-23 08:00", ""},
		{"x", "08:00", "2026-11-23 07:00", ""},
	} {
		want := int64(0)
		if c.until != "" {
			want = at(t, zone, c.until)
		}
		if got := (Quiet{true, c.from, c.to}).Until(at(t, zone, c.now), zone); got != want {
			t.Errorf("%+v: %s", c, clock.Time(got).In(zone))
		}
		if (Quiet{false, c.from, c.to}).Until(at(t, zone, c.now), zone) != 0 {
			t.Errorf("%+v: quiet although it is off", c)
		}
	}
}

func TestQuietEndsLaterThanNow(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin") // with summer time: an hour is missing or there twice
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		hhmm := func(name string) string {
			m := rapid.IntRange(0, 24*60-1).Draw(rt, name)
			return fmt.Sprintf("%02d:%02d", m/60, m%60)
		}
		q := Quiet{true, hhmm("from"), hhmm("to")}
		now := rapid.Int64Range(1_700_000_000_000, 1_900_000_000_000).Draw(rt, "now")
		until := q.Until(now, zone)
		if until != 0 && (until <= now || until > now+25*clock.Hour) {
			rt.Fatalf("%+v at %d: until %d", q, now, until)
		}
	})
}

func TestPlan(t *testing.T) {
	night := at(t, time.UTC, "2026-11-22 23:00")
	quiet := Quiet{On: true, From: "22:00", To: "07:00"}
	morning := at(t, time.UTC, "2026-11-23 07:00")
	fresh := Message{Group: Assigned, ExpiresAt: night + 12*clock.Hour}
	with := func(f func(*Message)) Message { m := fresh; f(&m); return m }
	for name, c := range map[string]struct {
		m       Message
		p       Preferences
		channel string
		want    outcome
	}{
		"inbox always at once":  {fresh, Preferences{Quiet: quiet}, Inbox, outcome{State: Sent}},
		"inbox switched off":    {fresh, Preferences{Choices: map[string]bool{"assigned.inbox": false}}, Inbox, outcome{State: Skipped, Reason: ReasonOff}},
		"push by default":       {fresh, Preferences{}, Push, outcome{State: Queued, At: night}},
		"mail by choice only":   {fresh, Preferences{}, Mail, outcome{State: Skipped, Reason: ReasonOff}},
		"mail chosen":           {fresh, Preferences{Choices: map[string]bool{"assigned.mail": true}}, Mail, outcome{State: Queued, At: night}},
		"other group":           {fresh, Preferences{Choices: map[string]bool{"pool.push": false}}, Push, outcome{State: Queued, At: night}},
		"waits for the morning": {fresh, Preferences{Quiet: quiet}, Push, outcome{State: Queued, Reason: ReasonQuiet, At: morning}},
		"urgent does not wait":  {with(func(m *Message) { m.Urgent = true }), Preferences{Quiet: quiet}, Push, outcome{State: Queued, At: night}},
		"stale by the morning":  {with(func(m *Message) { m.ExpiresAt = morning }), Preferences{Quiet: quiet}, Push, outcome{State: Skipped, Reason: ReasonQuiet}},
		"expired":               {with(func(m *Message) { m.ExpiresAt = night }), Preferences{}, Push, outcome{State: Skipped, Reason: ReasonExpired}},
		"read":                  {with(func(m *Message) { m.ReadAt = 1 }), Preferences{}, Push, outcome{State: Skipped, Reason: ReasonRead}},
	} {
		if got := plan(&c.p, &c.m, c.channel, night, time.UTC); got != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

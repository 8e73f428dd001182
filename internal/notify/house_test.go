package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
)

const patience = 30 * time.Second

var quiet = slog.New(slog.DiscardHandler)

// noon is when the clocks of the tests begin: 2026-11-22 12:00 UTC.
const noon = 1_795_348_800_000

// way is a channel that remembers what it was given and fails when it is told to.
type way struct {
	name string
	fail func(d notify.Delivery) error // nil: everything arrives

	mu   sync.Mutex
	sent []notify.Delivery
	gave int // tries, successful or not
}

var errForever = errors.New("550 never")

func (w *way) Name() string             { return w.name }
func (w *way) Permanent(err error) bool { return errors.Is(err, errForever) }

func (w *way) Send(ctx context.Context, d notify.Delivery) error {
	w.mu.Lock()
	w.gave++
	fail := w.fail
	w.mu.Unlock()
	if fail != nil {
		if err := fail(d); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, d)
	return nil
}

func (w *way) set(fail func(notify.Delivery) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail = fail
}

func (w *way) got() []notify.Delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]notify.Delivery(nil), w.sent...)
}

func (w *way) tries() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.gave
}

// pushWay is a way to browsers.
type pushWay struct{ way }

func (w *pushWay) PublicKey() string { return "public-key" }

func (w *pushWay) Check(a notify.Address) error {
	if !strings.HasPrefix(a.Endpoint, "https://push.example/") {
		return fault.Field("endpoint", "notify.endpoint")
	}
	return nil
}

// house is everything messages need, as one replica has it.
type house struct {
	*notify.Service
	d      *db.DB
	clock  *clock.Manual
	events *event.Log
	tail   *event.Tail
	queue  *jobs.Queue
	people *identity.Service
	trail  *audit.Trail
	mail   *way
	push   *pushWay

	mu       sync.Mutex
	resolved int
	news     func(e event.Entry) (notify.News, error) // nil: data says it
}

// open starts a replica; runner and follower stand still until they are asked for.
func open(t *testing.T, d *db.DB, c *clock.Manual) *house {
	t.Helper()
	h := &house{d: d, clock: c, mail: &way{name: notify.Mail}, push: &pushWay{way{name: notify.Push}}}
	bell := db.NewBell(d, quiet)
	bell.Start(t.Context())
	h.events = event.New(d, bell, c)
	h.tail = event.NewTail(h.events, quiet)
	if err := h.tail.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.tail.Stop(); bell.Stop() })
	h.queue = jobs.New(d, bell, c)
	h.trail = audit.New(d, c)
	h.people = identity.New(identity.Deps{DB: d, Clock: c, Trail: h.trail})
	h.Service = notify.New(notify.Deps{DB: d, Clock: c, Zone: time.UTC, Trail: h.trail, Events: h.events, Jobs: h.queue, People: h.people,
		Channels: []notify.Channel{h.push, h.mail}, BaseURL: "https://wardline.example", Resolve: h.resolve, Logger: quiet})
	return h
}

func start(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := open(t, d, clock.NewManual(noon))
	if err := h.people.EnsureBuiltin(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.hire(t, "ann", "zh", "ann@hospital.example")
	h.hire(t, "bob", "en", "bob@hospital.example")
	h.hire(t, "cem", "", "")
	return h
}

// note is the data of the events of these tests.
type note struct {
	Kind    string   `json:"kind"`
	To      []string `json:"to"` // role:person
	Version int64    `json:"version"`
	Actor   string   `json:"actor"`
	Urgent  bool     `json:"urgent"`
	Number  string   `json:"number"`
}

func (h *house) resolve(_ context.Context, e event.Entry, roles []notify.Role) (notify.News, error) {
	h.mu.Lock()
	h.resolved++
	news := h.news
	h.mu.Unlock()
	if len(roles) == 0 {
		return notify.News{}, errors.New("asked about nobody")
	}
	if news != nil {
		return news(e)
	}
	return plainNews(e)
}

// asked returns how often this replica was asked what an event means.
func (h *house) asked() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.resolved
}

func plainNews(e event.Entry) (notify.News, error) {
	var n note
	if err := json.Unmarshal(e.Data, &n); err != nil {
		return notify.News{}, err
	}
	out := notify.News{Version: n.Version, ActorID: n.Actor, Urgent: n.Urgent,
		Params: map[string]any{"number": n.Number, "item": "打印机", "item_en": "Printer", "place": "门诊楼三层", "actor": "李调度", "priority": "P2"}}
	for _, r := range n.To {
		role, person, _ := strings.Cut(r, ":")
		out.To = append(out.To, notify.Recipient{PersonID: person, Role: notify.Role(role)})
	}
	return out, nil
}

func (h *house) set(news func(event.Entry) (notify.News, error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.news = news
}

func (h *house) hire(t *testing.T, id, language, email string) {
	t.Helper()
	h.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := h.people.Import(identity.With(ctx, identity.System("test")), tx, []identity.NewPerson{{ID: id,
			Facts: identity.Facts{Name: "人 " + id, Login: "login-" + id, Language: language, Email: email}}})
		return err
	})
}

func (h *house) write(t *testing.T, f func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := h.d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// happen appends events of orders.
func (h *house) happen(t *testing.T, subject string, notes ...note) {
	t.Helper()
	h.write(t, func(ctx context.Context, tx *db.Tx) error {
		for _, n := range notes {
			if err := h.events.Append(ctx, tx, event.Event{Topic: "order", Subject: subject, Audience: identity.Keys{}, Data: n}); err != nil {
				return err
			}
		}
		return nil
	})
}

func dispatch(to string, version int64) note {
	return note{Kind: "dispatch", To: []string{"assignee:" + to}, Version: version, Number: fmt.Sprintf("261122-%04d", version)}
}

// follow runs a follower until the test ends.
func (h *house) follow(t *testing.T) *notify.Follower {
	t.Helper()
	f := h.NewFollower(h.tail)
	if err := f.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Stop)
	return f
}

// work runs the jobs until the test ends.
func (h *house) work(t *testing.T) *jobs.Runner {
	t.Helper()
	r := jobs.NewRunner(h.queue, quiet, jobs.Options{Poll: 10 * time.Millisecond})
	h.Register(r)
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}

// as returns a context of a person without any role.
func as(t *testing.T, person string) context.Context {
	t.Helper()
	return identity.With(t.Context(), identity.NewActor(identity.Actor{PersonID: person, Name: person}, nil, nil))
}

// admin returns the context of somebody who may do these things everywhere.
func admin(t *testing.T, person string, may ...identity.Permission) context.Context {
	t.Helper()
	return identity.With(t.Context(), identity.NewActor(identity.Actor{PersonID: person, Name: person},
		[]identity.Grant{{Permissions: may, Kind: identity.ScopeAll}}, nil))
}

// eventually waits until f says yes.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

func (h *house) inbox(t *testing.T, person string) []notify.MessageView {
	t.Helper()
	list, _, err := h.Messages(as(t, person), fault.Chinese, false, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// log returns what became of a person's messages: "channel state reason" of each.
func (h *house) log(t *testing.T, person string) []string {
	t.Helper()
	var out []string
	for _, r := range h.records(t, person) {
		out = append(out, strings.TrimSpace(r.Channel+" "+string(r.State)+" "+r.Reason))
	}
	return out
}

func (h *house) records(t *testing.T, person string) []notify.RecordView {
	t.Helper()
	list, _, err := h.Deliveries(as(t, person), fault.Chinese, notify.DeliveryFilter{}, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// of returns the person's only delivery by a channel.
func (h *house) of(t *testing.T, person, channel string) notify.RecordView {
	t.Helper()
	var out []notify.RecordView
	for _, r := range h.records(t, person) {
		if r.Channel == channel {
			out = append(out, r)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%s has %d deliveries by %s", person, len(out), channel)
	}
	return out[0]
}

func (h *house) waitFor(t *testing.T, person, channel string, state notify.State, reason string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s to %s becomes %s %s; it is %v", channel, person, state, reason, h.log(t, person)), func() bool {
		r := h.of(t, person, channel)
		return r.State == state && r.Reason == reason
	})
}

// subscribe gives a person a device.
func (h *house) subscribe(t *testing.T, person, name string) notify.Device {
	t.Helper()
	d, err := h.Subscribe(as(t, person), notify.Subscription{Endpoint: "https://push.example/" + name, P256dh: "p-" + name, Auth: "a-" + name, Label: name}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// want switches a channel on or off for a person.
func (h *house) want(t *testing.T, person string, g notify.Group, channel string, on bool) {
	t.Helper()
	v, err := h.Preferences(as(t, person))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.SavePreferences(as(t, person), v.Version, v.Quiet, []notify.Choice{{Group: g, Channel: channel, On: on}}); err != nil {
		t.Fatal(err)
	}
}

// tell tells directly, without an event.
func (h *house) tell(t *testing.T, list ...notify.Notice) int {
	t.Helper()
	n := 0
	h.write(t, func(ctx context.Context, tx *db.Tx) (err error) { n, err = h.Tell(ctx, tx, list...); return err })
	return n
}

func assigned(person, subject string, version int64) notify.Notice {
	return notify.Notice{PersonID: person, Template: "order.assigned", Subject: subject, Version: version, Page: "/m/work/o/" + subject,
		Params: map[string]any{"number": "261122-0042", "item": "打印机", "item_en": "Printer", "place": "门诊楼三层", "actor": "李调度"}}
}

func (h *house) dead(t *testing.T) []jobs.Row {
	t.Helper()
	list, _, err := h.queue.List(t.Context(), jobs.Filter{State: jobs.Dead}, 100, "")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func code(t *testing.T, want string, err error) {
	t.Helper()
	if got := fault.CodeOf(err); got != want {
		t.Fatalf("got %v, want the fault %q", err, want)
	}
}

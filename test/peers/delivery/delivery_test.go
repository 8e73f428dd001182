package delivery

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	server "github.com/emersion/go-smtp"

	"wardline/internal/audit"
	"wardline/internal/gateway/smtp"
	"wardline/internal/gateway/webpush"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
	"wardline/internal/platform/outbound"
)

var quiet = slog.New(slog.DiscardHandler)

// post is a mail server that knows one person.
type post struct {
	mu    sync.Mutex
	mails []string
}

func (p *post) NewSession(*server.Conn) (server.Session, error) { return &session{post: p}, nil }

func (p *post) taken() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.mails...)
}

type session struct{ post *post }

func (s *session) Mail(string, *server.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *server.RcptOptions) error {
	if to != "ann@hospital.example" {
		return &server.SMTPError{Code: 550, EnhancedCode: server.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.mails = append(s.post.mails, string(raw))
	return err
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func serveMail(t *testing.T, p *post) *smtp.Channel {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.NewServer(p)
	s.Domain = "mail.hospital.example"
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _, _ = s.Close(), l.Close(); <-done })
	c, err := smtp.New(smtp.Config{Address: l.Addr().String(), Security: smtp.None, From: "Wardline <wardline@hospital.example>"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// house is a replica with a mail server, a push service and three people.
type house struct {
	d      *db.DB
	events *event.Log
	queue  *jobs.Queue
	notify *notify.Service
	post   *post
	push   *httptest.Server
	pushed atomic.Int64
	status atomic.Int64 // what the push service answers
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{d: d, post: &post{}}
	h.status.Store(http.StatusCreated)
	h.push = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.Header.Get("Content-Encoding") == "aes128gcm" && strings.HasPrefix(r.Header.Get("Authorization"), "vapid t=") {
			h.pushed.Add(1)
		}
		w.WriteHeader(int(h.status.Load()))
	}))
	t.Cleanup(h.push.Close)
	pool := x509.NewCertPool()
	pool.AddCert(h.push.Certificate())
	keys, err := webpush.DeriveKeys([]byte("a secret of the installation, 32 bytes"))
	if err != nil {
		t.Fatal(err)
	}
	pusher, err := webpush.New(webpush.Config{Keys: keys, Contact: "mailto:it@hospital.example",
		Outbound: outbound.Options{AllowPrivate: true, TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}})
	if err != nil {
		t.Fatal(err)
	}
	c := &clock.System{}
	bell := db.NewBell(d, quiet)
	bell.Start(t.Context())
	t.Cleanup(bell.Stop)
	h.events, h.queue = event.New(d, bell, c), jobs.New(d, bell, c)
	tail := event.NewTail(h.events, quiet)
	if err := tail.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tail.Stop)
	trail := audit.New(d, c)
	people := identity.New(identity.Deps{DB: d, Clock: c, Trail: trail})
	h.notify = notify.New(notify.Deps{DB: d, Clock: c, Zone: time.UTC, Trail: trail, Events: h.events, Jobs: h.queue, People: people,
		Channels: []notify.Channel{pusher, serveMail(t, h.post)}, BaseURL: "https://wardline.example", Resolve: resolve, Logger: quiet})
	if err := people.EnsureBuiltin(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := people.Import(identity.With(ctx, identity.System("test")), tx, []identity.NewPerson{
			{ID: "ann", Facts: identity.Facts{Name: "安工", Login: "ann", Email: "ann@hospital.example"}},
			{ID: "bob", Facts: identity.Facts{Name: "鲍工", Login: "bob", Email: "bob@hospital.example"}}})
		return err
	})
	runner := jobs.NewRunner(h.queue, quiet, jobs.Options{})
	h.notify.Register(runner)
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(runner.Stop)
	follower := h.notify.NewFollower(tail)
	if err := follower.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(follower.Stop)
	return h
}

func resolve(_ context.Context, e event.Entry, _ []notify.Role) (notify.News, error) {
	return notify.News{To: []notify.Recipient{{PersonID: "ann", Role: notify.Assignee}, {PersonID: "bob", Role: notify.Former}}, Version: e.Seq,
		Params: map[string]any{"number": "261122-0042", "item": "打印机", "place": "门诊楼三层", "actor": "李调度"}}, nil
}

func (h *house) write(t *testing.T, f func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := h.d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (h *house) dispatch(t *testing.T, order string) {
	t.Helper()
	h.write(t, func(ctx context.Context, tx *db.Tx) error {
		return h.events.Append(ctx, tx, event.Event{Topic: "order", Subject: order, Data: map[string]string{"kind": "dispatch"}})
	})
}

func as(t *testing.T, person string) context.Context {
	t.Helper()
	return identity.With(t.Context(), identity.NewActor(identity.Actor{PersonID: person}, nil, nil))
}

func (h *house) mailToo(t *testing.T, person string) {
	t.Helper()
	if _, err := h.notify.SavePreferences(as(t, person), 0, notify.Quiet{From: "22:00", To: "07:00"},
		[]notify.Choice{{Group: notify.Assigned, Channel: notify.Mail, On: true}}); err != nil {
		t.Fatal(err)
	}
}

func (h *house) subscribe(t *testing.T, person string) {
	t.Helper()
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding
	if _, err := h.notify.Subscribe(as(t, person), notify.Subscription{Endpoint: h.push.URL + "/" + person,
		P256dh: enc.EncodeToString(k.PublicKey().Bytes()), Auth: enc.EncodeToString(make([]byte, 16))}, "test"); err != nil {
		t.Fatal(err)
	}
}

// becomes waits until a person has a delivery by the channel in this state.
func (h *house) becomes(t *testing.T, person, channel string, state notify.State, reason string, times int) {
	t.Helper()
	var last []notify.RecordView
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		list, _, err := h.notify.Deliveries(as(t, person), fault.English, notify.DeliveryFilter{Channel: channel}, 100, "")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range list {
			if r.State == state && r.Reason == reason {
				n++
			}
		}
		if last = list; n == times {
			return
		}
	}
	t.Fatalf("%s to %s never became %s %s: %+v", channel, person, state, reason, last)
}

func TestTheWholeWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.mailToo(t, "ann")
		h.mailToo(t, "bob")
		h.subscribe(t, "ann")
		h.dispatch(t, "o1")
		h.becomes(t, "ann", notify.Mail, notify.Sent, "", 1)
		h.becomes(t, "ann", notify.Push, notify.Sent, "", 1)
		if mails := h.post.taken(); len(mails) != 1 || !strings.Contains(mails[0], "ann@hospital.example") {
			t.Fatalf("%d mails", len(mails))
		}
		if h.pushed.Load() != 1 {
			t.Fatalf("%d pushes", h.pushed.Load())
		}
		// The mail server does not know bob: that is seen, and stops there.
		h.becomes(t, "bob", notify.Mail, notify.Failed, notify.ReasonRefused, 1)
		dead, _, err := h.queue.List(t.Context(), jobs.Filter{State: jobs.Dead}, 10, "")
		if err != nil || len(dead) != 1 || !strings.Contains(dead[0].Error, "no such user") {
			t.Fatalf("%+v, %v", dead, err)
		}
		// Ann's browser has unsubscribed: it is forgotten.
		h.status.Store(http.StatusGone)
		h.dispatch(t, "o2")
		h.becomes(t, "ann", notify.Push, notify.Failed, notify.ReasonGone, 1)
		if list, err := h.notify.Devices(as(t, "ann")); err != nil || len(list) != 0 {
			t.Fatalf("%v, %v", list, err)
		}
		h.dispatch(t, "o3")
		h.becomes(t, "ann", notify.Push, notify.Skipped, notify.ReasonAddress, 1)
		h.becomes(t, "ann", notify.Mail, notify.Sent, "", 3)
	})
}

package live_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/live"
)

const patience = 20 * time.Second

var quiet = slog.New(slog.DiscardHandler)

// viewer sees the entries for everyone ("") and for its own department.
type viewer struct {
	person, department string
	gone               *atomic.Bool
}

func (v viewer) Person() string { return v.person }

func (v viewer) Sees(e event.Entry) bool {
	for_, err := event.Audience[string](e)
	return err == nil && (for_ == "" || for_ == v.department)
}

func (v viewer) Valid(context.Context) bool { return v.gone == nil || !v.gone.Load() }

type place struct {
	t    *testing.T
	d    *db.DB
	log  *event.Log
	h    *live.Handler
	http *httptest.Server
	gone atomic.Bool
}

// open serves the stream to whoever names themselves in the address.
func open(t *testing.T, d *db.DB, change func(h *live.Handler, s *httptest.Server)) *place {
	t.Helper()
	c := clock.NewManual(1_000_000_000_000)
	bell := db.NewBell(d, quiet)
	bell.Start(t.Context())
	log := event.New(d, bell, c)
	tail := event.NewTail(log, quiet)
	if err := tail.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, d: d, log: log}
	p.h = &live.Handler{Tail: tail, Clock: c, Authorize: func(r *http.Request) (live.Viewer, error) {
		q := r.URL.Query()
		if !q.Has("p") {
			return nil, fault.New(fault.Unauthorized, "unauthorized")
		}
		return viewer{q.Get("p"), q.Get("d"), &p.gone}, nil
	}}
	p.http = httptest.NewUnstartedServer(p.h)
	if change != nil {
		change(p.h, p.http)
	}
	p.http.Start()
	t.Cleanup(func() {
		p.h.Close()
		p.http.Close()
		tail.Stop()
		bell.Stop()
	})
	return p
}

func (p *place) append(ctx context.Context, list ...event.Event) error {
	return p.d.Write(ctx, func(tx *db.Tx) error {
		for _, e := range list {
			if e.Topic == "" {
				e.Topic = "order"
			}
			if e.Audience == nil {
				e.Audience = ""
			}
			if err := p.log.Append(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *place) write(list ...event.Event) {
	p.t.Helper()
	if err := p.append(p.t.Context(), list...); err != nil {
		p.t.Fatal(err)
	}
}

type message struct {
	id, topic string
	data      struct {
		Subject string
		Data    any
		At      int64
		Head    string
		Now     int64
		Reason  string
	}
}

// client reads a stream as a browser would.
type client struct {
	t      *testing.T
	body   io.ReadCloser
	lines  *bufio.Scanner
	last   string
	status int
	beats  int
}

func (p *place) connect(query, lastID string) *client {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.http.URL+"/?"+query, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := p.http.Client().Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	c := &client{t: p.t, body: resp.Body, lines: bufio.NewScanner(resp.Body), status: resp.StatusCode, last: lastID}
	c.lines.Buffer(nil, 1<<20)
	p.t.Cleanup(c.close)
	return c
}

func (c *client) close() { _ = c.body.Close() }

// next returns the next event; ok is false when the stream has ended.
func (c *client) next() (m message, ok bool) {
	watch := time.AfterFunc(patience, c.close)
	defer watch.Stop()
	fired := false
	for c.lines.Scan() {
		line := c.lines.Text()
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" && fired:
			m.id = c.last
			return m, true
		case line == "":
			c.beats++
		case name == "id":
			c.last = value
		case name == "event":
			m.topic = value
		case name == "data":
			fired = true
			if err := json.Unmarshal([]byte(value), &m.data); err != nil {
				c.t.Fatalf("%q: %v", value, err)
			}
		}
	}
	return m, false
}

func (c *client) expect(topic, subject string) message {
	c.t.Helper()
	m, ok := c.next()
	if !ok || m.topic != topic || m.data.Subject != subject {
		c.t.Fatalf("got %s %s %s (stream open: %v), want %s %s", m.id, m.topic, m.data.Subject, ok, topic, subject)
	}
	return m
}

func TestStream(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d, nil)
		if c := p.connect("", ""); c.status != http.StatusUnauthorized {
			t.Fatalf("status %d for somebody unknown", c.status)
		}
		c := p.connect("p=nurse&d=d1", "")
		if hello := c.expect("hello", ""); hello.data.Now != 1_000_000_000_000 || hello.data.Head != hello.id {
			t.Fatalf("%+v", hello)
		}
		p.write(event.Event{Subject: "o1", Data: map[string]string{"note": "two\nlines"}}, event.Event{Subject: "o2", Audience: "d2"}, event.Event{Subject: "o3", Audience: "d1"})
		first := c.expect("order", "o1")
		if fmt.Sprint(first.data.Data) != "map[note:two\nlines]" || first.data.At != 1_000_000_000_000 {
			t.Fatalf("%+v", first)
		}
		c.expect("order", "o3") // o2 is not the nurse's
		for _, again := range []*client{p.connect("p=nurse&d=d1", first.id), p.connect("p=nurse&d=d1&after="+first.id, "")} {
			again.expect("hello", "")
			again.expect("order", "o3")
		}
		other := p.connect("p=nurse&d=d2&after=0.0", first.id) // what was seen counts, not the address
		other.expect("hello", "")
		other.expect("order", "o2")
		for _, bad := range []string{"x", "99999999999.99999999999"} {
			lost := p.connect("p=nurse&d=d1", bad)
			lost.expect("hello", "")
			if m := lost.expect("resync", ""); m.data.Head != m.id {
				t.Fatalf("%+v", m)
			}
			p.write(event.Event{Subject: "later"})
			lost.expect("order", "later")
		}
	})
}

// A client that loses the line again and again, while several write at once, gets
// every entry it may see once and in order, and none of the others.
func TestResumeLosesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d, nil)
		const writers, each = 6, 80
		c := p.connect("p=nurse&d=mine", "")
		c.expect("hello", "")
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := d.Write(t.Context(), func(tx *db.Tx) error {
						for _, audience := range []string{"mine", "theirs"} {
							if err := p.log.Append(t.Context(), tx, event.Event{Topic: "order", Subject: fmt.Sprintf("%s %d %d", audience, w, i), Audience: audience}); err != nil {
								return err
							}
						}
						if d.Engine() == db.Postgres {
							time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond)
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		var next [writers]int
		breaks := 0
		for got := 0; got < writers*each; {
			if rand.IntN(25) == 0 {
				c.close()
				c = p.connect("p=nurse&d=mine", c.last)
				c.expect("hello", "")
				breaks++
			}
			m, ok := c.next()
			if !ok {
				t.Fatalf("the stream ended after %d", got)
			}
			var whose string
			var w, i int
			if _, err := fmt.Sscanf(m.data.Subject, "%s %d %d", &whose, &w, &i); err != nil || m.topic != "order" {
				t.Fatalf("%+v: %v", m, err)
			}
			if whose != "mine" {
				t.Fatalf("a foreign entry was sent: %+v", m)
			}
			if next[w] != i {
				t.Fatalf("writer %d: entry %d came when %d was due, after %d breaks", w, i, next[w], breaks)
			}
			next[w]++
			got++
		}
		wg.Wait()
		if breaks == 0 {
			t.Fatal("the line never broke")
		}
	})
}

// small makes the buffers of the server's connections small, so that a client that
// does not read is noticed after little data.
func small(s *httptest.Server) {
	s.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if t, ok := c.(*net.TCPConn); ok && state == http.StateNew {
			_ = t.SetWriteBuffer(64 << 10)
		}
	}
}

// deaf opens a stream and does not read from it.
func (p *place) deaf(query string) *net.TCPConn {
	p.t.Helper()
	conn, err := net.Dial("tcp", p.http.Listener.Addr().String())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.Close() })
	c := conn.(*net.TCPConn)
	_ = c.SetReadBuffer(64 << 10)
	if _, err := fmt.Fprintf(c, "GET /?%s HTTP/1.1\r\nHost: x\r\n\r\n", query); err != nil {
		p.t.Fatal(err)
	}
	return c
}

func TestDeafClientIsCutOffAndHurtsNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d, func(h *live.Handler, s *httptest.Server) { h.WriteTimeout = 500 * time.Millisecond; small(s) })
		good := p.connect("p=good", "")
		hello := good.expect("hello", "")
		p.deaf("p=deaf")
		if !dbtest.Wait(patience, func() bool { return p.h.Stats().Open == 2 }) {
			t.Fatalf("%+v", p.h.Stats())
		}
		long := strings.Repeat("x", 4000)
		for i := 0; i < 6000; i += 250 {
			var list []event.Event
			for n := range 250 {
				list = append(list, event.Event{Subject: fmt.Sprint(i + n), Data: long})
			}
			p.write(list...)
			for n := range 250 {
				good.expect("order", fmt.Sprint(i+n))
			}
		}
		if !dbtest.Wait(patience, func() bool { return p.h.Stats().Open == 1 }) {
			t.Fatalf("the deaf client is still served: %+v", p.h.Stats())
		}
		back := p.connect("p=deaf", hello.id)
		back.expect("hello", "")
		for i := range 6000 {
			back.expect("order", fmt.Sprint(i))
		}
	})
}

func TestFallingOutOfTheWindowIsTold(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	p := open(t, d, func(h *live.Handler, s *httptest.Server) { h.WriteTimeout = time.Minute; small(s) })
	slow := p.deaf("p=slow")
	if !dbtest.Wait(patience, func() bool { return p.h.Stats().Open == 1 }) {
		t.Fatalf("%+v", p.h.Stats())
	}
	long := strings.Repeat("x", 8000)
	for range 20 {
		list := make([]event.Event, 500)
		for i := range list {
			list[i].Data = long
		}
		p.write(list...)
	}
	read := bufio.NewReader(slow)
	_ = slow.SetReadDeadline(time.Now().Add(patience))
	told := false
	for {
		line, err := read.ReadString('\n')
		if err != nil {
			t.Fatalf("told %v: %v", told, err)
		}
		if strings.HasPrefix(line, "event: resync") {
			told = true
			p.write(event.Event{Subject: "after"})
		}
		if strings.Contains(line, `"subject":"after"`) {
			if !told {
				t.Fatal("entries were left out without a word")
			}
			return
		}
	}
}

func TestRightsAreLookedAtAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d, func(h *live.Handler, _ *httptest.Server) {
			h.Concerns = func(e event.Entry, person string) bool { return e.Topic == "rights" && e.Subject == person }
		})
		c := p.connect("p=nurse", "")
		c.expect("hello", "")
		p.write(event.Event{Topic: "rights", Subject: "other"}, event.Event{Subject: "a"})
		c.expect("rights", "other")
		c.expect("order", "a")
		p.gone.Store(true)
		p.write(event.Event{Topic: "rights", Subject: "other"}, event.Event{Topic: "rights", Subject: "nurse"}, event.Event{Subject: "secret"})
		c.expect("rights", "other")
		if m, ok := c.next(); ok {
			t.Fatalf("sent after the rights had ended: %+v", m)
		}
	})
}

func TestSignedOutViewerIsCutOff(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	p := open(t, d, func(h *live.Handler, _ *httptest.Server) {
		h.Revalidate, h.Heartbeat = 100*time.Millisecond, 20*time.Millisecond
	})
	c := p.connect("p=nurse", "")
	start := c.expect("hello", "").id
	p.write(event.Event{Subject: "foreign", Audience: "d9"})
	time.Sleep(300 * time.Millisecond)
	p.gone.Store(true)
	if m, ok := c.next(); ok {
		t.Fatalf("%+v", m)
	}
	if c.beats == 0 || c.last == start {
		t.Fatalf("%d heartbeats; they must move the place past foreign entries (%s)", c.beats, c.last)
	}
	if !dbtest.Wait(patience, func() bool { return p.h.Stats().Open == 0 }) {
		t.Fatalf("%+v", p.h.Stats())
	}
}

package live_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/live"
)

func TestStreamsAreLimited(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	p := open(t, d, func(h *live.Handler, _ *httptest.Server) { h.PerPerson, h.Total = 2, 4 })
	var mine []*client
	for range 3 {
		c := p.connect("p=nurse", "")
		c.expect("hello", "")
		mine = append(mine, c)
	}
	if m, ok := mine[0].next(); !ok || m.topic != "bye" || m.data.Reason != "limit" {
		t.Fatalf("the oldest stream must end: %+v", m)
	}
	if _, ok := mine[0].next(); ok {
		t.Fatal("the oldest stream goes on")
	}
	for range 2 { // big screens have no person
		p.connect("p=", "").expect("hello", "")
	}
	if c := p.connect("p=other", ""); c.status != http.StatusServiceUnavailable {
		t.Fatalf("status %d with all places taken", c.status)
	}
	mine[1].close()
	if !dbtest.Wait(patience, func() bool { return p.h.Stats().Open == 3 }) {
		t.Fatalf("%+v", p.h.Stats())
	}
	p.connect("p=other", "").expect("hello", "")
	p.h.Close()
	if m, ok := mine[2].next(); ok {
		t.Fatalf("a stream outlives Close: %+v", m)
	}
}

func TestConnectionIsLight(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	p := open(t, d, nil)
	use := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	const n = 1000
	conns := make([]net.Conn, n)
	before := use()
	for i := range conns {
		c, err := net.Dial("tcp", p.http.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		conns[i] = c
		if _, err := fmt.Fprintf(c, "GET /?p=%d HTTP/1.1\r\nHost: x\r\n\r\n", i); err != nil {
			t.Fatal(err)
		}
	}
	if !dbtest.Wait(patience, func() bool { return p.h.Stats().Open == n }) {
		t.Fatalf("%+v", p.h.Stats())
	}
	p.write(event.Event{Subject: "to all"})
	buf := make([]byte, 4096)
	for _, c := range conns {
		_ = c.SetReadDeadline(time.Now().Add(patience))
		for seen := ""; !strings.Contains(seen, "to all"); {
			got, err := c.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			seen += string(buf[:got])
		}
	}
	per := (use() - before) / n
	t.Logf("%d bytes a connection", per)
	if per > 30_000 {
		t.Fatalf("%d bytes a connection", per)
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	o := dbtest.Options(t, db.SQLite)
	before := goleak.IgnoreCurrent()
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("serve", func(t *testing.T) {
		p := open(t, d, nil)
		p.connect("p=a", "").expect("hello", "")
		p.deaf("p=b")
	})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	goleak.VerifyNone(t, before)
}

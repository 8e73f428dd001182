package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wardline/internal/app"
	"wardline/internal/demo"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

// connected is how many streams are held: the file limit of a process is 20,000.
const connected = 19_000

// benchLive holds the streams in this process, so that its memory can be read, and
// lets a second process be the browsers.
func benchLive(ctx context.Context, s *setup) error {
	dir := filepath.Join(s.dir, "live")
	a, err := app.New(ctx, app.Options{Database: db.Options{Path: filepath.Join(dir, "wardline.db")}, DataDir: dir, BaseURL: "http://127.0.0.1", Version: "bench",
		Secret: []byte(id.Secret() + id.Secret()), Zone: time.UTC, Logger: slog.New(slog.DiscardHandler), Clock: &clock.System{}, Relaxed: true, StreamsPerPerson: 2 * connected})
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if _, err := a.MakeDemo(ctx, demo.Options{Orders: 200, Months: 1, Assets: 50, Seed: 1, Now: time.Now().UnixMilli(), Zone: time.UTC}, func(int, int) {}); err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	web := httptest.NewServer(a.API.Handler())
	defer web.Close()
	defer a.EndLive()
	sv := &server{base: web.URL}
	agent, err := sv.signIn("agent")
	if err != nil {
		return err
	}
	base, _ := http.NewRequest("GET", web.URL, nil)
	cookie := agent.http.Jar.Cookies(base.URL)[0]
	before := ownMemory()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	watchers := exec.CommandContext(ctx, self, "-watch", strings.TrimPrefix(web.URL, "http://"), "-cookie", cookie.Name+"="+cookie.Value)
	watchers.Stderr = os.Stderr
	out, err := watchers.StdoutPipe()
	if err != nil {
		return err
	}
	if err := watchers.Start(); err != nil {
		return err
	}
	defer func() { _ = watchers.Process.Kill(); _ = watchers.Wait() }()
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 4<<20) // the moments of all streams come in one line
	if !lines.Scan() || lines.Text() != "ready" {
		return fmt.Errorf("watchers: %q", lines.Text())
	}
	after := ownMemory()
	body, err := reportBody(agent)
	if err != nil {
		return err
	}
	begin := time.Now().UnixMilli()
	if err := agent.do("POST", "/orders", body, nil); err != nil {
		return err
	}
	var got []int64
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &got) != nil {
		return fmt.Errorf("watchers: %q", lines.Text())
	}
	took := make([]time.Duration, len(got))
	for i, at := range got {
		took[i] = time.Duration(at-begin) * time.Millisecond
	}
	if len(got) != connected {
		return fmt.Errorf("%d of %d streams heard of it", len(got), connected)
	}
	row(fmt.Sprintf("live: one change to %d connected, p99", connected), quantile(took, 0.99).Seconds(), 1, "s", "≤ 1")
	row("live: memory of a connection", (after-before)*1024/connected, 30, "kB", "≤ 1")
	return nil
}

func ownMemory() float64 {
	debug.FreeOSMemory()
	sv := &server{cmd: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}
	return sv.memory()
}

// watch is the second process: it opens the streams, says "ready", and when every
// one has heard of an order prints the moments at which they did.
func watch(address, cookie string) error {
	var ready, all sync.WaitGroup
	heard := make([]int64, connected)
	var failed atomic.Int64
	gate := make(chan struct{}, 64) // so many at a time open their connection
	for i := range connected {
		ready.Add(1)
		all.Go(func() {
			said := sync.OnceFunc(ready.Done)
			defer said()
			gate <- struct{}{}
			c, err := net.Dial("tcp", address)
			if err == nil {
				_, err = fmt.Fprintf(c, "GET /api/v1/live HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\nCookie: %s\r\n\r\n", cookie)
			}
			if err != nil {
				<-gate
				failed.Add(1)
				return
			}
			defer func() { _ = c.Close() }()
			_ = c.SetReadDeadline(time.Now().Add(3 * time.Minute))
			r := bufio.NewReaderSize(c, 512)
			open := true
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					failed.Add(1)
					if open {
						<-gate
					}
					return
				}
				if open && strings.HasPrefix(line, "event: hello") {
					open = false
					<-gate
					said()
				}
				if strings.HasPrefix(line, "event: order") {
					heard[i] = time.Now().UnixMilli()
					return
				}
			}
		})
	}
	ready.Wait()
	if n := failed.Load(); n > 0 {
		return fmt.Errorf("%d streams did not open", n)
	}
	fmt.Println("ready")
	all.Wait()
	raw, err := json.Marshal(heard)
	fmt.Println(string(raw))
	return err
}

var linked = regexp.MustCompile(`(?:src|href)="([^"]+\.(?:js|css))"`)

// benchPage adds up what the reporter's first page loads, compressed.
func benchPage(_ context.Context, _ *setup) error {
	root := "web/dist/report"
	index, err := os.ReadFile(filepath.Join(root, "index.html"))
	if err != nil {
		return err
	}
	total := packed(index)
	for _, m := range linked.FindAllSubmatch(index, -1) {
		name := string(m[1])
		raw, err := os.ReadFile(filepath.Join(root, strings.TrimPrefix(name, "/m/")))
		if err != nil {
			return err
		}
		total += packed(raw)
	}
	row("page: first page of the reporter's phone, gzip", float64(total)/1000, 60, "kB", "≤ 1")
	return nil
}

func packed(raw []byte) int {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(raw)
	_ = z.Close()
	return b.Len()
}

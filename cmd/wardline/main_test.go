package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/demo"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/id"
)

// The test binary is the program when it is told so.
func TestMain(m *testing.M) {
	if os.Getenv("WARDLINE_TEST_IS_PROGRAM") != "" {
		if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

type program struct {
	t    *testing.T
	env  []string
	dir  string
	cmd  *exec.Cmd
	base string
}

func newProgram(t *testing.T, engine db.Engine) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir()}
	p.env = append(os.Environ(), "WARDLINE_TEST_IS_PROGRAM=1", "WARDLINE_DATA="+p.dir, "WARDLINE_LOG_LEVEL=error")
	if engine == db.Postgres {
		p.env = append(p.env, "WARDLINE_DATABASE_URL="+dbtest.Options(t, engine).URL)
	}
	cmd := exec.Command(os.Args[0], "demo", "-orders", "200", "-months", "2", "-assets", "50")
	cmd.Env = p.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("demo: %v\n%s", err, out)
	}
	return p
}

func (p *program) start() {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	p.base = "http://" + address
	p.cmd = exec.Command(os.Args[0], "serve", "-address", address)
	p.cmd.Env = p.env
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ok := dbtest.Wait(30*time.Second, func() bool {
		res, err := http.Get(p.base + "/healthz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == 200
	})
	if !ok {
		p.t.Fatal("the program does not answer")
	}
}

func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *program) signIn(login string) *http.Client {
	p.t.Helper()
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	status, raw, err := call(c, "POST", p.base+"/api/v1/auth/login", "", map[string]any{"login": login, "password": demo.Password})
	if err != nil || status != 200 {
		p.t.Fatalf("sign in: %v %d %s", err, status, raw)
	}
	return c
}

func call(c *http.Client, method, url, key string, in any) (int, []byte, error) {
	var body io.Reader
	if in != nil {
		raw, _ := json.Marshal(in)
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, raw, err
}

func (p *program) get(c *http.Client, path string, out any) {
	p.t.Helper()
	status, raw, err := call(c, "GET", p.base+"/api/v1"+path, "", nil)
	if err != nil || status != 200 {
		p.t.Fatalf("GET %s: %v %d %s", path, err, status, raw)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		p.t.Fatal(err)
	}
}

type items struct {
	Items []struct {
		ID string `json:"id"`
	} `json:"items"`
}

// What was acknowledged is there after the program was killed, whole, and a client
// that repeats what it got no answer to makes no second order.
func TestKilledProgramLosesNothingAcknowledged(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			p := newProgram(t, engine)
			sent := map[string]string{} // idempotency key → number, or "" while unanswered
			var mu sync.Mutex
			for round := range 3 {
				p.start()
				nurse := p.signIn("nurse")
				var places, found items
				p.get(nurse, "/places?limit=1&kind=room", &places)
				p.get(nurse, "/catalog/search?q=HW02", &found)
				report := map[string]any{"itemId": found.Items[0].ID, "placeId": places.Items[0].ID, "words": "黑屏"}
				send := func(key string) bool {
					mu.Lock()
					if _, known := sent[key]; !known {
						sent[key] = ""
					}
					mu.Unlock()
					status, raw, err := call(nurse, "POST", p.base+"/api/v1/orders", key, report)
					if err != nil {
						return false
					}
					if status != 201 {
						t.Errorf("%d %s", status, raw)
						return false
					}
					var o struct{ Number string }
					_ = json.Unmarshal(raw, &o)
					mu.Lock()
					defer mu.Unlock()
					if before := sent[key]; before != "" && before != o.Number {
						t.Errorf("key %s made %s and then %s", key, before, o.Number)
					}
					sent[key] = o.Number
					return true
				}
				for key := range copyOf(&mu, sent) { // repeat everything of the rounds before
					if !send(key) {
						t.Fatal("a repeated report failed")
					}
				}
				var all sync.WaitGroup
				for range 4 {
					all.Go(func() {
						for send(id.New()) {
						}
					})
				}
				time.Sleep(time.Duration(150+round*170) * time.Millisecond)
				p.kill()
				all.Wait()
			}
			p.start()
			defer p.kill()
			agent := p.signIn("agent")
			seen := map[string]bool{}
			answered := 0
			for key, number := range sent {
				if number == "" {
					continue
				}
				answered++
				if seen[number] {
					t.Errorf("number %s was given twice", number)
				}
				seen[number] = true
				var o struct {
					Version int64
					Words   string
				}
				p.get(agent, "/orders/"+number, &o)
				var timeline items
				p.get(agent, "/orders/"+number+"/timeline", &timeline)
				if int64(len(timeline.Items)) != o.Version || o.Words != "黑屏" {
					t.Errorf("order %s of %s: version %d, %d events", number, key, o.Version, len(timeline.Items))
				}
			}
			var count struct{ Count int }
			p.get(agent, "/orders/count?text="+strings.ToUpper("黑屏"), &count)
			if answered < 10 {
				t.Fatalf("only %d orders were answered: the test proves little", answered)
			}
		})
	}
}

func copyOf(mu *sync.Mutex, m map[string]string) map[string]string {
	mu.Lock()
	defer mu.Unlock()
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

func TestBackupHoldsEverything(t *testing.T) {
	p := newProgram(t, db.SQLite)
	p.start()
	defer p.kill()
	file := filepath.Join(t.TempDir(), "backup.db")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"backup", file, "-data", p.dir}, &out); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), db.Options{Path: file})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		n, err := db.One[int64](t.Context(), tx, "SELECT count(*) FROM workorder")
		if n < 200 {
			t.Errorf("the backup has %d orders", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"backup", file, "-data", p.dir}, &out); err == nil {
		t.Fatal("a backup must not be written over another")
	}
}

func TestUnknownCommandSaysWhatThereIs(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"nonsense"}, &out); err == nil || !strings.Contains(out.String(), "serve") {
		t.Fatalf("%v %s", err, out.String())
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"wardline/internal/demo"
	"wardline/internal/platform/id"
)

// server is a running program of ours.
type server struct {
	cmd     *exec.Cmd
	base    string
	dir     string
	env     []string
	bin     string
	log     *os.File
	started time.Duration // from exec to the first healthy answer
}

// hospital makes a store with so many orders and returns how long it took.
func (s *setup) hospital(ctx context.Context, engine string, orders int) (dir string, env []string, err error) {
	dir = filepath.Join(s.dir, engine+"-"+id.New())
	env = append(os.Environ(), "WARDLINE_DATA="+dir)
	if engine == "postgres" {
		url, err := newDatabase(os.Getenv("WARDLINE_BENCH_POSTGRES_URL"))
		if err != nil {
			return "", nil, err
		}
		env = append(env, "WARDLINE_DATABASE_URL="+url)
	}
	cmd := exec.CommandContext(ctx, s.bin, "demo", "-orders", strconv.Itoa(orders))
	cmd.Env = env
	cmd.Stderr = os.Stderr
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		return "", nil, fmt.Errorf("demo: %w", err)
	}
	took := time.Since(begin)
	if orders >= 100_000 {
		row(fmt.Sprintf("%s: build %d orders with timelines", engine, orders), float64(orders)/took.Seconds(), 3000, "/s", "≥ 1")
	}
	return dir, env, nil
}

func (s *setup) start(ctx context.Context, dir string, env []string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	_ = l.Close()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	sv := &server{base: "http://" + address, dir: dir, env: env, bin: s.bin, log: log}
	sv.cmd = exec.CommandContext(ctx, s.bin, "serve", "-address", address)
	sv.cmd.Env, sv.cmd.Stdout, sv.cmd.Stderr = env, log, log
	begin := time.Now()
	if err := sv.cmd.Start(); err != nil {
		return nil, err
	}
	for time.Since(begin) < time.Minute {
		res, err := http.Get(sv.base + "/healthz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == 200 {
				sv.started = time.Since(begin)
				return sv, nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	sv.stop()
	return nil, errors.New("the program did not become healthy within a minute")
}

func (sv *server) stop() {
	_ = sv.cmd.Process.Signal(syscall.SIGTERM)
	_ = sv.cmd.Wait()
	_ = sv.log.Close()
}

// large returns the server with the large store, made by the first who asks.
func (s *setup) large(ctx context.Context, engine string) (*server, error) {
	if sv := s.big[engine]; sv != nil {
		return sv, nil
	}
	dir, env, err := s.hospital(ctx, engine, s.orders)
	if err != nil {
		return nil, err
	}
	sv, err := s.start(ctx, dir, env)
	if err == nil {
		s.big[engine] = sv
	}
	return sv, err
}

// cpu returns the processor time the program has used, in seconds.
func (sv *server) cpu() float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", sv.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+2:]))
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return (user + system) / 100 // USER_HZ is 100 on Linux
}

// memory returns the program's resident memory in MB.
func (sv *server) memory() float64 {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", sv.cmd.Process.Pid))
	for _, line := range strings.Split(string(raw), "\n") {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(v)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

// client is a signed-in person.
type client struct {
	http *http.Client
	base string
}

func (sv *server) signIn(login string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{base: sv.base + "/api/v1", http: &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 4}}}
	return c, c.do("POST", "/auth/login", map[string]any{"login": login, "password": demo.Password}, nil)
}

func (c *client) do(method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, c.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 400 {
		return fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	if out != nil {
		return json.Unmarshal(raw, out)
	}
	return nil
}

func quantile(list []time.Duration, q float64) time.Duration {
	slices.Sort(list)
	if len(list) == 0 {
		return 0
	}
	return list[min(len(list)-1, int(q*float64(len(list))))]
}

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"wardline/internal/platform/id"
)

const clients = 16

// What PocketBase 0.x spends on a bare record without rules, measured on such a
// machine: the limit that an order with all its rules has to stay under.
const (
	peerCreateMS = 1.17
	peerReadMS   = 0.75
)

// loop lets 16 workers do f for a while and returns how often it was done.
func loop(ctx context.Context, length time.Duration, f func(worker int) error) (int64, error) {
	var n atomic.Int64
	var first error
	var once sync.Once
	var all sync.WaitGroup
	end := time.Now().Add(length)
	for w := range clients {
		all.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				if err := f(w); err != nil {
					once.Do(func() { first = err })
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	return n.Load(), first
}

// bare commits one small row at a time, 16 at once, through database/sql alone with
// the engine's safe settings: each row is a commit of its own.
func (s *setup) bare(ctx context.Context, engine string) (float64, error) {
	driver, name, conns := "sqlite", "", 1
	if engine == "postgres" {
		u, err := newDatabase(os.Getenv("WARDLINE_BENCH_POSTGRES_URL"))
		if err != nil {
			return 0, err
		}
		driver, name, conns = "pgx", u, clients
	} else {
		dir := filepath.Join(s.dir, "bare-"+id.New())
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return 0, err
		}
		name = "file:" + dir + "/bare.db?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	}
	pool, err := sql.Open(driver, name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(conns)
	if _, err := pool.ExecContext(ctx, "CREATE TABLE bare (id TEXT PRIMARY KEY, at BIGINT NOT NULL, words TEXT NOT NULL)"); err != nil {
		return 0, err
	}
	n, err := loop(ctx, s.seconds, func(int) error {
		_, err := pool.ExecContext(ctx, "INSERT INTO bare (id, at, words) VALUES ($1, $2, $3)", id.New(), time.Now().UnixMilli(), "打印机卡纸")
		return err
	})
	return float64(n) / s.seconds.Seconds(), err
}

// report is a body that makes an order.
func reportBody(c *client) (map[string]any, error) {
	var places struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := c.do("GET", "/places?limit=1&kind=room", nil, &places); err != nil {
		return nil, err
	}
	var found struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := c.do("GET", "/catalog/search?q="+url.QueryEscape("显示器"), nil, &found); err != nil {
		return nil, err
	}
	if len(places.Items) == 0 || len(found.Items) == 0 {
		return nil, errors.New("the demonstration has no room or no item")
	}
	return map[string]any{"itemId": found.Items[0].ID, "placeId": places.Items[0].ID, "words": "显示器黑屏,换了线也不行", "channel": "scan"}, nil
}

func benchCreate(ctx context.Context, s *setup) error {
	for _, engine := range s.engines {
		dir, env, err := s.hospital(ctx, engine, 2000)
		if err != nil {
			return err
		}
		sv, err := s.start(ctx, dir, env)
		if err != nil {
			return err
		}
		err = s.createOn(ctx, engine, sv)
		sv.stop()
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *setup) createOn(ctx context.Context, engine string, sv *server) error {
	people := make([]*client, clients)
	for i := range people {
		c, err := sv.signIn("nurse")
		if err != nil {
			return err
		}
		people[i] = c
	}
	body, err := reportBody(people[0])
	if err != nil {
		return err
	}
	create := func(w int) error { return people[w].do("POST", "/orders", body, nil) }
	if _, err := loop(ctx, s.seconds/5, create); err != nil { // warm
		return err
	}
	before, err := s.bare(ctx, engine)
	if err != nil {
		return err
	}
	cpu := sv.cpu()
	n, err := loop(ctx, s.seconds, create)
	if err != nil {
		return err
	}
	cpu = sv.cpu() - cpu
	after, err := s.bare(ctx, engine)
	if err != nil {
		return err
	}
	row(engine+": create an order over HTTP v bare commits", float64(n)/s.seconds.Seconds(), (before+after)/2, "/s", "≥ 0.5")
	row(engine+": CPU of one create v PocketBase's bare one", cpu/float64(n)*1000, peerCreateMS, "ms", "≤ 1")
	return s.read(ctx, engine, sv, people)
}

func (s *setup) read(ctx context.Context, engine string, sv *server, people []*client) error {
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := people[0].do("GET", "/orders?limit=50", nil, &list); err != nil {
		return err
	}
	cpu := sv.cpu()
	n, err := loop(ctx, s.seconds, func(w int) error {
		return people[w].do("GET", "/orders/"+list.Items[w%len(list.Items)].ID, nil, nil)
	})
	if err != nil {
		return err
	}
	row(engine+": CPU of one read v PocketBase's bare one", (sv.cpu()-cpu)/float64(n)*1000, peerReadMS, "ms", "≤ 1")
	return nil
}

// newDatabase makes an empty database on the server and returns its address.
func newDatabase(base string) (string, error) {
	pool, err := sql.Open("pgx", base)
	if err != nil {
		return "", err
	}
	defer func() { _ = pool.Close() }()
	name := "bench_" + id.New()
	if _, err := pool.Exec("CREATE DATABASE " + name); err != nil {
		return "", err
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func benchGrab(ctx context.Context, s *setup) error {
	for _, engine := range s.engines {
		dir, env, err := s.hospital(ctx, engine, 2000)
		if err != nil {
			return err
		}
		sv, err := s.start(ctx, dir, env)
		if err != nil {
			return err
		}
		err = grabOn(engine, sv)
		sv.stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// grabOn lets 200 requests of two engineers race for one order.
func grabOn(engine string, sv *server) error {
	agent, err := sv.signIn("agent")
	if err != nil {
		return err
	}
	racers := make([]*client, 200)
	for i, login := range []string{"engineer", "engineer2"} {
		c, err := sv.signIn(login)
		if err != nil {
			return err
		}
		for j := i; j < len(racers); j += 2 {
			racers[j] = c
		}
	}
	body, err := reportBody(agent)
	if err != nil {
		return err
	}
	body["channel"] = "desk"
	var all []time.Duration
	for round := range 11 { // the first opens the connections and is not counted
		var o struct {
			ID     string `json:"id"`
			TeamID string `json:"teamId"`
			Status string `json:"status"`
		}
		if err := agent.do("POST", "/orders", body, &o); err != nil {
			return err
		}
		if o.Status != "pooled" {
			if err := agent.do("POST", "/orders/"+o.ID+"/pool", map[string]any{"teamId": o.TeamID}, nil); err != nil {
				return err
			}
		}
		took := make([]time.Duration, len(racers))
		var won atomic.Int64
		var done sync.WaitGroup
		begin := make(chan struct{})
		for i, c := range racers {
			done.Go(func() {
				<-begin
				start := time.Now()
				if c.do("POST", "/orders/"+o.ID+"/grab", map[string]any{}, nil) == nil {
					won.Add(1)
				}
				took[i] = time.Since(start)
			})
		}
		close(begin)
		done.Wait()
		if won.Load() < 1 {
			return fmt.Errorf("%d of 200 grabs won", won.Load())
		}
		if round > 0 {
			all = append(all, took...)
		}
	}
	row(engine+": 200 grabs of one order, p99", float64(quantile(all, 0.99).Microseconds())/1000, 100, "ms", "≤ 1")
	return nil
}

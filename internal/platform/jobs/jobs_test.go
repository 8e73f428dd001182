package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
)

const patience = 20 * time.Second

var quiet = slog.New(slog.DiscardHandler)

type place struct {
	t     *testing.T
	d     *db.DB
	queue *jobs.Queue
	clock *clock.Manual
}

func open(t *testing.T, d *db.DB) *place {
	t.Helper()
	c := clock.NewManual(1_000_000_000_000)
	return &place{t, d, queueOf(t, d, c), c}
}

func queueOf(t *testing.T, d *db.DB, c clock.Clock) *jobs.Queue {
	bell := db.NewBell(d, quiet)
	bell.Start(t.Context())
	t.Cleanup(bell.Stop)
	return jobs.New(d, bell, c)
}

func quick(o jobs.Options) jobs.Options {
	o.Poll = 10 * time.Millisecond
	return o
}

// start runs a runner until the test ends.
func start(t *testing.T, q *jobs.Queue, o jobs.Options, register func(*jobs.Runner)) *jobs.Runner {
	t.Helper()
	r := jobs.NewRunner(q, quiet, quick(o))
	register(r)
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}

func (p *place) write(f func(tx *db.Tx) error) {
	p.t.Helper()
	if err := p.d.Write(p.t.Context(), f); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) enqueue(list ...jobs.Job) {
	p.t.Helper()
	p.write(func(tx *db.Tx) error {
		for _, j := range list {
			if err := p.queue.Enqueue(p.t.Context(), tx, j); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *place) move(j jobs.Job) {
	p.t.Helper()
	p.write(func(tx *db.Tx) error { return p.queue.EnqueueOrMove(p.t.Context(), tx, j) })
}

func (p *place) list(f jobs.Filter) []jobs.Row {
	p.t.Helper()
	list, _, err := p.queue.List(p.t.Context(), f, 1000, "")
	if err != nil {
		p.t.Fatal(err)
	}
	return list
}

// only returns the one job of the kind.
func (p *place) only(kind string) jobs.Row {
	p.t.Helper()
	list := p.list(jobs.Filter{Kind: kind})
	if len(list) != 1 {
		p.t.Fatalf("%d jobs of kind %s: %+v", len(list), kind, list)
	}
	return list[0]
}

func (p *place) until(what string, f func() bool) {
	p.t.Helper()
	if !dbtest.Wait(patience, f) {
		p.t.Fatalf("never: %s; jobs: %+v", what, p.list(jobs.Filter{}))
	}
}

func (p *place) untilState(kind string, s jobs.State) jobs.Row {
	p.t.Helper()
	p.until(kind+" is "+string(s), func() bool { return p.only(kind).State == s })
	return p.only(kind)
}

func TestRolledBackJobIsNeverRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		var ran sync.Map
		start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
			jobs.On(r, "note", func(_ context.Context, who string) error { ran.Store(who, true); return nil })
		})
		refused := errors.New("no")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := p.queue.Enqueue(t.Context(), tx, jobs.Job{Kind: "note", Args: "rolled back"}); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		p.enqueue(jobs.Job{Kind: "note", Args: "committed"})
		row := p.untilState("note", jobs.Done)
		if row.Attempt != 1 || row.Failures != 0 || row.EndedAt != p.clock.Now() {
			t.Fatalf("%+v", row)
		}
		if _, there := ran.Load("rolled back"); there {
			t.Fatal("a job that was never committed was run")
		}
		if _, there := ran.Load("committed"); !there {
			t.Fatal("the job was marked done without being run")
		}
	})
}

func TestKeyStandsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		now := p.clock.Now()
		p.enqueue(jobs.Job{Kind: "due", Key: "o1", Args: 1, RunAt: now + 1000})
		p.enqueue(jobs.Job{Kind: "due", Key: "o1", Args: 2, RunAt: now + 5000})
		if row := p.only("due"); row.RunAt != now+1000 {
			t.Fatalf("Enqueue must keep the earlier moment: %+v", row)
		}
		p.enqueue(jobs.Job{Kind: "due", Key: "o1", Args: 3, RunAt: now + 500})
		if row := p.only("due"); row.RunAt != now+500 {
			t.Fatalf("Enqueue must take the earlier moment: %+v", row)
		}
		p.move(jobs.Job{Kind: "due", Key: "o1", Args: 4, RunAt: now + 9000})
		if row := p.only("due"); row.RunAt != now+9000 {
			t.Fatalf("EnqueueOrMove must move: %+v", row)
		}
		p.enqueue(jobs.Job{Kind: "due", Args: 1, RunAt: now + 9000}, jobs.Job{Kind: "due", Args: 1, RunAt: now + 9000},
			jobs.Job{Kind: "other", Key: "o1", RunAt: now + 9000})
		if list := p.list(jobs.Filter{}); len(list) != 4 {
			t.Fatalf("jobs without a key, or of another kind, are each their own: %+v", list)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return p.queue.EnqueueOrMove(t.Context(), tx, jobs.Job{Kind: "due"})
		}); err == nil {
			t.Fatal("a job without a key cannot be moved")
		}
		got := make(chan int, 10)
		start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
			jobs.On(r, "due", func(_ context.Context, n int) error { got <- n; return nil })
		})
		p.clock.Advance(9000)
		sum := 0
		for range 3 {
			select {
			case n := <-got:
				sum += n
			case <-time.After(patience):
				t.Fatal("not all were run")
			}
		}
		if sum != 1+1+4 {
			t.Fatalf("the last arguments must count, sum %d", sum)
		}
		p.until("done jobs free the key", func() bool { return len(p.list(jobs.Filter{State: jobs.Done})) == 3 })
		p.enqueue(jobs.Job{Kind: "due", Key: "o1", Args: 5})
		if n := <-got; n != 5 {
			t.Fatalf("got %d", n)
		}
	})
}

func TestAskedForAgainWhileRunning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, fails := range []bool{false, true} {
			p := open(t, d)
			kind := fmt.Sprintf("recount-%v", fails)
			begun, goOn := make(chan int, 10), make(chan struct{})
			start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
				jobs.On(r, kind, func(_ context.Context, n int) error {
					begun <- n
					<-goOn
					if fails && n == 1 {
						return errors.New("failed")
					}
					return nil
				})
			})
			p.enqueue(jobs.Job{Kind: kind, Key: "k", Args: 1, MaxTries: 1})
			if n := <-begun; n != 1 {
				t.Fatal(n)
			}
			p.enqueue(jobs.Job{Kind: kind, Key: "k", Args: 2, MaxTries: 1})
			p.enqueue(jobs.Job{Kind: kind, Key: "k", Args: 3, MaxTries: 1})
			if row := p.only(kind); row.State != jobs.Running {
				t.Fatalf("%+v", row)
			}
			goOn <- struct{}{}
			if fails {
				p.until("ready again", func() bool { return p.only(kind).State == jobs.Ready })
				p.clock.Advance(clock.Second)
			}
			select {
			case n := <-begun:
				if n != 3 {
					t.Fatalf("run again with %d", n)
				}
			case <-time.After(patience):
				t.Fatalf("not run again: %+v", p.only(kind))
			}
			goOn <- struct{}{}
			if row := p.untilState(kind, jobs.Done); row.Attempt != 2 || row.Error != "" {
				t.Fatalf("%+v", row)
			}
		}
	})
}

func TestFailuresBackOffAndDie(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		var runs atomic.Int64
		var healed atomic.Bool
		start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
			r.Handle("send", func(ctx context.Context, _ json.RawMessage) error {
				n := runs.Add(1)
				a, ok := jobs.Current(ctx)
				if !ok || a.Number != n || a.Key != "m1" {
					t.Errorf("attempt %+v, run %d", a, n)
				}
				if healed.Load() {
					return nil
				}
				if n == 3 {
					panic("index out of range")
				}
				return errors.New("smtp://user:hunter2@mail/ does not answer")
			})
		})
		p.enqueue(jobs.Job{Kind: "send", Key: "m1", MaxTries: 4})
		for n, pause := range []int64{1000, 2000, 4000} {
			p.until("a failure", func() bool { return p.only("send").Failures == int64(n+1) })
			row := p.only("send")
			if row.State != jobs.Ready || row.RunAt != p.clock.Now()+pause {
				t.Fatalf("after %d failures: %+v at %d", n+1, row, p.clock.Now())
			}
			p.enqueue(jobs.Job{Kind: "send", Key: "m1", MaxTries: 4}) // must not defeat the back-off
			p.clock.Advance(pause - 1)
			time.Sleep(30 * time.Millisecond)
			if runs.Load() != int64(n+1) {
				t.Fatal("tried before the pause had passed")
			}
			if n == 2 && row.Error != "panic: index out of range" {
				t.Fatalf("error %q", row.Error)
			}
			p.clock.Advance(1)
		}
		row := p.untilState("send", jobs.Dead)
		if strings.Contains(row.Error, "hunter2") || !strings.Contains(row.Error, "does not answer") {
			t.Fatalf("error %q", row.Error)
		}
		p.clock.Advance(2 * clock.Hour)
		time.Sleep(30 * time.Millisecond)
		if runs.Load() != 4 {
			t.Fatal("a dead job was run")
		}
		healed.Store(true)
		p.write(func(tx *db.Tx) error { return p.queue.RunAgain(t.Context(), tx, row.ID) })
		if row := p.untilState("send", jobs.Done); row.Failures != 0 || row.Attempt != 5 {
			t.Fatalf("%+v", row)
		}
	})
}

func TestHopelessJobsDieAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
			jobs.On(r, "typed", func(context.Context, int) error { t.Error("run with wrong arguments"); return nil })
			r.Handle("gone", func(context.Context, json.RawMessage) error { return jobs.Permanent(fault.Missing()) })
		})
		p.enqueue(jobs.Job{Kind: "typed", Args: "text"}, jobs.Job{Kind: "gone"})
		p.untilState("typed", jobs.Dead)
		if row := p.untilState("gone", jobs.Dead); row.Failures != 1 || row.Error != "not_found" {
			t.Fatalf("%+v", row)
		}
	})
}

func TestAdministration(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		at := p.clock.Now() + clock.Hour
		for i := range 5 {
			p.enqueue(jobs.Job{Kind: "a", Key: fmt.Sprint(i), RunAt: at})
		}
		p.enqueue(jobs.Job{Kind: "b", Key: "x", RunAt: at})
		first, next, err := p.queue.List(t.Context(), jobs.Filter{Kind: "a"}, 3, "")
		if err != nil || len(first) != 3 || next == "" || first[0].Key != "4" {
			t.Fatalf("%+v, %q, %v", first, next, err)
		}
		second, end, err := p.queue.List(t.Context(), jobs.Filter{Kind: "a"}, 3, next)
		if err != nil || len(second) != 2 || end != "" || second[1].Key != "0" {
			t.Fatalf("%+v, %q, %v", second, end, err)
		}
		if list := p.list(jobs.Filter{Key: "x", State: jobs.Ready}); len(list) != 1 {
			t.Fatalf("%+v", list)
		}
		if _, _, err := p.queue.List(t.Context(), jobs.Filter{State: "x' OR '1'='1"}, 3, ""); fault.CodeOf(err) != "invalid" {
			t.Fatalf("an unknown state: %v", err)
		}
		run := func(f func(tx *db.Tx) error) string { return fault.CodeOf(d.Write(t.Context(), f)) }
		again := func(id string) string {
			return run(func(tx *db.Tx) error { return p.queue.RunAgain(t.Context(), tx, id) })
		}
		cancel := func(id string) string {
			return run(func(tx *db.Tx) error { return p.queue.CancelID(t.Context(), tx, id) })
		}
		row := first[0]
		for i, step := range []struct{ got, want string }{
			{again(row.ID), "job.not_stopped"}, {cancel(row.ID), ""}, {cancel(row.ID), "job.ended"},
			{cancel("nobody"), "not_found"}, {again("nobody"), "not_found"}, {again(row.ID), ""}, {cancel(row.ID), ""},
		} {
			if step.got != step.want {
				t.Fatalf("step %d: %q, want %q", i, step.got, step.want)
			}
		}
		p.enqueue(jobs.Job{Kind: "a", Key: row.Key, RunAt: at})
		if code := again(row.ID); code != "job.replaced" {
			t.Fatalf("a second job with the same key: %q", code)
		}
		p.write(func(tx *db.Tx) error {
			for _, want := range []bool{true, false} {
				if did, err := p.queue.Cancel(t.Context(), tx, "b", "x"); err != nil || did != want {
					t.Errorf("cancelled %v, %v", did, err)
				}
			}
			return nil
		})
		counts, err := p.queue.Counts(t.Context())
		want := []jobs.Count{{"a", jobs.Cancelled, 1, p.clock.Now()}, {"a", jobs.Ready, 5, at}, {"b", jobs.Cancelled, 1, at}}
		if err != nil || fmt.Sprint(counts) != fmt.Sprint(want) {
			t.Fatalf("%+v, %v", counts, err)
		}
	})
}

func TestOldJobsArePruned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
			r.Handle("ok", func(context.Context, json.RawMessage) error { return nil })
			r.Handle("bad", func(context.Context, json.RawMessage) error { return jobs.Permanent(errors.New("x")) })
		})
		many := make([]jobs.Job, jobs.PruneBatch+5)
		for i := range many {
			many[i].Kind = "ok"
		}
		p.enqueue(many...)
		p.enqueue(jobs.Job{Kind: "bad"})
		p.untilState("bad", jobs.Dead)
		p.until("all done", func() bool {
			return len(p.list(jobs.Filter{State: jobs.Ready}))+len(p.list(jobs.Filter{State: jobs.Running})) == 0
		})
		p.clock.Advance(jobs.KeepDone + clock.Hour)
		p.until("done jobs go", func() bool { return len(p.list(jobs.Filter{Kind: "ok"})) == 0 })
		if p.only("bad").State != jobs.Dead {
			t.Fatal("a dead job went too soon")
		}
		p.clock.Advance(jobs.KeepStopped + clock.Hour)
		p.until("dead jobs go", func() bool { return len(p.list(jobs.Filter{Kind: "bad"})) == 0 })
	})
}

func TestErrorText(t *testing.T) {
	for in, want := range map[string]string{
		"connect postgres://ward:s3cret@db:5432/w failed":          "connect postgres://***@db:5432/w failed",
		"POST https://hook/?access_token=abc123&id=4: 500":         "POST https://hook/?access_token=***&id=4: 500",
		`body {"password":"p w","x":1}`:                            `body {"password":"*** w","x":1}`,
		"header Authorization: Bearer eyJhbGciOi.x-y_z refused":    "header Authorization: Bearer *** refused",
		"order.taken: the order was grabbed":                       "order.taken: the order was grabbed",
		"nul\x00 and bad \xff":                                     "nul and bad �",
		"api-key=k1, client_secret: k2; X-Signature='k3' tokens 5": "api-key=***, client_secret: ***; X-Signature='***' tokens 5",
	} {
		if got := jobs.ErrorText(errors.New(in)); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if got := jobs.ErrorText(errors.New(strings.Repeat("长", 5000))); len(got) > 2010 || !strings.HasSuffix(got, "长…") {
		t.Errorf("%d bytes, ends %q", len(got), got[len(got)-6:])
	}
}

func TestBackoff(t *testing.T) {
	want := map[int64]int64{1: 1000, 2: 2000, 5: 16_000, 12: 2_048_000, 13: 3_600_000, 14: 3_600_000, 1000: 3_600_000}
	for failures, ms := range want {
		if got := jobs.Backoff(failures); got != ms {
			t.Errorf("after %d failures %d ms, want %d", failures, got, ms)
		}
	}
}

func TestStopLeavesNothingRunning(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			o := dbtest.Options(t, engine)
			before := goleak.IgnoreCurrent()
			d, err := db.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			bell := db.NewBell(d, quiet)
			bell.Start(t.Context())
			p := &place{t, d, jobs.New(d, bell, clock.NewManual(1_000_000)), nil}
			begun := make(chan struct{}, 100)
			r := jobs.NewRunner(p.queue, quiet, quick(jobs.Options{Workers: 2, Grace: 20 * time.Millisecond}))
			r.Handle("long", func(ctx context.Context, _ json.RawMessage) error {
				begun <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			})
			if err := r.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			for range 20 {
				p.enqueue(jobs.Job{Kind: "long"})
			}
			<-begun
			<-begun
			r.Stop()
			bell.Stop()
			for _, row := range p.list(jobs.Filter{}) {
				if row.State != jobs.Ready || row.Failures != 0 {
					t.Fatalf("a job was not given back unharmed: %+v", row)
				}
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			goleak.VerifyNone(t, before)
		})
	}
}

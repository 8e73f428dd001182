package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/jobs"
)

// replicas opens one database several times, as several programs would.
func replicas(t *testing.T, n int, f func(t *testing.T, places []*place)) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			o := dbtest.Options(t, engine)
			c := clock.NewManual(1_000_000_000_000)
			var places []*place
			for range n {
				d, err := db.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				p := &place{t, d, queueOf(t, d, c), c}
				t.Cleanup(p.close)
				places = append(places, p)
			}
			f(t, places)
		})
	}
}

// close cuts a replica off from the database, once.
func (p *place) close() {
	if p.d != nil {
		_ = p.d.Close()
		p.d = nil
	}
}

// mark writes a row of another package's table within a job's transaction.
func mark(ctx context.Context, tx *db.Tx, p *place, subject string) error {
	return event.New(p.d, db.NewBell(p.d, quiet), p.clock).Append(ctx, tx, event.Event{Topic: "marked", Subject: subject})
}

func (p *place) marks() map[string]int {
	p.t.Helper()
	out := map[string]int{}
	for from := (event.Position{}); ; {
		list, err := event.New(p.d, nil, p.clock).Since(p.t.Context(), from, 1000)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, e := range list {
			out[e.Subject]++
			from = e.Position()
		}
		if len(list) < 1000 {
			return out
		}
	}
}

func TestReplicasShareWithoutDoubling(t *testing.T) {
	replicas(t, 2, func(t *testing.T, places []*place) {
		const plain, exact = 400, 200
		var runs [plain]atomic.Int64
		var by [2]atomic.Int64
		for i, p := range places {
			start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
				jobs.On(r, "plain", func(_ context.Context, n int) error {
					by[i].Add(1)
					runs[n].Add(1)
					time.Sleep(time.Millisecond)
					return nil
				})
				jobs.OnTx(r, "exact", func(ctx context.Context, tx *db.Tx, n int) error { return mark(ctx, tx, p, fmt.Sprint(n)) })
			})
		}
		p := places[0]
		for i := 0; i < plain; i += 20 {
			var list []jobs.Job
			for k := range 20 {
				list = append(list, jobs.Job{Kind: "plain", Args: i + k})
				if i+k < exact {
					list = append(list, jobs.Job{Kind: "exact", Args: i + k})
				}
			}
			p.enqueue(list...)
		}
		p.until("all done", func() bool { return len(p.list(jobs.Filter{State: jobs.Done})) == plain+exact })
		for n := range runs {
			if got := runs[n].Load(); got != 1 {
				t.Errorf("job %d was run %d times", n, got)
			}
		}
		marks := p.marks()
		for n := range exact {
			if marks[fmt.Sprint(n)] != 1 {
				t.Errorf("job %d left %d marks", n, marks[fmt.Sprint(n)])
			}
		}
		if by[0].Load() == 0 || by[1].Load() == 0 {
			t.Errorf("the replicas ran %d and %d: one did nothing", by[0].Load(), by[1].Load())
		}
	})
}

// A runner whose database is cut off can neither finish nor renew, as if killed.
func TestKilledRunnersJobsAreTakenOver(t *testing.T) {
	replicas(t, 2, func(t *testing.T, places []*place) {
		dying, p := places[0], places[1]
		lease := jobs.Options{Lease: 600 * time.Millisecond, Grace: time.Millisecond}
		begun := make(chan struct{}, 4)
		ended := make(chan error, 4)
		r := start(t, dying.queue, lease, func(r *jobs.Runner) {
			r.Handle("long", func(ctx context.Context, _ json.RawMessage) error {
				begun <- struct{}{}
				<-ctx.Done()
				ended <- context.Cause(ctx)
				return nil
			})
		})
		p.enqueue(jobs.Job{Kind: "long", Key: "k"})
		<-begun
		dying.close()
		took := make(chan int64, 4)
		start(t, p.queue, lease, func(r *jobs.Runner) {
			r.Handle("long", func(ctx context.Context, _ json.RawMessage) error {
				a, _ := jobs.Current(ctx)
				took <- a.Number
				return nil
			})
		})
		time.Sleep(100 * time.Millisecond)
		if len(took) > 0 {
			t.Fatal("taken over before the lease had ended")
		}
		p.clock.Advance(601)
		p.until("the lease is found expired", func() bool { return p.only("long").Failures == 1 })
		p.clock.Advance(clock.Second)
		select {
		case n := <-took:
			if n != 2 {
				t.Fatalf("attempt %d", n)
			}
		case <-time.After(patience):
			t.Fatal("not taken over")
		}
		if row := p.untilState("long", jobs.Done); row.Failures != 0 {
			t.Fatalf("%+v", row)
		}
		select {
		case <-ended: // the cut off handler is told that its lease is gone
		case <-time.After(patience):
			t.Fatal("the handler of the lost job was never ended")
		}
		r.Stop()
		if row := p.only("long"); row.State != jobs.Done || row.Attempt != 2 {
			t.Fatalf("the lost attempt changed the job: %+v", row)
		}
	})
}

// Two attempts of one job overlap because the first lost its lease without noticing;
// only the second may commit.
func TestLostTransactionalAttemptCommitsNothing(t *testing.T) {
	replicas(t, 2, func(t *testing.T, places []*place) {
		slow, p := places[0], places[1]
		begun := make(chan struct{})
		goOn := make(chan struct{})
		var first atomic.Bool
		register := func(r *jobs.Runner) {
			jobs.OnTx(r, "count", func(ctx context.Context, tx *db.Tx, _ any) error {
				if first.CompareAndSwap(false, true) {
					close(begun)
					<-goOn
				}
				return mark(ctx, tx, p, "counted")
			})
		}
		// A lease this long is never renewed or looked at during the test.
		start(t, slow.queue, jobs.Options{Lease: time.Minute}, register)
		p.enqueue(jobs.Job{Kind: "count"})
		<-begun
		if p.d.Engine() == db.Postgres { // on SQLite the handler holds the only writer, nobody can take over
			p.clock.Advance(time.Minute.Milliseconds() + 1)
			start(t, p.queue, jobs.Options{Lease: 300 * time.Millisecond}, register)
			p.until("the lease is found expired", func() bool { return p.only("count").Failures == 1 })
			p.clock.Advance(clock.Second)
			p.untilState("count", jobs.Done)
		}
		close(goOn)
		p.untilState("count", jobs.Done)
		time.Sleep(50 * time.Millisecond)
		if n := p.marks()["counted"]; n != 1 {
			t.Fatalf("committed %d times", n)
		}
	})
}

func TestTransactionalFailureLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
			jobs.OnTx(r, "count", func(ctx context.Context, tx *db.Tx, _ any) error {
				if err := mark(ctx, tx, p, "counted"); err != nil {
					return err
				}
				if a, _ := jobs.Current(ctx); a.Number == 1 {
					return errors.New("after writing")
				} else if a.Number == 2 {
					panic("after writing")
				}
				return nil
			})
		})
		p.enqueue(jobs.Job{Kind: "count"})
		for n := range 2 {
			p.until("it failed", func() bool { return p.only("count").Failures == int64(n+1) })
			p.clock.Advance(jobs.Backoff(int64(n + 1)))
		}
		p.untilState("count", jobs.Done)
		if n := p.marks()["counted"]; n != 1 {
			t.Fatalf("committed %d times", n)
		}
	})
}

func TestCancelVoidsARunningJob(t *testing.T) {
	d := dbtest.Open(t, db.Postgres) // on SQLite nobody can cancel while the handler's transaction runs
	p := open(t, d)
	begun, goOn := make(chan struct{}), make(chan struct{})
	start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
		jobs.OnTx(r, "escalate", func(ctx context.Context, tx *db.Tx, _ any) error {
			close(begun)
			<-goOn
			return mark(ctx, tx, p, "escalated")
		})
	})
	p.enqueue(jobs.Job{Kind: "escalate", Key: "o1"})
	<-begun
	p.write(func(tx *db.Tx) error { _, err := p.queue.Cancel(t.Context(), tx, "escalate", "o1"); return err })
	close(goOn)
	time.Sleep(100 * time.Millisecond)
	if p.only("escalate").State != jobs.Cancelled || len(p.marks()) != 0 {
		t.Fatalf("%+v, marks %v", p.only("escalate"), p.marks())
	}
}

func TestCancelEndsTheHandler(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		begun, ended := make(chan struct{}), make(chan struct{})
		start(t, p.queue, jobs.Options{Lease: 300 * time.Millisecond}, func(r *jobs.Runner) {
			r.Handle("import", func(ctx context.Context, _ json.RawMessage) error {
				close(begun)
				<-ctx.Done()
				close(ended)
				return nil
			})
		})
		p.enqueue(jobs.Job{Kind: "import"})
		<-begun
		p.write(func(tx *db.Tx) error { return p.queue.CancelID(t.Context(), tx, p.only("import").ID) })
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatal("the handler was not told")
		}
		if p.only("import").State != jobs.Cancelled {
			t.Fatalf("%+v", p.only("import"))
		}
	})
}

func TestLongJobsKeepTheirLease(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			o := dbtest.Options(t, engine)
			var runs atomic.Int64
			var p *place
			for range 2 {
				d, err := db.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = d.Close() })
				c, err := db.NewClock(t.Context(), d, &clock.System{})
				if err != nil {
					t.Fatal(err)
				}
				p = &place{t, d, queueOf(t, d, c), nil}
				start(t, p.queue, jobs.Options{Lease: 900 * time.Millisecond}, func(r *jobs.Runner) {
					r.Handle("long", func(ctx context.Context, _ json.RawMessage) error {
						runs.Add(1)
						select {
						case <-ctx.Done():
							return context.Cause(ctx)
						case <-time.After(2500 * time.Millisecond):
							return nil
						}
					})
				})
			}
			p.enqueue(jobs.Job{Kind: "long"})
			if row := p.untilState("long", jobs.Done); row.Attempt != 1 || runs.Load() != 1 {
				t.Fatalf("run %d times: %+v", runs.Load(), row)
			}
		})
	}
}

func TestSlowKindsKeepNobodyWaiting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		goOn := make(chan struct{})
		start(t, p.queue, jobs.Options{Workers: 1}, func(r *jobs.Runner) {
			r.Handle("import", func(context.Context, json.RawMessage) error { <-goOn; return nil }, jobs.Slow())
			r.Handle("due", func(context.Context, json.RawMessage) error { return nil })
		})
		for range 5 {
			p.enqueue(jobs.Job{Kind: "import"})
		}
		p.enqueue(jobs.Job{Kind: "due"})
		p.untilState("due", jobs.Done)
		if n := len(p.list(jobs.Filter{Kind: "import", State: jobs.Running})); n > 1 {
			t.Fatalf("%d slow jobs are held by one worker", n)
		}
		close(goOn)
		p.until("imports are done", func() bool { return len(p.list(jobs.Filter{State: jobs.Done})) == 6 })
	})
}

func TestUnknownKindsWait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		p.enqueue(jobs.Job{Kind: "of.a.newer.version"}, jobs.Job{Kind: "known"})
		start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
			r.Handle("known", func(context.Context, json.RawMessage) error { return nil })
		})
		p.untilState("known", jobs.Done)
		if row := p.only("of.a.newer.version"); row.State != jobs.Ready || row.Attempt != 0 {
			t.Fatalf("%+v", row)
		}
	})
}

func TestPeriodicWorkRunsOnceForAllReplicas(t *testing.T) {
	replicas(t, 3, func(t *testing.T, places []*place) {
		var runs atomic.Int64
		for _, p := range places {
			start(t, p.queue, jobs.Options{}, func(r *jobs.Runner) {
				r.Every("tidy", time.Minute, func(context.Context) error { runs.Add(1); return nil })
			})
		}
		p := places[0]
		time.Sleep(50 * time.Millisecond)
		if runs.Load() != 0 {
			t.Fatal("ran before it was due")
		}
		for n := range 5 {
			p.clock.Advance(clock.Minute)
			p.until("the period has run", func() bool { return len(p.list(jobs.Filter{Kind: "tidy", State: jobs.Done})) == n+1 })
			time.Sleep(30 * time.Millisecond)
			if runs.Load() != int64(n+1) {
				t.Fatalf("%d runs in %d periods", runs.Load(), n+1)
			}
		}
		p.clock.Advance(10 * clock.Minute) // what was missed while nothing ran is not made up for
		p.until("the period has run", func() bool { return runs.Load() == 6 })
		time.Sleep(50 * time.Millisecond)
		if runs.Load() != 6 {
			t.Fatalf("%d runs", runs.Load())
		}
	})
}

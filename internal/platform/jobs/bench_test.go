package jobs_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/jobs"
)

// BenchmarkWork carries out jobs that do nothing: what the queue itself costs.
func BenchmarkWork(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			d := dbtest.Open(b, engine)
			bell := db.NewBell(d, quiet)
			q := jobs.New(d, bell, &clock.System{})
			for done := 0; done < b.N; done += 500 {
				if err := d.Write(b.Context(), func(tx *db.Tx) error {
					for range min(500, b.N-done) {
						if err := q.Enqueue(b.Context(), tx, jobs.Job{Kind: "nothing", Args: 1}); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
			}
			var n atomic.Int64
			r := jobs.NewRunner(q, quiet, jobs.Options{})
			r.Handle("nothing", func(context.Context, json.RawMessage) error { n.Add(1); return nil })
			b.ResetTimer()
			if err := r.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			for n.Load() < int64(b.N) {
				time.Sleep(time.Millisecond)
			}
			r.Stop()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}

// BenchmarkLateness measures how long after its moment a timer is carried out.
func BenchmarkLateness(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			d := dbtest.Open(b, engine)
			q := jobs.New(d, db.NewBell(d, quiet), &clock.System{})
			late := make(chan int64, 200)
			r := jobs.NewRunner(q, quiet, jobs.Options{})
			jobs.On(r, "timer", func(_ context.Context, at int64) error { late <- time.Now().UnixMilli() - at; return nil })
			if err := r.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			defer r.Stop()
			for b.Loop() {
				base := time.Now().UnixMilli() + 300
				if err := d.Write(b.Context(), func(tx *db.Tx) error {
					for i := range int64(200) {
						at := base + i*7
						if err := q.Enqueue(b.Context(), tx, jobs.Job{Kind: "timer", Args: at, RunAt: at}); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
				var all []int64
				for range 200 {
					all = append(all, <-late)
				}
				slices.Sort(all)
				b.ReportMetric(float64(all[100]), "p50-ms")
				b.ReportMetric(float64(all[199]), "max-ms")
			}
		})
	}
}

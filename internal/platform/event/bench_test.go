package event_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
)

// BenchmarkAppend commits one event at a time from 16 writers while a tail follows,
// and measures how long after its commit an entry reaches a follower.
func BenchmarkAppend(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			d := dbtest.Open(b, engine)
			bell := db.NewBell(d, quiet)
			bell.Start(b.Context())
			defer bell.Stop()
			log := event.New(d, bell, &clock.System{})
			tail := event.NewTail(log, quiet)
			if err := tail.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			defer tail.Stop()
			delays := make(chan []time.Duration)
			f := tail.Follow()
			go func() {
				var all []time.Duration
				for len(all) < b.N {
					<-f.Ready()
					list, err := f.Take()
					if err != nil {
						b.Error(err)
						break
					}
					for _, e := range list {
						all = append(all, time.Since(time.UnixMilli(e.At)))
					}
				}
				delays <- all
			}()
			b.ResetTimer()
			var wg sync.WaitGroup
			for w := range 16 {
				wg.Go(func() {
					for i := w; i < b.N; i += 16 {
						err := d.Write(b.Context(), func(tx *db.Tx) error {
							return log.Append(b.Context(), tx, event.Event{Topic: "order", Subject: "s", Data: i})
						})
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			all := <-delays
			slices.Sort(all)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
			b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

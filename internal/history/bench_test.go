package history_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wardline/internal/history"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
)

// BenchmarkWholeFile takes the whole real file through: 341,299 lines. It tells how
// many lines a second each part of the way makes, and what an order takes on disk.
// Run it with -benchtime=1x.
func BenchmarkWholeFile(b *testing.B) {
	content, err := os.ReadFile(realFile)
	if err != nil {
		content = invented(341_299)
	}
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			for range b.N {
				whole(b, engine, content)
			}
		})
	}
}

func whole(b *testing.B, engine db.Engine, content []byte) {
	o := dbtest.Options(b, engine)
	o.Relaxed = false // commits reach the disk, as they do where it matters
	d, err := db.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	k := newKit(b, d, &clock.System{}, b.TempDir()).furnish()
	begin := time.Now()
	lap := func(what string, n int64) {
		b.ReportMetric(float64(n)/time.Since(begin).Seconds(), what)
		begin = time.Now()
	}
	batch := k.newYork(k.upload("nycomplaints.csv.gz", content))
	b.ReportMetric(time.Since(begin).Seconds(), "s-upload")
	begin = time.Now()
	batch = k.checked(batch)
	lap("checked/s", batch.Total)
	// The longest that somebody else waits for the one who writes.
	worst, ended, last := time.Duration(0), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(last)
		for {
			select {
			case <-ended:
				return
			case <-time.After(50 * time.Millisecond):
			}
			asked := time.Now()
			_ = d.Write(context.Background(), func(tx *db.Tx) error {
				_, err := db.Exec(context.Background(), tx, "UPDATE history_gate SET at = 1 WHERE id = 'none'")
				return err
			})
			worst = max(worst, time.Since(asked))
		}
	}()
	batch = k.do(k.Apply(k.ctx(), batch.ID, ""))
	close(ended)
	<-last
	lap("imported/s", batch.Total)
	b.ReportMetric(float64(worst.Milliseconds()), "ms-longest-wait")
	if batch.State != history.Imported || batch.Imported != batch.Total-batch.Skipped || k.number("workorder", "true") != batch.Imported {
		b.Fatalf("%s %+v", batch.State, batch.Progress)
	}
	b.Logf("%s: %+v", engine, batch.Progress)
	if engine == db.SQLite {
		if i, err := os.Stat(filepath.Clean(o.Path)); err == nil {
			b.ReportMetric(float64(i.Size())/float64(batch.Imported), "B/order")
		}
	}
	begin = time.Now()
	again := k.newYork(k.upload("again.csv.gz", bytes.Clone(content)))
	k.checked(again)
	again = k.do(k.Apply(k.ctx(), again.ID, ""))
	lap("again/s", again.Total)
	if again.Imported != 0 || again.Known != batch.Imported {
		b.Fatalf("%+v", again.Progress)
	}
	batch = k.do(k.Undo(k.ctx(), batch.ID, history.Refuse, ""))
	lap("undone/s", batch.UndoDone)
	if n := k.number("workorder", "true"); batch.State != history.Undone || n != 0 {
		b.Fatalf("%s, %d left", batch.State, n)
	}
}

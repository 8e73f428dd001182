package command_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/jobs"
)

func TestOldKeysArePruned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(clock.Day)
		run := func(key string) (replayed bool) {
			_, replayed, err := do(t.Context(), d, c, key, "in", func() (int, error) { return 1, nil })
			if err != nil {
				t.Fatal(err)
			}
			return replayed
		}
		const many = 1200 // more than one batch
		for i := range many {
			run(fmt.Sprint(i))
		}
		log := slog.New(slog.DiscardHandler)
		r := jobs.NewRunner(jobs.New(d, db.NewBell(d, log), c), log, jobs.Options{Poll: 10 * time.Millisecond})
		command.Register(r, d, c)
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer r.Stop()
		left := func() (n int64) {
			err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
				n, err = db.One[int64](t.Context(), tx, "SELECT count(*) FROM command")
				return err
			})
			if err != nil {
				t.Error(err)
			}
			return n
		}
		c.Advance(command.Life)
		run("young")
		time.Sleep(50 * time.Millisecond)
		if n := left(); n != many+1 {
			t.Fatalf("%d keys left of %d before any is old enough", n, many+1)
		}
		c.Advance(clock.Hour)
		if !dbtest.Wait(20*time.Second, func() bool { return left() == 1 }) {
			t.Fatalf("%d keys left", left())
		}
		if !run("young") {
			t.Fatal("a young key was forgotten")
		}
	})
}

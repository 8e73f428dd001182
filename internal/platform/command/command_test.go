package command_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
)

func do(ctx context.Context, d *db.DB, c clock.Clock, key, input string, f func() (int, error)) (out int, replayed bool, err error) {
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		out, replayed, err = command.Do(ctx, tx, c, "nurse", key, input, f)
		return err
	})
	return out, replayed, err
}

func TestRepeatedCommandRunsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(1)
		runs := 0
		f := func() (int, error) { runs++; return 40 + runs, nil }
		for i := range 3 {
			got, replayed, err := do(t.Context(), d, c, "k", "in", f)
			if err != nil || got != 41 || replayed != (i > 0) {
				t.Fatalf("try %d: %d %v %v", i, got, replayed, err)
			}
		}
		if _, _, err := do(t.Context(), d, c, "k", "other", f); fault.CodeOf(err) != "idempotency.mismatch" {
			t.Fatalf("got %v", err)
		}
		if _, _, err := do(t.Context(), d, c, "", "in", f); err != nil || runs != 2 {
			t.Fatalf("an empty key remembers nothing: %v, %d runs", err, runs)
		}
		c.Advance(command.Life + 1)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			n, err := command.Forget(t.Context(), tx, c, 10)
			if n != 1 {
				t.Errorf("forgot %d", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestFailedCommandLeavesItsKeyFree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(1)
		bad := errors.New("no")
		if _, _, err := do(t.Context(), d, c, "k", "in", func() (int, error) { return 0, bad }); !errors.Is(err, bad) {
			t.Fatal(err)
		}
		if got, replayed, err := do(t.Context(), d, c, "k", "in", func() (int, error) { return 7, nil }); got != 7 || replayed || err != nil {
			t.Fatal(got, replayed, err)
		}
	})
}

func TestSimultaneousCommandsRunOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(1)
		var runs atomic.Int64
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				got, _, err := do(t.Context(), d, c, "k", "in", func() (int, error) { runs.Add(1); return 5, nil })
				if err != nil || got != 5 {
					t.Errorf("%d %v", got, err)
				}
			})
		}
		all.Wait()
		if runs.Load() != 1 {
			t.Fatalf("ran %d times", runs.Load())
		}
	})
}

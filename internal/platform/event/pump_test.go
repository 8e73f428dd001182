package event_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
)

// Everything written while a pump runs is looked at in order, also what comes while it
// looks and what a failed look has left; nothing is looked at once it has been stopped.
func TestPumpLooksAtAllNews(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		var pump event.Pump
		at, failed := h.tail.Head(), false
		seen := make(chan string, 100)
		pump.Start(t.Context(), h.tail, quiet, "looking", func(ctx context.Context) (more, rung bool, err error) {
			list, err := h.tail.Since(ctx, at, 2)
			if err != nil || len(list) == 0 {
				return false, true, err
			}
			if list[0].Subject == "3" && !failed {
				failed = true
				return false, true, errors.New("once")
			}
			for _, e := range list {
				seen <- e.Subject
			}
			at = list[len(list)-1].Position()
			return true, true, nil
		})
		for i := range 6 {
			h.write(t, fmt.Sprint(i))
			if i == 2 { // each of these alone, so that the third begins a look
				for j := range 3 {
					expect(t, seen, fmt.Sprint(j))
				}
			}
		}
		for i := 3; i < 6; i++ {
			expect(t, seen, fmt.Sprint(i))
		}
		pump.Stop()
		if !failed {
			t.Error("no look failed")
		}
		h.write(t, "late")
		if len(seen) != 0 {
			t.Errorf("%q was looked at after the end", <-seen)
		}
	})
}

func expect(t *testing.T, seen <-chan string, want string) {
	t.Helper()
	select {
	case got := <-seen:
		if got != want {
			t.Fatalf("%q, not %q", got, want)
		}
	case <-time.After(patience):
		t.Fatalf("%q was never looked at", want)
	}
}

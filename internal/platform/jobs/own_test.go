package jobs_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/jobs"
)

// TestOwnWorkersKeepTroubleToThemselves lets one kind wait for ever: the others go on,
// although there is only one worker for all of them.
func TestOwnWorkersKeepTroubleToThemselves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		free, began, done := make(chan struct{}), make(chan struct{}, 20), make(chan struct{}, 20)
		start(t, p.queue, jobs.Options{Workers: 1}, func(r *jobs.Runner) {
			r.Handle("silent", func(ctx context.Context, _ json.RawMessage) error {
				began <- struct{}{}
				select {
				case <-free:
				case <-ctx.Done():
				}
				return nil
			}, jobs.Own(2))
			r.Handle("plain", func(context.Context, json.RawMessage) error { done <- struct{}{}; return nil })
		})
		t.Cleanup(func() { close(free) }) // before the runner stops
		for range 8 {
			p.enqueue(jobs.Job{Kind: "silent"})
		}
		take(t, began, 2)
		for range 8 {
			p.enqueue(jobs.Job{Kind: "plain"})
		}
		take(t, done, 8)
		select {
		case <-began:
			t.Fatal("a third one of the kind runs")
		case <-time.After(50 * time.Millisecond):
		}
	})
}

func take(t *testing.T, c <-chan struct{}, n int) {
	t.Helper()
	end := time.After(patience)
	for range n {
		select {
		case <-c:
		case <-end:
			t.Fatal("it never came")
		}
	}
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"wardline/internal/app"
	"wardline/internal/demo"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

// The month that is replayed: the same hospital and the same orders each time.
const (
	replayOrders = 4000
	acceptWithin = 10 * clock.Minute
	patience     = 30 * clock.Minute
)

// benchReplay lets 30 days of the demonstration hospital happen again with everything
// given out automatically, beside what dispatchers did by hand. What people did is as
// recorded, refusals too; only who was asked when is new. The hospital's invented orders
// always know their team, so that the automatic share is the most there can be. How long
// people may take to accept decides how often somebody else is asked, so both ends are
// shown; that the next one answers within that time too is an assumption.
func benchReplay(ctx context.Context, s *setup) error {
	dir := filepath.Join(s.dir, "replay")
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).UnixMilli()
	a, err := app.New(ctx, app.Options{Database: db.Options{Path: filepath.Join(dir, "wardline.db")}, DataDir: dir, BaseURL: "http://127.0.0.1", Version: "bench",
		Secret: []byte(id.Secret() + id.Secret()), Zone: time.UTC, Logger: slog.New(slog.DiscardHandler), Clock: clock.NewManual(now), Relaxed: true})
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if _, err := a.MakeDemo(ctx, demo.Options{Orders: replayOrders, Months: 1, Assets: 500, Seed: 1, Now: now, Zone: time.UTC}, func(int, int) {}); err != nil {
		return err
	}
	past, err := a.Chooser.Record(ctx, now-30*clock.Day, now)
	if err != nil {
		return err
	}
	if len(past.Orders) == 0 {
		return fmt.Errorf("the demonstration hospital has no orders")
	}
	past.Replay.Patience = patience
	byHand := make([]int64, 0, len(past.Orders))
	for _, o := range past.Orders {
		byHand = append(byHand, o.Response)
	}
	share := func(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
	for _, limit := range []int64{0, acceptWithin} {
		past.Replay.AcceptWithin = limit
		got, name := past.Replay.Run(past.Orders), "replay, no limit to accept: "
		if limit > 0 {
			name = fmt.Sprintf("replay, %d min to accept: ", limit/clock.Minute)
		}
		row(name+"automatic", share(got.Automatic, got.Orders), 0.80, "", "≥ 1")
		row(name+"first asked kept it", share(got.Kept, got.Automatic), 0.95, "", "≥ 1")
		row(name+"the same, by hand", share(got.Kept, got.Automatic), share(past.Kept, len(past.Orders)), "", "≥ 1")
		row(name+"response", minutes(got.Response), minutes(byHand), "min", "≤ 1")
	}
	return nil
}

// minutes returns the median.
func minutes(list []int64) float64 {
	slices.Sort(list)
	return float64(list[len(list)/2]) / float64(clock.Minute)
}

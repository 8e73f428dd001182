package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"wardline/internal/app"
	"wardline/internal/demo"
	"wardline/internal/escalation"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// The load of the reminders: so many timers within a minute, each due a minute after its
// order was reported.
const (
	remindTimers = 2000
	remindSpan   = time.Minute
	remindLimit  = 5 * time.Second
)

// benchRemind lets reminders fall due all through a minute, while orders keep coming in,
// and measures how late each was written with its messages.
func benchRemind(ctx context.Context, s *setup) error {
	for _, engine := range s.engines {
		if err := s.remind(ctx, engine); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	return nil
}

func (s *setup) remind(ctx context.Context, engine string) (err error) {
	dir := filepath.Join(s.dir, "remind-"+engine)
	o := app.Options{Database: db.Options{Path: filepath.Join(dir, "wardline.db")}, DataDir: dir, BaseURL: "http://127.0.0.1", Version: "bench",
		Secret: []byte(id.Secret() + id.Secret()), Zone: time.UTC, Logger: slog.New(slog.DiscardHandler), Clock: &clock.System{}, Relaxed: true}
	if engine == "postgres" {
		if o.Database.URL, err = newDatabase(os.Getenv("WARDLINE_BENCH_POSTGRES_URL")); err != nil {
			return err
		}
	}
	a, err := app.New(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if _, err := a.MakeDemo(ctx, demo.Options{Orders: 2000, Months: 1, Assets: 300, Seed: 1, Now: a.Clock.Now(), Zone: time.UTC}, func(int, int) {}); err != nil {
		return err
	}
	ctx = identity.With(ctx, identity.System("bench"))
	if err := a.Start(ctx); err != nil {
		return err
	}
	item, place, err := remindOrders(ctx, a)
	if err != nil {
		return err
	}
	l, err := a.Escalation.Save(ctx, "", 0, escalation.Definition{NameZh: "压测", NameEn: "Bench", ItemID: item, Priorities: []string{"P1", "P2", "P3", "P4", "T0", "T1", "T2"},
		Steps: []escalation.Step{{When: escalation.Reported, Minutes: 1, To: []string{escalation.ToLeads}, Text: "一分钟"}}}, "", "")
	if err != nil {
		return err
	}
	if _, err := a.Escalation.Switch(ctx, l.ID, true, ""); err != nil {
		return err
	}
	begin := time.Now()
	for i := range remindTimers {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * remindSpan / remindTimers)))
		if _, err := a.Orders.Create(ctx, workorder.Report{ItemID: item, PlaceID: place, Words: "打印机卡纸", Channel: workorder.ByDesk}, workorder.Meta{}); err != nil {
			return err
		}
	}
	var late []time.Duration
	for deadline := time.Now().Add(5 * time.Minute); len(late) < remindTimers && time.Now().Before(deadline); time.Sleep(time.Second) {
		late = late[:0]
		err := a.DB.Read(ctx, func(tx *db.Tx) error {
			list, err := db.All[int64](ctx, tx, "SELECT fired_at - at FROM escalation_fired WHERE ladder_id = $1", l.ID)
			for _, ms := range list {
				late = append(late, time.Duration(ms)*time.Millisecond)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(late) != remindTimers {
		return fmt.Errorf("%d of %d reminders came", len(late), remindTimers)
	}
	slices.Sort(late)
	within, _ := slices.BinarySearch(late, remindLimit+1)
	name := engine + ": 2,000 reminders in a minute, "
	row(name+"in time", 100*float64(within)/remindTimers, 99.9, "%", "≥ 1")
	row(name+"p99.9 late", quantile(late, 0.999).Seconds(), remindLimit.Seconds(), "s", "≤ 1")
	row(name+"median late", quantile(late, 0.5).Seconds(), 1, "s", "≤ 1")
	return nil
}

// remindOrders returns an item and a place that orders can be made of.
func remindOrders(ctx context.Context, a *app.App) (item, place string, err error) {
	list, _, err := a.Orders.List(ctx, workorder.Filter{}, 200, "")
	if err != nil {
		return "", "", err
	}
	for _, o := range list {
		if o.ItemCode == "HW02" && o.PlaceID != "" {
			return o.ItemID, o.PlaceID, nil
		}
	}
	return "", "", errors.New("no order of the demonstration will do")
}

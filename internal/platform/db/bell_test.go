package db_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
)

func heard(ear <-chan struct{}, patience time.Duration) bool {
	return dbtest.Wait(patience, func() bool { return len(ear) > 0 }) && drain(ear)
}

func drain(ear <-chan struct{}) bool {
	select {
	case <-ear:
		return true
	default:
		return false
	}
}

func TestBellReachesThisProcess(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := db.NewBell(d, slog.New(slog.DiscardHandler))
		mine, forget := b.Hear("job")
		other, _ := b.Hear("event")
		b.Ring("job")
		b.Ring("job")
		if !heard(mine, 0) || heard(mine, 0) {
			t.Fatal("two rings before looking must be heard as one")
		}
		if heard(other, 0) {
			t.Fatal("another topic rang")
		}
		forget()
		b.Ring("job")
		if heard(mine, 0) {
			t.Fatal("rang after forget")
		}
	})
}

func TestBellReachesOtherReplicas(t *testing.T) {
	o := dbtest.Options(t, db.Postgres)
	bells := make([]*db.Bell, 2)
	for i := range bells {
		d, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		bells[i] = db.NewBell(d, slog.New(slog.DiscardHandler))
		bells[i].Start(t.Context())
		t.Cleanup(bells[i].Stop)
	}
	mine, _ := bells[0].Hear("event")
	theirs, _ := bells[1].Hear("event")
	for i := range bells { // until both listen
		ear, _ := bells[1-i].Hear("hello")
		if !dbtest.Wait(10*time.Second, func() bool { bells[i].Ring("hello"); return heard(ear, 50*time.Millisecond) }) {
			t.Fatal("a replica never began to listen")
		}
	}
	drain(mine) // whoever begins to listen looks once
	drain(theirs)
	bells[0].Ring("event")
	if !heard(theirs, 10*time.Second) {
		t.Fatal("the other replica did not hear the second ring")
	}
	if !heard(mine, 0) || heard(mine, 200*time.Millisecond) {
		t.Fatal("the ringing process must hear its ring once, not again through the server")
	}
}

func TestClockFollowsTheServer(t *testing.T) {
	d := dbtest.Open(t, db.Postgres)
	wrong := clock.NewManual(1_000_000)
	c, err := db.NewClock(context.Background(), d, wrong)
	if err != nil {
		t.Fatal(err)
	}
	server := time.Now().UnixMilli() // the test's server runs on this machine
	if diff := server - c.Now(); diff < -60_000 || diff > 60_000 {
		t.Fatalf("the corrected clock is %d ms off", diff)
	}
	before := c.Now()
	wrong.Set(0)
	if c.Now() != before {
		t.Fatal("the clock ran backwards")
	}
}

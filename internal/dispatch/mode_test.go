package dispatch

import (
	"testing"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/workorder"
)

func TestTheClosestModeHolds(t *testing.T) {
	modes := []Mode{
		{ID: "all", Mode: ByPool, Active: true},
		{ID: "team", Mode: Automatic, TeamID: "t", Active: true},
		{ID: "night", Mode: Manual, TeamID: "t", FromMinute: 22 * 60, ToMinute: 6 * 60, Active: true},
		{ID: "category", Mode: ByPool, CategoryID: "c", Active: true},
		{ID: "item", Mode: Automatic, ItemID: "i", Active: true},
		{ID: "twin", Mode: Manual, ItemID: "i", Active: true},
		{ID: "off", Mode: Manual, ItemID: "i", TeamID: "t", Active: false},
	}
	for _, c := range []struct {
		item, category, team string
		hour, minute         int
		want                 string
	}{
		{"x", "x", "x", 12, 0, "all"}, {"x", "x", "t", 12, 0, "team"}, {"x", "x", "t", 22, 0, "night"}, {"x", "x", "t", 5, 59, "night"}, {"x", "x", "t", 6, 0, "team"},
		{"x", "c", "t", 23, 0, "category"}, {"i", "c", "t", 23, 0, "item"},
	} {
		got := modeFor(modes, &workorder.Order{ItemID: c.item, TeamID: c.team}, c.category, time.Date(2026, 11, 2, c.hour, c.minute, 0, 0, time.UTC))
		if got.ID != c.want {
			t.Errorf("%+v: %s", c, got.ID)
		}
	}
	if got := modeFor(modes[1:2], &workorder.Order{TeamID: "x"}, "", time.Now()); got.Mode != Manual {
		t.Errorf("nothing fits: %s", got.Mode)
	}
}

func TestStep(t *testing.T) {
	const now = 1_000_000_000
	auto, pool := Mode{Mode: Automatic, AcceptWithin: 60}, Mode{Mode: ByPool, Countdown: 90}
	order := func(s workorder.Status, change func(*workorder.Order)) workorder.Order {
		o := workorder.Order{TeamID: "t", Status: s, DispatchedAt: now - 70*clock.Second}
		if change != nil {
			change(&o)
		}
		return o
	}
	for name, c := range map[string]struct {
		mode    Mode
		o       workorder.Order
		ours    bool
		hasPool bool
		want    step
		at      int64
	}{
		"by hand":                  {Mode{Mode: Manual}, order(workorder.Queued, nil), false, true, leave, 0},
		"no team":                  {auto, order(workorder.Queued, func(o *workorder.Order) { o.TeamID = "" }), false, true, leave, 0},
		"automatic":                {auto, order(workorder.Queued, nil), false, true, give, 0},
		"booked":                   {auto, order(workorder.Queued, func(o *workorder.Order) { o.WantedAt = now + clock.Hour }), false, true, wait, now + 30*clock.Minute},
		"into the pool":            {pool, order(workorder.Reported, nil), false, true, offer, 0},
		"a team without a pool":    {pool, order(workorder.Queued, nil), false, false, give, 0},
		"in the pool":              {pool, order(workorder.Pooled, nil), false, true, wait, now + 20*clock.Second},
		"in the pool for too long": {pool, order(workorder.Pooled, func(o *workorder.Order) { o.DispatchedAt = now - 90*clock.Second }), false, true, give, 0},
		"given by us, no answer":   {auto, order(workorder.Assigned, nil), true, true, give, 0},
		"given by a person":        {auto, order(workorder.Assigned, nil), false, true, leave, 0},
		"no limit to accept":       {Mode{Mode: Automatic}, order(workorder.Assigned, nil), true, true, leave, 0},
		"accepted":                 {auto, order(workorder.Accepted, nil), true, true, leave, 0},
	} {
		if got, at := c.mode.step(&c.o, c.ours, c.hasPool, now); got != c.want || at != c.at {
			t.Errorf("%s: %q at %d", name, got, at-now)
		}
	}
}

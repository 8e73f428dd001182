package demo

import (
	"math/rand/v2"
	"testing"
	"time"

	"wardline/internal/platform/clock"
)

func TestHistoryIsDeterministicAndHasARhythm(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 15, 30, 0, 0, zone).UnixMilli()
	make := func() [][]told {
		teller := &teller{zone: zone, r: rand.New(rand.NewPCG(7, 7)), now: now}
		return teller.enliven(teller.spread(20000, 18), 60)
	}
	a, b := make(), make()
	total, morning, sunday, monday, last := 0, 0, 0, 0, 0
	numbers := map[string]bool{}
	for i := range a {
		for j, o := range a[i] {
			if o != b[i][j] {
				t.Fatalf("order %d of day %d differs", j, i)
			}
			at := clock.Time(o.at).In(zone)
			if o.at >= now || numbers[o.number] {
				t.Fatalf("order %s at %s", o.number, at)
			}
			numbers[o.number] = true
			total++
			if at.Hour() >= 8 && at.Hour() < 10 {
				morning++
			}
			switch at.Weekday() {
			case time.Sunday:
				sunday++
			case time.Monday:
				monday++
			}
			if now-o.at < clock.Hour {
				last++
			}
		}
	}
	if total != 20060 || morning < total/8 || sunday*3/2 > monday || last < 20 {
		t.Fatalf("total %d, 8–10 h %d, Sundays %d, Mondays %d, last hour %d", total, morning, sunday, monday, last)
	}
}

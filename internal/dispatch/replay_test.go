package dispatch

import (
	"slices"
	"testing"

	"wardline/internal/platform/clock"
)

func replayOf(people int) *Replay {
	r := &Replay{Settings: DefaultSettings(), People: map[string][]Recruit{}, AcceptWithin: 5 * clock.Minute, Patience: 30 * clock.Minute,
		Midnight: func(at int64) int64 { return at / clock.Day * clock.Day }}
	for i := range people {
		r.People["t"] = append(r.People["t"], Recruit{ID: string(rune('a' + i)), Name: string(rune('甲' + i))})
	}
	r.OnDuty = func(string, int64) (out []string) {
		for _, p := range r.People["t"] {
			out = append(out, p.ID)
		}
		return out
	}
	return r
}

func recorded(n int, every int64) (out []Recorded) {
	for i := range n {
		out = append(out, Recorded{ID: string(rune('A' + i)), TeamID: "t", Priority: "P3", ReportedAt: 100*clock.Day + int64(i)*every,
			Answer: clock.Minute, Work: 20 * clock.Minute, Response: 11 * clock.Minute})
	}
	return out
}

func TestAReplayGivesAtOnceWhileSomebodyIsFree(t *testing.T) {
	got := replayOf(3).Run(recorded(6, 10*clock.Minute))
	if got.Orders != 6 || got.Automatic != 6 || got.Kept != 6 || !slices.Equal(got.Response, []int64{60_000, 60_000, 60_000, 60_000, 60_000, 60_000}) {
		t.Fatalf("%+v", got)
	}
}

// One person has room for two of three points; who comes later waits for the end of
// the first, or too long.
func TestAReplayWaitsAndGivesUp(t *testing.T) {
	list := recorded(3, clock.Second)
	got := replayOf(1).Run(list)
	if got.Automatic != 3 || got.Response[2] < 20*clock.Minute {
		t.Fatalf("%+v", got)
	}
	list[0].Work = 2 * clock.Hour
	got = replayOf(1).Run(list)
	if got.Orders != 3 || got.Automatic != 2 || !slices.Contains(got.Response, 11*clock.Minute) {
		t.Fatalf("%+v", got)
	}
}

func TestAReplayCountsWhoIsAskedTwice(t *testing.T) {
	list := recorded(3, clock.Hour)
	list[0].Refused = true
	list[1].Answer = 9 * clock.Minute // longer than is allowed
	got := replayOf(2).Run(list)
	if got.Automatic != 3 || got.Kept != 1 || got.Response[0] != 2*clock.Minute || got.Response[1] != 10*clock.Minute {
		t.Fatalf("%+v", got)
	}
	if again := replayOf(2).Run(recorded(3, clock.Hour)); again.Kept != 3 {
		t.Fatalf("%+v", again)
	}
}

func TestNobodyOnDutyIsNobody(t *testing.T) {
	r := replayOf(2)
	r.OnDuty = func(string, int64) []string { return nil }
	if got := r.Run(recorded(2, clock.Hour)); got.Automatic != 0 || len(got.Response) != 2 {
		t.Fatalf("%+v", got)
	}
}

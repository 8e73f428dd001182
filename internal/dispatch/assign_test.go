package dispatch

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// tally returns how many pairs an assignment makes and what they cost, and fails when
// it makes one that is forbidden or uses a column twice.
func tally(t interface{ Fatalf(string, ...any) }, cost [][]int64, cols []int) (pairs int, sum int64) {
	used := map[int]bool{}
	for i, j := range cols {
		if j < 0 {
			continue
		}
		if used[j] {
			t.Fatalf("column %d is used twice: %v", j, cols)
		}
		if cost[i][j] == Forbidden {
			t.Fatalf("row %d has the forbidden column %d", i, j)
		}
		used[j] = true
		pairs++
		sum += cost[i][j]
	}
	return pairs, sum
}

// try looks at every assignment of the rows from i on.
func try(cost [][]int64, i int, used []bool) (pairs int, sum int64) {
	if i == len(cost) {
		return 0, 0
	}
	pairs, sum = try(cost, i+1, used)
	for j, c := range cost[i] {
		if used[j] || c == Forbidden {
			continue
		}
		used[j] = true
		p, s := try(cost, i+1, used)
		used[j] = false
		if p+1 > pairs || p+1 == pairs && s+c < sum {
			pairs, sum = p+1, s+c
		}
	}
	return pairs, sum
}

func TestAssignIsBestOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 7).Draw(t, "rows"), rapid.IntRange(1, 7).Draw(t, "columns")
		spread := rapid.SampledFrom([]int64{1, 5, 1000, 900_000_000}).Draw(t, "spread")
		holes := rapid.IntRange(0, 4).Draw(t, "holes")
		cost := make([][]int64, n)
		for i := range cost {
			cost[i] = make([]int64, m)
			for j := range cost[i] {
				cost[i][j] = rapid.Int64Range(-spread, spread).Draw(t, "cost")
				if rapid.IntRange(1, 5).Draw(t, "hole") <= holes {
					cost[i][j] = Forbidden
				}
			}
		}
		pairs, sum := tally(t, cost, Assign(cost))
		wantPairs, wantSum := try(cost, 0, make([]bool, m))
		if pairs != wantPairs || sum != wantSum {
			t.Fatalf("%d pairs for %d, the best are %d for %d: %v", pairs, sum, wantPairs, wantSum, cost)
		}
		greedyPairs, greedySum := tally(t, cost, Greedy(cost))
		if greedyPairs > pairs || greedyPairs == pairs && greedySum < sum {
			t.Fatalf("one after the other is better: %v", cost)
		}
	})
}

func TestAssignEdges(t *testing.T) {
	if got := Assign(nil); got != nil {
		t.Errorf("no rows: %v", got)
	}
	if got := Assign([][]int64{{}, {}}); len(got) != 2 || got[0] != -1 || got[1] != -1 {
		t.Errorf("no columns: %v", got)
	}
	if got := Assign([][]int64{{Forbidden}}); got[0] != -1 {
		t.Errorf("nothing allowed: %v", got)
	}
	// One after the other takes the near one first and sends the second a long way.
	cost := [][]int64{{1, 2}, {1, 9}}
	_, best := tally(t, cost, Assign(cost))
	_, greedy := tally(t, cost, Greedy(cost))
	if best != 3 || greedy != 10 {
		t.Errorf("best %d, greedy %d", best, greedy)
	}
}

func square(n int) [][]int64 {
	r := rand.New(rand.NewPCG(1, 2))
	cost := make([][]int64, n)
	for i := range cost {
		cost[i] = make([]int64, n)
		for j := range cost[i] {
			cost[i][j] = r.Int64N(10_000)
		}
	}
	return cost
}

func BenchmarkAssign100(b *testing.B) {
	cost := square(100)
	for b.Loop() {
		Assign(cost)
	}
}

func TestAssign100IsQuick(t *testing.T) {
	cost := square(100)
	best := time.Hour
	for range 5 {
		begin := time.Now()
		Assign(cost)
		best = min(best, time.Since(begin))
	}
	if best > 50*time.Millisecond {
		t.Errorf("100 × 100 took %v", best)
	}
}

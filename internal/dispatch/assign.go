package dispatch

import "math"

// Forbidden marks a pair that must not be made.
const Forbidden = math.MaxInt64

// Assign pairs rows with columns, each at most once: as many pairs as can be made,
// and among those the cheapest. It returns the column of each row, or -1. Costs are
// whole numbers, so the optimum is one and does not depend on rounding; their
// magnitude must stay below a thousand million.
//
// Each row is added along the shortest augmenting path under potentials (Hungarian
// method): n rows and m columns take n·n·m steps at most.
func Assign(cost [][]int64) []int {
	n := len(cost)
	if n == 0 {
		return nil
	}
	m := len(cost[0])
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	if m == 0 {
		return out
	}
	a, turned := dense(cost)
	for j, i := range augment(a) {
		if i < 0 {
			continue
		}
		row, col := i, j
		if turned {
			row, col = j, i
		}
		if cost[row][col] != Forbidden {
			out[row] = col
		}
	}
	return out
}

// dense returns the costs with at most as many rows as columns, from nought up;
// a forbidden pair costs more than all others together, so that one less of them
// outweighs everything else.
func dense(cost [][]int64) (a [][]int64, turned bool) {
	n, m := len(cost), len(cost[0])
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for _, row := range cost {
		for _, c := range row {
			if c != Forbidden {
				low, high = min(low, c), max(high, c)
			}
		}
	}
	if low > high { // nothing is allowed
		low, high = 0, 0
	}
	never := (high - low + 1) * int64(min(n, m)+1)
	turned = n > m
	if turned {
		n, m = m, n
	}
	a = make([][]int64, n)
	for i := range a {
		a[i] = make([]int64, m)
		for j := range a[i] {
			c := int64(0)
			if turned {
				c = cost[j][i]
			} else {
				c = cost[i][j]
			}
			if c == Forbidden {
				a[i][j] = never
			} else {
				a[i][j] = c - low
			}
		}
	}
	return a, turned
}

// augment returns the row of each column, or -1; there are at least as many columns.
func augment(a [][]int64) []int {
	n, m := len(a), len(a[0])
	u, v := make([]int64, n), make([]int64, m)
	rowOf, from := make([]int, m), make([]int, m)
	dist, done := make([]int64, m), make([]bool, m)
	for j := range rowOf {
		rowOf[j] = -1
	}
	for start := range n {
		for j := range m {
			dist[j], done[j], from[j] = math.MaxInt64, false, -1
		}
		i, last, reached := start, -1, int64(0)
		for i >= 0 {
			next, best := -1, int64(math.MaxInt64)
			for j := range m {
				if done[j] {
					continue
				}
				if d := reached + a[i][j] - u[i] - v[j]; d < dist[j] {
					dist[j], from[j] = d, last
				}
				if dist[j] < best {
					next, best = j, dist[j]
				}
			}
			done[next], last, reached = true, next, best
			i = rowOf[next]
		}
		settle(start, reached, u, v, dist, done, rowOf)
		for j := last; j >= 0; j = from[j] { // each column on the path takes the row of the one before
			if from[j] < 0 {
				rowOf[j] = start
			} else {
				rowOf[j] = rowOf[from[j]]
			}
		}
	}
	return rowOf
}

// settle moves the potentials so that every reduced cost on the path becomes nought.
func settle(start int, reached int64, u, v, dist []int64, done []bool, rowOf []int) {
	u[start] += reached
	for j := range v {
		if !done[j] {
			continue
		}
		if i := rowOf[j]; i >= 0 {
			u[i] += reached - dist[j]
		}
		v[j] -= reached - dist[j]
	}
}

// Greedy gives each row in turn the cheapest column that is left: what one gets who
// dispatches one order after the other.
func Greedy(cost [][]int64) []int {
	out := make([]int, len(cost))
	var taken []bool
	for i, row := range cost {
		if taken == nil {
			taken = make([]bool, len(row))
		}
		out[i] = -1
		for j, c := range row {
			if !taken[j] && c != Forbidden && (out[i] < 0 || c < row[out[i]]) {
				out[i] = j
			}
		}
		if out[i] >= 0 {
			taken[out[i]] = true
		}
	}
	return out
}

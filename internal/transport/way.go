package transport

import "slices"

// ways tells how many seconds the way between two places takes.
type ways func(from, to string) int64

// Detour returns how many more seconds a move from a to b takes when another from c to
// d is done on the way.
func detour(way ways, a, b, c, d string) int64 {
	straight := way(a, b)
	inside := way(a, c) + way(c, d) + way(d, b)
	after := way(a, c) + way(c, b) + way(b, d)
	return max(min(inside, after)-straight, 0)
}

// roomFor tells whether a porter who carries the sheets in hand can carry one more:
// two patients never, nor anything by whoever pushes a bed.
func roomFor(inHand []Sheet, one *Sheet, most int) bool {
	if len(inHand) >= most {
		return false
	}
	full := func(s *Sheet) bool { return s.Means == "stretcher" || s.Means == "bed" }
	busy := slices.ContainsFunc(inHand, func(s Sheet) bool { return full(&s) })
	patient := slices.ContainsFunc(inHand, func(s Sheet) bool { return s.Kind == Patients })
	return !busy && (len(inHand) == 0 || !full(one)) && (!patient || one.Kind != Patients)
}

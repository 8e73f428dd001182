package text

// Likeness tells how alike two wordings are, from 0 to 1: the share of pairs of
// neighbouring characters they have in common. Short texts of different people about
// one thing come to about a half, texts about different things to almost nothing.
func Likeness(a, b string) float64 {
	x, y := neighbours(a), neighbours(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both := 0
	for p := range x {
		if y[p] {
			both++
		}
	}
	return 2 * float64(both) / float64(len(x)+len(y))
}

func neighbours(s string) map[[2]rune]bool {
	out := map[[2]rune]bool{}
	last := rune(0)
	for _, r := range Fold(s) {
		if !wordRune(r) {
			last = 0
			continue
		}
		if last != 0 {
			out[[2]rune{last, r}] = true
		}
		last = r
	}
	return out
}

package incident

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"wardline/internal/workorder"
)

// Settings say when reports look like one fault.
type Settings struct {
	Minutes int  `json:"minutes" minimum:"5" maximum:"240" doc:"Reports within so many minutes of each other"`
	Near    int  `json:"near" minimum:"2" maximum:"50" doc:"So many of one asset, or within one building"`
	Wide    int  `json:"wide" minimum:"3" maximum:"100" doc:"So many from all over"`
	Areas   int  `json:"areas" minimum:"1" maximum:"50" doc:"And from so many departments"`
	Alike   int  `json:"alike" minimum:"30" maximum:"100" doc:"Words are alike from so many per cent of common pairs of letters"`
	On      bool `json:"on"`
}

// Defaults are the settings a hospital starts with.
func Defaults() Settings {
	return Settings{Minutes: 30, Near: 3, Wide: 6, Areas: 3, Alike: 45, On: true}
}

// The reasons why reports look like one fault.
const (
	ByAsset  = "asset"
	ByPlace  = "place"
	ByCampus = "campus"
	ByAll    = "hospital"
)

// Call is a report as it is compared with others.
type Call struct {
	ID, ItemID, Category, Words         string
	AssetID, Building, CampusID, Office string // Office is the department
	At                                  int64
}

func callOf(o *workorder.Order, category, building string) Call {
	return Call{ID: o.ID, ItemID: o.ItemID, Category: category, Words: o.Symptom + " " + o.Words, AssetID: o.AssetID, Building: building,
		CampusID: o.CampusID, Office: o.DepartmentID, At: o.ReportedAt}
}

// tellsOfFault tells whether an order can be one of many that tell of one fault: what is
// carried about, and what a plan asks for, is ordinary work however much comes at once.
func tellsOfFault(o *workorder.Order) bool {
	return !strings.HasPrefix(o.Priority, "T") && o.Channel != workorder.ByPlan
}

// Cluster are reports that look like one fault.
type Cluster struct {
	Key    string // the same for the same fault at the same place
	Basis  string
	ItemID string // what most of them report
	Calls  []Call // the oldest first
}

// Clusters finds reports that look like one fault: of the same item, or in other words of
// the same kind, close to each other, or from many departments. The result does not
// depend on the order of the calls.
func Clusters(calls []Call, s Settings) []Cluster {
	calls = slices.Clone(calls)
	slices.SortFunc(calls, func(a, b Call) int { return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.ID, b.ID)) })
	pairs := make(map[string]map[string]int, len(calls))
	for _, c := range calls {
		pairs[c.ID] = bigrams(c.Words)
	}
	var out []Cluster
	used := map[string]bool{}
	for _, g := range groups(calls, pairs, s) {
		g.Calls = slices.DeleteFunc(g.Calls, func(c Call) bool { return used[c.ID] })
		for _, found := range g.split(s) {
			for _, c := range found.Calls {
				used[c.ID] = true
			}
			out = append(out, found)
		}
	}
	return out
}

// groups gathers calls of one fault wherever they come from: those of an item, each with
// calls of other items whose words are like theirs; then what is alike within a category.
func groups(calls []Call, pairs map[string]map[string]int, s Settings) []Cluster {
	byItem := map[string][]Call{}
	var items []string
	for _, c := range calls {
		if byItem[c.ItemID] == nil {
			items = append(items, c.ItemID)
		}
		byItem[c.ItemID] = append(byItem[c.ItemID], c)
	}
	slices.SortStableFunc(items, func(a, b string) int { return cmp.Compare(len(byItem[b]), len(byItem[a])) })
	alike := func(a, b Call) bool { return similarity(pairs[a.ID], pairs[b.ID]) >= s.Alike }
	var out []Cluster
	for _, item := range items {
		g := Cluster{Key: item, ItemID: item, Calls: slices.Clone(byItem[item])}
		if len(g.Calls) < 2 {
			continue
		}
		seeds := g.Calls
		for _, c := range calls {
			if c.ItemID != item && len(byItem[c.ItemID]) < len(seeds) && slices.ContainsFunc(seeds, func(x Call) bool { return alike(x, c) }) {
				g.Calls = append(g.Calls, c)
			}
		}
		out = append(out, g)
	}
	for _, first := range calls { // of one category, and like the first of them
		g := Cluster{Key: first.Category + "~", ItemID: first.ItemID}
		for _, c := range calls {
			if c.Category == first.Category && (c.ID == first.ID || alike(first, c)) {
				g.Calls = append(g.Calls, c)
			}
		}
		if len(g.Calls) >= s.Near {
			out = append(out, g)
		}
	}
	return out
}

// split finds within calls of one fault those that belong together by where they come
// from: all of them when they are many and from many departments, else those of one
// asset or one building.
func (g Cluster) split(s Settings) []Cluster {
	window := int64(s.Minutes) * 60_000
	calls := dense(g.Calls, window, min(s.Near, s.Wide))
	if len(calls) >= s.Wide && areas(calls) >= s.Areas {
		campus := calls[0].CampusID
		if slices.ContainsFunc(calls, func(c Call) bool { return c.CampusID != campus }) {
			return []Cluster{{Key: g.Key + "|" + ByAll, Basis: ByAll, ItemID: g.ItemID, Calls: calls}}
		}
		return []Cluster{{Key: g.Key + "|" + ByCampus + ":" + campus, Basis: ByCampus, ItemID: g.ItemID, Calls: calls}}
	}
	var out []Cluster
	taken := map[string]bool{}
	for _, by := range []struct {
		basis string
		of    func(Call) string
	}{{ByAsset, func(c Call) string { return c.AssetID }}, {ByPlace, func(c Call) string { return c.Building }}} {
		spots := map[string][]Call{}
		var order []string
		for _, c := range g.Calls {
			k := by.of(c)
			if k == "" || taken[c.ID] {
				continue
			}
			if spots[k] == nil {
				order = append(order, k)
			}
			spots[k] = append(spots[k], c)
		}
		for _, k := range order {
			near := dense(spots[k], window, s.Near)
			if len(near) < s.Near {
				continue
			}
			for _, c := range near {
				taken[c.ID] = true
			}
			out = append(out, Cluster{Key: g.Key + "|" + by.basis + ":" + k, Basis: by.basis, ItemID: g.ItemID, Calls: near})
		}
	}
	return out
}

// dense leaves those calls that have at least so many within the time before or after
// them, themselves included: what came long before is not of the same fault.
func dense(calls []Call, window int64, least int) []Call {
	calls = slices.Clone(calls)
	slices.SortFunc(calls, func(a, b Call) int { return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.ID, b.ID)) })
	best := []Call(nil)
	from := 0
	for to := range calls {
		for calls[to].At-calls[from].At > window {
			from++
		}
		if n := to - from + 1; n >= least && n >= len(best) {
			best = calls[from : to+1]
		}
	}
	return best
}

func areas(calls []Call) int {
	seen := map[string]bool{}
	for _, c := range calls {
		seen[c.Office] = true
	}
	return len(seen)
}

// bigrams counts the pairs of neighbouring letters; what is neither letter nor digit is
// passed over.
func bigrams(text string) map[string]int {
	var letters []rune
	for _, r := range strings.ToLower(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, r)
		}
	}
	out := map[string]int{}
	for i := 1; i < len(letters); i++ {
		out[string(letters[i-1:i+1])]++
	}
	return out
}

// similarity is the share of common pairs (Dice), in per cent.
func similarity(a, b map[string]int) int {
	total, common := 0, 0
	for k, n := range a {
		total += n
		common += min(n, b[k])
	}
	for _, n := range b {
		total += n
	}
	if total == 0 {
		return 0
	}
	return 200 * common / total
}

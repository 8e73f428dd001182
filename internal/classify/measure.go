package classify

import (
	"cmp"
	"math"
	"slices"
)

// Measure is how a model did with wordings it had not learned from.
type Measure struct {
	Count    int     `json:"count"`
	Top1     float64 `json:"top1" doc:"Share whose item came first"`
	Top3     float64 `json:"top3" doc:"Share whose item was among the first three"`
	Priority float64 `json:"priority" doc:"Share whose priority was right"`
	// Gap is the expected calibration error: how far confidence and being right lie apart.
	Gap       float64   `json:"gap"`
	Bins      []Bin     `json:"bins" doc:"Ten steps of confidence"`
	Curve     []Point   `json:"curve" doc:"What each threshold would give"`
	Items     []ItemFit `json:"items"`
	Confusion []Mix     `json:"confusion" doc:"Pairs of items taken for each other, the most frequent first"`
}

// Bin is one step of confidence.
type Bin struct {
	Confidence float64 `json:"confidence" doc:"Mean of the step"`
	Right      float64 `json:"right" doc:"Share that was right"`
	Count      int     `json:"count"`
}

// Point is what a threshold would give.
type Point struct {
	Threshold float64 `json:"threshold"`
	Share     float64 `json:"share" doc:"Share that would be filled in without asking"`
	Right     float64 `json:"right" doc:"Share of these that is right"`
}

// ItemFit is how well one item is known.
type ItemFit struct {
	ItemID    string  `json:"itemId"`
	Count     int     `json:"count"`
	Precision float64 `json:"precision" doc:"Of what was taken for it, the share that was it"`
	Recall    float64 `json:"recall" doc:"Of what was it, the share that was taken for it"`
}

// Mix is how often one item was taken for another.
type Mix struct {
	ItemID  string   `json:"itemId" doc:"What it was"`
	GuessID string   `json:"guessId" doc:"What it was taken for"`
	Count   int      `json:"count"`
	Orders  []string `json:"orders,omitempty"` // ids, for those who may see them; taken out of answers
}

const (
	mixMost    = 60
	mixSamples = 20
)

// judge says what a model with the words of danger makes of a sample.
type judge struct {
	model    *Model
	words    []Word
	priority map[string]string // of items, by id
	byCode   map[string]string // ids of items
}

type verdict struct {
	chances  []Chance
	priority string
}

func (j judge) of(words string) verdict {
	v := verdict{chances: j.model.Predict(words)}
	found := alarms(j.words, words)
	for _, a := range found {
		if itemID := j.byCode[a.ItemCode]; itemID != "" {
			v.chances = certain(v.chances, itemID)
			break
		}
	}
	if len(v.chances) > 0 {
		v.priority = j.priority[v.chances[0].ItemID]
	}
	if len(found) > 0 {
		v.priority = moreUrgent(v.priority, found[0].Priority)
	}
	return v
}

// certain puts an item that a rule names before all others.
func certain(list []Chance, itemID string) []Chance {
	out := []Chance{{ItemID: itemID, Confidence: 1, class: -1}}
	for _, c := range list {
		if c.ItemID == itemID {
			out[0].class = c.class
			continue
		}
		c.Confidence = 0
		out = append(out, c)
	}
	return out
}

// measure tries a model on samples.
func (j judge) measure(held []Sample) Measure {
	m := Measure{Bins: make([]Bin, 10), Curve: []Point{}, Items: []ItemFit{}, Confusion: []Mix{}}
	type outcome struct {
		confidence float64
		right      bool
	}
	var all []outcome
	fits := map[string]*[3]int{} // was it, taken for it, both
	mixes := map[[2]string]*Mix{}
	fit := func(id string) *[3]int {
		if fits[id] == nil {
			fits[id] = &[3]int{}
		}
		return fits[id]
	}
	priorities := 0
	for i := range held {
		s := &held[i]
		v := j.of(s.Words)
		fit(s.ItemID)[0]++
		if s.Priority != "" {
			priorities++
			if v.priority == s.Priority {
				m.Priority++
			}
		}
		if len(v.chances) == 0 {
			all = append(all, outcome{})
			continue
		}
		first := v.chances[0]
		right := first.ItemID == s.ItemID
		all = append(all, outcome{first.Confidence, right})
		fit(first.ItemID)[1]++
		if right {
			m.Top1++
			fit(s.ItemID)[2]++
		} else {
			mix(mixes, s, first.ItemID)
		}
		if slices.ContainsFunc(v.chances[:min(3, len(v.chances))], func(c Chance) bool { return c.ItemID == s.ItemID }) {
			m.Top3++
		}
		b := &m.Bins[min(int(first.Confidence*10), 9)]
		b.Count++
		b.Confidence += first.Confidence
		if right {
			b.Right++
		}
	}
	m.Count = len(held)
	if m.Count == 0 {
		return m
	}
	n := float64(m.Count)
	m.Top1, m.Top3 = round(m.Top1/n), round(m.Top3/n)
	if priorities > 0 {
		m.Priority = round(m.Priority / float64(priorities))
	}
	for i := range m.Bins {
		if b := &m.Bins[i]; b.Count > 0 {
			k := float64(b.Count)
			m.Gap += math.Abs(b.Confidence-b.Right) / n
			b.Confidence, b.Right = round(b.Confidence/k), round(b.Right/k)
		}
	}
	m.Gap = round(m.Gap)
	for t := 0; t < 20; t++ {
		threshold := float64(t) / 20
		share, right := 0.0, 0.0
		for _, o := range all {
			if o.confidence >= threshold && o.confidence > 0 {
				share++
				if o.right {
					right++
				}
			}
		}
		m.Curve = append(m.Curve, Point{threshold, round(share / n), round(right / max(share, 1))})
	}
	for id, f := range fits {
		m.Items = append(m.Items, ItemFit{id, f[0], round(float64(f[2]) / float64(max(f[1], 1))), round(float64(f[2]) / float64(max(f[0], 1)))})
	}
	slices.SortFunc(m.Items, func(a, b ItemFit) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ItemID, b.ItemID)) })
	for _, x := range mixes {
		m.Confusion = append(m.Confusion, *x)
	}
	slices.SortFunc(m.Confusion, func(a, b Mix) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ItemID, b.ItemID), cmp.Compare(a.GuessID, b.GuessID))
	})
	m.Confusion = m.Confusion[:min(mixMost, len(m.Confusion))]
	return m
}

func mix(mixes map[[2]string]*Mix, s *Sample, guess string) {
	k := [2]string{s.ItemID, guess}
	if mixes[k] == nil {
		mixes[k] = &Mix{ItemID: s.ItemID, GuessID: guess}
	}
	mixes[k].Count++
	if s.OrderID != "" && len(mixes[k].Orders) < mixSamples {
		mixes[k].Orders = append(mixes[k].Orders, s.OrderID)
	}
}

func round(v float64) float64 { return math.Round(v*10000) / 10000 }

// parted is samples divided into what is learned from and what is held back.
type parted struct {
	learn, later, starter []Sample // later: the newest orders; starter: every fifth wording
}

const heldShare = 0.15

// part holds back the newest orders and every fifth wording of the starter vocabulary.
// Wordings that are word for word among those learned from are not held: they would
// only show that the model remembers.
func part(samples []Sample) parted {
	var p parted
	var orders []Sample
	phrase := 0
	for _, s := range samples {
		if s.OrderID != "" {
			orders = append(orders, s)
			continue
		}
		if phrase++; phrase%5 == 0 {
			p.starter = append(p.starter, s)
		} else {
			p.learn = append(p.learn, s)
		}
	}
	slices.SortStableFunc(orders, func(a, b Sample) int { return cmp.Compare(a.At, b.At) })
	cut := len(orders) - int(float64(len(orders))*heldShare)
	p.learn = append(p.learn, orders[:cut]...)
	known := make(map[string]bool, len(p.learn))
	for i := range p.learn {
		known[string(plainRunes(p.learn[i].Words))] = true
	}
	for _, s := range orders[cut:] {
		if !known[string(plainRunes(s.Words))] {
			p.later = append(p.later, s)
		}
	}
	return p
}

// balanced weighs held orders and held wordings alike, so that the heat fits both what
// is asked for every day and what nobody has said before.
func (p parted) balanced() []Sample {
	out := make([]Sample, 0, len(p.later)+len(p.starter))
	for _, list := range [][]Sample{p.later, p.starter} {
		for _, s := range list {
			s.Weight = 1 / float64(len(list))
			out = append(out, s)
		}
	}
	return out
}

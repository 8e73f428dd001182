package classify

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Sample is one wording whose item is known.
type Sample struct {
	Words    string
	ItemID   string
	OrderID  string // empty for the starter vocabulary
	At       int64
	Priority string
	Mode     string
	Weight   float64
}

const (
	// enough is how many orders a logistic model wants; before that counting does better.
	enough = 400
	// phraseWeight is what a wording of the starter vocabulary counts against an order.
	phraseWeight = 2
	// crowd is how many orders of one item count in full; more of them count less each,
	// so that what is asked for every hour does not drown what is asked for once a month.
	crowd = 150
	turns = 7
)

// lesson is the samples in the form that is learned from.
type lesson struct {
	m      *Model
	rows   [][]int32
	class  []int
	weight []float64
}

// fit makes a model of samples. step is told how far it is, from 0 to 1; it may be nil.
func fit(ctx context.Context, samples []Sample, step func(float64)) (*Model, error) {
	l := prepare(samples)
	if step == nil {
		step = func(float64) {}
	}
	if l.m.kind == Bayes {
		l.count()
		return l.m, ctx.Err()
	}
	err := l.descend(ctx, step)
	return l.m, err
}

// prepare numbers the items and the grams. A gram that stands in one order alone says
// nothing about the next.
func prepare(samples []Sample) *lesson {
	classes, orders := map[string]int{}, 0
	perClass := map[string]int{}
	var items []string
	known, count := map[uint32]bool{}, map[uint32]int{}
	for i := range samples {
		s := &samples[i]
		if _, ok := classes[s.ItemID]; !ok {
			classes[s.ItemID] = len(items)
			items = append(items, s.ItemID)
		}
		if s.OrderID != "" {
			orders++
			perClass[s.ItemID]++
		}
		for _, g := range grams(s.Words) {
			if count[g.hash]++; s.OrderID == "" || count[g.hash] > 1 {
				known[g.hash] = true
			}
		}
	}
	rows := make([]uint32, 0, len(known))
	for h := range known {
		rows = append(rows, h)
	}
	slices.Sort(rows)
	kind := Bayes
	if orders >= enough {
		kind = Logistic
	}
	l := &lesson{m: newModel(kind, items, rows)}
	for i := range samples {
		s := &samples[i]
		r, _ := l.m.features(s.Words)
		if len(r) == 0 {
			continue
		}
		w := s.Weight
		if w == 0 {
			w = 1
		}
		if n := perClass[s.ItemID]; s.OrderID != "" && n > crowd {
			w *= math.Sqrt(crowd / float64(n))
		}
		l.rows, l.class, l.weight = append(l.rows, r), append(l.class, classes[s.ItemID]), append(l.weight, w)
	}
	return l
}

// count is multinomial naive Bayes with even priors: how often each item is asked for
// is not known while there is little history.
func (l *lesson) count() {
	const alpha = 0.15
	n := len(l.m.items)
	total := make([]float64, n)
	for i, rows := range l.rows {
		for _, r := range rows {
			l.m.w[int(r)*n+l.class[i]] += float32(l.weight[i])
		}
		total[l.class[i]] += l.weight[i] * float64(len(rows))
	}
	v := float64(len(l.m.rows))
	for r := range l.m.rows {
		for c := range n {
			at := &l.m.w[r*n+c]
			*at = float32(math.Log((float64(*at) + alpha) / (total[c] + alpha*v)))
		}
	}
}

// descend is multinomial logistic regression by AdaGrad with a pull to zero.
func (l *lesson) descend(ctx context.Context, step func(float64)) error {
	const rate, pull, ignored = 0.6, 2e-5, 1e-4
	n := len(l.m.items)
	squares := make([]float32, len(l.m.w))
	biasSquares := make([]float64, n)
	p := make([]float64, n)
	touched := make([]int, 0, n)
	r := rand.New(rand.NewPCG(2026, uint64(len(l.rows))))
	order := r.Perm(len(l.rows))
	for turn := range turns {
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for k, i := range order {
			if k%512 == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
				step((float64(turn) + float64(k)/float64(len(order))) / turns)
			}
			rows := l.rows[i]
			l.m.score(rows, p)
			softmax(p, 1)
			p[l.class[i]]--
			touched = touched[:0]
			for c, g := range p {
				if g > ignored || g < -ignored {
					touched = append(touched, c)
				}
			}
			scale := l.m.scale(len(rows))
			for _, c := range touched {
				g := p[c] * l.weight[i]
				biasSquares[c] += g * g
				l.m.bias[c] -= float32(0.1 * g / math.Sqrt(biasSquares[c]+1e-3))
				for _, row := range rows {
					at := int(row)*n + c
					gw := g*scale + pull*float64(l.m.w[at])
					squares[at] += float32(gw * gw)
					l.m.w[at] -= float32(rate * gw / math.Sqrt(float64(squares[at])+1e-3))
				}
			}
		}
	}
	return nil
}

// cool returns the heat at which the confidences of held samples are best: it changes
// no order among items, only how sure the model says it is.
func (m *Model) cool(held []Sample) float64 {
	class := map[string]int{}
	for i, id := range m.items {
		class[id] = i
	}
	var scores [][]float64
	var right []int
	var weight []float64
	for i := range held {
		c, ok := class[held[i].ItemID]
		rows, _ := m.features(held[i].Words)
		if !ok || len(rows) == 0 {
			continue
		}
		p := make([]float64, len(m.items))
		m.score(rows, p)
		scores, right, weight = append(scores, p), append(right, c), append(weight, max(held[i].Weight, 1e-6))
	}
	if len(scores) == 0 {
		return 1
	}
	p := make([]float64, len(m.items))
	loss := func(heat float64) float64 {
		sum := 0.0
		for i := range scores {
			copy(p, scores[i])
			softmax(p, heat)
			sum -= weight[i] * math.Log(max(p[right[i]], 1e-9))
		}
		return sum
	}
	const ratio = 0.6180339887
	low, high := math.Log(0.2), math.Log(20.0)
	for range 24 { // golden section over the logarithm
		a, b := high-ratio*(high-low), low+ratio*(high-low)
		if loss(math.Exp(a)) < loss(math.Exp(b)) {
			high = b
		} else {
			low = a
		}
	}
	return math.Exp((low + high) / 2)
}

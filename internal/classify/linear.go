package classify

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/gob"
	"fmt"
	"io"
	"math"
	"slices"
)

// The kinds of model. Both weigh grams in the same way; they differ in how the
// weights were found.
const (
	Bayes    = "naive_bayes"
	Logistic = "logistic"
)

// Model says how likely each item is, given words. It is never changed once made.
type Model struct {
	kind  string
	items []string  // ids of items, the classes
	index []int32   // row of each bucket, -1 for none
	rows  []uint32  // bucket of each row
	w     []float32 // weights, one line of len(items) for each row
	bias  []float32
	// heat divides the scores, so that the confidence is as often right as it says.
	heat float64
}

// Chance is one item with how likely it is.
type Chance struct {
	ItemID     string
	Confidence float64
	class      int
}

// features returns the rows of words, and the grams that they belong to.
func (m *Model) features(words string) ([]int32, []gram) {
	all := grams(words)
	rows := make([]int32, 0, len(all))
	known := all[:0]
	for _, g := range all {
		if r := m.index[g.hash]; r >= 0 {
			rows = append(rows, r)
			known = append(known, g)
		}
	}
	return rows, known
}

// Predict returns the items, the likeliest first; none when nothing of the words is known.
func (m *Model) Predict(words string) []Chance {
	rows, _ := m.features(words)
	return m.chances(rows)
}

func (m *Model) chances(rows []int32) []Chance {
	if len(rows) == 0 || len(m.items) == 0 {
		return nil
	}
	p := make([]float64, len(m.items))
	m.score(rows, p)
	softmax(p, m.heat)
	out := make([]Chance, len(p))
	for i := range p {
		out[i] = Chance{m.items[i], p[i], i}
	}
	slices.SortStableFunc(out, func(a, b Chance) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return out
}

// score adds the weights of rows up. Logistic models see each gram as its share of the
// words, so that long words are not surer than short ones; Bayes counts each.
func (m *Model) score(rows []int32, into []float64) {
	n := len(m.items)
	scale := m.scale(len(rows))
	for c := range into {
		into[c] = float64(m.bias[c])
	}
	for _, r := range rows {
		line := m.w[int(r)*n : (int(r)+1)*n]
		for c, v := range line {
			into[c] += scale * float64(v)
		}
	}
}

func (m *Model) scale(rows int) float64 {
	if m.kind == Bayes {
		return 1
	}
	return 1 / math.Sqrt(float64(rows))
}

func softmax(p []float64, heat float64) {
	top := slices.Max(p)
	sum := 0.0
	for i := range p {
		p[i] = math.Exp((p[i] - top) / heat)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
}

// Reason is a piece of the words that spoke for an item.
type Reason struct {
	Text   string  `json:"text"`
	From   int     `json:"from" doc:"First character of the words"`
	To     int     `json:"to" doc:"Behind the last"`
	Weight float64 `json:"weight" doc:"How much it spoke for the item, against the mean of all items"`
}

// reasons returns the pieces that spoke most for a class, the heaviest first.
func (m *Model) reasons(words string, class, most int) []Reason {
	rows, known := m.features(words)
	n, scale := len(m.items), m.scale(len(rows))/m.heat
	out := []Reason{}
	for i, r := range rows {
		line := m.w[int(r)*n : (int(r)+1)*n]
		mean := 0.0
		for _, v := range line {
			mean += float64(v)
		}
		if v := scale * (float64(line[class]) - mean/float64(n)); v > 0.02 {
			out = append(out, Reason{known[i].text, known[i].from, known[i].to, math.Round(v*1000) / 1000})
		}
	}
	slices.SortStableFunc(out, func(a, b Reason) int { return cmp.Compare(b.Weight, a.Weight) })
	return out[:min(most, len(out))]
}

// stored is a model as it is kept: weights as whole numbers of a step for each row.
type stored struct {
	Kind  string
	Items []string
	Rows  []uint32
	Steps []float32
	W     []int16
	Bias  []float32
	Heat  float64
}

// encode returns the model as text.
func (m *Model) encode() (string, error) {
	n := len(m.items)
	s := stored{Kind: m.kind, Items: m.items, Rows: m.rows, Bias: m.bias, Heat: m.heat, W: make([]int16, len(m.w)), Steps: make([]float32, len(m.rows))}
	for r := range m.rows {
		line := m.w[r*n : (r+1)*n]
		top := float32(0)
		for _, v := range line {
			top = max(top, float32(math.Abs(float64(v))))
		}
		if top == 0 {
			continue
		}
		step := top / math.MaxInt16
		s.Steps[r] = step
		for c, v := range line {
			s.W[r*n+c] = int16(math.Round(float64(v / step)))
		}
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := gob.NewEncoder(z).Encode(s); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// maxModel bounds what decode unpacks.
const maxModel = 256 << 20

func decode(text string) (*Model, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("stored model: %w", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("stored model: %w", err)
	}
	var s stored
	if err := gob.NewDecoder(io.LimitReader(z, maxModel)).Decode(&s); err != nil {
		return nil, fmt.Errorf("stored model: %w", err)
	}
	n := len(s.Items)
	if len(s.Bias) != n || len(s.W) != n*len(s.Rows) || len(s.Steps) != len(s.Rows) || s.Heat <= 0 {
		return nil, fmt.Errorf("stored model: its parts do not fit together")
	}
	m := newModel(s.Kind, s.Items, s.Rows)
	m.bias, m.heat = s.Bias, s.Heat
	for i, v := range s.W {
		m.w[i] = float32(v) * s.Steps[i/max(n, 1)]
	}
	return m, nil
}

func newModel(kind string, items []string, rows []uint32) *Model {
	m := &Model{kind: kind, items: items, rows: rows, index: make([]int32, 1<<hashBits), w: make([]float32, len(rows)*len(items)),
		bias: make([]float32, len(items)), heat: 1}
	for i := range m.index {
		m.index[i] = -1
	}
	for r, h := range rows {
		m.index[h&(1<<hashBits-1)] = int32(r)
	}
	return m
}

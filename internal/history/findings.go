package history

// findings gathers the values of the columns that are looked up.
type findings struct {
	counts map[Field]map[string]int64
}

// maxFound is how many different values of a column are counted: a column with more
// is not one whose values a person maps.
const maxFound = 500

func newFindings() *findings {
	f := &findings{counts: map[Field]map[string]int64{}}
	for _, field := range listed() {
		f.counts[field] = map[string]int64{}
	}
	return f
}

func (f *findings) add(list []*verdict) {
	for _, v := range list {
		for field, counts := range f.counts {
			value := v.record.value(field)
			if value == "" {
				continue
			}
			value = cut(value, 200)
			if _, met := counts[value]; met || len(counts) < maxFound {
				counts[value]++
			}
		}
	}
}

// values returns what was found, with what each value was taken for.
func (f *findings) values(p *Progress, j *judge) []Value {
	var out []Value
	for field, counts := range f.counts {
		for value, n := range counts {
			to := j.target(field, value)
			out = append(out, Value{BatchID: p.ID, Pass: p.Pass, Field: field, Value: value, Count: n, Target: to, Name: j.dir.name(field, to)})
		}
	}
	return out
}

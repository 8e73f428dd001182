package org

import (
	"reflect"
	"slices"
)

// thing is what a shelf holds.
type thing[T any] interface {
	*T
	head() *Head
	order() string
	indexKeys() []string
}

// shelf holds the rows of one kind in memory, finds them by their index keys, and
// remembers which were added or changed.
type shelf[T any, P thing[T]] struct {
	rows    map[string]P
	was     map[string]T        // rows as they were loaded, of those put since
	touched map[string]bool     // put since
	order   []string            // the same, in order
	index   map[string][]string // index key → ids; may name rows that have changed since
}

func newShelf[T any, P thing[T]](rows []T) *shelf[T, P] {
	s := &shelf[T, P]{rows: make(map[string]P, len(rows)), was: map[string]T{}, touched: map[string]bool{}, index: map[string][]string{}}
	s.load(rows)
	return s
}

// load adds rows as the database has them.
func (s *shelf[T, P]) load(rows []T) {
	for i := range rows {
		p := P(&rows[i])
		if s.rows[p.head().ID] == nil {
			s.rows[p.head().ID] = p
			s.enter(p)
		}
	}
}

func (s *shelf[T, P]) enter(p P) {
	id := p.head().ID
	for _, k := range p.indexKeys() {
		if !slices.Contains(s.index[k], id) {
			s.index[k] = append(s.index[k], id)
		}
	}
}

// get returns a row, or nil.
func (s *shelf[T, P]) get(id string) P { return s.rows[id] }

// put adds or replaces a row.
func (s *shelf[T, P]) put(row T) P {
	p := P(&row)
	id := p.head().ID
	if !s.touched[id] {
		s.touched[id] = true
		if old := s.rows[id]; old != nil {
			s.was[id] = *old
		}
		s.order = append(s.order, id)
	}
	s.rows[id] = p
	s.enter(p)
	return p
}

// find returns the rows that have an index key now.
func (s *shelf[T, P]) find(key string) []P {
	var out []P
	for _, id := range s.index[key] {
		if p := s.rows[id]; slices.Contains(p.indexKeys(), key) {
			out = append(out, p)
		}
	}
	return out
}

// other tells whether a row other than id has the index key.
func (s *shelf[T, P]) other(key, id string) bool {
	return slices.ContainsFunc(s.find(key), func(p P) bool { return p.head().ID != id })
}

// pending returns the rows to be written.
func (s *shelf[T, P]) pending() (added, changed []T) {
	for _, id := range s.order {
		now := *s.rows[id]
		was, old := s.was[id]
		switch {
		case !old:
			added = append(added, now)
		case !reflect.DeepEqual(was, now):
			changed = append(changed, now)
		}
	}
	return added, changed
}

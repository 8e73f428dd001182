package org

import (
	"strings"

	"wardline/internal/platform/table"
)

// reading takes the cells of one line of a file over into an input. A column that
// the file does not have leaves the field as it is; an empty cell empties it, save
// where a choice has to be made.
type reading struct {
	cells map[string]string
	bad   check
}

func (r *reading) has(key string) bool { _, ok := r.cells[key]; return ok }

func (r *reading) text(key string, into *string) {
	if v, ok := r.cells[key]; ok {
		*into = v
	}
}

// code is text that an empty cell leaves alone: codes are what lines are known by.
func (r *reading) code(key string, into *string) {
	if v := r.cells[key]; v != "" {
		*into = v
	}
}

func (r *reading) bool(key string, into *bool) {
	v := r.cells[key]
	if v == "" {
		return
	}
	b, ok := table.ParseBool(v)
	if !ok {
		r.bad.Add(key, "org.not_yes_no")
		return
	}
	*into = b
}

func (r *reading) active(into **bool) {
	if r.cells["active"] == "" {
		return
	}
	b := true
	r.bool("active", &b)
	*into = &b
}

func (r *reading) word(key string, choices words, into *string, empties bool) {
	v, ok := r.cells[key]
	switch {
	case !ok:
	case v == "" && empties:
		*into = ""
	case v == "":
	default:
		if *into, ok = choices.parse(v); !ok {
			r.bad.Add(key, "bad_value")
		}
	}
}

func (r *reading) number(key string, into **float64) {
	v, ok := r.cells[key]
	if !ok {
		return
	}
	if *into = nil; v == "" {
		return
	}
	f, ok := table.ParseNumber(v)
	if !ok {
		r.bad.Add(key, "bad_format")
		return
	}
	*into = &f
}

func (r *reading) whole(key string, into **int64) {
	v, ok := r.cells[key]
	if !ok {
		return
	}
	if *into = nil; v == "" {
		return
	}
	v = strings.ToUpper(v)
	if strings.HasPrefix(v, "B") { // B2 is the second floor below ground
		v = "-" + v[1:]
	}
	f, ok := table.ParseNumber(strings.TrimRight(v, "层楼F"))
	n := int64(f)
	if !ok || float64(n) != f {
		r.bad.Add(key, "bad_format")
		return
	}
	*into = &n
}

// ref takes over a thing that is named by its code, name or path.
func (r *reading) ref(key string, into *string, resolve func(string) (id, problem string)) {
	v, ok := r.cells[key]
	if !ok {
		return
	}
	if *into = ""; v == "" {
		return
	}
	id, problem := resolve(v)
	if problem != "" {
		r.bad.Add(key, problem)
		return
	}
	*into = id
}

// pick returns the one thing that an id, a code, a path or a name stands for, looked
// for in this order; of several that share a name, the active one.
func pick[T any, P thing[T]](s *shelf[T, P], v string, fits func(P) bool) (P, string) {
	if p := s.get(v); p != nil {
		return p, ""
	}
	for _, key := range []string{"code:" + foldCode(v), "path:" + squeeze(v), "word:" + squeeze(v)} {
		var found []P
		for _, p := range s.find(key) {
			if fits == nil || fits(p) {
				found = append(found, p)
			}
		}
		if len(found) > 1 {
			var active []P
			for _, p := range found {
				if p.head().Active {
					active = append(active, p)
				}
			}
			found = active
			if len(found) != 1 {
				return nil, "org.ambiguous"
			}
		}
		if len(found) == 1 {
			return found[0], ""
		}
	}
	return nil, "org.not_found_in_list"
}

// resolver returns pick as a function from what is written to the id.
func resolver[T any, P thing[T]](s *shelf[T, P], fits func(P) bool) func(string) (string, string) {
	return func(v string) (string, string) {
		p, problem := pick(s, v, fits)
		if p == nil {
			return "", problem
		}
		return p.head().ID, ""
	}
}

// refer is how a thing is named in a list so that pick finds it again: by its code,
// else by its name if that is enough, else by its id.
func refer[T any, P thing[T]](s *shelf[T, P], id string, names func(P) (code, name string), fits func(P) bool) string {
	p := s.get(id)
	if p == nil {
		return ""
	}
	code, name := names(p)
	if code != "" {
		return code
	}
	if found, _ := pick(s, name, fits); found == p {
		return name
	}
	return id
}

func (b *book) referPlace(id string) string {
	return refer(b.places, id, func(p *Place) (string, string) { return p.Code, p.FullName }, nil)
}

func (b *book) referDepartment(id, campusID string) string {
	return refer(b.departments, id, func(d *Department) (string, string) { return d.Code, d.FullName }, b.near(campusID))
}

// near prefers the departments that work on a campus, if any name them.
func (b *book) near(campusID string) func(*Department) bool {
	if campusID == "" {
		return nil
	}
	return func(d *Department) bool { return d.CampusID == campusID || d.CampusID == "" }
}

// departmentOf resolves a department, on the campus or else anywhere.
func (b *book) departmentOf(campusID string) func(string) (string, string) {
	return func(v string) (string, string) {
		if id, problem := resolver(b.departments, b.near(campusID))(v); problem == "" {
			return id, ""
		}
		return resolver(b.departments, nil)(v)
	}
}

// personOf resolves a staff number, or the id of someone who has none.
func (b *book) personOf(v string) (string, string) {
	v = foldCode(v)
	if id, ok := b.byStaffNo[v]; ok {
		return id, ""
	}
	id := strings.ToLower(v)
	if _, ok := b.staff[id]; ok || b.staff == nil {
		return id, ""
	}
	return "", "org.unknown_person"
}

// staffNo is how a person stands in a list.
func (b *book) staffNo(personID string) string {
	if no := b.staff[personID]; no != "" {
		return no
	}
	return personID
}

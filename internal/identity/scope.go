package identity

import (
	"slices"
	"strings"

	"wardline/internal/platform/db"
)

// ScopeKind says along which line a grant is limited.
type ScopeKind string

// The kinds of scope.
const (
	ScopeAll        ScopeKind = "all"
	ScopeCampus     ScopeKind = "campus"
	ScopeDepartment ScopeKind = "department"
	ScopeTeam       ScopeKind = "team"
	ScopeVendor     ScopeKind = "vendor"
	ScopeOwn        ScopeKind = "own"
)

// Scope is the part of the hospital within which a permission holds. It can only
// be had from an Actor; the zero value covers nothing.
type Scope struct {
	all         bool
	campuses    []string
	departments []string
	teams       []string
	vendors     []string
	person      string // covers the person's own things when set
}

// None tells whether the scope covers nothing at all.
func (s Scope) None() bool {
	return !s.all && s.person == "" && len(s.campuses)+len(s.departments)+len(s.teams)+len(s.vendors) == 0
}

// All tells whether the scope covers everything.
func (s Scope) All() bool { return s.all }

// Teams returns the teams the scope names; empty when it is not limited by team.
func (s Scope) Teams() []string { return slices.Clone(s.teams) }

// Keys say to whom one thing belongs.
type Keys struct {
	Campus     string   `json:"c,omitempty"`
	Department string   `json:"d,omitempty"`
	Teams      []string `json:"t,omitempty"`
	Vendor     string   `json:"v,omitempty"`
	People     []string `json:"p,omitempty"` // whose own it is
	Everyone   bool     `json:"e,omitempty"` // seen by every holder of the permission, whatever the scope
}

// Match tells whether the scope covers a thing with these keys.
func (s Scope) Match(k Keys) bool {
	if s.None() {
		return false
	}
	if s.all || k.Everyone {
		return true
	}
	return has(s.campuses, k.Campus) || has(s.departments, k.Department) || has(s.vendors, k.Vendor) ||
		slices.ContainsFunc(k.Teams, func(t string) bool { return has(s.teams, t) }) ||
		has(k.People, s.person)
}

func has(list []string, v string) bool { return v != "" && slices.Contains(list, v) }

// Columns says where in a table the keys stand. Each is a condition with %s where
// the comparison goes: "o.team_id %s", or
// "EXISTS (SELECT 1 FROM x WHERE x.order_id = o.id AND x.team_id %s)".
// A nil list means that things of this table have no such key.
type Columns struct {
	Campus, Department, Team, Vendor, Own []string
}

// Limit adds the scope to a list's query: rows outside it do not exist for the list,
// its count and its pages.
func (s Scope) Limit(q *db.Query, c Columns) *db.Query {
	cond, args := s.Where(c)
	return q.Where(cond, args...)
}

// Where returns the scope as a condition with ? marks and its values.
func (s Scope) Where(c Columns) (string, []any) {
	if s.all {
		return "1 = 1", nil
	}
	var parts []string
	var args []any
	add := func(templates, values []string) {
		if len(values) == 0 {
			return
		}
		cmp, vals := db.InList("", values)
		for _, t := range templates {
			parts = append(parts, strings.Replace(t, "%s", cmp, 1))
			args = append(args, vals...)
		}
	}
	add(c.Campus, s.campuses)
	add(c.Department, s.departments)
	add(c.Team, s.teams)
	add(c.Vendor, s.vendors)
	if s.person != "" {
		add(c.Own, []string{s.person})
	}
	if len(parts) == 0 {
		return "1 = 0", nil
	}
	return strings.Join(parts, " OR "), args
}

func (s Scope) with(kind ScopeKind, ids []string) Scope {
	switch kind {
	case ScopeAll:
		s.all = true
	case ScopeCampus:
		s.campuses = merge(s.campuses, ids)
	case ScopeDepartment:
		s.departments = merge(s.departments, ids)
	case ScopeTeam:
		s.teams = merge(s.teams, ids)
	case ScopeVendor:
		s.vendors = merge(s.vendors, ids)
	case ScopeOwn:
		if len(ids) > 0 {
			s.person = ids[0]
		}
	}
	return s
}

func merge(a, b []string) []string {
	out := slices.Clone(a)
	for _, v := range b {
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

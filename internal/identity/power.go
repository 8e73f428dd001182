package identity

import "slices"

// power is all that a set of grants allows.
type power map[Permission]Scope

// powerOf resolves grants for the person with these facts.
func powerOf(base Actor, grants []Grant) power { return NewActor(base, grants, nil).scopes }

// beyond returns what p allows and q does not.
func (p power) beyond(q power) power {
	out := power{}
	for perm, s := range p {
		if rest := s.minus(q[perm]); !rest.None() {
			out[perm] = rest
		}
	}
	return out
}

// refused returns the first permission of p that the actor does not hold in all
// of its scope, or "". What is a person's own is covered by holding the permission
// in any scope.
func (a *Actor) refused(p power) Permission {
	for _, i := range Permissions() {
		s, ok := p[i.Permission]
		if ok && !s.None() && !a.Scope(i.Permission).covers(s) {
			return i.Permission
		}
	}
	return ""
}

// minus returns the part of s that o does not cover.
func (s Scope) minus(o Scope) Scope {
	if o.all {
		return Scope{}
	}
	rest := Scope{all: s.all, campuses: without(s.campuses, o.campuses), departments: without(s.departments, o.departments),
		teams: without(s.teams, o.teams), vendors: without(s.vendors, o.vendors)}
	if s.person != o.person {
		rest.person = s.person
	}
	return rest
}

// covers tells whether s holds wherever o does. It compares like with like: a
// campus does not cover its departments, as a department may reach beyond it.
func (s Scope) covers(o Scope) bool {
	if s.all || o.None() {
		return true
	}
	return !s.None() && !o.all && len(without(o.campuses, s.campuses))+len(without(o.departments, s.departments))+
		len(without(o.teams, s.teams))+len(without(o.vendors, s.vendors)) == 0
}

func without(list, gone []string) []string {
	var out []string
	for _, v := range list {
		if !slices.Contains(gone, v) {
			out = append(out, v)
		}
	}
	return out
}

// GrantSpec is one role held within one scope, as it is given.
type GrantSpec struct {
	RoleID    string    `db:"role_id" json:"roleId" minLength:"1" maxLength:"64"`
	ScopeKind ScopeKind `db:"scope_kind" json:"scopeKind" enum:"all,campus,department,team,vendor,own"`
	ScopeID   string    `db:"scope_id" json:"scopeId,omitempty" maxLength:"64" doc:"Which campus, department, team or vendor; absent means the person's own"`
}

// holding is a grant with its role's permissions.
type holding struct {
	GrantSpec
	Permissions []Permission `db:"permissions,json"`
}

// isAdmin tells whether the grants make an administrator of the whole hospital.
func isAdmin(specs []GrantSpec) bool {
	return slices.ContainsFunc(specs, func(g GrantSpec) bool { return g.RoleID == adminRole && g.ScopeKind == ScopeAll })
}

// The built-in roles that rules name.
const (
	adminRole    = "admin"
	reporterRole = "reporter" // what everyone may do who has an account
)

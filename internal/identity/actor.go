package identity

import (
	"context"
	"reflect"
	"slices"

	"wardline/internal/audit"
	"wardline/internal/platform/fault"
)

// Actor is who acts: a person with what they may do, or the program itself.
// It is immutable once made and safe to share.
type Actor struct {
	PersonID   string
	Name       string
	Phone      string
	Campus     string
	Department string
	Vendor     string
	Teams      []string // teams the person belongs to
	Leads      []string // teams the person leads
	IP         string
	RequestID  string
	Token      string // id of the API token acted through, or ""

	scopes map[Permission]Scope
}

// Grant is one role held within one scope, already resolved: IDs are the very
// departments (with those below them), teams, campuses or vendors it covers.
type Grant struct {
	Permissions []Permission
	Kind        ScopeKind
	IDs         []string
}

// NewActor makes an actor out of a person's facts and grants. only, when not nil,
// narrows the permissions to the listed ones (API tokens). Whatever the grants,
// a permission also covers the person's own things.
func NewActor(base Actor, grants []Grant, only []Permission) *Actor {
	base.scopes = map[Permission]Scope{}
	for _, g := range grants {
		for _, p := range g.Permissions {
			if only != nil && !slices.Contains(only, p) {
				continue
			}
			base.scopes[p] = base.scopes[p].with(g.Kind, g.IDs).with(ScopeOwn, []string{base.PersonID})
		}
	}
	return &base
}

// System returns the actor of the program itself: it may do everything.
func System(name string) *Actor {
	a := &Actor{PersonID: "system", Name: name, scopes: map[Permission]Scope{}}
	for _, i := range Permissions() {
		a.scopes[i.Permission] = Scope{all: true}
	}
	return a
}

// Public returns the actor of someone who has not signed in: no permission at all.
func Public() *Actor { return &Actor{PersonID: "public", Name: "public"} }

// From returns the copy of the actor that carries the request's address and id.
func (a *Actor) From(ip, requestID string) *Actor {
	b := *a
	b.IP, b.RequestID = ip, requestID
	return &b
}

// SignedIn tells whether the actor is a person with an account.
func (a *Actor) SignedIn() bool { return a != nil && a.PersonID != "public" && a.PersonID != "" }

// Scope returns where the actor holds the permission; nothing when not at all.
func (a *Actor) Scope(p Permission) Scope {
	if a == nil {
		return Scope{}
	}
	return a.scopes[p]
}

// Can tells whether the actor holds the permission anywhere.
func (a *Actor) Can(p Permission) bool { return !a.Scope(p).None() }

// May tells whether the actor holds the permission for a thing with these keys.
func (a *Actor) May(p Permission, k Keys) bool { return a.Scope(p).Match(k) }

// Need returns the forbidden fault unless the actor holds the permission anywhere,
// and the unauthorized fault when nobody is signed in.
func (a *Actor) Need(p Permission) error {
	if !a.SignedIn() {
		return fault.New(fault.Unauthorized, "unauthorized")
	}
	if !a.Can(p) {
		return fault.Denied()
	}
	return nil
}

// NeedAll is Need for what concerns the whole hospital: the permission must be held
// in the scope all.
func (a *Actor) NeedAll(p Permission) error {
	if err := a.Need(p); err != nil {
		return err
	}
	if !a.Scope(p).All() {
		return fault.Denied()
	}
	return nil
}

// NeedFor is Need for one thing. Someone who may not even see the thing (see) is
// told that it does not exist.
func (a *Actor) NeedFor(p, see Permission, k Keys) error {
	if !a.SignedIn() {
		return fault.New(fault.Unauthorized, "unauthorized")
	}
	if !a.May(see, k) {
		return fault.Missing()
	}
	if !a.May(p, k) {
		return fault.Denied()
	}
	return nil
}

// Held returns the permissions the actor holds anywhere, in the order of Permissions.
func (a *Actor) Held() []Permission {
	var out []Permission
	for _, i := range Permissions() {
		if a.Can(i.Permission) {
			out = append(out, i.Permission)
		}
	}
	return out
}

type actorKey struct{}

// With returns a context that carries the actor.
func With(ctx context.Context, a *Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// Of returns the context's actor, or the public one.
func Of(ctx context.Context) *Actor {
	if a, ok := ctx.Value(actorKey{}).(*Actor); ok {
		return a
	}
	return Public()
}

// Who returns the part of the actor that the audit trail keeps.
func (a *Actor) Who() audit.Who {
	return audit.Who{ID: a.PersonID, Name: a.Name, IP: a.IP, RequestID: a.RequestID}
}

// SameRights tells whether another actor may do exactly what this one may.
func (a *Actor) SameRights(b *Actor) bool {
	return reflect.DeepEqual(a.scopes, b.scopes) && slices.Equal(a.Teams, b.Teams)
}

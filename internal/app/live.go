package app

import (
	"context"
	"net/http"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/incident"
	"wardline/internal/platform/event"
	"wardline/internal/platform/live"
	"wardline/internal/workorder"
)

// viewer is a person who looks at the live stream.
type viewer struct {
	people *identity.Service
	r      *http.Request
	actor  *identity.Actor
	reads  map[string]identity.Scope // by topic; other topics go by the person alone
}

func (a *App) makeLive() *live.Handler {
	return &live.Handler{Tail: a.Tail, Clock: a.Clock, Logger: a.Logger, PerPerson: a.StreamsPerPerson,
		Authorize: func(r *http.Request) (live.Viewer, error) {
			return newViewer(a.People, r, identity.Of(r.Context())), nil
		},
		Concerns: func(e event.Entry, person string) bool {
			return e.Topic == identity.RoleTopic || e.Topic == identity.PersonTopic && (e.Subject == "" || e.Subject == person)
		}}
}

func newViewer(people *identity.Service, r *http.Request, actor *identity.Actor) *viewer {
	return &viewer{people: people, r: r, actor: actor, reads: map[string]identity.Scope{
		workorder.Topic: actor.Scope(identity.OrderRead), incident.Topic: actor.Scope(identity.IncidentRead), "asset": actor.Scope(identity.AssetRead),
		identity.PersonTopic: actor.Scope(identity.PersonRead), "history.batch": whole(actor.Scope(identity.OrderImport)),
	}}
}

// whole returns a scope that covers everything, or nothing: what belongs to the whole
// hospital is not shown to who holds the permission in a part of it.
func whole(s identity.Scope) identity.Scope {
	if s.All() {
		return s
	}
	return identity.Scope{}
}

// Person implements live.Viewer.
func (v *viewer) Person() string { return v.actor.PersonID }

// Sees implements live.Viewer.
func (v *viewer) Sees(e event.Entry) bool {
	keys, err := event.Audience[identity.Keys](e)
	if err != nil {
		return false
	}
	if scope, ok := v.reads[e.Topic]; ok {
		return scope.Match(keys)
	}
	return keys.Everyone || slices.Contains(keys.People, v.actor.PersonID)
}

// Valid implements live.Viewer: the sign-in still stands and the rights are the same.
func (v *viewer) Valid(ctx context.Context) bool {
	now, err := v.people.Authenticate(v.r.WithContext(ctx))
	if err != nil {
		return false
	}
	actor := identity.Of(now)
	return actor.PersonID == v.actor.PersonID && actor.SameRights(v.actor)
}

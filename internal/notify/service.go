package notify

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
)

// Deps are what the service works with.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Zone   *time.Location // the hospital's, for quiet hours
	Trail  *audit.Trail
	Events *event.Log
	Jobs   *jobs.Queue
	People *identity.Service
	// Channels are the ways out that are set up, the inbox aside.
	Channels []Channel
	// BaseURL is what people reach the program under, without a slash at the end.
	BaseURL string
	// Resolve says who plays which of the roles in an event, and what the templates
	// may say about it. It is called outside any transaction, may be called more than
	// once for an event, and may leave out roles that nobody plays.
	Resolve func(ctx context.Context, e event.Entry, roles []Role) (News, error)
	Logger  *slog.Logger
}

// Service writes messages and sees to their delivery.
type Service struct {
	Deps
	rules    []Rule
	channels map[string]Channel
	names    []string // of the channels, the inbox first
	pusher   Pusher   // nil when push is not set up
}

// New returns the service. Register its jobs, and start a Follower.
func New(d Deps) *Service {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{Deps: d, rules: Rules(), channels: map[string]Channel{}, names: []string{Inbox}}
	for _, c := range d.Channels {
		s.channels[c.Name()] = c
		s.names = append(s.names, c.Name())
		if p, ok := c.(Pusher); ok {
			s.pusher = p
		}
	}
	return s
}

func (s *Service) now() int64 { return s.Clock.Now() }

func (s *Service) read(ctx context.Context, f func(tx *db.Tx) error) error { return s.DB.Read(ctx, f) }

func (s *Service) write(ctx context.Context, f func(tx *db.Tx) error) error {
	return s.DB.Write(ctx, f)
}

// me returns the signed-in actor.
func me(ctx context.Context) (*identity.Actor, error) {
	a := identity.Of(ctx)
	if !a.SignedIn() {
		return nil, fault.New(fault.Unauthorized, "unauthorized")
	}
	return a, nil
}

// signal tells a person's pages to look, and nobody else's.
func (s *Service) signal(ctx context.Context, tx *db.Tx, personID string, data Signal) error {
	return s.Events.Append(ctx, tx, event.Event{Topic: Topic, Subject: data.ID, Audience: identity.Keys{People: []string{personID}}, Data: data})
}

// ready tells whether a channel is set up.
// Channels returns the names of the ways out that are set up, the inbox first.
func (s *Service) Channels() []string { return slices.Clone(s.names) }

func (s *Service) ready(channel string) bool { return slices.Contains(s.names, channel) }

// person returns a person, or nil when there is none with this id.
func (s *Service) person(ctx context.Context, tx *db.Tx, id string) (*identity.Person, error) {
	p, err := s.People.PersonIn(ctx, tx, id)
	if db.IsMissing(err) {
		return nil, nil
	}
	return p, err
}

// language returns the language in which a person is written to.
func language(p *identity.Person) fault.Language {
	if p.Language == string(fault.English) {
		return fault.English
	}
	return fault.Chinese
}

// emailOf returns where a person gets mail; push goes to devices instead.
func emailOf(channel string, p *identity.Person) string {
	if channel == Mail {
		return p.Email
	}
	return ""
}

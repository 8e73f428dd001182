package dispatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// Deps are what candidates are drawn from, and what orders are given with.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Zone   *time.Location // the hospital's, for hours and days
	Trail  *audit.Trail
	Events *event.Log
	Jobs   *jobs.Queue
	Logger *slog.Logger
	Orders *workorder.Service
	Org    *org.Service
	People *identity.Service
	// CategoryOf returns the category of an item, or the not_found fault.
	CategoryOf func(ctx context.Context, tx *db.Tx, itemID string) (string, error)
	// VendorOf returns the vendor that an asset is under contract with, or "". Nil knows none.
	VendorOf func(ctx context.Context, tx *db.Tx, assetID string) (string, error)
}

// Service finds candidates and gives orders to them.
type Service struct {
	Deps
	giving sync.Mutex
}

// New returns the service. Register its jobs, and start a Follower.
func New(d Deps) *Service {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	return &Service{Deps: d}
}

// Candidates returns the members of a team (the order's own when teamID is empty),
// the best first. Only who may dispatch the order may ask.
func (s *Service) Candidates(ctx context.Context, orderRef, teamID string) ([]Candidate, error) {
	actor := identity.Of(ctx)
	order, err := s.Orders.Get(ctx, orderRef)
	if err != nil {
		return nil, err
	}
	if !actor.May(identity.OrderDispatch, order.Keys()) {
		return nil, fault.Denied()
	}
	if teamID == "" {
		teamID = order.TeamID
	}
	if teamID == "" {
		return []Candidate{}, nil
	}
	q, err := s.squad(ctx, teamID)
	if err != nil {
		return nil, err
	}
	if !actor.May(identity.OrderDispatch, identity.Keys{Campus: order.CampusID, Department: order.DepartmentID, Teams: []string{teamID}, Vendor: q.team.VendorID}) {
		return nil, fault.Missing()
	}
	n, err := s.needsOf(ctx, q, &order.Order)
	if err != nil {
		return nil, err
	}
	return q.candidates(n), nil
}

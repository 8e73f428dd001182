package dispatch

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Deps are what candidates are drawn from.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Orders *workorder.Service
	Org    *org.Service
	People *identity.Service
}

// Service finds candidates.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d} }

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
	past, err := s.Orders.Timeline(ctx, order.ID)
	if err != nil {
		return nil, err
	}
	var out []Candidate
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		team, err := s.Org.Team(ctx, tx, teamID)
		if err != nil {
			return err
		}
		if !actor.May(identity.OrderDispatch, identity.Keys{Campus: order.CampusID, Department: order.DepartmentID, Teams: []string{teamID}, Vendor: team.VendorID}) {
			return fault.Missing()
		}
		members, err := s.People.TeamMembers(ctx, tx, teamID)
		if err != nil {
			return err
		}
		ids := make([]string, 0, len(members))
		for _, m := range members {
			ids = append(ids, m.ID)
		}
		loads, err := s.Orders.Loads(ctx, tx, ids)
		if err != nil {
			return err
		}
		duty, err := s.Org.OnDuty(ctx, tx, teamID, s.Clock.Now())
		if err != nil {
			return err
		}
		for _, m := range members {
			load := loads[m.ID]
			out = append(out, Candidate{PersonID: m.ID, Name: m.Name, OnDuty: slices.Contains(duty, m.ID), Lead: m.Lead,
				Open: load.Open, Urgent: load.Urgent, Had: had(past, m.ID)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	rank(out, want{}, defaultWeights())
	return out, nil
}

func had(past []workorder.Event, personID string) bool {
	return slices.ContainsFunc(past, func(e workorder.Event) bool { return e.Facts.AssigneeID == personID })
}

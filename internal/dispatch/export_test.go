package dispatch

import (
	"context"

	"wardline/internal/workorder"
)

// PlanOnly writes down who gets an order and goes no further, as a replica does that
// dies between the two.
func (s *Service) PlanOnly(ctx context.Context, o *workorder.Order, personID string) error {
	_, _, err := s.plan(ctx, o, []Candidate{{PersonID: personID, Name: personID}}, CauseArrival)
	return err
}

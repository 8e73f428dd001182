package history

import "context"

// Parts of the package that its tests look at.

// Committed makes f be called after each transaction of a run; an error ends the run
// as if the program had been stopped there.
func (s *Service) Committed(f func(Progress) error) { s.committed = f }

// CarryOut does the work a batch waits for, as its job does.
func (s *Service) CarryOut(ctx context.Context, batchID string, run int64) error {
	return s.carryOut(ctx, work{batchID, run})
}

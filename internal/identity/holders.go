package identity

import (
	"context"

	"wardline/internal/platform/db"
)

// InRole returns the active people who hold a role and may see the orders with these
// keys through a grant. It must be called outside any transaction.
func (s *Service) InRole(ctx context.Context, roleID string, k Keys) ([]string, error) {
	var people []string
	err := s.read(ctx, func(tx *db.Tx) (err error) { people, err = activeInRole(ctx, tx, roleID); return err })
	if err != nil {
		return nil, err
	}
	return s.covering(ctx, people, OrderRead, k)
}

// Holders returns the active people who hold a permission for a thing with these
// keys through a grant, not merely because it is their own. It must be called
// outside any transaction.
func (s *Service) Holders(ctx context.Context, p Permission, k Keys) ([]string, error) {
	var people []string
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		people, err = activeWith(ctx, tx, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.covering(ctx, people, p, k)
}

// covering returns those of some people who hold a permission for a thing with these keys.
func (s *Service) covering(ctx context.Context, people []string, p Permission, k Keys) ([]string, error) {
	k.People = nil
	var out []string
	for _, id := range people {
		a, err := s.ActorOf(ctx, id)
		if err != nil {
			return nil, err
		}
		if a.May(p, k) {
			out = append(out, id)
		}
	}
	return out, nil
}

// Belonging returns active people of campuses or departments, or of the whole hospital,
// in the order of their ids, those behind the given one, at most so many. It asks for no
// permission: it says whom something concerns.
func (s *Service) Belonging(ctx context.Context, tx *db.Tx, everywhere bool, campuses, departments []string, after string, most int) ([]string, error) {
	return belonging(ctx, tx, everywhere, campuses, departments, after, most)
}

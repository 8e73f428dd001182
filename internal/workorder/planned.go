package workorder

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

// CheckPlanned returns the order that a plan's report would make now for the actor,
// with everything looked up, or the fault that would keep it from being made. It
// writes nothing.
func (s *Service) CheckPlanned(ctx context.Context, tx *db.Tx, r Report) (Order, error) {
	r.Channel = ByPlan
	d, err := s.draft(ctx, tx, identity.Of(ctx), r)
	if err != nil {
		return Order{}, err
	}
	return d.order, s.answers(ctx, tx, &d)
}

// CreatePlanned makes the order of a plan, once for each key. It waits for no intake:
// what is planned has been decided.
func (s *Service) CreatePlanned(ctx context.Context, r Report, key string) (Order, error) {
	r.Channel = ByPlan
	planner := identity.System("plan")
	ctx = identity.With(ctx, planner)
	return s.create(ctx, planner, r, Meta{Key: key}, func(d *draft) error {
		d.byIntake = true
		d.order.ReporterID, d.order.CreatorID = "", ""
		return nil
	})
}

// CreateBooked makes the order of a booking when its time has come, once for each key:
// for whom and by whom are those of the booking.
func (s *Service) CreateBooked(ctx context.Context, r Report, creatorID, key string) (Order, error) {
	r.Channel = ByPlan
	booker := identity.System("booking")
	ctx = identity.With(ctx, booker)
	return s.create(ctx, booker, r, Meta{Key: key}, func(d *draft) error {
		d.byIntake = true
		d.order.CreatorID = creatorID
		return nil
	})
}

// CheckReport returns the order that Create would make now for the actor, with
// everything looked up, or the fault that would keep it from being made. It writes nothing.
func (s *Service) CheckReport(ctx context.Context, tx *db.Tx, r Report) (Order, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderCreate); err != nil {
		return Order{}, err
	}
	d, err := s.draft(ctx, tx, actor, r)
	if err != nil {
		return Order{}, err
	}
	if err := d.allow(actor, r); err != nil {
		return Order{}, err
	}
	return d.order, s.answers(ctx, tx, &d)
}

// IsOpen tells whether an order is still to be done; it asks for no permission.
func (s *Service) IsOpen(ctx context.Context, tx *db.Tx, orderID string) (bool, error) {
	o, err := get(ctx, tx, orderID)
	return o.Open, err
}

package workorder

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Own hands the first ownership to somebody who can see the order.
func (s *Service) Own(ctx context.Context, orderID, personID, reason string, m Meta) (View, error) {
	if err := s.follows(ctx, orderID, KindOwn, personID, "personId"); err != nil {
		return View{}, err
	}
	return s.act(ctx, orderID, KindOwn, m, []string{personID, reason}, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		p, err := s.People.PersonIn(ctx, tx, personID)
		if err != nil {
			return nil, reference(err, "personId")
		}
		return o.own(e, Worker{p.ID, p.Name}, reason)
	})
}

// SquadInput names a squad: the leader is one of the members.
type SquadInput struct {
	Name      string   `json:"name" maxLength:"40"`
	LeaderID  string   `json:"leaderId" minLength:"1" maxLength:"40"`
	MemberIDs []string `json:"memberIds" minItems:"1" maxItems:"20"`
}

// Gather forms a squad for the order, or puts another in its place.
func (s *Service) Gather(ctx context.Context, orderID string, in SquadInput, m Meta) (View, error) {
	ids := []string{in.LeaderID}
	for _, p := range in.MemberIDs {
		if p != in.LeaderID {
			ids = append(ids, p)
		}
	}
	for _, p := range ids {
		if err := s.follows(ctx, orderID, KindSquad, p, "memberIds"); err != nil {
			return View{}, err
		}
	}
	return s.act(ctx, orderID, KindSquad, m, in, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		q := Squad{Name: in.Name, Members: []Member{}}
		for _, personID := range ids {
			p, err := s.People.PersonIn(ctx, tx, personID)
			if err != nil {
				return nil, reference(err, "memberIds")
			}
			q.Members = append(q.Members, Member{ID: p.ID, Name: p.Name})
		}
		q.LeaderID, q.LeaderName = q.Members[0].ID, q.Members[0].Name
		return o.gather(e, &q, "")
	})
}

// Dissolve ends the squad.
func (s *Service) Dissolve(ctx context.Context, orderID, reason string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindSquad, m, []string{"dissolve", reason}, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		return o.gather(e, nil, reason)
	})
}

// Say tells the members of the squad something; it stands on the timeline.
func (s *Service) Say(ctx context.Context, orderID, note string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindSquadSay, m, note, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.say(e, note) })
}

// follows refuses to name somebody on an order who could not see it even then, or whom
// the actor may not name at all.
func (s *Service) follows(ctx context.Context, orderID string, k Kind, personID, field string) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return err
	}
	var o Order
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if o, err = s.seen(ctx, tx, actor, orderID); err != nil {
			return err
		}
		if err := may(actor, &o, k); err != nil || personID == actor.PersonID || o.Squad.Has(personID) || o.ownerID() == personID {
			return err
		}
		ok, err := s.People.MayName(ctx, tx, personID)
		if err == nil && !ok {
			err = fault.Field(field, "unknown_reference")
		}
		return err
	})
	if err != nil {
		return err
	}
	who, err := s.People.ActorOf(ctx, personID)
	if err != nil {
		return reference(err, field)
	}
	keys := o.Keys()
	keys.People = append(keys.People, personID)
	if !who.May(identity.OrderRead, keys) {
		return fault.Field(field, "order.cannot_see", "name", who.Name)
	}
	return nil
}

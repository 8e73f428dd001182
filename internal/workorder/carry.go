package workorder

import (
	"context"

	"wardline/internal/catalog"
	"wardline/internal/platform/db"
)

// Leg is what a step of carrying something says of itself. It names no patient.
type Leg struct {
	End        string `json:"end,omitempty" doc:"pick_up, take_over or deliver"`
	Outcome    string `json:"outcome,omitempty" doc:"Of a check: matched, mismatch or manual"`
	SecondID   string `json:"secondId,omitempty" doc:"Person who checked and signed too"`
	SecondName string `json:"secondName,omitempty"`
	Units      int    `json:"units,omitempty" doc:"Tubes or pieces that changed hands"`
	Missing    int    `json:"missing,omitempty"`
	Extra      int    `json:"extra,omitempty"`
	Arrived    bool   `json:"arrived,omitempty" doc:"The step was the arrival too"`
}

// Carrying is one step of an order that moves something.
type Carrying struct {
	Leg          Leg
	Reason, Note string
	PlaceID      string // where the step is to happen
	PlaceName    string
	Code         string // what was scanned there; it must belong to that place
	Sign         string // attachment with a signature
	SecondSign   string // attachment with that of the second person
	Hold         string // reason to wait that begins with the step
	Finish       *Work  // the work that ends with the step
}

// Carry records a step of whoever has the order. also decides on it and writes, in the
// same transaction, what the step changes outside the order.
func (s *Service) Carry(ctx context.Context, orderID string, k Kind, m Meta, body any, also func(*db.Tx, *Order, Env) (Carrying, error)) (View, error) {
	return s.act(ctx, orderID, k, m, body, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		if err := o.can(k); err != nil {
			return nil, err
		}
		if err := o.mine(e); err != nil {
			return nil, err
		}
		c, err := also(tx, o, e)
		if err != nil {
			return nil, err
		}
		e.PlaceID, e.PlaceName = c.PlaceID, c.PlaceName
		if c.Code != "" {
			target := Order{PlaceID: c.PlaceID, PlaceName: c.PlaceName}
			place, err := s.proof(ctx, tx, &target, c.Code)
			if err != nil {
				return nil, err
			}
			e.PlaceID, e.PlaceName = place.ID, place.Name
		}
		c.Leg.Arrived = k == KindPickUp && o.Status == Accepted
		f := Facts{Leg: &c.Leg, Reason: c.Reason, Note: c.Note, Sign: c.Sign, Scanned: c.Code != ""}
		if c.SecondSign != "" {
			f.Files = []string{c.SecondSign}
		}
		out := []Event{e.event(k, f)}
		var more []Event
		switch {
		case c.Hold != "":
			more, err = o.pause(e, c.Hold, c.Note, 0)
		case c.Finish != nil:
			more, err = s.handedOver(ctx, tx, o, e, c)
		}
		return append(out, more...), err
	})
}

// handedOver ends the order with the delivery: the signature given there answers every
// signature that the item demands at the end.
func (s *Service) handedOver(ctx context.Context, tx *db.Tx, o *Order, e Env, c Carrying) ([]Event, error) {
	item, err := s.Catalog.At(ctx, tx, o.ItemID, o.ItemVersion)
	if err != nil {
		return nil, err
	}
	w := *c.Finish
	w.Sign = c.Sign
	if w.Sign == "" {
		w.Sign = c.SecondSign
	}
	form := map[string]any{}
	for _, f := range item.Form {
		if f.Kind == catalog.Signature && f.FinishRequired && w.Sign != "" {
			form[f.Key] = w.Sign
			if c.SecondSign != "" {
				form[f.Key] = c.SecondSign
			}
		}
	}
	for k, v := range w.Form {
		form[k] = v
	}
	w.Form = form
	return s.ending(ctx, tx, o, e, w)
}

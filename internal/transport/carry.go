package transport

import (
	"context"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// CheckInput compares the patient at one end with the sheet: by the wristband, or by
// hand with a reason and a second person.
type CheckInput struct {
	End       string  `json:"end" enum:"pick_up,deliver"`
	Wristband string  `json:"wristband,omitempty" maxLength:"200" doc:"What was scanned; it is compared and not kept"`
	Reason    string  `json:"reason,omitempty" maxLength:"200" doc:"Why it is checked by hand"`
	Second    *Second `json:"second,omitempty"`
}

// step carries out a command on an order and its sheet, and returns the sheet.
func (s *Service) step(ctx context.Context, orderRef string, k workorder.Kind, m workorder.Meta, body any,
	change func(tx *db.Tx, sheet *Sheet, o *workorder.Order, e workorder.Env) (workorder.Carrying, error)) (View, error) {
	v, err := s.Orders.Carry(ctx, orderRef, k, m, body, func(tx *db.Tx, o *workorder.Order, e workorder.Env) (workorder.Carrying, error) {
		sheet, err := lockSheet(ctx, tx, o.ID)
		if err != nil {
			if db.IsMissing(err) {
				err = fault.New(fault.Conflict, "transport.no_sheet")
			}
			return workorder.Carrying{}, err
		}
		c, err := change(tx, &sheet, o, e)
		if err != nil {
			return c, err
		}
		return c, updateSheet(ctx, tx, &sheet)
	})
	if err != nil {
		return View{}, err
	}
	return s.Get(ctx, v.ID)
}

// Check compares the patient. A wristband of somebody else is said on the timeline and
// lets nothing change hands.
func (s *Service) Check(ctx context.Context, orderID string, in CheckInput, m workorder.Meta) (View, error) {
	said := []any{in.End, in.Reason, in.Second} // what the wristband says is not kept, not even hashed
	return s.step(ctx, orderID, workorder.KindCheck, m, said, func(tx *db.Tx, sheet *Sheet, _ *workorder.Order, e workorder.Env) (workorder.Carrying, error) {
		c := Check{End: in.End, At: e.At, ByID: e.ActorID, ByName: e.ActorName, Outcome: Mismatch}
		leg := workorder.Leg{End: in.End}
		if sheet.Kind != Patients {
			return workorder.Carrying{}, fault.New(fault.Conflict, "transport.no_patient")
		}
		if in.Wristband != "" {
			switch {
			case sheet.PatientKey == "":
				return workorder.Carrying{}, fault.Field("wristband", "transport.no_wristband")
			case matches(s.Key, sheet.PatientKey, in.Wristband):
				c.Outcome = Matched
			}
		} else {
			c.Outcome, c.Reason = Manual, strings.TrimSpace(in.Reason)
			if c.Reason == "" {
				return workorder.Carrying{}, fault.Field("reason", "transport.manual")
			}
			w, err := s.second(ctx, tx, in.Second, e.ActorID, false)
			if err != nil {
				return workorder.Carrying{}, err
			}
			c.SecondName, leg.SecondID, leg.SecondName = w.Name, w.ID, w.Name
		}
		leg.Outcome = c.Outcome
		sheet.Checks = append(sheet.Checks, c)
		return workorder.Carrying{Leg: leg, Reason: c.Reason}, nil
	})
}

// second returns the second person, who is somebody else and is known by number and
// name together: neither alone tells the other.
func (s *Service) second(ctx context.Context, tx *db.Tx, in *Second, porterID string, signed bool) (workorder.Worker, error) {
	if in == nil {
		return workorder.Worker{}, fault.Field("second", "transport.second")
	}
	w, err := s.Staff(ctx, tx, in.StaffNo)
	if db.IsMissing(err) || err == nil && w.Name != strings.TrimSpace(in.Name) {
		return w, fault.Field("second.staffNo", "transport.second_unknown")
	}
	if err != nil {
		return w, err
	}
	if w.ID == porterID {
		return w, fault.Field("second.staffNo", "transport.second_self")
	}
	if signed && in.Sign == "" {
		return w, fault.Field("second.sign", "transport.second_sign")
	}
	return w, nil
}

// hand makes the entry of a change of hands.
func (s *Service) hand(ctx context.Context, tx *db.Tx, in Hand, e workorder.Env, place string) (Handover, error) {
	h := Handover{At: e.At, ByID: e.ActorID, ByName: e.ActorName, PlaceName: place, Signed: in.Sign != "", Note: strings.TrimSpace(in.Note)}
	if in.Second == nil {
		return h, nil
	}
	w, err := s.second(ctx, tx, in.Second, e.ActorID, true)
	h.SecondID, h.SecondName, h.Signed = w.ID, w.Name, true
	return h, err
}

func (in *Hand) carrying(leg workorder.Leg) workorder.Carrying {
	c := workorder.Carrying{Leg: leg, Note: strings.TrimSpace(in.Note), Code: in.Code, Sign: in.Sign}
	if in.Second != nil {
		c.SecondSign = in.Second.Sign
	}
	return c
}

// PickUp takes over what the order moves, where it waits or from another porter.
func (s *Service) PickUp(ctx context.Context, orderID string, in Hand, m workorder.Meta) (View, error) {
	return s.step(ctx, orderID, workorder.KindPickUp, m, in, func(tx *db.Tx, sheet *Sheet, o *workorder.Order, e workorder.Env) (workorder.Carrying, error) {
		placeID, place := o.PlaceID, o.PlaceName
		if sheet.next(e.ActorID).Step == AtTakeOver {
			placeID, place = "", "" // wherever the two meet
		}
		h, err := s.hand(ctx, tx, in, e, place)
		if err != nil {
			return workorder.Carrying{}, err
		}
		leg, err := sheet.take(h, in)
		c := in.carrying(leg)
		c.PlaceID, c.PlaceName = placeID, place
		if placeID == "" {
			c.Code = ""
		}
		if err == nil && sheet.personal() && sheet.WipeAt == 0 && sheet.WipedAt == 0 { // tubes of which nothing was known before
			conf, found := settings(ctx, tx)
			sheet.WipeAt, err = e.At+conf.Body.KeepDays*clock.Day, found
		}
		return c, err
	})
}

// Delivery is what is shown where something is handed over at the end.
type Delivery struct {
	Hand
	Finish bool           `json:"finish,omitempty" doc:"The order ends with it"`
	Form   map[string]any `json:"form,omitempty" doc:"Answers that the item asks for at the end, but for signatures"`
}

// Deliver hands over what the order moves, and ends the order when that is all.
func (s *Service) Deliver(ctx context.Context, orderID string, in Delivery, remedy string, m workorder.Meta) (View, error) {
	return s.step(ctx, orderID, workorder.KindDeliver, m, in, func(tx *db.Tx, sheet *Sheet, _ *workorder.Order, e workorder.Env) (workorder.Carrying, error) {
		h, err := s.hand(ctx, tx, in.Hand, e, sheet.ToName)
		if err != nil {
			return workorder.Carrying{}, err
		}
		leg, err := sheet.give(h, in.Hand)
		c := in.carrying(leg)
		c.PlaceID, c.PlaceName = sheet.ToID, sheet.ToName
		if in.Finish {
			c.Finish = &workorder.Work{Remedy: remedy, Form: in.Form}
		}
		return c, err
	})
}

// Delay says why moving something takes longer; some reasons hold the order.
func (s *Service) Delay(ctx context.Context, orderID, code, note string, m workorder.Meta) (View, error) {
	return s.step(ctx, orderID, workorder.KindDelay, m, []string{code, note}, func(tx *db.Tx, sheet *Sheet, _ *workorder.Order, _ workorder.Env) (workorder.Carrying, error) {
		conf, err := settings(ctx, tx)
		if err != nil {
			return workorder.Carrying{}, err
		}
		for _, d := range conf.Body.Delays {
			if d.Code == code {
				sheet.Delay = code
				return workorder.Carrying{Reason: d.NameZh, Note: strings.TrimSpace(note), Hold: d.Hold}, nil
			}
		}
		return workorder.Carrying{}, fault.Field("reason", "bad_value")
	})
}

// Along returns the waiting jobs that lie on the way of an order the actor has in hand,
// the shortest detour first.
func (s *Service) Along(ctx context.Context, orderRef string) ([]OnTheWay, error) {
	mine, err := s.Orders.Get(ctx, orderRef)
	if err != nil {
		return nil, err
	}
	actor := identity.Of(ctx)
	if mine.AssigneeID != actor.PersonID {
		return nil, fault.New(fault.Conflict, "order.not_yours", "name", mine.AssigneeName)
	}
	inHand, _, err := s.Orders.List(ctx, workorder.Filter{AssigneeID: actor.PersonID, Open: true, Category: Categories()}, 50, "")
	if err != nil {
		return nil, err
	}
	pool, _, err := s.Orders.Page(ctx, workorder.Filter{Status: []workorder.Status{workorder.Pooled}, Category: Categories(), Sort: "due"}, 50, "")
	if err != nil {
		return nil, err
	}
	out := []OnTheWay{}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := s.along(ctx, tx, mine.ID, inHand, pool)
		out = append(out, list...)
		return err
	})
	return out, err
}

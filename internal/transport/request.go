package transport

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Request asks for something to be moved. From is the place of the report; means and
// the like are answers to the item's form, and so is to where the item asks for it.
type Request struct {
	workorder.Report
	ToID    string   `json:"toId,omitempty" maxLength:"40" doc:"Where to, for items whose form does not ask"`
	Patient *Patient `json:"patient,omitempty"`
	Codes   []string `json:"codes,omitempty" maxItems:"200" doc:"Barcodes of the tubes"`
}

// Made is what came of a request: an order, or a booking that becomes one in time.
type Made struct {
	Order   *workorder.View `json:"order,omitempty"`
	Booking *Booking        `json:"booking,omitempty"`
}

// beyond is what a request says beyond the report. In the digest of a repeated command
// the patient stands only as a keyed hash.
type beyond struct {
	patient  *Patient
	codes    []string
	returnOf string
	toID     string
	key      []byte
}

// MarshalJSON implements json.Marshaler.
func (b beyond) MarshalJSON() ([]byte, error) {
	raw, err := json.Marshal(b.patient)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, b.key)
	h.Write(append([]byte("request:"), raw...))
	return json.Marshal([]any{hex.EncodeToString(h.Sum(nil)), b.codes, b.returnOf, b.toID})
}

func (b beyond) extra(key []byte) Extra {
	x := Extra{Codes: clean(b.codes), ReturnOf: b.returnOf, ToID: b.toID}
	if p := b.patient; p != nil {
		x.PatientName, x.PatientBed = Mask(p.Name), p.Bed
		if p.Wristband != "" {
			x.PatientKey = wristbandKey(key, p.Wristband)
		}
	}
	return x
}

// Request makes the order of a move, or, when it is wanted later than the way takes, a
// booking that becomes the order in time.
func (s *Service) Request(ctx context.Context, r Request, m workorder.Meta) (Made, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderCreate); err != nil {
		return Made{}, err
	}
	var f fault.Fields
	if to := destination(r.Report, r.ToID); to != "" && to == r.PlaceID {
		f.Add("toId", "transport.same_place")
	}
	if len(clean(r.Codes)) != len(r.Codes) {
		f.Add("codes", "duplicate")
	}
	if err := f.Err(); err != nil {
		return Made{}, err
	}
	more := beyond{patient: r.Patient, codes: r.Codes, toID: r.ToID, key: s.Key}
	if wanted := bookedAt(r.Report); wanted > 0 {
		b, later, err := s.book(ctx, r, more, wanted, m)
		if err != nil || later {
			return Made{Booking: b}, err
		}
	}
	return s.order(ctx, r.Report, more, m)
}

func (s *Service) order(ctx context.Context, r workorder.Report, more beyond, m workorder.Meta) (Made, error) {
	if err := s.moves(ctx, r); err != nil {
		return Made{}, err
	}
	r.With = more
	o, err := s.Orders.Create(ctx, r, m)
	if err != nil {
		return Made{}, err
	}
	return Made{Order: &o}, nil
}

// moves refuses an item that moves nothing.
func (s *Service) moves(ctx context.Context, r workorder.Report) error {
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := s.Orders.CheckReport(ctx, tx, r)
		if err == nil && KindOf(o.ItemCode) == "" {
			err = fault.Field("itemId", "transport.moves_nothing")
		}
		return err
	})
}

// destination returns where a request wants something moved to.
func destination(r workorder.Report, otherwise string) string {
	if to, _ := r.Form["to"].(string); to != "" {
		return to
	}
	return otherwise
}

func bookedAt(r workorder.Report) int64 {
	switch v := r.Form["bookedAt"].(type) {
	case float64:
		return int64(v)
	case int64:
		return v
	}
	return r.WantedAt
}

// Return asks for what an order brought somewhere to be brought back: at once, or at a
// moment. Asked twice, it is the same order.
func (s *Service) Return(ctx context.Context, orderRef string, at int64, m workorder.Meta) (Made, error) {
	o, err := s.Orders.Get(ctx, orderRef)
	if err != nil {
		return Made{}, err
	}
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderCreate); err != nil {
		return Made{}, err
	}
	if !knows(actor, &o.Order) {
		return Made{}, fault.Denied()
	}
	var was Sheet
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { was, err = getSheet(ctx, tx, o.ID); return err }); err != nil {
		return Made{}, err
	}
	if was.ReturnID != "" {
		return Made{}, fault.New(fault.Conflict, "transport.return_made")
	}
	if was.ToID == "" || was.FromID == "" {
		return Made{}, fault.New(fault.Conflict, "transport.no_return")
	}
	form := map[string]any{}
	for k, v := range o.Form {
		if k != "bookedAt" && k != "place" {
			form[k] = v
		}
	}
	keep := Extra{PatientKey: was.PatientKey, PatientName: was.PatientName, PatientBed: was.PatientBed, ReturnOf: o.ID, ToID: was.FromID}
	if _, asked := o.Form["to"]; asked {
		form["to"] = was.FromID
	}
	r := workorder.Report{ItemID: o.ItemID, Symptom: o.Symptom, Form: form, PlaceID: was.ToID, DepartmentID: o.DepartmentID,
		ContactName: o.ContactName, ContactPhone: o.ContactPhone, Channel: workorder.ByDesk, WantedAt: at}
	if actor.PersonID == o.ReporterID {
		r.Channel = workorder.ByWeb
	}
	if at > 0 {
		form["bookedAt"] = float64(at)
	}
	if at > 0 {
		b, later, err := s.bookExtra(ctx, r, keep, at, m)
		if err != nil || later {
			return Made{Booking: b}, err
		}
	}
	r.With = keep
	v, err := s.Orders.Create(ctx, r, m)
	if err != nil {
		return Made{}, err
	}
	return Made{Order: &v}, nil
}

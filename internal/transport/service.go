package transport

import (
	"context"

	"wardline/internal/asset"
	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Deps are what the service works with.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Trail  *audit.Trail
	Org    *org.Service
	Orders *workorder.Service
	Assets *asset.Service
	Key    []byte // hashes wristbands
	// Way returns the seconds between two places; ok is false when one is unknown.
	Way func(ctx context.Context, tx *db.Tx, from, to string) (seconds int64, ok bool, err error)
	// Staff returns the active person with a staff number, or the not_found fault.
	Staff func(ctx context.Context, tx *db.Tx, staffNo string) (workorder.Worker, error)
	// Reasons returns the question whether there is such a reason to wait.
	Reasons func(ctx context.Context, tx *db.Tx) (func(code string) bool, error)
}

// Service keeps the sheets, bookings and loans. It is safe for concurrent use.
type Service struct{ Deps }

// New returns the service. Orders is set once it exists: it asks back at Reported and Guard.
func New(d Deps) *Service { return &Service{d} }

// View is a sheet as one person sees it.
type View struct {
	Sheet
	Patient *PatientView `json:"patient,omitempty" doc:"Only for whoever has the order, reported it or takes in"`
	Codes   []string     `json:"codes,omitempty" doc:"Barcodes to be picked up; shown like the patient"`
	Picked  []string     `json:"picked,omitempty"`
	Next    *Next        `json:"next,omitempty" doc:"For whoever has the order"`
}

// knows tells whether the actor is to know what the sheet tells of the patient.
func knows(actor *identity.Actor, o *workorder.Order) bool {
	if actor.PersonID != "" && (o.Open && o.AssigneeID == actor.PersonID || o.ReporterID == actor.PersonID || o.CreatorID == actor.PersonID) {
		return true
	}
	keys := o.Keys()
	keys.People = nil // somebody's own order is dealt with above
	return actor.May(identity.OrderIntake, keys)
}

func view(actor *identity.Actor, o *workorder.Order, s Sheet) View {
	v := View{Sheet: s}
	if s.Checks == nil {
		v.Checks = []Check{}
	}
	if s.Handovers == nil {
		v.Handovers = []Handover{}
	}
	if knows(actor, o) {
		v.Codes, v.Picked = s.Codes, s.Picked
		if s.PatientKey != "" || s.PatientName != "" || s.PatientBed != "" {
			v.Patient = &PatientView{Name: s.PatientName, Bed: s.PatientBed, Wristband: s.PatientKey != ""}
		}
	}
	if o.Open && o.AssigneeID == actor.PersonID {
		n := s.next(actor.PersonID)
		v.Next = &n
	}
	return v
}

// Get returns the sheet of an order that the actor may see.
func (s *Service) Get(ctx context.Context, orderRef string) (View, error) {
	o, err := s.Orders.Get(ctx, orderRef)
	if err != nil {
		return View{}, err
	}
	var sheet Sheet
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { sheet, err = getSheet(ctx, tx, o.ID); return err })
	if err != nil {
		return View{}, err
	}
	return view(identity.Of(ctx), &o.Order, sheet), nil
}

// Reported writes the sheet of a new order, in its transaction. Of items that move
// nothing it looks at the code alone.
func (s *Service) Reported(ctx context.Context, tx *db.Tx, o *workorder.Order, with any) error {
	if KindOf(o.ItemCode) == "" {
		return nil
	}
	conf, err := settings(ctx, tx)
	if err != nil {
		return err
	}
	var more Extra
	switch w := with.(type) {
	case Extra:
		more = w
	case beyond:
		more = w.extra(s.Key)
	}
	sheet := sheetOf(o, more, conf.Body.KeepDays*clock.Day)
	if sheet.ToID != "" {
		to, err := s.Org.Place(ctx, tx, sheet.ToID)
		if err != nil {
			return unknownTo(err, "toId")
		}
		sheet.ToName = to.FullName
	}
	if more.ReturnOf != "" {
		if err := s.linkReturn(ctx, tx, more.ReturnOf, more.BookingID, o.ID); err != nil {
			return err
		}
	}
	return insertSheet(ctx, tx, &sheet)
}

// linkReturn notes on the sheet of what was brought what brings it back. One thing does;
// was is what did until now.
func (s *Service) linkReturn(ctx context.Context, tx *db.Tx, orderID, was, is string) error {
	sheet, err := lockSheet(ctx, tx, orderID)
	if err != nil {
		return err
	}
	if sheet.ReturnID != was {
		return fault.New(fault.Conflict, "transport.return_made")
	}
	sheet.ReturnID = is
	return updateSheet(ctx, tx, &sheet)
}

// Guard refuses a command on an order by what its sheet demands.
func (s *Service) Guard(ctx context.Context, tx *db.Tx, o *workorder.Order, k workorder.Kind) error {
	if KindOf(o.ItemCode) == "" {
		return nil
	}
	switch k {
	case workorder.KindFinish, workorder.KindRemote:
		sheet, err := getSheet(ctx, tx, o.ID)
		if db.IsMissing(err) {
			return nil // older than the sheets
		}
		if err == nil && sheet.strict() && sheet.Step != Delivered {
			err = fault.New(fault.Conflict, "transport.deliver_first")
		}
		return err
	case workorder.KindGrab, workorder.KindAccept:
		return s.bagHasRoom(ctx, tx, o)
	}
	return nil
}

// bagHasRoom refuses one more job to who has as many in hand as the team takes on at once.
func (s *Service) bagHasRoom(ctx context.Context, tx *db.Tx, o *workorder.Order) error {
	conf, err := settings(ctx, tx)
	if err != nil {
		return err
	}
	most := conf.Body.bag(o.TeamID)
	if most == 0 {
		return nil
	}
	stints, err := s.Orders.WorkOf(ctx, tx, []string{identity.Of(ctx).PersonID}, s.Clock.Now())
	if err != nil {
		return err
	}
	n := int64(0)
	for _, w := range stints {
		if w.OrderID != o.ID && (w.Status == workorder.Accepted || w.Status == workorder.Working) {
			n++
		}
	}
	if n >= most {
		return fault.New(fault.Conflict, "transport.bag_full", "count", most)
	}
	return nil
}

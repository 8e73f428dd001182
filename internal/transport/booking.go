package transport

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// The states of a booking.
const (
	BookingWaiting   = "waiting"
	BookingReleased  = "released"
	BookingCancelled = "cancelled"
	BookingFailed    = "failed"
)

// Booking is a move for an appointment. It becomes an order as long before as the way
// takes and the hospital wants to be early.
type Booking struct {
	ID             string           `db:"id" json:"id"`
	State          string           `db:"state" json:"state" enum:"waiting,released,cancelled,failed"`
	Report         workorder.Report `db:"report,json" json:"-"`
	Extra          Extra            `db:"extra,json" json:"-"`
	ItemName       string           `db:"item_name" json:"itemName"`
	ItemNameEn     string           `db:"item_name_en" json:"itemNameEn"`
	FromName       string           `db:"from_name" json:"fromName"`
	ToName         string           `db:"to_name" json:"toName"`
	AppointmentAt  int64            `db:"appointment_at" json:"appointmentAt"`
	ReleaseAt      int64            `db:"release_at" json:"releaseAt"`
	WaySeconds     int64            `db:"way_seconds" json:"waySeconds"`
	OrderID        string           `db:"order_id" json:"orderId,omitempty"`
	Number         string           `db:"number" json:"number,omitempty"`
	Reason         string           `db:"reason" json:"reason,omitempty" doc:"Why it was cancelled, or could not become an order"`
	CampusID       string           `db:"campus_id" json:"campusId"`
	DepartmentID   string           `db:"department_id" json:"departmentId"`
	DepartmentName string           `db:"department_name" json:"departmentName"`
	TeamID         string           `db:"team_id" json:"teamId,omitempty"`
	VendorID       string           `db:"vendor_id" json:"-"`
	ReporterID     string           `db:"reporter_id" json:"-"`
	CreatorID      string           `db:"creator_id" json:"-"`
	CreatedAt      int64            `db:"created_at" json:"createdAt"`
}

// Keys say whose the booking is: whose its order would be.
func (b *Booking) Keys() identity.Keys {
	k := identity.Keys{Campus: b.CampusID, Department: b.DepartmentID, Vendor: b.VendorID}
	if b.TeamID != "" {
		k.Teams = []string{b.TeamID}
	}
	for _, p := range []string{b.ReporterID, b.CreatorID} {
		if p != "" {
			k.People = append(k.People, p)
		}
	}
	return k
}

// book makes a booking; later is false when the order has to be made now.
func (s *Service) book(ctx context.Context, r Request, more beyond, wanted int64, m workorder.Meta) (*Booking, bool, error) {
	return s.keep(ctx, r.Report, func() Extra { return more.extra(s.Key) }, []any{"booking", r.Report, more}, wanted, m)
}

func (s *Service) bookExtra(ctx context.Context, r workorder.Report, x Extra, wanted int64, m workorder.Meta) (*Booking, bool, error) {
	return s.keep(ctx, r, func() Extra { return x }, []any{"return", x.ReturnOf, wanted}, wanted, m)
}

func (s *Service) keep(ctx context.Context, r workorder.Report, extra func() Extra, said any, wanted int64, m workorder.Meta) (out *Booking, later bool, err error) {
	actor, now := identity.Of(ctx), s.Clock.Now()
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		o, err := s.Orders.CheckReport(ctx, tx, r)
		if err != nil {
			return err
		}
		if KindOf(o.ItemCode) == "" {
			return fault.Field("itemId", "transport.moves_nothing")
		}
		if wanted > now+180*clock.Day {
			return fault.Field("form.bookedAt", "order.wanted")
		}
		x := extra()
		b, err := s.booked(ctx, tx, &o, r, destination(r, x.ToID), wanted)
		if err != nil || b.ReleaseAt <= now {
			return err
		}
		later = true
		made, _, err := command.Do(ctx, tx, s.Clock, actor.PersonID, m.Key, said, func() (Booking, error) {
			b.ID, b.Extra, b.CreatedAt, b.CreatorID = id.New(), x, now, actor.PersonID
			b.Extra.BookingID = b.ID
			if b.Extra.ReturnOf != "" {
				if err := s.linkReturn(ctx, tx, b.Extra.ReturnOf, "", b.ID); err != nil {
					return b, err
				}
			}
			if err := insertBooking(ctx, tx, &b); err != nil {
				return b, err
			}
			return b, s.Trail.Record(ctx, tx, actor.Who(), "transport.book", "booking", b.ID, map[string]any{"appointment": wanted, "release": b.ReleaseAt})
		})
		out = &made
		return err
	})
	return out, later, err
}

// booked returns the booking that a checked report would be.
func (s *Service) booked(ctx context.Context, tx *db.Tx, o *workorder.Order, r workorder.Report, to string, wanted int64) (Booking, error) {
	conf, err := settings(ctx, tx)
	if err != nil {
		return Booking{}, err
	}
	b := Booking{State: BookingWaiting, Report: r, ItemName: o.ItemName, ItemNameEn: o.ItemNameEn, FromName: o.PlaceName, AppointmentAt: wanted,
		CampusID: o.CampusID, DepartmentID: o.DepartmentID, DepartmentName: o.DepartmentName, TeamID: o.TeamID, VendorID: o.VendorID, ReporterID: o.ReporterID}
	first(&b.FromName, o.DepartmentName)
	b.Report.WantedAt, b.Report.ReporterID, b.Report.DepartmentID = wanted, o.ReporterID, o.DepartmentID
	b.Report.ContactName, b.Report.ContactPhone = o.ContactName, o.ContactPhone
	if to != "" {
		place, err := s.Org.Place(ctx, tx, to)
		if err != nil {
			return b, unknownTo(err, "toId")
		}
		b.ToName = place.FullName
		if o.PlaceID != "" {
			if b.WaySeconds, _, err = s.Way(ctx, tx, o.PlaceID, to); err != nil {
				return b, err
			}
		}
	}
	b.ReleaseAt = wanted - b.WaySeconds*clock.Second - conf.Body.Buffer*clock.Minute
	return b, nil
}

// Bookings returns a page of the bookings that the actor may see, those that are
// released next first, and the next page's cursor.
func (s *Service) Bookings(ctx context.Context, state string, limit int, cursor string) ([]Booking, string, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return nil, "", err
	}
	q := actor.Scope(identity.OrderRead).Limit(db.NewQuery(), bookingScope).
		OrderBy(db.Order{Column: "release_at"}, db.Order{Column: "id", Text: true}).Limit(limit + 1)
	if state != "" {
		q.Where("state = ?", state)
	}
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	out := []Booking{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := listBookings(ctx, tx, q)
		out = append(out, list...)
		return err
	})
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	return out[:limit], db.Cursor(out[limit-1].ReleaseAt, out[limit-1].ID), nil
}

// CancelBooking ends a booking that is not wanted any more.
func (s *Service) CancelBooking(ctx context.Context, bookingID, reason string) (out Booking, err error) {
	actor := identity.Of(ctx)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		b, err := getBooking(ctx, tx, bookingID)
		if err != nil {
			return err
		}
		if !actor.May(identity.OrderRead, b.Keys()) {
			return fault.Missing()
		}
		own := actor.PersonID == b.ReporterID || actor.PersonID == b.CreatorID
		if !own && !actor.May(identity.OrderIntake, b.Keys()) {
			return fault.Denied()
		}
		if b.State != BookingWaiting {
			return fault.New(fault.Conflict, "transport.released", "number", b.Number)
		}
		if reason = strings.TrimSpace(reason); reason == "" {
			return fault.Field("reason", "required")
		}
		b.State, b.Reason = BookingCancelled, reason
		if err := s.unlink(ctx, tx, &b); err != nil {
			return err
		}
		if err := updateBooking(ctx, tx, &b); err != nil {
			return err
		}
		out = b
		return s.Trail.Record(ctx, tx, actor.Who(), "transport.cancel", "booking", b.ID, nil)
	})
	return out, err
}

// unlink lets what a booking was to bring back be asked for again, and forgets the patient.
func (s *Service) unlink(ctx context.Context, tx *db.Tx, b *Booking) error {
	from := b.Extra.ReturnOf
	b.Extra = Extra{}
	if from == "" {
		return nil
	}
	return s.linkReturn(ctx, tx, from, b.ID, "")
}

// portion is how many bookings or sheets one look deals with at most.
const portion = 100

// Release makes the order of every booking whose time has come. It may run anywhere at
// any time: each becomes one order.
func (s *Service) Release(ctx context.Context) error {
	for {
		var ids []string
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { ids, err = dueBookings(ctx, tx, s.Clock.Now(), portion); return err })
		if err != nil {
			return err
		}
		var failed error
		for _, one := range ids {
			if err := s.release(ctx, one); err != nil {
				failed = errors.Join(failed, fmt.Errorf("booking %s: %w", one, err)) // the others go on
			}
		}
		if failed != nil || len(ids) < portion {
			return failed
		}
	}
}

// release makes the order and closes the booking in two transactions: whatever comes
// between, the order is found again by its key.
func (s *Service) release(ctx context.Context, bookingID string) error {
	var b Booking
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) { b, err = getBooking(ctx, tx, bookingID); return err })
	if err != nil || b.State != BookingWaiting {
		return err
	}
	r := b.Report
	r.With = b.Extra
	o, err := s.Orders.CreateBooked(ctx, r, b.CreatorID, "booking:"+b.ID)
	state, reason := BookingReleased, ""
	if err != nil {
		f, ok := fault.Of(err)
		if !ok || f.Kind != fault.Invalid && f.Kind != fault.NotFound && f.Kind != fault.Conflict {
			return err
		}
		state, reason = BookingFailed, f.Code
		for _, field := range f.Fields {
			reason += " " + field.Field + ":" + field.Code
		}
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		b, err := getBooking(ctx, tx, bookingID)
		if err != nil || b.State != BookingWaiting {
			return err
		}
		b.State, b.Reason, b.OrderID, b.Number = state, reason, o.ID, o.Number
		if state == BookingFailed {
			if err := s.unlink(ctx, tx, &b); err != nil {
				return err
			}
		}
		b.Extra = Extra{} // the sheet has it now
		if err := updateBooking(ctx, tx, &b); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, identity.System("booking").Who(), "transport.release", "booking", b.ID, map[string]any{"number": o.Number, "outcome": state})
	})
}

// Wipe removes what is known of patients whose time is over. What an order that is still
// open needs stays for another day.
func (s *Service) Wipe(ctx context.Context) error {
	for {
		n := 0
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			now := s.Clock.Now()
			ids, err := dueWipes(ctx, tx, now, portion)
			if err != nil {
				return err
			}
			wiped := 0
			for _, orderID := range ids {
				sheet, err := lockSheet(ctx, tx, orderID)
				if err != nil {
					return err
				}
				open, err := s.Orders.IsOpen(ctx, tx, orderID)
				if err != nil && !db.IsMissing(err) {
					return err
				}
				if sheet.WipeAt = now + clock.Day; !open {
					sheet.wipe(now)
					wiped++
				}
				if err := updateSheet(ctx, tx, &sheet); err != nil {
					return err
				}
			}
			if n = len(ids); wiped == 0 {
				return nil
			}
			return s.Trail.Record(ctx, tx, identity.System("transport").Who(), "transport.wipe", "transport", "patients", map[string]any{"count": wiped})
		})
		if err != nil || n < portion {
			return err
		}
	}
}

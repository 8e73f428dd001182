package transport

import (
	"context"
	"strings"

	"wardline/internal/asset"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Loan is a thing of the register that a department has borrowed.
type Loan struct {
	ID             string `db:"id" json:"id"`
	AssetID        string `db:"asset_id" json:"assetId"`
	AssetNumber    string `db:"asset_number" json:"assetNumber"`
	AssetName      string `db:"asset_name" json:"assetName"`
	AssetClass     string `db:"asset_class" json:"assetClass"`
	DepartmentID   string `db:"department_id" json:"departmentId" doc:"Who has borrowed it"`
	DepartmentName string `db:"department_name" json:"departmentName"`
	PlaceID        string `db:"place_id" json:"placeId,omitempty" doc:"Where it was taken to"`
	PlaceName      string `db:"place_name" json:"placeName,omitempty"`
	Borrower       string `db:"borrower" json:"borrower,omitempty" doc:"Who took it"`
	Note           string `db:"note" json:"note,omitempty"`
	LentAt         int64  `db:"lent_at" json:"lentAt"`
	DueAt          int64  `db:"due_at" json:"dueAt"`
	LentBy         string `db:"lent_by" json:"-"`
	LentByName     string `db:"lent_by_name" json:"lentByName"`
	ReturnedAt     int64  `db:"returned_at" json:"returnedAt,omitempty" doc:"Absent while it is out"`
	ReturnedTo     string `db:"returned_to" json:"returnedTo,omitempty"`
	ReturnedName   string `db:"returned_name" json:"returnedName,omitempty" doc:"Where it was brought back to"`
	CampusID       string `db:"campus_id" json:"campusId"`
	OwnerID        string `db:"owner_id" json:"-"` // department it belongs to
	VendorID       string `db:"vendor_id" json:"-"`
}

// Sighting is where a thing was seen last.
type Sighting struct {
	AssetID      string `db:"asset_id" json:"assetId"`
	AssetNumber  string `db:"asset_number" json:"assetNumber"`
	AssetName    string `db:"asset_name" json:"assetName"`
	AssetClass   string `db:"asset_class" json:"assetClass"`
	PlaceID      string `db:"place_id" json:"placeId,omitempty"`
	PlaceName    string `db:"place_name" json:"placeName"`
	How          string `db:"how" json:"how" enum:"lent,returned,seen"`
	At           int64  `db:"at" json:"at"`
	ByID         string `db:"by_id" json:"-"`
	ByName       string `db:"by_name" json:"byName"`
	LoanID       string `db:"loan_id" json:"loanId,omitempty" doc:"The loan by which it is out"`
	CampusID     string `db:"campus_id" json:"-"`
	DepartmentID string `db:"department_id" json:"-"` // who has it
	OwnerID      string `db:"owner_id" json:"-"`
	VendorID     string `db:"vendor_id" json:"-"`
}

// LoanInput lends a thing.
type LoanInput struct {
	AssetID      string `json:"assetId,omitempty" maxLength:"64" doc:"One of assetId and code"`
	Code         string `json:"code,omitempty" maxLength:"200" doc:"What was scanned of its label"`
	DepartmentID string `json:"departmentId" minLength:"1" maxLength:"64"`
	PlaceID      string `json:"placeId,omitempty" maxLength:"64"`
	Borrower     string `json:"borrower,omitempty" maxLength:"60"`
	DueAt        int64  `json:"dueAt" doc:"Unix milliseconds"`
	Note         string `json:"note,omitempty" maxLength:"500"`
}

// thing returns the asset that is meant, when the actor may see it.
func (s *Service) thing(ctx context.Context, tx *db.Tx, assetID, code string) (asset.Asset, error) {
	field := "assetId"
	unknown := func(err error) error {
		if db.IsMissing(err) {
			return fault.Field(field, "unknown_reference")
		}
		return err
	}
	if code != "" {
		field = "code"
		found, err := s.Assets.Resolve(ctx, tx, code)
		if err != nil {
			return asset.Asset{}, unknown(err)
		}
		assetID = found.AssetID
	}
	if assetID == "" {
		return asset.Asset{}, fault.Field(field, "required")
	}
	a, err := s.Assets.Get(ctx, tx, assetID)
	if err != nil {
		return a, unknown(err)
	}
	if !identity.Of(ctx).May(identity.AssetRead, a.Keys()) {
		return a, fault.Field(field, "unknown_reference")
	}
	return a, nil
}

// Lend records that a department has borrowed a thing. What is out cannot be lent again.
func (s *Service) Lend(ctx context.Context, in LoanInput) (out Loan, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.LoanWrite); err != nil {
		return out, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := s.thing(ctx, tx, in.AssetID, in.Code)
		if err != nil {
			return err
		}
		if !actor.May(identity.LoanWrite, a.Keys()) {
			return fault.Denied()
		}
		now := s.Clock.Now()
		if in.DueAt <= now || in.DueAt > now+366*clock.Day {
			return fault.Field("dueAt", "transport.due")
		}
		d, err := s.Org.Department(ctx, tx, in.DepartmentID)
		if err != nil {
			return unknownTo(err, "departmentId")
		}
		place, err := s.place(ctx, tx, in.PlaceID)
		if err != nil {
			return err
		}
		was, lent, err := openLoan(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if lent {
			return fault.New(fault.Conflict, "transport.lent", "department", was.DepartmentName)
		}
		out = Loan{ID: id.New(), AssetID: a.ID, AssetNumber: a.Number, AssetName: a.Name, AssetClass: a.Class, DepartmentID: d.ID, DepartmentName: d.Name,
			PlaceID: place.ID, PlaceName: place.FullName, Borrower: strings.TrimSpace(in.Borrower), Note: strings.TrimSpace(in.Note), LentAt: now, DueAt: in.DueAt,
			LentBy: actor.PersonID, LentByName: actor.Name, CampusID: a.CampusID, OwnerID: a.DepartmentID, VendorID: a.VendorID}
		if err := insertLoan(ctx, tx, &out); err != nil {
			return err
		}
		spot := place.FullName
		first(&spot, d.Name)
		if err := s.sight(ctx, tx, &a, Sighting{PlaceID: place.ID, PlaceName: spot, How: "lent", LoanID: out.ID, DepartmentID: d.ID}); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "loan.lend", "loan", out.ID, map[string]any{"asset": a.Number, "department": d.Name, "due": in.DueAt})
	})
	return out, err
}

func unknownTo(err error, field string) error {
	if db.IsMissing(err) {
		return fault.Field(field, "unknown_reference")
	}
	return err
}

func (s *Service) place(ctx context.Context, tx *db.Tx, placeID string) (org.Place, error) {
	if placeID == "" {
		return org.Place{}, nil
	}
	p, err := s.Org.Place(ctx, tx, placeID)
	return p, unknownTo(err, "placeId")
}

// sight notes where a thing is now.
func (s *Service) sight(ctx context.Context, tx *db.Tx, a *asset.Asset, w Sighting) error {
	actor := identity.Of(ctx)
	w.AssetID, w.AssetNumber, w.AssetName, w.AssetClass = a.ID, a.Number, a.Name, a.Class
	w.At, w.ByID, w.ByName, w.CampusID, w.OwnerID, w.VendorID = s.Clock.Now(), actor.PersonID, actor.Name, a.CampusID, a.DepartmentID, a.VendorID
	return putSighting(ctx, tx, &w)
}

// Bring records that a thing has come back, and where to.
func (s *Service) Bring(ctx context.Context, loanID, placeID, note string) (out Loan, err error) {
	actor := identity.Of(ctx)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := lockLoan(ctx, tx, loanID)
		if err != nil {
			return err
		}
		if !l.seenBy(actor, identity.AssetRead) {
			return fault.Missing()
		}
		if !l.seenBy(actor, identity.LoanWrite) {
			return fault.Denied()
		}
		if l.ReturnedAt != 0 {
			return fault.New(fault.Conflict, "transport.returned")
		}
		place, err := s.place(ctx, tx, placeID)
		if err != nil {
			return err
		}
		if place.ID == "" {
			return fault.Field("placeId", "required")
		}
		l.ReturnedAt, l.ReturnedTo, l.ReturnedName = s.Clock.Now(), place.ID, place.FullName
		if note = strings.TrimSpace(note); note != "" {
			l.Note = strings.TrimSpace(l.Note + "\n" + note)
		}
		if err := updateLoan(ctx, tx, &l); err != nil {
			return err
		}
		a, err := s.Assets.Get(ctx, tx, l.AssetID)
		if err != nil {
			return err
		}
		if err := s.sight(ctx, tx, &a, Sighting{PlaceID: place.ID, PlaceName: place.FullName, How: "returned", DepartmentID: place.DepartmentID}); err != nil {
			return err
		}
		out = l
		return s.Trail.Record(ctx, tx, actor.Who(), "loan.return", "loan", l.ID, map[string]any{"asset": l.AssetNumber})
	})
	return out, err
}

// seenBy tells whether a permission covers the loan: by the borrower or by the owner.
func (l *Loan) seenBy(actor *identity.Actor, p identity.Permission) bool {
	k := identity.Keys{Campus: l.CampusID, Department: l.DepartmentID, Vendor: l.VendorID}
	owner := k
	owner.Department = l.OwnerID
	return actor.May(p, k) || actor.May(p, owner)
}

// Seen records where a thing was met.
func (s *Service) Seen(ctx context.Context, assetID, code, placeID string) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.LoanWrite); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := s.thing(ctx, tx, assetID, code)
		if err != nil {
			return err
		}
		place, err := s.place(ctx, tx, placeID)
		if err != nil {
			return err
		}
		if place.ID == "" {
			return fault.Field("placeId", "required")
		}
		l, out, err := openLoan(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		w := Sighting{PlaceID: place.ID, PlaceName: place.FullName, How: "seen", DepartmentID: place.DepartmentID}
		if out {
			w.LoanID, w.DepartmentID = l.ID, l.DepartmentID
		}
		return s.sight(ctx, tx, &a, w)
	})
}

// LoanFilter narrows a list of loans. Empty fields do not.
type LoanFilter struct {
	Out, Late    bool
	DepartmentID string
	Text         string
}

// Loans returns a page of the loans that the actor may see, those due first, and the
// next page's cursor.
func (s *Service) Loans(ctx context.Context, f LoanFilter, limit int, cursor string) ([]Loan, string, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetRead); err != nil {
		return nil, "", err
	}
	const outFirst = "CASE WHEN returned_at = 0 THEN due_at ELSE 9000000000000000 - returned_at END"
	q := actor.Scope(identity.AssetRead).Limit(db.NewQuery(), loanScope).
		OrderBy(db.Order{Column: outFirst}, db.Order{Column: "id", Text: true}).Limit(limit + 1)
	if f.Out || f.Late {
		q.Where("returned_at = 0")
	}
	if f.Late {
		q.Where("due_at < ?", s.Clock.Now())
	}
	if f.DepartmentID != "" {
		q.Where("department_id = ?", f.DepartmentID)
	}
	if t := strings.TrimSpace(f.Text); t != "" {
		named(q, t)
	}
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	out := []Loan{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error { list, err := listLoans(ctx, tx, q); out = append(out, list...); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	last := out[limit-1]
	at := last.DueAt
	if last.ReturnedAt > 0 {
		at = 9000000000000000 - last.ReturnedAt
	}
	return out[:limit], db.Cursor(at, last.ID), nil
}

// Whereabouts returns where things that the actor may see were seen last, the newest
// first, at most so many.
func (s *Service) Whereabouts(ctx context.Context, typed, class string, most int) ([]Sighting, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetRead); err != nil {
		return nil, err
	}
	q := actor.Scope(identity.AssetRead).Limit(db.NewQuery(), loanScope).
		OrderBy(db.Order{Column: "at", Desc: true}, db.Order{Column: "asset_id", Text: true}).Limit(most)
	if class != "" {
		q.Where("asset_class = ?", class)
	}
	if t := strings.TrimSpace(typed); t != "" {
		named(q, t)
	}
	out := []Sighting{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error { list, err := listSightings(ctx, tx, q); out = append(out, list...); return err })
	return out, err
}

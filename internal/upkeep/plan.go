package upkeep

import (
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/workorder"
)

// Work is what a plan's orders ask for.
type Work struct {
	ItemID       string         `db:"item_id" json:"itemId" minLength:"1" maxLength:"40"`
	Symptom      string         `db:"symptom" json:"symptom,omitempty" maxLength:"60"`
	Words        string         `db:"words" json:"words,omitempty" maxLength:"2000" doc:"What is to be done"`
	Form         map[string]any `db:"form,json" json:"form,omitempty" doc:"Answers to the item's form"`
	PlaceID      string         `db:"place_id" json:"placeId,omitempty" maxLength:"40"`
	AssetID      string         `db:"asset_id" json:"assetId,omitempty" maxLength:"40"`
	DepartmentID string         `db:"department_id" json:"departmentId,omitempty" maxLength:"40"`
	ContactName  string         `db:"contact_name" json:"contactName,omitempty" maxLength:"60"`
	ContactPhone string         `db:"contact_phone" json:"contactPhone,omitempty" maxLength:"30"`
}

func (w Work) report() workorder.Report {
	return workorder.Report{ItemID: w.ItemID, Symptom: w.Symptom, Words: w.Words, Form: w.Form, PlaceID: w.PlaceID, AssetID: w.AssetID,
		DepartmentID: w.DepartmentID, ContactName: w.ContactName, ContactPhone: w.ContactPhone}
}

// PlanInput is what may be said about a plan.
type PlanInput struct {
	Name   string `json:"name" minLength:"1" maxLength:"60"`
	Active bool   `json:"active" doc:"A plan that is not makes no orders"`
	Work
	Recurrence
	Lead     int   `json:"lead" minimum:"0" maximum:"43200" doc:"Minutes before the occurrence at which the order is made"`
	SkipOpen bool  `json:"skipOpen" doc:"Make no order while the one before is open"`
	CatchUp  bool  `json:"catchUp" doc:"Make up for every occurrence that was missed, not only for the last"`
	Version  int64 `json:"version,omitempty" doc:"Of the plan that was edited; absent for a new one"`
}

// Plan makes orders that recur.
type Plan struct {
	ID     string `db:"id" json:"id"`
	Name   string `db:"name" json:"name"`
	Active bool   `db:"active" json:"active"`
	Work
	Recurrence
	Lead     int64 `db:"lead" json:"lead"`
	SkipOpen bool  `db:"skip_open" json:"skipOpen"`
	CatchUp  bool  `db:"catch_up" json:"catchUp"`

	ItemName       string `db:"item_name" json:"itemName"`
	ItemNameEn     string `db:"item_name_en" json:"itemNameEn"`
	PlaceName      string `db:"place_name" json:"placeName,omitempty"`
	AssetName      string `db:"asset_name" json:"assetName,omitempty"`
	DepartmentName string `db:"department_name" json:"departmentName,omitempty"`
	CampusID       string `db:"campus_id" json:"campusId"`
	OwnerID        string `db:"owner_id" json:"-"` // department its orders belong to
	TeamID         string `db:"team_id" json:"teamId,omitempty"`
	VendorID       string `db:"vendor_id" json:"vendorId,omitempty"`

	Cursor  int64 `db:"cursor" json:"-"` // planned moment of the next occurrence; 0 is none
	NextAt  int64 `db:"next_at" json:"nextAt,omitempty" doc:"The next occurrence; absent when there is none"`
	DueAt   int64 `db:"due_at" json:"-"`  // when it is to be settled
	Settled int64 `db:"settled" json:"-"` // planned moment of the last occurrence settled

	Made        int64  `db:"made" json:"made" doc:"Orders made so far"`
	LastOrderID string `db:"last_order_id" json:"lastOrderId,omitempty"`
	LastNumber  string `db:"last_number" json:"lastNumber,omitempty"`
	LastOutcome string `db:"last_outcome" json:"lastOutcome,omitempty" enum:",made,date,offday,missed,open,failed"`
	Version     int64  `db:"version" json:"version"`
	CreatedBy   string `db:"created_by" json:"-"`
	CreatedAt   int64  `db:"created_at" json:"createdAt"`
	UpdatedAt   int64  `db:"updated_at" json:"updatedAt"`
}

// Keys say to whom the plan belongs: to whom its orders would.
func (p *Plan) Keys() identity.Keys {
	k := identity.Keys{Campus: p.CampusID, Department: p.OwnerID, Vendor: p.VendorID}
	if p.TeamID != "" {
		k.Teams = []string{p.TeamID}
	}
	return k
}

// belongsTo takes over what an order made now would be.
func (p *Plan) belongsTo(o *workorder.Order) {
	p.ItemName, p.ItemNameEn, p.PlaceName, p.AssetName, p.DepartmentName = o.ItemName, o.ItemNameEn, o.PlaceName, o.AssetName, o.DepartmentName
	p.CampusID, p.OwnerID, p.TeamID, p.VendorID = o.CampusID, o.DepartmentID, o.TeamID, o.VendorID
}

// point sets the plan to the first occurrence planned after a moment.
func (p *Plan) point(r rules, moment int64, workday func(time.Time) bool) {
	p.Cursor, p.NextAt, p.DueAt = 0, 0, 0
	if next := r.after(moment, 1, workday); len(next) > 0 {
		p.Cursor, p.NextAt = next[0].Planned, next[0].At
		p.DueAt = next[0].At - p.Lead*clock.Minute
	}
}

// Outcomes of an occurrence besides the reasons for which it makes no order.
const (
	OutcomeMade   = "made"
	OutcomeFailed = "failed"
)

// Run is what became of one occurrence.
type Run struct {
	PlanID     string `db:"plan_id" json:"-"`
	Planned    int64  `db:"planned_at" json:"planned"`
	At         int64  `db:"at" json:"at"`
	Outcome    string `db:"outcome" json:"outcome" enum:"made,date,offday,missed,open,failed"`
	Reason     string `db:"reason" json:"reason,omitempty" doc:"Why it failed: the code of the fault and the fields"`
	OrderID    string `db:"order_id" json:"orderId,omitempty"`
	Number     string `db:"number" json:"number,omitempty"`
	RecordedAt int64  `db:"recorded_at" json:"recordedAt"`
}

package classify

import (
	"slices"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Problem is a fault that keeps coming back: its cause is looked for once, instead of
// the symptom again and again.
type Problem struct {
	ID             string   `db:"id" json:"id"`
	Subject        string   `db:"subject" json:"-"` // asset, or place and item
	ItemID         string   `db:"item_id" json:"itemId"`
	ItemName       string   `db:"item_name" json:"itemName"`
	ItemNameEn     string   `db:"item_name_en" json:"itemNameEn"`
	AssetID        string   `db:"asset_id" json:"assetId,omitempty"`
	AssetName      string   `db:"asset_name" json:"assetName,omitempty"`
	PlaceID        string   `db:"place_id" json:"placeId,omitempty"`
	PlaceName      string   `db:"place_name" json:"placeName,omitempty"`
	CampusID       string   `db:"campus_id" json:"campusId"`
	DepartmentID   string   `db:"department_id" json:"departmentId"`
	DepartmentName string   `db:"department_name" json:"departmentName"`
	TeamID         string   `db:"team_id" json:"teamId,omitempty"`
	VendorID       string   `db:"vendor_id" json:"-"`
	Orders         []string `db:"orders,json" json:"-"` // ids, the newest last; told only to those who may see each
	Repeats        int64    `db:"repeats" json:"repeats" doc:"Reports within seven days, at most"`
	Cause          string   `db:"cause" json:"cause,omitempty"`
	Action         string   `db:"action" json:"action,omitempty"`
	OpenedAt       int64    `db:"opened_at" json:"openedAt"`
	UpdatedAt      int64    `db:"updated_at" json:"updatedAt"`
	ClosedAt       int64    `db:"closed_at" json:"closedAt,omitempty"`
	ClosedBy       string   `db:"closed_by" json:"closedBy,omitempty"`
	Version        int64    `db:"version" json:"version"`
}

// Keys say whose the problem is.
func (p *Problem) Keys() identity.Keys {
	k := identity.Keys{Campus: p.CampusID, Department: p.DepartmentID, Vendor: p.VendorID}
	if p.TeamID != "" {
		k.Teams = []string{p.TeamID}
	}
	return k
}

// subjectOf names what keeps failing: the asset, or the item at the place; empty when
// an order names neither.
func subjectOf(o *workorder.Order) string {
	switch {
	case o.AssetID != "":
		return "asset:" + o.AssetID
	case o.PlaceID != "":
		return "place:" + o.PlaceID + ":" + o.ItemID
	}
	return ""
}

// problemOf begins the record of what an order shows to keep failing.
func problemOf(o *workorder.Order, id string, now int64) Problem {
	return Problem{ID: id, Subject: subjectOf(o), ItemID: o.ItemID, ItemName: o.ItemName, ItemNameEn: o.ItemNameEn, AssetID: o.AssetID, AssetName: o.AssetName,
		PlaceID: o.PlaceID, PlaceName: o.PlaceName, CampusID: o.CampusID, DepartmentID: o.DepartmentID, DepartmentName: o.DepartmentName,
		TeamID: o.TeamID, VendorID: o.VendorID, Orders: []string{}, OpenedAt: now, UpdatedAt: now, Version: 1}
}

// mostOrdersOf is how many orders a problem remembers.
const mostOrdersOf = 50

// add notes one more order; it tells whether it was new.
func (p *Problem) add(orderID string, repeats, now int64) bool {
	if slices.Contains(p.Orders, orderID) {
		return false
	}
	p.Orders = append(p.Orders, orderID)
	if n := len(p.Orders); n > mostOrdersOf {
		p.Orders = p.Orders[n-mostOrdersOf:]
	}
	p.Repeats, p.UpdatedAt = max(p.Repeats, repeats), now
	return true
}

// Finding is what is found out about a problem.
type Finding struct {
	Version int64  `json:"version,omitempty" doc:"Version the caller saw"`
	Cause   string `json:"cause,omitempty" maxLength:"2000"`
	Action  string `json:"action,omitempty" maxLength:"2000" doc:"What keeps it from coming back"`
	Close   bool   `json:"close,omitempty"`
}

// find changes a problem by a finding; closing wants both a cause and an action.
func (p *Problem) find(in Finding, who string, now int64) error {
	if p.ClosedAt > 0 {
		return fault.New(fault.Conflict, "classify.closed")
	}
	if in.Version != 0 && in.Version != p.Version {
		return fault.New(fault.Conflict, "conflict", "version", p.Version)
	}
	p.Cause, p.Action = strings.TrimSpace(in.Cause), strings.TrimSpace(in.Action)
	var f fault.Fields
	if in.Close {
		if p.Cause == "" {
			f.Add("cause", "required")
		}
		if p.Action == "" {
			f.Add("action", "required")
		}
		p.ClosedAt, p.ClosedBy = now, who
	}
	p.UpdatedAt, p.Version = now, p.Version+1
	return f.Err()
}

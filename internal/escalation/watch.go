package escalation

import (
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Watch is an order under the eyes of a supervisor, with somebody who answers for it.
type Watch struct {
	ID      string `db:"id" json:"id"`
	OrderID string `db:"order_id" json:"orderId"`
	Number  string `db:"number" json:"number"`
	Item    string `db:"item" json:"item"`
	ItemEn  string `db:"item_en" json:"itemEn"`
	Place   string `db:"place" json:"place,omitempty"`

	CampusID     string `db:"campus_id" json:"campusId"`
	DepartmentID string `db:"department_id" json:"-"`
	TeamID       string `db:"team_id" json:"teamId,omitempty"`
	VendorID     string `db:"vendor_id" json:"-"`

	Reason       string `db:"reason" json:"reason"`
	FollowerID   string `db:"follower_id" json:"followerId"`
	FollowerName string `db:"follower_name" json:"followerName"`
	ByID         string `db:"by_id" json:"byId"`
	ByName       string `db:"by_name" json:"byName"`
	StartedAt    int64  `db:"started_at" json:"startedAt"`
	DueAt        int64  `db:"due_at" json:"dueAt" doc:"When it is to be done"`
	Every        int64  `db:"every" json:"every" doc:"Minutes between notes of progress"`
	NextAt       int64  `db:"next_at" json:"nextAt" doc:"When the next note of progress is due"`
	Chased       int64  `db:"chased" json:"chased" doc:"Reminders since the last note"`
	Late         bool   `db:"late" json:"late" doc:"Was not done when due"`
	EndedAt      int64  `db:"ended_at" json:"endedAt,omitempty"`
	EndedBy      string `db:"ended_by" json:"endedBy,omitempty"`
	Conclusion   string `db:"conclusion" json:"conclusion,omitempty"`
	Version      int64  `db:"version" json:"version"`
}

// Progress is a follower's note on a watch.
type Progress struct {
	ID      string `db:"id" json:"id"`
	WatchID string `db:"watch_id" json:"-"`
	At      int64  `db:"at" json:"at"`
	ByID    string `db:"by_id" json:"byId"`
	ByName  string `db:"by_name" json:"byName"`
	Note    string `db:"note" json:"note"`
}

// WatchInput is what a supervisor says when putting an order under watch.
type WatchInput struct {
	Reason     string `json:"reason" maxLength:"200"`
	FollowerID string `json:"followerId" minLength:"1" maxLength:"40" doc:"Who answers for it"`
	DueAt      int64  `json:"dueAt" doc:"When it is to be done, Unix milliseconds"`
	Every      int    `json:"every" minimum:"10" maximum:"10080" doc:"Minutes between notes of progress"`
}

// Keys say to whom the watch belongs: to whom its order does.
func (w *Watch) Keys() identity.Keys {
	k := identity.Keys{Campus: w.CampusID, Department: w.DepartmentID, Vendor: w.VendorID}
	if w.TeamID != "" {
		k.Teams = []string{w.TeamID}
	}
	return k
}

func (w *Watch) about(o *workorder.Order) (changed bool) {
	was := *w
	w.OrderID, w.Number, w.Item, w.ItemEn, w.Place = o.ID, o.Number, o.ItemName, o.ItemNameEn, o.PlaceName
	w.CampusID, w.DepartmentID, w.TeamID, w.VendorID = o.CampusID, o.DepartmentID, o.TeamID, o.VendorID
	return was != *w
}

// check refuses a watch that could not be kept.
func (in *WatchInput) check(now int64) error {
	var f fault.Fields
	in.Reason = words(&f, "reason", in.Reason, true)
	if in.DueAt <= now || in.DueAt > now+90*clock.Day {
		f.Add("dueAt", "order.until")
	}
	return f.Err()
}

// progress records that the follower has told how it goes.
func (w *Watch) progress(now int64) error {
	if w.EndedAt > 0 {
		return fault.New(fault.Conflict, "escalation.watch_over")
	}
	w.NextAt, w.Chased = now+w.Every*clock.Minute, 0
	w.Version++
	return nil
}

package escalation

import (
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// ReportKind says why a report is owed.
type ReportKind string

// The kinds of report.
const (
	SameDay        ReportKind = "same_day"
	FirstReport    ReportKind = "h12"
	SecondReport   ReportKind = "h24"
	IncidentReport ReportKind = "incident"
)

// ReportState says where a report stands.
type ReportState string

// The states of a report.
const (
	Owed      ReportState = "open"
	Submitted ReportState = "submitted"
	Returned  ReportState = "returned"
	Closed    ReportState = "closed"
)

// Form is what the owner writes.
type Form struct {
	What     string `json:"what" maxLength:"2000" doc:"What happened"`
	Why      string `json:"why" maxLength:"2000" doc:"Why it takes so long"`
	Impact   string `json:"impact,omitempty" maxLength:"2000" doc:"Whom it affects, and how"`
	Measures string `json:"measures,omitempty" maxLength:"2000" doc:"What is being done, and until when"`
}

// Report is an explanation that somebody owes.
type Report struct {
	ID       string     `db:"id" json:"id"`
	Kind     ReportKind `db:"kind" json:"kind" enum:"same_day,h12,h24,incident"`
	Subject  string     `db:"subject" json:"-"`
	Base     int64      `db:"base" json:"-"`
	OrderID  string     `db:"order_id" json:"orderId"`
	Number   string     `db:"number" json:"number"`
	Item     string     `db:"item" json:"item"`
	ItemEn   string     `db:"item_en" json:"itemEn"`
	Place    string     `db:"place" json:"place,omitempty"`
	Team     string     `db:"team" json:"team,omitempty"`
	Priority string     `db:"priority" json:"priority"`

	CampusID     string `db:"campus_id" json:"campusId"`
	DepartmentID string `db:"department_id" json:"-"`
	TeamID       string `db:"team_id" json:"teamId,omitempty"`
	VendorID     string `db:"vendor_id" json:"-"`

	OwnerID   string      `db:"owner_id" json:"ownerId,omitempty"`
	OwnerName string      `db:"owner_name" json:"ownerName,omitempty"`
	State     ReportState `db:"state" json:"state" enum:"open,submitted,returned,closed"`
	OpenedAt  int64       `db:"opened_at" json:"openedAt" doc:"When it became owed"`
	DueAt     int64       `db:"due_at" json:"dueAt"`
	Late      bool        `db:"late" json:"late" doc:"Was not written in time"`
	Chased    int64       `db:"chased" json:"chased" doc:"How often the owner was reminded"`

	Form          Form   `db:"form,json" json:"form"`
	SubmittedBy   string `db:"submitted_by" json:"-"`
	SubmittedName string `db:"submitted_name" json:"submittedName,omitempty"`
	SubmittedAt   int64  `db:"submitted_at" json:"submittedAt,omitempty"`
	Review        string `db:"review" json:"review,omitempty"`
	RootCause     string `db:"root_cause" json:"rootCause,omitempty"`
	ReviewedBy    string `db:"reviewed_by" json:"-"`
	ReviewedName  string `db:"reviewed_name" json:"reviewedName,omitempty"`
	ReviewedAt    int64  `db:"reviewed_at" json:"reviewedAt,omitempty"`
	Version       int64  `db:"version" json:"version"`
}

// Action is something to be done so that it does not happen again.
type Action struct {
	ID        string `db:"id" json:"id"`
	ReportID  string `db:"report_id" json:"reportId"`
	What      string `db:"what" json:"what"`
	OwnerID   string `db:"owner_id" json:"ownerId"`
	OwnerName string `db:"owner_name" json:"ownerName"`
	DueAt     int64  `db:"due_at" json:"dueAt"`
	Chased    int64  `db:"chased" json:"chased"`
	DoneAt    int64  `db:"done_at" json:"doneAt,omitempty"`
	DoneNote  string `db:"done_note" json:"doneNote,omitempty"`
	CreatedBy string `db:"created_by" json:"-"`
	CreatedAt int64  `db:"created_at" json:"createdAt"`
}

// Keys say to whom the report belongs: to whom its order does, and to its owner.
func (r *Report) Keys() identity.Keys {
	k := identity.Keys{Campus: r.CampusID, Department: r.DepartmentID, Vendor: r.VendorID}
	if r.TeamID != "" {
		k.Teams = []string{r.TeamID}
	}
	return k
}

// about takes over what the report says of its order.
func (r *Report) about(o *workorder.Order) (changed bool) {
	was := *r
	r.OrderID, r.Number, r.Item, r.ItemEn, r.Place, r.Team, r.Priority = o.ID, o.Number, o.ItemName, o.ItemNameEn, o.PlaceName, o.TeamName, o.Priority
	r.CampusID, r.DepartmentID, r.TeamID, r.VendorID = o.CampusID, o.DepartmentID, o.TeamID, o.VendorID
	return was != *r
}

// pending tells whether the owner still has to write.
func (r *Report) pending() bool { return r.State == Owed || r.State == Returned }

func words(f *fault.Fields, field, v string, required bool) string {
	v = strings.TrimSpace(v)
	if required && v == "" {
		f.Add(field, "required")
	}
	return v
}

// submit takes over what the owner wrote.
func (r *Report) submit(who *identity.Actor, in Form, now int64) error {
	if !r.pending() {
		return fault.New(fault.Conflict, "escalation.report_state", "state", string(r.State))
	}
	var f fault.Fields
	in.What, in.Why = words(&f, "what", in.What, true), words(&f, "why", in.Why, true)
	in.Impact = words(&f, "impact", in.Impact, r.Kind == IncidentReport)
	in.Measures = words(&f, "measures", in.Measures, r.Kind != SameDay)
	if err := f.Err(); err != nil {
		return err
	}
	r.Form, r.State = in, Submitted
	r.Late = r.Late || now > r.DueAt
	r.SubmittedBy, r.SubmittedName, r.SubmittedAt = who.PersonID, who.Name, now
	return nil
}

// Verdict is what the manager makes of a report.
type Verdict struct {
	Accept    bool   `json:"accept" doc:"false sends it back to its owner"`
	Note      string `json:"note,omitempty" maxLength:"2000"`
	RootCause string `json:"rootCause,omitempty" maxLength:"1000"`
}

// review closes the report or sends it back; nobody reviews what they wrote.
func (r *Report) review(who *identity.Actor, v Verdict, now, dueAgain int64) error {
	if r.State != Submitted {
		return fault.New(fault.Conflict, "escalation.report_state", "state", string(r.State))
	}
	if r.SubmittedBy == who.PersonID {
		return fault.New(fault.Conflict, "escalation.own_report")
	}
	var f fault.Fields
	v.Note = words(&f, "note", v.Note, !v.Accept)
	v.RootCause = words(&f, "rootCause", v.RootCause, v.Accept && r.Kind != SameDay)
	if err := f.Err(); err != nil {
		return err
	}
	r.Review, r.RootCause = v.Note, v.RootCause
	r.ReviewedBy, r.ReviewedName, r.ReviewedAt = who.PersonID, who.Name, now
	r.State = Closed
	if !v.Accept {
		r.State, r.DueAt, r.Chased = Returned, dueAgain, 0
	}
	return nil
}

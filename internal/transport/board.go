package transport

import (
	"context"

	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// Move is one line of the transport board: an order with its sheet, without anything of
// the patient.
type Move struct {
	ID           string           `json:"id"`
	Number       string           `json:"number"`
	Version      int64            `json:"version"`
	Status       workorder.Status `json:"status" enum:"reported,queued,pooled,assigned,accepted,working,held,finished,confirmed,closed,cancelled,merged"`
	Priority     string           `json:"priority" enum:"P1,P2,P3,P4,T0,T1,T2"`
	ItemName     string           `json:"itemName"`
	ItemNameEn   string           `json:"itemNameEn"`
	Department   string           `json:"departmentName"`
	TeamID       string           `json:"teamId,omitempty"`
	TeamName     string           `json:"teamName,omitempty"`
	AssigneeID   string           `json:"assigneeId,omitempty"`
	AssigneeName string           `json:"assigneeName,omitempty"`
	ReportedAt   int64            `json:"reportedAt"`
	FinishDue    int64            `json:"finishDue,omitempty"`
	Overdue      string           `json:"overdue,omitempty"`
	Urges        int              `json:"urges"`
	Sheet        *Sheet           `json:"sheet,omitempty" doc:"Absent for orders older than the sheets"`
}

// The parts of the board.
const (
	PartWaiting = "waiting"
	PartOnWay   = "way"
	PartLate    = "late"
)

// Wanted narrows the board. Empty fields do not.
type Wanted struct {
	Part       string
	TeamID     string
	ZoneID     string // place in or below which moves begin
	AssigneeID string
}

// Board returns a page of the open moves that the actor may see, the most pressing
// first, and the next page's cursor.
func (s *Service) Board(ctx context.Context, w Wanted, limit int, cursor string) ([]Move, string, error) {
	f := workorder.Filter{Open: true, Category: Categories(), TeamID: w.TeamID, AssigneeID: w.AssigneeID, Sort: "due"}
	switch w.Part {
	case PartWaiting:
		f.Status = []workorder.Status{workorder.Reported, workorder.Queued, workorder.Pooled, workorder.Assigned}
	case PartOnWay:
		f.Status = []workorder.Status{workorder.Accepted, workorder.Working, workorder.Held}
	case PartLate:
		f.Overdue = true
	}
	if w.ZoneID != "" {
		err := s.DB.Read(ctx, func(tx *db.Tx) error {
			below, err := s.Org.PlacesBelow(ctx, tx, w.ZoneID)
			f.Places = append(below, w.ZoneID)
			return err
		})
		if err != nil {
			return nil, "", err
		}
	}
	list, next, err := s.Orders.List(ctx, f, limit, cursor)
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	var sheets map[string]Sheet
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { sheets, err = sheetsOf(ctx, tx, ids); return err }); err != nil {
		return nil, "", err
	}
	out := make([]Move, len(list))
	for i := range list {
		o := &list[i]
		out[i] = Move{ID: o.ID, Number: o.Number, Version: o.Version, Status: o.Status, Priority: o.Priority, ItemName: o.ItemName, ItemNameEn: o.ItemNameEn,
			Department: o.DepartmentName, TeamID: o.TeamID, TeamName: o.TeamName, AssigneeID: o.AssigneeID, AssigneeName: o.AssigneeName,
			ReportedAt: o.ReportedAt, FinishDue: o.Deadlines.Finish, Overdue: o.Overdue, Urges: o.Urges}
		if sheet, ok := sheets[o.ID]; ok {
			if sheet.Checks == nil {
				sheet.Checks = []Check{}
			}
			if sheet.Handovers == nil {
				sheet.Handovers = []Handover{}
			}
			out[i].Sheet = &sheet
		}
	}
	return out, next, nil
}

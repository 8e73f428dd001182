package workorder

import (
	"context"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
)

// Filter narrows a list of orders. Empty fields do not narrow it.
type Filter struct {
	Status       []Status
	Open         bool // only open ones
	Priority     []string
	CampusID     string
	DepartmentID string
	PlaceID      string
	AssetID      string
	ItemID       string
	TeamID       string
	AssigneeID   string
	ReporterID   string
	TaskTeams    []string // with an open task of one of the teams
	TaskHolderID string   // with an open task that the person has
	CallBack     string   // due, done, failed
	BatchID      string
	IncidentID   string
	NoIncident   bool     // only those that are part of none
	OnItsOwn     bool     // only those that do not wait for an incident's end
	Category     []string // first letters of the item's code
	Places       []string // any of these
	Overdue      bool     // at least one clock ran out
	Watched      bool     // under a supervisor's watch
	CategoryID   string   // of the catalogue
	Mine         bool     // the actor's own, and those of the actor's teams
	Nobody       bool     // nobody has it
	Urged        bool
	DueSoon      bool   // a clock that runs ends within soonMinutes
	Text         string // words, number, place, contact; Chinese of any length
	From, To     int64  // reported, Unix milliseconds, To exclusive
	Sort         string // new (default), due or urgent (open ones, the most pressing first; urgent counts urges)
}

// List returns a page of the orders that the actor may see, and the next page's cursor.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) ([]Order, string, error) {
	q, err := s.query(ctx, identity.OrderRead, f)
	if err != nil {
		return nil, "", err
	}
	if f.Sort == "urgent" {
		q.Where("o.open").OrderBy(db.Order{Column: urgency}, db.Order{Column: "o.id", Text: true})
	} else if f.Sort == "due" {
		q.Where("o.open").OrderBy(db.Order{Column: "o.finish_due"}, db.Order{Column: "o.id", Text: true})
	} else {
		q.OrderBy(db.Order{Column: "o.id", Desc: true, Text: true})
	}
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	q.Limit(limit + 1)
	var out []Order
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = list(ctx, tx, q); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	out = out[:limit]
	last := out[limit-1]
	switch f.Sort {
	case "urgent":
		return out, db.Cursor(last.urgency(), last.ID), nil
	case "due":
		return out, db.Cursor(last.Deadlines.Finish, last.ID), nil
	}
	return out, db.Cursor(last.ID), nil
}

// Some returns those of the orders with these ids that the actor may see, the oldest first.
func (s *Service) Some(ctx context.Context, ids []string) (out []Order, err error) {
	if len(ids) == 0 {
		return []Order{}, nil
	}
	q, err := s.query(ctx, identity.OrderRead, Filter{})
	if err != nil {
		return nil, err
	}
	q.In("o.id", ids...).OrderBy(db.Order{Column: "o.id", Text: true})
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = list(ctx, tx, q); return err })
	return out, err
}

// Count returns how many orders the filter selects for the actor.
func (s *Service) Count(ctx context.Context, f Filter) (n int64, err error) {
	q, err := s.query(ctx, identity.OrderRead, f)
	if err != nil {
		return 0, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { n, err = count(ctx, tx, q); return err })
	return n, err
}

// Each hands over every order the filter selects for the actor, newest first; for exports.
func (s *Service) Each(ctx context.Context, f Filter, most int, use func(*Order) error) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderExport); err != nil {
		return err
	}
	q, err := s.query(ctx, identity.OrderExport, f)
	if err != nil {
		return err
	}
	actor.Scope(identity.OrderRead).Limit(q, columns)
	q.OrderBy(db.Order{Column: "o.id", Desc: true, Text: true}).Limit(most)
	return s.DB.Read(ctx, func(tx *db.Tx) error { return each(ctx, tx, q, use) })
}

// Tallies counts the open orders that the actor may see.
func (s *Service) Tallies(ctx context.Context, f Filter) (out []Tally, err error) {
	f.Open = true
	q, err := s.query(ctx, identity.OrderRead, f)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = tally(ctx, tx, q); return err })
	return out, err
}

func (s *Service) query(ctx context.Context, p identity.Permission, f Filter) (*db.Query, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(p); err != nil {
		return nil, err
	}
	q := actor.Scope(p).Limit(db.NewQuery(), columns)
	if err := s.narrow(q, f); err != nil {
		return nil, err
	}
	return q, s.narrowBoard(ctx, q, f)
}

// narrow adds the filter's conditions.
func (s *Service) narrow(q *db.Query, f Filter) error {
	if len(f.Status) > 0 {
		names := make([]string, len(f.Status))
		for i, v := range f.Status {
			names[i] = string(v)
		}
		q.In("o.status", names...)
	}
	if f.Open {
		q.Where("o.open")
	}
	if len(f.Priority) > 0 {
		q.In("o.priority", f.Priority...)
	}
	for _, c := range []struct{ column, value string }{
		{"o.campus_id", f.CampusID}, {"o.department_id", f.DepartmentID}, {"o.place_id", f.PlaceID}, {"o.asset_id", f.AssetID},
		{"o.item_id", f.ItemID}, {"o.assignee_id", f.AssigneeID}, {"o.reporter_id", f.ReporterID},
		{"o.call_back", f.CallBack}, {"o.batch_id", f.BatchID},
		{"o.incident_id", f.IncidentID},
	} {
		if c.value != "" {
			q.Where(c.column+" = ?", c.value)
		}
	}
	if len(f.Category) > 0 {
		q.In("substr(o.item_code, 1, 2)", f.Category...)
	}
	if len(f.Places) > 0 {
		q.In("o.place_id", f.Places...)
	}
	if f.TeamID != "" {
		q.Where("o.team_id = ? OR EXISTS (SELECT 1 FROM workorder_share h WHERE h.order_id = o.id AND h.team_id = ?)", f.TeamID, f.TeamID)
	}
	if f.NoIncident {
		q.Where("o.incident_role = ''")
	}
	if f.OnItsOwn {
		q.Where("o.incident_role <> 'member'")
	}
	if len(f.TaskTeams) > 0 {
		in, args := db.InList("team_id", f.TaskTeams)
		q.Where("o.id IN (SELECT order_id FROM workorder_task WHERE open AND "+in+")", args...)
	}
	if f.TaskHolderID != "" {
		q.Where("o.id IN (SELECT order_id FROM workorder_task WHERE open AND person_id <> '' AND person_id = ?)", f.TaskHolderID)
	}
	if f.Overdue {
		q.Where("o.overdue <> ''")
	}
	if f.Watched {
		q.Where("o.watch_id <> ''")
	}
	if f.From > 0 {
		q.Where("o.reported_at >= ?", f.From)
	}
	if f.To > 0 {
		q.Where("o.reported_at < ?", f.To)
	}
	if typed := strings.TrimSpace(f.Text); typed != "" {
		if text.QueryText(typed) == "" {
			return fault.Field("text", "bad_value")
		}
		db.MatchText(q, s.DB.Engine(), "workorder", "o", typed)
	}
	return nil
}

// recordExport notes in the audit trail that the actor takes orders out.
func (s *Service) recordExport(ctx context.Context, filter string) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderExport); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return s.Trail.Record(ctx, tx, actor.Who(), "order.export", Topic, "", map[string]any{"filter": filter})
	})
}

// CountsBy tells whether an open order counts by a calendar.
func (s *Service) CountsBy(ctx context.Context, tx *db.Tx, calendarID string) (bool, error) {
	return openBy(ctx, tx, calendarID)
}

// Refers tells whether any order names a thing of the directory: a place,
// department, campus, team or vendor. Other kinds no order names.
func (s *Service) Refers(ctx context.Context, tx *db.Tx, kind, id string) (bool, error) {
	column, ok := map[string]string{"place": "place_id", "department": "department_id", "campus": "campus_id", "team": "team_id", "vendor": "vendor_id"}[kind]
	if !ok || id == "" {
		return false, nil
	}
	return anyWith(ctx, tx, column, id)
}

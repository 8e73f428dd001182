package workorder

import (
	"context"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
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
	CallBack     string // due, done, failed
	BatchID      string
	Overdue      bool   // at least one clock ran out
	CategoryID   string // of the catalogue
	Mine         bool   // the actor's own, and those of the actor's teams
	Nobody       bool   // nobody has it
	Urged        bool
	DueSoon      bool   // a clock that runs ends within soonMinutes
	Text         string // words, number, place, contact; Chinese of any length
	From, To     int64  // reported, Unix milliseconds, To exclusive
	Sort         string // new (default), due (open ones, the most pressing first)
}

// List returns a page of the orders that the actor may see, and the next page's cursor.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) ([]Order, string, error) {
	q, err := s.query(ctx, identity.OrderRead, f)
	if err != nil {
		return nil, "", err
	}
	if f.Sort == "due" {
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
	if f.Sort == "due" {
		return out, db.Cursor(last.Deadlines.Finish, last.ID), nil
	}
	return out, db.Cursor(last.ID), nil
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
	} {
		if c.value != "" {
			q.Where(c.column+" = ?", c.value)
		}
	}
	if f.TeamID != "" {
		q.Where("o.team_id = ? OR EXISTS (SELECT 1 FROM workorder_share h WHERE h.order_id = o.id AND h.team_id = ?)", f.TeamID, f.TeamID)
	}
	if f.Overdue {
		q.Where("o.overdue <> ''")
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

// Alike says what a new report may repeat.
type Alike struct {
	PlaceID, AssetID, ReporterID, Phone, ItemID string
}

// Similar returns orders that a new report may repeat: open ones of the same
// caller, asset or place, and those of the asset that ended within a week. At most 20.
func (s *Service) Similar(ctx context.Context, a Alike) (out []Order, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return nil, err
	}
	var conds []string
	var args []any
	for _, c := range []struct{ cond, value string }{
		{"o.open AND o.asset_id = ?", a.AssetID}, {"o.open AND o.place_id = ?", a.PlaceID},
		{"o.open AND o.reporter_id = ?", a.ReporterID}, {"o.open AND o.contact_phone = ?", a.Phone},
	} {
		if c.value != "" {
			conds, args = append(conds, "("+c.cond+")"), append(args, c.value)
		}
	}
	if a.AssetID != "" {
		conds = append(conds, "(o.asset_id = ? AND o.updated_at > ?)")
		args = append(args, a.AssetID, s.Clock.Now()-reopenDays*clock.Day)
	}
	if len(conds) == 0 {
		return []Order{}, nil
	}
	q := actor.Scope(identity.OrderRead).Limit(db.NewQuery(), columns).Where(strings.Join(conds, " OR "), args...)
	if a.ItemID != "" {
		q.Where("o.item_id = ?", a.ItemID)
	}
	q.OrderBy(db.Order{Column: "o.id", Desc: true, Text: true}).Limit(20)
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = list(ctx, tx, q); return err })
	return out, err
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

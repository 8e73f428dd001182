package workorder

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
)

// soonMinutes is when a due moment is so near that the board points at it.
const soonMinutes = 10

// Card is an open order as far as a board shows it.
type Card struct {
	ID             string `db:"id" json:"id"`
	Number         string `db:"number" json:"number"`
	Version        int64  `db:"version" json:"version"`
	Status         Status `db:"status" json:"status" enum:"reported,queued,pooled,assigned,accepted,working,held"`
	Open           bool   `db:"open" json:"open"`
	ItemName       string `db:"item_name" json:"itemName"`
	ItemNameEn     string `db:"item_name_en" json:"itemNameEn"`
	Symptom        string `db:"symptom" json:"symptom,omitempty"`
	Priority       string `db:"priority" json:"priority" enum:"P1,P2,P3,P4,T0,T1,T2"`
	Mode           Mode   `db:"mode" json:"mode" enum:"remote,onsite"`
	CampusID       string `db:"campus_id" json:"campusId"`
	DepartmentID   string `db:"department_id" json:"-"`
	DepartmentName string `db:"department_name" json:"departmentName"`
	PlaceID        string `db:"place_id" json:"placeId,omitempty"`
	PlaceName      string `db:"place_name" json:"placeName,omitempty"`
	TeamID         string `db:"team_id" json:"teamId,omitempty"`
	TeamName       string `db:"team_name" json:"teamName,omitempty"`
	VendorID       string `db:"vendor_id" json:"-"`
	ReporterID     string `db:"reporter_id" json:"-"`
	CreatorID      string `db:"creator_id" json:"-"`
	AssigneeID     string `db:"assignee_id" json:"assigneeId,omitempty"`
	AssigneeName   string `db:"assignee_name" json:"assigneeName,omitempty"`
	ReportedAt     int64  `db:"reported_at" json:"reportedAt"`
	WantedAt       int64  `db:"wanted_at" json:"wantedAt,omitempty"`
	AcceptedAt     int64  `db:"accepted_at" json:"acceptedAt,omitempty"`
	ArrivedAt      int64  `db:"arrived_at" json:"arrivedAt,omitempty"`
	Deadlines
	ClockStart int64  `db:"clock_start" json:"clockStart"`
	HoldReason string `db:"hold_reason" json:"holdReason,omitempty"`
	Overdue    string `db:"overdue" json:"overdue,omitempty"`
	Urges      int    `db:"urges" json:"urges"`
	Level      int    `db:"level" json:"level"`
	Tasks      []Task `db:"tasks,json" json:"tasks,omitempty"`
	Actions    []Kind `json:"actions" doc:"Of the commands that a board gives, those this person may give now"`
}

// boardKinds are the commands that a board gives.
var boardKinds = []Kind{KindIntake, KindDispatch, KindPool, KindTransfer}

// settle fills in what follows for the actor.
func (c *Card) settle(actor *identity.Actor) {
	o := Order{Status: c.Status, CampusID: c.CampusID, DepartmentID: c.DepartmentID, TeamID: c.TeamID, VendorID: c.VendorID, ReporterID: c.ReporterID,
		CreatorID: c.CreatorID, AssigneeID: c.AssigneeID, Tasks: c.Tasks}
	keys := o.Keys()
	c.Actions = []Kind{}
	for _, k := range boardKinds {
		if o.can(k) == nil && o.allows(actor, keys, k) == nil {
			c.Actions = append(c.Actions, k)
		}
	}
}

// Board returns open orders that the actor may see, of all or of those named, at most so
// many, those with the nearest due moment.
func (s *Service) Board(ctx context.Context, f Filter, ids []string, most int) (out []Card, err error) {
	f.Open = true
	q, err := s.query(ctx, identity.OrderRead, f)
	if err != nil {
		return nil, err
	}
	if len(ids) > 0 {
		q.In("o.id", ids...)
	}
	q.OrderBy(db.Order{Column: "o.finish_due"}, db.Order{Column: "o.id", Text: true}).Limit(most)
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = cards(ctx, tx, q); return err })
	actor := identity.Of(ctx)
	for i := range out {
		out[i].settle(actor)
	}
	return out, err
}

// Figures are what a board counts of open orders, whether it shows them or not.
type Figures struct {
	Open    int64 `db:"open_n" json:"open"`
	Waiting int64 `db:"waiting_n" json:"waiting" doc:"Nobody has decided yet who gets them"`
	Nobody  int64 `db:"nobody_n" json:"nobody" doc:"Nobody has them, those in the pool included"`
	DueSoon int64 `db:"soon_n" json:"dueSoon" doc:"A clock ends within ten minutes"`
	Overdue int64 `db:"overdue_n" json:"overdue"`
	Urged   int64 `db:"urged_n" json:"urged"`
	Urgent  int64 `db:"urgent_n" json:"urgent" doc:"Of the highest priority"`
	Held    int64 `db:"held_n" json:"held"`
}

// Plus adds figures up.
func (f Figures) Plus(g Figures) Figures {
	return Figures{f.Open + g.Open, f.Waiting + g.Waiting, f.Nobody + g.Nobody, f.DueSoon + g.DueSoon, f.Overdue + g.Overdue, f.Urged + g.Urged,
		f.Urgent + g.Urgent, f.Held + g.Held}
}

// Group is one team, person, place or status with its figures; without a key those
// that have none.
type Group struct {
	Key  string `db:"group_key" json:"key"`
	Name string `db:"group_name" json:"name,omitempty"`
	Figures
}

// groupColumns are what open orders can be counted by: the key's column and the name's.
var groupColumns = map[string][2]string{"team": {"o.team_id", "o.team_name"}, "person": {"o.assignee_id", "o.assignee_name"},
	"place": {"o.place_id", "o.place_name"}, "status": {"o.status", "o.status"}}

// Figures counts the open orders that the actor may see, together and by team, person,
// place or status; an empty by groups nothing.
func (s *Service) Figures(ctx context.Context, f Filter, by string) (all Figures, groups []Group, err error) {
	f.Open = true
	q, err := s.query(ctx, identity.OrderRead, f)
	if err != nil {
		return all, nil, err
	}
	groups = []Group{}
	now := s.Clock.Now()
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if all, err = figures(ctx, tx, q, now); err != nil {
			return err
		}
		if c, ok := groupColumns[by]; ok {
			groups, err = figuresBy(ctx, tx, q, c[0], c[1], now)
		}
		return err
	})
	return all, groups, err
}

// narrowBoard adds the conditions that depend on who asks, when, or on the catalogue.
func (s *Service) narrowBoard(ctx context.Context, q *db.Query, f Filter) error {
	if f.Mine {
		actor := identity.Of(ctx)
		cond, args := db.InList("o.team_id", slices.Concat(actor.Teams, actor.Leads))
		q.Where(cond+" OR o.assignee_id = ?", append(args, actor.PersonID)...)
	}
	if f.Nobody {
		q.Where("o.open AND o.assignee_id = ''")
	}
	if f.Urged {
		q.Where("o.urges > 0")
	}
	if f.DueSoon {
		q.Where("o.open AND " + soonAt(s.Clock.Now()))
	}
	if f.CategoryID == "" {
		return nil
	}
	return s.DB.Look(ctx, func(tx *db.Tx) error {
		items, err := s.Catalog.ItemsOf(ctx, tx, f.CategoryID)
		q.In("o.item_id", items...)
		return err
	})
}

// soonUntil is the end of the time within which a due moment is near.
func soonUntil(now int64) int64 { return now + soonMinutes*clock.Minute }

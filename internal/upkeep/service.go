package upkeep

import (
	"context"
	"strings"
	"time"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// Deps are what the service works with.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Trail  *audit.Trail
	Zone   *time.Location // the hospital's
	Orders *workorder.Service
	// Workdays returns the question whether the day of a moment is worked on a campus,
	// or, without one, by the hospital's own calendar.
	Workdays func(ctx context.Context, tx *db.Tx, campusID string) (func(time.Time) bool, error)
}

// Service keeps the plans and makes their orders. It is safe for concurrent use.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d} }

// Filter narrows a list of plans. Empty fields do not narrow it.
type Filter struct {
	Active          *bool
	AssetID, ItemID string
}

// List returns a page of the plans that the actor may see, the soonest first, those
// that are over at the end, and the next page's cursor.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) ([]Plan, string, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.PlanRead); err != nil {
		return nil, "", err
	}
	const soonest = "CASE WHEN active AND next_at > 0 THEN next_at ELSE 9000000000000000 END"
	q := actor.Scope(identity.PlanRead).Limit(db.NewQuery(), columns).
		OrderBy(db.Order{Column: soonest}, db.Order{Column: "id", Text: true}).Limit(limit + 1)
	if f.Active != nil {
		q.Where("active = ?", *f.Active)
	}
	if f.AssetID != "" {
		q.Where("asset_id = ?", f.AssetID)
	}
	if f.ItemID != "" {
		q.Where("item_id = ?", f.ItemID)
	}
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	var out []Plan
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = listPlans(ctx, tx, q); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	last := out[limit-1]
	at := int64(9000000000000000)
	if last.Active && last.NextAt > 0 {
		at = last.NextAt
	}
	return out[:limit], db.Cursor(at, last.ID), nil
}

// Get returns a plan that the actor may see.
func (s *Service) Get(ctx context.Context, planID string) (out Plan, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error { out, err = s.seen(ctx, tx, planID); return err })
	return out, err
}

func (s *Service) seen(ctx context.Context, tx *db.Tx, planID string) (Plan, error) {
	p, err := getPlan(ctx, tx, planID)
	if err == nil && !identity.Of(ctx).May(identity.PlanRead, p.Keys()) {
		err = fault.Missing()
	}
	return p, err
}

// Runs returns what became of a plan's occurrences, the newest first, and the next
// page's cursor.
func (s *Service) Runs(ctx context.Context, planID string, limit int, cursor string) ([]Run, string, error) {
	q := db.NewQuery().Where("plan_id = ?", planID).OrderBy(db.Order{Column: "planned_at", Desc: true}).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	var out []Run
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if _, err = s.seen(ctx, tx, planID); err == nil {
			out, err = listRuns(ctx, tx, q)
		}
		return err
	})
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	return out[:limit], db.Cursor(out[limit-1].Planned), nil
}

// previewed is how many occurrences a preview shows.
const previewed = 12

// Preview returns the next occurrences of a recurrence, whether it is a plan's or not.
func (s *Service) Preview(ctx context.Context, r Recurrence) ([]Occurrence, error) {
	if err := identity.Of(ctx).Need(identity.PlanRead); err != nil {
		return nil, err
	}
	c, err := r.compile(s.Zone)
	if err != nil {
		return nil, err
	}
	out := []Occurrence{}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		workday, err := s.Workdays(ctx, tx, "")
		if err == nil {
			out = append(out, c.after(s.Clock.Now(), previewed, workday)...)
		}
		return err
	})
	return out, err
}

// Create adds a plan. Its orders must be such as the actor may plan: made now, they
// would lie within the actor's scope, and their form would be right.
func (s *Service) Create(ctx context.Context, in PlanInput) (Plan, error) {
	p := Plan{ID: id.New(), CreatedBy: identity.Of(ctx).PersonID, CreatedAt: s.Clock.Now()}
	return s.save(ctx, in, "add", func(*db.Tx) (*Plan, error) { return &p, nil }, insertPlan)
}

// Save changes a plan. Occurrences that have passed are not made up for.
func (s *Service) Save(ctx context.Context, planID string, in PlanInput) (Plan, error) {
	return s.save(ctx, in, "save", func(tx *db.Tx) (*Plan, error) {
		p, err := s.owned(ctx, tx, planID)
		if err == nil && in.Version != p.Version {
			err = fault.New(fault.Conflict, "conflict", "version", p.Version)
		}
		return &p, err
	}, updatePlan)
}

// owned loads and locks a plan that the actor may change.
func (s *Service) owned(ctx context.Context, tx *db.Tx, planID string) (Plan, error) {
	p, err := lockPlan(ctx, tx, planID)
	if err != nil {
		return p, err
	}
	return p, identity.Of(ctx).NeedFor(identity.PlanWrite, identity.PlanRead, p.Keys())
}

func (s *Service) save(ctx context.Context, in PlanInput, act string, start func(*db.Tx) (*Plan, error),
	write func(context.Context, *db.Tx, *Plan) error) (Plan, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.PlanWrite); err != nil {
		return Plan{}, err
	}
	var out Plan
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := start(tx)
		if err != nil {
			return err
		}
		if err := s.fill(ctx, tx, p, in); err != nil {
			return err
		}
		if !actor.May(identity.PlanWrite, p.Keys()) {
			return fault.Denied()
		}
		p.Version++
		p.UpdatedAt = s.Clock.Now()
		if err := write(ctx, tx, p); err != nil {
			return err
		}
		out = *p
		return s.Trail.Record(ctx, tx, actor.Who(), "plan."+act, "plan", p.ID, map[string]any{"name": p.Name, "rule": p.Rule, "active": p.Active})
	})
	return out, err
}

// fill takes over what was said, once all of it is right, and sets the next occurrence.
func (s *Service) fill(ctx context.Context, tx *db.Tx, p *Plan, in PlanInput) error {
	var f fault.Fields
	in.Name = strings.TrimSpace(in.Name)
	if in.Name == "" {
		f.Add("name", "required")
	}
	r, err := in.Recurrence.compile(s.Zone)
	if err := f.Merge("", err); err != nil {
		return err
	}
	o, err := s.Orders.CheckPlanned(ctx, tx, in.report())
	if err := f.Merge("", err); err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	p.Name, p.Active, p.Work, p.Recurrence = in.Name, in.Active, in.Work, in.Recurrence
	p.Lead, p.SkipOpen, p.CatchUp = int64(in.Lead), in.SkipOpen, in.CatchUp
	p.belongsTo(&o)
	workday, err := s.Workdays(ctx, tx, p.CampusID)
	if err != nil {
		return err
	}
	p.point(r, max(s.Clock.Now(), p.Settled), workday)
	if p.Active && p.Cursor == 0 {
		return fault.Field("rule", "upkeep.never")
	}
	return nil
}

// Delete removes a plan with its runs; the orders it made stay.
func (s *Service) Delete(ctx context.Context, planID string) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.PlanWrite); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.owned(ctx, tx, planID)
		if err != nil {
			return err
		}
		if err := deletePlan(ctx, tx, p.ID); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "plan.remove", "plan", p.ID, map[string]any{"name": p.Name})
	})
}

// Refers tells whether any plan names a thing of the directory: a place, department,
// campus, team or vendor. Other kinds no plan names.
func (s *Service) Refers(ctx context.Context, tx *db.Tx, kind, id string) (bool, error) {
	column, ok := map[string]string{"place": "place_id", "department": "owner_id", "campus": "campus_id", "team": "team_id", "vendor": "vendor_id"}[kind]
	if !ok || id == "" {
		return false, nil
	}
	return namesAny(ctx, tx, column, id)
}

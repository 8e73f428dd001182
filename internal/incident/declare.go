package incident

import (
	"context"
	"slices"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// Affected says whom an incident affects.
type Affected struct {
	Everywhere    bool     `json:"everywhere,omitempty" doc:"The whole hospital"`
	CampusIDs     []string `json:"campusIds,omitempty" maxItems:"50"`
	DepartmentIDs []string `json:"departmentIds,omitempty" maxItems:"300"`
}

// Declaration begins an incident.
type Declaration struct {
	LeadID       string   `json:"leadId" minLength:"1" maxLength:"40" doc:"The order that is worked on for all"`
	OrderIDs     []string `json:"orderIds,omitempty" maxItems:"200" doc:"Orders that follow it"`
	SuggestionID string   `json:"suggestionId,omitempty" maxLength:"40" doc:"The suggestion it comes from"`
	Title        string   `json:"title" minLength:"1" maxLength:"120"`
	PlanID       string   `json:"planId,omitempty" maxLength:"40" doc:"Emergency plan whose check list is copied; absent takes the one that fits, - none"`
	CommanderID  string   `json:"commanderId,omitempty" maxLength:"40" doc:"Absent is who declares"`
	PlaceID      string   `json:"placeId,omitempty" maxLength:"40" doc:"Where the fault is, when it is at one place"`
	Affected
	Broadcast  bool   `json:"broadcast,omitempty" doc:"Tell those affected at once"`
	Notice     string `json:"notice,omitempty" maxLength:"300"`
	ExpectedAt int64  `json:"expectedAt,omitempty" doc:"Unix milliseconds"`
	Every      int    `json:"every,omitempty" minimum:"0" maximum:"1440" doc:"Minutes until the next word of progress is due; absent takes the plan's"`
}

// maxExpected is how far ahead the end of an incident may be expected.
const maxExpected = 30 * clock.Day

// defaultEvery is how often a word of progress is due where no plan says otherwise.
const defaultEvery = 30

// Declare begins an incident with its lead and its members, in one transaction. Of two
// who declare out of one suggestion the second is told of the first's.
func (s *Service) Declare(ctx context.Context, d Declaration, key string) (View, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.IncidentCommand); err != nil {
		return View{}, err
	}
	reach, err := s.expand(ctx, &d)
	if err != nil {
		return View{}, err
	}
	var out View
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, []any{"declare", d}, func() (View, error) {
			i, err := s.declare(ctx, tx, &d, reach)
			if err != nil {
				return View{}, err
			}
			return s.view(ctx, tx, i.ID)
		})
		return err
	})
	return out, err
}

// expand looks up whom a declaration affects: campuses with their departments, and
// departments with those below them. Without any, the departments of its orders are.
func (s *Service) expand(ctx context.Context, d *Declaration) ([]Scope, error) {
	if !d.Everywhere && len(d.CampusIDs)+len(d.DepartmentIDs) == 0 && identity.Of(ctx).Can(identity.OrderRead) {
		list, err := s.Orders.Some(ctx, append([]string{d.LeadID}, d.OrderIDs...))
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			if o.DepartmentID != "" && !slices.Contains(d.DepartmentIDs, o.DepartmentID) {
				d.DepartmentIDs = append(d.DepartmentIDs, o.DepartmentID)
			}
		}
	}
	return s.reach(ctx, &d.Affected)
}

// reach returns the rows of whom an incident affects; the actor must command there.
func (s *Service) reach(ctx context.Context, a *Affected) ([]Scope, error) {
	actor, all := identity.Of(ctx), system(ctx)
	if a.Everywhere {
		a.CampusIDs, a.DepartmentIDs = nil, nil
		if !actor.Scope(identity.IncidentCommand).All() {
			return nil, fault.Field("everywhere", "incident.beyond")
		}
		return nil, nil
	}
	var out []Scope
	add := func(campusID, departmentID, field string) error {
		if !actor.May(identity.IncidentCommand, identity.Keys{Campus: campusID, Department: departmentID}) {
			return fault.Field(field, "unknown_reference")
		}
		if x := (Scope{CampusID: campusID, DepartmentID: departmentID}); !slices.Contains(out, x) {
			out = append(out, x)
		}
		return nil
	}
	for _, c := range a.CampusIDs {
		if _, err := s.Org.GetCampus(all, c); err != nil {
			return nil, reference(err, "campusIds")
		}
		if err := add(c, "", "campusIds"); err != nil {
			return nil, err
		}
		for cursor := ""; ; {
			list, more, err := s.Org.ListDepartments(all, org.Filter{CampusID: c}, 200, cursor)
			if err != nil {
				return nil, err
			}
			for _, dep := range list {
				if err := add(c, dep.ID, "campusIds"); err != nil {
					return nil, err
				}
			}
			if cursor = more; more == "" {
				break
			}
		}
	}
	var below []string
	for _, dep := range a.DepartmentIDs {
		ids, err := s.Org.Below(ctx, dep)
		if err != nil {
			return nil, err
		}
		for _, one := range append([]string{dep}, ids...) {
			x, err := s.Org.GetDepartment(all, one)
			if err != nil {
				return nil, reference(err, "departmentIds")
			}
			if err := add(x.CampusID, one, "departmentIds"); err != nil {
				return nil, err
			}
			if !slices.Contains(below, one) {
				below = append(below, one)
			}
		}
	}
	a.DepartmentIDs = below
	return out, nil
}

func reference(err error, field string) error {
	if db.IsMissing(err) {
		return fault.Field(field, "unknown_reference")
	}
	return err
}

// declare is Declare within the transaction.
func (s *Service) declare(ctx context.Context, tx *db.Tx, d *Declaration, reach []Scope) (Incident, error) {
	now := s.Clock.Now()
	if err := d.check(now); err != nil {
		return Incident{}, err
	}
	var sug *Suggestion
	if d.SuggestionID != "" {
		x, err := suggestionByID(ctx, tx, d.SuggestionID, true)
		if err != nil {
			return Incident{}, reference(err, "suggestionId")
		}
		if x.State != suggested {
			return Incident{}, fault.New(fault.Conflict, "incident.suggestion_gone")
		}
		sug = &x
	}
	i, err := s.begin(ctx, tx, d, now)
	if err != nil {
		return i, err
	}
	for n := range reach {
		reach[n].IncidentID = i.ID
	}
	if err := insertIncident(ctx, tx, &i); err != nil {
		return i, err
	}
	if err := saveReach(ctx, tx, i.ID, reach); err != nil {
		return i, err
	}
	if err := s.copyPlan(ctx, tx, d, &i); err != nil {
		return i, err
	}
	if err := s.enter(ctx, tx, &i, Declared, i.Title); err != nil {
		return i, err
	}
	if err := s.gather(ctx, tx, &i, d.LeadID, d.OrderIDs); err != nil {
		return i, err
	}
	if sug != nil {
		sug.State, sug.IncidentID, sug.EndedAt, sug.ByID, sug.ByName = accepted, i.ID, now, identity.Of(ctx).PersonID, identity.Of(ctx).Name
		if err := updateSuggestion(ctx, tx, sug); err != nil {
			return i, err
		}
	}
	if i.CommanderID != identity.Of(ctx).PersonID {
		if err := s.tellCommander(ctx, tx, &i, "incident.commander", ""); err != nil {
			return i, err
		}
	}
	if i.Broadcast {
		if err := s.announce(ctx, tx, &i, toldBegin); err != nil {
			return i, err
		}
	}
	return i, s.save(ctx, tx, &i, "declare")
}

func (d *Declaration) check(now int64) error {
	var f fault.Fields
	if d.Title = strings.TrimSpace(d.Title); d.Title == "" {
		f.Add("title", "required")
	}
	d.Notice = strings.TrimSpace(d.Notice)
	if d.Broadcast && d.Notice == "" {
		f.Add("notice", "required")
	}
	checkExpected(&f, d.ExpectedAt, now)
	d.OrderIDs = slices.DeleteFunc(d.OrderIDs, func(o string) bool { return o == d.LeadID })
	slices.Sort(d.OrderIDs)
	d.OrderIDs = slices.Compact(d.OrderIDs)
	return f.Err()
}

func checkExpected(f *fault.Fields, at, now int64) {
	if at != 0 && (at <= now || at > now+maxExpected) {
		f.Add("expectedAt", "incident.expected")
	}
}

// begin fills in an incident from its lead order and what was said.
func (s *Service) begin(ctx context.Context, tx *db.Tx, d *Declaration, now int64) (Incident, error) {
	actor := identity.Of(ctx)
	lead, err := s.Orders.SeenIn(ctx, tx, d.LeadID)
	if err != nil {
		return Incident{}, reference(err, "leadId")
	}
	number, err := reserveNumber(ctx, tx, clock.Time(now).In(s.Zone).Format("060102"))
	if err != nil {
		return Incident{}, err
	}
	i := Incident{ID: id.New(), Number: number, Status: Open, Title: d.Title, LeadID: lead.ID, LeadNo: lead.Number, ItemName: lead.ItemName, ItemNameEn: lead.ItemNameEn,
		Priority: lead.Priority, ItemIDs: []string{lead.ItemID}, AssetID: lead.AssetID, CampusID: lead.CampusID, Department: lead.DepartmentID, TeamID: lead.TeamID,
		Everywhere: d.Everywhere, CampusIDs: orEmpty(d.CampusIDs), DepartmentIDs: orEmpty(d.DepartmentIDs), PlaceID: d.PlaceID,
		CommanderID: actor.PersonID, CommanderName: actor.Name, Broadcast: d.Broadcast, Notice: d.Notice, ExpectedAt: d.ExpectedAt,
		BeganAt: lead.ReportedAt, DeclaredAt: now, DeclaredBy: actor.PersonID, DeclaredName: actor.Name, UpdatedAt: now}
	if d.Notice != "" {
		i.NoticeAt = now
	}
	if d.PlaceID != "" {
		p, err := s.Org.Place(ctx, tx, d.PlaceID)
		if err != nil {
			return i, reference(err, "placeId")
		}
		i.PlaceName = p.FullName
	}
	if d.CommanderID != "" && d.CommanderID != actor.PersonID {
		if err := s.name(ctx, tx, &i, d.CommanderID); err != nil {
			return i, err
		}
	}
	every := d.Every
	if every == 0 {
		every = defaultEvery
	}
	i.UpdateDue = now + int64(every)*clock.Minute
	return i, nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// copyPlan copies the check list of the plan that was chosen, or of the one that fits.
func (s *Service) copyPlan(ctx context.Context, tx *db.Tx, d *Declaration, i *Incident) error {
	if d.PlanID == "-" {
		return nil
	}
	list, err := plansIn(ctx, tx)
	if err != nil {
		return err
	}
	var p *Plan
	if d.PlanID == "" {
		item, err := s.Item(ctx, tx, i.ItemIDs[0])
		if err != nil && !db.IsMissing(err) {
			return err
		}
		p = planFor(list, item.Code)
	} else if n := slices.IndexFunc(list, func(x Plan) bool { return x.ID == d.PlanID }); n >= 0 {
		p = &list[n]
	} else {
		return fault.Field("planId", "unknown_reference")
	}
	if p == nil {
		return nil
	}
	i.PlanNameZh, i.PlanNameEn = p.Body.NameZh, p.Body.NameEn
	if d.Every == 0 && p.Body.Every > 0 {
		i.UpdateDue = i.DeclaredAt + int64(p.Body.Every)*clock.Minute
	}
	return insertSteps(ctx, tx, p.Body.steps(i.ID, i.DeclaredAt)...)
}

// gather makes orders part of a new incident: all are locked in one order, so that two
// who gather the same cannot wait for each other.
func (s *Service) gather(ctx context.Context, tx *db.Tx, i *Incident, leadID string, members []string) error {
	all := append([]string{leadID}, members...)
	slices.Sort(all)
	for _, orderID := range slices.Compact(all) {
		if orderID == leadID {
			if _, err := s.Orders.LeadIn(ctx, tx, orderID, i.ref(), workorder.Meta{}); err != nil {
				return reference(err, "leadId")
			}
			continue
		}
		if err := s.attach(ctx, tx, i, orderID); err != nil {
			return reference(err, "orderIds")
		}
	}
	return nil
}

// attach makes one order follow the incident.
func (s *Service) attach(ctx context.Context, tx *db.Tx, i *Incident, orderID string) error {
	o, err := s.Orders.AttachIn(ctx, tx, orderID, i.ref(), workorder.Meta{})
	if err != nil {
		return err
	}
	if !slices.Contains(i.ItemIDs, o.ItemID) {
		i.ItemIDs = append(slices.Clone(i.ItemIDs), o.ItemID)
	}
	i.BeganAt = min(i.BeganAt, o.ReportedAt)
	return s.enter(ctx, tx, i, Attached, "", &o)
}

// Attach makes more orders follow a running incident.
func (s *Service) Attach(ctx context.Context, incidentID string, orders []string, key string) (View, error) {
	orders = slices.Clone(orders)
	slices.Sort(orders)
	return s.act(ctx, incidentID, "attach", key, 0, orders, func(tx *db.Tx, i *Incident, _ []Scope) error {
		if !i.Status.Running() {
			return fault.New(fault.Conflict, "incident.over")
		}
		for _, orderID := range slices.Compact(orders) {
			if err := s.attach(ctx, tx, i, orderID); err != nil {
				return reference(err, "orderIds")
			}
		}
		return nil
	})
}

// Detach returns an order that has another cause to the queue.
func (s *Service) Detach(ctx context.Context, incidentID, orderID, reason, key string) (View, error) {
	return s.act(ctx, incidentID, "detach", key, 0, []string{orderID, reason}, func(tx *db.Tx, i *Incident, _ []Scope) error {
		if orderID == i.LeadID {
			return fault.Field("orderId", "incident.lead")
		}
		o, err := s.Orders.DetachIn(ctx, tx, orderID, i.ID, reason, workorder.Meta{})
		if err != nil {
			return reference(err, "orderId")
		}
		return s.enter(ctx, tx, i, Detached, strings.TrimSpace(reason), &o)
	})
}

// Raise is what a rule does with an order: it follows the running incident that it tells
// of, or becomes the lead of a new one. Given again under its key it does nothing more.
func (s *Service) Raise(ctx context.Context, orderID, title, key string) (number string, err error) {
	ctx = system(ctx)
	actor := identity.Of(ctx)
	var lead workorder.Order
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { lead, err = s.Orders.SeenIn(ctx, tx, orderID); return err })
	if err != nil {
		return "", err
	}
	d := Declaration{LeadID: orderID, Title: title}
	if d.Title == "" {
		d.Title = lead.ItemName
	}
	if lead.DepartmentID != "" {
		d.DepartmentIDs = []string{lead.DepartmentID}
	}
	reach, err := s.reach(ctx, &d.Affected)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		number, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, []any{"raise", orderID, title}, func() (string, error) {
			return s.raise(ctx, tx, &lead, &d, reach)
		})
		return err
	})
	return number, err
}

func (s *Service) raise(ctx context.Context, tx *db.Tx, lead *workorder.Order, d *Declaration, reach []Scope) (string, error) {
	spot, err := s.spotOf(ctx, tx, lead)
	if err != nil {
		return "", err
	}
	list, err := running(ctx, tx)
	if err != nil {
		return "", err
	}
	for _, x := range list {
		if !x.meets(spot) || x.ID == lead.IncidentID {
			continue
		}
		i, err := lockIncident(ctx, tx, x.ID)
		if err != nil {
			return "", err
		}
		if !i.meets(spot) { // over since it was read
			continue
		}
		if err := s.attach(ctx, tx, &i, lead.ID); err != nil {
			return "", err
		}
		return i.Number, s.save(ctx, tx, &i, "attach")
	}
	i, err := s.declare(ctx, tx, d, reach)
	return i.Number, err
}

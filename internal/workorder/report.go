package workorder

import (
	"context"
	"slices"
	"strings"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Report is what somebody wants done.
type Report struct {
	ItemID       string         `json:"itemId" minLength:"1" maxLength:"40"`
	Symptom      string         `json:"symptom,omitempty" maxLength:"60"`
	Words        string         `json:"words,omitempty" maxLength:"2000" doc:"The caller's own wording"`
	Form         map[string]any `json:"form,omitempty"`
	Priority     string         `json:"priority,omitempty" enum:"P1,P2,P3,P4,T0,T1,T2" doc:"Only for those who take in; the item's otherwise"`
	Mode         Mode           `json:"mode,omitempty" enum:"remote,onsite" doc:"Only for those who take in; the item's otherwise"`
	PlaceID      string         `json:"placeId,omitempty" maxLength:"40"`
	AssetID      string         `json:"assetId,omitempty" maxLength:"40"`
	DepartmentID string         `json:"departmentId,omitempty" maxLength:"40"`
	ContactName  string         `json:"contactName,omitempty" maxLength:"60"`
	ContactPhone string         `json:"contactPhone,omitempty" maxLength:"30"`
	ReporterID   string         `json:"reporterId,omitempty" maxLength:"40" doc:"For whom; only for those who take in"`
	WantedAt     int64          `json:"wantedAt,omitempty" doc:"Unix milliseconds"`
	AidTools     []string       `json:"aidTools,omitempty" maxItems:"20"`
	Files        []string       `json:"files,omitempty" maxItems:"10" doc:"Attachments uploaded before"`
	Anxious      bool           `json:"anxious,omitempty" doc:"The caller is anxious and cannot explain; only for those who take in"`
	Channel      Channel        `json:"channel,omitempty" enum:"scan,phone,web,desk,api"`
	IncidentID   string         `json:"incidentId,omitempty" maxLength:"40" doc:"Known fault that it tells of too: the order follows it from the start"`

	// With is handed to Deps.Reported; it comes from the program, never from outside.
	With any `json:"-"`
}

// draft is a report whose references have been looked up.
type draft struct {
	order    Order
	item     catalog.Item
	team     Team
	files    []string
	public   bool // the place or department takes reports without sign-in
	byIntake bool
	class    string  // of the place
	why      *Ruling // the rule that says remote or on site
}

// Create makes an order out of a report. Reports of those who take in are queued
// at once; items with their own pool go there.
func (s *Service) Create(ctx context.Context, r Report, m Meta) (View, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderCreate); err != nil {
		return View{}, err
	}
	o, err := s.create(ctx, actor, r, m, func(d *draft) error { return d.allow(actor, r) })
	if err != nil {
		return View{}, err
	}
	return s.view(actor, o), nil
}

// allow lets those who take in say more than a reporter.
func (d *draft) allow(actor *identity.Actor, r Report) error {
	keys := d.order.Keys()
	keys.People = nil // that it would be one's own makes nobody an agent
	d.byIntake = (r.Channel == ByDesk || r.Channel == ByPhone) && actor.May(identity.OrderIntake, keys)
	if d.byIntake {
		return nil
	}
	if r.ReporterID != "" && r.ReporterID != actor.PersonID || r.Priority != "" || r.Mode != "" || r.Anxious {
		return fault.Denied()
	}
	return nil
}

// CreatePublic makes an order for someone who has not signed in, where the place
// or its department allows that.
func (s *Service) CreatePublic(ctx context.Context, r Report, m Meta) (PublicView, error) {
	if err := command.CheckShared(m.Key); err != nil {
		return PublicView{}, err
	}
	r.ReporterID, r.Priority, r.Mode, r.Channel, r.Anxious = "", "", "", ByPublic, false
	actor := identity.Of(ctx)
	o, err := s.create(ctx, actor, r, m, func(d *draft) error {
		if !d.public || !d.item.Public {
			return fault.New(fault.Unauthorized, "unauthorized")
		}
		return nil
	})
	if err != nil {
		return PublicView{}, err
	}
	return s.publicView(o, nil), nil
}

func (s *Service) create(ctx context.Context, actor *identity.Actor, r Report, m Meta, allow func(*draft) error) (Order, error) {
	number, err := s.number(ctx, s.Clock.Now())
	if err != nil {
		return Order{}, err
	}
	var out Order
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		said := input{"", KindReport, r}
		if r.With != nil {
			said.Body = []any{r, r.With}
		}
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, m.Key, said, func() (Order, error) {
			d, err := s.draft(ctx, tx, actor, r)
			if err != nil {
				return Order{}, err
			}
			if err := allow(&d); err != nil {
				return Order{}, err
			}
			if err := s.answers(ctx, tx, &d); err != nil {
				return Order{}, err
			}
			e, err := s.env(ctx, tx, actor, m, nil)
			if err != nil {
				return Order{}, err
			}
			d.order.Number = number
			o := Order{ID: id.New()}
			events := d.events(e)
			switch {
			case r.IncidentID != "": // whoever works on the incident works on it
				events, err = s.join(ctx, tx, r.IncidentID, o.ID, e, events)
			case d.item.Tasks != nil:
				events, err = s.withPlan(ctx, tx, &o, e, events)
			}
			if err != nil {
				return o, err
			}
			if err := s.store(ctx, tx, actor.Who(), &o, events); err != nil || s.Reported == nil {
				return o, err
			}
			return o, s.Reported(ctx, tx, &o, r.With)
		})
		return err
	})
	return out, err
}

// answers checks the form: an agent is asked more than a reporter.
func (s *Service) answers(ctx context.Context, tx *db.Tx, d *draft) error {
	stage := catalog.AtReport
	if d.byIntake && d.order.Channel != ByPlan { // a plan has nobody to ask
		stage = catalog.AtIntake
	}
	form := d.item.Form.WithOrder(d.order.Form, d.order.PlaceID, d.order.AssetID)
	if err := d.item.Form.Check(stage, form); err != nil {
		return err
	}
	d.order.Form = form
	refs := d.item.Form.References(form)
	d.files = append(slices.Clone(d.files), refs.Files...)
	return s.references(ctx, tx, refs)
}

// references refuses answers that point at nothing.
func (s *Service) references(ctx context.Context, tx *db.Tx, refs catalog.References) error {
	for _, p := range refs.Places {
		if _, err := s.Org.Place(ctx, tx, p); err != nil {
			return reference(err, "form")
		}
	}
	for _, a := range refs.Assets {
		if _, err := s.Assets.Thing(ctx, tx, a); err != nil {
			return reference(err, "form")
		}
	}
	return nil
}

// events begins the order: reported, and at once queued or pooled where that is decided.
func (d *draft) events(e Env) []Event {
	o := d.order
	o.ReportedAt, o.ClockStart = e.At, e.At
	o.Deadlines = *o.due(e)
	f := Facts{Report: &o, Files: d.files, Why: d.why}
	if d.item.Owner == OwnByIntake {
		o.Owner = &Owner{By: OwnByIntake}
	}
	if d.byIntake {
		f.To, o.IntakeAt = Queued, e.At
		if own := o.owns(OwnByIntake, e.ActorID, e.ActorName, e.At); own != nil {
			o.Owner = own
		}
	}
	out := []Event{e.event(KindReport, f)}
	if d.item.AutoPool && d.team.Pool && d.team.ID != "" && !d.item.Tasks.Alone() {
		sys := e
		sys.ActorID, sys.ActorName, sys.PlaceID, sys.PlaceName = "system", "", "", ""
		out = append(out, sys.event(KindPool, Facts{TeamID: d.team.ID, TeamName: d.team.Name, VendorID: d.team.VendorID}))
	}
	return out
}

// limitsFor returns the item's limits for its own priority, the priority's for another.
func limitsFor(item catalog.Item, priority string) Limits {
	if priority == string(item.Priority) {
		return limitsOf(item.Limits, item.Calendar)
	}
	return PriorityLimits(priority)
}

// PriorityLimits returns the promised times of a priority where the item does not
// say otherwise: the least urgent counts working hours, all others every hour.
func PriorityLimits(priority string) Limits {
	calendar := catalog.RoundTheClock
	if priority == string(catalog.P4) {
		calendar = catalog.WorkingHours
	}
	return limitsOf(catalog.DefaultLimits(catalog.Priority(priority)), calendar)
}

func limitsOf(l catalog.Limits, calendar string) Limits {
	return Limits{Respond: int(l.Respond), Arrive: int(l.Arrive), Finish: int(l.Finish), Calendar: calendar}
}

// draft looks up what a report refers to and fills in what follows from it.
func (s *Service) draft(ctx context.Context, tx *db.Tx, actor *identity.Actor, r Report) (draft, error) {
	var d draft
	var f fault.Fields
	item, err := s.Catalog.Current(ctx, tx, r.ItemID)
	if err != nil {
		return d, reference(err, "itemId")
	}
	o := Order{Channel: r.Channel, ItemID: item.ID, ItemVersion: item.Version, ItemCode: item.Code, ItemName: item.NameZh, ItemNameEn: item.NameEn,
		Symptom: strings.TrimSpace(r.Symptom), Words: strings.TrimSpace(r.Words), Form: r.Form, Priority: r.Priority, Mode: r.Mode,
		AidTools: r.AidTools, WantedAt: r.WantedAt, AssetID: r.AssetID, PlaceID: r.PlaceID, DepartmentID: r.DepartmentID,
		ContactName: strings.TrimSpace(r.ContactName), ContactPhone: strings.TrimSpace(r.ContactPhone), ReporterID: r.ReporterID}
	if o.Priority == "" {
		o.Priority = string(item.Priority)
	}
	if o.Channel == "" {
		o.Channel = ByWeb
	}
	if actor.SignedIn() {
		o.CreatorID = actor.PersonID
		if o.ReporterID == "" && o.Channel != ByPhone && o.Channel != ByDesk && o.Channel != ByPlan {
			o.ReporterID = actor.PersonID
		}
	}
	now := s.Clock.Now()
	if r.WantedAt != 0 && (r.WantedAt < now-clock.Hour || r.WantedAt > now+180*clock.Day) {
		f.Add("wantedAt", "order.wanted")
	}
	d = draft{order: o, item: item, files: r.Files}
	if err := s.locate(ctx, tx, actor, &d, &f); err != nil {
		return d, err
	}
	if d.order.PlaceID == "" && d.order.DepartmentID == "" {
		f.Add("placeId", "order.where")
	}
	if err := s.mode(ctx, tx, &d, r.Anxious); err != nil {
		return d, err
	}
	if d.order.Limits, err = s.limits(ctx, tx, item, &d.order); err != nil {
		return d, err
	}
	if item.TeamID != "" {
		if d.team, err = s.team(ctx, tx, item.TeamID, "itemId"); err != nil {
			return d, err
		}
		d.order.TeamID, d.order.TeamName, d.order.VendorID = d.team.ID, d.team.Name, d.team.VendorID
	}
	return d, f.Err()
}

// mode decides whether the order is tried remotely first, unless who takes it in has:
// by the policy, and where that has no rule by the item.
func (s *Service) mode(ctx context.Context, tx *db.Tx, d *draft, anxious bool) error {
	o := &d.order
	if o.Mode != "" {
		return nil
	}
	o.Mode = Onsite
	if d.item.Mode == catalog.RemoteFirst || d.item.Mode == catalog.RemoteThenOnsite {
		o.Mode = Remote
	}
	if s.Policy == nil {
		return nil
	}
	why, ok, err := s.Policy(ctx, tx, Scene{ItemID: o.ItemID, ItemCode: o.ItemCode, ItemMode: d.item.Mode, PlaceClass: d.class,
		Priority: o.Priority, Symptom: o.Symptom, Words: o.Words, Anxious: anxious})
	if ok && err == nil {
		o.Mode, d.why = why.Mode, &why
	}
	return err
}

// locate fills in asset → place → department → campus, and the contact.
func (s *Service) locate(ctx context.Context, tx *db.Tx, actor *identity.Actor, d *draft, f *fault.Fields) error {
	o := &d.order
	if o.AssetID != "" {
		a, err := s.Assets.Thing(ctx, tx, o.AssetID)
		if err != nil {
			return reference(err, "assetId")
		}
		o.AssetName = strings.TrimSpace(a.Number + " " + a.Name)
		first(&o.PlaceID, a.PlaceID)
		first(&o.DepartmentID, a.DepartmentID)
	}
	if o.PlaceID != "" {
		p, err := s.Org.Place(ctx, tx, o.PlaceID)
		if err != nil {
			return reference(err, "placeId")
		}
		o.PlaceName, o.CampusID = p.FullName, p.CampusID
		first(&o.DepartmentID, p.DepartmentID)
		d.public, d.class = p.PublicReport, p.Class
	}
	if o.DepartmentID == "" {
		o.DepartmentID = actor.Department
	}
	if o.DepartmentID != "" {
		dep, err := s.Org.Department(ctx, tx, o.DepartmentID)
		if err != nil {
			return reference(err, "departmentId")
		}
		o.DepartmentName = dep.Name
		first(&o.CampusID, dep.CampusID)
		d.public = d.public || dep.PublicReport
	}
	if o.ReporterID != "" {
		who, err := s.reporter(ctx, tx, actor, o.ReporterID)
		if err != nil {
			return err
		}
		first(&o.ContactName, who.Name)
		first(&o.ContactPhone, who.Phone)
	}
	if !actor.SignedIn() && o.ContactPhone == "" && o.ContactName == "" {
		f.Add("contactPhone", "required")
	}
	return nil
}

// reporter returns for whom a report is. Someone whom the actor may not name must
// not be told by the order's contact: they are answered like nobody at all.
func (s *Service) reporter(ctx context.Context, tx *db.Tx, actor *identity.Actor, personID string) (*identity.Person, error) {
	if personID == actor.PersonID {
		return &identity.Person{ID: actor.PersonID, Name: actor.Name, Phone: actor.Phone}, nil
	}
	ok, err := s.People.MayName(ctx, tx, personID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.Field("reporterId", "unknown_reference")
	}
	who, err := s.People.PersonIn(ctx, tx, personID)
	return who, reference(err, "reporterId")
}

func (s *Service) team(ctx context.Context, tx *db.Tx, teamID, field string) (Team, error) {
	t, err := s.Org.Team(ctx, tx, teamID)
	if err != nil {
		return Team{}, reference(err, field)
	}
	if !t.Active {
		return Team{}, fault.Field(field, "unknown_reference")
	}
	return Team{ID: t.ID, Name: t.Name, VendorID: t.VendorID, Pool: t.Pool}, nil
}

// reference turns "not found" into a fault of the field that referred to it.
func reference(err error, field string) error {
	if db.IsMissing(err) {
		return fault.Field(field, "unknown_reference")
	}
	return err
}

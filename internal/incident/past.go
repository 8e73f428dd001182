package incident

import (
	"context"

	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// Past is an incident whose whole life is told at once: demonstration data. Its orders
// are told by workorder.Past.
type Past struct {
	Incident Incident
	Steps    []Step
	Entries  []Entry
}

// NewPast begins an incident out of its plan.
func NewPast(i Incident, plan *PlanBody) *Past {
	i.ID, i.Version, i.UpdatedAt = id.New(), 1, i.ClosedAt
	i.PlanNameZh, i.PlanNameEn = plan.NameZh, plan.NameEn
	i.CampusIDs, i.DepartmentIDs = orEmpty(i.CampusIDs), orEmpty(i.DepartmentIDs)
	return &Past{Incident: i, Steps: plan.steps(i.ID, i.DeclaredAt)}
}

// Ref names it on its orders.
func (p *Past) Ref() workorder.IncidentRef { return p.Incident.ref() }

// Tell adds an entry of the timeline.
func (p *Past) Tell(k EntryKind, at int64, who workorder.Worker, text string, about ...*workorder.Order) {
	e := Entry{ID: id.New(), IncidentID: p.Incident.ID, Kind: k, At: at, RecordedAt: at, ActorID: who.ID, ActorName: who.Name, Text: text}
	for _, o := range about {
		e.OrderID, e.Number = o.ID, o.Number
	}
	e.Key = e.ID
	p.Entries = append(p.Entries, e)
}

// StorePast writes an incident with its check list and timeline; it is no news to anybody.
func (s *Service) StorePast(ctx context.Context, tx *db.Tx, p *Past, reach []Scope) error {
	if err := insertIncident(ctx, tx, &p.Incident); err != nil {
		return err
	}
	for n := range reach {
		reach[n].IncidentID = p.Incident.ID
	}
	if err := saveReach(ctx, tx, p.Incident.ID, reach); err != nil {
		return err
	}
	if err := insertSteps(ctx, tx, p.Steps...); err != nil {
		return err
	}
	for n := range p.Entries {
		if _, err := insertEntry(ctx, tx, &p.Entries[n]); err != nil {
			return err
		}
	}
	return nil
}

// ReserveNumber takes the next number of a day (YYMMDD in the hospital's zone).
func (s *Service) ReserveNumber(ctx context.Context, tx *db.Tx, day string) (string, error) {
	return reserveNumber(ctx, tx, day)
}

package incident

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Join implements workorder.Incidents: a report that tells of a running incident follows
// it from the start. The incident is held until the report is stored, so that it cannot
// be resolved past it.
func (s *Service) Join(ctx context.Context, tx *db.Tx, incidentID string, o *workorder.Order) (workorder.IncidentRef, error) {
	i, err := lockIncident(ctx, tx, incidentID)
	if db.IsMissing(err) {
		return workorder.IncidentRef{}, fault.Field("incidentId", "unknown_reference")
	}
	if err != nil {
		return workorder.IncidentRef{}, err
	}
	spot, err := s.spotOf(ctx, tx, o)
	if err != nil {
		return workorder.IncidentRef{}, err
	}
	if !i.meets(spot) { // over, or elsewhere: to tell which would tell of it
		return workorder.IncidentRef{}, fault.Field("incidentId", "unknown_reference")
	}
	return i.ref(), s.enter(ctx, tx, &i, Joined, "", o)
}

// State implements workorder.Incidents.
func (s *Service) State(ctx context.Context, tx *db.Tx, incidentID string) (workorder.IncidentState, error) {
	i, err := getIncident(ctx, tx, incidentID)
	return i.State(), err
}

// Current implements workorder.Incidents.
func (s *Service) Current(ctx context.Context, tx *db.Tx, campusID string) ([]workorder.IncidentState, error) {
	list, err := running(ctx, tx)
	out := []workorder.IncidentState{}
	for n := range list {
		i := &list[n]
		hit := campusID == "" || i.Everywhere || i.CampusID == campusID
		if !hit {
			reach, err := reachOf(ctx, tx, i.ID)
			if err != nil {
				return nil, err
			}
			for _, r := range reach {
				hit = hit || r.CampusID == campusID
			}
		}
		if hit {
			out = append(out, i.State())
		}
	}
	return out, err
}

// Where says from where somebody is about to report.
type Where struct{ ItemID, PlaceID, AssetID, DepartmentID, Code string }

// Known returns the running incidents that a report of the item from there would tell
// of, so that the caller is told before reporting. Without a place it is the actor's own
// department.
func (s *Service) Known(ctx context.Context, w Where) ([]workorder.IncidentState, error) {
	out := []workorder.IncidentState{}
	if w.ItemID == "" {
		return out, nil
	}
	actor := identity.Of(ctx)
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := running(ctx, tx)
		if err != nil || len(list) == 0 {
			return err
		}
		o := workorder.Order{ItemID: w.ItemID, PlaceID: w.PlaceID, AssetID: w.AssetID, DepartmentID: w.DepartmentID}
		if err := s.locate(ctx, tx, actor, &o); err != nil {
			return err
		}
		spot, err := s.spotOf(ctx, tx, &o)
		if err != nil {
			return err
		}
		for n := range list {
			if list[n].meets(spot) {
				out = append(out, list[n].State())
			}
		}
		return nil
	})
	return out, err
}

// locate fills in asset → place → department → campus; what is not there is left out.
func (s *Service) locate(ctx context.Context, tx *db.Tx, actor *identity.Actor, o *workorder.Order) error {
	if o.AssetID != "" && o.PlaceID == "" {
		t, err := s.Orders.Assets.Thing(ctx, tx, o.AssetID)
		if err != nil && !db.IsMissing(err) {
			return err
		}
		if err == nil && actor.SignedIn() {
			o.PlaceID = t.PlaceID
		}
		if o.DepartmentID == "" {
			o.DepartmentID = t.DepartmentID
		}
	}
	if o.PlaceID != "" {
		p, err := s.Org.Place(ctx, tx, o.PlaceID)
		if db.IsMissing(err) {
			o.PlaceID = ""
			return nil
		}
		if err != nil {
			return err
		}
		o.CampusID = p.CampusID
		if o.DepartmentID == "" {
			o.DepartmentID = p.DepartmentID
		}
	}
	if o.DepartmentID == "" {
		o.DepartmentID = actor.Department
	}
	if o.DepartmentID == "" || o.CampusID != "" {
		return nil
	}
	d, err := s.Org.Department(ctx, tx, o.DepartmentID)
	if db.IsMissing(err) {
		return nil
	}
	o.CampusID = d.CampusID
	return err
}

// Notices returns what the actor's own department and campus are told: running
// incidents that are broadcast there. Others see nothing.
func (s *Service) Notices(ctx context.Context) ([]workorder.IncidentState, error) {
	actor := identity.Of(ctx)
	if !actor.SignedIn() {
		return nil, fault.New(fault.Unauthorized, "unauthorized")
	}
	return s.notices(ctx, func(*db.Tx) (string, string, error) { return actor.Campus, actor.Department, nil })
}

// PublicNotices returns what is told at the place of a scanned code, without sign-in.
func (s *Service) PublicNotices(ctx context.Context, code string) ([]workorder.IncidentState, error) {
	return s.notices(ctx, func(tx *db.Tx) (string, string, error) {
		o, err := s.scanned(ctx, tx, code)
		return o.CampusID, o.DepartmentID, err
	})
}

// PublicKnown is Known for somebody who has scanned a code and not signed in.
func (s *Service) PublicKnown(ctx context.Context, code, itemID string) ([]workorder.IncidentState, error) {
	var w Where
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := s.scanned(ctx, tx, code)
		w = Where{ItemID: itemID, PlaceID: o.PlaceID, DepartmentID: o.DepartmentID}
		return err
	})
	if err != nil {
		return nil, err
	}
	if w.PlaceID == "" && w.DepartmentID == "" {
		return []workorder.IncidentState{}, nil
	}
	return s.Known(ctx, w)
}

// scanned returns where a code belongs to that lets anyone report; nowhere otherwise.
func (s *Service) scanned(ctx context.Context, tx *db.Tx, code string) (workorder.Order, error) {
	var o workorder.Order
	found, err := s.Spot(ctx, tx, code)
	if db.IsMissing(err) {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	if o.PlaceID = found.PlaceID; o.PlaceID == "" && found.AssetID != "" {
		t, err := s.Orders.Assets.Thing(ctx, tx, found.AssetID)
		if err != nil {
			return o, err
		}
		o.PlaceID, o.DepartmentID = t.PlaceID, t.DepartmentID
	}
	if err := s.locate(ctx, tx, identity.Public(), &o); err != nil || o.PlaceID == "" {
		return workorder.Order{}, err
	}
	p, err := s.Org.Place(ctx, tx, o.PlaceID)
	if err != nil {
		return o, err
	}
	open := p.PublicReport
	if !open && o.DepartmentID != "" {
		d, err := s.Org.Department(ctx, tx, o.DepartmentID)
		if err != nil && !db.IsMissing(err) {
			return o, err
		}
		open = err == nil && d.PublicReport
	}
	if !open {
		return workorder.Order{}, nil
	}
	return o, nil
}

func (s *Service) notices(ctx context.Context, where func(tx *db.Tx) (campus, department string, err error)) ([]workorder.IncidentState, error) {
	out := []workorder.IncidentState{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := running(ctx, tx)
		if err != nil || len(list) == 0 {
			return err
		}
		campus, department, err := where(tx)
		if err != nil {
			return err
		}
		for n := range list {
			i := &list[n]
			there := campus != "" || department != "" || identity.Of(ctx).SignedIn()
			if i.Broadcast && there && i.affects(campus, department) {
				out = append(out, i.State())
			}
		}
		return nil
	})
	return out, err
}

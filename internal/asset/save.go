package asset

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Create adds an asset and gives it a code.
func (s *Service) Create(ctx context.Context, in Input) (*View, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetWrite); err != nil {
		return nil, err
	}
	var out *View
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := s.fresh(in)
		if err != nil {
			return err
		}
		if err := s.refer(ctx, tx, &Asset{}, &a); err != nil {
			return err
		}
		if !actor.May(identity.AssetWrite, a.Keys()) {
			return fault.Denied()
		}
		if err := s.unique(ctx, tx, &a); err != nil {
			return err
		}
		if err := s.insert(ctx, tx, &a, newSecret()); err != nil {
			return err
		}
		if err := s.record(ctx, tx, &a, Created, "", nil); err != nil {
			return err
		}
		out, err = s.view(ctx, tx, a)
		return err
	})
	return out, err
}

// fresh makes an asset out of an input.
func (s *Service) fresh(in Input) (Asset, error) {
	if in.Status == "" {
		in.Status = InUse
	}
	var f fault.Fields
	if err := f.Merge("", in.clean()); err != nil {
		return Asset{}, err
	}
	if !slices.Contains(Statuses(), in.Status) {
		f.Add("status", "bad_value")
	}
	now := s.Clock.Now()
	return Asset{ID: id.New(), Facts: in.Facts, Status: in.Status, PlaceID: in.PlaceID, DepartmentID: in.DepartmentID,
		Version: 1, CreatedAt: now, UpdatedAt: now}, f.Err()
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, a *Asset, secret string) error {
	a.settle()
	if err := db.Insert(ctx, tx, "asset", a); err != nil {
		return err
	}
	return db.Insert(ctx, tx, "asset_code", &codeRow{Secret: secret, AssetID: a.ID, MadeAt: s.Clock.Now()})
}

// unique wants no other asset to have the number.
func (s *Service) unique(ctx context.Context, tx *db.Tx, a *Asset) error {
	other, err := holder(ctx, tx, a.Number)
	if err == nil && other != "" && other != a.ID {
		return fault.Field("number", "duplicate")
	}
	return err
}

// refer checks what an asset newly refers to, and fills in department and campus.
func (s *Service) refer(ctx context.Context, tx *db.Tx, was, a *Asset) error {
	var f fault.Fields
	unknown := func(field string, active bool, err error) error {
		if errors.Is(err, sql.ErrNoRows) || err == nil && !active {
			f.Add(field, "unknown_reference")
			return nil
		}
		return err
	}
	var place org.Place
	var err error
	if a.PlaceID != "" {
		place, err = s.Org.Place(ctx, tx, a.PlaceID)
		if err := unknown("placeId", place.Active || a.PlaceID == was.PlaceID, err); err != nil {
			return err
		}
		if a.DepartmentID == "" {
			a.DepartmentID = place.DepartmentID
		}
	}
	a.CampusID = place.CampusID
	if a.DepartmentID != "" {
		d, err := s.Org.Department(ctx, tx, a.DepartmentID)
		if err := unknown("departmentId", d.Active || a.DepartmentID == was.DepartmentID, err); err != nil {
			return err
		}
		if a.CampusID == "" {
			a.CampusID = d.CampusID
		}
	}
	if a.VendorID != "" && a.VendorID != was.VendorID {
		v, err := s.Org.Vendor(ctx, tx, a.VendorID)
		if err := unknown("vendorId", v.Active, err); err != nil {
			return err
		}
	}
	if a.CustodianID != "" && a.CustodianID != was.CustodianID {
		ok, err := s.nameable(ctx, tx, a.CustodianID)
		if err != nil {
			return err
		}
		if !ok {
			f.Add("custodianId", "unknown_reference")
		}
	}
	return f.Err()
}

// nameable tells whether a person exists whom the actor may name.
func (s *Service) nameable(ctx context.Context, tx *db.Tx, personID string) (bool, error) {
	if s.MayName != nil {
		return s.MayName(ctx, tx, personID)
	}
	if s.People == nil {
		return true, nil
	}
	known, err := s.People(ctx, tx, []string{personID})
	_, ok := known[personID]
	return ok, err
}

// change lets f change an asset that the caller may change, and stores what became
// of it; one that came out as it was is left alone.
func (s *Service) change(ctx context.Context, assetID string, version int64, k Kind, note string, f func(a *Asset) error) (*View, error) {
	if note = strings.TrimSpace(note); utf8.RuneCountInString(note) > 500 {
		return nil, fault.Field("note", "too_long", "max", 500)
	}
	actor := identity.Of(ctx)
	var out *View
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		was, err := s.lockFor(ctx, tx, actor, assetID, version)
		if err != nil {
			return err
		}
		a := was
		if err := f(&a); err != nil {
			return err
		}
		if err := s.keep(ctx, tx, actor, &was, &a, k, note); err != nil {
			return err
		}
		out, err = s.view(ctx, tx, a)
		return err
	})
	return out, err
}

// lockFor returns an asset that the actor may change, in the version the actor saw.
func (s *Service) lockFor(ctx context.Context, tx *db.Tx, actor *identity.Actor, assetID string, version int64) (Asset, error) {
	if err := actor.Need(identity.AssetWrite); err != nil {
		return Asset{}, err
	}
	a, err := lock(ctx, tx, assetID)
	if err != nil {
		return a, err
	}
	if err := actor.NeedFor(identity.AssetWrite, identity.AssetRead, a.Keys()); err != nil {
		return a, err
	}
	if a.Version != version {
		return a, fault.New(fault.Conflict, "conflict")
	}
	return a, nil
}

// keep checks and stores what an asset has become.
func (s *Service) keep(ctx context.Context, tx *db.Tx, actor *identity.Actor, was, a *Asset, k Kind, note string) error {
	if !was.Status.may(a.Status) || was.Status == Scrapped && a.Status == Scrapped {
		return fault.New(fault.Conflict, "asset.scrapped")
	}
	if err := s.refer(ctx, tx, was, a); err != nil {
		return err
	}
	if !actor.May(identity.AssetWrite, a.Keys()) {
		return fault.Denied()
	}
	list := changes(was, a)
	if len(list) == 0 && note == "" {
		return nil
	}
	if a.Number != was.Number {
		if err := s.unique(ctx, tx, a); err != nil {
			return err
		}
	}
	a.settle()
	a.Version, a.UpdatedAt = was.Version+1, s.Clock.Now()
	if _, err := db.Update(ctx, tx, "asset", a); err != nil {
		return err
	}
	return s.record(ctx, tx, a, k, note, list)
}

// record adds to the asset's history and to the trail, and tells of it.
func (s *Service) record(ctx context.Context, tx *db.Tx, a *Asset, k Kind, note string, list []Change) error {
	if err := s.nameChanges(ctx, tx, list); err != nil {
		return err
	}
	actor := identity.Of(ctx)
	err := db.Insert(ctx, tx, "asset_event", &Event{ID: id.New(), AssetID: a.ID, At: s.Clock.Now(), Kind: k,
		ActorID: actor.PersonID, ActorName: actor.Name, Note: note, Changes: list})
	if err != nil {
		return err
	}
	detail := map[string]any{"number": a.Number}
	for _, c := range list {
		detail[c.Field] = []string{c.From, c.To}
	}
	if err := s.Trail.Record(ctx, tx, actor.Who(), "asset."+string(k), "asset", a.ID, detail); err != nil || s.Changed == nil {
		return err
	}
	return s.Changed(ctx, tx, a, k)
}

// nameChanges adds the names that the ids in changes have now.
func (s *Service) nameChanges(ctx context.Context, tx *db.Tx, list []Change) error {
	var w org.Wanted
	var people []string
	for _, c := range list {
		both := []string{c.From, c.To}
		switch c.Field {
		case "placeId":
			w.Places = append(w.Places, both...)
		case "departmentId":
			w.Departments = append(w.Departments, both...)
		case "campusId":
			w.Campuses = append(w.Campuses, both...)
		case "vendorId":
			w.Vendors = append(w.Vendors, both...)
		case "custodianId":
			people = append(people, both...)
		}
	}
	names, err := s.Org.Names(ctx, tx, w)
	if err != nil {
		return err
	}
	known, err := s.people(ctx, tx, people)
	if err != nil {
		return err
	}
	persons := map[string]string{}
	for id, p := range known {
		persons[id] = p.Name
	}
	by := map[string]map[string]string{"placeId": names.Places, "departmentId": names.Departments, "campusId": names.Campuses,
		"vendorId": names.Vendors, "custodianId": persons}
	for i := range list {
		c := &list[i]
		c.FromName, c.ToName = by[c.Field][c.From], by[c.Field][c.To]
	}
	return nil
}

// Update changes the facts of an asset; where it is and what it is doing stay.
func (s *Service) Update(ctx context.Context, assetID string, version int64, in Facts) (*View, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	return s.change(ctx, assetID, version, Changed, "", func(a *Asset) error {
		a.Facts = in
		return nil
	})
}

// Move says where an asset is going.
type Move struct {
	PlaceID      string `json:"placeId,omitempty" maxLength:"64" doc:"Absent means nowhere in particular"`
	DepartmentID string `json:"departmentId,omitempty" maxLength:"64" doc:"Absent takes that of the place"`
	CustodianID  string `json:"custodianId,omitempty" maxLength:"64" doc:"Absent means nobody in particular"`
	Note         string `json:"note,omitempty" maxLength:"500"`
}

// Move brings an asset to another place, department or custodian.
func (s *Service) Move(ctx context.Context, assetID string, version int64, m Move) (*View, error) {
	return s.change(ctx, assetID, version, Moved, m.Note, func(a *Asset) error {
		a.PlaceID, a.DepartmentID, a.CustodianID = m.PlaceID, m.DepartmentID, m.CustodianID
		return nil
	})
}

// SetStatus says what an asset is doing from now on.
func (s *Service) SetStatus(ctx context.Context, assetID string, version int64, st Status, note string) (*View, error) {
	if !slices.Contains(Statuses(), st) {
		return nil, fault.Field("status", "bad_value")
	}
	return s.change(ctx, assetID, version, NewStatus, note, func(a *Asset) error {
		a.Status = st
		return nil
	})
}

// Relabel gives an asset a new code; labels with the old one are void at once.
func (s *Service) Relabel(ctx context.Context, assetID string, version int64, note string) (*View, error) {
	if note = strings.TrimSpace(note); utf8.RuneCountInString(note) > 500 {
		return nil, fault.Field("note", "too_long", "max", 500)
	}
	actor := identity.Of(ctx)
	var out *View
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := s.lockFor(ctx, tx, actor, assetID, version)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		if err := revokeCode(ctx, tx, a.ID, now); err != nil {
			return err
		}
		if err := db.Insert(ctx, tx, "asset_code", &codeRow{Secret: newSecret(), AssetID: a.ID, MadeAt: now}); err != nil {
			return err
		}
		a.Version, a.UpdatedAt = a.Version+1, now
		if _, err := db.Update(ctx, tx, "asset", &a); err != nil {
			return err
		}
		if err := s.record(ctx, tx, &a, Relabelled, note, nil); err != nil {
			return err
		}
		out, err = s.view(ctx, tx, a)
		return err
	})
	return out, err
}

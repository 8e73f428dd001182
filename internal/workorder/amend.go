package workorder

import (
	"context"
	"slices"
	"strings"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// amendment looks up what a correction refers to and returns only what changes.
func (s *Service) amendment(ctx context.Context, tx *db.Tx, o *Order, c Correction) (Amendment, error) {
	var f fault.Fields
	a := Amendment{Symptom: trimmed(c.Symptom), Words: trimmed(c.Words), ContactName: trimmed(c.ContactName),
		ContactPhone: trimmed(c.ContactPhone), WantedAt: c.WantedAt, AidTools: c.AidTools}
	now := s.Clock.Now()
	if c.WantedAt != nil && *c.WantedAt != 0 && (*c.WantedAt < now-clock.Hour || *c.WantedAt > now+180*clock.Day) {
		f.Add("wantedAt", "order.wanted")
	}
	item, err := s.amendItem(ctx, tx, o, c, &a)
	if err != nil {
		return a, err
	}
	if c.Form != nil || c.ItemID != nil {
		place, thing := o.PlaceID, o.AssetID
		set(&place, c.PlaceID)
		set(&thing, c.AssetID)
		form := item.Form.WithOrder(c.Form, place, thing)
		if err := f.Merge("", item.Form.Check(catalog.AtIntake, form)); err != nil {
			return a, err
		}
		if err := s.amendRefs(ctx, tx, o, item.Form, form); err != nil {
			return a, err
		}
		a.Form = form
	}
	if c.Priority != nil && *c.Priority != o.Priority {
		a.Priority = c.Priority
	}
	if err := s.amendPlace(ctx, tx, o, c, &a); err != nil {
		return a, err
	}
	if a.ItemID != nil || a.Priority != nil || a.PlaceID != nil {
		after := *o
		after.amend(&a)
		l, err := s.limits(ctx, tx, item, &after)
		if err != nil {
			return a, err
		}
		if l != o.Limits {
			a.Limits = &l
		}
	}
	return a, f.Err()
}

func (s *Service) amendItem(ctx context.Context, tx *db.Tx, o *Order, c Correction, a *Amendment) (catalog.Item, error) {
	if c.ItemID == nil || *c.ItemID == o.ItemID {
		return s.Catalog.At(ctx, tx, o.ItemID, o.ItemVersion)
	}
	item, err := s.Catalog.Current(ctx, tx, *c.ItemID)
	if err != nil {
		return item, reference(err, "itemId")
	}
	priority := string(item.Priority)
	a.ItemID, a.ItemVersion, a.ItemCode = &item.ID, &item.Version, &item.Code
	a.ItemName, a.ItemNameEn, a.Priority = &item.NameZh, &item.NameEn, &priority
	return item, nil
}

func (s *Service) amendPlace(ctx context.Context, tx *db.Tx, o *Order, c Correction, a *Amendment) error {
	if c.AssetID != nil && *c.AssetID != o.AssetID {
		name := ""
		if *c.AssetID != "" {
			as, err := s.seenThing(ctx, tx, *c.AssetID)
			if err != nil {
				return reference(err, "assetId")
			}
			name = strings.TrimSpace(as.Number + " " + as.Name)
		}
		a.AssetID, a.AssetName = c.AssetID, &name
	}
	if c.PlaceID != nil && *c.PlaceID != o.PlaceID {
		name := ""
		if *c.PlaceID != "" {
			p, err := s.Org.Place(ctx, tx, *c.PlaceID)
			if err != nil {
				return reference(err, "placeId")
			}
			name, a.CampusID = p.FullName, &p.CampusID
		}
		a.PlaceID, a.PlaceName = c.PlaceID, &name
	}
	if c.DepartmentID != nil && *c.DepartmentID != o.DepartmentID {
		d, err := s.Org.Department(ctx, tx, *c.DepartmentID)
		if err != nil {
			return reference(err, "departmentId")
		}
		a.DepartmentID, a.DepartmentName = &d.ID, &d.Name
	}
	return nil
}

// amendRefs refuses corrected answers that point at nothing, or newly at an asset that
// the actor does not see.
func (s *Service) amendRefs(ctx context.Context, tx *db.Tx, o *Order, form catalog.Form, answers map[string]any) error {
	refs := form.References(answers)
	for _, id := range newIn(refs.Assets, append(form.References(o.Form).Assets, o.AssetID)) {
		if _, err := s.seenThing(ctx, tx, id); err != nil {
			return reference(err, "form")
		}
	}
	return s.references(ctx, tx, refs)
}

// seenThing returns an asset that the actor may see. Who reports may name any, since
// whoever stands before a thing has its id from the label; who corrects chooses from
// a list, and an id from elsewhere must not be answered with a name.
func (s *Service) seenThing(ctx context.Context, tx *db.Tx, assetID string) (Thing, error) {
	t, err := s.Assets.Thing(ctx, tx, assetID)
	if err == nil && !identity.Of(ctx).May(identity.AssetRead, t.Keys) {
		err = fault.Missing()
	}
	return t, err
}

// newIn returns what is in a list and not in the one before.
func newIn(list, before []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(before, id) })
}

func trimmed(v *string) *string {
	if v == nil {
		return nil
	}
	t := strings.TrimSpace(*v)
	return &t
}

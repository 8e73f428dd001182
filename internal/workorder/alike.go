package workorder

import (
	"context"
	"slices"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/text"
)

// Alike says what a new report may repeat.
type Alike struct {
	PlaceID, AssetID, ReporterID, Phone, ItemID string
	Words                                       string // of the new report
}

// Like is an order that a new report may repeat.
type Like struct {
	Order
	Likeness float64 `json:"likeness" doc:"How alike the words are, 0 to 1"`
	Repeats  bool    `json:"repeats" doc:"Open, about the same thing and worded alike: most likely reported already"`
}

const (
	// sameWords is the likeness from which two wordings at one place are of one fault.
	sameWords = 0.3
	mostAlike = 20
)

// Similar returns orders that a new report may repeat: open ones of the same caller,
// asset or place, of what lies within or around that place, and those of the asset that
// ended within a week. What is most likely reported already comes first. At most 20.
func (s *Service) Similar(ctx context.Context, a Alike) ([]Like, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return nil, err
	}
	out := []Like{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		places, err := s.near(ctx, tx, a.PlaceID)
		if err != nil {
			return err
		}
		q := s.alike(a, places)
		if q == nil {
			return nil
		}
		list, err := list(ctx, tx, actor.Scope(identity.OrderRead).Limit(q, columns))
		for i := range list {
			out = append(out, a.compare(&list[i], places))
		}
		return err
	})
	slices.SortStableFunc(out, func(x, y Like) int {
		switch {
		case x.Repeats == y.Repeats:
			return 0
		case x.Repeats:
			return -1
		}
		return 1
	})
	return out, err
}

// alike is the question for the orders, nil when there is nothing to ask by.
func (s *Service) alike(a Alike, places []string) *db.Query {
	var conds []string
	var args []any
	for _, c := range []struct{ cond, value string }{
		{"o.open AND o.asset_id = ?", a.AssetID}, {"o.open AND o.reporter_id = ?", a.ReporterID}, {"o.open AND o.contact_phone = ?", a.Phone},
	} {
		if c.value != "" {
			conds, args = append(conds, "("+c.cond+")"), append(args, c.value)
		}
	}
	if len(places) > 0 {
		marks := strings.Repeat(", ?", len(places))[2:]
		conds = append(conds, "(o.open AND o.place_id IN ("+marks+"))")
		for _, p := range places {
			args = append(args, p)
		}
	}
	if a.AssetID != "" {
		conds = append(conds, "(o.asset_id = ? AND o.updated_at > ?)")
		args = append(args, a.AssetID, s.Clock.Now()-reopenDays*clock.Day)
	}
	if len(conds) == 0 {
		return nil
	}
	q := db.NewQuery().Where(strings.Join(conds, " OR "), args...)
	if a.ItemID != "" {
		q.Where("o.item_id = ?", a.ItemID)
	}
	return q.OrderBy(db.Order{Column: "o.id", Desc: true, Text: true}).Limit(mostAlike)
}

// mostNear bounds how many places around one are looked at.
const mostNear = 100

// near returns a place with what lies within it and what it lies within, up to the room:
// a whole floor is not one place.
func (s *Service) near(ctx context.Context, tx *db.Tx, placeID string) ([]string, error) {
	if placeID == "" {
		return nil, nil
	}
	out := []string{placeID}
	p, err := s.Org.Place(ctx, tx, placeID)
	if db.IsMissing(err) {
		return out, nil
	}
	if err != nil || p.Kind == org.Building || p.Kind == org.Floor {
		return out, err
	}
	below, err := s.Org.PlacesBelow(ctx, tx, placeID)
	if err != nil {
		return nil, err
	}
	for _, id := range below[:min(len(below), mostNear)] {
		if id != placeID {
			out = append(out, id)
		}
	}
	if p.ParentID == "" {
		return out, nil
	}
	up, err := s.Org.Place(ctx, tx, p.ParentID)
	if err == nil && up.Kind != org.Building && up.Kind != org.Floor {
		out = append(out, up.ID)
	}
	return out, err
}

// compare says how alike an order is to a new report.
func (a *Alike) compare(o *Order, places []string) Like {
	l := Like{Order: *o, Likeness: max(text.Likeness(a.Words, o.Words), text.Likeness(a.Words, o.ItemName+"，"+o.Symptom))}
	thing := a.AssetID != "" && o.AssetID == a.AssetID
	item := a.ItemID != "" && o.ItemID == a.ItemID
	l.Repeats = o.Open && (thing || slices.Contains(places, o.PlaceID) && (item || l.Likeness >= sameWords))
	return l
}

package catalog

import (
	"context"
	"slices"
	"strconv"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// SaveCategory adds a category (no id) or changes one. One that still has active
// items cannot be withdrawn.
func (s *Service) SaveCategory(ctx context.Context, c Category) (*Category, error) {
	actor := identity.Of(ctx)
	if err := mayEdit(actor); err != nil {
		return nil, err
	}
	if err := checkCategory(c); err != nil {
		return nil, err
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := raise(ctx, tx); err != nil {
			return err
		}
		save := s.changeCategory
		if c.ID == "" {
			save = s.addCategory
		}
		saved, err := save(ctx, tx, c)
		if err != nil {
			return err
		}
		c = saved
		return s.Trail.Record(ctx, tx, actor.Who(), "catalog.category.save", "catalog_category", c.ID,
			map[string]any{"nameZh": c.NameZh, "active": c.Active})
	})
	return &c, err
}

func checkCategory(c Category) error {
	var f fault.Fields
	label(&f, "nameZh", c.NameZh, 40)
	atMost(&f, "nameEn", c.NameEn, 80)
	atMost(&f, "icon", c.Icon, 40)
	return f.Err()
}

func (s *Service) addCategory(ctx context.Context, tx *db.Tx, c Category) (Category, error) {
	last, err := lastPosition(ctx, tx, "")
	if err != nil {
		return c, err
	}
	c.ID, c.Position, c.Version = id.New(), last+1, 1
	return c, db.Insert(ctx, tx, "catalog_category", &c)
}

func (s *Service) changeCategory(ctx context.Context, tx *db.Tx, c Category) (Category, error) {
	old, err := loadCategory(ctx, tx, c.ID)
	if err != nil {
		return c, err
	}
	if old.Version != c.Version {
		return c, fault.New(fault.Conflict, "conflict")
	}
	if old.Active && !c.Active {
		n, err := countActive(ctx, tx, c.ID)
		if err != nil {
			return c, err
		}
		if n > 0 {
			return c, fault.New(fault.Conflict, "catalog.category_in_use", "count", n)
		}
	}
	c.Position, c.Version = old.Position, old.Version+1
	_, err = db.Update(ctx, tx, "catalog_category", &c)
	return c, err
}

// Ordering is the wanted order of one category's items.
type Ordering struct {
	ID    string   `json:"id" doc:"Category"`
	Items []string `json:"items" maxItems:"500"`
}

// Reorder puts categories and the items within each into the order given. It must
// name all of them, as they stood at the revision.
func (s *Service) Reorder(ctx context.Context, revision int64, order []Ordering) error {
	actor := identity.Of(ctx)
	if err := mayEdit(actor); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		fresh, err := raiseFrom(ctx, tx, revision)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.New(fault.Conflict, "conflict")
		}
		if err := complete(ctx, tx, order); err != nil {
			return err
		}
		for i, c := range order {
			if err := setPosition(ctx, tx, "catalog_category", c.ID, int64(i+1)); err != nil {
				return err
			}
			for j, item := range c.Items {
				if err := setPosition(ctx, tx, "catalog_item", item, int64(j+1)); err != nil {
					return err
				}
			}
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "catalog.reorder", "catalog", strconv.FormatInt(revision, 10), nil)
	})
}

// complete wants the order to name every category, and under each exactly its items.
func complete(ctx context.Context, tx *db.Tx, order []Ordering) error {
	categories, err := listCategories(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := listItems(ctx, tx)
	if err != nil {
		return err
	}
	var have, want []string
	for _, c := range categories {
		have = append(have, c.ID)
	}
	for _, r := range rows {
		have = append(have, r.CategoryID+"/"+r.ID)
	}
	for _, c := range order {
		want = append(want, c.ID)
		for _, item := range c.Items {
			want = append(want, c.ID+"/"+item)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		return fault.New(fault.Conflict, "catalog.order_incomplete")
	}
	return nil
}

package catalog

import (
	"context"
	"database/sql"
	"errors"
	"unicode/utf8"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Draft is what an editor works on: the unpublished content, or the published one
// when nothing has been changed since.
type Draft struct {
	ID        string  `json:"id"`
	Code      string  `json:"code"`
	Active    bool    `json:"active"`
	Published int64   `json:"published" doc:"Version in force; 0 when never published"`
	Changed   bool    `json:"changed" doc:"The content differs from the published one"`
	Version   int64   `json:"version" doc:"To be sent back with the next change"`
	Content   Content `json:"content"`
}

// Published is one line of an item's history.
type Published struct {
	Version int64  `db:"version" json:"version"`
	At      int64  `db:"published_at" json:"publishedAt"`
	ByID    string `db:"published_by" json:"publishedBy"`
	ByName  string `db:"published_name" json:"publishedName"`
	Note    string `db:"note" json:"note,omitempty"`
}

// Draft returns what is being edited of an item.
func (s *Service) Draft(ctx context.Context, itemID string) (*Draft, error) {
	if err := mayEdit(identity.Of(ctx)); err != nil {
		return nil, err
	}
	var out *Draft
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		r, err := loadItem(ctx, tx, itemID)
		if err != nil {
			return err
		}
		out, err = s.draftOf(ctx, tx, r)
		return err
	})
	return out, err
}

func (s *Service) draftOf(ctx context.Context, tx *db.Tx, r itemRow) (*Draft, error) {
	d := &Draft{ID: r.ID, Code: r.Code, Active: r.Active, Published: r.Published, Changed: r.Draft != nil, Version: r.Version}
	if r.Draft != nil {
		d.Content = *r.Draft
		return d, nil
	}
	it, err := s.version(ctx, tx, r.ID, r.Code, r.Published)
	d.Content = it.Content
	return d, err
}

// Create adds an item with a draft; nobody is offered it before it is published.
func (s *Service) Create(ctx context.Context, code string, c Content) (*Draft, error) {
	actor := identity.Of(ctx)
	if err := mayEdit(actor); err != nil {
		return nil, err
	}
	if err := CheckCode(code); err != nil {
		return nil, err
	}
	var out *Draft
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := raise(ctx, tx); err != nil { // before the look at the code: editors pass one by one
			return err
		}
		if _, err := codeID(ctx, tx, code); !errors.Is(err, sql.ErrNoRows) {
			return firstOf(err, fault.Field("code", "duplicate"))
		}
		r, err := s.newRow(ctx, tx, code, c)
		if err != nil {
			return err
		}
		if err := db.Insert(ctx, tx, "catalog_item", &r); err != nil {
			return err
		}
		if out, err = s.draftOf(ctx, tx, r); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "catalog.item.create", "catalog_item", r.ID, map[string]any{"code": code})
	})
	return out, err
}

func (s *Service) newRow(ctx context.Context, tx *db.Tx, code string, c Content) (itemRow, error) {
	if err := s.categoryOf(ctx, tx, c); err != nil {
		return itemRow{}, err
	}
	last, err := lastPosition(ctx, tx, c.CategoryID)
	now := s.Clock.Now()
	return itemRow{ID: id.New(), Code: code, CategoryID: c.CategoryID, Position: last + 1, Active: true,
		Draft: &c, Version: 1, CreatedAt: now, UpdatedAt: now}, err
}

func (s *Service) categoryOf(ctx context.Context, tx *db.Tx, c Content) error {
	if _, err := loadCategory(ctx, tx, c.CategoryID); errors.Is(err, sql.ErrNoRows) {
		return fault.Field("categoryId", "unknown_reference")
	} else if err != nil {
		return err
	}
	return nil
}

// change runs f on an item that the caller edits and stores what it leaves; it
// refuses when someone else has changed the item since the version was read.
func (s *Service) change(ctx context.Context, itemID string, version int64, action string, f func(tx *db.Tx, r *itemRow) (map[string]any, error)) (*Draft, error) {
	actor := identity.Of(ctx)
	if err := mayEdit(actor); err != nil {
		return nil, err
	}
	var out *Draft
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := raise(ctx, tx); err != nil {
			return err
		}
		r, err := lockItem(ctx, tx, itemID)
		if err != nil {
			return err
		}
		if r.Version != version {
			return fault.New(fault.Conflict, "conflict")
		}
		detail, err := f(tx, &r)
		if err != nil {
			return err
		}
		r.Version++
		r.UpdatedAt = s.Clock.Now()
		if _, err := db.Update(ctx, tx, "catalog_item", &r); err != nil {
			return err
		}
		if out, err = s.draftOf(ctx, tx, r); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), action, "catalog_item", r.ID, detail)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// SaveDraft keeps the content as the item's draft. It may still be incomplete:
// Publish checks it.
func (s *Service) SaveDraft(ctx context.Context, itemID string, version int64, c Content) (*Draft, error) {
	return s.change(ctx, itemID, version, "catalog.item.draft", func(_ *db.Tx, r *itemRow) (map[string]any, error) {
		r.Draft = &c
		return nil, nil
	})
}

// DropDraft forgets what has not been published. An item that never was published
// keeps its draft, for there would be nothing left of it.
func (s *Service) DropDraft(ctx context.Context, itemID string, version int64) (*Draft, error) {
	return s.change(ctx, itemID, version, "catalog.item.drop", func(_ *db.Tx, r *itemRow) (map[string]any, error) {
		if r.Published == 0 || r.Draft == nil {
			return nil, fault.New(fault.Conflict, "catalog.no_draft")
		}
		r.Draft = nil
		return nil, nil
	})
}

// Publish makes the draft the item's next version. Orders made before keep theirs.
func (s *Service) Publish(ctx context.Context, itemID string, version int64, note string) (*Draft, error) {
	if utf8.RuneCountInString(note) > 200 {
		return nil, fault.Field("note", "too_long", "max", 200)
	}
	return s.change(ctx, itemID, version, "catalog.item.publish", func(tx *db.Tx, r *itemRow) (map[string]any, error) {
		if r.Draft == nil {
			return nil, fault.New(fault.Conflict, "catalog.no_draft")
		}
		if err := s.publish(ctx, tx, identity.Of(ctx), r, note); err != nil {
			return nil, err
		}
		return map[string]any{"version": r.Published, "note": note}, nil
	})
}

func (s *Service) publish(ctx context.Context, tx *db.Tx, actor *identity.Actor, r *itemRow, note string) error {
	c := *r.Draft
	var f fault.Fields
	for _, err := range []error{c.Check(), s.categoryOf(ctx, tx, c), s.teamsOf(ctx, tx, c)} {
		if err := f.Merge("", err); err != nil {
			return err
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	if r.CategoryID != c.CategoryID {
		last, err := lastPosition(ctx, tx, c.CategoryID)
		if err != nil {
			return err
		}
		r.CategoryID, r.Position = c.CategoryID, last+1
	}
	r.Published++
	r.Draft = nil
	r.Search = c.searchKeys(r.Code)
	return db.Insert(ctx, tx, "catalog_version", &versionRow{ItemID: r.ID, Version: r.Published, Content: c, Note: note,
		PublishedAt: s.Clock.Now(), PublishedBy: actor.PersonID, PublishedName: actor.Name})
}

func (s *Service) teamsOf(ctx context.Context, tx *db.Tx, c Content) error {
	if s.TeamExists == nil {
		return nil
	}
	var f fault.Fields
	check := func(field, team string) error {
		ok, err := s.TeamExists(ctx, tx, team)
		if err == nil && !ok {
			f.Add(field, "unknown_reference")
		}
		return err
	}
	if c.TeamID != "" {
		if err := check("teamId", c.TeamID); err != nil {
			return err
		}
	}
	for i, t := range c.MoreTeamIDs {
		if err := check(at("moreTeamIds", i), t); err != nil {
			return err
		}
	}
	if c.Tasks != nil {
		for i, step := range c.Tasks.Steps {
			if err := check(at("tasks.steps", i)+".teamId", step.TeamID); err != nil {
				return err
			}
		}
	}
	return f.Err()
}

// SetActive offers an item or withdraws it; orders that have it are not touched.
func (s *Service) SetActive(ctx context.Context, itemID string, version int64, active bool) (*Draft, error) {
	action := "catalog.item.deactivate"
	if active {
		action = "catalog.item.activate"
	}
	return s.change(ctx, itemID, version, action, func(_ *db.Tx, r *itemRow) (map[string]any, error) {
		r.Active = active
		return nil, nil
	})
}

// Versions returns an item's published versions, newest first.
func (s *Service) Versions(ctx context.Context, itemID string) ([]Published, error) {
	if err := mayEdit(identity.Of(ctx)); err != nil {
		return nil, err
	}
	var out []Published
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := loadItem(ctx, tx, itemID); err != nil {
			return err
		}
		var err error
		out, err = listVersions(ctx, tx, itemID)
		return err
	})
	return out, err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

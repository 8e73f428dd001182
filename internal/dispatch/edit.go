package dispatch

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Setup is everything that an administrator may say about dispatching.
type Setup struct {
	Settings SettingsVersion `json:"settings"`
	Modes    []Mode          `json:"modes"`
	Items    []ItemWants     `json:"items"`
	Kits     []Kit           `json:"kits"`
}

// change lets who keeps the settings of the whole hospital change something.
func (s *Service) change(ctx context.Context, act, subject, subjectID string, f func(tx *db.Tx) (map[string]any, error)) error {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.SettingWrite); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		detail, err := f(tx)
		if err != nil {
			return err
		}
		if subjectID == "" {
			subjectID, _ = detail["id"].(string)
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "dispatch."+act, subject, subjectID, detail)
	})
}

// Setup returns the settings, the modes, what items ask for and what people carry.
func (s *Service) Setup(ctx context.Context) (out Setup, err error) {
	if err := identity.Of(ctx).NeedAll(identity.SettingWrite); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if out.Settings, err = settings(ctx, tx); err != nil {
			return err
		}
		if out.Modes, err = modesIn(ctx, tx); err != nil {
			return err
		}
		if out.Items, err = itemWants(ctx, tx); err != nil {
			return err
		}
		out.Kits, err = kits(ctx, tx, nil)
		return err
	})
	return out, err
}

// SettingsHistory returns the states the settings were saved in, the newest first.
func (s *Service) SettingsHistory(ctx context.Context) (out []SettingsVersion, err error) {
	if err := identity.Of(ctx).NeedAll(identity.SettingWrite); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = settingsHistory(ctx, tx, 100); return err })
	return out, err
}

// stale refuses an edit of something that has been changed meanwhile.
func stale(edited, is int64) error {
	if edited != is {
		return fault.New(fault.Conflict, "conflict", "version", is)
	}
	return nil
}

// SaveSettings adds a version of the settings; version is the one that was edited.
func (s *Service) SaveSettings(ctx context.Context, in Settings, version int64) (out SettingsVersion, err error) {
	actor := identity.Of(ctx)
	err = s.change(ctx, "settings.save", "dispatch", "settings", func(tx *db.Tx) (map[string]any, error) {
		if err := in.check(); err != nil {
			return nil, err
		}
		was, err := settings(ctx, tx)
		if err != nil {
			return nil, err
		}
		if err := stale(version, was.Version); err != nil {
			return nil, err
		}
		out = SettingsVersion{Version: was.Version + 1, Body: in, ByID: actor.PersonID, ByName: actor.Name, At: s.Clock.Now()}
		if err := insertSettings(ctx, tx, &out); db.IsDuplicate(err) { // somebody saved at the same moment
			return nil, stale(version, version+1)
		} else if err != nil {
			return nil, err
		}
		return map[string]any{"version": out.Version}, nil
	})
	return out, err
}

// SaveItem says what an item asks of people; version 0 is that nothing was said yet.
func (s *Service) SaveItem(ctx context.Context, in ItemWants) (out ItemWants, err error) {
	err = s.change(ctx, "item.save", "item", in.ItemID, func(tx *db.Tx) (map[string]any, error) {
		if err := s.checkItem(ctx, tx, &in); err != nil {
			return nil, err
		}
		was, err := itemWantsOf(ctx, tx, in.ItemID)
		if err != nil && !db.IsMissing(err) {
			return nil, err
		}
		if err := stale(in.Version, was.Version); err != nil {
			return nil, err
		}
		out = in
		out.Version, out.UpdatedAt = was.Version+1, s.Clock.Now()
		if out.Skills == nil {
			out.Skills = []SkillWant{}
		}
		return map[string]any{"skills": out.Skills, "points": out.Points}, updateItemWants(ctx, tx, &out)
	})
	return out, err
}

func (s *Service) checkItem(ctx context.Context, tx *db.Tx, in *ItemWants) error {
	if err := in.check(); err != nil {
		return err
	}
	if _, err := s.CategoryOf(ctx, tx, in.ItemID); err != nil {
		return reference(err, "itemId")
	}
	var ids []string
	for _, k := range in.Skills {
		ids = append(ids, k.SkillID)
	}
	names, err := s.Org.Names(ctx, tx, org.Wanted{Skills: ids})
	if err != nil {
		return err
	}
	if len(names.Skills) != len(ids) {
		return fault.Field("skills", "unknown_reference")
	}
	return nil
}

// reference turns a missing thing into a fault of the field that names it.
func reference(err error, field string) error {
	if db.IsMissing(err) {
		return fault.Field(field, "unknown_reference")
	}
	return err
}

// SaveKit says what a person carries; version 0 is that nothing was said yet.
func (s *Service) SaveKit(ctx context.Context, in Kit) (out Kit, err error) {
	err = s.change(ctx, "kit.save", "person", in.PersonID, func(tx *db.Tx) (map[string]any, error) {
		if err := in.clean(); err != nil {
			return nil, err
		}
		if _, err := s.People.PersonIn(ctx, tx, in.PersonID); err != nil {
			return nil, reference(err, "personId")
		}
		was, err := kitOf(ctx, tx, in.PersonID)
		if err != nil && !db.IsMissing(err) {
			return nil, err
		}
		if err := stale(in.Version, was.Version); err != nil {
			return nil, err
		}
		out = in
		out.Version, out.UpdatedAt = was.Version+1, s.Clock.Now()
		return map[string]any{"tags": out.Tags}, updateKit(ctx, tx, &out)
	})
	return out, err
}

// SaveMode makes a mode (no id) or changes one.
func (s *Service) SaveMode(ctx context.Context, modeID string, version int64, in ModeInput) (out Mode, err error) {
	err = s.change(ctx, "mode.save", "dispatch", modeID, func(tx *db.Tx) (map[string]any, error) {
		if err := s.checkMode(ctx, tx, &in); err != nil {
			return nil, err
		}
		out = Mode{ID: id.New(), Version: 1}
		if modeID != "" {
			was, err := modeByID(ctx, tx, modeID)
			if err != nil {
				return nil, err
			}
			if err := stale(version, was.Version); err != nil {
				return nil, err
			}
			out = was
			out.Version++
		}
		out.put(in)
		out.UpdatedAt = s.Clock.Now()
		detail := map[string]any{"id": out.ID, "mode": out.Mode, "active": out.Active, "version": out.Version}
		if modeID != "" {
			return detail, updateMode(ctx, tx, &out)
		}
		return detail, insertMode(ctx, tx, &out)
	})
	return out, err
}

func (s *Service) checkMode(ctx context.Context, tx *db.Tx, in *ModeInput) error {
	if err := in.check(); err != nil {
		return err
	}
	if in.ItemID != "" {
		if _, err := s.CategoryOf(ctx, tx, in.ItemID); err != nil {
			return reference(err, "itemId")
		}
	}
	if in.TeamID != "" {
		if _, err := s.Org.Team(ctx, tx, in.TeamID); err != nil {
			return reference(err, "teamId")
		}
	}
	return nil
}

// RemoveMode removes a mode.
func (s *Service) RemoveMode(ctx context.Context, modeID string, version int64) error {
	return s.change(ctx, "mode.remove", "dispatch", modeID, func(tx *db.Tx) (map[string]any, error) {
		was, err := modeByID(ctx, tx, modeID)
		if err != nil {
			return nil, err
		}
		if err := stale(version, was.Version); err != nil {
			return nil, err
		}
		return map[string]any{"mode": was.Mode, "version": was.Version}, deleteMode(ctx, tx, modeID)
	})
}

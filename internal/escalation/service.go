package escalation

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// Deps are what watching over orders works with.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Zone   *time.Location // the hospital's
	Trail  *audit.Trail
	Events *event.Log
	Jobs   *jobs.Queue
	Orders *workorder.Service
	Notify *notify.Service
	People *identity.Service
	// CategoryOf returns the category of a catalogue item.
	CategoryOf func(ctx context.Context, tx *db.Tx, itemID string) (string, error)
	// Recipients says who plays a part in an order; only those who may see it. It must
	// not be called within a transaction. For role and person, who names which.
	Recipients func(ctx context.Context, part, who string, o *workorder.Order) ([]string, error)
	Logger     *slog.Logger
}

// Service watches over orders. It is safe for concurrent use.
type Service struct{ Deps }

// New returns the service. Call Ensure, register its jobs, start a Follower, and call
// Tick every second.
func New(d Deps) *Service {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{d}
}

// actorName is the name under which the program watches over orders.
const actorName = "escalation"

// system is the context in which the program watches over orders.
func system(ctx context.Context) context.Context {
	return identity.With(ctx, identity.System(actorName))
}

// ResyncJob names the job that reckons all next looks anew.
const ResyncJob = "escalation.resync"

// Ladders returns every ladder.
func (s *Service) Ladders(ctx context.Context) (out []Ladder, err error) {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = ladders(ctx, tx, false); return err })
	return out, err
}

// Ladder returns one ladder.
func (s *Service) Ladder(ctx context.Context, ladderID string) (out Ladder, err error) {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return Ladder{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = ladderByID(ctx, tx, ladderID, false); return err })
	return out, err
}

// Versions returns the states a ladder has been saved in, the newest first.
func (s *Service) Versions(ctx context.Context, ladderID string) (out []Version, err error) {
	if _, err := s.Ladder(ctx, ladderID); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = versionsOf(ctx, tx, ladderID); return err })
	return out, err
}

// Save makes a ladder (no id), switched off, or a new version of one; version is the one
// that was edited.
func (s *Service) Save(ctx context.Context, ladderID string, version int64, d Definition, note, key string) (Ladder, error) {
	return s.change(ctx, key, []any{"save", ladderID, version, d, note}, func(tx *db.Tx, who *identity.Actor) (Ladder, error) {
		if err := s.refs(ctx, tx, &d); err != nil {
			return Ladder{}, err
		}
		now := s.Clock.Now()
		l := Ladder{ID: id.New(), Version: 1, Body: d, UpdatedAt: now}
		if ladderID == "" {
			if _, err := insertLadder(ctx, tx, &l); err != nil {
				return l, err
			}
		} else {
			was, err := ladderByID(ctx, tx, ladderID, true)
			if err != nil {
				return l, err
			}
			if was.Version != version {
				return l, fault.New(fault.Conflict, "conflict", "version", was.Version)
			}
			l = was
			l.Body, l.Version, l.UpdatedAt = d, was.Version+1, now
			if l.On {
				l.OnSince = now
			}
			if err := updateLadder(ctx, tx, &l); err != nil {
				return l, err
			}
		}
		v := Version{ID: id.New(), LadderID: l.ID, Version: l.Version, Body: d, Note: note, ByID: who.PersonID, ByName: who.Name, At: now}
		if err := insertVersion(ctx, tx, &v); err != nil {
			return l, err
		}
		return l, s.Trail.Record(ctx, tx, who.Who(), "ladder.save", "ladder", l.ID, map[string]any{"name": d.NameZh, "version": l.Version, "note": note})
	})
}

// refs checks a definition with the people it names, and gives new steps their ids.
func (s *Service) refs(ctx context.Context, tx *db.Tx, d *Definition) error {
	if err := d.check(s.Notify.Channels()); err != nil {
		return err
	}
	d.Steps = slices.Clone(d.Steps)
	for i := range d.Steps {
		st := &d.Steps[i]
		if st.ID == "" {
			st.ID = id.New()
		}
		if !slices.Contains(st.To, ToPerson) {
			continue
		}
		if p, err := s.People.PersonIn(ctx, tx, st.PersonID); db.IsMissing(err) || err == nil && !p.Active {
			return fault.Field("steps["+itoa(i)+"].personId", "unknown_reference")
		} else if err != nil {
			return err
		}
	}
	if d.ItemID == "" {
		return nil
	}
	_, err := s.CategoryOf(ctx, tx, d.ItemID)
	if db.IsMissing(err) {
		return fault.Field("itemId", "unknown_reference")
	}
	return err
}

// Switch turns a ladder on or off.
func (s *Service) Switch(ctx context.Context, ladderID string, on bool, key string) (Ladder, error) {
	return s.change(ctx, key, []any{"switch", ladderID, on}, func(tx *db.Tx, who *identity.Actor) (Ladder, error) {
		l, err := ladderByID(ctx, tx, ladderID, true)
		if err != nil || l.On == on {
			return l, err
		}
		l.On, l.OnSince, l.UpdatedAt = on, 0, s.Clock.Now()
		if on {
			l.OnSince = l.UpdatedAt
		}
		if err := updateLadder(ctx, tx, &l); err != nil {
			return l, err
		}
		return l, s.Trail.Record(ctx, tx, who.Who(), "ladder.switch", "ladder", l.ID, map[string]any{"name": l.Body.NameZh, "on": on})
	})
}

// change carries out one command on the ladders; all open orders are looked at again.
func (s *Service) change(ctx context.Context, key string, input any, do func(tx *db.Tx, who *identity.Actor) (Ladder, error)) (Ladder, error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.RuleManage); err != nil {
		return Ladder{}, err
	}
	var out Ladder
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, input, func() (Ladder, error) {
			l, err := do(tx, actor)
			if err != nil {
				return l, err
			}
			return l, s.resyncSoon(ctx, tx)
		})
		return err
	})
	return out, err
}

func (s *Service) resyncSoon(ctx context.Context, tx *db.Tx) error {
	return s.Jobs.Enqueue(ctx, tx, jobs.Job{Kind: ResyncJob, Args: struct{}{}})
}

// Settings returns the settings.
func (s *Service) Settings(ctx context.Context) (out SettingRow, err error) {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return SettingRow{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = settings(ctx, tx, false); return err })
	return out, err
}

// SaveSettings changes the settings; version is the one that was edited.
func (s *Service) SaveSettings(ctx context.Context, in Settings, version int64) (out SettingRow, err error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.RuleManage); err != nil {
		return SettingRow{}, err
	}
	if err := in.check(); err != nil {
		return SettingRow{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := settings(ctx, tx, true)
		if err != nil {
			return err
		}
		if r.Version != version {
			return fault.New(fault.Conflict, "conflict", "version", r.Version)
		}
		for i, m := range in.Managers {
			if m.PersonID == "" {
				continue
			}
			if p, err := s.People.PersonIn(ctx, tx, m.PersonID); db.IsMissing(err) || err == nil && !p.Active {
				return fault.Field("managers["+itoa(i)+"].personId", "unknown_reference")
			} else if err != nil {
				return err
			}
		}
		r.Body, r.Since, r.Version, r.UpdatedAt = in, s.Clock.Now(), r.Version+1, s.Clock.Now()
		if err := updateSettings(ctx, tx, &r); err != nil {
			return err
		}
		out = r
		if err := s.resyncSoon(ctx, tx); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "escalation.settings", "setting", settingID, map[string]any{"version": r.Version})
	})
	return out, err
}

// Refers tells whether a ladder or the settings name a thing of the directory.
func (s *Service) Refers(ctx context.Context, tx *db.Tx, kind, id string) (bool, error) {
	if kind != "team" || id == "" {
		return false, nil
	}
	return namesAny(ctx, tx, id)
}

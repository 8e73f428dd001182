package escalation

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// WatchView is a watch with its notes of progress and what the actor may do.
type WatchView struct {
	Watch
	Progress []Progress `json:"progress"`
	May      []string   `json:"may" doc:"progress, end"`
}

// Watches returns a page of the watches that the actor keeps, follows or supervises, the
// newest first, and the next page's cursor. over asks for those that have ended.
func (s *Service) Watches(ctx context.Context, over, own bool, limit int, cursor string) ([]Watch, string, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return nil, "", err
	}
	q := db.NewQuery().OrderBy(db.Order{Column: "r.id", Desc: true, Text: true}).Limit(limit + 1)
	if own {
		q.Where(watching, actor.PersonID, actor.PersonID)
	} else {
		within(actor, q, watching, 2)
	}
	if over {
		q.Where("r.ended_at > 0")
	} else {
		q.Where("r.ended_at = 0")
	}
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	var out []Watch
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = watches(ctx, tx, q); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	return out[:limit], db.Cursor(out[limit-1].ID), nil
}

// Watching returns a watch with its notes of progress.
func (s *Service) Watching(ctx context.Context, watchID string) (out WatchView, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		w, err := s.seenWatch(ctx, tx, watchID, false)
		if err != nil {
			return err
		}
		out, err = s.watchView(ctx, tx, w)
		return err
	})
	return out, err
}

func (s *Service) seenWatch(ctx context.Context, tx *db.Tx, watchID string, lock bool) (Watch, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderRead); err != nil {
		return Watch{}, err
	}
	w, err := watchByID(ctx, tx, watchID, lock)
	if err == nil && !supervises(actor, w.Keys()) && w.FollowerID != actor.PersonID && w.ByID != actor.PersonID {
		err = fault.Missing()
	}
	return w, err
}

func (s *Service) watchView(ctx context.Context, tx *db.Tx, w Watch) (WatchView, error) {
	actor := identity.Of(ctx)
	v := WatchView{Watch: w, May: []string{}}
	if w.EndedAt == 0 {
		if w.FollowerID == actor.PersonID || supervises(actor, w.Keys()) {
			v.May = append(v.May, "progress")
		}
		if supervises(actor, w.Keys()) {
			v.May = append(v.May, "end")
		}
	}
	var err error
	v.Progress, err = progressOf(ctx, tx, w.ID)
	return v, err
}

// PutUnderWatch puts an order under watch and tells who is to follow it.
func (s *Service) PutUnderWatch(ctx context.Context, orderRef string, in WatchInput, key string) (WatchView, error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.OrderSupervise); err != nil {
		return WatchView{}, err
	}
	var o workorder.Order
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { o, err = s.Orders.Seen(ctx, tx, actor, orderRef); return err })
	if err != nil {
		return WatchView{}, err
	}
	k := o.Keys()
	k.People = nil // one's own order is for somebody else to watch over
	if !supervises(actor, k) {
		return WatchView{}, fault.Denied()
	}
	sees, err := s.sees(ctx, o.ID, in.FollowerID)
	if err != nil {
		return WatchView{}, err
	}
	var out WatchView
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, []any{"watch", o.ID, in}, func() (WatchView, error) {
			return s.putUnderWatch(ctx, tx, actor, o.ID, sees, in)
		})
		return err
	})
	return out, err
}

func (s *Service) putUnderWatch(ctx context.Context, tx *db.Tx, actor *identity.Actor, orderID string, sees bool, in WatchInput) (WatchView, error) {
	now := s.Clock.Now()
	if err := in.check(now); err != nil {
		return WatchView{}, err
	}
	if !sees {
		return WatchView{}, fault.Field("followerId", "unknown_reference")
	}
	p, err := s.People.PersonIn(ctx, tx, in.FollowerID)
	if err != nil {
		return WatchView{}, err
	}
	w := Watch{ID: id.New(), Reason: in.Reason, FollowerID: p.ID, FollowerName: p.Name, ByID: actor.PersonID, ByName: actor.Name, StartedAt: now,
		DueAt: in.DueAt, Every: int64(in.Every), Version: 1}
	if err := w.progress(now); err != nil {
		return WatchView{}, err
	}
	o, err := s.Orders.Watch(ctx, tx, orderID, workorder.Watching{ID: w.ID, Reason: w.Reason, FollowerID: p.ID, FollowerName: p.Name, Due: w.DueAt})
	if err != nil {
		return WatchView{}, err
	}
	w.about(&o)
	if err := insertWatch(ctx, tx, &w); err != nil {
		return WatchView{}, err
	}
	if err := setTimer(ctx, tx, watchTimer, w.ID, min(w.NextAt, w.DueAt)); err != nil {
		return WatchView{}, err
	}
	if p.ID != actor.PersonID {
		if err := s.tellOfWatch(ctx, tx, &w, "watch.given", w.Version, p.ID); err != nil {
			return WatchView{}, err
		}
	}
	return s.watchView(ctx, tx, w)
}

// onWatch carries out one command on a watch under its lock.
func (s *Service) onWatch(ctx context.Context, watchID, key, act, said string, do func(tx *db.Tx, who *identity.Actor, w *Watch) error) (WatchView, error) {
	actor := identity.Of(ctx)
	var out WatchView
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, []any{"watch", watchID, act, said}, func() (WatchView, error) {
			w, err := s.seenWatch(ctx, tx, watchID, true)
			if err != nil {
				return WatchView{}, err
			}
			if w.EndedAt > 0 {
				return WatchView{}, fault.New(fault.Conflict, "escalation.watch_over")
			}
			if err := do(tx, actor, &w); err != nil {
				return WatchView{}, err
			}
			if err := updateWatch(ctx, tx, &w); err != nil {
				return WatchView{}, err
			}
			if err := s.Trail.Record(ctx, tx, actor.Who(), "watch."+act, "watch", w.ID, map[string]any{"number": w.Number}); err != nil {
				return WatchView{}, err
			}
			return s.watchView(ctx, tx, w)
		})
		return err
	})
	return out, err
}

// AddProgress records how it goes; it stands on the order's timeline too.
func (s *Service) AddProgress(ctx context.Context, watchID, note, key string) (WatchView, error) {
	return s.onWatch(ctx, watchID, key, "progress", note, func(tx *db.Tx, who *identity.Actor, w *Watch) error {
		if w.FollowerID != who.PersonID && !supervises(who, w.Keys()) {
			return fault.Denied()
		}
		var f fault.Fields
		note = words(&f, "note", note, true)
		if err := f.Err(); err != nil {
			return err
		}
		now := s.Clock.Now()
		if err := w.progress(now); err != nil {
			return err
		}
		if _, err := s.Orders.Progress(ctx, tx, w.OrderID, "督办进展 · Progress: "+note); err != nil {
			return err
		}
		if err := insertProgress(ctx, tx, &Progress{ID: id.New(), WatchID: w.ID, At: now, ByID: who.PersonID, ByName: who.Name, Note: note}); err != nil {
			return err
		}
		set, err := settings(ctx, tx, false)
		if err != nil {
			return err
		}
		if err := setTimer(ctx, tx, watchTimer, w.ID, w.look(&set.Body)); err != nil || w.ByID == who.PersonID {
			return err
		}
		w.Conclusion = note // told with the news, kept only when it ends
		err = s.tellOfWatch(ctx, tx, w, "watch.progress", w.Version, w.ByID)
		w.Conclusion = ""
		return err
	})
}

// EndWatch ends a watch with a conclusion.
func (s *Service) EndWatch(ctx context.Context, watchID, conclusion, key string) (WatchView, error) {
	return s.onWatch(ctx, watchID, key, "end", conclusion, func(tx *db.Tx, who *identity.Actor, w *Watch) error {
		if !supervises(who, w.Keys()) {
			return fault.Denied()
		}
		var f fault.Fields
		conclusion = words(&f, "conclusion", conclusion, true)
		if err := f.Err(); err != nil {
			return err
		}
		w.EndedAt, w.EndedBy, w.Conclusion = s.Clock.Now(), who.Name, conclusion
		w.Version++
		if _, err := s.Orders.Unwatch(ctx, tx, w.OrderID, w.ID, conclusion); err != nil {
			return err
		}
		if err := setTimer(ctx, tx, watchTimer, w.ID, 0); err != nil || w.FollowerID == who.PersonID {
			return err
		}
		return s.tellOfWatch(ctx, tx, w, "watch.ended", w.Version, w.FollowerID)
	})
}

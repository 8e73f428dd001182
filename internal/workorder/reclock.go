package workorder

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
	"wardline/internal/sla"
)

// reclockPortion is how many orders one transaction reckons: few enough that those who
// report meanwhile wait for some hundredths of a second at most.
const reclockPortion = 250

// ReclockJob names the job that reckons open orders anew after a calendar changed.
const ReclockJob = "workorder.reclock"

// RegisterJobs adds the package's work to the runner.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	jobs.On(r, ReclockJob, func(ctx context.Context, _ struct{}) error {
		_, _, err := s.Reclock(ctx)
		return err
	}, jobs.Slow())
}

// Reclock reckons the due moments of all open orders by the calendars as they are now.
// Where one moves the order gets an event; whoever has met or broken a limit keeps what
// they were judged by. It may be run again at any point: what has been moved stays. It
// returns how many orders it looked at and how many moved.
func (s *Service) Reclock(ctx context.Context) (looked, moved int, err error) {
	last := ""
	for {
		var list []Order
		var book *sla.Book
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			if book, err = s.Clocks.Book(ctx, tx); err != nil {
				return err
			}
			list, err = openAfter(ctx, tx, last, reclockPortion)
			return err
		})
		if err != nil || len(list) == 0 {
			return looked, moved, err
		}
		looked, last = looked+len(list), list[len(list)-1].ID
		now := s.Clock.Now()
		var ids []string
		for i := range list {
			if len(list[i].reclock(Env{At: now, Now: now, Book: book})) > 0 {
				ids = append(ids, list[i].ID)
			}
		}
		n, err := s.reclockSome(ctx, ids)
		if moved += n; err != nil {
			return looked, moved, err
		}
	}
}

// reclockSome moves the due moments of some orders under their locks.
func (s *Service) reclockSome(ctx context.Context, ids []string) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	moved := 0
	clockwork := identity.System("clock")
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		book, err := s.Clocks.Book(ctx, tx)
		if err != nil {
			return err
		}
		list, err := loadSome(ctx, tx, ids)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		var all []Event
		for i := range list {
			o := &list[i]
			events := o.reclock(Env{At: now, Now: now, ActorID: clockwork.PersonID, ActorName: clockwork.Name, Book: book})
			if len(events) == 0 { // it moved on since it was read
				continue
			}
			e := &events[0]
			e.ID, e.OrderID, e.Seq = id.New(), o.ID, o.Version+1
			if err := o.apply(e); err != nil {
				return err
			}
			o.NextCheckAt = o.nextCheck()
			if err := updateClock(ctx, tx, o); err != nil {
				return err
			}
			n := Note{Number: o.Number, Version: e.Seq, Kind: e.Kind, Status: o.Status, From: o.Status, Priority: o.Priority, TeamID: o.TeamID,
				AssigneeID: o.AssigneeID, ReporterID: o.ReporterID, ActorID: e.ActorID, ItemName: o.ItemName, PlaceName: o.PlaceName}
			if err := s.Events.Append(ctx, tx, event.Event{Topic: Topic, Subject: o.ID, Audience: o.Keys(), Data: n}); err != nil {
				return err
			}
			all = append(all, *e)
		}
		moved = len(all)
		if moved == 0 {
			return nil
		}
		if err := insertEvents(ctx, tx, all); err != nil {
			return err
		}
		// One entry for the portion: what happened to each order its own event tells.
		return s.Trail.Record(ctx, tx, clockwork.Who(), "order."+string(KindReclock), Topic, "", map[string]any{"orders": moved})
	})
	return moved, err
}

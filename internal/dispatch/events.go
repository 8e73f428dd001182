package dispatch

import (
	"context"
	"encoding/json"
	"errors"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

const followBatch = 500

// Follower turns events of orders into jobs that look at them. Every replica has one;
// the cursor moves in the transaction that writes the jobs, so each entry counts once.
type Follower struct {
	s    *Service
	tail *event.Tail
	pump event.Pump
}

// NewFollower returns a follower of the log that the tail reads.
func (s *Service) NewFollower(tail *event.Tail) *Follower { return &Follower{s: s, tail: tail} }

// Start begins to follow from where the installation left off; the first time ever
// from the head of the log.
func (f *Follower) Start(ctx context.Context) error {
	if err := f.s.Begin(ctx); err != nil {
		return err
	}
	f.pump.Start(ctx, f.tail, f.s.Logger, "following orders that want somebody", func(ctx context.Context) (more, rung bool, err error) {
		more, err = f.s.follow(ctx, f.tail)
		return more && err == nil, true, err
	})
	return nil
}

// Begin makes the cursor at the head of the log when there is none.
func (s *Service) Begin(ctx context.Context) error {
	head, err := s.Events.Head(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return firstCursor(ctx, tx, head) })
}

// Stop ends the following.
func (f *Follower) Stop() { f.pump.Stop() }

// Follow looks at the next entries of the log; more is that there may be others.
func (s *Service) Follow(ctx context.Context) (more bool, err error) { return s.follow(ctx, s.Events) }

func (s *Service) follow(ctx context.Context, log event.Source) (more bool, err error) {
	var from cursorRow
	if err := s.DB.Look(ctx, func(tx *db.Tx) (err error) { from, err = cursor(ctx, tx, false); return err }); err != nil {
		return false, err
	}
	list, err := log.Since(ctx, from.position(), followBatch)
	if errors.Is(err, event.ErrResync) {
		return true, s.startAfresh(ctx, from)
	}
	if err != nil || len(list) == 0 {
		return false, err
	}
	modes, err := s.modes(ctx)
	if err != nil {
		return false, err
	}
	var found []jobs.Job
	if len(modes) > 0 {
		for _, e := range list {
			found = append(found, wakes(e)...)
		}
	}
	return true, s.pass(ctx, from, list[len(list)-1].Position(), found)
}

// pass writes jobs and moves the cursor, unless another replica has.
func (s *Service) pass(ctx context.Context, from cursorRow, to event.Position, found []jobs.Job) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := cursor(ctx, tx, true)
		if err != nil || c.position() != from.position() {
			return err
		}
		for _, j := range found {
			if err := s.Jobs.Enqueue(ctx, tx, j); err != nil {
				return err
			}
		}
		return moveCursor(ctx, tx, to)
	})
}

// startAfresh goes on with what is left of the log when entries are gone that were
// never looked at; what they told of is found by the sweep.
func (s *Service) startAfresh(ctx context.Context, from cursorRow) error {
	low, err := s.Events.Floor(ctx)
	if err != nil {
		return err
	}
	s.Logger.Warn("events are gone that dispatching has not looked at", "from", from.position().String(), "to", low.String())
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := cursor(ctx, tx, true)
		if err != nil || c.position() != from.position() {
			return err
		}
		if err := moveCursor(ctx, tx, low); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, identity.System("dispatch").Who(), "dispatch.events.lost", "event", "", map[string]any{"to": low.String()})
	})
}

// causes say which events make an order want a look, and why it does.
var causes = map[workorder.Kind]string{workorder.KindReport: CauseArrival, workorder.KindIntake: CauseArrival, workorder.KindAmend: CauseArrival, workorder.KindTransfer: CauseArrival,
	workorder.KindNotSolved: CauseArrival, workorder.KindPool: CauseArrival, workorder.KindDispatch: CauseArrival, workorder.KindRefuse: CauseRefusal}

// frees are the events after which somebody has more room than before.
var frees = map[workorder.Kind]bool{workorder.KindFinish: true, workorder.KindRemote: true, workorder.KindRefuse: true, workorder.KindHold: true, workorder.KindCancel: true,
	workorder.KindMerge: true, workorder.KindMainDone: true, workorder.KindComplete: true, workorder.KindTransfer: true, workorder.KindDispatch: true, workorder.KindPool: true, workorder.KindUndo: true}

// wakes returns the jobs that an entry of the log calls for.
func wakes(e event.Entry) (out []jobs.Job) {
	var n workorder.Note
	if e.Topic != workorder.Topic || json.Unmarshal(e.Data, &n) != nil {
		return nil
	}
	if cause := causes[n.Kind]; cause != "" {
		out = append(out, jobs.Job{Kind: lookKind, Key: e.Subject, Args: lookArgs{e.Subject, cause}})
	}
	free := n.FormerID
	if free == "" && n.Kind != workorder.KindDispatch {
		free = n.AssigneeID
	}
	if n.Kind == workorder.KindArrive && n.AssigneeID != "" {
		out = append(out, jobs.Job{Kind: nearKind, Key: n.AssigneeID, Args: drainArgs{n.AssigneeID}})
	}
	if frees[n.Kind] && free != "" {
		out = append(out, jobs.Job{Kind: drainKind, Key: free, Args: drainArgs{free}})
	}
	return out
}

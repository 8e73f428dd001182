package history

import (
	"context"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/blob"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
)

// jobKind is the kind of the job that does the work of a batch.
const jobKind = "history.run"

// How long the file of a batch is kept after the batch last changed, and a file that
// no batch names, in milliseconds.
const (
	keepFile  = 30 * clock.Day
	keepStray = 2 * clock.Day
)

// work says which batch waits for work, and by which command.
type work struct {
	BatchID string `json:"batch"`
	Run     int64  `json:"run"`
}

// RegisterJobs registers the jobs of this package; it must be called before the runner starts.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	jobs.On(r, jobKind, s.attempt, jobs.Own(1)) // minutes of work that keep no report waiting
	r.Every("history.sweep", time.Hour, s.Sweep, jobs.Slow())
}

// attempt does the work of a batch; when the job is about to be given up, the batch
// says so.
func (s *Service) attempt(ctx context.Context, w work) error {
	err := s.carryOut(ctx, w)
	if a, ok := jobs.Current(ctx); ok && a.Last && err != nil && ctx.Err() == nil {
		if failed := s.fail(ctx, w, fault.New(fault.Internal, "history.gave_up")); failed != nil {
			s.Logger.Error("a batch could not be marked as failed", "batch", w.BatchID, "error", failed)
		}
	}
	return err
}

// Sweep removes what nobody asks for any more: problems of former readings, and
// files. Batches whose job was given up it marks as failed. It may run anywhere at
// any time, also twice at once.
func (s *Service) Sweep(ctx context.Context) error {
	if err := s.clear(ctx); err != nil {
		return err
	}
	if err := s.abandoned(ctx); err != nil {
		return err
	}
	return s.sweepFiles(ctx)
}

// abandoned finds batches that seem to be at work and have no job: one whose program
// died too often is given up without the handler being asked.
func (s *Service) abandoned(ctx context.Context) error {
	ctx = identity.With(ctx, identity.System("history"))
	var busy []Summary
	q := db.NewQuery().In("state", string(Checking), string(Importing), string(Undoing))
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { busy, err = listBatches(ctx, tx, q); return err })
	if err != nil {
		return err
	}
	for _, b := range busy {
		// The newest first: a command adds its job in the transaction that makes the batch busy.
		list, _, err := s.Queue.List(ctx, jobs.Filter{Kind: jobKind, Key: b.ID}, 1, "")
		if err != nil {
			return err
		}
		if len(list) > 0 && (list[0].State == jobs.Ready || list[0].State == jobs.Running) {
			continue
		}
		if err := s.fail(ctx, work{b.ID, b.Run}, fault.New(fault.Internal, "history.gave_up")); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sweepFiles(ctx context.Context) error {
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		now := s.Clock.Now()
		if err := takeGate(ctx, tx, now); err != nil {
			return err
		}
		return dropFiles(ctx, tx, now-keepFile)
	})
	if err != nil {
		return err
	}
	return s.Files.Each(ctx, func(i blob.Info) error {
		if i.At >= s.Clock.Now()-keepStray {
			return nil
		}
		return s.DB.Write(ctx, func(tx *db.Tx) error {
			now := s.Clock.Now()
			if err := takeGate(ctx, tx, now); err != nil {
				return err
			}
			used, err := fileInUse(ctx, tx, i.Key)
			if err != nil || used {
				return err
			}
			// It may have been uploaded again while the gate was closed.
			info, err := s.Files.Stat(ctx, i.Key)
			if fault.CodeOf(err) == "not_found" || err == nil && info.At >= now-keepStray {
				return nil
			}
			if err != nil {
				return err
			}
			return s.Files.Delete(ctx, i.Key)
		})
	})
}

// clear removes what wasted readings left.
func (s *Service) clear(ctx context.Context) error {
	for {
		var list []wasted
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = wastes(ctx, tx); return err })
		if err != nil || len(list) == 0 {
			return err
		}
		for _, w := range list {
			for all := false; !all; {
				err := s.DB.Write(ctx, func(tx *db.Tx) (err error) { all, err = w.clear(ctx, tx, clearPortion); return err })
				if err != nil {
					return err
				}
			}
		}
	}
}

package history

import (
	"context"
	"log/slog"
	"time"

	"wardline/internal/audit"
	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/blob"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// Topic is the topic of the events that batches send out.
const Topic = "history.batch"

// subject is what the audit trail calls a batch.
const subject = "history.batch"

// Deps are what the service works with.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Zone    *time.Location // the hospital's, for numbers and for files that name none
	Trail   *audit.Trail
	Events  *event.Log
	Queue   *jobs.Queue
	Org     *org.Service
	Catalog *catalog.Service
	Orders  *workorder.Service
	Files   blob.Store // of this package alone: what no batch names is removed
	Logger  *slog.Logger
}

// Service brings orders in. It is safe for concurrent use.
type Service struct {
	Deps
	// committed, when set, is called after each transaction of a run; an error ends the
	// run as if the program had been stopped.
	committed func(Progress) error
}

// New returns the service; RegisterJobs registers its jobs.
func New(d Deps) *Service { return &Service{Deps: d} }

// allowed lets pass who may import for the whole hospital.
func allowed(ctx context.Context) (*identity.Actor, error) {
	actor := identity.Of(ctx)
	return actor, actor.NeedAll(identity.OrderImport)
}

// List returns a page of batches, the newest first, and the cursor of the next page.
func (s *Service) List(ctx context.Context, limit int, cursor string) ([]Summary, string, error) {
	if _, err := allowed(ctx); err != nil {
		return nil, "", err
	}
	q := db.NewQuery().OrderBy(db.Order{Column: "id", Desc: true, Text: true}).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	var out []Summary
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = listBatches(ctx, tx, q); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	return out[:limit], db.Cursor(out[limit-1].ID), nil
}

// Get returns one batch.
func (s *Service) Get(ctx context.Context, batchID string) (out Batch, err error) {
	if _, err := allowed(ctx); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = getBatch(ctx, tx, batchID); return err })
	return out, err
}

// ProblemFilter narrows a list of problems; what is empty does not.
type ProblemFilter struct {
	Level Level
	Code  string
	Field Field
}

// Problems returns a page of what the last reading had to say about the lines of a
// batch, in their order, and the cursor of the next page.
func (s *Service) Problems(ctx context.Context, batchID string, f ProblemFilter, limit int, cursor string) (out []Problem, next string, err error) {
	if _, err := allowed(ctx); err != nil {
		return nil, "", err
	}
	q := db.NewQuery().OrderBy(db.Order{Column: "line"}, db.Order{Column: "n"}).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		b, err := getBatch(ctx, tx, batchID)
		if err != nil {
			return err
		}
		q.Where("batch_id = ?", b.ID).Where("pass = ?", b.Pass)
		for _, c := range []struct{ column, value string }{{"level", string(f.Level)}, {"code", f.Code}, {"field", string(f.Field)}} {
			if c.value != "" {
				q.Where(c.column+" = ?", c.value)
			}
		}
		out, err = listProblems(ctx, tx, q)
		return err
	})
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	last := out[limit-1]
	return out[:limit], db.Cursor(last.Line, last.N), nil
}

// Values returns the values of a column that the last check found, the most
// frequent first, with what each was taken for.
func (s *Service) Values(ctx context.Context, batchID string, f Field) (out []Value, err error) {
	if _, err := allowed(ctx); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		b, err := getBatch(ctx, tx, batchID)
		if err != nil {
			return err
		}
		out, err = listValues(ctx, tx, b.ID, b.Pass, f)
		return err
	})
	return out, err
}

// ChangedOrder is an order that an undoing has left alone.
type ChangedOrder struct {
	OrderID string `json:"orderId"`
	Key     string `json:"key" doc:"The other system's"`
	Line    int64  `json:"line"`
}

// Changed returns a page of the orders that the last undoing found changed since
// they came in, and the cursor of the next page.
func (s *Service) Changed(ctx context.Context, batchID string, limit int, cursor string) (out []ChangedOrder, next string, err error) {
	if _, err := allowed(ctx); err != nil {
		return nil, "", err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := getBatch(ctx, tx, batchID); err != nil {
			return err
		}
		list, err := originsOf(ctx, tx, batchID, true, cursor, limit+1)
		if err != nil {
			return err
		}
		if len(list) > limit {
			list = list[:limit]
			next = list[limit-1].OrderID
		}
		out = make([]ChangedOrder, len(list))
		for i, o := range list {
			out[i] = ChangedOrder{o.OrderID, o.Key, o.Line}
		}
		return nil
	})
	return out, next, err
}

// input identifies a command for the idempotency key.
type input struct {
	Batch string `json:"batch"`
	Verb  Verb   `json:"verb"`
	Body  any    `json:"body,omitempty"`
}

// change carries out a command on a locked batch: authorise, decide, store, audit, tell.
func (s *Service) change(ctx context.Context, batchID string, v Verb, key string, body any, decide func(*db.Tx, *Batch) error) (out Batch, err error) {
	actor, err := allowed(ctx)
	if err != nil {
		return out, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, input{batchID, v, body}, func() (Batch, error) {
			b, err := lockBatch(ctx, tx, batchID)
			if err != nil {
				return b, err
			}
			if err := b.need(v); err != nil {
				return b, err
			}
			if err := decide(tx, &b); err != nil {
				return b, err
			}
			b.UpdatedAt = s.Clock.Now()
			if err := saveBatch(ctx, tx, &b); err != nil {
				return b, err
			}
			if err := s.Trail.Record(ctx, tx, actor.Who(), "history."+string(v), subject, b.ID, map[string]any{"file": b.FileName}); err != nil {
				return b, err
			}
			return b, s.tell(ctx, tx, &b.Progress)
		})
		return err
	})
	return out, err
}

// tell lets those who may import know how far a batch is.
func (s *Service) tell(ctx context.Context, tx *db.Tx, p *Progress) error {
	return s.Events.Append(ctx, tx, event.Event{Topic: Topic, Subject: p.ID, Audience: identity.Keys{Everyone: true},
		Data: Note{State: p.State, Percent: p.percent(), Done: p.Done, Total: p.Total, Imported: p.Imported, Refused: p.Refused}})
}

// directory loads what the values of a file are looked up in.
func (s *Service) directory(ctx context.Context) (*directory, error) {
	ctx = identity.With(ctx, identity.System("history"))
	d := newDirectory()
	if err := each(ctx, s.Org.ListDepartments, d.addDepartment, func(x org.Department) bool { return x.Active }); err != nil {
		return nil, err
	}
	if err := each(ctx, s.Org.ListPlaces, d.addPlace, func(x org.Place) bool { return x.Active }); err != nil {
		return nil, err
	}
	if err := each(ctx, s.Org.ListTeams, d.addTeam, func(x org.Team) bool { return x.Active }); err != nil {
		return nil, err
	}
	tree, err := s.Catalog.Tree(ctx, false)
	if err != nil {
		return nil, err
	}
	return d, s.DB.Read(ctx, func(tx *db.Tx) error {
		for _, c := range tree.Categories {
			for _, e := range c.Items {
				it, err := s.Catalog.Current(ctx, tx, e.ID)
				if fault.CodeOf(err) == "invalid" { // taken off the list meanwhile
					continue
				}
				if err != nil {
					return err
				}
				d.addItem(it)
			}
		}
		return nil
	})
}

// each enters all things of a kind: those in use first, so that of two things with
// one name an old one never stands in the way.
func each[T any](ctx context.Context, list func(context.Context, org.Filter, int, string) ([]T, string, error), add func(T), active func(T) bool) error {
	var old []T
	for cursor := ""; ; {
		page, next, err := list(ctx, org.Filter{}, 1000, cursor)
		if err != nil {
			return err
		}
		for _, x := range page {
			if active(x) {
				add(x)
			} else {
				old = append(old, x)
			}
		}
		if cursor = next; next == "" {
			break
		}
	}
	for _, x := range old {
		add(x)
	}
	return nil
}

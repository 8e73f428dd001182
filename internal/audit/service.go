package audit

import (
	"context"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

// Trail writes and reads audit entries.
type Trail struct {
	db    *db.DB
	clock clock.Clock
}

// New returns the trail of a database.
func New(d *db.DB, c clock.Clock) *Trail { return &Trail{db: d, clock: c} }

// Who is the part of an actor that an entry keeps.
type Who struct{ ID, Name, IP, RequestID string }

// Record adds an entry within the caller's transaction.
func (t *Trail) Record(ctx context.Context, tx *db.Tx, who Who, action, subject, subjectID string, detail map[string]any) error {
	now := t.clock.Now()
	return insert(ctx, tx, &Entry{ID: id.New(), At: now, ActorID: who.ID, ActorName: who.Name, Action: action,
		Subject: subject, SubjectID: subjectID, Detail: detail, IP: who.IP, RequestID: who.RequestID})
}

// Filter narrows a list of entries; empty fields do not.
type Filter struct {
	ActorID, Action, Subject, SubjectID string
	From, To                            int64 // Unix milliseconds, To exclusive
}

// List returns entries, newest first, and the cursor of the next page. The caller
// has checked that the reader may see the trail.
func (t *Trail) List(ctx context.Context, f Filter, limit int, cursor string) ([]Entry, string, error) {
	q := db.NewQuery().OrderBy(db.Order{Column: "at", Desc: true}, db.Order{Column: "id", Desc: true, Text: true}).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	// In a fixed order: one text for each set of filters, so that statements stay prepared.
	for _, c := range []struct{ column, value string }{
		{"actor_id", f.ActorID}, {"action", f.Action}, {"subject", f.Subject}, {"subject_id", f.SubjectID},
	} {
		if c.value != "" {
			q.Where(c.column+" = ?", c.value)
		}
	}
	if f.From > 0 {
		q.Where("at >= ?", f.From)
	}
	if f.To > 0 {
		q.Where("at < ?", f.To)
	}
	var out []Entry
	err := t.db.Read(ctx, func(tx *db.Tx) (err error) { out, err = list(ctx, tx, q); return err })
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	last := out[limit-1]
	return out[:limit], db.Cursor(last.At, last.ID), nil
}

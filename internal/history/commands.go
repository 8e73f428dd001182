package history

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"wardline/internal/identity"
	"wardline/internal/platform/blob"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
)

// Upload takes a file in, finds its columns and proposes a mapping: of the kept ones
// that which fits best, otherwise one guessed from the headers. Faults: too_large,
// and those of table.Open.
func (s *Service) Upload(ctx context.Context, name, key string, file io.Reader) (Batch, error) {
	actor, err := allowed(ctx)
	if err != nil {
		return Batch{}, err
	}
	ref, err := s.Files.Put(ctx, file)
	if err != nil {
		return Batch{}, err
	}
	now := s.Clock.Now()
	b := Batch{Summary: Summary{Progress: Progress{ID: id.New(), State: Draft, UpdatedAt: now}, Version: 1, FileName: cut(strings.TrimSpace(name), 200),
		FileSize: ref.Size, CreatedBy: actor.PersonID, CreatorName: actor.Name, CreatedAt: now}, FileHash: ref.Key}
	if err := s.inspect(ctx, &b); err != nil {
		return Batch{}, err
	}
	var out Batch
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, input{ref.Key, "upload", name}, func() (Batch, error) {
			return b, s.enter(ctx, tx, actor, &b, ref)
		})
		return err
	})
	return out, err
}

// inspect finds out what the file of a batch holds.
func (s *Service) inspect(ctx context.Context, b *Batch) error {
	file, err := s.Files.Open(ctx, b.FileHash)
	if err != nil {
		return err
	}
	if b.FileSize > maxSheet {
		head := make([]byte, 2)
		if _, err := io.ReadFull(file, head); err != nil || string(head) == "PK" {
			_ = file.Close()
			return fault.New(fault.TooLarge, "too_large", "max", fmt.Sprintf("%d MB", maxSheet>>20))
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			_ = file.Close()
			return err
		}
	}
	sh, err := openSheet(ctx, file)
	if err != nil {
		return err
	}
	defer func() { _ = sh.Close() }()
	b.Format = string(sh.Format())
	if b.Columns, b.HeaderSkip, err = look(sh); err != nil {
		return err
	}
	if len(b.Columns) == 0 {
		return fault.New(fault.Invalid, "table.empty")
	}
	return nil
}

// enter adds the batch of a file that is there.
func (s *Service) enter(ctx context.Context, tx *db.Tx, actor *identity.Actor, b *Batch, ref blob.Ref) error {
	if err := takeGate(ctx, tx, b.CreatedAt); err != nil {
		return err
	}
	// Whoever removes unused files goes through the same gate: what is there now stays.
	if _, err := s.Files.Stat(ctx, ref.Key); err != nil {
		return &fault.Fault{Kind: fault.Unavailable, Code: "blob.unavailable", Cause: err}
	}
	kept, err := savedMappings(ctx, tx)
	if err != nil {
		return err
	}
	b.Mapping = propose(b.Columns, kept)
	if err := insertBatch(ctx, tx, b); err != nil {
		return err
	}
	return s.Trail.Record(ctx, tx, actor.Who(), "history.upload", subject, b.ID, map[string]any{"file": b.FileName, "size": b.FileSize, "sha256": ref.Key})
}

// propose returns the kept mapping that uses most of the columns, otherwise a guess.
func propose(columns []Column, kept []Saved) Mapping {
	out := guess(columns)
	best := 0
	for _, k := range kept { // the newest first
		if n := k.Mapping.fits(columns); n > best {
			out, best = k.Mapping, n
		}
	}
	return out
}

// SetMapping says what the columns mean. version is the mapping's that the caller
// saw; 0 does not care. What an earlier check found is forgotten.
func (s *Service) SetMapping(ctx context.Context, batchID string, m Mapping, version int64, key string) (Batch, error) {
	if _, err := allowed(ctx); err != nil {
		return Batch{}, err
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return Batch{}, err
	}
	m.Source = strings.TrimSpace(m.Source)
	return s.change(ctx, batchID, VerbMap, key, m, func(tx *db.Tx, b *Batch) error {
		if version != 0 && version != b.Version {
			return fault.New(fault.Conflict, "conflict", "version", b.Version)
		}
		if err := m.Check(b.Columns); err != nil {
			return err
		}
		if err := m.checkTargets(dir); err != nil {
			return err
		}
		b.Mapping, b.SourceName, b.Version = m, m.Source, b.Version+1
		if err := s.reread(ctx, tx, b); err != nil {
			return err
		}
		b.start(Draft)
		b.AppliedAt = 0
		return nil
	})
}

// checkTargets refuses ids of nothing.
func (m *Mapping) checkTargets(dir *directory) error {
	var f fault.Fields
	for field, to := range m.Defaults {
		if !dir.exists(field, to) {
			f.Add("defaults."+string(field), "unknown_reference")
		}
	}
	for field, values := range m.Values {
		for v, to := range values {
			if !dir.exists(field, to) {
				f.Add("values."+string(field)+"."+cut(v, 60), "unknown_reference")
			}
		}
	}
	return f.Err()
}

// reread forgets what the last reading found.
func (s *Service) reread(ctx context.Context, tx *db.Tx, b *Batch) error {
	if err := waste(ctx, tx, b.ID, b.Pass); err != nil {
		return err
	}
	b.recount()
	b.Total = 0
	return nil
}

// Check begins to read the whole file; no order is written.
func (s *Service) Check(ctx context.Context, batchID, key string) (Batch, error) {
	return s.change(ctx, batchID, VerbCheck, key, nil, func(tx *db.Tx, b *Batch) error {
		if err := b.readable(); err != nil {
			return err
		}
		if err := s.reread(ctx, tx, b); err != nil {
			return err
		}
		b.start(Checking)
		b.AppliedAt = 0
		return s.enqueue(ctx, tx, b)
	})
}

// readable tells whether the file is there and the mapping complete.
func (b *Batch) readable() error {
	if b.FileHash == "" {
		return fault.New(fault.Conflict, "history.file_gone")
	}
	return b.Mapping.Check(b.Columns)
}

// Apply begins to import what was checked, or goes on with it.
func (s *Service) Apply(ctx context.Context, batchID, key string) (Batch, error) {
	actor := identity.Of(ctx)
	return s.change(ctx, batchID, VerbApply, key, nil, func(tx *db.Tx, b *Batch) error {
		if err := b.readable(); err != nil {
			return err
		}
		if b.AppliedAt == 0 || b.Done == 0 {
			total := b.Total
			if err := s.reread(ctx, tx, b); err != nil {
				return err
			}
			b.Total = total
		}
		if b.AppliedAt == 0 {
			b.AppliedAt = s.Clock.Now()
		}
		b.StarterID, b.StarterName = actor.PersonID, actor.Name
		b.start(Importing)
		return s.enqueue(ctx, tx, b)
	})
}

// Undo begins to take the orders of a batch out again; changed says what becomes of
// those to which something has happened since they came in.
func (s *Service) Undo(ctx context.Context, batchID string, changed Changed, key string) (Batch, error) {
	return s.change(ctx, batchID, VerbUndo, key, changed, func(tx *db.Tx, b *Batch) error {
		switch changed {
		case Refuse, Keep, Remove:
		default:
			return fault.Field("changed", "bad_value")
		}
		if err := unmarkChanged(ctx, tx, b.ID); err != nil {
			return err
		}
		b.Undo, b.BackTo, b.UndoDone, b.UndoTotal, b.Changed = changed, b.State, 0, b.Imported, 0
		b.start(Undoing)
		return s.enqueue(ctx, tx, b)
	})
}

// Cancel stops what is running. An import or an undoing stops behind the last
// portion; it can be gone on with, or the whole be undone.
func (s *Service) Cancel(ctx context.Context, batchID, key string) (Batch, error) {
	return s.change(ctx, batchID, VerbCancel, key, nil, func(tx *db.Tx, b *Batch) error {
		b.cancel()
		b.EndedAt = s.Clock.Now()
		_, err := s.Queue.Cancel(ctx, tx, jobKind, b.ID)
		return err
	})
}

// Discard throws a batch without orders away.
func (s *Service) Discard(ctx context.Context, batchID string) error {
	actor, err := allowed(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		b, err := lockBatch(ctx, tx, batchID)
		if err != nil {
			return err
		}
		if err := b.need(VerbDiscard); err != nil {
			return err
		}
		if err := waste(ctx, tx, b.ID, b.Pass); err != nil {
			return err
		}
		if err := deleteBatch(ctx, tx, b.ID); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "history.discard", subject, b.ID, map[string]any{"file": b.FileName})
	})
}

func (s *Service) enqueue(ctx context.Context, tx *db.Tx, b *Batch) error {
	return s.Queue.Enqueue(ctx, tx, jobs.Job{Kind: jobKind, Key: b.ID, Args: work{b.ID, b.Run}})
}

// Mappings returns the kept mappings, those saved last first.
func (s *Service) Mappings(ctx context.Context) (out []Saved, err error) {
	if _, err := allowed(ctx); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = savedMappings(ctx, tx); return err })
	return out, err
}

// SaveMapping keeps a mapping under a name; one kept under that name is replaced.
func (s *Service) SaveMapping(ctx context.Context, name string, m Mapping) (Saved, error) {
	actor, err := allowed(ctx)
	if err != nil {
		return Saved{}, err
	}
	name = strings.Join(strings.Fields(name), " ")
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return Saved{}, fault.Field("name", "required")
	case n > 60:
		return Saved{}, fault.Field("name", "too_long", "max", 60)
	}
	if err := m.Check(m.named()); err != nil {
		return Saved{}, err
	}
	out := Saved{Name: name, NameKey: fold(name), Mapping: m, SavedBy: actor.PersonID, UpdatedAt: s.Clock.Now()}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := saveMapping(ctx, tx, &out); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "history.mapping.save", "history.mapping", out.ID, map[string]any{"name": name})
	})
	return out, err
}

// named returns the columns that a mapping wants: a kept one stands by itself.
func (m *Mapping) named() []Column {
	var out []Column
	for _, names := range m.Columns {
		for _, n := range names {
			out = append(out, Column{Name: n})
		}
	}
	return out
}

// DeleteMapping forgets a kept mapping.
func (s *Service) DeleteMapping(ctx context.Context, savedID string) error {
	actor, err := allowed(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := deleteMapping(ctx, tx, savedID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing()
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "history.mapping.delete", "history.mapping", savedID, nil)
	})
}

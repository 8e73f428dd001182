package attachment

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"wardline/internal/platform/blob"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// sweepBatch is how many uploads one look takes.
const sweepBatch = 100

// previewsFor is how long a smaller picture is kept after it was made.
const previewsFor = 30 * 24 * time.Hour

// Sweep removes uploads that were not linked within a day, bytes that nothing has
// pointed at for two days, and old previews. It may run anywhere at any time, also
// twice at once. Daily is often enough, hourly does no harm.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		var ids []string
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			ids, err = expired(ctx, tx, s.Clock.Now()-unlinkedFor, sweepBatch)
			return err
		})
		if err != nil {
			return err
		}
		removed := 0
		for _, id := range ids {
			ok, err := s.remove(ctx, id)
			if err != nil {
				return err
			}
			if ok {
				removed++
			}
		}
		if len(ids) < sweepBatch || removed == 0 {
			break
		}
	}
	if err := s.sweepStrays(ctx); err != nil {
		return err
	}
	return s.sweepPreviews()
}

// remove removes an upload that is not linked, and its bytes when nothing else has
// them; it reports whether there was one.
func (s *Service) remove(ctx context.Context, id string) (bool, error) {
	hash := ""
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if err = pass(ctx, tx, s.Clock.Now()); err != nil {
			return err
		}
		hash, err = removeUnlinked(ctx, tx, id)
		return err
	})
	if err != nil || hash == "" {
		return false, err
	}
	// Only once the row is surely gone: bytes too many do no harm, bytes too few do.
	return true, s.drop(ctx, hash, 0)
}

// drop removes bytes without a row that were put before the moment; 0 asks for none.
func (s *Service) drop(ctx context.Context, hash string, before int64) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := pass(ctx, tx, s.Clock.Now()); err != nil {
			return err
		}
		used, err := hashInUse(ctx, tx, hash)
		if err != nil || used {
			return err
		}
		if before == 0 {
			// Another upload of the same bytes may be about to get its row.
			before = s.Clock.Now() - unlinkedFor
		}
		info, err := s.Store.Stat(ctx, hash)
		if fault.CodeOf(err) == "not_found" || err == nil && info.At >= before {
			return nil
		}
		if err != nil {
			return err
		}
		return s.Store.Delete(ctx, hash)
	})
}

// sweepStrays removes bytes whose upload ended between the disk and the database.
func (s *Service) sweepStrays(ctx context.Context) error {
	before := s.Clock.Now() - strayFor
	var batch []string
	flush := func() error {
		var used []string
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { used, err = hashesInUse(ctx, tx, batch); return err })
		if err != nil {
			return err
		}
		for _, hash := range batch {
			if slices.Contains(used, hash) {
				continue
			}
			if err := s.drop(ctx, hash, before); err != nil {
				return err
			}
		}
		batch = batch[:0]
		return nil
	}
	err := s.Store.Each(ctx, func(i blob.Info) error {
		if i.At >= before {
			return nil
		}
		if batch = append(batch, i.Key); len(batch) < sweepBatch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

func (s *Service) sweepPreviews() error {
	if s.Previews == "" {
		return nil
	}
	list, err := os.ReadDir(s.Previews)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range list {
		if i, err := e.Info(); err == nil && !e.IsDir() && time.Since(i.ModTime()) > previewsFor {
			_ = os.Remove(filepath.Join(s.Previews, e.Name()))
		}
	}
	return nil
}

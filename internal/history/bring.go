package history

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// bringIn imports what is left of a file.
func (s *Service) bringIn(ctx context.Context, w work, b *Batch) error {
	r, err := s.begin(ctx, b)
	if err != nil {
		return err
	}
	book, err := s.Orders.Book(ctx)
	if err != nil {
		return err
	}
	who := &importer{source: b.Mapping.Source, id: b.StarterID, name: b.StarterName, at: b.AppliedAt, book: book}
	done := b.Done
	err = s.portions(ctx, r, done, importPortion, func(list []*verdict) error {
		err := s.portion(ctx, w, r, who, list, done)
		if db.IsDuplicate(err) { // another import of the same keys was first with some of them
			err = s.portion(ctx, w, r, who, list, done)
		}
		done += int64(len(list))
		return err
	})
	if err != nil {
		return err
	}
	return s.step(ctx, w, func(tx *db.Tx, p *Progress) error {
		p.State, p.Total = Imported, p.Done
		return s.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "history.imported", subject, p.ID,
			map[string]any{"orders": p.Imported, "refused": p.Refused, "skipped": p.Skipped, "known": p.Known})
	})
}

// told is an order whose life has been told, with where it comes from.
type told struct {
	entry *entry
	past  *workorder.Past
}

// portion imports some lines in one transaction; before is how many came before.
func (s *Service) portion(ctx context.Context, w work, r *reading, who *importer, list []*verdict, before int64) error {
	lives := make(map[*entry]*workorder.Past, len(list))
	for _, v := range list { // outside the transaction, which others wait for
		if v.entry == nil {
			continue
		}
		past, err := v.entry.live(who, w.BatchID)
		if f, ok := fault.Of(err); ok && f.Kind != fault.Internal {
			v.add(Refused, f.Code, "", "")
			v.entry = nil
			continue
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", v.record.line, err)
		}
		lives[v.entry] = past
	}
	return s.step(ctx, w, func(tx *db.Tx, p *Progress) error {
		if p.Done != before {
			return errMoved
		}
		judged, err := r.compare(ctx, tx, list)
		if err != nil {
			return err
		}
		var orders []told
		for _, v := range judged {
			if v.entry != nil {
				orders = append(orders, told{v.entry, lives[v.entry]})
			}
		}
		if err := s.write(ctx, tx, r, orders); err != nil {
			return err
		}
		p.Imported += int64(len(orders))
		p.Total = r.total
		return account(ctx, tx, p, judged)
	})
}

// write stores orders under numbers of the days on which they were reported.
func (s *Service) write(ctx context.Context, tx *db.Tx, r *reading, orders []told) error {
	days := map[string][]*workorder.Past{}
	for _, o := range orders {
		day := time.UnixMilli(o.entry.opened).In(s.Zone).Format("060102")
		days[day] = append(days[day], o.past)
	}
	for _, day := range slices.Sorted(maps.Keys(days)) { // always in this order, so that two imports never wait for each other
		first, err := s.Orders.ReserveNumbers(ctx, tx, day, int64(len(days[day])))
		if err != nil {
			return err
		}
		for i, p := range days[day] {
			number(p, fmt.Sprintf("%s-%04d", day, first+int64(i)))
		}
	}
	lives := make([]*workorder.Past, len(orders))
	origins := make([]origin, len(orders))
	for i, o := range orders {
		lives[i] = o.past
		origins[i] = origin{OrderID: o.past.Order.ID, BatchID: r.batch.ID, Source: r.source, Key: o.entry.key, Line: o.entry.line, Version: o.past.Order.Version}
	}
	if err := insertOrigins(ctx, tx, origins); err != nil {
		return err
	}
	return s.Orders.StorePast(ctx, tx, lives)
}

// takeOut removes the orders of a batch.
func (s *Service) takeOut(ctx context.Context, w work, b *Batch) error {
	if b.Undo == Refuse {
		changed, err := s.lookForChanged(ctx, w, b)
		if err != nil || changed {
			return err
		}
	}
	for left := true; left; {
		err := s.step(ctx, w, func(tx *db.Tx, p *Progress) (err error) {
			p.Done = 0 // going on with the import would leave holes: it begins again
			left, err = s.takeOutSome(ctx, tx, p)
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.step(ctx, w, func(tx *db.Tx, p *Progress) error {
		if err := waste(ctx, tx, p.ID, p.Pass); err != nil {
			return err
		}
		p.recount()
		p.State = Undone
		if p.Changed > 0 {
			p.Trouble = &Trouble{Code: "history.kept", Params: map[string]any{"count": p.Changed}}
		}
		return s.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "history.undone", subject, p.ID, map[string]any{"left": p.Imported})
	})
}

// lookForChanged goes through all orders of a batch before any is removed, and calls
// the undoing off when something has happened to one.
func (s *Service) lookForChanged(ctx context.Context, w work, b *Batch) (bool, error) {
	var changed []string
	for after, more := "", true; more; {
		var list []origin
		var now map[string]int64
		err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			if list, err = originsOf(ctx, tx, b.ID, false, after, undoPortion); err == nil && len(list) > 0 {
				now, err = s.Orders.Versions(ctx, tx, ids(list))
			}
			return err
		})
		if err != nil {
			return false, err
		}
		for _, o := range list {
			if v, there := now[o.OrderID]; there && v != o.Version {
				changed = append(changed, o.OrderID)
			}
			after = o.OrderID
		}
		more = len(list) > 0
	}
	return len(changed) > 0, s.step(ctx, w, func(tx *db.Tx, p *Progress) error {
		p.Undo = Keep // what changes from now on is kept
		if len(changed) == 0 {
			return nil
		}
		p.State, p.Changed = p.BackTo, int64(len(changed))
		p.Trouble = &Trouble{Code: "history.changed", Params: map[string]any{"count": len(changed)}}
		for part := range slices.Chunk(changed, clearPortion) {
			if err := markChanged(ctx, tx, part); err != nil {
				return err
			}
		}
		return nil
	})
}

func ids(list []origin) []string {
	out := make([]string, len(list))
	for i, o := range list {
		out[i] = o.OrderID
	}
	return out
}

// takeOutSome removes a portion of the orders and tells whether there was one.
func (s *Service) takeOutSome(ctx context.Context, tx *db.Tx, p *Progress) (bool, error) {
	list, err := originsOf(ctx, tx, p.ID, false, "", undoPortion)
	if err != nil || len(list) == 0 {
		return false, err
	}
	now, err := s.Orders.Versions(ctx, tx, ids(list))
	if err != nil {
		return false, err
	}
	var gone, kept []string
	for _, o := range list {
		if v, there := now[o.OrderID]; there && v != o.Version && p.Undo != Remove {
			kept = append(kept, o.OrderID)
		} else {
			gone = append(gone, o.OrderID)
		}
	}
	if len(gone) > 0 {
		if _, err := s.Orders.Forget(ctx, tx, gone); err != nil {
			return false, err
		}
	}
	if err := deleteOrigins(ctx, tx, gone); err != nil {
		return false, err
	}
	p.UndoDone += int64(len(list))
	p.Imported -= int64(len(gone))
	p.Changed += int64(len(kept))
	return true, markChanged(ctx, tx, kept)
}

package history

import (
	"context"
	"errors"
	"io"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

// How many lines are dealt with in one transaction. An import's holds up whoever
// else writes for as long as it takes to write so many orders: some 0.1 s.
const (
	checkPortion  = 2000
	importPortion = 250
	undoPortion   = 500
	clearPortion  = 2000
)

// errReplaced is why a run ends whose batch another command has taken over.
var errReplaced = errors.New("history: another command has taken the batch over")

// errMoved is why a run begins again whose batch a runner that was believed dead has
// moved on.
var errMoved = errors.New("history: another runner is at work on the batch")

// step runs f on the batch, locked, while the run is the one in charge, stores what f
// changed and tells of it. f may run again, so it changes nothing outside.
func (s *Service) step(ctx context.Context, w work, f func(*db.Tx, *Progress) error) error {
	var after Progress
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := lockProgress(ctx, tx, w.BatchID)
		if db.IsMissing(err) {
			return errReplaced
		}
		if err != nil {
			return err
		}
		if p.Run != w.Run || !p.State.Busy() {
			return errReplaced
		}
		state, percent := p.State, p.percent()
		if err := f(tx, &p); err != nil {
			return err
		}
		p.UpdatedAt = s.Clock.Now()
		if !p.State.Busy() {
			p.EndedAt = p.UpdatedAt
		}
		if err := saveProgress(ctx, tx, &p); err != nil {
			return err
		}
		after = p
		if p.State == state && p.percent() == percent {
			return nil
		}
		return s.tell(ctx, tx, &p)
	})
	if err == nil && s.committed != nil {
		err = s.committed(after)
	}
	return err
}

// reading is one passage through the file of a batch.
type reading struct {
	batch  *Batch
	layout layout
	judge  *judge
	sieve  *sieve
	total  int64
	source string // folded
}

// begin prepares the reading of a file: it counts the lines and finds the keys that
// repeat.
func (s *Service) begin(ctx context.Context, b *Batch) (*reading, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	m := &b.Mapping
	r := &reading{batch: b, layout: m.layout(b.Columns), source: fold(m.Source)}
	now := s.Clock.Now()
	if b.AppliedAt > 0 { // a resumed import judges as it did when it began
		now = b.AppliedAt
	}
	if r.judge, err = newJudge(m, dir, s.Zone, now); err != nil {
		return nil, err
	}
	var c census
	err = s.lines(ctx, b, func(row table.Row) error {
		r.total++
		c.add(r.layout.key(row.Cells), int64(row.Line))
		return nil
	})
	if err != nil {
		return nil, err
	}
	last, err := c.repeats()
	r.sieve = newSieve(m.Repeated, last, r.judge.times)
	return r, err
}

// lines hands over the lines of data of a batch's file.
func (s *Service) lines(ctx context.Context, b *Batch, f func(table.Row) error) (err error) {
	file, err := s.Files.Open(ctx, b.FileHash)
	if fault.CodeOf(err) == "not_found" {
		return fault.New(fault.Invalid, "history.file_gone")
	}
	if err != nil {
		return err
	}
	sh, err := openSheet(ctx, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sh.Close()) }()
	if err := sh.skip(b.HeaderSkip); err != nil {
		return err
	}
	for {
		row, err := sh.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(row); err != nil {
			return err
		}
	}
}

// verdict judges one line.
func (r *reading) verdict(row table.Row) *verdict {
	rec := r.layout.read(int64(row.Line), row.Cells)
	counts, problem := r.sieve.pass(rec)
	if problem != nil {
		return &verdict{record: rec, problems: []Problem{*problem}}
	}
	v := r.judge.judge(counts)
	if v.entry != nil {
		r.sieve.take(counts)
	}
	return v
}

// compare takes the entry away from lines whose order is there already.
func (r *reading) compare(ctx context.Context, tx *db.Tx, list []*verdict) ([]*verdict, error) {
	var keys []string
	for _, v := range list {
		if v.entry != nil {
			keys = append(keys, v.entry.key)
		}
	}
	there, err := known(ctx, tx, r.source, keys)
	if err != nil || len(there) == 0 {
		return list, err
	}
	out := make([]*verdict, len(list))
	for i, v := range list {
		out[i] = v
		if v.entry == nil {
			continue
		}
		was, ok := there[v.entry.key]
		if !ok {
			continue
		}
		p := Problem{Level: Known, Code: "history.known", Field: FieldKey, Params: map[string]any{"line": was.Line}}
		if was.BatchID == r.batch.ID && v.record.repeated && was.Line != v.record.line {
			p = *skipped("history.repeated", was.Line)
		}
		out[i] = &verdict{record: v.record, problems: []Problem{p}}
	}
	return out, nil
}

// portions judges all lines behind the first done ones and hands them over in
// portions; lines before are only looked at for what repeats.
func (s *Service) portions(ctx context.Context, r *reading, done int64, size int, f func([]*verdict) error) error {
	var list []*verdict
	n := int64(0)
	err := s.lines(ctx, r.batch, func(row table.Row) error {
		if n++; n <= done {
			r.sieve.pass(r.layout.read(int64(row.Line), row.Cells))
			return nil
		}
		if list = append(list, r.verdict(row)); len(list) < size {
			return nil
		}
		err := f(list)
		list = nil
		return err
	})
	if err != nil || len(list) == 0 {
		return err
	}
	return f(list)
}

// carryOut does the work a batch waits for. It may be run again at any moment: it
// goes on where the last committed transaction left off.
func (s *Service) carryOut(ctx context.Context, w work) error {
	ctx = identity.With(ctx, identity.System("history"))
	var b Batch
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { b, err = getBatch(ctx, tx, w.BatchID); return err })
	if fault.CodeOf(err) == "not_found" || err == nil && (b.Run != w.Run || !b.State.Busy()) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.clear(ctx); err != nil {
		return err
	}
	switch b.State {
	case Checking:
		err = s.check(ctx, w, &b)
	case Importing:
		err = s.bringIn(ctx, w, &b)
	case Undoing:
		err = s.takeOut(ctx, w, &b)
	}
	if errors.Is(err, errReplaced) {
		return nil
	}
	if f, ok := fault.Of(err); ok && ctx.Err() == nil && (f.Kind == fault.Invalid || f.Kind == fault.NotFound) {
		return s.fail(ctx, w, f) // the file's fault: trying again would not help
	}
	return err
}

// fail ends the work of a batch with what is wrong.
func (s *Service) fail(ctx context.Context, w work, f *fault.Fault) error {
	err := s.step(ctx, w, func(tx *db.Tx, p *Progress) error {
		p.State = Failed
		p.Trouble = &Trouble{Code: f.Code, Params: f.Params}
		if len(f.Fields) > 0 {
			p.Trouble = &Trouble{Code: f.Fields[0].Code, Params: f.Fields[0].Params}
		}
		return s.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "history.failed", subject, p.ID, map[string]any{"code": p.Trouble.Code})
	})
	if errors.Is(err, errReplaced) {
		return nil
	}
	return err
}

// check reads the whole file and writes down what would become of each line.
func (s *Service) check(ctx context.Context, w work, b *Batch) error {
	r, err := s.begin(ctx, b)
	if err != nil {
		return err
	}
	err = s.step(ctx, w, func(tx *db.Tx, p *Progress) error { // a check that was interrupted begins again
		if p.Done > 0 {
			if err := waste(ctx, tx, p.ID, p.Pass); err != nil {
				return err
			}
			p.recount()
		}
		p.Total = r.total
		return nil
	})
	if err != nil {
		return err
	}
	found, done := newFindings(), int64(0)
	err = s.portions(ctx, r, 0, checkPortion, func(list []*verdict) error {
		found.add(list)
		before := done
		done += int64(len(list))
		return s.step(ctx, w, func(tx *db.Tx, p *Progress) error {
			if p.Done != before {
				return errMoved
			}
			judged, err := r.compare(ctx, tx, list)
			if err != nil {
				return err
			}
			return account(ctx, tx, p, judged)
		})
	})
	if err != nil {
		return err
	}
	return s.step(ctx, w, func(tx *db.Tx, p *Progress) error {
		p.State = Checked
		return insertValues(ctx, tx, found.values(p, r.judge))
	})
}

// account counts lines that have been dealt with and keeps their problems.
func account(ctx context.Context, tx *db.Tx, p *Progress, list []*verdict) error {
	var problems []Problem
	for _, v := range list {
		problems = append(problems, p.account(v)...)
	}
	return insertProblems(ctx, tx, problems)
}

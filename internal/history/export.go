package history

import (
	"context"
	"errors"
	"io"
	"strings"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

// Leftovers are the lines of a batch that nothing came of, to be written as a CSV
// file in the columns of the upload, so that they can be put right and brought in.
type Leftovers struct {
	Name  string // of the file
	s     *Service
	batch Batch
	level Level
}

// Leftovers returns the lines of a batch that were refused or skipped, as level says.
func (s *Service) Leftovers(ctx context.Context, batchID string, level Level) (*Leftovers, error) {
	b, err := s.Get(ctx, batchID)
	if err != nil {
		return nil, err
	}
	if level != Refused && level != Skipped {
		return nil, fault.Field("level", "bad_value")
	}
	return &Leftovers{Name: string(level) + "-" + b.ID + ".csv", s: s, batch: b, level: level}, nil
}

// Write writes the file. It stops in the middle when ctx ends or the database fails.
func (l *Leftovers) Write(ctx context.Context, w io.Writer, lang fault.Language) error {
	var columns []table.Column
	for _, c := range l.batch.Columns {
		columns = append(columns, table.Column{Key: c.Name, Zh: c.Name, En: c.Name})
	}
	columns = append(columns, table.Column{Key: "line", Zh: "原文件行号", En: "Line of the file"},
		table.Column{Key: "reason", Zh: "未导入原因", En: "Why it was not imported"})
	out, err := table.NewWriter(w, table.CSV, table.Sheet{Columns: columns, Language: lang})
	if err != nil {
		return err
	}
	return errors.Join(l.each(ctx, lang, out.Row), out.Close())
}

// each hands over one row of cells for each line, with all that is wrong with it.
func (l *Leftovers) each(ctx context.Context, lang fault.Language, row func(...any) error) error {
	var cells []any
	var reasons []string
	line := int64(0)
	flush := func() error {
		if cells == nil {
			return nil
		}
		err := row(append(cells, line, strings.Join(reasons, "; "))...)
		cells, reasons = nil, nil
		return err
	}
	for cursor := ""; ; {
		page, next, err := l.s.Problems(ctx, l.batch.ID, ProblemFilter{Level: l.level}, 500, cursor)
		if err != nil {
			return err
		}
		for _, p := range page {
			if p.Line != line || cells == nil {
				if err := flush(); err != nil {
					return err
				}
				line, cells = p.Line, make([]any, len(l.batch.Columns))
				for i := range min(len(cells), len(p.Cells)) {
					cells[i] = p.Cells[i]
				}
			}
			reasons = append(reasons, l.reason(&p, lang))
		}
		if cursor = next; next == "" {
			return flush()
		}
	}
}

// reason says what is wrong, with the column it is about.
func (l *Leftovers) reason(p *Problem, lang fault.Language) string {
	text := fault.Message(lang, p.Code, p.Params)
	if names := l.batch.Mapping.Columns[p.Field]; len(names) > 0 {
		return strings.Join(names, "+") + ": " + text
	}
	return text
}

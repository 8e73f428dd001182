package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"wardline/internal/classify"
	"wardline/internal/workorder"
)

// EvaluateWords writes how well words would be read if a model were trained now: those
// of the hospital's later orders, and wordings from outside, which may be empty.
func (a *App) EvaluateWords(ctx context.Context, wordings string, out io.Writer) error {
	var spoken []classify.Spoken
	if wordings != "" {
		var err error
		if spoken, err = readSpoken(wordings); err != nil {
			return err
		}
	}
	e, err := a.Sorter.Evaluate(ctx, spoken)
	if err != nil {
		return err
	}
	measure := func(name string, m classify.Measure) {
		_, _ = fmt.Fprintf(out, "%-34s n %5d  top-1 %5.1f %%  top-3 %5.1f %%  priority %5.1f %%  calibration gap %4.1f %%\n", name, m.Count, 100*m.Top1, 100*m.Top3, 100*m.Priority, 100*m.Gap)
	}
	_, _ = fmt.Fprintf(out, "%s model, %d finished orders\n", e.Kind, e.Orders)
	measure("later orders (time split)", e.Later)
	measure("held starter wordings", e.Starter)
	if len(spoken) > 0 {
		writeScore(out, "file, starter vocabulary alone", e.Untaught, e.Threshold)
		writeScore(out, "file, hospital's orders too", e.Taught, e.Threshold)
	}
	return nil
}

func writeScore(out io.Writer, name string, s classify.Score, threshold float64) {
	share := func(n, of int) string {
		return fmt.Sprintf("%d/%d = %.1f %%", n, of, 100*float64(n)/float64(max(of, 1)))
	}
	_, _ = fmt.Fprintf(out, "%-34s top-1 %s  top-3 %s  priority %s  mode %s  at %.2f filled in %s, right of these %s\n", name,
		share(s.Top1, s.Count), share(s.Top3, s.Count), share(s.Priority, s.Count), share(s.Mode, s.Modes), threshold, share(s.Filled, s.Count), share(s.FilledRight, s.Filled))
}

// readSpoken reads wordings by the names of their columns.
func readSpoken(text string) ([]classify.Spoken, error) {
	at := map[string]int{}
	var out []classify.Spoken
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		cells := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if i == 0 {
			for j, name := range cells {
				at[name] = j
			}
			for _, want := range []string{"utterance", "category_code", "urgency", "mode"} {
				if _, ok := at[want]; !ok {
					return nil, fmt.Errorf("there is no column %s", want)
				}
			}
			continue
		}
		cell := func(name string) string {
			if j := at[name]; j < len(cells) {
				return strings.TrimSpace(cells[j])
			}
			return ""
		}
		s := classify.Spoken{Words: cell("utterance"), ItemCode: cell("category_code"), Priority: cell("urgency")}
		switch mode := cell("mode"); {
		case strings.HasPrefix(mode, "远程"):
			s.Mode = workorder.Remote
		case strings.HasPrefix(mode, "现场"):
			s.Mode = workorder.Onsite
		}
		out = append(out, s)
	}
	return out, nil
}

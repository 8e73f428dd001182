package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"wardline/internal/classify"
	"wardline/internal/platform/config"
	"wardline/internal/workorder"
)

// evaluateWords says how well the words of callers would be read if a model were trained
// now: on the hospital's own later orders, and on a file of wordings.
func evaluateWords(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("classify-eval", flag.ContinueOnError)
	set.SetOutput(out)
	file := set.String("file", "", "tab-separated wordings with the columns utterance, category_code, urgency, mode; never learned from")
	data := set.String("data", cmp.Or(os.Getenv("WARDLINE_DATA"), "data"), "folder (WARDLINE_DATA)")
	if err := set.Parse(args); err != nil {
		return err
	}
	c, _, err := config.Load("classify-eval", []string{"-data", *data}, os.Getenv, out)
	if err != nil {
		return err
	}
	var spoken []classify.Spoken
	if *file != "" {
		if spoken, err = readSpoken(*file); err != nil {
			return err
		}
	}
	a, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
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
func readSpoken(name string) ([]classify.Spoken, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	var out []classify.Spoken
	for i, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		cells := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if i == 0 {
			for j, name := range cells {
				at[name] = j
			}
			for _, want := range []string{"utterance", "category_code", "urgency", "mode"} {
				if _, ok := at[want]; !ok {
					return nil, fmt.Errorf("%s: there is no column %s", name, want)
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

package main

import (
	"cmp"
	"context"
	"flag"
	"io"
	"os"

	"wardline/internal/platform/config"
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
	var spoken []byte
	if *file != "" {
		if spoken, err = os.ReadFile(*file); err != nil {
			return err
		}
	}
	a, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return a.EvaluateWords(ctx, string(spoken), out)
}

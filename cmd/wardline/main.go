// Command wardline is the one number of a hospital.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the build.
var version = "dev"

type subcommand struct {
	name, summary string
	run           func(ctx context.Context, args []string, out io.Writer) error
}

func subcommands() []subcommand {
	return []subcommand{
		{"serve", "start", serve},
		{"demo", "fill an empty database with an invented hospital", makeDemo},
		{"user", "reset NAME: give an account a new one-time password", user},
		{"backup", "FILE: write a backup of the SQLite database", backup},
		{"classify-eval", "say how well callers' words are read", evaluateWords},
		{"migrate", "bring the database up to date", migrateOnly},
		{"openapi", "print the API's document", printOpenAPI},
		{"version", "print the version", func(_ context.Context, _ []string, out io.Writer) error {
			_, err := fmt.Fprintln(out, version)
			return err
		}},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		fmt.Fprintln(os.Stderr, "wardline:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		for _, c := range subcommands() {
			if c.name == args[0] {
				return c.run(ctx, args[1:], out)
			}
		}
	}
	_, _ = fmt.Fprintln(out, "usage: wardline COMMAND [flags]\n\nCommands (each knows -h):")
	for _, c := range subcommands() {
		_, _ = fmt.Fprintf(out, "  %-8s %s\n", c.name, c.summary)
	}
	return flag.ErrHelp
}

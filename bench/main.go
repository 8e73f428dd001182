package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"
)

// setup is what all benchmarks share.
type setup struct {
	bin     string        // the built program
	dir     string        // scratch folder
	orders  int           // size of the large store
	seconds time.Duration // length of each loop
	engines []string
	big     map[string]*server // servers with the large store, by engine
}

type benchmark struct {
	name string
	run  func(context.Context, *setup) error
}

func main() {
	s := &setup{big: map[string]*server{}}
	flag.StringVar(&s.bin, "bin", "bin/wardline", "the built program")
	flag.IntVar(&s.orders, "orders", 1_000_000, "orders in the large store")
	flag.DurationVar(&s.seconds, "time", 5*time.Second, "length of each loop")
	address := flag.String("watch", "", "be the browsers of the live benchmark")
	cookie := flag.String("cookie", "", "cookie of the browsers")
	flag.Parse()
	if *address != "" {
		if err := watch(*address, *cookie); err != nil {
			fmt.Fprintln(os.Stderr, "watchers:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := s.run(ctx, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (s *setup) run(ctx context.Context, only []string) error {
	var err error
	if s.dir, err = os.MkdirTemp("", "wardline-bench"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(s.dir) }()
	s.engines = []string{"sqlite"}
	if os.Getenv("WARDLINE_BENCH_POSTGRES_URL") != "" {
		s.engines = append(s.engines, "postgres")
	}
	defer func() {
		for _, b := range s.big {
			b.stop()
		}
	}()
	fmt.Printf("%-44s %14s %14s %8s  %s\n", "what", "ours", "limit or peer", "ratio", "aim")
	for _, b := range []benchmark{{"create", benchCreate}, {"grab", benchGrab}, {"list", benchList}, {"start", benchStart}, {"live", benchLive}, {"page", benchPage}, {"replay", benchReplay}, {"remind", benchRemind}} {
		if len(only) > 0 && !slices.Contains(only, b.name) {
			continue
		}
		if err := b.run(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	return nil
}

// row prints one figure beside its limit or peer.
func row(what string, ours, peer float64, unit, aim string) {
	fmt.Printf("%-44s %11.3g %s %11.3g %s %7.2f   %s\n", what, ours, unit, peer, unit, ours/peer, aim)
}

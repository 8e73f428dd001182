// Command rehearsal serves a demonstration hospital whose clock is moved by hand, so
// that a journey can tell to the second what happens at 12 and at 24 hours. Nothing
// of it is in the program that hospitals run.
//
//	POST /rehearsal/clock {"to": MS}   moves the clock there, never back; returns {"now": MS}
//
// Time acts every second of the machine's, as always: whoever moves the clock waits for
// what they expect.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"wardline/internal/app"
	"wardline/internal/demo"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "rehearsal:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	data := flag.String("data", "", "folder")
	database := flag.String("database", "", "address of a PostgreSQL database; SQLite in the folder when empty")
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	at := flag.String("at", "2026-12-01T08:00:00+08:00", "the moment at which the clock stands first, RFC 3339")
	orders := flag.Int("orders", 60, "orders of history")
	flag.Parse()
	begin, err := time.Parse(time.RFC3339, *at)
	if err != nil {
		return fmt.Errorf("-at: %w", err)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	hands := clock.NewManual(begin.UnixMilli())
	a, err := app.New(ctx, app.Options{
		Database: db.Options{URL: *database, Path: filepath.Join(*data, "wardline.db"), Relaxed: true}, DataDir: *data,
		BaseURL: "http://" + listener.Addr().String(), Version: "rehearsal", Secret: []byte("a rehearsal has nothing to hide from"),
		Zone: zone, Logger: slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), Clock: hands, Relaxed: true,
	})
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if _, err := a.MakeDemo(ctx, demo.Options{Seed: 1, Orders: *orders, Months: 1, Assets: 60, Now: hands.Now(), Zone: zone}, func(int, int) {}); err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	mux := http.NewServeMux()
	handler := a.API.Handler()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", clock.Time(hands.Now()).Format(http.TimeFormat)) // pages take the time from it
		handler.ServeHTTP(w, r)
	})
	mux.HandleFunc("POST /rehearsal/clock", move(hands))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Println("http://" + listener.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	a.EndLive()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

func move(hands *clock.Manual) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			To int64 `json:"to"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1000)).Decode(&in); err != nil || in.To < hands.Now() {
			http.Error(w, "to: a moment not before the clock's", http.StatusBadRequest)
			return
		}
		hands.Set(in.To)
		_ = json.NewEncoder(w).Encode(map[string]int64{"now": hands.Now()})
	}
}

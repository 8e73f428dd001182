package app_test

import (
	"bytes"
	"log/slog"
	"os"
	"testing"
	"time"

	"wardline/internal/app"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
)

// house is a whole Wardline on an empty database.
func house(t *testing.T, engine db.Engine, changes ...func(*app.Options)) *app.App {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	o := app.Options{Database: dbtest.Options(t, engine), DataDir: t.TempDir(), BaseURL: "http://127.0.0.1", Version: "dev",
		Secret: bytes.Repeat([]byte("s"), 32), Zone: zone, Logger: slog.New(slog.DiscardHandler), Clock: &clock.System{}, Relaxed: true}
	for _, change := range changes {
		change(&o)
	}
	a, err := app.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// The committed document is the one this program would make:
// go run ./cmd/wardline openapi > api/openapi.json.
func TestOpenAPIDocumentIsCurrent(t *testing.T) {
	a := house(t, db.SQLite)
	now, err := a.OpenAPIDocument()
	if err != nil {
		t.Fatal(err)
	}
	was, err := os.ReadFile("../../api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(now, was) {
		t.Fatal("api/openapi.json is out of date: go run ./cmd/wardline openapi > api/openapi.json")
	}
}

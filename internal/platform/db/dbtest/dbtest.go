package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"testing"

	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
	"wardline/internal/platform/migrate"
)

// Each runs f once on SQLite and once on PostgreSQL, each with an empty migrated database.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) { f(t, Open(t, engine)) })
	}
}

// Open returns an empty migrated database of the engine, closed when the test ends.
func Open(t testing.TB, engine db.Engine) *db.DB {
	t.Helper()
	o := Options(t, engine)
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// Options prepares an empty migrated database of the engine and says how to open it.
func Options(t testing.TB, engine db.Engine) db.Options {
	t.Helper()
	if engine == db.SQLite {
		return sqliteOptions(t)
	}
	return postgresOptions(t)
}

var liteOnce struct {
	sync.Once
	image []byte
	err   error
}

func sqliteOptions(t testing.TB) db.Options {
	liteOnce.Do(func() {
		dir, err := os.MkdirTemp("", "wardline-template")
		if err != nil {
			liteOnce.err = err
			return
		}
		defer func() { _ = os.RemoveAll(dir) }()
		path := filepath.Join(dir, "template.db")
		if liteOnce.err = migrated(db.Options{Path: path}); liteOnce.err == nil {
			liteOnce.image, liteOnce.err = os.ReadFile(path)
		}
	})
	if liteOnce.err != nil {
		t.Fatal(liteOnce.err)
	}
	path := filepath.Join(t.TempDir(), "wardline.db")
	if err := os.WriteFile(path, liteOnce.image, 0o600); err != nil {
		t.Fatal(err)
	}
	// Tests kill no machine, so they need not wait for the disk.
	return db.Options{Path: path, Relaxed: true}
}

func migrated(o db.Options) error {
	d, err := db.Open(context.Background(), o)
	if err != nil {
		return err
	}
	_, err = migrate.Up(context.Background(), d)
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}

var pgOnce struct {
	sync.Once
	base     string // URL of the server's maintenance database
	template string
	err      error
}

func postgresOptions(t testing.TB) db.Options {
	pgOnce.Do(func() {
		pgOnce.base = os.Getenv("WARDLINE_TEST_POSTGRES_URL")
		if pgOnce.base == "" {
			pgOnce.base, pgOnce.err = startServer()
		}
		if pgOnce.err == nil {
			pgOnce.template, pgOnce.err = makeTemplate(pgOnce.base)
		}
	})
	if pgOnce.err != nil {
		t.Fatalf("PostgreSQL for tests: %v", pgOnce.err)
	}
	name := "t_" + id.New()
	if err := admin(pgOnce.base, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, pgOnce.template)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin(pgOnce.base, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return db.Options{URL: withDatabase(pgOnce.base, name), Connections: 8}
}

// makeTemplate makes, once for a set of migrations, the database that tests are cloned from.
func makeTemplate(base string) (string, error) {
	list, err := migrate.Files(db.Postgres)
	if err != nil {
		return "", err
	}
	names := make([]string, 0, len(list))
	for n := range list {
		names = append(names, n)
	}
	sort.Strings(names)
	h := sha256.New()
	for _, n := range names {
		_, _ = fmt.Fprintf(h, "%s %d\n%s", n, len(list[n]), list[n])
	}
	name := "wardline_template_" + hex.EncodeToString(h.Sum(nil))[:12]

	// Test binaries run side by side: an advisory lock lets one of them build it.
	pool, err := sql.Open("pgx", base)
	if err != nil {
		return "", err
	}
	defer func() { _ = pool.Close() }()
	ctx := context.Background()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(7263)"); err != nil {
		return "", err
	}
	defer func() { _, _ = conn.ExecContext(ctx, "SELECT pg_advisory_unlock(7263)") }()
	var there bool
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil || there {
		return name, err
	}
	draft := "draft_" + id.New()
	if err := admin(base, "CREATE DATABASE "+draft); err != nil {
		return "", err
	}
	if err := migrated(db.Options{URL: withDatabase(base, draft)}); err != nil {
		_ = admin(base, "DROP DATABASE "+draft)
		return "", err
	}
	return name, admin(base, fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", draft, name))
}

func admin(base, statement string) error {
	pool, err := sql.Open("pgx", base)
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	_, err = pool.Exec(statement)
	return err
}

func withDatabase(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}

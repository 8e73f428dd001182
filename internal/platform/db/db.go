package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Engine is the kind of database underneath.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options says which database to open.
type Options struct {
	URL         string // postgres://… , or empty for SQLite
	Path        string // SQLite file; its folder is made when missing
	Relaxed     bool   // SQLite synchronous=NORMAL: faster, may lose the last commits at power loss; for building demo data
	Connections int    // PostgreSQL pool and SQLite readers; 0 means 16 and 4
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	pool   *sql.DB // PostgreSQL
	writer *lite   // SQLite
	reader *lite   // SQLite
	url    string
	path   string // of the SQLite file
}

// Open opens the database; it does not migrate it.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.URL != "" {
		return openPostgres(ctx, o)
	}
	return openSQLite(ctx, o)
}

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	pool := stdlib.OpenDB(*cfg)
	n := o.Connections
	if n == 0 {
		n = 16
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	pool.SetConnMaxLifetime(time.Hour)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return &DB{engine: Postgres, pool: pool, url: o.URL}, nil
}

// Engine returns the kind of database.
func (d *DB) Engine() Engine { return d.engine }

// URL returns the PostgreSQL address, or "" on SQLite.
func (d *DB) URL() string { return d.url }

// Writer returns the pool that may write, for the migrations only. On SQLite its
// one connection is free only while no transaction of this program runs.
func (d *DB) Writer() *sql.DB {
	if d.engine == SQLite {
		return d.writer.pool
	}
	return d.pool
}

// Close waits for running transactions and closes the database.
func (d *DB) Close() error {
	if d.engine == Postgres {
		return d.pool.Close()
	}
	return errors.Join(d.reader.close(), d.writer.close())
}

// Tx is a running transaction. It must not be used by two goroutines at once.
type Tx struct {
	engine Engine
	run    runner
	after  []func()
	notes  map[any]any
}

// Keep remembers a value until the transaction ends, for what is asked several times in one.
func (t *Tx) Keep(key, value any) {
	if t.notes == nil {
		t.notes = map[any]any{}
	}
	t.notes[key] = value
}

// Kept returns the value kept under the key, or nil.
func (t *Tx) Kept(key any) any { return t.notes[key] }

// later runs a statement whose outcome nobody reads, at the latest with the commit.
func (t *Tx) later(ctx context.Context, text string, args []any) error {
	if p, ok := t.run.(*postgresRunner); ok {
		return p.later(text, args)
	}
	_, err := t.run.exec(ctx, text, args)
	return err
}

// runner runs statements inside one transaction.
type runner interface {
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
	exec(ctx context.Context, text string, args []any) (sql.Result, error)
}

// Engine returns the kind of database.
func (t *Tx) Engine() Engine { return t.engine }

// ForUpdate returns the suffix of a SELECT that locks the rows it reads.
// SQLite needs none: a write transaction already holds the only write lock.
func (t *Tx) ForUpdate() string {
	if t.engine == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// SkipLocked returns the suffix of a SELECT that locks rows and passes over those locked by others.
func (t *Tx) SkipLocked() string {
	if t.engine == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// InOrder makes the rest of the transaction read ordered rows through an index that
// has that order. For queues: PostgreSQL's statistics there are those of another
// hour, and a plan that sorts all that waits to take the first few grows with the
// backlog. SQLite does it anyway.
func (t *Tx) InOrder(ctx context.Context) error {
	if t.engine != Postgres {
		return nil
	}
	_, err := t.run.exec(ctx, "SET LOCAL enable_sort = off", nil)
	return err
}

// Number returns the SQL expression of this transaction's number, which grows from
// one PostgreSQL transaction to the next; 0 on SQLite.
func (t *Tx) Number() string {
	if t.engine == Postgres {
		return "pg_current_xact_id()::text::bigint"
	}
	return "0"
}

// Settled returns the SQL condition that every transaction up to the number in the
// column has ended, so that no row with a smaller number can still appear. SQLite
// commits one after the other: always true.
func (t *Tx) Settled(column string) string {
	if t.engine == Postgres {
		return column + " < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
	}
	return "1 = 1"
}

// After runs f once the transaction has been committed; never when it is rolled back.
func (t *Tx) After(f func()) { t.after = append(t.after, f) }

// Write runs f in a transaction that may write. When f returns nil it is committed.
// A PostgreSQL deadlock or serialisation failure is tried again, up to five times,
// so f must not keep state of its own between runs.
func (d *DB) Write(ctx context.Context, f func(tx *Tx) error) error {
	for try := 0; ; try++ {
		var err error
		if d.engine == SQLite {
			err = d.writer.write(ctx, f)
		} else {
			err = d.transactPostgres(ctx, nil, f)
		}
		if err == nil || try == 4 || !retryable(err) {
			return Wrap(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(5<<try) * time.Millisecond):
		}
	}
}

// Look runs f, which asks a single question, as Read does but without the two
// exchanges with PostgreSQL that begin and end a transaction; for what every request asks.
func (d *DB) Look(ctx context.Context, f func(tx *Tx) error) error {
	if d.engine == SQLite {
		return Wrap(d.reader.read(ctx, f))
	}
	return Wrap(f(&Tx{engine: Postgres, run: lookRunner{d.pool}}))
}

// Read runs f in a transaction that sees one state of the database and cannot write.
func (d *DB) Read(ctx context.Context, f func(tx *Tx) error) error {
	if d.engine == SQLite {
		return Wrap(d.reader.read(ctx, f))
	}
	return Wrap(d.transactPostgres(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, f))
}

func (t *Tx) committed() {
	for _, f := range t.after {
		f()
	}
}

func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

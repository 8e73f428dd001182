package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// lite is a set of SQLite connections that each keep their prepared statements.
// Transactions are begun and ended by statements on the connection itself:
// database/sql would prepare each statement anew for every sql.Tx.
type lite struct {
	pool  *sql.DB
	begin string
	free  chan *liteConn // of the readers
	size  int

	own   *liteConn // of the writer
	turns queue
}

type liteConn struct {
	conn  *sql.Conn // nil until first used
	stmts map[string]*sql.Stmt
}

// maxStatements bounds the prepared statements one connection keeps; texts come
// from code, so only lists with many filter shapes ever reach it.
const maxStatements = 400

func openSQLite(ctx context.Context, o Options) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o750); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	synchronous := "FULL"
	if o.Relaxed {
		synchronous = "NORMAL"
	}
	readers := o.Connections
	if readers == 0 {
		readers = 4
	}
	writer, err := newLite(ctx, o.Path, "BEGIN IMMEDIATE", 1, "synchronous("+synchronous+")")
	if err != nil {
		return nil, err
	}
	reader, err := newLite(ctx, o.Path, "BEGIN", readers, "query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writer.close())
	}
	return &DB{engine: SQLite, writer: writer, reader: reader, path: o.Path}, nil
}

func newLite(ctx context.Context, path, begin string, size int, pragmas ...string) (*lite, error) {
	q := url.Values{}
	for _, p := range append(pragmas, "journal_mode(WAL)", "foreign_keys(1)", "busy_timeout(10000)",
		"wal_autocheckpoint(4000)", "temp_store(MEMORY)", "cache_size(-32768)", "mmap_size(268435456)") {
		q.Add("_pragma", p)
	}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), pool.Close())
	}
	l := &lite{pool: pool, begin: begin, size: size, free: make(chan *liteConn, size), own: &liteConn{}}
	for range size {
		l.free <- &liteConn{}
	}
	return l, nil
}

// connect opens the connection when it is first used, and again after it was dropped.
func (l *lite) connect(ctx context.Context, c *liteConn) (err error) {
	if c.conn != nil {
		return nil
	}
	if c.conn, err = l.pool.Conn(ctx); err == nil {
		c.stmts = map[string]*sql.Stmt{}
	}
	return err
}

// read waits for a connection and runs f in a transaction on it.
func (l *lite) read(ctx context.Context, f func(*Tx) error) error {
	var c *liteConn
	select {
	case c = <-l.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { l.free <- c }()
	if err := l.connect(ctx, c); err != nil {
		return err
	}
	if _, err := c.exec(ctx, l.begin, nil); err != nil {
		c.drop()
		return err
	}
	defer func() { // also when f panics
		if _, err := c.exec(context.WithoutCancel(ctx), "ROLLBACK", nil); err != nil {
			c.drop()
		}
	}()
	t := &Tx{engine: SQLite, run: c}
	if err := f(t); err != nil {
		return err
	}
	t.committed()
	return nil
}

// steady runs statements to their end: one that was cut off half way would take
// the work of others in the same transaction with it. A caller who has given up
// begins no further statement.
type steady struct{ c *liteConn }

func (s steady) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.c.query(context.WithoutCancel(ctx), text, args)
}

func (s steady) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.c.exec(context.WithoutCancel(ctx), text, args)
}

func (c *liteConn) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := c.stmts[text]; s != nil {
		return s, nil
	}
	s, err := c.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(c.stmts) >= maxStatements {
		for k, old := range c.stmts { // any one will do
			_ = old.Close()
			delete(c.stmts, k)
			break
		}
	}
	c.stmts[text] = s
	return s, nil
}

func (c *liteConn) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	s, err := c.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (c *liteConn) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	s, err := c.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// drop closes the connection; the next transaction opens a new one. The pool must not
// have it back: a BEGIN that was called off may have begun all the same.
func (c *liteConn) drop() {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	_ = c.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.conn.Close()
	c.conn, c.stmts = nil, nil
}

func (l *lite) close() error {
	for range l.size {
		if c := <-l.free; c.conn != nil {
			c.drop()
		}
	}
	if l.turns.wait(context.Background()) && l.own.conn != nil {
		l.own.drop()
	}
	return l.pool.Close()
}

// Backup writes a consistent copy of the SQLite database to a file that does not
// exist yet, while others go on reading and writing.
func (d *DB) Backup(ctx context.Context, path string) error {
	if d.engine != SQLite {
		return errors.New("only SQLite is backed up by the program")
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s exists already", path)
	}
	own, err := newLite(ctx, d.path, "BEGIN", 1) // readers may not even write elsewhere
	if err != nil {
		return err
	}
	_, err = own.pool.ExecContext(ctx, "VACUUM INTO '"+strings.ReplaceAll(path, "'", "''")+"'")
	return errors.Join(err, own.close())
}

package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Most of what a command writes is rows whose outcome it does not look at. They wait
// in the transaction and travel to PostgreSQL together: before the next statement
// whose answer is read, so that the transaction always sees its own work, or before
// the commit. Each exchange with the server costs both sides about as much as the
// insertion of a row does.

// postgresRunner runs the statements of one transaction.
type postgresRunner struct {
	conn    *sql.Conn
	tx      *sql.Tx
	waiting pgx.Batch
}

func (p *postgresRunner) later(text string, args []any) error {
	values := make([]any, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return fmt.Errorf("exec %s: value %d: %w", brief(text), i+1, err)
		}
		values[i] = v
	}
	p.waiting.Queue(text, values...)
	return nil
}

// flush sends what waits. When one statement fails the transaction has failed.
func (p *postgresRunner) flush(ctx context.Context) error {
	if p.waiting.Len() == 0 {
		return nil
	}
	batch := p.waiting
	p.waiting = pgx.Batch{}
	return p.conn.Raw(func(c any) error {
		sent := c.(*stdlib.Conn).Conn().SendBatch(ctx, &batch)
		for _, q := range batch.QueuedQueries {
			if _, err := sent.Exec(); err != nil {
				return errors.Join(fmt.Errorf("exec %s: %w", brief(q.SQL), err), sent.Close())
			}
		}
		return sent.Close()
	})
}

func (p *postgresRunner) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if err := p.flush(ctx); err != nil {
		return nil, err
	}
	return p.tx.QueryContext(ctx, text, args...)
}

func (p *postgresRunner) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	if err := p.flush(ctx); err != nil {
		return nil, err
	}
	return p.tx.ExecContext(ctx, text, args...)
}

// lookRunner runs single statements, each on whatever connection is free.
type lookRunner struct{ pool *sql.DB }

func (l lookRunner) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return l.pool.QueryContext(ctx, text, args...)
}

func (lookRunner) exec(context.Context, string, []any) (sql.Result, error) {
	return nil, errors.New("db: a look does not write")
}

func (d *DB) transactPostgres(ctx context.Context, opt *sql.TxOptions, f func(*Tx) error) error {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	raw, err := conn.BeginTx(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = raw.Rollback() }() // does nothing after Commit
	run := &postgresRunner{conn: conn, tx: raw}
	t := &Tx{engine: Postgres, run: run}
	if err := f(t); err != nil {
		return err
	}
	if err := run.flush(ctx); err != nil {
		return err
	}
	if err := raw.Commit(); err != nil {
		return err
	}
	t.committed()
	return nil
}

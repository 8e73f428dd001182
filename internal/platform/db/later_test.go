package db_test

import (
	"context"
	"fmt"
	"testing"

	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
)

type noted struct {
	ID string `db:"id"`
	N  int64  `db:"n"`
}

// What is written later is seen by the transaction's own questions, is there after
// the commit, and when it fails nothing of the transaction stays.
func TestLaterIsWrittenBeforeItIsAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		do := func(f func(tx *db.Tx) error) error { return d.Write(ctx, f) }
		count := func(tx *db.Tx) (int64, error) { return db.One[int64](ctx, tx, "SELECT count(*) FROM note") }
		if err := do(func(tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, "CREATE TABLE note (id TEXT PRIMARY KEY, n BIGINT NOT NULL)")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		committed := false
		if err := do(func(tx *db.Tx) error {
			tx.After(func() { committed = true })
			if err := db.InsertLater(ctx, tx, "note", noted{"a", 1}, noted{"b", 2}, noted{"c", 3}); err != nil {
				return err
			}
			if err := db.Later(ctx, tx, "UPDATE note SET n = $1 WHERE id = $2", 20, "b"); err != nil {
				return err
			}
			if n, err := count(tx); err != nil || n != 3 {
				return fmt.Errorf("the transaction sees %d of its 3 rows: %w", n, err)
			}
			changed, err := db.Exec(ctx, tx, "UPDATE note SET n = n + 1")
			if err != nil || changed != 3 {
				return fmt.Errorf("%d rows changed: %w", changed, err)
			}
			return db.Later(ctx, tx, "DELETE FROM note WHERE id = $1", "a")
		}); err != nil {
			t.Fatal(err)
		}
		if !committed {
			t.Error("what was to follow the commit did not run")
		}
		var rows []noted
		look := func(tx *db.Tx) (err error) {
			rows, err = db.All[noted](ctx, tx, "SELECT id, n FROM note ORDER BY id")
			return err
		}
		if err := d.Look(ctx, look); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(rows) != "[{b 21} {c 4}]" {
			t.Errorf("after the commit: %v", rows)
		}
		for _, asks := range []bool{true, false} {
			err := do(func(tx *db.Tx) error {
				if err := db.InsertLater(ctx, tx, "note", noted{"d", 4}); err != nil {
					return err
				}
				if err := db.InsertLater(ctx, tx, "note", noted{"b", 5}); err != nil || !asks {
					return err
				}
				_, err := count(tx)
				return err
			})
			if fault.CodeOf(err) != "duplicate" {
				t.Errorf("a second b (asking: %v): %v", asks, err)
			}
		}
		gone, cancel := context.WithCancel(ctx)
		if err := d.Write(gone, func(tx *db.Tx) error {
			err := db.InsertLater(gone, tx, "note", noted{"e", 5})
			cancel()
			return err
		}); err == nil && d.Engine() == db.Postgres {
			t.Error("a transaction whose caller has gone was committed")
		}
		if err := d.Look(ctx, func(tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, "INSERT INTO note (id, n) VALUES ('f', 6)")
			return err
		}); err == nil {
			t.Error("a look wrote")
		}
		if err := d.Read(ctx, look); err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.ID == "d" || r.ID == "f" {
				t.Errorf("%s stayed", r.ID)
			}
		}
	})
}

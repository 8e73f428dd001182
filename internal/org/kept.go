package org

import (
	"context"
	"sync"

	"wardline/internal/platform/db"
)

// kept holds rows of the directory as one stamp of it has them: each order asks for
// its place, department and team, and these hardly ever change. The stamp, read once
// in a transaction, tells whether any replica has changed the directory since; who
// changes it sees no kept rows in that transaction.
type kept struct {
	mu    sync.Mutex
	stamp int64
	rows  map[keptKey]any
}

type keptKey struct {
	kind Kind
	id   string
}

// maxKept bounds the memory; a hospital's whole directory is some thousands of rows.
const maxKept = 20_000

// stampNote is what the stamp is kept under in a transaction.
type stampNote struct{}

// changing is the stamp of a transaction that changes the directory itself.
const changing int64 = 0

// known returns a row as the transaction sees it.
func known[T any](ctx context.Context, tx *db.Tx, k *kept, kind Kind, id string) (T, error) {
	stamp, err := stampOf(ctx, tx)
	if err != nil || stamp == changing {
		row, e := one[T](ctx, tx, kind, id)
		if err == nil {
			err = e
		}
		return row, err
	}
	if row, ok := k.get(stamp, keptKey{kind, id}).(T); ok {
		return row, nil
	}
	row, err := one[T](ctx, tx, kind, id)
	if err == nil {
		k.put(stamp, keptKey{kind, id}, row)
	}
	return row, err
}

func stampOf(ctx context.Context, tx *db.Tx) (int64, error) {
	if stamp, ok := tx.Kept(stampNote{}).(int64); ok {
		return stamp, nil
	}
	stamp, err := readStamp(ctx, tx)
	if err == nil {
		tx.Keep(stampNote{}, stamp)
	}
	return stamp, err
}

func (k *kept) get(stamp int64, key keptKey) any {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stamp != stamp {
		return nil
	}
	return k.rows[key]
}

// put keeps a row read under a stamp. The row may be newer than the stamp, which
// then has already been overtaken, but never older.
func (k *kept) put(stamp int64, key keptKey, row any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stamp != stamp || k.rows == nil || len(k.rows) >= maxKept {
		k.stamp, k.rows = stamp, map[keptKey]any{}
	}
	k.rows[key] = row
}

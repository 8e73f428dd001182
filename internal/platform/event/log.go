package event

import (
	"context"
	"encoding/json"
	"fmt"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
)

// bellTopic is what the log rings after a commit.
const bellTopic = "event"

// Keep is how long entries stay in the log, in milliseconds.
const Keep = clock.Day

// Log writes and reads the entries. It is safe for concurrent use.
type Log struct {
	db    *db.DB
	bell  *db.Bell
	clock clock.Clock
}

// New returns the log of a database.
func New(d *db.DB, b *db.Bell, c clock.Clock) *Log { return &Log{db: d, bell: b, clock: c} }

// Append adds an event in the caller's transaction; followers get it after the commit.
func (l *Log) Append(ctx context.Context, tx *db.Tx, e Event) error {
	if !validTopic(e.Topic) {
		return fmt.Errorf("event: %q is no topic", e.Topic)
	}
	audience, err := json.Marshal(e.Audience)
	if err != nil {
		return fmt.Errorf("event %s: audience: %w", e.Topic, err)
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		return fmt.Errorf("event %s: data: %w", e.Topic, err)
	}
	row := inRow{At: l.clock.Now(), Topic: e.Topic, Subject: e.Subject, Audience: string(audience), Data: string(data)}
	if err := insert(ctx, tx, &row); err != nil {
		return err
	}
	tx.After(l.ring)
	return nil
}

func (l *Log) ring() { l.bell.Ring(bellTopic) }

// Since returns up to limit entries behind a position, in order. It returns
// ErrResync when entries behind it have been pruned, or when the log never reached it
// (a backup was restored).
func (l *Log) Since(ctx context.Context, p Position, limit int) ([]Entry, error) {
	var out []Entry
	err := l.db.Read(ctx, func(tx *db.Tx) error {
		low, err := floor(ctx, tx)
		if err != nil {
			return err
		}
		if p.Compare(low) < 0 {
			return ErrResync
		}
		if out, _, err = after(ctx, tx, p, limit); err != nil || len(out) > 0 {
			return err
		}
		high, err := head(ctx, tx, low)
		if err == nil && p.Compare(high) > 0 {
			return ErrResync
		}
		return err
	})
	return out, err
}

// Head returns the position of the newest entry that may be read.
func (l *Log) Head(ctx context.Context) (Position, error) {
	var out Position
	err := l.db.Read(ctx, func(tx *db.Tx) error {
		low, err := floor(ctx, tx)
		if err == nil {
			out, err = head(ctx, tx, low)
		}
		return err
	})
	return out, err
}

// Floor returns the position behind which every entry can still be read.
func (l *Log) Floor(ctx context.Context) (Position, error) {
	var out Position
	err := l.db.Read(ctx, func(tx *db.Tx) (err error) { out, err = floor(ctx, tx); return err })
	return out, err
}

func head(ctx context.Context, tx *db.Tx, low Position) (Position, error) {
	last, err := newest(ctx, tx, 1)
	if err != nil || len(last) == 0 {
		return low, err
	}
	return Position(last[0]), nil
}

// Forget empties the log, so that every position a client holds leads to
// ErrResync. Restoring a backup must call it: the restored log would give out
// again the positions that clients remember for other entries.
func (l *Log) Forget(ctx context.Context) error {
	return l.db.Write(ctx, func(tx *db.Tx) error { return startOver(ctx, tx) })
}

// pruneBatch is how many entries one pruning transaction removes.
const pruneBatch = 1000

// Prune removes entries older than Keep. A batch leaves together with the raising
// of the floor, so that nobody can resume across the hole.
func (l *Log) Prune(ctx context.Context) error {
	for {
		gone := 0
		err := l.db.Write(ctx, func(tx *db.Tx) error {
			low, err := floor(ctx, tx)
			if err != nil {
				return err
			}
			list, _, err := after(ctx, tx, low, pruneBatch)
			if err != nil {
				return err
			}
			for gone = 0; gone < len(list) && list[gone].At < l.clock.Now()-Keep; {
				gone++
			}
			if gone == 0 {
				return nil
			}
			up := list[gone-1].Position()
			if err := deleteUpTo(ctx, tx, up); err != nil {
				return err
			}
			return setFloor(ctx, tx, up)
		})
		if err != nil || gone < pruneBatch {
			return err
		}
	}
}

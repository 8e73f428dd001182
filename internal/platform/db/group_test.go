package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
)

// Writers that come at once commit together; what fails, panics or is given up
// takes back its own work and nobody else's, and nobody is answered before the
// commit.
func TestWritersAtOnceKeepApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write := func(ctx context.Context, f func(tx *db.Tx) error) error { return d.Write(ctx, f) }
		err := write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, "CREATE TABLE note (id TEXT PRIMARY KEY, n BIGINT NOT NULL)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		bad := errors.New("no")
		var mu sync.Mutex
		want := map[string]bool{}
		hooks := 0
		var all sync.WaitGroup
		for i := range 240 {
			all.Go(func() {
				id := fmt.Sprintf("n%03d", i)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				insert := func(tx *db.Tx) error {
					_, err := db.Exec(ctx, tx, "INSERT INTO note (id, n) VALUES ($1, $2)", id, i)
					return err
				}
				switch i % 6 {
				case 0: // fails after it has written
					if err := write(ctx, func(tx *db.Tx) error { return errors.Join(insert(tx), bad) }); !errors.Is(err, bad) {
						t.Errorf("%s: %v", id, err)
					}
				case 1: // panics after it has written
					func() {
						defer func() {
							if recover() == nil {
								t.Errorf("%s: the panic was lost", id)
							}
						}()
						_ = write(ctx, func(tx *db.Tx) error { _ = insert(tx); panic("boom") })
					}()
				case 2: // is given up half way
					err := write(ctx, func(tx *db.Tx) error {
						if err := insert(tx); err != nil {
							return err
						}
						cancel()
						_, err := db.Exec(ctx, tx, "UPDATE note SET n = n + 1 WHERE id = $1", id)
						return err
					})
					if err == nil {
						t.Errorf("%s: given up and yet done", id)
					}
				case 3: // breaks a rule of the database
					if err := write(ctx, func(tx *db.Tx) error { return errors.Join(insert(tx), insert(tx)) }); !db.IsDuplicate(err) {
						t.Errorf("%s: %v", id, err)
					}
				default:
					err := write(ctx, func(tx *db.Tx) error {
						tx.After(func() { mu.Lock(); hooks++; mu.Unlock() })
						return insert(tx)
					})
					if err != nil {
						t.Errorf("%s: %v", id, err)
						return
					}
					mu.Lock()
					want[id] = true
					mu.Unlock()
					err = d.Read(t.Context(), func(tx *db.Tx) error { // answered means committed
						_, err := db.One[int64](t.Context(), tx, "SELECT n FROM note WHERE id = $1", id)
						return err
					})
					if err != nil {
						t.Errorf("%s was answered and is not there: %v", id, err)
					}
				}
			})
		}
		all.Wait()
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			got, err := db.All[string](t.Context(), tx, "SELECT id FROM note")
			if len(got) != len(want) || hooks != len(want) {
				t.Errorf("%d rows and %d hooks, want %d", len(got), hooks, len(want))
			}
			for _, id := range got {
				if !want[id] {
					t.Errorf("%s failed and is there", id)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Who gives up while waiting for the writer leaves the queue, and the others go on.
func TestGivingUpInTheQueueHoldsNobodyUp(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	hold, held := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = d.Write(t.Context(), func(*db.Tx) error { close(held); <-hold; return nil })
	})
	<-held
	for range 20 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			if err := d.Write(ctx, func(*db.Tx) error { return nil }); err == nil {
				t.Error("wrote while another held the writer")
			}
		})
	}
	time.Sleep(60 * time.Millisecond)
	close(hold)
	all.Wait()
	if err := d.Write(t.Context(), func(*db.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// A full disk refuses what does not fit, says so, and keeps everything that was
// acknowledged; when there is room again, writing goes on.
func TestFullDiskLosesNothingAcknowledged(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	pragma := func(pages int) {
		t.Helper()
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.All[int64](t.Context(), tx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(t.Context(), tx, "CREATE TABLE heap (id BIGINT PRIMARY KEY, stuff TEXT NOT NULL)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var pages int64
	err = d.Read(t.Context(), func(tx *db.Tx) (err error) {
		pages, err = db.One[int64](t.Context(), tx, "PRAGMA page_count")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	pragma(int(pages) + 40)
	var mu sync.Mutex
	kept, refused := map[int64]bool{}, 0
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for k := range 20 {
				id := int64(w*100 + k)
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					_, err := db.Exec(t.Context(), tx, "INSERT INTO heap (id, stuff) VALUES ($1, $2)", id, strings.Repeat("x", 6000))
					return err
				})
				mu.Lock()
				switch {
				case err == nil:
					kept[id] = true
				case fault.CodeOf(err) == "unavailable":
					refused++
				default:
					t.Errorf("%d: %v", id, err)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(kept) == 0 || refused == 0 {
		t.Fatalf("%d kept, %d refused: the disk was never full", len(kept), refused)
	}
	check := func() {
		t.Helper()
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			ids, err := db.All[int64](t.Context(), tx, "SELECT id FROM heap")
			if len(ids) != len(kept) {
				t.Errorf("%d rows, %d were acknowledged", len(ids), len(kept))
			}
			for _, id := range ids {
				if !kept[id] {
					t.Errorf("row %d was refused and is there", id)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	check()
	pragma(int(pages) + 4000)
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(t.Context(), tx, "INSERT INTO heap (id, stuff) VALUES (9999, 'x')")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	kept[9999] = true
	check()
}

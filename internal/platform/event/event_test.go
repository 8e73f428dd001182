package event_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
)

const patience = 20 * time.Second

var quiet = slog.New(slog.DiscardHandler)

type place struct {
	d     *db.DB
	log   *event.Log
	tail  *event.Tail
	clock *clock.Manual
}

// open starts a tail as one replica would.
func open(t *testing.T, d *db.DB) *place {
	t.Helper()
	c := clock.NewManual(1_000_000_000_000)
	bell := db.NewBell(d, quiet)
	bell.Start(t.Context())
	log := event.New(d, bell, c)
	tail := event.NewTail(log, quiet)
	if err := tail.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tail.Stop(); bell.Stop() })
	return &place{d, log, tail, c}
}

func (p *place) write(t *testing.T, subjects ...string) {
	t.Helper()
	if err := p.append(t.Context(), subjects...); err != nil {
		t.Fatal(err)
	}
}

func (p *place) append(ctx context.Context, subjects ...string) error {
	return p.d.Write(ctx, func(tx *db.Tx) error {
		for _, s := range subjects {
			err := p.log.Append(ctx, tx, event.Event{Topic: "test.changed", Subject: s, Audience: map[string]string{"d": "d1"}, Data: 7})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// collect takes entries until n have come, and returns their subjects.
func collect(t *testing.T, f *event.Follower, n int) []string {
	t.Helper()
	var out []string
	end := time.After(patience)
	for len(out) < n {
		list, err := f.Take()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			out = append(out, e.Subject)
		}
		if len(list) > 0 {
			continue
		}
		select {
		case <-f.Ready():
		case <-end:
			t.Fatalf("only %d of %d entries came: %v", len(out), n, out)
		}
	}
	return out
}

func nothing(t *testing.T, f *event.Follower) {
	t.Helper()
	if list, err := f.Take(); err != nil || len(list) > 0 {
		t.Fatalf("expected nothing, got %v, %v", list, err)
	}
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestOnlyWhatWasCommitted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		f := p.tail.Follow()
		refused := errors.New("rolled back")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := p.log.Append(t.Context(), tx, event.Event{Topic: "test.changed", Subject: "never"}); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		p.write(t, "a", "b")
		p.write(t, "c")
		equal(t, collect(t, f, 3), "a", "b", "c")
		nothing(t, f)

		list, err := p.log.Since(t.Context(), event.Position{}, 10)
		if err != nil || len(list) != 3 {
			t.Fatalf("%v, %v", list, err)
		}
		e := list[0]
		if e.Topic != "test.changed" || e.At != p.clock.Now() || string(e.Audience) != `{"d":"d1"}` || string(e.Data) != "7" {
			t.Fatalf("stored differently: %+v", e)
		}
		if head, err := p.log.Head(t.Context()); err != nil || head != list[2].Position() || p.tail.Head() != head {
			t.Fatalf("head %v, tail %v, %v", head, p.tail.Head(), err)
		}
		if err := p.d.Write(t.Context(), func(tx *db.Tx) error {
			return p.log.Append(t.Context(), tx, event.Event{Topic: "bad\ntopic"})
		}); err == nil {
			t.Fatal("a topic with a line break was accepted")
		}
	})
}

// Writers that commit out of order are what a naive reader by number loses.
func TestNothingIsPassedOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		f := p.tail.Follow()
		const writers, each = 8, 60
		var wg sync.WaitGroup
		for w := range writers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range each {
					err := d.Write(t.Context(), func(tx *db.Tx) error {
						err := p.log.Append(t.Context(), tx, event.Event{Topic: "t", Subject: fmt.Sprintf("%d/%d", w, i)})
						if d.Engine() == db.Postgres { // hold some transactions open over the commits of others
							time.Sleep(time.Duration(rand.IntN(4)) * time.Millisecond)
						}
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			}()
		}
		got := collect(t, f, writers*each)
		wg.Wait()
		next := map[string]int{}
		for _, s := range got {
			var w, i int
			if _, err := fmt.Sscanf(s, "%d/%d", &w, &i); err != nil {
				t.Fatal(err)
			}
			key := fmt.Sprint(w)
			if next[key] != i {
				t.Fatalf("writer %d: entry %d came when %d was due", w, i, next[key])
			}
			next[key]++
		}
		nothing(t, f)
	})
}

// An entry behind a still running older transaction comes soon after that ends,
// although the end rings no bell.
func TestHeldBackEntriesComeWithoutARing(t *testing.T) {
	d := dbtest.Open(t, db.Postgres)
	p := open(t, d)
	f := p.tail.Follow()
	if err := d.Write(t.Context(), func(older *db.Tx) error {
		if _, err := db.One[int64](t.Context(), older, "SELECT "+older.Number()); err != nil {
			return err
		}
		if err := p.append(t.Context(), "newer"); err != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
		nothing(t, f)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	equal(t, collect(t, f, 1), "newer")
}

func TestOtherReplicaIsRung(t *testing.T) {
	o := dbtest.Options(t, db.Postgres)
	var places []*place
	for range 2 {
		d, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		places = append(places, open(t, d))
	}
	f := places[1].tail.Follow()
	places[0].write(t, "from the other")
	equal(t, collect(t, f, 1), "from the other")
}

func TestResume(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		start := p.tail.Head()
		p.write(t, "a", "b")
		p.write(t, "c", "d", "e")
		collect(t, resume(t, p.tail, start), 5)
		list, err := p.log.Since(t.Context(), start, 10)
		if err != nil {
			t.Fatal(err)
		}
		all := []string{"a", "b", "c", "d", "e"}
		for i, e := range list { // from every place, also inside a batch
			f := resume(t, p.tail, e.Position())
			equal(t, collect(t, f, len(all)-i-1), all[i+1:]...)
			nothing(t, f)
		}
		second := open(t, d) // a restarted process
		f := resume(t, second.tail, list[1].Position())
		equal(t, collect(t, f, 3), "c", "d", "e")
		if f.Position() != list[4].Position() {
			t.Fatalf("stands at %v", f.Position())
		}
		if _, err := p.tail.Resume(t.Context(), event.Position{TxID: 1 << 50, Seq: 1 << 50}); !errors.Is(err, event.ErrResync) {
			t.Fatalf("a position the log never reached: %v", err)
		}
	})
}

func resume(t *testing.T, tail *event.Tail, p event.Position) *event.Follower {
	t.Helper()
	f, err := tail.Resume(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestWindowIsBounded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		slow, quick := p.tail.Follow(), p.tail.Follow()
		subjects := make([]string, 500)
		for i := range subjects {
			subjects[i] = fmt.Sprint(i)
		}
		const rounds = event.WindowSize/500 + 4
		var middle event.Position
		for r := range rounds {
			p.write(t, subjects...)
			equal(t, collect(t, quick, 500), subjects...)
			if r == 2 {
				middle = quick.Position()
			}
		}
		if n := p.tail.Window(); n > event.WindowSize+500 {
			t.Fatalf("%d entries in memory", n)
		}
		if _, err := slow.Take(); !errors.Is(err, event.ErrResync) {
			t.Fatalf("the slow follower must start afresh, got %v", err)
		}
		p.write(t, "after")
		equal(t, collect(t, slow, 1), "after")
		equal(t, collect(t, quick, 1), "after")
		f := resume(t, p.tail, middle) // older than the window: from the database, then from memory
		if n := len(collect(t, f, (rounds-3)*500+1)); n != (rounds-3)*500+1 {
			t.Fatalf("%d entries", n)
		}
		nothing(t, f)
	})
}

// What the tail remembers is what the database would say, from every position and for
// every limit; what it no longer or not yet remembers it asks for.
func TestSinceFromMemory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		early := open(t, d)
		f := early.tail.Follow()
		from := early.tail.Head()
		var subjects []string
		for i := range 40 {
			subjects = append(subjects, fmt.Sprint("s", i))
			early.write(t, subjects[i])
		}
		collect(t, f, 40)
		late := open(t, d) // stands at the head, knowing only what it has read at its start
		early.write(t, "last")
		collect(t, f, 1)
		for p, left := from, 41; left >= 0; left-- {
			for _, limit := range []int{1, 7, 500} {
				want, err := early.log.Since(t.Context(), p, limit)
				if err != nil {
					t.Fatal(err)
				}
				for _, tail := range []*event.Tail{early.tail, late.tail} {
					got, err := tail.Since(t.Context(), p, limit)
					if err != nil {
						t.Fatal(err)
					}
					if tail == late.tail && len(got) == len(want)-1 {
						continue // it may not have read the last one yet
					}
					equal(t, subjectsOf(got), subjectsOf(want)...)
				}
			}
			if next, err := early.tail.Since(t.Context(), p, 1); err != nil || len(next) != min(left, 1) {
				t.Fatalf("with %d left: %d, %v", left, len(next), err)
			} else if left > 0 {
				p = next[0].Position()
			}
		}
		if _, err := early.tail.Since(t.Context(), event.Position{TxID: 1 << 60, Seq: 1 << 60}, 1); !errors.Is(err, event.ErrResync) {
			t.Fatalf("a position nobody gave out: %v", err)
		}
	})
}

func subjectsOf(list []event.Entry) (out []string) {
	for _, e := range list {
		out = append(out, e.Subject)
	}
	return out
}

func TestResumeIsBounded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		start := p.tail.Head()
		p.tail.Stop()
		p.write(t, make([]string, event.Preload+event.ResumeMost+1000)...)
		restarted := open(t, d)
		if _, err := restarted.tail.Resume(t.Context(), start); !errors.Is(err, event.ErrResync) {
			t.Fatalf("one follower was given all that: %v", err)
		}
	})
}

func TestPrunedPositionsStartAfresh(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		start := p.tail.Head()
		many := make([]string, event.PruneBatch+10)
		p.write(t, many...)
		p.write(t, "old")
		collect(t, resume(t, p.tail, start), len(many)+1)
		old := p.tail.Head()
		p.clock.Advance(event.Keep + 1)
		p.write(t, "new")
		if err := p.log.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		restarted := open(t, d)
		list, err := p.log.Since(t.Context(), old, 10)
		if err != nil || len(list) != 1 || list[0].Subject != "new" {
			t.Fatalf("%v, %v", list, err)
		}
		equal(t, collect(t, resume(t, restarted.tail, old), 1), "new")
		if _, err := restarted.tail.Resume(t.Context(), start); !errors.Is(err, event.ErrResync) {
			t.Fatalf("a pruned position resumed: %v", err)
		}
		if _, err := p.log.Since(t.Context(), start, 10); !errors.Is(err, event.ErrResync) {
			t.Fatalf("a pruned position was read on: %v", err)
		}
		if low, err := p.log.Floor(t.Context()); err != nil || low.Compare(start) <= 0 {
			t.Fatalf("the floor was not raised: %v, %v", low, err)
		} else if list, err := p.log.Since(t.Context(), low, 10); err != nil || len(list) != 1 {
			t.Fatalf("behind the floor: %v, %v", list, err)
		}
		p.clock.Advance(event.Keep + 1)
		if err := p.log.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if head, err := p.log.Head(t.Context()); err != nil || head != list[0].Position() {
			t.Fatalf("an empty log must keep its head: %v, %v", head, err)
		}
	})
}

func TestForgetMakesEveryPositionStale(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		p.write(t, "a", "b")
		collect(t, resume(t, p.tail, event.Position{}), 2)
		known := p.tail.Head()
		p.tail.Stop()
		if err := p.log.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		again := open(t, d)
		again.write(t, "c", "d", "e")
		if _, err := again.tail.Resume(t.Context(), known); !errors.Is(err, event.ErrResync) {
			t.Fatalf("a position from before was resumed: %v", err)
		}
		if _, err := again.log.Since(t.Context(), known, 10); !errors.Is(err, event.ErrResync) {
			t.Fatalf("a position from before was read on: %v", err)
		}
	})
}

func TestSharedMakings(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	p := open(t, d)
	f, g := p.tail.Follow(), p.tail.Follow()
	p.write(t, "a")
	made := 0
	encode := func(e event.Entry) []byte { made++; return []byte(e.Subject) }
	for _, follower := range []*event.Follower{f, g} {
		<-follower.Ready()
		list, err := follower.Take()
		if err != nil || string(list[0].Encoded(encode)) != "a" {
			t.Fatal(err)
		}
		audience, err := event.Audience[map[string]string](list[0])
		if err != nil || audience["d"] != "d1" {
			t.Fatalf("%v, %v", audience, err)
		}
		if _, err := event.Audience[[]int](list[0]); err == nil {
			t.Fatal("an object was decoded as a list")
		}
	}
	if made != 1 {
		t.Fatalf("encoded %d times", made)
	}
}

func TestPositions(t *testing.T) {
	for _, bad := range []string{"", "1", "1.", ".1", "a.1", "1.-2", "1.2.3", "1 .2"} {
		if _, err := event.ParsePosition(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	order := []event.Position{{}, {0, 1}, {0, 10}, {1, 0}, {1, 9}, {2, 3}}
	for i, a := range order {
		back, err := event.ParsePosition(a.String())
		if err != nil || back != a {
			t.Errorf("%v came back as %v, %v", a, back, err)
		}
		for j, b := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := a.Compare(b); got != want {
				t.Errorf("%v against %v: %d", a, b, got)
			}
		}
	}
}

func TestStopLeavesNothingRunning(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			o := dbtest.Options(t, engine)
			before := goleak.IgnoreCurrent()
			d, err := db.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			bell := db.NewBell(d, quiet)
			bell.Start(t.Context())
			log := event.New(d, bell, clock.NewManual(1))
			tail := event.NewTail(log, quiet)
			if err := tail.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			p := &place{d, log, tail, nil}
			f := tail.Follow()
			p.write(t, "x")
			collect(t, f, 1)
			tail.Stop()
			bell.Stop()
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			goleak.VerifyNone(t, before)
		})
	}
}

package notify_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
)

func TestEventBecomesMessages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.subscribe(t, "ann", "phone")
		h.want(t, "ann", notify.Assigned, notify.Mail, true)
		watch := h.tail.Follow()
		h.follow(t)
		h.work(t)
		h.happen(t, "o1", note{Kind: "note", To: []string{"assignee:bob"}, Version: 1}, dispatch("ann", 2))

		eventually(t, "the message is in the inbox", func() bool { return len(h.inbox(t, "ann")) == 1 })
		m := h.inbox(t, "ann")[0]
		if m.Template != "order.assigned" || m.Group != notify.Assigned || m.Subject != "o1" || m.Title != "新任务 261122-0002" || m.Brief != "打印机 · 门诊楼三层" ||
			!strings.Contains(m.Body, "李调度") || m.Page != "/m/work/o/o1" || m.At != noon || m.ReadAt != 0 {
			t.Fatalf("%+v", m)
		}
		eventually(t, "push and mail arrive", func() bool { return len(h.push.got()) == 1 && len(h.mail.got()) == 1 })
		p, mail := h.push.got()[0], h.mail.got()[0]
		if p.To.Endpoint != "https://push.example/phone" || p.To.P256dh != "p-phone" || p.To.Auth != "a-phone" || p.Thread != "o1" || p.Path != "/m/work/o/o1" {
			t.Fatalf("push %+v", p)
		}
		if strings.Contains(p.Title+p.Brief, "李调度") {
			t.Fatal("a name would stand on the locked screen")
		}
		if mail.To.Endpoint != "ann@hospital.example" || mail.To.Name != "人 ann" || mail.URL != "https://wardline.example/m/work/o/o1" {
			t.Fatalf("mail %+v", mail)
		}
		h.waitFor(t, "ann", notify.Push, notify.Sent, "")
		if got := h.log(t, "ann"); len(got) != 3 || !slices.Contains(got, "inbox sent") || !slices.Contains(got, "mail sent") {
			t.Fatalf("%v", got)
		}
		if len(h.inbox(t, "bob")) != 0 {
			t.Fatal("bob was told of something without a rule")
		}
		onlyFor(t, watch, "ann")
	})
}

// onlyFor takes the live events about messages and makes sure that they are for one person.
func onlyFor(t *testing.T, f *event.Follower, person string) {
	t.Helper()
	n := 0
	eventually(t, "the live event comes", func() bool {
		list, err := f.Take()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.Topic != notify.Topic {
				continue
			}
			n++
			keys, err := event.Audience[identity.Keys](e)
			if err != nil || fmt.Sprint(keys) != fmt.Sprint(identity.Keys{People: []string{person}}) {
				t.Fatalf("%v, %v", keys, err)
			}
			if strings.Contains(string(e.Data), "打印机") {
				t.Fatal("the live event says more than that there is something")
			}
		}
		return n > 0
	})
}

func TestLanguageOfThePerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.want(t, "bob", notify.Assigned, notify.Mail, true)
		h.work(t)
		h.tell(t, assigned("bob", "o1", 1))
		eventually(t, "the mail arrives", func() bool { return len(h.mail.got()) == 1 })
		if got := h.mail.got()[0]; got.Title != "New task 261122-0042" || got.Brief != "Printer · 门诊楼三层" {
			t.Fatalf("%+v", got)
		}
		if got := h.inbox(t, "bob")[0]; got.Title != "新任务 261122-0042" { // the page asks in Chinese
			t.Fatalf("%+v", got)
		}
	})
}

func TestRepetitionIsToldOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		for i, c := range []struct {
			n    notify.Notice
			want int
		}{{assigned("ann", "o1", 1), 1}, {assigned("ann", "o1", 1), 0}, {assigned("ann", "o1", 2), 1}, {assigned("ann", "o2", 1), 1}, {assigned("bob", "o1", 1), 1}} {
			if got := h.tell(t, c.n); got != c.want {
				t.Errorf("%d: told %d", i, got)
			}
		}
		if got := h.tell(t, assigned("ann", "o3", 1), assigned("ann", "o3", 1)); got != 1 {
			t.Errorf("twice in one go: told %d", got)
		}
		if n := len(h.inbox(t, "ann")); n != 4 {
			t.Fatalf("%d messages", n)
		}
	})
}

func TestManyTellTheSameAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		var wg sync.WaitGroup
		told := make(chan int, 8)
		for i := range cap(told) {
			list := []notify.Notice{assigned("ann", "o1", 1), assigned("bob", "o1", 1), assigned("cem", "o1", 1)}
			if i%2 == 1 {
				slices.Reverse(list)
			}
			wg.Go(func() {
				n := 0
				err := d.Write(t.Context(), func(tx *db.Tx) (err error) { n, err = h.Tell(t.Context(), tx, list...); return err })
				if err != nil {
					t.Error(err)
				}
				told <- n
			})
		}
		wg.Wait()
		close(told)
		sum := 0
		for n := range told {
			sum += n
		}
		if sum != 3 {
			t.Fatalf("%d messages for three people", sum)
		}
	})
}

// TestRacingFollowers lets the lease of one replica run out while it is in the middle
// of its work, so that the other does the same work: every event must count once all
// the same. Each reading of an event says another version, so that only the cursor
// stands between us and doubles.
func TestRacingFollowers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const events = 240
		a := start(t, d)
		b := open(t, d, a.clock)
		var reading atomic.Int64
		anew := func(e event.Entry) (notify.News, error) {
			n, err := plainNews(e)
			n.Version = reading.Add(1)
			return n, err
		}
		// Whichever comes to one of these first stands still until the other has taken over.
		stand := map[string]*atomic.Bool{"o20": {}, "o120": {}, "o220": {}}
		stalling := func(other *house) func(event.Entry) (notify.News, error) {
			return func(e event.Entry) (notify.News, error) {
				if here := stand[e.Subject]; here != nil && here.CompareAndSwap(false, true) {
					before := other.asked()
					a.clock.Advance(31 * clock.Second)
					for end := time.Now().Add(8 * time.Second); other.asked() == before && time.Now().Before(end); time.Sleep(time.Millisecond) {
					}
				}
				return anew(e)
			}
		}
		a.set(stalling(b))
		b.set(stalling(a))
		a.follow(t)
		b.follow(t)
		for i := range events {
			a.happen(t, fmt.Sprintf("o%d", i), dispatch("ann", 1), dispatch("bob", 2))
			if i%5 == 4 {
				a.clock.Advance(31 * clock.Second)
			}
		}
		eventually(t, "all have been told", func() bool {
			a.clock.Advance(31 * clock.Second)
			return a.unread(t, "ann") >= events && a.unread(t, "bob") >= events
		})
		for _, person := range []string{"ann", "bob"} {
			seen := map[string]int{}
			for cursor := ""; ; {
				list, next, err := a.Messages(as(t, person), fault.Chinese, false, 100, cursor)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range list {
					seen[m.Subject]++
				}
				if cursor = next; next == "" {
					break
				}
			}
			for subject, n := range seen {
				if n != 1 {
					t.Errorf("%s was told of %s %d times", person, subject, n)
				}
			}
			if len(seen) != events {
				t.Errorf("%s was told of %d of %d", person, len(seen), events)
			}
		}
		t.Logf("asked %d and %d times about %d events", a.asked(), b.asked(), 2*events)
		if a.asked() == 0 || b.asked() == 0 || a.asked()+b.asked() == 2*events {
			t.Error("no event was read by both: nothing raced")
		}
	})
}

func (h *house) unread(t *testing.T, person string) int64 {
	t.Helper()
	n, err := h.Unread(as(t, person))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRestartLosesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.happen(t, "before", dispatch("ann", 1)) // before there was a follower at all
		f := h.NewFollower(h.tail)
		if err := f.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.happen(t, "o1", dispatch("ann", 1))
		eventually(t, "the first is told", func() bool { return len(h.inbox(t, "ann")) == 1 })
		f.Stop()
		for i := range 500 {
			h.happen(t, fmt.Sprintf("down-%d", i), note{Kind: "amend", Version: 2})
		}
		h.happen(t, "o2", dispatch("ann", 1))
		again := open(t, d, h.clock)
		again.follow(t)
		h.happen(t, "o3", dispatch("ann", 1))
		eventually(t, "the others are told", func() bool { return len(h.inbox(t, "ann")) == 3 })
		var got []string
		for _, m := range h.inbox(t, "ann") {
			got = append(got, m.Subject)
		}
		slices.Sort(got)
		if fmt.Sprint(got) != "[o1 o2 o3]" {
			t.Fatalf("%v", got)
		}
	})
}

func TestSecondReplicaTakesOver(t *testing.T) {
	d := dbtest.Open(t, db.Postgres)
	a := start(t, d)
	first := a.NewFollower(a.tail)
	if err := first.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.happen(t, "o1", dispatch("ann", 1))
	eventually(t, "the first replica tells", func() bool { return len(a.inbox(t, "ann")) == 1 })
	b := open(t, d, a.clock)
	b.follow(t)
	a.happen(t, "o2", dispatch("ann", 1))
	eventually(t, "the second message", func() bool { return len(a.inbox(t, "ann")) == 2 })
	if b.asked() != 0 {
		t.Error("both did the work")
	}
	first.Stop()
	a.happen(t, "o3", dispatch("ann", 1))
	eventually(t, "the second replica takes over", func() bool { return len(a.inbox(t, "ann")) == 3 })
}

func TestPrunedLogIsOwnedUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		f := h.NewFollower(h.tail)
		if err := f.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.Stop()
		h.happen(t, "lost", dispatch("ann", 1))
		h.clock.Advance(event.Keep + clock.Minute)
		if err := h.events.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		open(t, d, h.clock).follow(t) // a program started anew: nothing is in memory
		eventually(t, "it is written down that events are lost", func() bool {
			list, _, err := h.trail.List(t.Context(), audit.Filter{Action: "notify.events.lost"}, 10, "")
			if err != nil {
				t.Fatal(err)
			}
			return len(list) == 1
		})
		h.happen(t, "o1", dispatch("ann", 1))
		eventually(t, "it goes on", func() bool { return len(h.inbox(t, "ann")) == 1 })
	})
}

func TestQuietLogDoesNotLookLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		f := h.NewFollower(h.tail)
		if err := f.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.happen(t, "o1", note{Kind: "amend"}) // concerns nobody, so nothing is written for it at once
		head, err := h.events.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the place is stored all the same", func() bool {
			h.clock.Advance(11 * clock.Second)
			return h.cursor(t).Compare(head) >= 0
		})
		f.Stop()
		h.clock.Advance(event.Keep + clock.Minute)
		if err := h.events.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.follow(t)
		h.happen(t, "o2", dispatch("ann", 1))
		eventually(t, "the message", func() bool { return len(h.inbox(t, "ann")) == 1 })
		list, _, err := h.trail.List(t.Context(), audit.Filter{Action: "notify.events.lost"}, 10, "")
		if err != nil || len(list) > 0 {
			t.Fatalf("%v, %v", list, err)
		}
	})
}

// cursor returns how far the log has been turned into messages.
func (h *house) cursor(t *testing.T) event.Position {
	t.Helper()
	type place struct {
		TxID int64 `db:"txid"`
		Seq  int64 `db:"seq"`
	}
	var at place
	err := h.d.Read(t.Context(), func(tx *db.Tx) (err error) {
		at, err = db.One[place](t.Context(), tx, "SELECT txid, seq FROM notify_cursor")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return event.Position(at)
}

func TestEntryThatCannotBeUnderstoodStopsNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		broken := func(e event.Entry) (notify.News, error) {
			switch e.Subject {
			case "bad":
				return notify.News{}, errors.New("no such order")
			case "worse":
				panic("out of bounds")
			}
			return plainNews(e)
		}
		h.set(broken)
		h.follow(t)
		h.happen(t, "bad", dispatch("ann", 1))
		h.happen(t, "worse", dispatch("ann", 1))
		h.happen(t, "good", dispatch("ann", 1))
		eventually(t, "the good one is told", func() bool { return len(h.inbox(t, "ann")) == 1 })
		counts, err := h.queue.Counts(t.Context())
		if err != nil || !slices.ContainsFunc(counts, func(c jobs.Count) bool { return c.Kind == "notify.entry" && c.Count == 2 }) {
			t.Fatalf("%v, %v", counts, err)
		}
		h.work(t)
		eventually(t, "the job has failed", func() bool {
			h.clock.Advance(clock.Minute)
			return h.asked() > 6
		})
		h.set(nil) // somebody has mended it
		eventually(t, "the others are told after all", func() bool { h.clock.Advance(clock.Hour); return len(h.inbox(t, "ann")) == 3 })
	})
}

func TestFollowerLeavesNothingRunning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.happen(t, "o0", dispatch("ann", 1))
		eventually(t, "the connections are made", func() bool { return len(h.inbox(t, "ann")) == 0 })
		before := goleak.IgnoreCurrent()
		f := h.NewFollower(h.tail)
		if err := f.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.happen(t, "o1", dispatch("ann", 1))
		eventually(t, "the message", func() bool { return len(h.inbox(t, "ann")) == 1 })
		f.Stop()
		goleak.VerifyNone(t, before, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"))
	})
}

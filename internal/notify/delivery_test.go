package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
)

var errDown = errors.New("connection refused")

func down(notify.Delivery) error { return errDown }

func TestWhatIsNotSentSaysWhy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.want(t, "cem", notify.Assigned, notify.Mail, true)
		h.tell(t, assigned("ann", "o1", 1), assigned("cem", "o1", 1), assigned("nobody", "o1", 1))
		if got := fmt.Sprint(h.sorted(t, "ann")); got != "[inbox sent mail skipped off push skipped no_address]" {
			t.Errorf("ann: %s", got)
		}
		if got := fmt.Sprint(h.sorted(t, "cem")); got != "[inbox sent mail skipped no_address push skipped no_address]" {
			t.Errorf("cem: %s", got)
		}
		if r := h.of(t, "ann", notify.Push); r.ReasonText != "没有邮箱或设备" || r.Title != "新任务 261122-0042" {
			t.Errorf("%+v", r)
		}
		h.want(t, "ann", notify.Assigned, notify.Inbox, false)
		h.subscribe(t, "ann", "phone")
		h.work(t)
		h.tell(t, assigned("ann", "o2", 1))
		eventually(t, "push goes out without the inbox", func() bool { return len(h.push.got()) == 1 })
		if n := len(h.inbox(t, "ann")); n != 1 {
			t.Errorf("%d messages in the inbox", n)
		}
		if h.unread(t, "ann") != 1 {
			t.Error("a message that is not in the inbox counts as unread")
		}
	})
}

func (h *house) sorted(t *testing.T, person string) []string {
	out := h.log(t, person)
	slices.Sort(out)
	return out
}

func TestQuietHoursHoldBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.subscribe(t, "ann", "phone")
		if _, err := h.SavePreferences(as(t, "ann"), 0, notify.Quiet{On: true, From: "11:00", To: "14:00"}, nil); err != nil {
			t.Fatal(err)
		}
		h.work(t)
		urgent := assigned("ann", "o2", 1)
		urgent.Urgent = true
		stale := notify.Notice{PersonID: "ann", Template: "order.due_soon", Subject: "o3"} // lives an hour
		h.tell(t, assigned("ann", "o1", 1), urgent, stale)
		eventually(t, "the urgent one goes out", func() bool { return len(h.push.got()) == 1 })
		if h.push.got()[0].Thread != "o2" || !h.push.got()[0].Urgent {
			t.Fatalf("%+v", h.push.got())
		}
		if len(h.inbox(t, "ann")) != 3 {
			t.Fatal("the inbox must not wait")
		}
		want := map[string]string{"o1": "queued quiet_hours", "o2": "sent ", "o3": "skipped quiet_hours"}
		eventually(t, "the log says so", func() bool { return fmt.Sprint(h.pushLog(t, "ann")) == fmt.Sprint(want) })
		h.clock.Advance(119 * clock.Minute)
		time.Sleep(100 * time.Millisecond)
		if n := len(h.push.got()); n != 1 {
			t.Fatalf("%d pushes within quiet hours", n)
		}
		h.clock.Advance(2 * clock.Minute)
		eventually(t, "the other follows when they end", func() bool { return len(h.push.got()) == 2 })
	})
}

// pushLog returns the state and reason of a person's pushes by subject.
func (h *house) pushLog(t *testing.T, person string) map[string]string {
	t.Helper()
	subjects := map[string]string{}
	for _, m := range h.inbox(t, person) {
		subjects[m.ID] = m.Subject
	}
	out := map[string]string{}
	for _, r := range h.records(t, person) {
		if r.Channel == notify.Push {
			out[subjects[r.MessageID]] = string(r.State) + " " + r.Reason
		}
	}
	return out
}

func TestWhatChangedMeanwhileCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, c := range []struct {
			name   string
			change func(t *testing.T, h *house)
			reason string
		}{
			{"read", func(t *testing.T, h *house) {
				if err := h.Read(as(t, "ann"), h.inbox(t, "ann")[0].ID); err != nil {
					t.Fatal(err)
				}
			}, notify.ReasonRead},
			{"switched off", func(t *testing.T, h *house) { h.want(t, "ann", notify.Assigned, notify.Push, false) }, notify.ReasonOff},
			{"expired", func(t *testing.T, h *house) { h.clock.Advance(13 * clock.Hour) }, notify.ReasonExpired},
			{"device removed", func(t *testing.T, h *house) {
				if err := h.Unsubscribe(as(t, "ann"), "", "https://push.example/phone"); err != nil {
					t.Fatal(err)
				}
			}, notify.ReasonAddress},
			{"device in other hands", func(t *testing.T, h *house) { h.subscribe(t, "bob", "phone") }, notify.ReasonAddress},
			{"left", func(t *testing.T, h *house) {
				p, _, err := h.people.Get(identity.With(t.Context(), identity.System("test")), "ann")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := h.people.SetActive(identity.With(t.Context(), identity.System("test")), "ann", p.Version, false); err != nil {
					t.Fatal(err)
				}
			}, notify.ReasonInactive},
		} {
			t.Run(c.name, func(t *testing.T) {
				h := start(t, dbtest.Open(t, d.Engine()))
				h.subscribe(t, "ann", "phone")
				h.tell(t, assigned("ann", "o1", 1))
				c.change(t, h)
				h.work(t)
				h.waitFor(t, "ann", notify.Push, notify.Skipped, c.reason)
				if h.push.tries() != 0 {
					t.Fatal("it was sent all the same")
				}
				if c.reason == notify.ReasonInactive && h.tell(t, assigned("ann", "o2", 1)) != 0 {
					t.Fatal("somebody who has left was told something")
				}
			})
		}
	})
}

func TestJammedChannelHoldsUpNoOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.subscribe(t, "ann", "phone")
		h.want(t, "ann", notify.Assigned, notify.Mail, true)
		free := make(chan struct{})
		h.mail.set(func(notify.Delivery) error { <-free; return nil }) // a mail server that does not answer
		var list []notify.Notice
		for i := range 40 {
			list = append(list, assigned("ann", fmt.Sprintf("o%d", i), 1))
		}
		h.work(t)
		t.Cleanup(func() { // before the runner stops
			select {
			case <-free:
			default:
				close(free)
			}
		})
		h.tell(t, list...)
		eventually(t, "all pushes go out", func() bool { return len(h.push.got()) == 40 })
		if n := len(h.mail.got()); n != 0 {
			t.Fatalf("%d mails", n)
		}
		done := make(chan struct{})
		h.write(t, func(ctx context.Context, tx *db.Tx) error {
			return h.queue.Enqueue(ctx, tx, jobs.Job{Kind: "notify.entry", Args: map[string]any{"topic": "order", "subject": "other", "data": dispatch("bob", 1)}})
		})
		go func() {
			defer close(done)
			eventually(t, "other jobs run", func() bool { return len(h.inbox(t, "bob")) == 1 })
		}()
		<-done
		close(free)
		eventually(t, "the mails follow", func() bool { return len(h.mail.got()) == 40 })
	})
}

func TestRetryUntilItArrives(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.want(t, "ann", notify.Assigned, notify.Mail, true)
		h.mail.set(down)
		h.work(t)
		h.tell(t, assigned("ann", "o1", 1))
		h.waitFor(t, "ann", notify.Mail, notify.Queued, notify.ReasonRetry)
		eventually(t, "three tries", func() bool { h.clock.Advance(30 * clock.Second); return h.mail.tries() >= 3 })
		h.mail.set(nil)
		eventually(t, "it arrives", func() bool { h.clock.Advance(clock.Minute); return len(h.mail.got()) == 1 })
		h.waitFor(t, "ann", notify.Mail, notify.Sent, "")
		r := h.of(t, "ann", notify.Mail)
		if r.Attempts != int64(h.mail.tries()) || r.Attempts < 4 {
			t.Fatalf("%d attempts in the log, %d made", r.Attempts, h.mail.tries())
		}
		if len(h.dead(t)) != 0 {
			t.Fatal("a dead job remains")
		}
	})
}

func TestGivingUpIsSeenAndCanBeTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.want(t, "bob", notify.Mine, notify.Mail, true)
		h.mail.set(down)
		h.work(t)
		h.tell(t, notify.Notice{PersonID: "bob", Template: "order.finished", Subject: "o1"}) // lives three days
		eventually(t, "all tries are over", func() bool {
			h.clock.Advance(10 * clock.Minute)
			return h.of(t, "bob", notify.Mail).State == notify.Failed
		})
		r := h.of(t, "bob", notify.Mail)
		if r.Reason != notify.ReasonGaveUp || r.Attempts != 16 || r.Error != "" {
			t.Fatalf("%+v", r)
		}
		eventually(t, "the dead job is seen", func() bool { return len(h.dead(t)) == 1 })
		boss := admin(t, "boss", identity.JobRead, identity.JobWrite)
		all, _, err := h.Deliveries(boss, fault.English, notify.DeliveryFilter{Everyone: true, State: notify.Failed}, 10, "")
		if err != nil || len(all) != 1 || all[0].Error != "connection refused" || all[0].PersonName != "人 bob" || all[0].ReasonText != "Failed too often" {
			t.Fatalf("%+v, %v", all, err)
		}
		h.mail.set(nil)
		again, err := h.Again(boss, fault.English, r.ID, "")
		if err != nil || again.State != notify.Queued {
			t.Fatalf("%+v, %v", again, err)
		}
		h.waitFor(t, "bob", notify.Mail, notify.Sent, "")
		if len(h.mail.got()) != 1 {
			t.Fatalf("%d mails", len(h.mail.got()))
		}
	})
}

func TestDeadJobRunAgainByAnAdministrator(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.want(t, "ann", notify.Assigned, notify.Mail, true)
		h.mail.set(func(notify.Delivery) error { return errForever })
		h.work(t)
		h.tell(t, assigned("ann", "o1", 1))
		h.waitFor(t, "ann", notify.Mail, notify.Failed, notify.ReasonRefused)
		eventually(t, "the job is dead at once", func() bool { return len(h.dead(t)) == 1 })
		if h.mail.tries() != 1 {
			t.Fatalf("%d tries at what was refused for good", h.mail.tries())
		}
		h.mail.set(nil)
		h.write(t, func(ctx context.Context, tx *db.Tx) error { return h.queue.RunAgain(ctx, tx, h.dead(t)[0].ID) })
		h.waitFor(t, "ann", notify.Mail, notify.Sent, "")
	})
}

func TestGoneDeviceIsForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.subscribe(t, "ann", "old")
		h.subscribe(t, "ann", "new")
		h.push.set(func(d notify.Delivery) error {
			if strings.HasSuffix(d.To.Endpoint, "/old") {
				return fmt.Errorf("%w: 410", notify.ErrGone)
			}
			return nil
		})
		h.work(t)
		h.tell(t, assigned("ann", "o1", 1))
		eventually(t, "the one that is there gets it, the other is forgotten", func() bool {
			return fmt.Sprint(h.sorted(t, "ann")) == "[inbox sent mail skipped off push failed gone push sent]"
		})
		list, err := h.Devices(as(t, "ann"))
		if err != nil || len(list) != 1 || list[0].Label != "new" || list[0].SentAt != h.clock.Now() {
			t.Fatalf("%+v, %v", list, err)
		}
		h.tell(t, assigned("ann", "o2", 1))
		eventually(t, "the next goes to one device", func() bool { return len(h.push.got()) == 2 })
		eventually(t, "nothing is left to be tried", func() bool {
			list, _, err := h.queue.List(t.Context(), jobs.Filter{Kind: "notify.push"}, 10, "")
			return err == nil && len(list) == 3 && !slices.ContainsFunc(list, func(j jobs.Row) bool { return j.State != jobs.Done })
		})
		if h.push.tries() != 3 {
			t.Fatalf("%d tries", h.push.tries())
		}
	})
}

func TestWhoSeesWhichDeliveries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.want(t, "ann", notify.Assigned, notify.Mail, true)
		h.mail.set(func(notify.Delivery) error { return fmt.Errorf("%w by mx1.inside.example", errForever) })
		h.work(t)
		h.tell(t, assigned("ann", "o1", 1), assigned("bob", "o1", 1))
		h.waitFor(t, "ann", notify.Mail, notify.Failed, notify.ReasonRefused)
		own := h.of(t, "ann", notify.Mail)
		if own.Error != "" {
			t.Fatalf("ann sees what the server said: %s", own.Error)
		}
		limited := identity.With(t.Context(), identity.NewActor(identity.Actor{PersonID: "cem"},
			[]identity.Grant{{Permissions: []identity.Permission{identity.JobRead, identity.JobWrite}, Kind: identity.ScopeDepartment, IDs: []string{"d1"}}}, nil))
		for name, ctx := range map[string]context.Context{"a colleague": as(t, "bob"), "an administrator of one department": limited} {
			for _, f := range []notify.DeliveryFilter{{Everyone: true}, {PersonID: "ann"}} {
				if _, _, err := h.Deliveries(ctx, fault.English, f, 10, ""); fault.CodeOf(err) != "forbidden" {
					t.Errorf("%s: %v", name, err)
				}
			}
			list, _, err := h.Deliveries(ctx, fault.English, notify.DeliveryFilter{MessageID: own.MessageID}, 10, "")
			if err != nil || len(list) != 0 {
				t.Errorf("%s sees %v, %v", name, list, err)
			}
			_, err = h.Again(ctx, fault.English, own.ID, "")
			code(t, "not_found", err)
		}
		reader := admin(t, "boss", identity.JobRead)
		if _, err := h.Again(reader, fault.English, own.ID, ""); fault.CodeOf(err) != "forbidden" {
			t.Errorf("who may only look has sent again: %v", err)
		}
		all, next, err := h.Deliveries(reader, fault.English, notify.DeliveryFilter{Everyone: true}, 4, "")
		if err != nil || len(all) != 4 || next == "" {
			t.Fatalf("%d, %q, %v", len(all), next, err)
		}
		rest, next, err := h.Deliveries(reader, fault.English, notify.DeliveryFilter{Everyone: true}, 4, next)
		if err != nil || len(rest) != 2 || next != "" {
			t.Fatalf("%d, %q, %v", len(rest), next, err)
		}
		_, _, err = h.Deliveries(as(t, "ann"), fault.English, notify.DeliveryFilter{State: "x' OR '1'='1"}, 4, "")
		code(t, "invalid", err)
		_, _, err = h.Deliveries(identity.With(t.Context(), identity.Public()), fault.English, notify.DeliveryFilter{}, 4, "")
		code(t, "unauthorized", err)
		inbox := h.of(t, "ann", notify.Inbox)
		_, err = h.Again(as(t, "ann"), fault.English, inbox.ID, "")
		code(t, "notify.inbox", err)
	})
}

func TestAgainIgnoresPreferencesAndRepeatsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.work(t)
		h.tell(t, assigned("ann", "o1", 1))
		r := h.of(t, "ann", notify.Mail)
		if r.Reason != notify.ReasonOff {
			t.Fatalf("%+v", r)
		}
		for range 3 { // the same press of the button, sent three times
			if _, err := h.Again(as(t, "ann"), fault.English, r.ID, "key-1"); err != nil {
				t.Fatal(err)
			}
			h.waitFor(t, "ann", notify.Mail, notify.Sent, "")
		}
		if n := len(h.mail.got()); n != 1 {
			t.Fatalf("%d mails", n)
		}
		if _, err := h.Again(as(t, "ann"), fault.English, r.ID, "key-2"); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is sent once more", func() bool { return len(h.mail.got()) == 2 })
	})
}

func TestTestMessage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.work(t)
		_, err := h.Test(as(t, "ann"), fault.English, "fax", "")
		code(t, "invalid", err)
		_, err = h.Test(as(t, "ann"), fault.English, notify.Push, "")
		code(t, "invalid", err)
		if n := len(h.inbox(t, "ann")); n != 0 {
			t.Fatalf("a test that could not be sent left %d messages", n)
		}
		h.subscribe(t, "ann", "phone")
		h.want(t, "ann", notify.System, notify.Push, false)
		list, err := h.Test(as(t, "ann"), fault.English, notify.Push, "key")
		if err != nil || len(list) != 1 || list[0].Channel != notify.Push || list[0].State != notify.Queued || list[0].Title != "Test message" {
			t.Fatalf("%+v, %v", list, err)
		}
		eventually(t, "it arrives", func() bool { return len(h.push.got()) == 1 })
		_, err = h.Test(as(t, "ann"), fault.English, notify.Mail, "")
		code(t, "too_many", err)
		if again, err := h.Test(as(t, "ann"), fault.English, notify.Push, "key"); err != nil || again[0].ID != list[0].ID {
			t.Fatalf("%+v, %v", again, err)
		}
		h.clock.Advance(11 * clock.Second)
		if _, err := h.Test(as(t, "ann"), fault.English, notify.Mail, ""); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the mail arrives", func() bool { return len(h.mail.got()) == 1 })
		h.clock.Advance(11 * clock.Second)
		if list, err = h.Test(as(t, "ann"), fault.English, notify.Inbox, ""); err != nil || list[0].State != notify.Sent {
			t.Fatalf("%+v, %v", list, err)
		}
	})
}

func TestChannelThatIsNoLongerSetUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := start(t, d)
		h.want(t, "ann", notify.Assigned, notify.Mail, true)
		h.tell(t, assigned("ann", "o1", 1))
		bare := notify.New(notify.Deps{DB: d, Clock: h.clock, Zone: time.UTC, Trail: h.trail, Events: h.events, Jobs: h.queue, People: h.people})
		r := h.of(t, "ann", notify.Mail)
		_, err := bare.Again(as(t, "ann"), fault.English, r.ID, "")
		code(t, "notify.no_channel", err)
		_, err = bare.PushKey()
		code(t, "notify.no_push", err)
		_, err = bare.Subscribe(as(t, "ann"), notify.Subscription{}, "")
		code(t, "notify.no_push", err)
		h.write(t, func(ctx context.Context, tx *db.Tx) error {
			_, err := bare.Tell(ctx, tx, assigned("ann", "o2", 1))
			return err
		})
		if n := len(h.records(t, "ann")); n != 3+1 {
			t.Fatalf("%d deliveries", n)
		}
	})
}

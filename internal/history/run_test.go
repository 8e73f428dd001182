package history_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/history"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// many makes a file of good lines, with each key that is a multiple of 50 twice.
func many(n int) string {
	var b strings.Builder
	b.WriteString("单号,报修时间,完成时间,故障类型,科室,内容\n")
	for i := range n {
		fmt.Fprintf(&b, "K%d,2025-0%d-%02d 08:%02d,2025-09-01,打印机,心内科,第%d行\n", i, 1+i%8, 1+i%28, i%60, i)
		if i%50 == 0 {
			fmt.Fprintf(&b, "K%d,2025-01-01,2025-09-01,打印机,心内科,又一行\n", i)
		}
	}
	return b.String()
}

// whole fails unless exactly one order of each of n keys is there, with its events.
func (k *kit) whole(t *testing.T, b history.Batch, n int) {
	t.Helper()
	if b.State != history.Imported || b.Imported != int64(n) || b.Good != int64(n) || b.Done != b.Total || b.Skipped != b.Total-int64(n) {
		t.Fatalf("%s %+v", b.State, b.Progress)
	}
	keys, numbers := map[string]bool{}, map[string]bool{}
	for _, o := range k.stored(b.ID) {
		keys[o.Words], numbers[o.Number] = true, true
	}
	if len(keys) != n || len(numbers) != n || k.number("workorder", "true") != int64(n) || k.number("history_order", "true") != int64(n) || k.number("workorder_event", "true") != int64(3*n) || k.number("workorder_text", "true") != int64(n) {
		t.Fatalf("%d keys, %d numbers, %d orders, %d origins, %d events, %d texts for %d", len(keys), len(numbers), k.number("workorder", "true"),
			k.number("history_order", "true"), k.number("workorder_event", "true"), k.number("workorder_text", "true"), n)
	}
	if problems := k.problems(b.ID, history.ProblemFilter{}); int64(len(problems)) != b.Skipped {
		t.Fatalf("%d problems for %d lines", len(problems), b.Skipped)
	}
}

func TestImportGoesOnWhereItWasStopped(t *testing.T) {
	for _, policy := range []history.Repeated{history.KeepFirst, history.KeepLast, history.Merge} {
		each(t, func(t *testing.T, k *kit) {
			b := k.checked(k.mapped(many(1100), func(m *history.Mapping) { m.Repeated = policy }))
			b, err := k.Apply(k.ctx(), b.ID, "")
			k.must(err)
			died, steps := errors.New("died"), 0
			k.Committed(func(history.Progress) error { steps++; return died })
			for range 4 { // dies behind every portion
				if err := k.CarryOut(context.Background(), b.ID, b.Run); !errors.Is(err, died) {
					t.Fatal(err)
				}
			}
			k.Committed(nil)
			half, err := k.Get(k.ctx(), b.ID)
			k.must(err)
			if steps != 4 || half.Done != 1000 || half.State != history.Importing {
				t.Fatalf("after %d portions %+v", steps, half.Progress)
			}
			k.must(k.CarryOut(context.Background(), b.ID, b.Run))
			b, err = k.Get(k.ctx(), b.ID)
			k.must(err)
			k.whole(t, b, 1100)
		})
	}
}

func TestCheckBeginsAgain(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		b, err := k.Check(k.ctx(), k.mapped(many(4100)).ID, "")
		k.must(err)
		died := errors.New("died")
		k.Committed(func(p history.Progress) error {
			if p.Done >= 4000 {
				return died
			}
			return nil
		})
		if err := k.CarryOut(context.Background(), b.ID, b.Run); !errors.Is(err, died) {
			t.Fatal(err)
		}
		k.Committed(nil)
		k.must(k.CarryOut(context.Background(), b.ID, b.Run))
		b, err = k.Get(k.ctx(), b.ID)
		k.must(err)
		if b.State != history.Checked || b.Done != 4182 || b.Good != 4100 || len(k.problems(b.ID, history.ProblemFilter{})) != 82 {
			t.Fatalf("%+v", b.Progress)
		}
	})
}

func TestCancelledImportCanGoOn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		b := k.checked(k.mapped(many(1100)))
		b, err := k.Apply(k.ctx(), b.ID, "key-1")
		k.must(err)
		if same, err := k.Apply(k.ctx(), b.ID, "key-1"); err != nil || same.ID != b.ID {
			t.Fatalf("the same command again: %v", err)
		}
		if _, err := k.Apply(k.ctx(), b.ID, ""); code(err) != "history.busy" {
			t.Fatalf("another one: %v", err)
		}
		k.Committed(func(p history.Progress) error {
			if p.Done == 500 {
				_, err := k.Cancel(k.ctx(), b.ID, "")
				return err
			}
			return nil
		})
		k.must(k.CarryOut(context.Background(), b.ID, b.Run))
		k.Committed(nil)
		b, err = k.Get(k.ctx(), b.ID)
		k.must(err)
		if b.State != history.Stopped || b.Done != 500 || b.Imported == 0 || b.Imported != k.number("workorder", "true") {
			t.Fatalf("%s %+v", b.State, b.Progress)
		}
		if _, err := k.SetMapping(k.ctx(), b.ID, b.Mapping, 0, ""); code(err) != "history.state" {
			t.Fatalf("another mapping for half of the orders: %v", err)
		}
		k.whole(t, k.do(k.Apply(k.ctx(), b.ID, "")), 1100)
	})
}

// Two runners of which one was believed dead, and two batches with the same keys, at
// the same time: each order comes in once.
func TestAtTheSameTime(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		first, second := k.checked(k.mapped(many(1100))), k.checked(k.mapped(many(1100)))
		var all sync.WaitGroup
		for _, b := range []history.Batch{first, second} {
			b, err := k.Apply(k.ctx(), b.ID, "")
			k.must(err)
			for range 2 {
				all.Go(func() {
					for range 100 { // as its job would be tried again
						if k.CarryOut(context.Background(), b.ID, b.Run) == nil {
							return
						}
					}
					t.Error("a runner never came to an end")
				})
			}
		}
		all.Wait()
		total := int64(0)
		for _, b := range []history.Batch{first, second} {
			b, err := k.Get(k.ctx(), b.ID)
			k.must(err)
			if b.State != history.Imported || b.Done != 1122 || b.Imported+b.Known+b.Skipped != 1122 || b.Imported != b.Good {
				t.Errorf("%s %+v", b.State, b.Progress)
			}
			total += b.Imported
		}
		if total != 1100 || k.number("workorder", "true") != 1100 || k.number("workorder_event", "true") != 3300 {
			t.Errorf("%d counted, %d orders", total, k.number("workorder", "true"))
		}
	})
}

func TestUndo(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		time := k.clock.(*clock.Manual)
		b := k.imported(k.mapped(many(600) + "O1,2025-09-01,,打印机,心内科,没修\nO2,2025-09-01,,打印机,心内科,没修\n"))
		var open []workorder.Order
		for _, o := range k.stored(b.ID) {
			if o.Open {
				open = append(open, o)
			}
		}
		if len(open) != 2 {
			t.Fatalf("%d open orders", len(open))
		}
		time.Advance(clock.Hour)
		_, err := k.orders.Cancel(k.ctx(), open[0].ID, "不修了", workorder.Meta{})
		k.must(err)

		b = k.do(k.Undo(k.ctx(), b.ID, history.Refuse, ""))
		if b.State != history.Imported || b.Imported != 602 || b.Changed != 1 || b.Trouble.Code != "history.changed" || k.number("workorder", "true") != 602 {
			t.Fatalf("with a changed order: %s %+v", b.State, b.Progress)
		}
		changed, next, err := k.Changed(k.ctx(), b.ID, 10, "")
		k.must(err)
		if len(changed) != 1 || next != "" || changed[0].OrderID != open[0].ID || !strings.HasPrefix(changed[0].Key, "O") {
			t.Fatalf("%+v", changed)
		}

		b = k.do(k.Undo(k.ctx(), b.ID, history.Keep, ""))
		if b.State != history.Undone || b.Imported != 1 || b.UndoDone != 602 || b.Trouble.Code != "history.kept" {
			t.Fatalf("%s %+v", b.State, b.Progress)
		}
		if rest := k.stored(b.ID); len(rest) != 1 || rest[0].ID != open[0].ID || k.number("workorder_event", "true") != 3 || k.number("workorder_text", "true") != 1 || k.number("history_order", "true") != 1 {
			t.Fatalf("left: %+v", rest)
		}

		// The same file can come in again; what was kept is known.
		b = k.imported(b)
		if b.Imported != 602 || b.Good != 601 || b.Known != 1 {
			t.Fatalf("%+v", b.Progress)
		}
		b = k.do(k.Undo(k.ctx(), b.ID, history.Remove, ""))
		if b.State != history.Undone || b.Imported != 0 || b.Trouble != nil {
			t.Fatalf("%s %+v", b.State, b.Progress)
		}
		for _, table := range []string{"workorder", "workorder_event", "workorder_text", "history_order"} {
			if n := k.number(table, "true"); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
		if _, err := k.Undo(k.ctx(), b.ID, history.Remove, ""); code(err) != "history.state" {
			t.Errorf("undo what is undone: %v", err)
		}
	})
}

func TestUndoGoesOnAndCanBeStopped(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		b := k.imported(k.mapped(many(1100)))
		if _, err := k.Undo(k.ctx(), b.ID, "maybe", ""); code(err) != "changed:bad_value" {
			t.Fatal(err)
		}
		// Stopped while it looks for changed orders: as if it had never begun.
		b, err := k.Undo(k.ctx(), b.ID, history.Refuse, "")
		k.must(err)
		b, err = k.Cancel(k.ctx(), b.ID, "")
		k.must(err)
		if b.State != history.Imported {
			t.Fatalf("%s", b.State)
		}
		b, err = k.Undo(k.ctx(), b.ID, history.Refuse, "")
		k.must(err)
		died := errors.New("died")
		k.Committed(func(p history.Progress) error {
			switch p.UndoDone {
			case 500:
				return died
			case 1000:
				_, err := k.Cancel(k.ctx(), b.ID, "")
				return err
			}
			return nil
		})
		if err := k.CarryOut(context.Background(), b.ID, b.Run); !errors.Is(err, died) {
			t.Fatal(err)
		}
		k.must(k.CarryOut(context.Background(), b.ID, b.Run))
		k.Committed(nil)
		b, err = k.Get(k.ctx(), b.ID)
		k.must(err)
		if b.State != history.Stopped || b.Imported != 100 || k.number("workorder", "true") != 100 {
			t.Fatalf("%s %+v", b.State, b.Progress)
		}
		// Half undone, it can be brought in again without holes.
		b = k.do(k.Apply(k.ctx(), b.ID, ""))
		if b.State != history.Imported || b.Imported != 1100 || b.Known != 100 || k.number("workorder", "true") != 1100 {
			t.Fatalf("%s %+v", b.State, b.Progress)
		}
		if b = k.do(k.Undo(k.ctx(), b.ID, history.Refuse, "")); b.State != history.Undone || k.number("workorder", "true") != 0 {
			t.Fatalf("%s %+v", b.State, b.Progress)
		}
	})
}

// The jobs do it: as one who looks at the page sees it.
func TestJobsDoTheWork(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		runner := k.runner(jobs.Options{})
		defer runner.Stop()
		b := k.mapped(many(600))
		_, err := k.Check(k.ctx(), b.ID, "")
		k.must(err)
		k.wait(b.ID, history.Checked)
		_, err = k.Apply(k.ctx(), b.ID, "")
		k.must(err)
		k.whole(t, k.wait(b.ID, history.Imported), 600)
		if n := k.number("event_log", "topic = 'history.batch' AND subject = $1", b.ID); n < 5 || n > 210 {
			t.Errorf("%d events", n)
		}
		_, err = k.Undo(k.ctx(), b.ID, history.Refuse, "")
		k.must(err)
		k.wait(b.ID, history.Undone)
		if n := k.number("audit_entry", "subject_id = $1", b.ID); n < 7 {
			t.Errorf("%d audit entries", n)
		}
	})
}

// A job that was given up without a word leaves no batch that seems to be at work.
func TestBatchWithoutJobIsToldToHaveFailed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		b, err := k.Apply(k.ctx(), k.checked(k.mapped(many(100))).ID, "")
		k.must(err)
		k.must(k.Sweep(context.Background()))
		if b, err = k.Get(k.ctx(), b.ID); err != nil || b.State != history.Importing {
			t.Fatalf("while its job waits: %s %v", b.State, err)
		}
		k.must(k.db.Write(context.Background(), func(tx *db.Tx) error {
			_, err := k.queue.Cancel(context.Background(), tx, "history.run", b.ID)
			return err
		}))
		k.must(k.Sweep(context.Background()))
		if b, err = k.Get(k.ctx(), b.ID); err != nil || b.State != history.Failed || b.Trouble.Code != "history.gave_up" {
			t.Fatalf("%s %+v %v", b.State, b.Trouble, err)
		}
		k.whole(t, k.do(k.Apply(k.ctx(), b.ID, "")), 100)
	})
}

func (k *kit) runner(o jobs.Options) *jobs.Runner {
	k.t.Helper()
	o.Poll = 20 * time.Millisecond
	r := jobs.NewRunner(k.queue, k.log, o)
	k.RegisterJobs(r)
	k.must(r.Start(context.Background()))
	return r
}

// wait returns the batch when it is in a state.
func (k *kit) wait(batchID string, s history.State) history.Batch {
	k.t.Helper()
	for {
		b, err := k.Get(k.ctx(), batchID)
		k.must(err)
		if b.State == s {
			return b
		}
		if b.State == history.Failed {
			k.t.Fatalf("failed: %+v", b.Trouble)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// child is what a program that is going to be killed is told.
type child struct {
	Database db.Options
	Folder   string
}

const childVariable = "WARDLINE_HISTORY_CHILD"

// A program that imports is killed at some moment, again and again, until the file
// is in: every order is there once.
func TestKilledProgramsImportOnce(t *testing.T) {
	if told := os.Getenv(childVariable); told != "" {
		runChild(t, told)
		return
	}
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			o := dbtest.Options(t, engine)
			d, err := db.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = d.Close() })
			folder := t.TempDir()
			k := newKit(t, d, &clock.System{}, folder).furnish()
			b := k.checked(k.mapped(many(2500)))
			_, err = k.Apply(k.ctx(), b.ID, "")
			k.must(err)
			kills := 0
			for done := false; !done; {
				done = k.runAndKill(t, child{o, folder}, b.ID)
				if kills++; kills > 60 {
					t.Fatal("it never comes to an end")
				}
			}
			if kills < 3 {
				t.Fatalf("ended after %d programs", kills)
			}
			b, err = k.Get(k.ctx(), b.ID)
			k.must(err)
			k.whole(t, b, 2500)
		})
	}
}

// runAndKill starts a program that imports, kills it when it has committed some
// portions, and tells whether the import is done.
func (k *kit) runAndKill(t *testing.T, c child, batchID string) bool {
	told, err := json.Marshal(c)
	k.must(err)
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProgramsImportOnce$")
	cmd.Env = append(os.Environ(), childVariable+"="+string(told))
	out, err := cmd.StdoutPipe()
	k.must(err)
	k.must(cmd.Start())
	portions := 0
	for lines := bufio.NewScanner(out); portions < 4 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "committed") {
			portions++
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	b, err := k.Get(k.ctx(), batchID)
	k.must(err)
	return b.State == history.Imported
}

// runChild is the program: it carries out jobs until it is killed.
func runChild(t *testing.T, told string) {
	var c child
	if err := json.Unmarshal([]byte(told), &c); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), c.Database)
	if err != nil {
		t.Fatal(err)
	}
	k := newKit(t, d, &clock.System{}, c.Folder)
	k.Committed(func(p history.Progress) error {
		fmt.Println("committed", p.Done)
		if p.State == history.Imported {
			os.Exit(0)
		}
		return nil
	})
	r := k.runner(jobs.Options{Lease: 300 * time.Millisecond})
	defer r.Stop()
	select {} // until the parent kills it
}

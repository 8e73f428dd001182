package history_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"

	"wardline/internal/history"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// reckoned is what a file holds, found without this package.
type reckoned struct {
	lines, keys, open, utilities, noType int64
}

func reckon(t *testing.T, content []byte) reckoned {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	type what struct {
		closed bool
		kind   string
	}
	out, keys := reckoned{lines: int64(len(rows) - 1)}, map[string]what{}
	for _, r := range rows[1:] {
		w := keys[r[0]]
		w.closed = w.closed || r[3] != "NA"
		if w.kind == "" && r[4] != "NA" {
			w.kind = r[4]
		}
		keys[r[0]] = w
	}
	out.keys = int64(len(keys))
	for _, w := range keys {
		if !w.closed {
			out.open++
		}
		switch w.kind {
		case "Utilities":
			out.utilities++
		case "":
			out.noType++
		}
	}
	return out
}

func TestRealFileComesInWholeAndOnce(t *testing.T) {
	content := complaints(t, 20_000)
	want := reckon(t, content)
	if want.lines != 20_000 || want.open == 0 || want.keys == want.lines {
		t.Fatalf("the file is too clean to prove anything: %+v", want)
	}
	each(t, func(t *testing.T, k *kit) {
		b := k.checked(k.newYork(k.upload("nycomplaints.csv", content)))
		if b.Total != want.lines || b.Done != want.lines || b.Good != want.keys || b.Skipped != want.lines-want.keys || b.Refused != 0 || b.Known != 0 {
			t.Fatalf("checked as %+v, want %+v", b.Progress, want)
		}
		if b.StillOpen != want.open || b.Closed != want.keys-want.open || b.Imported != 0 {
			t.Fatalf("%d open, %d closed, %d imported; want %+v", b.StillOpen, b.Closed, b.Imported, want)
		}
		if n := k.number("workorder", "true"); n != 0 {
			t.Fatalf("the check wrote %d orders", n)
		}
		b = k.do(k.Apply(k.ctx(), b.ID, ""))
		if b.State != history.Imported || b.Imported != want.keys || b.Done != want.lines || b.Good != want.keys {
			t.Fatalf("imported as %+v", b.Progress)
		}
		k.ordersAreWhole(t, b, want)
		if skipped := k.problems(b.ID, history.ProblemFilter{Level: history.Skipped}); int64(len(skipped)) != want.lines-want.keys || skipped[0].Code != "history.merged" || len(skipped[0].Cells) == 0 {
			t.Fatalf("%d lines skipped: %+v", len(skipped), skipped)
		}
		again := k.imported(k.newYork(k.upload("again.csv", content)))
		if again.Imported != 0 || again.Known != want.keys || again.Good != 0 || k.number("workorder", "true") != want.keys {
			t.Fatalf("the same file again: %+v", again.Progress)
		}
		if samples := k.problems(again.ID, history.ProblemFilter{Level: history.Known}); len(samples) != 100 {
			t.Fatalf("%d samples of known lines", len(samples))
		}
	})
}

// ordersAreWhole looks at every order that came in.
func (k *kit) ordersAreWhole(t *testing.T, b history.Batch, want reckoned) {
	t.Helper()
	orders := k.stored(b.ID)
	if int64(len(orders)) != want.keys {
		t.Fatalf("%d orders", len(orders))
	}
	var open, utilities int64
	numbers := map[string]bool{}
	for i := range orders {
		o := &orders[i]
		if numbers[o.Number] || !strings.Contains(o.Words, "[NYC Council NYCC") {
			t.Fatalf("number %s, words %q", o.Number, o.Words)
		}
		numbers[o.Number] = true
		if o.ItemCode == "ME03" {
			utilities++
		}
		if o.Channel != workorder.ByImport || o.DepartmentName == "" || o.Deadlines != (workorder.Deadlines{}) || o.NextCheckAt != 0 {
			t.Fatalf("%+v", o)
		}
		switch o.Status {
		case workorder.Queued:
			open++
			if o.IntakeAt != b.AppliedAt || o.FinishedAt != 0 {
				t.Fatalf("open: %+v", o)
			}
		case workorder.Closed:
			if o.FinishedAt < o.ReportedAt || o.ClosedAt != o.FinishedAt || o.AcceptedAt != 0 {
				t.Fatalf("closed: %+v", o)
			}
		default:
			t.Fatalf("order in %s", o.Status)
		}
	}
	if open != want.open || utilities != want.utilities {
		t.Fatalf("%d open, %d of utilities; want %+v", open, utilities, want)
	}
	k.clock.(*clock.Manual).Advance(400 * clock.Day)
	if n, err := k.orders.Tick(context.Background(), 100); n != 0 || err != nil {
		t.Fatalf("time had something to say about %d orders (%v)", n, err)
	}
	if n := k.number("event_log", "topic = 'order'"); n != 0 {
		t.Fatalf("%d orders were news", n)
	}
	k.rowsAreTheSumOfTheirEvents(t, orders[:200])
	// The old number finds the order.
	found, _, err := k.orders.List(k.ctx(), workorder.Filter{Text: key(orders[7].Words)}, 10, "")
	k.must(err)
	if len(found) != 1 || found[0].ID != orders[7].ID {
		t.Fatalf("%q finds %d orders", key(orders[7].Words), len(found))
	}
}

func key(words string) string {
	_, tail, _ := strings.Cut(words, "[NYC Council ")
	return strings.TrimSuffix(tail, "]")
}

func (k *kit) rowsAreTheSumOfTheirEvents(t *testing.T, orders []workorder.Order) {
	t.Helper()
	for i := range orders {
		var events []workorder.Event
		k.must(k.db.Read(context.Background(), func(tx *db.Tx) (err error) {
			events, err = db.All[workorder.Event](context.Background(), tx, "SELECT "+db.Columns[workorder.Event]("")+" FROM workorder_event WHERE order_id = $1 ORDER BY seq", orders[i].ID)
			return err
		}))
		again, err := workorder.Rebuild(events)
		k.must(err)
		if again.Number != orders[i].Number || again.Status != orders[i].Status || again.ClosedAt != orders[i].ClosedAt || again.Words != orders[i].Words || again.Version != orders[i].Version {
			t.Fatalf("row %+v\nevents %+v", orders[i], again)
		}
	}
}

package event

import (
	"context"
	"log/slog"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"wardline/internal/platform/db"
)

const (
	readBatch   = 500                    // entries read at a time
	windowSize  = 8192                   // entries kept in memory, at most
	windowBytes = 16 << 20               // their text, at most
	preload     = 2000                   // entries read at the start, for clients that come back after a restart
	readPause   = 10 * time.Millisecond  // least time between two reads
	pollPause   = 2 * time.Second        // looking without having been rung for
	heldPause   = 5 * time.Millisecond   // looking again for entries an older transaction holds back; doubles
	heldMost    = 250 * time.Millisecond //
	heldWarn    = 10 * time.Second       // being held back longer than this is told in the program's log
)

// Tail reads the log for all followers of a process.
type Tail struct {
	log    *Log
	logger *slog.Logger

	mu     sync.Mutex
	window []*batch // oldest first, never empty once started; followers may stand behind any of them
	ghost  *batch   // the one that left the window last: whoever stands behind it can still go on
	count  int      // entries in the window behind its first batch
	bytes  int

	cancel context.CancelFunc
	done   sync.WaitGroup
}

// batch is a run of entries, linked to the next one. It never changes but for the link.
type batch struct {
	entries []Entry
	last    Position
	bytes   int

	next  atomic.Pointer[batch] // nil at the head, and again once the next has fallen out of memory
	ready chan struct{}         // closed as soon as next has been set
}

func newBatch(entries []Entry, last Position) *batch {
	b := &batch{entries: entries, last: last, ready: make(chan struct{})}
	for i := range entries {
		b.bytes += len(entries[i].Data) + len(entries[i].Audience) + 200
	}
	return b
}

// NewTail returns the tail of a log; there is one in a process.
func NewTail(l *Log, logger *slog.Logger) *Tail { return &Tail{log: l, logger: logger} }

// Start finds the head of the log and begins to read behind it.
func (t *Tail) Start(ctx context.Context) error {
	if err := t.begin(ctx); err != nil {
		return err
	}
	ctx, t.cancel = context.WithCancel(ctx)
	ear, forget := t.log.bell.Hear(bellTopic)
	t.done.Add(1)
	go func() {
		defer t.done.Done()
		defer forget()
		t.run(ctx, ear)
	}()
	return nil
}

// Stop ends the reading and waits for it. Followers keep what they have.
func (t *Tail) Stop() {
	if t.cancel != nil {
		t.cancel()
	}
	t.done.Wait()
}

// begin puts the newest entries into the window.
func (t *Tail) begin(ctx context.Context) error {
	d := t.log.db
	err := d.Write(ctx, func(tx *db.Tx) error {
		moved, err := fromTheFuture(ctx, tx)
		if err != nil || !moved {
			return err
		}
		t.logger.Warn("the event log comes from another database server: it is emptied, clients start afresh")
		return startOver(ctx, tx)
	})
	if err != nil {
		return err
	}
	var from Position
	var list []Entry
	err = d.Read(ctx, func(tx *db.Tx) error {
		var err error
		if from, err = floor(ctx, tx); err != nil {
			return err
		}
		places, err := newest(ctx, tx, preload)
		if err != nil {
			return err
		}
		if len(places) == preload {
			from = Position(places[preload-1])
		}
		list, _, err = after(ctx, tx, from, preload)
		return err
	})
	if err != nil {
		return err
	}
	t.mu.Lock()
	t.window = []*batch{newBatch(nil, from)}
	t.mu.Unlock()
	for len(list) > 0 {
		n := min(len(list), 100)
		t.add(list[:n:n])
		list = list[n:]
	}
	return nil
}

func (t *Tail) run(ctx context.Context, ear <-chan struct{}) {
	held := time.Duration(0) // how long to wait before looking at held entries again
	heldSince, told := time.Time{}, false
	for {
		full, holding, moved, err := t.read(ctx)
		wait := pollPause
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			t.logger.Warn("reading the event log", "error", err)
		case full:
			continue
		case holding:
			if held == 0 || moved {
				held, heldSince, told = heldPause, time.Now(), false
			}
			wait, held = held, min(2*held, heldMost)
			if !told && time.Since(heldSince) > heldWarn {
				told = true
				t.logger.Warn("live updates wait for a long transaction on the database server", "seconds", int(time.Since(heldSince).Seconds()))
			}
		default:
			held = 0
		}
		if !sleep(ctx, readPause, nil) || !sleep(ctx, wait, ear) {
			return
		}
	}
}

// sleep waits for a time or an ear; it returns false when the context has ended.
func sleep(ctx context.Context, d time.Duration, ear <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-ear:
	case <-timer.C:
	}
	return true
}

// read takes one batch of entries from the log into the window.
func (t *Tail) read(ctx context.Context) (full, held, moved bool, err error) {
	from := t.Head()
	var list []Entry
	err = t.log.db.Read(ctx, func(tx *db.Tx) (err error) {
		list, held, err = after(ctx, tx, from, readBatch)
		return err
	})
	if err != nil || len(list) == 0 {
		return false, held, false, err
	}
	t.add(list)
	return len(list) == readBatch, held, true, nil
}

// add puts a batch at the head, wakes who waits there, and lets the oldest go.
func (t *Tail) add(list []Entry) {
	b := newBatch(list, list[len(list)-1].Position())
	t.mu.Lock()
	last := t.window[len(t.window)-1]
	t.window = append(t.window, b)
	t.count += len(list)
	t.bytes += b.bytes
	// The first batch is only a place to stand behind; its own entries no longer count.
	for len(t.window) > 2 && (t.count > windowSize || t.bytes > windowBytes) {
		t.count -= len(t.window[1].entries)
		t.bytes -= t.window[1].bytes
		if t.ghost != nil {
			t.ghost.next.Store(nil)
		}
		t.ghost = t.window[0]
		t.window[0] = nil
		t.window = t.window[1:]
	}
	t.mu.Unlock()
	last.next.Store(b)
	close(last.ready)
}

// Head returns the position of the newest entry this process has read.
func (t *Tail) Head() Position {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.window[len(t.window)-1].last
}

// Since is Log.Since, answered from memory where this process has read the entries
// already: those who follow the log one after the other do not each ask the database.
func (t *Tail) Since(ctx context.Context, p Position, limit int) ([]Entry, error) {
	if out, ok := t.remembered(p, limit); ok {
		return out, nil
	}
	return t.log.Since(ctx, p, limit)
}

// remembered returns entries of the window behind a position that lies within it.
func (t *Tail) remembered(p Position, limit int) ([]Entry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.window) == 0 || p.Compare(t.window[0].last) < 0 || p.Compare(t.window[len(t.window)-1].last) > 0 {
		return nil, false
	}
	i := sort.Search(len(t.window), func(i int) bool { return t.window[i].last.Compare(p) > 0 })
	var out []Entry
	for ; i < len(t.window) && len(out) < limit; i++ {
		for _, e := range t.window[i].entries {
			if len(out) < limit && e.Position().Compare(p) > 0 {
				out = append(out, e)
			}
		}
	}
	return out, true
}

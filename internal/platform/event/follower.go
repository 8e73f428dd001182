package event

import (
	"context"
	"sort"
)

// resumeMost is how many entries a follower that comes back may have missed; with
// more it is cheaper for everybody that it starts afresh.
const resumeMost = 5000

// Follower reads the entries behind one place, at its own pace. It needs no
// closing. It must not be used by two goroutines at once.
//
//	for {
//		entries, err := f.Take() // ErrResync: start afresh; f stands at the head now
//		…
//		select {
//		case <-f.Ready():
//		case <-ctx.Done():
//		}
//	}
type Follower struct {
	tail  *Tail
	at    *batch   // what has been read of the window
	pos   Position // everything up to here has been taken
	queue []Entry  // entries older than the window, still to be read
}

// Follow returns a follower of what comes from now on.
func (t *Tail) Follow() *Follower {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := t.window[len(t.window)-1]
	return &Follower{tail: t, at: last, pos: last.last}
}

// Resume returns a follower of what comes behind a position: from memory when it
// is recent, else from the database. It returns ErrResync when the position is
// older than the log, more than 5,000 entries back, or none of this log.
func (t *Tail) Resume(ctx context.Context, p Position) (*Follower, error) {
	t.mu.Lock()
	oldest, head := t.window[0], t.window[len(t.window)-1]
	if p.Compare(oldest.last) >= 0 && p.Compare(head.last) <= 0 {
		i := sort.Search(len(t.window), func(i int) bool { return t.window[i].last.Compare(p) > 0 })
		f := &Follower{tail: t, at: t.window[i-1], pos: p}
		t.mu.Unlock()
		return f, nil
	}
	t.mu.Unlock()
	if p.Compare(head.last) > 0 {
		// Another replica may have read on further than we have.
		_, err := t.log.Since(ctx, p, 1)
		return &Follower{tail: t, at: head, pos: p}, err
	}
	f := &Follower{tail: t, at: oldest, pos: p}
	for from := p; ; {
		list, err := t.log.Since(ctx, from, readBatch)
		if err != nil {
			return nil, err
		}
		full := len(list) == readBatch
		for len(list) > 0 && list[len(list)-1].Position().Compare(oldest.last) > 0 {
			list, full = list[:len(list)-1], false
		}
		f.queue = append(f.queue, list...)
		if !full {
			return f, nil
		}
		if len(f.queue) > resumeMost {
			return nil, ErrResync
		}
		from = list[len(list)-1].Position()
	}
}

var closed = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Ready returns a channel that is closed as soon as Take has something to return.
func (f *Follower) Ready() <-chan struct{} {
	if len(f.queue) > 0 {
		return closed
	}
	return f.at.ready
}

// Take returns the next entries, none when there are none yet. The slice is shared:
// nobody may change it. ErrResync means that this follower was too slow and some
// are gone; it stands at the head then and can go on.
func (f *Follower) Take() ([]Entry, error) {
	if len(f.queue) > 0 {
		n := min(len(f.queue), readBatch)
		out := f.queue[:n:n]
		f.pos = out[n-1].Position()
		if f.queue = f.queue[n:]; len(f.queue) == 0 {
			f.queue = nil
		}
		return out, nil
	}
	for {
		select {
		case <-f.at.ready:
		default:
			return nil, nil
		}
		next := f.at.next.Load()
		if next == nil {
			*f = *f.tail.Follow()
			return nil, ErrResync
		}
		f.at = next
		out := next.entries
		for len(out) > 0 && out[0].Position().Compare(f.pos) <= 0 {
			out = out[1:]
		}
		if next.last.Compare(f.pos) > 0 {
			f.pos = next.last
		}
		if len(out) > 0 {
			return out, nil
		}
	}
}

// Position returns where the follower stands: everything up to there has been taken.
func (f *Follower) Position() Position { return f.pos }

package db

import (
	"context"
	"sync"
	"time"

	"wardline/internal/platform/fault"
)

// SQLite has one writer, and each commit waits for the disk. When several
// transactions wait for the writer they are committed together: each runs in a
// savepoint of one transaction, in the goroutine of its caller, and hands the
// connection on; the last one commits for all, and nobody is answered before that.
// A transaction that fails takes back its own work alone.

// A group ends after so many transactions or so long, so that nobody waits
// without end while others keep coming.
const (
	groupSize = 64
	groupTime = 20 * time.Millisecond
)

// group are transactions that commit together.
type group struct {
	done  chan struct{} // closed when the outcome is known
	err   error         // of the commit
	size  int
	began time.Time
}

// queue lets the callers of the writer take turns.
type queue struct {
	mu      sync.Mutex
	busy    bool
	waiting []chan struct{}
	current *group // only touched by whose turn it is
}

// wait returns when it is the caller's turn; false means that the context ended first.
func (q *queue) wait(ctx context.Context) bool {
	q.mu.Lock()
	if !q.busy {
		q.busy = true
		q.mu.Unlock()
		return true
	}
	turn := make(chan struct{})
	q.waiting = append(q.waiting, turn)
	q.mu.Unlock()
	select {
	case <-turn:
		return true
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, w := range q.waiting {
		if w == turn {
			q.waiting = append(q.waiting[:i], q.waiting[i+1:]...)
			return false
		}
	}
	return true // it was given the turn at that very moment
}

// others tells whether anybody waits.
func (q *queue) others() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) > 0
}

// pass gives the turn to the next, if there is one.
func (q *queue) pass() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.busy = false
		return
	}
	next := q.waiting[0]
	q.waiting = q.waiting[1:]
	close(next)
}

// write runs f as one of a group of transactions.
func (l *lite) write(ctx context.Context, f func(*Tx) error) error {
	if !l.turns.wait(ctx) {
		return ctx.Err()
	}
	c := l.own
	g, err := l.join(ctx, c)
	if err != nil {
		l.turns.pass()
		return err
	}
	t := &Tx{engine: SQLite, run: steady{c}}
	panicked := true
	defer func() {
		if panicked {
			l.leave(c, g, true)
		}
	}()
	err = ctx.Err()
	if err == nil {
		err = f(t)
	}
	panicked = false
	l.leave(c, g, err != nil)
	if err != nil {
		return err
	}
	<-g.done
	if g.err != nil {
		return g.err
	}
	t.committed()
	return nil
}

// join begins a group or enters the one that is open.
func (l *lite) join(ctx context.Context, c *liteConn) (*group, error) {
	if err := l.connect(context.WithoutCancel(ctx), c); err != nil {
		return nil, err
	}
	plain := context.WithoutCancel(ctx)
	g := l.turns.current
	if g == nil {
		if _, err := c.exec(plain, l.begin, nil); err != nil {
			c.drop()
			return nil, err
		}
		g = &group{done: make(chan struct{}), began: time.Now()}
		l.turns.current = g
	} else if _, err := c.exec(plain, "SAVEPOINT member", nil); err != nil {
		l.end(g, err)
		c.drop()
		return nil, err
	}
	g.size++
	return g, nil
}

// leave takes back the caller's work when it failed, and then hands the open group
// on, or ends it when nobody waits or it has lasted long enough.
func (l *lite) leave(c *liteConn, g *group, failed bool) {
	plain := context.Background()
	first := g.size == 1
	switch {
	case failed && first:
		if _, err := c.exec(plain, "ROLLBACK", nil); err != nil {
			c.drop()
		}
		l.end(g, nil)
		l.turns.pass()
		return
	case failed:
		if _, err := c.exec(plain, "ROLLBACK TO member", nil); err != nil {
			// The engine gave the whole transaction up (full disk, broken file): all who
			// are in it have to be told.
			l.end(g, fault.New(fault.Unavailable, "unavailable"))
			c.drop()
			l.turns.pass()
			return
		}
		fallthrough
	case !first:
		if _, err := c.exec(plain, "RELEASE member", nil); err != nil {
			l.end(g, err)
			c.drop()
			l.turns.pass()
			return
		}
	}
	if g.size < groupSize && time.Since(g.began) < groupTime && l.turns.others() {
		l.turns.pass()
		return
	}
	_, err := c.exec(plain, "COMMIT", nil)
	if err != nil {
		if _, rerr := c.exec(plain, "ROLLBACK", nil); rerr != nil {
			c.drop()
		}
	}
	l.end(g, err)
	l.turns.pass()
}

// end makes the outcome of a group known.
func (l *lite) end(g *group, err error) {
	g.err = err
	l.turns.current = nil
	close(g.done)
}

package db

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"wardline/internal/platform/id"
)

// bellChannel is the one PostgreSQL channel all processes of an installation use.
const bellChannel = "wardline_bell"

// bellPause is the least time between two NOTIFYs of one process.
const bellPause = 25 * time.Millisecond

// Bell says "look now" to the parts of this process and, on PostgreSQL, of the
// other replicas. It carries no content and may lose a ring when a connection
// breaks: whoever hears it must also look by itself now and then.
//
// Other replicas are told by one NOTIFY after the commit, gathered over 25 ms. A
// NOTIFY inside the transaction takes a lock of the whole server until the commit
// is on disk: measured with 16 writers it took 55–70 % of their commits, the
// gathered one none.
type Bell struct {
	db  *DB
	log *slog.Logger
	me  string // tells our own notifications from those of others

	mu      sync.Mutex
	ears    map[string][]chan struct{}
	waiting map[string]bool // topics the other replicas have not been told of
	kick    chan struct{}

	cancel context.CancelFunc
	done   sync.WaitGroup
}

// NewBell returns the bell of a database; without Start it reaches only this process.
func NewBell(d *DB, log *slog.Logger) *Bell {
	return &Bell{db: d, log: log, me: id.New(), ears: map[string][]chan struct{}{},
		waiting: map[string]bool{}, kick: make(chan struct{}, 1)}
}

// Hear returns a channel that holds one value whenever the topic has rung since it
// was last read. forget ends it.
func (b *Bell) Hear(topic string) (ear <-chan struct{}, forget func()) {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	b.ears[topic] = append(b.ears[topic], c)
	b.mu.Unlock()
	return c, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		rest := []chan struct{}{}
		for _, o := range b.ears[topic] {
			if o != c {
				rest = append(rest, o)
			}
		}
		b.ears[topic] = rest
	}
}

// Ring wakes all who hear the topic. It never waits; call it after the commit
// (Tx.After), or the woken will find nothing.
func (b *Bell) Ring(topic string) {
	b.mu.Lock()
	b.local(topic)
	if b.db.engine == Postgres {
		b.waiting[topic] = true
	}
	b.mu.Unlock()
	select {
	case b.kick <- struct{}{}:
	default:
	}
}

// local wakes the ears of this process; the caller holds mu.
func (b *Bell) local(topic string) {
	for _, c := range b.ears[topic] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Start begins to exchange rings with the other replicas (PostgreSQL only).
func (b *Bell) Start(ctx context.Context) {
	if b.db.engine != Postgres {
		return
	}
	ctx, b.cancel = context.WithCancel(ctx)
	b.done.Add(2)
	go func() { defer b.done.Done(); b.tell(ctx) }()
	go func() { defer b.done.Done(); b.listen(ctx) }()
}

// Stop ends the exchange and waits for it.
func (b *Bell) Stop() {
	if b.cancel != nil {
		b.cancel()
	}
	b.done.Wait()
}

func (b *Bell) tell(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.kick:
		}
		b.mu.Lock()
		topics := make([]string, 0, len(b.waiting))
		for t := range b.waiting {
			topics = append(topics, t)
		}
		clear(b.waiting)
		b.mu.Unlock()
		for _, t := range topics {
			// A lost ring is made good by the hearers' own looking, so it need not reach the disk.
			_, err := b.db.pool.ExecContext(ctx, "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)", bellChannel, b.me+" "+t)
			if err != nil && ctx.Err() == nil {
				b.log.Warn("other replicas were not told of a change; they find it by themselves", "topic", t, "error", err)
			}
		}
		pause(ctx, bellPause)
	}
}

func (b *Bell) listen(ctx context.Context) {
	wait := time.Duration(0)
	for ctx.Err() == nil {
		began := time.Now()
		err := b.hearOthers(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > time.Minute {
			wait = 0
		}
		wait = min(max(2*wait, 500*time.Millisecond), 10*time.Second)
		b.log.Warn("lost the connection on which other replicas are heard", "error", err, "again", wait)
		pause(ctx, wait)
	}
}

// hearOthers listens on a connection of its own until that fails.
func (b *Bell) hearOthers(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, b.db.url)
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(end)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+bellChannel); err != nil {
		return err
	}
	b.mu.Lock()
	for topic := range b.ears { // what was rung while we did not listen
		b.local(topic)
	}
	b.mu.Unlock()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		from, topic, _ := strings.Cut(n.Payload, " ")
		if from == b.me {
			continue
		}
		b.mu.Lock()
		b.local(topic)
		b.mu.Unlock()
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

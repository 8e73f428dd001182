package jobs

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wardline/internal/platform/db"
)

// Options of a runner; zero values mean the numbers in brackets.
type Options struct {
	Workers     int           // handlers at a time [4]
	SlowWorkers int           // handlers of slow kinds at a time [1]
	Lease       time.Duration // how long a job is held without renewal [30 s]
	Poll        time.Duration // looking for due jobs without having been rung for [2 s]
	Grace       time.Duration // how long Stop lets handlers finish before it ends their contexts [10 s]
}

func (o Options) withDefaults() Options {
	o.Workers = cmp.Or(o.Workers, 4)
	o.SlowWorkers = cmp.Or(o.SlowWorkers, 1)
	o.Lease = cmp.Or(o.Lease, 30*time.Second)
	o.Poll = cmp.Or(o.Poll, 2*time.Second)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	return o
}

// Runner carries out jobs. Every replica has one.
type Runner struct {
	queue   *Queue
	log     *slog.Logger
	opt     Options
	kinds   map[string]*kind
	started bool

	mu   sync.Mutex
	held map[string]*hold // by job id

	results  chan result
	work     context.Context // of the handlers; ends after the grace of Stop
	endWork  context.CancelFunc
	endLoops context.CancelFunc
	loops    sync.WaitGroup // dispatchers and keeper
	workers  sync.WaitGroup
	finisher sync.WaitGroup
	endKeep  context.CancelFunc
	stop     sync.Once
	keeper   sync.WaitGroup
}

// hold is a job this runner has claimed.
type hold struct {
	claimed
	kind     *kind
	lane     *lane
	leaseEnd int64 // by the last successful renewal
	end      context.CancelCauseFunc
	ctx      context.Context
}

// lane is a set of workers with the jobs that wait for them.
type lane struct {
	kinds   []string
	workers int
	feed    chan *hold
	waiting atomic.Int64 // claimed and not finished
	room    chan struct{}
	pace    atomic.Int64 // average duration of a job, microseconds
}

// ahead is how many jobs per worker are claimed at a time while they are quick.
const ahead = 16

// quickJob is the average duration up to which jobs are claimed ahead of the
// workers; slower ones would keep each other waiting while another replica is idle.
const quickJob = 20 * time.Millisecond

// NewRunner returns a runner for a queue; register the kinds, then Start.
func NewRunner(q *Queue, log *slog.Logger, o Options) *Runner {
	return &Runner{queue: q, log: log, opt: o.withDefaults(), kinds: map[string]*kind{}, held: map[string]*hold{}}
}

// Start begins to carry out jobs until the context ends or Stop is called.
func (r *Runner) Start(ctx context.Context) error {
	r.Every("jobs.prune", time.Hour, r.prune)
	r.started = true
	if err := r.startPeriods(ctx); err != nil {
		return err
	}
	r.results = make(chan result, 256)
	r.work, r.endWork = context.WithCancel(context.WithoutCancel(ctx))
	keep, endKeep := context.WithCancel(context.WithoutCancel(ctx))
	r.endKeep = endKeep
	ctx, r.endLoops = context.WithCancel(ctx)

	for _, l := range r.lanes() {
		ear, forget := r.queue.bell.Hear(bellTopic)
		r.loops.Add(1)
		go func() {
			defer r.loops.Done()
			defer forget()
			defer close(l.feed)
			r.dispatch(ctx, l, ear)
		}()
		for range l.workers {
			r.workers.Add(1)
			go func() {
				defer r.workers.Done()
				for h := range l.feed {
					r.carryOut(ctx, h)
				}
			}()
		}
	}
	r.loops.Add(1)
	go func() { defer r.loops.Done(); r.runPeriods(ctx) }()
	r.keeper.Add(1)
	go func() { defer r.keeper.Done(); r.keep(keep) }()
	r.finisher.Add(1)
	go func() { defer r.finisher.Done(); r.finish() }()
	return nil
}

func (r *Runner) lanes() []*lane {
	quick, slow := &lane{workers: r.opt.Workers}, &lane{workers: r.opt.SlowWorkers}
	out := []*lane{quick}
	for name, k := range r.kinds {
		switch {
		case k.own > 0:
			out = append(out, &lane{workers: k.own, kinds: []string{name}})
		case k.slow:
			slow.kinds = append(slow.kinds, name)
		default:
			quick.kinds = append(quick.kinds, name)
		}
	}
	if len(slow.kinds) > 0 {
		out = append(out, slow)
	}
	for _, l := range out[1:] {
		l.pace.Store(time.Hour.Microseconds()) // never claimed ahead
	}
	for _, l := range out {
		slices.Sort(l.kinds)
		l.feed = make(chan *hold, l.workers*ahead)
		l.room = make(chan struct{}, 1)
	}
	return out
}

// Stop takes no more jobs, lets the running ones finish (ending their contexts after
// the grace), gives back those not begun, and returns when all has ended.
func (r *Runner) Stop() {
	if r.endLoops == nil {
		return
	}
	r.stop.Do(r.stopAll)
}

func (r *Runner) stopAll() {
	r.endLoops()
	r.loops.Wait()
	grace := time.AfterFunc(r.opt.Grace, r.endWork)
	r.workers.Wait()
	grace.Stop()
	r.endWork()
	close(r.results)
	r.finisher.Wait()
	r.endKeep()
	r.keeper.Wait()
}

// dispatch claims due jobs for a lane until the context ends.
func (r *Runner) dispatch(ctx context.Context, l *lane, ear <-chan struct{}) {
	more := false // the last claim left due jobs behind
	for ctx.Err() == nil {
		n := l.places()
		if n == 0 {
			select {
			case <-ctx.Done():
			case <-l.room:
			}
			continue
		}
		var wait time.Duration
		var err error
		if !more {
			wait, err = r.untilDue(ctx, l)
		}
		if err == nil && wait <= 0 {
			var got int
			got, err = r.claim(ctx, l, n)
			if more = got == n; got > 0 {
				continue
			}
			wait = 10 * time.Millisecond // other replicas were quicker
		}
		if err != nil {
			if ctx.Err() == nil {
				r.log.Warn("looking for due jobs", "error", err)
			}
			wait = r.opt.Poll
		}
		// A storm of rings is answered by one look in 2 ms.
		sleep(ctx, 2*time.Millisecond, nil)
		sleep(ctx, min(wait, r.opt.Poll), ear)
	}
}

// places returns how many jobs the lane should claim now; 0 means to wait.
func (l *lane) places() int {
	waiting := int(l.waiting.Load())
	if time.Duration(l.pace.Load())*time.Microsecond > quickJob {
		return max(l.workers-waiting, 0)
	}
	most := l.workers * ahead
	if waiting > most/2 {
		return 0
	}
	return most - waiting
}

// finished makes room and keeps the average duration.
func (l *lane) finished(took time.Duration) {
	if took > 0 {
		old := l.pace.Load()
		l.pace.CompareAndSwap(old, old+(took.Microseconds()-old)/8)
	}
	l.waiting.Add(-1)
	select {
	case l.room <- struct{}{}:
	default:
	}
}

func (r *Runner) untilDue(ctx context.Context, l *lane) (time.Duration, error) {
	wait := r.opt.Poll
	err := r.queue.db.Read(ctx, func(tx *db.Tx) error {
		at, ok, err := nextAt(ctx, tx, l.kinds)
		if ok {
			wait = time.Duration(at-r.queue.clock.Now()) * time.Millisecond
		}
		return err
	})
	return wait, err
}

func (r *Runner) claim(ctx context.Context, l *lane, n int) (int, error) {
	var list []claimed
	var leaseEnd int64
	err := r.queue.db.Write(ctx, func(tx *db.Tx) (err error) {
		now := r.queue.clock.Now()
		leaseEnd = now + r.opt.Lease.Milliseconds()
		list, err = claim(ctx, tx, l.kinds, now, leaseEnd, n)
		return err
	})
	if err != nil {
		return 0, err
	}
	slices.SortFunc(list, func(a, b claimed) int { return cmp.Or(cmp.Compare(a.RunAt, b.RunAt), cmp.Compare(a.ID, b.ID)) })
	holds := make([]*hold, len(list))
	r.mu.Lock()
	for i, c := range list {
		h := &hold{claimed: c, kind: r.kinds[c.Kind], lane: l, leaseEnd: leaseEnd}
		h.ctx, h.end = context.WithCancelCause(r.work)
		holds[i] = h
		r.held[c.ID] = h
	}
	r.mu.Unlock()
	l.waiting.Add(int64(len(list)))
	for _, h := range holds {
		l.feed <- h
	}
	return len(list), nil
}

// drop forgets a job that is no longer held.
func (r *Runner) drop(h *hold) {
	r.mu.Lock()
	if r.held[h.ID] == h {
		delete(r.held, h.ID)
	}
	r.mu.Unlock()
	h.end(nil)
}

// sleep waits for a time or an ear, or the end of the context.
func sleep(ctx context.Context, d time.Duration, ear <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-ear:
	case <-timer.C:
	}
}

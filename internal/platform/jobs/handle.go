package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"wardline/internal/platform/db"
)

// kind is how jobs of one kind are carried out.
type kind struct {
	name   string
	slow   bool
	own    int // workers of its own; 0 means those of its lane
	run    func(ctx context.Context, args json.RawMessage) error
	runTx  func(ctx context.Context, tx *db.Tx, args json.RawMessage) error
	period time.Duration // 0 when not periodic
}

// Option changes how a kind is carried out.
type Option func(*kind)

// Slow marks a kind whose jobs may take more than some seconds (imports, reports,
// bulk deliveries): they have workers of their own, so that they never keep a
// deadline waiting.
func Slow() Option { return func(k *kind) { k.slow = true } }

// Own gives a kind so many workers of its own, for work that waits for somebody
// else's server: when that does not answer, no other kind waits with it.
func Own(workers int) Option { return func(k *kind) { k.own = max(workers, 1) } }

// Handle registers what carries out the jobs of a kind, at least once each. An error
// or a panic is a failure. The handler must end when its context does: the program
// stops, the job was cancelled, or another replica has taken it over.
// All kinds must be registered before Start; a second handler of a kind panics.
func (r *Runner) Handle(name string, f func(ctx context.Context, args json.RawMessage) error, opts ...Option) {
	r.add(&kind{name: name, run: f}, opts)
}

// HandleTx registers a handler whose writes commit together with the completion of
// the job: exactly once. It may run more than once, but commits only once. It must
// be quick, as it holds a write transaction, and is ended after the lease (30 s).
func (r *Runner) HandleTx(name string, f func(ctx context.Context, tx *db.Tx, args json.RawMessage) error, opts ...Option) {
	r.add(&kind{name: name, runTx: f}, opts)
}

// Every registers periodic work: in each interval (counted from the Unix epoch, in
// UTC) one replica enqueues one job of the kind. A run that is still under way when
// the next is due is followed by one more, not overlapped.
func (r *Runner) Every(name string, interval time.Duration, f func(ctx context.Context) error, opts ...Option) {
	if interval < time.Second {
		panic("jobs: period of " + name + " is below a second")
	}
	r.add(&kind{name: name, period: interval, run: func(ctx context.Context, _ json.RawMessage) error { return f(ctx) }}, opts)
}

// On is Handle with decoded arguments; arguments that do not fit make the job dead.
func On[T any](r *Runner, name string, f func(ctx context.Context, args T) error, opts ...Option) {
	r.Handle(name, func(ctx context.Context, raw json.RawMessage) error {
		args, err := decode[T](raw)
		if err != nil {
			return err
		}
		return f(ctx, args)
	}, opts...)
}

// OnTx is HandleTx with decoded arguments; arguments that do not fit make the job dead.
func OnTx[T any](r *Runner, name string, f func(ctx context.Context, tx *db.Tx, args T) error, opts ...Option) {
	r.HandleTx(name, func(ctx context.Context, tx *db.Tx, raw json.RawMessage) error {
		args, err := decode[T](raw)
		if err != nil {
			return err
		}
		return f(ctx, tx, args)
	}, opts...)
}

func decode[T any](raw json.RawMessage) (T, error) {
	var out T
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, Permanent(fmt.Errorf("arguments of the job: %w", err))
	}
	return out, nil
}

func (r *Runner) add(k *kind, opts []Option) {
	for _, o := range opts {
		o(k)
	}
	if r.started {
		panic("jobs: kind " + k.name + " registered after the start")
	}
	if _, twice := r.kinds[k.name]; twice {
		panic("jobs: kind " + k.name + " registered twice")
	}
	r.kinds[k.name] = k
}

// Attempt says which job a handler is carrying out.
type Attempt struct {
	ID, Kind, Key string
	Number        int64 // how often the job has been started, this time included
	RunAt         int64 // the moment it was due, Unix milliseconds
	Last          bool  // a failure now makes the job dead
}

type attemptKey struct{}

// Current returns the attempt whose handler was given the context.
func Current(ctx context.Context) (Attempt, bool) {
	a, ok := ctx.Value(attemptKey{}).(Attempt)
	return a, ok
}

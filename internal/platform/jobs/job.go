package jobs

import (
	"errors"

	"wardline/internal/platform/clock"
)

// State is where a job stands.
type State string

// The states.
const (
	Ready     State = "ready"     // waits for its moment
	Running   State = "running"   // held by a runner
	Done      State = "done"      // succeeded
	Dead      State = "dead"      // failed too often; a person must decide
	Cancelled State = "cancelled" // called off
)

// DefaultTries is how often a job is tried that does not say.
const DefaultTries = 10

// Job is work to be done.
type Job struct {
	Kind     string // says which handler does it
	Key      string // when not empty, unique among the ready and running jobs of the kind
	Args     any    // stored as JSON; must not hold secrets
	RunAt    int64  // not before this moment, Unix milliseconds; 0 means now
	MaxTries int    // 0 means 10
}

// Row is a job as administrators see it.
type Row struct {
	ID        string `db:"id" json:"id"`
	Kind      string `db:"kind" json:"kind"`
	Key       string `db:"key" json:"key,omitempty"`
	State     State  `db:"state" json:"state" enum:"ready,running,done,dead,cancelled"`
	RunAt     int64  `db:"run_at" json:"runAt" doc:"Not before this moment, Unix milliseconds"`
	LeaseEnd  int64  `db:"lease_end" json:"leaseEndAt,omitempty" doc:"While running: until when its runner holds it"`
	Attempt   int64  `db:"attempt" json:"attempt" doc:"How often it was started"`
	Failures  int64  `db:"failures" json:"failures" doc:"Failures since it was last asked for"`
	MaxTries  int64  `db:"max_tries" json:"maxTries"`
	Error     string `db:"error" json:"error,omitempty" doc:"What went wrong last"`
	CreatedAt int64  `db:"created_at" json:"createdAt"`
	EndedAt   int64  `db:"ended_at" json:"endedAt,omitempty"`
}

// Filter narrows a list of jobs; empty fields do not.
type Filter struct {
	State State
	Kind  string
	Key   string
}

// Count is how many jobs of a kind are in a state.
type Count struct {
	Kind   string `db:"kind" json:"kind"`
	State  State  `db:"state" json:"state" enum:"ready,running,done,dead,cancelled"`
	Count  int64  `db:"count" json:"count"`
	Oldest int64  `db:"oldest" json:"oldestAt" doc:"Smallest run-at among them, Unix milliseconds"`
}

// Backoff returns the pause before the next try, in milliseconds, after a number of
// failures (1 or more): one second, doubled each time, at most one hour.
func Backoff(failures int64) int64 {
	if failures > 12 { // 2^12 s is more than an hour
		return clock.Hour
	}
	return min(clock.Second<<max(failures-1, 0), clock.Hour)
}

// permanent marks an error that no repetition can cure.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent returns the error in a form that makes the job dead at once, for work
// that cannot succeed whenever it is tried.
func Permanent(err error) error { return permanent{err} }

// errLost is why the context of a handler ends whose lease someone else took, or
// whose job was cancelled.
var errLost = errors.New("jobs: the lease was lost or the job cancelled")

// Package jobs does work later, in the background, and never loses it.
//
// Purpose: a service enqueues a job in the transaction of its change (an outbox);
// when that commits, one of the replicas runs it, again and again until it
// succeeds or has failed too often. Timers (deadlines) and periodic work are jobs
// as well. The same SQL runs on both databases.
//
// Invariants:
//   - A job exists exactly when its transaction was committed.
//   - Among the jobs of one kind that are ready or running, a key that is not empty
//     stands once. Asking again for one that runs makes it run once more.
//   - A runner holds a job by a lease, which it renews while it works; a lease that
//     ran out is a failure, and the job goes to whoever takes it next. The attempt
//     number fences: the result of an attempt that is not the present one is void.
//   - Handle runs a job at least once: its work must bear repetition. HandleTx
//     commits the work and the job's completion together: exactly once.
//   - Failures are repeated after 1 s, 2 s, 4 s … 1 h; after MaxTries the job is dead
//     and waits for a person to run it again.
//   - Instants come from the clock given in, which must agree between replicas:
//     db.Clock follows the database server to some milliseconds, against a lease of
//     30 s. The runner keeps it synchronised.
//   - Locks on several jobs are only taken by skipping those that others hold, and a
//     transactional handler touches its own job last, as domains do: no deadlocks.
//
// Done jobs are kept for a day, dead and cancelled ones for thirty.
//
// Tables: job, job_period. Events: none.
package jobs

// Package event is the durable log of "something changed" that live push,
// notifications and automation read.
//
// Purpose: a service appends an entry in the transaction of the change; once that
// is committed, the Tail of every replica reads it within milliseconds and hands
// it to its followers. The log says "look now": work that must not be lost is a
// job (package jobs), because a follower that falls too far behind is told to
// start afresh instead of being given everything.
//
// Invariants:
//   - An entry exists exactly when its change does.
//   - Every follower sees the entries in one order, that of their Position, and
//     none is passed over: on PostgreSQL an entry is read only when every
//     transaction with a smaller number has ended. One long writing transaction
//     anywhere on the server therefore delays the tail; it says so in its log.
//   - Whoever resumes from a position gets every later entry or ErrResync, never a
//     part: what has been pruned (after a day) is remembered in event_floor.
//   - A Pump looks once more after whatever came while it looked, and again by itself
//     every few seconds: no ring that goes astray delays a part of the program for long.
//   - A slow follower delays nobody: the window of entries in memory is bounded,
//     and who falls out of it gets ErrResync.
//
// Tables: event_log, event_floor. Events: carries those of all packages.
package event

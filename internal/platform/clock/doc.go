// Package clock is the only source of the present moment.
//
// Purpose: every instant in Wardline is a whole number of Unix milliseconds in
// UTC (int64). Pure rules receive instants as arguments; services read them from
// a Clock, so that tests decide what time it is.
//
// Invariants: Now never goes backwards within one process, even when the wall
// clock is set back, so that a timeline written by one process stays ordered.
package clock

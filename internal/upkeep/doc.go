// Package upkeep makes orders before anybody has to ask for them.
//
// Purpose: a plan says what is to be done where, and when it recurs; each occurrence
// becomes one order, made through the same rules as a report.
//
// Invariants:
//   - each occurrence of a plan is settled exactly once, whatever ends the program or
//     how many replicas run: the order is made under a key of plan and occurrence,
//     and the plan moves on in the transaction that records the occurrence;
//   - an occurrence that makes no order leaves a run that says why;
//   - a plan is seen and changed by those whose scope covers what its orders would
//     belong to;
//   - occurrences follow the wall clock of the hospital's zone.
//
// Tables: upkeep_plan, upkeep_run. Events: none; its orders send their own.
package upkeep

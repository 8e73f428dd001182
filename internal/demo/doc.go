// Package demo invents a hospital: campuses, departments, places, people, assets,
// and months of orders with whole timelines.
//
// Purpose: a newcomer sees Wardline alive, and benchmarks have something to chew.
// Orders go through the same rules as live ones (workorder.Past).
//
// Invariants: the same seed, size and moment give the same hospital; names and
// numbers are invented; nothing is written into a database that holds people.
//
// Tables: none of its own. Events: none.
package demo

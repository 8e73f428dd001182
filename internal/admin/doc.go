// Package admin is what administrators see and do of the program itself: its jobs.
//
// Purpose: work that failed is visible with its error and can be run again.
//
// Invariants: only holders of job.read or job.write in the whole hospital get in,
// since a job belongs to nobody; each act stands in the audit trail.
//
// Tables: none (jobs are the platform's). Events: none.
package admin

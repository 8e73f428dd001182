// Package db opens the database and runs SQL on it: SQLite in a folder or
// PostgreSQL, with one text of SQL for both.
//
// Purpose: transactions, a row mapper with cached statements, and a builder for
// lists (filters, order, keyset pages); the Bell by which replicas wake each other
// and the Clock on which they agree. It knows no table.
//
// Invariants:
//   - SQLite has one writing connection (immediate transactions, so a read in a
//     write transaction cannot be overtaken) and a pool of readers that cannot write.
//   - Instants are BIGINT Unix milliseconds; ids are text; JSON is TEXT.
//   - What runs After commit runs only when the commit has been acknowledged.
//   - Errors of the engines come out as faults: unique → "duplicate", foreign key →
//     "unknown_reference", busy or full disk → "unavailable".
package db

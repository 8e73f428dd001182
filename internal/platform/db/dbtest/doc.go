// Package dbtest gives tests a fresh, migrated database on each engine.
//
// Each test gets its own SQLite file and its own PostgreSQL database, cloned from
// a template that is migrated once. The PostgreSQL server is the one named by
// WARDLINE_TEST_POSTGRES_URL, or one started here for the run of the test binary.
// A server that cannot be had fails the test; nothing is skipped.
package dbtest

// Package fault is the one kind of error that may leave Wardline.
//
// Purpose: a Fault says what went wrong by a code, which field is to blame, and
// what to do; the words are translated when it is written to the client as
// problem+json (RFC 9457). Any other error becomes "internal" with a reference
// number: its text goes to the log and never to the client.
//
// Invariants: a code has a message in every language (tested); a Fault about a
// thing the caller may not see is NotFound, the same as one that does not exist.
package fault

// Package audit keeps who did what, to what, when and from where.
//
// Purpose: every command writes one entry in its own transaction, so that an
// entry exists exactly when the change does.
//
// Invariants: entries are only added; nothing in the program changes or deletes
// one. Secrets (passwords, tokens, codes) never stand in the detail.
//
// Tables: audit_entry. Events: none.
package audit

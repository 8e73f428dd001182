// Package command makes a repeated command have one effect.
//
// Purpose: a client that did not hear the answer sends the same command with the
// same key again and gets the first answer.
//
// Invariants: key and answer are written in the command's own transaction, so
// they stand exactly when its effect does; two at once with one key run one after
// the other, and the second only reads. Keys live for a week.
//
// Tables: command. Events: none.
package command

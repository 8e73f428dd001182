// Package app puts the house together: it is the only place where domains meet
// that do not import each other.
//
// Purpose: New opens the database and makes every service; Start begins what runs
// in the background; Handler is the way in. Commands and browser tests use the
// same New.
//
// Invariants: nothing here decides anything about orders, people or things.
package app

// Package config reads what an administrator sets: WARDLINE_* in the environment,
// and the same as flags, which win.
//
// Purpose: one table of settings (Settings) from which the flags, the checks and
// the table in docs/OPERATIONS.md come.
//
// Invariants: a wrong value is refused at the start with the setting's name and
// what it may be; secrets are made on the first start and kept in the data folder
// for the program's user only.
package config

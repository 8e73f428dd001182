// Package migrate brings a database to the schema this program needs.
//
// Purpose: one numbered stream of SQL files. Files under sql/common run on both
// engines; where the engines truly differ, a pair with the same number stands
// under sql/sqlite and sql/postgres. In common files @serial@ is the engine's
// self-numbering primary key.
//
// Invariants: a file that has been released is never changed; the first line of
// each says which package owns its tables (`-- owner: NAME`); several replicas may
// start at once: one applies, the others wait.
package migrate

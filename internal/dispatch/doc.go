// Package dispatch finds who should do an order, and says why.
//
// Purpose: the candidates for one order out of one team, best first, with the
// facts that put them there; and what becomes of somebody's work when their duty ends.
//
// Invariants: nobody is proposed who is inactive or not in the team; the order of
// candidates follows from what is shown with each, never from anything hidden; for the
// end of one duty each order is handed over once.
//
// Tables: none; it reads through workorder, org and identity. Events: none.
package dispatch

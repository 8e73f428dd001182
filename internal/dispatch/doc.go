// Package dispatch finds who should do an order, and says why.
//
// Purpose: the candidates for one order out of one team, best first, with the
// facts that put them there.
//
// Invariants: nobody is proposed who is inactive or not in the team; the order of
// candidates follows from what is shown with each, never from anything hidden.
//
// Tables: none; it reads through workorder, org and identity. Events: none.
package dispatch

// Package dispatch finds who should do an order, says why, and gives it to them where
// the hospital wants that.
//
// Purpose: the candidates for one order out of one team, best first, with the
// facts that put them there; the best pairing of many orders with many people; and
// the modes in which orders come to people: by hand, from the pool, automatically;
// and what becomes of somebody's work when their duty ends.
//
// Invariants:
//   - nobody is proposed who is inactive or not in the team; the order of candidates
//     follows from what is shown with each, never from anything hidden;
//   - the program gives orders only to people who are on duty and may see and work on
//     them, through the same command as a dispatcher, and says so in the timeline;
//   - each state of an order is given out at most once, whatever the number of
//     replicas: the decision is a row with that key, and the command carries the
//     order's version and a key made of it;
//   - whom the program gave an order once it does not give it again, so that refusals
//     and time-outs come to an end; whom a dispatcher chose it does not replace;
//   - for the end of one duty each order is handed over once;
//   - events only say "look now": what they miss the sweep finds.
//
// Tables: dispatch_setting, dispatch_item, dispatch_kit, dispatch_mode,
// dispatch_decision, dispatch_cursor.
// Events out: none. Events in: topic "order".
package dispatch

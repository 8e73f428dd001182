// Package workorder holds the order: what has to be done, where, for whom, by
// whom, until when, and everything that happened on the way.
//
// Purpose: one state machine for repair, cleaning, transport and enquiry. A
// command is decided by a pure rule that either refuses or returns events; an
// order is nothing but the sum of its events.
//
// Invariants:
//   - the row in workorder equals Rebuild of its events, at every commit;
//   - events are only added; each has the moment it occurred (which may lie before,
//     for work done without a signal) and the moment it was recorded;
//   - the transition table (state.go) is the only place that says what may follow what;
//   - of many who grab one order exactly one wins, the others are told who;
//   - a list, a count or a live push shows an order only to those whose scope of
//     order.read covers its keys;
//   - a task is open only in an open order, begins when what it waits for has ended, is
//     done by one person with the proof it demands, and the order cannot be finished
//     while one is open; its clock runs from the moment it is ready, and no hold of the
//     order stops it;
//   - workorder_task holds the tasks of the row, and workorder_share exactly those whom
//     tasks, squad and ownership let in (Order.helpers), at every commit;
//   - to be let in by them is no right to speak for the one who reported;
//   - a handing on is undone only by who did it, a moment after, and only while nothing
//     else has happened to the order;
//   - next_check_at is the next moment at which the clocks of an open order want a
//     look, so that being overdue is an event that happens once.
//
// What an order moves is not its business: who keeps that is told through Deps.Reported,
// may refuse through Deps.Guard, and puts its steps on the timeline through Carry.
//
// Tables: workorder, workorder_event, workorder_text, workorder_share,
// workorder_task, workorder_number, workorder_screen.
// The due moments of an order are sla.Clock of its limits, pauses and marks (clock.go);
// each team's own clock follows from the events (turns.go).
//
// Events out: topic "order" (subject: the order's id; data: Note). Events in: none.
package workorder

// Package escalation sees to it that nothing becomes overdue unseen.
//
// Purpose: ladders remind those who answer for an order, step by step, until somebody
// takes notice; what stays open too long wants an explanation in writing, which is
// reviewed and followed up; a supervisor puts an order under watch; urges raise an
// order's place and in the end reach the team lead.
//
// Invariants:
//   - a step fires once for each moment it is reckoned from (the deadline, the report,
//     the beginning of the status) and each repetition, whatever ends the program and
//     however many replicas run: the row with that key is written in the transaction that
//     writes the messages and the entry on the timeline;
//   - when a deadline moves its steps move with it; clocks that stand still remind nobody;
//   - of steps that were missed each fires once, all of them told in one message;
//   - an order has one ladder: the most specific of those switched on that fit it;
//   - a ladder reminds of nothing that was due before it was switched on or changed;
//   - a report is opened once for its kind, subject and beginning; an order has one watch
//     at most;
//   - escalation_timer holds the next moment at which a thing wants a look. It follows
//     from the thing itself and can be made anew at any time (Resync);
//   - nobody is told of an order they may not see.
//
// Tables: escalation_ladder, escalation_version, escalation_setting, escalation_timer,
// escalation_fired, escalation_report, escalation_action, escalation_watch,
// escalation_progress, escalation_cursor.
// Events out: none; orders tell of reminders and watches themselves. Events in: topic "order".
package escalation

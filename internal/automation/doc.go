// Package automation lets the hospital say once what should happen by itself.
//
// Purpose: a rule is a trigger (an event of an order, or time), a condition and
// actions in their order. Rules are looked at in an explicit order; one may stop
// those behind it.
//
// Invariants:
//   - a rule fires once for an order and a slot (the event's number, or the moment of
//     its time), whatever the number of replicas and restarts: the firing is a row
//     with that key, written together with the cursor that passes the event;
//   - each action of a firing has an idempotency key made of the firing, so that a
//     replica that dies between two actions repeats none;
//   - what rules bring about carries the firing in the order's event (Facts.Via), so
//     that the depth of causes is known; beyond MaxDepth, or more than MaxAnHour
//     firings of a rule on one order within an hour, a firing is stopped and says so;
//   - a rule that would set itself or its fellows off for ever is not saved;
//   - a condition is checked for types and cost when saved, and has a limit when run;
//   - a version of a rule is never changed, only followed by another.
//
// Tables: automation_rule, automation_version, automation_firing, automation_cursor.
// Events out: none. Events in: topic "order".
package automation

// Package notify tells people what concerns them, by the ways they want.
//
// Purpose: an event becomes messages (rules and templates), a message becomes
// deliveries (one for each address of each channel), and every delivery ends as
// sent, failed or skipped, with the reason, where the person can look it up.
//
// Invariants:
//   - an entry of the event log is turned into messages exactly once, whatever the
//     number of replicas and however often they restart: the cursor moves in the
//     transaction that writes the messages;
//   - a person is told the same (template, subject, version) once;
//   - one delivery is one job: an address that does not answer delays no other, and
//     each channel has workers of its own;
//   - what leaves the house by push carries the title and the brief only, and these
//     may name nothing but number, item, place and the like (Template.Public);
//   - a message that nobody can use any more (its life has passed, or it has been
//     read) is not sent late;
//   - an entry that cannot be understood becomes a job of its own, so that it stops
//     none of those behind it.
//
// Tables: notify_message, notify_delivery, notify_device, notify_preference,
// notify_template, notify_cursor.
// Events out: topic "message" (audience: the person; data: Signal).
// Events in: every topic that Rules names; their data has a field "kind".
package notify

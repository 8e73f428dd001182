// Package incident leads a major incident from the first reports to its closing report.
//
// Purpose: many reports of one cause become one incident with a commander, a check list,
// a timeline and one word to everybody affected, instead of many orders that are each
// worked on by themselves.
//
// Invariants:
//   - what an order has to do with an incident stands on the order alone (workorder
//     changes it by events); an order is part of one incident at most;
//   - who joins and who resolves hold the incident's row: nobody can join one that is over;
//   - when an incident is resolved each member is solved exactly once, whatever ends the
//     program between two of them: the order itself says whether it has been;
//   - an incident is closed with a complete report or not at all;
//   - an entry of the timeline that the program writes has a key, so that it stands once
//     whatever the number of replicas; a moment that passed is told with that moment;
//   - a suggestion for a cluster stands once while it is open, and not again for a while
//     after somebody dismissed it;
//   - who is outside the scope of an incident sees nothing of it; members and their numbers
//     are shown as far as the reader may see those orders;
//   - what reporters and public pages are told names no person.
//
// Tables: incident, incident_scope, incident_entry, incident_step, incident_plan,
// incident_suggestion, incident_number, incident_settings, incident_cursor.
//
// Events out: topic "incident" (subject: the incident's or suggestion's id; data: Note).
// Events in: topic "order".
package incident

// Package transport keeps what an order that moves something needs beyond the order:
// the sheet of what goes from where to where, who had it in hand, and what was checked.
//
// Purpose: patients, specimens, blood, drugs, goods and papers reach the right place, in
// time, with proof at both ends; things lent are found again.
//
// Invariants:
//   - an order of a transport item has at most one sheet, written in the order's own
//     transaction; the order changes only through workorder's rules;
//   - nothing that demands a check changes hands without it: the patient's wristband, or a
//     reason and a second person; for blood and controlled drugs a second person's
//     signature who is not the porter;
//   - of a patient is kept only a keyed hash of the wristband, a masked name and the bed,
//     shown to whoever has the order, reported it or takes in, and wiped by policy;
//   - a booking becomes one order, once, early enough for the way;
//   - a thing is lent to one borrower at a time.
//
// Tables: transport_sheet, transport_booking, transport_loan, transport_sighting,
// transport_setting.
//
// Events: none of its own; its steps are events of the order.
package transport

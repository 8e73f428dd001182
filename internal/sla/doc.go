// Package sla is the arithmetic of service limits: working calendars, and
// clocks that run towards a due moment and stand still while an order waits.
//
// It answers four questions, all by pure calculation:
//
//   - what is working time: a [Calendar] built from a [Spec] (several intervals
//     a day, special days, a time zone, or simply 24×7) and the public-holiday
//     tables of the years concerned;
//   - when is something due, how much is left: [Calendar.Add],
//     [Calendar.Between], [Due], [Clock.Deadlines], [Clock.Read];
//   - what happens to a running clock when its limits change: [Clock.Change];
//   - why: [Clock.Explain] accounts for every millisecond between two moments.
//
// Rules kept everywhere:
//
//   - An instant is Unix milliseconds; a limit is whole minutes of working time.
//   - Working time is decided by the wall clock of the calendar's zone: an hour
//     repeated in autumn counts twice, an hour skipped in spring not at all.
//   - A pause moves a due moment by the working time it overlaps and by nothing
//     else; pauses that overlap each other count once.
//   - Each milestone (respond, arrive, finish) has its own clock with its own
//     start, so no clock overrules another.
//   - A year without a holiday table is calculated as plain weeks and said to be
//     so by a [Warning]; it is never taken in silence.
//
// A [Book] holds what administrators decide: calendars, tables of holidays, reasons to
// wait, limits. What comes with the program holds until a row in a table stands over
// it; a stamp that changes with every edit tells all replicas to read anew.
//
// Tables: calendar, holiday_year, hold_reason, limit_rule, sla_stamp.
// Events out: none; [Deps.Changed] is told in the transaction. Events in: none.
package sla

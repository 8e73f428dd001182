// Package org is the directory of the hospital: where things are, who works
// there, and which number rings where.
//
// Purpose: campuses, one tree of places, the tree of departments, teams with
// their roster, skills, vendors and telephone extensions; pickers over them, and
// their import and export as Excel or CSV with a preview that writes nothing.
//
// Invariants:
//   - Everybody who holds org.read anywhere sees the whole directory. Changing it
//     needs org.write for the thing as it was and as it will be.
//   - Full names, inherited departments and classes, and search columns of a tree
//     always fit the rows above; a move rewrites everything below in the same
//     transaction. A tree has no cycle: all changes take the stamp's row first and
//     so run one after the other.
//   - Within one parent names differ, and so do codes within a kind.
//   - What is named elsewhere is never deleted, only made inactive.
//   - One rule (book) decides a single change, an import and a bulk load alike, in
//     memory; what it accepts is then written.
//   - An import is applied whole or not at all, once, by who previewed it, and only
//     if it would still do exactly what the preview said.
//   - The report code of a place is a secret of 160 bits that only label printing,
//     the code's look-up and its renewal ever touch.
//   - People belong to identity: this package keeps their ids only.
//   - A rotation makes each stretch of work once: what somebody has entered, changed or
//     taken back by hand wins over it. A leave lies over duties and does not change them.
//   - Where somebody is and why somebody is away is told less freely than the directory:
//     see DutyNow and Leaves.
//
// Tables: org_stamp, campus, place, department, vendor, team, skill, person_skill,
// extension, duty, org_import, shift, rotation, leave_span, duty_swap, attendance,
// opening_hours.
// Events out: through Deps.Changed, with the kind of thing as its topic's second
// word. Events in: none.
package org

// Package asset is the register of the hospital's things, and of the codes on them.
//
// Purpose: what there is, where it is, whose it is and what became of it; the code
// on each thing, which a telephone scans to report; labels to print; lists in and out.
//
// Invariants:
//   - Every asset has exactly one code in force. A code is a secret with a signature,
//     so that a guessed or altered one is refused without a look at the register;
//     whoever may not know is never told whether a code or an asset exists.
//   - A replaced code opens nothing. Only those who may change the asset are told
//     that the label is an old one.
//   - Everything that is done to an asset stands in its history, which is only added to.
//   - Reading and changing is limited by scope: campus, department, vendor, or being
//     the custodian. A change needs the permission for the asset as it was and as it
//     will be. Scanning is not limited: who stands before a thing may report it.
//   - What a code tells someone who has not signed in is no more than a report needs,
//     and only where the place or the department takes such reports.
//   - Numbers are unique and kept in capitals. A scrapped asset cannot be changed
//     before it is brought back.
//   - An import is applied whole or not at all, once, by who previewed it, and only
//     if it would still do exactly what the preview said.
//
// Tables: asset, asset_code, asset_event, asset_import.
// Events out: through Deps.Changed. Events in: PlaceChanged, when places move.
package asset

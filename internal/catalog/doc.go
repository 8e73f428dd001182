// Package catalog says what a hospital's service centre does: each service with
// its form, limits, team and the proof it demands.
//
// Purpose: three levels, category → item → symptom. People choose a symptom or
// search an item by words, pinyin or initials; the item's version decides how the
// order is asked for, who gets it, how fast it must go and what must be shown.
//
// Invariants:
//   - A published version never changes. An order keeps the version it was made
//     with, so its form, limits and evidence stay what they were.
//   - An item is offered exactly when it is active, has been published and its
//     category is active; people who are not signed in are offered public items only.
//   - The catalogue is one for the whole hospital: editing it needs the permission
//     in the whole hospital, not in a part.
//   - The revision rises with every change to anything that is offered; it is the
//     ETag of the tree and the key of the cached snapshot.
//   - Answers to questions that are not asked, or were never part of the form, are
//     refused: what is stored is what was shown.
//
// Tables: catalog_category, catalog_item, catalog_version, catalog_state.
// Events out: none. Events in: none.
package catalog

// Package table reads and writes lists as CSV and Excel (XLSX) files.
//
// Purpose: what people upload comes in as a stream of rows whose columns are
// found by their header in Chinese or English; what they download goes out in
// the same columns, so that an exported file can be changed and brought back.
//
// Invariants:
//   - Any bytes may be read: the result is rows or a fault, never a panic. Cells
//     are valid UTF-8 without control characters (line feed and tab aside) and
//     without blanks at their ends.
//   - A file cannot cost more than its limits: rows, columns, characters in a
//     cell, and the size of what an Excel file unpacks to.
//   - A text that a spreadsheet program would take for a formula is written to
//     CSV behind an apostrophe, and loses it again when it is read here; in
//     Excel files texts are text cells.
//
// The package owns no table, raises no event and knows no hospital word.
package table

// Package history brings in the orders of another system from one file.
//
// Purpose: a CSV file (also packed with gzip) or an Excel sheet is uploaded; a
// mapping says which column means what; a check reads the whole file and tells what
// would become of every line without writing an order; then the orders come in, in
// portions, and can be taken out again as one batch.
//
// Invariants:
//   - An order comes in exactly once: its key is unique within the other system
//     (history_order), and the place in the file moves on in the same transaction as
//     the orders. A killed or cancelled import goes on behind the last portion.
//   - Without a column of keys, a line's content is its key, with the count of equal
//     lines before it: the same file adds nothing the second time either.
//   - Every line is accounted for: total = good + refused + skipped + known. For each
//     line that is refused or skipped there is a problem with its cells. Warnings, and
//     lines that are known already, are counted in full and kept as a sample.
//   - A line that is closed becomes reported → settled → closed at its own moments. A
//     line that is open becomes reported at its own moment and taken in at the moment
//     of the import: queued for dispatch. None has limits: what another system promised
//     is not known here, so no clock runs, nothing is overdue, nobody is alerted; limits
//     begin when somebody corrects the order's item or priority.
//   - Orders are written by workorder's rules; number and id are our own, the other
//     system's key stands in the words, where search finds it.
//   - Work is done by one run at a time: every transaction of a run first locks the
//     batch and gives up when another command has come in between.
//   - Undoing removes only orders to which nothing has happened since, unless it is
//     forced; an order that has changed is named.
//   - A file is kept for 30 days after its batch last changed.
//
// Only holders of order.import in the whole hospital see or do anything here.
//
// Tables: history_batch, history_order, history_problem, history_value,
// history_waste, history_mapping, history_gate.
// Events out: topic "history.batch" (subject: the batch's id; data: Note; audience:
// Everyone, that is every holder of the permission order.import): when the state
// changes and when another percent is done. Whoever keeps figures about orders
// reckons them anew when an import ends or an undoing does, as orders that come and
// go here are no events of their own. Events in: none.
package history

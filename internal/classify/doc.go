// Package classify reads from the caller's words what an order is about, how urgent
// it is and whether it is tried remotely first.
//
// Purpose: the words become an item by a linear model over character n-grams, trained
// on the hospital's own finished orders and on the starter vocabulary; words of danger
// win by rule; a policy of ordered rules says remote or on site; a script guides the
// remote attempt; what fails for the third time within a week becomes a problem.
//
// Invariants:
//   - nothing is filled in by itself unless the calibrated confidence reaches the
//     threshold, or a word of danger says so; below it a person chooses of three;
//   - a word of danger that is not negated is never outweighed by the model;
//   - every suggestion says which words decided; a version never changes, and what it is
//     measured by are orders later than all it had learned from when it was measured;
//   - what was suggested for an order, by which version, and what was chosen is recorded
//     once, by the program itself;
//   - of the rules of the policy the first that fits decides, and its name stays with the
//     order;
//   - there is at most one open problem of the same thing.
//
// Tables: classify_state, classify_version, classify_word, classify_rule,
// classify_script, classify_guess, classify_problem.
// Events: none; orders that become visits send their own.
package classify

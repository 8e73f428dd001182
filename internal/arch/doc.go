// Package arch holds the rules of the house as tests: which package may import
// which, what the files of a package are called and may touch, who owns which
// table, how large a file may grow.
//
// The rules are data in this package; they are compared with the source, with
// what `go list` says, and with the table in docs/ARCHITECTURE.md, so that the
// picture cannot lie. Every finding ends with the reason for its rule. A rule
// that is in the way is changed here and in the document together, with a
// reason, not stepped around.
//
// There is no code besides the tests.
package arch

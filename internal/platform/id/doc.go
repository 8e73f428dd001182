// Package id makes the identifiers of rows and the secrets of links.
//
// Invariants: New sorts by the moment of making (to the millisecond) and is
// unique across replicas; it is not a secret. Secret is unguessable (160 bits).
package id

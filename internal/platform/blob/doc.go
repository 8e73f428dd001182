// Package blob keeps the bytes of files: photos, recordings, documents.
//
// Purpose: one small interface, Store, with a folder behind it; another store (S3)
// needs no more than its five methods.
//
// Invariants:
//   - A file is named by the SHA-256 of its bytes, so the same bytes are kept once
//     and a file can be proved whole.
//   - When Put returns without an error the file is on the disk, whole and under its
//     name; otherwise nothing of it can be seen.
//   - A key that is no SHA-256 in hexadecimal names nothing: no key leads out of the
//     folder.
//   - A store that cannot store or read says so as the fault "blob.unavailable";
//     an error of the reader given to Put comes back unchanged.
//
// Tables: none. Events: none.
package blob

// Package attachment keeps the files people add to things: photos, short videos,
// voice notes, signatures, documents.
//
// Purpose: one way in and one way out for files of every domain. A file is uploaded
// first and linked to its subject by the command that names it.
//
// Invariants:
//   - What a file is, its bytes say: neither its name nor what the sender declares.
//     Only the kinds of the list in kind.go are taken; nothing a browser would run
//     (HTML, SVG) is among them.
//   - Photos (JPEG) are stored without what the camera added: position, device, times.
//     Only how to turn the picture stays.
//   - Access follows the subject: whoever may see the subject may see its files, and
//     to everybody else a file does not exist. Before it is linked a file belongs to
//     its uploader alone.
//   - Someone who has not signed in holds an upload by its claim: the id, a hyphen and
//     a secret. Wherever an id is taken, a claim is too; linking ends the secret.
//   - A file is linked once. An upload that is not linked within a day is removed.
//   - A row exists only for bytes that are on the disk; bytes without a row are removed
//     after two days.
//   - Uploading again under the same key has no second effect.
//
// Tables: attachment, attachment_gate. Events: none.
package attachment

// Package smtp sends notifications as mail.
//
// Purpose: it fills notify.Channel with a mail server of the hospital's choice.
//
// Invariants:
//   - a name and password go out only over TLS, or by a method that does not show them;
//   - with starttls and tls nothing is sent unencrypted, and the server's certificate
//     is checked;
//   - nothing that comes from a message can add a line to the head of a mail or a
//     second recipient;
//   - the same delivery always has the same Message-ID, so that a repetition after a
//     broken connection can be told for what it is.
//
// Tables: none. Events: none.
package smtp

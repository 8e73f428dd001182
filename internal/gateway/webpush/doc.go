// Package webpush sends notifications to browsers (RFC 8030, 8291, 8292).
//
// Purpose: it fills notify.Pusher. A message is encrypted for the browser that
// subscribed and handed to the push service the browser named.
//
// Invariants:
//   - what is sent carries a title, a brief, a path of our own pages and nothing else;
//     encrypted it is always 3,072 bytes long, whatever is in it;
//   - the push service is an address from outside: it is called through
//     platform/outbound, so neither the own network nor a redirect can be reached;
//   - nothing of the push service's answer but its status is kept.
//
// Tables: none. Events: none.
package webpush

// Package live pushes the event log to browsers as server-sent events.
//
// Purpose: an open page learns within a moment that something it may see has
// changed. One stream serves a whole browser. The stream carries:
//
//	event: hello    first: {"now": server time, "head": newest position}
//	event: TOPIC    {"subject": …, "data": …, "at": Unix milliseconds}; id is its position
//	event: resync   entries were missed: load what is shown afresh; {"head": …}
//	event: bye      this stream ends because the same person opened too many; {"reason":"limit"}
//
// A client goes on where it stopped by the id it saw last (Last-Event-ID, which
// browsers send by themselves, or ?after= on the first connect). Ids come with
// heartbeats too, so that a client that sees little still resumes close to the head.
//
// Invariants:
//   - Nobody is sent an entry that the Viewer does not see. Rights are looked at
//     again every 15 s, and at once, before anything further is sent, when an entry
//     concerns the person's rights; a viewer no longer valid is cut off, comes back
//     and is authorised anew.
//   - Every entry a viewer sees is sent once and in order, or resync is.
//   - A client that does not read is cut off after the write timeout and delays
//     nobody: there are no queues, each stream walks along the tail's window.
//   - An entry is encoded once for all streams. A stream holds at most 30 kB.
//
// Tables: none. Events in: all.
package live

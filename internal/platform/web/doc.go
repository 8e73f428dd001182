// Package web is the way in over HTTP: typed operations with an OpenAPI document,
// problem+json errors in the caller's language, and the checks every request passes.
//
// Purpose: a domain's http.go registers operations here and nothing else decides
// who may call what: each operation states its Access, which stands in the OpenAPI
// document too, so that the role × scope test can walk over all of them.
//
// Invariants:
//   - the text of an error that is not a fault never leaves the program;
//   - requests that change something must come from our own pages or carry a token
//     (cross-origin protection by the browser's own headers);
//   - unknown JSON fields are refused.
package web

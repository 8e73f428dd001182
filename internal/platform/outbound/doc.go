// Package outbound makes HTTP clients that speak to addresses other people typed in.
//
// Purpose: a push endpoint or a webhook is an address from outside. A client made
// here cannot be turned against the hospital's own network by it.
//
// Invariants:
//   - only https on port 443, without user names in the address;
//   - the address is judged at the moment of connecting, after the name has been
//     resolved, so that a name that changes its mind gains nothing;
//   - loopback, private, link-local, multicast and reserved addresses are refused,
//     also when they come as IPv4 inside IPv6;
//   - redirects are not followed, and no proxy of the environment is used.
//
// Tables: none. Events: none.
package outbound

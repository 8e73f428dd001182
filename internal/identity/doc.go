// Package identity knows the people, how they sign in, and what each may do to what.
//
// Purpose: people and accounts, sessions, API tokens, roles, and the Actor: the
// one value every service asks for permission.
//
// Invariants:
//   - A permission never stands alone: it is granted within a Scope (all, campus,
//     department, team, vendor, own). The zero Scope covers nothing.
//   - A Scope is used twice from one definition: as a condition in SQL (Where) and
//     on a thing at hand (Match); a property test keeps the two equal.
//   - Passwords are stored as argon2id, session and token secrets as SHA-256.
//   - Signing in takes the same time and gives the same answer whether the account
//     exists or not.
//   - A change to a person, their teams or grants raises the person's version; an
//     Actor is never served from an older version.
//
// Tables: person, person_team, role, role_grant, session, api_token, login_failure.
// Events out: identity.person. Events in: none.
package identity

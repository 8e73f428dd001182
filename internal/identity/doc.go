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
//   - Nobody can give, by whatever way (grants, roles, teams, a move to another
//     department, a reset password), a permission or scope that they do not hold.
//   - There is always an active administrator who can sign in.
//   - Passwords are stored as argon2id, session and token secrets as SHA-256; a
//     code of the second factor works once.
//   - Signing in takes the same work and gives the same answer whether the account
//     exists or not; a try is counted before its password is looked at, so that
//     tries made at the same moment count too.
//   - A change to a person, their teams, grants or roles raises the person's
//     version; an Actor is never served from an older version. The departments
//     below a department may be a minute old.
//   - A session whose sign-in is not finished acts as the public.
//
// Tables: person, person_team, role, role_grant, session, recovery_code,
// api_token, login_failure.
// Events out: identity.person, identity.role. Events in: Forget is to be called
// when the tree of departments has changed.
package identity

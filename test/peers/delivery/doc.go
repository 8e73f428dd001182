// Package delivery lets notifications go the whole way: from an event of an order
// through rules, messages and jobs to a mail server and a push service that are not
// ours. There is no code besides the tests.
package delivery

package notify

import (
	"context"
	"errors"

	"wardline/internal/platform/fault"
)

// The channels Wardline knows. The inbox is always there; of the others those that
// the configuration sets up.
const (
	Inbox = "inbox"
	Push  = "push"
	Mail  = "mail"
)

// Channel is one way out to people. Implementations live in gateway.
type Channel interface {
	// Name returns the channel's name, for example "mail".
	Name() string
	// Send hands one delivery over, at least once. It must end when the context
	// does, and in any case within half a minute.
	Send(ctx context.Context, d Delivery) error
	// Permanent tells whether an error of Send cannot be cured by trying again.
	Permanent(err error) bool
}

// Pusher is the channel to browsers.
type Pusher interface {
	Channel
	// PublicKey returns the key browsers subscribe with, as base64url.
	PublicKey() string
	// Check returns a field fault (endpoint, p256dh, auth) for an address that
	// cannot or must not be used.
	Check(a Address) error
}

// ErrGone is in the chain of a Send error when the address no longer exists: it is
// then forgotten.
var ErrGone = errors.New("notify: the address no longer exists")

// Address is where a delivery goes.
type Address struct {
	Name     string // of the person
	Endpoint string // mail address, push endpoint, phone number: as the channel needs it
	P256dh   string // push: public key of the browser, base64url
	Auth     string // push: secret of the browser, base64url
}

// Delivery is what a channel is given to send.
type Delivery struct {
	ID       string // the same each time it is tried
	To       Address
	Language fault.Language
	Title    string // one line, nothing personal
	Brief    string // one line, nothing personal
	Body     string // may name people; only for channels that keep within the house or go to the person's own mailbox
	Path     string // of the page it leads to, for example /m/work/o/…
	URL      string // the same with the program's address; empty when there is no page
	Thread   string // the same for all messages about one thing
	Urgent   bool
	Now      int64 // Unix milliseconds
	Expires  int64 // from when on it is of no use, Unix milliseconds
}

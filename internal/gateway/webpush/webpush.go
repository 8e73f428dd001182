package webpush

import (
	"context"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	push "github.com/SherClockHolmes/webpush-go"

	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/outbound"
)

// record is the length of every encrypted message, in bytes; push services take at
// least 4,096. Of it 16 are the cipher's, 86 the head and at least 1 padding.
const record = 3072

// maxPayload is how much text fits into a record, in bytes.
const maxPayload = record - 16 - 86 - 1

// Keys are the pair by which push services know this installation, as base64url.
type Keys struct{ Public, Private string }

// DeriveKeys makes the pair that belongs to a secret, the same each time: browsers
// that have subscribed with it stay subscribed as long as the secret does.
func DeriveKeys(secret []byte) (Keys, error) {
	for n := byte(0); n < 255; n++ {
		raw, err := hkdf.Key(sha256.New, secret, nil, "wardline web push "+string(rune('a'+n)), 32)
		if err != nil {
			return Keys{}, err
		}
		// A number outside the curve's order is no key; one in 2^32 is.
		if k, err := ecdh.P256().NewPrivateKey(raw); err == nil {
			enc := base64.RawURLEncoding
			return Keys{Public: enc.EncodeToString(k.PublicKey().Bytes()), Private: enc.EncodeToString(raw)}, nil
		}
	}
	return Keys{}, errors.New("webpush: no key could be derived")
}

// Config says who we are and how push services are reached.
type Config struct {
	Keys     Keys
	Contact  string // mailto: or https: address that push services may turn to
	Outbound outbound.Options
}

// Channel sends to browsers. It is safe for concurrent use.
type Channel struct {
	cfg    Config
	client *http.Client
}

var _ notify.Pusher = (*Channel)(nil)

// New returns the channel, or what is wrong with the configuration.
func New(cfg Config) (*Channel, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cfg.Keys.Private)
	if err != nil {
		return nil, errors.New("webpush: the private key is not base64url")
	}
	k, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return nil, errors.New("webpush: the private key is none of P-256")
	}
	if base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes()) != cfg.Keys.Public {
		return nil, errors.New("webpush: the public key does not belong to the private one")
	}
	if !strings.HasPrefix(cfg.Contact, "mailto:") && !strings.HasPrefix(cfg.Contact, "https://") {
		return nil, fmt.Errorf("webpush: contact %q: want mailto: or https://", cfg.Contact)
	}
	return &Channel{cfg: cfg, client: outbound.Client(cfg.Outbound)}, nil
}

// Name returns "push".
func (c *Channel) Name() string { return notify.Push }

// PublicKey returns the key browsers subscribe with.
func (c *Channel) PublicKey() string { return c.cfg.Keys.Public }

// Check blames the fields of an address that no push can be sent to: codes
// notify.endpoint, bad_format.
func (c *Channel) Check(a notify.Address) error {
	var bad fault.Fields
	if c.cfg.Outbound.Check(a.Endpoint) != nil {
		bad.Add("endpoint", "notify.endpoint")
	}
	if raw, err := decode(a.P256dh); err != nil || !onCurve(raw) {
		bad.Add("keys.p256dh", "bad_format")
	}
	if raw, err := decode(a.Auth); err != nil || len(raw) != 16 {
		bad.Add("keys.auth", "bad_format")
	}
	return bad.Err()
}

func decode(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
}

func onCurve(raw []byte) bool {
	_, err := ecdh.P256().NewPublicKey(raw)
	return err == nil
}

// payload is what the browser's worker reads.
type payload struct {
	Title string `json:"title"`
	Body  string `json:"body,omitempty"`
	URL   string `json:"url,omitempty"`
	Tag   string `json:"tag,omitempty"` // a later message with the same tag takes the place of the earlier
}

func encode(d notify.Delivery) ([]byte, error) {
	p := payload{Title: d.Title, Body: d.Brief, URL: d.Path, Tag: d.Thread}
	for {
		raw, err := json.Marshal(p)
		if err != nil || len(raw) <= maxPayload {
			return raw, err
		}
		switch {
		case p.Body != "":
			p.Body = half(p.Body)
		case p.Title != "":
			p.Title = half(p.Title)
		default:
			return nil, errTooLong
		}
	}
}

// half cuts a text to half its length.
func half(s string) string {
	n := len(s) / 2
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

var errTooLong = errors.New("webpush: the message is too long")

// statusError is an answer that is no success.
type statusError struct{ status int }

func (e statusError) Error() string { return fmt.Sprintf("the push service answered %d", e.status) }

// Send hands one message to the push service. ErrGone is in the error's chain when
// the browser is no longer subscribed.
func (c *Channel) Send(ctx context.Context, d notify.Delivery) error {
	if err := c.cfg.Outbound.Check(d.To.Endpoint); err != nil {
		return err
	}
	text, err := encode(d)
	if err != nil {
		return err
	}
	o := push.Options{HTTPClient: c.client, RecordSize: record, Subscriber: strings.TrimPrefix(c.cfg.Contact, "mailto:"), Urgency: push.UrgencyNormal,
		TTL: int(max(d.Expires-d.Now, clock.Minute) / clock.Second), VAPIDPublicKey: c.cfg.Keys.Public, VAPIDPrivateKey: c.cfg.Keys.Private}
	if d.Urgent {
		o.Urgency = push.UrgencyHigh
	}
	if d.Thread != "" {
		o.Topic = id.Hash(d.Thread)[:32] // at most 32 characters of base64url
	}
	res, err := push.SendNotificationWithContext(ctx, text, &push.Subscription{Endpoint: d.To.Endpoint,
		Keys: push.Keys{P256dh: d.To.P256dh, Auth: d.To.Auth}}, &o)
	if err != nil {
		return withoutAddress(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusNotFound, res.StatusCode == http.StatusGone:
		return fmt.Errorf("%w: %w", notify.ErrGone, statusError{res.StatusCode})
	}
	return statusError{res.StatusCode}
}

// Permanent tells whether trying again is of no use: the address is not one we call,
// or the push service has refused the message itself.
func (c *Channel) Permanent(err error) bool {
	if errors.Is(err, outbound.ErrRefused) || errors.Is(err, errTooLong) {
		return true
	}
	var s statusError
	if !errors.As(err, &s) {
		return false
	}
	// A redirect is not followed, and will not go away. 408 and 429 will.
	return s.status >= 300 && s.status < 500 && s.status != http.StatusRequestTimeout && s.status != http.StatusTooManyRequests
}

// withoutAddress takes the endpoint out of an error: who knows it can send to the
// browser, so it does not belong into logs.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return fmt.Errorf("push: %w", u.Err)
	}
	return err
}

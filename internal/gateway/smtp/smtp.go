package smtp

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	stdmail "net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"

	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// The ways of security.
const (
	StartTLS = "starttls" // plain connection that must turn to TLS before anything is said
	TLS      = "tls"      // TLS from the first byte
	None     = "none"     // no TLS: only for servers within the house
)

// Config says which mail server to use.
type Config struct {
	Address  string // host:port
	Security string // StartTLS, TLS or None
	User     string // empty: the server wants no sign-in
	Password string
	From     string         // "Wardline <wardline@hospital.example>"
	Timeout  time.Duration  // for connecting, and for each exchange after that; 0 means 10 s
	Roots    *x509.CertPool // who may vouch for the server; nil means the system's
}

// Channel sends mail. It is safe for concurrent use.
type Channel struct {
	cfg  Config
	host string
	port int
	from *stdmail.Address
}

var _ notify.Channel = (*Channel)(nil)

// New returns the channel, or what is wrong with the configuration. It does not
// connect.
func New(cfg Config) (*Channel, error) {
	host, port, err := net.SplitHostPort(cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 || host == "" {
		return nil, fmt.Errorf("mail server %q: want host:port", cfg.Address)
	}
	from, err := stdmail.ParseAddress(cfg.From)
	if err != nil || !plain(cfg.From) {
		return nil, fmt.Errorf("sender of mail %q: want a name and an address", cfg.From)
	}
	if s := cfg.Security; s != StartTLS && s != TLS && s != None {
		return nil, fmt.Errorf("security of mail %q: want starttls, tls or none", s)
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, 10*time.Second)
	return &Channel{cfg: cfg, host: host, port: n, from: from}, nil
}

// Name returns "mail".
func (c *Channel) Name() string { return notify.Mail }

// Send hands one mail to the server. A server that has fallen silent holds it up for
// twice the time-out at most, even when the context ends before.
func (c *Channel) Send(ctx context.Context, d notify.Delivery) error {
	m, err := c.compose(d)
	if err != nil {
		return err
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("connect to the mail server: %w", err)
	}
	defer func() { _ = conn.Close() }() // a failed QUIT would leave it open
	err = client.SendWithSMTPClient(conn, m)
	_ = client.CloseWithSMTPClient(conn)
	if m.IsDelivered() { // what goes wrong after the server has taken the mail must not send it twice
		return nil
	}
	return err
}

func (c *Channel) client() (*mail.Client, error) {
	opts := []mail.Option{mail.WithPort(c.port), mail.WithTimeout(c.cfg.Timeout), mail.WithHELO(c.domain()), mail.WithoutNoop(), mail.WithoutRset(),
		mail.WithTLSConfig(&tls.Config{ServerName: c.host, RootCAs: c.cfg.Roots, MinVersion: tls.VersionTLS12})}
	switch c.cfg.Security {
	case TLS:
		opts = append(opts, mail.WithSSL())
	case StartTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	}
	if c.cfg.User != "" {
		// Of what the server offers the strongest; without TLS only what hides the password.
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.cfg.User), mail.WithPassword(c.cfg.Password))
	}
	return mail.NewClient(c.host, opts...)
}

// domain returns what stands behind the @ of the sender.
func (c *Channel) domain() string { return c.from.Address[strings.LastIndex(c.from.Address, "@")+1:] }

// errAddress marks a recipient that cannot be written to.
var errAddress = errors.New("smtp: not a mail address")

// compose writes the mail. Whatever could break a head line open is taken out here,
// although the encoders would not let it through either.
func (c *Channel) compose(d notify.Delivery) (*mail.Msg, error) {
	to, err := stdmail.ParseAddress(d.To.Endpoint)
	if err != nil || !plain(d.To.Endpoint) || to.Address != d.To.Endpoint {
		return nil, fmt.Errorf("%w: %q", errAddress, d.To.Endpoint)
	}
	to.Name = line(d.To.Name)
	m := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingB64), mail.WithNoDefaultUserAgent())
	m.FromMailAddress(c.from)
	m.ToMailAddress(to)
	m.Subject(line(d.Title))
	m.SetDateWithValue(clock.Time(d.Now))
	m.SetMessageIDWithValue(id.Hash(d.ID)[:32] + "@" + c.domain())
	if d.Thread != "" {
		// A mail that never was: programs put together what refers to the same one.
		m.SetGenHeader(mail.HeaderReferences, "<"+id.Hash(d.Thread)[:32]+".thread@"+c.domain()+">")
	}
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader(mail.HeaderXAutoResponseSuppress, "All")
	if d.Urgent {
		m.SetImportance(mail.ImportanceHigh)
	}
	m.SetBodyString(mail.TypeTextPlain, body(d))
	return m, nil
}

func body(d notify.Delivery) string {
	var b strings.Builder
	b.WriteString(d.Body)
	b.WriteString("\n")
	if d.URL != "" {
		b.WriteString("\n" + d.URL + "\n")
	}
	foot := "此邮件由系统自动发送,请勿回复。可在“通知设置”中关闭。"
	if d.Language == fault.English {
		foot = "This mail was sent automatically; please do not reply. You can switch it off in your notification settings."
	}
	b.WriteString("\n-- \n" + foot + "\n")
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}

func line(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)), " ")
}

func plain(s string) bool { return line(s) == strings.TrimSpace(s) }

// Permanent tells whether the server has refused this mail or its recipient for
// good. A refused sign-in or sender is not: the configuration may be mended.
func (c *Channel) Permanent(err error) bool {
	if errors.Is(err, errAddress) {
		return true
	}
	var e *mail.SendError
	if !errors.As(err, &e) || e.IsTemp() {
		return false
	}
	switch e.Reason {
	case mail.ErrSMTPRcptTo, mail.ErrSMTPData, mail.ErrSMTPDataClose:
		return e.ErrorCode() >= 500
	}
	return false
}

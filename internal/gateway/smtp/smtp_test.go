package smtp_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	server "github.com/emersion/go-smtp"

	"wardline/internal/gateway/smtp"
	"wardline/internal/notify"
	"wardline/internal/platform/fault"
)

// post is a mail server of another make, with what it has taken.
type post struct {
	user, password string // empty: no sign-in
	refuse         func(rcpt string) error
	silent         chan struct{} // when not nil, DATA waits for it

	mu    sync.Mutex
	mails []taken
}

type taken struct {
	from    string
	to      []string
	raw     []byte
	secure  bool
	signed  bool
	parsed  *mail.Message
	subject string
	body    string
}

func (p *post) NewSession(c *server.Conn) (server.Session, error) {
	_, secure := c.TLSConnectionState()
	return &session{post: p, now: taken{secure: secure}}, nil
}

type session struct {
	post *post
	now  taken
}

func (s *session) AuthMechanisms() []string {
	if s.post.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.post.user || password != s.post.password {
			return errors.New("wrong password")
		}
		s.now.signed = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *server.MailOptions) error {
	if s.post.user != "" && !s.now.signed {
		return server.ErrAuthRequired
	}
	s.now.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *server.RcptOptions) error {
	if s.post.refuse != nil {
		if err := s.post.refuse(to); err != nil {
			return err
		}
	}
	s.now.to = append(s.now.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.post.silent != nil {
		<-s.post.silent
	}
	s.now.raw = raw
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.mails = append(s.post.mails, s.now)
	return nil
}

func (s *session) Reset()        { s.now.to, s.now.from = nil, "" }
func (s *session) Logout() error { return nil }

// certificate returns one for 127.0.0.1 and who vouches for it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}, pool
}

// serve starts the server and returns the configuration that reaches it.
func serve(t *testing.T, p *post, security string) smtp.Config {
	t.Helper()
	conf, pool := certificate(t)
	s := server.NewServer(p)
	s.Domain, s.ReadTimeout, s.WriteTimeout = "mail.hospital.example", 10*time.Second, 10*time.Second
	s.ErrorLog = quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	switch security {
	case smtp.TLS:
		l = tls.NewListener(l, conf)
	case smtp.StartTLS:
		s.TLSConfig = conf
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _, _ = s.Close(), l.Close(); <-done })
	return smtp.Config{Address: address, Security: security, From: "Wardline 报修 <wardline@hospital.example>", Roots: pool, Timeout: 5 * time.Second}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func channel(t *testing.T, cfg smtp.Config) *smtp.Channel {
	t.Helper()
	c, err := smtp.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func delivery() notify.Delivery {
	return notify.Delivery{ID: "d1", To: notify.Address{Name: "张工", Endpoint: "zhang@hospital.example"}, Language: fault.Chinese,
		Title: "新任务 261122-0042", Brief: "打印机 · 门诊楼三层", Body: "李调度 派给您一张工单:打印机,地点 门诊楼三层。请尽快接单。",
		URL: "https://wardline.hospital.example/m/work/o/x", Thread: "x", Now: 1_790_000_000_000}
}

// only returns the one mail that was taken, read as a mail program would.
func (p *post) only(t *testing.T) taken {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.mails) != 1 {
		t.Fatalf("%d mails were taken", len(p.mails))
	}
	m := p.mails[0]
	var err error
	if m.parsed, err = mail.ReadMessage(bytes.NewReader(m.raw)); err != nil {
		t.Fatal(err)
	}
	if m.subject, err = new(mime.WordDecoder).DecodeHeader(m.parsed.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(decoded(t, m.parsed))
	if err != nil {
		t.Fatal(err)
	}
	m.body = string(raw)
	return m
}

func TestEveryWayOfSecurity(t *testing.T) {
	for _, security := range []string{smtp.None, smtp.StartTLS, smtp.TLS} {
		t.Run(security, func(t *testing.T) {
			p := &post{}
			if security != smtp.None {
				p.user, p.password = "wardline", "correct horse"
			}
			cfg := serve(t, p, security)
			cfg.User, cfg.Password = p.user, p.password
			if err := channel(t, cfg).Send(t.Context(), delivery()); err != nil {
				t.Fatal(err)
			}
			m := p.only(t)
			if m.secure != (security != smtp.None) || m.signed != (p.user != "") {
				t.Fatalf("secure %v, signed in %v", m.secure, m.signed)
			}
			if m.from != "wardline@hospital.example" || len(m.to) != 1 || m.to[0] != "zhang@hospital.example" {
				t.Fatalf("envelope %s → %v", m.from, m.to)
			}
			if m.subject != "新任务 261122-0042" {
				t.Fatalf("subject %q", m.subject)
			}
			for _, want := range []string{"李调度 派给您一张工单", "https://wardline.hospital.example/m/work/o/x", "请勿回复"} {
				if !strings.Contains(m.body, want) {
					t.Fatalf("the body lacks %q: %s", want, m.body)
				}
			}
			if m.parsed.Header.Get("Auto-Submitted") != "auto-generated" {
				t.Fatal("out-of-office programs would answer it")
			}
		})
	}
}

func TestNothingUnencrypted(t *testing.T) {
	for _, security := range []string{smtp.StartTLS, smtp.TLS} {
		p := &post{}
		cfg := serve(t, p, smtp.None) // a server without TLS
		cfg.Security, cfg.Timeout = security, time.Second
		c := channel(t, cfg)
		err := c.Send(t.Context(), delivery())
		if err == nil || c.Permanent(err) {
			t.Fatalf("%s: %v", security, err)
		}
		if len(p.mails) != 0 {
			t.Fatalf("%s: a mail went out in the open", security)
		}
	}
}

func TestStrangersCertificateIsRefused(t *testing.T) {
	p := &post{}
	cfg := serve(t, p, smtp.StartTLS)
	cfg.Roots = x509.NewCertPool()
	c := channel(t, cfg)
	if err := c.Send(t.Context(), delivery()); err == nil || c.Permanent(err) || len(p.mails) != 0 {
		t.Fatalf("%v, %d mails", err, len(p.mails))
	}
}

func TestPasswordStaysAtHomeWithoutTLS(t *testing.T) {
	p := &post{user: "wardline", password: "correct horse"}
	cfg := serve(t, p, smtp.None)
	cfg.User, cfg.Password = p.user, p.password
	c := channel(t, cfg)
	if err := c.Send(t.Context(), delivery()); err == nil || len(p.mails) != 0 {
		t.Fatalf("the password went out unencrypted: %v", err)
	}
}

func TestWrongPasswordIsTriedAgain(t *testing.T) {
	p := &post{user: "wardline", password: "correct horse"}
	cfg := serve(t, p, smtp.StartTLS)
	cfg.User, cfg.Password = p.user, "battery staple"
	c := channel(t, cfg)
	err := c.Send(t.Context(), delivery())
	if err == nil || c.Permanent(err) {
		t.Fatalf("an administrator can mend this: %v", err)
	}
	if strings.Contains(err.Error(), "battery staple") {
		t.Fatalf("the error shows the password: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		err       error
		permanent bool
	}{
		{&server.SMTPError{Code: 550, EnhancedCode: server.EnhancedCode{5, 1, 1}, Message: "no such user"}, true},
		{&server.SMTPError{Code: 450, EnhancedCode: server.EnhancedCode{4, 2, 1}, Message: "greylisted"}, false},
	} {
		p := &post{refuse: func(string) error { return c.err }}
		ch := channel(t, serve(t, p, smtp.None))
		err := ch.Send(t.Context(), delivery())
		if err == nil || ch.Permanent(err) != c.permanent {
			t.Errorf("%v: %v, permanent %v", c.err, err, ch.Permanent(err))
		}
	}
	nobody := channel(t, smtp.Config{Address: "127.0.0.1:1", Security: smtp.None, From: "a@b.example", Timeout: time.Second})
	if err := nobody.Send(t.Context(), delivery()); err == nil || nobody.Permanent(err) {
		t.Errorf("a server that is down comes back: %v", err)
	}
}

func TestSilentServerEndsTheTry(t *testing.T) {
	p := &post{silent: make(chan struct{})}
	cfg := serve(t, p, smtp.None)
	t.Cleanup(func() { close(p.silent) })
	cfg.Timeout = 300 * time.Millisecond
	c := channel(t, cfg)
	ended := make(chan error, 1)
	go func() { ended <- c.Send(context.Background(), delivery()) }()
	select {
	case err := <-ended:
		if err == nil || c.Permanent(err) {
			t.Fatalf("%v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("a silent server holds the sender for ever")
	}
}

func TestRepetitionHasTheSameMessageID(t *testing.T) {
	p := &post{}
	c := channel(t, serve(t, p, smtp.None))
	other := delivery()
	other.ID = "d2"
	for _, d := range []notify.Delivery{delivery(), delivery(), other} {
		if err := c.Send(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	var ids, threads []string
	for _, m := range p.mails {
		parsed, err := mail.ReadMessage(bytes.NewReader(m.raw))
		if err != nil {
			t.Fatal(err)
		}
		ids, threads = append(ids, parsed.Header.Get("Message-Id")), append(threads, parsed.Header.Get("References"))
	}
	if ids[0] == "" || ids[0] != ids[1] || ids[0] == ids[2] {
		t.Fatalf("message ids %v", ids)
	}
	if threads[0] == "" || threads[0] != threads[2] {
		t.Fatalf("threads %v", threads)
	}
}

func TestHeadersCannotBeInjected(t *testing.T) {
	evil := "x\r\nBcc: thief@evil.example\r\n\r\nX-Own: 1\n.\r\nRCPT TO:<thief@evil.example>\r\nx\u2028y\x00"
	for name, change := range map[string]func(*notify.Delivery){
		"title":  func(d *notify.Delivery) { d.Title = evil },
		"name":   func(d *notify.Delivery) { d.To.Name = evil },
		"body":   func(d *notify.Delivery) { d.Body = evil },
		"thread": func(d *notify.Delivery) { d.Thread = evil },
		"id":     func(d *notify.Delivery) { d.ID = evil },
		"quotes": func(d *notify.Delivery) { d.To.Name = `"<thief@evil.example>, "` },
	} {
		t.Run(name, func(t *testing.T) {
			p := &post{}
			c := channel(t, serve(t, p, smtp.None))
			d := delivery()
			change(&d)
			if err := c.Send(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			m := p.only(t)
			if len(m.to) != 1 || m.to[0] != "zhang@hospital.example" {
				t.Fatalf("recipients %v", m.to)
			}
			for key := range m.parsed.Header {
				switch key {
				case "Date", "Mime-Version", "Message-Id", "References", "Subject", "From", "To", "Content-Type", "Content-Transfer-Encoding",
					"Auto-Submitted", "X-Auto-Response-Suppress":
				default:
					t.Errorf("a header nobody asked for: %s: %s", key, m.parsed.Header.Get(key))
				}
			}
			list, err := m.parsed.Header.AddressList("To")
			if err != nil || len(list) != 1 || list[0].Address != "zhang@hospital.example" {
				t.Fatalf("To is %v, %v", list, err)
			}
		})
	}
	for _, address := range []string{"", "x", "a@b.example\r\nBcc: thief@evil.example", "a@b.example, thief@evil.example", "A <a@b.example>",
		"a@b.example>\r\nRCPT TO:<thief@evil.example", "a@b.example\x00"} {
		p := &post{}
		c := channel(t, serve(t, p, smtp.None))
		d := delivery()
		d.To.Endpoint = address
		err := c.Send(t.Context(), d)
		if err == nil || !c.Permanent(err) || len(p.mails) != 0 {
			t.Errorf("%q was written to: %v", address, err)
		}
	}
}

func TestConfiguration(t *testing.T) {
	good := smtp.Config{Address: "mail.example:587", Security: smtp.StartTLS, From: "W <w@x.example>"}
	if _, err := smtp.New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*smtp.Config){
		"no port":     func(c *smtp.Config) { c.Address = "mail.example" },
		"bad port":    func(c *smtp.Config) { c.Address = "mail.example:x" },
		"no host":     func(c *smtp.Config) { c.Address = ":25" },
		"no sender":   func(c *smtp.Config) { c.From = "" },
		"two senders": func(c *smtp.Config) { c.From = "a@x.example, b@x.example" },
		"line break":  func(c *smtp.Config) { c.From = "W <w@x.example>\r\nBcc: y@x.example" },
		"security":    func(c *smtp.Config) { c.Security = "ssl" },
	} {
		cfg := good
		change(&cfg)
		if _, err := smtp.New(cfg); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// decoded returns the body without its transfer encoding.
func decoded(t *testing.T, m *mail.Message) io.Reader {
	t.Helper()
	if e := m.Header.Get("Content-Transfer-Encoding"); e != "base64" {
		t.Fatalf("the body is encoded as %q", e)
	}
	return base64.NewDecoder(base64.StdEncoding, m.Body)
}

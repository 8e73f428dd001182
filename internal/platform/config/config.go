package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Setting is one thing an administrator may set.
type Setting struct {
	Env     string // name in the environment
	Flag    string // name on the command line
	Default string
	Doc     string // what it is and what it may be
	Secret  bool   // never shown
}

// Settings returns every setting, in the order in which they are documented.
func Settings() []Setting {
	return []Setting{
		{"WARDLINE_ADDRESS", "address", "127.0.0.1:8080", "host:port to listen on; :8080 listens on all addresses", false},
		{"WARDLINE_DATA", "data", "data", "folder of the SQLite database, attachments and secrets", false},
		{"WARDLINE_DATABASE_URL", "database-url", "", "postgres://… to use PostgreSQL instead of SQLite", true},
		{"WARDLINE_BASE_URL", "base-url", "", "what phones and browsers reach Wardline under, for links and codes; http://ADDRESS when empty", false},
		{"WARDLINE_ZONE", "zone", "Asia/Shanghai", "the hospital's time zone (IANA name)", false},
		{"WARDLINE_TLS_CERT", "tls-cert", "", "PEM file of the certificate; with the key, HTTPS is served", false},
		{"WARDLINE_TLS_KEY", "tls-key", "", "PEM file of the certificate's key", false},
		{"WARDLINE_TRUSTED_PROXIES", "trusted-proxies", "", "addresses or networks, parted by commas, whose X-Forwarded-For is believed", false},
		{"WARDLINE_SECRET", "secret", "", "at least 32 characters that sign links and codes; made in the data folder when empty; the same on all replicas", true},
		{"WARDLINE_SMTP_ADDRESS", "smtp-address", "", "host:port of the mail server; empty sends no mail", false},
		{"WARDLINE_SMTP_SECURITY", "smtp-security", "starttls", "starttls, tls or none", false},
		{"WARDLINE_SMTP_USER", "smtp-user", "", "name at the mail server", false},
		{"WARDLINE_SMTP_PASSWORD", "smtp-password", "", "password at the mail server", true},
		{"WARDLINE_SMTP_FROM", "smtp-from", "", "sender of mail, for example Wardline <wardline@hospital.example>", false},
		{"WARDLINE_PUSH_CONTACT", "push-contact", "", "mailto: or https: address that push services may turn to", false},
		{"WARDLINE_LOG_LEVEL", "log-level", "info", "debug, info, warn or error", false},
	}
}

// Config is what has been set.
type Config struct {
	Address, Data, DatabaseURL, BaseURL string
	Zone                                *time.Location
	TLSCert, TLSKey                     string
	TrustedProxies                      []netip.Prefix
	Secret                              string
	SMTP                                SMTP
	PushContact                         string
	LogLevel                            slog.Level
}

// SMTP is the way mail goes out.
type SMTP struct{ Address, Security, User, Password, From string }

// Load reads the environment and the arguments behind the command's name. Asking
// for help is flag.ErrHelp; other errors name each wrong setting.
func Load(command string, args []string, env func(string) string, out io.Writer) (Config, []string, error) {
	set := flag.NewFlagSet(command, flag.ContinueOnError)
	set.SetOutput(out)
	values := map[string]*string{}
	for _, s := range Settings() {
		v := env(s.Env)
		if v == "" {
			v = s.Default
		}
		doc := fmt.Sprintf("%s (%s)", s.Doc, s.Env)
		if s.Secret { // a default is printed by -h
			hidden := ""
			values[s.Flag] = &hidden
			set.StringVar(&hidden, s.Flag, "", doc)
			continue
		}
		values[s.Flag] = set.String(s.Flag, v, doc)
	}
	if err := set.Parse(args); err != nil {
		return Config{}, nil, err
	}
	for _, s := range Settings() {
		if s.Secret && *values[s.Flag] == "" {
			*values[s.Flag] = env(s.Env)
		}
	}
	c, err := check(func(name string) string { return strings.TrimSpace(*values[name]) })
	return c, set.Args(), err
}

// check turns the texts into values and gathers what is wrong.
func check(get func(string) string) (Config, error) {
	var wrong []error
	bad := func(name, why string) { wrong = append(wrong, fmt.Errorf("-%s: %s", name, why)) }
	c := Config{Address: get("address"), Data: get("data"), DatabaseURL: get("database-url"), BaseURL: strings.TrimSuffix(get("base-url"), "/"),
		TLSCert: get("tls-cert"), TLSKey: get("tls-key"), Secret: get("secret"), PushContact: get("push-contact"),
		SMTP: SMTP{Address: get("smtp-address"), Security: get("smtp-security"), User: get("smtp-user"), Password: get("smtp-password"), From: get("smtp-from")}}
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		bad("address", "must be host:port, for example 127.0.0.1:8080 or :8080")
	}
	if c.Data == "" {
		bad("data", "must name a folder")
	}
	if c.DatabaseURL != "" && !strings.HasPrefix(c.DatabaseURL, "postgres://") && !strings.HasPrefix(c.DatabaseURL, "postgresql://") {
		bad("database-url", "must begin with postgres://")
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		bad("tls-cert", "certificate and key go together: set both or none")
	}
	if c.BaseURL == "" {
		scheme := "http"
		if c.TLSCert != "" {
			scheme = "https"
		}
		if host == "" || host == "0.0.0.0" || host == "::" {
			host = "127.0.0.1"
		}
		c.BaseURL = scheme + "://" + net.JoinHostPort(host, port)
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		bad("base-url", "must be an http:// or https:// address")
	}
	if c.Zone, err = time.LoadLocation(get("zone")); err != nil || get("zone") == "" {
		bad("zone", "is no time zone known here, for example Asia/Shanghai")
	}
	if c.Secret != "" && len(c.Secret) < 32 {
		bad("secret", "must have at least 32 characters")
	}
	if s := c.SMTP.Security; s != "starttls" && s != "tls" && s != "none" {
		bad("smtp-security", "must be starttls, tls or none")
	}
	if c.SMTP.Address != "" && c.SMTP.From == "" {
		bad("smtp-from", "is needed to send mail")
	}
	if err := c.LogLevel.UnmarshalText([]byte(get("log-level"))); err != nil {
		bad("log-level", "must be debug, info, warn or error")
	}
	for _, p := range strings.Split(get("trusted-proxies"), ",") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(p)
		if a, aerr := netip.ParseAddr(p); err != nil && aerr == nil {
			prefix, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			bad("trusted-proxies", p+" is no address or network")
			continue
		}
		c.TrustedProxies = append(c.TrustedProxies, prefix)
	}
	return c, errors.Join(wrong...)
}

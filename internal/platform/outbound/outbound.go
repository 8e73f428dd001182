package outbound

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// ErrRefused is in the chain of every error about an address that may not be spoken to.
var ErrRefused = errors.New("outbound: this address may not be called")

// Options of a client.
type Options struct {
	Timeout time.Duration // for one exchange as a whole; 0 means 15 s
	TLS     *tls.Config   // nil means the system's certificates
	// AllowPrivate lets addresses of the own network and any port through. It is for
	// tests and for receivers that an administrator has named in the configuration.
	AllowPrivate bool
}

// Client returns a client for addresses from outside.
func Client(o Options) *http.Client {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if !o.AllowPrivate {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !Public(to.Addr()) || to.Port() != 443 {
				return fmt.Errorf("%w: %s", ErrRefused, address)
			}
			return nil
		}
	}
	return &http.Client{
		Timeout:       cmp.Or(o.Timeout, 15*time.Second),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: d.DialContext, TLSClientConfig: o.TLS, ForceAttemptHTTP2: true,
			MaxIdleConns: 20, MaxIdleConnsPerHost: 4, IdleConnTimeout: 90 * time.Second,
			TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// Check returns an error with ErrRefused in its chain unless the address has the
// form of one that a client may call. A name is judged when it is called.
func (o Options) Check(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return fmt.Errorf("%w: not a URL", ErrRefused)
	case u.Scheme != "https" || u.Opaque != "" || u.Hostname() == "":
		return fmt.Errorf("%w: not an https address", ErrRefused)
	case u.User != nil || u.Fragment != "":
		return fmt.Errorf("%w: user names and fragments have no place in it", ErrRefused)
	case o.AllowPrivate:
		return nil
	case u.Port() != "" && u.Port() != "443":
		return fmt.Errorf("%w: port %s", ErrRefused, u.Port())
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !Public(ip) {
		return fmt.Errorf("%w: %s", ErrRefused, ip)
	}
	return nil
}

// reserved are the ranges of the IANA special-purpose registries that the methods of
// netip.Addr do not know: this network, carrier NAT, protocol assignments,
// documentation, benchmarks, the former class E; and of IPv6 what embeds IPv4
// (compatible, NAT64, Teredo, 6to4), discard, documentation, SRv6 and site-local.
var reserved = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(list))
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Public tells whether an address belongs to the open internet.
func Public(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

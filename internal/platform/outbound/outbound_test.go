package outbound_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"

	"wardline/internal/platform/outbound"
)

func TestPublic(t *testing.T) {
	for _, s := range []string{"8.8.8.8", "1.1.1.1", "101.200.1.2", "2400:3200::1", "2606:4700::1111", "::ffff:8.8.8.8"} {
		if !outbound.Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is public", s)
		}
	}
	for _, s := range []string{"127.0.0.1", "127.8.9.1", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.169.254", "100.64.1.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
		"255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
		"64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::", "2001:db8::1", "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fc00::1", "fd12::1",
		"fec0::1", "ff02::1", "100::1"} {
		if outbound.Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is not public", s)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, good := range []string{"https://push.example.com/x", "https://push.example.com:443/a?b=c", "https://8.8.8.8/"} {
		if err := (outbound.Options{}).Check(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "x", "http://push.example.com/", "https:push.example.com", "https:///x", "https://a:b@push.example.com/",
		"https://push.example.com/#x", "https://push.example.com:8443/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
		"https://[fe80::1%25eth0]/", "file:///etc/passwd", "https://push.example.com/\x00"} {
		if err := (outbound.Options{}).Check(bad); !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := (outbound.Options{AllowPrivate: true}).Check("https://127.0.0.1:8443/"); err != nil {
		t.Error(err)
	}
	if err := (outbound.Options{AllowPrivate: true}).Check("http://127.0.0.1/"); err == nil {
		t.Error("http is never allowed")
	}
}

// server counts what reaches it.
func server(t *testing.T, h http.HandlerFunc) (*httptest.Server, *tls.Config, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { n.Add(1); h(w, r) }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			n.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, &n
}

func get(t *testing.T, c *http.Client, address string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err == nil {
		_ = res.Body.Close()
	}
	return res, err
}

func TestInsideIsOutOfReach(t *testing.T) {
	s, conf, reached := server(t, func(http.ResponseWriter, *http.Request) {})
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := outbound.Client(outbound.Options{TLS: conf})
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"} {
		res, err := get(t, c, "https://"+host+":"+u.Port()+"/")
		if err == nil {
			t.Errorf("%s answered %d", host, res.StatusCode)
		} else if !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Fatalf("the server inside saw %d connections", n)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	inside, _, reached := server(t, func(http.ResponseWriter, *http.Request) {})
	s, conf, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inside.URL, http.StatusTemporaryRedirect)
	})
	res, err := get(t, outbound.Client(outbound.Options{TLS: conf, AllowPrivate: true}), s.URL)
	if err != nil || res.StatusCode != http.StatusTemporaryRedirect {
		t.Fatalf("%v, %v", res, err)
	}
	if reached.Load() != 0 {
		t.Fatal("the redirect was followed")
	}
}

func TestEnvironmentProxyIsIgnored(t *testing.T) {
	// The standard library never asks a proxy about loopback, so the setting itself is looked at.
	tr, ok := outbound.Client(outbound.Options{}).Transport.(*http.Transport)
	if !ok || tr.Proxy != nil {
		t.Fatal("a proxy would be asked, and the address judged would be the proxy's")
	}
}

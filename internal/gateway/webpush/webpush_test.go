package webpush_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wardline/internal/gateway/webpush"
	"wardline/internal/notify"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/outbound"
)

var b64 = base64.RawURLEncoding

// browser is a browser's side of a subscription.
type browser struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, 16)
	_, _ = rand.Read(auth)
	return &browser{k, auth}
}

// open decrypts a message as RFC 8291 and 8188 have it.
func (b *browser) open(t *testing.T, body []byte) []byte {
	t.Helper()
	if len(body) < 86 || body[20] != 65 {
		t.Fatalf("no head of aes128gcm: %d bytes", len(body))
	}
	salt, sender, sealed := body[:16], body[21:86], body[86:]
	pub, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := b.key.ECDH(pub)
	if err != nil {
		t.Fatal(err)
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	ikm := derive(shared, b.auth, "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(sender), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	text, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	if err != nil {
		t.Fatalf("the browser cannot read the message: %v", err)
	}
	end := strings.LastIndexByte(string(text), 2)
	if end < 0 || strings.Trim(string(text[end+1:]), "\x00") != "" {
		t.Fatal("the padding is wrong")
	}
	return text[:end]
}

// service is a push service that looks at what it is given.
type service struct {
	*httptest.Server
	answer http.HandlerFunc // nil: 201

	mu   sync.Mutex
	seen []arrived
}

type arrived struct {
	header http.Header
	path   string
	body   []byte
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.seen = append(s.seen, arrived{r.Header.Clone(), r.URL.Path, body})
		s.mu.Unlock()
		if s.answer != nil {
			s.answer(w, r)
			return
		}
		w.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) reach() outbound.Options {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return outbound.Options{AllowPrivate: true, TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
}

func keys(t *testing.T) webpush.Keys {
	t.Helper()
	k, err := webpush.DeriveKeys([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func channel(t *testing.T, o outbound.Options) *webpush.Channel {
	t.Helper()
	c, err := webpush.New(webpush.Config{Keys: keys(t), Contact: "mailto:it@hospital.example", Outbound: o})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (b *browser) at(endpoint string) notify.Address {
	return notify.Address{Name: "张工", Endpoint: endpoint, P256dh: b64.EncodeToString(b.key.PublicKey().Bytes()), Auth: b64.EncodeToString(b.auth)}
}

func delivery(to notify.Address) notify.Delivery {
	return notify.Delivery{ID: "d1", To: to, Language: fault.Chinese, Title: "新任务 261122-0042", Brief: "打印机 · 门诊楼三层",
		Body: "李调度 派给您一张工单", Path: "/m/work/o/x", URL: "https://wardline.example/m/work/o/x", Thread: "x", Urgent: true, Now: 1000, Expires: 3_601_000}
}

// token checks the signature of a VAPID header as RFC 8292 has it and returns what it claims.
func token(t *testing.T, header, wantKey string) map[string]any {
	t.Helper()
	rest, ok := strings.CutPrefix(header, "vapid t=")
	jwt, key, ok2 := strings.Cut(rest, ", k=")
	parts := strings.Split(jwt, ".")
	if !ok || !ok2 || len(parts) != 3 || key != wantKey {
		t.Fatalf("no VAPID header: %q", header)
	}
	raw, err := b64.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := b64.DecodeString(parts[2])
	if err != nil || len(sig) != 64 {
		t.Fatalf("signature: %v", err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(signer, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		t.Fatal("the signature is not ours")
	}
	claims := map[string]any{}
	raw, err = b64.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestBrowserCanReadIt(t *testing.T) {
	s, b := newService(t), newBrowser(t)
	c := channel(t, s.reach())
	if err := c.Send(t.Context(), delivery(b.at(s.URL+"/push/abc"))); err != nil {
		t.Fatal(err)
	}
	if len(s.seen) != 1 || s.seen[0].path != "/push/abc" {
		t.Fatalf("%d requests", len(s.seen))
	}
	got := s.seen[0]
	if len(got.body) > 3072 {
		t.Fatalf("%d bytes", len(got.body))
	}
	var text map[string]string
	if err := json.Unmarshal(b.open(t, got.body), &text); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"title": "新任务 261122-0042", "body": "打印机 · 门诊楼三层", "url": "/m/work/o/x", "tag": "x"}
	if len(text) != len(want) {
		t.Fatalf("more than the title and the brief left the house: %v", text)
	}
	for k, v := range want {
		if text[k] != v {
			t.Errorf("%s is %q", k, text[k])
		}
	}
	h := got.header
	if h.Get("TTL") != "3600" || h.Get("Urgency") != "high" || h.Get("Content-Encoding") != "aes128gcm" || len(h.Get("Topic")) != 32 {
		t.Fatalf("headers %v", h)
	}
	claims := token(t, h.Get("Authorization"), c.PublicKey())
	if claims["aud"] != s.URL || claims["sub"] != "mailto:it@hospital.example" {
		t.Fatalf("claims %v", claims)
	}
	exp, _ := claims["exp"].(float64)
	if left := time.Until(time.Unix(int64(exp), 0)); left <= 0 || left > 24*time.Hour {
		t.Fatalf("push services refuse a token that is valid for %v", left)
	}
}

func TestLengthTellsNothing(t *testing.T) {
	s, b := newService(t), newBrowser(t)
	c := channel(t, s.reach())
	short, long := delivery(b.at(s.URL)), delivery(b.at(s.URL))
	short.Title, short.Brief = "a", ""
	long.Title, long.Brief = strings.Repeat("题", 300), strings.Repeat("点", 2000)
	for _, d := range []notify.Delivery{short, long} {
		if err := c.Send(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.seen[0].body) != 3072 || len(s.seen[1].body) != 3072 {
		t.Fatalf("%d and %d bytes", len(s.seen[0].body), len(s.seen[1].body))
	}
	var text struct{ Title, Body string }
	if err := json.Unmarshal(b.open(t, s.seen[1].body), &text); err != nil || text.Title != long.Title || !strings.HasPrefix(long.Brief, text.Body) || text.Body == "" {
		t.Fatalf("%v: %q", err, text.Body)
	}
}

func TestAnswers(t *testing.T) {
	s, b := newService(t), newBrowser(t)
	c := channel(t, s.reach())
	status := 0
	s.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte("secret of the inside"))
	}
	for _, x := range []struct {
		status                int
		good, gone, permanent bool
	}{
		{200, true, false, false}, {201, true, false, false}, {202, true, false, false},
		{404, false, true, true}, {410, false, true, true},
		{400, false, false, true}, {403, false, false, true}, {413, false, false, true},
		{408, false, false, false}, {429, false, false, false}, {500, false, false, false}, {503, false, false, false},
	} {
		status = x.status
		err := c.Send(t.Context(), delivery(b.at(s.URL)))
		if (err == nil) != x.good || errors.Is(err, notify.ErrGone) != x.gone || err != nil && c.Permanent(err) != x.permanent {
			t.Errorf("%d: %v, gone %v, permanent %v", x.status, err, errors.Is(err, notify.ErrGone), c.Permanent(err))
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the answer of a stranger is kept: %v", err)
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	inside, b := newService(t), newBrowser(t)
	s := newService(t)
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inside.URL, http.StatusPermanentRedirect)
	}
	c := channel(t, s.reach())
	err := c.Send(t.Context(), delivery(b.at(s.URL)))
	if err == nil || !c.Permanent(err) || len(inside.seen) != 0 {
		t.Fatalf("%v; the other server saw %d requests", err, len(inside.seen))
	}
}

func TestOwnNetworkIsOutOfReach(t *testing.T) {
	s, b := newService(t), newBrowser(t)
	o := s.reach()
	o.AllowPrivate = false
	c := channel(t, o)
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	for _, endpoint := range []string{s.URL, "https://localhost/x", "https://127.0.0.1/x", "https://[::ffff:127.0.0.1]/x", "https://[::1]/x", "https://localhost" + port,
		"https://10.0.0.1/x", "https://169.254.169.254/latest", "https://192.168.1.1/", "http://push.example.com/x", "https://user@push.example.com/x", "https://push.example.com:8443/x"} {
		err := c.Send(t.Context(), delivery(b.at(endpoint)))
		if err == nil || !c.Permanent(err) {
			t.Errorf("%s: %v", endpoint, err)
		}
		if !strings.Contains(endpoint, "localhost") || strings.Contains(endpoint, port) { // a name is judged when it is called
			if err := c.Check(b.at(endpoint)); fault.CodeOf(err) != "invalid" {
				t.Errorf("%s was accepted as a subscription", endpoint)
			}
		}
	}
	if len(s.seen) != 0 {
		t.Fatal("a server inside was reached")
	}
}

func TestCheck(t *testing.T) {
	c, b := channel(t, outbound.Options{}), newBrowser(t)
	good := b.at("https://push.example.com/abc")
	if err := c.Check(good); err != nil {
		t.Fatal(err)
	}
	padded := good
	padded.Auth += "=="
	if err := c.Check(padded); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*notify.Address){
		"endpoint":    func(a *notify.Address) { a.Endpoint = "javascript:alert(1)" },
		"keys.p256dh": func(a *notify.Address) { a.P256dh = b64.EncodeToString(append([]byte{4}, make([]byte, 64)...)) },
		"keys.auth":   func(a *notify.Address) { a.Auth = b64.EncodeToString(make([]byte, 15)) },
	} {
		bad := good
		change(&bad)
		f, ok := fault.Of(c.Check(bad))
		if !ok || len(f.Fields) != 1 || f.Fields[0].Field != field {
			t.Errorf("%s: %v", field, f)
		}
	}
}

func TestErrorsDoNotShowTheEndpoint(t *testing.T) {
	s, b := newService(t), newBrowser(t)
	c := channel(t, s.reach())
	s.Close()
	err := c.Send(t.Context(), delivery(b.at(s.URL+"/very-secret")))
	if err == nil || c.Permanent(err) || strings.Contains(err.Error(), "very-secret") {
		t.Fatalf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Send(ctx, delivery(b.at(s.URL))); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
}

func TestKeys(t *testing.T) {
	k := keys(t)
	if again := keys(t); again != k {
		t.Fatal("the same secret made other keys: every browser would have to subscribe anew")
	}
	other, err := webpush.DeriveKeys([]byte("another secret of the same length"))
	if err != nil || other.Public == k.Public {
		t.Fatalf("%v", err)
	}
	for name, cfg := range map[string]webpush.Config{
		"strange private": {Keys: webpush.Keys{Public: k.Public, Private: "!"}, Contact: "mailto:a@b.example"},
		"zero private":    {Keys: webpush.Keys{Public: k.Public, Private: b64.EncodeToString(make([]byte, 32))}, Contact: "mailto:a@b.example"},
		"no pair":         {Keys: webpush.Keys{Public: other.Public, Private: k.Private}, Contact: "mailto:a@b.example"},
		"no contact":      {Keys: k},
	} {
		if _, err := webpush.New(cfg); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

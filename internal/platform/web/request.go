package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

type request struct {
	id   string
	ip   string
	lang fault.Language
	log  *slog.Logger
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{lang: fault.Chinese, log: slog.Default()}
}

// RequestID returns the number under which the log knows the request.
func RequestID(ctx context.Context) string { return requestOf(ctx).id }

// IP returns the client's address: the peer's, or the one a trusted proxy reports.
func IP(ctx context.Context) string { return requestOf(ctx).ip }

// Language returns the language the client asked for.
func Language(ctx context.Context) fault.Language { return requestOf(ctx).lang }

// clientIP believes X-Forwarded-For only from a trusted proxy, and then takes the
// last address that is not itself a trusted proxy.
func clientIP(r *http.Request, trusted []netip.Prefix) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	isTrusted := func(s string) bool {
		a, err := netip.ParseAddr(strings.TrimSpace(s))
		if err != nil {
			return false
		}
		for _, p := range trusted {
			if p.Contains(a.Unmap()) {
				return true
			}
		}
		return false
	}
	if !isTrusted(host) {
		return host
	}
	hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		if !isTrusted(hop) {
			return hop
		}
		host = hop
	}
	return host
}

// policy forbids everything a page of ours does not need; scanning codes needs
// WebAssembly, pictures may come from the page itself.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(code int) {
	if s.status == 0 {
		s.status = code
	}
	s.ResponseWriter.WriteHeader(code)
}

func (s *statusWriter) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Wrap puts around a handler what every request passes: number, address, language,
// security headers, cross-origin protection, sign-in, and a net under panics.
func (a *API) Wrap(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		WriteError(w, r, fault.New(fault.Forbidden, "cross_origin"))
	}))
	protected := cross.Handler(a.signIn(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		req := &request{id: id.New(), ip: clientIP(r, a.cfg.TrustedProxies), log: a.cfg.Logger,
			lang: fault.ParseLanguage(r.Header.Get("Accept-Language"))}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, req))
		h := w.Header()
		h.Set("X-Request-Id", req.id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Frame-Options", "DENY")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		sw := &statusWriter{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				a.cfg.Logger.Error("panic", "value", p, "path", r.URL.Path, "reference", req.id, "stack", string(debug.Stack()))
				if sw.status == 0 {
					WriteError(sw, r, fault.New(fault.Internal, "internal", "reference", req.id))
				}
			}
			if sw.status >= 500 {
				a.cfg.Logger.Warn("request", "method", r.Method, "path", r.URL.Path, "status", sw.status,
					"ms", time.Since(start).Milliseconds(), "reference", req.id)
			}
		}()
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		if r.Header.Get("Authorization") != "" { // a token is not sent by a browser on its own
			a.signIn(next).ServeHTTP(sw, r)
			return
		}
		protected.ServeHTTP(sw, r)
	})
}

func (a *API) signIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.cfg.Authenticate == nil {
			next.ServeHTTP(w, r)
			return
		}
		ctx, err := a.cfg.Authenticate(r)
		if err != nil {
			WriteError(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

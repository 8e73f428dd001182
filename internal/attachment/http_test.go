package attachment_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"wardline/internal/attachment"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

func serve(t *testing.T, h house) *httptest.Server {
	t.Helper()
	api := web.New(web.Config{Version: "test", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Authenticate: func(r *http.Request) (context.Context, error) {
			if id := r.Header.Get("X-Person"); id != "" {
				return person(r.Context(), id), nil
			}
			return r.Context(), nil
		}})
	tries := 0
	attachment.HTTP{Service: h.s, Limit: func(context.Context, string) error {
		if tries++; tries > 3 {
			return fault.New(fault.TooMany, "too_many", "seconds", 1)
		}
		return nil
	}}.Register(api)
	s := httptest.NewServer(api.Handler())
	t.Cleanup(s.Close)
	return s
}

// form wraps a file as a browser does.
func form(t *testing.T, name, kind string, body []byte) (string, []byte) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if err := m.WriteField("note", "a field before the file"); err != nil {
		t.Fatal(err)
	}
	head := textproto.MIMEHeader{}
	head.Set("Content-Disposition", fmt.Sprintf(`form-data; name="file"; filename=%q`, name))
	head.Set("Content-Type", kind)
	p, err := m.CreatePart(head)
	if err == nil {
		_, err = p.Write(body)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return m.FormDataContentType(), b.Bytes()
}

func post(t *testing.T, s *httptest.Server, kind string, body []byte, header ...string) (int, attachment.Uploaded, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+web.Prefix+"/attachments", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("X-Person", "nurse")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var u attachment.Uploaded
	_ = json.Unmarshal(raw, &u)
	return res.StatusCode, u, string(raw)
}

func get(t *testing.T, s *httptest.Server, path string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+web.Prefix+"/attachments/"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Person", "nurse")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, raw
}

const (
	svg  = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	html = `<!DOCTYPE html><html><body><script>alert(1)</script></body></html>`
	pdf  = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
)

func TestAttacksByUpload(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		s := serve(t, h)
		for name, c := range map[string]struct{ file, kind, body string }{
			"SVG":                       {"a.svg", "image/svg+xml", svg},
			"SVG said to be PNG":        {"a.png", "image/png", svg},
			"SVG behind XML and spaces": {"a.png", "image/png", "\xef\xbb\xbf  <?xml version=\"1.0\"?>\n<!-- x -->" + svg},
			"HTML":                      {"a.html", "text/html", html},
			"HTML said to be PNG":       {"a.png", "image/png", html},
			"HTML behind blanks":        {"a.png", "image/png", strings.Repeat(" ", 500) + html},
			"HTML without its head":     {"a.jpg", "image/jpeg", "<script>alert(1)</script>"},
			"script":                    {"a.js", "text/javascript", "alert(1)"},
			"program":                   {"a.jpg", "image/jpeg", "MZ\x90\x00\x03\x00\x00\x00"},
			"shell":                     {"a.jpg", "image/jpeg", "#!/bin/sh\nrm -rf /"},
			"PHP":                       {"a.php.jpg", "image/jpeg", "<?php system($_GET[0]);"},
			"archive":                   {"a.pdf", "application/pdf", "PK\x03\x04\x14\x00\x00\x00\x00\x00"},
			"plain text":                {"a.txt", "text/plain", "hello"},
			"XML":                       {"a.xml", "application/pdf", "<?xml version=\"1.0\"?><x/>"},
			"empty":                     {"a.png", "image/png", ""},
			"half a JPEG":               {"a.jpg", "image/jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF"},
			"JPEG that is HTML":         {"a.jpg", "image/jpeg", "\xff\xd8\xff" + html},
		} {
			kind, body := form(t, c.file, c.kind, []byte(c.body))
			if status, _, raw := post(t, s, kind, body); status != 422 {
				t.Errorf("%s: %d %s", name, status, raw)
			}
			if status, _, raw := post(t, s, c.kind, []byte(c.body)); status != 422 {
				t.Errorf("%s, raw: %d %s", name, status, raw)
			}
		}
		if n := h.files(t); n != 0 {
			t.Errorf("%d refused files were kept", n)
		}
	})
}

func TestNamesThatAreAttacks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		s := serve(t, h)
		png := picture(t, 4, 4)
		for name, want := range map[string]string{
			"../../../etc/passwd":          "passwd.png",
			`..\..\windows\system.ini`:     "system.png",
			"photo.png.html":               "photo_png.png",
			"shell.php\x00.png":            "shell_php.png",
			"a\"; filename=\"evil.html":    "a__ filename=_evil.png",
			"x.pht":                        "x.png",
			"截图 2026.11.22.png":            "截图 2026_11_22.png",
			"<img src=x onerror=alert(1)>": "img src=x onerror=alert(1).png",
		} {
			_, u, raw := post(t, s, "image/png", png, "X-File-Name", url.PathEscape(name))
			if u.Name != want {
				t.Errorf("%q: got %q, want %q: %s", name, u.Name, want, raw)
				continue
			}
			res, _ := get(t, s, u.ID)
			_, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
			if err != nil || params["filename"] != want || len(params) != 1 {
				t.Errorf("%q: disposition %q %v", name, res.Header.Get("Content-Disposition"), err)
			}
		}
	})
}

func TestSize(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		s := serve(t, h)
		video := func(size int) []byte {
			return append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, size-24)...)
		}
		status, u, raw := post(t, s, "video/mp4", video(attachment.MaxBytes))
		if status != 201 || u.Type != "video/mp4" || u.Size != attachment.MaxBytes {
			t.Fatalf("the largest that is allowed: %d %s", status, raw)
		}
		kind, body := form(t, "a.mp4", "video/mp4", video(attachment.MaxBytes+1))
		if status, _, raw = post(t, s, kind, body); status != 413 || !strings.Contains(raw, "30 MB") {
			t.Fatalf("one byte more: %d %s", status, raw)
		}
		if status, _, raw = post(t, s, "video/mp4", video(attachment.MaxBytes+1)); status != 413 {
			t.Fatalf("one byte more, raw: %d %s", status, raw)
		}
		if n := h.files(t); n != 1 {
			t.Fatalf("%d files", n)
		}
	})
}

func TestDownload(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		s := serve(t, h)
		body := picture(t, 40, 20)
		_, u, raw := post(t, s, "image/png", body, "X-File-Name", "leak.png")
		if u.ID == "" {
			t.Fatal(raw)
		}
		res, got := get(t, s, u.ID)
		if res.StatusCode != 200 || !bytes.Equal(got, body) {
			t.Fatal(res.StatusCode)
		}
		for name, want := range map[string]string{
			"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
			"Content-Disposition": "inline; filename=leak.png", "Cache-Control": "private, max-age=600", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		if res, got = get(t, s, u.ID, "Range", "bytes=2-5"); res.StatusCode != 206 || !bytes.Equal(got, body[2:6]) {
			t.Errorf("range: %d %q", res.StatusCode, got)
		}
		if res, _ = get(t, s, u.ID, "If-None-Match", res.Header.Get("ETag")); res.StatusCode != 304 {
			t.Errorf("unchanged: %d", res.StatusCode)
		}
		if res, _ = get(t, s, u.ID+"?download=1"); !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
			t.Error("download is shown")
		}
		res, got = get(t, s, u.ID+"?size=160")
		if p, err := jpeg.Decode(bytes.NewReader(got)); err != nil || res.Header.Get("Content-Type") != "image/jpeg" || p.Bounds().Dx() != 40 {
			t.Errorf("preview: %v %s", err, res.Header.Get("Content-Type"))
		}
		for _, path := range []string{u.ID + "?size=7", u.ID + "?size=x", u.ID + "?size=-320"} {
			if res, _ = get(t, s, path); res.StatusCode != 422 {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
		}
		for _, id := range []string{"nothing", "..%2f..%2fetc%2fpasswd", u.ID[:25], u.ID + "x", "%00"} {
			if res, _ = get(t, s, id); res.StatusCode != 404 {
				t.Errorf("%s: %d", id, res.StatusCode)
			}
		}
		if res, _ = get(t, s, u.ID, "X-Person", "other"); res.StatusCode != 404 {
			t.Errorf("another person: %d", res.StatusCode)
		}
		if res, _ = get(t, s, u.ID+"?size=160", "X-Person", "other"); res.StatusCode != 404 {
			t.Errorf("another person's preview: %d", res.StatusCode)
		}
		_, u, _ = post(t, s, "application/pdf", []byte(pdf))
		if res, _ = get(t, s, u.ID); !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
			t.Error("a PDF is shown within the page")
		}
		if res, _ = get(t, s, u.ID+"?size=160"); res.StatusCode != 404 {
			t.Errorf("preview of a PDF: %d", res.StatusCode)
		}
	})
}

func TestSoundAndPicturesOfOneContainer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := serve(t, open(t, d))
		mp4 := []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08moov")
		webm := []byte("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm\x42\x87\x81\x04")
		for _, c := range []struct {
			body           []byte
			declared, want string
		}{
			{mp4, "audio/mp4", "audio/mp4"}, {mp4, "video/mp4", "video/mp4"}, {mp4, "text/html", "video/mp4"}, {mp4, "image/svg+xml", "video/mp4"},
			{webm, "audio/webm;codecs=opus", "audio/webm"}, {webm, "video/webm", "video/webm"}, {webm, "audio/mp4", "video/webm"},
		} {
			if _, u, raw := post(t, s, c.declared, c.body); u.Type != c.want {
				t.Errorf("%s: got %q, want %s: %s", c.declared, u.Type, c.want, raw)
			}
		}
	})
}

func TestOneFileAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		s := serve(t, h)
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for range 2 {
			p, err := m.CreateFormFile("file", "a.png")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Write(picture(t, 4, 4)); err != nil {
				t.Fatal(err)
			}
		}
		_ = m.Close()
		if status, _, raw := post(t, s, m.FormDataContentType(), b.Bytes()); status != 422 || !strings.Contains(raw, "attachment.one_file") {
			t.Errorf("%d %s", status, raw)
		}
		if status, _, raw := post(t, s, "multipart/form-data", nil); status != 422 {
			t.Errorf("no boundary: %d %s", status, raw)
		}
		cut := b.Bytes()[:b.Len()/3]
		if status, _, raw := post(t, s, m.FormDataContentType(), cut); status != 422 {
			t.Errorf("cut: %d %s", status, raw)
		}
		if n := h.files(t); n != 0 {
			t.Errorf("%d files kept", n)
		}
	})
}

// A signature is a small picture: its form fits into one reading.
func TestSmallFileInAForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := serve(t, open(t, d))
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		p, err := m.CreateFormFile("file", "sign.png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(picture(t, 4, 4)); err != nil {
			t.Fatal(err)
		}
		_ = m.Close()
		if status, u, raw := post(t, s, m.FormDataContentType(), b.Bytes()); status != 201 || u.Type != "image/png" {
			t.Errorf("%d %s", status, raw)
		}
	})
}

func TestPublicUploadOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := serve(t, open(t, d))
		png := picture(t, 4, 4)
		if status, _, raw := post(t, s, "image/png", png, "X-Person", ""); status != 401 {
			t.Errorf("no code: %d %s", status, raw)
		}
		status, u, raw := post(t, s, "image/png", png, "X-Person", "", "X-Scan-Code", "good")
		if status != 201 {
			t.Fatalf("%d %s", status, raw)
		}
		if res, _ := get(t, s, u.ID, "X-Person", ""); res.StatusCode != 200 {
			t.Errorf("the uploader sees %d", res.StatusCode)
		}
		if res, _ := get(t, s, attachment.ID(u.ID), "X-Person", ""); res.StatusCode != 404 {
			t.Errorf("without the secret: %d", res.StatusCode)
		}
		_, _, _ = post(t, s, "image/png", png, "X-Person", "", "X-Scan-Code", "good")
		if status, _, _ := post(t, s, "image/png", png, "X-Person", "", "X-Scan-Code", "good"); status != 429 {
			t.Errorf("the fourth try: %d", status)
		}
		if status, _, _ := post(t, s, "image/png", png); status != 201 {
			t.Errorf("the limit of the public stopped a nurse: %d", status)
		}
	})
}

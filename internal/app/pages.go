package app

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"wardline/internal/platform/web"
	pages "wardline/web"
)

// faces are the built pages: the folder of each below the address it is served at.
var faces = []struct{ address, folder string }{
	{"/m/work/", "work"}, {"/m/", "report"}, {"/p/", "report"}, {"/desk/", "desk"}, {"/screen/", "screen"},
}

// file is one built file, with its compressed form when that is smaller.
type file struct {
	plain, packed []byte
	kind          string
	forever       bool // its name changes with its content
}

// pages serves the built front end from memory; an address without a file of its
// own gets the face's index page, which finds its way by the address.
func (a *App) pages() {
	tree := pages.Files()
	for _, f := range faces {
		files := gather(tree, f.folder)
		if files["index.html"] == nil {
			files = gather(tree, ".")
		}
		a.API.Handle("GET "+f.address, web.Public, serve(f.address, files))
	}
	a.API.Handle("GET /{$}", web.Public, http.RedirectHandler("/m/", http.StatusFound))
}

func gather(tree fs.FS, folder string) map[string]*file {
	out := map[string]*file{}
	_ = fs.WalkDir(tree, folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		raw, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil
		}
		kind := mime.TypeByExtension(path.Ext(name))
		switch path.Ext(name) {
		case ".webmanifest":
			kind = "application/manifest+json"
		case ".js", ".mjs":
			kind = "text/javascript; charset=utf-8"
		case ".wasm":
			kind = "application/wasm"
		}
		rel := strings.TrimPrefix(strings.TrimPrefix(name, folder), "/")
		f := &file{plain: raw, kind: kind, forever: strings.HasPrefix(rel, "assets/")}
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		_, _ = z.Write(raw)
		_ = z.Close()
		if b.Len() < len(raw)*9/10 {
			f.packed = b.Bytes()
		}
		out[rel] = f
		return nil
	})
	return out
}

func serve(address string, files map[string]*file) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, address)
		f := files[name]
		// A file that is gone is told as gone, so that an old page knows to load itself
		// anew; a page may be called assets/ID.
		if f == nil && path.Ext(name) != "" && (strings.HasPrefix(name, "assets/") || !strings.Contains(name, "/")) {
			http.NotFound(w, r)
			return
		}
		if f == nil {
			f = files["index.html"]
		}
		if f == nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", f.kind)
		h.Set("Vary", "Accept-Encoding")
		h.Set("Cache-Control", "no-cache")
		if f.forever {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		body := f.plain
		if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.packed
		}
		_, _ = w.Write(body)
	})
}

// OpenAPIDocument returns the API's document as indented JSON with sorted keys.
func (a *App) OpenAPIDocument() ([]byte, error) {
	raw, err := json.Marshal(a.API.OpenAPI())
	if err != nil {
		return nil, err
	}
	var any map[string]any
	if err := json.Unmarshal(raw, &any); err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(any, "", "  ")
	return append(out, '\n'), err
}

func (a *App) openAPI() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := a.OpenAPIDocument()
		if err != nil {
			web.WriteError(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(raw)
	})
}

package org

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
	"wardline/internal/platform/web"
)

// maxUpload is how large an uploaded list may be.
const maxUpload = 20 << 20

func (h HTTP) imports(api *web.API) {
	// Which permission is needed depends on the kind: people need person.write, the
	// rest org.write. The service looks.
	api.Handle("POST "+web.Prefix+"/org/imports/{kind}", web.SignedIn, http.HandlerFunc(h.preview))
	api.Handle("GET "+web.Prefix+"/org/exports/{kind}", web.SignedIn, http.HandlerFunc(h.export))
	web.Register(api, web.Op{Method: "GET", Path: "/org/imports/{token}", ID: "list-import-rows", Tag: tag, Access: web.SignedIn,
		Summary: "List what an import would do, line by line; wrong lines first"},
		func(ctx context.Context, in *struct {
			web.Page
			Token  string `path:"token" maxLength:"64"`
			Action Action `query:"action" enum:"add,change,same,wrong" doc:"Only these lines"`
		}) (*listOut[ImportRow], error) {
			rows, next, err := h.Service.ImportRows(ctx, in.Token, in.Action, in.Limit, in.Cursor)
			out := &listOut[ImportRow]{}
			out.Body.Items, out.Body.NextCursor = rows, next
			return out, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/org/imports/{token}/apply", ID: "apply-import", Tag: tag, Access: web.SignedIn,
		Summary: "Do what the preview said, whole or not at all"},
		func(ctx context.Context, in *struct {
			Token string `path:"token" maxLength:"64"`
		}) (*oneOut[ImportCounts], error) {
			done, err := h.Service.ApplyImport(ctx, in.Token)
			return &oneOut[ImportCounts]{done}, err
		})
}

// preview takes a file as the part "file" of a form and answers with a ImportPreview.
func (h HTTP) preview(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	name, file, err := upload(r)
	var out ImportPreview
	if err == nil {
		out, err = h.Service.PreviewImport(r.Context(), Kind(r.PathValue("kind")), name, file, web.Language(r.Context()))
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = &fault.Fault{Kind: fault.TooLarge, Code: "too_large", Params: map[string]any{"max": "20 MB"}, Cause: tooLarge}
	} else if errors.Is(err, io.ErrUnexpectedEOF) { // the form breaks off
		err = fault.Field("file", "bad_format")
	}
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

// upload returns the form's part "file" as a stream.
func upload(r *http.Request) (name string, file io.Reader, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, fault.Field("file", "bad_format")
	}
	for {
		part, err := form.NextPart()
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return "", nil, err
		}
		if err != nil {
			return "", nil, fault.Field("file", "required")
		}
		if part.FormName() != "file" {
			continue
		}
		name := strings.ToValidUTF8(part.FileName(), "")
		if runes := []rune(name); len(runes) > 200 {
			name = string(runes[:200])
		}
		return name, part, nil
	}
}

// export answers with a file; format is xlsx or csv, template=true leaves the rows out.
func (h HTTP) export(w http.ResponseWriter, r *http.Request) {
	kind, lang := Kind(r.PathValue("kind")), web.Language(r.Context())
	format, err := table.ParseFormat(r.URL.Query().Get("format"))
	var file bytes.Buffer // nothing may be sent before it is known that all can be
	if err == nil {
		err = h.Service.Export(r.Context(), &file, kind, format, lang, r.URL.Query().Get("template") == "true")
	}
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", format.ContentType())
	name := sheets()[kind].title(lang) + "." + string(format)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	if w.Header().Get("Content-Disposition") == "" {
		w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	}
	_, _ = w.Write(file.Bytes())
}

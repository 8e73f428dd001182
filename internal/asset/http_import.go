package asset

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
	"wardline/internal/platform/web"
)

// maxUpload is how large an uploaded list may be.
const maxUpload = 20 << 20

type rowsIn struct {
	web.Page
	Token  string `path:"token" maxLength:"64"`
	Action Action `query:"action" enum:"add,change,same,wrong" doc:"Only these lines"`
}

type tokenIn struct {
	Token string `path:"token" maxLength:"64"`
}

func (h HTTP) registerImports(api *web.API) {
	api.Handle("POST "+web.Prefix+"/asset-imports", writeAccess, http.HandlerFunc(h.preview))
	api.Handle("GET "+web.Prefix+"/assets/export", readAccess, http.HandlerFunc(h.export))
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/asset-imports/{token}", ID: "list-asset-import-rows", Tag: tag, Access: writeAccess,
		Summary: "What an import would do, line by line; wrong lines first"},
		func(ctx context.Context, in *rowsIn) (*out[list[PreviewRow]], error) {
			return listed(h.Service.ImportRows(ctx, in.Token, in.Action, in.Limit, in.Cursor))
		})
	web.Register(api, web.Op{Method: http.MethodPost, Path: "/asset-imports/{token}/apply", ID: "apply-asset-import", Tag: tag, Access: writeAccess,
		Summary: "Do what the preview said, whole or not at all"},
		func(ctx context.Context, in *tokenIn) (*out[Counts], error) {
			return wrapped(h.Service.ApplyImport(ctx, in.Token))
		})
}

// preview takes a file as the part "file" of a form and answers with a Preview.
func (h HTTP) preview(w http.ResponseWriter, r *http.Request) {
	name, file, err := web.FormFile(w, r, maxUpload)
	var out Preview
	if err == nil {
		out, err = h.Service.PreviewImport(r.Context(), name, file, web.Language(r.Context()))
	}
	if err = web.UploadFault(err); err != nil {
		web.WriteError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

// export answers with a file of the list that the query describes; format is xlsx or
// csv, template=true leaves the rows out.
func (h HTTP) export(w http.ResponseWriter, r *http.Request) {
	lang := web.Language(r.Context())
	format, err := table.ParseFormat(r.URL.Query().Get("format"))
	var file bytes.Buffer // nothing may be sent before it is known that all can be
	if err == nil {
		err = h.Service.Export(r.Context(), &file, filterOf(r), format, lang, r.URL.Query().Get("template") == "true")
	}
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	name := "资产台账"
	if lang == fault.English {
		name = "assets"
	}
	w.Header().Set("Content-Type", format.ContentType())
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + "." + string(format)}))
	_, _ = w.Write(file.Bytes())
}

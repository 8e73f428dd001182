package workorder

import (
	"bytes"
	"net/http"

	"wardline/internal/platform/web"
)

// SlipHandler serves Slip as a page of its own.
func (h HTTP) SlipHandler(baseURL string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buffer := &bytes.Buffer{} // a fault half way leaves no half page
		if err := h.Service.Slip(r.Context(), buffer, r.PathValue("id"), baseURL, web.Language(r.Context())); err != nil {
			web.WriteError(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(buffer.Bytes())
	})
}

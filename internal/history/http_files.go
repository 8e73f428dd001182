package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

// uploadTime is how long a client may take to send a file.
const uploadTime = 30 * time.Minute

// upload takes a file as the part "file" of a form and answers with the batch.
func (h HTTP) upload(w http.ResponseWriter, r *http.Request) {
	// Not every server can set it; the size is bounded all the same.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime))
	const wrapping = 64 << 10 // what multipart adds
	r.Body = http.MaxBytesReader(w, r.Body, MaxFile+wrapping)
	name, file, err := incoming(r)
	var b Batch
	if err == nil {
		b, err = h.Service.Upload(r.Context(), name, r.Header.Get("Idempotency-Key"), file)
	}
	if big, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = &fault.Fault{Kind: fault.TooLarge, Code: "too_large", Params: map[string]any{"max": fmt.Sprintf("%d MB", MaxFile>>20)}, Cause: big}
	} else if errors.Is(err, io.ErrUnexpectedEOF) { // the form breaks off
		err = fault.Field("file", "bad_format")
	}
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	out, _ := tell(r.Context(), b, nil)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(out.Body)
}

// incoming returns the form's part "file" as a stream.
func incoming(r *http.Request) (name string, file io.Reader, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, fault.Field("file", "bad_format")
	}
	for {
		part, err := form.NextPart()
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			return "", nil, err
		}
		if err != nil {
			return "", nil, fault.Field("file", "required")
		}
		if part.FormName() == "file" {
			return strings.ToValidUTF8(part.FileName(), ""), part, nil
		}
	}
}

// leftovers answers with the lines that were refused (or skipped: level=skipped), as
// they stood in the upload, with the reasons.
func (h HTTP) leftovers(w http.ResponseWriter, r *http.Request) {
	level := Level(r.URL.Query().Get("level"))
	if level == "" {
		level = Refused
	}
	list, err := h.Service.Leftovers(r.Context(), r.PathValue("id"), level)
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+list.Name+`"`)
	if err := list.Write(r.Context(), w, web.Language(r.Context())); err != nil {
		panic(http.ErrAbortHandler) // the head is gone: a broken transfer is better than a short file
	}
}

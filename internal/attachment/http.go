package attachment

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

// HTTP is the way in and out for files.
type HTTP struct {
	Service *Service
	// Limit counts one try of the request's address and returns a fault when there
	// were too many. It is asked about "upload", for those who have not signed in; the
	// others have their quota. Nil limits nothing.
	Limit func(ctx context.Context, what string) error
}

type listIn struct {
	Subject   string `query:"subject" required:"true" maxLength:"40" doc:"Kind of thing, for example order"`
	SubjectID string `query:"subjectId" required:"true" maxLength:"64"`
}

type listOut struct {
	Body struct {
		Items []Uploaded `json:"items"`
	}
}

type discardIn struct {
	ID string `path:"id" maxLength:"64"`
}

// uploadTime is how long a client may take to send a file.
const uploadTime = 5 * time.Minute

// Register adds the routes to the API.
func (h HTTP) Register(api *web.API) {
	api.Handle("POST "+web.Prefix+"/attachments", web.Public, http.HandlerFunc(h.upload))
	api.Handle("GET "+web.Prefix+"/attachments/{id}", web.Public, http.HandlerFunc(h.download))
	web.Register(api, web.Op{Method: http.MethodGet, Path: "/attachments", ID: "list-attachments", Tag: "attachment", Access: web.Public,
		Summary: "Files of one thing, to who may see the thing"},
		func(ctx context.Context, in *listIn) (*listOut, error) {
			list, err := h.Service.List(ctx, in.Subject, in.SubjectID)
			if err != nil {
				return nil, err
			}
			out := &listOut{}
			out.Body.Items = make([]Uploaded, len(list))
			for i := range list {
				out.Body.Items[i] = uploaded(&list[i], "")
			}
			return out, nil
		})
	web.Register(api, web.Op{Method: http.MethodDelete, Path: "/attachments/{id}", ID: "discard-attachment", Tag: "attachment", Access: web.Public,
		Summary: "Throw away an upload of one's own that was never sent"},
		func(ctx context.Context, in *discardIn) (*struct{}, error) {
			return nil, h.Service.Discard(ctx, in.ID)
		})
}

func (h HTTP) upload(w http.ResponseWriter, r *http.Request) {
	if h.Limit != nil && !identity.Of(r.Context()).SignedIn() {
		if err := h.Limit(r.Context(), "upload"); err != nil {
			web.WriteError(w, r, err)
			return
		}
	}
	// Not every server can set it; the size is bounded all the same.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime))
	const wrapping = 64 << 10 // what multipart adds
	r.Body = http.MaxBytesReader(w, r.Body, MaxBytes+wrapping)
	u, err := incoming(r)
	if err != nil {
		web.WriteError(w, r, sizeFault(err))
		return
	}
	out, err := h.Service.Save(r.Context(), u)
	if err = sizeFault(err); err != nil {
		if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
			// Someone who is still sending would see a cut line instead of the answer.
			_, _ = io.Copy(io.Discard, r.Body)
		}
		web.WriteError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(out)
}

func sizeFault(err error) error {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big), errors.Is(err, multipart.ErrMessageTooLarge):
		return tooLarge()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.Field("file", "attachment.broken")
	}
	return err
}

// incoming finds the file in a request: the first file of a multipart body, or the
// whole body with its name in X-File-Name, percent-encoded.
func incoming(r *http.Request) (Upload, error) {
	u := Upload{Key: r.Header.Get("Idempotency-Key"), Code: r.Header.Get("X-Scan-Code")}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		u.Declared, u.Body = kind, r.Body
		if u.Name, err = url.PathUnescape(r.Header.Get("X-File-Name")); err != nil {
			u.Name = ""
		}
		return u, nil
	}
	if params["boundary"] == "" {
		return u, fault.Field("file", "required")
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			return u, fault.Field("file", "required")
		}
		if err != nil {
			return u, partFault(err)
		}
		if p.FileName() == "" && p.FormName() != "file" {
			continue
		}
		u.Name, u.Declared = p.FileName(), p.Header.Get("Content-Type")
		u.Body = &onlyPart{part: p, rest: parts}
		return u, nil
	}
}

func partFault(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) || errors.Is(err, multipart.ErrMessageTooLarge) {
		return err
	}
	return fault.Field("file", "bad_format")
}

// onlyPart reads one part and wants no other file behind it.
type onlyPart struct {
	part *multipart.Part
	rest *multipart.Reader
	end  error // what the end was; a reader may ask for it again
}

func (o *onlyPart) Read(p []byte) (int, error) {
	if o.end == nil {
		n, err := o.read(p)
		o.end = err
		return n, err
	}
	return 0, o.end
}

func (o *onlyPart) read(p []byte) (int, error) {
	n, err := o.part.Read(p)
	if err != io.EOF || n > 0 {
		if err == io.EOF {
			err = nil
		}
		return n, err
	}
	for {
		next, err := o.rest.NextPart()
		if err == io.EOF {
			return 0, io.EOF
		}
		if err != nil {
			return 0, partFault(err)
		}
		if next.FileName() != "" {
			return 0, fault.Field("file", "attachment.one_file")
		}
	}
}

func (h HTTP) download(w http.ResponseWriter, r *http.Request) {
	ctx, id := r.Context(), r.PathValue("id")
	if token := r.URL.Query().Get("link"); token != "" {
		ctx = WithLink(ctx, token)
	}
	size, err := sizeOf(r)
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	var a Attachment
	var body io.ReadSeekCloser
	if size > 0 {
		a, body, err = h.Service.Preview(ctx, id, size)
	} else {
		a, body, err = h.Service.Open(ctx, id)
	}
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	kind, mark := a.Type, a.Hash[:32]
	if size > 0 {
		kind, mark = "image/jpeg", mark+"-"+strconv.Itoa(size)
	}
	defer func() { _ = body.Close() }()
	disposition := "attachment"
	if inline(kind) && r.URL.Query().Get("download") == "" {
		disposition = "inline"
	}
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": a.Name}))
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	// The bytes never change, but who may see them does.
	head.Set("Cache-Control", "private, max-age=600")
	head.Set("ETag", `"`+mark+`"`)
	http.ServeContent(w, r, "", time.Time{}, body)
}

// sizeOf returns the preview's size a request asks for, 0 when it wants the file.
func sizeOf(r *http.Request) (int, error) {
	s := r.URL.Query().Get("size")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n <= 0 {
		return 0, fault.Field("size", "bad_value")
	}
	return n, nil
}

type linkKey struct{}

// WithLink returns a context that carries the token of a link without sign-in.
func WithLink(ctx context.Context, token string) context.Context {
	return context.WithValue(ctx, linkKey{}, token)
}

// Link returns the token of the link through which a file is asked for, or "", so
// that a subject that can be opened by a link can say who may see its files.
func Link(ctx context.Context) string {
	token, _ := ctx.Value(linkKey{}).(string)
	return token
}

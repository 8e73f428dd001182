package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"wardline/internal/platform/fault"
)

// maxFileName is how many characters of an uploaded file's name are kept.
const maxFileName = 200

// FormFile returns the part "file" of a form as a stream, with the name the sender
// gave it, cut to 200 characters and not to be trusted. The body may have max bytes;
// errors of reading it are made faults by UploadFault.
func FormFile(w http.ResponseWriter, r *http.Request, max int64) (name string, file io.Reader, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, max)
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
		if part.FormName() == "file" {
			runes := []rune(strings.ToValidUTF8(part.FileName(), ""))
			return string(runes[:min(len(runes), maxFileName)]), part, nil
		}
	}
}

// UploadFault turns what reading an upload may end with into faults: a body over its
// limit, and a form that breaks off. Other errors, and none, pass unchanged.
func UploadFault(err error) error {
	if big, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &fault.Fault{Kind: fault.TooLarge, Code: "too_large", Params: map[string]any{"max": fmt.Sprintf("%d MB", big.Limit>>20)}, Cause: err}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.Field("file", "bad_format")
	}
	return err
}

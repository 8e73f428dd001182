package attachment

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
)

// MaxBytes is the size of the largest file that is taken: thirty seconds of video
// from a telephone.
const MaxBytes = 30 << 20

// sniffBytes is how much of a file is looked at to say what it is.
const sniffBytes = 3072

// extensions lists the kinds that are taken, with the ending each is given.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "image/heic": ".heic", "image/heif": ".heif",
	"video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm",
	"audio/mp4": ".m4a", "audio/webm": ".weba", "audio/ogg": ".ogg", "audio/wav": ".wav", "audio/mpeg": ".mp3",
	"application/pdf": ".pdf",
}

// sameThing maps other names of kinds that are taken.
var sameThing = map[string]string{"audio/x-m4a": "audio/mp4", "image/vnd.mozilla.apng": "image/png", "image/heic-sequence": "image/heic",
	"image/heif-sequence": "image/heif", "audio/x-wav": "audio/wav", "audio/mp3": "audio/mpeg", "application/ogg": "audio/ogg"}

// kindOf says what the bytes are, or "" when such are not taken. What the sender
// declares counts only where the bytes of sound and moving pictures look alike.
func kindOf(head []byte, declared string) string {
	kind := mimetype.Detect(head).String()
	kind, _, _ = strings.Cut(kind, ";")
	if k, ok := sameThing[kind]; ok {
		kind = k
	}
	declared, _, _ = strings.Cut(strings.ToLower(declared), ";")
	declared = strings.TrimSpace(declared)
	if k, ok := sameThing[declared]; ok {
		declared = k
	}
	if kind == "video/mp4" && declared == "audio/mp4" || kind == "video/webm" && declared == "audio/webm" {
		kind = declared
	}
	if extensions[kind] == "" {
		return ""
	}
	return kind
}

// inline tells whether a browser may show a file of the kind within a page. A PDF
// may hold scripts and is only handed out to be saved.
func inline(kind string) bool { return kind != "application/pdf" }

// pictured tells whether a smaller picture can be made of a file of the kind.
func pictured(kind string) bool {
	switch kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return true
	}
	return false
}

const maxName = 100

// SafeName returns a name under which a file may be shown and saved on any system:
// no folders, no control or direction-changing characters, no ending but the kind's.
func SafeName(name, kind string) string {
	name = strings.ToValidUTF8(name, "")
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if ext := path.Ext(name); len(ext) <= 6 {
		name = strings.TrimSuffix(name, ext)
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"/|?*%;'`+"`", r), r == '.': // a dot within would look like an ending
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(name, " _-~")
	if runes := []rune(name); len(runes) > maxName {
		name = strings.TrimSpace(string(runes[:maxName]))
	}
	if name == "" || reserved[strings.ToUpper(name)] {
		name = "file"
	}
	return name + extensions[kind]
}

// reserved are names that mean devices on Windows.
var reserved = map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "COM1": true, "COM2": true, "COM3": true, "COM4": true,
	"LPT1": true, "LPT2": true, "LPT3": true}

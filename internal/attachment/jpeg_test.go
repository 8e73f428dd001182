package attachment

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"wardline/internal/platform/fault"
)

// photo makes a JPEG of w by h pixels, red in the upper left corner, with the
// segments behind its beginning and the tail behind its end.
func photo(t testing.TB, w, h int, segments, tail []byte) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0, 0, 255, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{255, 0, 0, 255}
			}
			p.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	out := append([]byte{0xFF, markSOI}, segments...)
	out = append(out, b.Bytes()[2:]...)
	return append(out, tail...)
}

func app(mark byte, body string) []byte {
	b := []byte{0xFF, mark, 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(len(body)+2))
	return append(b, body...)
}

// exif makes an EXIF body with a camera's name, a position and an orientation.
func exif(order binary.AppendByteOrder, turn uint16) string {
	b := []byte("Exif\x00\x00")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		b = append(b, "II*\x00"...)
	} else {
		b = append(b, "MM\x00*"...)
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	entry := func(tag, kind uint16, n uint32, value []byte) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, n)
		b = append(append(b, value...), make([]byte, 4-len(value))...)
	}
	entry(0x010F, 2, 4, []byte("CAM\x00"))
	entry(tagOrientation, 3, 1, order.AppendUint16(nil, turn))
	entry(0x8825, 4, 1, order.AppendUint32(nil, 50)) // position
	return string(append(b, "GPS 31.2304N 121.4737E"...))
}

func TestPhotosLoseTheirTraces(t *testing.T) {
	segments := bytes.Join([][]byte{
		app(markAPP0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"),
		app(markAPP1, exif(binary.LittleEndian, 6)),
		app(markAPP1, "http://ns.adobe.com/xap/1.0/\x00<x>GPS 31.2304N</x>"),
		app(markAPP2, "ICC_PROFILE\x00\x01\x01colours"),
		app(markAPP2, "MPF\x00second picture GPS"),
		app(0xED, "Photoshop 3.0\x00GPS city"),
		app(markCOM, "taken by CAM"),
		{0xFF, 0xFF, 0xFF}, // fill bytes before the next marker
	}, nil)
	in := photo(t, 64, 48, segments, photo(t, 8, 8, app(markAPP1, exif(binary.BigEndian, 3)), []byte("<html>GPS</html>")))
	out, err := io.ReadAll(newBareJPEG(iotest.OneByteReader(bytes.NewReader(in))))
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range []string{"GPS", "CAM", "adobe", "MPF", "Photoshop", "<html>"} {
		if bytes.Contains(out, []byte(trace)) {
			t.Errorf("%q is still there", trace)
		}
	}
	for _, kept := range []string{"JFIF", "ICC_PROFILE"} {
		if !bytes.Contains(out, []byte(kept)) {
			t.Errorf("%q is lost", kept)
		}
	}
	if got := orientation(bytes.NewReader(out)); got != 6 {
		t.Errorf("turned by %d", got)
	}
	a, err := jpeg.Decode(bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	b, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.(*image.YCbCr).Y, b.(*image.YCbCr).Y) {
		t.Error("the picture itself was changed")
	}
	again, err := io.ReadAll(newBareJPEG(bytes.NewReader(out)))
	if err != nil || !bytes.Equal(again, out) {
		t.Errorf("a bare photo was changed once more: %v", err)
	}
}

func TestOrientationOfEitherByteOrder(t *testing.T) {
	for turn := uint16(1); turn <= 8; turn++ {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			if got := exifOrientation([]byte(exif(order, turn))); got != int(turn) {
				t.Errorf("%v %d: got %d", order, turn, got)
			}
			if got := exifOrientation(exifOf(int(turn))); got != int(turn) {
				t.Errorf("own segment %d: got %d", turn, got)
			}
		}
	}
}

func TestBrokenPhotos(t *testing.T) {
	whole := photo(t, 64, 48, nil, nil)
	read := func(b []byte) error {
		_, err := io.ReadAll(newBareJPEG(bytes.NewReader(b)))
		return err
	}
	for name, b := range map[string][]byte{
		"nothing":           {},
		"only a beginning":  whole[:2],
		"cut in a segment":  whole[:30],
		"no marker":         append([]byte{0xFF, markSOI}, "<html>"...),
		"length too small":  {0xFF, markSOI, 0xFF, markAPP0, 0, 1},
		"beginning twice":   {0xFF, markSOI, 0xFF, markSOI},
		"another beginning": []byte("\x89PNG\r\n\x1a\n"),
	} {
		if err := read(b); fault.CodeOf(err) != "invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A picture whose last bytes were lost can still be shown.
	if err := read(whole[:len(whole)-40]); err != nil {
		t.Error(err)
	}
	lost := errors.New("the line broke")
	_, err := io.ReadAll(newBareJPEG(io.MultiReader(bytes.NewReader(whole[:len(whole)-40]), iotest.ErrReader(lost))))
	if !errors.Is(err, lost) {
		t.Errorf("a broken line must not look like the end: %v", err)
	}
}

func FuzzBareJPEG(f *testing.F) {
	f.Add(photo(f, 16, 16, app(markAPP1, exif(binary.LittleEndian, 6)), []byte("tail")))
	f.Add([]byte{0xFF, markSOI, 0xFF, markAPP1, 0, 10, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M'})
	f.Add([]byte{0xFF, markSOI, 0xFF, markSOS, 0, 2, 0xFF})
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := io.ReadAll(newBareJPEG(bytes.NewReader(in)))
		if err != nil {
			return
		}
		if len(out) > len(in)+64 {
			t.Fatalf("%d bytes became %d", len(in), len(out))
		}
		again, err := io.ReadAll(newBareJPEG(bytes.NewReader(out)))
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("not stable: %v\n%x\n%x", err, out, again)
		}
		orientation(bytes.NewReader(out))
	})
}

func TestSafeNames(t *testing.T) {
	for in, want := range map[string]string{
		"漏水 天花.jpg":                   "漏水 天花.png",
		"../../etc/passwd":            "passwd.png",
		`C:\Users\nurse\photo.PNG`:    "photo.png",
		"evil.php.png":                "evil_php.png",
		"evil.png.html":               "evil_png.png",
		"x.pht":                       "x.png",
		"photo.2026.11":               "photo_2026.png",
		"a\r\nSet-Cookie: x.png":      "aSet-Cookie_ x.png",
		"cod\u202Egnp.exe":            "codgnp.png",
		`"quoted"; filename=x.sh.png`: "quoted__ filename=x_sh.png",
		"":                            "file.png",
		".":                           "file.png",
		"..":                          "file.png",
		".htaccess":                   "htaccess.png",
		"CON.png":                     "file.png",
		"\xff\xfe":                    "file.png",
		"-rf.png":                     "rf.png",
		strings.Repeat("长", 300):      strings.Repeat("长", 100) + ".png",
	} {
		if got := SafeName(in, "image/png"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

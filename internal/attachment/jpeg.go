package attachment

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"

	"wardline/internal/platform/fault"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	markTEM  = 0x01
	markRST0 = 0xD0
	markRST7 = 0xD7
	markSOI  = 0xD8
	markEOI  = 0xD9
	markSOS  = 0xDA
	markAPP0 = 0xE0
	markAPP1 = 0xE1
	markAPP2 = 0xE2
	markAPPE = 0xEE
	markAPPF = 0xEF
	markCOM  = 0xFE
)

// bareJPEG reads a JPEG without what does not belong to the picture: of the
// application segments only JFIF, the colour profile and Adobe's colour transform
// stay, of EXIF only the orientation, and nothing behind the end of the picture,
// where cameras put second pictures, films and their positions.
type bareJPEG struct {
	src  *bufio.Reader
	out  bytes.Buffer
	mark byte // marker already read, or 0
	scan bool // within entropy-coded data
	open bool // the beginning has been read
	err  error
}

func newBareJPEG(r io.Reader) *bareJPEG {
	return &bareJPEG{src: bufio.NewReaderSize(r, 64<<10)}
}

// Read implements io.Reader. A file that is no JPEG is the "attachment.broken" fault.
func (j *bareJPEG) Read(p []byte) (int, error) {
	for j.out.Len() == 0 && j.err == nil {
		j.err = j.step()
	}
	if j.out.Len() > 0 {
		return j.out.Read(p)
	}
	return 0, j.err
}

func brokenFile() error { return fault.Field("file", "attachment.broken") }

// step moves at least one byte, or one segment that is left out; it returns io.EOF
// behind the picture.
func (j *bareJPEG) step() error {
	if !j.open {
		var soi [2]byte
		if _, err := io.ReadFull(j.src, soi[:]); err != nil {
			return cutShort(err)
		}
		if soi != [2]byte{0xFF, markSOI} {
			return brokenFile()
		}
		j.open = true
		j.out.Write(soi[:])
		return nil
	}
	if j.scan {
		return j.entropy()
	}
	m := j.mark
	j.mark = 0
	if m == 0 {
		var err error
		if m, err = nextMarker(j.src); err != nil {
			return cutShort(err)
		}
	}
	switch {
	case m == markEOI:
		j.out.Write([]byte{0xFF, markEOI})
		// The rest is read all the same, or the sender would find the line cut.
		if _, err := io.Copy(io.Discard, j.src); err != nil {
			return err
		}
		return io.EOF
	case m == markTEM, m >= markRST0 && m <= markRST7:
		j.out.Write([]byte{0xFF, m})
		return nil
	case m == 0, m == markSOI:
		return brokenFile()
	}
	body, err := segment(j.src)
	if err != nil {
		return cutShort(err)
	}
	j.write(m, body)
	j.scan = m == markSOS
	return nil
}

// write keeps a segment, or what may be kept of it.
func (j *bareJPEG) write(m byte, body []byte) {
	switch {
	case m == markAPP1:
		o := exifOrientation(body)
		if o < 2 || o > 8 {
			return
		}
		body = exifOf(o)
	case m == markAPP2 && !bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")),
		m > markAPP2 && m <= markAPPF && m != markAPPE, m == markCOM:
		return
	}
	j.out.Write([]byte{0xFF, m})
	var n [2]byte
	binary.BigEndian.PutUint16(n[:], uint16(len(body)+2))
	j.out.Write(n[:])
	j.out.Write(body)
}

// entropy copies coded data up to the next marker. A picture that ends here has lost
// its last bytes on the way; what there is of it can still be shown.
func (j *bareJPEG) entropy() error {
	if _, err := j.src.Peek(1); err != nil {
		return j.endEarly(err)
	}
	chunk, _ := j.src.Peek(j.src.Buffered())
	i := bytes.IndexByte(chunk, 0xFF)
	if i != 0 {
		if i < 0 {
			i = len(chunk)
		}
		j.out.Write(chunk[:i])
		_, _ = j.src.Discard(i)
		return nil
	}
	two, err := j.src.Peek(2)
	if err != nil {
		return j.endEarly(err)
	}
	switch m := two[1]; {
	case m == 0, m >= markRST0 && m <= markRST7:
		j.out.Write([]byte{0xFF, m})
		_, _ = j.src.Discard(2)
	case m == 0xFF: // a fill byte
		_, _ = j.src.Discard(1)
	default:
		_, _ = j.src.Discard(2)
		j.mark, j.scan = m, false
	}
	return nil
}

func (j *bareJPEG) endEarly(err error) error {
	if err == io.EOF {
		j.out.Write([]byte{0xFF, markEOI})
	}
	return err
}

// cutShort makes an end of file in the middle of the picture's structure a fault;
// other errors of the reader stay what they are.
func cutShort(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return brokenFile()
	}
	return err
}

// nextMarker reads a marker with the fill bytes before it.
func nextMarker(r *bufio.Reader) (byte, error) {
	b, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	if b != 0xFF {
		return 0, nil
	}
	for b == 0xFF {
		if b, err = r.ReadByte(); err != nil {
			return 0, err
		}
	}
	return b, nil
}

// segment reads the body of a segment behind its marker.
func segment(r *bufio.Reader) ([]byte, error) {
	var n [2]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint16(n[:]))
	if size < 2 {
		return nil, brokenFile()
	}
	body := make([]byte, size-2)
	_, err := io.ReadFull(r, body)
	return body, err
}

var exifHead = []byte("Exif\x00\x00")

// tagOrientation says how to turn the picture (CIPA DC-008, 4.6.5): 1 not at all, to 8.
const tagOrientation = 0x0112

// exifOrientation returns the orientation an EXIF segment tells, 0 when it tells none.
func exifOrientation(body []byte) int {
	if !bytes.HasPrefix(body, exifHead) {
		return 0
	}
	t := body[len(exifHead):]
	if len(t) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	switch string(t[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
	default:
		return 0
	}
	at := uint64(order.Uint32(t[4:]))
	if at+2 > uint64(len(t)) {
		return 0
	}
	n := int(order.Uint16(t[at:]))
	for i, p := 0, at+2; i < n && p+12 <= uint64(len(t)); i, p = i+1, p+12 {
		if order.Uint16(t[p:]) == tagOrientation && order.Uint16(t[p+2:]) == 3 {
			return int(order.Uint16(t[p+8:]))
		}
	}
	return 0
}

// exifOf returns the body of an EXIF segment that tells the orientation and nothing else.
func exifOf(orientation int) []byte {
	b := append([]byte{}, exifHead...)
	b = append(b, "MM\x00*\x00\x00\x00\x08"...)
	return append(b, 0, 1, tagOrientation>>8, tagOrientation&0xFF, 0, 3, 0, 0, 0, 1, 0, byte(orientation), 0, 0, 0, 0, 0, 0)
}

// orientation returns how a stored JPEG is to be turned, 1 when it does not say.
func orientation(r io.Reader) int {
	src := bufio.NewReader(r)
	var soi [2]byte
	if _, err := io.ReadFull(src, soi[:]); err != nil {
		return 1
	}
	for {
		m, err := nextMarker(src)
		if err != nil || m == 0 || m == markSOS || m == markEOI {
			return 1
		}
		body, err := segment(src)
		if err != nil {
			return 1
		}
		if m == markAPP1 {
			if o := exifOrientation(body); o >= 1 && o <= 8 {
				return o
			}
		}
	}
}

package qr

import (
	"fmt"
	"html/template"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// SVG draws a text (at most about 1,200 bytes) as an SVG element without size: the
// page decides how large it is. A quarter of the code may be dirty or torn.
func SVG(text string) (template.HTML, error) {
	q, err := qrcode.New(text, qrcode.High)
	if err != nil {
		return "", err
	}
	q.DisableBorder = true
	rows := q.Bitmap()
	n := len(rows) + 8 // four modules of quiet zone on each side
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges" role="img" aria-label="QR"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, n, n, n, n)
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			w := 1
			for x+w < len(row) && row[x+w] {
				w++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+4, y+4, w, w)
			x += w - 1
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}

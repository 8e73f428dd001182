package qr_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"wardline/internal/platform/qr"
)

func TestSVGIsWellFormedAndSquare(t *testing.T) {
	s, err := qr.SVG("https://hospital.example/m/s/0123456789")
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(string(s)))
	for {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// The three finder patterns begin with seven dark modules in the first and last code rows.
	if !strings.Contains(string(s), "M4 4h7v1") {
		t.Fatal("no finder pattern in the upper left corner")
	}
}

package attachment

import (
	"image"
	"image/color"
	"testing"
)

// Where the upper left corner of the stored picture must be seen, for each
// orientation (CIPA DC-008, table of 4.6.5).
func TestTurned(t *testing.T) {
	type corner struct{ right, bottom bool }
	for how, want := range map[int]corner{
		1: {}, 2: {right: true}, 3: {right: true, bottom: true}, 4: {bottom: true},
		5: {}, 6: {right: true}, 7: {right: true, bottom: true}, 8: {bottom: true},
	} {
		in := image.NewRGBA(image.Rect(0, 0, 4, 2))
		in.SetRGBA(0, 0, color.RGBA{255, 0, 0, 255})
		in.SetRGBA(1, 0, color.RGBA{0, 255, 0, 255}) // beside it along the longer side
		out := turned(in, how)
		w, h := out.Bounds().Dx(), out.Bounds().Dy()
		if (how >= 5) != (w == 2 && h == 4) {
			t.Errorf("%d: %d x %d", how, w, h)
		}
		x, y := 0, 0
		if want.right {
			x = w - 1
		}
		if want.bottom {
			y = h - 1
		}
		if out.RGBAAt(x, y).R != 255 {
			t.Errorf("%d: the corner is not at %d,%d", how, x, y)
		}
		step := func(v, last int) int {
			if v == 0 {
				return 1
			}
			return last - 1
		}
		if how < 5 {
			x = step(x, w-1)
		} else {
			y = step(y, h-1)
		}
		if out.RGBAAt(x, y).G != 255 {
			t.Errorf("%d: mirrored the wrong way", how)
		}
	}
}

func TestShrink(t *testing.T) {
	for _, c := range []struct{ w, h, size, ww, hh int }{
		{4000, 3000, 320, 320, 240}, {3000, 4000, 320, 240, 320}, {100, 50, 320, 100, 50}, {5000, 2, 160, 160, 1},
	} {
		got := shrink(image.NewRGBA(image.Rect(10, 10, 10+c.w, 10+c.h)), c.size).Bounds()
		if got.Dx() != c.ww || got.Dy() != c.hh {
			t.Errorf("%+v: got %v", c, got)
		}
	}
	clear := shrink(image.NewNRGBA(image.Rect(0, 0, 10, 10)), 320)
	if clear.RGBAAt(5, 5) != (color.RGBA{255, 255, 255, 255}) {
		t.Error("what is transparent must become white")
	}
}

package attachment

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // decodes
	"image/jpeg"
	_ "image/png" // decodes
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // decodes

	"wardline/internal/platform/fault"
)

// Sizes are the longer sides, in pixels, in which pictures can be had.
func Sizes() []int { return []int{160, 320, 640, 1280} }

// The largest pictures that are decoded: telephones make JPEGs of 50 million pixels,
// which take two bytes for each in memory; other kinds take up to eight.
const (
	maxPixels      = 20_000_000
	maxPixelsPhoto = 60_000_000
)

// Preview returns a smaller picture of a file, as JPEG, to who may see the file; the
// caller closes it.
func (s *Service) Preview(ctx context.Context, claim string, size int) (Attachment, io.ReadSeekCloser, error) {
	a, err := s.Get(ctx, claim)
	if err != nil {
		return a, nil, err
	}
	if !slices.Contains(Sizes(), size) {
		return a, nil, fault.Field("size", "bad_value")
	}
	if !a.Pictured() {
		return a, nil, fault.New(fault.NotFound, "attachment.no_thumbnail")
	}
	cached := filepath.Join(s.Previews, a.Hash+"-"+strconv.Itoa(size)+".jpg")
	if s.Previews != "" {
		if f, err := os.Open(cached); err == nil {
			return a, f, nil
		}
	}
	select {
	case s.painters <- struct{}{}:
		defer func() { <-s.painters }()
	case <-ctx.Done():
		return a, nil, ctx.Err()
	}
	small, err := s.paint(ctx, &a, size)
	if err != nil {
		return a, nil, err
	}
	f, err := keepPicture(s.Previews, cached, small)
	return a, f, err
}

// paint decodes the file and makes the smaller picture.
func (s *Service) paint(ctx context.Context, a *Attachment, size int) (image.Image, error) {
	r, err := s.Store.Open(ctx, a.Hash)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	none := fault.New(fault.NotFound, "attachment.no_thumbnail")
	limit := maxPixels
	if a.Type == "image/jpeg" {
		limit = maxPixelsPhoto
	}
	dim, _, err := image.DecodeConfig(r)
	if err != nil || dim.Width < 1 || dim.Height < 1 || dim.Width > limit/dim.Height {
		return nil, none
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	turn := 1
	if a.Type == "image/jpeg" {
		turn = orientation(r)
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
	}
	big, _, err := image.Decode(r)
	if err != nil {
		return nil, none
	}
	return turned(shrink(big, size), turn), nil
}

// shrink returns the picture on white, its longer side at most size.
func shrink(big image.Image, size int) *image.RGBA {
	b := big.Bounds()
	w, h := b.Dx(), b.Dy()
	if m := max(w, h); m > size {
		w, h = max(1, w*size/m), max(1, h*size/m)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(out, out.Bounds(), big, b.Min, draw.Over)
	} else {
		draw.BiLinear.Scale(out, out.Bounds(), big, b, draw.Over, nil)
	}
	return out
}

// turned returns the picture as an EXIF orientation of 1 to 8 wants it shown.
func turned(in *image.RGBA, how int) *image.RGBA {
	if how < 2 || how > 8 {
		return in
	}
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if how >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			var tx, ty int
			switch how {
			case 2:
				tx, ty = w-1-x, y
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				tx, ty = x, h-1-y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.SetRGBA(tx, ty, in.RGBAAt(x, y))
		}
	}
	return out
}

// keepPicture writes the picture to the folder of previews under its name, or only
// for this once when there is no folder or no room.
func keepPicture(folder, name string, p image.Image) (io.ReadSeekCloser, error) {
	var f *os.File
	err := errors.New("no folder")
	if folder != "" {
		if err = os.MkdirAll(folder, 0o750); err == nil {
			f, err = os.CreateTemp(folder, "draft-*")
		}
	}
	if err == nil {
		if err = jpeg.Encode(f, p, &jpeg.Options{Quality: 80}); err == nil {
			err = os.Rename(f.Name(), name)
		}
		if err == nil {
			_, err = f.Seek(0, io.SeekStart)
		}
		if err == nil {
			return f, nil
		}
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 80}); err != nil {
		return nil, err
	}
	return memory{bytes.NewReader(b.Bytes())}, nil
}

type memory struct{ *bytes.Reader }

// Close implements io.Closer.
func (memory) Close() error { return nil }

package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
)

// Folder is a Store in a folder of the machine. Files lie in 256 folders named by
// the first two digits of their keys.
type Folder struct {
	root  string
	clock clock.Clock
	draft func() (*os.File, error) // opens a file to write into
}

// unfinished is the folder of files being written; what is left there by a program
// that was killed goes when the next one has run for a while.
const unfinished = "unfinished"

// NewFolder opens the store in a folder, which it makes when missing.
func NewFolder(root string, c clock.Clock) (*Folder, error) {
	temp := filepath.Join(root, unfinished)
	if err := os.MkdirAll(temp, 0o750); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	left, err := os.ReadDir(temp)
	if err != nil {
		return nil, fmt.Errorf("read the folder of files: %w", err)
	}
	for _, e := range left {
		if i, err := e.Info(); err == nil && time.Since(i.ModTime()) > 24*time.Hour {
			_ = os.Remove(filepath.Join(temp, e.Name()))
		}
	}
	return &Folder{root: root, clock: c, draft: func() (*os.File, error) { return os.CreateTemp(temp, "put-*") }}, nil
}

func (f *Folder) path(key string) string { return filepath.Join(f.root, key[:2], key) }

// source remembers whether it was the reader that failed, not the disk.
type source struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		s.err = err
		return 0, err
	}
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// Put implements Store: temporary file, fsync, rename, fsync of the folder.
func (f *Folder) Put(ctx context.Context, r io.Reader) (Ref, error) {
	t, err := f.draft()
	if err != nil {
		return Ref{}, unavailable(err)
	}
	defer func() { _ = os.Remove(t.Name()) }() // gone already when all went well
	src := &source{ctx: ctx, r: r}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(t, sum), src)
	if err == nil {
		err = t.Sync()
	}
	if cerr := t.Close(); err == nil {
		err = cerr
	}
	if src.err != nil {
		return Ref{}, src.err
	}
	if err != nil {
		return Ref{}, unavailable(err)
	}
	ref := Ref{Key: hex.EncodeToString(sum.Sum(nil)), Size: size}
	if err := f.settle(t.Name(), ref); err != nil {
		return Ref{}, unavailable(err)
	}
	return ref, nil
}

// settle gives the temporary file its name. When the file is there already it only
// becomes young again, so that whoever removes old files leaves it alone.
func (f *Folder) settle(temp string, ref Ref) error {
	path := f.path(ref.Key)
	if i, err := os.Stat(path); err == nil && i.Size() == ref.Size {
		return f.touch(path)
	}
	dir := filepath.Dir(path)
	if err := os.Mkdir(dir, 0o750); err == nil {
		if err := syncFolder(f.root); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := f.touch(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(dir)
}

func (f *Folder) touch(path string) error {
	at := clock.Time(f.clock.Now())
	return os.Chtimes(path, at, at)
}

// syncFolder makes a new name in a folder durable. Windows has no such thing.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements Store.
func (f *Folder) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	if !valid(key) {
		return nil, fault.Missing()
	}
	file, err := os.Open(f.path(key))
	if err != nil {
		return nil, missing(err)
	}
	return file, nil
}

// Stat implements Store.
func (f *Folder) Stat(_ context.Context, key string) (Info, error) {
	if !valid(key) {
		return Info{}, fault.Missing()
	}
	i, err := os.Stat(f.path(key))
	if err != nil {
		return Info{}, missing(err)
	}
	return Info{Ref: Ref{key, i.Size()}, At: i.ModTime().UnixMilli()}, nil
}

func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Missing()
	}
	return unavailable(err)
}

// Delete implements Store.
func (f *Folder) Delete(_ context.Context, key string) error {
	if !valid(key) {
		return nil
	}
	if err := os.Remove(f.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable(err)
	}
	return nil
}

// Each implements Store.
func (f *Folder) Each(ctx context.Context, do func(Info) error) error {
	shelves, err := os.ReadDir(f.root)
	if err != nil {
		return unavailable(err)
	}
	for _, shelf := range shelves {
		if !shelf.IsDir() || len(shelf.Name()) != 2 {
			continue
		}
		files, err := os.ReadDir(filepath.Join(f.root, shelf.Name()))
		if err != nil {
			return unavailable(err)
		}
		for _, e := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			i, err := e.Info()
			if err != nil || !valid(e.Name()) { // removed meanwhile, or none of ours
				continue
			}
			if err := do(Info{Ref: Ref{e.Name(), i.Size()}, At: i.ModTime().UnixMilli()}); err != nil {
				return err
			}
		}
	}
	return nil
}

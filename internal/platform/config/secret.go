package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Keep returns what stands in a file of the data folder and makes it by the first
// who asks: written under another name and linked into place, so that of two
// programs starting at once both end up with the same.
func Keep(folder, name string, makeIt func() ([]byte, error)) ([]byte, error) {
	path := filepath.Join(folder, name)
	if raw, err := os.ReadFile(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return raw, err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	raw, err := makeIt()
	if err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(folder, name+".*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(raw)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}

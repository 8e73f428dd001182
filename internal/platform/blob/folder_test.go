package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
)

const noon = 1795334400000

func newFolder(t *testing.T) (*Folder, *clock.Manual, string) {
	t.Helper()
	root, clk := t.TempDir(), clock.NewManual(noon)
	f, err := NewFolder(root, clk)
	if err != nil {
		t.Fatal(err)
	}
	return f, clk, root
}

// count returns how many files lie anywhere below the root.
func count(t *testing.T, root string) (n int) {
	t.Helper()
	err := filepath.WalkDir(root, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPutOpenDelete(t *testing.T) {
	f, clk, root := newFolder(t)
	ctx := t.Context()
	ref, err := f.Put(ctx, strings.NewReader("abc"))
	if err != nil || ref.Size != 3 || ref.Key != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Fatalf("got %+v %v", ref, err) // FIPS 180-2, appendix B.1
	}
	r, err := f.Open(ctx, ref.Key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Seek(1, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "bc" {
		t.Fatalf("got %q %v", got, err)
	}
	_ = r.Close()

	clk.Advance(clock.Hour)
	if again, err := f.Put(ctx, strings.NewReader("abc")); err != nil || again != ref {
		t.Fatalf("got %+v %v", again, err)
	}
	if i, err := f.Stat(ctx, ref.Key); err != nil || i.At != noon+clock.Hour {
		t.Fatalf("putting again must make it young: %+v %v", i, err)
	}
	if n := count(t, root); n != 1 {
		t.Fatalf("%d files", n)
	}
	seen := 0
	if err := f.Each(ctx, func(i Info) error { seen++; return nil }); err != nil || seen != 1 {
		t.Fatalf("each saw %d %v", seen, err)
	}
	if err := f.Delete(ctx, ref.Key); err != nil {
		t.Fatal(err)
	}
	if err := f.Delete(ctx, ref.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open(ctx, ref.Key); fault.CodeOf(err) != "not_found" {
		t.Fatal(err)
	}
}

func TestADamagedFileIsReplaced(t *testing.T) {
	f, _, _ := newFolder(t)
	ref, err := f.Put(t.Context(), strings.NewReader("whole"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path(ref.Key), []byte("who"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Put(t.Context(), strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(f.path(ref.Key)); err != nil || string(got) != "whole" {
		t.Fatalf("got %q %v", got, err)
	}
}

func TestNoKeyLeadsOut(t *testing.T) {
	f, _, root := newFolder(t)
	secret := filepath.Join(filepath.Dir(root), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "..", "../secret", "../../etc/passwd", strings.Repeat("a", 63), strings.Repeat("A", 64),
		strings.Repeat("a", 62) + "/.", "..\\" + strings.Repeat("a", 61), strings.Repeat("a", 63) + "\x00"} {
		if _, err := f.Open(t.Context(), key); fault.CodeOf(err) != "not_found" {
			t.Errorf("%q opens: %v", key, err)
		}
		if _, err := f.Stat(t.Context(), key); fault.CodeOf(err) != "not_found" {
			t.Errorf("%q has a size: %v", key, err)
		}
		if err := f.Delete(t.Context(), key); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
	if _, err := os.Stat(secret); err != nil {
		t.Fatal("a file outside was removed")
	}
}

func TestAFailedPutLeavesNothing(t *testing.T) {
	f, _, root := newFolder(t)
	broken := errors.New("the line broke")
	if _, err := f.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Fatalf("the reader's own error must come back: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := f.Put(ctx, strings.NewReader("late")); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	// The kernel's own full disk, under a name that may be removed.
	f.draft = func() (*os.File, error) {
		fd, err := syscall.Open("/dev/full", syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return nil, err
		}
		return os.NewFile(uintptr(fd), filepath.Join(root, unfinished, "full")), nil
	}
	_, err := f.Put(t.Context(), bytes.NewReader(make([]byte, 1<<20)))
	if ft, ok := fault.Of(err); !ok || ft.Kind != fault.Unavailable {
		t.Fatalf("a full disk says %v", err)
	}
	if n := count(t, root); n != 0 {
		t.Fatalf("%d files left", n)
	}
}

func TestManyPutTheSame(t *testing.T) {
	f, _, root := newFolder(t)
	body := bytes.Repeat([]byte("x"), 1<<16)
	var wg sync.WaitGroup
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := f.Put(t.Context(), bytes.NewReader(body)); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if n := count(t, root); n != 1 {
		t.Fatalf("%d files", n)
	}
}

package attachment_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"sync"
	"testing"

	"wardline/internal/attachment"
	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/blob"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
)

const noon = 1795334400000

type house struct {
	d     *db.DB
	s     *attachment.Service
	clk   *clock.Manual
	store blob.Store
}

// open makes a service in which everybody signed in but "stranger" sees every order,
// holders of the link "letmein" too, and the code "good" allows public uploads.
func open(t *testing.T, d *db.DB) house {
	t.Helper()
	clk := clock.NewManual(noon)
	store, err := blob.NewFolder(t.TempDir(), clk)
	if err != nil {
		t.Fatal(err)
	}
	s := attachment.New(attachment.Deps{DB: d, Trail: audit.New(d, clk), Clock: clk, Store: store, Previews: t.TempDir(),
		Subjects: map[string]attachment.Guard{"order": func(ctx context.Context, a *identity.Actor, id string) error {
			switch {
			case attachment.Link(ctx) == "letmein":
				return nil
			case !a.SignedIn():
				return fault.New(fault.Unauthorized, "unauthorized")
			case a.PersonID == "stranger":
				return fault.Denied()
			case id == "busy":
				return fault.New(fault.Unavailable, "unavailable")
			}
			return nil
		}},
		PublicUpload: func(_ context.Context, code string) error {
			if code != "good" {
				return fault.New(fault.Unauthorized, "unauthorized")
			}
			return nil
		}})
	return house{d, s, clk, store}
}

func person(ctx context.Context, id string) context.Context {
	return identity.With(ctx, identity.NewActor(identity.Actor{PersonID: id, Name: id}, nil, nil))
}

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		p.SetRGBA(x, 0, color.RGBA{255, 0, 0, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (h house) save(t *testing.T, ctx context.Context, body []byte) attachment.Uploaded {
	t.Helper()
	u, err := h.s.Save(ctx, attachment.Upload{Name: "a.png", Body: bytes.NewReader(body), Code: "good"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (h house) link(ctx context.Context, subjectID, actorID string, claims ...string) error {
	return h.d.Write(ctx, func(tx *db.Tx) error { return h.s.Link(ctx, tx, claims, "order", subjectID, actorID) })
}

func (h house) files(t *testing.T) (n int) {
	t.Helper()
	if err := h.store.Each(t.Context(), func(blob.Info) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUploadLinkSee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		nurse, engineer, stranger := person(t.Context(), "nurse"), person(t.Context(), "engineer"), person(t.Context(), "stranger")
		body := picture(t, 20, 10)
		u := h.save(t, nurse, body)
		if u.Type != "image/png" || u.Name != "a.png" || u.Size != int64(len(body)) || !u.Pictured {
			t.Fatalf("got %+v", u)
		}
		see := func(ctx context.Context) string {
			_, r, err := h.s.Open(ctx, u.ID)
			if err != nil {
				return fault.CodeOf(err)
			}
			defer func() { _ = r.Close() }()
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, body) {
				t.Fatalf("other bytes: %v", err)
			}
			return ""
		}
		if see(nurse) != "" || see(engineer) != "not_found" || see(t.Context()) != "not_found" {
			t.Fatal("before it is linked a file is its uploader's alone")
		}
		if err := h.link(engineer, "o1", "engineer", u.ID); fault.CodeOf(err) != "invalid" {
			t.Fatalf("someone else's upload was linked: %v", err)
		}
		if err := h.link(nurse, "o1", "nurse", u.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.link(nurse, "o1", "nurse", u.ID); err != nil {
			t.Fatalf("linking again must do no harm: %v", err)
		}
		if err := h.link(nurse, "o2", "nurse", u.ID); fault.CodeOf(err) != "invalid" {
			t.Fatalf("one upload was linked twice: %v", err)
		}
		if see(nurse) != "" || see(engineer) != "" || see(stranger) != "not_found" || see(t.Context()) != "not_found" {
			t.Fatal("access must follow the subject")
		}
		if see(attachment.WithLink(t.Context(), "letmein")) != "" {
			t.Fatal("the order's own link must open its files")
		}
		if list, err := h.s.List(engineer, "order", "o1"); err != nil || len(list) != 1 {
			t.Fatalf("got %v %v", list, err)
		}
		for _, c := range []struct {
			ctx     context.Context
			subject string
		}{{stranger, "order"}, {t.Context(), "order"}, {nurse, "person"}, {nurse, ""}} {
			if list, err := h.s.List(c.ctx, c.subject, "o1"); fault.CodeOf(err) != "not_found" || len(list) > 0 {
				t.Errorf("%q: got %v %v", c.subject, list, err)
			}
		}
		if _, err := h.s.List(nurse, "order", "busy"); fault.CodeOf(err) != "unavailable" {
			t.Errorf("a database that is busy is no missing file: %v", err)
		}
		if err := h.s.Discard(nurse, u.ID); fault.CodeOf(err) != "forbidden" {
			t.Errorf("a linked file was thrown away: %v", err)
		}
	})
}

func TestClaimsOfThePublic(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		body := picture(t, 4, 4)
		for _, code := range []string{"", "bad"} {
			_, err := h.s.Save(t.Context(), attachment.Upload{Body: bytes.NewReader(body), Code: code})
			if fault.CodeOf(err) != "unauthorized" {
				t.Fatalf("code %q: %v", code, err)
			}
		}
		mine, other := h.save(t, t.Context(), body), h.save(t, t.Context(), body)
		id := attachment.ID(mine.ID)
		if id == mine.ID || len(mine.ID) > 64 {
			t.Fatalf("no secret in the claim %q", mine.ID)
		}
		wrong := id + "-" + strings.TrimPrefix(other.ID, attachment.ID(other.ID)+"-")
		for _, claim := range []string{id, id + "-", wrong} {
			if err := h.link(t.Context(), "o1", "public", claim); fault.CodeOf(err) != "invalid" {
				t.Errorf("%q was linked: %v", claim, err)
			}
			if _, err := h.s.Get(t.Context(), claim); fault.CodeOf(err) != "not_found" {
				t.Errorf("%q is seen: %v", claim, err)
			}
			if err := h.s.Discard(t.Context(), claim); fault.CodeOf(err) != "not_found" {
				t.Errorf("%q was thrown away: %v", claim, err)
			}
		}
		if err := h.link(t.Context(), "o1", "public", mine.ID); err != nil {
			t.Fatal(err)
		}
		// After signing in the claim of before still holds.
		if err := h.link(t.Context(), "o1", "nurse", other.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Get(t.Context(), mine.ID); fault.CodeOf(err) != "not_found" {
			t.Errorf("the claim outlived the linking: %v", err)
		}
		if _, err := h.s.Get(person(t.Context(), "engineer"), mine.ID); err != nil {
			t.Errorf("a claim must name the file where it was stored: %v", err)
		}
	})
}

func TestTheSameKeyUploadsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		nurse := person(t.Context(), "nurse")
		up := func(ctx context.Context) attachment.Uploaded {
			u, err := h.s.Save(ctx, attachment.Upload{Key: "a-key-that-nobody-guesses", Code: "good", Body: bytes.NewReader(picture(t, 3, 3))})
			if err != nil {
				t.Error(err)
			}
			return u
		}
		var wg sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			wg.Add(1)
			go func() { defer wg.Done(); ids[i] = up(nurse).ID }()
		}
		wg.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Fatalf("one key, several uploads: %v", ids)
			}
		}
		if up(person(t.Context(), "other")).ID == ids[0] {
			t.Fatal("another person's key gave away an upload")
		}
		a, b := up(t.Context()), up(t.Context())
		if attachment.ID(a.ID) != attachment.ID(b.ID) {
			t.Fatal("the public's key had a second effect")
		}
		if err := h.link(t.Context(), "o1", "public", b.ID); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSweep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		nurse := person(t.Context(), "nurse")
		linked, same, alone := h.save(t, nurse, picture(t, 5, 5)), h.save(t, nurse, picture(t, 5, 5)), h.save(t, nurse, picture(t, 6, 6))
		if err := h.link(nurse, "o1", "nurse", linked.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.store.Put(t.Context(), strings.NewReader("bytes whose row was never written")); err != nil {
			t.Fatal(err)
		}
		sweep := func() {
			t.Helper()
			if err := h.s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		there := func(id string) bool {
			_, err := h.s.Get(nurse, id)
			return err == nil
		}
		h.clk.Advance(clock.Day - 1)
		sweep()
		if !there(same.ID) || !there(alone.ID) || h.files(t) != 3 {
			t.Fatal("removed too early")
		}
		h.clk.Advance(2)
		young := h.save(t, nurse, picture(t, 7, 7))
		sweep()
		if there(same.ID) || there(alone.ID) || !there(linked.ID) || !there(young.ID) {
			t.Fatal("the wrong uploads were removed")
		}
		if n := h.files(t); n != 3 { // linked, young, and the bytes without a row
			t.Fatalf("%d files", n)
		}
		h.clk.Advance(clock.Day + 1)
		sweep()
		if n := h.files(t); n != 1 {
			t.Fatalf("%d files, want only the linked one", n)
		}
		if _, r, err := h.s.Open(nurse, linked.ID); err != nil {
			t.Fatal(err)
		} else {
			_ = r.Close()
		}
	})
}

// Uploads of the same bytes and the removal of an older one of them, at once: what
// was acknowledged can be read.
func TestSweepingBesideUploads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		nurse := person(t.Context(), "nurse")
		body := picture(t, 9, 9)
		for range 5 {
			h.save(t, nurse, body)
			h.clk.Advance(clock.Day + 1)
			var wg sync.WaitGroup
			wg.Add(2)
			var got attachment.Uploaded
			var err error
			go func() {
				defer wg.Done()
				got, err = h.s.Save(nurse, attachment.Upload{Body: bytes.NewReader(body)})
			}()
			go func() {
				defer wg.Done()
				if err := h.s.Sweep(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			}()
			wg.Wait()
			if fault.CodeOf(err) == "blob.unavailable" {
				continue // refused is not lost
			}
			if err != nil {
				t.Fatal(err)
			}
			_, r, err := h.s.Open(nurse, got.ID)
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Close()
		}
	})
}

func TestDiscard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		nurse := person(t.Context(), "nurse")
		u := h.save(t, nurse, picture(t, 5, 5))
		if err := h.s.Discard(person(t.Context(), "other"), u.ID); fault.CodeOf(err) != "not_found" {
			t.Fatal(err)
		}
		if err := h.s.Discard(nurse, u.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.link(nurse, "o1", "nurse", u.ID); fault.CodeOf(err) != "invalid" {
			t.Fatal(err)
		}
	})
}

func TestQuota(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		nurse := person(t.Context(), "nurse")
		body := picture(t, 2, 2)
		var err error
		n := 0
		for ; err == nil && n < 300; n++ {
			_, err = h.s.Save(nurse, attachment.Upload{Body: bytes.NewReader(body)})
		}
		if fault.CodeOf(err) != "attachment.quota" || n != 201 {
			t.Fatalf("after %d: %v", n, err)
		}
		if _, err := h.s.Save(person(t.Context(), "other"), attachment.Upload{Body: bytes.NewReader(body)}); err != nil {
			t.Fatalf("one person's quota stopped another: %v", err)
		}
	})
}

// full is a store without room.
type full struct{ blob.Store }

func (full) Put(context.Context, io.Reader) (blob.Ref, error) {
	return blob.Ref{}, &fault.Fault{Kind: fault.Unavailable, Code: "blob.unavailable", Cause: errors.New("no space left on device")}
}

func TestAFullDiskLeavesNoRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.s.Store = full{h.store}
		_, err := h.s.Save(person(t.Context(), "nurse"), attachment.Upload{Body: bytes.NewReader(picture(t, 2, 2))})
		if f, ok := fault.Of(err); !ok || f.Kind != fault.Unavailable {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			n, err := db.One[int64](t.Context(), tx, "SELECT count(*) FROM attachment")
			if n != 0 {
				t.Errorf("%d rows", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

package attachment

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"io"
	"unicode/utf8"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/blob"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Guard returns an error unless the actor may see the thing with this id.
type Guard func(ctx context.Context, actor *identity.Actor, subjectID string) error

// Deps is what the service needs.
type Deps struct {
	DB    *db.DB
	Trail *audit.Trail
	Clock clock.Clock
	Store blob.Store
	// Subjects says, for each kind of subject, who may see its files. A kind that is
	// not there has none. It must not change once requests are served.
	Subjects map[string]Guard
	// PublicUpload returns an error unless someone who has not signed in may upload,
	// having scanned this code. Nil allows nobody.
	PublicUpload func(ctx context.Context, code string) error
	// Previews is the folder that keeps smaller pictures; it may be emptied at any
	// time. Empty makes them anew each time.
	Previews string
}

// Service keeps files. It is safe for concurrent use.
type Service struct {
	Deps
	painters chan struct{} // bounds the memory that pictures being decoded take
}

// New returns the service.
func New(d Deps) *Service {
	return &Service{Deps: d, painters: make(chan struct{}, 2)}
}

// Upload is a file on its way in.
type Upload struct {
	Name     string // as the sender calls it
	Declared string // media type as the sender calls it; not believed
	Key      string // repeating an upload with the same key has no second effect
	Code     string // code scanned by someone who has not signed in
	Body     io.Reader
}

// Uploaded is what the uploader gets.
type Uploaded struct {
	ID        string `json:"id" doc:"The id, or the claim of someone who has not signed in, to be named in the command that links it"`
	Name      string `json:"name"`
	Type      string `json:"type"`
	Size      int64  `json:"size"`
	Pictured  bool   `json:"pictured" doc:"Can be had smaller, as a picture"`
	CreatedAt int64  `json:"createdAt"`
}

func uploaded(a *Attachment, secret string) Uploaded {
	return Uploaded{ID: claim(a.ID, secret), Name: a.Name, Type: a.Type, Size: a.Size, Pictured: a.Pictured(), CreatedAt: a.CreatedAt}
}

// Save takes a file in for the context's actor. It is not linked to anything yet.
func (s *Service) Save(ctx context.Context, u Upload) (Uploaded, error) {
	actor := identity.Of(ctx)
	if err := s.mayUpload(ctx, actor, u.Code); err != nil {
		return Uploaded{}, err
	}
	if utf8.RuneCountInString(u.Key) > maxKey {
		return Uploaded{}, fault.Field("Idempotency-Key", "too_long", "max", maxKey)
	}
	if !actor.SignedIn() {
		if err := command.CheckShared(u.Key); err != nil {
			return Uploaded{}, err
		}
	}
	if u.Key != "" {
		if out, ok, err := s.again(ctx, actor, u.Key); ok || err != nil {
			return out, err
		}
	}
	if err := s.DB.Read(ctx, func(tx *db.Tx) error { return withinQuota(ctx, tx, actor) }); err != nil {
		return Uploaded{}, err
	}
	kind, body, err := recognise(u)
	if err != nil {
		return Uploaded{}, err
	}
	ref, err := s.Store.Put(ctx, body)
	if err != nil {
		return Uploaded{}, err
	}
	a := Attachment{ID: id.New(), Hash: ref.Key, Size: ref.Size, Type: kind, Name: SafeName(u.Name, kind),
		Uploader: actor.PersonID, UploadKey: u.Key, CreatedAt: s.Clock.Now()}
	secret := ""
	if !actor.SignedIn() {
		secret = id.Secret()
		a.SecretHash = id.Hash(secret)
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := pass(ctx, tx, a.CreatedAt); err != nil {
			return err
		}
		if err := withinQuota(ctx, tx, actor); err != nil {
			return err
		}
		// Whoever removes unused bytes goes through the same gate: what is there now stays.
		if _, err := s.Store.Stat(ctx, ref.Key); err != nil {
			return &fault.Fault{Kind: fault.Unavailable, Code: "blob.unavailable", Cause: err}
		}
		if err := db.Insert(ctx, tx, "attachment", &a); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "attachment.upload", "attachment", a.ID, map[string]any{"type": a.Type, "size": a.Size})
	})
	if u.Key != "" && db.IsDuplicate(err) { // the same upload ran twice at once, and the other was first
		out, _, err := s.again(ctx, actor, u.Key)
		return out, err
	}
	if err != nil {
		return Uploaded{}, err
	}
	return uploaded(&a, secret), nil
}

func (s *Service) mayUpload(ctx context.Context, actor *identity.Actor, code string) error {
	if actor.SignedIn() {
		return nil
	}
	if s.PublicUpload == nil || code == "" {
		return fault.New(fault.Unauthorized, "unauthorized")
	}
	return s.PublicUpload(ctx, code)
}

// again returns what an earlier upload under the key has left. Its bytes are not
// compared: a key is made for one file.
func (s *Service) again(ctx context.Context, actor *identity.Actor, key string) (out Uploaded, ok bool, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		var a Attachment
		if a, ok, err = byKey(ctx, tx, actor.PersonID, key); err != nil || !ok {
			return err
		}
		secret := ""
		if a.SecretHash != "" { // only its hash is known, so the holder gets another one
			secret = id.Secret()
			if err := setSecret(ctx, tx, a.ID, id.Hash(secret)); err != nil {
				return err
			}
		}
		out = uploaded(&a, secret)
		return nil
	})
	return out, ok, err
}

func withinQuota(ctx context.Context, tx *db.Tx, actor *identity.Actor) error {
	u, err := unlinkedOf(ctx, tx, actor.PersonID)
	if err != nil {
		return err
	}
	q := personQuota
	if !actor.SignedIn() {
		q = publicQuota
	}
	if q.full(u) {
		return fault.New(fault.TooMany, "attachment.quota")
	}
	return nil
}

// recognise says what a file is and returns its bytes as they are to be stored.
func recognise(u Upload) (kind string, body io.Reader, err error) {
	r := bufio.NewReaderSize(&limited{r: u.Body, left: MaxBytes}, 64<<10)
	head, err := r.Peek(sniffBytes)
	if err != nil && err != io.EOF {
		return "", nil, err
	}
	if len(head) == 0 {
		return "", nil, fault.Field("file", "attachment.empty")
	}
	if kind = kindOf(head, u.Declared); kind == "" {
		return "", nil, fault.Field("file", "attachment.type")
	}
	if kind == "image/jpeg" {
		return kind, newBareJPEG(r), nil
	}
	return kind, r, nil
}

// limited reads at most left bytes; one more is the too_large fault.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, tooLarge()
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, tooLarge()
	}
	return n, err
}

func tooLarge() error { return fault.New(fault.TooLarge, "too_large", "max", "30 MB") }

// Link gives uploads to a subject, within the transaction of the command that names
// them. They must be the actor's own, or named by their claims, and not linked to
// anything else; naming them again for the same subject has no effect. Wrong ones
// are a fault about files.
func (s *Service) Link(ctx context.Context, tx *db.Tx, claims []string, subject, subjectID, actorID string) error {
	if s.Subjects[subject] == nil {
		return errors.New("attachment: no guard for subject " + subject)
	}
	unknown := fault.Field("files", "attachment.unknown")
	fresh := false
	for _, c := range claims {
		a, err := load(ctx, tx, ID(c))
		if errors.Is(err, sql.ErrNoRows) {
			return unknown
		}
		if err != nil {
			return err
		}
		if a.Subject == subject && a.SubjectID == subjectID {
			continue
		}
		if a.linked() || !a.heldBy(actorID, c) {
			return unknown
		}
		ok, err := link(ctx, tx, a.ID, subject, subjectID, s.Clock.Now())
		if err != nil {
			return err
		}
		if !ok { // another command was first
			return unknown
		}
		fresh = true
	}
	if !fresh {
		return nil
	}
	n, err := countOf(ctx, tx, subject, subjectID)
	if err != nil {
		return err
	}
	if n > maxLinked {
		return fault.Field("files", "attachment.too_many", "max", maxLinked)
	}
	return nil
}

// Of returns the files of a subject in the order of their upload, for a caller who
// has made sure that they may be seen.
func (s *Service) Of(ctx context.Context, tx *db.Tx, subject, subjectID string) ([]Attachment, error) {
	return listOf(ctx, tx, subject, subjectID)
}

// List returns the files of a subject to who may see it.
func (s *Service) List(ctx context.Context, subject, subjectID string) ([]Attachment, error) {
	if err := s.seen(ctx, subject, subjectID); err != nil {
		return nil, err
	}
	var out []Attachment
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = listOf(ctx, tx, subject, subjectID); return err })
	return out, err
}

// seen asks the subject's guard. Whatever the reason of a refusal, the answer is
// that there is nothing.
func (s *Service) seen(ctx context.Context, subject, subjectID string) error {
	guard := s.Subjects[subject]
	if guard == nil {
		return fault.Missing()
	}
	err := guard(ctx, identity.Of(ctx), subjectID)
	if f, ok := fault.Of(err); ok && f.Kind != fault.Unavailable && f.Kind != fault.Internal {
		return fault.Missing()
	}
	return err
}

// Get returns a file to who may see it: those who see its subject, or before it is
// linked its uploader.
func (s *Service) Get(ctx context.Context, claim string) (Attachment, error) {
	var a Attachment
	if !id.Valid(ID(claim)) {
		return a, fault.Missing()
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { a, err = load(ctx, tx, ID(claim)); return err })
	if err != nil {
		return a, err
	}
	if a.linked() {
		return a, s.seen(ctx, a.Subject, a.SubjectID)
	}
	if !a.heldBy(identity.Of(ctx).PersonID, claim) {
		return a, fault.Missing()
	}
	return a, nil
}

// Open returns a file with its bytes to who may see it; the caller closes them.
func (s *Service) Open(ctx context.Context, claim string) (Attachment, io.ReadSeekCloser, error) {
	a, err := s.Get(ctx, claim)
	if err != nil {
		return a, nil, err
	}
	r, err := s.Store.Open(ctx, a.Hash)
	return a, r, err
}

// Discard removes an upload of one's own that was never linked.
func (s *Service) Discard(ctx context.Context, claim string) error {
	a, err := s.Get(ctx, claim)
	if err != nil {
		return err
	}
	if a.linked() {
		return fault.Denied()
	}
	ok, err := s.remove(ctx, a.ID)
	if err != nil || !ok {
		return err
	}
	actor := identity.Of(ctx)
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return s.Trail.Record(ctx, tx, actor.Who(), "attachment.discard", "attachment", a.ID, nil)
	})
}

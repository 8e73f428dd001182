package attachment

import (
	"crypto/subtle"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/id"
)

const (
	// unlinkedFor is how long an upload waits to be linked, in milliseconds.
	unlinkedFor = clock.Day
	// strayFor is how long bytes without a row are left alone: an upload may be under way.
	strayFor = 2 * clock.Day
	// maxLinked is how many files one subject can have.
	maxLinked = 200
	maxKey    = 100 // characters of an upload key
)

// quota bounds what one uploader may leave unlinked.
type quota struct{ files, bytes int64 }

var (
	personQuota = quota{files: 200, bytes: 1 << 30}
	publicQuota = quota{files: 5000, bytes: 4 << 30} // of everybody who has not signed in together
)

func (q quota) full(u usage) bool { return u.Files >= q.files || u.Bytes >= q.bytes }

// Attachment is a file.
type Attachment struct {
	ID         string `db:"id" json:"id"`
	Hash       string `db:"hash" json:"-"`
	Size       int64  `db:"size" json:"size" doc:"Bytes"`
	Type       string `db:"type" json:"type" doc:"What the bytes are, for example image/jpeg"`
	Name       string `db:"name" json:"name"`
	Subject    string `db:"subject" json:"-"`
	SubjectID  string `db:"subject_id" json:"-"`
	Uploader   string `db:"uploader" json:"-"`
	SecretHash string `db:"secret_hash" json:"-"`
	UploadKey  string `db:"upload_key" json:"-"`
	CreatedAt  int64  `db:"created_at" json:"createdAt"`
	LinkedAt   int64  `db:"linked_at" json:"-"`
}

// Pictured tells whether the file can be had smaller, as a picture.
func (a *Attachment) Pictured() bool { return pictured(a.Type) }

// linked tells whether the file belongs to a subject.
func (a *Attachment) linked() bool { return a.Subject != "" }

// ID returns the id within a claim; an id is its own claim.
func ID(claim string) string {
	id, _, _ := strings.Cut(claim, "-")
	return id
}

// Claim is how someone who has not signed in names an upload.
func claim(attachmentID, secret string) string {
	if secret == "" {
		return attachmentID
	}
	return attachmentID + "-" + secret
}

// heldBy tells whether an upload that is not linked belongs to the person, or to
// whoever brought this claim.
func (a *Attachment) heldBy(personID, claim string) bool {
	if a.SecretHash == "" {
		return personID != "" && personID != identity.Public().PersonID && a.Uploader == personID
	}
	_, secret, _ := strings.Cut(claim, "-")
	return subtle.ConstantTimeCompare([]byte(id.Hash(secret)), []byte(a.SecretHash)) == 1
}

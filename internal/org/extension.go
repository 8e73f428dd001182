package org

import (
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/text"
)

// Extension is a telephone number of the hospital and where it rings.
type Extension struct {
	Head
	Number       string `db:"number" json:"number" doc:"Digits, * and # only"`
	Direct       string `db:"direct" json:"direct,omitempty" doc:"Number under which the outside reaches and sees it"`
	Label        string `db:"label" json:"label,omitempty" doc:"Where exactly it stands, for example nurses' station"`
	DepartmentID string `db:"department_id" json:"departmentId,omitempty"`
	PlaceID      string `db:"place_id" json:"placeId,omitempty"`
	Findable
}

// ExtensionInput is what may be said about an extension.
type ExtensionInput struct {
	Edit
	Number       string `json:"number" minLength:"1" maxLength:"40" doc:"Unique; blanks and hyphens are dropped"`
	Direct       string `json:"direct,omitempty" maxLength:"40"`
	Label        string `json:"label,omitempty" maxLength:"60"`
	DepartmentID string `json:"departmentId,omitempty" maxLength:"64" doc:"Department or place must be given"`
	PlaceID      string `json:"placeId,omitempty" maxLength:"64"`
}

func (in *ExtensionInput) clean() error {
	var c check
	if in.Number = strings.TrimSpace(in.Number); in.Number == "" {
		c.Add("number", "required")
	} else if in.Number = NormalNumber(in.Number); in.Number == "" {
		c.Add("number", "bad_format")
	}
	if in.Direct = strings.TrimSpace(in.Direct); in.Direct != "" {
		if in.Direct = NormalNumber(in.Direct); in.Direct == "" {
			c.Add("direct", "bad_format")
		}
	}
	c.line("label", &in.Label, maxName)
	c.ref("departmentId", &in.DepartmentID)
	c.ref("placeId", &in.PlaceID)
	if in.DepartmentID == "" && in.PlaceID == "" {
		c.Add("departmentId", "org.extension_target")
	}
	return c.Err()
}

func (e *Extension) indexKeys() []string {
	keys := []string{"number:" + e.Number}
	if e.Direct != "" {
		keys = append(keys, "number:"+e.Direct)
	}
	return keys
}

func (e *Extension) put(in ExtensionInput) {
	e.Number, e.Direct, e.Label, e.DepartmentID, e.PlaceID = in.Number, in.Direct, in.Label, in.DepartmentID, in.PlaceID
	e.Findable = findable(in.Label, in.Number, in.Direct)
	e.SortKey = natural(in.Number)
}

// extensionKeys say to whom an extension belongs: to its place and department.
func extensionKeys(d *Department, p *Place) identity.Keys {
	var k identity.Keys
	if p != nil {
		k = p.keys()
	}
	if d != nil {
		k.Department = d.ID
		if k.Campus == "" {
			k.Campus = d.CampusID
		}
	}
	return k
}

// NormalNumber brings a telephone number to the one form in which numbers are
// stored and compared: only digits, * and #, and the country code of China (ITU
// E.164: 86) taken away. It returns "" for what is no number or is longer than 32.
func NormalNumber(s string) string {
	s = strings.TrimSpace(text.Fold(s))
	plus := strings.HasPrefix(s, "+")
	var b strings.Builder
	for _, r := range strings.TrimPrefix(s, "+") {
		switch {
		case r >= '0' && r <= '9' || r == '*' || r == '#':
			b.WriteRune(r)
		case strings.ContainsRune(" -()./", r):
		default:
			return ""
		}
	}
	n := b.String()
	switch {
	case plus && strings.HasPrefix(n, "86"):
		n = n[2:]
	case strings.HasPrefix(n, "0086"):
		n = n[4:]
	}
	if len(n) > 32 {
		return ""
	}
	return n
}

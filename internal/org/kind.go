package org

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
)

// Kind is a kind of thing in the directory; it is also the name of its table.
type Kind string

// The kinds.
const (
	KindCampus     Kind = "campus"
	KindPlace      Kind = "place"
	KindDepartment Kind = "department"
	KindTeam       Kind = "team"
	KindVendor     Kind = "vendor"
	KindSkill      Kind = "skill"
	KindExtension  Kind = "extension"
	KindDuty       Kind = "duty"
	KindPerson     Kind = "person" // identity's; named here for their import

	kindShift    Kind = "shift"
	kindRotation Kind = "rotation"
	kindLeave    Kind = "leave_span"
	kindSwap     Kind = "duty_swap"
)

// Head is what every thing in the directory has.
type Head struct {
	ID        string `db:"id" json:"id"`
	Active    bool   `db:"active" json:"active" doc:"Inactive things stay on old orders and can no longer be chosen"`
	Version   int64  `db:"version" json:"version"`
	CreatedAt int64  `db:"created_at" json:"createdAt"`
	UpdatedAt int64  `db:"updated_at" json:"updatedAt"`
}

func (h *Head) head() *Head { return h }

// Findable is what pickers and lists look at.
type Findable struct {
	Search  string `db:"search" json:"-"`
	SortKey string `db:"sort_key" json:"-"`
}

func (f *Findable) order() string { return f.SortKey }

// Edit is the part of every input that says which version it changes.
type Edit struct {
	Version int64 `json:"version,omitempty" doc:"Version the caller saw; needed to change something, absent for something new"`
	Active  *bool `json:"active,omitempty" doc:"Absent leaves it as it is; new things are active"`
}

// Lengths in characters.
const (
	maxName = 60
	maxCode = 40
	maxNote = 500
)

var (
	codeForm  = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._/#()-]*$`)
	phoneForm = regexp.MustCompile(`^[0-9+*#(),;/ -]{3,32}$`)
)

// check gathers what is wrong with the fields of an input while it tidies them.
type check struct{ fault.Fields }

// line tidies one line of text.
func (c *check) line(field string, v *string, limit int) {
	*v = strings.TrimSpace(*v)
	switch {
	case !utf8.ValidString(*v) || strings.ContainsFunc(*v, unicode.IsControl):
		c.Add(field, "bad_format")
	case utf8.RuneCountInString(*v) > limit:
		c.Add(field, "too_long", "max", limit)
	}
}

func (c *check) name(v *string) {
	c.line("name", v, maxName)
	if *v == "" {
		c.Add("name", "required")
	}
}

// code tidies a code: capitals, narrow, no blanks, so that equal codes are equal texts.
func (c *check) code(v *string) {
	*v = foldCode(*v)
	c.line("code", v, maxCode)
	if *v != "" && !codeForm.MatchString(*v) {
		c.Add("code", "bad_format")
	}
}

func (c *check) phone(v *string) {
	*v = strings.TrimSpace(*v)
	if *v != "" && !phoneForm.MatchString(*v) {
		c.Add("phone", "bad_format")
	}
}

// ref tidies an id.
func (c *check) ref(field string, v *string) { c.line(field, v, 64) }

func foldCode(s string) string { return strings.ToUpper(strings.TrimSpace(text.Fold(s))) }

// squeeze is the form in which names and paths typed into lists are compared.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(`/\>`, r) {
			return -1
		}
		return r
	}, text.Fold(s))
}

// findable returns the search and sort columns of a thing.
func findable(name string, codes ...string) Findable {
	keys := text.Keys(name)
	words := []string{keys}
	for _, c := range codes {
		if c != "" {
			words = append(words, strings.Join(strings.Fields(text.Fold(c)), ""))
		}
	}
	return Findable{Search: strings.Join(words, " "), SortKey: natural(keys)}
}

// natural makes a sort key from search keys: by pinyin, and by the value of numbers, so that 2层
// comes before 10层.
func natural(keys string) string {
	words := strings.Fields(keys)
	if len(words) == 0 {
		return ""
	}
	word := words[min(1, len(words)-1)]
	var b strings.Builder
	for i := 0; i < len(word); {
		j := i
		for j < len(word) && word[j] >= '0' && word[j] <= '9' {
			j++
		}
		if j == i {
			b.WriteByte(word[i])
			i++
			continue
		}
		digits := strings.TrimLeft(word[i:j], "0")
		b.WriteString(strings.Repeat("0", max(0, 8-len(digits))))
		b.WriteString(digits)
		i = j
	}
	return b.String()
}

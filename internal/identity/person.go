package identity

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
)

// Person is someone known to the hospital, with an account or without.
type Person struct {
	ID           string `db:"id" json:"id"`
	Name         string `db:"name" json:"name"`
	StaffNo      string `db:"staff_no" json:"staffNo,omitempty"`
	Login        string `db:"login" json:"login,omitempty"`
	Phone        string `db:"phone" json:"phone,omitempty"`
	Email        string `db:"email" json:"email,omitempty"`
	Title        string `db:"title" json:"title,omitempty" doc:"What the person is, for example head nurse"`
	CampusID     string `db:"campus_id" json:"campusId,omitempty"`
	DepartmentID string `db:"department_id" json:"departmentId,omitempty"`
	VendorID     string `db:"vendor_id" json:"vendorId,omitempty"`
	Language     string `db:"language" json:"language,omitempty" doc:"zh or en; absent follows the browser"`
	Active       bool   `db:"active" json:"active"`
	Version      int64  `db:"version" json:"version"`
	CreatedAt    int64  `db:"created_at" json:"createdAt"`
	UpdatedAt    int64  `db:"updated_at" json:"updatedAt"`

	Teams []Membership `json:"teams"`
}

// Membership is one team a person belongs to.
type Membership struct {
	TeamID string `db:"team_id" json:"teamId" minLength:"1" maxLength:"64"`
	Lead   bool   `db:"lead" json:"lead" doc:"Whether the person leads the team"`
}

// Brief is as much of a person as anyone may see who names them on an order.
type Brief struct {
	ID           string `db:"id" json:"id"`
	Name         string `db:"name" json:"name"`
	Title        string `db:"title" json:"title,omitempty"`
	DepartmentID string `db:"department_id" json:"departmentId,omitempty"`
}

// Facts are what may be edited about a person.
type Facts struct {
	Name         string `json:"name" minLength:"1" maxLength:"60"`
	StaffNo      string `json:"staffNo,omitempty" maxLength:"32" doc:"Unique; kept in capitals"`
	Login        string `json:"login,omitempty" maxLength:"64" doc:"Unique; kept in small letters"`
	Phone        string `json:"phone,omitempty" maxLength:"32"`
	Email        string `json:"email,omitempty" maxLength:"200"`
	Title        string `json:"title,omitempty" maxLength:"60"`
	CampusID     string `json:"campusId,omitempty" maxLength:"64"`
	DepartmentID string `json:"departmentId,omitempty" maxLength:"64"`
	VendorID     string `json:"vendorId,omitempty" maxLength:"64"`
	Language     string `json:"language,omitempty" enum:"zh,en"`
}

// account is a person's whole row.
type account struct {
	Person
	NameKeys      string `db:"name_keys"`
	Search        string `db:"search"`
	SortName      string `db:"sort_name"`
	Password      string `db:"password"`
	PasswordUntil int64  `db:"password_until"`
	MustChange    bool   `db:"must_change"`
	TOTPSecret    string `db:"totp_secret"`
	TOTPPending   string `db:"totp_pending"`
	TOTPStep      int64  `db:"totp_step"`
}

var (
	loginForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._@-]{1,63}$`)
	staffForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._/-]{0,31}$`)
	phoneForm = regexp.MustCompile(`^[0-9+*#(),;/ -]{3,32}$`)
)

// foldLogin brings a login name to the form in which it is stored and tried.
func foldLogin(s string) string { return strings.TrimSpace(text.Fold(s)) }

// foldStaffNo brings a staff number to the form in which it is stored and tried.
func foldStaffNo(s string) string { return strings.ToUpper(foldLogin(s)) }

// Clean brings the facts to the form in which they are stored, and blames every
// field that cannot be: codes required, too_long, bad_format, bad_value.
func (f *Facts) Clean() error {
	var bad fault.Fields
	for _, c := range []struct {
		field string
		v     *string
		max   int
	}{
		{"name", &f.Name, 60}, {"staffNo", &f.StaffNo, 32}, {"login", &f.Login, 64}, {"phone", &f.Phone, 32},
		{"email", &f.Email, 200}, {"title", &f.Title, 60}, {"campusId", &f.CampusID, 64},
		{"departmentId", &f.DepartmentID, 64}, {"vendorId", &f.VendorID, 64},
	} {
		*c.v = strings.TrimSpace(*c.v)
		switch {
		case !printable(*c.v):
			bad.Add(c.field, "bad_format")
		case utf8.RuneCountInString(*c.v) > c.max:
			bad.Add(c.field, "too_long", "max", c.max)
		}
	}
	f.Login, f.StaffNo = foldLogin(f.Login), foldStaffNo(f.StaffNo)
	if f.Name == "" {
		bad.Add("name", "required")
	}
	if f.Login != "" && !loginForm.MatchString(f.Login) {
		bad.Add("login", "identity.login_form")
	}
	if f.StaffNo != "" && !staffForm.MatchString(f.StaffNo) {
		bad.Add("staffNo", "bad_format")
	}
	if f.Phone != "" && !phoneForm.MatchString(f.Phone) {
		bad.Add("phone", "bad_format")
	}
	if f.Email != "" {
		if a, err := mail.ParseAddress(f.Email); err != nil || a.Address != f.Email {
			bad.Add("email", "bad_format")
		}
	}
	if f.Language != "" && f.Language != "zh" && f.Language != "en" {
		bad.Add("language", "bad_value")
	}
	return bad.Err()
}

// printable tells whether s is one line of valid text.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// put takes cleaned facts over into the row, with everything derived from them.
func (a *account) put(f Facts) {
	a.Name, a.StaffNo, a.Login, a.Phone, a.Email, a.Title = f.Name, f.StaffNo, f.Login, f.Phone, f.Email, f.Title
	a.CampusID, a.DepartmentID, a.VendorID, a.Language = f.CampusID, f.DepartmentID, f.VendorID, f.Language
	a.NameKeys = text.Keys(f.Name)
	a.SortName = a.NameKeys
	if spelled := strings.Fields(a.NameKeys); len(spelled) > 1 {
		a.SortName = spelled[1]
	}
	parts := []string{a.NameKeys}
	for _, s := range []string{f.StaffNo, f.Login, f.Phone} {
		if s = strings.Join(strings.Fields(text.Fold(s)), ""); s != "" {
			parts = append(parts, s)
		}
	}
	a.Search = strings.Join(parts, " ")
}

// facts returns what may be edited, as it stands.
func (p *Person) facts() Facts {
	return Facts{Name: p.Name, StaffNo: p.StaffNo, Login: p.Login, Phone: p.Phone, Email: p.Email, Title: p.Title,
		CampusID: p.CampusID, DepartmentID: p.DepartmentID, VendorID: p.VendorID, Language: p.Language}
}

// Keys say to whom the person belongs: the same as personColumns say in SQL.
func (p *Person) Keys() Keys {
	return Keys{Campus: p.CampusID, Department: p.DepartmentID, Vendor: p.VendorID, Teams: teamIDs(p.Teams), People: []string{p.ID}}
}

func teamIDs(m []Membership) []string {
	out := make([]string, 0, len(m))
	for _, t := range m {
		out = append(out, t.TeamID)
	}
	return out
}

// cleanTeams drops repeated teams; the first mention counts.
func cleanTeams(in []Membership) ([]Membership, error) {
	var bad fault.Fields
	out := make([]Membership, 0, len(in))
	seen := map[string]bool{}
	for _, m := range in {
		m.TeamID = strings.TrimSpace(m.TeamID)
		if m.TeamID == "" || !printable(m.TeamID) || len(m.TeamID) > 64 {
			bad.Add("teams", "bad_value")
			continue
		}
		if !seen[m.TeamID] {
			seen[m.TeamID] = true
			out = append(out, m)
		}
	}
	if len(out) > maxTeams {
		bad.Add("teams", "too_many_items", "max", maxTeams)
	}
	return out, bad.Err()
}

const (
	maxTeams  = 50
	maxGrants = 50
)

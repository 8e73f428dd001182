package catalog

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"wardline/internal/platform/fault"
)

// Priority is how urgent an order is: P1 (at once) to P4 (booked) for service,
// T0 (emergency) to T2 (routine) for transport.
type Priority string

// The priorities.
const (
	P1 Priority = "P1"
	P2 Priority = "P2"
	P3 Priority = "P3"
	P4 Priority = "P4"
	T0 Priority = "T0"
	T1 Priority = "T1"
	T2 Priority = "T2"
)

// Priorities returns all of them, most urgent first within each kind.
func Priorities() []Priority { return []Priority{P1, P2, P3, P4, T0, T1, T2} }

// Limits are the minutes, counted by the item's calendar from the moment of
// report, until someone has accepted, arrived and finished. 0 means no limit, or
// a time that is agreed with the caller (booked). Range 0 to 525,600 (a year).
type Limits struct {
	Respond int64 `json:"respond" minimum:"0" maximum:"525600" doc:"Minutes until someone accepts; 0 means no limit"`
	Arrive  int64 `json:"arrive" minimum:"0" maximum:"525600" doc:"Minutes until someone is there; 0 means no limit, or booked"`
	Finish  int64 `json:"finish" minimum:"0" maximum:"525600" doc:"Minutes until it is done; 0 means no limit"`
}

// DefaultLimits returns the limits a hospital starts with for a priority.
func DefaultLimits(p Priority) Limits {
	switch p {
	case P1:
		return Limits{5, 10, 60}
	case P2:
		return Limits{10, 20, 240}
	case P3:
		return Limits{15, 60, 720}
	case P4:
		return Limits{240, 0, 4320}
	case T0:
		return Limits{5, 10, 30}
	case T1:
		return Limits{15, 25, 60}
	case T2:
		return Limits{30, 45, 120}
	}
	return Limits{}
}

// The calendars an item may count its limits by.
const (
	RoundTheClock = "24x7"
	WorkingHours  = "work"
)

// Mode says whether work is tried from afar.
type Mode string

// The modes.
const (
	RemoteFirst      Mode = "remote_first"       // guided or done from afar; on-site only when that fails
	RemoteThenOnsite Mode = "remote_then_onsite" // a look from afar first, then a visit
	Onsite           Mode = "onsite"
	Either           Mode = "either"
)

// Evidence is what must be shown before an order may be finished.
type Evidence struct {
	PhotoBefore bool `json:"photoBefore"`
	PhotoAfter  bool `json:"photoAfter"`
	Signature   bool `json:"signature" doc:"The receiver signs on glass"`
	DoubleCheck bool `json:"doubleCheck" doc:"A second person checks and signs"`
}

// Symptom is one chip of the third level. Its key stays when its words change, so
// that counts over time stay comparable.
type Symptom struct {
	Key     string `json:"key" maxLength:"40"`
	Label   string `json:"label" maxLength:"40"`
	LabelEn string `json:"labelEn,omitempty" maxLength:"80"`
}

// Content is everything a version says about a service.
type Content struct {
	CategoryID   string    `json:"categoryId" maxLength:"64"`
	NameZh       string    `json:"nameZh" maxLength:"60"`
	NameEn       string    `json:"nameEn" maxLength:"100" doc:"Empty shows the Chinese name"`
	Aliases      []string  `json:"aliases,omitempty" maxItems:"30" doc:"Other words under which people search"`
	Symptoms     []Symptom `json:"symptoms,omitempty" maxItems:"30"`
	Form         Form      `json:"form,omitempty" maxItems:"40"`
	Priority     Priority  `json:"priority" enum:"P1,P2,P3,P4,T0,T1,T2"`
	Limits       Limits    `json:"limits"`
	Calendar     string    `json:"calendar" maxLength:"64" doc:"24x7, work, or the id of a calendar of one's own"`
	TeamID       string    `json:"teamId,omitempty" maxLength:"64" doc:"Team that gets the order; absent leaves it to the dispatcher"`
	MoreTeamIDs  []string  `json:"moreTeamIds,omitempty" maxItems:"10" doc:"Teams often needed too"`
	Mode         Mode      `json:"mode" enum:"remote_first,remote_then_onsite,onsite,either"`
	Evidence     Evidence  `json:"evidence"`
	AutoPool     bool      `json:"autoPool" doc:"The order goes into the team's pool without a dispatcher"`
	ScriptZh     string    `json:"scriptZh,omitempty" maxLength:"4000" doc:"What the agent asks and says"`
	ScriptEn     string    `json:"scriptEn,omitempty" maxLength:"4000"`
	SlipZh       string    `json:"slipZh,omitempty" maxLength:"500" doc:"Note printed on the work slip"`
	SlipEn       string    `json:"slipEn,omitempty" maxLength:"500"`
	Public       bool      `json:"public" doc:"Offered to people who have not signed in"`
	Parts        bool      `json:"parts" doc:"Parts may be used and booked"`
	Tasks        *TaskPlan `json:"tasks,omitempty" doc:"Tasks of several teams that its orders get"`
	Owner        string    `json:"owner,omitempty" enum:"accept,intake" doc:"Who is first owner of its orders: who accepts first, which is so when absent, or who takes it in"`
	AssetClasses []string  `json:"assetClasses,omitempty" maxItems:"30" doc:"Classes of assets whose code suggests this item"`
}

// Item is one immutable version of a service. Its slices and maps are shared:
// treat them as read-only.
type Item struct {
	ID          string `json:"id"`
	Code        string `json:"code" doc:"Short code that people know the item by, for example HW03"`
	Version     int64  `json:"version"`
	PublishedAt int64  `json:"publishedAt"`
	Content
}

// Category is the first level.
type Category struct {
	ID       string `db:"id" json:"id"`
	NameZh   string `db:"name_zh" json:"nameZh"`
	NameEn   string `db:"name_en" json:"nameEn"`
	Icon     string `db:"icon" json:"icon,omitempty" doc:"Name of an icon of the front end"`
	Position int64  `db:"position" json:"-"`
	Active   bool   `db:"active" json:"active"`
	Version  int64  `db:"version" json:"version"`
}

var (
	codeForm  = regexp.MustCompile(`^[A-Z][A-Z0-9_-]{1,15}$`)
	keyForm   = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]{0,39}$`)
	classForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
)

// CheckCode returns a fault unless code is 2 to 16 capital letters, digits, - and _,
// beginning with a letter.
func CheckCode(code string) error {
	if !codeForm.MatchString(code) {
		return fault.Field("code", "bad_format")
	}
	return nil
}

// Check returns a fault naming every field that must be put right before the
// content may be published. Whether category and team exist is for the caller.
func (c Content) Check() error {
	var f fault.Fields
	label(&f, "nameZh", c.NameZh, 60)
	atMost(&f, "nameEn", c.NameEn, 100)
	atMost(&f, "scriptZh", c.ScriptZh, 4000)
	atMost(&f, "scriptEn", c.ScriptEn, 4000)
	atMost(&f, "slipZh", c.SlipZh, 500)
	atMost(&f, "slipEn", c.SlipEn, 500)
	if c.CategoryID == "" {
		f.Add("categoryId", "required")
	}
	if c.Calendar == "" {
		f.Add("calendar", "required")
	}
	if !slices.Contains(Priorities(), c.Priority) {
		f.Add("priority", "bad_value")
	}
	if !slices.Contains([]Mode{RemoteFirst, RemoteThenOnsite, Onsite, Either}, c.Mode) {
		f.Add("mode", "bad_value")
	}
	if !slices.Contains([]string{"", "accept", "intake"}, c.Owner) {
		f.Add("owner", "bad_value")
	}
	c.Limits.check(&f)
	if c.Tasks != nil {
		c.Tasks.check(&f, c.Form)
	}
	for i, a := range c.Aliases {
		label(&f, at("aliases", i), a, 40)
	}
	for i, a := range c.AssetClasses {
		if !classForm.MatchString(a) {
			f.Add(at("assetClasses", i), "bad_format")
		}
	}
	seen := map[string]bool{}
	for i, s := range c.Symptoms {
		where := at("symptoms", i)
		key(&f, where+".key", s.Key, seen)
		label(&f, where+".label", s.Label, 40)
		atMost(&f, where+".labelEn", s.LabelEn, 80)
	}
	if err := f.Merge("", c.Form.check()); err != nil {
		return err
	}
	return f.Err()
}

const maxMinutes = 525600

// check wants each limit within its range and, where set, none before the one it follows.
func (l Limits) check(f *fault.Fields) { l.checkAt(f, "") }

func (l Limits) checkAt(f *fault.Fields, prefix string) {
	last := int64(0)
	for _, x := range []struct {
		name  string
		value int64
	}{{prefix + "limits.respond", l.Respond}, {prefix + "limits.arrive", l.Arrive}, {prefix + "limits.finish", l.Finish}} {
		switch {
		case x.value < 0:
			f.Add(x.name, "too_small", "min", 0)
		case x.value > maxMinutes:
			f.Add(x.name, "too_big", "max", maxMinutes)
		case x.value > 0 && x.value < last:
			f.Add(x.name, "catalog.limits_order", "min", last)
		}
		last = max(last, x.value)
	}
}

// Symptom returns the chip with the key.
func (c Content) Symptom(key string) (Symptom, bool) {
	for _, s := range c.Symptoms {
		if s.Key == key {
			return s, true
		}
	}
	return Symptom{}, false
}

func label(f *fault.Fields, field, s string, limit int) {
	if strings.TrimSpace(s) == "" {
		f.Add(field, "required")
		return
	}
	atMost(f, field, s, limit)
}

func atMost(f *fault.Fields, field, s string, limit int) {
	if utf8.RuneCountInString(s) > limit {
		f.Add(field, "too_long", "max", limit)
	}
}

func key(f *fault.Fields, field, s string, seen map[string]bool) {
	switch {
	case s == "":
		f.Add(field, "required")
	case !keyForm.MatchString(s):
		f.Add(field, "bad_format")
	case seen[s]:
		f.Add(field, "duplicate")
	}
	seen[s] = true
}

package sla

import (
	"maps"
	"slices"
	"time"

	"wardline/internal/platform/fault"
)

// The calendars that come with the program.
const (
	RoundTheClock = "24x7"
	WorkingHours  = "work"
)

// Named is a calendar as administrators see it. The one that names a campus stands
// there for the working hours of the house.
type Named struct {
	ID       string `db:"id" json:"id" maxLength:"40" doc:"Small letters, digits, - and _"`
	Name     string `db:"name" json:"name" minLength:"1" maxLength:"60"`
	CampusID string `db:"campus_id" json:"campusId,omitempty" maxLength:"40" doc:"Replaces the working hours on this campus"`
	Spec     Spec   `db:"spec,json" json:"spec"`
}

// Reason is a reason for which an order may wait, with the clocks it stops.
type Reason struct {
	Code     string `db:"code" json:"code" minLength:"1" maxLength:"40"`
	NameZh   string `db:"name_zh" json:"nameZh" minLength:"1" maxLength:"40"`
	NameEn   string `db:"name_en" json:"nameEn" maxLength:"60"`
	Respond  bool   `db:"respond" json:"respond" doc:"Stops the clock of the response"`
	Arrive   bool   `db:"arrive" json:"arrive" doc:"Stops the clock of the arrival"`
	Finish   bool   `db:"finish" json:"finish" doc:"Stops the clock of the finish"`
	Active   bool   `db:"active" json:"active"`
	Position int64  `db:"position" json:"-"`
}

// StopsNone in Pause.Stops lets every clock run on.
const StopsNone Milestone = 1 << 3

// Stops returns which clocks the reason stops, for a Pause.
func (r Reason) Stops() Milestone {
	var out Milestone
	for i, on := range []bool{r.Respond, r.Arrive, r.Finish} {
		if on {
			out |= Milestones()[i]
		}
	}
	if out == 0 {
		return StopsNone
	}
	return out
}

// ShippedReasons are the reasons a hospital starts with: each stops all clocks.
func ShippedReasons() []Reason {
	out := []Reason{{Code: "parts", NameZh: "等待备件", NameEn: "Waiting for parts"}, {Code: "vendor", NameZh: "等待厂商", NameEn: "Waiting for the vendor"},
		{Code: "user_absent", NameZh: "用户不在", NameEn: "User absent"}, {Code: "window", NameZh: "等待停机窗口", NameEn: "Waiting for a window"},
		{Code: "weather", NameZh: "天气原因", NameEn: "Weather"}, {Code: "approval", NameZh: "等待审批", NameEn: "Waiting for approval"},
		{Code: "other", NameZh: "其他", NameEn: "Other"}}
	for i := range out {
		r := &out[i]
		r.Respond, r.Arrive, r.Finish, r.Active, r.Position = true, true, true, true, int64(i)
	}
	return out
}

// Limit sets the limits of orders of an item, a priority and a class of place; what
// is empty fits all.
type Limit struct {
	ItemID     string `db:"item_id" json:"itemId,omitempty" maxLength:"40"`
	Priority   string `db:"priority" json:"priority,omitempty" enum:",P1,P2,P3,P4,T0,T1,T2"`
	PlaceClass string `db:"place_class" json:"placeClass,omitempty" enum:",outpatient,emergency,ward,icu,theatre,medtech,office,public,logistics,technical,other"`
	Respond    int    `db:"respond" json:"respond" minimum:"0"`
	Arrive     int    `db:"arrive" json:"arrive" minimum:"0"`
	Finish     int    `db:"finish" json:"finish" minimum:"0"`
	Calendar   string `db:"calendar" json:"calendar" minLength:"1" maxLength:"40"`
}

// fits returns how closely a limit fits, 0 when it does not: the item counts more than
// the priority, and that more than the place.
func (l Limit) fits(itemID, priority, class string) int {
	score := 1
	for _, c := range []struct {
		want, have string
		points     int
	}{{l.ItemID, itemID, 8}, {l.Priority, priority, 4}, {l.PlaceClass, class, 2}} {
		if c.want == "" {
			continue
		}
		if c.want != c.have {
			return 0
		}
		score += c.points
	}
	return score
}

// Content is what a book is made of, beyond what comes with the program.
type Content struct {
	Calendars []Named
	Years     []Year
	Reasons   []Reason
	Limits    []Limit
}

// Book is everything that clocks are reckoned by at one moment: immutable, safe for
// concurrent use. A nil *Book works round the clock with the shipped reasons.
type Book struct {
	Content
	Stamp     int64
	calendars map[string]*Calendar
	campus    map[string]string // campus → its calendar
}

// workingWeek is Monday to Friday, 8 to 12 and 13:30 to 17:30.
func workingWeek() [7][]Interval {
	day := []Interval{{From: 8 * 60, To: 12 * 60}, {From: 13*60 + 30, To: 17*60 + 30}}
	return [7][]Interval{nil, day, day, day, day, day, nil}
}

// ShippedCalendars are those that come with the program, in the hospital's zone.
func ShippedCalendars(zone string) []Named {
	return []Named{{ID: RoundTheClock, Name: "全天候 24×7", Spec: Spec{Zone: zone, Always: true}},
		{ID: WorkingHours, Name: "工作时间", Spec: Spec{Zone: zone, PublicHolidays: true, Week: workingWeek()}}}
}

// overlay puts what administrators wrote over what was shipped, by key.
func overlay[T any](shipped, own []T, key func(T) string) []T {
	out := slices.Clone(shipped)
	at := map[string]int{}
	for i, v := range out {
		at[key(v)] = i
	}
	for _, v := range own {
		if i, ok := at[key(v)]; ok {
			out[i] = v
		} else {
			at[key(v)] = len(out)
			out = append(out, v)
		}
	}
	return out
}

// NewBook makes a book of the shipped content in the hospital's zone and what stands
// over it. What a calendar gets wrong is a fault that names its fields.
func NewBook(zone *time.Location, own Content) (*Book, error) {
	years, err := Holidays()
	if err != nil {
		return nil, err
	}
	b := &Book{calendars: map[string]*Calendar{}, campus: map[string]string{}}
	b.Years = latest(append(years, own.Years...))
	b.Calendars = overlay(ShippedCalendars(zone.String()), own.Calendars, func(n Named) string { return n.ID })
	b.Reasons = overlay(ShippedReasons(), own.Reasons, func(r Reason) string { return r.Code })
	slices.SortStableFunc(b.Reasons, func(x, y Reason) int { return int(x.Position - y.Position) })
	b.Limits = own.Limits
	var wrong fault.Fields
	for _, n := range b.Calendars {
		c, err := New(n.Spec, b.Years)
		if err != nil {
			if err := wrong.Merge("spec.", err); err != nil {
				return nil, err
			}
			continue
		}
		b.calendars[n.ID] = c
		if n.CampusID != "" {
			b.campus[n.CampusID] = n.ID
		}
	}
	return b, wrong.Err()
}

// Calendar returns a calendar; one that is not known works round the clock.
func (b *Book) Calendar(id string) *Calendar {
	if b == nil {
		return nil
	}
	return b.calendars[id]
}

// Has tells whether there is such a calendar.
func (b *Book) Has(id string) bool { return id == RoundTheClock || b.Calendar(id) != nil }

// At returns the calendar that stands for another on a campus: working hours are the
// campus's own where it has some.
func (b *Book) At(campusID, calendar string) string {
	if b != nil && calendar == WorkingHours && b.campus[campusID] != "" {
		return b.campus[campusID]
	}
	return calendar
}

// Reason returns a reason that may be given now.
func (b *Book) Reason(code string) (Reason, bool) {
	list := ShippedReasons()
	if b != nil {
		list = b.Reasons
	}
	i := slices.IndexFunc(list, func(r Reason) bool { return r.Code == code && r.Active })
	if i < 0 {
		return Reason{}, false
	}
	return list[i], true
}

// Limit returns the limit that fits an order most closely.
func (b *Book) Limit(itemID, priority, class string) (Limit, bool) {
	var best Limit
	score := 0
	if b != nil {
		for _, l := range b.Limits {
			if n := l.fits(itemID, priority, class); n > score {
				best, score = l, n
			}
		}
	}
	return best, score > 0
}

// Warnings says of each calendar which of the years from one moment to another it does
// not know, by the calendar's id.
func (b *Book) Warnings(from, to int64) map[string][]Warning {
	out := map[string][]Warning{}
	for _, id := range slices.Sorted(maps.Keys(b.calendars)) {
		if w := b.calendars[id].Warnings(from, to); len(w) > 0 {
			out[id] = w
		}
	}
	return out
}

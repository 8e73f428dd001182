package history

import (
	"strings"
	"time"

	"wardline/internal/catalog"
	"wardline/internal/workorder"
)

// outcome is how an order of a file ended.
type outcome int

const (
	open outcome = iota
	closed
	cancelled
)

// entry is an order that a line tells of.
type entry struct {
	key     string
	line    int64
	order   workorder.Order // without id and number
	team    workorder.Team
	outcome outcome
	opened  int64
	ended   int64 // 0 while open
	stale   bool  // cancelled because it was open for too long
	remedy  string
	worker  string
}

// verdict is what becomes of one line.
type verdict struct {
	record   *record
	entry    *entry // nil when nothing becomes of it
	problems []Problem
}

// level returns what the worst of the problems does to the line; "" when there is none.
func (v *verdict) level() Level {
	out := Level("")
	for _, p := range v.problems {
		if p.Level != Warned {
			return p.Level
		}
		out = Warned
	}
	return out
}

func (v *verdict) add(level Level, code string, field Field, value string, pairs ...any) {
	p := Problem{Level: level, Code: code, Field: field, Value: value}
	for i := 0; i+1 < len(pairs); i += 2 {
		if p.Params == nil {
			p.Params = map[string]any{}
		}
		p.Params[pairs[i].(string)] = pairs[i+1]
	}
	v.problems = append(v.problems, p)
}

// judge turns records into orders. It keeps what it has looked up, so it must not be
// used by two goroutines at once.
type judge struct {
	m     *Mapping
	times moments
	dir   *directory
	now   int64
	// values are those of the mapping, folded.
	values map[Field]map[string]string
	// met remembers what a value was taken for.
	met map[Field]map[string]string
}

// maxMet bounds what is remembered of one field.
const maxMet = 20_000

func newJudge(m *Mapping, dir *directory, hospital *time.Location, now int64) (*judge, error) {
	times, err := m.moments(hospital)
	if err != nil {
		return nil, err
	}
	j := &judge{m: m, times: times, dir: dir, now: now, values: map[Field]map[string]string{}, met: map[Field]map[string]string{}}
	for field, values := range m.Values {
		j.values[field] = make(map[string]string, len(values))
		for v, to := range values {
			j.values[field][fold(v)] = to
		}
	}
	for _, f := range listed() {
		j.met[f] = map[string]string{}
	}
	return j, nil
}

// target returns what a value of a field stands for, or "".
func (j *judge) target(f Field, value string) string {
	if value == "" {
		return ""
	}
	if to, ok := j.met[f][value]; ok {
		return to
	}
	word := fold(value)
	to := j.values[f][word]
	if to == "" || !j.dir.exists(f, to) {
		to = j.dir.find(f, word)
	}
	if len(j.met[f]) < maxMet {
		j.met[f][value] = to
	}
	return to
}

// judge says what becomes of a record.
func (j *judge) judge(r *record) *verdict {
	v := &verdict{record: r}
	e := &entry{key: r.Key, line: r.line, remedy: r.Remedy, worker: cut(r.Worker, 60)}
	switch {
	case r.Key == "":
		v.add(Refused, "required", FieldKey, "")
	case len(r.Key) > 100:
		v.add(Refused, "too_long", FieldKey, r.Key, "max", 100)
	}
	j.moments(v, e)
	j.what(v, e)
	j.where(v, e)
	j.who(v, e)
	if v.level() == "" || v.level() == Warned {
		j.words(v, e)
		v.entry = e
	}
	return v
}

// moments reads when the order was opened and how and when it ended.
func (j *judge) moments(v *verdict, e *entry) {
	r := v.record
	opened, ok := j.times.read(r.Opened)
	switch {
	case r.Opened == "":
		v.add(Refused, "required", FieldOpened, "")
	case !ok:
		v.add(Refused, "history.bad_time", FieldOpened, r.Opened)
	case !believable(opened.at, j.now):
		v.add(Refused, "history.time_range", FieldOpened, r.Opened)
		ok = false
	}
	ended, has := j.times.read(r.Closed)
	switch {
	case r.Closed != "" && !has:
		v.add(Refused, "history.bad_time", FieldClosed, r.Closed)
	case has && !believable(ended.at, j.now):
		v.add(Refused, "history.time_range", FieldClosed, r.Closed)
	case has && ok && ended.at < opened.at:
		// A date without a time, on the day of the opening, is no contradiction.
		if ended.clocked || !j.sameDay(ended.at, opened.at) {
			v.add(Refused, "history.closed_first", FieldClosed, r.Closed, "opened", r.Opened)
		}
		ended.at = opened.at
	}
	e.opened = opened.at
	j.ending(v, e, ended.at)
}

func (j *judge) sameDay(a, b int64) bool {
	x, y := time.UnixMilli(a).In(j.times.zone), time.UnixMilli(b).In(j.times.zone)
	return x.YearDay() == y.YearDay() && x.Year() == y.Year()
}

// ending decides by status and closing moment; the status, where it is known, has
// the last word.
func (j *judge) ending(v *verdict, e *entry, ended int64) {
	status := j.target(FieldStatus, v.record.Status)
	if status == "" && v.record.Status != "" {
		v.add(Warned, "history.unmatched", FieldStatus, v.record.Status)
	}
	switch {
	case status == StatusOpen:
		if ended != 0 {
			v.add(Warned, "history.closing_ignored", FieldClosed, v.record.Closed)
		}
	case status == StatusClosed, status == StatusCancelled, ended != 0:
		e.outcome = closed
		if status == StatusCancelled {
			e.outcome = cancelled
		}
		if e.ended = ended; ended == 0 {
			v.add(Warned, "history.no_closing", FieldClosed, "")
			e.ended = e.opened
		}
	}
	if e.outcome == open && e.opened < j.m.StaleBefore {
		e.outcome, e.stale, e.ended = cancelled, true, j.now
		v.add(Warned, "history.stale", FieldOpened, v.record.Opened)
	}
}

// choose returns what a field stands for, or its default; nothing known is told.
func (j *judge) choose(v *verdict, f Field) string {
	value := v.record.value(f)
	if to := j.target(f, value); to != "" {
		return to
	}
	to := j.m.Defaults[f]
	if !j.dir.exists(f, to) {
		to = ""
	}
	switch {
	case to != "" && value != "":
		v.add(Warned, "history.unmatched", f, value)
	case to != "" && len(j.m.Columns[f]) > 0:
		v.add(Warned, "history.defaulted", f, "")
	}
	return to
}

// what finds the item and the priority.
func (j *judge) what(v *verdict, e *entry) {
	o := &e.order
	item := j.dir.items.byID[j.choose(v, FieldItem)]
	switch {
	case item == nil && v.record.Item != "":
		v.add(Refused, "history.unknown", FieldItem, v.record.Item)
		return
	case item == nil:
		v.add(Refused, "required", FieldItem, "")
		return
	}
	o.ItemID, o.ItemVersion, o.ItemCode, o.ItemName, o.ItemNameEn = item.ID, item.Version, item.Code, item.NameZh, item.NameEn
	o.Mode = workorder.Onsite
	if item.Mode == catalog.RemoteFirst || item.Mode == catalog.RemoteThenOnsite {
		o.Mode = workorder.Remote
	}
	if o.Priority = j.choose(v, FieldPriority); o.Priority == "" {
		if v.record.Priority != "" {
			v.add(Warned, "history.unmatched", FieldPriority, v.record.Priority)
		}
		o.Priority = string(item.Priority)
	}
	j.team(v, e, item.TeamID)
}

// team finds the team: the line's, the mapping's, or the item's.
func (j *judge) team(v *verdict, e *entry, itemTeam string) {
	teamID := j.choose(v, FieldTeam)
	if teamID == "" {
		if v.record.Team != "" {
			v.add(Warned, "history.unmatched", FieldTeam, v.record.Team)
		}
		teamID = itemTeam
	}
	if t := j.dir.teams.byID[teamID]; t != nil {
		e.team = workorder.Team{ID: t.ID, Name: t.Name, VendorID: t.VendorID, Pool: t.Pool}
		e.order.TeamID, e.order.TeamName, e.order.VendorID = t.ID, t.Name, t.VendorID
	}
}

// where finds department and place. A place that is not known stays as text.
func (j *judge) where(v *verdict, e *entry) {
	o, r := &e.order, v.record
	if p := j.dir.places.byID[j.target(FieldPlace, r.Place)]; p != nil {
		o.PlaceID, o.PlaceName, o.CampusID, o.DepartmentID = p.ID, p.FullName, p.CampusID, p.DepartmentID
	} else if r.Place != "" {
		o.PlaceName = cut(r.Place, 200)
		v.add(Warned, "history.place_text", FieldPlace, r.Place)
	} else if p := j.dir.places.byID[j.m.Defaults[FieldPlace]]; p != nil {
		o.PlaceID, o.PlaceName, o.CampusID, o.DepartmentID = p.ID, p.FullName, p.CampusID, p.DepartmentID
	}
	if r.Department != "" || o.DepartmentID == "" {
		if id := j.choose(v, FieldDepartment); id != "" {
			o.DepartmentID = id
		} else if r.Department != "" && o.DepartmentID != "" {
			v.add(Warned, "history.unmatched", FieldDepartment, r.Department)
		}
	}
	d := j.dir.departments.byID[o.DepartmentID]
	switch {
	case d != nil:
		o.DepartmentName = d.Name
		if o.CampusID == "" {
			o.CampusID = d.CampusID
		}
	case r.Department != "":
		v.add(Refused, "history.unknown", FieldDepartment, r.Department)
	case o.PlaceID == "":
		v.add(Refused, "required", FieldDepartment, "")
	}
}

// who takes over the contact.
func (j *judge) who(v *verdict, e *entry) {
	e.order.ContactName = v.short(FieldContact, v.record.Contact, 60)
	e.order.ContactPhone = v.short(FieldPhone, v.record.Phone, 30)
}

// words keeps what the reporter wrote, what could not be matched, and the key, so
// that nothing that identifies the order is lost and search finds it.
func (j *judge) words(v *verdict, e *entry) {
	r := v.record
	var parts []string
	if r.Item != "" && j.target(FieldItem, r.Item) == "" {
		parts = append(parts, r.Item)
	}
	if r.Words != "" {
		parts = append(parts, r.Words)
	}
	tail := ""
	if !r.keyless {
		tail = "[" + j.m.Source + " " + r.Key + "]"
	}
	text := v.short(FieldWords, strings.Join(parts, " · "), 1800)
	e.order.Words = strings.TrimSpace(text + " " + tail)
	e.remedy = v.short(FieldRemedy, r.Remedy, 2000)
}

// short keeps the beginning of a text that is too long, and says so.
func (v *verdict) short(f Field, s string, most int) string {
	out := cut(s, most)
	if out != s {
		v.add(Warned, "history.cut", f, cut(s, 200), "max", most)
	}
	return out
}

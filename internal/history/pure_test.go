package history

import (
	"strings"
	"testing"
	"time"

	"wardline/internal/catalog"
	"wardline/internal/org"
	"wardline/internal/platform/fault"
)

var shanghai = time.FixedZone("CST", 8*3600)

func TestMomentsAreReadAsTheMappingSays(t *testing.T) {
	at := func(y, mo, d, h, mi, s int) int64 {
		return time.Date(y, time.Month(mo), d, h, mi, s, 0, shanghai).UnixMilli()
	}
	for _, c := range []struct {
		order, pattern, cell string
		want                 int64 // 0: not readable
		clocked              bool
	}{
		{YearFirst, "", "2025-01-09", at(2025, 1, 9, 8, 30, 0), false},
		{YearFirst, "", "2025/1/9 14:05", at(2025, 1, 9, 14, 5, 0), true},
		{YearFirst, "", "2025-01-09 00:00:00", at(2025, 1, 9, 0, 0, 0), true},
		{YearFirst, "", "2025-01-09T14:05:33.123456", at(2025, 1, 9, 14, 5, 33), true},
		{YearFirst, "", "2025-01-09T06:05:00Z", at(2025, 1, 9, 14, 5, 0), true},
		{YearFirst, "", "2025年1月9日 下午2时5分", at(2025, 1, 9, 14, 5, 0), true},
		{YearFirst, "", "２０２５-０１-０９", at(2025, 1, 9, 8, 30, 0), false},
		{YearFirst, "", "20250109", at(2025, 1, 9, 8, 30, 0), false},
		{YearFirst, "", "45666.5", at(2025, 1, 9, 12, 0, 0), true},
		{YearFirst, "", "2025-02-30", 0, false},
		{YearFirst, "", "2025-13-01", 0, false},
		{YearFirst, "", "2025-01-09 25:00", 0, false},
		{YearFirst, "", "09/01/2025", 0, false},
		{YearFirst, "", "昨天", 0, false},
		{YearFirst, "", "", 0, false},
		{DayFirst, "", "09/01/2025", at(2025, 1, 9, 8, 30, 0), false},
		{DayFirst, "", "9.1.25 7:05", at(2025, 1, 9, 7, 5, 0), true},
		{DayFirst, "", "31.12.99", at(1999, 12, 31, 8, 30, 0), false},
		{DayFirst, "", "01/13/2025", 0, false},
		{MonthFirst, "", "01/09/2025 12:05:09 AM", at(2025, 1, 9, 0, 5, 9), true},
		{MonthFirst, "", "1/9/2025 12:05 pm", at(2025, 1, 9, 12, 5, 0), true},
		{MonthFirst, "", "1/9/2025 13:05 pm", 0, false},
		{MonthFirst, "", "13/09/2025", 0, false},
		{MonthFirst, "", "1/9/2025 1:05 xx", 0, false},
		{UnixTime, "", "1736402700", at(2025, 1, 9, 14, 5, 0), true},
		{UnixTime, "", "1736402700000", at(2025, 1, 9, 14, 5, 0), true},
		{UnixTime, "", "-5", 0, false},
		{ByPattern, "DD MMM YYYY HH:mm", "09 Jan 2025 14:05", at(2025, 1, 9, 14, 5, 0), true},
		{ByPattern, "D.M.YYYY", "9.1.2025", at(2025, 1, 9, 8, 30, 0), false},
		{ByPattern, "D.M.YYYY", "9/1/2025", 0, false},
	} {
		m := Mapping{Dates: c.order, Pattern: c.pattern, DayTime: 8*60 + 30}
		times, err := m.moments(shanghai)
		if err != nil {
			t.Fatalf("%s %q: %v", c.order, c.pattern, err)
		}
		got, ok := times.read(c.cell)
		if ok != (c.want != 0) || got.at != c.want || got.clocked != c.clocked {
			t.Errorf("%s %q: %v %v, want %v", c.order, c.cell, time.UnixMilli(got.at).In(shanghai), got.clocked, time.UnixMilli(c.want).In(shanghai))
		}
	}
	for _, bad := range []string{"", "HH:mm", "YYYY-MM", "YYYY-MM-DD 15:04", "YYYY_MM_DD"} {
		if _, _, ok := layoutOf(bad); ok {
			t.Errorf("pattern %q is taken", bad)
		}
	}
}

func FuzzMoments(f *testing.F) {
	for _, s := range []string{"2025-01-09", "1/9/2025 12:05 pm", "2025年1月9日 下午2时5分", "45666.5", "上午", "9999999999999999999", "\xff"} {
		f.Add(s, "DD.MM.YYYY")
	}
	f.Fuzz(func(t *testing.T, cell, pattern string) {
		for _, order := range []string{YearFirst, DayFirst, MonthFirst, UnixTime, ByPattern} {
			m := Mapping{Dates: order, Pattern: pattern}
			times, err := m.moments(shanghai)
			if err != nil {
				continue
			}
			if got, ok := times.read(cell); !ok && got != (moment{}) {
				t.Fatalf("%q is not readable and yet %v", cell, got)
			}
		}
	})
}

func columns(names ...string) []Column {
	out := make([]Column, len(names))
	for i, n := range names {
		out[i] = Column{Name: n}
	}
	return out
}

func TestHeadersSuggestAMapping(t *testing.T) {
	ny := columns("unique_key", "account", "opendate", "closedate", "complaint_type", "descriptor", "zip", "borough", "city", "council_dist", "community_board")
	ny[2].Samples, ny[3].Samples = []string{"2025-01-09"}, []string{"NA", "2025-01-09"}
	m := guess(ny)
	for f, want := range map[Field]string{FieldKey: "unique_key", FieldOpened: "opendate", FieldClosed: "closedate", FieldItem: "complaint_type", FieldWords: "descriptor"} {
		if got := strings.Join(m.Columns[f], ","); got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
	if m.Dates != YearFirst || len(m.Columns) != 5 {
		t.Errorf("got %+v", m)
	}
	zh := columns("工单 号", "报修时间*", "完成时间", "状态", "故障类型", "科室", "地点", "问题描述", "备注", "联系人", "联系电话", "处理人", "处理结果")
	zh[1].Samples = []string{"13/2/2025 8:00", "1/2/2025"}
	m = guess(zh)
	if m.Dates != DayFirst || len(m.Columns[FieldWords]) != 2 || m.Columns[FieldKey][0] != "工单 号" || m.Columns[FieldOpened][0] != "报修时间*" || len(m.Columns) != 12 {
		t.Errorf("got %+v", m)
	}
	us := columns("Created Date", "x")
	us[0].Samples = []string{"01/02/2025", "01/13/2025 10:00:00 AM"}
	if m := guess(us); m.Dates != MonthFirst {
		t.Errorf("dates %s", m.Dates)
	}
	// A kept mapping whose columns are all there is better than any guess.
	kept := Mapping{Source: "旧系统", Columns: map[Field][]string{FieldOpened: {"opendate"}, FieldPlace: {"city"}}}
	other := Mapping{Source: "别家", Columns: map[Field][]string{FieldOpened: {"opendate"}, FieldKey: {"nothing"}}}
	if got := propose(ny, []Saved{{Mapping: other}, {Mapping: kept}}); got.Source != "旧系统" {
		t.Errorf("proposed %+v", got)
	}
}

func TestMappingSaysAllThatIsWrongWithIt(t *testing.T) {
	m := Mapping{Dates: "ymd", Repeated: "none", Zone: "Mars/Base", Columns: map[Field][]string{FieldKey: {"a", "b"}, FieldClosed: {"gone"}, "colour": {"a"}},
		Values:   map[Field]map[string]string{FieldStatus: {"x": "maybe"}, FieldWords: {"x": "y"}, FieldPriority: {"high": "P9"}},
		Defaults: map[Field]string{FieldStatus: "open", FieldPriority: "P2"}}
	err := m.Check(columns("a", "b"))
	f, ok := fault.Of(err)
	if !ok {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, x := range f.Fields {
		got[x.Field] = x.Code
	}
	for field, code := range map[string]string{"source": "required", "repeated": "bad_value", "zone": "bad_value", "columns.key": "too_many_items", "columns.closedAt": "history.no_column",
		"columns.colour": "unknown_field", "columns.openedAt": "required", "columns.item": "history.column_or_default", "columns.department": "history.column_or_default",
		"values.status.x": "bad_value", "values.words": "unknown_field", "values.priority.high": "bad_value", "defaults.status": "unknown_field"} {
		if got[field] != code {
			t.Errorf("%s: %q, want %q", field, got[field], code)
		}
		delete(got, field)
	}
	if len(got) > 0 {
		t.Errorf("also %v", got)
	}
}

func TestHeaderIsFoundBelowATitle(t *testing.T) {
	for want, text := range map[int]string{
		0: "a,b,c\n1,2,3\n",
		1: "2025 年报修明细\na,b,c\n1,2,3\n",
		2: "报修明细\n导出人,王\na,b,c,d\n1,2,,\n1,2,3,4\n",
	} {
		var lines [][]string
		for _, l := range strings.Split(strings.TrimSpace(text), "\n") {
			lines = append(lines, strings.Split(l, ","))
		}
		if got := headerAt(lines); got != want {
			t.Errorf("%q: line %d", text, got)
		}
	}
	names := columnNames([]string{"备注", "", "备注", "#2"})
	if strings.Join(names, "|") != "备注|#2|备注 #3|#2 #4" {
		t.Errorf("%q", names)
	}
}

func small() *directory {
	d := newDirectory()
	d.addItem(catalog.Item{ID: "i1", Code: "HW02", Version: 3, Content: catalog.Content{NameZh: "打印机", NameEn: "Printer", Aliases: []string{"打印"}, Priority: catalog.P3, TeamID: "t1", Mode: catalog.Onsite}})
	d.addItem(catalog.Item{ID: "i2", Code: "XX01", Content: catalog.Content{NameZh: "其他", Priority: catalog.P4}})
	dep := org.Department{Name: "心内科", FullName: "内科/心内科", CampusID: "c1"}
	dep.ID = "d1"
	d.addDepartment(dep)
	dep.ID, dep.Name, dep.FullName = "d2", "后勤", "后勤"
	d.addDepartment(dep)
	room := org.Place{Name: "护士站", FullName: "本部/3层/护士站", CampusID: "c2", DepartmentID: "d1"}
	room.ID = "p1"
	d.addPlace(room)
	room.ID, room.FullName = "p2", "本部/4层/护士站"
	d.addPlace(room)
	team := org.Team{Name: "硬件组"}
	team.ID = "t1"
	d.addTeam(team)
	return d
}

func TestLinesAreJudged(t *testing.T) {
	m := Mapping{Source: "旧系统", Dates: YearFirst, Repeated: KeepFirst, StaleBefore: 1_600_000_000_000,
		Columns:  map[Field][]string{FieldKey: {"k"}, FieldItem: {"i"}, FieldDepartment: {"d"}},
		Values:   map[Field]map[string]string{FieldItem: {"Ｐrinter  Jam": "i1"}, FieldStatus: {"weg": StatusCancelled}, FieldPriority: {"很急": "P1"}, FieldDepartment: {"gone": "nothing"}},
		Defaults: map[Field]string{FieldDepartment: "d2"}}
	j, err := newJudge(&m, small(), shanghai, 1_790_000_000_000)
	if err != nil {
		t.Fatal(err)
	}
	good := record{line: 2, Key: "A1", Opened: "2025-01-09 08:00", Closed: "2025-01-09 09:00", Item: "打印机", Department: "内科/心内科"}
	for name, c := range map[string]struct {
		change func(*record)
		level  Level
		code   string // of the first problem, with its field
		holds  func(*entry) bool
	}{
		"good": {func(*record) {}, "", "", func(e *entry) bool {
			return e.outcome == closed && e.order.ItemVersion == 3 && e.team.ID == "t1" && e.order.Priority == "P3"
		}},
		"no key":                  {func(r *record) { r.Key = "" }, Refused, "key required", nil},
		"long key":                {func(r *record) { r.Key = strings.Repeat("x", 101) }, Refused, "key too_long", nil},
		"no opening":              {func(r *record) { r.Opened = "" }, Refused, "openedAt required", nil},
		"bad opening":             {func(r *record) { r.Opened = "soon" }, Refused, "openedAt history.bad_time", nil},
		"too old":                 {func(r *record) { r.Opened = "1899-12-30" }, Refused, "openedAt history.bad_time", nil},
		"before computers":        {func(r *record) { r.Opened = "1970-01-01" }, Refused, "openedAt history.time_range", nil},
		"in the future":           {func(r *record) { r.Opened, r.Closed = "2031-01-01", "" }, Refused, "openedAt history.time_range", nil},
		"bad closing":             {func(r *record) { r.Closed = "?" }, Refused, "closedAt history.bad_time", nil},
		"closed first":            {func(r *record) { r.Closed = "2025-01-09 07:59" }, Refused, "closedAt history.closed_first", nil},
		"closed the day before":   {func(r *record) { r.Closed = "2025-01-08" }, Refused, "closedAt history.closed_first", nil},
		"closed that day":         {func(r *record) { r.Closed = "2025-01-09" }, "", "", func(e *entry) bool { return e.outcome == closed && e.ended == e.opened }},
		"open":                    {func(r *record) { r.Closed = "" }, "", "", func(e *entry) bool { return e.outcome == open && e.ended == 0 }},
		"open for years":          {func(r *record) { r.Opened, r.Closed = "2019-01-01", "" }, Warned, "openedAt history.stale", func(e *entry) bool { return e.outcome == cancelled && e.stale }},
		"status says open":        {func(r *record) { r.Status = "处理中" }, Warned, "closedAt history.closing_ignored", func(e *entry) bool { return e.outcome == open }},
		"status says done":        {func(r *record) { r.Status, r.Closed = "Closed", "" }, Warned, "closedAt history.no_closing", func(e *entry) bool { return e.outcome == closed && e.ended == e.opened }},
		"status by the mapping":   {func(r *record) { r.Status = "WEG" }, "", "", func(e *entry) bool { return e.outcome == cancelled }},
		"unknown status":          {func(r *record) { r.Status = "hm" }, Warned, "status history.unmatched", func(e *entry) bool { return e.outcome == closed }},
		"item by code":            {func(r *record) { r.Item = "hw02" }, "", "", func(e *entry) bool { return e.order.ItemID == "i1" }},
		"item by another word":    {func(r *record) { r.Item = " 打印 " }, "", "", func(e *entry) bool { return e.order.ItemID == "i1" }},
		"item by the mapping":     {func(r *record) { r.Item = "printer jam" }, "", "", func(e *entry) bool { return e.order.ItemID == "i1" }},
		"unknown item":            {func(r *record) { r.Item = "kettle" }, Refused, "item history.unknown", nil},
		"no item":                 {func(r *record) { r.Item = "" }, Refused, "item required", nil},
		"department by last name": {func(r *record) { r.Department = "心内科" }, "", "", func(e *entry) bool { return e.order.DepartmentID == "d1" && e.order.CampusID == "c1" }},
		"no department":           {func(r *record) { r.Department = "" }, Warned, "department history.defaulted", func(e *entry) bool { return e.order.DepartmentID == "d2" }},
		"unknown department":      {func(r *record) { r.Department = "gone" }, Warned, "department history.unmatched", func(e *entry) bool { return e.order.DepartmentID == "d2" }},
		"place": {func(r *record) { r.Place, r.Department = "本部/3层/护士站", "" }, "", "", func(e *entry) bool {
			return e.order.PlaceID == "p1" && e.order.DepartmentID == "d1" && e.order.CampusID == "c2"
		}},
		"name of two places":      {func(r *record) { r.Place = "护士站" }, Warned, "place history.place_text", func(e *entry) bool { return e.order.PlaceID == "" && e.order.PlaceName == "护士站" }},
		"priority by the mapping": {func(r *record) { r.Priority = "很急" }, "", "", func(e *entry) bool { return e.order.Priority == "P1" }},
		"unknown priority":        {func(r *record) { r.Priority = "hm" }, Warned, "priority history.unmatched", func(e *entry) bool { return e.order.Priority == "P3" }},
		"unknown team":            {func(r *record) { r.Team = "hm" }, Warned, "team history.unmatched", func(e *entry) bool { return e.team.ID == "t1" }},
		"long words":              {func(r *record) { r.Words = strings.Repeat("字", 1801) }, Warned, "words history.cut", func(e *entry) bool { return strings.HasSuffix(e.order.Words, "字 [旧系统 A1]") }},
		"long telephone":          {func(r *record) { r.Phone = strings.Repeat("1", 31) }, Warned, "contactPhone history.cut", func(e *entry) bool { return len(e.order.ContactPhone) == 30 }},
	} {
		r := good
		c.change(&r)
		v := j.judge(&r)
		got := ""
		if len(v.problems) > 0 {
			got = string(v.problems[0].Field) + " " + v.problems[0].Code
		}
		if v.level() != c.level || got != c.code || (v.entry == nil) != (c.level == Refused) {
			t.Errorf("%s: %q %q %+v", name, v.level(), got, v.problems)
			continue
		}
		if c.holds != nil && !c.holds(v.entry) {
			t.Errorf("%s: %+v", name, v.entry)
		}
	}
	// Every fault of a line is told at once.
	r := record{line: 3, Closed: "x"}
	refused := 0
	for _, p := range j.judge(&r).problems {
		if p.Level == Refused {
			refused++
		}
	}
	if refused != 4 { // key, opening, closing, item
		t.Errorf("%d faults", refused)
	}
}

func TestRepeatedKeys(t *testing.T) {
	file := []record{
		{line: 2, Key: "A", Opened: "2025-01-03", Closed: "", Words: "", Place: "x"},
		{line: 3, Key: "B", Opened: "2025-01-03"},
		{line: 4, Key: "A", Opened: "2025-01-02", Closed: "2025-01-05", Words: "w", Place: "y"},
		{line: 5, Key: "A", Opened: "bad", Closed: "2025-01-04", Words: "v"},
	}
	for policy, want := range map[Repeated]string{
		KeepFirst: "2:x 3: 4! 5!",
		KeepLast:  "2! 3: 4! 5:",
		Merge:     "2! 3: 4! 5:x",
	} {
		var c census
		for _, r := range file {
			c.add(r.Key, r.line)
		}
		last, err := c.repeats()
		if err != nil || len(last) != 1 {
			t.Fatal(last, err)
		}
		s := newSieve(policy, last, moments{order: YearFirst, zone: time.UTC})
		var got []string
		var made *record
		for i := range file {
			r := file[i]
			counts, problem := s.pass(&r)
			line := string(rune('0' + r.line))
			if problem != nil {
				if problem.Level != Skipped || problem.Params["line"] == r.line {
					t.Errorf("%+v", problem)
				}
				got = append(got, line+"!")
				continue
			}
			s.take(counts)
			got = append(got, line+":"+counts.Place)
			if counts.Key == "A" {
				made = counts
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q", policy, got)
		}
		if policy == Merge && (made.Opened != "2025-01-02" || made.Closed != "2025-01-05" || made.Words != "w" || made.line != 5) {
			t.Errorf("merged to %+v", made)
		}
	}
}

func TestLinesWithoutKeyAreToldApartByTheirContent(t *testing.T) {
	m := Mapping{Columns: map[Field][]string{FieldOpened: {"a"}}}
	l := m.layout(columns("a", "b"))
	file := [][]string{{"1", "x"}, {"2"}, {"1", "x"}, {"1", "y"}}
	keys := func(file [][]string) string {
		var c census
		for i, cells := range file {
			c.add(l.key(cells), int64(i))
		}
		last, err := c.repeats()
		if err != nil {
			t.Fatal(err)
		}
		s := newSieve(KeepFirst, last, moments{})
		var out []string
		for i, cells := range file {
			r, p := s.pass(l.read(int64(i), cells))
			if p != nil {
				t.Fatalf("%+v", p)
			}
			out = append(out, r.Key)
		}
		return strings.Join(out, " ")
	}
	all := strings.Fields(keys(file))
	seen := map[string]bool{}
	for _, k := range all {
		seen[k] = true
	}
	if len(seen) != 4 || keys(file) != strings.Join(all, " ") {
		t.Fatalf("%q", all)
	}
	// A part of the file gives its lines the same keys as the whole.
	if part := keys(file[1:]); part != strings.Join([]string{all[1], all[0], all[3]}, " ") {
		t.Fatalf("%q of %q", part, all)
	}
}

func TestTooManyRepeatedKeysAreNoKeys(t *testing.T) {
	var c census
	for i := range int64(2 * (maxRepeated + 1)) {
		c.add(string([]rune{rune(i / 2 & 0x3ff), rune(i / 2 >> 10)}), i)
	}
	if _, err := c.repeats(); fault.CodeOf(err) != "history.keys_repeat" {
		t.Fatal(err)
	}
}

func TestWhatMayFollowWhat(t *testing.T) {
	for _, c := range []struct {
		p    Progress
		want string
	}{
		{Progress{State: Draft}, "map check discard"},
		{Progress{State: Checking}, "cancel"},
		{Progress{State: Checked}, "map check apply discard"},
		{Progress{State: Importing, Imported: 5}, "cancel"},
		{Progress{State: Stopped, Imported: 5}, "apply undo"},
		{Progress{State: Stopped}, "map check apply discard"},
		{Progress{State: Imported, Imported: 5}, "undo"},
		{Progress{State: Imported}, "discard"},
		{Progress{State: Undoing, Imported: 5}, "cancel"},
		{Progress{State: Undone}, "map check discard"},
		{Progress{State: Undone, Imported: 2}, "map check undo"},
		{Progress{State: Failed}, "map check discard"},
		{Progress{State: Failed, Imported: 5, AppliedAt: 1}, "apply undo"},
	} {
		var got []string
		for _, v := range c.p.actions() {
			got = append(got, string(v))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s with %d orders: %q, want %q", c.p.State, c.p.Imported, got, c.want)
		}
	}
}

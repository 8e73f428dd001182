package org

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/table"
)

// roster is as much of the duties as an import or export of them needs.
type roster struct {
	zone   *time.Location
	shifts map[string]Shift // of all teams
	duties map[string]Duty
	times  map[string]string   // duty by team, person and start
	people map[string][]string // duties of a person by team
	fresh  []Duty
}

func timeKey(d Duty) string { return fmt.Sprintf("%s/%s/%d", d.TeamID, d.PersonID, d.StartAt) }

func (r *roster) put(d Duty) {
	r.duties[d.ID] = d
	r.times[timeKey(d)] = d.ID
	who := d.TeamID + "/" + d.PersonID
	r.people[who] = append(r.people[who], d.ID)
}

// dutySheet is the file of duties. A line is what one person works on one day: a shift of
// the team by its name, or hours. Lines only add; what is there already is left.
func dutySheet() sheet {
	return sheet{kind: KindDuty, zh: "排班", en: "Duties", columns: dutyColumns, find: findDuty, put: putDutyLine, show: showDuty, ids: dutyOrder,
		version: func(*book, string) int64 { return 1 }, needs: []Kind{KindCampus, KindPlace, KindTeam}, max: 20_000}
}

func dutyColumns(lang fault.Language) []table.Column {
	return []table.Column{
		{Key: "staffNo", Zh: "工号", En: "Staff no.", Aliases: []string{"员工编号", "人员编号"}, Required: true, Width: 14},
		{Key: "team", Zh: "班组", En: "Team", Aliases: []string{"所属班组"}, Required: true, Width: 16},
		{Key: "date", Zh: "日期", En: "Date", Aliases: []string{"值班日期"}, Required: true, Width: 12},
		{Key: "shift", Zh: "班次", En: "Shift", Width: 14},
		{Key: "from", Zh: "开始", En: "From", Aliases: []string{"开始时间", "上班时间"}},
		{Key: "to", Zh: "结束", En: "To", Aliases: []string{"结束时间", "下班时间"}},
		{Key: "kind", Zh: "类型", En: "Kind", Choices: dutyKinds.labels(lang)},
		{Key: "place", Zh: "服务点", En: "Service point", Aliases: []string{"值守地点", "地点"}, Width: 24},
	}
}

// readDuties reads what a line says, and blames in r.bad what cannot be read.
func readDuties(b *book, r *reading) []Duty {
	d := Duty{Kind: NormalDuty}
	for _, key := range []string{"staffNo", "team", "date"} {
		if r.cells[key] == "" {
			r.bad.Add(key, "required")
		}
	}
	r.ref("staffNo", &d.PersonID, b.personOf)
	r.ref("team", &d.TeamID, resolver(b.teams, nil))
	r.ref("place", &d.PlaceID, resolver(b.places, nil))
	date, ok := table.ParseTime(r.cells["date"], time.UTC)
	if !ok && r.cells["date"] != "" {
		r.bad.Add("date", "bad_format")
	}
	on := day(date.Unix() / 86_400)
	hours := r.hours(b, &d)
	kind := string(d.Kind)
	r.word("kind", dutyKinds, &kind, false)
	if d.Kind = DutyKind(kind); d.Kind == PeakDuty && d.PlaceID == "" {
		r.bad.Add("place", "required")
	}
	if r.bad.Err() != nil {
		return nil
	}
	var out []Duty
	for _, v := range hours {
		one := d
		one.StartAt, one.EndAt = on.at(v.From, b.roster.zone), on.at(v.To, b.roster.zone)
		if one.StartAt <= 0 || one.EndAt <= one.StartAt {
			r.bad.Add("to", "org.duty_length")
		}
		out = append(out, one)
	}
	return out
}

// hours returns the intervals of a line: those it writes, else those of its shift, from
// which it also takes the kind and the place.
func (r *reading) hours(b *book, d *Duty) []Interval {
	if name := r.cells["shift"]; name != "" && d.TeamID != "" {
		for _, s := range b.roster.shifts {
			if s.TeamID == d.TeamID && s.Active && squeeze(s.Name) == squeeze(name) {
				d.ShiftID, d.Kind, d.PlaceID = s.ID, s.Kind, cmp.Or(d.PlaceID, s.PlaceID)
			}
		}
		if d.ShiftID == "" {
			r.bad.Add("shift", "org.not_found_in_list")
			return nil
		}
	}
	if r.cells["from"] == "" && r.cells["to"] == "" {
		if r.cells["shift"] == "" {
			r.bad.Add("shift", "required")
		}
		return b.roster.shifts[d.ShiftID].Intervals
	}
	from, okFrom := parseClock(r.cells["from"])
	to, okTo := parseClock(r.cells["to"])
	if !okFrom || from == dayMinutes {
		r.bad.Add("from", "bad_format")
	}
	if !okTo {
		r.bad.Add("to", "bad_format")
	}
	if to <= from { // ends on the next day
		to += dayMinutes
	}
	return []Interval{{from, to}}
}

var clockForm = regexp.MustCompile(`^(\d{1,2})[:\x{FF1A}](\d{2})(?:[:\x{FF1A}]00)?$`)

// parseClock reads a time of day as minutes; 24:00 is the end of the day. A cell of Excel
// holds it as a part of the day.
func parseClock(s string) (int64, bool) {
	if f, err := strconv.ParseFloat(s, 64); err == nil && f >= 0 && f < 1 {
		return int64(f*dayMinutes + 0.5), true
	}
	m := clockForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	hours, _ := strconv.ParseInt(m[1], 10, 64)
	minutes, _ := strconv.ParseInt(m[2], 10, 64)
	return hours*60 + minutes, minutes < 60 && hours*60+minutes <= dayMinutes
}

// findDuty says that a line is about the first of its duties if all of them are there.
func findDuty(b *book, r *reading) (slot, bool) {
	quiet := &reading{cells: r.cells}
	list := readDuties(b, quiet)
	if len(list) == 0 {
		return slot{}, false
	}
	for _, d := range list {
		known, ok := b.roster.times[timeKey(d)]
		if !ok || b.roster.duties[known].EndAt != d.EndAt {
			return existing(""), true
		}
	}
	return slot{id: b.roster.times[timeKey(list[0])]}, true
}

func putDutyLine(b *book, r *reading, at slot) error {
	list := readDuties(b, r)
	if err := r.bad.Err(); err != nil {
		return err
	}
	if err := b.allowed(nil, b.teams.get(list[0].TeamID).keys()); err != nil {
		return err
	}
	var c check
	if at.fresh {
		for _, d := range list {
			if slices.ContainsFunc(b.roster.people[d.TeamID+"/"+d.PersonID], func(known string) bool {
				o := b.roster.duties[known]
				return o.over(d.StartAt, d.EndAt)
			}) {
				c.Add("from", "org.duty_overlap")
				return c.Err()
			}
		}
	} else if was := b.roster.duties[at.id]; was.Kind != list[0].Kind || was.PlaceID != list[0].PlaceID {
		c.Add("kind", "org.duty_differs")
		return c.Err()
	}
	chosen(&c, b.places, "place", list[0].PlaceID, "")
	if !b.teams.get(list[0].TeamID).Active {
		c.Add("team", "unknown_reference")
	}
	if err := c.Err(); err != nil || !at.fresh {
		return err
	}
	for i, d := range list {
		if d.ID = at.id; i > 0 {
			d.ID = id.New()
		}
		d.CreatedAt = b.now
		b.roster.put(d)
		b.roster.fresh = append(b.roster.fresh, d)
	}
	return nil
}

func showDuty(b *book, dutyID string, lang fault.Language) []string {
	d, ok := b.roster.duties[dutyID]
	if !ok {
		return nil
	}
	on := dayOf(d.StartAt, b.roster.zone)
	clockOf := func(at int64) string { return clock.Time(at).In(b.roster.zone).Format("15:04") }
	team := refer(b.teams, d.TeamID, func(t *Team) (string, string) { return t.Code, t.Name }, nil)
	return []string{b.staffNo(d.PersonID), team, on.String(), b.roster.shifts[d.ShiftID].Name, clockOf(d.StartAt), clockOf(d.EndAt),
		dutyKinds.label(string(d.Kind), lang), b.referPlace(d.PlaceID)}
}

func dutyOrder(b *book) []string {
	list := make([]Duty, 0, len(b.roster.duties))
	for _, d := range b.roster.duties {
		list = append(list, d)
	}
	slices.SortFunc(list, func(x, y Duty) int {
		return cmp.Or(cmp.Compare(x.TeamID, y.TeamID), cmp.Compare(x.StartAt, y.StartAt), cmp.Compare(x.ID, y.ID))
	})
	ids := make([]string, 0, len(list))
	for _, d := range list {
		ids = append(ids, d.ID)
	}
	return ids
}

// loadRoster loads what lines about duties may name: the people of their staff numbers,
// all shifts, and the duties of their days. Without lines it is the export: the duties
// from today on for two months.
func (s *Service) loadRoster(ctx context.Context, tx *db.Tx, b *book, lines []line) error {
	b.roster = &roster{zone: s.zone(), shifts: map[string]Shift{}, duties: map[string]Duty{}, times: map[string]string{}, people: map[string][]string{}}
	shifts, err := allShifts(ctx, tx)
	if err != nil {
		return err
	}
	for _, one := range shifts {
		b.roster.shifts[one.ID] = one
	}
	var numbers []string
	from, to := dayOf(s.now(), s.zone()), day(0)
	if len(lines) == 0 {
		to = from + maxCycle
	}
	for _, l := range lines {
		numbers = append(numbers, foldCode(l.Cells["staffNo"]))
		if at, ok := table.ParseTime(l.Cells["date"], time.UTC); ok {
			on := day(at.Unix() / 86_400)
			from, to = min(from, on), max(to, on+1)
		}
	}
	duties, err := dutiesBetween(ctx, tx, from.at(-dayMinutes, s.zone()), to.at(dayMinutes, s.zone()), lines == nil)
	if err != nil {
		return err
	}
	var named []string
	for _, d := range duties {
		b.roster.put(d)
		named = append(named, d.PersonID)
	}
	b.byStaffNo = map[string]string{}
	if s.deps.ByStaffNumber != nil && len(numbers) > 0 {
		found, err := s.deps.ByStaffNumber(ctx, tx, numbers)
		if err != nil {
			return fmt.Errorf("staff numbers: %w", err)
		}
		for no, personID := range found {
			b.byStaffNo[foldCode(no)] = personID
			named = append(named, personID)
		}
	}
	return s.loadStaff(ctx, tx, b, named...)
}

package org

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

// maxPeople is how many people a file may have: entering them holds the database's
// write lock, about a second for two thousand.
const maxPeople = 5_000

// personSheet is the file of people. They are only added by it: to change somebody
// may give power, which identity judges one by one.
func personSheet() sheet {
	return sheet{kind: KindPerson, zh: "人员", en: "People", columns: personColumns, find: findPerson, show: showPerson,
		version: func(b *book, id string) int64 {
			if p := b.people[id]; p != nil {
				return p.Version
			}
			return 0
		}, needs: []Kind{KindCampus, KindDepartment, KindVendor, KindTeam}, max: maxPeople}
}

func personColumns(fault.Language) []table.Column {
	return []table.Column{
		{Key: "staffNo", Zh: "工号", En: "Staff no.", Aliases: []string{"员工编号", "人员编号"}, Required: true, Width: 14},
		{Key: "name", Zh: "姓名", En: "Name", Required: true, Width: 14},
		{Key: "login", Zh: "登录名", En: "Login", Aliases: []string{"账号"}, Width: 14},
		{Key: "phone", Zh: "电话", En: "Phone", Aliases: []string{"手机", "联系电话"}, Width: 16},
		{Key: "email", Zh: "邮箱", En: "E-mail", Aliases: []string{"电子邮箱"}, Width: 24},
		{Key: "title", Zh: "职务", En: "Title", Aliases: []string{"职称", "岗位"}, Width: 14},
		{Key: "campus", Zh: "院区", En: "Campus", Width: 12},
		{Key: "department", Zh: "科室", En: "Department", Aliases: []string{"所属科室"}, Width: 20},
		{Key: "vendor", Zh: "外包单位", En: "Vendor", Aliases: []string{"服务商", "供应商"}, Width: 20},
		{Key: "teams", Zh: "班组", En: "Teams", Aliases: []string{"所属班组"}, Width: 24},
		{Key: "leads", Zh: "任组长的班组", En: "Leads teams", Aliases: []string{"班组长"}, Width: 24},
	}
}

func findPerson(b *book, r *reading) (slot, bool) {
	personID, ok := b.byStaffNo[foldCode(r.cells["staffNo"])]
	return slot{personID, !ok}.orNew(), true
}

// orNew gives a fresh slot an id, under which a second line about the same person
// is noticed.
func (at slot) orNew() slot {
	if at.fresh {
		return existing("")
	}
	return at
}

func showPerson(b *book, id string, _ fault.Language) []string {
	p := b.people[id]
	if p == nil {
		return nil
	}
	vendor := refer(b.vendors, p.VendorID, func(v *Vendor) (string, string) { return v.Code, v.Name }, nil)
	var teams, leads []string
	for _, m := range p.Teams {
		name := refer(b.teams, m.TeamID, func(t *Team) (string, string) { return t.Code, t.Name }, nil)
		if name == "" {
			continue
		}
		teams = append(teams, name)
		if m.Lead {
			leads = append(leads, name)
		}
	}
	return []string{p.StaffNo, p.Name, p.Login, p.Phone, p.Email, p.Title, campusName(b, p.CampusID), b.referDepartment(p.DepartmentID, p.CampusID),
		vendor, strings.Join(teams, "、"), strings.Join(leads, "、")}
}

// readPerson takes the cells of a line over into facts.
func readPerson(b *book, r *reading, f *identity.Facts, teams *[]identity.Membership) error {
	if r.cells["staffNo"] == "" {
		r.bad.Add("staffNo", "required")
	}
	for key, into := range map[string]*string{"staffNo": &f.StaffNo, "name": &f.Name, "login": &f.Login, "phone": &f.Phone, "email": &f.Email, "title": &f.Title} {
		r.text(key, into)
	}
	r.ref("campus", &f.CampusID, resolver(b.campuses, nil))
	r.ref("department", &f.DepartmentID, b.departmentOf(f.CampusID))
	r.ref("vendor", &f.VendorID, resolver(b.vendors, nil))
	if r.has("teams") || r.has("leads") {
		*teams = r.memberships(b)
	}
	if err := r.bad.Merge("", f.Clean()); err != nil {
		return err
	}
	return r.bad.Err()
}

// memberships reads the teams of a line and which of them the person leads.
func (r *reading) memberships(b *book) []identity.Membership {
	out := []identity.Membership{}
	for _, key := range []string{"teams", "leads"} {
		for _, name := range strings.FieldsFunc(r.cells[key], func(c rune) bool { return strings.ContainsRune(",;，；、\n", c) }) {
			id, problem := resolver(b.teams, nil)(strings.TrimSpace(name))
			if problem != "" {
				r.bad.Add(key, problem)
				continue
			}
			at := slices.IndexFunc(out, func(m identity.Membership) bool { return m.TeamID == id })
			if at < 0 {
				at = len(out)
				out = append(out, identity.Membership{TeamID: id})
			}
			out[at].Lead = out[at].Lead || key == "leads"
		}
	}
	slices.SortFunc(out, func(x, y identity.Membership) int { return strings.Compare(x.TeamID, y.TeamID) })
	return out
}

// putPersonLine returns how a line of people is entered: whoever is new is created,
// whoever is there must be as the line says.
func (s *Service) putPersonLine(ctx context.Context, tx *db.Tx) func(*book, *reading, slot) error {
	return func(b *book, r *reading, at slot) error {
		var f, was identity.Facts
		teams := []identity.Membership{}
		p := b.people[at.id]
		if p != nil {
			f = identity.Facts{Name: p.Name, StaffNo: p.StaffNo, Login: p.Login, Phone: p.Phone, Email: p.Email, Title: p.Title,
				CampusID: p.CampusID, DepartmentID: p.DepartmentID, VendorID: p.VendorID, Language: p.Language}
			was, teams = f, append(teams, p.Teams...)
		}
		if err := readPerson(b, r, &f, &teams); err != nil {
			return err
		}
		if p != nil {
			return differing(was, f, p.Teams, teams)
		}
		if _, err := s.deps.ImportPeople.Create(ctx, tx, f, teams); err != nil {
			return err
		}
		b.byStaffNo[foldCode(f.StaffNo)] = at.id
		return nil
	}
}

// differing blames the columns in which a line differs from who is there.
func differing(was, now identity.Facts, hadTeams, teams []identity.Membership) error {
	var c check
	for _, d := range []struct{ field, from, to string }{
		{"name", was.Name, now.Name}, {"login", was.Login, now.Login}, {"phone", was.Phone, now.Phone}, {"email", was.Email, now.Email},
		{"title", was.Title, now.Title}, {"campusId", was.CampusID, now.CampusID}, {"departmentId", was.DepartmentID, now.DepartmentID},
		{"vendorId", was.VendorID, now.VendorID},
	} {
		if d.from != d.to {
			c.Add(d.field, "org.person_differs")
		}
	}
	if !reflect.DeepEqual(append([]identity.Membership{}, hadTeams...), append([]identity.Membership{}, teams...)) {
		c.Add("teams", "org.person_differs")
	}
	return c.Err()
}

// loadImported learns who of the lines is there already. Whom the actor may not
// see is left out: creating them anew then says that the number is taken, and no more.
func (s *Service) loadImported(ctx context.Context, tx *db.Tx, b *book, lines []line) error {
	b.byStaffNo, b.people = map[string]string{}, map[string]*identity.Person{}
	if s.deps.ByStaffNumber == nil || len(lines) == 0 {
		return nil
	}
	numbers := make([]string, 0, len(lines))
	for _, l := range lines {
		if no := foldCode(l.Cells["staffNo"]); no != "" {
			numbers = append(numbers, no)
		}
	}
	found, err := s.deps.ByStaffNumber(ctx, tx, numbers)
	if err != nil {
		return fmt.Errorf("staff numbers: %w", err)
	}
	actor := identity.Of(ctx)
	for no, personID := range found {
		p, err := s.deps.ImportPeople.Get(ctx, tx, personID)
		if err != nil {
			return err
		}
		if actor.May(identity.PersonRead, p.Keys()) {
			b.byStaffNo[foldCode(no)], b.people[personID] = personID, p
		}
	}
	return nil
}

// allPeople puts everyone the actor may see into the book and returns their order.
func (s *Service) allPeople(ctx context.Context, b *book) (func(*book) []string, error) {
	var ids []string
	for cursor := ""; ; {
		page, next, err := s.deps.ImportPeople.List(ctx, cursor)
		if err != nil {
			return nil, err
		}
		for i := range page {
			ids = append(ids, page[i].ID)
			b.people[page[i].ID] = &page[i]
		}
		if cursor = next; cursor == "" {
			return func(*book) []string { return ids }, nil
		}
	}
}

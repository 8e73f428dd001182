package org

import (
	"cmp"
	"slices"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

func departmentSheet() sheet {
	return sheet{kind: KindDepartment, zh: "科室", en: "Departments", columns: departmentColumns, find: findDepartment,
		put: putDepartmentLine, show: showDepartment, ids: departmentOrder,
		version: func(b *book, id string) int64 { return versionIn(b.departments, id) }, needs: []Kind{KindCampus, KindDepartment}, max: maxImport}
}

func departmentColumns(lang fault.Language) []table.Column {
	return []table.Column{
		{Key: "code", Zh: "科室编码", En: "Code", Aliases: []string{"编码", "编号", "科室代码"}, Width: 16},
		{Key: "campus", Zh: "院区", En: "Campus", Width: 12},
		{Key: "parent", Zh: "上级科室", En: "Parent", Aliases: []string{"上级编码", "上级"}, Width: 20},
		{Key: "name", Zh: "名称", En: "Name", Aliases: []string{"科室名称", "科室"}, Required: true, Width: 24},
		{Key: "kind", Zh: "类型", En: "Kind", Aliases: []string{"科室类型"}, Choices: departmentKinds.labels(lang)},
		{Key: "costCenter", Zh: "成本中心", En: "Cost center", Aliases: []string{"成本中心编码"}},
		{Key: "liaison", Zh: "联络员工号", En: "Liaison staff no.", Aliases: []string{"联络员"}},
		{Key: "phone", Zh: "电话", En: "Phone", Aliases: []string{"联系电话"}, Width: 16},
		{Key: "publicReport", Zh: "免登录报修", En: "Report without login", Choices: yesNoChoices(lang)},
		activeColumn(lang),
	}
}

func departmentAbove(b *book, r *reading, campusID string) (parent *Department, problem string) {
	v := r.cells["parent"]
	if v == "" {
		return nil, ""
	}
	if d, problem := pick(b.departments, v, b.near(campusID)); problem == "" {
		return d, ""
	}
	return pick(b.departments, v, nil)
}

func findDepartment(b *book, r *reading) (slot, bool) {
	if d := byCode(b.departments, r); d != nil {
		return slot{id: d.ID}, true
	}
	campusID, problem := "", ""
	if r.cells["campus"] != "" {
		campusID, problem = lineCampus(b, r)
	}
	parent, missing := departmentAbove(b, r, campusID)
	if problem != "" || missing != "" {
		return slot{}, false
	}
	parentID := ""
	if parent != nil {
		if parentID = parent.ID; campusID == "" {
			campusID = parent.CampusID
		}
	}
	for _, d := range b.departments.find(nameKey(campusID, parentID, r.cells["name"])) {
		if codeless(d.Code, r) {
			return slot{id: d.ID}, true
		}
	}
	return existing(""), true
}

func putDepartmentLine(b *book, r *reading, at slot) error {
	in := DepartmentInput{Kind: "other"}
	if d := b.departments.get(at.id); d != nil {
		in = DepartmentInput{Edit: Edit{Version: d.Version}, CampusID: d.CampusID, ParentID: d.ParentID, Code: d.Code, Name: d.Name, Kind: d.Kind,
			CostCenter: d.CostCenter, LiaisonID: d.LiaisonID, Phone: d.Phone, PublicReport: d.PublicReport}
	}
	r.ref("campus", &in.CampusID, resolver(b.campuses, nil))
	if r.has("parent") {
		parent, problem := departmentAbove(b, r, in.CampusID)
		if problem != "" {
			r.bad.Add("parent", problem)
		}
		if in.ParentID = ""; parent != nil {
			in.ParentID = parent.ID
		}
	}
	r.code("code", &in.Code)
	r.text("name", &in.Name)
	r.word("kind", departmentKinds, &in.Kind, false)
	r.text("costCenter", &in.CostCenter)
	r.ref("liaison", &in.LiaisonID, b.personOf)
	r.text("phone", &in.Phone)
	r.bool("publicReport", &in.PublicReport)
	r.active(&in.Active)
	if err := r.bad.Err(); err != nil {
		return err
	}
	_, err := b.putDepartment(at, in)
	return err
}

func showDepartment(b *book, id string, lang fault.Language) []string {
	d := b.departments.get(id)
	if d == nil {
		return nil
	}
	return []string{d.Code, campusName(b, d.CampusID), b.referDepartment(d.ParentID, d.CampusID), d.Name, departmentKinds.label(d.Kind, lang), d.CostCenter,
		b.staffNo(d.LiaisonID), d.Phone, yesNo(d.PublicReport, lang), yesNo(d.Active, lang)}
}

func teamSheet() sheet {
	return sheet{kind: KindTeam, zh: "班组", en: "Teams", columns: teamColumns, find: findTeam, put: putTeamLine, show: showTeam,
		ids:     func(b *book) []string { return inOrder(b.teams) },
		version: func(b *book, id string) int64 { return versionIn(b.teams, id) }, needs: []Kind{KindCampus, KindVendor, KindTeam}, max: maxImport}
}

func teamColumns(lang fault.Language) []table.Column {
	return []table.Column{
		{Key: "code", Zh: "班组编码", En: "Code", Aliases: []string{"编码", "编号"}, Width: 16},
		{Key: "name", Zh: "名称", En: "Name", Aliases: []string{"班组名称", "班组"}, Required: true, Width: 24},
		{Key: "kind", Zh: "类型", En: "Kind", Aliases: []string{"班组类型"}, Choices: teamKinds.labels(lang)},
		{Key: "campus", Zh: "院区", En: "Campus", Width: 12},
		{Key: "vendor", Zh: "外包单位", En: "Vendor", Aliases: []string{"服务商", "供应商"}, Width: 20},
		{Key: "lead", Zh: "班组长工号", En: "Lead staff no.", Aliases: []string{"班组长"}},
		{Key: "pool", Zh: "抢单", En: "Grab pool", Aliases: []string{"开启抢单"}, Choices: yesNoChoices(lang)},
		{Key: "calendar", Zh: "工作日历", En: "Calendar"},
		activeColumn(lang),
	}
}

func findTeam(b *book, r *reading) (slot, bool) {
	if t := byCode(b.teams, r); t != nil {
		return slot{id: t.ID}, true
	}
	for _, t := range b.teams.find("name:" + r.cells["name"]) {
		if codeless(t.Code, r) {
			return slot{id: t.ID}, true
		}
	}
	return existing(""), true
}

func putTeamLine(b *book, r *reading, at slot) error {
	in := TeamInput{Kind: "other"}
	if t := b.teams.get(at.id); t != nil {
		in = TeamInput{Edit: Edit{Version: t.Version}, Code: t.Code, Name: t.Name, Kind: t.Kind, CampusID: t.CampusID, VendorID: t.VendorID,
			LeadID: t.LeadID, Pool: t.Pool, Calendar: t.Calendar}
	}
	r.code("code", &in.Code)
	r.text("name", &in.Name)
	r.word("kind", teamKinds, &in.Kind, false)
	r.ref("campus", &in.CampusID, resolver(b.campuses, nil))
	r.ref("vendor", &in.VendorID, resolver(b.vendors, nil))
	r.ref("lead", &in.LeadID, b.personOf)
	r.bool("pool", &in.Pool)
	r.text("calendar", &in.Calendar)
	r.active(&in.Active)
	if err := r.bad.Err(); err != nil {
		return err
	}
	_, err := b.putTeam(at, in)
	return err
}

func showTeam(b *book, id string, lang fault.Language) []string {
	t := b.teams.get(id)
	if t == nil {
		return nil
	}
	vendor := refer(b.vendors, t.VendorID, func(v *Vendor) (string, string) { return v.Code, v.Name }, nil)
	return []string{t.Code, t.Name, teamKinds.label(t.Kind, lang), campusName(b, t.CampusID), vendor, b.staffNo(t.LeadID),
		yesNo(t.Pool, lang), t.Calendar, yesNo(t.Active, lang)}
}

func extensionSheet() sheet {
	return sheet{kind: KindExtension, zh: "分机", en: "Extensions", columns: extensionColumns, find: findExtension, put: putExtensionLine, show: showExtension,
		ids:     func(b *book) []string { return inOrder(b.extensions) },
		version: func(b *book, id string) int64 { return versionIn(b.extensions, id) }, needs: []Kind{KindCampus, KindDepartment, KindPlace, KindExtension}, max: maxImport}
}

func extensionColumns(lang fault.Language) []table.Column {
	return []table.Column{
		{Key: "number", Zh: "分机号", En: "Extension", Aliases: []string{"号码", "电话", "Number"}, Required: true, Width: 14},
		{Key: "direct", Zh: "直线号码", En: "Direct number", Aliases: []string{"外线"}, Width: 16},
		{Key: "label", Zh: "说明", En: "Label", Aliases: []string{"备注", "用途"}, Width: 20},
		{Key: "department", Zh: "科室", En: "Department", Aliases: []string{"所属科室", "归属科室"}, Width: 20},
		{Key: "place", Zh: "位置", En: "Place", Aliases: []string{"位置编码", "安装位置"}, Width: 28},
		activeColumn(lang),
	}
}

func findExtension(b *book, r *reading) (slot, bool) {
	if n := NormalNumber(r.cells["number"]); n != "" {
		for _, e := range b.extensions.find("number:" + n) {
			if e.Number == n {
				return slot{id: e.ID}, true
			}
		}
	}
	return existing(""), true
}

func putExtensionLine(b *book, r *reading, at slot) error {
	var in ExtensionInput
	if e := b.extensions.get(at.id); e != nil {
		in = ExtensionInput{Edit: Edit{Version: e.Version}, Number: e.Number, Direct: e.Direct, Label: e.Label, DepartmentID: e.DepartmentID, PlaceID: e.PlaceID}
	}
	r.text("number", &in.Number)
	r.text("direct", &in.Direct)
	r.text("label", &in.Label)
	r.ref("department", &in.DepartmentID, resolver(b.departments, nil))
	r.ref("place", &in.PlaceID, resolver(b.places, nil))
	r.active(&in.Active)
	if err := r.bad.Err(); err != nil {
		return err
	}
	_, err := b.putExtension(at, in)
	return err
}

func showExtension(b *book, id string, lang fault.Language) []string {
	e := b.extensions.get(id)
	if e == nil {
		return nil
	}
	return []string{e.Number, e.Direct, e.Label, b.referDepartment(e.DepartmentID, ""), b.referPlace(e.PlaceID), yesNo(e.Active, lang)}
}

// inOrder returns the ids of a shelf as lists show them.
func inOrder[T any, P thing[T]](s *shelf[T, P]) []string {
	rows := make([]P, 0, len(s.rows))
	for _, p := range s.rows {
		rows = append(rows, p)
	}
	return sortedIDs(rows)
}

func sortedIDs[T any, P thing[T]](rows []P) []string {
	slices.SortFunc(rows, func(x, y P) int {
		return cmp.Or(cmp.Compare(x.order(), y.order()), cmp.Compare(x.head().ID, y.head().ID))
	})
	ids := make([]string, 0, len(rows))
	for _, p := range rows {
		ids = append(ids, p.head().ID)
	}
	return ids
}

// treeOrder returns the ids of a tree, every row before what is below it.
func treeOrder[T any, P thing[T]](s *shelf[T, P], parentID string) []string {
	var out []string
	for _, id := range sortedIDs(s.find(inKey(parentID))) {
		out = append(append(out, id), treeOrder(s, id)...)
	}
	return out
}

func placeOrder(b *book) []string { return treeOrder(b.places, "") }

func departmentOrder(b *book) []string { return treeOrder(b.departments, "") }

package org

import (
	"strconv"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

// sheet describes the file of one kind: its columns, how a line is entered into
// the book, and how a thing is written as a line. Writing and reading are each
// other's reverse, so that an export can be brought back.
type sheet struct {
	kind    Kind
	zh, en  string
	columns func(lang fault.Language) []table.Column
	// find says which thing a line is about; false when what it is known by cannot
	// be resolved, which is then told by put.
	find func(b *book, r *reading) (slot, bool)
	put  func(b *book, r *reading, at slot) error
	show func(b *book, id string, lang fault.Language) []string // nil when there is no such thing
	ids  func(b *book) []string                                 // in the order of an export
	// version returns the version of what is there; 0 when it is not.
	version func(b *book, id string) int64
	needs   []Kind // what lines may name, the kind itself last
	max     int    // lines of a file
}

// needed is the permission that importing and exporting needs. An export of the
// directory tells staff numbers, so seeing the directory is not enough.
func (s sheet) needed() identity.Permission {
	if s.kind == KindPerson {
		return identity.PersonWrite
	}
	return identity.OrgWrite
}

func versionIn[T any, P thing[T]](s *shelf[T, P], id string) int64 {
	if p := s.get(id); p != nil {
		return p.head().Version
	}
	return 0
}

// sheets are the kinds that can be imported and exported.
func sheets() map[Kind]sheet {
	return map[Kind]sheet{KindPlace: placeSheet(), KindDepartment: departmentSheet(), KindTeam: teamSheet(), KindExtension: extensionSheet(),
		KindPerson: personSheet(), KindDuty: dutySheet()}
}

func (s sheet) title(lang fault.Language) string {
	if lang == fault.English {
		return s.en
	}
	return s.zh
}

func yesNo(b bool, lang fault.Language) string {
	switch {
	case lang == fault.English && b:
		return "yes"
	case lang == fault.English:
		return "no"
	case b:
		return "是"
	}
	return "否"
}

func yesNoChoices(lang fault.Language) []string {
	return []string{yesNo(true, lang), yesNo(false, lang)}
}

func activeColumn(lang fault.Language) table.Column {
	return table.Column{Key: "active", Zh: "启用", En: "Active", Aliases: []string{"状态", "是否启用"}, Choices: yesNoChoices(lang)}
}

func placeSheet() sheet {
	return sheet{kind: KindPlace, zh: "位置", en: "Places", columns: placeColumns, find: findPlace, put: putPlaceLine, show: showPlace, ids: placeOrder,
		version: func(b *book, id string) int64 { return versionIn(b.places, id) }, needs: []Kind{KindCampus, KindDepartment, KindPlace}, max: maxImport}
}

func placeColumns(lang fault.Language) []table.Column {
	return []table.Column{
		{Key: "code", Zh: "位置编码", En: "Code", Aliases: []string{"编码", "编号"}, Width: 16},
		{Key: "campus", Zh: "院区", En: "Campus", Width: 12},
		{Key: "parent", Zh: "上级位置", En: "Within", Aliases: []string{"上级编码", "上级", "所属位置"}, Width: 24},
		{Key: "kind", Zh: "类型", En: "Kind", Aliases: []string{"位置类型"}, Choices: placeKinds.labels(lang)},
		{Key: "name", Zh: "名称", En: "Name", Aliases: []string{"位置名称"}, Required: true, Width: 24},
		{Key: "department", Zh: "归属科室", En: "Department", Aliases: []string{"科室", "所属科室"}, Width: 20},
		{Key: "class", Zh: "区域类别", En: "Class", Aliases: []string{"区域"}, Choices: placeClasses.labels(lang)},
		{Key: "level", Zh: "楼层号", En: "Level", Number: true},
		{Key: "x", Zh: "X坐标", En: "X", Number: true},
		{Key: "y", Zh: "Y坐标", En: "Y", Number: true},
		{Key: "publicReport", Zh: "免登录报修", En: "Report without login", Choices: yesNoChoices(lang)},
		activeColumn(lang),
	}
}

// above resolves the place above a line's place.
func placeAbove(b *book, r *reading, campusID string) (parent *Place, problem string) {
	v := r.cells["parent"]
	if v == "" {
		return nil, ""
	}
	return pick(b.places, v, func(p *Place) bool { return campusID == "" || p.CampusID == campusID })
}

// lineCampus resolves the campus of a line: as written, or the only one there is.
func lineCampus(b *book, r *reading) (id, problem string) {
	if v := r.cells["campus"]; v != "" {
		return resolver(b.campuses, nil)(v)
	}
	if len(b.campuses.rows) == 1 {
		for id := range b.campuses.rows {
			return id, ""
		}
	}
	return "", ""
}

// byCode finds the thing that has the line's code.
func byCode[T any, P thing[T]](s *shelf[T, P], r *reading) P {
	if code := foldCode(r.cells["code"]); code != "" {
		if found := s.find("code:" + code); len(found) > 0 {
			return found[0]
		}
	}
	return nil
}

// codeless tells whether a thing found by its name may be what the line means: not
// when both have codes, and these differ.
func codeless(code string, r *reading) bool { return code == "" || r.cells["code"] == "" }

func findPlace(b *book, r *reading) (slot, bool) {
	if p := byCode(b.places, r); p != nil {
		return slot{id: p.ID}, true
	}
	campusID, problem := lineCampus(b, r)
	parent, missing := placeAbove(b, r, campusID)
	if problem != "" || missing != "" {
		return slot{}, false
	}
	parentID := ""
	if parent != nil {
		parentID, campusID = parent.ID, parent.CampusID
	}
	for _, p := range b.places.find(nameKey(campusID, parentID, r.cells["name"])) {
		if codeless(p.Code, r) {
			return slot{id: p.ID}, true
		}
	}
	return existing(""), true
}

func (p *Place) input() PlaceInput {
	return PlaceInput{Edit: Edit{Version: p.Version}, CampusID: p.CampusID, ParentID: p.ParentID, Kind: p.Kind, Code: p.Code, Name: p.Name,
		DepartmentID: p.OwnDepartmentID, Class: p.OwnClass, Level: p.Level, X: p.X, Y: p.Y, PublicReport: p.PublicReport}
}

func putPlaceLine(b *book, r *reading, at slot) error {
	var in PlaceInput
	if p := b.places.get(at.id); p != nil {
		in = p.input()
	}
	campusID := in.CampusID
	if r.cells["campus"] != "" || campusID == "" {
		var problem string
		if campusID, problem = lineCampus(b, r); problem != "" {
			r.bad.Add("campus", problem)
		}
	}
	if r.has("parent") {
		parent, problem := placeAbove(b, r, campusID)
		if problem != "" {
			r.bad.Add("parent", problem)
		}
		in.ParentID = ""
		if parent != nil {
			in.ParentID, campusID = parent.ID, parent.CampusID
		}
	}
	in.CampusID = campusID
	kind := string(in.Kind)
	r.word("kind", placeKinds, &kind, false)
	in.Kind = PlaceKind(kind)
	r.code("code", &in.Code)
	r.text("name", &in.Name)
	r.ref("department", &in.DepartmentID, b.departmentOf(campusID))
	r.word("class", placeClasses, &in.Class, true)
	r.whole("level", &in.Level)
	r.number("x", &in.X)
	r.number("y", &in.Y)
	r.bool("publicReport", &in.PublicReport)
	r.active(&in.Active)
	if err := r.bad.Err(); err != nil {
		return err
	}
	_, err := b.putPlace(at, in)
	return err
}

func showPlace(b *book, id string, lang fault.Language) []string {
	p := b.places.get(id)
	if p == nil {
		return nil
	}
	level := ""
	if p.Level != nil {
		level = strconv.FormatInt(*p.Level, 10)
	}
	class := ""
	if p.OwnClass != "" {
		class = placeClasses.label(p.OwnClass, lang)
	}
	return []string{p.Code, campusName(b, p.CampusID), b.referPlace(p.ParentID), placeKinds.label(string(p.Kind), lang), p.Name,
		b.referDepartment(p.OwnDepartmentID, p.CampusID), class,
		level, float(p.X), float(p.Y), yesNo(p.PublicReport, lang), yesNo(p.Active, lang)}
}

func float(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

func campusName(b *book, id string) string {
	if c := b.campuses.get(id); c != nil {
		return c.Name
	}
	return ""
}

package asset

import (
	"context"
	"math"
	"strings"
	"time"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
	"wardline/internal/platform/text"
)

// sheetColumns are the columns of the register as a file.
func sheetColumns(lang fault.Language) []table.Column {
	return []table.Column{
		{Key: "number", Zh: "资产编号", En: "Asset no.", Aliases: []string{"编号", "资产编码", "资产码", "固定资产编号"}, Required: true, Width: 18},
		{Key: "name", Zh: "名称", En: "Name", Aliases: []string{"资产名称", "设备名称"}, Width: 24},
		{Key: "class", Zh: "类别", En: "Class", Aliases: []string{"资产类别", "分类"}, Choices: classWords().labels(lang), Width: 16},
		{Key: "model", Zh: "型号", En: "Model", Aliases: []string{"规格型号", "品牌型号"}, Width: 20},
		{Key: "serial", Zh: "序列号", En: "Serial no.", Aliases: []string{"SN", "出厂编号"}, Width: 20},
		{Key: "status", Zh: "状态", En: "Status", Aliases: []string{"使用状态"}, Choices: statusWords().labels(lang)},
		{Key: "place", Zh: "位置", En: "Place", Aliases: []string{"存放地点", "存放位置", "位置编码", "地点"}, Width: 30},
		{Key: "department", Zh: "科室", En: "Department", Aliases: []string{"使用科室", "使用部门", "部门"}, Width: 20},
		{Key: "custodian", Zh: "责任人工号", En: "Custodian staff no.", Aliases: []string{"责任人", "保管人", "保管人工号"}},
		{Key: "vendor", Zh: "服务商", En: "Vendor", Aliases: []string{"供应商", "维保单位"}, Width: 20},
		{Key: "purchasedOn", Zh: "购置日期", En: "Purchased on", Aliases: []string{"购买日期", "启用日期"}, Width: 14},
		{Key: "price", Zh: "价格(元)", En: "Price", Aliases: []string{"原值", "金额", "价格"}, Number: true},
		{Key: "warrantyUntil", Zh: "保修截止", En: "Warranty until", Aliases: []string{"保修期至", "质保到期"}, Width: 14},
		{Key: "ip", Zh: "IP地址", En: "IP", Aliases: []string{"IP"}, Width: 16},
		{Key: "mac", Zh: "MAC地址", En: "MAC", Aliases: []string{"MAC"}, Width: 20},
		{Key: "note", Zh: "备注", En: "Note", Aliases: []string{"说明"}, Width: 24},
	}
}

// columnOf maps the fields that faults blame to the columns of a file.
func columnOf(field string) string {
	switch field {
	case "priceFen":
		return "price"
	case "placeId", "departmentId", "vendorId", "custodianId":
		return strings.TrimSuffix(field, "Id")
	}
	return field
}

// atlas finds the places, departments, vendors and people that files name.
type atlas struct {
	places, departments, vendors map[string][]string // by what people write → ids
	people                       map[string]string   // staff number → id
	names                        map[string]string   // id → what is written
	staff                        map[string]string   // id → staff number
	rows                         map[string]org.Place
	campuses                     map[string]string // department → campus
	active                       map[string]bool   // of places, departments and vendors
}

func squeeze(s string) string {
	return strings.Join(strings.Fields(text.Fold(s)), "")
}

// maxDirectory is more than any hospital has of a kind.
const maxDirectory = 1_000_000

// survey reads the directory as the caller may see it.
func (s *Service) survey(ctx context.Context) (*atlas, error) {
	a := &atlas{places: map[string][]string{}, departments: map[string][]string{}, vendors: map[string][]string{}, people: map[string]string{},
		names: map[string]string{}, staff: map[string]string{}, rows: map[string]org.Place{}, campuses: map[string]string{}, active: map[string]bool{}}
	places, _, err := s.Org.ListPlaces(ctx, org.Filter{}, maxDirectory, "")
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		a.rows[p.ID], a.names[p.ID], a.active[p.ID] = p, p.FullName, p.Active
		_, tail, _ := strings.Cut(p.FullName, "/")
		enter(a.places, p.ID, p.Code, p.FullName, tail, p.Name)
	}
	departments, _, err := s.Org.ListDepartments(ctx, org.Filter{}, maxDirectory, "")
	if err != nil {
		return nil, err
	}
	for _, d := range departments {
		a.campuses[d.ID], a.names[d.ID], a.active[d.ID] = d.CampusID, d.FullName, d.Active
		enter(a.departments, d.ID, d.Code, d.FullName, d.Name)
	}
	vendors, _, err := s.Org.ListVendors(ctx, org.Filter{}, maxDirectory, "")
	if err != nil {
		return nil, err
	}
	for _, v := range vendors {
		a.names[v.ID], a.active[v.ID] = v.Name, v.Active
		enter(a.vendors, v.ID, v.Code, v.Name)
	}
	return a, nil
}

// enter files an id under everything it is called, the surest first: a name does not
// make ambiguous what someone else is called in full.
func enter(by map[string][]string, id string, called ...string) {
	seen := map[string]bool{}
	for _, c := range called {
		if c = squeeze(c); c != "" && !seen[c] {
			seen[c] = true
			by[c] = append(by[c], id)
		}
	}
}

// pick finds what a cell names; the problem is "" when it is one thing.
func pick(by map[string][]string, a *atlas, cell string) (id, problem string) {
	found := by[squeeze(cell)]
	if len(found) > 1 { // the one whose full name or code it is, or the only active one
		exact, live := []string{}, []string{}
		for _, id := range found {
			if squeeze(a.names[id]) == squeeze(cell) {
				exact = append(exact, id)
			}
			if a.active[id] {
				live = append(live, id)
			}
		}
		if len(exact) == 1 {
			found = exact
		} else if len(live) == 1 {
			found = live
		}
	}
	switch len(found) {
	case 0:
		return "", "unknown_reference"
	case 1:
		return found[0], ""
	}
	return "", "asset.ambiguous"
}

// learn finds the people that the lines and the assets at hand name.
func (s *Service) learn(ctx context.Context, tx *db.Tx, a *atlas, lines []fileLine, there map[string]Asset) error {
	numbers, ids := []string{}, []string{}
	for _, l := range lines {
		if no := strings.TrimSpace(l.Cells["custodian"]); no != "" {
			numbers = append(numbers, no)
		}
	}
	for _, x := range there {
		if x.CustodianID != "" {
			ids = append(ids, x.CustodianID)
		}
	}
	if s.ByStaffNumber != nil && len(numbers) > 0 {
		found, err := s.ByStaffNumber(ctx, tx, numbers)
		if err != nil {
			return err
		}
		for no, id := range found {
			a.people[squeeze(no)] = id
			ids = append(ids, id)
		}
	}
	known, err := s.people(ctx, tx, ids)
	for id, p := range known {
		a.staff[id] = p.StaffNo
	}
	return err
}

// cells writes an asset as the cells of a line.
func (a *atlas) cells(x *Asset, lang fault.Language) []string {
	price := yuan(x.PriceFen)
	return []string{x.Number, x.Name, classWords().label(x.Class, lang), x.Model, x.Serial, statusWords().label(string(x.Status), lang),
		a.names[x.PlaceID], a.names[x.DepartmentID], a.staff[x.CustodianID], a.names[x.VendorID], x.PurchasedOn, price, x.WarrantyUntil, x.IP, x.MAC, x.Note}
}

// values are the cells with numbers as numbers.
func (a *atlas) values(x *Asset, lang fault.Language) []any {
	cells := a.cells(x, lang)
	out := make([]any, len(cells))
	for i, c := range sheetColumns(lang) {
		out[i] = cells[i]
		if n, ok := table.ParseNumber(cells[i]); c.Number && ok {
			out[i] = n
		}
	}
	return out
}

// put takes the cells of a line over into an asset. A column that the file does not
// have leaves the field as it is; an empty cell empties it, save where a choice has
// to be made.
func (a *atlas) put(x *Asset, cells map[string]string) error {
	var f fault.Fields
	for column, into := range map[string]*string{"name": &x.Name, "model": &x.Model, "serial": &x.Serial, "ip": &x.IP, "mac": &x.MAC, "note": &x.Note} {
		if v, ok := cells[column]; ok {
			*into = v
		}
	}
	if v := cells["class"]; v != "" {
		if key, ok := classWords().parse(v); ok {
			x.Class = key
		} else {
			f.Add("class", "bad_value")
		}
	}
	if v := cells["status"]; v != "" {
		key, ok := statusWords().parse(v)
		if !ok {
			f.Add("status", "bad_value")
		} else {
			x.Status = Status(key)
		}
	}
	day(&f, cells, "purchasedOn", &x.PurchasedOn)
	day(&f, cells, "warrantyUntil", &x.WarrantyUntil)
	if v, ok := cells["price"]; ok {
		n, ok := table.ParseNumber(v)
		if x.PriceFen = int64(math.Round(n * 100)); v != "" && (!ok || math.Abs(n) > maxPriceFen/100) {
			f.Add("price", "bad_format")
			x.PriceFen = 0
		}
	}
	hadPlace := x.PlaceID
	a.refer(&f, cells, "place", a.places, &x.PlaceID)
	a.refer(&f, cells, "department", a.departments, &x.DepartmentID)
	a.refer(&f, cells, "vendor", a.vendors, &x.VendorID)
	if v, ok := cells["custodian"]; ok {
		x.CustodianID = a.people[squeeze(v)]
		if v != "" && x.CustodianID == "" {
			f.Add("custodian", "unknown_reference")
		}
	}
	if x.DepartmentID == "" || x.PlaceID != hadPlace && cells["department"] == "" {
		if d := a.rows[x.PlaceID].DepartmentID; d != "" {
			x.DepartmentID = d
		}
	}
	if x.CampusID = a.rows[x.PlaceID].CampusID; x.CampusID == "" {
		x.CampusID = a.campuses[x.DepartmentID]
	}
	if err := f.Merge("", x.clean()); err != nil {
		return err
	}
	return f.Err()
}

func (a *atlas) refer(f *fault.Fields, cells map[string]string, column string, by map[string][]string, into *string) {
	v, ok := cells[column]
	if !ok {
		return
	}
	was := *into
	*into = ""
	if v == "" {
		return
	}
	id, problem := pick(by, a, v)
	if problem == "" && id != was && !a.active[id] {
		problem = "unknown_reference"
	}
	if problem != "" {
		f.Add(column, problem)
	}
	*into = id
}

// day reads a date in any form that table.ParseTime knows.
func day(f *fault.Fields, cells map[string]string, column string, into *string) {
	v, ok := cells[column]
	if !ok {
		return
	}
	if *into = ""; v == "" {
		return
	}
	t, ok := table.ParseTime(v, time.UTC)
	if !ok {
		f.Add(column, "bad_format")
		return
	}
	*into = t.Format(time.DateOnly)
}

// enterLine says what a line would make of the register, and of which asset.
func (a *atlas) enterLine(actor *identity.Actor, l fileLine, there map[string]Asset, lang fault.Language) (planned, Asset) {
	number := strings.ToUpper(strings.Join(strings.Fields(l.Cells["number"]), " "))
	out := planned{Line: l.Line, Action: ActionAdd, Number: number, Name: l.Cells["name"]}
	was, old := there[number]
	x := was
	if old {
		out.ID, out.Version = was.ID, was.Version
	} else {
		x.Number, x.Status, x.Class = number, InUse, "other"
	}
	if old && !actor.May(identity.AssetRead, was.Keys()) {
		out.ID, out.Version = "", 0
		return out.wrong(fault.Field("number", "duplicate")), x // no more than a unique number tells
	}
	err := a.put(&x, l.Cells)
	if err == nil && old && (!was.Status.may(x.Status) || was.Status == Scrapped && x.Status == Scrapped && len(changes(&was, &x)) > 0) {
		err = fault.New(fault.Conflict, "asset.scrapped")
	}
	if err == nil && (old && !actor.May(identity.AssetWrite, was.Keys()) || !actor.May(identity.AssetWrite, x.Keys())) {
		err = fault.Denied()
	}
	if err != nil {
		return out.wrong(err), x
	}
	out.Refs = []string{x.PlaceID, x.DepartmentID, x.CampusID, x.VendorID, x.CustodianID}
	if !old {
		return out, x
	}
	before, after := a.cells(&was, lang), a.cells(&x, lang)
	for i, c := range sheetColumns(lang) {
		if before[i] != after[i] {
			out.Changes = append(out.Changes, cellChange{c.Key, before[i], after[i]})
		}
	}
	if out.Action = ActionChange; len(changes(&was, &x)) == 0 {
		out.Action = ActionSame
	}
	return out, x
}

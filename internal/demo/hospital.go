package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// hospital is what the history is told about.
type hospital struct {
	departments       []department
	departmentWeights []float64
	byTeam            map[string]*team
	callCenter        string
	bad               map[string][]*thing // assets that fail again and again, by class
	accounts          []Account
}

type department struct {
	id, name, campusID, class string
	places                    []*spot
	people                    []*person
	things                    map[string][]*thing
}

type spot struct{ id, name, short, departmentID string }

type person struct{ id, name, phone, login string }

func (p *person) worker() workorder.Worker { return workorder.Worker{ID: p.id, Name: p.name} }

type team struct {
	id, name, vendorID string
	pool               bool
	people             []*person
	slow               float64
}

type thing struct {
	id, name, class string
	place           *spot
	trouble         float64
}

// Account is a demonstration account to sign in with.
type Account struct{ Login, Name, RoleZh, RoleEn string }

// Password of every demonstration account.
const Password = "Wardline2026"

// builder builds the hospital.
type builder struct {
	d      *db.DB
	people *identity.Service
	org    *org.Service
	r      *rand.Rand
	used   map[string]bool
	hash   string
	n      int
}

func (b *builder) build(ctx context.Context) (*hospital, error) {
	h := &hospital{byTeam: map[string]*team{}, bad: map[string][]*thing{}}
	var err error
	if b.hash, err = b.people.HashPassword(ctx, Password); err != nil {
		return nil, err
	}
	ids, err := b.places(ctx, h)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	teamIDs, err := b.teams(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("teams: %w", err)
	}
	if err := b.staff(ctx, h, ids, teamIDs); err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	if err := b.extensions(ctx, h); err != nil {
		return nil, fmt.Errorf("extensions: %w", err)
	}
	return h, nil
}

// places makes campuses, departments, buildings, floors, rooms and beds.
func (b *builder) places(ctx context.Context, h *hospital) (campusIDs []string, err error) {
	for i, c := range campuses {
		campus, err := b.org.SaveCampus(ctx, "", org.CampusInput{Name: c.name, Code: fmt.Sprintf("C%d", i+1)})
		if err != nil {
			return nil, err
		}
		campusIDs = append(campusIDs, campus.ID)
	}
	for i, w := range departments {
		dep, err := b.org.SaveDepartment(ctx, "", org.DepartmentInput{Name: w.name, CampusID: campusIDs[w.campus], Kind: w.kind, Code: fmt.Sprintf("D%03d", i+1),
			CostCenter: fmt.Sprintf("%d", 1000+i), Phone: fmt.Sprintf("%d", 6000+i*10), PublicReport: w.class == "outpatient"})
		if err != nil {
			return nil, err
		}
		h.departments = append(h.departments, department{id: dep.ID, name: w.name, campusID: campusIDs[w.campus], class: w.class, things: map[string][]*thing{}})
		weight := map[string]float64{"ward": 1.6, "icu": 2.4, "emergency": 2.6, "outpatient": 1.3, "theatre": 2, "medtech": 1.1, "office": 0.4}[w.class]
		h.departmentWeights = append(h.departmentWeights, weight*(0.7+0.6*b.r.Float64()))
	}
	for ci, c := range campuses {
		for _, bw := range c.buildings {
			if err := b.building(ctx, h, campusIDs[ci], ci, bw); err != nil {
				return nil, err
			}
		}
	}
	for i := range h.departments {
		if len(h.departments[i].places) == 0 {
			return nil, fmt.Errorf("department %s has no place", h.departments[i].name)
		}
	}
	return campusIDs, nil
}

// fits tells whether departments of a class may live in a building of a class.
func fits(dep, building string) bool {
	switch dep {
	case "icu", "theatre":
		return building == "ward"
	case "office":
		return building == "office" || building == "ward"
	}
	return dep == building
}

func (b *builder) building(ctx context.Context, h *hospital, campusID string, ci int, w buildingWords) error {
	save := func(in org.PlaceInput) (org.Place, error) { return b.org.SavePlace(ctx, "", in) }
	building, err := save(org.PlaceInput{CampusID: campusID, Kind: org.Building, Name: w.name, Class: w.class, Code: b.code("B")})
	if err != nil {
		return err
	}
	var mine []*department // departments that may live here, each gets at least one floor's half
	for i := range h.departments {
		if departments[i].campus == ci && fits(departments[i].class, w.class) {
			mine = append(mine, &h.departments[i])
		}
	}
	if ci > 0 || len(mine) == 0 { // small campuses and service buildings hold everybody
		for i := range h.departments {
			if departments[i].campus == ci && !contains(mine, &h.departments[i]) {
				mine = append(mine, &h.departments[i])
			}
		}
	}
	next := 0
	for f := 1; f <= w.floors; f++ {
		level := int64(f)
		floor, err := save(org.PlaceInput{ParentID: building.ID, Kind: org.Floor, Name: fmt.Sprintf("%d楼", f), Level: &level})
		if err != nil {
			return err
		}
		// Departments with few places come first, so that none stays without.
		halves := 1
		if len(mine) > w.floors {
			halves = (len(mine) + w.floors - 1) / w.floors
		}
		for half := range halves {
			dep := mine[next%len(mine)]
			next++
			if err := b.rooms(ctx, dep, floor, w.class, halves > 1, half); err != nil {
				return err
			}
		}
	}
	return nil
}

func contains(list []*department, d *department) bool {
	for _, x := range list {
		if x == d {
			return true
		}
	}
	return false
}

func (b *builder) rooms(ctx context.Context, dep *department, floor org.Place, class string, half bool, wards int) error {
	names := rooms[class]
	if dep.class == "theatre" {
		names = []string{"1号手术间", "2号手术间", "3号手术间", "4号手术间", "5号手术间", "6号手术间", "麻醉准备间", "护士站", "无菌物品间"}
	}
	if half {
		names = names[:min(4, len(names))]
	} else {
		names = names[:min(6, len(names))]
	}
	for i, name := range names {
		full := name
		if half {
			full = strings.TrimSuffix(dep.name, "科") + name
		}
		in := org.PlaceInput{ParentID: floor.ID, Kind: org.Room, Name: full, DepartmentID: dep.id, Code: b.code("R"),
			PublicReport: class == "outpatient" && strings.HasSuffix(name, "区")}
		if dep.class == "emergency" || dep.class == "icu" || dep.class == "theatre" {
			in.Class = dep.class
		}
		x, y := float64(i%5)*8, float64(i/5)*10
		in.X, in.Y = &x, &y
		p, err := b.org.SavePlace(ctx, "", in)
		if err != nil {
			return err
		}
		dep.places = append(dep.places, &spot{p.ID, p.FullName, full, dep.id})
	}
	if class != "ward" || dep.class == "theatre" {
		return nil
	}
	for ward := 1; ward <= 1; ward++ {
		room, err := b.org.SavePlace(ctx, "", org.PlaceInput{ParentID: floor.ID, Kind: org.Room, Name: fmt.Sprintf("%s%02d病房", strings.TrimSuffix(floor.Name, "楼"), wards+ward), DepartmentID: dep.id, Code: b.code("R")})
		if err != nil {
			return err
		}
		dep.places = append(dep.places, &spot{room.ID, room.FullName, room.Name, dep.id})
		for bed := 1; bed <= 2; bed++ {
			n := (wards+ward-1)*2 + bed
			p, err := b.org.SavePlace(ctx, "", org.PlaceInput{ParentID: room.ID, Kind: org.Bed, Name: fmt.Sprintf("%d床", n), Code: b.code("W")})
			if err != nil {
				return err
			}
			dep.places = append(dep.places, &spot{p.ID, p.FullName, p.Name, dep.id})
		}
	}
	return nil
}

func (b *builder) code(prefix string) string {
	b.n++
	return fmt.Sprintf("%s%04d", prefix, b.n)
}

func (b *builder) teams(ctx context.Context, campusIDs []string) (ids []string, err error) {
	kinds := map[string]string{"呼叫中心": "callcenter", "运送中心": "transport", "保洁部": "cleaning", "膳食科": "catering", "保卫科": "security",
		"信息软件组": "it", "信息硬件组": "it", "信息网络组": "it", "打印服务组": "it"}
	vendors := map[string]string{}
	for i, w := range teams {
		if w.vendor != "" && vendors[w.vendor] == "" {
			v, err := b.org.SaveVendor(ctx, "", org.VendorInput{Name: w.vendor, Contact: b.name(), Phone: fmt.Sprintf("1380000%04d", 1000+i)})
			if err != nil {
				return nil, err
			}
			vendors[w.vendor] = v.ID
		}
		kind := kinds[w.name]
		if kind == "" {
			kind = "maintenance"
		}
		t, err := b.org.SaveTeam(ctx, "", org.TeamInput{Name: w.name, Kind: kind, VendorID: vendors[w.vendor], Pool: w.pool, Code: fmt.Sprintf("T%02d", i+1)})
		if err != nil {
			return nil, err
		}
		ids = append(ids, t.ID)
	}
	return ids, nil
}

// name invents a name that nobody has yet.
func (b *builder) name() string {
	for {
		n := pick(b.r, surnames) + pick(b.r, givenNames)
		if !b.used[n] {
			b.used[n] = true
			return n
		}
		if len(b.used) > len(surnames)*len(givenNames)*3/4 {
			return n
		}
	}
}

// staff makes everybody: crews of the teams, two or so in each department, and those who manage.
func (b *builder) staff(ctx context.Context, h *hospital, campusIDs, teamIDs []string) error {
	var list []identity.NewPerson
	var after []func(id string)
	add := func(p identity.NewPerson, f func(id string)) {
		p.StaffNo = fmt.Sprintf("%05d", 10001+len(list))
		p.PasswordHash = b.hash
		list, after = append(list, p), append(after, f)
	}
	grant := func(role string, kind identity.ScopeKind) identity.GrantSpec {
		return identity.GrantSpec{RoleID: role, ScopeKind: kind}
	}
	office := h.office("后勤保障部")
	for i, w := range teams {
		t := &team{id: teamIDs[i], name: w.name, pool: w.pool, slow: 0.85 + 0.4*b.r.Float64()}
		h.byTeam[t.id] = t
		vendorID, err := b.vendorOf(ctx, t.id)
		if err != nil {
			return err
		}
		t.vendorID = vendorID
		for j := range w.members {
			facts := identity.Facts{Name: b.name(), Title: "工程师", Phone: fmt.Sprintf("8%d%02d", i+10, j), CampusID: campusIDs[0], DepartmentID: office, VendorID: vendorID}
			p := identity.NewPerson{Facts: facts, Teams: []identity.Membership{{TeamID: t.id, Lead: j == 0}}}
			switch {
			case w.name == "呼叫中心" && j == 0:
				h.callCenter = t.id
				p.Title, p.Login, p.Grants = "调度", "dispatcher", []identity.GrantSpec{grant("dispatcher", identity.ScopeAll)}
			case w.name == "呼叫中心":
				p.Title, p.Grants = "客服", []identity.GrantSpec{grant("agent", identity.ScopeAll)}
				if j == 1 {
					p.Login = "agent"
				}
			case j == 0:
				p.Title, p.Grants = "班组长", []identity.GrantSpec{grant("team_lead", identity.ScopeTeam), grant("reporter", identity.ScopeOwn)}
				if w.name == "信息硬件组" {
					p.Login = "lead"
				}
			default:
				p.Grants = []identity.GrantSpec{grant("engineer", identity.ScopeTeam)}
				if w.name == "信息硬件组" && j <= 2 {
					p.Login = []string{"", "engineer", "engineer2"}[j]
				}
				if login := map[string]string{"水工班": "plumber", "电工班": "electrician", "保洁部": "cleaner"}[w.name]; login != "" && j == 1 {
					p.Login = login
				}
				if w.name == "运送中心" && j == 1 {
					p.Login, p.Title = "porter", "运送员"
				}
			}
			add(p, func(id string) { t.people = append(t.people, &person{id, facts.Name, facts.Phone, p.Login}) })
		}
	}
	for i := range h.departments {
		dep := &h.departments[i]
		crew := 1
		if i < 9 {
			crew = 2
		}
		for j := range crew {
			facts := identity.Facts{Name: b.name(), Title: []string{"护士长", "医生"}[j%2], Phone: fmt.Sprintf("%d", 6000+i*10+j), CampusID: dep.campusID, DepartmentID: dep.id}
			p := identity.NewPerson{Facts: facts, Grants: []identity.GrantSpec{grant("reporter", identity.ScopeDepartment)}}
			if dep.name == "心内科一病区" && j == 0 {
				p.Login = "nurse"
			}
			if dep.name == "骨科一病区" && j == 0 {
				p.Login = "nurse2"
			}
			add(p, func(id string) { dep.people = append(dep.people, &person{id, facts.Name, facts.Phone, p.Login}) })
		}
	}
	for _, x := range []struct{ login, role, title, dep string }{{"admin", "admin", "系统管理员", "信息中心"}, {"manager", "manager", "副院长", "医务处"},
		{"auditor", "auditor", "审计员", "财务处"}, {"keeper", "asset_keeper", "资产管理员", "设备科"}, {"store", "storekeeper", "库管", "后勤保障部"}} {
		add(identity.NewPerson{Facts: identity.Facts{Name: b.name(), Login: x.login, Title: x.title, CampusID: campusIDs[0], DepartmentID: h.office(x.dep)},
			Grants: []identity.GrantSpec{grant(x.role, identity.ScopeAll)}}, func(string) {})
	}
	err := b.d.Write(ctx, func(tx *db.Tx) error {
		ids, err := b.people.Import(ctx, tx, list)
		if err != nil {
			return err
		}
		for i, id := range ids {
			after[i](id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Login != "" {
			h.accounts = append(h.accounts, Account{Login: p.Login, Name: p.Name, RoleZh: p.Title})
		}
	}
	return nil
}

func (h *hospital) office(name string) string {
	for i := range h.departments {
		if h.departments[i].name == name {
			return h.departments[i].id
		}
	}
	return ""
}

func (b *builder) vendorOf(ctx context.Context, teamID string) (vendorID string, err error) {
	err = b.d.Read(ctx, func(tx *db.Tx) error {
		t, err := b.org.Team(ctx, tx, teamID)
		vendorID = t.VendorID
		return err
	})
	return vendorID, err
}

// extensions gives each department's first places a telephone.
func (b *builder) extensions(ctx context.Context, h *hospital) error {
	for i := range h.departments {
		dep := &h.departments[i]
		for j, p := range dep.places[:min(3, len(dep.places))] {
			_, err := b.org.SaveExtension(ctx, "", org.ExtensionInput{Number: fmt.Sprintf("%d", 6000+i*10+j), Label: p.short, DepartmentID: dep.id, PlaceID: p.id})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

package org_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
)

func TestDepartments(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		east, west := k.campus("东院"), k.campus("西院")
		in := k.department("", "", "内科", func(d *org.DepartmentInput) { d.Code = "nk"; d.LiaisonID = "zhang"; d.Phone = "8001-2" })
		heart := k.department(in.ID, east.ID, "心内科")
		ward := k.department(heart.ID, "", "心内一病区")
		if ward.FullName != "内科/心内科/心内一病区" || ward.CampusID != east.ID || in.Code != "NK" {
			t.Fatalf("%+v %+v", ward, in)
		}
		change := func(d org.Department, f func(*org.DepartmentInput)) (org.Department, error) {
			now := must(k.GetDepartment(admin(), d.ID))(t)
			e := org.DepartmentInput{Edit: org.Edit{Version: now.Version}, CampusID: now.CampusID, ParentID: now.ParentID, Code: now.Code, Name: now.Name,
				Kind: now.Kind, CostCenter: now.CostCenter, LiaisonID: now.LiaisonID, Phone: now.Phone, PublicReport: now.PublicReport}
			f(&e)
			return k.SaveDepartment(admin(), d.ID, e)
		}
		for want, f := range map[string]func(*org.DepartmentInput){
			"parentId:org.cycle":          func(e *org.DepartmentInput) { e.ParentID = ward.ID },
			"parentId:unknown_reference":  func(e *org.DepartmentInput) { e.ParentID = "x" },
			"liaisonId:unknown_reference": func(e *org.DepartmentInput) { e.LiaisonID = "stranger" },
			"campusId:unknown_reference":  func(e *org.DepartmentInput) { e.CampusID = "x" },
			"kind:bad_value":              func(e *org.DepartmentInput) { e.Kind = "x" },
			"phone:bad_format":            func(e *org.DepartmentInput) { e.Phone = "call me" },
			"code:org.code_taken":         func(e *org.DepartmentInput) { e.Code = "Nk" },
			"active:org.active_below":     func(e *org.DepartmentInput) { e.Active = new(false) },
			"conflict":                    func(e *org.DepartmentInput) { e.Version = 99 },
		} {
			_, err := change(heart, f)
			t.Run(want, func(t *testing.T) { wants(t, err, want) })
		}
		_, err := change(ward, func(e *org.DepartmentInput) { e.CampusID = west.ID })
		wants(t, err, "campusId:org.other_campus")
		if _, err := change(heart, func(e *org.DepartmentInput) { e.CampusID = west.ID; e.Name = "心脏中心" }); err != nil {
			t.Fatal(err)
		}
		if w := must(k.GetDepartment(admin(), ward.ID))(t); w.CampusID != west.ID || w.FullName != "内科/心脏中心/心内一病区" {
			t.Fatalf("%+v", w)
		}
	})
}

func TestBelowIsKnownToEveryReplica(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		other := replica(t, k.db)
		a := k.department("", "", "内科")
		b := k.department(a.ID, "", "心内科")
		c := k.department(b.ID, "", "一病区")
		for _, s := range []*kit{k, other} {
			got := must(s.Below(context.Background(), a.ID))(t)
			slices.Sort(got)
			if want := []string{b.ID, c.ID}; !reflect.DeepEqual(got, want) {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
		in := org.DepartmentInput{Edit: org.Edit{Version: 1}, Name: "一病区", Kind: "clinical"}
		must(k.SaveDepartment(admin(), c.ID, in))(t)
		for _, s := range []*kit{k, other} {
			if got := must(s.Below(context.Background(), a.ID))(t); !reflect.DeepEqual(got, []string{b.ID}) {
				t.Fatalf("after the move: %v", got)
			}
			if got := must(s.Below(context.Background(), c.ID))(t); len(got) != 0 {
				t.Fatalf("%v", got)
			}
		}
		// A change that is rolled back must not stay in anyone's memory.
		must(k.SaveDepartment(admin(), c.ID, org.DepartmentInput{Edit: org.Edit{Version: 2}, Name: "一病区", Kind: "clinical", ParentID: a.ID}))(t)
		_, err := k.SaveDepartment(admin(), c.ID, org.DepartmentInput{Edit: org.Edit{Version: 2}, Name: "一病区", Kind: "clinical"})
		wants(t, err, "conflict")
		if got := must(other.Below(context.Background(), a.ID))(t); len(got) != 2 {
			t.Fatalf("%v", got)
		}
		k.read(func(tx *db.Tx) error {
			if got := must(k.DepartmentsBelow(context.Background(), tx, a.ID))(t); len(got) != 2 {
				t.Errorf("%v", got)
			}
			return nil
		})
	})
}

func TestWritingNeedsTheScopeOfBothEnds(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		east, west := k.campus("东院"), k.campus("西院")
		heart := k.department("", east.ID, "心内科")
		ward := k.department(heart.ID, "", "一病区")
		eye := k.department("", west.ID, "眼科")
		house := k.place("", east.ID, org.Building, "甲楼")
		mine := k.place(house.ID, "", org.Room, "101", owned(heart.ID))
		theirs := k.place("", west.ID, org.Room, "201", owned(eye.ID))
		team := k.team("硬件组")

		read := []identity.Permission{identity.OrgRead}
		both := []identity.Permission{identity.OrgRead, identity.OrgWrite}
		public := context.Background()
		reader := as("r", identity.ScopeDepartment, []string{heart.ID}, read...)
		ofEast := as("e", identity.ScopeCampus, []string{east.ID}, both...)
		ofHeart := as("h", identity.ScopeDepartment, []string{heart.ID, ward.ID}, both...)
		ofTeam := as("t", identity.ScopeTeam, []string{team.ID}, both...)

		place := func(ctx context.Context, p org.Place, f func(*org.PlaceInput)) error {
			in := edit(k.get(p.ID))
			f(&in)
			_, err := k.SavePlace(ctx, p.ID, in)
			return err
		}
		note := 0.0
		touch := func(in *org.PlaceInput) { note++; in.X = new(note) }
		add := func(ctx context.Context, in org.DepartmentInput) error {
			in.Kind = "clinical"
			_, err := k.SaveDepartment(ctx, "", in)
			return err
		}
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"public reads nothing":               {second(k.GetPlace(public, mine.ID)), "unauthorized"},
			"public searches nothing":            {second(k.SearchPlaces(public, org.Filter{}, 5)), "unauthorized"},
			"public writes nothing":              {place(public, mine, touch), "unauthorized"},
			"without permission nothing is read": {second(k.GetPlace(as("x", identity.ScopeAll, nil, identity.OrderRead), mine.ID)), "forbidden"},
			"a reader sees all":                  {second(k.GetPlace(reader, theirs.ID)), ""},
			"a reader writes nothing":            {place(reader, mine, touch), "forbidden"},
			"campus: own":                        {place(ofEast, mine, touch), ""},
			"campus: other":                      {place(ofEast, theirs, touch), "forbidden"},
			"campus: taking from another":        {place(ofEast, theirs, func(in *org.PlaceInput) { in.CampusID = east.ID }), "forbidden"},
			"campus: pushing into another":       {place(ofEast, mine, func(in *org.PlaceInput) { in.ParentID, in.CampusID, in.DepartmentID = "", west.ID, eye.ID }), "forbidden"},
			"campus: no new campus":              {second(k.SaveCampus(ofEast, "", org.CampusInput{Name: "北院"})), "forbidden"},
			"campus: no vendor":                  {second(k.SaveVendor(ofEast, "", org.VendorInput{Name: "某公司"})), "forbidden"},
			"campus: no skill":                   {second(k.SaveSkill(ofEast, "", org.SkillInput{Name: "焊接"})), "forbidden"},
			"department: own place":              {place(ofHeart, mine, touch), ""},
			"department: building":               {place(ofHeart, house, touch), "forbidden"},
			"department: giving away":            {place(ofHeart, mine, func(in *org.PlaceInput) { in.DepartmentID = eye.ID }), "forbidden"},
			"department: taking":                 {place(ofHeart, theirs, func(in *org.PlaceInput) { in.DepartmentID = heart.ID }), "forbidden"},
			"department: new below":              {add(ofHeart, org.DepartmentInput{Name: "二病区", ParentID: heart.ID}), ""},
			"department: new beside":             {add(ofHeart, org.DepartmentInput{Name: "三病区"}), "forbidden"},
			"department: new below another":      {add(ofHeart, org.DepartmentInput{Name: "三病区", ParentID: eye.ID}), "forbidden"},
			"team: own":                          {second(k.SaveTeam(ofTeam, team.ID, org.TeamInput{Edit: org.Edit{Version: 1}, Name: "硬件组", Kind: "it", Pool: true})), ""},
			"team: new":                          {second(k.SaveTeam(ofTeam, "", org.TeamInput{Name: "另一组", Kind: "it"})), "forbidden"},
			"extension: own":                     {second(k.SaveExtension(ofHeart, "", org.ExtensionInput{Number: "1", DepartmentID: ward.ID})), ""},
			"extension: other":                   {second(k.SaveExtension(ofHeart, "", org.ExtensionInput{Number: "2", PlaceID: theirs.ID})), "forbidden"},
			"removal: other":                     {second(k.RemovePlace(ofHeart, theirs.ID, 1)), "forbidden"},
			"removal: other, wrong version":      {second(k.RemovePlace(ofHeart, theirs.ID, 9)), "forbidden"},
			"skills of people":                   {k.SetPersonSkills(ofEast, "zhang", nil), "forbidden"},
		} {
			t.Run(name, func(t *testing.T) { wants(t, c.err, c.want) })
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestRemoving(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.campus("东院")
		d := k.department("", c.ID, "内科")
		house := k.place("", c.ID, org.Building, "甲楼")
		room := k.place(house.ID, "", org.Room, "101", owned(d.ID))
		vendor := must(k.SaveVendor(admin(), "", org.VendorInput{Name: "某公司", Phone: "400-1"}))(t)
		team := must(k.SaveTeam(admin(), "", org.TeamInput{Name: "组", Kind: "it", VendorID: vendor.ID, CampusID: c.ID}))(t)
		skill := must(k.SaveSkill(admin(), "", org.SkillInput{Name: "焊接"}))(t)
		ext := must(k.SaveExtension(admin(), "", org.ExtensionInput{Number: "1", PlaceID: room.ID}))(t)

		wants(t, second(k.RemovePlace(admin(), house.ID, 1)), "org.has_children")
		wants(t, second(k.RemoveCampus(admin(), c.ID, 1)), "org.has_children")
		wants(t, second(k.RemovePlace(admin(), room.ID, 2)), "conflict")
		wants(t, second(k.RemovePlace(admin(), "nope", 1)), "not_found")
		step := func(want string, o org.Removal, err error) {
			t.Helper()
			if err != nil || o.Outcome != want {
				t.Fatalf("got %q %v, want %s", o.Outcome, err, want)
			}
		}
		remove := func(want string, f func(context.Context, string, int64) (org.Removal, error), id string, version int64) {
			t.Helper()
			o, err := f(admin(), id, version)
			step(want, o, err)
		}
		remove("deactivated", k.RemovePlace, room.ID, 1) // the extension names it
		if p := k.get(room.ID); p.Active || p.Version != 2 {
			t.Fatalf("%+v", p)
		}
		remove("deactivated", k.RemoveDepartment, d.ID, 1) // the room names it
		remove("deleted", k.RemoveExtension, ext.ID, 1)
		k.named[room.ID] = true // an order does
		remove("deactivated", k.RemovePlace, room.ID, 2)
		k.named[room.ID] = false
		remove("deleted", k.RemovePlace, room.ID, 2)
		remove("deleted", k.RemovePlace, house.ID, 1)
		remove("deleted", k.RemoveDepartment, d.ID, 2)
		remove("deactivated", k.RemoveVendor, vendor.ID, 1)
		remove("deactivated", k.RemoveCampus, c.ID, 1) // the team names it
		remove("deleted", k.RemoveTeam, team.ID, 1)
		remove("deleted", k.RemoveVendor, vendor.ID, 2)
		remove("deleted", k.RemoveCampus, c.ID, 2)
		if err := k.SetPersonSkills(admin(), "zhang", []org.PersonSkill{{SkillID: skill.ID, Level: 2}}); err != nil {
			t.Fatal(err)
		}
		remove("deactivated", k.RemoveSkill, skill.ID, 1)

		// Without anybody to ask, nothing is ever deleted.
		careful := org.New(org.Deps{DB: k.db, Clock: k.clock, Trail: k.trail(t)})
		v := must(careful.SaveVendor(admin(), "", org.VendorInput{Name: "乙"}))(t)
		o, err := careful.RemoveVendor(admin(), v.ID, 1)
		step("deactivated", o, err)
	})
}

func TestTeamsVendorsSkills(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		off := must(k.SaveVendor(admin(), "", org.VendorInput{Name: "停业公司", Edit: org.Edit{Active: new(false)}}))(t)
		team := must(k.SaveTeam(admin(), "", org.TeamInput{Name: "硬件组", Code: "hw", Kind: "it", LeadID: "li", Pool: true, Calendar: "office"}))(t)
		if team.Code != "HW" || !team.Pool || team.Calendar != "office" || team.LeadID != "li" {
			t.Fatalf("%+v", team)
		}
		for want, in := range map[string]org.TeamInput{
			"name:org.name_taken":        {Name: "硬件组", Kind: "it"},
			"code:org.code_taken":        {Name: "甲", Code: "HW", Kind: "it"},
			"kind:required":              {Name: "甲"},
			"vendorId:unknown_reference": {Name: "甲", Kind: "it", VendorID: off.ID},
			"leadId:unknown_reference":   {Name: "甲", Kind: "it", LeadID: "stranger"},
			"campusId:unknown_reference": {Name: "甲", Kind: "it", CampusID: "x"},
		} {
			wants(t, second(k.SaveTeam(admin(), "", in)), want)
		}
		a := must(k.SaveSkill(admin(), "", org.SkillInput{Name: "电工"}))(t)
		b := must(k.SaveSkill(admin(), "", org.SkillInput{Name: "焊接"}))(t)
		want := []org.PersonSkill{{SkillID: a.ID, Level: 1}, {SkillID: b.ID, Level: 3}}
		if err := k.SetPersonSkills(admin(), "zhang", want); err != nil {
			t.Fatal(err)
		}
		if got := must(k.PersonSkills(admin(), "zhang"))(t); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v", got)
		}
		for want, list := range map[string][]org.PersonSkill{
			"skills:unknown_reference": {{SkillID: "x", Level: 1}},
			"skills:too_big":           {{SkillID: a.ID, Level: 4}},
			"skills:bad_value":         {{SkillID: a.ID, Level: 1}, {SkillID: a.ID, Level: 2}},
		} {
			wants(t, k.SetPersonSkills(admin(), "zhang", list), want)
		}
		wants(t, k.SetPersonSkills(admin(), "stranger", want), "personId:unknown_reference")
		if err := k.SetPersonSkills(admin(), "zhang", nil); err != nil {
			t.Fatal(err)
		}
		k.read(func(tx *db.Tx) error {
			if got := must(k.Skills(context.Background(), tx, []string{"zhang", "li"}))(t); len(got) != 0 {
				t.Errorf("%v", got)
			}
			return nil
		})
	})
}

func TestOnDuty(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		team, other := k.team("硬件组"), k.team("网络组")
		k.employ("m1", "赵一", "", team.ID)
		k.employ("m2", "钱二", "", team.ID, other.ID)
		now := k.clock.Now()
		onDuty := func(at int64) (out []string) {
			k.read(func(tx *db.Tx) (err error) { out, err = k.OnDuty(context.Background(), tx, team.ID, at); return err })
			return out
		}
		if got := onDuty(now); strings.Join(got, " ") != "m2 m1" {
			t.Fatalf("without a roster: %v", got)
		}
		duty := func(person string, from, to int64) org.DutyInput {
			return org.DutyInput{PersonID: person, StartAt: now + from*clock.Hour, EndAt: now + to*clock.Hour}
		}
		added := must(k.AddDuties(admin(), team.ID, []org.DutyInput{duty("li", -2, 2), duty("zhang", 2, 10), duty("li", 40, 80)}))(t)
		for at, want := range map[int64]string{-3: "", -2: "li", 0: "li", 2: "zhang", 9: "zhang", 10: "", 79: "li", 80: ""} {
			if got := strings.Join(onDuty(now+at*clock.Hour), " "); got != want {
				t.Errorf("at %d: %q, want %q", at, got, want)
			}
		}
		lead := identity.With(context.Background(), identity.NewActor(identity.Actor{PersonID: "li", Leads: []string{team.ID}},
			[]identity.Grant{{Permissions: []identity.Permission{identity.OrgRead}, Kind: identity.ScopeTeam, IDs: []string{team.ID}}}, nil))
		if got := must(k.TeamOnDuty(lead, team.ID))(t); strings.Join(got, " ") != "li" {
			t.Errorf("%v", got)
		}
		must(k.AddDuties(lead, team.ID, []org.DutyInput{duty("zhang", -1, 1)}))(t)
		wants(t, second(k.AddDuties(lead, other.ID, []org.DutyInput{duty("zhang", -1, 1)})), "forbidden")
		for want, in := range map[string][]org.DutyInput{
			"startAt:org.duty_overlap":   {duty("zhang", 9, 12)},
			"endAt:org.duty_length":      {duty("zhang", 100, 100)},
			"duties:too_few":             {},
			"personId:unknown_reference": {duty("stranger", 20, 30)},
			"personId:required":          {duty(" ", 20, 30)},
		} {
			wants(t, second(k.AddDuties(admin(), team.ID, in)), want)
		}
		wants(t, second(k.AddDuties(admin(), team.ID, []org.DutyInput{duty("zhang", 20, 30), duty("zhang", 29, 31)})), "startAt:org.duty_overlap")
		wants(t, second(k.AddDuties(admin(), team.ID, []org.DutyInput{duty("zhang", 20, 70)})), "endAt:org.duty_length")
		wants(t, second(k.AddDuties(admin(), "nope", []org.DutyInput{duty("zhang", 20, 30)})), "not_found")
		if got := must(k.Duties(admin(), team.ID, now, now+3*clock.Hour))(t); len(got) != 3 {
			t.Errorf("%d duties", len(got))
		}
		wants(t, second(k.Duties(admin(), team.ID, now, now+63*clock.Day)), "to:bad_value")
		wants(t, k.RemoveDuty(as("x", identity.ScopeAll, nil, identity.OrgRead), added[0].ID), "forbidden")
		if err := k.RemoveDuty(lead, added[0].ID); err != nil {
			t.Fatal(err)
		}
		if got := onDuty(now - 2*clock.Hour); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}

func TestNamesAndExists(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.campus("东院")
		d := k.department("", "", "内科")
		p := k.place("", c.ID, org.Room, "101")
		team := k.team("硬件组")
		var many []string
		for range 700 { // more than one statement takes
			many = append(many, p.ID, "x", "")
		}
		k.read(func(tx *db.Tx) error {
			n := must(k.Names(context.Background(), tx, org.Wanted{Campuses: []string{c.ID}, Places: many, Departments: []string{d.ID, d.ID}, Teams: []string{team.ID, "?"}}))(t)
			want := org.Names{Campuses: map[string]string{c.ID: "东院"}, Places: map[string]string{p.ID: "东院/101"}, Departments: map[string]string{d.ID: "内科"},
				Teams: map[string]string{team.ID: "硬件组"}, Vendors: map[string]string{}, Skills: map[string]string{}}
			if !reflect.DeepEqual(n, want) {
				t.Errorf("%+v", n)
			}
			for kind, id := range map[identity.ScopeKind]string{identity.ScopeCampus: c.ID, identity.ScopeDepartment: d.ID, identity.ScopeTeam: team.ID} {
				if !must(k.Exists(context.Background(), tx, kind, id))(t) || must(k.Exists(context.Background(), tx, kind, "x"))(t) {
					t.Errorf("%s", kind)
				}
			}
			if must(k.Exists(context.Background(), tx, identity.ScopeAll, c.ID))(t) {
				t.Error("all is no thing")
			}
			return nil
		})
	})
}

func TestFill(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		in := org.Bulk{
			Campuses:    []org.Fresh[org.CampusInput]{{ID: "c1", Input: org.CampusInput{Name: "东院"}}},
			Departments: []org.Fresh[org.DepartmentInput]{{ID: "d1", Input: org.DepartmentInput{Name: "内科", Kind: "clinical", LiaisonID: "later"}}},
			Places: []org.Fresh[org.PlaceInput]{
				{ID: "p1", Input: org.PlaceInput{CampusID: "c1", Kind: org.Building, Name: "甲楼", DepartmentID: "d1"}},
				{ID: "p2", Input: org.PlaceInput{ParentID: "p1", Kind: org.Floor, Name: "1层"}}},
			ReportCodes:  map[string]string{"p2": "code2"},
			Vendors:      []org.Fresh[org.VendorInput]{{ID: "v1", Input: org.VendorInput{Name: "某公司"}}},
			Teams:        []org.Fresh[org.TeamInput]{{ID: "t1", Input: org.TeamInput{Name: "组", Kind: "it", VendorID: "v1"}}},
			Skills:       []org.Fresh[org.SkillInput]{{ID: "s1", Input: org.SkillInput{Name: "焊接"}}},
			Extensions:   []org.Fresh[org.ExtensionInput]{{Input: org.ExtensionInput{Number: "1", PlaceID: "p2"}}},
			PersonSkills: map[string][]org.PersonSkill{"zhang": {{SkillID: "s1", Level: 1}}},
			Duties:       []org.Duty{{ID: "x1", TeamID: "t1", PersonID: "zhang", StartAt: 1, EndAt: 2}},
		}
		fill := func() error {
			return k.db.Write(context.Background(), func(tx *db.Tx) error { return k.Fill(context.Background(), tx, in) })
		}
		if err := fill(); err != nil {
			t.Fatal(err)
		}
		if p := k.get("p2"); p.FullName != "东院/甲楼/1层" || p.DepartmentID != "d1" {
			t.Fatalf("%+v", p)
		}
		k.read(func(tx *db.Tx) error {
			if got := must(k.PlaceCodes(context.Background(), tx, []string{"p1", "p2"}))(t); got["p2"] != "code2" || got["p1"] == "" {
				t.Errorf("%v", got)
			}
			return nil
		})
		if got := must(k.Lookup(admin(), "1"))(t); !got.Known || got.Department.ID != "d1" {
			t.Fatalf("%+v", got)
		}
		before := k.rows()
		wants(t, fill(), "name:org.name_taken")
		if k.rows() != before {
			t.Fatal("half a load was kept")
		}
	})
}

// A row that one replica remembers is not older than the directory: not after another
// replica's change, and not within the transaction of a change that is given up.
func TestRememberedRowsFollowEveryChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b := newKit(t, d), replica(t, d)
		c := a.campus("东院")
		p := a.place("", c.ID, org.Building, "一号楼")
		name := func(k *kit) (out string) {
			t.Helper()
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				p, err := k.Place(t.Context(), tx, p.ID)
				out = p.Name
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		for i := range 3 {
			want := fmt.Sprintf("%d号楼", i+2)
			for _, k := range []*kit{a, b, a, b} { // both remember the name of before
				name(k)
			}
			p = must(b.SavePlace(admin(), p.ID, org.PlaceInput{Edit: org.Edit{Version: p.Version}, CampusID: c.ID, Kind: org.Building, Name: want}))(t)
			for _, k := range []*kit{a, b, a} {
				if got := name(k); got != want {
					t.Fatalf("after the change to %s a replica says %s", want, got)
				}
			}
		}
	})
}

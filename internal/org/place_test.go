package org_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

func TestPlacesInheritAndKnowWhereTheyAre(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		east := k.campus("东院")
		heart := k.department("", "", "心内科")
		eye := k.department("", "", "眼科")
		house := k.place("", east.ID, org.Building, "门诊楼", owned(heart.ID), func(in *org.PlaceInput) { in.Class = "outpatient" })
		floor := k.place(house.ID, "", org.Floor, "3层")
		room := k.place(floor.ID, "", org.Room, "301室", code("mz-301"), owned(eye.ID))
		bed := k.place(room.ID, "", org.Bed, "1床")
		if bed.FullName != "东院/门诊楼/3层/301室/1床" || bed.CampusID != east.ID || bed.Class != "outpatient" || bed.DepartmentID != eye.ID || bed.OwnDepartmentID != "" {
			t.Fatalf("%+v", bed)
		}
		if floor.DepartmentID != heart.ID || room.Code != "MZ-301" || bed.Ancestry != "/"+house.ID+"/"+floor.ID+"/"+room.ID+"/"+bed.ID+"/" {
			t.Fatalf("%+v %+v %+v", floor, room, bed)
		}

		in := edit(house)
		in.Name, in.DepartmentID, in.Class = "急诊楼", "", "emergency"
		must(k.SavePlace(admin(), house.ID, in))(t)
		if f := k.get(floor.ID); f.FullName != "东院/急诊楼/3层" || f.Class != "emergency" || f.DepartmentID != "" || f.Version != floor.Version {
			t.Fatalf("%+v", f)
		}
		if b := k.get(bed.ID); b.FullName != "东院/急诊楼/3层/301室/1床" || b.DepartmentID != eye.ID {
			t.Fatalf("%+v", b)
		}
		if found := must(k.SearchPlaces(admin(), org.Filter{Text: "jzl 1c"}, 10))(t); names(found, placeName) != "1床" {
			t.Fatalf("not found by its new path: %v", found)
		}
		must(k.SaveCampus(admin(), east.ID, org.CampusInput{Edit: org.Edit{Version: 1}, Name: "本部"}))(t)
		if b := k.get(bed.ID); b.FullName != "本部/急诊楼/3层/301室/1床" {
			t.Fatalf("%+v", b)
		}
	})
}

func TestPlacesMoveWithWhatLiesInThem(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		east, west := k.campus("东院"), k.campus("西院")
		a := k.place("", east.ID, org.Building, "甲楼")
		b := k.place("", west.ID, org.Building, "乙楼")
		af := k.place(a.ID, "", org.Floor, "1层")
		room := k.place(af.ID, "", org.Room, "101")
		inner := k.place(room.ID, "", org.Room, "里间")

		in := edit(af)
		in.ParentID, in.CampusID = b.ID, ""
		moved := must(k.SavePlace(admin(), af.ID, in))(t)
		if moved.CampusID != west.ID || moved.FullName != "西院/乙楼/1层" || moved.Version != af.Version+1 {
			t.Fatalf("%+v", moved)
		}
		if p := k.get(inner.ID); p.CampusID != west.ID || p.FullName != "西院/乙楼/1层/101/里间" || p.Ancestry != "/"+b.ID+"/"+af.ID+"/"+room.ID+"/"+inner.ID+"/" {
			t.Fatalf("%+v", p)
		}
		k.read(func(tx *db.Tx) error {
			got := must(k.PlacesBelow(context.Background(), tx, b.ID))(t)
			if strings.Join(got, " ") != strings.Join([]string{af.ID, room.ID, inner.ID}, " ") {
				t.Errorf("below: %v", got)
			}
			for pair, want := range map[[2]string]bool{{room.ID, inner.ID}: true, {inner.ID, b.ID}: true, {a.ID, inner.ID}: false, {a.ID, a.ID}: true, {a.ID, ""}: false, {"x", a.ID}: false} {
				if got := must(k.Related(context.Background(), tx, pair[0], pair[1]))(t); got != want {
					t.Errorf("related %v: %v", pair, got)
				}
			}
			return nil
		})

		for name, c := range map[string]struct {
			p    org.Place
			f    func(*org.PlaceInput)
			want string
		}{
			"into itself":      {room, func(in *org.PlaceInput) { in.ParentID = room.ID }, "parentId:org.cycle"},
			"into its own":     {room, func(in *org.PlaceInput) { in.ParentID = inner.ID }, "parentId:org.cycle"},
			"floor to the top": {moved, func(in *org.PlaceInput) { in.ParentID = "" }, "kind:org.place_nesting"},
			"wrong campus":     {room, func(in *org.PlaceInput) { in.CampusID = east.ID }, "campusId:org.other_campus"},
			"nowhere":          {room, func(in *org.PlaceInput) { in.ParentID = "nowhere" }, "parentId:unknown_reference"},
			"room to bed":      {room, func(in *org.PlaceInput) { in.Kind = org.Bed }, "kind:org.place_nesting"},
			"old version":      {room, func(in *org.PlaceInput) { in.Version = 7 }, "conflict"},
		} {
			t.Run(name, func(t *testing.T) {
				in := edit(k.get(c.p.ID))
				c.f(&in)
				before := k.rows()
				_, err := k.SavePlace(admin(), c.p.ID, in)
				wants(t, err, c.want)
				if after := k.rows(); after != before {
					t.Fatalf("a refused change left %s, before %s", after, before)
				}
			})
		}
	})
}

func TestPlaceRules(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.campus("东院")
		house := k.place("", c.ID, org.Building, "甲楼", code("A"))
		floor := k.place(house.ID, "", org.Floor, "1层")
		off := k.department("", "", "停用科")
		must(k.SaveDepartment(admin(), off.ID, org.DepartmentInput{Edit: org.Edit{Version: 1, Active: new(false)}, Name: "停用科", Kind: "other"}))(t)
		closed := k.place("", c.ID, org.Building, "旧楼", func(in *org.PlaceInput) { in.Active = new(false) })
		for want, in := range map[string]org.PlaceInput{
			"name:required":                  {ParentID: floor.ID, Kind: org.Room},
			"kind:required":                  {ParentID: floor.ID, Name: "x"},
			"kind:bad_value":                 {ParentID: floor.ID, Kind: "ship", Name: "x"},
			"class:bad_value":                {ParentID: floor.ID, Kind: org.Room, Name: "x", Class: "ship"},
			"name:too_long":                  {ParentID: floor.ID, Kind: org.Room, Name: strings.Repeat("长", 61)},
			"name:bad_format":                {ParentID: floor.ID, Kind: org.Room, Name: "a\nb"},
			"code:bad_format":                {ParentID: floor.ID, Kind: org.Room, Name: "x", Code: "a b"},
			"level:too_big":                  {ParentID: floor.ID, Kind: org.Room, Name: "x", Level: new(int64(1000))},
			"campusId:required":              {Kind: org.Building, Name: "x"},
			"campusId:unknown_reference":     {Kind: org.Building, Name: "x", CampusID: "nope"},
			"departmentId:unknown_reference": {ParentID: floor.ID, Kind: org.Room, Name: "x", DepartmentID: off.ID},
			"kind:org.place_nesting":         {Kind: org.Bed, Name: "x", CampusID: c.ID},
			"name:org.name_taken":            {ParentID: house.ID, Kind: org.Floor, Name: " 1层 "},
			"code:org.code_taken":            {ParentID: house.ID, Kind: org.Floor, Name: "2层", Code: "ａ"},
			"active:org.inactive_above":      {ParentID: closed.ID, Kind: org.Floor, Name: "1层"},
		} {
			_, err := k.SavePlace(admin(), "", in)
			t.Run(want, func(t *testing.T) { wants(t, err, want) })
		}
		in := edit(house)
		in.Active = new(false)
		_, err := k.SavePlace(admin(), house.ID, in)
		wants(t, err, "active:org.active_below")
		_, err = k.SavePlace(admin(), "nope", edit(house))
		wants(t, err, "not_found")

		deep := floor.ID
		for i := range 10 {
			deep = k.place(deep, "", org.Room, "r"+strconv.Itoa(i)).ID
		}
		_, err = k.SavePlace(admin(), "", org.PlaceInput{ParentID: deep, Kind: org.Room, Name: "x"})
		wants(t, err, "parentId:org.too_deep")
	})
}

func TestNothingChangesWithoutADifference(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.campus("东院")
		p := k.place("", c.ID, org.Building, "甲楼", func(in *org.PlaceInput) { in.X, in.Level = new(1.5), new(int64(3)) })
		before := k.rows()
		k.changed = nil
		again := must(k.SavePlace(admin(), p.ID, edit(p)))(t)
		if again.Version != p.Version || k.rows() != before || len(k.changed) != 0 {
			t.Fatalf("%+v %v %s", again, k.changed, k.rows())
		}
		in := edit(p)
		in.X = nil
		if again = must(k.SavePlace(admin(), p.ID, in))(t); again.X != nil || again.Version != 2 || strings.Join(k.changed, " ") != "place:"+p.ID {
			t.Fatalf("%+v %v", again, k.changed)
		}
		if got := k.get(p.ID); got.X != nil || got.Level == nil || *got.Level != 3 {
			t.Fatalf("%+v", got)
		}
	})
}

func TestTwoMovesAtOnceMakeNoCycle(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.campus("东院")
		for round := range 5 {
			a := k.place("", c.ID, org.Room, "甲"+strconv.Itoa(round))
			b := k.place("", c.ID, org.Room, "乙"+strconv.Itoa(round))
			into := func(x, y org.Place) error {
				in := edit(x)
				in.ParentID = y.ID
				_, err := k.SavePlace(admin(), x.ID, in)
				return err
			}
			var errs [2]error
			var wg sync.WaitGroup
			wg.Go(func() { errs[0] = into(a, b) })
			wg.Go(func() { errs[1] = into(b, a) })
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("exactly one must win: %v, %v", errs[0], errs[1])
			}
		}
	})
}

// Whatever is done to a tree, every row says what follows from the rows above it.
func TestTreeStaysTrue(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		campuses := []org.Campus{k.campus("东院"), k.campus("西院")}
		deps := []string{"", k.department("", "", "内科").ID, k.department("", "", "外科").ID}
		r := rand.New(rand.NewPCG(1, 2))
		var ids []string
		done := map[string]int{}
		for i := range 250 {
			in := org.PlaceInput{Kind: org.Room, Name: "室" + strconv.Itoa(r.IntN(30)), DepartmentID: deps[r.IntN(3)], Class: []string{"", "ward", "icu"}[r.IntN(3)]}
			if len(ids) > 0 && r.IntN(4) > 0 {
				in.ParentID = ids[r.IntN(len(ids))]
			} else {
				in.CampusID = campuses[r.IntN(2)].ID
			}
			target := ""
			if len(ids) > 10 && r.IntN(2) == 0 {
				target = ids[r.IntN(len(ids))]
				in.Version = k.get(target).Version
			}
			p, err := k.SavePlace(admin(), target, in)
			switch {
			case err == nil && target == "":
				ids = append(ids, p.ID)
				done["added"]++
			case err == nil:
				done["moved"]++
			default:
				f, ok := fault.Of(err)
				if !ok || len(f.Fields) == 0 {
					t.Fatalf("step %d: %v", i, err)
				}
				done[f.Fields[0].Code]++
			}
		}
		if done["moved"] < 20 || done["org.cycle"] == 0 || done["org.name_taken"] == 0 {
			t.Fatalf("the walk tried too little: %v", done)
		}
		all := map[string]org.Place{}
		k.read(func(tx *db.Tx) (err error) { all, err = k.Places(context.Background(), tx, ids); return err })
		for _, p := range all {
			up, ok := all[p.ParentID]
			want := org.Place{FullName: "东院/" + p.Name, Ancestry: "/" + p.ID + "/", CampusID: p.CampusID}
			if p.CampusID == campuses[1].ID {
				want.FullName = "西院/" + p.Name
			}
			if ok {
				want = org.Place{FullName: up.FullName + "/" + p.Name, Ancestry: up.Ancestry + p.ID + "/", CampusID: up.CampusID, Class: up.Class, DepartmentID: up.DepartmentID}
			}
			if p.OwnClass != "" {
				want.Class = p.OwnClass
			}
			if p.OwnDepartmentID != "" {
				want.DepartmentID = p.OwnDepartmentID
			}
			if p.FullName != want.FullName || p.Ancestry != want.Ancestry || p.CampusID != want.CampusID || p.Class != want.Class || p.DepartmentID != want.DepartmentID {
				t.Fatalf("got %+v\nwant %+v", p, want)
			}
		}
	})
}

func TestReportCodes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.campus("东院")
		p := k.place("", c.ID, org.Room, "101")
		other := k.place("", c.ID, org.Room, "102")
		codes := map[string]string{}
		k.read(func(tx *db.Tx) (err error) {
			codes, err = k.PlaceCodes(context.Background(), tx, []string{p.ID, other.ID, "x", "", p.ID})
			return err
		})
		if len(codes) != 2 || len(codes[p.ID]) != len(id.Secret()) || codes[p.ID] == codes[other.ID] {
			t.Fatalf("%v", codes)
		}
		byCode := func(code string) (got org.Place, err error) {
			err = k.db.Read(context.Background(), func(tx *db.Tx) (err error) { got, err = k.ByCode(context.Background(), tx, code); return err })
			return got, err
		}
		if got, err := byCode(codes[p.ID]); err != nil || got.ID != p.ID {
			t.Fatalf("%+v %v", got, err)
		}
		fresh := must(k.RenewCode(admin(), p.ID))(t)
		_, err := byCode(codes[p.ID])
		wants(t, err, "not_found")
		if got, err := byCode(fresh); err != nil || got.ID != p.ID {
			t.Fatalf("%+v %v", got, err)
		}
		_, err = k.RenewCode(as("x", identity.ScopeCampus, []string{"elsewhere"}, identity.OrgRead, identity.OrgWrite), p.ID)
		wants(t, err, "forbidden")
		in := edit(k.get(p.ID))
		in.Active = new(false)
		must(k.SavePlace(admin(), p.ID, in))(t)
		_, err = byCode(fresh)
		wants(t, err, "not_found")
		for _, e := range must2(k.trail(t).List(context.Background(), auditFilter, 100, ""))(t) {
			for _, v := range e.Detail {
				if s, ok := v.(string); ok && strings.Contains(s, fresh) {
					t.Fatal("the audit trail tells a code")
				}
			}
		}
	})
}

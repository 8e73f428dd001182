package asset_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"wardline/internal/asset"
	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
)

func TestCreateFillsInWhereItIs(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.add(" pc-0001 ", func(in *asset.Input) {
			in.MAC, in.IP, in.VendorID, in.CustodianID, in.PurchasedOn, in.PriceFen = "00-1b-63-84-45-e6", "010.0.0.1", "v1", "zhang", "2024-02-29", 123450
			in.IP = "10.0.0.1"
		})
		if v.Number != "PC-0001" || v.DepartmentID != "er" || v.CampusID != "east" || v.MAC != "00:1B:63:84:45:E6" || v.Status != asset.InUse || v.Version != 1 {
			t.Fatalf("got %+v", v)
		}
		if v.PlaceName != "东院/1号楼/3层/护士站" || v.DepartmentName != "急诊科" || v.VendorName != "打印服务商" || v.CustodianName != "张护士" || v.ClassZh != "打印机" || !v.MayChange {
			t.Fatalf("names: %+v", v)
		}
		got, err := k.Show(keeper(), v.ID)
		if err != nil || got.Asset != v.Asset {
			t.Fatalf("stored %+v %v", got, err)
		}
		only := k.add("PC-0002", func(in *asset.Input) { in.PlaceID, in.DepartmentID = "", "icu" })
		if only.CampusID != "west" {
			t.Fatalf("without a place the campus is the department's: %+v", only)
		}
		for _, c := range []struct {
			name   string
			change func(*asset.Input)
			want   string
		}{
			{"number taken", func(in *asset.Input) { in.Number = "pc-0001" }, "number:duplicate"},
			{"no number", func(in *asset.Input) { in.Number = " " }, "number:required"},
			{"no name", func(in *asset.Input) { in.Name = "" }, "name:required"},
			{"class", func(in *asset.Input) { in.Class = "rocket" }, "class:bad_value"},
			{"status", func(in *asset.Input) { in.Status = "lost" }, "status:bad_value"},
			{"place", func(in *asset.Input) { in.PlaceID = "nowhere" }, "placeId:unknown_reference"},
			{"department", func(in *asset.Input) { in.DepartmentID = "nobody" }, "departmentId:unknown_reference"},
			{"vendor", func(in *asset.Input) { in.VendorID = "nobody" }, "vendorId:unknown_reference"},
			{"custodian", func(in *asset.Input) { in.CustodianID = "nobody" }, "custodianId:unknown_reference"},
			{"day", func(in *asset.Input) { in.PurchasedOn = "2023-02-29" }, "purchasedOn:bad_format"},
			{"year", func(in *asset.Input) { in.WarrantyUntil = "0202-01-01" }, "warrantyUntil:bad_value"},
			{"price", func(in *asset.Input) { in.PriceFen = -1 }, "priceFen:too_small"},
			{"address", func(in *asset.Input) { in.IP = "10.0.0.256" }, "ip:bad_format"},
			{"hardware address", func(in *asset.Input) { in.MAC = "00:1B" }, "mac:bad_format"},
			{"note", func(in *asset.Input) { in.Note = strings.Repeat("字", 1001) }, "note:too_long"},
			{"control characters", func(in *asset.Input) { in.Name = "a\x07b" }, "name:bad_format"},
		} {
			_, err := k.Create(keeper(), input("PC-9999", c.change))
			t.Run(c.name, func(t *testing.T) { wants(t, err, c.want) })
		}
	})
}

func TestHistoryTellsEverything(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.add("P1")
		facts := v.Facts
		facts.Model = "惠普 M404"
		v, err := k.Update(keeper(), v.ID, v.Version, facts)
		wants(t, err, "")
		same, err := k.Update(keeper(), v.ID, v.Version, facts)
		wants(t, err, "")
		if same.Version != v.Version {
			t.Error("a change that changes nothing made a version")
		}
		if v, err = k.Move(keeper(), v.ID, v.Version, asset.Move{PlaceID: "w1", CustodianID: "li", Note: "搬科"}); err != nil {
			t.Fatal(err)
		}
		if v.DepartmentID != "icu" || v.CampusID != "west" {
			t.Fatalf("moved to %+v", v)
		}
		if v, err = k.SetStatus(keeper(), v.ID, v.Version, asset.Scrapped, "主板坏"); err != nil {
			t.Fatal(err)
		}
		_, err = k.Update(keeper(), v.ID, v.Version, v.Facts)
		wants(t, err, "asset.scrapped")
		_, err = k.Move(keeper(), v.ID, v.Version, asset.Move{PlaceID: "r1"})
		wants(t, err, "asset.scrapped")
		_, err = k.SetStatus(keeper(), v.ID, v.Version, asset.InUse, "")
		wants(t, err, "asset.scrapped")
		if v, err = k.SetStatus(keeper(), v.ID, v.Version, asset.Idle, "写错了"); err != nil {
			t.Fatal(err)
		}
		_, err = k.SetStatus(keeper(), v.ID, v.Version-1, asset.InUse, "")
		wants(t, err, "conflict")

		list, next, err := k.History(keeper(), v.ID, 3, "")
		wants(t, err, "")
		more, end, err := k.History(keeper(), v.ID, 3, next)
		wants(t, err, "")
		if end != "" {
			t.Error("the last page has a next one")
		}
		var got []string
		for _, e := range append(list, more...) {
			line := string(e.Kind) + " " + e.ActorID + " " + e.Note
			for _, c := range e.Changes {
				line += fmt.Sprintf(" %s:%s>%s", c.Field, c.From+c.FromName, c.To+c.ToName)
			}
			got = append(got, line)
		}
		want := []string{
			"status keeper 写错了 status:scrapped>idle",
			"status keeper 主板坏 status:in_use>scrapped",
			"moved keeper 搬科 placeId:r1东院/1号楼/3层/护士站>w1西院/护士站 departmentId:er急诊科>icu重症监护室 campusId:east东院>west西院 custodianId:>li李工",
			"changed keeper  model:惠普 M403d>惠普 M404",
			"created keeper ",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		entries, _, err := k.trail.List(t.Context(), audit.Filter{Subject: "asset", SubjectID: v.ID}, 10, "")
		if err != nil || len(entries) != 5 || fmt.Sprint(k.changed) != "[created changed moved status status]" {
			t.Errorf("%d entries in the trail, told of %v: %v", len(entries), k.changed, err)
		}
	})
}

func TestScope(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		er, icu := k.add("ER1"), k.add("ICU1", at("w1"))
		mine := k.add("MINE1", at("w1"), func(in *asset.Input) { in.CustodianID = "zhang" })
		printer := k.add("VEND1", at("w1"), func(in *asset.Input) { in.VendorID = "v1" })
		for _, c := range []struct {
			name string
			ctx  context.Context
			want string
		}{
			{"whole hospital", as("x", "asset_keeper", identity.ScopeAll), "ER1 ICU1 MINE1 VEND1"},
			{"campus", as("x", "asset_keeper", identity.ScopeCampus, "east"), "ER1"},
			{"department", as("x", "asset_keeper", identity.ScopeDepartment, "icu"), "ICU1 MINE1 VEND1"},
			{"vendor", as("x", "vendor_supervisor", identity.ScopeVendor, "v1"), "VEND1"},
			{"custodian", as("zhang", "reporter", identity.ScopeOwn), "MINE1"},
			{"department and custodian", as("zhang", "reporter", identity.ScopeDepartment, "er"), "ER1 MINE1"},
			{"a team has none", as("x", "engineer", identity.ScopeTeam, "t1"), ""},
		} {
			list, _, err := k.List(c.ctx, asset.Filter{}, 50, "")
			if err != nil || numbers(list) != c.want {
				t.Errorf("%s: got %q %v, want %q", c.name, numbers(list), err, c.want)
			}
			n, err := k.Count(c.ctx, asset.Filter{})
			if err != nil || int(n) != len(list) {
				t.Errorf("%s: counted %d %v", c.name, n, err)
			}
			for _, a := range []*asset.View{er, icu, mine, printer} {
				_, err := k.Show(c.ctx, a.ID)
				_, _, herr := k.History(c.ctx, a.ID, 10, "")
				if strings.Contains(c.want, a.Number) {
					wants(t, err, "")
					wants(t, herr, "")
				} else {
					wants(t, err, "not_found")
					wants(t, herr, "not_found")
				}
			}
		}
		_, _, err := k.List(context.Background(), asset.Filter{}, 50, "")
		wants(t, err, "unauthorized")
		_, err = k.Show(as("x", "auditor", identity.ScopeAll), "nothing")
		wants(t, err, "not_found")

		local := as("x", "asset_keeper", identity.ScopeDepartment, "er")
		_, err = k.Update(local, icu.ID, 1, icu.Facts)
		wants(t, err, "not_found")
		_, err = k.Relabel(local, icu.ID, 1, "")
		wants(t, err, "not_found")
		_, err = k.Move(local, er.ID, 1, asset.Move{PlaceID: "w1"})
		wants(t, err, "forbidden") // out of what the keeper keeps
		_, err = k.Create(local, input("NEW1", at("w1")))
		wants(t, err, "forbidden")
		nurse := as("x", "reporter", identity.ScopeAll)
		_, err = k.Update(nurse, er.ID, 1, er.Facts)
		wants(t, err, "forbidden")
		_, err = k.Create(context.Background(), input("NEW1"))
		wants(t, err, "unauthorized")
		if got, err := k.Show(keeper(), er.ID); err != nil || got.Version != 1 {
			t.Errorf("a refused change was kept: %+v %v", got, err)
		}
	})
}

func TestListFiltersAndPages(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for i := range 7 {
			k.add(fmt.Sprintf("A%02d", i))
		}
		k.add("B01", at("w1"), func(in *asset.Input) {
			in.Name, in.Class, in.Serial, in.WarrantyUntil, in.Status = "移动护理PDA", "mobile", "SN_100%", "2026-01-31", asset.Idle
		})
		var all []string
		cursor := ""
		for pages := 0; ; pages++ {
			list, next, err := k.List(keeper(), asset.Filter{}, 3, cursor)
			wants(t, err, "")
			all = append(all, numbers(list))
			if cursor = next; next == "" || pages > 5 {
				break
			}
		}
		if got := strings.Join(all, "|"); got != "A00 A01 A02|A03 A04 A05|A06 B01" {
			t.Errorf("pages %s", got)
		}
		for want, f := range map[string]asset.Filter{
			"B01":                         {Class: "mobile"},
			"B01 ":                        {Statuses: []asset.Status{asset.Idle, asset.Lent}},
			"B01  ":                       {CampusID: "west"},
			"B01   ":                      {DepartmentID: "icu"},
			"B01    ":                     {WarrantyBefore: "2026-02-01"},
			"":                            {WarrantyBefore: "2026-01-31"},
			"B01     ":                    {Text: "ydhl"},
			"B01      ":                   {Text: "sn_100%"},
			" ":                           {Text: "sn_1x0"},
			"  ":                          {Text: "%%"},
			"A03":                         {Text: "a03"},
			"A00 A01 A02 A03 A04 A05 A06": {PlaceID: "b"}, // the building above the room
			"A04":                         {Text: "04 激光"},
			"   ":                         {PlaceID: "w1", Text: "激光"},
		} {
			list, _, err := k.List(keeper(), f, 50, "")
			if err != nil || numbers(list) != strings.TrimSpace(want) {
				t.Errorf("%+v: got %q %v, want %q", f, numbers(list), err, want)
			}
		}
		_, _, err := k.List(keeper(), asset.Filter{}, 3, "bm9uc2Vuc2U")
		wants(t, err, "cursor:bad_cursor")
	})
}

func TestPlacesThatMove(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.add("M1")
		p, err := k.org.GetPlace(as("o", "admin", identity.ScopeAll), "b")
		wants(t, err, "")
		_, err = k.org.SavePlace(as("o", "admin", identity.ScopeAll), "b", org.PlaceInput{Edit: org.Edit{Version: p.Version}, CampusID: "west", Kind: p.Kind, Name: p.Name})
		wants(t, err, "")
		k.write(func(tx *db.Tx) error { return k.PlaceChanged(t.Context(), tx, "b") })
		if got, err := k.Show(keeper(), v.ID); err != nil || got.CampusID != "west" {
			t.Errorf("still on %q: %v", got.CampusID, err)
		}
		k.write(func(tx *db.Tx) error {
			for kind, id := range map[org.Kind]string{org.KindPlace: "r1", org.KindDepartment: "er", org.KindCampus: "west"} {
				if named, err := k.Refers(t.Context(), tx, kind, id); err != nil || !named {
					t.Errorf("%s %s is said to be unused: %v", kind, id, err)
				}
			}
			named, err := k.Refers(t.Context(), tx, org.KindPlace, "w1")
			if named {
				t.Error("an empty room is said to be in use")
			}
			return err
		})
	})
}

func TestFill(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var in []asset.Fresh
		for i := range 150 {
			in = append(in, asset.Fresh{Input: input(fmt.Sprintf("F%03d", i))})
		}
		in[0].ID, in[0].Secret = "asset0", "0123456789abcdef"
		in[1].Input.PlaceID, in[1].Input.DepartmentID = "", "icu"
		k.write(func(tx *db.Tx) error { return k.Fill(k.system(), tx, in) })
		n, err := k.Count(keeper(), asset.Filter{})
		if err != nil || n != 150 {
			t.Fatalf("%d %v", n, err)
		}
		k.write(func(tx *db.Tx) error {
			a, err := k.Get(t.Context(), tx, "asset0")
			if a.Number != "F000" || a.CampusID != "east" || a.DepartmentID != "er" {
				t.Errorf("got %+v", a)
			}
			if _, err := k.Get(t.Context(), tx, "none"); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("got %v", err)
			}
			return err
		})
		if list, _, err := k.List(keeper(), asset.Filter{CampusID: "west"}, 5, ""); err != nil || numbers(list) != "F001" {
			t.Errorf("got %s %v", numbers(list), err)
		}
		first := k.code("asset0")
		if !strings.HasPrefix(first, "a0123456789abcdef") || first == k.code(mustFind(t, k, "F001")) {
			t.Errorf("code %s", first)
		}
	})
}

func mustFind(t *testing.T, k *kit, number string) string {
	t.Helper()
	list, _, err := k.List(keeper(), asset.Filter{Text: number}, 2, "")
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %v %v", number, list, err)
	}
	return list[0].ID
}

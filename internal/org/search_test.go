package org_test

import (
	"strconv"
	"testing"

	"wardline/internal/org"
	"wardline/internal/platform/fault"
)

func TestPickersFindTheBestFirst(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c, other := k.campus("东院"), k.campus("西院")
		house := k.place("", c.ID, org.Building, "门诊楼", code("MZ"))
		f3 := k.place(house.ID, "", org.Floor, "3层")
		k.place(f3.ID, "", org.Room, "放射科登记处")
		k.place(f3.ID, "", org.Room, "放射科", code("FSK"))
		k.place(f3.ID, "", org.Room, "介入放射科")
		k.place(f3.ID, "", org.Room, "50%氧气间", code("X_1"))
		k.place("", c.ID, org.Building, "住院楼")
		k.place("", other.ID, org.Room, "放射值班室", func(in *org.PlaceInput) { in.Active = new(false) })
		k.place("", other.ID, org.Room, "FSK库房")
		for _, q := range []struct{ text, want string }{
			{"放射科", "放射科 放射科登记处 介入放射科"},
			{"fsk", "放射科 放射科登记处 FSK库房 介入放射科"},
			{"FangShe", "放射科 放射科登记处 介入放射科"},
			{"ＭＺ", "门诊楼 3层 50%氧气间 放射科 放射科登记处 介入放射科"},
			{"门诊 登记", "放射科登记处"},
			{"0%", "50%氧气间"},
			{"X_", "50%氧气间"},
			{"zyl", "住院楼"},
			{"重庆", ""},
			{"'; DROP TABLE place; --", ""},
		} {
			got := must(k.SearchPlaces(admin(), org.Filter{Text: q.text}, 50))(t)
			if names(got, placeName) != q.want {
				t.Errorf("%q: %s, want %s", q.text, names(got, placeName), q.want)
			}
		}
		if got := must(k.SearchPlaces(admin(), org.Filter{Text: "放射", CampusID: other.ID}, 50))(t); len(got) != 0 {
			t.Errorf("inactive place found: %v", got)
		}
		if got := must(k.SearchPlaces(admin(), org.Filter{Text: "fsk", CampusID: c.ID, Kind: "room"}, 1))(t); names(got, placeName) != "放射科" {
			t.Errorf("%v", got)
		}
		for i := range 60 {
			k.place("", other.ID, org.Room, "仓库"+strconv.Itoa(i))
		}
		if got := must(k.SearchPlaces(admin(), org.Filter{}, 1000))(t); len(got) != 50 {
			t.Errorf("%d rows", len(got))
		}
	})
}

func TestListsPageInNaturalOrder(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.campus("东院")
		house := k.place("", c.ID, org.Building, "门诊楼")
		for _, n := range []int64{10, 2, -1, 1} {
			k.place(house.ID, "", org.Floor, map[int64]string{10: "十层", 2: "二层", -1: "负一层", 1: "一层"}[n], func(in *org.PlaceInput) { in.Level = &n })
		}
		for _, n := range []string{"10室", "9室", "安全通道", "1室"} {
			k.place("", c.ID, org.Room, n)
		}
		var got []org.Place
		cursor := ""
		for {
			page, next, err := k.ListPlaces(admin(), org.Filter{ParentID: house.ID}, 3, cursor)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page...)
			if cursor = next; cursor == "" {
				break
			}
		}
		if names(got, placeName) != "负一层 一层 二层 十层" {
			t.Errorf("floors: %s", names(got, placeName))
		}
		top, _, err := k.ListPlaces(admin(), org.Filter{ParentID: org.Top, Kind: "room"}, 50, "")
		if err != nil || names(top, placeName) != "1室 9室 10室 安全通道" {
			t.Errorf("rooms: %s %v", names(top, placeName), err)
		}
		if _, _, err := k.ListPlaces(admin(), org.Filter{}, 3, "nonsense"); fault.CodeOf(err) != "invalid" {
			t.Errorf("%v", err)
		}
	})
}

func TestLookup(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.campus("东院")
		heart := k.department("", "", "心内科")
		eye := k.department("", "", "眼科")
		room := k.place("", c.ID, org.Room, "护士站", owned(heart.ID))
		ext := func(in org.ExtensionInput) org.Extension { return must(k.SaveExtension(admin(), "", in))(t) }
		ext(org.ExtensionInput{Number: "80-01", Direct: "+86 21 5888 8001", PlaceID: room.ID, Label: "护士站"})
		ext(org.ExtensionInput{Number: "8002", DepartmentID: eye.ID, PlaceID: room.ID})
		ext(org.ExtensionInput{Number: "8003", DepartmentID: eye.ID, Edit: org.Edit{Active: new(false)}})
		for number, want := range map[string]string{
			"8001": "心内科 东院/护士站", "8 0 0 1": "心内科 东院/护士站", "021-58888001": "", "2158888001": "心内科 东院/护士站", "0086 2158888001": "心内科 东院/护士站",
			"8002": "眼科 东院/护士站", "8003": "", "9999": "",
		} {
			got := must(k.Lookup(admin(), number))(t)
			text := ""
			if got.Known {
				text = got.Department.Name + " " + got.Place.FullName
			}
			if text != want {
				t.Errorf("%s: %q, want %q", number, text, want)
			}
		}
		_, err := k.Lookup(admin(), "abc")
		wants(t, err, "number:bad_format")
		for want, in := range map[string]org.ExtensionInput{
			"number:required":                   {DepartmentID: eye.ID},
			"number:bad_format":                 {Number: "x1", DepartmentID: eye.ID},
			"number:org.number_taken":           {Number: "(8002)", DepartmentID: eye.ID},
			"direct:org.number_taken":           {Number: "8100", Direct: "8001", DepartmentID: eye.ID},
			"departmentId:org.extension_target": {Number: "8100"},
			"placeId:unknown_reference":         {Number: "8100", PlaceID: "x"},
		} {
			_, err := k.SaveExtension(admin(), "", in)
			wants(t, err, want)
		}
		if found := must(k.SearchExtensions(admin(), org.Filter{Text: "hsz"}, 10))(t); len(found) != 1 || found[0].Number != "8001" {
			t.Errorf("%+v", found)
		}
	})
}

func TestNormalNumber(t *testing.T) {
	for in, want := range map[string]string{"8001": "8001", " 80-01 ": "8001", "（021）5888 8001": "02158888001", "+86 138 0013 8000": "13800138000",
		"008613800138000": "13800138000", "8613800138000": "8613800138000", "*21#": "*21#", "８００１": "8001", "": "", "ext 5": "", "+44 20 1": "44201",
		"123456789012345678901234567890123": ""} {
		if got := org.NormalNumber(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

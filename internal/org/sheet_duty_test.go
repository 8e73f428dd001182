package org_test

import (
	"bytes"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

func TestImportOfDuties(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		q := crew(k)
		c := k.campus("东院")
		k.place("", c.ID, org.Point, "门诊大厅", code("PT1"))
		head := "工号,班组,日期,班次,开始,结束,类型,服务点\n"
		wrong := head + "M1,硬件组,2027-01-15,白班,,,,\nX9,硬件组,2027-01-15,白班,,,,\nM2,没有的组,2027-01-15,白班,,,,\nM2,硬件组,2027年13月1日,白班,,,,\n" +
			"M2,硬件组,2027-01-15,大夜班,,,,\nM2,硬件组,2027-01-15,,25:00,08:00,,\nM2,硬件组,2027-01-15,,07:00,10:00,定点值守,\nM1,硬件组,2027-01-15,,11:00,12:30,,\nM2,硬件组,2027-01-15,,,,,\n"
		p := must(k.preview(admin(), org.KindDuty, wrong))(t)
		want := `3 wrong {工号 org.unknown_person}
4 wrong {班组 org.not_found_in_list}
5 wrong {日期 bad_format}
6 wrong {班次 org.not_found_in_list}
7 wrong {开始 bad_format}
8 wrong {服务点 required}
9 wrong {开始 org.duty_overlap}
10 wrong {班次 required}
2 add`
		if got := brief(p.Rows); got != want {
			t.Fatalf("%s", got)
		}
		wants(t, second(k.ApplyImport(admin(), p.Token)), "org.import_wrong")
		if got := must(k.Duties(admin(), q.team.ID, at(-1, 0), at(5, 0)))(t); len(got) != 0 {
			t.Fatalf("a preview wrote %+v", got)
		}

		right := head + "M1,硬件组,2027/1/15,白班,,,,\nM2,硬件组,2027-01-15,,18:00,08:00,听班,\nM3,硬件组,46402,,0.2916666667,10:00,定点值守,PT1\n"
		p = must(k.preview(admin(), org.KindDuty, right))(t)
		if got := brief(p.Rows); got != "2 add\n3 add\n4 add" {
			t.Fatalf("%s", got)
		}
		must(k.ApplyImport(admin(), p.Token))(t)
		for hour, want := range map[int64]string{8: "m1 m3", 11: "m1", 12: "", 13: "m1", 18: "m2", 31: "m2", 32: ""} {
			if got := k.on(q.team.ID, at(0, hour)); got != want {
				t.Errorf("at %d: %q, want %q", hour, got, want)
			}
		}
		list := must(k.Duties(admin(), q.team.ID, at(0, 0), at(2, 0)))(t)
		if len(list) != 4 {
			t.Fatalf("%+v", list)
		}
		// Once more changes nothing, and what was exported comes back as it is.
		if got := brief(must(k.preview(admin(), org.KindDuty, right))(t).Rows); got != "2 same\n3 same\n4 same" {
			t.Fatalf("%s", got)
		}
		var file bytes.Buffer
		if err := k.Export(admin(), &file, org.KindDuty, table.CSV, fault.Chinese, false); err != nil {
			t.Fatal(err)
		}
		if got := cells(t, file.Bytes()); !strings.Contains(got, "M2|硬件组|2027-01-15||18:00|08:00|听班") {
			t.Fatalf("%s", got)
		}
		back := must(k.PreviewImport(admin(), org.KindDuty, "x.csv", &file, fault.Chinese))(t)
		if back.Counts != (org.ImportCounts{Same: 4}) {
			t.Fatalf("%+v\n%s", back.Counts, brief(back.Rows))
		}
		// A roster that changes between the two makes the preview stale.
		more := must(k.preview(admin(), org.KindDuty, head+"M3,硬件组,2027-01-20,白班,,,,\n"))(t)
		must(k.AddDuties(admin(), q.team.ID, []org.DutyInput{{PersonID: "m3", StartAt: at(5, 10), EndAt: at(5, 11)}}))(t)
		wants(t, second(k.ApplyImport(admin(), more.Token)), "org.import_stale")
		// Out of scope, each line is refused.
		other := as("o", identity.ScopeCampus, []string{"none"}, identity.OrgRead, identity.OrgWrite)
		if got := brief(must(k.preview(other, org.KindDuty, head+"M3,硬件组,2027-01-25,白班,,,,\n"))(t).Rows); got != "2 wrong { forbidden}" {
			t.Fatalf("%s", got)
		}
		wants(t, second(k.preview(leading("m1", q.team.ID), org.KindDuty, right)), "forbidden")
	})
}

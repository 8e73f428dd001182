package org_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

// hospital is what the files of these tests meet.
func hospital(k *kit) {
	k.t.Helper()
	east, west := k.campus("东院"), k.campus("西院")
	heart := k.department("", east.ID, "心内科", func(d *org.DepartmentInput) { d.Code = "XN"; d.LiaisonID = "zhang"; d.CostCenter = "C1" })
	k.department(heart.ID, "", "一病区")
	k.department("", east.ID, "门诊部")
	k.department("", west.ID, "门诊部")
	a := k.place("", east.ID, org.Building, "甲楼", code("A"), owned(heart.ID))
	f := k.place(a.ID, "", org.Floor, "1层", func(in *org.PlaceInput) { in.Level = new(int64(1)) })
	k.place(f.ID, "", org.Room, "101", code("A101"), func(in *org.PlaceInput) { in.Class, in.X, in.PublicReport = "ward", new(1.5), true })
	b := k.place("", west.ID, org.Building, "乙楼")
	k.place(b.ID, "", org.Floor, "1层")
	must(k.SaveVendor(admin(), "", org.VendorInput{Name: "某公司"}))(k.t)
	must(k.SaveTeam(admin(), "", org.TeamInput{Name: "硬件组", Code: "HW", Kind: "it", LeadID: "nobody", Pool: true, CampusID: east.ID}))(k.t)
	must(k.SaveTeam(admin(), "", org.TeamInput{Name: "网络组", Kind: "it"}))(k.t)
	must(k.SaveExtension(admin(), "", org.ExtensionInput{Number: "8001", Direct: "58888001", PlaceID: f.ID, Label: "护士站"}))(k.t)
}

// brief is a preview as one line for each line of the file.
func brief(rows []org.ImportRow) string {
	var out []string
	for _, r := range rows {
		s := fmt.Sprintf("%d %s", r.Line, r.Action)
		for _, c := range r.Changes {
			s += fmt.Sprintf(" [%s %s→%s]", c.Column, c.From, c.To)
		}
		for _, p := range r.Problems {
			s += fmt.Sprintf(" {%s %s}", p.Column, p.Code)
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func (k *kit) preview(ctx context.Context, kind org.Kind, file string) (org.ImportPreview, error) {
	return k.PreviewImport(ctx, kind, "list.csv", strings.NewReader(file), fault.Chinese)
}

func TestImportTellsWhatItWouldDo(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		hospital(k)
		heartOnly := as("h", identity.ScopeCampus, []string{"none"}, identity.OrgRead, identity.OrgWrite)
		for _, c := range []struct {
			name string
			kind org.Kind
			file string
			want string
			ctx  context.Context
		}{
			{"new, changed, same", org.KindPlace, "编码,院区,上级位置,类型,名称,归属科室,区域类别,楼层号,X坐标,免登录报修\nA102,,东院/甲楼/1层,房间,102,XN,ICU,,,\nA101,,东院/甲楼/1层,房间,101,,,,2,否\nA,东院,,楼栋,甲楼,心内科,,,,\n",
				"3 change [区域类别 病区→] [X坐标 1.5→2] [免登录报修 是→否]\n2 add\n4 same", nil},
			{"absent columns stay", org.KindPlace, "编码,名称\na101,一零一\n", "2 change [名称 101→一零一]", nil},
			{"known by path and name", org.KindPlace, "院区,上级位置,类型,名称,楼层号\n东院,A,楼层,1层,2层\n西院,乙楼,层,2层,B1\n", "2 change [楼层号 1→2]\n3 add", nil},
			{"what has no code gets one", org.KindPlace, "编码,院区,上级位置,类型,名称\nB1,西院,乙楼,楼层,1层\n", "2 change [位置编码 →B1]", nil},
			{"below comes first", org.KindPlace, "编码,上级位置,类型,名称,院区\nD111,D11,床位,1床,\nD11,D1,房间,11,\nD1,D,楼层,1层,\nD,,楼栋,丁楼,西院\n", "2 add\n3 add\n4 add\n5 add", nil},
			{"moves among the lines", org.KindPlace, "编码,上级位置,名称\nA101,新楼,101\n,,新楼\n", "2 wrong {上级位置 org.not_found_in_list}\n3 wrong {类型 required}", nil},
			{"problems of one line come together", org.KindPlace, "编码,院区,上级位置,类型,名称,归属科室,楼层号,X坐标,启用\nbad code,北院,XX,船,名,某科,一,1e999,也许\n",
				"2 wrong {院区 org.not_found_in_list} {上级位置 org.not_found_in_list} {类型 bad_value} {归属科室 org.not_found_in_list} {楼层号 bad_format} {X坐标 bad_format} {启用 org.not_yes_no}", nil},
			{"rules of the tree", org.KindPlace, "编码,院区,上级位置,类型,名称\n,东院,A,床位,1床\n,东院,A,楼层," + strings.Repeat("长", 61) + "\nA,东院,A101,楼栋,甲楼\n",
				"2 wrong {类型 org.place_nesting}\n3 wrong {名称 too_long}\n4 wrong {类型 org.place_nesting} {上级位置 org.cycle}", nil},
			{"the same thing twice", org.KindPlace, "编码,院区,上级位置,类型,名称\nA101,,东院/甲楼/1层,房间,101\n,,东院/甲楼/1层,房间,101\nN1,西院,,楼栋,丙楼\nN1,西院,,楼栋,丙楼\n",
				"3 wrong { org.import_twice}\n5 wrong { org.import_twice}\n4 add\n2 same", nil},
			{"a name that is taken", org.KindPlace, "编码,院区,上级位置,类型,名称\nA9,东院,,楼栋,甲楼\n", "2 wrong {名称 org.name_taken}", nil},
			{"two of this name", org.KindPlace, "编码,院区,上级位置,类型,名称\nN1,,1层,房间,1\n", "2 wrong {上级位置 org.ambiguous}", nil},
			{"no campus", org.KindPlace, "类型,名称\n楼栋,1\n", "2 wrong {院区 required}", nil},
			{"department of the campus", org.KindPlace, "编码,名称,归属科室\nA101,101,门诊部\n", "2 change [归属科室 →门诊部]", nil},
			{"not the actor's", org.KindPlace, "编码,名称\nA101,一零一\n", "2 wrong { forbidden}", heartOnly},
			{"departments", org.KindDepartment, "科室编码,院区,上级科室,名称,类型,成本中心,联络员工号,电话\nXN,东院,,心血管内科,临床,C1,A002,8001\n,,,骨科,护理单元,,,\n,,XN,一病区,临床,,,\n,,XN,二病区,船,,A999,call\n",
				"5 wrong {类型 bad_value} {联络员工号 org.unknown_person}\n2 change [名称 心内科→心血管内科] [联络员工号 A001→A002] [电话 →8001]\n3 add\n4 same", nil},
			{"departments: phone and cycle", org.KindDepartment, "科室编码,院区,名称,上级科室,电话\nXN,东院,心内科,一病区,\n,,骨科,,call me\n", "2 wrong {上级科室 org.cycle}\n3 wrong {电话 bad_format}", nil},
			{"teams", org.KindTeam, "班组编码,名称,类型,院区,外包单位,班组长工号,抢单\nHW,硬件一组,信息,东院,某公司,A001,否\n,网络组,信息,,,,\n,新组,,,他公司,,\n",
				"4 wrong {外包单位 org.not_found_in_list}\n2 change [名称 硬件组→硬件一组] [外包单位 →某公司] [班组长工号 nobody→A001] [抢单 是→否]\n3 same", nil},
			{"extensions", org.KindExtension, "分机号,直线号码,说明,科室,位置\n80-01,58888001,护士站,,东院/甲楼/1层\n8002,,办公室,XN,A101\n8003,,,,\n8004,5888-8001,,XN,\n8005,,,门诊部,\nabc,,,XN,\n",
				"4 wrong {科室 org.extension_target}\n5 wrong {直线号码 org.number_taken}\n6 wrong {科室 org.ambiguous}\n7 wrong {分机号 bad_format}\n3 add\n2 same", nil},
		} {
			t.Run(c.name, func(t *testing.T) {
				if c.ctx == nil {
					c.ctx = admin()
				}
				before := k.rows()
				k.changed = nil
				p, err := k.preview(c.ctx, c.kind, c.file)
				if err != nil {
					t.Fatal(err)
				}
				if got := brief(p.Rows); got != c.want {
					t.Errorf("got\n%s\nwant\n%s", got, c.want)
				}
				if k.rows() != before || len(k.changed) > 0 {
					t.Errorf("a preview wrote: %s, before %s, told %v", k.rows(), before, k.changed)
				}
				n := p.Counts
				if n.Add+n.Change+n.Same+n.Wrong != len(p.Rows) {
					t.Errorf("%+v", n)
				}
				if n.Wrong > 0 {
					_, err := k.ApplyImport(c.ctx, p.Token)
					wants(t, err, "org.import_wrong")
				}
			})
		}
	})
}

func TestImportFaults(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for want, file := range map[string]string{"table.empty": "", "table.missing_column": "编码,院区\n1,2\n", "table.open_quote": "名称\n\"a\n"} {
			_, err := k.preview(admin(), org.KindPlace, file)
			wants(t, err, want)
		}
		_, err := k.preview(admin(), "ships", "名称\na\n")
		wants(t, err, "not_found")
		_, err = k.preview(as("r", identity.ScopeAll, nil, identity.OrgRead), org.KindPlace, "名称\na\n")
		wants(t, err, "forbidden")
		_, err = k.preview(context.Background(), org.KindPlace, "名称\na\n")
		wants(t, err, "unauthorized")
	})
}

func TestProblemsAreToldInTheCallersLanguage(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for lang, want := range map[fault.Language]string{fault.English: "Campus: Required", fault.Chinese: "院区: 必填"} {
			p := must(k.PreviewImport(admin(), org.KindPlace, "f", strings.NewReader("name,kind\nx,room\n"), lang))(t)
			got := p.Rows[0].Problems[0]
			if got.Column+": "+got.Message != want {
				t.Errorf("%s: %+v", lang, got)
			}
		}
	})
}

func TestImportIsAppliedOnceAndWhole(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		hospital(k)
		file := "编码,院区,上级位置,类型,名称\nC1,,C,楼层,1层\nC,西院,,楼栋,丙楼\nA101,,东院/甲楼/1层,房间,一零一\n"
		p := must(k.preview(admin(), org.KindPlace, file))(t)

		other := as("other", identity.ScopeAll, nil, identity.OrgRead, identity.OrgWrite)
		_, err := k.ApplyImport(other, p.Token)
		wants(t, err, "not_found")
		_, _, err = k.ImportRows(other, p.Token, "", 10, "")
		wants(t, err, "not_found")

		k.changed = nil
		done := must(k.ApplyImport(admin(), p.Token))(t)
		if done != (org.ImportCounts{Add: 2, Change: 1}) || strings.Join(k.changed, " ") != "place: place:"+p.Rows[0].ID {
			t.Fatalf("%+v %v", done, k.changed)
		}
		found := must(k.SearchPlaces(admin(), org.Filter{Text: "C1"}, 5))(t)
		if len(found) == 0 || found[0].FullName != "西院/丙楼/1层" {
			t.Fatalf("%+v", found)
		}
		_, err = k.ApplyImport(admin(), p.Token)
		wants(t, err, "not_found")
	})
}

func TestStalePreviewIsRefused(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		hospital(k)
		file := "编码,名称\nA101,一零一\n"
		apply := func(p org.ImportPreview) error { _, err := k.ApplyImport(admin(), p.Token); return err }
		find := func() org.Place { return must(k.SearchPlaces(admin(), org.Filter{Text: "A101"}, 1))(t)[0] }

		p := must(k.preview(admin(), org.KindPlace, file))(t)
		in := edit(find())
		in.X = new(9.0)
		must(k.SavePlace(admin(), find().ID, in))(t)
		before := k.rows()
		wants(t, apply(p), "org.import_stale")
		if k.rows() != before || find().Name != "101" {
			t.Fatal("a stale preview wrote")
		}
		wants(t, apply(p), "org.import_stale")

		// What others do elsewhere does not matter.
		p = must(k.preview(admin(), org.KindPlace, file))(t)
		k.department("", "", "新科")
		if err := apply(p); err != nil {
			t.Fatal(err)
		}

		// The thing is gone.
		p = must(k.preview(admin(), org.KindPlace, "编码,名称\nA101,101\n"))(t)
		if _, err := k.RemovePlace(admin(), find().ID, find().Version); err != nil {
			t.Fatal(err)
		}
		wants(t, apply(p), "org.import_stale")

		// The actor's rights are gone.
		p = must(k.preview(admin(), org.KindTeam, "班组编码,名称\nHW,甲组\n"))(t)
		_, err := k.ApplyImport(as("admin", identity.ScopeCampus, []string{"x"}, identity.OrgRead, identity.OrgWrite), p.Token)
		wants(t, err, "org.import_stale")

		// An hour is over.
		k.clock.Advance(clock.Hour)
		wants(t, apply(p), "not_found")
		if err := k.PurgeImports(context.Background()); err != nil {
			t.Fatal(err)
		}
		k.read(func(tx *db.Tx) error {
			if n := must(db.One[int64](context.Background(), tx, "SELECT count(*) FROM org_import"))(t); n != 0 {
				t.Errorf("%d previews left", n)
			}
			return nil
		})
	})
}

func TestExportComesBackAsItIs(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		hospital(k)
		for _, kind := range []org.Kind{org.KindPlace, org.KindDepartment, org.KindTeam, org.KindExtension} {
			for _, format := range []table.Format{table.CSV, table.XLSX} {
				for _, lang := range []fault.Language{fault.Chinese, fault.English} {
					var file bytes.Buffer
					if err := k.Export(admin(), &file, kind, format, lang, false); err != nil {
						t.Fatal(err)
					}
					p := must(k.PreviewImport(admin(), kind, "f", &file, lang))(t)
					if p.Counts.Same == 0 || p.Counts.Same != len(p.Rows) || len(p.Ignored) > 0 {
						t.Errorf("%s %s %s: %+v\n%s", kind, format, lang, p.Counts, brief(p.Rows))
					}
					// All columns were in it: a hospital without anything gets the same from it.
					if len(p.Columns) < 6 {
						t.Errorf("%v", p.Columns)
					}
				}
			}
		}
		var file bytes.Buffer
		if err := k.Export(admin(), &file, org.KindTeam, table.CSV, fault.English, true); err != nil {
			t.Fatal(err)
		}
		if file.String() != "\uFEFFCode,Name,Kind,Campus,Vendor,Lead staff no.,Grab pool,Calendar,Active\r\n" {
			t.Errorf("%q", file.String())
		}
		wants(t, k.Export(as("x", identity.ScopeAll, nil, identity.OrgRead), &file, org.KindTeam, table.CSV, fault.English, false), "forbidden")
		wants(t, k.Export(admin(), &file, "ships", table.CSV, fault.English, false), "not_found")
	})
}

func TestExportFillsAnEmptyHospital(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		hospital(k)
		files := map[org.Kind]*bytes.Buffer{}
		kinds := []org.Kind{org.KindDepartment, org.KindPlace, org.KindTeam, org.KindExtension}
		for _, kind := range kinds {
			files[kind] = &bytes.Buffer{}
			if err := k.Export(admin(), files[kind], kind, table.XLSX, fault.Chinese, false); err != nil {
				t.Fatal(err)
			}
		}
		engine := k.db.Engine()
		t.Run("into", func(t *testing.T) {
			empty := newKit(t, freshDB(t, engine))
			empty.campus("东院")
			empty.campus("西院")
			must(empty.SaveVendor(admin(), "", org.VendorInput{Name: "某公司"}))(t)
			for _, kind := range kinds {
				first := files[kind].Bytes()
				p := must(empty.PreviewImport(admin(), kind, "f", bytes.NewReader(first), fault.Chinese))(t)
				if p.Counts.Add == 0 || p.Counts.Add != len(p.Rows) {
					t.Fatalf("%s: %s", kind, brief(p.Rows))
				}
				must(empty.ApplyImport(admin(), p.Token))(t)
				var again bytes.Buffer
				if err := empty.Export(admin(), &again, kind, table.XLSX, fault.Chinese, false); err != nil {
					t.Fatal(err)
				}
				if a, b := cells(t, first), cells(t, again.Bytes()); a != b {
					t.Errorf("%s became\n%s\nfrom\n%s", kind, b, a)
				}
			}
		})
	})
}

func TestImportRowsPage(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.campus("东院")
		_ = c
		file := "类型,名称\n"
		for i := range 250 {
			kind := "楼栋"
			if i%100 == 7 {
				kind = "船"
			}
			file += fmt.Sprintf("%s,楼%d\n", kind, i)
		}
		p := must(k.preview(admin(), org.KindPlace, file))(t)
		if p.Counts.Wrong != 3 || len(p.Rows) != 100 || p.Rows[2].Action != org.ActionWrong || p.Rows[3].Action != org.ActionAdd || p.Next == "" {
			t.Fatalf("%+v %d %s", p.Counts, len(p.Rows), p.Next)
		}
		seen := map[int]bool{}
		for cursor := ""; ; {
			rows, next, err := k.ImportRows(admin(), p.Token, org.ActionAdd, 60, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if seen[r.Line] || r.Action != org.ActionAdd {
					t.Fatalf("%+v again", r)
				}
				seen[r.Line] = true
			}
			if cursor = next; cursor == "" {
				break
			}
		}
		if len(seen) != 247 {
			t.Fatalf("%d lines", len(seen))
		}
		_, _, err := k.ImportRows(admin(), p.Token, "", 10, "x")
		wants(t, err, "cursor:bad_cursor")
	})
}

func TestPeopleAreImported(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		hospital(k)
		file := "工号,姓名,电话,院区,科室,班组,任组长的班组\nb001,赵六,8001,东院,XN,硬件组、网络组,网络组\nB002,钱七,,西院,门诊部,,\nA001,张三,,,,,\n"
		before := k.rows()
		p := must(k.preview(admin(), org.KindPerson, file))(t)
		if got := brief(p.Rows); got != "2 add\n3 add\n4 same" || k.rows() != before {
			t.Fatalf("%s\n%s\n%s", got, k.rows(), before)
		}
		if done := must(k.ApplyImport(admin(), p.Token))(t); done.Add != 2 {
			t.Fatalf("%+v", done)
		}
		list, _, err := k.people.List(admin(), identity.PeopleFilter{Text: "B00"}, 10, "")
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		for _, who := range list {
			if who.StaffNo == "B001" && (who.Phone != "8001" || len(who.Teams) != 2 || who.DepartmentID == "") {
				t.Errorf("%+v", who)
			}
		}
		var export bytes.Buffer
		if err := k.Export(admin(), &export, org.KindPerson, table.CSV, fault.Chinese, false); err != nil {
			t.Fatal(err)
		}
		p = must(k.preview(admin(), org.KindPerson, export.String()))(t)
		if p.Counts != (org.ImportCounts{Same: 4, Wrong: 1}) || p.Rows[0].Name != "王五" { // who has no number is not known by a file
			t.Errorf("the export came back as\n%s", brief(p.Rows))
		}

		file = "工号,姓名,电话,科室,班组\nB001,赵六,8002,XN,硬件组\nB009,,call,某科,某组\nB010,孙八,,,\nB010,孙八,,,\n,李九,,,\n"
		p = must(k.preview(admin(), org.KindPerson, file))(t)
		want := "2 wrong {电话 org.person_differs} {班组 org.person_differs}\n3 wrong {科室 org.not_found_in_list} {班组 org.not_found_in_list} {姓名 required} {电话 bad_format}\n5 wrong { org.import_twice}\n6 wrong {工号 required}\n4 add"
		if got := brief(p.Rows); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}

		// Who may not see a person is told no more than that the number is taken.
		east := must(k.SearchPlaces(admin(), org.Filter{Text: "A101"}, 1))(t)[0].CampusID
		ofEast := as("e", identity.ScopeCampus, []string{east}, identity.OrgRead, identity.PersonRead, identity.PersonWrite)
		p = must(k.preview(ofEast, org.KindPerson, "工号,姓名,院区\nB002,钱七,东院\nB020,新人,西院\nB021,新人,东院\n"))(t)
		if got := brief(p.Rows); got != "2 wrong {工号 identity.login_taken}\n3 wrong { forbidden}\n4 add" {
			t.Errorf("%s", got)
		}
		_, err = k.preview(as("o", identity.ScopeAll, nil, identity.OrgRead, identity.OrgWrite), org.KindPerson, file)
		wants(t, err, "forbidden")
		_, err = k.preview(ofEast, org.KindPlace, "名称\nx\n")
		wants(t, err, "forbidden")
	})
}

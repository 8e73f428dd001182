package asset_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"wardline/internal/asset"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
)

func (k *kit) preview(ctx context.Context, file string) (asset.Preview, error) {
	return k.PreviewImport(ctx, "台账.csv", strings.NewReader(file), fault.Chinese)
}

// row writes a line of a preview as "line action number column:code …".
func row(r asset.PreviewRow) string {
	out := fmt.Sprintf("%d %s %s", r.Line, r.Action, r.Number)
	for _, c := range r.Changes {
		out += fmt.Sprintf(" %s:%s>%s", c.Column, c.From, c.To)
	}
	for _, p := range r.Problems {
		out += " " + p.Column + ":" + p.Code
	}
	return out
}

// admin reads the directory too, which a file's places are found in.
func admin() context.Context { return as("admin", "admin", identity.ScopeAll) }

const list = `资产编号,名称,类别,型号,状态,位置,科室,责任人工号,服务商,购置日期,价格(元),保修截止,IP地址
pc-1,台式电脑,电脑主机,联想 M455,在用,E-301,,A001,打印服务商,2024/3/5,"5,299.50",2027-03-04,10.1.2.3
PC-2,显示器,显示器,,闲置,1号楼/3层/候诊厅,门诊部,,,,,,
`

func TestImportWritesOnlyWhenRight(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p, err := k.preview(admin(), list)
		wants(t, err, "")
		if p.Counts != (asset.Counts{Add: 2}) || len(p.Rows) != 2 || len(p.Columns) != 13 {
			t.Fatalf("got %+v", p)
		}
		if n, err := k.Count(admin(), asset.Filter{}); err != nil || n != 0 {
			t.Fatalf("a preview wrote %d assets: %v", n, err)
		}
		done, err := k.ApplyImport(admin(), p.Token)
		if err != nil || done.Add != 2 {
			t.Fatalf("%+v %v", done, err)
		}
		_, err = k.ApplyImport(admin(), p.Token)
		wants(t, err, "not_found") // once
		v, err := k.Show(admin(), mustFind(t, k, "PC-1"))
		wants(t, err, "")
		if v.Class != "pc" || v.PlaceID != "r1" || v.DepartmentID != "er" || v.CampusID != "east" || v.CustodianID != "zhang" || v.VendorID != "v1" ||
			v.PurchasedOn != "2024-03-05" || v.PriceFen != 529950 || v.IP != "10.1.2.3" {
			t.Errorf("got %+v", v)
		}
		if second, err := k.Show(admin(), mustFind(t, k, "PC-2")); err != nil || second.DepartmentID != "clinic" || second.PlaceID != "r2" || second.Status != asset.Idle {
			t.Errorf("got %+v %v", second, err)
		}
		if k.code(v.ID) == "" {
			t.Error("no code")
		}

		p, err = k.preview(admin(), list)
		if err != nil || p.Counts != (asset.Counts{Same: 2}) {
			t.Fatalf("the same file again: %+v %v", p.Counts, err)
		}
		p, err = k.preview(admin(), "资产编号,名称,科室\nPC-1,台式电脑一,重症监护室\n")
		if err != nil || row(p.Rows[0]) != "2 change PC-1 名称:台式电脑>台式电脑一 科室:急诊科>重症监护室" {
			t.Fatalf("got %v %v", p.Rows, err)
		}
		if _, err := k.ApplyImport(admin(), p.Token); err != nil {
			t.Fatal(err)
		}
		v, err = k.Show(admin(), v.ID)
		if err != nil || v.Name != "台式电脑一" || v.DepartmentID != "icu" || v.Model != "联想 M455" || v.PlaceID != "r1" || v.Version != 2 {
			t.Errorf("a column that is not there was changed: %+v %v", v, err)
		}
		events, _, err := k.History(admin(), v.ID, 10, "")
		if err != nil || len(events) != 2 || len(events[0].Changes) != 2 || events[0].Changes[1].ToName != "重症监护室" {
			t.Errorf("history %+v %v", events, err)
		}
	})
}

func TestImportTellsEveryProblem(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.add("OLD")
		scrapped := k.add("DEAD")
		if _, err := k.SetStatus(keeper(), scrapped.ID, 1, asset.Scrapped, ""); err != nil {
			t.Fatal(err)
		}
		file := `资产编号,名称,类别,状态,位置,科室,责任人工号,服务商,购置日期,价格(元),IP地址
,没有编号,电脑主机,,,,,,,,
X1,,电脑主机,,,,,,,,
X2,甲,火箭,飞了,,,,,,,
X3,甲,电脑主机,,护士站,,,,,,
X4,甲,电脑主机,,西院/护士站,没有这个科,B999,没有这家,昨天,很贵,1.2.3
X5,甲,电脑主机,,,,,,,,
x5,乙,电脑主机,,,,,,,,
DEAD,改名,电脑主机,,,,,,,,
OLD,激光打印机,,,,,,,,,
`
		p, err := k.preview(admin(), file)
		wants(t, err, "")
		var got []string
		for _, r := range p.Rows {
			got = append(got, row(r))
		}
		want := []string{
			"2 wrong  资产编号:required",
			"3 wrong X1 名称:required",
			"4 wrong X2 类别:bad_value 状态:bad_value",
			"5 wrong X3 位置:asset.ambiguous",
			"6 wrong X4 购置日期:bad_format 价格(元):bad_format 科室:unknown_reference 服务商:unknown_reference 责任人工号:unknown_reference IP地址:bad_format",
			"8 wrong X5 :asset.import_twice",
			"9 wrong DEAD :asset.scrapped",
			"10 change OLD 位置:东院/1号楼/3层/护士站> 科室:急诊科>",
			"7 add X5",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		_, err = k.ApplyImport(admin(), p.Token)
		wants(t, err, "asset.import_wrong")
		if n, err := k.Count(admin(), asset.Filter{}); err != nil || n != 2 {
			t.Errorf("%d assets %v", n, err)
		}
		rows, next, err := k.ImportRows(admin(), p.Token, asset.ActionWrong, 5, "")
		wants(t, err, "")
		more, end, err := k.ImportRows(admin(), p.Token, asset.ActionWrong, 5, next)
		if err != nil || len(rows) != 5 || len(more) != 2 || end != "" {
			t.Errorf("%d %d %q %v", len(rows), len(more), end, err)
		}
		for name, file := range map[string]string{"no number column": "名称\n甲\n", "nothing": ""} {
			if _, err := k.preview(admin(), file); fault.CodeOf(err) == "" {
				t.Errorf("%s was read: %v", name, err)
			}
		}
	})
}

func TestImportGoesStale(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.add("S1")
		file := "资产编号,名称\nS1,新名字\nS2,又一台\n"
		for name, disturb := range map[string]func() error{
			"changed": func() error {
				f := v.Facts
				f.Model = "别的"
				now, err := k.Update(keeper(), v.ID, v.Version, f)
				v = now
				return err
			},
			"added meanwhile": func() error { _, err := k.Create(keeper(), input("S2")); return err },
		} {
			p, err := k.preview(admin(), file)
			wants(t, err, "")
			if err := disturb(); err != nil {
				t.Fatal(err)
			}
			_, err = k.ApplyImport(admin(), p.Token)
			t.Run(name, func(t *testing.T) { wants(t, err, "asset.import_stale") })
		}
		p, err := k.preview(admin(), file)
		wants(t, err, "")
		_, err = k.ApplyImport(as("other", "admin", identity.ScopeAll), p.Token)
		wants(t, err, "not_found") // someone else's
		k.clock.Advance(3_600_001)
		_, err = k.ApplyImport(admin(), p.Token)
		wants(t, err, "not_found") // expired
		if err := k.PurgeImports(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.write(func(tx *db.Tx) error {
			n, err := db.One[int64](t.Context(), tx, "SELECT count(*) FROM asset_import")
			if n != 0 {
				t.Errorf("%d previews left", n)
			}
			return err
		})
	})
}

func TestImportKeepsToTheScope(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.add("ICU1", at("w1"))
		k.add("ER1")
		local := as("x", "asset_keeper", identity.ScopeDepartment, "er")
		p, err := k.preview(local, "资产编号,名称,类别,位置\nICU1,偷看,,西院/护士站\nER1,激光打印机,,西院/护士站\nNEW1,新,电脑主机,西院/护士站\nNEW2,新,电脑主机,E-301\n")
		wants(t, err, "")
		var got []string
		for _, r := range p.Rows {
			got = append(got, row(r))
		}
		want := []string{"2 wrong ICU1 资产编号:duplicate", "3 wrong ER1 :forbidden", "4 wrong NEW1 :forbidden", "5 add NEW2"}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s", strings.Join(got, "\n"))
		}
		if p.Rows[0].ID != "" {
			t.Error("the id of a foreign asset was told")
		}
		_, err = k.preview(nurse(), "资产编号,名称\nX,甲\n")
		wants(t, err, "forbidden")
		_, err = k.preview(context.Background(), "资产编号,名称\nX,甲\n")
		wants(t, err, "unauthorized")
	})
}

func TestExportComesBackUnchanged(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p, err := k.preview(admin(), list)
		wants(t, err, "")
		if _, err := k.ApplyImport(admin(), p.Token); err != nil {
			t.Fatal(err)
		}
		k.add("=cmd|'/c calc'!A1", func(in *asset.Input) { in.Name = "@SUM(1)" })
		k.add("ICU1", at("w1"))
		for _, format := range []table.Format{table.CSV, table.XLSX} {
			for _, lang := range []fault.Language{fault.Chinese, fault.English} {
				var b bytes.Buffer
				if err := k.Export(admin(), &b, asset.Filter{}, format, lang, false); err != nil {
					t.Fatal(err)
				}
				if format == table.CSV && strings.Contains(b.String(), "\n=") {
					t.Error("a spreadsheet would run a formula")
				}
				p, err := k.PreviewImport(admin(), "x", &b, lang)
				if err != nil || p.Counts != (asset.Counts{Same: 4}) {
					t.Errorf("%s %s: %+v %v", format, lang, p, err)
				}
			}
		}
		var b bytes.Buffer
		local := as("x", "asset_keeper", identity.ScopeDepartment, "icu")
		if err := k.Export(local, &b, asset.Filter{}, table.CSV, fault.Chinese, false); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "PC-1") || !strings.Contains(b.String(), "ICU1") {
			t.Errorf("the export leaves the scope: %s", b.String())
		}
		b.Reset()
		if err := k.Export(local, &b, asset.Filter{}, table.CSV, fault.Chinese, true); err != nil || strings.Count(b.String(), "\n") != 1 {
			t.Errorf("template %q %v", b.String(), err)
		}
	})
}

func TestImportOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		s := k.serve(map[string]context.Context{"admin": admin(), "nurse": nurse()})
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		p, err := m.CreateFormFile("file", "台账.csv")
		if err == nil {
			_, err = p.Write([]byte(list))
		}
		if err != nil || m.Close() != nil {
			t.Fatal(err)
		}
		res, body := call(t, s, "POST", "/api/v1/asset-imports", "admin", b.String(), "Content-Type", m.FormDataContentType())
		var preview asset.Preview
		if err := json.Unmarshal([]byte(body), &preview); err != nil || res.StatusCode != 200 || preview.Counts.Add != 2 || preview.FileName != "台账.csv" {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "GET", "/api/v1/asset-imports/"+preview.Token+"?action=add&limit=1", "admin", ""); res.StatusCode != 200 || !strings.Contains(body, "nextCursor") {
			t.Errorf("%d %s", res.StatusCode, body)
		}
		if res, _ = call(t, s, "POST", "/api/v1/asset-imports/"+preview.Token+"/apply", "nurse", ""); res.StatusCode == http.StatusOK {
			t.Error("a nurse applied an import")
		}
		if res, body = call(t, s, "POST", "/api/v1/asset-imports/"+preview.Token+"/apply", "admin", ""); res.StatusCode != 200 {
			t.Errorf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "GET", "/api/v1/assets/export?format=csv&q=PC-2", "admin", ""); res.StatusCode != 200 || strings.Contains(body, "PC-1") || !strings.Contains(body, "PC-2") ||
			!strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%d %s %s", res.StatusCode, res.Header.Get("Content-Disposition"), body)
		}
		huge := strings.Replace(b.String(), "PC-2", strings.Repeat("PC-3,"+strings.Repeat("长", 10_000)+"\n", 710)+"PC-2", 1)
		if res, body = call(t, s, "POST", "/api/v1/asset-imports", "admin", huge, "Content-Type", m.FormDataContentType()); res.StatusCode != 413 || !strings.Contains(body, "20 MB") {
			t.Errorf("too large: %d %s", res.StatusCode, body)
		}
		cut := b.String()[:b.Len()/2]
		if res, body = call(t, s, "POST", "/api/v1/asset-imports", "admin", cut, "Content-Type", m.FormDataContentType()); res.StatusCode != 422 {
			t.Errorf("cut: %d %s", res.StatusCode, body)
		}
		for _, bad := range []string{"not a form", ""} {
			if res, _ = call(t, s, "POST", "/api/v1/asset-imports", "admin", bad); res.StatusCode != 422 {
				t.Errorf("%q: %d", bad, res.StatusCode)
			}
		}
	})
}

func TestRegisterOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		s := k.serve(map[string]context.Context{"keeper": keeper()})
		res, body := call(t, s, "POST", "/api/v1/assets", "keeper", `{"number":"h1","name":"打印机","class":"printer","placeId":"r1"}`)
		var v asset.View
		if err := json.Unmarshal([]byte(body), &v); err != nil || res.StatusCode != 201 || v.Number != "H1" {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		path := "/api/v1/assets/" + v.ID
		if res, body = call(t, s, "PUT", path, "keeper", `{"number":"h1","name":"打印机二","class":"printer","version":1}`); res.StatusCode != 200 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "POST", path+"/move", "keeper", `{"placeId":"w1","version":2}`); res.StatusCode != 200 || !strings.Contains(body, "重症监护室") {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "POST", path+"/status", "keeper", `{"status":"lent","version":2}`); res.StatusCode != 409 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "POST", path+"/status", "keeper", `{"status":"lent","version":3}`); res.StatusCode != 200 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "POST", path+"/relabel", "keeper", `{"version":4}`); res.StatusCode != 200 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "GET", path+"/history?limit=2", "keeper", ""); res.StatusCode != 200 || !strings.Contains(body, "relabelled") {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "GET", "/api/v1/assets?q=dyj&status=lent&limit=5", "keeper", ""); res.StatusCode != 200 || !strings.Contains(body, "H1") {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "GET", "/api/v1/assets?status=gone", "keeper", ""); res.StatusCode != 422 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "GET", "/api/v1/assets/count?class=printer", "keeper", ""); res.StatusCode != 200 || !strings.Contains(body, `"count":1`) {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "POST", "/api/v1/assets", "keeper", `{"number":"h2","name":"x","class":"printer","secret":"x"}`); res.StatusCode != 422 || !strings.Contains(body, "unknown_field") {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	})
}

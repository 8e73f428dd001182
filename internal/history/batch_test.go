package history_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"wardline/internal/history"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/workorder"
)

const header = "单号,报修时间,完成时间,状态,故障类型,科室,地点,问题描述,联系人,联系电话,处理结果,处理人"

// dirty has one good line, one with warnings, and one of each way to be wrong.
func dirty() string {
	return lines(header,
		`G1,2025-03-01 08:00,2025-03-01 09:30,已完成,打印机,心内科,心内护士站,"打印机卡纸, 三楼",王护士,6001,已清理,李工`,
		`G2,2025-03-02,,,没见过的类型,,某走廊,灯不亮,,,,`,
		`R1,,2025-03-01,,HW02,心内科,,,,,,`,
		`R2,明天,2025-03-01,,HW02,心内科,,,,,,`,
		`R3,2025-03-05,2025-03-01,,HW02,心内科,,,,,,`,
		`,2025-03-05,昨天,,HW02,心内科,,"=1+1",,,,`,
		`G1,2025-03-01 08:00,,,HW02,心内科,,again,,,,`,
		`C1,2025-03-03,2025-03-04,已取消,ME03,XN,,,,,,`)
}

func TestEveryLineIsExplained(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		b := k.mapped(dirty())
		if b.Format != "csv" || len(b.Columns) != 12 || b.Columns[0].Samples[0] != "G1" {
			t.Fatalf("%+v", b.Columns)
		}
		b = k.checked(b)
		if b.Total != 8 || b.Good != 3 || b.Refused != 4 || b.Skipped != 1 || b.Warned != 1 || b.StillOpen != 1 || b.Closed != 1 || b.Cancelled != 1 || b.Imported != 0 {
			t.Fatalf("%+v", b.Progress)
		}
		b = k.imported(b)
		if b.Total != 8 || b.Good != 3 || b.Refused != 4 || b.Skipped != 1 || b.Imported != 3 {
			t.Fatalf("%+v", b.Progress)
		}
		got := []string{}
		for _, p := range k.problems(b.ID, history.ProblemFilter{}) {
			got = append(got, fmt.Sprintf("%d %s %s %s", p.Line, p.Level, p.Field, p.Code))
		}
		want := []string{"3 warned item history.unmatched", "3 warned place history.place_text", "3 warned department history.defaulted",
			"4 refused openedAt required", "5 refused openedAt history.bad_time", "6 refused closedAt history.closed_first",
			"7 refused key required", "7 refused closedAt history.bad_time", "8 skipped key history.repeated"}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("got\n%s", strings.Join(got, "\n"))
		}
		if n := len(k.problems(b.ID, history.ProblemFilter{Level: history.Refused, Code: "history.bad_time", Field: history.FieldClosed})); n != 1 {
			t.Fatalf("%d problems pass the filter", n)
		}
		sum := int64(0)
		for _, x := range b.Tally {
			sum += x.Count
		}
		if sum != int64(len(want)) {
			t.Fatalf("tally %+v", b.Tally)
		}
		byKey := map[string]workorder.Order{}
		for _, o := range k.stored(b.ID) {
			_, no, _ := strings.Cut(o.Words, "[旧系统 ")
			byKey[strings.TrimSuffix(no, "]")] = o
		}
		if o := byKey["G1"]; o.Status != workorder.Closed || o.ItemName == "" || o.DepartmentName != "心内科" || o.PlaceID == "" || !strings.HasPrefix(o.Words, "打印机卡纸, 三楼 [") ||
			o.ContactPhone != "6001" || o.Remedy != "已清理" || o.FinishedAt-o.ReportedAt != 90*clock.Minute || !strings.HasPrefix(o.Number, "250301-") {
			t.Errorf("G1: %+v", o)
		}
		if o := byKey["G2"]; o.Status != workorder.Queued || o.PlaceName != "某走廊" || !strings.Contains(o.Words, "没见过的类型 · 灯不亮") {
			t.Errorf("G2: %+v", o)
		}
		if o := byKey["C1"]; o.Status != workorder.Cancelled || o.ItemCode != "ME03" || o.DepartmentName != "心内科" {
			t.Errorf("C1: %+v", o)
		}
	})
}

// What was refused can be had as a file, put right and brought in by the same mapping.
func TestRefusedLinesComeBackAsAFile(t *testing.T) {
	k := one(t)
	b := k.imported(k.mapped(dirty()))
	_, err := k.SaveMapping(k.ctx(), "旧系统", b.Mapping)
	k.must(err)
	list, err := k.Leftovers(k.ctx(), b.ID, history.Refused)
	k.must(err)
	var out bytes.Buffer
	k.must(list.Write(k.ctx(), &out, "zh"))
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out.Bytes(), []byte("\xef\xbb\xbf")))).ReadAll()
	k.must(err)
	if len(rows) != 5 || rows[0][0] != "单号" || rows[0][12] != "原文件行号" || rows[1][0] != "R1" || rows[4][12] != "7" || rows[4][7] != "'=1+1" {
		t.Fatalf("%q", rows)
	}
	if why := rows[4][13]; !strings.Contains(why, "单号: 必填; 完成时间: 时间读不出来") {
		t.Fatalf("%q", why)
	}
	right := strings.NewReplacer("明天", "2025-03-01", "R1,,", "R1,2025-02-28,", "R3,2025-03-05", "R3,2025-02-05", "\n,2025-03-05,昨天", "\nR4,2025-03-05,2025-03-06").Replace(out.String())
	again := k.upload("改好.csv", []byte(right))
	if again.Mapping.Source != "旧系统" {
		t.Fatalf("proposed %+v", again.Mapping)
	}
	again, err = k.SetMapping(k.ctx(), again.ID, again.Mapping, again.Version, "")
	k.must(err)
	again = k.imported(again)
	if again.Imported != 4 || again.Refused != 0 {
		t.Fatalf("%+v", again.Progress)
	}
	for _, o := range k.stored(again.ID) {
		if strings.Contains(o.Words, "R4") && !strings.HasPrefix(o.Words, "=1+1 [") {
			t.Fatalf("%q", o.Words)
		}
	}
	if _, err := k.Leftovers(k.ctx(), b.ID, history.Warned); code(err) != "level:bad_value" {
		t.Fatal(err)
	}
}

func TestSameKeyOfAnotherSystemIsAnotherOrder(t *testing.T) {
	k := one(t)
	k.imported(k.mapped(dirty()))
	b := k.imported(k.mapped(dirty(), func(m *history.Mapping) { m.Source = "另一系统" }))
	if b.Imported != 3 {
		t.Fatalf("%+v", b.Progress)
	}
	b = k.imported(k.mapped(dirty(), func(m *history.Mapping) { m.Source = "  旧系统 " }))
	if b.Imported != 0 || b.Known != 3 {
		t.Fatalf("%+v", b.Progress)
	}
}

func TestFileWithoutKeysComesInOnce(t *testing.T) {
	k := one(t)
	file := lines("报修时间,科室,内容", "2025-03-01,心内科,灯不亮", "2025-03-01,心内科,灯不亮", "2025-03-01,心内科,门坏了")
	b := k.imported(k.mapped(file))
	if b.Imported != 3 {
		t.Fatalf("%+v", b.Progress)
	}
	b = k.imported(k.mapped(file + "2025-03-02,心内科,新的\n"))
	if b.Imported != 1 || b.Known != 3 {
		t.Fatalf("%+v", b.Progress)
	}
	if w := k.stored(b.ID)[0].Words; w != "新的" {
		t.Fatalf("words %q", w)
	}
}

func TestFormatsOfFiles(t *testing.T) {
	k := one(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte(dirty()))
	k.must(err)
	k.must(z.Close())
	book := excelize.NewFile()
	for i, l := range append([]string{"2025 年报修"}, strings.Split(strings.TrimSpace(dirty()), "\n")...) {
		cells, err := csv.NewReader(strings.NewReader(l)).Read()
		k.must(err)
		row := make([]any, len(cells))
		for j, c := range cells {
			row[j] = c
		}
		k.must(book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	var sheet bytes.Buffer
	k.must(book.Write(&sheet))
	for name, content := range map[string][]byte{"a.csv": []byte(dirty()), "a.csv.gz": packed.Bytes(), "a.xlsx": sheet.Bytes()} {
		b := k.upload(name, content)
		if b.FileSize != int64(len(content)) || len(b.Columns) != 12 || b.Columns[4].Name != "故障类型" {
			t.Fatalf("%s: %+v", name, b)
		}
		m := b.Mapping
		m.Source = name
		m.Defaults = map[history.Field]string{history.FieldItem: k.item("HW02"), history.FieldDepartment: k.department("其他科室")}
		b, err := k.SetMapping(k.ctx(), b.ID, m, 0, "")
		k.must(err)
		if b = k.imported(b); b.Imported != 3 || b.Refused != 4 {
			t.Errorf("%s: %+v", name, b.Progress)
		}
	}
	broken := packed.Bytes()[:packed.Len()-20]
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{"empty": {nil, "table.empty"}, "picture": {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), "table.unreadable"}, "old": {[]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0}, "table.old_excel"},
		"broken pack": {broken, "table.unreadable"}, "no pack": {[]byte{0x1f, 0x8b, 1, 2}, "table.unreadable"}} {
		if _, err := k.Upload(k.ctx(), name, "", bytes.NewReader(c.content)); code(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := k.number("history_batch", "true"); n != 3 {
		t.Errorf("%d batches", n)
	}
}

// A file that breaks off far behind its beginning says so, with the line.
func TestFileThatBreaksOff(t *testing.T) {
	k := one(t)
	b := k.mapped(dirty() + strings.Repeat("X1,2025-03-01,,,HW02,心内科,,,,,,\n", 300) + `Q1,2025-03-01,,,"HW02` + "\n")
	b = k.do(k.Check(k.ctx(), b.ID, ""))
	if b.State != history.Failed || b.Trouble.Code != "table.open_quote" || fmt.Sprint(b.Trouble.Params["line"]) != "310" {
		t.Fatalf("%s %+v", b.State, b.Trouble)
	}
	if _, err := k.Apply(k.ctx(), b.ID, ""); code(err) != "history.state" {
		t.Fatalf("apply: %v", err)
	}
	k.must(k.Discard(k.ctx(), b.ID))
	if _, err := k.Get(k.ctx(), b.ID); code(err) != "not_found" {
		t.Fatalf("after it was discarded: %v", err)
	}
}

func TestValuesTellWhatIsStillToBeMapped(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		b := k.checked(k.mapped(dirty()))
		list, err := k.Values(k.ctx(), b.ID, history.FieldItem)
		k.must(err)
		got := ""
		for _, v := range list {
			got += fmt.Sprintf("%s %d %s|", v.Value, v.Count, v.Name)
		}
		if !strings.HasPrefix(got, "HW02 5 ") || !strings.Contains(got, "没见过的类型 1 |") || len(list) != 4 {
			t.Fatalf("%q", got)
		}
		m := b.Mapping
		m.Values = map[history.Field]map[string]string{history.FieldItem: {"没见过的类型": k.item("ME03")}}
		_, err = k.SetMapping(k.ctx(), b.ID, m, b.Version-1, "")
		if code(err) != "conflict" {
			t.Fatalf("over someone else's mapping: %v", err)
		}
		b, err = k.SetMapping(k.ctx(), b.ID, m, b.Version, "")
		k.must(err)
		if b.State != history.Draft || b.Good != 0 || len(b.Tally) != 0 {
			t.Fatalf("the old check counts on: %+v", b.Progress)
		}
		if b = k.checked(b); len(k.problems(b.ID, history.ProblemFilter{Code: "history.unmatched"})) != 0 {
			t.Fatalf("%+v", b.Tally)
		}
		m.Values[history.FieldItem]["x"] = "nothing"
		if _, err := k.SetMapping(k.ctx(), b.ID, m, 0, ""); code(err) != "values.item.x:unknown_reference" {
			t.Fatal(err)
		}
	})
}

func TestMappingsAreKeptByName(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		m := k.mapped(dirty()).Mapping
		first, err := k.SaveMapping(k.ctx(), " 旧  系统 ", m)
		k.must(err)
		m.DayTime = 600
		k.clock.(*clock.Manual).Advance(1)
		again, err := k.SaveMapping(k.ctx(), "旧 系统", m)
		k.must(err)
		list, err := k.Mappings(k.ctx())
		k.must(err)
		if again.ID != first.ID || len(list) != 1 || list[0].Name != "旧 系统" || list[0].Mapping.DayTime != 600 {
			t.Fatalf("%+v", list)
		}
		for name, want := range map[string]string{" ": "name:required", strings.Repeat("x", 61): "name:too_long"} {
			if _, err := k.SaveMapping(k.ctx(), name, m); code(err) != want {
				t.Errorf("%q: %v", name, err)
			}
		}
		k.must(k.DeleteMapping(k.ctx(), first.ID))
		if err := k.DeleteMapping(k.ctx(), first.ID); code(err) != "not_found" {
			t.Fatal(err)
		}
	})
}

// Only the permission in the whole hospital lets anyone in, on every path.
func TestOnlyThoseWhoMayImportForAll(t *testing.T) {
	k := one(t)
	b := k.imported(k.mapped(dirty()))
	narrow := identity.NewActor(identity.Actor{PersonID: "x", Department: "d"},
		[]identity.Grant{{Permissions: []identity.Permission{identity.OrderImport}, Kind: identity.ScopeDepartment, IDs: []string{k.department("心内科")}}}, nil)
	other := identity.NewActor(identity.Actor{PersonID: "y"}, []identity.Grant{{Permissions: []identity.Permission{identity.OrderRead}, Kind: identity.ScopeAll}}, nil)
	for who, want := range map[*identity.Actor]string{narrow: "forbidden", other: "forbidden", identity.Public(): "unauthorized"} {
		ctx := identity.With(context.Background(), who)
		for what, try := range map[string]func() error{
			"upload":   func() error { _, err := k.Upload(ctx, "x", "", strings.NewReader(dirty())); return err },
			"list":     func() error { _, _, err := k.List(ctx, 5, ""); return err },
			"get":      func() error { _, err := k.Get(ctx, b.ID); return err },
			"map":      func() error { _, err := k.SetMapping(ctx, b.ID, b.Mapping, 0, ""); return err },
			"check":    func() error { _, err := k.Check(ctx, b.ID, ""); return err },
			"apply":    func() error { _, err := k.Apply(ctx, b.ID, ""); return err },
			"undo":     func() error { _, err := k.Undo(ctx, b.ID, history.Remove, ""); return err },
			"cancel":   func() error { _, err := k.Cancel(ctx, b.ID, ""); return err },
			"discard":  func() error { return k.Discard(ctx, b.ID) },
			"problems": func() error { _, _, err := k.Problems(ctx, b.ID, history.ProblemFilter{}, 5, ""); return err },
			"file":     func() error { _, err := k.Leftovers(ctx, b.ID, history.Refused); return err },
			"values":   func() error { _, err := k.Values(ctx, b.ID, history.FieldItem); return err },
			"changed":  func() error { _, _, err := k.Changed(ctx, b.ID, 5, ""); return err },
			"kept":     func() error { _, err := k.Mappings(ctx); return err },
			"keep":     func() error { _, err := k.SaveMapping(ctx, "x", b.Mapping); return err },
			"forget":   func() error { return k.DeleteMapping(ctx, "x") },
		} {
			if err := try(); code(err) != want {
				t.Errorf("%s by %s: %v", what, who.PersonID, err)
			}
		}
	}
}

func TestOldFilesAndReadingsGo(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		time := k.clock.(*clock.Manual)
		b := k.imported(k.mapped(dirty()))
		twin := k.checked(k.mapped(dirty())) // the same bytes
		k.must(k.Discard(k.ctx(), twin.ID))
		if n := k.number("history_problem", "batch_id = $1", twin.ID); n == 0 {
			t.Fatal("the check found nothing")
		}
		time.Advance(29 * clock.Day)
		k.must(k.Sweep(context.Background()))
		if n := k.number("history_problem", "batch_id = $1 OR pass <> $2", twin.ID, b.Pass) + k.number("history_value", "true") + k.number("history_waste", "true"); n != 0 {
			t.Fatalf("%d rows of former readings are left", n)
		}
		if _, err := k.files.Stat(context.Background(), b.FileHash); err != nil {
			t.Fatalf("the file went early: %v", err)
		}
		b = k.do(k.Undo(k.ctx(), b.ID, history.Refuse, "")) // this keeps it for longer
		time.Advance(30 * clock.Day)
		k.must(k.Sweep(context.Background()))
		if _, err := k.files.Stat(context.Background(), b.FileHash); err != nil {
			t.Fatalf("the file went early: %v", err)
		}
		time.Advance(clock.Hour)
		k.must(k.Sweep(context.Background()))
		if _, err := k.files.Stat(context.Background(), b.FileHash); code(err) != "not_found" {
			t.Fatalf("the file is still there: %v", err)
		}
		if _, err := k.Check(k.ctx(), b.ID, ""); code(err) != "history.file_gone" {
			t.Fatal(err)
		}
		k.imported(k.mapped(dirty())) // and can come again
	})
}

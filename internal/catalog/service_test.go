package catalog_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"wardline/internal/audit"
	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
)

const noon = 1795334400000

type house struct {
	d   *db.DB
	s   *catalog.Service
	clk *clock.Manual
}

func open(t *testing.T, d *db.DB) house {
	t.Helper()
	clk := clock.NewManual(noon)
	s := catalog.New(catalog.Deps{DB: d, Trail: audit.New(d, clk), Clock: clk,
		TeamExists: func(_ context.Context, _ *db.Tx, id string) (bool, error) { return strings.HasPrefix(id, "team"), nil }})
	return house{d, s, clk}
}

func (h house) seed(t *testing.T) {
	t.Helper()
	err := h.d.Write(t.Context(), func(tx *db.Tx) error {
		return h.s.Seed(t.Context(), tx, map[string]string{"水工班": "team-water", "信息-硬件组": "team-hw", "打印服务商": "team-print"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h house) byCode(t *testing.T, code string) catalog.Item {
	t.Helper()
	var it catalog.Item
	if err := h.d.Read(t.Context(), func(tx *db.Tx) (err error) { it, err = h.s.ByCode(t.Context(), tx, code); return err }); err != nil {
		t.Fatal(err)
	}
	return it
}

func (h house) current(t *testing.T, id string) (it catalog.Item, err error) {
	t.Helper()
	err = h.d.Read(t.Context(), func(tx *db.Tx) (err error) { it, err = h.s.Current(t.Context(), tx, id); return err })
	return it, err
}

func as(t *testing.T, role string, kind identity.ScopeKind, ids ...string) context.Context {
	t.Helper()
	for _, r := range identity.BuiltinRoles() {
		if r.ID == role {
			return identity.With(t.Context(), identity.NewActor(identity.Actor{PersonID: "p-" + role, Name: role},
				[]identity.Grant{{Permissions: r.Permissions, Kind: kind, IDs: ids}}, nil))
		}
	}
	t.Fatalf("no role %s", role)
	return nil
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func TestPublishingKeepsOldVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		admin := as(t, "admin", identity.ScopeAll)
		v1 := h.byCode(t, "MW01")
		if v1.Version != 1 || v1.TeamID != "team-water" {
			t.Fatalf("got %+v", v1)
		}

		draft, err := h.s.Draft(admin, v1.ID)
		if err != nil || draft.Changed {
			t.Fatal(draft, err)
		}
		c := draft.Content
		c.NameZh, c.Limits.Respond = "漏水急修", 3
		saved, err := h.s.SaveDraft(admin, v1.ID, draft.Version, c)
		if err != nil || !saved.Changed {
			t.Fatal(saved, err)
		}
		if now, err := h.current(t, v1.ID); err != nil || now.NameZh != v1.NameZh {
			t.Fatalf("a draft must not be in force: %v %v", now.NameZh, err)
		}
		_, err = h.s.Publish(admin, v1.ID, draft.Version, "")
		wantCode(t, err, "conflict")
		if _, err = h.s.Publish(admin, v1.ID, saved.Version, "更快"); err != nil {
			t.Fatal(err)
		}

		now, err := h.current(t, v1.ID)
		if err != nil || now.Version != 2 || now.NameZh != "漏水急修" || now.Limits.Respond != 3 {
			t.Fatalf("got %+v %v", now, err)
		}
		var old catalog.Item
		err = d.Read(t.Context(), func(tx *db.Tx) (err error) { old, err = h.s.At(t.Context(), tx, v1.ID, 1); return err })
		if err != nil || old.NameZh != v1.NameZh || old.Limits != v1.Limits || len(old.Form) != len(v1.Form) {
			t.Fatalf("version 1 changed: %+v %v", old, err)
		}
		list, err := h.s.Versions(admin, v1.ID)
		if err != nil || len(list) != 2 || list[0].Version != 2 || list[0].Note != "更快" || list[0].ByName != "admin" || list[0].At != noon {
			t.Fatalf("got %+v %v", list, err)
		}
		_, err = h.s.Publish(admin, v1.ID, saved.Version+1, "")
		wantCode(t, err, "catalog.no_draft")
	})
}

func TestPublishChecksEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		admin := as(t, "admin", identity.ScopeAll)
		it := h.byCode(t, "ME03")
		c := it.Content
		c.TeamID, c.MoreTeamIDs, c.NameZh, c.CategoryID = "ghost", []string{"team-water", "ghost"}, "", "nowhere"
		d1, err := h.s.SaveDraft(admin, it.ID, 1, c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.s.Publish(admin, it.ID, d1.Version, "")
		if got := blamed(t, err); got != "categoryId:unknown_reference moreTeamIds[1]:unknown_reference nameZh:required teamId:unknown_reference" {
			t.Fatalf("got %q", got)
		}
		if _, err := h.s.DropDraft(admin, it.ID, d1.Version); err != nil {
			t.Fatal(err)
		}
		if got, err := h.s.Draft(admin, it.ID); err != nil || got.Changed || got.Content.NameZh != it.NameZh {
			t.Fatalf("got %+v %v", got, err)
		}
	})
}

func TestCreateMoveAndWithdraw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		admin := as(t, "admin", identity.ScopeAll)
		cat, err := h.s.SaveCategory(admin, catalog.Category{NameZh: "设备科", NameEn: "Biomedical", Active: true})
		if err != nil {
			t.Fatal(err)
		}
		c := content(func(c *catalog.Content) { c.CategoryID = cat.ID })
		_, err = h.s.Create(admin, "mw01", c)
		if got := blamed(t, err); got != "code:bad_format" {
			t.Fatalf("got %q", got)
		}
		_, err = h.s.Create(admin, "MW01", c)
		if got := blamed(t, err); got != "code:duplicate" {
			t.Fatalf("got %q", got)
		}
		made, err := h.s.Create(admin, "BIO01", c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.current(t, made.ID)
		if got := blamed(t, err); got != "itemId:catalog.not_offered" {
			t.Fatalf("an unpublished item is offered: %q", got)
		}
		if made, err = h.s.Publish(admin, made.ID, made.Version, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := h.current(t, made.ID); err != nil {
			t.Fatal(err)
		}
		cat.Active = false
		_, err = h.s.SaveCategory(admin, *cat)
		wantCode(t, err, "catalog.category_in_use")
		if made, err = h.s.SetActive(admin, made.ID, made.Version, false); err != nil {
			t.Fatal(err)
		}
		_, err = h.current(t, made.ID)
		if got := blamed(t, err); got != "itemId:catalog.not_offered" {
			t.Fatalf("got %q", got)
		}
		if _, err = h.s.SaveCategory(admin, *cat); err != nil {
			t.Fatal(err)
		}
		if _, err = h.s.SaveCategory(admin, *cat); fault.CodeOf(err) != "conflict" {
			t.Fatalf("a stale category was saved: %v", err)
		}
		if _, err = h.s.SetActive(admin, made.ID, made.Version, true); err != nil {
			t.Fatal(err)
		}
		_, err = h.current(t, made.ID)
		if got := blamed(t, err); got != "itemId:catalog.not_offered" {
			t.Fatalf("offered although its category is withdrawn: %q", got)
		}
		_, err = h.current(t, "nothing")
		if got := blamed(t, err); got != "itemId:unknown_reference" {
			t.Fatalf("got %q", got)
		}
	})
}

func TestOnlyTheWholeHospitalEdits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		it := h.byCode(t, "MW01")
		for name, c := range map[string]struct {
			ctx  context.Context
			code string
		}{
			"public":               {t.Context(), "unauthorized"},
			"reporter":             {as(t, "reporter", identity.ScopeAll), "forbidden"},
			"admin of a campus":    {as(t, "admin", identity.ScopeCampus, "c1"), "forbidden"},
			"admin of own things":  {as(t, "admin", identity.ScopeOwn), "forbidden"},
			"auditor":              {as(t, "auditor", identity.ScopeAll), "forbidden"},
			"dispatcher of a team": {as(t, "dispatcher", identity.ScopeTeam, "t1"), "forbidden"},
		} {
			_, err := h.s.SaveDraft(c.ctx, it.ID, 1, it.Content)
			if fault.CodeOf(err) != c.code {
				t.Errorf("%s saves: %v", name, err)
			}
			_, err = h.s.Create(c.ctx, "XX01", it.Content)
			if fault.CodeOf(err) != c.code {
				t.Errorf("%s creates: %v", name, err)
			}
			if err := h.s.Reorder(c.ctx, 1, nil); fault.CodeOf(err) != c.code {
				t.Errorf("%s reorders: %v", name, err)
			}
			_, err = h.s.Draft(c.ctx, it.ID)
			if fault.CodeOf(err) != c.code {
				t.Errorf("%s reads a draft: %v", name, err)
			}
			_, err = h.s.Tree(c.ctx, true)
			if fault.CodeOf(err) != c.code {
				t.Errorf("%s reads the editor's tree: %v", name, err)
			}
		}
	})
}

func TestThePublicSeesPublicItems(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		public, nurse := t.Context(), as(t, "reporter", identity.ScopeDepartment, "d1")
		open, err := h.s.Tree(public, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range open.Categories {
			for _, e := range b.Items {
				if !e.Public {
					t.Errorf("%s is shown to everyone", e.Code)
				}
			}
		}
		all, err := h.s.Tree(nurse, false)
		if err != nil || all.ETag() == open.ETag() {
			t.Fatalf("two trees with one mark: %v", err)
		}
		leak, account := h.byCode(t, "MW01"), h.byCode(t, "SW06")
		it, err := h.s.Item(public, leak.ID, 0)
		if err != nil || it.ScriptZh != "" || it.TeamID != "" || len(it.Form) == 0 {
			t.Fatalf("got %+v %v", it, err)
		}
		if it, err = h.s.Item(nurse, leak.ID, 0); err != nil || it.TeamID != "team-water" {
			t.Fatalf("the shared version was changed for everyone: %+v %v", it, err)
		}
		_, err = h.s.Item(public, account.ID, 0)
		wantCode(t, err, "not_found")
		if _, err = h.s.Item(nurse, account.ID, 1); err != nil {
			t.Fatal(err)
		}
		_, err = h.s.Item(nurse, account.ID, 2)
		wantCode(t, err, "not_found")
		if same, err := h.s.Tree(identity.With(t.Context(), identity.NewActor(identity.Actor{PersonID: "x"}, nil, nil)), false); err != nil || same.ETag() != open.ETag() {
			t.Fatalf("who may not read the catalogue sees other than the public: %v", err)
		}
		if got, err := h.s.Search(public, "mima", 20); err != nil || len(got) != 0 {
			t.Fatalf("the search shows %v %v", got, err)
		}
	})
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		nurse := as(t, "reporter", identity.ScopeOwn)
		for query, want := range map[string]string{
			"打印机":     "HW03",
			"dyj":     "HW03", // initials
			"dayinji": "HW03",
			"卡纸":      "HW03",
			"HW04":    "HW04",
			"hw04":    "HW04",
			"toner":   "HW08",
			"漏水":      "MW01",
			"louShui": "MW01",
			"困人":      "ML01",
			"灯 不亮":    "ME03",
			"氧气":      "MG01",
			"催单":      "CO01",
		} {
			got, err := h.s.Search(nurse, query, 20)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) == 0 || got[0].Code != want {
				t.Errorf("%q: got %v, want %s first", query, codes(got), want)
			}
		}
		got, err := h.s.Search(nurse, "卡纸", 20)
		if err != nil || len(got) != 1 || !slices.Equal(got[0].Matched, []string{"s1"}) {
			t.Errorf("the symptom that fits is not told: %+v %v", got, err)
		}
		for _, nothing := range []string{"", "  ", "%", "_", "zzzzqq", `\`} {
			if got, err := h.s.Search(nurse, nothing, 20); err != nil || len(got) != 0 {
				t.Errorf("%q finds %v %v", nothing, codes(got), err)
			}
		}
		if got, err := h.s.Search(nurse, "p", 3); err != nil || len(got) != 3 {
			t.Errorf("limit: %v %v", codes(got), err)
		}
	})
}

func codes(list []catalog.Found) (out []string) {
	for _, f := range list {
		out = append(out, f.Code)
	}
	return out
}

func TestReorder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		admin := as(t, "admin", identity.ScopeAll)
		before, err := h.s.Tree(admin, true)
		if err != nil {
			t.Fatal(err)
		}
		var order []catalog.Ordering
		for _, b := range before.Categories {
			o := catalog.Ordering{ID: b.ID}
			for _, e := range b.Items {
				o.Items = append(o.Items, e.ID)
			}
			order = append(order, o)
		}
		slices.Reverse(order)
		slices.Reverse(order[0].Items)
		incomplete := slices.Clone(order)
		incomplete[1].Items = incomplete[1].Items[1:]
		wantCode(t, h.s.Reorder(admin, before.Revision, incomplete), "catalog.order_incomplete")
		if err := h.s.Reorder(admin, before.Revision, order); err != nil {
			t.Fatal(err)
		}
		wantCode(t, h.s.Reorder(admin, before.Revision, order), "conflict")
		after, err := h.s.Tree(admin, true)
		if err != nil || after.Revision == before.Revision {
			t.Fatalf("the revision stayed: %v", err)
		}
		first, last := after.Categories[0], before.Categories[len(before.Categories)-1]
		if first.ID != last.ID || first.Items[0].ID != last.Items[len(last.Items)-1].ID {
			t.Fatalf("got %s first, want %s reversed", first.NameZh, last.NameZh)
		}
	})
}

func TestNothingUncommittedIsRemembered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		it := h.byCode(t, "MW03")
		stop := fault.New(fault.Conflict, "conflict")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			changed := it.Content
			changed.NameZh = "没有提交"
			if _, err := db.Exec(t.Context(), tx, "UPDATE catalog_item SET published = 2 WHERE id = $1", it.ID); err != nil {
				return err
			}
			row := struct {
				ItemID  string          `db:"item_id"`
				Version int64           `db:"version"`
				Content catalog.Content `db:"content,json"`
				Note    string          `db:"note"`
				At      int64           `db:"published_at"`
				By      string          `db:"published_by"`
				Name    string          `db:"published_name"`
			}{it.ID, 2, changed, "", noon, "x", "x"}
			if err := db.Insert(t.Context(), tx, "catalog_version", &row); err != nil {
				return err
			}
			if got, err := h.s.Current(t.Context(), tx, it.ID); err != nil || got.NameZh != "没有提交" {
				t.Errorf("within the transaction: %v %v", got.NameZh, err)
			}
			return stop
		})
		wantCode(t, err, "conflict")
		err = d.Read(t.Context(), func(tx *db.Tx) error { _, err := h.s.At(t.Context(), tx, it.ID, 2); return err })
		wantCode(t, err, "not_found")
	})
}

func TestAssetClassesSuggestItems(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			staff, err := h.s.ForAssetClass(t.Context(), tx, "kiosk", false)
			if err != nil {
				return err
			}
			public, err := h.s.ForAssetClass(t.Context(), tx, "kiosk", true)
			if err != nil {
				return err
			}
			names := func(list []catalog.Entry) (out []string) {
				for _, e := range list {
					out = append(out, e.Code)
				}
				return out
			}
			if got := names(staff); !slices.Equal(got, []string{"SW05", "SW09", "HW06"}) {
				t.Errorf("staff: %v", got)
			}
			if got := names(public); !slices.Equal(got, []string{"SW09", "HW06"}) {
				t.Errorf("public: %v", got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

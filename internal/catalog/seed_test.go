package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
)

func TestStarterCatalogue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		h.seed(t) // a second time must change nothing
		admin := as(t, "admin", identity.ScopeAll)
		tree, err := h.s.Tree(admin, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(tree.Categories) != 21 {
			t.Errorf("%d categories", len(tree.Categories))
		}
		items, symptoms := 0, map[string]bool{}
		for _, b := range tree.Categories {
			if b.NameEn == "" {
				t.Errorf("%s has no English name", b.NameZh)
			}
			for _, e := range b.Items {
				items++
				if e.Version != 1 || e.NameEn == "" || len(e.Symptoms) == 0 {
					t.Errorf("%+v", e)
				}
				for _, y := range e.Symptoms {
					symptoms[e.Code+y.Key] = true
					if y.LabelEn == "" {
						t.Errorf("%s %s has no English words", e.Code, y.Label)
					}
				}
			}
		}
		if items != 86 || len(symptoms) < 86 {
			t.Errorf("%d items, %d symptoms", items, len(symptoms))
		}
		for _, b := range tree.Categories {
			for _, e := range b.Items {
				checkStarterItem(t, h.byCode(t, e.Code))
			}
		}
	})
}

func checkStarterItem(t *testing.T, it catalog.Item) {
	t.Helper()
	if err := it.Content.Check(); err != nil {
		t.Errorf("%s: %v", it.Code, err)
	}
	if it.Limits != catalog.DefaultLimits(it.Priority) {
		t.Errorf("%s: limits %+v", it.Code, it.Limits)
	}
	for _, x := range it.Form {
		if x.LabelEn == "" {
			t.Errorf("%s %s has no English label", it.Code, x.Label)
		}
		for _, o := range x.Options {
			if o.LabelEn == "" {
				t.Errorf("%s %s %s has no English label", it.Code, x.Key, o.Label)
			}
		}
		if strings.HasPrefix(x.Label, "是否") && x.Kind != catalog.Choice {
			t.Errorf("%s %s is no choice", it.Code, x.Label)
		}
		if x.Kind == catalog.Photo && (x.Required || x.ReporterRequired) {
			t.Errorf("%s demands a photo before the order can be made", it.Code)
		}
	}
	// A fault is reported with two taps after the scan: what the scan cannot tell
	// may only be asked where no one could be sent without it.
	if strings.HasPrefix(it.Code, "TP") || slices.Contains([]string{"ITO01", "TD05", "CA01"}, it.Code) {
		return
	}
	for _, x := range it.Form {
		if x.ReporterRequired && x.Key != catalog.PlaceKey {
			t.Errorf("%s asks the reporter for %s", it.Code, x.Label)
		}
	}
}

func TestSeedLeavesChangesAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.seed(t)
		admin := as(t, "admin", identity.ScopeAll)
		it := h.byCode(t, "HW03")
		if it.TeamID != "team-hw" || !slices.Equal(it.MoreTeamIDs, []string{"team-print"}) {
			t.Errorf("teams %s %v", it.TeamID, it.MoreTeamIDs)
		}
		c := it.Content
		c.NameZh = "我们的打印机"
		dr, err := h.s.SaveDraft(admin, it.ID, 1, c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Publish(admin, it.ID, dr.Version, ""); err != nil {
			t.Fatal(err)
		}
		h.seed(t)
		if got := h.byCode(t, "HW03"); got.NameZh != "我们的打印机" || got.Version != 2 {
			t.Errorf("seeding overwrote %+v", got)
		}
	})
}

func TestSeedTeams(t *testing.T) {
	teams, err := catalog.SeedTeams()
	if err != nil || len(teams) < 20 || !slices.Contains(teams, "水工班") {
		t.Fatalf("got %v %v", teams, err)
	}
}

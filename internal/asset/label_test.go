package asset_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"wardline/internal/asset"
	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/org"
)

func TestLabels(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		a, b := k.add("A1"), k.add("B1", at("w1"))
		list, err := k.Labels(keeper(), asset.Wanted{Assets: []string{b.ID, a.ID}, Places: []string{"r2"}})
		wants(t, err, "")
		if len(list) != 3 || list[0].Title != "B1" || list[1].Title != "A1" || list[1].Where != "1号楼/3层/护士站" || list[2].Title != "候诊厅" {
			t.Fatalf("got %+v", list)
		}
		if list[1].URL != "https://ward.example/m/s/"+k.code(a.ID) || list[2].URL != "https://ward.example/m/s/coder2" {
			t.Errorf("codes %s %s", list[1].URL, list[2].URL)
		}
		if list, err = k.Labels(keeper(), asset.Wanted{PlacesBelow: "f"}); err != nil || len(list) != 4 {
			t.Errorf("the floor and its rooms: %d %v", len(list), err)
		}
		if list, err = k.Labels(keeper(), asset.Wanted{List: &asset.Filter{CampusID: "west"}}); err != nil || len(list) != 1 || list[0].Title != "B1" {
			t.Errorf("a list's labels: %+v %v", list, err)
		}
		local := as("x", "asset_keeper", identity.ScopeDepartment, "er")
		for name, c := range map[string]struct {
			ctx    context.Context
			wanted asset.Wanted
			want   string
		}{
			"foreign asset":      {local, asset.Wanted{Assets: []string{a.ID, b.ID}}, "not_found"},
			"foreign place":      {local, asset.Wanted{Places: []string{"r1", "w1"}}, "not_found"},
			"place that is none": {keeper(), asset.Wanted{Places: []string{"none"}}, "not_found"},
			"asset that is none": {keeper(), asset.Wanted{Assets: []string{"none"}}, "not_found"},
			"nothing":            {keeper(), asset.Wanted{}, "asset.no_labels"},
			"nurse":              {as("x", "reporter", identity.ScopeAll), asset.Wanted{Assets: []string{a.ID}}, "forbidden"},
			"manager":            {as("x", "manager", identity.ScopeAll), asset.Wanted{Places: []string{"r1"}}, "forbidden"},
			"public":             {context.Background(), asset.Wanted{Assets: []string{a.ID}}, "unauthorized"},
		} {
			_, err := k.Labels(c.ctx, c.wanted)
			t.Run(name, func(t *testing.T) { wants(t, err, c.want) })
		}
		entries, _, err := k.trail.List(t.Context(), audit.Filter{Action: "asset.label.print"}, 10, "")
		if err != nil || len(entries) != 3 {
			t.Errorf("%d printings written down: %v", len(entries), err)
		}
		var many []asset.Fresh
		for i := range 501 {
			many = append(many, asset.Fresh{Input: input(fmt.Sprintf("N%04d", i))})
		}
		if err := k.fill(many); err != nil {
			t.Fatal(err)
		}
		_, err = k.Labels(keeper(), asset.Wanted{List: &asset.Filter{}})
		wants(t, err, "asset.too_many_labels")
	})
}

func TestLabelPages(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var many []asset.Fresh
		for i := range 30 {
			many = append(many, asset.Fresh{Input: input(fmt.Sprintf("N%04d", i), func(in *asset.Input) { in.Name = `<script>alert("1")</script>` })})
		}
		if err := k.fill(many); err != nil {
			t.Fatal(err)
		}
		s := k.serve(map[string]context.Context{"keeper": keeper()})
		for format, c := range map[string]struct {
			page  string
			pages int
		}{"a4": {"@page { size: A4; margin: 0 }", 2}, "40x30": {"@page { size: 40mm 30mm; margin: 0 }", 30}, "60x40": {"@page { size: 60mm 40mm; margin: 0 }", 30}} {
			res, body := call(t, s, "GET", "/print/labels?list=true&class=printer&format="+format, "keeper", "")
			if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || !strings.Contains(body, c.page) {
				t.Fatalf("%s: %d %.300s", format, res.StatusCode, body)
			}
			if n := strings.Count(body, `<section class="sheet`); n != c.pages {
				t.Errorf("%s: %d pages", format, n)
			}
			if n := strings.Count(body, "<svg"); n != 30 {
				t.Errorf("%s: %d codes", format, n)
			}
			if strings.Contains(body, `<script>alert`) || strings.Count(body, "<script>") != 1 {
				t.Errorf("%s: a name became part of the page", format)
			}
			if strings.Contains(body, "ZgotmplZ") {
				t.Errorf("%s: the template refused a value", format)
			}
			if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "script-src 'sha256-") || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %s", format, csp)
			}
		}
		if res, _ := call(t, s, "GET", "/print/labels?list=true&format=a3", "keeper", ""); res.StatusCode != 422 {
			t.Errorf("unknown paper: %d", res.StatusCode)
		}
		if res, _ := call(t, s, "GET", "/print/labels?list=true", "", ""); res.StatusCode != 401 {
			t.Errorf("the public prints: %d", res.StatusCode)
		}
		if res, body := call(t, s, "GET", "/print/labels?places=r1,r2&format=40x30", "keeper", "", "Accept-Language", "en"); res.StatusCode != 200 || !strings.Contains(body, "Scan to report") {
			t.Errorf("%d %.200s", res.StatusCode, body)
		}
	})
}

func TestPlaceWithoutDepartmentsKeeper(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		// Who keeps the directory of a campus may label its places without keeping assets.
		ctx := identity.With(context.Background(), identity.NewActor(identity.Actor{PersonID: "x", Name: "x"},
			[]identity.Grant{{Permissions: []identity.Permission{identity.OrgRead, identity.OrgWrite}, Kind: identity.ScopeCampus, IDs: []string{"east"}}}, nil))
		if list, err := k.Labels(ctx, asset.Wanted{Places: []string{"b"}}); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
		_, err := k.Labels(ctx, asset.Wanted{Places: []string{"w1"}})
		wants(t, err, "not_found")
		no := false
		p, err := k.org.GetPlace(admin(), "r2")
		wants(t, err, "")
		_, err = k.org.SavePlace(admin(), "r2", org.PlaceInput{Edit: org.Edit{Version: p.Version, Active: &no}, ParentID: p.ParentID, Kind: p.Kind, Name: p.Name})
		wants(t, err, "")
		_, err = k.Labels(ctx, asset.Wanted{Places: []string{"r2"}})
		wants(t, err, "asset.no_labels")
	})
}

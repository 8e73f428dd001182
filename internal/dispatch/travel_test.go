package dispatch

import (
	"testing"

	"pgregory.net/rapid"

	"wardline/internal/org"
)

func at[T any](v T) *T { return &v }

func TestSpotOfAPlace(t *testing.T) {
	building := org.Place{Head: org.Head{ID: "b"}, CampusID: "c", Kind: org.Building, Ancestry: "/b/", X: at(100.0), Y: at(50.0)}
	floor := org.Place{Head: org.Head{ID: "f"}, CampusID: "c", Kind: org.Floor, Ancestry: "/b/f/", Level: at(int64(7))}
	room := org.Place{Head: org.Head{ID: "r"}, CampusID: "c", Kind: org.Room, Ancestry: "/b/f/r/", X: at(3.0), Y: at(4.0)}
	bed := org.Place{Head: org.Head{ID: "d"}, CampusID: "c", Kind: org.Bed, Ancestry: "/b/f/r/d/"}
	above := map[string]org.Place{"b": building, "f": floor, "r": room}
	want := Spot{ID: "r", Campus: "c", Building: "b", Level: 7, X: 3, Y: 4, OnPlan: true, SiteX: 100, SiteY: 50, OnSite: true}
	if got := spotOf(room, above); got != want {
		t.Errorf("room: %+v", got)
	}
	if got := spotOf(bed, above); got.Level != 7 || got.OnPlan || got.Building != "b" {
		t.Errorf("bed: %+v", got)
	}
	if got := spotOf(building, above); got.Level != 1 || got.OnPlan || !got.OnSite || got.Building != "b" {
		t.Errorf("building: %+v", got)
	}
}

func TestSeconds(t *testing.T) {
	tr := defaultTravel()
	tr.Links = []Link{{"b1", "b3", 9}, {"c", "d", 40}}
	spot := func(id, campus, building string, level int64) Spot {
		return Spot{ID: id, Campus: campus, Building: building, Level: level}
	}
	plan := func(s Spot, x, y float64) Spot { s.X, s.Y, s.OnPlan = x, y, true; return s }
	site := func(s Spot, x, y float64) Spot { s.SiteX, s.SiteY, s.OnSite = x, y, true; return s }
	for _, c := range []struct {
		name string
		a, b Spot
		want int64
	}{
		{"the same place", spot("r", "c", "b1", 3), spot("r", "c", "b1", 3), 0},
		{"same floor, no plan", spot("r", "c", "b1", 3), spot("s", "c", "b1", 3), 60},
		{"same floor, plan", plan(spot("r", "c", "b1", 3), 0, 0), plan(spot("s", "c", "b1", 3), 36, 48), 65},
		{"two floors by the stairs", spot("r", "c", "b1", 3), spot("s", "c", "b1", 5), 60 + 40},
		{"three floors by lift", spot("r", "c", "b1", 3), spot("s", "c", "b1", 6), 60 + 60 + 15},
		{"from below ground up one", spot("r", "c", "b1", -1), spot("s", "c", "b1", 1), 60 + 20},
		{"another building, nothing known", spot("r", "c", "b1", 1), spot("s", "c", "b2", 1), 300},
		{"another building, on the site", site(spot("r", "c", "b1", 1), 0, 0), site(spot("s", "c", "b2", 1), 120, 0), 130},
		{"another building, measured", site(spot("r", "c", "b1", 1), 0, 0), site(spot("s", "c", "b3", 1), 120, 0), 540},
		{"measured the other way round, from the 10th floor", spot("s", "c", "b3", 10), spot("r", "c", "b1", 1), 60 + 45 + 540},
		{"another campus", spot("r", "c", "b1", 1), spot("s", "e", "b9", 1), 1800},
		{"another campus, measured", spot("r", "c", "b1", 2), spot("s", "d", "b8", 1), 20 + 2400},
	} {
		if got := tr.Seconds(c.a, c.b); got != c.want {
			t.Errorf("%s: %d s, want %d", c.name, got, c.want)
		}
	}
}

// The way back is as long as the way there, and none is shorter than nothing.
func TestWaysAreTheSameBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Spot {
			return Spot{ID: name + rapid.SampledFrom([]string{"1", "2"}).Draw(t, "id"), Campus: rapid.SampledFrom([]string{"c", "d"}).Draw(t, "campus"),
				Building: rapid.SampledFrom([]string{"b1", "b2", "b3"}).Draw(t, "building"), Level: rapid.Int64Range(-3, 30).Draw(t, "level"),
				X: rapid.Float64Range(0, 200).Draw(t, "x"), Y: rapid.Float64Range(0, 80).Draw(t, "y"), OnPlan: rapid.Bool().Draw(t, "plan"),
				SiteX: rapid.Float64Range(0, 900).Draw(t, "sx"), SiteY: rapid.Float64Range(0, 900).Draw(t, "sy"), OnSite: rapid.Bool().Draw(t, "site")}
		}
		tr := defaultTravel()
		tr.Links = []Link{{"b1", "b2", 4}}
		a, b := draw("a"), draw("b")
		there, back := tr.Seconds(a, b), tr.Seconds(b, a)
		if there != back || there < 0 {
			t.Fatalf("%d there, %d back: %+v %+v", there, back, a, b)
		}
	})
}

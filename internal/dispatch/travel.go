package dispatch

import (
	"math"
	"slices"
	"strings"

	"wardline/internal/org"
)

// Spot is a place as far as ways are concerned.
type Spot struct {
	ID       string
	Campus   string
	Building string // the topmost place around it, or itself
	Level    int64  // 1 is the ground floor; there is no floor 0
	X, Y     float64
	OnPlan   bool    // whether X and Y, on the floor's plan, are known
	SiteX    float64 // of the building, on the campus
	SiteY    float64
	OnSite   bool
}

const groundFloor = 1

// spotOf returns a place with what the places around it say; above holds those.
func spotOf(p org.Place, above map[string]org.Place) Spot {
	s := Spot{ID: p.ID, Campus: p.CampusID, Building: p.ID, Level: groundFloor}
	ids := around(p)
	top := p
	if len(ids) > 0 {
		s.Building = ids[0]
		if q, ok := above[ids[0]]; ok {
			top = q
		}
	}
	if top.X != nil && top.Y != nil {
		s.SiteX, s.SiteY, s.OnSite = *top.X, *top.Y, true
	}
	if p.X != nil && p.Y != nil && top.ID != p.ID {
		s.X, s.Y, s.OnPlan = *p.X, *p.Y, true
	}
	// The floor is told by the nearest place that has one.
	if p.Level != nil {
		s.Level = *p.Level
		return s
	}
	for _, id := range slices.Backward(ids) {
		if q, ok := above[id]; ok && q.Level != nil {
			s.Level = *q.Level
			break
		}
	}
	return s
}

// around returns the ids from the top down to the place itself.
func around(p org.Place) []string {
	return strings.FieldsFunc(p.Ancestry, func(r rune) bool { return r == '/' })
}

// Travel says how people get about.
type Travel struct {
	Walk        float64 `json:"walk" minimum:"0.1" maximum:"10" doc:"Metres a second"`
	Detour      float64 `json:"detour" minimum:"1" maximum:"5" doc:"How much longer the way is than the straight line"`
	LiftWait    int64   `json:"liftWait" minimum:"0" maximum:"1800" doc:"Seconds until the lift is there"`
	LiftFloor   int64   `json:"liftFloor" minimum:"0" maximum:"300" doc:"Seconds for each floor by lift"`
	StairFloors int64   `json:"stairFloors" minimum:"0" maximum:"50" doc:"Up to so many floors people take the stairs"`
	StairFloor  int64   `json:"stairFloor" minimum:"0" maximum:"300" doc:"Seconds for each floor by the stairs"`
	SameFloor   int64   `json:"sameFloor" minimum:"0" maximum:"3600" doc:"Seconds within a floor whose plan has no coordinates"`
	Buildings   int64   `json:"buildings" minimum:"0" maximum:"600" doc:"Minutes between buildings of which nothing else is known"`
	Campuses    int64   `json:"campuses" minimum:"0" maximum:"600" doc:"Minutes between campuses of which nothing else is known"`
	Links       []Link  `json:"links" maxItems:"500" doc:"Ways that were measured, between two buildings or two campuses, the same in both directions"`
}

// Link is a way whose time is known.
type Link struct {
	From    string `json:"from" minLength:"1" maxLength:"40"`
	To      string `json:"to" minLength:"1" maxLength:"40"`
	Minutes int64  `json:"minutes" minimum:"0" maximum:"600"`
}

func defaultTravel() Travel {
	return Travel{Walk: 1.2, Detour: 1.3, LiftWait: 60, LiftFloor: 5, StairFloors: 2, StairFloor: 20, SameFloor: 60, Buildings: 5, Campuses: 30, Links: []Link{}}
}

// Seconds returns how long the way from one spot to another takes.
func (t *Travel) Seconds(a, b Spot) int64 {
	switch {
	case a.ID == b.ID:
		return 0
	case a.Campus != b.Campus:
		return t.vertical(a.Level, groundFloor) + t.link(a.Campus, b.Campus, t.Campuses*60) + t.vertical(groundFloor, b.Level)
	case a.Building != b.Building:
		between := t.Buildings * 60
		if a.OnSite && b.OnSite {
			between = t.walk(a.SiteX-b.SiteX, a.SiteY-b.SiteY)
		}
		return t.vertical(a.Level, groundFloor) + t.link(a.Building, b.Building, between) + t.vertical(groundFloor, b.Level)
	}
	flat := t.SameFloor
	if a.OnPlan && b.OnPlan { // shafts stand above each other, so plans of two floors compare
		flat = t.walk(a.X-b.X, a.Y-b.Y)
	}
	return flat + t.vertical(a.Level, b.Level)
}

func (t *Travel) walk(dx, dy float64) int64 {
	if t.Walk <= 0 {
		return 0
	}
	return int64(math.Ceil(math.Hypot(dx, dy) * max(t.Detour, 1) / t.Walk))
}

func (t *Travel) link(a, b string, otherwise int64) int64 {
	for _, l := range t.Links {
		if l.From == a && l.To == b || l.From == b && l.To == a {
			return l.Minutes * 60
		}
	}
	return otherwise
}

// vertical returns the seconds between two floors.
func (t *Travel) vertical(from, to int64) int64 {
	floors := max(story(from), story(to)) - min(story(from), story(to))
	switch {
	case floors == 0:
		return 0
	case floors <= t.StairFloors:
		return floors * t.StairFloor
	}
	return t.LiftWait + floors*t.LiftFloor
}

// story counts floors without a gap: below the first comes the one numbered -1.
func story(level int64) int64 {
	if level > 0 {
		return level - 1
	}
	return level
}

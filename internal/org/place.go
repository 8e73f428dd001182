package org

import (
	"fmt"
	"math"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
)

// PlaceKind says what a place is within the tree.
type PlaceKind string

// The kinds of place.
const (
	Building PlaceKind = "building"
	Floor    PlaceKind = "floor"
	Room     PlaceKind = "room"
	Bed      PlaceKind = "bed"
	Point    PlaceKind = "point" // service point: a counter, a gate, a pump
)

// holders says within what a place of a kind may lie; "" is the campus itself.
var holders = map[PlaceKind][]PlaceKind{
	Building: {""},
	Floor:    {Building},
	Room:     {"", Building, Floor, Room},
	Bed:      {Floor, Room},
	Point:    {"", Building, Floor, Room},
}

// maxDepth is how many levels a tree has at most.
const maxDepth = 12

// Place is one spot of the hospital.
type Place struct {
	Head
	CampusID        string    `db:"campus_id" json:"campusId"`
	ParentID        string    `db:"parent_id" json:"parentId,omitempty" doc:"Place above; absent at the top"`
	Kind            PlaceKind `db:"kind" json:"kind" enum:"building,floor,room,bed,point"`
	Code            string    `db:"code" json:"code,omitempty"`
	Name            string    `db:"name" json:"name"`
	FullName        string    `db:"full_name" json:"fullName" doc:"Names from the campus down, parted by slashes"`
	Ancestry        string    `db:"ancestry" json:"ancestry" doc:"Ids from the top down to this one, each followed by a slash"`
	OwnClass        string    `db:"own_class" json:"ownClass,omitempty"`
	Class           string    `db:"class" json:"class,omitempty" enum:"outpatient,emergency,ward,icu,theatre,medtech,office,public,logistics,technical,other" doc:"Its own, or else of the place above"`
	OwnDepartmentID string    `db:"own_department_id" json:"ownDepartmentId,omitempty"`
	DepartmentID    string    `db:"department_id" json:"departmentId,omitempty" doc:"Its own, or else of the place above"`
	Level           *int64    `db:"level" json:"level,omitempty" doc:"Number of the floor; below ground is negative"`
	X               *float64  `db:"x" json:"x,omitempty" doc:"On the floor's plan, metres"`
	Y               *float64  `db:"y" json:"y,omitempty" doc:"On the floor's plan, metres"`
	PublicReport    bool      `db:"public_report" json:"publicReport" doc:"Its code lets anyone report without signing in"`
	ReportCode      string    `db:"report_code" json:"-"`
	PathSearch      string    `db:"path_search" json:"-"`
	Findable
}

// PlaceInput is what may be said about a place.
type PlaceInput struct {
	Edit
	CampusID     string    `json:"campusId,omitempty" maxLength:"64" doc:"Absent takes that of the place above"`
	ParentID     string    `json:"parentId,omitempty" maxLength:"64"`
	Kind         PlaceKind `json:"kind" enum:"building,floor,room,bed,point"`
	Code         string    `json:"code,omitempty" maxLength:"40" doc:"Unique among places; kept in capitals"`
	Name         string    `json:"name" minLength:"1" maxLength:"60" doc:"Unique within the place above"`
	DepartmentID string    `json:"departmentId,omitempty" maxLength:"64" doc:"Absent takes that of the place above"`
	Class        string    `json:"class,omitempty" enum:"outpatient,emergency,ward,icu,theatre,medtech,office,public,logistics,technical,other" doc:"Absent takes that of the place above"`
	Level        *int64    `json:"level,omitempty" minimum:"-20" maximum:"200"`
	X            *float64  `json:"x,omitempty" minimum:"-100000" maximum:"100000"`
	Y            *float64  `json:"y,omitempty" minimum:"-100000" maximum:"100000"`
	PublicReport bool      `json:"publicReport,omitempty"`
}

func (in *PlaceInput) clean() error {
	var c check
	c.name(&in.Name)
	c.code(&in.Code)
	c.ref("campusId", &in.CampusID)
	c.ref("parentId", &in.ParentID)
	c.ref("departmentId", &in.DepartmentID)
	if in.Kind == "" {
		c.Add("kind", "required")
	} else if holders[in.Kind] == nil {
		c.Add("kind", "bad_value")
	}
	if in.Class != "" && !placeClasses.has(in.Class) {
		c.Add("class", "bad_value")
	}
	if in.Level != nil {
		c.between("level", float64(*in.Level), -20, 200)
	}
	for field, v := range map[string]*float64{"x": in.X, "y": in.Y} {
		if v != nil {
			c.between(field, *v, -100_000, 100_000)
		}
	}
	return c.Err()
}

func (c *check) between(field string, v float64, low, high int) {
	switch {
	case math.IsNaN(v):
		c.Add(field, "bad_format")
	case v < float64(low):
		c.Add(field, "too_small", "min", low)
	case v > float64(high):
		c.Add(field, "too_big", "max", high)
	}
}

// keys say to whom the place belongs.
func (p *Place) keys() identity.Keys {
	return identity.Keys{Campus: p.CampusID, Department: p.DepartmentID}
}

func (p *Place) put(in PlaceInput) {
	p.CampusID, p.ParentID, p.Kind, p.Code, p.Name = in.CampusID, in.ParentID, in.Kind, in.Code, in.Name
	p.OwnClass, p.OwnDepartmentID, p.PublicReport = in.Class, in.DepartmentID, in.PublicReport
	p.Level, p.X, p.Y = in.Level, in.X, in.Y
}

// settle derives what follows from the campus and the place above (nil at the top).
func (p *Place) settle(campus *Campus, parent *Place) {
	p.Findable = findable(p.Name, p.Code)
	if p.Kind == Floor && p.Level != nil {
		p.SortKey = fmt.Sprintf("%04d%s", *p.Level+1_000, p.SortKey) // all of one length, also below ground
	}
	p.Class, p.DepartmentID = p.OwnClass, p.OwnDepartmentID
	if parent == nil {
		p.FullName, p.Ancestry = campus.Name+"/"+p.Name, "/"+p.ID+"/"
		p.PathSearch = p.Search + " " + campus.Search
		return
	}
	p.CampusID = parent.CampusID
	p.FullName, p.Ancestry = parent.FullName+"/"+p.Name, parent.Ancestry+p.ID+"/"
	p.PathSearch = p.Search + " " + parent.PathSearch
	if p.Class == "" {
		p.Class = parent.Class
	}
	if p.DepartmentID == "" {
		p.DepartmentID = parent.DepartmentID
	}
}

// fits tells whether the place may lie where it says: fields kind, parentId, active.
func (p *Place) fits(parent *Place, height int) error {
	var c check
	in := PlaceKind("")
	if parent != nil {
		in = parent.Kind
	}
	ok := false
	for _, k := range holders[p.Kind] {
		ok = ok || k == in
	}
	if !ok {
		c.Add("kind", "org.place_nesting")
	}
	if parent != nil {
		if strings.Contains(parent.Ancestry, "/"+p.ID+"/") {
			c.Add("parentId", "org.cycle")
		} else if depth(parent.Ancestry)+height > maxDepth {
			c.Add("parentId", "org.too_deep", "max", maxDepth)
		}
		if p.Active && !parent.Active {
			c.Add("active", "org.inactive_above")
		}
	}
	return c.Err()
}

// tail returns the full name without the campus.
func (p *Place) tail() string {
	_, t, _ := strings.Cut(p.FullName, "/")
	return t
}

func (p *Place) indexKeys() []string {
	keys := []string{nameKey(p.CampusID, p.ParentID, p.Name), "path:" + squeeze(p.FullName), "path:" + squeeze(p.tail()), "word:" + squeeze(p.Name), inKey(p.ParentID)}
	if p.Code != "" {
		keys = append(keys, "code:"+p.Code)
	}
	return keys
}

func nameKey(campusID, parentID, name string) string {
	return "name:" + campusID + ":" + parentID + ":" + name
}

// missingCampus is what a place says whose campus is not known.
func missingCampus(given string) error {
	if given == "" {
		return fault.Field("campusId", "required")
	}
	return fault.Field("campusId", "unknown_reference")
}

package org

import (
	"strings"

	"wardline/internal/identity"
)

// Department is one unit of the hospital.
type Department struct {
	Head
	CampusID     string `db:"campus_id" json:"campusId,omitempty" doc:"Absent when it works on every campus"`
	ParentID     string `db:"parent_id" json:"parentId,omitempty"`
	Code         string `db:"code" json:"code,omitempty"`
	Name         string `db:"name" json:"name"`
	FullName     string `db:"full_name" json:"fullName" doc:"Names from the top down, parted by slashes"`
	Ancestry     string `db:"ancestry" json:"ancestry" doc:"Ids from the top down to this one, each followed by a slash"`
	Kind         string `db:"kind" json:"kind" enum:"clinical,nursing,medtech,admin,logistics,education,other"`
	CostCenter   string `db:"cost_center" json:"costCenter,omitempty"`
	LiaisonID    string `db:"liaison_id" json:"liaisonId,omitempty" doc:"Person to ask about the department's things"`
	Phone        string `db:"phone" json:"phone,omitempty"`
	PublicReport bool   `db:"public_report" json:"publicReport" doc:"Codes at its places let anyone report without signing in"`
	PathSearch   string `db:"path_search" json:"-"`
	Findable
}

// DepartmentInput is what may be said about a department.
type DepartmentInput struct {
	Edit
	CampusID     string `json:"campusId,omitempty" maxLength:"64"`
	ParentID     string `json:"parentId,omitempty" maxLength:"64"`
	Code         string `json:"code,omitempty" maxLength:"40" doc:"Unique among departments; kept in capitals"`
	Name         string `json:"name" minLength:"1" maxLength:"60" doc:"Unique within the department above and the campus"`
	Kind         string `json:"kind" enum:"clinical,nursing,medtech,admin,logistics,education,other"`
	CostCenter   string `json:"costCenter,omitempty" maxLength:"40"`
	LiaisonID    string `json:"liaisonId,omitempty" maxLength:"64"`
	Phone        string `json:"phone,omitempty" maxLength:"32"`
	PublicReport bool   `json:"publicReport,omitempty"`
}

func (in *DepartmentInput) clean() error {
	var c check
	c.name(&in.Name)
	c.code(&in.Code)
	c.ref("campusId", &in.CampusID)
	c.ref("parentId", &in.ParentID)
	c.ref("liaisonId", &in.LiaisonID)
	c.line("costCenter", &in.CostCenter, 40)
	c.phone(&in.Phone)
	c.word("kind", in.Kind, departmentKinds)
	return c.Err()
}

// keys say to whom the department belongs.
func (d *Department) keys() identity.Keys {
	return identity.Keys{Campus: d.CampusID, Department: d.ID}
}

func (d *Department) put(in DepartmentInput) {
	d.CampusID, d.ParentID, d.Code, d.Name, d.Kind = in.CampusID, in.ParentID, in.Code, in.Name, in.Kind
	d.CostCenter, d.LiaisonID, d.Phone, d.PublicReport = in.CostCenter, in.LiaisonID, in.Phone, in.PublicReport
}

// settle derives what follows from the department above (nil at the top).
func (d *Department) settle(parent *Department) {
	d.Findable = findable(d.Name, d.Code)
	if parent == nil {
		d.FullName, d.Ancestry, d.PathSearch = d.Name, "/"+d.ID+"/", d.Search
		return
	}
	if parent.CampusID != "" {
		d.CampusID = parent.CampusID
	}
	d.FullName, d.Ancestry = parent.FullName+"/"+d.Name, parent.Ancestry+d.ID+"/"
	d.PathSearch = d.Search + " " + parent.PathSearch
}

// fits tells whether the department may stand below its parent.
func (d *Department) fits(parent *Department, height int) error {
	if parent == nil {
		return nil
	}
	var c check
	if strings.Contains(parent.Ancestry, "/"+d.ID+"/") {
		c.Add("parentId", "org.cycle")
	} else if depth(parent.Ancestry)+height > maxDepth {
		c.Add("parentId", "org.too_deep", "max", maxDepth)
	}
	if parent.CampusID != "" && parent.CampusID != d.CampusID {
		c.Add("campusId", "org.other_campus")
	}
	if d.Active && !parent.Active {
		c.Add("active", "org.inactive_above")
	}
	return c.Err()
}

func (d *Department) indexKeys() []string {
	keys := []string{nameKey(d.CampusID, d.ParentID, d.Name), "path:" + squeeze(d.FullName), "word:" + squeeze(d.Name), inKey(d.ParentID)}
	if d.Code != "" {
		keys = append(keys, "code:"+d.Code)
	}
	return keys
}

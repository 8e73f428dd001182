package org

import (
	"wardline/internal/identity"
)

// Team is a group of people that orders are given to.
type Team struct {
	Head
	Code     string `db:"code" json:"code,omitempty"`
	Name     string `db:"name" json:"name"`
	Kind     string `db:"kind" json:"kind" enum:"callcenter,it,maintenance,transport,cleaning,security,catering,supply,complaint,other"`
	CampusID string `db:"campus_id" json:"campusId,omitempty" doc:"Absent when it works on every campus"`
	VendorID string `db:"vendor_id" json:"vendorId,omitempty" doc:"Absent when its people are the hospital's own"`
	LeadID   string `db:"lead_id" json:"leadId,omitempty" doc:"Person who leads it"`
	Pool     bool   `db:"pool" json:"pool" doc:"Its members may grab orders from a pool"`
	Calendar string `db:"calendar" json:"calendar,omitempty" doc:"Working calendar by default"`
	Findable
}

// TeamInput is what may be said about a team.
type TeamInput struct {
	Edit
	Code     string `json:"code,omitempty" maxLength:"40" doc:"Unique among teams; kept in capitals"`
	Name     string `json:"name" minLength:"1" maxLength:"60" doc:"Unique among teams"`
	Kind     string `json:"kind" enum:"callcenter,it,maintenance,transport,cleaning,security,catering,supply,complaint,other"`
	CampusID string `json:"campusId,omitempty" maxLength:"64"`
	VendorID string `json:"vendorId,omitempty" maxLength:"64"`
	LeadID   string `json:"leadId,omitempty" maxLength:"64"`
	Pool     bool   `json:"pool,omitempty"`
	Calendar string `json:"calendar,omitempty" maxLength:"40"`
}

func (in *TeamInput) clean() error {
	var c check
	c.name(&in.Name)
	c.code(&in.Code)
	c.ref("campusId", &in.CampusID)
	c.ref("vendorId", &in.VendorID)
	c.ref("leadId", &in.LeadID)
	c.line("calendar", &in.Calendar, 40)
	c.word("kind", in.Kind, teamKinds)
	return c.Err()
}

func (t *Team) keys() identity.Keys {
	return identity.Keys{Campus: t.CampusID, Teams: []string{t.ID}, Vendor: t.VendorID}
}

func (t *Team) indexKeys() []string { return flatKeys(t.Code, t.Name) }

func (t *Team) put(in TeamInput) {
	t.Code, t.Name, t.Kind, t.CampusID, t.VendorID = in.Code, in.Name, in.Kind, in.CampusID, in.VendorID
	t.LeadID, t.Pool, t.Calendar = in.LeadID, in.Pool, in.Calendar
	t.Findable = findable(in.Name, in.Code)
}

// flatKeys are the index keys of things that are no tree.
func flatKeys(code, name string) []string {
	keys := []string{"name:" + name, "word:" + squeeze(name)}
	if code != "" {
		keys = append(keys, "code:"+code)
	}
	return keys
}

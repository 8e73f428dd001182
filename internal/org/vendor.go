package org

import "wardline/internal/identity"

// Vendor is a company that works for the hospital.
type Vendor struct {
	Head
	Code    string `db:"code" json:"code,omitempty"`
	Name    string `db:"name" json:"name"`
	Contact string `db:"contact" json:"contact,omitempty"`
	Phone   string `db:"phone" json:"phone,omitempty"`
	Note    string `db:"note" json:"note,omitempty"`
	Findable
}

// VendorInput is what may be said about a vendor.
type VendorInput struct {
	Edit
	Code    string `json:"code,omitempty" maxLength:"40" doc:"Unique among vendors; kept in capitals"`
	Name    string `json:"name" minLength:"1" maxLength:"60" doc:"Unique among vendors"`
	Contact string `json:"contact,omitempty" maxLength:"60" doc:"Who answers for the vendor"`
	Phone   string `json:"phone,omitempty" maxLength:"32"`
	Note    string `json:"note,omitempty" maxLength:"500"`
}

func (in *VendorInput) clean() error {
	var c check
	c.name(&in.Name)
	c.code(&in.Code)
	c.line("contact", &in.Contact, maxName)
	c.phone(&in.Phone)
	c.line("note", &in.Note, maxNote)
	return c.Err()
}

func (v *Vendor) keys() identity.Keys { return identity.Keys{Vendor: v.ID} }

func (v *Vendor) indexKeys() []string { return flatKeys(v.Code, v.Name) }

func (v *Vendor) put(in VendorInput) {
	v.Code, v.Name, v.Contact, v.Phone, v.Note = in.Code, in.Name, in.Contact, in.Phone, in.Note
	v.Findable = findable(in.Name, in.Code)
}

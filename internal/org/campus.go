package org

import "wardline/internal/identity"

// Campus is one site of the hospital.
type Campus struct {
	Head
	Code string `db:"code" json:"code,omitempty"`
	Name string `db:"name" json:"name"`
	Findable
}

// CampusInput is what may be said about a campus.
type CampusInput struct {
	Edit
	Code string `json:"code,omitempty" maxLength:"40" doc:"Unique; kept in capitals"`
	Name string `json:"name" minLength:"1" maxLength:"60"`
}

func (in *CampusInput) clean() error {
	var c check
	c.name(&in.Name)
	c.code(&in.Code)
	return c.Err()
}

func (c *Campus) keys() identity.Keys { return identity.Keys{Campus: c.ID} }

func (c *Campus) indexKeys() []string { return flatKeys(c.Code, c.Name) }

func (c *Campus) put(in CampusInput) {
	c.Code, c.Name = in.Code, in.Name
	c.Findable = findable(in.Name, in.Code)
}

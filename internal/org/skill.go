package org

import "wardline/internal/identity"

// Skill is something that people can do and orders may ask for.
type Skill struct {
	Head
	Code string `db:"code" json:"code,omitempty"`
	Name string `db:"name" json:"name"`
	Findable
}

// SkillInput is what may be said about a skill.
type SkillInput struct {
	Edit
	Code string `json:"code,omitempty" maxLength:"40" doc:"Unique among skills; kept in capitals"`
	Name string `json:"name" minLength:"1" maxLength:"60" doc:"Unique among skills"`
}

func (in *SkillInput) clean() error {
	var c check
	c.name(&in.Name)
	c.code(&in.Code)
	return c.Err()
}

// keys of a skill name nobody: skills are the whole hospital's.
func (k *Skill) keys() identity.Keys { return identity.Keys{} }

func (k *Skill) indexKeys() []string { return flatKeys(k.Code, k.Name) }

func (k *Skill) put(in SkillInput) {
	k.Code, k.Name = in.Code, in.Name
	k.Findable = findable(in.Name, in.Code)
}

// PersonSkill says how well a person masters a skill.
type PersonSkill struct {
	SkillID string `db:"skill_id" json:"skillId" minLength:"1" maxLength:"64"`
	Level   int64  `db:"level" json:"level" minimum:"1" maximum:"3" doc:"1 can, 2 is good at it, 3 teaches it"`
}

// maxSkills is how many skills one person has at most.
const maxSkills = 100

func cleanSkills(list []PersonSkill) error {
	var c check
	seen := map[string]bool{}
	for _, k := range list {
		if k.SkillID == "" || seen[k.SkillID] {
			c.Add("skills", "bad_value")
		}
		seen[k.SkillID] = true
		c.between("skills", float64(k.Level), 1, 3)
	}
	if len(list) > maxSkills {
		c.Add("skills", "too_many_items", "max", maxSkills)
	}
	return c.Err()
}

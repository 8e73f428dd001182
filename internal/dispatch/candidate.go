package dispatch

import (
	"cmp"
	"slices"
	"strings"
)

// Candidate is a person who could do an order.
type Candidate struct {
	PersonID    string `json:"personId"`
	Name        string `json:"name"`
	OnDuty      bool   `json:"onDuty"`
	Able        bool   `json:"able" doc:"May see and work on the order; nobody else is given it automatically"`
	Lead        bool   `json:"lead" doc:"Leads the team"`
	Open        int64  `json:"open" doc:"Orders in hand that are not held"`
	Urgent      int64  `json:"urgent" doc:"Of these, of the highest priority"`
	Load        int64  `json:"load" doc:"Work points of the orders in hand"`
	Today       int64  `json:"today" doc:"Orders given to the person since midnight"`
	Had         bool   `json:"had" doc:"Had this order before"`
	Refused     bool   `json:"refused" doc:"Refused this order before"`
	PlaceName   string `json:"placeName,omitempty" doc:"Where the person was last known to be"`
	PlaceFrom   string `json:"placeFrom,omitempty" enum:",visit,check_in,duty" doc:"What tells so: the last visit, the check-in, or where the duty is"`
	WalkSeconds int64  `json:"walkSeconds" doc:"Way from there to the order's place; -1 when not known"`
	Score       int64  `json:"score" doc:"Sum of the parts; higher is better"`
	Why         []Part `json:"why" doc:"What the score is made of"`

	vendor bool             // of the vendor that the order's thing is under
	skills map[string]int64 // level by skill
	tags   []string         // equipment carried, folded
}

// Part is one reason for or against a candidate, with the fact behind it.
type Part struct {
	Code   string `json:"code" enum:"on_duty,free,load,urgent,had,lead,skill,skill_missing,distance,place_unknown,equipment,equipment_missing,vendor,fairness,refused"`
	Points int64  `json:"points"`
	N      int64  `json:"n,omitempty" doc:"How much: orders, work points, minutes, skills or tools"`
	Text   string `json:"text,omitempty" doc:"Which: names of skills, tools or a place"`
}

// Weights are the points of the reasons. What speaks against somebody is negative.
type Weights struct {
	Duty             int64 `json:"duty" minimum:"-1000" maximum:"1000" doc:"On duty"`
	Free             int64 `json:"free" minimum:"-1000" maximum:"1000" doc:"Nothing in hand"`
	Load             int64 `json:"load" minimum:"-1000" maximum:"1000" doc:"For each work point in hand"`
	Urgent           int64 `json:"urgent" minimum:"-1000" maximum:"1000" doc:"For each order of the highest priority in hand"`
	Had              int64 `json:"had" minimum:"-1000" maximum:"1000" doc:"Had the order before"`
	Lead             int64 `json:"lead" minimum:"-1000" maximum:"1000" doc:"Leads the team"`
	Skill            int64 `json:"skill" minimum:"-1000" maximum:"1000" doc:"For each level of a skill that is wanted"`
	SkillMissing     int64 `json:"skillMissing" minimum:"-1000" maximum:"1000" doc:"For each wanted skill that is missing"`
	Minute           int64 `json:"minute" minimum:"-1000" maximum:"1000" doc:"For each minute of the way"`
	MinutesMost      int64 `json:"minutesMost" minimum:"1" maximum:"600" doc:"Minutes beyond these count no more"`
	PlaceUnknown     int64 `json:"placeUnknown" minimum:"-1000" maximum:"1000" doc:"Where the person is, or the order's place, is not known"`
	Equipment        int64 `json:"equipment" minimum:"-1000" maximum:"1000" doc:"For each wanted tool that is carried"`
	EquipmentMissing int64 `json:"equipmentMissing" minimum:"-1000" maximum:"1000" doc:"For each wanted tool that is not carried"`
	Vendor           int64 `json:"vendor" minimum:"-1000" maximum:"1000" doc:"Of the vendor that the thing is under contract with"`
	Fairness         int64 `json:"fairness" minimum:"-1000" maximum:"1000" doc:"For each order had today"`
	Refused          int64 `json:"refused" minimum:"-1000" maximum:"1000" doc:"Refused the order before"`
}

// defaultWeights let duty outweigh any load that people really have; who has an order
// of the highest priority in hand is left to it; leads should lead, so they come
// after equal members. Who is not known to be anywhere counts as five minutes away, so
// that nobody gains by not being found.
func defaultWeights() Weights {
	return Weights{Duty: 100, Free: 20, Load: -4, Urgent: -30, Had: 15, Lead: -10, Skill: 8, SkillMissing: -40, Minute: -3, MinutesMost: 20, PlaceUnknown: -15,
		Equipment: 10, EquipmentMissing: -10, Vendor: 40, Fairness: -2, Refused: -80}
}

// want is what an order asks of the person who does it.
type want struct {
	skills []wantedSkill
	tools  []string // as the order names them
}

type wantedSkill struct {
	id, name string
	level    int64
}

// fold makes tags comparable however they were typed.
func fold(tag string) string { return strings.ToLower(strings.TrimSpace(tag)) }

// rank fills in the scores and sorts the best first; equals stand by name.
func rank(list []Candidate, wants want, w Weights) {
	for i := range list {
		list[i].weigh(wants, w)
	}
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name), cmp.Compare(a.PersonID, b.PersonID))
	})
}

// weigh makes the score and its parts out of what the candidate shows.
func (c *Candidate) weigh(wants want, w Weights) {
	c.Score, c.Why = 0, make([]Part, 0, 10)
	if c.OnDuty {
		c.add("on_duty", w.Duty, 0, "")
	}
	c.weighSkills(wants, w)
	c.weighWay(w)
	if c.Open == 0 {
		c.add("free", w.Free, 0, "")
	}
	c.add("load", w.Load*c.Load, c.Load, "")
	c.add("urgent", w.Urgent*c.Urgent, c.Urgent, "")
	c.weighTools(wants, w)
	if c.vendor {
		c.add("vendor", w.Vendor, 0, "")
	}
	c.add("fairness", w.Fairness*c.Today, c.Today, "")
	if c.Refused {
		c.add("refused", w.Refused, 0, "")
	} else if c.Had {
		c.add("had", w.Had, 0, "")
	}
	if c.Lead {
		c.add("lead", w.Lead, 0, "")
	}
}

func (c *Candidate) add(code string, points, n int64, words string) {
	if points != 0 {
		c.Why = append(c.Why, Part{code, points, n, words})
		c.Score += points
	}
}

func (c *Candidate) weighSkills(wants want, w Weights) {
	var levels, missing int64
	var has, lacks []string
	for _, s := range wants.skills {
		if l := c.skills[s.id]; l >= s.level && l > 0 {
			levels += l
			has = append(has, s.name)
		} else {
			missing++
			lacks = append(lacks, s.name)
		}
	}
	if levels > 0 {
		c.add("skill", w.Skill*levels, int64(len(has)), strings.Join(has, "、"))
	}
	if missing > 0 {
		c.add("skill_missing", w.SkillMissing*missing, missing, strings.Join(lacks, "、"))
	}
}

func (c *Candidate) weighWay(w Weights) {
	if c.WalkSeconds < 0 { // said, though it counts nothing
		c.Why = append(c.Why, Part{Code: "place_unknown", Points: w.PlaceUnknown})
		c.Score += w.PlaceUnknown
		return
	}
	minutes := (c.WalkSeconds + 59) / 60
	c.add("distance", w.Minute*min(minutes, w.MinutesMost), minutes, c.PlaceName)
}

func (c *Candidate) weighTools(wants want, w Weights) {
	var has, lacks []string
	for _, tool := range wants.tools {
		if slices.Contains(c.tags, fold(tool)) {
			has = append(has, tool)
		} else {
			lacks = append(lacks, tool)
		}
	}
	c.add("equipment", w.Equipment*int64(len(has)), int64(len(has)), strings.Join(has, "、"))
	c.add("equipment_missing", w.EquipmentMissing*int64(len(lacks)), int64(len(lacks)), strings.Join(lacks, "、"))
}

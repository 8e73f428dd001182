package dispatch

import (
	"cmp"
	"slices"
)

// Candidate is a person who could do an order.
type Candidate struct {
	PersonID string `json:"personId"`
	Name     string `json:"name"`
	OnDuty   bool   `json:"onDuty"`
	Lead     bool   `json:"lead" doc:"Leads the team"`
	Open     int64  `json:"open" doc:"Orders in hand that are not held"`
	Urgent   int64  `json:"urgent" doc:"Of these, of the highest priority"`
	Had      bool   `json:"had" doc:"Had this order before"`
	Score    int64  `json:"score" doc:"Sum of the parts; higher is better"`
	Why      []Part `json:"why" doc:"What the score is made of"`
}

// Part is one reason for or against a candidate.
type Part struct {
	Code   string `json:"code" enum:"on_duty,free,load,urgent,had,lead"`
	Points int64  `json:"points"`
}

// Points of the reasons. Being on duty outweighs any load that people really have;
// who has an order of the highest priority in hand is left to it.
const (
	dutyPoints   = 100
	freePoints   = 20
	loadPoints   = -5
	urgentPoints = -30
	hadPoints    = 15
	leadPoints   = -10 // leads should lead; they come after equal members
)

// rank fills in the scores and sorts the best first; equals stand by name.
func rank(list []Candidate) {
	for i := range list {
		c := &list[i]
		add := func(code string, points int64) {
			if points != 0 {
				c.Why = append(c.Why, Part{code, points})
				c.Score += points
			}
		}
		c.Score, c.Why = 0, []Part{}
		if c.OnDuty {
			add("on_duty", dutyPoints)
		}
		if c.Open == 0 {
			add("free", freePoints)
		}
		add("load", loadPoints*c.Open)
		add("urgent", urgentPoints*c.Urgent)
		if c.Had {
			add("had", hadPoints)
		}
		if c.Lead {
			add("lead", leadPoints)
		}
	}
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name), cmp.Compare(a.PersonID, b.PersonID))
	})
}

package dispatch

import "testing"

func TestRank(t *testing.T) {
	list := []Candidate{
		{PersonID: "off", Name: "丁", OnDuty: false},
		{PersonID: "busy", Name: "丙", OnDuty: true, Open: 4},
		{PersonID: "urgent", Name: "乙", OnDuty: true, Open: 1, Urgent: 1},
		{PersonID: "lead", Name: "戊", OnDuty: true, Lead: true},
		{PersonID: "free", Name: "甲", OnDuty: true},
		{PersonID: "had", Name: "己", OnDuty: true, Open: 1, Had: true},
	}
	rank(list)
	want := []string{"free", "had", "lead", "busy", "urgent", "off"}
	for i, id := range want {
		if list[i].PersonID != id {
			t.Fatalf("place %d is %s (%d), want %s", i, list[i].PersonID, list[i].Score, id)
		}
	}
	for _, c := range list {
		var sum int64
		for _, p := range c.Why {
			sum += p.Points
		}
		if sum != c.Score {
			t.Errorf("%s: parts make %d, score is %d", c.PersonID, sum, c.Score)
		}
	}
}

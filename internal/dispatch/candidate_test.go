package dispatch

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRank(t *testing.T) {
	list := []Candidate{
		{PersonID: "off", Name: "丁", OnDuty: false},
		{PersonID: "busy", Name: "丙", OnDuty: true, Open: 4, Load: 12},
		{PersonID: "urgent", Name: "乙", OnDuty: true, Open: 1, Load: 8, Urgent: 1},
		{PersonID: "lead", Name: "戊", OnDuty: true, Lead: true},
		{PersonID: "free", Name: "甲", OnDuty: true},
		{PersonID: "had", Name: "己", OnDuty: true, Open: 1, Load: 3, Had: true},
		{PersonID: "refused", Name: "庚", OnDuty: true, Had: true, Refused: true},
	}
	rank(list, want{}, defaultWeights())
	for i, id := range []string{"free", "lead", "had", "busy", "refused", "urgent", "off"} {
		if list[i].PersonID != id {
			t.Fatalf("place %d is %s (%d), want %s", i, list[i].PersonID, list[i].Score, id)
		}
	}
}

// Each fact moves the score the way it should, and says so.
func TestEachFactCounts(t *testing.T) {
	wants := want{skills: []wantedSkill{{"net", "网络", 2}, {"hw", "硬件", 1}}, tools: []string{"万用表", "Ladder"}}
	plain := func() Candidate { return Candidate{PersonID: "p", OnDuty: true, Open: 1, Load: 3, WalkSeconds: 60} }
	base := plain()
	base.weigh(wants, defaultWeights())
	for _, c := range []struct {
		name   string
		change func(*Candidate)
		better bool
		code   string
		text   string
	}{
		{"skill", func(c *Candidate) { c.skills = map[string]int64{"net": 2} }, true, "skill", "网络"},
		{"skill of too low a level", func(c *Candidate) { c.skills = map[string]int64{"net": 1, "hw": 1} }, true, "skill", "硬件"},
		{"far away", func(c *Candidate) { c.WalkSeconds, c.PlaceName = 601, "外科楼" }, false, "distance", "外科楼"},
		{"more points in hand", func(c *Candidate) { c.Load = 9 }, false, "load", ""},
		{"an urgent one in hand", func(c *Candidate) { c.Urgent = 1 }, false, "urgent", ""},
		{"free", func(c *Candidate) { c.Open, c.Load = 0, 0 }, true, "free", ""},
		{"tool", func(c *Candidate) { c.tags = []string{"ladder"} }, true, "equipment", "Ladder"},
		{"vendor", func(c *Candidate) { c.vendor = true }, true, "vendor", ""},
		{"many today", func(c *Candidate) { c.Today = 6 }, false, "fairness", ""},
		{"refused", func(c *Candidate) { c.Refused = true }, false, "refused", ""},
		{"had", func(c *Candidate) { c.Had = true }, true, "had", ""},
		{"lead", func(c *Candidate) { c.Lead = true }, false, "lead", ""},
		{"off duty", func(c *Candidate) { c.OnDuty = false }, false, "", ""},
	} {
		one := plain()
		c.change(&one)
		one.weigh(wants, defaultWeights())
		if (one.Score > base.Score) != c.better || one.Score == base.Score {
			t.Errorf("%s: %d against %d", c.name, one.Score, base.Score)
		}
		found := c.code == ""
		for _, p := range one.Why {
			found = found || p.Code == c.code && p.Text == c.text
		}
		if !found {
			t.Errorf("%s is not told: %+v", c.name, one.Why)
		}
	}
}

// The parts make the score, whatever the facts and the weights.
func TestPartsMakeTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string, low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, name) }
		w := Weights{n("w", -99, 99), n("w", -99, 99), n("w", -99, 99), n("w", -99, 99), n("w", -99, 99), n("w", -99, 99), n("w", -99, 99), n("w", -99, 99),
			n("w", -99, 99), n("w", 1, 60), n("w", -99, 99), n("w", -99, 99), n("w", -99, 99), n("w", -99, 99), n("w", -99, 99), n("w", -99, 99)}
		c := Candidate{OnDuty: n("b", 0, 1) == 1, Lead: n("b", 0, 1) == 1, Had: n("b", 0, 1) == 1, Refused: n("b", 0, 1) == 1, vendor: n("b", 0, 1) == 1,
			Open: n("open", 0, 9), Load: n("load", 0, 40), Urgent: n("urgent", 0, 3), Today: n("today", 0, 30), WalkSeconds: n("walk", -1, 5000),
			skills: map[string]int64{"a": n("a", 0, 3), "b": n("b", 0, 3)}, tags: []string{"x"}}
		c.weigh(want{skills: []wantedSkill{{"a", "甲", 1}, {"b", "乙", 2}}, tools: []string{"X", "y"}}, w)
		var sum int64
		for _, p := range c.Why {
			sum += p.Points
		}
		if sum != c.Score {
			t.Fatalf("parts make %d, score is %d", sum, c.Score)
		}
	})
}

func crowd(n int) ([]Candidate, want) {
	wants := want{skills: []wantedSkill{{"a", "网络", 1}, {"b", "硬件", 2}, {"c", "电", 1}}, tools: []string{"万用表", "梯子"}}
	list := make([]Candidate, n)
	for i := range list {
		k := int64(i)
		list[i] = Candidate{PersonID: fmt.Sprint(i), Name: fmt.Sprintf("张%d", i%97), OnDuty: i%3 > 0, Able: true, Open: k % 5, Load: k % 17, Today: k % 11,
			WalkSeconds: k * 7 % 900, PlaceName: "外科楼", Had: i%13 == 0, Lead: i%50 == 0,
			skills: map[string]int64{"a": k % 4, "b": k % 3}, tags: []string{"梯子"}}
	}
	return list, wants
}

func BenchmarkRank500(b *testing.B) {
	list, wants := crowd(500)
	for b.Loop() {
		rank(list, wants, defaultWeights())
	}
}

func TestRank500IsQuick(t *testing.T) {
	best := time.Hour
	for range 5 {
		list, wants := crowd(500)
		begin := time.Now()
		rank(list, wants, defaultWeights())
		best = min(best, time.Since(begin))
	}
	if best > 5*time.Millisecond {
		t.Errorf("500 candidates took %v", best)
	}
}

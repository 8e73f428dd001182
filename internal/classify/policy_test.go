package classify

import (
	"strings"
	"testing"

	"wardline/internal/catalog"
	"wardline/internal/workorder"
)

func TestTheShippedPolicy(t *testing.T) {
	rules, err := starterPolicy()
	if err != nil {
		t.Fatal(err)
	}
	at := func(code string, mode catalog.Mode, more ...func(*scene)) *scene {
		s := &scene{Scene: workorder.Scene{ItemCode: code, ItemMode: mode, PlaceClass: "ward"}, repeats: 1}
		for _, f := range more {
			f(s)
		}
		return s
	}
	outpatient := func(s *scene) { s.PlaceClass = "outpatient" }
	for name, c := range map[string]struct {
		scene *scene
		want  workorder.Mode
		part  string
	}{
		"network outlet on a ward":        {at("NET01", catalog.RemoteThenOnsite), workorder.Remote, "先远程"},
		"the same, third in a week":       {at("NET01", catalog.RemoteThenOnsite, func(s *scene) { s.repeats = 3 }), workorder.Onsite, "第三次"},
		"the same, guidance failed":       {at("NET01", catalog.RemoteThenOnsite, func(s *scene) { s.failed = true }), workorder.Onsite, "远程指导失败"},
		"the same, anxious":               {at("NET01", catalog.RemoteThenOnsite, func(s *scene) { s.Anxious = true }), workorder.Onsite, "着急"},
		"the same in the outpatient hall": {at("NET01", catalog.RemoteThenOnsite, outpatient), workorder.Onsite, "纠纷"},
		"hardware":                        {at("HW03", catalog.RemoteThenOnsite), workorder.Onsite, "硬件"},
		"a password in the outpatient":    {at("SW06", catalog.RemoteFirst, outpatient), workorder.Remote, "配置"},
		"everything is down":              {at("SW11", catalog.Onsite), workorder.Onsite, "应急预案"},
		"a leak":                          {at("MW01", catalog.Onsite), workorder.Onsite, "其余"},
	} {
		got, ok := decide(rules, c.scene)
		if !ok || got.Mode != c.want || !strings.Contains(got.NameZh, c.part) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAPolicyWithoutARuleThatFitsSaysNothing(t *testing.T) {
	rules := []PolicyRule{{NameZh: "甲", Mode: workorder.Onsite, Active: true, When: PolicyWhen{Words: []string{"冒烟"}, Priorities: []string{"P1"}}}}
	s := &scene{Scene: workorder.Scene{Words: "冒 烟了", Priority: "P2"}}
	if _, ok := decide(rules, s); ok {
		t.Error("all conditions must hold")
	}
	s.Priority = "P1"
	if _, ok := decide(rules, s); !ok {
		t.Error("both hold now")
	}
	rules[0].Active = false
	if _, ok := decide(rules, s); ok {
		t.Error("it is switched off")
	}
}

func TestPoliciesThatCannotBeKept(t *testing.T) {
	for field, r := range map[string]PolicyRule{
		"items[0].nameZh":            {Mode: workorder.Remote},
		"items[0].mode":              {NameZh: "x"},
		"items[0].when.placeClasses": {NameZh: "x", Mode: workorder.Remote, When: PolicyWhen{PlaceClasses: []string{"moon"}}},
		"items[0].when.items":        {NameZh: "x", Mode: workorder.Remote, When: PolicyWhen{Items: []string{strings.Repeat("X", 50)}}},
	} {
		if err := checkPolicy([]PolicyRule{r}); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if checkPolicy([]PolicyRule{{NameZh: "x", Mode: workorder.Remote, When: PolicyWhen{Failed: true}}}) == nil {
		t.Error("what failed remotely must not be sent back to remote")
	}
}

func TestGuidanceFollowsTheScript(t *testing.T) {
	scripts, err := starterScripts(1)
	if err != nil || len(scripts) < 10 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	s := scripts[0]
	g, err := s.guidance(Attempt{Outcome: workorder.GuideSolved, Steps: []Tried{{Key: "port", Outcome: "skipped"}, {Key: "replug", Outcome: "done"}}})
	if err != nil || g.Steps[1].TextZh != s.Steps[1].TextZh || !strings.Contains(g.Remedy, "网线两头") {
		t.Fatalf("%+v, %v", g, err)
	}
	for name, a := range map[string]Attempt{
		"an unknown step":   {Outcome: "failed", Steps: []Tried{{Key: "moon", Outcome: "done"}}},
		"a step twice":      {Outcome: "failed", Steps: []Tried{{Key: "port", Outcome: "done"}, {Key: "port", Outcome: "failed"}}},
		"solved by nothing": {Outcome: "solved", Steps: []Tried{{Key: "port", Outcome: "failed"}}},
	} {
		if _, err := s.guidance(a); err == nil {
			t.Error(name + " was taken")
		}
	}
}

func TestAProblemIsClosedWithCauseAndAction(t *testing.T) {
	p := Problem{Version: 1}
	if p.find(Finding{Close: true, Cause: "老化"}, "王", 5) == nil {
		t.Error("without an action")
	}
	p = Problem{Version: 1}
	if err := p.find(Finding{Version: 1, Close: true, Cause: "搓纸轮老化", Action: "整批更换"}, "王", 5); err != nil || p.ClosedAt != 5 || p.Version != 2 {
		t.Fatalf("%+v %v", p, err)
	}
	if p.find(Finding{Cause: "x"}, "王", 6) == nil {
		t.Error("it is closed")
	}
}

package dispatch_test

import (
	"testing"

	"wardline/internal/dispatch"
	"wardline/internal/org"
	"wardline/internal/workorder"
)

// What is stored about people and items shows in the candidates.
func TestCandidatesShowWhatIsStored(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.ctx("admin")
		skill, err := h.org.SaveSkill(admin, "", org.SkillInput{Name: "网络"})
		h.must(err)
		h.must(h.org.SetPersonSkills(admin, h.ids["li"], []org.PersonSkill{{SkillID: skill.ID, Level: 2}}))
		_, err = h.chooser.SaveItem(admin, dispatch.ItemWants{ItemID: h.item, Skills: []dispatch.SkillWant{{SkillID: skill.ID, Level: 2}}, Points: 7})
		h.must(err)
		_, err = h.chooser.SaveKit(admin, dispatch.Kit{PersonID: h.ids["zhao"], Tags: []string{" 光功率计 ", "光功率计", "Ladder"}})
		h.must(err)
		h.visit(h.order(2, "P3"), "wang")
		busy := h.order(0, "P3")
		_, err = h.orders.Dispatch(h.ctx("agent"), busy.ID, workorder.Assignment{TeamID: h.team, AssigneeID: h.ids["wang"]}, workorder.Meta{})
		h.must(err)
		o := h.order(0, "P3", func(r *workorder.Report) { r.AidTools = []string{"光功率计"} })
		list, err := h.chooser.Candidates(h.ctx("agent"), o.ID, "")
		h.must(err)
		if len(list) != 5 || list[0].PersonID != h.ids["li"] {
			t.Fatalf("%+v", list)
		}
		points := map[string]map[string]dispatch.Part{}
		for _, c := range list {
			points[h.name(c.PersonID)] = map[string]dispatch.Part{}
			for _, p := range c.Why {
				points[h.name(c.PersonID)][p.Code] = p
			}
			if c.Able == (h.name(c.PersonID) == "intern") {
				t.Errorf("%s: able is %v", c.Name, c.Able)
			}
		}
		for _, want := range []struct {
			who string
			p   dispatch.Part
		}{
			{"li", dispatch.Part{Code: "skill", Points: 16, N: 1, Text: "网络"}}, {"wang", dispatch.Part{Code: "skill_missing", Points: -40, N: 1, Text: "网络"}},
			{"wang", dispatch.Part{Code: "distance", Points: -9, N: 3, Text: "本部/外科楼/4层/401"}}, {"wang", dispatch.Part{Code: "load", Points: -28, N: 7}},
			{"wang", dispatch.Part{Code: "fairness", Points: -4, N: 2}}, {"zhao", dispatch.Part{Code: "equipment", Points: 10, N: 1, Text: "光功率计"}},
			{"li", dispatch.Part{Code: "equipment_missing", Points: -10, N: 1, Text: "光功率计"}}, {"li", dispatch.Part{Code: "place_unknown", Points: -15}},
		} {
			if got := points[want.who][want.p.Code]; got != want.p {
				t.Errorf("%s: %+v, want %+v", want.who, got, want.p)
			}
		}
	})
}

// Who may not dispatch the order learns nothing of the people.
func TestCandidatesAreForDispatchers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.order(0, "P3")
		for who, want := range map[string]string{"wang": "forbidden", "stranger": "not_found", "intern": "not_found"} {
			if _, err := h.chooser.Candidates(h.ctx(who), o.ID, ""); code(err) != want {
				t.Errorf("%s: %v", who, err)
			}
		}
		if _, err := h.chooser.Candidates(h.ctx("lead"), o.ID, h.other); code(err) != "not_found" {
			t.Errorf("a lead asks about another team: %v", err)
		}
	})
}

func TestSettingsKeepTheirVersions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.ctx("admin")
		setup, err := h.chooser.Setup(admin)
		h.must(err)
		in := setup.Settings.Body
		in.Weights.Vendor = 77
		saved, err := h.chooser.SaveSettings(admin, in, 0)
		h.must(err)
		if saved.Version != 1 || saved.ByName != "admin" {
			t.Fatalf("%+v", saved)
		}
		if _, err := h.chooser.SaveSettings(admin, in, 0); code(err) != "conflict" {
			t.Errorf("saved over another: %v", err)
		}
		in.Travel.Links = []dispatch.Link{{From: "a", To: "b", Minutes: 3}, {From: "b", To: "a", Minutes: 4}}
		if _, err := h.chooser.SaveSettings(admin, in, 1); code(err) != "links:dispatch.bad_link" {
			t.Errorf("the same way twice: %v", err)
		}
		in.Travel.Links = in.Travel.Links[:1]
		_, err = h.chooser.SaveSettings(admin, in, 1)
		h.must(err)
		history, err := h.chooser.SettingsHistory(admin)
		h.must(err)
		if len(history) != 2 || history[0].Version != 2 || history[1].Body.Weights.Vendor != 77 || len(history[1].Body.Travel.Links) != 0 {
			t.Fatalf("%+v", history)
		}
		for _, who := range []string{"agent", "lead", "wang"} {
			if _, err := h.chooser.Setup(h.ctx(who)); code(err) != "forbidden" {
				t.Errorf("%s reads the settings: %v", who, err)
			}
			if _, err := h.chooser.SaveSettings(h.ctx(who), in, 2); code(err) != "forbidden" {
				t.Errorf("%s saves the settings: %v", who, err)
			}
		}
	})
}

func TestWhatIsSavedIsChecked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.ctx("admin")
		m := h.mode(dispatch.ModeInput{Mode: dispatch.Automatic})
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"a pool without a countdown": {second(h.chooser.SaveMode(admin, "", 0, dispatch.ModeInput{Mode: dispatch.ByPool})), "countdown:too_small"},
			"an unknown team":            {second(h.chooser.SaveMode(admin, "", 0, dispatch.ModeInput{Mode: dispatch.Manual, TeamID: "x"})), "teamId:unknown_reference"},
			"an old version":             {second(h.chooser.SaveMode(admin, m.ID, 9, dispatch.ModeInput{Mode: dispatch.Manual})), "conflict"},
			"an unknown skill":           {second(h.chooser.SaveItem(admin, dispatch.ItemWants{ItemID: h.item, Skills: []dispatch.SkillWant{{SkillID: "x", Level: 1}}})), "skills:unknown_reference"},
			"an unknown item":            {second(h.chooser.SaveItem(admin, dispatch.ItemWants{ItemID: "x"})), "itemId:unknown_reference"},
			"an unknown person":          {second(h.chooser.SaveKit(admin, dispatch.Kit{PersonID: "x"})), "personId:unknown_reference"},
			"removing an old version":    {h.chooser.RemoveMode(admin, m.ID, 3), "conflict"},
		} {
			if code(c.err) != c.want {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		_, err := h.chooser.SaveMode(admin, m.ID, 1, dispatch.ModeInput{Mode: dispatch.Manual})
		h.must(err)
		h.must(h.chooser.RemoveMode(admin, m.ID, 2))
		if setup, err := h.chooser.Setup(admin); err != nil || len(setup.Modes) != 0 {
			t.Errorf("%+v %v", setup.Modes, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Both orders want li most, the second one far more: only both together show it.
func TestABatchIsBetterThanOneByOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.onDuty("wang", "li", "intern")
		_, err := h.chooser.SaveKit(h.ctx("admin"), dispatch.Kit{PersonID: h.ids["li"], Tags: []string{"ladder", "mask"}})
		h.must(err)
		wants := func(tools ...string) func(*workorder.Report) {
			return func(r *workorder.Report) { r.AidTools = tools }
		}
		down, up := h.order(3, "P3", wants("ladder")), h.order(2, "P3", wants("ladder", "mask"))
		p, err := h.chooser.Propose(h.ctx("lead"), h.team)
		h.must(err)
		if p.Waiting != 2 || p.Free != 2 || p.Best.Placed != 2 || p.Greedy.Placed != 2 || p.Gain != 20 || p.Best.Score-p.Greedy.Score != 20 {
			t.Fatalf("%+v", p)
		}
		if p.Pairs[0].OrderID != down.ID || p.Pairs[0].GreedyName != "li" || p.Pairs[0].Who.Name != "wang" {
			t.Fatalf("%+v", p.Pairs[0])
		}
		var list []dispatch.Choice
		for _, pair := range p.Pairs {
			list = append(list, dispatch.Choice{OrderID: pair.OrderID, PersonID: pair.Who.PersonID, Version: pair.Version})
		}
		_, err = h.orders.Urge(h.ctx("agent"), down.ID, "快点", workorder.Meta{}) // it is not as it was proposed any more
		h.must(err)
		out, err := h.chooser.Apply(h.ctx("lead"), h.team, list, "k1")
		h.must(err)
		done := map[string]dispatch.Outcome{}
		for _, o := range out {
			done[o.OrderID] = o
		}
		if !done[up.ID].Done || done[down.ID].Done || done[down.ID].Code != "conflict" {
			t.Fatalf("%+v", out)
		}
		h.has(up, "li")
		h.has(down, "")
		if _, err := h.chooser.Apply(h.ctx("lead"), h.team, append(list, list[0]), ""); code(err) != "pairs:dispatch.twice" {
			t.Errorf("an order for two: %v", err)
		}
	})
}

// A batch shows and does no more than its asker may.
func TestABatchKeepsToTheScope(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.order(0, "P3")
		p, err := h.chooser.Propose(h.ctx("stranger"), h.team)
		h.must(err)
		if len(p.Pairs) != 0 || p.Waiting != 0 || p.Free != 0 {
			t.Errorf("a lead of another team sees %+v", p)
		}
		if _, err := h.chooser.Propose(h.ctx("wang"), h.team); code(err) != "forbidden" {
			t.Errorf("an engineer: %v", err)
		}
		out, err := h.chooser.Apply(h.ctx("stranger"), h.other, []dispatch.Choice{{OrderID: o.ID, PersonID: h.ids["stranger"], Version: o.Version}}, "")
		h.must(err)
		if out[0].Done || out[0].Code != "not_found" {
			t.Errorf("%+v", out)
		}
		out, err = h.chooser.Apply(h.ctx("lead"), h.team, []dispatch.Choice{{OrderID: o.ID, PersonID: h.ids["stranger"], Version: o.Version}}, "")
		h.must(err)
		if out[0].Done || out[0].Code != "order.bad_assignee" {
			t.Errorf("somebody of another team: %+v", out)
		}
	})
}

package app_test

import (
	"testing"

	"wardline/internal/automation"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/sla"
	"wardline/internal/workorder"
)

func fieldOf(err error) string {
	f, ok := fault.Of(err)
	if !ok || len(f.Fields) == 0 {
		return fault.CodeOf(err)
	}
	return f.Fields[0].Field + ":" + f.Fields[0].Code
}

// A rule cannot be saved that names what is not there or has left.
func TestRulesNameWhatIsThere(t *testing.T) {
	h := build(t, db.SQLite)
	rule := func(a automation.Action) error {
		_, err := h.Rules.Save(h.system(), "", 0, automation.Definition{NameZh: "试", NameEn: "try",
			Trigger: automation.Trigger{Kind: automation.OnEvent, Events: []workorder.Kind{workorder.KindClose}}, Actions: []automation.Action{{Kind: automation.Note, Text: "x"}, a}}, "", "")
		return err
	}
	for what, c := range map[string]struct {
		a    automation.Action
		want string
	}{
		"an unknown team":   {automation.Action{Kind: automation.Pool, TeamID: absent}, "actions[1].teamId:unknown_reference"},
		"an unknown person": {automation.Action{Kind: automation.Tell, To: []string{automation.ToPerson}, PersonID: absent, Text: "x"}, "actions[1].personId:unknown_reference"},
		"an unknown item":   {automation.Action{Kind: automation.Create, ItemID: absent}, "actions[1].itemId:unknown_reference"},
		"a team":            {automation.Action{Kind: automation.Pool, TeamID: h.crew}, ""},
		"a person":          {automation.Action{Kind: automation.Tell, To: []string{automation.ToPerson}, PersonID: h.id("mate"), Text: "x"}, ""},
		"an item":           {automation.Action{Kind: automation.Create, ItemID: h.item}, ""},
	} {
		if err := rule(c.a); err == nil && c.want != "" || err != nil && fieldOf(err) != c.want {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	team, no := must2(h.Org.GetTeam(h.system(), h.crew))(t), false
	must2(h.Org.SaveTeam(h.system(), h.crew, org.TeamInput{Edit: org.Edit{Version: team.Version, Active: &no}, Name: team.Name, Kind: team.Kind, Pool: team.Pool}))(t)
	if err := rule(automation.Action{Kind: automation.Pool, TeamID: h.crew}); err == nil || fieldOf(err) != "actions[1].teamId:unknown_reference" {
		t.Errorf("a team that is not active any more: %v", err)
	}
}

// Managers and auditors read rules and change none.
func TestManagersAndAuditorsReadRules(t *testing.T) {
	h := build(t, db.SQLite)
	rule := "/api/v1/rules/" + h.id("a rule")
	for _, role := range []string{"manager", "auditor"} {
		h.grant(h.me, identity.GrantSpec{RoleID: role, ScopeKind: identity.ScopeAll})
		for path, want := range map[string]int{"/api/v1/rules": 200, rule: 200, rule + "/versions": 200, "/api/v1/rules/firings": 200, rule + "/webhook-key": 403} {
			if r := h.do(h.viewer, "GET", path, nil); r.status != want {
				t.Errorf("%s as %s: %d, want %d", path, role, r.status, want)
			}
		}
		if r := h.do(h.viewer, "POST", rule+"/switch", map[string]any{"on": false}); r.status != 403 {
			t.Errorf("%s switches a rule: %d", role, r.status)
		}
	}
}

// A calendar that a team or an open order counts by stays.
func TestCalendarsInUseStay(t *testing.T) {
	h := build(t, db.SQLite)
	add := func(id string) int64 {
		t.Helper()
		now := must2(h.Clocks.Settings(h.system()))(t)
		var work sla.Named
		for _, c := range now.Calendars {
			if c.ID == sla.WorkingHours {
				work = c
			}
		}
		work.ID, work.Name, work.CampusID = id, id, ""
		return must2(h.Clocks.SaveCalendar(h.system(), now.Stamp, work))(t).Stamp
	}
	refused := func(id string, stamp int64) {
		t.Helper()
		if _, err := h.Clocks.RemoveCalendar(h.system(), stamp, id); err == nil || fault.CodeOf(err) != "sla.calendar_named" {
			t.Fatalf("%s is in use: %v", id, err)
		}
	}
	stamp := add("lab")
	team := must2(h.Org.GetTeam(h.system(), h.crew))(t)
	must2(h.Org.SaveTeam(h.system(), h.crew, org.TeamInput{Edit: org.Edit{Version: team.Version}, Name: team.Name, Kind: team.Kind, Pool: team.Pool, Calendar: "lab"}))(t)
	refused("lab", stamp)
	stamp = add("free")
	must2(h.Clocks.RemoveCalendar(h.system(), stamp, "free"))(t)
	if err := h.DB.Write(h.system(), func(tx *db.Tx) error {
		_, err := db.Exec(h.system(), tx, `UPDATE workorder SET limits = '{"respond":1,"arrive":1,"finish":1,"calendar":"night"}' WHERE id = $1`, h.id("ward order"))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	refused("night", add("night"))
}

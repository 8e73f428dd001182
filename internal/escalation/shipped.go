package escalation

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// Shipped is a ladder that comes with the program.
type Shipped struct {
	Code string
	On   bool
	Body Definition
}

// ShippedLadders returns the ladders that come with the program. That a limit is about to
// end and has ended is told by the program itself; they begin where that did not help.
func ShippedLadders() []Shipped {
	late := func(c string, minutes int, text string, s Step) Step {
		s.When, s.Clock, s.Minutes, s.Text = AtClock, c, minutes, text
		return s
	}
	waits := func(in workorder.Status, minutes int, text string, s Step) Step {
		s.When, s.Status, s.Minutes, s.Text = InStatus, in, minutes, text
		return s
	}
	urged := func(n int, text string, s Step) Step {
		s.When, s.Urges, s.Text = Urged, n, text
		return s
	}
	leads, leadsAgents := []string{ToLeads}, []string{ToLeads, ToAgents}
	out := []Shipped{
		{"standard", true, Definition{NameZh: "标准提醒阶梯", NameEn: "Standard ladder", Steps: []Step{
			waits(workorder.Queued, 30, "30 分钟未派单", Step{To: leadsAgents, Every: 30, Times: 3}),
			waits(workorder.Pooled, 20, "20 分钟无人抢单", Step{To: leadsAgents, Every: 20, Times: 3}),
			late(workorder.ClockRespond, 10, "响应超时 10 分钟", Step{To: leads, Every: 15, Times: 3}),
			late(workorder.ClockArrive, 15, "到场超时 15 分钟", Step{To: []string{ToAssignee, ToLeads}, Every: 30, Times: 3}),
			late(workorder.ClockFinish, 30, "完成超时 30 分钟", Step{To: []string{ToAssignee, ToLeads}, Escalate: true, Every: 60, Times: 5}),
			late(workorder.ClockFinish, 240, "完成超时 4 小时", Step{To: []string{ToLeads, ToAgents, ToWatcher}, Every: 240, Times: 3}),
			urged(3, "已被催单 3 次", Step{To: leads, Urgent: true, Escalate: true}),
			urged(5, "已被催单 5 次", Step{To: leadsAgents, Urgent: true}),
		}}},
		{"urgent", true, Definition{NameZh: "紧急工单提醒阶梯", NameEn: "Ladder for urgent orders", Priorities: []string{"P1", "T0"}, Steps: []Step{
			waits(workorder.Reported, 2, "紧急工单 2 分钟未受理", Step{To: []string{ToAgents}, Urgent: true, Every: 2, Times: 5}),
			waits(workorder.Queued, 3, "紧急工单 3 分钟未派单", Step{To: leadsAgents, Urgent: true, Every: 3, Times: 5}),
			waits(workorder.Pooled, 3, "紧急工单 3 分钟无人抢单", Step{To: leadsAgents, Urgent: true, Every: 3, Times: 5}),
			waits(workorder.Assigned, 3, "紧急工单 3 分钟未接单", Step{To: leads, Urgent: true, Every: 3, Times: 5}),
			late(workorder.ClockRespond, 5, "响应超时 5 分钟", Step{To: leadsAgents, Urgent: true, Every: 5, Times: 4}),
			late(workorder.ClockArrive, 5, "到场超时 5 分钟", Step{To: leadsAgents, Urgent: true, Every: 10, Times: 4}),
			late(workorder.ClockFinish, 10, "完成超时 10 分钟", Step{To: []string{ToAssignee, ToLeads, ToAgents}, Urgent: true, Escalate: true, Every: 15, Times: 8}),
			late(workorder.ClockFinish, 60, "完成超时 1 小时", Step{To: []string{ToLeads, ToRole}, RoleID: managerRole, Urgent: true, Every: 60, Times: 4}),
			urged(1, "紧急工单被催单", Step{To: leads, Urgent: true}),
			urged(3, "紧急工单已被催单 3 次", Step{To: []string{ToLeads, ToAgents, ToRole}, RoleID: managerRole, Urgent: true, Escalate: true}),
		}}},
		{"unattended", false, Definition{NameZh: "临期提前提醒(示例)", NameEn: "Early warning (example)", Priorities: []string{"P3", "P4"}, Steps: []Step{
			late(workorder.ClockFinish, -120, "距完成时限 2 小时", Step{To: []string{ToAssignee}}),
			late(workorder.ClockFinish, 0, "完成时限已到", Step{To: []string{ToAssignee, ToLeads}, Every: 60, Times: 5}),
			{When: Reported, Minutes: 24 * 60, Text: "报修已满 24 小时", To: leads},
			urged(3, "已被催单 3 次", Step{To: leads, Urgent: true, Escalate: true}),
		}}},
	}
	for i := range out {
		for j := range out[i].Body.Steps {
			out[i].Body.Steps[j].ID = out[i].Code + "-" + itoa(j+1)
		}
	}
	return out
}

// Ensure adds the shipped ladders and the settings that are missing. One that the
// hospital has changed or switched stays as it is.
func (s *Service) Ensure(ctx context.Context) error {
	who := identity.System(actorName)
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		now := s.Clock.Now()
		if err := firstSettings(ctx, tx, &SettingRow{ID: settingID, Body: defaults(), Since: now, Version: 1, UpdatedAt: now}); err != nil {
			return err
		}
		have, err := ladders(ctx, tx, false)
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, l := range have {
			known[l.Code] = true
		}
		for _, sh := range ShippedLadders() {
			if known[sh.Code] {
				continue
			}
			l := Ladder{ID: id.New(), Code: sh.Code, On: sh.On, Version: 1, Body: sh.Body, UpdatedAt: now}
			if sh.On {
				l.OnSince = now
			}
			fresh, err := insertLadder(ctx, tx, &l)
			if err != nil || !fresh { // another replica was first
				return err
			}
			v := Version{ID: id.New(), LadderID: l.ID, Version: 1, Body: sh.Body, ByID: who.PersonID, ByName: who.Name, At: now}
			if err := insertVersion(ctx, tx, &v); err != nil {
				return err
			}
		}
		return nil
	})
}

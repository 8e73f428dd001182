package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"wardline/internal/catalog"
	"wardline/internal/incident"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// What the incident of the demonstration was.
const (
	outageItem   = "NET03"
	outagePlan   = "network-down"
	outageOrders = 6
	outageCause  = "汇聚交换机电源模块损坏"
	outageRemedy = "更换电源模块,核对各楼层上联"
)

// outage tells a major incident of two days ago, from the first report to the report
// that closed it.
func (t *teller) outage(ctx context.Context, d *db.DB, s *incident.Service) error {
	plans, err := incident.ShippedPlans()
	if err != nil {
		return err
	}
	var item *catalog.Item
	for i := range t.items {
		if t.items[i].Code == outageItem {
			item = &t.items[i]
		}
	}
	if item == nil {
		return nil
	}
	year, month, day := clock.Time(t.now).In(t.zone).Date()
	began := time.Date(year, month, day-2, 9, 12, 0, 0, t.zone)
	return d.Write(ctx, func(tx *db.Tx) error {
		key := began.Format("060102")
		number, err := s.ReserveNumber(ctx, tx, key)
		if err != nil {
			return err
		}
		first, err := t.orders.ReserveNumbers(ctx, tx, key, outageOrders)
		if err != nil {
			return err
		}
		for i := range plans {
			if plans[i].Code == outagePlan {
				return t.lived(ctx, tx, s, item, &plans[i].Plan, began.UnixMilli(), number, key, first)
			}
		}
		return nil
	})
}

// lived lets the incident and its orders happen.
func (t *teller) lived(ctx context.Context, tx *db.Tx, s *incident.Service, item *catalog.Item, plan *incident.PlanBody, began int64, number, day string, first int64) error {
	r := rand.New(rand.NewPCG(2026, 17))
	agent := pick(r, t.h.byTeam[t.h.callCenter].people).worker()
	declared, resolved := began+6*clock.Minute, began+47*clock.Minute
	p := incident.NewPast(incident.Incident{Number: number, Status: incident.Closed, Title: "门诊楼网络中断", ItemIDs: []string{item.ID}, ItemName: item.NameZh, ItemNameEn: item.NameEn,
		Priority: string(item.Priority), CommanderID: agent.ID, CommanderName: agent.Name, DeclaredBy: agent.ID, DeclaredName: agent.Name, Broadcast: true,
		Notice: "网络故障,正在更换设备", NoticeAt: began + 20*clock.Minute, Told: 3, Cause: outageCause, Remedy: outageRemedy, Solved: outageOrders - 1, ToSolve: outageOrders - 1,
		BeganAt: began, DeclaredAt: declared, ResolvedAt: resolved, ClosedAt: resolved + 5*clock.Hour,
		Report: incident.Report{Impact: "门诊楼多个科室 47 分钟无法上网,改用手工单据。", Cause: outageCause, Measures: outageRemedy, Lessons: "备件应放在楼层弱电间。", Orders: outageOrders,
			FollowUps: []incident.FollowUp{{Text: "汇聚交换机改为双电源", Owner: "信息网络组", DueAt: resolved + 30*clock.Day}}}}, plan)
	p.Tell(incident.Declared, declared, agent, p.Incident.Title)
	var orders []*workorder.Past
	var reach []incident.Scope
	for i := range outageOrders {
		o, err := t.member(r, item, began+int64(i)*50*clock.Second, fmt.Sprintf("%s-%04d", day, first+int64(i)), p, i == 0, agent)
		if err != nil {
			return err
		}
		orders = append(orders, o)
		reach = append(reach, incident.Scope{CampusID: o.Order.CampusID, DepartmentID: o.Order.DepartmentID})
	}
	lead := &orders[0].Order
	p.Incident.LeadID, p.Incident.LeadNo, p.Incident.CampusID, p.Incident.Department, p.Incident.TeamID = lead.ID, lead.Number, lead.CampusID, lead.DepartmentID, lead.TeamID
	seen := map[string]bool{}
	var areas []incident.Scope
	for _, x := range reach {
		if !seen[x.DepartmentID] {
			seen[x.DepartmentID] = true
			areas = append(areas, x)
			p.Incident.DepartmentIDs = append(p.Incident.DepartmentIDs, x.DepartmentID)
		}
	}
	p.Incident.Report.Areas, p.Incident.Report.Minutes = int64(len(areas)), 47
	for i := range p.Steps {
		st := &p.Steps[i]
		st.DoneAt, st.DoneBy, st.DoneName = declared+int64(i+1)*5*clock.Minute, agent.ID, agent.Name
		p.Tell(incident.StepDone, st.DoneAt, agent, st.TitleZh)
	}
	p.Tell(incident.Progress, p.Incident.NoticeAt, agent, p.Incident.Notice)
	p.Tell(incident.Moved, resolved, agent, string(incident.Resolved))
	p.Tell(incident.Moved, p.Incident.ClosedAt, agent, string(incident.Closed))
	if err := t.orders.StorePast(ctx, tx, orders); err != nil {
		return err
	}
	return s.StorePast(ctx, tx, p, areas)
}

// member lives one order of the incident.
func (t *teller) member(r *rand.Rand, item *catalog.Item, at int64, number string, p *incident.Past, lead bool, agent workorder.Worker) (*workorder.Past, error) {
	c, order := t.cast(r, item, clock.Time(at).In(t.zone))
	order.Number, order.AssetID, order.AssetName, order.Mode = number, "", "", workorder.Onsite
	l := &life{r: r, book: t.book, end: t.now, at: at}
	past, err := workorder.NewPast(order, l.env(c.reporter.ID, c.reporter.Name), r.Uint64)
	if err != nil {
		return nil, err
	}
	l.past = past
	l.at = p.Incident.DeclaredAt
	if lead {
		err = past.Lead(l.env(agent.ID, agent.Name), p.Ref())
	} else {
		p.Tell(incident.Attached, l.at, agent, "", &past.Order)
		err = past.Attach(l.env(agent.ID, agent.Name), p.Ref())
	}
	if err != nil {
		return nil, err
	}
	if !lead {
		l.at = p.Incident.ResolvedAt
		if err := past.Solve(l.env("system", "incident"), p.Ref(), p.Incident.Cause, p.Incident.Remedy); err != nil {
			return nil, err
		}
	} else if err := t.repaired(l, c, agent, p); err != nil {
		return nil, err
	}
	l.at = p.Incident.ResolvedAt + clock.Hour
	return past, past.Confirm(l.env(c.reporter.ID, c.reporter.Name), &workorder.Scores{Overall: 5})
}

// repaired is the work on the lead order.
func (t *teller) repaired(l *life, c cast, agent workorder.Worker, p *incident.Past) error {
	if err := l.past.Dispatch(l.env(agent.ID, agent.Name), c.team, c.worker); err != nil {
		return err
	}
	l.at += clock.Minute
	if err := l.past.Accept(l.env(c.worker.ID, c.worker.Name)); err != nil {
		return err
	}
	l.at += 6 * clock.Minute
	if err := l.past.Arrive(l.env(c.worker.ID, c.worker.Name), false); err != nil {
		return err
	}
	l.at = p.Incident.ResolvedAt
	return l.past.Finish(l.env(c.worker.ID, c.worker.Name), workorder.Work{Cause: p.Incident.Cause, Remedy: p.Incident.Remedy, Labour: 40})
}

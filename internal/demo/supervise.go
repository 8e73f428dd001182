package demo

import (
	"context"

	"wardline/internal/escalation"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// supervise puts some of the open orders under watch and asks for reports of others:
// one still owed, one written, one reviewed with something to do.
func supervise(ctx context.Context, p Parts, o Options) error {
	chief, err := p.People.FindByLogin(ctx, "manager")
	if err != nil {
		return err
	}
	as := func(personID string) (context.Context, error) {
		a, err := p.People.ActorOf(ctx, personID)
		return identity.With(ctx, a), err
	}
	manager, err := as(chief.ID)
	if err != nil {
		return err
	}
	list, _, err := p.Orders.List(ctx, workorder.Filter{Open: true, To: o.Now - clock.Hour}, 200, "")
	if err != nil {
		return err
	}
	n := 0
	for _, order := range list {
		if order.AssigneeID == "" {
			continue
		}
		n++
		switch {
		case n <= 2:
			in := escalation.WatchInput{Reason: []string{"院长查房提出,须限期解决", "科室多次反映,影响门诊"}[n-1], FollowerID: order.AssigneeID, DueAt: o.Now + int64(n)*8*clock.Hour, Every: 120}
			w, err := p.Watch.PutUnderWatch(manager, order.ID, in, "")
			if err != nil {
				return err
			}
			if n == 1 {
				continue
			}
			mine, err := as(order.AssigneeID)
			if err != nil {
				return err
			}
			if _, err := p.Watch.AddProgress(mine, w.ID, "配件已到货,下午 3 点更换", ""); err != nil {
				return err
			}
		case n <= 5:
			if err := reported(ctx, p, &order, as, manager, n-3); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

// reported makes a report of an order that has come so far: 0 is owed, 1 written, 2 reviewed.
func reported(ctx context.Context, p Parts, order *workorder.Order, as func(string) (context.Context, error), manager context.Context, far int) error {
	var reportID string
	err := p.DB.Write(ctx, func(tx *db.Tx) (err error) {
		reportID, err = p.Watch.OpenReport(ctx, tx, escalation.Opening{Kind: []escalation.ReportKind{escalation.FirstReport, escalation.FirstReport, escalation.SecondReport}[far],
			Subject: order.ID, OrderID: order.ID, OwnerID: order.AssigneeID, DueAt: p.Watch.Clock.Now() + 4*clock.Hour})
		return err
	})
	if err != nil || far == 0 {
		return err
	}
	owner, err := as(order.AssigneeID)
	if err != nil {
		return err
	}
	if _, err := p.Watch.Submit(owner, reportID, escalation.Form{What: "现场检查为主板供电故障,备件库无货。", Why: "厂家配件次日到货,夜间无法采购。",
		Impact: "该诊室改用备用设备,未影响接诊。", Measures: "已借用备机;配件到货后当日更换。"}, ""); err != nil || far == 1 {
		return err
	}
	if _, err := p.Watch.Review(manager, reportID, escalation.Verdict{Accept: true, Note: "处置及时,备件储备不足。", RootCause: "常用供电板无安全库存"}, ""); err != nil {
		return err
	}
	_, err = p.Watch.AddAction(manager, reportID, escalation.ActionInput{What: "为常用供电板建立安全库存(每院区 5 块)", OwnerID: order.AssigneeID, DueAt: p.Watch.Clock.Now() + 7*clock.Day}, "")
	return err
}

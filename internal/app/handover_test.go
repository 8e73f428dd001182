package app_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"wardline/internal/app"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// When a duty ends, what its person has not accepted goes back to the team, and for what is
// under way the team is asked; once, however many replicas look, and not for somebody whose
// next duty follows.
func TestWorkIsHandedOverWhenADutyEnds(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c := clock.NewManual(time.Now().UnixMilli())
			h := buildOn(serve(t, house(t, engine, func(o *app.Options) { o.Clock = c })))
			ctx := h.system()
			pooled := must2(h.Org.SaveTeam(ctx, "", org.TeamInput{Name: "抢单组", Kind: "it", Pool: true}))(t)
			queued := must2(h.Org.SaveTeam(ctx, "", org.TeamInput{Name: "派单组", Kind: "it"}))(t)
			var ids []string
			must(t, 0, h.DB.Write(ctx, func(tx *db.Tx) (err error) {
				both := []identity.Membership{{TeamID: pooled.ID}, {TeamID: queued.ID}}
				ids, err = h.People.Import(ctx, tx, []identity.NewPerson{{Facts: identity.Facts{Name: "甲", StaffNo: "H1"}, Teams: both}, {Facts: identity.Facts{Name: "乙", StaffNo: "H2"}, Teams: both}})
				return err
			}))
			mate, worker := ids[0], ids[1]
			himself := identity.With(ctx, identity.NewActor(identity.Actor{PersonID: mate, Name: "甲", Teams: []string{pooled.ID}},
				[]identity.Grant{{Permissions: []identity.Permission{identity.OrderRead, identity.OrderWork}, Kind: identity.ScopeTeam}}, nil))
			give := func(team, who string) workorder.View {
				v := must2(h.Orders.Create(ctx, workorder.Report{ItemID: h.item, PlaceID: h.westRoom, Words: "灯不亮", Channel: workorder.ByDesk}, workorder.Meta{}))(t)
				must2(h.Orders.Route(ctx, v.ID, team, "派给班组", workorder.Meta{}))(t)
				return must2(h.Orders.Dispatch(ctx, v.ID, workorder.Assignment{TeamID: team, AssigneeID: who}, workorder.Meta{}))(t)
			}
			now := c.Now()
			for _, team := range []string{pooled.ID, queued.ID} {
				must2(h.Org.AddDuties(ctx, team, []org.DutyInput{{PersonID: mate, StartAt: now - clock.Hour, EndAt: now + clock.Hour},
					{PersonID: worker, StartAt: now - clock.Hour, EndAt: now + clock.Hour}, {PersonID: worker, StartAt: now + clock.Hour, EndAt: now + 8*clock.Hour}}))(t)
			}
			a, b, stays := give(pooled.ID, mate), give(queued.ID, mate), give(pooled.ID, worker)
			begun := give(pooled.ID, mate)
			must2(h.Orders.Accept(himself, begun.ID, workorder.Meta{}))(t)
			run := func() {
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						if err := h.Chooser.HandOver(ctx); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
			}
			status := func(v workorder.View) workorder.View { return must2(h.Orders.Get(ctx, v.ID))(t) }
			run()
			if got := status(a); got.Status != workorder.Assigned {
				t.Fatalf("before the end: %s", got.Status)
			}
			c.Advance(2 * clock.Hour)
			run()
			run()
			if got := status(a); got.Status != workorder.Pooled || got.AssigneeID != "" {
				t.Errorf("pool: %s", got.Status)
			}
			if got := status(b); got.Status != workorder.Queued || got.TeamID != queued.ID || got.AssigneeID != "" {
				t.Errorf("queue: %s", got.Status)
			}
			if got := status(stays); got.Status != workorder.Assigned || got.AssigneeID != worker {
				t.Errorf("whose next duty follows: %s", got.Status)
			}
			if got := status(begun); got.AssigneeID != mate {
				t.Errorf("begun work was taken away: %+v", got.Status)
			}
			escalated := slices.DeleteFunc(must2(h.Orders.Timeline(ctx, begun.ID))(t), func(e workorder.Event) bool { return e.Kind != workorder.KindEscalate })
			if len(escalated) != 1 {
				t.Errorf("asked %d times", len(escalated))
			}
		})
	}
}

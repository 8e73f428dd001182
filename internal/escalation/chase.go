package escalation

import (
	"context"
	"slices"

	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// orderOf reads the order a thing hangs on; nil when it is gone.
func (s *Service) orderOf(ctx context.Context, orderID string) (*workorder.Order, error) {
	var list []workorder.Standing
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = s.Orders.StandingsOf(ctx, tx, orderID); return err })
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0].Order, nil
}

// seeing returns those of some people who may see the order, and after the second
// reminder also who leads and who manages.
func (s *Service) seeing(ctx context.Context, o *workorder.Order, set *Settings, more bool, people ...string) ([]string, error) {
	var out []string
	add := func(part, who string) error {
		some, err := s.Recipients(ctx, part, who, o)
		for _, p := range some {
			if p != "" && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
		return err
	}
	for _, p := range people {
		if p == "" {
			continue
		}
		if err := add(ToPerson, p); err != nil {
			return nil, err
		}
	}
	if !more && len(out) > 0 {
		return out, nil
	}
	if err := add(ToLeads, ""); err != nil {
		return nil, err
	}
	m, ok := set.manager(o)
	switch {
	case !ok:
		return out, nil
	case m.PersonID != "":
		return out, add(ToPerson, m.PersonID)
	}
	return out, add(ToRole, m.RoleID)
}

// chased is one reminder of something late: it is told when its timer is still due and
// do, under the lock, says so; do returns the next moment.
func (s *Service) chased(ctx context.Context, kind, subject string, now int64, do func(tx *db.Tx) (next int64, err error)) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		mine, err := takeTimer(ctx, tx, kind, subject, now)
		if err != nil || !mine {
			return err
		}
		next, err := do(tx)
		if err != nil && !db.IsMissing(err) {
			return err
		}
		return setTimer(ctx, tx, kind, subject, next)
	})
}

// lookReport chases a report that is late.
func (s *Service) lookReport(ctx context.Context, reportID string) error {
	var r Report
	var set SettingRow
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if set, err = settings(ctx, tx, false); err == nil {
			r, err = reportByID(ctx, tx, reportID, false)
		}
		return err
	})
	now := s.Clock.Now()
	if db.IsMissing(err) {
		return s.chased(ctx, reportTimer, reportID, now, func(*db.Tx) (int64, error) { return 0, nil })
	}
	if err != nil {
		return err
	}
	o, err := s.orderOf(ctx, r.OrderID)
	if err != nil {
		return err
	}
	var people []string
	over := o == nil || o.Status == workorder.Cancelled || o.Status == workorder.Merged
	if !over && r.pending() {
		if people, err = s.seeing(ctx, o, &set.Body, r.Chased > 0, r.OwnerID); err != nil {
			return err
		}
	}
	return s.chased(ctx, reportTimer, reportID, now, func(tx *db.Tx) (int64, error) {
		r, err := reportByID(ctx, tx, reportID, true)
		if err != nil || !r.pending() {
			return 0, err
		}
		if over { // what nobody wants any more needs no explanation
			r.State, r.Version = Closed, r.Version+1
			return 0, updateReport(ctx, tx, &r)
		}
		if r.DueAt > now {
			return r.DueAt, nil
		}
		r.Late, r.Chased, r.Version = true, r.Chased+1, r.Version+1
		if err := updateReport(ctx, tx, &r); err != nil {
			return 0, err
		}
		next := int64(0)
		if r.Chased <= int64(set.Body.ChaseTimes) {
			next = now + int64(set.Body.ChaseEvery)*clock.Minute
		}
		return next, s.tellOf(ctx, tx, &r, "report.chased", r.Version, people...)
	})
}

// lookAction chases an action that is late.
func (s *Service) lookAction(ctx context.Context, actionID string) error {
	var a Action
	var r Report
	var set SettingRow
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if set, err = settings(ctx, tx, false); err != nil {
			return err
		}
		if a, err = actionByID(ctx, tx, actionID, false); err == nil {
			r, err = reportByID(ctx, tx, a.ReportID, false)
		}
		return err
	})
	now := s.Clock.Now()
	if db.IsMissing(err) {
		return s.chased(ctx, actionTimer, actionID, now, func(*db.Tx) (int64, error) { return 0, nil })
	}
	if err != nil {
		return err
	}
	people := []string{a.OwnerID}
	if a.Chased > 0 && a.CreatedBy != a.OwnerID {
		people = append(people, a.CreatedBy)
	}
	return s.chased(ctx, actionTimer, actionID, now, func(tx *db.Tx) (int64, error) {
		a, err := actionByID(ctx, tx, actionID, true)
		if err != nil || a.DoneAt > 0 {
			return 0, err
		}
		a.Chased++
		if err := updateAction(ctx, tx, &a); err != nil {
			return 0, err
		}
		next := int64(0)
		if a.Chased <= int64(set.Body.ChaseTimes) {
			next = now + clock.Day
		}
		return next, s.tellOfAction(ctx, tx, &r, &a, "action.chased", a.Chased, people...)
	})
}

func (s *Service) tellOfAction(ctx context.Context, tx *db.Tx, r *Report, a *Action, template string, version int64, people ...string) error {
	var list []notify.Notice
	for _, p := range people {
		list = append(list, notify.Notice{PersonID: p, Template: template, Subject: a.ID, Version: version, Page: "/m/work/report/" + r.ID, Params: map[string]any{
			"number": r.Number, "item": r.Item, "item_en": r.ItemEn, "place": r.Place, "team": r.Team, "priority": r.Priority,
			"note": a.What, "owner": a.OwnerName, "due": s.clockTime(a.DueAt)}})
	}
	_, err := s.Notify.Tell(ctx, tx, list...)
	return err
}

// lookWatch chases the follower of a watch, and tells both sides when it is due.
func (s *Service) lookWatch(ctx context.Context, watchID string) error {
	var w Watch
	var set SettingRow
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if set, err = settings(ctx, tx, false); err == nil {
			w, err = watchByID(ctx, tx, watchID, false)
		}
		return err
	})
	now := s.Clock.Now()
	if db.IsMissing(err) {
		return s.chased(ctx, watchTimer, watchID, now, func(*db.Tx) (int64, error) { return 0, nil })
	}
	if err != nil {
		return err
	}
	o, err := s.orderOf(ctx, w.OrderID)
	if err != nil {
		return err
	}
	return s.chased(ctx, watchTimer, watchID, now, func(tx *db.Tx) (int64, error) {
		w, err := watchByID(ctx, tx, watchID, true)
		if err != nil || w.EndedAt > 0 {
			return 0, err
		}
		if o == nil || !o.Open { // it is for the supervisor to conclude
			return 0, s.tellOfWatch(ctx, tx, &w, "watch.done", w.Version, w.ByID)
		}
		template, people := "watch.chased", []string{w.FollowerID}
		switch {
		case !w.Late && now >= w.DueAt:
			w.Late = true
			template, people = "watch.late", append(people, w.ByID)
		case now < w.look(&set.Body):
			return w.look(&set.Body), nil
		default:
			if w.Chased++; w.Chased > 1 {
				people = append(people, w.ByID)
			}
		}
		w.Version++
		if err := updateWatch(ctx, tx, &w); err != nil {
			return 0, err
		}
		return w.look(&set.Body), s.tellOfWatch(ctx, tx, &w, template, w.Version, people...)
	})
}

// look returns when a watch wants the next look; 0 is when something is written.
func (w *Watch) look(set *Settings) int64 {
	next := int64(0)
	if w.Chased <= int64(set.ChaseTimes) {
		next = w.NextAt + w.Chased*int64(set.ChaseEvery)*clock.Minute
	}
	if !w.Late && (next == 0 || w.DueAt < next) {
		next = w.DueAt
	}
	return next
}

func (s *Service) tellOfWatch(ctx context.Context, tx *db.Tx, w *Watch, template string, version int64, people ...string) error {
	var list []notify.Notice
	for _, p := range people {
		page := "/desk/orders/" + w.OrderID
		if p == w.FollowerID {
			page = "/m/work/o/" + w.OrderID
		}
		list = append(list, notify.Notice{PersonID: p, Template: template, Subject: w.ID, Version: version, Page: page, Urgent: template != "watch.progress", Params: map[string]any{
			"number": w.Number, "item": w.Item, "item_en": w.ItemEn, "place": w.Place, "reason": w.Reason, "actor": w.ByName, "follower": w.FollowerName,
			"due": s.clockTime(w.DueAt), "note": w.Conclusion}})
	}
	_, err := s.Notify.Tell(ctx, tx, list...)
	return err
}

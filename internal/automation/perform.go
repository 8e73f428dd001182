package automation

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"crypto/sha256"

	"wardline/internal/dispatch"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// act carries out firings one after the other, each from where it was left.
func (s *Service) act(ctx context.Context, a actArgs) error {
	ctx = system(ctx)
	for _, firingID := range a.Firings {
		if err := s.carryOut(ctx, firingID); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) carryOut(ctx context.Context, firingID string) error {
	var f Firing
	var v Version
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if f, err = firingByID(ctx, tx, firingID, false); err != nil {
			return err
		}
		v, err = versionOf(ctx, tx, f.RuleID, f.RuleVersion)
		return err
	})
	if db.IsMissing(err) {
		return nil // pruned meanwhile
	}
	if err != nil {
		return err
	}
	for f.State == Planned {
		if int(f.Next) > len(v.Body.Actions) {
			return s.end(ctx, &f)
		}
		if err := s.step(ctx, &f, &v.Body); err != nil {
			return err
		}
	}
	return nil
}

// end closes a firing: failed when nothing at all could be done.
func (s *Service) end(ctx context.Context, f *Firing) error {
	f.State, f.EndedAt = Done, s.Clock.Now()
	if len(f.Steps) > 0 && !slices.ContainsFunc(f.Steps, func(s Step) bool { return s.Result != "refused" }) {
		f.State, f.Reason = Failed, f.Steps[0].Detail
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return updateFiring(ctx, tx, f) })
}

// key is the idempotency key of one step of a firing.
func (f *Firing) key(n int64) string { return fmt.Sprintf("rule:%s:%d", f.ID, n) }

// step does the firing's next step: number 0 is the reason on the order's timeline,
// then the actions in their order.
func (s *Service) step(ctx context.Context, f *Firing, d *Definition) error {
	meta := workorder.Meta{Key: f.key(f.Next), Via: f.ID}
	if f.Next == 0 {
		_, err := s.Orders.Remark(ctx, f.OrderID, fmt.Sprintf("规则「%s」触发 · Rule “%s”", f.NameZh, f.NameEn), nil, meta)
		if err != nil && !final(err) {
			return err
		}
		return s.went(ctx, f, nil, nil)
	}
	action := d.Actions[f.Next-1]
	o, err := s.Orders.Get(ctx, f.OrderID)
	if err != nil {
		if !final(err) {
			return err
		}
		return s.went(ctx, f, &Step{Kind: action.Kind, Result: "refused", Detail: fault.CodeOf(err)}, nil)
	}
	switch action.Kind {
	case Tell:
		return s.tell(ctx, f, &action, &o.Order)
	case Webhook:
		return s.went(ctx, f, &Step{Kind: Webhook, Result: "done", Detail: host(action.URL)}, func(tx *db.Tx) error {
			return s.Jobs.Enqueue(ctx, tx, jobs.Job{Kind: webhookKind, Key: f.key(f.Next), MaxTries: webhookTries,
				Args: webhookArgs{Firing: f.ID, Number: f.Next, URL: action.URL, Body: s.payload(f, &action, &o.Order)}})
		})
	}
	if !action.changes(&o.Order) {
		return s.went(ctx, f, &Step{Kind: action.Kind, Result: "unchanged"}, nil)
	}
	detail, err := s.do(ctx, &action, &o.Order, meta)
	step := Step{Kind: action.Kind, Result: "done", Detail: detail}
	switch {
	case errors.Is(err, errThere):
		step.Result = "unchanged"
	case fault.CodeOf(err) == "idempotency.mismatch": // done before, when the order still looked otherwise
	case err != nil && final(err):
		step.Result, step.Detail = "refused", why(err)
	case err != nil:
		return err
	}
	return s.went(ctx, f, &step, nil)
}

// final tells whether trying again would change nothing.
func final(err error) bool {
	f, ok := fault.Of(err)
	return ok && f.Kind != fault.Unavailable && f.Kind != fault.Internal && f.Kind != fault.TooMany
}

// why returns the codes of a fault.
func why(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return "internal"
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Field + ": " + f.Fields[0].Code
	}
	return f.Code
}

// went records a step, with what belongs to it, unless another replica has.
func (s *Service) went(ctx context.Context, f *Firing, step *Step, with func(tx *db.Tx) error) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		now, err := firingByID(ctx, tx, f.ID, true)
		if err != nil {
			return err
		}
		if now.Next != f.Next || now.State != Planned {
			*f = now
			return nil
		}
		if step != nil {
			now.Steps = append(slices.Clone(now.Steps), *step)
		}
		if with != nil {
			if err := with(tx); err != nil {
				return err
			}
		}
		now.Next++
		if err := updateFiring(ctx, tx, &now); err != nil {
			return err
		}
		*f = now
		return nil
	})
}

// do gives the command that an action stands for and returns whom or what it met.
func (s *Service) do(ctx context.Context, a *Action, o *workorder.Order, m workorder.Meta) (string, error) {
	var err error
	switch a.Kind {
	case SetPriority:
		_, err = s.Orders.Amend(ctx, o.ID, workorder.Correction{Priority: &a.Priority}, m)
		return o.Priority + " → " + a.Priority, err
	case SetOnsite:
		_, err = s.Orders.Convert(ctx, o.ID, a.Text, m)
		return "", err
	case Escalate:
		_, err = s.Orders.Escalate(ctx, o.ID, a.Text, m)
		return "", err
	case Note:
		_, err = s.Orders.Remark(ctx, o.ID, a.Text, nil, m)
		return "", err
	case Hold:
		until := int64(0)
		if a.Minutes > 0 {
			until = s.Clock.Now() + int64(a.Minutes)*clock.Minute
		}
		_, err = s.Orders.Park(ctx, o.ID, a.Reason, a.Text, until, m)
		return a.Reason, err
	case Major:
		return s.Incidents.Raise(ctx, o.ID, a.Text, m.Key)
	case Create:
		_, err = s.Orders.Create(ctx, workorder.Report{ItemID: a.ItemID, Words: a.Text, Priority: a.Priority, PlaceID: o.PlaceID, AssetID: o.AssetID,
			DepartmentID: o.DepartmentID, ContactName: o.ContactName, ContactPhone: o.ContactPhone, Channel: workorder.ByDesk}, m)
		return "", err
	}
	return s.hand(ctx, a, o, m)
}

// hand carries out the actions that bring an order to a team or a person.
func (s *Service) hand(ctx context.Context, a *Action, o *workorder.Order, m workorder.Meta) (string, error) {
	team, err := s.teamOf(ctx, a, o)
	if err != nil {
		return "", err
	}
	to := workorder.Assignment{TeamID: team, Note: a.Text}
	switch a.Kind {
	case SetTeam:
		v, err := s.Orders.Route(ctx, o.ID, team, a.Text, m)
		return v.TeamName, err
	case AddTask:
		if planned(o, team) {
			return "", errThere
		}
		v, err := s.Orders.AddTask(ctx, o.ID, to, m)
		if err != nil || len(v.Tasks) == 0 {
			return "", err
		}
		return v.Tasks[len(v.Tasks)-1].TeamName, nil
	case Pool:
		v, err := s.Orders.Pool(ctx, o.ID, to, m)
		return v.TeamName, err
	case Dispatch, DispatchHad:
		if to.AssigneeID, err = s.best(ctx, o, team, a.Kind == DispatchHad); err != nil {
			return "", err
		}
		if to.AssigneeID == o.AssigneeID {
			return o.AssigneeName, nil // has it already
		}
		v, err := s.Orders.Dispatch(ctx, o.ID, to, m)
		return v.AssigneeName, err
	}
	return "", fault.New(fault.Internal, "internal")
}

// errThere says that an order has already what an action would give it.
var errThere = errors.New("automation: it is there already")

// planned tells whether the template of the item has given the team a task that is open.
func planned(o *workorder.Order, team string) bool {
	return slices.ContainsFunc(o.Tasks, func(t workorder.Task) bool { return t.Key != "" && t.TeamID == team && !t.Status.Ended() })
}

// teamOf returns the team an action means.
func (s *Service) teamOf(ctx context.Context, a *Action, o *workorder.Order) (string, error) {
	team := a.TeamID
	var err error
	if team == "" && a.TeamHint != "" {
		team, err = s.Team(ctx, a.TeamHint)
	} else if team == "" {
		team = o.TeamID
	}
	if err == nil && team == "" {
		err = fault.Field("teamId", "rule.no_team")
	}
	return team, err
}

// best returns the best candidate on duty; same wants the one who had the order
// before, if there still is one.
func (s *Service) best(ctx context.Context, o *workorder.Order, team string, same bool) (string, error) {
	list, err := s.Chooser.Candidates(ctx, o.ID, team)
	if err != nil {
		return "", err
	}
	if same {
		if i := slices.IndexFunc(list, func(c dispatch.Candidate) bool { return c.Had }); i >= 0 {
			return list[i].PersonID, nil
		}
	}
	i := slices.IndexFunc(list, func(c dispatch.Candidate) bool { return c.OnDuty })
	if i < 0 {
		return "", fault.Field("assigneeId", "rule.nobody")
	}
	return list[i].PersonID, nil
}

// tell writes messages and the step in one transaction: each is told once.
func (s *Service) tell(ctx context.Context, f *Firing, a *Action, o *workorder.Order) error {
	var people []string
	for _, part := range a.To {
		some, err := s.Recipients(ctx, part, a.PersonID, o)
		if err != nil {
			return err
		}
		for _, p := range some {
			if !slices.Contains(people, p) {
				people = append(people, p)
			}
		}
	}
	var list []notify.Notice
	for _, p := range people {
		page := "/m/work/o/" + o.ID
		if p == o.ReporterID {
			page = "/m/o/" + o.ID
		}
		list = append(list, notify.Notice{PersonID: p, Template: "order.rule", Subject: o.ID, Version: newsVersion(f), Urgent: a.Urgent, Page: page,
			Params: map[string]any{"number": o.Number, "item": o.ItemName, "item_en": o.ItemNameEn, "place": o.PlaceName, "team": o.TeamName,
				"priority": o.Priority, "rule": f.NameZh, "rule_en": f.NameEn, "note": a.Text}})
	}
	step := Step{Kind: Tell, Result: "done", Detail: strings.Join(a.To, ", ")}
	if len(list) == 0 {
		step.Result = "unchanged"
	}
	return s.went(ctx, f, &step, func(tx *db.Tx) error { _, err := s.Notify.Tell(ctx, tx, list...); return err })
}

// newsVersion tells the news of one firing's step from those of others.
func newsVersion(f *Firing) int64 {
	sum := sha256.Sum256([]byte(f.key(f.Next)))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 2) //nolint:gosec // two bits less than fit
}

package incident

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
)

const (
	settleKind = "incident.settle"
	tellKind   = "incident.tell"
	lookKind   = "incident.look"
	lookPeriod = 5 * time.Second
	tellBatch  = 200
	settleMost = 50
)

// What people are told, by the template.
const (
	toldBegin    = "incident.begin"
	toldProgress = "incident.progress"
	toldEnd      = "incident.end"
)

type incidentArgs struct {
	Incident string `json:"incident"`
}

type tellArgs struct {
	Incident string `json:"incident"`
	Template string `json:"template"`
	Version  int64  `json:"version"`
	Note     string `json:"note"`
}

// RegisterJobs adds what incidents do in the background.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	jobs.On(r, settleKind, func(ctx context.Context, a incidentArgs) error { return s.Settle(ctx, a.Incident) }, jobs.Slow())
	jobs.On(r, tellKind, s.spread, jobs.Slow())
	r.Every(lookKind, lookPeriod, s.Look)
}

// Look follows the orders and lets time act. It may run anywhere at any time.
func (s *Service) Look(ctx context.Context) error {
	ctx = system(ctx)
	return errors.Join(s.Follow(ctx), s.Pass(ctx), s.tidy(ctx))
}

// Settle solves the members of a resolved incident, one after the other. Whatever ends
// it, it goes on where it was: each order says itself whether it has been solved.
func (s *Service) Settle(ctx context.Context, incidentID string) error {
	ctx = system(ctx)
	for ctx.Err() == nil {
		ids, err := s.Orders.Members(ctx, incidentID, settleMost)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return s.settled(ctx, incidentID)
		}
		for _, orderID := range ids {
			again, err := s.solve(ctx, incidentID, orderID)
			if err != nil || !again {
				return err
			}
		}
	}
	return ctx.Err()
}

// solve solves one member; again is false when the incident has been opened anew.
func (s *Service) solve(ctx context.Context, incidentID, orderID string) (again bool, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		i, err := lockIncident(ctx, tx, incidentID)
		if err != nil {
			return err
		}
		if again = !i.Status.Running(); !again {
			return nil
		}
		_, solved, err := s.Orders.SolveIn(ctx, tx, orderID, i.ID, i.Cause, i.Remedy)
		if err != nil || !solved {
			return err
		}
		i.Solved++
		i.ToSolve = max(i.ToSolve, i.Solved)
		i.Version++
		return updateIncident(ctx, tx, &i)
	})
	return again, err
}

// settled says on the timeline that no member is left, once for each resolution. A lead
// that nobody was given ends with its members.
func (s *Service) settled(ctx context.Context, incidentID string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		i, err := lockIncident(ctx, tx, incidentID)
		if err != nil || i.Status.Running() {
			return err
		}
		if _, _, err := s.Orders.SolveIn(ctx, tx, i.LeadID, i.ID, i.Cause, i.Remedy); err != nil || i.Solved == 0 {
			return err
		}
		now, who := s.Clock.Now(), identity.Of(ctx)
		e := Entry{ID: id.New(), IncidentID: i.ID, Key: fmt.Sprintf("settled:%d", i.ResolvedAt), Kind: AllSolved, At: now, RecordedAt: now,
			ActorID: who.PersonID, ActorName: who.Name, Text: fmt.Sprint(i.Solved)}
		fresh, err := insertEntry(ctx, tx, &e)
		if err != nil || !fresh {
			return err
		}
		return s.save(ctx, tx, &i, "settled")
	})
}

// announce plans a message to everybody affected; it goes out in portions.
func (s *Service) announce(ctx context.Context, tx *db.Tx, i *Incident, template string) error {
	i.Told++
	note := i.Notice
	if template == toldEnd {
		note = i.Remedy
	}
	return s.Jobs.Enqueue(ctx, tx, jobs.Job{Kind: tellKind, Key: fmt.Sprintf("%s:%d", i.ID, i.Told),
		Args: tellArgs{Incident: i.ID, Template: template, Version: i.Told, Note: note}})
}

// spread tells everybody affected, each once whatever ends it on the way.
func (s *Service) spread(ctx context.Context, a tellArgs) error {
	after := ""
	for ctx.Err() == nil {
		var people []string
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			i, err := getIncident(ctx, tx, a.Incident)
			if err != nil {
				return err
			}
			people, err = s.People.Belonging(ctx, tx, i.Everywhere, i.CampusIDs, i.DepartmentIDs, after, tellBatch)
			if err != nil {
				return err
			}
			for _, p := range people {
				if _, err := s.Notify.Tell(ctx, tx, s.notice(&i, p, a.Template, a.Note, "/m/", a.Version, false)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(people) < tellBatch {
			return err
		}
		after = people[len(people)-1]
	}
	return ctx.Err()
}

// Pass lets time act: words of progress and steps that are due are told with the moment
// they were due, once.
func (s *Service) Pass(ctx context.Context) error {
	ctx = system(ctx)
	var ids []string
	now := s.Clock.Now()
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { ids, err = pressing(ctx, tx, now); return err })
	if err != nil {
		return err
	}
	var failed error
	for _, incidentID := range ids {
		if err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.pass(ctx, tx, incidentID, now) }); err != nil {
			failed = errors.Join(failed, fmt.Errorf("incident %s: %w", incidentID, err)) // the others go on
		}
	}
	return failed
}

func (s *Service) pass(ctx context.Context, tx *db.Tx, incidentID string, now int64) error {
	i, err := lockIncident(ctx, tx, incidentID)
	if err != nil || !i.Status.Running() {
		return err
	}
	changed := false
	late := func(kind EntryKind, key, text string, at int64) error {
		who := identity.Of(ctx)
		changed = true
		_, err := insertEntry(ctx, tx, &Entry{ID: id.New(), IncidentID: i.ID, Key: key, Kind: kind, At: at, RecordedAt: now, ActorID: who.PersonID, ActorName: who.Name, Text: text})
		return err
	}
	if i.UpdateDue > 0 && i.UpdateDue <= now && i.Reminded < i.UpdateDue {
		i.Reminded = i.UpdateDue
		if err := late(UpdateLate, fmt.Sprintf("update:%d", i.UpdateDue), "", i.UpdateDue); err != nil {
			return err
		}
		if err := s.tellPerson(ctx, tx, &i, i.CommanderID, "incident.update_due", "", i.UpdateDue); err != nil {
			return err
		}
	}
	steps, err := stepsOf(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	for n := range steps {
		st := &steps[n]
		if st.DueAt == 0 || st.DueAt > now || st.DoneAt > 0 || st.OverdueAt > 0 {
			continue
		}
		st.OverdueAt = st.DueAt
		if err := updateStep(ctx, tx, st); err != nil {
			return err
		}
		if err := late(StepLate, "step:"+st.ID, st.TitleZh, st.DueAt); err != nil {
			return err
		}
		for _, p := range []string{i.CommanderID, st.OwnerID} {
			if err := s.tellPerson(ctx, tx, &i, p, "incident.step_overdue", st.TitleZh, st.DueAt+st.Position); err != nil {
				return err
			}
		}
	}
	if !changed {
		return nil
	}
	return s.save(ctx, tx, &i, "due")
}

package incident

import (
	"context"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
)

// name makes somebody the commander: a person who may command the incident.
func (s *Service) name(ctx context.Context, tx *db.Tx, i *Incident, personID string) error {
	may, err := s.People.MayName(ctx, tx, personID)
	if err != nil {
		return err
	}
	if !may {
		return fault.Field("commanderId", "unknown_reference")
	}
	p, err := s.People.PersonIn(ctx, tx, personID)
	if err != nil {
		return reference(err, "commanderId")
	}
	if !p.Active {
		return fault.Field("commanderId", "unknown_reference")
	}
	i.CommanderID, i.CommanderName = p.ID, p.Name
	return nil
}

// mayCommand refuses a commander who could not even open the incident. It is asked
// outside any transaction.
func (s *Service) mayCommand(ctx context.Context, personID string) error {
	if personID == "" {
		return nil
	}
	a, err := s.People.ActorOf(ctx, personID)
	if db.IsMissing(err) {
		return fault.Field("commanderId", "unknown_reference")
	}
	if err != nil {
		return err
	}
	if ok, err := s.nameable(ctx, personID); err != nil || !ok {
		if err == nil {
			err = fault.Field("commanderId", "unknown_reference")
		}
		return err
	}
	if !a.Can(identity.IncidentCommand) {
		return fault.Field("commanderId", "incident.cannot_command")
	}
	return nil
}

func (s *Service) nameable(ctx context.Context, personID string) (ok bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { ok, err = s.People.MayName(ctx, tx, personID); return err })
	return ok, err
}

// Command hands the incident over to another commander.
func (s *Service) Command(ctx context.Context, incidentID, personID, key string) (View, error) {
	if err := s.mayCommand(ctx, personID); err != nil {
		return View{}, err
	}
	return s.act(ctx, incidentID, "command", key, 0, personID, func(tx *db.Tx, i *Incident, _ []Scope) error {
		if i.CommanderID == personID {
			return nil
		}
		if err := s.name(ctx, tx, i, personID); err != nil {
			return err
		}
		if err := s.enter(ctx, tx, i, Commanded, i.CommanderName); err != nil {
			return err
		}
		if personID == identity.Of(ctx).PersonID {
			return nil
		}
		return s.tellCommander(ctx, tx, i, "incident.commander", "")
	})
}

// Update is a word of progress.
type Update struct {
	Text       string `json:"text" minLength:"1" maxLength:"300"`
	ExpectedAt int64  `json:"expectedAt,omitempty" doc:"When it should be over; absent is not known"`
	Every      int    `json:"every,omitempty" minimum:"0" maximum:"1440" doc:"Minutes until the next one is due; 0 is none"`
	Tell       bool   `json:"tell,omitempty" doc:"Send a message to those affected too"`
}

// Update tells how it goes: the banner changes at once.
func (s *Service) Update(ctx context.Context, incidentID string, u Update, key string) (View, error) {
	return s.act(ctx, incidentID, "update", key, 0, u, func(tx *db.Tx, i *Incident, _ []Scope) error {
		now := s.Clock.Now()
		var f fault.Fields
		if u.Text = strings.TrimSpace(u.Text); u.Text == "" {
			f.Add("text", "required")
		}
		checkExpected(&f, u.ExpectedAt, now)
		if err := f.Err(); err != nil {
			return err
		}
		if !i.Status.Running() {
			return fault.New(fault.Conflict, "incident.over")
		}
		i.Notice, i.NoticeAt, i.ExpectedAt, i.UpdateDue = u.Text, now, u.ExpectedAt, 0
		if u.Every > 0 {
			i.UpdateDue = now + int64(u.Every)*clock.Minute
		}
		if err := s.enter(ctx, tx, i, Progress, u.Text); err != nil || !u.Tell || !i.Broadcast {
			return err
		}
		return s.announce(ctx, tx, i, toldProgress)
	})
}

// Announcement says whom an incident affects and what they are told.
type Announcement struct {
	Affected
	On     bool   `json:"on" doc:"Those affected are told"`
	Notice string `json:"notice,omitempty" maxLength:"300"`
	Tell   bool   `json:"tell,omitempty" doc:"Send a message too"`
}

// Announce changes whom the incident affects and whether they are told.
func (s *Service) Announce(ctx context.Context, incidentID string, a Announcement, key string) (View, error) {
	input := a
	reach, err := s.reach(ctx, &a.Affected)
	if err != nil {
		return View{}, err
	}
	return s.act(ctx, incidentID, "broadcast", key, 0, input, func(tx *db.Tx, i *Incident, _ []Scope) error {
		a.Notice = strings.TrimSpace(a.Notice)
		switch {
		case !i.Status.Running():
			return fault.New(fault.Conflict, "incident.over")
		case a.On && a.Notice == "":
			return fault.Field("notice", "required")
		case a.On && !a.Everywhere && len(reach) == 0:
			return fault.Field("departmentIds", "required")
		}
		for n := range reach {
			reach[n].IncidentID = i.ID
		}
		if err := saveReach(ctx, tx, i.ID, reach); err != nil {
			return err
		}
		i.Everywhere, i.CampusIDs, i.DepartmentIDs, i.Broadcast = a.Everywhere, orEmpty(a.CampusIDs), orEmpty(a.DepartmentIDs), a.On
		if a.Notice != i.Notice {
			i.Notice, i.NoticeAt = a.Notice, s.Clock.Now()
		}
		if err := s.enter(ctx, tx, i, Announced, a.Notice); err != nil || !a.On || !a.Tell {
			return err
		}
		return s.announce(ctx, tx, i, toldProgress)
	})
}

// Turn is a change of status.
type Turn struct {
	To     Status `json:"to" enum:"open,mitigated,resolved"`
	Note   string `json:"note,omitempty" maxLength:"500"`
	Cause  string `json:"cause,omitempty" maxLength:"500" doc:"For resolved: what was wrong"`
	Remedy string `json:"remedy,omitempty" maxLength:"2000" doc:"For resolved: what was done; each member is finished with it"`
}

// Turn changes the status. When it is resolved the members are solved one after the
// other in the background, each once.
func (s *Service) Turn(ctx context.Context, incidentID string, t Turn, key string) (View, error) {
	return s.act(ctx, incidentID, "status", key, 0, t, func(tx *db.Tx, i *Incident, _ []Scope) error {
		t.Cause, t.Remedy, t.Note = strings.TrimSpace(t.Cause), strings.TrimSpace(t.Remedy), strings.TrimSpace(t.Note)
		if t.To == Resolved {
			var f fault.Fields
			if t.Cause == "" {
				f.Add("cause", "required")
			}
			if t.Remedy == "" {
				f.Add("remedy", "required")
			}
			if err := f.Err(); err != nil {
				return err
			}
		}
		if t.To == Closed {
			return fault.Field("to", "bad_value")
		}
		if err := i.move(t.To, s.Clock.Now()); err != nil {
			return err
		}
		text := string(t.To)
		if t.Note != "" {
			text += " " + t.Note
		}
		if err := s.enter(ctx, tx, i, Moved, text); err != nil || t.To != Resolved {
			return err
		}
		return s.resolve(ctx, tx, i, t)
	})
}

func (s *Service) resolve(ctx context.Context, tx *db.Tx, i *Incident, t Turn) error {
	r, err := s.Orders.ReachOf(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	i.Cause, i.Remedy, i.Solved, i.ToSolve = t.Cause, t.Remedy, 0, r.Open
	if err := s.Jobs.Enqueue(ctx, tx, jobs.Job{Kind: settleKind, Key: i.ID, Args: incidentArgs{i.ID}}); err != nil {
		return err
	}
	if !i.Broadcast {
		return nil
	}
	return s.announce(ctx, tx, i, toldEnd)
}

// NewStep is a task that the commander adds to the check list.
type NewStep struct {
	Title   string `json:"title" minLength:"1" maxLength:"200"`
	OwnerID string `json:"ownerId,omitempty" maxLength:"40"`
	Minutes int    `json:"minutes,omitempty" minimum:"0" maximum:"10080" doc:"From now; 0 is no limit"`
}

// AddStep adds a task.
func (s *Service) AddStep(ctx context.Context, incidentID string, in NewStep, key string) (View, error) {
	return s.act(ctx, incidentID, "step.add", key, 0, in, func(tx *db.Tx, i *Incident, _ []Scope) error {
		in.Title = strings.TrimSpace(in.Title)
		if in.Title == "" {
			return fault.Field("title", "required")
		}
		list, err := stepsOf(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		if len(list) >= 100 {
			return fault.Field("title", "too_many_items", "max", 100)
		}
		step := Step{ID: id.New(), IncidentID: i.ID, Position: int64(len(list) + 1), TitleZh: in.Title, TitleEn: in.Title}
		if in.Minutes > 0 {
			step.DueAt = s.Clock.Now() + int64(in.Minutes)*clock.Minute
		}
		if in.OwnerID != "" {
			if ok, err := s.People.MayName(ctx, tx, in.OwnerID); err != nil || !ok {
				if err == nil {
					err = fault.Field("ownerId", "unknown_reference")
				}
				return err
			}
			p, err := s.People.PersonIn(ctx, tx, in.OwnerID)
			if err != nil {
				return reference(err, "ownerId")
			}
			step.OwnerID, step.OwnerName = p.ID, p.Name
		}
		if err := insertSteps(ctx, tx, step); err != nil {
			return err
		}
		if err := s.enter(ctx, tx, i, StepAdded, step.TitleZh); err != nil || step.OwnerID == "" || step.OwnerID == identity.Of(ctx).PersonID {
			return err
		}
		return s.tellPerson(ctx, tx, i, step.OwnerID, "incident.task", step.TitleZh, s.Clock.Now())
	})
}

// Tick says that a step is done, or is not.
type Tick struct {
	Done bool   `json:"done"`
	Note string `json:"note,omitempty" maxLength:"300"`
}

// Tick ticks a step off, with who and when.
func (s *Service) Tick(ctx context.Context, incidentID, stepID string, t Tick, key string) (View, error) {
	return s.act(ctx, incidentID, "step", key, 0, []any{stepID, t}, func(tx *db.Tx, i *Incident, _ []Scope) error {
		step, err := stepByID(ctx, tx, i.ID, stepID)
		if err != nil {
			return err
		}
		if t.Done == (step.DoneAt > 0) {
			return nil
		}
		kind, actor := StepDone, identity.Of(ctx)
		if step.Note = strings.TrimSpace(t.Note); t.Done {
			step.DoneAt, step.DoneBy, step.DoneName = s.Clock.Now(), actor.PersonID, actor.Name
		} else {
			step.DoneAt, step.DoneBy, step.DoneName, kind = 0, "", "", StepUndone
		}
		if err := updateStep(ctx, tx, &step); err != nil {
			return err
		}
		text := step.TitleZh
		if step.Note != "" {
			text += ": " + step.Note
		}
		return s.enter(ctx, tx, i, kind, text)
	})
}

// tellCommander tells the commander something, once for each moment.
func (s *Service) tellCommander(ctx context.Context, tx *db.Tx, i *Incident, template, note string) error {
	return s.tellPerson(ctx, tx, i, i.CommanderID, template, note, s.Clock.Now())
}

func (s *Service) tellPerson(ctx context.Context, tx *db.Tx, i *Incident, personID, template, note string, version int64) error {
	if personID == "" || personID == "system" {
		return nil
	}
	_, err := s.Notify.Tell(ctx, tx, s.notice(i, personID, template, note, "/desk/incidents/"+i.ID, version, true))
	return err
}

func (s *Service) notice(i *Incident, personID, template, note, page string, version int64, urgent bool) notify.Notice {
	return notify.Notice{PersonID: personID, Template: template, Subject: i.ID, Version: version, Urgent: urgent, Page: page,
		Params: map[string]any{"number": i.Number, "item": i.ItemName, "item_en": i.ItemNameEn, "title": i.Title, "note": note, "place": i.PlaceName}}
}

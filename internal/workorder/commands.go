package workorder

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Assignment names a team and a person in it.
type Assignment struct {
	TeamID     string `json:"teamId" minLength:"1" maxLength:"40"`
	AssigneeID string `json:"assigneeId,omitempty" maxLength:"40"`
	Note       string `json:"note,omitempty" maxLength:"500"`
}

// Intake takes a reported order in, and may name the team at once.
func (s *Service) Intake(ctx context.Context, orderID string, teamID string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindIntake, m, teamID, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		if err := o.can(KindIntake); err != nil {
			return nil, err
		}
		var f Facts
		if teamID != "" {
			t, err := s.team(ctx, tx, teamID, "teamId")
			if err != nil {
				return nil, err
			}
			f = Facts{TeamID: t.ID, TeamName: t.Name, VendorID: t.VendorID}
		}
		f.Owner = o.owns(OwnByIntake, e.ActorID, e.ActorName, e.At)
		return s.withPlan(ctx, tx, o, e, []Event{e.event(KindIntake, f)})
	})
}

// Dispatch gives the order to a person of a team. Who is not in the team, or may
// not work on its orders, is refused.
func (s *Service) Dispatch(ctx context.Context, orderID string, a Assignment, m Meta) (View, error) {
	return s.act(ctx, orderID, KindDispatch, m, a, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		t, err := s.team(ctx, tx, a.TeamID, "teamId")
		if err != nil {
			return nil, err
		}
		if err := within(ctx, o, t); err != nil {
			return nil, err
		}
		w, err := s.member(ctx, tx, t.ID, a.AssigneeID)
		if err != nil {
			return nil, err
		}
		events, err := o.dispatch(e, t, w, a.Note)
		if err != nil {
			return nil, err
		}
		return s.withPlan(ctx, tx, o, e, events)
	})
}

// within refuses to give an order to a team outside the actor's own reach: a team
// lead dispatches within the team, a vendor's supervisor within the vendor.
func within(ctx context.Context, o *Order, t Team) error {
	k := o.Keys()
	k.Teams, k.Vendor = []string{t.ID}, t.VendorID
	k.People = nil
	if !identity.Of(ctx).May(identity.OrderDispatch, k) {
		return fault.Field("teamId", "unknown_reference")
	}
	return nil
}

func (s *Service) member(ctx context.Context, tx *db.Tx, teamID, personID string) (Worker, error) {
	members, err := s.People.TeamMembers(ctx, tx, teamID)
	if err != nil {
		return Worker{}, err
	}
	for _, p := range members {
		if p.ID == personID {
			return Worker{p.ID, p.Name}, nil
		}
	}
	return Worker{}, fault.Field("assigneeId", "order.bad_assignee")
}

// Pool offers the order to everybody in the team.
func (s *Service) Pool(ctx context.Context, orderID string, a Assignment, m Meta) (View, error) {
	return s.act(ctx, orderID, KindPool, m, a, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		t, err := s.team(ctx, tx, a.TeamID, "teamId")
		if err != nil {
			return nil, err
		}
		if err := within(ctx, o, t); err != nil {
			return nil, err
		}
		events, err := o.pool(e, t, a.Note)
		if err != nil {
			return nil, err
		}
		return s.withPlan(ctx, tx, o, e, events)
	})
}

// Grab takes the order from the pool. Exactly one of those who try at once gets it.
func (s *Service) Grab(ctx context.Context, orderID string, m Meta) (View, error) {
	// Most of many who grab at once come too late: they need not queue for the lock.
	actor := identity.Of(ctx)
	err := s.DB.Look(ctx, func(tx *db.Tx) error {
		o, err := s.seen(ctx, tx, actor, orderID)
		if err != nil || o.Status == Pooled || o.AssigneeID == "" || o.AssigneeID == actor.PersonID {
			return err
		}
		return fault.New(fault.Conflict, "order.taken", "name", o.AssigneeName)
	})
	if err != nil {
		return View{}, err
	}
	return s.act(ctx, orderID, KindGrab, m, nil, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.grab(e) })
}

// Accept says that the person it was given to takes it on.
func (s *Service) Accept(ctx context.Context, orderID string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindAccept, m, nil, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.accept(e) })
}

// Refuse gives it back with a reason.
func (s *Service) Refuse(ctx context.Context, orderID, reason string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindRefuse, m, reason, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.refuse(e, reason) })
}

// Arrive records the arrival; code, when given, is what was scanned there and must
// belong to the order's asset, its place, or a place around or within it.
func (s *Service) Arrive(ctx context.Context, orderID, code string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindArrive, m, code, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		if code != "" {
			place, err := s.proof(ctx, tx, o, code)
			if err != nil {
				return nil, err
			}
			e.PlaceID, e.PlaceName = place.ID, place.Name
		} else {
			e.PlaceID, e.PlaceName = o.PlaceID, o.PlaceName
		}
		return o.arrive(e, code != "")
	})
}

type spot struct{ ID, Name string }

// proof returns the place a scanned code proves.
func (s *Service) proof(ctx context.Context, tx *db.Tx, o *Order, code string) (spot, error) {
	wrong := fault.Field("code", "order.wrong_place")
	found, err := s.Assets.Resolve(ctx, tx, code)
	if err != nil {
		if db.IsMissing(err) {
			return spot{}, wrong
		}
		return spot{}, err
	}
	if found.AssetID != "" && found.AssetID == o.AssetID {
		return spot{o.PlaceID, o.PlaceName}, nil
	}
	if found.PlaceID == "" || o.PlaceID == "" {
		return spot{}, wrong
	}
	here, err := s.Org.Place(ctx, tx, found.PlaceID)
	if err != nil {
		return spot{}, err
	}
	there, err := s.Org.Place(ctx, tx, o.PlaceID)
	if err != nil {
		return spot{}, err
	}
	// A floor's code proves nothing about one of its rooms; a bed's does about its room.
	within := strings.HasPrefix(here.Ancestry, there.Ancestry)
	around := strings.HasPrefix(there.Ancestry, here.Ancestry) && here.Kind != org.Building && here.Kind != org.Floor
	if !within && !around {
		return spot{}, wrong
	}
	return spot{here.ID, here.FullName}, nil
}

// Hold stops the clock for a reason, until a moment or for as long as it takes.
func (s *Service) Hold(ctx context.Context, orderID, reason, note string, until int64, m Meta) (View, error) {
	return s.act(ctx, orderID, KindHold, m, []any{reason, note, until}, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		return o.hold(e, reason, note, until)
	})
}

// Resume lets the clock run on.
func (s *Service) Resume(ctx context.Context, orderID string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindResume, m, nil, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.resume(e) })
}

// SolveRemotely ends the order without a visit.
func (s *Service) SolveRemotely(ctx context.Context, orderID string, w Work, m Meta) (View, error) {
	return s.act(ctx, orderID, KindRemote, m, w, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		item, err := s.Catalog.At(ctx, tx, o.ItemID, o.ItemVersion)
		if err != nil {
			return nil, err
		}
		pictures, err := s.workForm(ctx, tx, o, item, false, &w)
		if err != nil {
			return nil, err
		}
		events, err := o.solveRemotely(e, w)
		return withPictures(events, pictures), err
	})
}

// Convert turns a remote order into a visit; the clock keeps running.
func (s *Service) Convert(ctx context.Context, orderID, note string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindConvert, m, note, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.convert(e, note) })
}

// Transfer hands the order to another team's queue.
func (s *Service) Transfer(ctx context.Context, orderID string, a Assignment, m Meta) (View, error) {
	return s.act(ctx, orderID, KindTransfer, m, a, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		t, err := s.team(ctx, tx, a.TeamID, "teamId")
		if err != nil {
			return nil, err
		}
		return o.transfer(e, t, a.Note)
	})
}

// Finish says that the work is done, with what it took and the evidence the item demands.
func (s *Service) Finish(ctx context.Context, orderID string, w Work, m Meta) (View, error) {
	return s.act(ctx, orderID, KindFinish, m, w, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		return s.ending(ctx, tx, o, e, w)
	})
}

// ending returns the events of finished work, once its evidence is complete.
func (s *Service) ending(ctx context.Context, tx *db.Tx, o *Order, e Env, w Work) ([]Event, error) {
	item, err := s.Catalog.At(ctx, tx, o.ItemID, o.ItemVersion)
	if err != nil {
		return nil, err
	}
	demanded := slices.ContainsFunc(item.Form, func(f catalog.Field) bool { return f.FinishRequired })
	pictures, err := s.workForm(ctx, tx, o, item, demanded, &w)
	if err != nil {
		return nil, err
	}
	e.PlaceID, e.PlaceName = o.PlaceID, o.PlaceName
	events, err := o.finishWork(e, w, Evidence{Photo: item.Evidence.PhotoAfter, Signature: item.Evidence.Signature})
	return withPictures(events, pictures), err
}

// workForm checks the answers of whoever ends the work and adds them to the order's.
// It returns the pictures that are new among them.
func (s *Service) workForm(ctx context.Context, tx *db.Tx, o *Order, item catalog.Item, demanded bool, w *Work) (pictures []string, err error) {
	if len(w.Form) == 0 && !demanded {
		return nil, nil
	}
	form := maps.Clone(o.Form)
	if form == nil {
		form = map[string]any{}
	}
	maps.Copy(form, w.Form)
	if err := item.Form.Check(catalog.AtFinish, form); err != nil {
		return nil, err
	}
	refs := item.Form.References(form)
	w.Form = form
	return newIn(refs.Files, item.Form.References(o.Form).Files), s.references(ctx, tx, refs)
}

// withPictures gives the first event pictures that stand among answers: they belong
// to the order from now on.
func withPictures(events []Event, pictures []string) []Event {
	if len(events) > 0 && len(pictures) > 0 {
		f := &events[0].Facts
		f.Files = append(slices.Clone(f.Files), newIn(pictures, f.Files)...)
	}
	return events
}

// Confirm says that it is solved, with scores or without.
func (s *Service) Confirm(ctx context.Context, orderID string, scores *Scores, m Meta) (View, error) {
	return s.act(ctx, orderID, KindConfirm, m, scores, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.confirm(e, scores) })
}

// NotSolved sends the order back to whoever did it; it counts as rework.
func (s *Service) NotSolved(ctx context.Context, orderID, reason string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindNotSolved, m, reason, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.notSolved(e, reason) })
}

// Rate scores the finished order.
func (s *Service) Rate(ctx context.Context, orderID string, scores Scores, m Meta) (View, error) {
	return s.act(ctx, orderID, KindRate, m, scores, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.rate(e, scores) })
}

// Urge presses for speed; the next urge of the same order has to wait a while.
func (s *Service) Urge(ctx context.Context, orderID, note string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindUrge, m, note, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		last, err := lastEventAt(ctx, tx, o.ID, KindUrge)
		if err != nil {
			return nil, err
		}
		return o.urge(e, last, note)
	})
}

// Escalate raises the order's level.
func (s *Service) Escalate(ctx context.Context, orderID, reason string, m Meta) (View, error) {
	return s.simple(ctx, orderID, KindEscalate, reason, true, m)
}

// Remark adds a note to the timeline.
func (s *Service) Remark(ctx context.Context, orderID, note string, files []string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindNote, m, []any{note, files}, func(_ *db.Tx, _ *Order, e Env) ([]Event, error) {
		var f fault.Fields
		note := line(&f, "note", note, len(files) == 0, 1000)
		return []Event{e.event(KindNote, Facts{Note: note, Files: files})}, f.Err()
	})
}

// Close files the order without waiting for the reporter.
func (s *Service) Close(ctx context.Context, orderID, reason string, m Meta) (View, error) {
	return s.simple(ctx, orderID, KindClose, reason, true, m)
}

func (s *Service) simple(ctx context.Context, orderID string, k Kind, reason string, required bool, m Meta) (View, error) {
	return s.act(ctx, orderID, k, m, reason, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		if err := o.can(k); err != nil {
			return nil, err
		}
		var f fault.Fields
		r := line(&f, "reason", reason, required, 200)
		return []Event{e.event(k, Facts{Reason: r})}, f.Err()
	})
}

// CallBack records what a call-back brought; a bad answer reopens the order.
func (s *Service) CallBack(ctx context.Context, orderID string, outcome CallBackOutcome, scores *Scores, note string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindCallBack, m, []any{outcome, scores, note}, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		return o.callBack(e, outcome, scores, note)
	})
}

// Cancel ends an order that is not wanted any more.
func (s *Service) Cancel(ctx context.Context, orderID, reason string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindCancel, m, reason, func(_ *db.Tx, o *Order, e Env) ([]Event, error) { return o.cancel(e, reason) })
}

// Merge ends a duplicate in favour of another order that the actor can see.
func (s *Service) Merge(ctx context.Context, orderID, intoID string, m Meta) (View, error) {
	return s.act(ctx, orderID, KindMerge, m, intoID, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		into, err := get(ctx, tx, intoID)
		if err != nil {
			return nil, reference(err, "into")
		}
		if may(identity.Of(ctx), &into, KindMerge) != nil {
			return nil, fault.Field("into", "unknown_reference")
		}
		return o.merge(e, &into)
	})
}

// Correction changes what was taken in; absent fields stay.
type Correction struct {
	ItemID       *string        `json:"itemId,omitempty" maxLength:"40"`
	Symptom      *string        `json:"symptom,omitempty" maxLength:"60"`
	Words        *string        `json:"words,omitempty" maxLength:"2000"`
	Form         map[string]any `json:"form,omitempty"`
	Priority     *string        `json:"priority,omitempty" enum:"P1,P2,P3,P4,T0,T1,T2"`
	PlaceID      *string        `json:"placeId,omitempty" maxLength:"40"`
	AssetID      *string        `json:"assetId,omitempty" maxLength:"40"`
	DepartmentID *string        `json:"departmentId,omitempty" maxLength:"40"`
	ContactName  *string        `json:"contactName,omitempty" maxLength:"60"`
	ContactPhone *string        `json:"contactPhone,omitempty" maxLength:"30"`
	WantedAt     *int64         `json:"wantedAt,omitempty"`
	AidTools     []string       `json:"aidTools,omitempty" maxItems:"20"`
}

// Amend corrects an open order. A new item or priority brings its limits with it;
// pauses and milestones already reached stay.
func (s *Service) Amend(ctx context.Context, orderID string, c Correction, m Meta) (View, error) {
	return s.act(ctx, orderID, KindAmend, m, c, func(tx *db.Tx, o *Order, e Env) ([]Event, error) {
		if err := o.can(KindAmend); err != nil {
			return nil, err
		}
		a, err := s.amendment(ctx, tx, o, c)
		if err != nil {
			return nil, err
		}
		after := *o
		after.amend(&a)
		facts := Facts{Amend: &a}
		if a.Form != nil { // pictures among the answers belong to the order from now on
			item, err := s.Catalog.At(ctx, tx, after.ItemID, after.ItemVersion)
			if err != nil {
				return nil, err
			}
			facts.Files = newIn(item.Form.References(a.Form).Files, item.Form.References(o.Form).Files)
		}
		if a.Limits != nil || a.WantedAt != nil {
			facts.Deadlines, facts.Marks = o.change(e, &after)
		}
		events := []Event{e.event(KindAmend, facts)}
		if a.Form == nil && a.ItemID == nil {
			return events, nil
		}
		return s.withPlan(ctx, tx, o, e, events)
	})
}

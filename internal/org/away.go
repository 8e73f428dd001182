package org

import (
	"context"
	"slices"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// ofTeam tells whether a person belongs to a team or has duties of it.
func (s *Service) ofTeam(ctx context.Context, tx *db.Tx, teamID, personID string) (bool, error) {
	if s.deps.Members == nil {
		return true, nil
	}
	members, err := s.deps.Members(ctx, tx, teamID)
	if err != nil || slices.Contains(members, personID) {
		return err == nil, err
	}
	return onRoster(ctx, tx, teamID, personID)
}

// Leaves returns the leaves of the people of a team that touch a span of at most 62 days.
// Why somebody is away is told only to who may change the roster, and to the person.
func (s *Service) Leaves(ctx context.Context, teamID string, from, to int64) (out []Leave, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	if to <= from || to-from > maxSpan {
		return nil, fault.Field("to", "bad_value")
	}
	actor := identity.Of(ctx)
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := s.Team(ctx, tx, teamID)
		if err != nil {
			return err
		}
		if out, err = leavesOfTeam(ctx, tx, teamID, from, to); err != nil {
			return err
		}
		if slices.Contains(actor.Leads, teamID) || actor.May(identity.OrgWrite, t.keys()) {
			return nil
		}
		for i := range out {
			if out[i].PersonID != actor.PersonID {
				out[i].Kind, out[i].Note = "", ""
			}
		}
		return nil
	})
	return out, err
}

// AddLeave takes a person of the team off duty for a span, in all teams.
func (s *Service) AddLeave(ctx context.Context, teamID string, in LeaveInput) (out Leave, err error) {
	if err := see(ctx); err != nil {
		return out, err
	}
	actor := identity.Of(ctx)
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.rosterOf(ctx, tx, actor, teamID); err != nil {
			return err
		}
		if err := in.clean(); err != nil {
			return err
		}
		if err := lockTeam(ctx, tx, teamID); err != nil {
			return err
		}
		member, err := s.ofTeam(ctx, tx, teamID, in.PersonID)
		if err != nil {
			return err
		}
		if !member {
			return fault.Field("personId", "unknown_reference")
		}
		there, err := leavesOf(ctx, tx, in.PersonID, in.StartAt, in.EndAt)
		if err != nil {
			return err
		}
		if len(there) > 0 {
			return fault.Field("startAt", "org.leave_overlap")
		}
		out = Leave{ID: id.New(), TeamID: teamID, PersonID: in.PersonID, StartAt: in.StartAt, EndAt: in.EndAt, Kind: in.Kind, Note: in.Note,
			CreatedAt: s.now(), CreatedBy: actor.PersonID}
		if err := db.Insert(ctx, tx, string(kindLeave), &out); err != nil {
			return err
		}
		return s.record(ctx, tx, "add_leave", KindTeam, teamID, map[string]any{"personId": in.PersonID, "startAt": in.StartAt, "endAt": in.EndAt})
	})
	return out, err
}

// CancelLeave ends a leave that was entered by mistake, or of which the rest is not
// needed: the duties hold again.
func (s *Service) CancelLeave(ctx context.Context, leaveID string) error {
	if err := see(ctx); err != nil {
		return err
	}
	actor := identity.Of(ctx)
	return s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := one[Leave](ctx, tx, kindLeave, leaveID)
		if err != nil {
			return err
		}
		if err := s.rosterOf(ctx, tx, actor, l.TeamID); err != nil {
			return err
		}
		done, err := cancelLeave(ctx, tx, leaveID, actor.PersonID, s.now())
		if err != nil {
			return err
		}
		if !done {
			return fault.New(fault.Conflict, "conflict")
		}
		return s.record(ctx, tx, "cancel_leave", KindTeam, l.TeamID, map[string]any{"personId": l.PersonID, "startAt": l.StartAt, "endAt": l.EndAt})
	})
}

// Swaps returns the newest swaps of a team: all of them to who may change its roster,
// to others those that they take part in.
func (s *Service) Swaps(ctx context.Context, teamID string) (out []Swap, err error) {
	if err := see(ctx); err != nil {
		return nil, err
	}
	actor := identity.Of(ctx)
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := s.Team(ctx, tx, teamID)
		if err != nil {
			return err
		}
		all := slices.Contains(actor.Leads, teamID) || actor.May(identity.OrgWrite, t.keys())
		out, err = swapsOf(ctx, tx, teamID, actor.PersonID, all)
		return err
	})
	return out, err
}

// AskSwap asks another person of the team to take a duty of the actor's own. Who may
// change the roster sets the exchange at once, for anybody.
func (s *Service) AskSwap(ctx context.Context, dutyID string, in SwapInput) (out Swap, err error) {
	if err := see(ctx); err != nil {
		return out, err
	}
	actor := identity.Of(ctx)
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		d, err := dutyByID(ctx, tx, dutyID)
		if err != nil {
			return err
		}
		denied := s.rosterOf(ctx, tx, actor, d.TeamID)
		if denied != nil && d.PersonID != actor.PersonID {
			return denied
		}
		out = Swap{ID: id.New(), TeamID: d.TeamID, DutyID: d.ID, PersonID: d.PersonID, BackID: in.BackID, WithID: in.WithID, State: SwapAsked,
			AskedBy: actor.PersonID, CreatedAt: s.now()}
		if err := lockTeam(ctx, tx, d.TeamID); err != nil {
			return err
		}
		member, err := s.ofTeam(ctx, tx, d.TeamID, in.WithID)
		if err != nil {
			return err
		}
		if !member || in.WithID == d.PersonID {
			return fault.Field("withId", "unknown_reference")
		}
		changed, err := s.exchange(ctx, tx, &out)
		if err != nil {
			return err
		}
		if denied == nil {
			return s.carryOut(ctx, tx, &out, changed, true)
		}
		if err := db.Insert(ctx, tx, string(kindSwap), &out); err != nil {
			return err
		}
		return s.record(ctx, tx, "ask_swap", KindTeam, out.TeamID, out.told())
	})
	return out, err
}

func (w *Swap) told() map[string]any {
	return map[string]any{"swap": w.ID, "duty": w.DutyID, "personId": w.PersonID, "withId": w.WithID, "back": w.BackID}
}

// exchange returns the duties as a swap would leave them, or why it cannot be.
func (s *Service) exchange(ctx context.Context, tx *db.Tx, w *Swap) ([]Duty, error) {
	duty, err := dutyByID(ctx, tx, w.DutyID)
	if db.IsMissing(err) {
		return nil, fault.New(fault.Conflict, "org.swap_stale")
	}
	if err != nil {
		return nil, err
	}
	from, to := duty.StartAt, duty.EndAt
	var back *Duty
	if w.BackID != "" {
		other, err := dutyByID(ctx, tx, w.BackID)
		if db.IsMissing(err) || err == nil && other.TeamID != w.TeamID {
			return nil, fault.Field("backId", "unknown_reference")
		}
		if err != nil {
			return nil, err
		}
		back = &other
		from, to = min(from, other.StartAt), max(to, other.EndAt)
	}
	if w.stale(duty, back, s.now()) {
		return nil, fault.New(fault.Conflict, "org.swap_stale")
	}
	if to-from > maxSpan {
		return nil, fault.Field("backId", "org.swap_far")
	}
	all, err := dutiesOf(ctx, tx, w.TeamID, from, to)
	if err != nil {
		return nil, err
	}
	changed := w.exchanged(duty, back)
	if clashes(changed, all) {
		return nil, fault.Field("withId", "org.duty_overlap")
	}
	return changed, nil
}

// carryOut gives the duties to their new people and keeps the swap as done.
func (s *Service) carryOut(ctx context.Context, tx *db.Tx, w *Swap, changed []Duty, fresh bool) error {
	for i := range changed {
		if _, err := db.Update(ctx, tx, string(KindDuty), &changed[i]); err != nil {
			return err
		}
	}
	return s.decide(ctx, tx, w, SwapDone, fresh)
}

func (s *Service) decide(ctx context.Context, tx *db.Tx, w *Swap, state SwapState, fresh bool) (err error) {
	w.State, w.DecidedBy, w.DecidedAt = state, identity.Of(ctx).PersonID, s.now()
	if fresh {
		err = db.Insert(ctx, tx, string(kindSwap), w)
	} else {
		_, err = db.Update(ctx, tx, string(kindSwap), w)
	}
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "swap_"+string(state), KindTeam, w.TeamID, w.told())
}

// AnswerSwap agrees to a swap or refuses it. The one who was asked may, and who may
// change the roster.
func (s *Service) AnswerSwap(ctx context.Context, swapID string, agree bool) (out Swap, err error) {
	err = s.settleSwap(ctx, swapID, &out, func(tx *db.Tx, actor *identity.Actor) error {
		if actor.PersonID != out.WithID {
			if err := s.rosterOf(ctx, tx, actor, out.TeamID); err != nil {
				return err
			}
		}
		if !agree {
			return s.decide(ctx, tx, &out, SwapRefused, false)
		}
		changed, err := s.exchange(ctx, tx, &out)
		if err != nil {
			return err
		}
		return s.carryOut(ctx, tx, &out, changed, false)
	})
	return out, err
}

// WithdrawSwap takes a question back that has not been answered. The one who asked may,
// and who may change the roster.
func (s *Service) WithdrawSwap(ctx context.Context, swapID string) error {
	var w Swap
	return s.settleSwap(ctx, swapID, &w, func(tx *db.Tx, actor *identity.Actor) error {
		if actor.PersonID != w.AskedBy {
			if err := s.rosterOf(ctx, tx, actor, w.TeamID); err != nil {
				return err
			}
		}
		return s.decide(ctx, tx, &w, SwapWithdrawn, false)
	})
}

// settleSwap runs f on a swap that nobody has settled, under its team's lock. To who
// neither takes part nor may change the roster it does not exist.
func (s *Service) settleSwap(ctx context.Context, swapID string, w *Swap, f func(tx *db.Tx, actor *identity.Actor) error) error {
	if err := see(ctx); err != nil {
		return err
	}
	actor := identity.Of(ctx)
	return s.deps.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if *w, err = one[Swap](ctx, tx, kindSwap, swapID); err != nil {
			return err
		}
		if actor.PersonID != w.WithID && actor.PersonID != w.AskedBy && actor.PersonID != w.PersonID {
			if err := s.rosterOf(ctx, tx, actor, w.TeamID); err != nil {
				return fault.Missing()
			}
		}
		if err := lockTeam(ctx, tx, w.TeamID); err != nil {
			return err
		}
		if *w, err = one[Swap](ctx, tx, kindSwap, swapID); err != nil {
			return err
		}
		if w.State != SwapAsked {
			return fault.New(fault.Conflict, "org.swap_settled")
		}
		return f(tx, actor)
	})
}

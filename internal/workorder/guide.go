package workorder

import (
	"context"

	"wardline/internal/catalog"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Scene is what decides whether a new order is tried remotely first.
type Scene struct {
	ItemID, ItemCode string
	ItemMode         catalog.Mode
	PlaceClass       string
	Priority         string
	Symptom, Words   string
	Anxious          bool // the caller is anxious and cannot explain
}

// Ruling says by which rule an order is tried remotely or visited.
type Ruling struct {
	Mode   Mode   `json:"mode" enum:"remote,onsite"`
	RuleID string `json:"ruleId,omitempty"`
	NameZh string `json:"nameZh"`
	NameEn string `json:"nameEn"`
}

// What a guided attempt and its steps can come to.
const (
	GuideSolved = "solved"
	GuideFailed = "failed"
	StepDone    = "done"
	StepFailed  = "failed"
	StepSkipped = "skipped"
)

// Guidance is an attempt to solve an order by guiding the caller along a script.
type Guidance struct {
	Outcome       string       `json:"outcome" enum:"solved,failed"`
	ScriptVersion int64        `json:"scriptVersion"`
	Steps         []GuidedStep `json:"steps"`
	Note          string       `json:"note,omitempty"`

	Remedy string `json:"-"`
	Cause  string `json:"-"`
}

// GuidedStep is one step of the script with what came of it. The text is kept: the
// script may change.
type GuidedStep struct {
	Key     string `json:"key"`
	TextZh  string `json:"zh"`
	TextEn  string `json:"en,omitempty"`
	Outcome string `json:"outcome" enum:"done,failed,skipped"`
	At      int64  `json:"at"`
	Note    string `json:"note,omitempty"`
}

// mayGuide refuses where a visit has been decided, or somebody else has the order.
func (o *Order) mayGuide(e Env) error {
	if err := o.can(KindGuide); err != nil {
		return err
	}
	if o.OnsiteOnly {
		return fault.New(fault.Conflict, "order.onsite_only")
	}
	if o.Mode != Remote {
		return fault.New(fault.Conflict, "order.not_remote")
	}
	if o.Status == Accepted || o.Status == Working {
		return o.mine(e)
	}
	return nil
}

// guide records a guided attempt: a solved one ends the order, a failed one makes it a
// visit that no remote solution can end any more. The clocks run on.
func (o *Order) guide(e Env, g Guidance, failed Ruling) ([]Event, error) {
	if err := o.mayGuide(e); err != nil {
		return nil, err
	}
	for i := range g.Steps {
		at := g.Steps[i].At
		if at == 0 {
			at = e.At
		}
		g.Steps[i].At = max(min(at, e.At), o.ReportedAt)
	}
	out := []Event{e.event(KindGuide, Facts{Guide: &g})}
	var more []Event
	var err error
	if g.Outcome == GuideSolved {
		more, err = o.solveRemotely(e, Work{Remedy: g.Remedy, Cause: g.Cause})
	} else {
		more, err = o.forceOnsite(e, failed, g.Note)
	}
	return append(out, more...), err
}

// forceOnsite makes the order a visit for good.
func (o *Order) forceOnsite(e Env, why Ruling, note string) ([]Event, error) {
	if err := o.can(KindConvert); err != nil {
		return nil, err
	}
	if o.OnsiteOnly {
		return nil, nil
	}
	return []Event{e.event(KindConvert, Facts{Note: note, Forced: true, Why: &why})}, nil
}

// Guide records a guided attempt on a remote order. failed says by which rule a failed
// one becomes a visit.
func (s *Service) Guide(ctx context.Context, orderID string, g Guidance, failed Ruling, m Meta) (View, error) {
	return s.act(ctx, orderID, KindGuide, m, []any{g, g.Remedy, g.Cause}, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		return o.guide(e, g, failed)
	})
}

// ForceOnsite makes an order a visit that no remote solution can end. One that is closed,
// or is one already, stays as it is.
func (s *Service) ForceOnsite(ctx context.Context, orderID string, why Ruling, note string, m Meta) error {
	if err := systemOnly(ctx); err != nil {
		return err
	}
	_, err := s.act(ctx, orderID, KindConvert, m, []any{"force", note}, func(_ *db.Tx, o *Order, e Env) ([]Event, error) {
		if !o.Open {
			return nil, nil
		}
		return o.forceOnsite(e, why, note)
	})
	return err
}

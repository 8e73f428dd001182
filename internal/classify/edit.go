package classify

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/workorder"
)

// firstThreshold is the least confidence at which the item is filled in, until somebody
// sets another.
const firstThreshold = 0.75

// EnsureShipped adds the words of danger, the policy and the scripts that come with the
// program, once ever: what administrators remove stays removed.
func (s *Service) EnsureShipped(ctx context.Context) error {
	words, err := starterWords()
	if err != nil {
		return err
	}
	rules, err := starterPolicy()
	if err != nil {
		return err
	}
	scripts, err := starterScripts(s.Clock.Now())
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		fresh, err := firstState(ctx, tx, &stateRow{Stamp: 1, Threshold: firstThreshold, LastOrder: id.New()})
		if err != nil || !fresh {
			return err
		}
		if err := db.InsertMany(ctx, tx, "classify_word", words); err != nil {
			return err
		}
		if err := db.InsertMany(ctx, tx, "classify_rule", rules); err != nil {
			return err
		}
		return db.InsertMany(ctx, tx, "classify_script", scripts)
	})
}

// Words returns the words of danger with the stamp to send back.
func (s *Service) Words(ctx context.Context) (list []Word, stamp int64, err error) {
	err = s.read(ctx, func(tx *db.Tx, st stateRow) (err error) {
		stamp = st.Stamp
		list, err = listWords(ctx, tx)
		return err
	})
	return list, stamp, err
}

// SaveWords replaces the words of danger.
func (s *Service) SaveWords(ctx context.Context, list []Word, stamp int64) error {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return err
	}
	if err := checkWords(list); err != nil {
		return err
	}
	for i := range list {
		list[i].ID, list[i].Position = keep(list[i].ID), int64(i+1)
	}
	return s.change(ctx, stamp, "classify.words", map[string]any{"words": len(list)}, func(tx *db.Tx, _ *stateRow) error {
		for i := range list {
			if err := s.knownItem(ctx, tx, list[i].ItemCode, indexed("items", i)+".itemCode"); err != nil {
				return err
			}
		}
		return replaceWords(ctx, tx, list)
	})
}

// knownItem refuses a code that the catalogue does not have.
func (s *Service) knownItem(ctx context.Context, tx *db.Tx, code, field string) error {
	if code == "" {
		return nil
	}
	_, err := s.Catalog.ByCode(ctx, tx, code)
	if db.IsMissing(err) {
		return fault.Field(field, "unknown_reference")
	}
	return err
}

func keep(known string) string {
	if id.Valid(known) {
		return known
	}
	return id.New()
}

// PolicyRules returns the policy, in order, with the stamp to send back.
func (s *Service) PolicyRules(ctx context.Context) (list []PolicyRule, stamp int64, err error) {
	err = s.read(ctx, func(tx *db.Tx, st stateRow) (err error) {
		stamp = st.Stamp
		list, err = listRules(ctx, tx)
		return err
	})
	return list, stamp, err
}

// SavePolicy replaces the policy; the first of the rules that fits decides.
func (s *Service) SavePolicy(ctx context.Context, list []PolicyRule, stamp int64) error {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return err
	}
	if err := checkPolicy(list); err != nil {
		return err
	}
	for i := range list {
		list[i].ID, list[i].Position = keep(list[i].ID), int64(i+1)
	}
	return s.change(ctx, stamp, "classify.policy", map[string]any{"rules": len(list)}, func(tx *db.Tx, _ *stateRow) error {
		return replaceRules(ctx, tx, list)
	})
}

func (s *Service) read(ctx context.Context, use func(tx *db.Tx, st stateRow) error) error {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return err
	}
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		st, err := readState(ctx, tx)
		if err != nil {
			return err
		}
		return use(tx, st)
	})
}

// Scripts returns all scripts.
func (s *Service) Scripts(ctx context.Context) (list []Script, err error) {
	err = s.read(ctx, func(tx *db.Tx, _ stateRow) (err error) { list, err = listScripts(ctx, tx); return err })
	return list, err
}

// SaveScript adds or changes the script of an item; one without steps is removed.
func (s *Service) SaveScript(ctx context.Context, in Script) (Script, error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.RuleManage); err != nil {
		return in, err
	}
	if len(in.Steps) > 0 {
		if err := in.check(); err != nil {
			return in, err
		}
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.knownItem(ctx, tx, in.ItemCode, "itemCode"); err != nil {
			return err
		}
		was, err := getScript(ctx, tx, in.ItemCode, true)
		if err != nil && !db.IsMissing(err) {
			return err
		}
		if in.Version != was.Version {
			return fault.New(fault.Conflict, "conflict", "version", was.Version)
		}
		in.Version, in.UpdatedAt = was.Version+1, s.Clock.Now()
		if len(in.Steps) == 0 {
			in.Version = 0
			err = deleteScript(ctx, tx, in.ItemCode)
		} else {
			err = saveScript(ctx, tx, &in)
		}
		if err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "classify.script", "classify", in.ItemCode, map[string]any{"item": in.ItemCode, "steps": len(in.Steps)})
	})
	return in, err
}

// Guide is the script of an order.
type Guide struct {
	Script
	May bool `json:"may" doc:"The order may be guided now, by this person"`
}

// GuideOf returns the script by which an order may be guided.
func (s *Service) GuideOf(ctx context.Context, orderRef string) (Guide, error) {
	o, err := s.Orders.Get(ctx, orderRef)
	if err != nil {
		return Guide{}, err
	}
	g := Guide{Script: Script{ItemCode: o.ItemCode, Steps: []Step{}}}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		sc, err := getScript(ctx, tx, o.ItemCode, false)
		if db.IsMissing(err) {
			return nil
		}
		g.Script = sc
		return err
	})
	for _, k := range o.Actions {
		g.May = g.May || k == workorder.KindGuide && len(g.Steps) > 0
	}
	return g, err
}

// Try records a guided attempt on an order: solved ends it, failed makes it a visit for good.
func (s *Service) Try(ctx context.Context, orderRef string, a Attempt, m workorder.Meta) (workorder.View, error) {
	o, err := s.Orders.Get(ctx, orderRef)
	if err != nil {
		return workorder.View{}, err
	}
	if actor := identity.Of(ctx); !actor.May(identity.OrderWork, o.Keys()) && !actor.May(identity.OrderIntake, o.Keys()) {
		return workorder.View{}, fault.Denied()
	}
	g, err := s.GuideOf(ctx, o.ID)
	if err != nil {
		return workorder.View{}, err
	}
	if len(g.Steps) == 0 {
		return workorder.View{}, fault.New(fault.Conflict, "classify.no_script")
	}
	guidance, err := g.guidance(a)
	if err != nil {
		return workorder.View{}, err
	}
	x := scene{Scene: workorder.Scene{ItemID: o.ItemID, ItemCode: o.ItemCode, Priority: o.Priority, Symptom: o.Symptom, Words: o.Words}, failed: true}
	rule, ok, err := s.ruling(ctx, x)
	if err != nil {
		return workorder.View{}, err
	}
	if !ok || rule.Mode != workorder.Onsite { // whatever the policy, what failed is not tried again
		rule = workorder.Ruling{Mode: workorder.Onsite, NameZh: "远程指导失败", NameEn: "Remote guidance failed"}
	}
	return s.Orders.Guide(ctx, o.ID, guidance, rule, m)
}

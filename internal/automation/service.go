package automation

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"wardline/internal/audit"
	"wardline/internal/dispatch"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// Deps are what rules work with.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Zone    *time.Location // the hospital's
	Trail   *audit.Trail
	Events  *event.Log
	Jobs    *jobs.Queue
	Orders  *workorder.Service
	Chooser *dispatch.Service
	Notify  *notify.Service
	// Incidents lets rules declare major incidents.
	Incidents Incidents
	// Around says what an order itself does not: the class of its place, and whether a
	// moment lies on a workday.
	Around func(ctx context.Context, o *workorder.Order, at int64) (Surroundings, error)
	// Recipients says who plays a part in an order; only those who may see it.
	Recipients func(ctx context.Context, part, personID string, o *workorder.Order) ([]string, error)
	// Team returns the id of a team by a part of its name; empty when there is none.
	Team func(ctx context.Context, hint string) (string, error)
	// Post calls an address outside and returns the status of its answer.
	Post func(ctx context.Context, address string, head map[string]string, body []byte) (int, error)
	// Known tells whether there is such an active team, person or item. Nil accepts any.
	Known   func(ctx context.Context, tx *db.Tx, kind, id string) (bool, error)
	SignKey []byte // the keys of webhooks are derived from it
	Logger  *slog.Logger
}

// Incidents is what rules need of major incidents.
type Incidents interface {
	// Raise lets an order follow the running incident that it tells of, or makes it the
	// lead of a new one, once for each key, and returns the incident's number.
	Raise(ctx context.Context, orderID, title, key string) (number string, err error)
}

// Service keeps the rules and carries them out.
type Service struct {
	Deps
	mu       sync.Mutex
	compiled map[string]ready // by rule
}

// ready is a rule with its condition ready to run.
type ready struct {
	Rule
	cond    *condition
	repeats bool // the condition asks how often the fault has been
}

// New returns the service. Register its jobs, and start a Follower.
func New(d Deps) *Service {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d, compiled: map[string]ready{}}
}

// system is the context in which rules act.
func system(ctx context.Context) context.Context {
	return identity.With(ctx, identity.System("automation"))
}

// prepare compiles a rule, once for each version.
func (s *Service) prepare(r Rule) (ready, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if had, ok := s.compiled[r.ID]; ok && had.Version == r.Version {
		had.Rule = r
		return had, nil
	}
	c, err := r.Body.compile()
	if err != nil {
		return ready{}, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	out := ready{r, c, r.Body.reads("repeats")}
	s.compiled[r.ID] = out
	return out, nil
}

// active returns the rules that are switched on, in their order.
func (s *Service) active(ctx context.Context) ([]ready, error) {
	var list []Rule
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = rulesIn(ctx, tx, true); return err })
	if err != nil {
		return nil, err
	}
	var out []ready
	for _, r := range list {
		one, err := s.prepare(r)
		if err != nil { // saved by a newer version of the program
			s.Logger.Error("a rule cannot be understood and is passed over", "rule", r.ID, "error", err)
			continue
		}
		out = append(out, one)
	}
	return out, nil
}

// Rules returns every rule in its order.
func (s *Service) Rules(ctx context.Context) (out []Rule, err error) {
	if err := identity.Of(ctx).NeedAll(identity.RuleRead); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = rulesIn(ctx, tx, false); return err })
	return out, err
}

// Get returns a rule.
func (s *Service) Get(ctx context.Context, ruleID string) (out Rule, err error) {
	if err := identity.Of(ctx).NeedAll(identity.RuleRead); err != nil {
		return Rule{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = ruleByID(ctx, tx, ruleID, false); return err })
	return out, err
}

// Versions returns the states a rule has been saved in, the newest first.
func (s *Service) Versions(ctx context.Context, ruleID string) (out []Version, err error) {
	if _, err := s.Get(ctx, ruleID); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = versionsOf(ctx, tx, ruleID); return err })
	return out, err
}

// WebhookKey returns what the webhooks of a rule are signed with.
func (s *Service) WebhookKey(ctx context.Context, ruleID string) (string, error) {
	if err := identity.Of(ctx).NeedAll(identity.RuleManage); err != nil {
		return "", err
	}
	if _, err := s.Get(ctx, ruleID); err != nil {
		return "", err
	}
	return hex.EncodeToString(s.signKey(ruleID)), nil
}

func (s *Service) signKey(ruleID string) []byte {
	h := hmac.New(sha256.New, s.SignKey)
	h.Write([]byte("rule-webhook:" + ruleID))
	return h.Sum(nil)
}

// Save makes a rule (no id) or a new version of one; version is the one that was
// edited. A new rule stands behind all others, switched off.
func (s *Service) Save(ctx context.Context, ruleID string, version int64, d Definition, note, key string) (Rule, error) {
	return s.change(ctx, key, []any{"save", ruleID, version, d, note}, func(tx *db.Tx, who *identity.Actor) (Rule, error) {
		if err := d.check(); err != nil {
			return Rule{}, err
		}
		if err := s.known(ctx, tx, &d); err != nil {
			return Rule{}, err
		}
		now := s.Clock.Now()
		r := Rule{ID: id.New(), Version: 1, Body: d, UpdatedAt: now}
		if ruleID == "" {
			last, err := lastPosition(ctx, tx)
			if err != nil {
				return r, err
			}
			r.Position = last + 1
			if _, err := insertRule(ctx, tx, &r); err != nil {
				return r, err
			}
		} else {
			was, err := ruleByID(ctx, tx, ruleID, true)
			if err != nil {
				return r, err
			}
			if was.Version != version {
				return r, fault.New(fault.Conflict, "conflict", "version", was.Version)
			}
			r = was
			r.Body, r.Version, r.UpdatedAt = d, was.Version+1, now
			if r.On {
				r.OnSince = now
			}
			if err := updateRule(ctx, tx, &r); err != nil {
				return r, err
			}
		}
		if err := s.free(ctx, tx, &r); err != nil {
			return r, err
		}
		v := Version{ID: id.New(), RuleID: r.ID, Version: r.Version, Body: d, Note: note, ByID: who.PersonID, ByName: who.Name, At: now}
		if err := insertVersion(ctx, tx, &v); err != nil {
			return r, err
		}
		return r, s.Trail.Record(ctx, tx, who.Who(), "rule.save", "rule", r.ID, map[string]any{"name": d.NameZh, "version": r.Version, "note": note})
	})
}

// known refuses actions that name a team, person or item which is not there or not
// active any more.
func (s *Service) known(ctx context.Context, tx *db.Tx, d *Definition) error {
	if s.Known == nil {
		return nil
	}
	var f fault.Fields
	for i := range d.Actions {
		a := &d.Actions[i]
		for _, r := range []struct{ field, kind, id string }{{"teamId", "team", a.TeamID}, {"personId", "person", a.PersonID}, {"itemId", "item", a.ItemID}} {
			if r.id == "" {
				continue
			}
			ok, err := s.Known(ctx, tx, r.kind, r.id)
			if err != nil {
				return err
			}
			if !ok {
				f.Add(fmt.Sprintf("actions[%d].%s", i, r.field), "unknown_reference")
			}
		}
	}
	return f.Err()
}

// free refuses a rule that would set itself off again without an end: by itself, or
// by way of others that are switched on.
func (s *Service) free(ctx context.Context, tx *db.Tx, r *Rule) error {
	all, err := rulesIn(ctx, tx, true)
	if err != nil {
		return err
	}
	if !r.On { // it only has to make sense for itself as yet
		all = nil
	}
	names, action, found := loop(*r, all)
	if !found {
		return nil
	}
	way := ""
	for _, n := range names {
		way += n + " → "
	}
	return fault.Field(fmt.Sprintf("actions[%d]", action), "rule.loop", "way", way+r.Body.NameZh)
}

// Switch turns a rule on or off.
func (s *Service) Switch(ctx context.Context, ruleID string, on bool, key string) (Rule, error) {
	return s.change(ctx, key, []any{"switch", ruleID, on}, func(tx *db.Tx, who *identity.Actor) (Rule, error) {
		r, err := ruleByID(ctx, tx, ruleID, true)
		if err != nil || r.On == on {
			return r, err
		}
		r.On, r.OnSince, r.UpdatedAt = on, 0, s.Clock.Now()
		if on {
			r.OnSince = r.UpdatedAt
			if err := s.free(ctx, tx, &r); err != nil {
				return r, err
			}
		}
		if err := updateRule(ctx, tx, &r); err != nil {
			return r, err
		}
		return r, s.Trail.Record(ctx, tx, who.Who(), "rule.switch", "rule", r.ID, map[string]any{"name": r.Body.NameZh, "on": on})
	})
}

// Move puts a rule at a place in the order, counted from 1; the others make room.
func (s *Service) Move(ctx context.Context, ruleID string, place int, key string) (Rule, error) {
	return s.change(ctx, key, []any{"move", ruleID, place}, func(tx *db.Tx, who *identity.Actor) (Rule, error) {
		if _, err := ruleByID(ctx, tx, ruleID, true); err != nil {
			return Rule{}, err
		}
		list, err := rulesIn(ctx, tx, false)
		if err != nil {
			return Rule{}, err
		}
		from := slices.IndexFunc(list, func(r Rule) bool { return r.ID == ruleID })
		moved := list[from]
		list = slices.Insert(slices.Delete(list, from, from+1), min(max(place, 1), len(list))-1, moved)
		for i := range list {
			if list[i].Position == int64(i)+1 {
				continue
			}
			list[i].Position = int64(i) + 1
			if err := updateRule(ctx, tx, &list[i]); err != nil {
				return Rule{}, err
			}
			if list[i].ID == ruleID {
				moved = list[i]
			}
		}
		return moved, s.Trail.Record(ctx, tx, who.Who(), "rule.move", "rule", ruleID, map[string]any{"name": moved.Body.NameZh, "place": moved.Position})
	})
}

// change carries out one command on the rules.
func (s *Service) change(ctx context.Context, key string, input any, do func(tx *db.Tx, who *identity.Actor) (Rule, error)) (Rule, error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.RuleManage); err != nil {
		return Rule{}, err
	}
	var out Rule
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, input, func() (Rule, error) { return do(tx, actor) })
		return err
	})
	return out, err
}

// Firings returns the log of what rules did, the newest first: of one rule for those
// who keep the rules, of one order for those who may see it.
func (s *Service) Firings(ctx context.Context, ruleID, orderRef string, limit int, cursor string) ([]Firing, string, error) {
	q := db.NewQuery().OrderBy(db.Order{Column: "id", Desc: true, Text: true})
	if orderRef != "" {
		o, err := s.Orders.Get(ctx, orderRef)
		if err != nil {
			return nil, "", err
		}
		q.Where("order_id = ?", o.ID)
	} else if err := identity.Of(ctx).NeedAll(identity.RuleRead); err != nil {
		return nil, "", err
	}
	if ruleID != "" {
		q.Where("rule_id = ?", ruleID)
	}
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	q.Limit(limit + 1)
	var list []Firing
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = firingsPage(ctx, tx, q); return err })
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(list) > limit {
		list = list[:limit]
		next = db.Cursor(list[limit-1].ID)
	}
	seen, err := s.visible(ctx, list)
	if identity.Of(ctx).NeedAll(identity.RuleRead) != nil {
		for i := range seen { // that a rule met the order, not whom it told or why it failed
			seen[i].Steps, seen[i].Reason = []Step{}, ""
		}
	}
	return seen, next, err
}

// visible leaves out the firings on orders that the actor may not see.
func (s *Service) visible(ctx context.Context, list []Firing) ([]Firing, error) {
	actor := identity.Of(ctx)
	if actor.Scope(identity.OrderRead).All() {
		return list, nil
	}
	out := []Firing{}
	for _, f := range list {
		err := s.Orders.Visible(ctx, actor, f.OrderID)
		if db.IsMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

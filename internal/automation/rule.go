package automation

import (
	"fmt"
	"slices"
	"strings"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Limits against rules that set each other off.
const (
	MaxDepth  = 5 // causes behind a firing
	MaxAnHour = 6 // firings of one rule on one order
)

const maxActions = 10

// TriggerKind says what makes a rule look at an order.
type TriggerKind string

// The kinds of trigger.
const (
	OnEvent  TriggerKind = "event"  // something happened to it
	OnDue    TriggerKind = "due"    // so many minutes before (negative) or after one of its deadlines
	OnStatus TriggerKind = "status" // so many minutes in a status
	OnDaily  TriggerKind = "daily"  // at a time of the day
)

// Trigger is when a rule looks at an order.
type Trigger struct {
	Kind    TriggerKind        `json:"kind" enum:"event,due,status,daily"`
	Events  []workorder.Kind   `json:"events,omitempty" maxItems:"30" doc:"Kinds of event; for event"`
	Clock   string             `json:"clock,omitempty" enum:",respond,arrive,finish" doc:"For due"`
	Status  workorder.Status   `json:"status,omitempty" doc:"For status"`
	Minutes int                `json:"minutes,omitempty" minimum:"-10080" maximum:"43200" doc:"For due (before is negative) and status"`
	At      string             `json:"at,omitempty" maxLength:"5" doc:"HH:MM in the hospital's zone; for daily"`
	Among   []workorder.Status `json:"among,omitempty" maxItems:"12" doc:"For daily and due: only orders in these statuses; empty is every open one"`
}

// Definition is what a version of a rule says.
type Definition struct {
	NameZh  string   `json:"nameZh" minLength:"1" maxLength:"60"`
	NameEn  string   `json:"nameEn" minLength:"1" maxLength:"80"`
	AboutZh string   `json:"aboutZh,omitempty" maxLength:"500" doc:"What it is for"`
	AboutEn string   `json:"aboutEn,omitempty" maxLength:"500"`
	Trigger Trigger  `json:"trigger"`
	When    *Cond    `json:"when,omitempty" doc:"Condition; absent is always"`
	Expert  string   `json:"expert,omitempty" maxLength:"2000" doc:"Condition as a CEL expression, instead of when"`
	Actions []Action `json:"actions" minItems:"1" maxItems:"10"`
	Stop    bool     `json:"stop,omitempty" doc:"Rules behind this one are not looked at when it fires"`
}

// Rule is a rule as it stands.
type Rule struct {
	ID        string     `db:"id" json:"id"`
	Code      string     `db:"code" json:"code,omitempty" doc:"Of a rule that came with Wardline"`
	Position  int64      `db:"position" json:"position"`
	On        bool       `db:"enabled" json:"on"`
	OnSince   int64      `db:"on_since" json:"onSince,omitempty" doc:"Unix milliseconds; what was due before does not fire"`
	Version   int64      `db:"version" json:"version"`
	Body      Definition `db:"body,json" json:"body"`
	UpdatedAt int64      `db:"updated_at" json:"updatedAt"`
}

// Version is one saved state of a rule.
type Version struct {
	ID      string     `db:"id" json:"-"`
	RuleID  string     `db:"rule_id" json:"-"`
	Version int64      `db:"version" json:"version"`
	Body    Definition `db:"body,json" json:"body"`
	Note    string     `db:"note" json:"note,omitempty"`
	ByID    string     `db:"by_id" json:"byId"`
	ByName  string     `db:"by_name" json:"byName"`
	At      int64      `db:"at" json:"at"`
}

// TriggerEvents are the kinds of event that rules may wait for. Notes are left out:
// every firing leaves one.
func TriggerEvents() []workorder.Kind {
	return []workorder.Kind{workorder.KindReport, workorder.KindIntake, workorder.KindAmend, workorder.KindDispatch, workorder.KindPool,
		workorder.KindGrab, workorder.KindAccept, workorder.KindRefuse, workorder.KindArrive, workorder.KindHold, workorder.KindResume,
		workorder.KindRemote, workorder.KindConvert, workorder.KindGuide, workorder.KindTransfer, workorder.KindTaskAdd, workorder.KindTaskReady, workorder.KindTaskDone, workorder.KindTaskOverdue,
		workorder.KindMainDone, workorder.KindComplete,
		workorder.KindFinish, workorder.KindConfirm, workorder.KindNotSolved, workorder.KindRate, workorder.KindUrge,
		workorder.KindEscalate, workorder.KindCallBack, workorder.KindCancel, workorder.KindClose, workorder.KindMerge,
		workorder.KindDueSoon, workorder.KindOverdue}
}

// check refuses a trigger that can never be met.
func (t *Trigger) check(f *fault.Fields) {
	switch t.Kind {
	case OnEvent:
		if len(t.Events) == 0 {
			f.Add("trigger.events", "required")
		}
		for i, k := range t.Events {
			if !slices.Contains(TriggerEvents(), k) {
				f.Add(fmt.Sprintf("trigger.events[%d]", i), "bad_value")
			}
		}
	case OnDue:
		if !slices.Contains([]string{workorder.ClockRespond, workorder.ClockArrive, workorder.ClockFinish}, t.Clock) {
			f.Add("trigger.clock", "required")
		}
	case OnStatus:
		if !slices.Contains(workorder.Statuses(), t.Status) {
			f.Add("trigger.status", "bad_value")
		}
		if t.Minutes < 1 {
			f.Add("trigger.minutes", "bad_value")
		}
	case OnDaily:
		if _, ok := minuteOfDay(t.At); !ok {
			f.Add("trigger.at", "bad_value")
		}
	default:
		f.Add("trigger.kind", "bad_value")
	}
	for i, s := range t.Among {
		if !slices.Contains(workorder.Statuses(), s) {
			f.Add(fmt.Sprintf("trigger.among[%d]", i), "bad_value")
		}
	}
}

// statuses are those in which an order can meet a trigger of time.
func (t *Trigger) statuses() []workorder.Status {
	switch {
	case t.Kind == OnStatus:
		return []workorder.Status{t.Status}
	case len(t.Among) > 0:
		return t.Among
	}
	return slices.DeleteFunc(workorder.Statuses(), func(s workorder.Status) bool { return !s.Open() })
}

func minuteOfDay(s string) (int, bool) {
	var h, m int
	if len(s) != 5 || s[2] != ':' || strings.Trim(s, "0123456789:") != "" {
		return 0, false
	}
	if _, err := fmt.Sscanf(s, "%02d:%02d", &h, &m); err != nil || h > 23 || m > 59 {
		return 0, false
	}
	return h*60 + m, true
}

// check refuses a definition with something wrong, naming every place.
func (d *Definition) check() error {
	var f fault.Fields
	d.NameZh, d.NameEn = strings.TrimSpace(d.NameZh), strings.TrimSpace(d.NameEn)
	if d.NameZh == "" {
		f.Add("nameZh", "required")
	}
	if d.NameEn == "" {
		f.Add("nameEn", "required")
	}
	d.Trigger.check(&f)
	if d.When != nil && strings.TrimSpace(d.Expert) != "" {
		f.Add("expert", "rule.two_conditions")
	} else if _, err := d.compile(); err != nil {
		if err := f.Merge("", err); err != nil {
			return err
		}
	}
	if len(d.Actions) == 0 {
		f.Add("actions", "required")
	}
	if len(d.Actions) > maxActions {
		f.Add("actions", "too_many_items", "max", maxActions)
	}
	for i := range d.Actions {
		d.Actions[i].check(&f, fmt.Sprintf("actions[%d].", i))
	}
	return f.Err()
}

// causes are the kinds of event that the actions bring about, with the action's place.
func (d *Definition) causes() map[workorder.Kind]int {
	out := map[workorder.Kind]int{}
	for i, a := range d.Actions {
		for _, k := range a.causes() {
			if _, there := out[k]; !there {
				out[k] = i
			}
		}
	}
	return out
}

// loop looks for a way from a rule back to itself, through rules that are switched
// on. It returns the names on the way and the place of the action that begins it.
func loop(r Rule, others []Rule) (names []string, action int, found bool) {
	seen := map[string]bool{}
	var walk func(d *Definition) []string
	walk = func(d *Definition) []string {
		for k := range d.causes() {
			if r.Body.Trigger.Kind == OnEvent && slices.Contains(r.Body.Trigger.Events, k) {
				return []string{d.NameZh}
			}
		}
		for i := range others {
			o := &others[i]
			if o.ID == r.ID || !o.On || seen[o.ID] || o.Body.Trigger.Kind != OnEvent {
				continue
			}
			for k := range d.causes() {
				if slices.Contains(o.Body.Trigger.Events, k) {
					seen[o.ID] = true
					if way := walk(&o.Body); way != nil {
						return append([]string{d.NameZh}, way...)
					}
					break
				}
			}
		}
		return nil
	}
	names = walk(&r.Body)
	if names == nil {
		return nil, 0, false
	}
	for k, i := range r.Body.causes() {
		if slices.Contains(r.Body.Trigger.Events, k) {
			return names, i, true
		}
	}
	return names, 0, true
}

// moment is a moment at which time makes a rule look at an order, with its slot.
type moment struct {
	at   int64
	slot string
}

// moments returns the moments of a trigger of time for an order that lie after from
// and not after to, while the order stood as it is, in its status since a moment.
func (t *Trigger) moments(o *workorder.Order, since, from, to int64, days func(from, to int64, minute int) []int64) []moment {
	if !slices.Contains(t.statuses(), o.Status) {
		return nil
	}
	var out []moment
	add := func(at int64, slot string) {
		if at > from && at <= to {
			out = append(out, moment{at, slot})
		}
	}
	offset := int64(t.Minutes) * clock.Minute
	switch t.Kind {
	case OnDue:
		due, met := o.Deadlines.Respond, o.AcceptedAt
		switch t.Clock {
		case workorder.ClockArrive:
			due, met = o.Deadlines.Arrive, o.ArrivedAt
		case workorder.ClockFinish:
			due, met = o.Deadlines.Finish, o.FinishedAt
		}
		if due > 0 && met == 0 && o.Status != workorder.Held {
			add(due+offset, fmt.Sprintf("due:%s:%d", t.Clock, due))
		}
	case OnStatus:
		add(since+offset, fmt.Sprintf("in:%s:%d", t.Status, since))
	case OnDaily:
		minute, ok := minuteOfDay(t.At)
		if !ok {
			return nil
		}
		for _, at := range days(from, to, minute) {
			add(at, fmt.Sprintf("day:%d", at))
		}
	}
	return out
}

package notify

import (
	"fmt"
	"slices"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
)

// Quiet is the part of the day in which only urgent news leaves the house. The
// inbox is always filled.
type Quiet struct {
	On   bool   `json:"on"`
	From string `json:"from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"Local time, for example 22:00"`
	To   string `json:"to" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"Local time, for example 07:00; may lie on the next day"`
}

// Choice switches one channel for one group of templates.
type Choice struct {
	Group   Group  `json:"group" enum:"assigned,pool,alert,mine,desk,system"`
	Channel string `json:"channel" maxLength:"20"`
	On      bool   `json:"on"`
}

// Preferences are what one person wants to be told, and how.
type Preferences struct {
	PersonID string          `db:"person_id"`
	Choices  map[string]bool `db:"choices,json"` // "group.channel"; what is not in it is as Groups says
	Quiet    Quiet           `db:"quiet,json"`
	Version  int64           `db:"version"` // 0 for someone who has never chosen
}

// defaultQuiet is what the page offers before somebody chooses.
var defaultQuiet = Quiet{From: "22:00", To: "07:00"}

// Wants tells whether a channel is on for a group.
func (p *Preferences) Wants(g Group, channel string) bool {
	if on, chosen := p.Choices[string(g)+"."+channel]; chosen {
		return on
	}
	for _, i := range Groups() {
		if i.Group == g {
			return slices.Contains(i.On, channel)
		}
	}
	return false
}

// choose takes choices over: codes bad_value, and required for quiet hours without
// beginning or end.
func (p *Preferences) choose(choices []Choice, q Quiet, channels []string) error {
	var bad fault.Fields
	if p.Choices == nil {
		p.Choices = map[string]bool{}
	}
	for i, c := range choices {
		known := slices.ContainsFunc(Groups(), func(g GroupInfo) bool { return g.Group == c.Group })
		if !known || !slices.Contains(channels, c.Channel) {
			bad.Add(fmt.Sprintf("choices.%d", i), "bad_value")
			continue
		}
		p.Choices[string(c.Group)+"."+c.Channel] = c.On
	}
	for _, f := range []struct{ name, v string }{{"quiet.from", q.From}, {"quiet.to", q.To}} {
		if _, ok := minutes(f.v); !ok {
			bad.Add(f.name, "bad_format")
		}
	}
	p.Quiet = q
	return bad.Err()
}

func minutes(hhmm string) (int, bool) {
	t, err := time.Parse("15:04", hhmm)
	if err != nil || len(hhmm) != 5 {
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}

// Until returns when the quiet that reigns at a moment ends, 0 when none does. From
// equal to To is no quiet at all.
func (q Quiet) Until(now int64, zone *time.Location) int64 {
	from, ok1 := minutes(q.From)
	to, ok2 := minutes(q.To)
	if !q.On || !ok1 || !ok2 || from == to {
		return 0
	}
	t := clock.Time(now).In(zone)
	minute := t.Hour()*60 + t.Minute()
	days := 0
	switch {
	case from < to && minute >= from && minute < to, from > to && minute < to:
	case from > to && minute >= from:
		days = 1
	default:
		return 0
	}
	end := time.Date(t.Year(), t.Month(), t.Day()+days, to/60, to%60, 0, 0, zone).UnixMilli()
	return max(end, now+1) // a clock that is set back may put the end behind us
}

// State is how a delivery stands.
type State string

// The states of a delivery.
const (
	Queued  State = "queued"  // waits for its moment or the next try
	Sent    State = "sent"    // handed over
	Failed  State = "failed"  // given up
	Skipped State = "skipped" // not tried, see the reason
)

// The reasons of a delivery's state.
const (
	ReasonOff      = "off"          // the person does not want it by this channel
	ReasonAddress  = "no_address"   // no mail address, no device
	ReasonChannel  = "no_channel"   // the channel is not set up
	ReasonQuiet    = "quiet_hours"  // waits for their end, or is of no use by then
	ReasonExpired  = "expired"      // of no use any more
	ReasonRead     = "already_read" // read in the inbox meanwhile
	ReasonInactive = "inactive"     // the person has left
	ReasonRetry    = "retry"        // failed, will be tried again
	ReasonRefused  = "refused"      // the other side will never take it
	ReasonGone     = "gone"         // the address no longer exists
	ReasonGaveUp   = "gave_up"      // failed too often
)

// outcome is what becomes of a delivery before any channel is asked.
type outcome struct {
	State  State
	Reason string
	At     int64 // when to send it, for Queued
}

// plan decides about one delivery of a message at a moment.
func plan(p *Preferences, m *Message, channel string, now int64, zone *time.Location) outcome {
	if !p.Wants(m.Group, channel) {
		return outcome{State: Skipped, Reason: ReasonOff}
	}
	if channel == Inbox {
		return outcome{State: Sent}
	}
	if m.ReadAt > 0 {
		return outcome{State: Skipped, Reason: ReasonRead}
	}
	if now >= m.ExpiresAt {
		return outcome{State: Skipped, Reason: ReasonExpired}
	}
	if until := p.Quiet.Until(now, zone); until > 0 && !m.Urgent {
		if until >= m.ExpiresAt {
			return outcome{State: Skipped, Reason: ReasonQuiet}
		}
		return outcome{State: Queued, Reason: ReasonQuiet, At: until}
	}
	return outcome{State: Queued, At: now}
}

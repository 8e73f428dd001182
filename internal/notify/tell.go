package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
	"wardline/internal/platform/jobs"
)

// Tell writes messages with their deliveries in the caller's transaction, and
// returns how many people are told something new. People who are unknown or have
// left are passed over, and so is what somebody has been told before.
func (s *Service) Tell(ctx context.Context, tx *db.Tx, list ...Notice) (int, error) {
	if len(list) == 0 {
		return 0, nil
	}
	// One order everywhere, so that two writers of the same news cannot wait for each other.
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Notice) int { return strings.Compare(a.key(), b.key()) })
	w := writer{s: s, tx: tx, now: s.now(), people: map[string]*identity.Person{}}
	if err := w.load(ctx, list); err != nil {
		return 0, err
	}
	n := 0
	for _, notice := range list {
		m, err := w.message(ctx, notice)
		if err != nil {
			return n, err
		}
		if m == nil {
			continue
		}
		n++
		for _, channel := range s.names {
			if notice.Channels != nil && channel != Inbox && !slices.Contains(notice.Channels, channel) {
				continue
			}
			w.deliver(m, channel, false)
		}
	}
	return n, w.close(ctx)
}

func (n *Notice) key() string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%d", n.PersonID, n.Template, n.Subject, n.Version)
}

// writer writes messages within one transaction.
type writer struct {
	s       *Service
	tx      *db.Tx
	now     int64
	people  map[string]*identity.Person // nil for those who are not told anything
	prefs   map[string]*Preferences
	devices map[string][]Device
	texts   map[string]Texts // wordings that stand in for the built-in ones
	records []Record
	signals []Message
}

// load reads what is known about the people and the templates.
func (w *writer) load(ctx context.Context, list []Notice) error {
	var ids, codes []string
	for _, n := range list {
		if _, known := w.people[n.PersonID]; !known {
			p, err := w.s.person(ctx, w.tx, n.PersonID)
			if err != nil {
				return err
			}
			if p != nil && !p.Active {
				p = nil
			}
			w.people[n.PersonID] = p
			ids = append(ids, n.PersonID)
		}
		if !slices.Contains(codes, n.Template) {
			codes = append(codes, n.Template)
		}
	}
	var err error
	if w.prefs, err = preferencesOf(ctx, w.tx, ids); err != nil {
		return err
	}
	if w.devices, err = devicesOf(ctx, w.tx, ids); err != nil {
		return err
	}
	w.texts, err = overrides(ctx, w.tx, codes)
	return err
}

// message writes one message; nil when there is nothing to tell.
func (w *writer) message(ctx context.Context, n Notice) (*Message, error) {
	t, ok := templateOf(n.Template)
	if !ok {
		return nil, fmt.Errorf("notify: no template %q", n.Template)
	}
	if w.people[n.PersonID] == nil {
		return nil, nil
	}
	texts, ok := w.texts[n.Template]
	if !ok {
		texts = t.Texts
	}
	at := n.At
	if at == 0 {
		at = w.now
	}
	m := &Message{ID: id.New(), PersonID: n.PersonID, Template: t.Code, Group: t.Group, Subject: n.Subject, Version: n.Version,
		Urgent: n.Urgent, Texts: texts.Render(n.Params), Page: n.Page, At: w.now, ExpiresAt: t.expires(at)}
	m.Inbox = w.prefs[n.PersonID].Wants(t.Group, Inbox)
	fresh, err := insertMessage(ctx, w.tx, m)
	if err != nil || !fresh {
		return nil, err
	}
	if m.Inbox {
		w.signals = append(w.signals, *m)
	}
	return m, nil
}

// deliver plans the deliveries of a message through one channel.
func (w *writer) deliver(m *Message, channel string, forced bool) {
	o := plan(w.prefs[m.PersonID], m, channel, w.now, w.s.Zone)
	if forced {
		o = outcome{State: Queued, At: w.now}
	}
	targets := []string{""}
	if o.State == Queued {
		if channel == Push {
			targets = nil
			for _, d := range w.devices[m.PersonID] {
				targets = append(targets, d.ID)
			}
		} else if emailOf(channel, w.people[m.PersonID]) == "" {
			targets = nil
		}
		if len(targets) == 0 {
			targets, o = []string{""}, outcome{State: Skipped, Reason: ReasonAddress}
		}
	}
	for _, target := range targets {
		w.records = append(w.records, Record{ID: id.New(), MessageID: m.ID, PersonID: m.PersonID, Channel: channel, Target: target,
			State: o.State, Reason: o.Reason, Forced: forced, RunAt: o.At, CreatedAt: w.now, UpdatedAt: w.now})
	}
}

// close stores the deliveries with their jobs and rings the people's pages.
func (w *writer) close(ctx context.Context) error {
	if err := insertRecords(ctx, w.tx, w.records); err != nil {
		return err
	}
	for i := range w.records {
		if r := &w.records[i]; r.State == Queued {
			if err := w.s.Jobs.Enqueue(ctx, w.tx, sendJob(r)); err != nil {
				return err
			}
		}
	}
	for _, m := range w.signals {
		err := w.s.signal(ctx, w.tx, m.PersonID, Signal{Kind: "new", ID: m.ID, Template: m.Template, Group: m.Group, Subject: m.Subject, Urgent: m.Urgent})
		if err != nil {
			return err
		}
	}
	return nil
}

// sendTries is how often a delivery is tried: with the back-off of jobs about five hours.
const sendTries = 16

func sendJob(r *Record) jobs.Job {
	return jobs.Job{Kind: jobKind(r.Channel), Key: r.ID, Args: sendArgs{r.ID}, RunAt: r.RunAt, MaxTries: sendTries}
}

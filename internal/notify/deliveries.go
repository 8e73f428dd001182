package notify

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/command"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// DeliveryFilter narrows the log of deliveries; empty fields do not.
type DeliveryFilter struct {
	Everyone  bool // of all people: for administrators
	PersonID  string
	MessageID string
	Channel   string
	State     State
}

// overseer tells whether the actor may see everybody's deliveries. They belong to no
// department, so only job.read without limits will do.
func overseer(a *identity.Actor) bool { return a.Scope(identity.JobRead).All() }

// Deliveries returns a page of the log, the newest first, and the next cursor:
// the signed-in person's own, or everybody's for those who may.
func (s *Service) Deliveries(ctx context.Context, lang fault.Language, f DeliveryFilter, limit int, cursor string) ([]RecordView, string, error) {
	actor, err := me(ctx)
	if err != nil {
		return nil, "", err
	}
	others := f.Everyone || f.PersonID != "" && f.PersonID != actor.PersonID
	if others && !overseer(actor) {
		return nil, "", fault.Denied()
	}
	if !others {
		f.PersonID = actor.PersonID
	}
	q := db.NewQuery().OrderBy(db.Order{Column: "d.created_at", Desc: true}, db.Order{Column: "d.id", Desc: true, Text: true}).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	if err := f.limit(q); err != nil {
		return nil, "", err
	}
	var out []RecordView
	next := ""
	err = s.read(ctx, func(tx *db.Tx) error {
		list, err := listRecords(ctx, tx, q)
		if err != nil {
			return err
		}
		if len(list) > limit {
			list = list[:limit]
			next = db.Cursor(list[limit-1].CreatedAt, list[limit-1].ID)
		}
		out, err = s.recordViews(ctx, tx, actor, lang, list)
		return err
	})
	return out, next, err
}

func (f DeliveryFilter) limit(q *db.Query) error {
	if f.PersonID != "" {
		q.Where("d.person_id = ?", f.PersonID)
	}
	if f.MessageID != "" {
		q.Where("d.message_id = ?", f.MessageID)
	}
	if f.Channel != "" {
		q.Where("d.channel = ?", f.Channel)
	}
	switch f.State {
	case "":
	case Queued, Sent, Failed, Skipped:
		q.Where("d.state = '" + string(f.State) + "'") // in the text, so that the partial indexes serve
	default:
		return fault.Field("state", "bad_value")
	}
	return nil
}

func (s *Service) recordViews(ctx context.Context, tx *db.Tx, actor *identity.Actor, lang fault.Language, list []line) ([]RecordView, error) {
	ids := make([]string, 0, len(list))
	for i := range list {
		ids = append(ids, list[i].PersonID)
	}
	names, err := s.People.People(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]RecordView, 0, len(list))
	for i := range list {
		r := &list[i]
		v := RecordView{ID: r.ID, MessageID: r.MessageID, PersonID: r.PersonID, PersonName: names[r.PersonID].Name, Title: r.Texts.In(lang).Title,
			Template: r.Template, Channel: r.Channel, State: r.State, Reason: r.Reason, Attempts: r.Attempts, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}
		if r.Reason != "" {
			v.ReasonText = fault.Message(lang, "notify.reason_"+r.Reason, nil)
		}
		if r.State == Queued {
			v.RunAt = r.RunAt
		}
		// What servers of the house answer is not for everyone.
		if actor.Can(identity.JobRead) {
			v.Error = r.Error
		}
		out = append(out, v)
	}
	return out, nil
}

// Again sends a delivery once more, now, whatever the preferences say: the person's
// own, or anybody's for those who may operate jobs. Deliveries to the inbox cannot
// be repeated: fault notify.inbox.
func (s *Service) Again(ctx context.Context, lang fault.Language, deliveryID, key string) (RecordView, error) {
	actor, err := me(ctx)
	if err != nil {
		return RecordView{}, err
	}
	var out RecordView
	err = s.write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, []string{"again", deliveryID}, func() (RecordView, error) {
			return s.again(ctx, tx, actor, lang, deliveryID)
		})
		return err
	})
	return out, err
}

func (s *Service) again(ctx context.Context, tx *db.Tx, actor *identity.Actor, lang fault.Language, deliveryID string) (RecordView, error) {
	r, err := getRecord(ctx, tx, deliveryID, true)
	if err != nil {
		return RecordView{}, err
	}
	switch own := r.PersonID == actor.PersonID; {
	case !own && !overseer(actor):
		return RecordView{}, fault.Missing()
	case !own && !actor.Scope(identity.JobWrite).All():
		return RecordView{}, fault.Denied()
	case r.Channel == Inbox:
		return RecordView{}, fault.New(fault.Conflict, "notify.inbox")
	case !s.ready(r.Channel):
		return RecordView{}, fault.New(fault.Conflict, "notify.no_channel")
	}
	r.State, r.Reason, r.Forced, r.UpdatedAt = Queued, "", true, s.now()
	r.RunAt = r.UpdatedAt
	if err := updateRecord(ctx, tx, &r); err != nil {
		return RecordView{}, err
	}
	if err := s.Jobs.EnqueueOrMove(ctx, tx, sendJob(&r)); err != nil {
		return RecordView{}, err
	}
	if err := s.Trail.Record(ctx, tx, actor.Who(), "notify.delivery.again", "delivery", r.ID, map[string]any{"channel": r.Channel, "person": r.PersonID}); err != nil {
		return RecordView{}, err
	}
	views, err := s.recordsOf(ctx, tx, actor, lang, db.NewQuery().Where("d.id = ?", r.ID))
	if err != nil {
		return RecordView{}, err
	}
	return views[0], nil
}

func (s *Service) recordsOf(ctx context.Context, tx *db.Tx, actor *identity.Actor, lang fault.Language, q *db.Query) ([]RecordView, error) {
	list, err := listRecords(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	return s.recordViews(ctx, tx, actor, lang, list)
}

// testPause is how long a person waits between two test messages.
const testPause = 10 * clock.Second

// Test sends the signed-in person a message through one channel, whatever their
// preferences say, and returns its deliveries: faults notify.no_channel,
// notify.no_address, too_many.
func (s *Service) Test(ctx context.Context, lang fault.Language, channel, key string) ([]RecordView, error) {
	actor, err := me(ctx)
	if err != nil {
		return nil, err
	}
	if !s.ready(channel) {
		return nil, fault.Field("channel", "notify.no_channel")
	}
	var out []RecordView
	err = s.write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = command.Do(ctx, tx, s.Clock, actor.PersonID, key, []string{"test", channel}, func() ([]RecordView, error) {
			return s.test(ctx, tx, actor, lang, channel)
		})
		return err
	})
	return out, err
}

func (s *Service) test(ctx context.Context, tx *db.Tx, actor *identity.Actor, lang fault.Language, channel string) ([]RecordView, error) {
	w := writer{s: s, tx: tx, now: s.now(), people: map[string]*identity.Person{}}
	last, err := lastOf(ctx, tx, actor.PersonID, testTemplate)
	if err != nil {
		return nil, err
	}
	if wait := last + testPause - w.now; last > 0 && wait > 0 {
		return nil, fault.New(fault.TooMany, "too_many", "seconds", (wait+clock.Second-1)/clock.Second)
	}
	notice := Notice{PersonID: actor.PersonID, Template: testTemplate, Subject: id.New()}
	if err := w.load(ctx, []Notice{notice}); err != nil {
		return nil, err
	}
	m, err := w.message(ctx, notice)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, fault.Denied() // an actor that is no person
	}
	w.deliver(m, channel, channel != Inbox)
	if w.records[0].Reason == ReasonAddress {
		return nil, fault.Field("channel", "notify.no_address")
	}
	if err := w.close(ctx); err != nil {
		return nil, err
	}
	return s.recordsOf(ctx, tx, actor, lang, db.NewQuery().Where("d.message_id = ?", m.ID))
}

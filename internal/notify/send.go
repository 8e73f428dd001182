package notify

import (
	"context"
	"errors"

	"wardline/internal/platform/db"
	"wardline/internal/platform/jobs"
)

// sendArgs are the arguments of a job that sends one delivery.
type sendArgs struct {
	Delivery string `json:"delivery"`
}

// maxError is how much of an error is kept, in characters.
const maxError = 300

// parcel is a delivery made ready: either something to send, or what became of it instead.
type parcel struct {
	record  Record
	channel Channel
	send    Delivery
	instead outcome // when its State is set there is nothing to send now
}

// send carries out one delivery. It may run more than once.
func (s *Service) send(ctx context.Context, a sendArgs) error {
	p, err := s.prepare(ctx, a.Delivery)
	if err != nil || p == nil {
		return err
	}
	if p.instead.State != "" {
		return s.putOff(ctx, p)
	}
	err = p.channel.Send(ctx, p.send)
	if err != nil && ctx.Err() != nil { // the program stops, or another replica has taken over: nothing is known
		return err
	}
	return s.settle(ctx, p, err)
}

// prepare reads what a delivery needs; nil when there is nothing left to do.
func (s *Service) prepare(ctx context.Context, deliveryID string) (*parcel, error) {
	var p *parcel
	err := s.read(ctx, func(tx *db.Tx) error {
		r, err := getRecord(ctx, tx, deliveryID, false)
		if db.IsMissing(err) {
			return nil // it has been pruned
		}
		if err != nil || r.State == Sent || r.State == Skipped {
			return err
		}
		p = &parcel{record: r, channel: s.channels[r.Channel]}
		return s.pack(ctx, tx, p)
	})
	return p, err
}

// pack fills a parcel.
func (s *Service) pack(ctx context.Context, tx *db.Tx, p *parcel) error {
	r := &p.record
	m, err := getMessage(ctx, tx, r.MessageID)
	if err != nil {
		return err
	}
	person, err := s.person(ctx, tx, r.PersonID)
	if err != nil {
		return err
	}
	if person == nil || !person.Active {
		p.instead = outcome{State: Skipped, Reason: ReasonInactive}
		return nil
	}
	if p.channel == nil {
		p.instead = outcome{State: Skipped, Reason: ReasonChannel}
		return nil
	}
	now := s.now()
	if !r.Forced {
		prefs, err := preferencesOf(ctx, tx, []string{r.PersonID})
		if err != nil {
			return err
		}
		if o := plan(prefs[r.PersonID], &m, r.Channel, now, s.Zone); o.State != Queued || o.At > now {
			p.instead = o
			return nil
		}
	}
	to := Address{Name: person.Name, Endpoint: emailOf(r.Channel, person)}
	if r.Channel == Push {
		d, err := deviceOf(ctx, tx, r.PersonID, r.Target)
		if err != nil {
			return err
		}
		to.Endpoint, to.P256dh, to.Auth = d.Endpoint, d.P256dh, d.Auth
	}
	if to.Endpoint == "" {
		p.instead = outcome{State: Skipped, Reason: ReasonAddress}
		return nil
	}
	lang := language(person)
	text := m.Texts.In(lang)
	p.send = Delivery{ID: r.ID, To: to, Language: lang, Title: text.Title, Brief: text.Brief, Body: text.Body, Path: m.Page,
		Thread: m.Subject, Urgent: m.Urgent, Now: now, Expires: m.ExpiresAt}
	if m.Page != "" {
		p.send.URL = s.BaseURL + m.Page
	}
	return nil
}

// putOff ends a delivery that is not to be sent, or moves it to its new moment.
func (s *Service) putOff(ctx context.Context, p *parcel) error {
	return s.write(ctx, func(tx *db.Tx) error {
		r, err := getRecord(ctx, tx, p.record.ID, true)
		if err != nil {
			return err
		}
		r.State, r.Reason, r.RunAt, r.UpdatedAt = p.instead.State, p.instead.Reason, p.instead.At, s.now()
		if err := updateRecord(ctx, tx, &r); err != nil || r.State != Queued {
			return err
		}
		return s.Jobs.Enqueue(ctx, tx, sendJob(&r))
	})
}

// settle writes down how a try went and returns what the job is told.
func (s *Service) settle(ctx context.Context, p *parcel, sent error) error {
	gone := errors.Is(sent, ErrGone)
	refused := sent != nil && !gone && p.channel.Permanent(sent)
	attempt, _ := jobs.Current(ctx)
	err := s.write(ctx, func(tx *db.Tx) error {
		r, err := getRecord(ctx, tx, p.record.ID, true)
		if err != nil {
			return err
		}
		r.Attempts++
		r.UpdatedAt, r.RunAt = s.now(), 0
		r.State, r.Reason, r.Error = Sent, "", ""
		if sent != nil {
			r.State, r.Error = Failed, cut(oneLine(sent.Error()), maxError)
		}
		switch {
		case sent == nil && r.Channel == Push:
			if err := deviceUsed(ctx, tx, r.Target, r.UpdatedAt); err != nil {
				return err
			}
		case gone:
			r.Reason = ReasonGone
			if _, err := deleteDevice(ctx, tx, r.PersonID, r.Target); err != nil {
				return err
			}
		case refused:
			r.Reason = ReasonRefused
		case sent != nil && attempt.Last:
			r.Reason = ReasonGaveUp
		case sent != nil:
			r.State, r.Reason = Queued, ReasonRetry
		}
		return updateRecord(ctx, tx, &r)
	})
	switch {
	case err != nil:
		return err
	case refused:
		return jobs.Permanent(sent)
	case gone:
		return nil
	}
	return sent
}

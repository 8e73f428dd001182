package notify

import (
	"context"
	"encoding/json"
	"time"

	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/jobs"
)

// entryKind is the kind of the jobs that turn one entry into messages.
const entryKind = "notify.entry"

// jobKind returns the kind of the jobs that send through a channel.
func jobKind(channel string) string { return "notify." + channel }

// entryArgs are an entry of the log as a job keeps it.
type entryArgs struct {
	Seq     int64           `json:"seq"`
	TxID    int64           `json:"txid"`
	At      int64           `json:"at"`
	Topic   string          `json:"topic"`
	Subject string          `json:"subject"`
	Data    json.RawMessage `json:"data"`
	Whose   json.RawMessage `json:"audience"`
}

func packEntry(e event.Entry) entryArgs {
	return entryArgs{Seq: e.Seq, TxID: e.TxID, At: e.At, Topic: e.Topic, Subject: e.Subject, Data: e.Data, Whose: e.Audience}
}

// Register adds what notify does in the background; each channel has workers of its own.
func (s *Service) Register(r *jobs.Runner) {
	for name := range s.channels {
		jobs.On(r, jobKind(name), s.send, jobs.Own(channelWorkers))
	}
	jobs.On(r, entryKind, s.tellEntry)
	r.Every("notify.prune", 24*time.Hour, s.Prune)
}

// channelWorkers is how many deliveries of one channel a replica sends at a time.
const channelWorkers = 2

// tellEntry turns an entry into messages that the follower had to leave.
func (s *Service) tellEntry(ctx context.Context, a entryArgs) error {
	e := event.Entry{Seq: a.Seq, TxID: a.TxID, At: a.At, Topic: a.Topic, Subject: a.Subject, Data: a.Data, Audience: a.Whose}
	list, err := s.understand(ctx, e)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		_, err := s.Tell(ctx, tx, list...)
		return err
	})
}

// Prune removes messages older than Keep, with their deliveries.
func (s *Service) Prune(ctx context.Context) error {
	const portion = 500
	for {
		var n int64
		err := s.write(ctx, func(tx *db.Tx) (err error) {
			n, err = prune(ctx, tx, s.now()-Keep, portion)
			return err
		})
		if err != nil || n < portion {
			return err
		}
	}
}

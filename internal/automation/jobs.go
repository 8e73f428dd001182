package automation

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

const (
	actKind        = "automation.act"
	webhookKind    = "automation.webhook"
	webhookTries   = 12 // with the back-off of jobs above an hour
	webhookWorkers = 2
	sweepPeriod    = 15 * time.Second
	keepFirings    = 180 * clock.Day
)

// actArgs are firings of one event, in the order of their rules.
type actArgs struct {
	Firings []string `json:"firings"`
}

type webhookArgs struct {
	Firing string          `json:"firing"`
	Number int64           `json:"number"`
	URL    string          `json:"url"`
	Body   json.RawMessage `json:"body"`
}

// RegisterJobs adds what rules do in the background.
func (s *Service) RegisterJobs(r *jobs.Runner) {
	jobs.On(r, actKind, s.act)
	jobs.On(r, webhookKind, s.post, jobs.Own(webhookWorkers))
	r.Every("automation.time", sweepPeriod, s.Sweep)
	r.Every("automation.prune", 24*time.Hour, s.prune)
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// payload is what a webhook tells: nothing of people, which a receiver has no claim to.
func (s *Service) payload(f *Firing, a *Action, o *workorder.Order) json.RawMessage {
	body, err := json.Marshal(map[string]any{"id": f.key(f.Next), "rule": f.NameZh, "ruleId": f.RuleID, "at": f.At, "text": a.Text,
		"order": map[string]any{"id": o.ID, "number": o.Number, "version": o.Version, "status": o.Status, "priority": o.Priority, "item": o.ItemCode,
			"itemName": o.ItemName, "place": o.PlaceName, "team": o.TeamName, "overdue": o.Overdue, "level": o.Level, "reportedAt": o.ReportedAt}})
	if err != nil {
		return json.RawMessage("{}")
	}
	return body
}

// post delivers a webhook. The signature covers the moment and the body, so that a
// receiver can refuse what is old; the delivery's id stays the same when repeated.
func (s *Service) post(ctx context.Context, a webhookArgs) error {
	var f Firing
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { f, err = firingByID(ctx, tx, a.Firing, false); return err })
	if err != nil {
		return err
	}
	at := strconv.FormatInt(s.Clock.Now(), 10)
	h := hmac.New(sha256.New, s.signKey(f.RuleID))
	h.Write([]byte(at + "."))
	h.Write(a.Body)
	status, err := s.Post(ctx, a.URL, map[string]string{"Content-Type": "application/json", "Wardline-Delivery": f.key(a.Number), "Wardline-Time": at,
		"Wardline-Signature": "sha256=" + hex.EncodeToString(h.Sum(nil))}, a.Body)
	if err != nil {
		return err
	}
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == 410 || status >= 300 && status < 400:
		return jobs.Permanent(fmt.Errorf("webhook: answered %d", status))
	}
	return fmt.Errorf("webhook: answered %d", status)
}

// prune removes firings nobody will ask for any more.
func (s *Service) prune(ctx context.Context) error {
	const portion = 500
	for {
		var n int64
		err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			n, err = pruneFirings(ctx, tx, s.Clock.Now()-keepFirings, portion)
			return err
		})
		if err != nil || n < portion {
			return err
		}
	}
}

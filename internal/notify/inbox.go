package notify

import (
	"context"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Messages returns a page of the signed-in person's inbox, the newest first, and
// the cursor of the next page.
func (s *Service) Messages(ctx context.Context, lang fault.Language, unread bool, limit int, cursor string) ([]MessageView, string, error) {
	actor, err := me(ctx)
	if err != nil {
		return nil, "", err
	}
	q := db.NewQuery().OrderBy(db.Order{Column: "at", Desc: true}, db.Order{Column: "id", Desc: true, Text: true}).Limit(limit + 1)
	if err := q.After(cursor); err != nil {
		return nil, "", err
	}
	cond := "inbox"
	if unread {
		cond = "inbox AND read_at = 0"
	}
	q.Where(cond).Where("person_id = ?", actor.PersonID)
	var list []Message
	if err := s.read(ctx, func(tx *db.Tx) (err error) { list, err = listMessages(ctx, tx, q); return err }); err != nil {
		return nil, "", err
	}
	next := ""
	if len(list) > limit {
		list = list[:limit]
		next = db.Cursor(list[limit-1].At, list[limit-1].ID)
	}
	out := make([]MessageView, 0, len(list))
	for i := range list {
		out = append(out, list[i].view(lang))
	}
	return out, next, nil
}

// Unread returns how many messages in the signed-in person's inbox are unread.
func (s *Service) Unread(ctx context.Context) (int64, error) {
	actor, err := me(ctx)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.read(ctx, func(tx *db.Tx) (err error) { n, err = countUnread(ctx, tx, actor.PersonID); return err })
	return n, err
}

// Read marks one message of the signed-in person as read; reading it twice is no error.
func (s *Service) Read(ctx context.Context, messageID string) error {
	actor, err := me(ctx)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		found, changed, err := markRead(ctx, tx, actor.PersonID, messageID, s.now())
		switch {
		case err != nil:
			return err
		case !found:
			return fault.Missing()
		case !changed:
			return nil
		}
		return s.signal(ctx, tx, actor.PersonID, Signal{Kind: "read", ID: messageID})
	})
}

// ReadAll marks the signed-in person's messages up to a moment as read (0 is now),
// so that what came after the page was drawn stays unread. It returns how many.
func (s *Service) ReadAll(ctx context.Context, until int64) (int64, error) {
	actor, err := me(ctx)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.write(ctx, func(tx *db.Tx) error {
		now := s.now()
		if until <= 0 {
			until = now
		}
		if n, err = markAllRead(ctx, tx, actor.PersonID, until, now); err != nil || n == 0 {
			return err
		}
		return s.signal(ctx, tx, actor.PersonID, Signal{Kind: "read"})
	})
	return n, err
}

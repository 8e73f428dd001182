package event

import (
	"context"
	"encoding/json"

	"wardline/internal/platform/db"
)

// inRow is an entry to be stored; the database numbers it.
type inRow struct {
	At       int64  `db:"at"`
	Topic    string `db:"topic"`
	Subject  string `db:"subject"`
	Audience string `db:"audience"`
	Data     string `db:"data"`
}

type outRow struct {
	TxID     int64  `db:"txid"`
	Seq      int64  `db:"seq"`
	At       int64  `db:"at"`
	Topic    string `db:"topic"`
	Subject  string `db:"subject"`
	Audience string `db:"audience"`
	Data     string `db:"data"`
	Settled  bool   `db:"settled"`
}

func (r *outRow) entry() Entry {
	return Entry{Seq: r.Seq, TxID: r.TxID, At: r.At, Topic: r.Topic, Subject: r.Subject,
		Audience: json.RawMessage(r.Audience), Data: json.RawMessage(r.Data), memo: &memo{}}
}

type placeRow struct {
	TxID int64 `db:"txid"`
	Seq  int64 `db:"seq"`
}

func insert(ctx context.Context, tx *db.Tx, r *inRow) error {
	return db.InsertLater(ctx, tx, "event_log", *r)
}

// after reads entries behind a position, and whether a committed entry had to be
// left because an older transaction still runs. SQLite orders by seq alone, which
// is its row id, as txid is always 0 there.
func after(ctx context.Context, tx *db.Tx, p Position, limit int) (out []Entry, held bool, err error) {
	where, args := "(txid, seq) > ($1, $2) ORDER BY txid, seq LIMIT $3", []any{p.TxID, p.Seq, limit}
	if tx.Engine() == db.SQLite {
		where, args = "seq > $1 ORDER BY seq LIMIT $2", []any{p.Seq, limit}
	}
	err = db.Each(ctx, tx, func(r *outRow) error {
		if held = held || !r.Settled; !held {
			out = append(out, r.entry())
		}
		return nil
	}, "SELECT txid, seq, at, topic, subject, audience, data, "+tx.Settled("txid")+" AS settled FROM event_log WHERE "+where, args...)
	return out, held, err
}

// backwards returns the order in which the newest entry comes first.
func backwards(tx *db.Tx) string {
	if tx.Engine() == db.SQLite {
		return " ORDER BY seq DESC"
	}
	return " ORDER BY txid DESC, seq DESC"
}

// newest returns the positions of the last settled entries, the newest first.
func newest(ctx context.Context, tx *db.Tx, limit int) ([]placeRow, error) {
	return db.All[placeRow](ctx, tx, "SELECT txid, seq FROM event_log WHERE "+tx.Settled("txid")+backwards(tx)+" LIMIT $1", limit)
}

func floor(ctx context.Context, tx *db.Tx) (Position, error) {
	r, err := db.One[placeRow](ctx, tx, "SELECT txid, seq FROM event_floor WHERE id = 'floor'")
	return Position(r), err
}

func setFloor(ctx context.Context, tx *db.Tx, p Position) error {
	_, err := db.Exec(ctx, tx, "UPDATE event_floor SET txid = $1, seq = $2 WHERE id = 'floor'", p.TxID, p.Seq)
	return err
}

func deleteUpTo(ctx context.Context, tx *db.Tx, p Position) error {
	if tx.Engine() == db.SQLite {
		_, err := db.Exec(ctx, tx, "DELETE FROM event_log WHERE seq <= $1", p.Seq)
		return err
	}
	_, err := db.Exec(ctx, tx, "DELETE FROM event_log WHERE (txid, seq) <= ($1, $2)", p.TxID, p.Seq)
	return err
}

// fromTheFuture tells whether the log holds transaction numbers that this server
// has not reached: it was filled by another server and moved here.
func fromTheFuture(ctx context.Context, tx *db.Tx) (bool, error) {
	n, err := db.One[int64](ctx, tx, "SELECT (SELECT count(*) FROM event_log WHERE txid > "+tx.Number()+") + (SELECT count(*) FROM event_floor WHERE txid > "+tx.Number()+")")
	return n > 0, err
}

// startOver empties the log and makes every position handed out so far older than
// the floor: an entry far ahead is numbered by the database and removed again.
func startOver(ctx context.Context, tx *db.Tx) error {
	top, err := db.One[int64](ctx, tx, "SELECT coalesce(max(seq), 0) FROM event_log")
	if err != nil {
		return err
	}
	old, err := floor(ctx, tx)
	if err != nil {
		return err
	}
	const gap = 1 << 24 // more than any lost stretch of the log can have held
	at, err := db.One[placeRow](ctx, tx, "INSERT INTO event_log (seq, at, topic, subject, audience, data) VALUES ($1, 0, '', '', '', '') RETURNING txid, seq",
		max(top, old.Seq)+gap)
	if err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, "DELETE FROM event_log"); err != nil {
		return err
	}
	return setFloor(ctx, tx, Position(at))
}

package event

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
)

// ErrResync tells a follower that entries are missing between where it stands and
// what can still be read: it must load what it needs afresh and go on from the head.
var ErrResync = errors.New("event: too far behind, start afresh")

// Event is something that changed.
type Event struct {
	Topic    string // "order.dispatched": lower-case words, digits, dots, dashes and underscores
	Subject  string // id of the thing that changed
	Audience any    // who may see it; stored as JSON, understood by the reader
	Data     any    // what a reader needs before it looks; stored as JSON, small
}

// Entry is an event as it stands in the log. It is shared: nobody may change it.
type Entry struct {
	Seq      int64
	TxID     int64 // number of the PostgreSQL transaction; 0 on SQLite
	At       int64 // Unix milliseconds
	Topic    string
	Subject  string
	Audience json.RawMessage
	Data     json.RawMessage

	memo *memo
}

// memo keeps what all followers of this process would otherwise make each for itself.
type memo struct {
	frame    sync.Once
	bytes    []byte
	audience sync.Once
	decoded  any
	err      error
}

// Position returns where the entry stands in the log.
func (e Entry) Position() Position { return Position{TxID: e.TxID, Seq: e.Seq} }

// Encoded returns what encode makes of the entry; it is made once for all
// followers of the process, so all must pass the same function.
func (e Entry) Encoded(encode func(Entry) []byte) []byte {
	if e.memo == nil {
		return encode(e)
	}
	e.memo.frame.Do(func() { e.memo.bytes = encode(e) })
	return e.memo.bytes
}

// Audience decodes the entry's audience, once for all followers of the process
// that ask for the same type. The value is shared: nobody may change it.
func Audience[T any](e Entry) (T, error) {
	var out T
	if e.memo == nil {
		err := json.Unmarshal(e.Audience, &out)
		return out, err
	}
	e.memo.audience.Do(func() {
		var v T
		e.memo.err = json.Unmarshal(e.Audience, &v)
		e.memo.decoded = v
	})
	if v, ok := e.memo.decoded.(T); ok {
		return v, e.memo.err
	}
	err := json.Unmarshal(e.Audience, &out)
	return out, err
}

// Position is a place in the log; the zero value is before everything.
type Position struct{ TxID, Seq int64 }

// Compare returns -1, 0 or 1 as p stands before, at or after q.
func (p Position) Compare(q Position) int {
	switch {
	case p == q:
		return 0
	case p.TxID < q.TxID || p.TxID == q.TxID && p.Seq < q.Seq:
		return -1
	}
	return 1
}

// String returns the position as clients carry it; ParsePosition reads it back.
func (p Position) String() string {
	return strconv.FormatInt(p.TxID, 10) + "." + strconv.FormatInt(p.Seq, 10)
}

// ParsePosition reads what String wrote.
func ParsePosition(s string) (Position, error) {
	a, b, ok := strings.Cut(s, ".")
	txid, err1 := strconv.ParseInt(a, 10, 64)
	seq, err2 := strconv.ParseInt(b, 10, 64)
	if !ok || err1 != nil || err2 != nil || txid < 0 || seq < 0 {
		return Position{}, errors.New("event: not a position: " + strconv.Quote(s))
	}
	return Position{txid, seq}, nil
}

// validTopic keeps line breaks and the like out of what is sent to browsers.
func validTopic(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 80
}

package live

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"wardline/internal/platform/event"
)

// stream is one open connection.
type stream struct {
	h        *Handler
	viewer   Viewer
	person   string
	follower *event.Follower
	w        http.ResponseWriter
	out      *http.ResponseController

	end     chan struct{} // closed by finish
	limit   bool          // ended because there are too many; read after end
	ended   bool          // guarded by the handler's mutex
	unsent  bool          // something has been written since the last flush
	written time.Time
}

// finish ends the stream; the caller holds the handler's mutex.
func (s *stream) finish(limit bool) {
	if !s.ended {
		s.ended, s.limit = true, limit
		close(s.end)
	}
}

// evictedRetry keeps a page that was ended for another from taking its place at once, in milliseconds.
const evictedRetry = 60_000

// run sends until the client leaves, the viewer is no longer valid or the stream is ended.
func (s *stream) run(ctx context.Context, missed bool) error {
	beat := cmp.Or(s.h.Heartbeat, 20*time.Second)
	check := cmp.Or(s.h.Revalidate, 15*time.Second)
	if err := s.begin(missed); err != nil {
		return err
	}
	// The first look comes early or late, so that streams opened together spread out.
	nextCheck := time.Now().Add(time.Duration(rand.Int64N(int64(check)) + 1))
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		some, err := s.news(ctx)
		if err != nil {
			return err
		}
		if some {
			continue
		}
		timer.Reset(min(time.Until(nextCheck), time.Until(s.written.Add(beat))))
		select {
		case <-ctx.Done():
			return nil
		case <-s.end:
			if !s.limit {
				return nil
			}
			return errors.Join(s.send("event: bye\nretry: ", []byte(strconv.Itoa(evictedRetry)), "\ndata: {\"reason\":\"limit\"}\n\n"), s.flush())
		case <-s.follower.Ready():
		case <-timer.C:
			if now := time.Now(); !now.Before(nextCheck) {
				nextCheck = now.Add(check)
				if !s.viewer.Valid(ctx) {
					return nil
				}
			}
			if time.Since(s.written) >= beat {
				// An id without data moves the client's place and fires no event.
				if err := errors.Join(s.send(": \nid: ", []byte(s.follower.Position().String()), "\n\n"), s.flush()); err != nil {
					return err
				}
			}
		}
	}
}

// begin sends the headers and the first event.
func (s *stream) begin(missed bool) error {
	// The server's limits for ordinary requests do not apply; a connection that knows
	// no deadlines (in tests) is served without.
	_ = s.out.SetReadDeadline(time.Time{})
	head := s.w.Header()
	head.Set("Content-Type", "text/event-stream; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no") // nginx would hold events back
	s.w.WriteHeader(http.StatusOK)
	hello := struct {
		Now  int64  `json:"now"`
		Head string `json:"head"`
	}{s.h.Clock.Now(), s.h.Tail.Head().String()}
	raw, err := json.Marshal(hello)
	if err != nil {
		return err
	}
	err = s.send("id: "+s.follower.Position().String()+"\nevent: hello\ndata: ", raw, "\n\n")
	if missed && err == nil {
		err = s.resync()
	}
	return errors.Join(err, s.flush())
}

// resync tells the client that it missed something.
func (s *stream) resync() error {
	s.h.resyncs.Add(1)
	at := s.follower.Position().String()
	return s.send("id: "+at+"\nevent: resync\ndata: {\"head\":\"", []byte(at), "\"}\n\n")
}

// errInvalid ends the stream of a viewer who is no longer valid.
var errInvalid = errors.New("live: the viewer's rights have changed or ended")

// news sends the next entries that the viewer sees; it returns false when there were none.
func (s *stream) news(ctx context.Context) (bool, error) {
	list, err := s.follower.Take()
	if errors.Is(err, event.ErrResync) {
		return true, errors.Join(s.resync(), s.flush())
	}
	if err != nil || len(list) == 0 {
		return false, err
	}
	for _, e := range list {
		if s.h.Concerns != nil && s.h.Concerns(e, s.person) && !s.viewer.Valid(ctx) {
			return false, errors.Join(s.flush(), errInvalid)
		}
		if s.viewer.Sees(e) {
			if err := s.send("", e.Encoded(encode), ""); err != nil {
				return false, err
			}
		}
	}
	return true, s.flush()
}

// encode makes what every stream sends of an entry.
func encode(e event.Entry) []byte {
	body, err := json.Marshal(struct {
		Subject string          `json:"subject"`
		Data    json.RawMessage `json:"data"`
		At      int64           `json:"at"`
	}{e.Subject, e.Data, e.At})
	if err != nil { // the log holds only JSON
		body = []byte("null")
	}
	out := make([]byte, 0, len(body)+len(e.Topic)+64)
	out = append(out, "id: "...)
	out = append(out, e.Position().String()...)
	out = append(out, "\nevent: "...)
	out = append(out, e.Topic...)
	out = append(out, "\ndata: "...)
	out = append(out, body...)
	return append(out, "\n\n"...)
}

func (s *stream) send(before string, body []byte, behind string) error {
	if !s.unsent {
		s.unsent = true
		err := s.out.SetWriteDeadline(time.Now().Add(cmp.Or(s.h.WriteTimeout, 10*time.Second)))
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
	}
	for _, part := range [][]byte{[]byte(before), body, []byte(behind)} {
		if len(part) == 0 {
			continue
		}
		if _, err := s.w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) flush() error {
	if !s.unsent {
		return nil
	}
	s.unsent, s.written = false, time.Now()
	return s.out.Flush()
}

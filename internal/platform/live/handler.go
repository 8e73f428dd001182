package live

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

// Viewer is who looks at a stream.
type Viewer interface {
	// Person returns by whom streams are counted; "" is not counted.
	Person() string
	// Sees tells whether the viewer may see the entry. It is called for every entry
	// and every stream, so it must not look anything up.
	Sees(e event.Entry) bool
	// Valid tells whether the viewer's sign-in stands and the rights Sees goes by are
	// still those of the person.
	Valid(ctx context.Context) bool
}

// Handler serves the stream. Set the fields before the first request; zero values
// mean the numbers in brackets.
type Handler struct {
	Tail      *event.Tail
	Clock     clock.Clock
	Logger    *slog.Logger
	Authorize func(r *http.Request) (Viewer, error)
	// Concerns tells whether an entry may have changed what a person may see. Nil: none does.
	Concerns func(e event.Entry, person string) bool

	PerPerson    int           // streams of one person; with one more, the oldest ends [8]
	Total        int           // streams of the process [20,000]
	Heartbeat    time.Duration // time without news after which a sign of life is sent [20 s]
	Revalidate   time.Duration // time between looks at the viewer's rights [15 s]
	WriteTimeout time.Duration // time in which a client must take what is sent [10 s]

	mu      sync.Mutex
	people  map[string][]*stream // the oldest first
	ends    map[*stream]struct{}
	closed  bool
	evicted atomic.Int64
	resyncs atomic.Int64
	opened  atomic.Int64
}

// Stats are the handler's numbers.
type Stats struct {
	Open    int   // streams now
	Opened  int64 // streams since the start
	Evicted int64 // ended because the person opened too many
	Resyncs int64 // clients told to load afresh
}

// Stats returns the handler's numbers.
func (h *Handler) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Stats{Open: len(h.ends), Opened: h.opened.Load(), Evicted: h.evicted.Load(), Resyncs: h.resyncs.Load()}
}

// Close ends all streams, for the server's shutdown; new ones are refused.
func (h *Handler) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.ends {
		s.finish(false)
	}
}

// enter counts a stream in; when the person has too many, the oldest ends. The
// oldest, as it is most likely one whose phone has long lost the line.
func (h *Handler) enter(s *stream) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.ends) >= cmp.Or(h.Total, 20_000) {
		return fault.New(fault.Unavailable, "live.full")
	}
	if h.ends == nil {
		h.ends, h.people = map[*stream]struct{}{}, map[string][]*stream{}
	}
	h.ends[s] = struct{}{}
	h.opened.Add(1)
	if s.person == "" {
		return nil
	}
	list := append(h.people[s.person], s)
	for len(list) > cmp.Or(h.PerPerson, 8) {
		h.evicted.Add(1)
		list[0].finish(true)
		list = slices.Delete(list, 0, 1)
	}
	h.people[s.person] = list
	return nil
}

func (h *Handler) leave(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.ends, s)
	list := slices.DeleteFunc(h.people[s.person], func(o *stream) bool { return o == s })
	if len(list) == 0 {
		delete(h.people, s.person)
	} else {
		h.people[s.person] = list
	}
}

// ServeHTTP serves one stream until the client leaves.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// From before the rights are read: whatever changes them later is met on the way.
	now := h.Tail.Follow()
	viewer, err := h.Authorize(r)
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	follower, missed, err := h.place(r, now)
	if err != nil {
		web.WriteError(w, r, err)
		return
	}
	s := &stream{h: h, viewer: viewer, person: viewer.Person(), follower: follower, w: w, out: http.NewResponseController(w), end: make(chan struct{})}
	if err := h.enter(s); err != nil {
		w.Header().Set("Retry-After", "10")
		web.WriteError(w, r, err)
		return
	}
	defer h.leave(s)
	if err := s.run(r.Context(), missed); err != nil && r.Context().Err() == nil && h.Logger != nil {
		h.Logger.Debug("a live stream was cut off", "person", s.person, "error", err)
	}
}

// place finds where the client goes on; missed is true when entries before that
// cannot be had any more.
func (h *Handler) place(r *http.Request, now *event.Follower) (f *event.Follower, missed bool, err error) {
	// A browser that reconnects repeats the first address with its old ?after=.
	mark := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after"))
	if mark == "" {
		return now, false, nil
	}
	p, err := event.ParsePosition(mark)
	if err != nil {
		return now, true, nil
	}
	f, err = h.Tail.Resume(r.Context(), p)
	if errors.Is(err, event.ErrResync) {
		return now, true, nil
	}
	return f, false, err
}

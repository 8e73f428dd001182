package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"

	"wardline/internal/audit"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

// day is an arbitrary moment the tests start at.
const day = int64(1_764_000_000_000)

type page struct {
	Items      []audit.Entry `json:"items"`
	NextCursor string        `json:"nextCursor"`
	Code       string        `json:"code"`
}

func get(t *testing.T, base string, query url.Values) (int, page) {
	t.Helper()
	res, err := http.Get(base + web.Prefix + "/audit?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var p page
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, p
}

// serve offers the trail to someone about whom mayRead says whether they may see it.
func serve(t *testing.T, trail *audit.Trail, mayRead func(context.Context) error) string {
	t.Helper()
	api := web.New(web.Config{Logger: slog.New(slog.DiscardHandler)})
	audit.HTTP{Trail: trail, MayRead: mayRead}.Register(api)
	s := httptest.NewServer(api.Handler())
	t.Cleanup(s.Close)
	return s.URL
}

func TestListOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := clock.NewManual(day)
		trail := audit.New(d, now)
		for i := range 7 {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				who := audit.Who{ID: "p" + strconv.Itoa(i%2), Name: "李雷", IP: "10.0.0.1", RequestID: "r"}
				return trail.Record(t.Context(), tx, who, "order.save", "order", "o"+strconv.Itoa(i), map[string]any{"n": i})
			})
			if err != nil {
				t.Fatal(err)
			}
			now.Advance(1000)
		}
		base := serve(t, trail, func(context.Context) error { return nil })

		for _, c := range []struct {
			name  string
			query url.Values
			want  []string
		}{
			{"all, newest first", url.Values{}, []string{"o6", "o5", "o4", "o3", "o2", "o1", "o0"}},
			{"by actor", url.Values{"actorId": {"p1"}}, []string{"o5", "o3", "o1"}},
			{"by subject id", url.Values{"subject": {"order"}, "subjectId": {"o4"}}, []string{"o4"}},
			{"by another action", url.Values{"action": {"order.close"}}, nil},
			{"from inclusive, to exclusive", url.Values{"from": {strconv.FormatInt(day+2000, 10)}, "to": {strconv.FormatInt(day+4000, 10)}}, []string{"o3", "o2"}},
		} {
			// One row a page, so that the cursor is tried everywhere.
			var got []string
			q := c.query
			q.Set("limit", "1")
			for {
				status, p := get(t, base, q)
				if status != 200 {
					t.Fatalf("%s: %d %s", c.name, status, p.Code)
				}
				for _, e := range p.Items {
					got = append(got, e.SubjectID)
				}
				if p.NextCursor == "" {
					break
				}
				q.Set("cursor", p.NextCursor)
			}
			if !equal(got, c.want) {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
		}

		_, p := get(t, base, url.Values{"subjectId": {"o3"}})
		if len(p.Items) != 1 || p.Items[0].ActorName != "李雷" || p.Items[0].IP != "10.0.0.1" || p.Items[0].At != day+3000 || p.Items[0].Detail["n"] != float64(3) {
			t.Errorf("the entry came back as %+v", p.Items)
		}
		if status, p := get(t, base, url.Values{"cursor": {"x"}}); status != 422 {
			t.Errorf("a made-up cursor: %d %s", status, p.Code)
		}
	})
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestOnlyWhoMayRead(t *testing.T) {
	trail := audit.New(dbtest.Open(t, db.SQLite), clock.NewManual(day))
	base := serve(t, trail, func(context.Context) error { return fault.Denied() })
	if status, p := get(t, base, nil); status != 403 || len(p.Items) != 0 {
		t.Fatalf("got %d with %d entries", status, len(p.Items))
	}
}

func TestEntryFollowsItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		trail := audit.New(d, clock.NewManual(day))
		undone := errors.New("undone")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := trail.Record(t.Context(), tx, audit.Who{ID: "p"}, "a", "b", "c", nil); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		list, _, err := trail.List(t.Context(), audit.Filter{}, 10, "")
		if err != nil || len(list) != 0 {
			t.Fatalf("%d entries, %v", len(list), err)
		}
	})
}

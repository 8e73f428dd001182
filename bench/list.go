package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

// hand runs a query that a person would write by hand for one page, through
// database/sql alone, and turns it into JSON as a page would.
func hand(ctx context.Context, pool *sql.DB, text string, args ...any) (time.Duration, error) {
	begin := time.Now()
	rows, err := pool.QueryContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	cols, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	var list []map[string]any
	for rows.Next() {
		vals, into := make([]any, len(cols)), make([]any, len(cols))
		for i := range vals {
			into[i] = &vals[i]
		}
		if err := rows.Scan(into...); err != nil {
			return 0, err
		}
		m := map[string]any{}
		for i, c := range cols {
			m[c] = vals[i]
		}
		list = append(list, m)
	}
	if _, err := json.Marshal(list); err != nil {
		return 0, err
	}
	return time.Since(begin), rows.Err()
}

func benchList(ctx context.Context, s *setup) error {
	for _, engine := range s.engines {
		sv, err := s.large(ctx, engine)
		if err != nil {
			return err
		}
		c, err := sv.signIn("dispatcher")
		if err != nil {
			return err
		}
		driver, name := "sqlite", "file:"+(&url.URL{Path: filepath.Join(sv.dir, "wardline.db")}).EscapedPath()+"?_pragma=query_only(1)&_pragma=cache_size(-32768)&_pragma=mmap_size(268435456)"
		if engine == "postgres" {
			driver, name = "pgx", databaseOf(sv.env)
		}
		pool, err := sql.Open(driver, name)
		if err != nil {
			return err
		}
		err = listOn(ctx, engine, c, pool)
		_ = pool.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func databaseOf(env []string) string {
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, "WARDLINE_DATABASE_URL="); ok {
			return v
		}
	}
	return os.Getenv("WARDLINE_DATABASE_URL")
}

func listOn(ctx context.Context, engine string, c *client, pool *sql.DB) error {
	var page struct {
		Items []struct {
			TeamID       string `json:"teamId"`
			DepartmentID string `json:"departmentId"`
		} `json:"items"`
	}
	if err := c.do("GET", "/orders?limit=50", nil, &page); err != nil {
		return err
	}
	first := page.Items[0]
	all := "SELECT " + db.Columns[workorder.Order]("") + " FROM workorder "
	from := time.Now().AddDate(0, -6, 0).UnixMilli()
	for _, q := range []struct {
		name, path, text string
		args             []any
	}{
		{"newest", "/orders?limit=50", all + "ORDER BY id DESC LIMIT 51", nil},
		{"of a team, closed", "/orders?limit=50&status=closed&teamId=" + first.TeamID, all + "WHERE team_id = $1 AND status = 'closed' ORDER BY id DESC LIMIT 51", []any{first.TeamID}},
		{"of a department since six months, P2", fmt.Sprintf("/orders?limit=50&priority=P2&departmentId=%s&from=%d", first.DepartmentID, from),
			all + "WHERE department_id = $1 AND priority = 'P2' AND reported_at >= $2 ORDER BY id DESC LIMIT 51", []any{first.DepartmentID, from}},
		{"open and overdue", "/orders?limit=50&open=true&overdue=true", all + "WHERE open AND overdue <> '' ORDER BY id DESC LIMIT 51", nil},
	} {
		var ours, theirs []time.Duration
		for range 60 { // in turn, so that both see the same machine
			begin := time.Now()
			if err := c.do("GET", q.path, nil, nil); err != nil {
				return err
			}
			ours = append(ours, time.Since(begin))
			t, err := hand(ctx, pool, q.text, q.args...)
			if err != nil {
				return err
			}
			theirs = append(theirs, t)
		}
		row(engine+": 50 "+q.name, ms(quantile(ours, 0.5)), ms(quantile(theirs, 0.5)), "ms", "≤ 1.3")
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func benchStart(ctx context.Context, s *setup) error {
	for _, engine := range s.engines {
		sv, err := s.large(ctx, engine)
		if err != nil {
			return err
		}
		sv.stop()
		delete(s.big, engine)
		again, err := s.start(ctx, sv.dir, sv.env)
		if err != nil {
			return err
		}
		s.big[engine] = again
		row(fmt.Sprintf("%s: start with %d orders", engine, s.orders), again.started.Seconds(), 2, "s", "≤ 1")
		time.Sleep(3 * time.Second)
		row(engine+": memory at rest", again.memory(), 150, "MB", "≤ 1")
	}
	return nil
}

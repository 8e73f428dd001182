package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

// told are marks that an operation tells of things outside the scope, on purpose.
func (h *hospital) told(o operation, x *thing, mark string) bool {
	brief := x.kind == "person" && (mark == x.id || strings.HasPrefix(mark, "PERSON-") || strings.HasPrefix(mark, "TITLE-"))
	switch {
	case x.kind == "incident" && (strings.HasPrefix(o.path, "/api/v1/orders") || strings.HasPrefix(o.path, "/api/v1/public/orders")): // an order says of which incident it is part, and how that stands
		return true
	case o.path == "/api/v1/people/picker", o.path == "/api/v1/duty-now", o.path == "/api/v1/points-now", strings.HasPrefix(o.path, "/api/v1/dispatch/floors"), o.path == "/api/v1/dispatch/crew",
		o.path == "/api/v1/people/{id}/skills" && !o.changes(): // colleagues of the own team, by name
		return brief && slices.Contains(x.teams, h.crew)
	case o.path == "/api/v1/orders/{id}/candidates": // who dispatches an order may give it to any team
		return brief && x.name == "worker"
	case strings.HasPrefix(o.path, "/api/v1/teams"): // the directory names who leads a team, by id
		return x.name == "worker" && mark == x.id
	case o.path == "/api/v1/org/exports/{kind}": // and lists that can be imported again by staff number
		return x.name == "worker" && strings.HasPrefix(mark, "NO-")
	}
	return false
}

// visible tells whether the viewer, with a role in a scope, may see a thing.
func (h *hospital) visible(role identity.Role, scope identity.ScopeKind, x *thing) bool {
	if x.kind == "person" && !slices.Contains(role.Permissions, identity.PersonRead) {
		return x.id == h.me
	}
	if x.kind == "screen" && !slices.Contains(role.Permissions, identity.ScreenWrite) {
		return false
	}
	if (x.kind == "report" || x.kind == "watch") && !slices.Contains(role.Permissions, identity.OrderSupervise) {
		return false
	}
	if x.kind == "plan" && !slices.Contains(role.Permissions, identity.PlanRead) {
		return false
	}
	if x.kind == "loan" && !slices.Contains(role.Permissions, identity.AssetRead) {
		return false
	}
	if (x.kind == "incident" || x.kind == "suggestion") && !slices.Contains(role.Permissions, identity.IncidentRead) {
		return false
	}
	if name, ok := strings.CutSuffix(x.name, "'s file"); ok {
		x = h.byName[name]
	}
	return h.reach(scope, x)
}

// betrayed returns which marks of what the viewer may not see stand in an answer.
func (h *hospital) betrayed(o operation, asked string, r reply, role identity.Role, scope identity.ScopeKind) []string {
	body := readable(h.t, r)
	var out []string
	for _, x := range h.things {
		if h.visible(role, scope, x) {
			continue
		}
		for _, mark := range x.marks {
			if strings.Contains(body, mark) && !strings.Contains(asked, mark) && !h.told(o, x, mark) {
				out = append(out, x.name+": "+mark)
			}
		}
	}
	return out
}

// readable returns all text of an answer, also that of Excel files.
func readable(t *testing.T, r reply) string {
	t.Helper()
	if !bytes.HasPrefix(r.body, []byte("PK")) {
		return string(r.body)
	}
	z := must2(zip.NewReader(bytes.NewReader(r.body), int64(len(r.body))))(t)
	var b strings.Builder
	for _, f := range z.File {
		in := must2(f.Open())(t)
		must2(io.Copy(&b, in))(t)
		_ = in.Close()
	}
	return b.String()
}

// reads are the operations that only read, save those that never end.
func (h *hospital) reads() []operation {
	return slices.DeleteFunc(h.operations(), func(o operation) bool {
		return o.changes() || strings.HasSuffix(o.path, "/live") || strings.HasPrefix(o.path, "/m/") || strings.HasPrefix(o.path, "/desk/")
	})
}

// addresses are where an operation is asked: about everything, about things of the
// directory on the other campus, and about what the viewer may see.
func (h *hospital) addresses(o operation, role identity.Role, scope identity.ScopeKind) []string {
	var out []string
	switch kind := h.subjectOf(o.path); kind {
	case "":
		out = []string{h.plausible(o, false).path}
	case "directory":
		id := map[string]string{"campuses": h.west, "places": h.westRoom, "departments": h.clinic, "teams": h.away, "vendors": h.rival}[strings.Split(o.path, "/")[3]]
		out = []string{strings.Replace(h.plausible(o, false).path, absent, id, 1)}
	case "order", "asset", "person", "attachment", "screen", "incident", "problem":
		for _, x := range h.things {
			if x.kind == kind && h.visible(role, scope, x) {
				out = append(out, at(o.path, map[string]string{"id": x.id}))
			}
		}
	default:
		out = []string{at(o.path, h.subject(o.path))}
	}
	if strings.Contains(o.path, "/export") {
		out = append(out, out[0]+"?format=csv")
	}
	return out
}

func TestReadingShowsOnlyWhatTheScopeCovers(t *testing.T) {
	for engine, only := range map[db.Engine][]string{db.SQLite: nil, db.Postgres: {"reporter", "admin"}} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, engine)
			ops := h.reads()
			for _, role := range roles() {
				if only != nil && !slices.Contains(only, role.ID) {
					continue
				}
				for _, scope := range narrow {
					h.grant(h.me, identity.GrantSpec{RoleID: role.ID, ScopeKind: scope})
					for _, o := range ops {
						for _, address := range h.addresses(o, role, scope) {
							r := h.do(h.viewer, o.method, address, nil)
							if found := h.betrayed(o, address, r, role, scope); len(found) > 0 || r.status >= 500 {
								t.Errorf("%s %s tells a %s of the %s scope (%d) of %v", o.method, address, role.ID, scope, r.status, found)
							}
						}
					}
					h.complete(role, scope)
				}
			}
		})
	}
}

// complete looks that the viewer sees all that the scope covers, so that the test
// above does not pass because nothing is shown at all.
func (h *hospital) complete(role identity.Role, scope identity.ScopeKind) {
	t := h.t
	t.Helper()
	for _, l := range []struct {
		path, kind string
		needed     identity.Permission
		mark       int // which of the thing's marks the list shows
	}{
		{"/api/v1/orders", "order", identity.OrderRead, 0}, {"/api/v1/orders?sort=due", "order", identity.OrderRead, 0},
		{"/api/v1/assets", "asset", identity.AssetRead, 0}, {"/api/v1/people", "person", identity.PersonRead, 0}, {"/api/v1/screens", "screen", identity.ScreenWrite, 0},
		{"/api/v1/orders/export?format=csv", "order", identity.OrderExport, 1}, {"/api/v1/orders/export", "order", identity.OrderExport, 1},
		{"/api/v1/assets/export?format=csv", "asset", identity.AssetRead, 1},
	} {
		if !slices.Contains(role.Permissions, l.needed) {
			continue
		}
		body := readable(t, h.do(h.viewer, "GET", l.path, nil))
		for _, x := range h.things {
			if x.kind == l.kind && h.visible(role, scope, x) != strings.Contains(body, x.marks[l.mark]) {
				t.Errorf("%s: a %s of the %s scope sees %s: %v", l.path, role.ID, scope, x.name, !h.visible(role, scope, x))
			}
		}
	}
	want := map[string]int{}
	for _, x := range h.things {
		if h.visible(role, scope, x) {
			want[x.kind]++
		}
	}
	for path, kind := range map[string]string{"/api/v1/orders/count": "order", "/api/v1/orders/count?open=true&text=" + url.QueryEscape("灯"): "order", "/api/v1/assets/count": "asset"} {
		var n struct{ Count int }
		h.do(h.viewer, "GET", path, nil).into(t, &n)
		if n.Count != want[kind] {
			t.Errorf("%s: a %s of the %s scope counts %d, not %d", path, role.ID, scope, n.Count, want[kind])
		}
	}
	var tally struct{ Items []struct{ Count int } }
	h.do(h.viewer, "GET", "/api/v1/orders/tally", nil).into(t, &tally)
	sum := 0
	for _, i := range tally.Items {
		sum += i.Count
	}
	if sum != want["order"] {
		t.Errorf("a %s of the %s scope has %d orders tallied, not %d", role.ID, scope, sum, want["order"])
	}
	for _, by := range []string{"", "?by=team", "?by=person", "?by=place", "?by=status"} {
		var figures struct {
			Open   int
			Groups []struct{ Open int }
		}
		h.do(h.viewer, "GET", "/api/v1/orders/figures"+by, nil).into(t, &figures)
		grouped := 0
		for _, g := range figures.Groups {
			grouped += g.Open
		}
		if figures.Open != want["order"] || by != "" && grouped != figures.Open {
			t.Errorf("figures%s: a %s of the %s scope has %d orders, %d in groups, not %d", by, role.ID, scope, figures.Open, grouped, want["order"])
		}
	}
	var board struct{ Items []struct{ ID string } }
	h.do(h.viewer, "GET", "/api/v1/orders/board", nil).into(t, &board)
	if len(board.Items) != want["order"] {
		t.Errorf("a %s of the %s scope has %d cards, not %d", role.ID, scope, len(board.Items), want["order"])
	}
}

// secretQueries are parameters that name or search what not everybody sees: asked
// with something outside the scope they must answer as if it did not exist.
var secretQueries = regexp.MustCompile(`^(assetId|assigneeId|reporterId|custodianId|personId|messageId|batchId|actorId|subjectId|text|q|phone|number|assets)$`)

func TestFiltersTellNothingOfWhatLiesOutside(t *testing.T) {
	for engine, scopes := range map[db.Engine][]identity.ScopeKind{db.SQLite: narrow, db.Postgres: {identity.ScopeCampus}} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, engine)
			tried := 0
			for _, scope := range scopes {
				role := roles()[len(roles())-1] // the administrator's, with every permission
				h.grant(h.me, identity.GrantSpec{RoleID: role.ID, ScopeKind: scope})
				for _, o := range h.reads() {
					base := h.addresses(o, role, scope)
					if len(base) == 0 {
						continue
					}
					for _, name := range o.query {
						tried += h.outside(o, base[0], name, role, scope)
					}
				}
			}
			if tried < 400 {
				t.Errorf("only %d filters were tried", tried)
			}
		})
	}
}

// outside asks an operation with one parameter after another thing outside the scope.
func (h *hospital) outside(o operation, address, name string, role identity.Role, scope identity.ScopeKind) (tried int) {
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	ask := func(value string) (string, reply) {
		path := address + sep + name + "=" + url.QueryEscape(value)
		return path, h.do(h.viewer, "GET", path, nil)
	}
	var values []string
	switch {
	case strings.HasSuffix(name, "Id"), name == "assets", name == "places", name == "placesBelow":
		values = []string{h.id("west order"), h.id("west asset"), h.id("stranger"), h.west, h.clinic, h.westRoom, h.away, h.rival, h.id("root's message")}
	case len(o.enums[name]) > 0:
		for _, e := range o.enums[name] {
			values = append(values, fmt.Sprint(e))
		}
	case secretQueries.MatchString(name):
		for _, x := range []string{"west order", "west asset", "stranger"} {
			values = append(values, h.byName[x].marks...)
		}
	default:
		values = []string{"true", "csv", "1"}
	}
	for _, value := range values {
		tried++
		path, r := ask(value)
		if found := h.betrayed(o, path, r, role, scope); len(found) > 0 || r.status >= 500 {
			h.t.Errorf("GET %s tells the %s scope (%d) of %v", path, scope, r.status, found)
		}
		if !secretQueries.MatchString(name) || slices.Contains([]string{h.west, h.clinic, h.westRoom, h.away, h.rival}, value) {
			continue
		}
		_, none := ask(like(value))
		if r.status != none.status || plain(r) != plain(none) {
			h.t.Errorf("GET %s answers %d otherwise than to what is unknown (%d):\n%s\n%s", path, r.status, none.status, r, none)
		}
	}
	return tried
}

// like returns a text of the same form as one that is known to something, known to nothing.
func like(value string) string {
	if len(value) == len(absent) && !strings.Contains(value, "-") {
		return absent
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '9' - (r-'0'+4)%5 // other digits
		case r >= 'A' && r <= 'Z':
			return 'Q'
		case r >= 'a' && r <= 'z':
			return 'q'
		}
		return r
	}, value)
}

var reference = regexp.MustCompile(`"reference":"[0-9a-v]{26}"`)

// plain is an answer's text without what differs from request to request.
func plain(r reply) string {
	if !json.Valid(r.body) {
		return string(r.body)
	}
	return reference.ReplaceAllString(string(r.body), "")
}

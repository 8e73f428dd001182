package workorder_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wardline/internal/audit"
	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/sla"
	"wardline/internal/workorder"
)

// ward is a small hospital: one campus, a room, a department, a team of three and
// an item that goes to it.
type ward struct {
	t       *testing.T
	db      *db.DB
	clock   *clock.Manual
	orders  *workorder.Service
	clocks  *sla.Service
	campus  string
	room    string
	other   string // a room of another department
	dep     string
	dep2    string
	team    string
	team2   string
	item    string
	people  map[string]*identity.Actor
	codes   map[string]string // scan code → place
	linked  map[string]string // file → order
	service *identity.Service
}

// shelf is the register of a hospital without assets: codes of places only.
type shelf struct{ w *ward }

func (s shelf) Thing(context.Context, *db.Tx, string) (workorder.Thing, error) {
	return workorder.Thing{}, sql.ErrNoRows
}

func (s shelf) Resolve(_ context.Context, _ *db.Tx, code string) (workorder.Found, error) {
	if p := s.w.codes[code]; p != "" {
		return workorder.Found{PlaceID: p}, nil
	}
	return workorder.Found{}, sql.ErrNoRows
}

func (s shelf) Link(_ context.Context, _ *db.Tx, files []string, _, subjectID, _ string) error {
	for _, f := range files {
		s.w.linked[f] = subjectID
	}
	return nil
}

func newWard(t *testing.T, d *db.DB) *ward {
	t.Helper()
	w := &ward{t: t, db: d, clock: clock.NewManual(1_790_000_000_000), people: map[string]*identity.Actor{}, codes: map[string]string{}, linked: map[string]string{}}
	trail := audit.New(d, w.clock)
	log := slog.New(slog.DiscardHandler)
	w.service = identity.New(identity.Deps{DB: d, Clock: w.clock, Trail: trail, Logger: log})
	ctx := w.as(identity.System("test"))
	w.must(w.service.EnsureBuiltin(ctx))
	places := org.New(org.Deps{DB: d, Clock: w.clock, Trail: trail})
	campus, err := places.SaveCampus(ctx, "", org.CampusInput{Name: "本部"})
	w.must(err)
	w.campus = campus.ID
	for i, id := range []*string{&w.dep, &w.dep2} {
		dep, err := places.SaveDepartment(ctx, "", org.DepartmentInput{Name: fmt.Sprintf("科室%d", i+1), CampusID: campus.ID, Kind: "clinical"})
		w.must(err)
		*id = dep.ID
	}
	building, err := places.SavePlace(ctx, "", org.PlaceInput{Name: "外科楼", CampusID: campus.ID, Kind: org.Building})
	w.must(err)
	for i, id := range []*string{&w.room, &w.other} {
		room, err := places.SavePlace(ctx, "", org.PlaceInput{Name: fmt.Sprintf("护士站%d", i+1), ParentID: building.ID, Kind: org.Room, DepartmentID: []string{w.dep, w.dep2}[i]})
		w.must(err)
		*id = room.ID
		w.codes[fmt.Sprintf("code-%d", i+1)] = room.ID
	}
	for i, id := range []*string{&w.team, &w.team2} {
		team, err := places.SaveTeam(ctx, "", org.TeamInput{Name: fmt.Sprintf("班组%d", i+1), Kind: "it", Pool: true})
		w.must(err)
		*id = team.ID
	}
	items := catalog.New(catalog.Deps{DB: d, Trail: trail, Clock: w.clock})
	w.must(d.Write(ctx, func(tx *db.Tx) error {
		if err := items.Seed(ctx, tx, map[string]string{"信息-硬件组": w.team}); err != nil {
			return err
		}
		it, err := items.ByCode(ctx, tx, "HW02")
		w.item = it.ID
		return err
	}))
	bell := db.NewBell(d, log)
	w.clocks = sla.NewService(sla.Deps{DB: d, Clock: w.clock, Zone: time.UTC, Trail: trail})
	w.orders = workorder.New(workorder.Deps{DB: d, Clock: w.clock, Zone: time.UTC, Trail: trail, Events: event.New(d, bell, w.clock),
		Org: places, Catalog: items, Assets: shelf{w}, Files: shelf{w}, People: w.service, Clocks: w.clocks,
		LinkKey: []byte("0123456789abcdef0123456789abcdef"), Logger: log})
	w.person("nurse", w.dep, "", "reporter", identity.ScopeOwn)
	w.person("stranger", w.dep2, "", "reporter", identity.ScopeOwn)
	w.person("agent", "", "", "agent", identity.ScopeAll)
	w.person("wang", "", w.team, "engineer", identity.ScopeTeam)
	w.person("li", "", w.team, "engineer", identity.ScopeTeam)
	w.person("zhao", "", w.team2, "engineer", identity.ScopeTeam)
	return w
}

func (w *ward) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *ward) as(a *identity.Actor) context.Context { return identity.With(w.t.Context(), a) }

func (w *ward) ctx(name string) context.Context { return w.as(w.people[name]) }

func (w *ward) person(name, department, team, role string, scope identity.ScopeKind) {
	w.t.Helper()
	var teams []identity.Membership
	if team != "" {
		teams = []identity.Membership{{TeamID: team}}
	}
	ctx := w.as(identity.System("test"))
	var ids []string
	w.must(w.db.Write(ctx, func(tx *db.Tx) (err error) {
		ids, err = w.service.Import(ctx, tx, []identity.NewPerson{{Facts: identity.Facts{Name: name, Login: name, DepartmentID: department, Phone: "6001"},
			Teams: teams, Grants: []identity.GrantSpec{{RoleID: role, ScopeKind: scope}}}})
		return err
	}))
	actor, err := w.service.ActorOf(ctx, ids[0])
	w.must(err)
	w.people[name] = actor
}

func (w *ward) report(who string) workorder.View {
	w.t.Helper()
	v, err := w.orders.Create(w.ctx(who), workorder.Report{ItemID: w.item, PlaceID: w.room, Words: "显示器黑屏了", Channel: workorder.ByScan}, workorder.Meta{})
	w.must(err)
	return v
}

func (w *ward) id(name string) string { return w.people[name].PersonID }

func (w *ward) stored(ref string) workorder.Order {
	w.t.Helper()
	v, err := w.orders.Get(w.as(identity.System("test")), ref)
	w.must(err)
	return v.Order
}

func code(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return fmt.Sprint(err)
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Field + ":" + f.Fields[0].Code
	}
	return f.Code
}

func TestLoopThroughTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		o := w.report("nurse")
		if o.Status != workorder.Reported || o.DepartmentID != w.dep || o.ContactName != "nurse" || o.TeamID != w.team {
			t.Fatalf("reported as %+v", o.Order)
		}
		step := func(v workorder.View, err error) workorder.View {
			t.Helper()
			w.must(err)
			w.clock.Advance(clock.Minute)
			return v
		}
		none := workorder.Meta{}
		step(w.orders.Intake(w.ctx("agent"), o.ID, "", none))
		step(w.orders.Dispatch(w.ctx("agent"), o.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id("wang")}, none))
		step(w.orders.Accept(w.ctx("wang"), o.ID, none))
		step(w.orders.Convert(w.ctx("wang"), o.ID, "", none))
		if _, err := w.orders.Arrive(w.ctx("wang"), o.ID, "code-2", none); code(err) != "code:order.wrong_place" {
			t.Fatalf("the code of another room: %v", err)
		}
		step(w.orders.Arrive(w.ctx("wang"), o.ID, "code-1", none))
		step(w.orders.Finish(w.ctx("wang"), o.ID, workorder.Work{Remedy: "换线", Files: []string{"photo"}, Labour: 12,
			Parts: []workorder.Part{{Name: "HDMI线", Quantity: 1}}}, none))
		if w.linked["photo"] != o.ID {
			t.Fatal("the photo hangs on nothing")
		}
		step(w.orders.Confirm(w.ctx("nurse"), o.ID, &workorder.Scores{Overall: 2}, none))
		v := step(w.orders.CallBack(w.ctx("agent"), o.ID, workorder.CallSolved, nil, "", none))
		if v.Status != workorder.Closed {
			t.Fatalf("ended as %s", v.Status)
		}
		events, err := w.orders.Timeline(w.ctx("agent"), o.ID)
		w.must(err)
		if len(events) != 10 || events[5].Kind != workorder.KindArrive || events[5].PlaceID != w.room || !events[5].Facts.Scanned {
			t.Fatalf("timeline %+v", events)
		}
	})
}

func TestStoredRowIsTheSumOfStoredEvents(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		o := w.report("nurse")
		none := workorder.Meta{}
		_, err := w.orders.Dispatch(w.ctx("agent"), o.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id("wang")}, none)
		w.must(err)
		w.clock.Advance(5 * clock.Hour)
		_, err = w.orders.Tick(t.Context(), 10)
		w.must(err)
		_, err = w.orders.AddTask(w.ctx("agent"), o.ID, workorder.Assignment{TeamID: w.team2, Note: "关阀"}, none)
		w.must(err)
		words := "显示器和主机都黑屏"
		priority := "P1"
		_, err = w.orders.Amend(w.ctx("agent"), o.ID, workorder.Correction{Words: &words, Priority: &priority}, none)
		w.must(err)
		var again workorder.Order
		w.must(d.Read(t.Context(), func(tx *db.Tx) error {
			list, err := db.All[workorder.Event](t.Context(), tx, "SELECT "+db.Columns[workorder.Event]("")+" FROM workorder_event WHERE order_id = $1 ORDER BY seq", o.ID)
			if err != nil {
				return err
			}
			again, err = workorder.Rebuild(list)
			return err
		}))
		row := w.stored(o.ID)
		row.NextCheckAt = 0 // follows from the rest
		if diff := cmp.Diff(row, again); diff != "" {
			t.Fatal(diff)
		}
		if row.Overdue == "" || row.Priority != "P1" || row.Limits.Finish != 60 {
			t.Fatalf("got %+v", row)
		}
	})
}

func TestOneOfManyGrabsWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		names := make([]string, 0, 200)
		for i := range 200 {
			name := fmt.Sprintf("eng%03d", i)
			w.person(name, "", w.team, "engineer", identity.ScopeTeam)
			names = append(names, name)
		}
		o := w.report("nurse")
		_, err := w.orders.Pool(w.ctx("agent"), o.ID, workorder.Assignment{TeamID: w.team}, workorder.Meta{})
		w.must(err)
		var mu sync.Mutex
		var winners, told []string
		var all sync.WaitGroup
		begin := make(chan struct{})
		for _, name := range names {
			all.Go(func() {
				<-begin
				_, err := w.orders.Grab(w.ctx(name), o.ID, workorder.Meta{Key: name})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					winners = append(winners, name)
					return
				}
				f, _ := fault.Of(err)
				if f == nil || f.Code != "order.taken" {
					t.Errorf("%s: %v", name, err)
					return
				}
				told = append(told, fmt.Sprint(f.Params["name"]))
			})
		}
		close(begin)
		all.Wait()
		if len(winners) != 1 || len(told) != 199 {
			t.Fatalf("%d winners, %d told", len(winners), len(told))
		}
		for _, name := range told {
			if name != winners[0] {
				t.Fatalf("told that %s won, it was %s", name, winners[0])
			}
		}
		if got := w.stored(o.ID).AssigneeName; got != winners[0] {
			t.Fatalf("the order is with %s", got)
		}
	})
}

func TestScopeHoldsOnEveryPath(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		o := w.report("nurse")
		mine := w.report("stranger")
		sees := func(who string) int {
			t.Helper()
			list, _, err := w.orders.List(w.ctx(who), workorder.Filter{}, 50, "")
			w.must(err)
			n, err := w.orders.Count(w.ctx(who), workorder.Filter{})
			w.must(err)
			found, _, err := w.orders.List(w.ctx(who), workorder.Filter{Text: "黑屏"}, 50, "")
			w.must(err)
			if int(n) != len(list) || len(found) != len(list) {
				t.Fatalf("%s: list %d, count %d, search %d", who, len(list), n, len(found))
			}
			return len(list)
		}
		for who, want := range map[string]int{"nurse": 1, "stranger": 1, "agent": 2, "wang": 2, "zhao": 0} {
			if got := sees(who); got != want {
				t.Errorf("%s sees %d, want %d", who, got, want)
			}
		}
		for _, ref := range []string{o.ID, o.Number} {
			if _, err := w.orders.Get(w.ctx("stranger"), ref); code(err) != "not_found" {
				t.Errorf("by %s: %v", ref, err)
			}
		}
		if _, err := w.orders.Timeline(w.ctx("stranger"), o.ID); code(err) != "not_found" {
			t.Errorf("timeline: %v", err)
		}
		if _, err := w.orders.Urge(w.ctx("stranger"), o.ID, "", workorder.Meta{}); code(err) != "not_found" {
			t.Errorf("urge: %v", err)
		}
		if got, err := w.orders.Similar(w.ctx("stranger"), workorder.Alike{PlaceID: w.room}); err != nil || len(got) != 1 || got[0].ID != mine.ID {
			t.Errorf("similar: %v %v", got, err)
		}
		// A task lets the other team in, and only to that order.
		_, err := w.orders.AddTask(w.ctx("agent"), o.ID, workorder.Assignment{TeamID: w.team2, Note: "断电"}, workorder.Meta{})
		w.must(err)
		if got := sees("zhao"); got != 1 {
			t.Errorf("with a task zhao sees %d", got)
		}
		if _, err := w.orders.Merge(w.ctx("agent"), o.ID, "01hzzzzzzzzzzzzzzzzzzzzzzz", workorder.Meta{}); code(err) != "into:unknown_reference" {
			t.Errorf("merge into nothing: %v", err)
		}
	})
}

func TestWhoMayWhat(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	w := newWard(t, d)
	o := w.report("nurse")
	none := workorder.Meta{}
	deny := func(what string, want string, err error) {
		t.Helper()
		if code(err) != want {
			t.Errorf("%s: got %v, want %s", what, err, want)
		}
	}
	_, err := w.orders.Dispatch(w.ctx("nurse"), o.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id("wang")}, none)
	deny("a reporter dispatches", "forbidden", err)
	_, err = w.orders.Dispatch(w.ctx("agent"), o.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id("zhao")}, none)
	deny("to someone outside the team", "assigneeId:order.bad_assignee", err)
	_, err = w.orders.Create(w.ctx("nurse"), workorder.Report{ItemID: w.item, PlaceID: w.room, Priority: "P1"}, none)
	deny("a reporter sets the priority", "forbidden", err)
	_, err = w.orders.Create(w.ctx("nurse"), workorder.Report{ItemID: w.item, PlaceID: w.room, ReporterID: w.id("stranger")}, none)
	deny("a reporter reports for someone never heard of", "reporterId:unknown_reference", err)
	_, err = w.orders.Create(w.ctx("nurse"), workorder.Report{ItemID: w.item, PlaceID: "nowhere"}, none)
	deny("an unknown place", "placeId:unknown_reference", err)
	_, err = w.orders.Create(w.as(identity.Public()), workorder.Report{ItemID: w.item, PlaceID: w.room}, none)
	deny("not signed in", "unauthorized", err)
	_, err = w.orders.CreatePublic(w.as(identity.Public()), workorder.Report{ItemID: w.item, PlaceID: w.room, ContactPhone: "1"}, none)
	deny("publicly where it is not allowed", "unauthorized", err)
	_, err = w.orders.Dispatch(w.ctx("agent"), o.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id("wang")}, none)
	w.must(err)
	_, err = w.orders.Accept(w.ctx("li"), o.ID, none)
	deny("accepting another's order", "order.not_yours", err)
	_, err = w.orders.Accept(w.ctx("wang"), o.ID, workorder.Meta{Version: 1})
	deny("an old version", "conflict", err)
	_, err = w.orders.Cancel(w.ctx("li"), o.ID, "x", none)
	deny("an engineer cancels", "forbidden", err)
	_, err = w.orders.Accept(w.ctx("wang"), o.ID, none)
	w.must(err)
	_, err = w.orders.Cancel(w.ctx("nurse"), o.ID, "不用了", none)
	deny("the reporter cancels when work has begun", "forbidden", err)
	_, err = w.orders.SolveRemotely(w.ctx("wang"), o.ID, workorder.Work{Remedy: "好了"}, none)
	w.must(err)
	_, err = w.orders.Confirm(w.ctx("wang"), o.ID, nil, none)
	deny("confirming one's own work", "forbidden", err)
}

func TestOfflineStepsKeepTheirMoment(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	w := newWard(t, d)
	o := w.report("nurse")
	_, err := w.orders.Dispatch(w.ctx("agent"), o.ID, workorder.Assignment{TeamID: w.team, AssigneeID: w.id("wang")}, workorder.Meta{})
	w.must(err)
	happened := w.clock.Advance(3 * clock.Minute)
	w.clock.Advance(30 * clock.Minute)
	for range 2 { // the phone sends it twice
		_, err = w.orders.Accept(w.ctx("wang"), o.ID, workorder.Meta{OccurredAt: happened, Key: "phone-1"})
		w.must(err)
	}
	got := w.stored(o.ID)
	if got.AcceptedAt != happened || got.Version != 3 || got.UpdatedAt != w.clock.Now() {
		t.Fatalf("accepted at %d (want %d), version %d", got.AcceptedAt, happened, got.Version)
	}
	_, err = w.orders.Remark(w.ctx("wang"), o.ID, "早", nil, workorder.Meta{OccurredAt: w.clock.Now() - 8*clock.Day})
	if code(err) != "occurredAt:order.occurred" {
		t.Fatalf("a moment long ago: %v", err)
	}
}

func TestLinkShowsNoPersonalDataAndEnds(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	w := newWard(t, d)
	o := w.report("nurse")
	public := w.as(identity.Public())
	v, err := w.orders.Follow(public, o.Link)
	w.must(err)
	if v.Number != o.Number || len(v.Steps) != 1 || v.Steps[0].Name != "" {
		t.Fatalf("got %+v", v)
	}
	for i := range o.Link {
		bad := []byte(o.Link)
		bad[i] = "0123456789abcdefghijklmnopqrstuv"[(int(bad[i])+1)%32]
		if string(bad) == o.Link {
			continue
		}
		if _, err := w.orders.Follow(public, string(bad)); code(err) != "order.link" {
			t.Fatalf("changed at %d: %v", i, err)
		}
	}
	_, err = w.orders.ActByLink(public, o.Link, workorder.LinkCommand{Kind: workorder.KindUrge}, workorder.Meta{})
	w.must(err)
	if _, err = w.orders.ActByLink(public, o.Link, workorder.LinkCommand{Kind: workorder.KindUrge}, workorder.Meta{}); code(err) != "order.urge_wait" {
		t.Fatalf("urging twice: %v", err)
	}
	_, err = w.orders.Cancel(w.ctx("nurse"), o.ID, "好了", workorder.Meta{})
	w.must(err)
	w.clock.Advance(31 * clock.Day)
	if _, err := w.orders.Follow(public, o.Link); code(err) != "order.link" {
		t.Fatalf("a month after its end: %v", err)
	}
}

func TestPagesLoseAndRepeatNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWard(t, d)
		for range 7 {
			w.report("nurse")
			w.clock.Advance(clock.Second)
		}
		for _, sort := range []string{"new", "due"} {
			seen := map[string]bool{}
			cursor := ""
			for {
				list, next, err := w.orders.List(w.ctx("agent"), workorder.Filter{Sort: sort}, 3, cursor)
				w.must(err)
				for _, o := range list {
					if seen[o.ID] {
						t.Fatalf("%s: %s twice", sort, o.Number)
					}
					seen[o.ID] = true
				}
				if cursor = next; next == "" {
					break
				}
			}
			if len(seen) != 7 {
				t.Fatalf("%s: %d orders", sort, len(seen))
			}
		}
		if _, _, err := w.orders.List(w.ctx("agent"), workorder.Filter{}, 3, "WzFd"); code(err) != "cursor:bad_cursor" {
			t.Fatalf("a foreign cursor: %v", err)
		}
	})
}

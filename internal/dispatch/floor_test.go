package dispatch_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"wardline/internal/dispatch"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/jobs"
	"wardline/internal/workorder"
)

// cells returns the open orders by the names of building, floor and cell.
func cells(f dispatch.Floors) map[string]int64 {
	out := map[string]int64{}
	for _, b := range f.Buildings {
		for _, s := range b.Floors {
			for _, c := range s.Cells {
				if c.Open > 0 {
					out[b.Name+"/"+s.Name+"/"+c.Name] += c.Open
				}
			}
		}
	}
	return out
}

func TestFloorsShowWhereOrdersAndPeopleAre(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.ctx("admin")
		bed, err := h.org.SavePlace(admin, "", org.PlaceInput{Name: "1床", ParentID: h.rooms[2], Kind: org.Bed, DepartmentID: h.dep})
		h.must(err)
		h.order(0, "P1")
		h.order(2, "P3")
		h.order(2, "P3", func(r *workorder.Report) { r.PlaceID = bed.ID })
		h.order(0, "P3", func(r *workorder.Report) {
			p, err := h.org.GetPlace(admin, h.rooms[0])
			h.must(err)
			r.PlaceID = p.ParentID
		})
		h.visit(h.order(3, "P3"), "wang")
		f, err := h.chooser.Floors(h.ctx("agent"), workorder.Filter{})
		h.must(err)
		got := cells(f)
		want := map[string]int64{"外科楼/1层/101": 1, "外科楼/1层/": 1, "外科楼/4层/401": 2}
		if len(got) != len(want) {
			t.Fatalf("%v, want %v", got, want)
		}
		for k, n := range want {
			if got[k] != n {
				t.Errorf("%s: %d, want %d", k, got[k], n)
			}
		}
		main := f.Buildings[slices.IndexFunc(f.Buildings, func(b dispatch.Block) bool { return b.Name == "外科楼" })]
		if main.Open != 4 || main.Urgent != 1 || main.Floors[0].Name != "4层" || main.Floors[0].Open != 2 || main.CampusName != "本部" || f.Elsewhere.Open != 0 {
			t.Fatalf("%+v", main)
		}
		if len(main.Floors[1].Cells) != 3 { // two rooms, one of them empty, and the floor itself
			t.Fatalf("%+v", main.Floors[1].Cells)
		}
		only, err := h.chooser.Floors(h.ctx("agent"), workorder.Filter{Priority: []string{"P1"}})
		h.must(err)
		if len(cells(only)) != 1 {
			t.Fatalf("filtered: %v", cells(only))
		}
		wang := slices.IndexFunc(f.Crew, func(p dispatch.Seen) bool { return p.PersonID == h.ids["wang"] })
		if wang < 0 || f.Crew[wang].CellID != h.rooms[3] || f.Crew[wang].From != "visit" || f.Crew[wang].Name != "wang" {
			t.Fatalf("the crew: %+v", f.Crew)
		}
	})
}

// Nobody sees through the schematic what lists do not show.
func TestFloorsKeepToTheScope(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.order(0, "P3")
		for who, want := range map[string]string{"wang": "forbidden", "intern": "forbidden"} {
			if _, err := h.chooser.Floors(h.ctx(who), workorder.Filter{}); code(err) != want {
				t.Errorf("%s: %v, want %s", who, err, want)
			}
		}
		lead, err := h.chooser.Floors(h.ctx("lead"), workorder.Filter{})
		h.must(err)
		other, err := h.chooser.Floors(h.ctx("stranger"), workorder.Filter{})
		h.must(err)
		if len(cells(lead)) != 1 || len(cells(other)) != 0 {
			t.Errorf("the own lead sees %v, another %v", cells(lead), cells(other))
		}
		for _, p := range lead.Crew {
			if p.TeamID != h.team {
				t.Errorf("the lead sees %+v", p)
			}
		}
		for _, p := range other.Crew {
			if p.TeamID != h.other {
				t.Errorf("the other lead sees %+v", p)
			}
		}
		if _, err := h.chooser.Floors(identity.With(context.Background(), identity.Public()), workorder.Filter{}); code(err) != "unauthorized" {
			t.Errorf("not signed in: %v", err)
		}
	})
}

// Who has not been anywhere yet is where the check-in was, or where the duty is.
func TestDutyPlaceCountsWhereNothingElseIsKnown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.order(0, "P3")
		way := func() dispatch.Candidate {
			t.Helper()
			list, err := h.chooser.Candidates(h.ctx("agent"), o.ID, "")
			h.must(err)
			return list[slices.IndexFunc(list, func(c dispatch.Candidate) bool { return c.PersonID == h.ids["wang"] })]
		}
		if c := way(); c.WalkSeconds != -1 || c.PlaceFrom != "" {
			t.Fatalf("%+v", c)
		}
		now := h.clock.Now()
		_, err := h.org.AddDuties(h.ctx("admin"), h.team, []org.DutyInput{{PersonID: h.ids["wang"], StartAt: now - clock.Hour, EndAt: now + 8*clock.Hour, Kind: org.PeakDuty, PlaceID: h.rooms[3]}})
		h.must(err)
		if c := way(); c.PlaceFrom != "duty" || c.WalkSeconds != 300 || c.PlaceName != "本部/门诊楼/大厅" {
			t.Fatalf("on duty elsewhere: %+v", c)
		}
		_, err = h.org.CheckIn(h.ctx("wang"), h.rooms[1])
		h.must(err)
		if c := way(); c.PlaceFrom != "check_in" || c.WalkSeconds != 60 {
			t.Fatalf("checked in next door: %+v", c)
		}
		h.visit(h.order(0, "P3"), "wang")
		if c := way(); c.PlaceFrom != "visit" || c.WalkSeconds != 0 {
			t.Fatalf("after a visit: %+v", c)
		}
	})
}

// Who arrives somewhere is looked at for what waits close by, and only for that.
func TestArrivingNearWaitingWorkGivesIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.onDuty()
		h.mode(automatic)
		far, near := h.order(3, "P3"), h.order(1, "P3")
		h.look(far)
		h.look(near)
		h.has(near, "")
		h.onDuty("wang") // the shift begins: only the arrival below may give anything, nothing sweeps
		mine := h.order(0, "P3")
		_, err := h.orders.Dispatch(h.ctx("agent"), mine.ID, workorder.Assignment{TeamID: h.team, AssigneeID: h.ids["wang"]}, workorder.Meta{})
		h.must(err)
		_, err = h.orders.Accept(h.ctx("wang"), mine.ID, workorder.Meta{})
		h.must(err)
		if h.stored(mine).Mode == workorder.Remote {
			_, err = h.orders.Convert(h.ctx("wang"), mine.ID, "", workorder.Meta{})
			h.must(err)
		}
		h.must(h.chooser.Begin(t.Context()))
		h.must(h.chooser.Near(t.Context(), h.ids["wang"])) // not there yet: nobody knows where wang is
		h.has(near, "")
		_, err = h.orders.Arrive(h.ctx("wang"), mine.ID, "", workorder.Meta{})
		h.must(err)
		_, err = h.chooser.Follow(t.Context())
		h.must(err)
		rows, _, err := h.queue.List(h.system(), jobs.Filter{Kind: "dispatch.near"}, 10, "")
		h.must(err)
		if len(rows) != 1 {
			t.Fatalf("the arrival made %d jobs", len(rows))
		}
		h.must(h.chooser.Near(t.Context(), h.ids["wang"]))
		h.has(near, "wang")
		h.has(far, "")
		list := h.dispatches(near)
		if len(list) != 1 || !strings.HasPrefix(list[0].Facts.Note, "自动派单（有人到达附近）") {
			t.Fatalf("%+v", list)
		}
	})
}

package sla_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
	"wardline/internal/sla"
)

type kit struct {
	*testing.T
	ctx   context.Context
	db    *db.DB
	s     *sla.Service
	other *sla.Service // another replica
	told  int
}

func newKit(t *testing.T, d *db.DB) *kit {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(1_790_000_000_000) // September 2026
	k := &kit{T: t, ctx: identity.With(t.Context(), identity.System("test")), db: d}
	deps := sla.Deps{DB: d, Clock: c, Zone: zone, Trail: audit.New(d, c), Changed: func(context.Context, *db.Tx) error { k.told++; return nil }}
	k.s, k.other = sla.NewService(deps), sla.NewService(deps)
	return k
}

func (k *kit) book(s *sla.Service) (b *sla.Book) {
	k.Helper()
	if err := k.db.Read(k.ctx, func(tx *db.Tx) (err error) { b, err = s.Book(k.ctx, tx); return err }); err != nil {
		k.Fatal(err)
	}
	return b
}

func (k *kit) settings() sla.Settings {
	k.Helper()
	v, err := k.s.Settings(k.ctx)
	if err != nil {
		k.Fatal(err)
	}
	return v
}

func codeOf(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return fmt.Sprint(err)
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Field + ":" + f.Fields[0].Code
	}
	return f.Code
}

func at(t testing.TB, s string) int64 {
	v, err := time.Parse("2006-01-02 15:04 -0700", s+" +0800")
	if err != nil {
		t.Fatal(err)
	}
	return v.UnixMilli()
}

func TestAnEditReachesEveryReplica(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		saturday := at(t, "2026-11-14 09:00")
		if k.book(k.other).Calendar(sla.WorkingHours).Open(saturday) {
			t.Fatal("Saturdays are worked as shipped")
		}
		n := k.settings().Calendars[1]
		n.Spec.Week[time.Saturday] = []sla.Interval{{From: 8 * 60, To: 12 * 60}}
		v, err := k.s.SaveCalendar(k.ctx, 0, n)
		if err != nil {
			t.Fatal(err)
		}
		if !k.book(k.other).Calendar(sla.WorkingHours).Open(saturday) || k.told != 1 {
			t.Fatalf("the other replica does not know; told %d times", k.told)
		}
		if _, err := k.s.SaveCalendar(k.ctx, 0, n); codeOf(err) != "conflict" {
			t.Fatalf("an edit of what has changed meanwhile: %v", err)
		}
		n.ID, n.Name, n.CampusID = "east", "东院", "campus-east"
		if v, err = k.s.SaveCalendar(k.ctx, v.Stamp, n); err != nil {
			t.Fatal(err)
		}
		if b := k.book(k.other); b.At("campus-east", sla.WorkingHours) != "east" || b.At("campus-west", sla.WorkingHours) != sla.WorkingHours || b.At("campus-east", sla.RoundTheClock) != sla.RoundTheClock {
			t.Fatal("the campus has no calendar of its own")
		}
		n.ID = "east2"
		if _, err := k.s.SaveCalendar(k.ctx, v.Stamp, n); codeOf(err) != "campusId:sla.campus_taken" {
			t.Fatalf("two calendars of one campus: %v", err)
		}
		n.ID, n.CampusID, n.Spec.Week[time.Saturday] = "bad", "", []sla.Interval{{From: 600, To: 500}}
		if _, err := k.s.SaveCalendar(k.ctx, v.Stamp, n); codeOf(err) != "week[6][0]:sla.interval_order" {
			t.Fatalf("a wrong interval: %v", err)
		}
		if _, err := k.s.RemoveCalendar(k.ctx, v.Stamp, sla.WorkingHours); codeOf(err) != "sla.shipped" {
			t.Fatalf("a shipped calendar was removed: %v", err)
		}
		if v, err = k.s.RemoveCalendar(k.ctx, v.Stamp, "east"); err != nil || len(v.Calendars) != 2 {
			t.Fatalf("removing: %v", err)
		}
	})
}

func TestHolidaysAreReadCheckedAndWarnedOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		if w := k.settings().Warnings; !slices.Contains(w, sla.Warning{Code: "sla.provisional", Year: 2027}) {
			t.Fatalf("2027 is not said to be provisional: %v", w)
		}
		sheet := "类型,日期,名称\n休,2027-01-01,元旦\n休,2027-01-02,元旦\n班,2027-01-03,元旦\n休,2027-10-01,国庆节"
		v, err := k.s.ImportYear(k.ctx, 0, sheet)
		if err != nil {
			t.Fatal(err)
		}
		var gaps []string
		for _, w := range v.Warnings {
			if w.Year == 2027 {
				gaps = append(gaps, w.Name)
			}
		}
		if strings.Join(gaps, " ") != "中秋 劳动 春节 清明 端午" {
			t.Fatalf("gaps %v", gaps)
		}
		c := k.book(k.other).Calendar(sla.WorkingHours)
		if c.Open(at(t, "2027-01-01 09:00")) || !c.Open(at(t, "2027-01-03 09:00")) || !c.Open(at(t, "2027-02-08 09:00")) {
			t.Fatal("the imported table does not count")
		}
		for text, want := range map[string]string{
			"休,2027-01-01,元旦\n什么,2027": "text:sla.sheet",
			"":                         "text:sla.table_format",
			"{\"year\":1}":             "year:sla.table_year",
			"休,2027-01-01,元旦\n班,2027-02-06,春节": "text:sla.table_date",
		} {
			if _, err := k.s.ImportYear(k.ctx, v.Stamp, text); codeOf(err) != want {
				t.Errorf("%q: %v, want %s", text, err, want)
			}
		}
	})
}

func TestReasonsStayAndLimitsFitTheClosest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		list := k.settings().Reasons
		if _, err := k.s.SaveReasons(k.ctx, 0, list[1:]); codeOf(err) != "reasons:sla.reason_kept" {
			t.Fatalf("a reason was removed: %v", err)
		}
		list[0].Active, list[1].Respond, list[1].Arrive, list[1].Finish = false, false, false, false
		list = append(list, sla.Reason{Code: "elevator", NameZh: "等电梯", Arrive: true, Active: true})
		v, err := k.s.SaveReasons(k.ctx, 0, list)
		if err != nil {
			t.Fatal(err)
		}
		b := k.book(k.other)
		if _, ok := b.Reason("parts"); ok {
			t.Error("what is switched off may still be given")
		}
		if r, _ := b.Reason("vendor"); r.Stops() != sla.StopsNone {
			t.Errorf("stops %d", r.Stops())
		}
		if r, ok := b.Reason("elevator"); !ok || r.Stops() != sla.Arrive {
			t.Errorf("got %+v", r)
		}
		limits := []sla.Limit{{Priority: "P2", Respond: 9, Calendar: "24x7"}, {Priority: "P2", PlaceClass: "icu", Respond: 5, Calendar: "24x7"},
			{ItemID: "i1", Respond: 7, Calendar: "work"}}
		if v, err = k.s.SaveLimits(k.ctx, v.Stamp, limits); err != nil {
			t.Fatal(err)
		}
		b = k.book(k.other)
		for _, c := range []struct {
			item, priority, class string
			want                  int
		}{{"i2", "P2", "ward", 9}, {"i2", "P2", "icu", 5}, {"i1", "P2", "icu", 7}, {"i1", "P4", "", 7}, {"i2", "P3", "icu", 0}} {
			if l, _ := b.Limit(c.item, c.priority, c.class); l.Respond != c.want {
				t.Errorf("%+v: %+v", c, l)
			}
		}
		limits = append(limits, sla.Limit{ItemID: "i1", Calendar: "moon"})
		if _, err := k.s.SaveLimits(k.ctx, v.Stamp, limits); codeOf(err) != "limits[3].calendar:sla.calendar_unknown" && codeOf(err) != "limits[3].itemId:sla.limit_twice" {
			t.Fatalf("got %v", err)
		}
		if _, err := k.s.Settings(identity.With(t.Context(), &identity.Actor{PersonID: "x"})); codeOf(err) != "forbidden" {
			t.Fatalf("who may not is shown: %v", err)
		}
	})
}
